"""Help, learning together, and what stands in the way of groups: status, dominance, conflict."""

from __future__ import annotations

import numpy as np
import pytest
from floors import at_ease, floor_for, those_here
from hypothesis import given
from hypothesis import strategies as st
from organizations import apply, changed, differing, learners, lively, quiet, week_up_to, weeks

from sim.learning.floor import Obstacles, take_turns
from sim.measures import MEASURES
from sim.tallies import (
    COMBINATION_FLOW,
    HELP_GIVEN,
    HELP_UPWARD,
    TURNS_TAKEN,
    WITHDRAWN,
)

KEYS = [np.uint64(n) for n in range(1000)]


def near(times: int, chance: float, of: int = 1000) -> bool:
    """Within 5 standard errors of so many coins: a right model fails once in 1.7 million."""
    return abs(times - of * chance) <= 5 * np.sqrt(of * chance * (1 - chance))


def hindered(
    levels, views, *, status=0.0, conflict=0.0, known=0.0, articulated=True, turns=6, key=KEYS[0]
):
    """A meeting amid obstacles: who speaks, turns used and lost, encouragement, trust.

    One block of one dimension, on which members hold ``views``; everybody knows everybody.
    """
    people = len(levels)
    seen = np.array(views, dtype=np.int8).reshape(people, 1)
    others = [[j for j in range(people) if j != i] for i in range(people)]
    obstacles = Obstacles(
        status,
        conflict,
        0.0,
        1,
        np.array(levels, dtype=np.int32),
        seen,
        np.full((people, 1), articulated),
        np.array([sorted(row, key=lambda j: j % (people - 1)) for row in others], dtype=np.int32),
        np.full((people, people - 1), known, dtype=np.float32),
        np.full((people, people - 1), 0.5, dtype=np.float32),
        np.zeros((people, people - 1), dtype=np.int32),
        np.zeros(people, dtype=np.float32),
        np.full(people, 0.5, dtype=np.float32),
    )
    floor = floor_for(people)
    person = np.arange(people, dtype=np.uint64)
    here = those_here(people, floor, np.ones(people), person, key)
    used, lost = take_turns(
        here,
        turns,
        0,
        floor,
        at_ease(np.zeros(people, dtype=np.float32), np.full(people, 0.5, dtype=np.float32)),
        obstacles,
        0,
    )
    return floor.speaks[:people] == 1, used, lost, obstacles.encouragement, obstacles.trust


def test_people_are_silent_before_those_who_stand_higher():
    """With chance status times the share of the others who do: 0.5 of a half, and of none."""
    assert hindered([0, 1], [1, 1], status=1.0)[0].tolist() == [False, True]
    spoke = np.sum([hindered([0, 1, 0], [1] * 3, status=0.5, key=key)[0] for key in KEYS], axis=0)
    assert near(spoke[0], 0.75) and near(spoke[2], 0.75) and spoke[1] == 1000
    assert hindered([2, 2, 2], [1] * 3, status=1.0)[0].all()


def test_silence_before_the_mighty_uses_the_turn_up():
    assert hindered([0, 0, 0, 3], [1] * 4, status=1.0)[1] == 4


def test_two_strangers_who_contradict_each_other_quarrel_and_lose_a_turn():
    speaks, used, lost, encouragement, trust = hindered([0, 0], [1, -1], conflict=1.0)
    assert speaks.all() and used == 2 and lost == 1
    assert encouragement.tolist() == pytest.approx([-0.1, -0.1])
    assert trust.ravel().tolist() == pytest.approx([0.45, 0.45])


def test_nobody_quarrels_who_agrees_or_cannot_say_it_or_knows_the_other_well():
    for case in (
        {"views": [1, 1]},
        {"views": [1, 0]},
        {"views": [1, -1], "articulated": False},
        {"views": [1, -1], "known": 1.0},
    ):
        _, used, lost, encouragement, trust = hindered([0, 0], conflict=1.0, **case)
        assert used == 2 and lost == 0
        assert not encouragement.any() and np.all(trust == 0.5)


def test_familiarity_prevents_quarrels_in_proportion():
    lost = sum(hindered([0, 0], [1, -1], conflict=0.4, known=0.5, key=key)[2] for key in KEYS)
    assert near(lost, 0.2)


@given(
    st.lists(st.sampled_from([-1, 1]), min_size=2, max_size=9),
    st.integers(0, 9),
    st.integers(0, 2**63),
)
def test_turns_taken_and_lost_are_never_more_than_there_are(views, turns, number):
    speaks, used, lost, *_ = hindered(
        [0] * len(views), views, conflict=1.0, turns=turns, key=np.uint64(number)
    )
    assert used + lost <= turns and speaks.sum() == used
    assert lost <= max(used - 1, 0)


def test_quarrels_keep_others_from_the_floor():
    """Six turns, nine people of two minds: by chance half of all neighbours contradict."""
    calm = np.mean([hindered([0] * 9, [1, -1] * 4 + [1], key=k)[1] for k in KEYS[:200]])
    heated = [hindered([0] * 9, [1, -1] * 4 + [1], conflict=1.0, key=k)[1] for k in KEYS[:200]]
    assert calm == 6.0
    # Of five changes of speaker a share of 5/9 contradict: at most three lost, and most often two.
    assert 3.0 <= np.mean(heated) < 5.0


def test_the_dominant_take_the_floor():
    """One turn for ten: rate 10.05 against nine of 0.05; they speak first in 957 of 1000.

    Who spoke shows in their voice, which a loafing too rare to happen keeps track of.
    """
    organization = quiet(
        people=1000,
        communities={"count": 1},
        cells={"size": 10, "hours": 1 / 6},
        interpersonal={"dominance": 10.0, "loafing": 1e-9},
    )
    organization.sociability[:] = 0.0
    organization.fear[:] = 0.0
    organization.dominance[:] = 0.0
    first = organization.cell_member[organization.cell_start[: organization.cells]]
    organization.dominance[first] = 1.0
    heard = 0
    for _ in range(5):
        organization.voice[:] = 0.5
        week_up_to(organization, "cells")
        heard += int((organization.voice[first] > 0.5).sum())
        organization.period += 1
    assert near(heard, 10.05 / 10.5, of=5 * organization.cells)


def test_without_obstacles_is_as_with_obstacles_too_small_to_matter():
    """The rule compiled with and the one compiled without them are one rule."""
    small = {"status": 1e-15, "conflict": 1e-15}
    one, other = lively(3), lively(3, interpersonal={"hours": 1.0, "joint_hours": 2.0, **small})
    assert differing(weeks(one, 6), weeks(other, 6)) == set()


def test_voice_stays_as_it_is_where_nobody_loafs():
    organization = weeks(lively(1, interpersonal={"status": 0.5, "conflict": 0.5}), 6)
    assert np.all(organization.voice == 0.5)


def sat_out(size: int, periods: int = 40) -> float:
    """Share of meetings sat out in the last ten weeks, in cells of so many."""
    organization = quiet(
        people=120,
        communities={"count": 1},
        cells={"size": size, "hours": 1.0},
        interpersonal={"loafing": 0.5},
        events=[],
    )
    organization.fear[:] = 0.0
    withdrawn = 0.0
    for _ in range(periods):
        organization.step()
        if organization.period > periods - 10:
            withdrawn += organization.tally[WITHDRAWN]
    return withdrawn / (10 * 120)


def test_in_large_groups_more_people_drift_out_though_no_rule_knows_of_size():
    """Six turns: in a group of four everybody speaks every week, so voice goes to 1; in one of

    thirty a fifth of those who take part does, and voice of the others to 0.
    """
    small, large = sat_out(4), sat_out(30)
    assert small < 0.02
    assert 0.2 < large < 0.5


def test_who_withdraws_neither_speaks_nor_hears():
    organization = learners(interpersonal={"loafing": 1.0}, cells={"hours": 10.0})
    organization.articulated[1::2] = True
    organization.voice[:] = 0.0
    week_up_to(organization, "cells")
    assert organization.tally[WITHDRAWN] == 10.0
    assert organization.tally[TURNS_TAKEN] == 0.0 == organization.tally[COMBINATION_FLOW]
    assert not organization.voice.any()


@pytest.mark.parametrize(
    ("obstacle", "span"),
    [
        ({"status": 1.0}, 5),
        ({"conflict": 1.0}, 5),
        ({"loafing": 1.0}, 5),
        ({"dominance": 10.0}, 20),
    ],
)
def test_obstacles_stand_in_units_and_among_officers_too(obstacle, span):
    """Wherever people talk: the week is another one than without.

    Who is first matters only where there are more people than turns; the standing of one manager
    the more, the fewer there are besides.
    """
    for group in ({"interpersonal": {"hours": 2.0}}, {"officers": {"hours": 2.0, "branch": 10}}):
        settings = {
            **group,
            "people": 60,
            "structure": {"levels": 2, "span": span, "line_hours": 0.0},
            "communities": {"count": 2},
            "cells": {"size": 3},
        }
        without = quiet(2, **settings)
        settings["interpersonal"] = {**settings.get("interpersonal", {}), **obstacle}
        hindered_there = quiet(2, **settings)
        for organization in (without, hindered_there):
            organization.articulated[:] = organization.beliefs != 0
            organization.record_cases[:] = 4.0
            organization.record_success[:] = np.arange(60)[:, None] % 5
            weeks(organization, 3)
        assert differing(without, hindered_there) != set(), group


def helping(**changes):
    """The learners after a meeting in which they did nothing but help each other."""
    cells = {"hours": 2.0, "help": 1.0, **changes.pop("cells", {})}
    organization = learners(cells=cells, **changes)
    organization.articulated[1::2] = True
    before = organization.beliefs.copy()
    week_up_to(organization, "cells")
    return organization, before


def test_the_best_help_the_worst_and_learn_nothing_themselves():
    organization, before = helping(interpersonal={"rate": 1.0})
    assert organization.tally[HELP_GIVEN] == 5.0
    assert organization.tally[TURNS_TAKEN] == 0.0
    learned = organization.beliefs[::2] == organization.reality
    # Each of five was helped with the two dimensions of one block.
    assert learned.sum() == 10.0 == organization.tally[COMBINATION_FLOW]
    assert np.all(learned.sum(axis=1) == 2)
    assert organization.articulated[::2][learned].all()
    assert np.array_equal(organization.beliefs[1::2], before[1::2])


def test_nobody_helps_among_equals():
    organization = learners(cells={"hours": 2.0, "help": 1.0}, interpersonal={"rate": 1.0})
    organization.record_success[:] = 5.0
    week_up_to(organization, "cells")
    assert organization.tally[HELP_GIVEN] == 0.0
    assert not organization.beliefs[::2].any()


@pytest.mark.parametrize(("helpers", "to_slow"), [(0.5, 0.0), (0.75, 0.0), (1.0, 1.0)])
def test_only_help_from_faster_learners_to_slower_ones_counts_as_help_to_the_slow(helpers, to_slow):
    """Those who do better, and so help, learn slower, alike, or faster than the others."""
    organization = learners(cells={"hours": 2.0, "help": 1.0})
    organization.learning_rate[:] = 0.75
    organization.learning_rate[1::2] = helpers
    week_up_to(organization, "cells")
    assert organization.tally[HELP_UPWARD] == 5.0 * (1.0 - to_slow)
    assert MEASURES["help_to_slow"].of(organization) == to_slow
    assert MEASURES["help_given"].of(organization) == pytest.approx(5 * 52 / 10)


def test_what_is_taken_over_by_help_grows_with_its_time():
    """Rate 0.3 for two hours, of a stranger whose word counts whole: 1 - 0.7^2 of 400 beliefs."""
    organization = quiet(
        people=400,
        dimensions=2,
        environment={"complexity": 2},
        communities={"count": 1},
        cells={"size": 400, "hours": 2.0, "help": 1.0},
        interpersonal={"rate": 0.3, "stranger": 1.0},
    )
    organization.beliefs[:] = 0
    organization.articulated[:] = False
    organization.beliefs[1::2] = organization.reality
    organization.articulated[1::2] = True
    organization.record_cases[:] = 10.0
    organization.record_success[:] = 0.0
    organization.record_success[1::2] = 10.0
    organization.learning_rate[:] = 1.0
    week_up_to(organization, "cells")
    assert organization.tally[HELP_GIVEN] == 200.0
    assert near(organization.tally[COMBINATION_FLOW], 0.51, of=400)


def test_help_takes_its_part_of_the_meeting_from_talk():
    organization, _ = helping(cells={"help": 0.5})
    assert organization.tally[TURNS_TAKEN] == 6.0
    assert organization.tally[HELP_GIVEN] == 5.0


def test_what_cannot_be_said_is_not_taught_but_practised():
    organization = learners(
        cells={"hours": 2.0, "help": 1.0}, interpersonal={"rate": 1.0, "deepening": 0.05}
    )
    organization.practice[:] = 0.0
    week_up_to(organization, "cells")
    assert not organization.beliefs[::2].any()
    # Two hours are one case, and only who is helped practises.
    assert organization.practice[::2].sum() == pytest.approx(5 * 2 * 0.05)
    assert not organization.practice[1::2].any()


def together(**changes):
    return learners(cells={"hours": 1.0, "advance": "together", "patience": 3}, **changes)


def run_cells(organization, count):
    """Subject and weeks at it of the one cell, week by week; nothing else happens."""
    seen = []
    week_up_to(organization, "hours")
    for _ in range(count):
        organization.open_period()
        apply(organization, "cells")
        seen.append((int(organization.subject[0]), int(organization.subject_weeks[0])))
        organization.period += 1
    return seen


def test_a_cell_stays_with_its_subject_until_patience_ends():
    organization = together(interpersonal={"rate": 0.0})
    history = run_cells(organization, 9)
    assert [spent for _, spent in history] == [1, 2, 3] * 3
    for first in (0, 3, 6):
        assert len({block for block, _ in history[first : first + 3]}) == 1


def test_a_cell_goes_on_as_soon_as_all_agree_in_words():
    organization = together(interpersonal={"rate": 0.0})
    organization.beliefs[:] = organization.reality
    organization.articulated[:] = True
    assert [spent for _, spent in run_cells(organization, 4)] == [1] * 4
    # One who cannot say it keeps all the others waiting.
    organization.articulated[0] = False
    assert [spent for _, spent in run_cells(organization, 3)] == [2, 3, 1]


def test_together_talk_is_about_the_subject_and_nothing_else():
    organization = together(interpersonal={"rate": 1.0})
    organization.articulated[1::2] = True
    ((block, _),) = run_cells(organization, 1)
    learned = organization.beliefs[::2] != 0
    assert learned[:, 2 * block : 2 * block + 2].any()
    assert learned.sum() == learned[:, 2 * block : 2 * block + 2].sum()


def test_weeks_at_a_subject_are_told_only_where_cells_stay_with_one():
    organization = together(interpersonal={"rate": 0.0})
    run_cells(organization, 2)
    assert MEASURES["weeks_at_subject"].of(organization) == 2.0
    assert np.isnan(MEASURES["weeks_at_subject"].of(learners()))


def test_by_need_no_cell_keeps_a_subject():
    organization = lively(0)
    before = {name: getattr(organization, name).copy() for name in organization.arrays()}
    weeks(organization, 3)
    assert {"subject", "subject_weeks"}.isdisjoint(changed(before, organization))

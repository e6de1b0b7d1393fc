"""Talk and joint cases: who speaks, who is heard, and what passes on which way."""

from __future__ import annotations

import numpy as np
import pytest
from floors import at_ease, floor_for, nothing_hinders, those_here
from hypothesis import given
from hypothesis import strategies as st
from organizations import apply, learners, lively, quiet, week_up_to, weeks

from sim.arrays import ARRAYS
from sim.learning.floor import take_turns
from sim.learning.groups import (
    Dyads,
    Held,
    Members,
    Seen,
    Talk,
    choose_block,
    counted_hours,
    expected_of_other,
    hear,
)
from sim.mechanisms import cells
from sim.randomness import fold
from sim.tallies import (
    COMBINATION_FLOW,
    SOCIALIZATION_FLOW,
    TALLIES,
    TURNS_TAKEN,
)

KEYS = [np.uint64(n) for n in range(1000)]
PEOPLE = 4


def turns(fear, share, sociability=None, count=6, key=KEYS[0]):
    """Who speaks, and how many turns are used."""
    people = len(fear)
    floor = floor_for(people)
    person = np.arange(people, dtype=np.uint64)
    here = those_here(people, floor, np.array(share, dtype=np.float64), person, key)
    ready = [0.5] * people if sociability is None else sociability
    used, _ = take_turns(
        here,
        count,
        0,
        floor,
        at_ease(np.array(fear, dtype=np.float32), np.array(ready, dtype=np.float32)),
        nothing_hinders(people),
        0,
    )
    speaks = np.zeros(people, dtype=np.bool_)
    speaks[here[floor.speaks[: len(here)] == 1]] = True
    return speaks, used


def heard(
    views,
    success,
    *,
    cases=10.0,
    articulated=True,
    speaks=True,
    share=1.0,
    rate=1.0,
    stranger=1.0,
    discount=0.0,
    fidelity=1.0,
    home=(0, 0, 0, 0),
    known=0.0,
    own=0,
    hours=1.0,
    cell=(0, 0, 0, 0),
    isolation=0.0,
    tally=None,
    key=KEYS[0],
):
    """What person 0, who thinks ``own``, makes of the ``views`` of the three others.

    One block of one dimension; ``success`` are everybody's recorded successes of ``cases``.
    """
    views = np.array([[own], *[[view] for view in views]], dtype=np.int8)
    beliefs = views.copy()
    spoken = np.broadcast_to(np.asarray(articulated), (PEOPLE, 1)).copy()
    floor = floor_for(PEOPLE)
    person = np.arange(PEOPLE, dtype=np.uint64)
    here = those_here(PEOPLE, floor, np.full(PEOPLE, share), person, key)
    floor.speaks[: len(here)] = np.broadcast_to(speaks, PEOPLE)[here]
    hear(
        here,
        floor,
        0,
        hours,
        Seen(
            views,
            spoken,
            np.array(success, dtype=np.float32).reshape(PEOPLE, 1),
            np.full((PEOPLE, 1), cases, dtype=np.float32),
            0.5,
        ),
        Held(beliefs, spoken.copy(), np.zeros(PEOPLE, np.float32)),
        Members(
            np.full(PEOPLE, share),
            np.ones(PEOPLE, dtype=np.float32),
            np.array(home, dtype=np.int32),
            np.array(cell, dtype=np.int32),
            person,
        ),
        Dyads(
            np.tile(np.arange(1, PEOPLE, dtype=np.int32), (PEOPLE, 1)),
            np.full((PEOPLE, PEOPLE - 1), known, dtype=np.float32),
            np.zeros((PEOPLE, PEOPLE - 1), dtype=np.int32),
        ),
        Talk(rate, stranger, discount, fidelity, 1, isolation, True),
        np.zeros(len(TALLIES)) if tally is None else tally,
        0,
    )
    return int(beliefs[0, 0])


def often(**case: object) -> int:
    """In how many of 1 000 worlds person 0 comes to think +1."""
    return sum(heard(key=key, **case) == 1 for key in KEYS)


def near(times: int, chance: float) -> bool:
    """Within 5 standard errors of 1 000 coins: a right model fails once in 1.7 million."""
    return abs(times - 1000 * chance) <= 5 * np.sqrt(1000 * chance * (1 - chance))


def test_all_who_do_better_and_agree_are_followed():
    assert heard([1, 1, 1], [0, 9, 9, 9]) == 1
    assert heard([-1, -1, -1], [0, 9, 9, 9], own=1) == -1


def test_nobody_is_followed_who_does_no_better():
    assert heard([1, 1, 1], [5, 5, 4, 0]) == 0
    # One of three does better, and that one counts alone.
    assert heard([1, -1, -1], [5, 6, 5, 5]) == 1


def test_what_is_not_spoken_or_cannot_be_said_is_not_heard():
    assert heard([1, 1, 1], [0, 9, 9, 9], articulated=False) == 0
    assert heard([1, 1, 1], [0, 9, 9, 9], speaks=False) == 0
    assert heard([1, -1, -1], [0, 9, 9, 9], speaks=[False, True, False, False]) == 1
    assert heard([1, 1, 1], [0, 9, 9, 9], share=0.0) == 0
    assert heard([1, 1, 1], [0, 9, 9, 9], fidelity=0.0) == 0


def test_a_tie_moves_nobody():
    assert heard([1, -1, 0], [0, 9, 9, 9]) == 0


def test_the_chance_of_following_is_rate_times_weighted_majority_over_number():
    better = [0, 9, 9, 9]
    assert near(often(views=[1, 1, 1], success=better, rate=0.3), 0.3)
    assert near(often(views=[1, 1, -1], success=better, rate=0.6), 0.2)
    # Who does better and has no opinion still counts among those who are asked.
    assert near(often(views=[1, 0, 0], success=better, rate=0.9), 0.3)


def test_being_strangers_costs_and_familiarity_makes_up_for_it():
    better = [0, 9, 9, 9]
    assert near(often(views=[1, 1, 1], success=better, stranger=0.1), 0.1)
    assert near(often(views=[1, 1, 1], success=better, stranger=0.1, known=0.5), 0.55)
    assert heard([1, 1, 1], better, stranger=0.1, known=1.0) == 1


def test_words_are_lost_on_the_way_as_often_as_fidelity_says():
    only_one = [False, True, False, False]
    lost = often(views=[1, 1, 1], success=[0, 9, 9, 9], speaks=only_one, fidelity=0.8)
    assert near(lost, 0.8)


def test_people_of_another_home_must_show_more_and_data_outweigh_it():
    elsewhere = (0, 1, 1, 1)
    assert heard([1, 1, 1], [1, 1, 1, 1.1], cases=2.0) == 1
    assert heard([1, 1, 1], [1, 1, 1, 1.1], cases=2.0, home=elsewhere, discount=0.1) == 0
    assert heard([1, 1, 1], [50, 51, 51, 51], cases=100.0, home=elsewhere, discount=0.1) == 1
    assert expected_of_other(1.0, 2.0, 0.5, False, 0.1) == pytest.approx(0.5)
    assert expected_of_other(1.0, 2.0, 0.5, True, 0.1) == pytest.approx(0.45)


def test_everybody_who_came_and_does_not_fear_speaks_while_there_are_turns():
    speaks, used = turns([0.0] * 5, [1.0] * 5)
    assert speaks.all() and used == 5
    speaks, used = turns([0.0] * 9, [1.0] * 9, count=6)
    assert speaks.sum() == 6 == used


def test_the_fearful_take_a_turn_and_say_nothing():
    speaks, used = turns([1.0] * 5, [1.0] * 5)
    assert not speaks.any() and used == 5
    silent = sum(not turns([0.3, 0.3], [1.0] * 2, key=key)[0][0] for key in KEYS)
    assert near(silent, 0.3)


def test_who_had_no_time_neither_speaks_nor_takes_a_turn():
    speaks, used = turns([0.0, 0.0, 0.0], [1.0, 0.0, 1.0])
    assert speaks.tolist() == [True, False, True] and used == 2
    came = sum(turns([0.0, 0.0], [0.25, 1.0], key=key)[0][0] for key in KEYS)
    assert near(came, 0.25)


def test_the_sociable_come_first_in_proportion():
    """Exponential race of rates 0.05 + sociability: 0.75 to 0.25 for one turn."""
    first = sum(turns([0.0, 0.0], [1.0] * 2, [0.7, 0.2], 1, key)[0][0] for key in KEYS)
    assert near(first, 0.75)


@given(st.floats(0, 1, exclude_max=True))
def test_a_group_talks_about_what_fails_in_proportion_to_one_plus_failures(luck):
    """Blocks 1 to 3 weigh 1, 1 + 2 and 1: fifths."""
    members = np.array([0, 1], dtype=np.int32)
    cases = np.array([[9, 1, 3, 0], [9, 0, 4, 2]], dtype=np.float32)
    success = np.array([[0, 1, 2, 0], [0, 0, 3, 2]], dtype=np.float32)
    block = choose_block(members, 1, 4, success, cases, luck)
    assert block == (1 if luck < 0.2 else 2 if luck < 0.8 else 3)


def test_talk_carries_what_can_be_said_and_joint_cases_what_cannot():
    talking = learners(cells={"hours": 10.0})
    week_up_to(talking, "cells")
    assert talking.tally[TURNS_TAKEN] == 60.0
    assert talking.tally[COMBINATION_FLOW] == 0.0
    assert not talking.beliefs[::2].any()

    talking = learners(cells={"hours": 10.0})
    talking.articulated[1::2] = True
    week_up_to(talking, "cells")
    assert talking.tally[COMBINATION_FLOW] > 0.0
    learned = talking.beliefs[::2] != 0
    assert learned.any()
    assert np.array_equal(learned, talking.articulated[::2])
    assert np.all((talking.beliefs == 0) | (talking.beliefs == talking.reality))

    sitting_in = learners(interpersonal={"adoption": 1.0}, cells={"joint_hours": 30.0})
    week_up_to(sitting_in, "cells")
    assert sitting_in.tally[SOCIALIZATION_FLOW] > 0.0
    learned = sitting_in.beliefs[::2] != 0
    assert learned.sum() == sitting_in.tally[SOCIALIZATION_FLOW]
    assert not sitting_in.articulated[::2].any()
    assert sitting_in.used[::2].any()


def test_joint_cases_deepen_practice_and_move_trust_towards_what_was_seen():
    organization = learners(interpersonal={"deepening": 0.05}, cells={"joint_hours": 2.0})
    organization.practice[:] = 0.0
    week_up_to(organization, "cells")
    deepened = np.unique(organization.practice)
    assert set(deepened) == {np.float32(0.0), np.float32(0.05)}
    # Two dimensions of one case, one case each.
    assert set((organization.practice > 0).sum(axis=1)) <= {0, 2}
    moved = organization.trust[organization.trust != 0.5]
    assert set(np.round(moved, 5)) <= {np.float32(0.45), np.float32(0.55)}
    assert len(moved)


@pytest.mark.parametrize(
    ("pace", "fewest", "most"), [(0.25, 10, 10), (0.5, 10, 10), (1.0, 12, 12), (4.0, 8, 16)]
)
def test_pace_divides_a_meeting_among_subjects_and_people_meet_all_of_it(pace, fewest, most):
    """Six turns an hour, whatever the pace; ten members have each one turn a subject.

    At four subjects an hour each of eight has one turn, and a second with chance one half.
    """
    organization = learners(cells={"hours": 2.0, "pace": pace})
    organization.familiarity[:] = 0.0
    week_up_to(organization, "cells")
    assert fewest <= organization.tally[TURNS_TAKEN] <= most
    assert np.all(organization.joint_hours == 9 * 2.0)
    usual = learners(cells={"hours": 2.0})
    usual.familiarity[:] = 0.0
    week_up_to(usual, "cells")
    assert np.array_equal(organization.familiarity, usual.familiarity)


@pytest.mark.parametrize(("hours", "chance"), [(0.25, 0.085), (0.5, 0.163), (1, 0.3), (4, 0.76)])
def test_the_chance_of_following_grows_with_the_time_a_subject_has(hours, chance):
    """1 - (1 - 0.3)^hours."""
    times = often(views=[1, 1, 1], success=[0, 9, 9, 9], rate=0.3, hours=float(hours))
    assert near(times, 1 - 0.7**hours) and near(times, chance)


@given(st.floats(0.01, 40.0), st.floats(0.25, 4.0))
def test_subjects_share_the_hours_of_a_meeting(meeting, pace):
    """What they count adds up to the meeting, an hour at its end that is cut short counted whole.

    At one an hour each counts one hour exactly: what it always has.
    """

    def counted(length):
        shares, elapsed = [], 0.0
        while elapsed < meeting:
            until = min(elapsed + length, meeting)
            shares.append(counted_hours(until, meeting) - counted_hours(elapsed, meeting))
            elapsed = until
        return shares

    assert set(counted(1.0)) == {1.0}
    assert sum(counted(1.0 / pace)) == pytest.approx(np.ceil(meeting))
    assert min(counted(1.0 / pace)) >= 0.0


def test_a_fast_cell_gets_to_more_subjects_and_a_slow_one_further_with_one():
    """Of a belief heard all the time 1 - 0.4^4 take over in four hours, 1 - 0.4^.25 in a quarter.

    So the slow cell should have nearly all of one block, the fast one few beliefs on each of many.
    """

    def learned(pace):
        organization = learners(
            cells={"hours": 4.0, "pace": pace},
            dimensions=32,
            interpersonal={"rate": 0.6},
            people=6,
        )
        organization.articulated[1::2] = True
        week_up_to(organization, "cells")
        right = organization.beliefs[::2] != 0
        blocks = right.reshape(len(right), -1, 2).any(axis=2)
        return blocks.any(axis=0).sum(), right.sum() / max(blocks.any(axis=0).sum(), 1)

    slow, fast = learned(0.25), learned(4.0)
    assert slow[0] == 1 < fast[0]
    assert slow[1] > fast[1]


@pytest.mark.parametrize("pace", [0.25, 0.5])
def test_a_slow_cell_comes_to_new_subjects_as_often_as_its_pace_says(pace):
    """In one-hour meetings, 400 weeks of one cell; 4 standard errors: one false in 16,000."""
    organization = learners(cells={"hours": 1.0, "pace": pace}, dimensions=40)
    started = 0
    for _ in range(400):
        organization.step()
        started += int(organization.subject_weeks[0] == 1)
    assert abs(started - 400 * pace) < 4 * np.sqrt(400 * pace * (1 - pace))
    quick = learners(cells={"hours": 1.0, "pace": 1.0}, dimensions=40)
    quick.step()
    assert quick.subject_weeks[0] == 0


def test_each_community_has_its_pace_and_the_last_factor_holds_for_all_that_follow():
    organization = quiet(
        people=24,
        communities={"count": 3},
        cells={"hours": 1.0, "size": 4, "pace": 2.0, "paces": [0.5, 1.5]},
    )
    community = organization.cell_community[: organization.cells]
    expected = np.array([1.0, 3.0, 3.0])[community]
    assert np.array_equal(paces_of(organization), expected)


def paces_of(organization):
    apply(organization, "cells")
    return organization.state.arrays["group_pace"][: organization.cells]


def test_an_officer_slows_the_cell_by_how_far_its_members_lie_apart():
    """Records of 20 cases at best and worst, against a prior of two: 21/22 and 1/22 apart."""
    organization = learners(cells={"hours": 1.0, "pace": 2.0, "pacing": "officer"})
    organization.open_period()
    assert paces_of(organization) == pytest.approx(2.0 * 0.25)
    organization.record_success[:] = 5.0
    organization.open_period()
    assert paces_of(organization) == pytest.approx(2.0)
    organization.record_success[0] = 6.0
    organization.open_period()
    assert paces_of(organization) == pytest.approx(2.0 * (1.0 - 2.0 / 22.0))


def test_paces_out_of_bounds_are_refused():
    with pytest.raises(ValueError, match="pace"):
        quiet(cells={"paces": [1.0, 9.0]})


def test_people_learn_from_what_others_thought_as_the_week_opened():
    """What seat 0 found out on Monday is heard from the next week on."""
    organization = learners(cells={"hours": 20.0})
    organization.beliefs[:] = 0
    organization.record_success[:] = 0.0
    organization.record_success[0] = 10.0
    week_up_to(organization, "hours")
    organization.beliefs[0] = organization.reality
    organization.articulated[0] = True
    apply(organization, "cells")
    assert not organization.beliefs[1:].any()
    organization.open_period()
    apply(organization, "cells")
    assert organization.beliefs[1:].any()


def test_officers_meet_officers_of_their_community_and_nobody_else():
    organization = lively(
        start={"contacts": 0}, structure={"line_hours": 0.0}, interpersonal={"hours": 0.0}
    )
    organization.contact[:] = -1
    week_up_to(organization, "hours")
    apply(organization, "officers")
    officers = set(organization.officer[: organization.cells].tolist())
    for i in range(organization.people):
        known = set(organization.contact[i][organization.contact[i] >= 0].tolist())
        same = {j for j in officers if organization.community[j] == organization.community[i]}
        assert known == (same - {i} if i in officers else set())


def test_officers_who_have_their_hours_take_part_however_much_work_waits():
    organization = quiet(
        people=40,
        requests={"load": 4.0},
        hours={"protected": 0.0},
        socialization={"hours": 1.0},
        officers={"hours": 4.0, "meeting": 2.0},
        communities={"count": 2},
    )
    for _ in range(3):
        organization.step()
    assert organization.tally[TURNS_TAKEN] > 0.0


def test_managers_sit_in_on_as_many_cases_as_others():
    """Two cases of two hours each and nobody twice: joint hours of a manager's own cases are 4."""
    organization = quiet(
        people=40,
        structure={"levels": 2, "span": 10},
        interpersonal={"joint_hours": 4.0, "deepening": 1e-3},
        environment={"complexity": 1},
    )
    organization.practice[:] = 0.0
    week_up_to(organization, "interpersonal")
    used = organization.practice.sum(axis=1) / 1e-3
    assert used.max() <= 2.01


def test_draws_of_two_groups_and_two_subjects_differ():
    names = {fold(np.uint64(fold(KEYS[1], g)), s) for g in range(50) for s in range(5)}
    assert len(names) == 250


@pytest.mark.parametrize("size", [2, 6])
def test_how_many_joint_cases_fit_the_hours_does_not_depend_on_the_size_of_the_cell(size):
    """Four hours at two hours a case; a cell of n loses one case in n."""
    organization = quiet(
        people=48,
        environment={"complexity": 1},
        communities={"count": 1},
        cells={"size": size, "joint_hours": 4.0},
        interpersonal={"deepening": 1e-3},
    )
    organization.practice[:] = 0.0
    week_up_to(organization, "cells")
    assert organization.practice.sum() == pytest.approx(48 * 2 * 1e-3, rel=1e-4)


@pytest.mark.parametrize("at_once", [1, 3])
@pytest.mark.parametrize("loafing", [0.0, 0.6])
def test_how_many_cells_meet_at_once_makes_no_difference(monkeypatch, at_once, loafing):
    """That is chosen for what memory keeps near alone: everybody is in one cell."""
    settings = {"interpersonal": {"hours": 1.0, "loafing": loafing, "conflict": 0.3}}
    in_one_round = weeks(lively(**settings), 5)
    assert 3 < in_one_round.cells <= cells.AT_ONCE
    monkeypatch.setattr(cells, "AT_ONCE", at_once)
    in_rounds = weeks(lively(**settings), 5)
    for name in ARRAYS:
        assert np.array_equal(getattr(in_rounds, name), getattr(in_one_round, name)), name

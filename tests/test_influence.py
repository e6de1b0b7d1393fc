"""Influence: whose words others took over, whose rules they learned, and that no rule reads it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from floors import floor_for, those_here
from organizations import apply, count, differing, learners, lively, quiet, week_up_to, weeks

from sim.learning.groups import Dyads, Held, Members, Seen, Talk, hear
from sim.measures import MEASURES
from sim.mechanisms.workforce import replace_people
from sim.organization import Organization
from sim.tallies import BROUGHT_HOME, COMBINATION_FLOW, TALLIES

#: Influence is kept in single precision, in parts as small as a seventh.
ROUNDING = 1e-4


def influence_after_talk(
    views: list[int], success: list[float], fidelity: float = 1.0, key: int = 0
) -> tuple[list[float], int]:
    """Influence of five people of whom number 0 has listened to the others, and what they adopted.

    Person 0 has no opinion on the one dimension there is; ``views`` and ``success`` (recorded, of
    ten cases) are those of the four others.
    """
    people = len(views) + 1
    seats = np.arange(people, dtype=np.int32)
    seen = np.array([[0], *[[view] for view in views]], np.int8)
    beliefs, spoken = seen.copy(), seen != 0
    floor, person = floor_for(people), seats.astype(np.uint64)
    those_here(people, floor, np.ones(people), person, np.uint64(key))
    floor.speaks[:] = 1
    rate = np.zeros(people, np.float32)
    rate[0] = 1.0
    influence = np.zeros(people, np.float32)
    strangers = np.full((people, people), -1, np.int32)
    tally = np.zeros(len(TALLIES))
    hear(
        seats,
        floor,
        0,
        1.0,
        Seen(
            seen,
            spoken,
            np.array([[0.0], *[[s] for s in success]], np.float32),
            np.full((people, 1), 10.0, np.float32),
            0.5,
        ),
        Held(beliefs, spoken.copy(), influence),
        Members(
            np.ones(people),
            rate,
            np.zeros(people, np.int32),
            np.zeros(people, np.int32),
            person,
        ),
        Dyads(strangers, np.zeros((people, people), np.float32), np.zeros_like(strangers)),
        Talk(1.0, 1.0, 0.0, fidelity, 1, 0.0, False),
        tally,
        0,
    )
    assert tally[COMBINATION_FLOW] == (beliefs[0, 0] != 0)
    return influence.tolist(), int(beliefs[0, 0])


def test_a_belief_taken_over_in_talk_is_shared_by_those_who_said_it_and_counted():
    unanimous = influence_after_talk([1, 1, 1, 1], [9, 9, 9, 9])
    assert unanimous == ([0.0, 0.25, 0.25, 0.25, 0.25], 1)
    # The third has done no better than the listener.
    assert influence_after_talk([-1, -1, -1], [9, 9, 0]) == ([0.0, 0.5, 0.5, 0.0], -1)
    convinced = [influence_after_talk([1, 1, 1, -1], [9, 9, 9, 9], key=key) for key in range(40)]
    # A majority of two in four convinces half of the time; never or always: 2 in 10^12.
    third = pytest.approx([0.0, 1 / 3, 1 / 3, 1 / 3, 0.0])
    assert {value for _, value in convinced} == {0, 1}
    assert all(shares == (third if value else [0.0] * 5) for shares, value in convinced)


@pytest.mark.parametrize("key", range(30))
def test_words_that_were_lost_on_the_way_earn_nothing(key):
    """Whatever is lost, a belief is one piece of influence, and none goes to the other side."""
    shares, value = influence_after_talk([1, 1, -1, 1], [9, 9, 9, 9], fidelity=0.5, key=key)
    assert sum(shares) == pytest.approx(abs(value))
    others = [share for share, view in zip(shares[1:], [1, 1, -1, 1], strict=True) if view != value]
    assert sum(others) == 0.0
    told = [share for share in shares if share > 0.0]
    assert all(share == pytest.approx(1 / len(told)) for share in told)


@pytest.mark.parametrize("mechanism", ["interpersonal", "cells", "officers", "spanning", "advice"])
def test_every_belief_that_passes_by_word_is_one_persons_influence(mechanism):
    """No more and no less influence arises than beliefs are taken over."""
    organization = lively(
        3, interpersonal={"joint_hours": 0.0}, cells={"joint_hours": 0.0}, advice={"hours": 0.25}
    )
    passed = 0.0
    for _ in range(12):
        organization.tally[:] = 0.0
        for each in organization.mechanisms:
            if each.name == "requests":
                organization.open_period()
            before = organization.tally[[COMBINATION_FLOW, BROUGHT_HOME]].sum()
            influence = organization.influence.astype(np.float64)
            each.apply(organization)
            if each.name == mechanism:
                after = organization.tally[[COMBINATION_FLOW, BROUGHT_HOME]].sum()
                gained = organization.influence - influence
                assert gained.sum() == pytest.approx(after - before, abs=ROUNDING)
                assert gained.min() >= 0.0
                passed += after - before
        organization.period += 1
    assert passed > 0.0


def test_who_tells_a_story_has_influence_on_those_who_did_not_think_so():
    organization = learners(communities={"hours": 4.0, "articulation": 1.0, "uptake": 1.0})
    before = organization.beliefs.copy()
    week_up_to(organization, "communities")
    assert (organization.beliefs != before).sum() > 0
    assert organization.influence.sum() == (organization.beliefs != before).sum()
    assert organization.influence[::2].sum() == 0.0  # they have nothing to tell


def test_who_falls_in_with_the_majority_follows_nobody_in_particular():
    session = {"hours": 1.0, "articulation": 0.0, "conformity": 1.0}
    organization = learners(communities=session)
    organization.articulated[:] = organization.beliefs != 0
    week_up_to(organization, "communities")
    assert count(organization, COMBINATION_FLOW) == 5
    assert not organization.influence.any()


def with_a_rule_of(author: int) -> Organization:
    """Twelve people who learn whatever the rule says; it says one thing, and that by somebody."""
    organization = quiet(socialization={"rate": 1.0, "hours": 0.0}, without=["hours"])
    organization.learning_rate[:] = 1.0
    organization.code[:] = 0
    organization.code[3] = 1
    organization.beliefs[:] = 0
    organization.rule_author[3] = author
    return organization


def test_who_changed_the_rule_has_influence_on_all_others_who_learn_it():
    organization = with_a_rule_of(5)
    organization.beliefs[7, 3] = 1
    week_up_to(organization, "socialization")
    assert (organization.beliefs[:, 3] == 1).all()
    # Ten others: the author is one of the twelve, and one thought so anyway.
    assert organization.influence.tolist() == [10.0 if i == 5 else 0.0 for i in range(12)]


def test_what_nobody_in_particular_made_the_rule_is_nobodys_influence():
    organization = with_a_rule_of(-1)
    week_up_to(organization, "socialization")
    assert (organization.beliefs[:, 3] == 1).all()
    assert not organization.influence.any()
    assert (quiet().rule_author == -1).all()


def test_a_rule_that_many_change_is_no_longer_its_authors():
    organization = with_a_rule_of(5)
    codification = next(m for m in organization.mechanisms if m.name == "codification")
    codification.parameters = codification.parameters.model_copy(
        update={"rate": 1.0, "judge": "truth", "codifies": "all"}
    )
    organization.codifiable[:] = True
    organization.rule_author[:] = 5
    organization.reality[:] = 1
    organization.code[:] = 1
    organization.code[3] = -1
    organization.beliefs[:] = 1
    organization.open_period()
    apply(organization, "codification")
    assert organization.code[3] == 1
    assert organization.rule_author.tolist() == [-1 if d == 3 else 5 for d in range(12)]


def test_a_newcomer_has_no_influence_and_no_rule():
    organization = quiet()
    organization.influence[:] = 2.0
    organization.rule_author[:] = np.arange(12)
    replace_people(organization, np.array([4, 9]))
    gone = np.isin(np.arange(12), [4, 9])
    assert (organization.influence == np.where(gone, 0.0, 2.0)).all()
    assert (organization.rule_author == np.where(gone, -1, np.arange(12))).all()


def test_influence_has_halved_after_a_quarter():
    organization = quiet()
    organization.influence[:] = 8.0
    assert weeks(organization, 13).influence == pytest.approx(4.0, abs=ROUNDING)


def test_no_rule_reads_influence():
    """Whatever it is, people think, do and feel the same."""
    one, other = lively(11), lively(11)
    for _ in range(8):
        other.influence[:] = 100.0 * np.arange(other.people)
        one.step()
        other.step()
    assert differing(one, other) == {"influence"}


def test_influence_of_rank_is_measured_as_it_says():
    organization = quiet(people=7, structure={"levels": 3, "span": 2})
    level = organization.level
    assert sorted(level.tolist()) == [0, 0, 0, 0, 1, 1, 2]
    measured = ("rank_influence", "influence_of_the_line", "influence_inequality")
    assert all(math.isnan(MEASURES[name].of(organization)) for name in measured)
    organization.influence[:] = 1.0 + level
    assert MEASURES["rank_influence"].of(organization) == pytest.approx(1.0)
    # Managers have (2 + 2 + 3) / 3 on average, all of them 11 / 7.
    assert MEASURES["influence_of_the_line"].of(organization) == pytest.approx((7 / 3) / (11 / 7))
    # Sorted 1 1 1 1 2 2 3: 2 * (1 + 2 + 3 + 4 + 10 + 12 + 21) / (7 * 11) - 8 / 7.
    gini = 2 * 53 / 77 - 8 / 7
    assert MEASURES["influence_inequality"].of(organization) == pytest.approx(gini, abs=1e-6)
    organization.influence[:] = 3.0 - level
    assert MEASURES["rank_influence"].of(organization) == pytest.approx(-1.0)


def test_help_and_advice_are_the_influence_of_who_gives_them():
    organization = learners(
        cells={"hours": 1.0, "help": 1.0}, interpersonal={"rate": 1.0, "stranger": 1.0}
    )
    organization.articulated[:] = organization.beliefs != 0
    week_up_to(organization, "cells")
    adopted = count(organization, COMBINATION_FLOW)
    assert adopted > 0
    assert organization.influence.sum() == adopted == organization.influence[1::2].sum()

"""Unnoticed learning: what others did this week rubs off, in no hour of learning."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from organizations import apply, changed, count, differing, learners, quiet, snapshot, weeks

from sim.measures import MEASURES
from sim.mechanisms.incidental import somebody_beside, somebody_met
from sim.organization import Organization
from sim.tallies import LEAKED, LEARNED_UNNOTICED, SOCIALIZATION_FLOW

WORDS = np.random.default_rng(4).random(2000)


def beside_each_other(people: int = 10, met: bool = False, **changes: object) -> Organization:
    """Odd seats hold a view, even seats none; all were seen doing the first two dimensions."""
    structure = {"span": max(people, 2)}
    organization = learners(people=people, structure=structure, **changes)
    organization.used[:] = False
    organization.used[:, :2] = True
    organization.period = 5
    organization.last_met[:] = 5 if met else 0
    organization.open_period()
    return organization


def test_what_is_picked_up_was_done_this_week_and_cannot_be_explained():
    organization = beside_each_other(incidental={"rate": 1.0})
    for _ in range(20):
        apply(organization, "incidental")
        organization.period += 1
    taken = organization.beliefs[::2]
    assert (taken[:, :2] == organization.reality[:2]).all()
    assert (taken[:, 2:] == 0).all()
    assert not organization.articulated[::2].any()
    assert count(organization, LEARNED_UNNOTICED) == count(organization, SOCIALIZATION_FLOW) == 10
    assert organization.influence[1::2].sum() == 10 and organization.influence[::2].sum() == 0


@pytest.mark.parametrize(("rate", "readiness"), [(0.4, 1.0), (0.4, 0.5), (1.0, 1.0)])
def test_it_happens_with_its_chance_with_one_of_the_unit_by_lot(rate, readiness):
    """Of 999 people beside one, 500 hold a view; five standard errors of 500."""
    organization = beside_each_other(1000, incidental={"rate": rate})
    organization.learning_rate[:] = readiness
    apply(organization, "incidental")
    chance = rate * readiness * 500 / 999
    learned = count(organization, LEARNED_UNNOTICED)
    assert abs(learned - 500 * chance) <= 5 * math.sqrt(500 * chance * (1 - chance))


def test_whoever_one_met_this_week_is_another_occasion():
    """The same chance again, where everybody knows everybody: twice as many; five errors each."""
    alone = beside_each_other(100, incidental={"rate": 1.0})
    met = beside_each_other(100, met=True, incidental={"rate": 1.0})
    for organization in (alone, met):
        organization.contact[:] = np.arange(100)
        organization.familiarity[:] = 1.0
        np.fill_diagonal(organization.contact, -1)
        apply(organization, "incidental")
    once, chance = 50 / 99, 1 - (1 - 50 / 99) ** 2
    assert abs(count(alone, LEARNED_UNNOTICED) - 50 * once) < 5 * math.sqrt(50 * once * (1 - once))
    people = (met.beliefs[::2] != 0).any(axis=1).sum()
    assert abs(people - 50 * chance) < 5 * math.sqrt(50 * chance * (1 - chance))


def test_of_those_met_the_better_known_count_more_and_others_not_at_all():
    """Familiarity .6 and .2 this week, .9 last week; 2 000 lots, five standard errors."""
    contact = np.array([[7, 8, 9, -1]], np.int32)
    familiarity = np.array([[0.6, 0.2, 0.9, 0.9]], np.float32)
    last_met = np.array([[5, 5, 4, 5]], np.int32)
    dyads, room = (contact, familiarity, last_met), np.empty(4, dtype=np.int64)
    chosen = np.array([somebody_met(*dyads, 0, 5, room, luck) for luck in WORDS])
    assert set(chosen) == {7, 8}
    assert abs((chosen == 7).sum() - 1500) < 5 * math.sqrt(2000 * 0.75 * 0.25)
    assert somebody_met(*dyads, 0, 6, room, 0.5) == -1


def test_anybody_of_the_unit_but_oneself_by_the_same_lot():
    members = np.array([3, 4, 5, 6], np.int32)
    chosen = np.array([somebody_beside(members, 4, luck) for luck in WORDS])
    counts = np.bincount(chosen, minlength=7)
    assert counts[4] == 0
    for j in (3, 5, 6):
        assert abs(counts[j] - 2000 / 3) < 5 * math.sqrt(2000 * 2 / 9)
    assert somebody_beside(members[1:2], 4, 0.5) == -1


def test_nobody_asks_who_does_well():
    """Who fails rubs off like who succeeds: records make no difference."""
    one = beside_each_other(incidental={"rate": 1.0})
    other = beside_each_other(incidental={"rate": 1.0})
    other.record_success[:] = 0.0
    other.open_period()
    for organization in (one, other):
        apply(organization, "incidental")
    assert differing(one, other) == {"record_success"}


def test_walls_and_regulators_stand_in_its_way():
    walls = {"size": 5, "isolation": 1.0}
    organization = beside_each_other(incidental={"rate": 1.0}, cells=walls)
    organization.cell[:] = np.arange(10) % 2
    apply(organization, "incidental")
    assert count(organization, LEARNED_UNNOTICED) == 0
    organization.cell[:] = 0
    apply(organization, "incidental")
    assert count(organization, LEARNED_UNNOTICED) > 0 == count(organization, LEAKED)
    timid = beside_each_other(incidental={"rate": 1.0}, interpersonal={"regulators": 1.0})
    timid.self_efficacy[:] = 0.0
    apply(timid, "incidental")
    assert count(timid, LEARNED_UNNOTICED) == 0


def test_what_gets_past_walls_is_counted():
    walls = {"size": 5, "isolation": 0.01}
    organization = beside_each_other(incidental={"rate": 1.0}, cells=walls)
    organization.cell[:] = np.arange(10) % 2
    for _ in range(5):
        apply(organization, "incidental")
        organization.period += 1
    assert count(organization, LEAKED) == count(organization, LEARNED_UNNOTICED) > 0


def test_it_takes_nobody_an_hour():
    """A week of work: the same hours by activity, whoever picked something up."""
    one, other = (
        weeks(quiet(requests={"load": 0.7}, incidental={"rate": rate}), 1) for rate in (0.0, 1.0)
    )
    assert count(other, LEARNED_UNNOTICED) > 0
    assert np.array_equal(one.hours, other.hours)
    assert one.tally[LEARNED_UNNOTICED] == 0 == MEASURES["learned_unnoticed"].of(one)
    assert MEASURES["learned_unnoticed"].of(other) == pytest.approx(
        52 * count(other, LEARNED_UNNOTICED) / 12
    )


@settings(max_examples=20)
@given(rate=st.floats(0, 1), readiness=st.floats(0, 1), seed=st.integers(0, 50))
def test_it_touches_only_beliefs_and_makes_them_tacit(rate, readiness, seed):
    organization = quiet(seed, incidental={"rate": rate})
    organization.used[:] = True
    organization.learning_rate[:] = readiness
    before = snapshot(organization)
    apply(organization, "incidental")
    assert changed(before, organization) <= {"beliefs", "articulated", "influence", "tally"}
    moved = organization.beliefs != before["beliefs"]
    assert not organization.articulated[moved].any()
    assert np.array_equal(organization.articulated[~moved], before["articulated"][~moved])
    assert moved.sum() <= 2 * organization.people

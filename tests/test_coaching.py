"""Coaching: who coaches whom, what the coach points to, what the learner finds, what it costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from organizations import apply, changed, count, differing, lively, merged, quiet, snapshot, weeks

from sim.learning.coaches import have_room, point_to, question_of, turn_away
from sim.mechanisms.coaching import Coaching
from sim.organization import Organization
from sim.randomness import key
from sim.tallies import COACHING, COACHING_SESSIONS, INSIGHTS, INSIGHTS_RIGHT

KEY = key(np.uint64(1), np.uint64(2), np.uint64(3))


def pair(**changes: Any) -> Organization:
    """Thirteen people of two levels, blocks of one dimension; failures are always noticed.

    An hour a week, a session each; the manager has room for all.
    """
    own = {
        "people": 13,
        "structure": {"levels": 2, "span": 12, "formalization": 0.0},
        "environment": {"complexity": 1},
        "work": {"noticed": 1.0},
        "coaching": {"hours": 1.0, "most": 100.0},
    }
    organization = quiet(**merged(own, changes))
    organization.beliefs[:] = -organization.reality
    organization.articulated[:] = False
    organization.learning_share[:] = 1.0
    organization.open_period()
    return organization


def coaching(organization: Organization) -> Coaching:
    return next(m for m in organization.mechanisms if isinstance(m, Coaching))


def coaches(organization: Organization) -> NDArray[np.int32]:
    """Whom each person has as a coach this week."""
    coaching(organization).arranged(organization)
    coach: NDArray[np.int32] = organization.state.arrays["coach"].copy()
    return coach


def test_who_is_wrong_finds_out_for_certain_where_nothing_blurs_what_is_seen():
    """Blocks of one dimension, all failures noticed: the other way always does better."""
    organization = pair()
    below = organization.manager >= 0
    before = snapshot(organization)
    apply(organization, "coaching")
    right = organization.beliefs == organization.reality
    assert np.array_equal(right.sum(axis=1), below)
    assert np.array_equal(organization.articulated, right)
    sessions = count(organization, COACHING_SESSIONS)
    assert sessions == 12 == count(organization, INSIGHTS) == count(organization, INSIGHTS_RIGHT)
    assert np.array_equal(organization.encouragement, 0.5 * below)
    assert changed(before, organization) == {"beliefs", "articulated", "encouragement", "tally"}


def test_who_is_right_keeps_it_whatever_the_coach_thinks():
    """The coach, who is wrong about everything, only asks: nobody is told anything."""
    organization = pair()
    below = organization.manager >= 0
    organization.beliefs[below] = organization.reality
    organization.open_period()
    before = snapshot(organization)
    apply(organization, "coaching")
    assert changed(before, organization) == {"encouragement", "tally"}
    assert count(organization, COACHING_SESSIONS) == 12


def test_who_has_no_opinion_comes_to_the_right_one_or_to_none():
    """Against coin tosses: the right way looks better, the wrong one worse, unless they tie."""
    organization = pair(coaching={"cases": 20})
    organization.beliefs[:] = 0
    organization.open_period()
    apply(organization, "coaching")
    # A tie of 20 tosses, all right or all wrong: 12 x 2 ** -20, once in 87 000.
    assert (
        count(organization, INSIGHTS) == 12 == (organization.beliefs == organization.reality).sum()
    )


def test_insights_are_wrong_where_the_wrong_way_is_seen_to_do_better():
    """A losing setting by hand: nobody notices a failure, so all ways look alike but for chance.

    Blocks of two, both held wrongly: the other way of one is no better, nor seen to be.
    """
    organization = pair(environment={"complexity": 2}, work={"noticed": 0.0})
    apply(organization, "coaching")
    assert count(organization, COACHING_SESSIONS) == 12 and count(organization, INSIGHTS) == 0


def test_the_coach_points_to_where_they_see_it_differently():
    own = np.array([1, 1, 1, 0], dtype=np.int8)
    assert {point_to(own, np.array([1, -1, 0, 0], dtype=np.int8), 0, 4, u) for u in (0, 0.9)} == {1}
    both = np.array([1, -1, 0, 1], dtype=np.int8)
    assert [point_to(own, both, 0, 4, u) for u in (0.0, 0.49, 0.5, 0.99)] == [1, 1, 3, 3]
    agreed = np.array([1, 1, 0, 0], dtype=np.int8)
    assert [point_to(own, agreed, 0, 4, u) for u in (0.0, 0.3, 0.6, 0.99)] == [0, 1, 2, 3]


def test_questions_are_brought_where_cases_fail():
    """Failures 0 and 9.9 of two blocks: .1 against 10; 5 standard errors, once in 1.7 million."""
    people = 20_000
    cases = np.full((people, 2), 10.0, dtype=np.float32)
    success = np.full((people, 2), 10.0, dtype=np.float32)
    success[:, 1] = 0.1
    person = np.arange(people, dtype=np.uint64)
    share = np.mean([question_of(i, success, cases, person, KEY) for i in range(people)])
    chance = 10 / 10.1
    assert abs(share - chance) < 5 * np.sqrt(chance * (1 - chance) / people)


def test_the_coach_is_who_the_setting_says():
    organization = pair(coaching={"by": "officer"}, cells={"size": 5})
    coach = coaches(organization)
    officers = organization.officer[organization.cell]
    everybody = np.arange(13)
    assert np.array_equal(coach, np.where(officers == everybody, -1, officers))
    organization = pair(coaching={"by": "experienced"})
    organization.record_cases[:] = 10.0
    organization.record_success[:] = 1.0
    organization.record_success[[4, 7]] = [[9.0], [8.0]]
    organization.open_period()
    coach = coaches(organization)
    below = np.flatnonzero(organization.manager >= 0)
    assert {4, 7} <= set(below), "this seed has both in the one unit there is"
    assert coach[4] == 7 and np.all(coach[below[below != 4]] == 4)


def test_among_equals_the_lot_decides_who_is_experienced():
    """Ten weeks of twelve people without a record: one coach for all comes up never."""
    organization = pair(coaching={"by": "experienced"})
    coach = coaches(organization)
    assert len(set(coach)) > 2 and not np.any(coach == np.arange(13))


def admitted(coach: Any, luck: Any, hours: float, most: float) -> NDArray[np.int32]:
    """The coach of each where each takes ``hours`` of the ``most`` a coach has, by ``luck``."""
    left, people = coach.copy(), max(len(coach), coach.max() + 1)
    room, none = np.empty(people), np.zeros(people, dtype=np.int64)
    fits = have_room(left, np.empty(0, dtype=np.int32), 0.0, hours, most, room, none.copy())
    turn_away(left, np.argsort(luck, kind="stable"), hours, room, none)
    assert fits == np.array_equal(left, coach), "nobody is turned away where there is room"
    return left


def test_a_coach_has_room_for_as_many_as_fit_by_lot():
    coach = np.array([3, 3, 3, -1, 5, 3], dtype=np.int32)
    luck = np.array([0.9, 0.1, 0.5, 0.0, 0.7, 0.3])
    for places, expected in ((3, [-1, 3, 3, -1, 5, 3]), (4, coach.tolist())):
        assert admitted(coach, luck, 1.0, places).tolist() == expected
    organization = pair(coaching={"most": 5.0})
    apply(organization, "hours")
    planned = organization.planned[:, COACHING]
    below = organization.manager >= 0
    # An hour with the coach, and four cases at five hours for eight.
    assert planned[~below] == 5.0 and sorted(planned[below]) == [0.0] * 7 + [3.5] * 5
    apply(organization, "coaching")
    # Those who planned for it, and only they, had a session.
    assert np.array_equal(organization.encouragement > 0.0, below & (planned > 0.0))


def test_half_an_hour_a_week_is_a_session_every_other_week():
    """300 learners; 5 standard errors: a right model fails once in 1.7 million."""
    organization = pair(people=301, structure={"span": 300}, coaching={"hours": 0.5, "most": 168.0})
    apply(organization, "coaching")
    assert abs(count(organization, COACHING_SESSIONS) - 150) < 5 * np.sqrt(300 * 0.25)


def test_without_time_on_either_side_there_is_no_session():
    for busy in (lambda o: o.manager < 0, lambda o: o.manager >= 0):
        organization = pair()
        organization.learning_share[busy(organization)] = 0.0
        before = snapshot(organization)
        apply(organization, "coaching")
        assert changed(before, organization) == set()


def test_off_it_is_as_if_it_did_not_exist_and_on_it_matters():
    off = weeks(lively(5, coaching={"hours": 0.0, "by": "officer"}), 8)
    without = weeks(lively(5, without=["coaching"]), 8)
    on = weeks(lively(5, coaching={"hours": 1.0}), 8)
    assert differing(off, without) == set()
    assert {"beliefs", "hours"} <= differing(on, off)


@pytest.mark.parametrize("by", ["officer", "experienced"])
def test_it_keeps_to_the_week_with_every_kind_of_coach(by):
    organization = weeks(lively(4, coaching={"hours": 3.0, "by": by, "most": 20.0}), 6)
    assert np.all(organization.hours.sum(axis=1) < 40.001)
    assert count(organization, COACHING_SESSIONS) > 0


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(-1, 5), min_size=1, max_size=30), st.integers(0, 2**32), st.floats(0.1, 9)
)
def test_nobody_coaches_longer_than_they_can(asked_for, seed, hours):
    coach = np.array(asked_for, dtype=np.int32)
    luck = np.random.default_rng(seed).random(len(coach))
    kept = admitted(coach, luck, hours, 8.0) >= 0
    given_hours = np.bincount(coach[kept], minlength=6) * hours
    assert np.all(given_hours <= 8.0 + 1e-9)
    asked = np.bincount(coach[coach >= 0], minlength=6)
    assert np.all(np.minimum(asked, int(8.0 / hours)) == np.bincount(coach[kept], minlength=6))

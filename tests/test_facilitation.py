"""Facilitated groups: what a group takes up, who brings cases, what it finds, what it costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from organizations import (
    apply,
    changed,
    count,
    differing,
    lively,
    merged,
    quiet,
    snapshot,
    week_up_to,
    weeks,
)

from sim.learning.facilitation import (
    Circles,
    bring_cases,
    circles_held,
    circles_of,
    open_question,
    take_up_question,
    work_out_together,
)
from sim.learning.models import coached_hours, facilitated_hours
from sim.learning.trials import study_trial
from sim.mechanisms.coaching import Coaching
from sim.organization import Organization
from sim.randomness import fold, key
from sim.records import estimate
from sim.tallies import (
    CASES_BROUGHT,
    COACHING,
    COACHING_SESSIONS,
    FACILITATED_SESSIONS,
    INSIGHTS,
    INSIGHTS_RIGHT,
)

KEY = key(np.uint64(1), np.uint64(2), np.uint64(3))
#: What an hour together does besides what it teaches.
ACQUAINTED = {"contact", "familiarity", "last_met", "joint_hours", "warmth", "trust"}


def lot(word: Any, number: Any) -> np.uint64:
    """A key within a key."""
    return np.uint64(fold(word, np.uint64(number)))


def group(**changes: Any) -> Organization:
    """Seven people who report to one, blocks of one dimension; failures are always noticed.

    An hour a week in the group, which has six turns; all are half wrong, in different places, have
    time and no fear.
    """
    own = {
        "people": 8,
        "structure": {"levels": 2, "span": 7, "formalization": 0.0},
        "environment": {"complexity": 1},
        "work": {"noticed": 1.0},
        "coaching": {"hours": 1.0, "groups": 1.0, "most": 100.0},
    }
    organization = quiet(**merged(own, changes))
    halves = np.add.outer(np.arange(8), np.arange(12)) % 2 == 0
    organization.beliefs[:] = np.where(halves, organization.reality, -organization.reality)
    organization.articulated[:] = False
    organization.learning_share[:] = 1.0
    organization.fear[:] = 0.0
    organization.open_period()
    return organization


def test_a_group_finds_out_for_certain_where_nothing_blurs_what_is_seen():
    """One dimension, all failures noticed: whoever does it rightly is seen to do better.

    Six of seven bring four cases each way; who was wrong takes over what they show, and nobody
    else changes. The one who facilitates learns nothing, whatever they hold.
    """
    organization = group()
    below = organization.manager >= 0
    before = snapshot(organization)
    apply(organization, "coaching")
    right = organization.beliefs == organization.reality
    [dimension] = np.flatnonzero(right[below].all(axis=0))
    was_right = before["beliefs"] == organization.reality
    learned = right & ~was_right
    assert set(np.flatnonzero(learned.any(axis=0))) == {dimension}
    assert np.array_equal(right[~below], was_right[~below])
    assert np.array_equal(organization.articulated, learned)
    found = below.sum() - was_right[below, dimension].sum()
    assert found > 0 and count(organization, INSIGHTS) == found
    assert count(organization, INSIGHTS_RIGHT) == found
    assert count(organization, FACILITATED_SESSIONS) == 7
    assert count(organization, CASES_BROUGHT) == 6
    assert sorted(organization.encouragement) == [0.0] * 2 + [0.5] * 6
    expected = {"beliefs", "articulated", "encouragement", "tally"}
    assert changed(before, organization) - ACQUAINTED == expected
    assert count(organization, COACHING_SESSIONS) == 0


def test_a_group_that_is_right_keeps_it_whatever_the_facilitator_thinks():
    organization = group()
    below = organization.manager >= 0
    organization.beliefs[below] = organization.reality
    organization.beliefs[~below] = -organization.reality
    organization.open_period()
    before = organization.beliefs.copy()
    apply(organization, "coaching")
    assert np.array_equal(organization.beliefs, before)
    assert count(organization, FACILITATED_SESSIONS) == 7 and count(organization, INSIGHTS) == 0


def test_where_no_failure_is_noticed_a_group_finds_out_nothing():
    """A losing setting by hand: every way looks as good as any, at the cost of everybody's time."""
    organization = group(work={"noticed": 0.0})
    apply(organization, "coaching")
    assert count(organization, CASES_BROUGHT) == 6 and count(organization, INSIGHTS) == 0


def test_all_cases_together_decide_by_hand():
    """Cases of three who differ, blurred by unnoticed failures: their sum tells, not their heads.

    The same comparison that a PDSA trial makes, with the draws of the session.
    """
    found = set()
    for seed in range(30):
        word = lot(KEY, seed)
        reality = np.array([1, 1], dtype=np.int8)
        beliefs = np.array([[0, 0], [1, 1], [-1, 1], [-1, -1]], dtype=np.int8)
        before, articulated = beliefs.copy(), np.zeros((4, 2), np.bool_)
        person, code = np.arange(4, dtype=np.uint64), np.zeros(2, np.int8)
        zeros, tally = np.zeros(4, np.float32), np.zeros(200)
        no_record = np.zeros((4, 1), np.float32)
        circles = Circles(*(np.array(a, np.int32) for a in ([0, 4], [0, 1, 2, 3], [0], [0])))
        work_out_together(
            tuple(circles),
            (np.empty(4, np.bool_), np.empty(4, np.bool_), np.empty(4)),
            1.0,
            np.ones(4),
            zeros,
            (before, code, reality, no_record, no_record),
            (beliefs, articulated),
            np.zeros(4, np.float32),
            np.zeros(4, np.int32),
            person,
            tally,
            (2, 0.0, 0.6, 5, 0.5, 6.0, 0.0, 0.0),
            (word, word),
        )
        session = lot(lot(word, 0), 1)
        luck_of = {}
        for d in (0, 1):
            pooled = 0
            for i in (1, 2, 3):
                observed, _, _ = study_trial(
                    before[i],
                    code,
                    reality,
                    d,
                    -before[i, d],
                    2,
                    0.0,
                    0.6,
                    5,
                    lot(session, person[i]),
                )
                pooled += -before[i, d] * round(observed * 5)
            expected = before.copy()
            expected[1:, d] = np.sign(pooled) if pooled else before[1:, d]
            luck_of[d] = expected
        assert any(np.array_equal(beliefs, expected) for expected in luck_of.values())
        assert tally[INSIGHTS] == (beliefs != before).sum() == articulated.sum()
        found.add((tally[INSIGHTS], tally[INSIGHTS_RIGHT]))
    assert len(found) > 2, "right, wrong and nothing all happen"


def test_the_question_is_one_on_which_those_who_bring_cases_differ():
    beliefs = np.array([[1, 1, -1, 0], [1, -1, -1, 1], [-1, 1, -1, 1]], dtype=np.int8)
    members, all_of_them = np.arange(3), np.ones(3, np.bool_)
    lots = (0.0, 0.49, 0.5, 0.99)
    assert [open_question(members, all_of_them, beliefs, 0, 4, u) for u in lots] == [0, 0, 1, 1]
    without_last = np.array([True, True, False])
    assert {open_question(members, without_last, beliefs, 0, 4, u) for u in lots} == {1}
    nobody = np.zeros(3, np.bool_)
    assert [open_question(members, nobody, beliefs, 0, 4, u) for u in lots] == [0, 1, 2, 3]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 15),
    st.integers(0, 20),
    st.lists(st.floats(0, 1), min_size=15, max_size=15),
    st.lists(st.floats(0, 1), min_size=15, max_size=15),
    st.floats(0, 1),
    st.integers(0, 2**32),
)
def test_no_more_bring_cases_than_there_are_turns_and_only_who_is_there(
    people, room, shares, fears, status, seed
):
    members = np.arange(people)
    present, brings = np.zeros(people, np.bool_), np.zeros(people, np.bool_)
    level = np.arange(people, dtype=np.int32) % 3
    share, fear = np.array(shares)[:people], np.array(fears)[:people]
    person = np.arange(people, dtype=np.uint64)
    leader = seed % people
    bring_cases(
        members,
        leader,
        (present, brings, np.empty(people)),
        room,
        share,
        fear,
        0.1,
        status,
        level,
        person,
        lot(KEY, seed),
    )
    assert brings.sum() <= room and not np.any(brings & ~present)
    assert not present[leader] and not np.any(present & (share == 0.0))
    if status == 0.0 and fear.max() <= 0.1:
        assert brings.sum() == min(room, present.sum())


def test_fear_and_standing_keep_people_from_telling_of_their_cases():
    """4 000 tables of three. Fear .6, less .2 for safety: .6 of those who have a turn tell.

    With status .5 and the facilitator alone above, of two present besides oneself, .75 do. Five
    standard errors of 8 000 pairs that are drawn apart: once in 1.7 million.
    """
    members, person = np.arange(3), np.arange(3, dtype=np.uint64)
    level = np.array([1, 0, 0], dtype=np.int32)
    for fear, status, chance in ((0.6, 0.0, 0.6), (0.0, 0.5, 0.75)):
        told = 0
        for n in range(4_000):
            present, brings = np.zeros(3, np.bool_), np.zeros(3, np.bool_)
            bring_cases(
                members,
                0,
                (present, brings, np.empty(3)),
                6,
                np.ones(3),
                np.full(3, fear),
                0.2,
                status,
                level,
                person,
                lot(KEY, n),
            )
            told += brings.sum()
        assert abs(told / 8_000 - chance) < 5 * np.sqrt(chance * (1 - chance) / 8_000)


def test_in_fear_a_group_has_nothing_to_go_by():
    organization = group(coaching={"safety": 0.0})
    organization.fear[:] = 1.0
    apply(organization, "coaching")
    assert count(organization, FACILITATED_SESSIONS) == 7
    assert count(organization, CASES_BROUGHT) == count(organization, INSIGHTS) == 0
    assert not organization.encouragement.any()


@pytest.mark.parametrize("by", ["manager", "officer", "experienced"])
def test_each_group_is_led_by_one_of_it_as_the_setting_says(by):
    organization = weeks(lively(3, coaching={"hours": 1.0, "groups": 1.0, "by": by}), 5)
    week_up_to(organization, "hours")
    mechanism = next(m for m in organization.mechanisms if isinstance(m, Coaching))
    *_, count = mechanism.arranged(organization)
    circles = circles_held(organization, count)
    opening = organization.opening
    mean = float(organization.state.arrays["mean_success"][0])
    success, cases = opening.record_success, opening.record_cases
    word = organization.key("questions for a group")
    assert len(circles.group) > 2
    for c, g in enumerate(circles.group):
        members = circles.member[circles.start[c] : circles.start[c + 1]]
        leader = circles.facilitator[c]
        assert leader in members and len(members) >= 3
        others = members[members != leader]
        if by == "manager":
            assert np.all(organization.manager[others] == leader)
        elif by == "officer":
            assert leader == organization.officer[g]
            assert np.all(organization.cell[members] == g)
        else:
            b = take_up_question(members, success, cases, lot(word, g))
            records = [estimate(success[i, b], cases[i, b], mean) for i in (leader, *members)]
            assert records[0] == max(records)


def test_two_are_no_group():
    small = quiet(people=2, structure={"levels": 2, "span": 1}, coaching={"hours": 1, "groups": 1})
    assert len(circles_of(small).group) == 0
    apply(small, "hours")
    assert small.planned[:, COACHING].sum() == 0.0


def test_it_takes_the_hours_of_all_who_are_there_and_those_of_trying_out():
    organization = group()
    apply(organization, "hours")
    below = organization.manager >= 0
    # An hour in the group, and four cases at five hours for eight.
    assert np.all(organization.planned[below, COACHING] == 3.5)
    assert np.all(organization.planned[~below, COACHING] == 1.0)


def test_time_is_divided_between_a_coach_and_the_group():
    organization = group(coaching={"groups": 0.25, "hours": 4.0})
    assert (coached_hours(organization), facilitated_hours(organization)) == (3.0, 1.0)
    apply(organization, "coaching")
    assert count(organization, COACHING_SESSIONS) == 21
    assert count(organization, FACILITATED_SESSIONS) == 7


def test_who_facilitates_has_less_room_to_coach():
    """Half an hour for each alone and half for all: with two hours a coach has room for three."""
    organization = group(coaching={"groups": 0.5, "most": 2.0})
    apply(organization, "hours")
    below = organization.manager >= 0
    planned = organization.planned[:, COACHING]
    assert planned[~below] == 2.0
    assert sorted(planned[below]) == [1.75] * 4 + [3.5] * 3
    none = group(coaching={"most": 0.9})
    before = snapshot(none)
    apply(none, "coaching")
    assert changed(before, none) == set()


def test_without_a_facilitator_s_time_there_is_no_session():
    organization = group()
    organization.learning_share[organization.manager < 0] = 0.0
    apply(organization, "coaching")
    assert count(organization, FACILITATED_SESSIONS) == 0
    organization = group()
    organization.learning_share[organization.manager >= 0] = 0.0
    apply(organization, "coaching")
    assert count(organization, FACILITATED_SESSIONS, CASES_BROUGHT, INSIGHTS) == 0


def test_half_an_hour_a_week_is_a_session_every_other_week():
    """400 weeks of seven people; 5 standard errors of 400 coins: once in 1.7 million."""
    organization = group(coaching={"hours": 0.5})
    sessions = 0
    for week in range(400):
        organization.period = week
        organization.tally[:] = 0.0
        apply(organization, "coaching")
        sessions += count(organization, FACILITATED_SESSIONS) / 7
    assert abs(sessions - 200) < 5 * np.sqrt(400 * 0.25)


def test_in_a_group_people_get_acquainted():
    organization = group()
    known = organization.familiarity.sum()
    apply(organization, "coaching")
    assert organization.familiarity.sum() > known and np.all(organization.joint_hours == 7.0)


def test_without_groups_all_is_as_if_there_was_no_such_setting():
    off = weeks(lively(5, coaching={"groups": 0.0}), 8)
    safe = weeks(lively(5, coaching={"groups": 0.0, "safety": 0.9}), 8)
    on = weeks(lively(5), 8)
    assert differing(off, safe) == set()
    assert {"beliefs", "hours"} <= differing(on, off)


@pytest.mark.parametrize("by", ["manager", "officer", "experienced"])
def test_it_keeps_to_the_week_whoever_facilitates(by):
    organization = lively(4, coaching={"hours": 4.0, "groups": 0.8, "by": by, "most": 20.0})
    held = 0.0
    for _ in range(6):
        organization.step()
        assert np.all(organization.hours.sum(axis=1) < 40.001)
        held += count(organization, FACILITATED_SESSIONS)
    assert held > 0


def test_the_order_of_the_members_does_not_matter():
    """The same group listed from either end: who brings cases, what is asked and what is found."""
    found = []
    for turn in (1, -1):
        organization = group(environment={"complexity": 2}, work={"noticed": 0.6})
        organization.team_member[:8] = organization.team_member[:8][::turn]
        apply(organization, "coaching")
        found.append(snapshot(organization))
    same = {name for name in found[0] if found[0][name].tobytes() == found[1][name].tobytes()}
    assert {"beliefs", "articulated", "encouragement", "tally"} <= same

"""An open programme: who begins and who stays, what is heard, whom one meets, what it costs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from organizations import apply, changed, count, differing, lively, quiet, snapshot, weeks

from sim.learning.programmes import (
    COMPLETED,
    DROPPED_OUT,
    OUTSIDE,
    REGISTERED,
    TAKING_PART,
    compose,
    enrol,
    side_with,
    stay_or_go,
)
from sim.measures import MEASURES, Counted
from sim.mechanisms.programme import Programme, ProgrammeParameters
from sim.mechanisms.workforce import replace_people
from sim.organization import Organization
from sim.randomness import key
from sim.tallies import (
    ACTIVITIES,
    COMBINATION_FLOW,
    PROGRAMME,
    PROGRAMME_BEGUN,
    PROGRAMME_COMPLETED,
    PROGRAMME_REGISTERED,
    TALLIES,
)

KEY = key(np.uint64(1), np.uint64(2), np.uint64(3))
#: Registration in week 0; whatever is heard is taken over, and nobody gives up.
SURE: dict[str, Any] = {
    **{"hours": 2.0, "invitation": 1.0, "first_step": 1.0, "staying": 10.0, "uptake": 1.0},
    **{"time": 0.0, "companions": 0.0},
}


def school(*, week: int = 1, part: int = 12, **changes: Any) -> Organization:
    """Twelve strangers without any opinion, the first ``part`` of whom take part in this week."""
    organization = quiet(
        dimensions=12,
        environment={"complexity": 3},
        start={"contacts": 0},
        programme={**SURE, **changes},
    )
    organization.beliefs[:] = 0
    organization.articulated[:] = False
    organization.learning_rate[:] = organization.learning_share[:] = 1.0
    organization.programme_stage[:part] = TAKING_PART
    organization.period = week
    organization.open_period()
    return organization


def programme_of(organization: Organization) -> Programme:
    return next(m for m in organization.mechanisms if isinstance(m, Programme))


def content(organization: Organization, edition: int) -> NDArray[np.int8]:
    """What an edition holds to work, on all dimensions."""
    programme, said = programme_of(organization), np.zeros(organization.dimensions, dtype=np.int8)
    key = programme.content(organization, edition)
    compose(said, organization.reality, 0, programme.parameters.accuracy, key)
    return said


def odds(probability: float) -> float:
    return math.log(probability / (1.0 - probability))


# Who registers, begins and stays


@pytest.mark.parametrize(("purpose", "chance"), [(0.0, 0.2), (0.5, 0.4), (1.0, 0.6)])
def test_people_register_the_sooner_the_more_purpose_they_see(purpose, chance):
    """20,000 people; 5 standard errors: a right rule fails once in 1.7 million."""
    people = 20_000
    stage, taken = np.zeros(people, dtype=np.int8), np.full(people, 7, dtype=np.int32)
    purposes = np.full(people, purpose, dtype=np.float32)
    person = np.arange(people, dtype=np.uint64)
    registered, begun = enrol(stage, taken, purposes, 0.4, 0.58, person, KEY)
    assert abs(registered - people * chance) < 5 * math.sqrt(people * chance * (1 - chance))
    assert abs(begun - registered * 0.58) < 5 * math.sqrt(registered * 0.58 * 0.42)
    assert (stage == TAKING_PART).sum() == begun
    assert (stage == REGISTERED).sum() == registered - begun
    assert not taken[stage > OUTSIDE].any() and (taken[stage == OUTSIDE] == 7).all()


def test_who_has_completed_the_programme_does_not_come_again_and_others_may():
    stage = np.array([OUTSIDE, REGISTERED, TAKING_PART, DROPPED_OUT, COMPLETED], dtype=np.int8)
    taken, person = np.ones(5, dtype=np.int32), np.arange(5, dtype=np.uint64)
    purpose = np.ones(5, dtype=np.float32)
    assert enrol(stage, taken, purpose, 1.0, 1.0, person, KEY) == (4, 4)
    assert list(stage) == [TAKING_PART] * 4 + [COMPLETED]
    assert list(taken) == [0] * 4 + [1]


def test_whoever_is_left_over_from_last_time_has_to_register_anew():
    stage = np.array([TAKING_PART, REGISTERED], dtype=np.int8)
    purpose, person = np.ones(2, dtype=np.float32), np.arange(2, dtype=np.uint64)
    enrol(stage, np.ones(2, dtype=np.int32), purpose, 0.0, 1.0, person, KEY)
    assert list(stage) == [DROPPED_OUT, REGISTERED]


def staying(
    *,
    self_efficacy: float = 0.5,
    purpose: float = 0.5,
    share: float = 1.0,
    companions: float = 0.0,
    last: bool = False,
) -> float:
    """Share of 10,000 people who go on, at even odds for somebody middling and alone.

    Everybody knows two others: one well (.6), one a little (.2). ``companions`` of them, by
    familiarity, take part: 0, .25 (the one known a little) or .75 (the other).
    """
    people, others = 10_000, 2
    stage = np.full(people + others, TAKING_PART, dtype=np.int8)
    stage[people:] = OUTSIDE
    if companions:
        stage[people + (companions < 0.5)] = TAKING_PART
    contact = np.tile(np.arange(people, people + others, dtype=np.int32), (people + others, 1))
    contact[people:] = -1
    familiarity = np.tile(np.array([0.6, 0.2], dtype=np.float32), (people + others, 1))
    everyone = np.ones(people + others, dtype=np.float32)
    completed = stay_or_go(
        stage,
        np.empty(people + others, dtype=np.bool_),
        np.zeros(people + others, dtype=np.int32),
        np.float32(self_efficacy) * everyone,
        np.float32(purpose) * everyone,
        np.float32(share) * everyone,
        contact,
        familiarity,
        np.full(contact.shape, 9, dtype=np.int32),
        (0.0, 2.0, 3.0),
        last,
        9,
        np.arange(people + others, dtype=np.uint64),
        KEY,
    )
    stayed = int((stage[:people] == (COMPLETED if last else TAKING_PART)).sum())
    assert stayed + int((stage[:people] == DROPPED_OUT).sum()) == people
    assert completed >= stayed if last else completed == 0
    return stayed / people


@pytest.mark.parametrize(
    ("case", "logit"),
    [
        ({}, 0.0),
        ({"self_efficacy": 1.0}, 1.0),
        ({"purpose": 0.0}, -1.0),
        ({"share": 0.5}, -1.5),
        ({"companions": 0.25}, 0.5),
        ({"companions": 0.75}, 1.5),
        ({"companions": 0.75, "share": 0.0, "last": True}, -1.5),
    ],
)
def test_who_goes_on_is_decided_by_the_odds(case, logit):
    """10,000 people; 5 standard errors: a right rule fails once in 1.7 million."""
    chance = 1.0 / (1.0 + math.exp(-logit))
    assert abs(staying(**case) - chance) < 5 * math.sqrt(chance * (1 - chance) / 10_000)


def test_the_longer_the_programme_the_fewer_complete_it():
    """Nearly automatic: each week may be the last one of somebody.

    At two in three a week .444, .132 and .017 of some 1,000 beginners are expected to complete two,
    five and ten weeks; the order is wrong by chance less than once in a billion.
    """
    shares = []
    for length in (2, 5, 10):
        organization = quiet(
            people=1000,
            programme={**SURE, "weeks": length, "staying": odds(2 / 3), "uptake": 0.0},
            start={"self_efficacy": 0.5, "contacts": 0},
        )
        begun = completed = 0.0
        for _ in range(length + 1):
            organization.step()
            begun += count(organization, PROGRAMME_BEGUN)
            completed += count(organization, PROGRAMME_COMPLETED)
        shares.append(completed / begun)
    assert shares[0] > shares[1] > shares[2]


# The weeks of a programme


def test_a_programme_held_once_and_one_held_every_year():
    once = Programme(ProgrammeParameters(hours=1.0, start=8, weeks=5))
    timetable = [once.timetable(week)[1] for week in range(6, 18)]
    assert timetable == [-1, -1, 0, 1, 2, 3, 4, 5, -1, -1, -1, -1]
    yearly = Programme(ProgrammeParameters(hours=1.0, start=8, weeks=5, every=52))
    assert yearly.timetable(8 + 52) == (1, 0)
    assert yearly.timetable(8 + 2 * 52 + 3) == (2, 3)
    assert yearly.timetable(7 + 52)[1] == -1
    hasty = Programme(ProgrammeParameters(hours=1.0, weeks=3, every=1))
    assert [hasty.timetable(week) for week in range(5)] == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0)]


def test_people_register_in_the_first_week_and_pay_with_time_only_afterwards():
    organization = quiet(programme={**SURE, "start": 1, "weeks": 2})
    hours = []
    for _ in range(5):
        organization.step()
        hours.append(float(organization.hours[:, PROGRAMME].sum()))
    assert hours == [0.0, 0.0, 24.0, 24.0, 0.0]
    assert (organization.programme_stage == COMPLETED).all()
    assert (organization.programme_weeks == 2).all()


def test_all_subjects_come_in_turn_and_another_edition_has_another_order():
    organization = school()
    programme = programme_of(organization)
    orders = [[programme.subject(organization, e, m) for m in range(1, 5)] for e in range(4)]
    assert all(sorted(order) == [0, 1, 2, 3] for order in orders)
    assert programme.subject(organization, 0, 5) == orders[0][0]
    assert len({tuple(order) for order in orders}) > 1


# What is heard


@pytest.mark.parametrize(("accuracy", "sign"), [(1.0, 1), (0.0, -1)])
def test_who_takes_part_hears_the_weeks_subject_right_or_wrong(accuracy, sign):
    organization = school(part=7, accuracy=accuracy)
    block = programme_of(organization).subject(organization, 0, 1)
    subject = np.arange(12) // 3 == block
    apply(organization, "programme")
    heard = np.where(subject, sign * organization.reality, 0)
    assert (organization.beliefs[:7] == heard).all()
    assert (organization.articulated[:7] == subject).all()
    assert not organization.beliefs[7:].any() and not organization.articulated[7:].any()
    assert count(organization, COMBINATION_FLOW) == 7 * 3


def test_what_is_taught_is_right_as_often_as_it_should_and_the_same_for_all():
    """6,000 dimensions; 5 standard errors: a right rule fails once in 1.7 million."""
    organization = quiet(dimensions=6000, programme={**SURE, "accuracy": 0.8})
    said = content(organization, 0)
    right = float((said == organization.reality).mean())
    assert abs(right - 0.8) < 5 * math.sqrt(0.16 / 6000)
    organization.period = 4
    again = content(organization, 0)
    other = content(organization, 1)
    assert (again == said).all() and (other != said).any()


def test_an_hour_of_teaching_counts_as_an_hour_of_talk():
    """5,000 people x 3 dimensions at 1 - .7 ** 1.5; 5 standard errors: once in 1.7 million."""
    organization = quiet(
        people=5000,
        dimensions=12,
        environment={"complexity": 3},
        start={"contacts": 0},
        programme={**SURE, "hours": 3.0, "uptake": 0.6, "support": 0.0},
    )
    organization.beliefs[:] = 0
    organization.learning_rate[:], organization.learning_share[:] = 0.5, 1.0
    organization.programme_stage[:] = TAKING_PART
    organization.period = 1
    apply(organization, "programme")
    chance, cases = 1 - 0.7**1.5, 15_000
    taken = count(organization, COMBINATION_FLOW)
    assert abs(taken - cases * chance) < 5 * math.sqrt(cases * chance * (1 - chance))


def test_who_has_no_time_is_not_there_and_what_others_hear_does_not_depend_on_it():
    all_there, one_missing = school(uptake=0.4), school(uptake=0.4)
    one_missing.learning_share[3] = 0.0
    before = snapshot(one_missing)
    apply(all_there, "programme")
    apply(one_missing, "programme")
    assert (one_missing.beliefs[3] == before["beliefs"][3]).all()
    assert (one_missing.contact != 3).all() and one_missing.encouragement[3] == 0.0
    others = np.arange(12) != 3
    assert (all_there.beliefs[others] == one_missing.beliefs[others]).all()
    assert all_there.beliefs.any()


# Whom one meets there


def test_tables_hold_everybody_who_is_there_and_are_evenly_filled():
    """Eleven at tables of at most five: three tables, of four, four and three."""
    organization = school(part=11, table=5, together=0.5)
    apply(organization, "programme")
    met = organization.contact >= 0
    assert sorted(met.sum(axis=1)) == [0, *[2] * 3, *[3] * 8]
    # An hour together: familiarity .067 with each, and as much company.
    assert organization.familiarity[met] == pytest.approx(1 - 0.933)
    assert organization.joint_hours == pytest.approx(met.sum(axis=1))
    assert organization.encouragement == pytest.approx(0.2 * met.sum(axis=1))


def test_encouragement_ends_at_one():
    encouragement = np.array([0.0, 0.9, -0.5, 0.3], dtype=np.float32)
    start, member = np.array([0, 3, 4], dtype=np.int32), np.arange(4, dtype=np.int32)
    side_with(start, member, 0.4, encouragement)
    assert encouragement == pytest.approx([0.8, 1.0, 0.3, 0.3])


def test_without_time_together_nobody_meets_and_without_teaching_nobody_learns():
    taught = school(together=0.0)
    apply(taught, "programme")
    assert taught.beliefs.any() and (taught.contact == -1).all() and not taught.joint_hours.any()
    met = school(together=1.0)
    apply(met, "programme")
    assert not met.beliefs.any() and (met.contact >= 0).any()


def test_purpose_is_kindled_in_who_takes_part():
    organization = school(part=6, kindling=0.1)
    organization.purpose[:] = 0.6
    apply(organization, "programme")
    assert organization.purpose[:6] == pytest.approx(0.64)
    assert organization.purpose[6:] == pytest.approx(0.6)


# What it leaves alone, and what it costs


def test_the_programme_touches_nobody_who_does_not_take_part():
    organization = lively(3, programme={"kindling": 0.0})
    weeks(organization, 2)
    outside = organization.programme_stage != TAKING_PART
    assert outside.any() and not outside.all()
    before = snapshot(organization)
    apply(organization, "programme")
    for name in changed(before, organization, {"tally"}):
        assert (getattr(organization, name)[outside] == before[name][outside]).all(), name


def test_who_follows_on_a_seat_starts_outside_the_programme():
    organization = school()
    organization.programme_weeks[:] = 3
    replace_people(organization, np.array([2, 5]))
    newcomers = np.isin(np.arange(12), [2, 5])
    assert (organization.programme_stage[newcomers] == OUTSIDE).all()
    assert (organization.programme_weeks[newcomers] == 0).all()
    assert (organization.programme_stage[~newcomers] == TAKING_PART).all()


def test_an_event_can_begin_and_end_a_programme():
    """Announced for week 3, and given up after its first module."""
    organization = quiet(
        programme={**SURE, "hours": 0.0, "start": 3, "weeks": 5},
        events=[
            {"at": 3, "set": {"programme.hours": 2.0}},
            {"at": 5, "set": {"programme.hours": 0.0}},
        ],
    )
    spent = []
    for _ in range(7):
        organization.step()
        spent.append(float(organization.hours[:, PROGRAMME].sum()))
    assert spent == [0.0, 0.0, 0.0, 0.0, 24.0, 0.0, 0.0]


@settings(max_examples=15, deadline=None)
@given(
    hours=st.floats(0, 40),
    length=st.integers(1, 6),
    every=st.integers(0, 6),
    week=st.floats(0, 60),
    seed=st.integers(0, 1000),
)
def test_hours_never_exceed_the_week_and_only_participants_spend_any(
    hours, length, every, week, seed
):
    organization = quiet(
        seed,
        requests={"load": 0.9},
        programme={"hours": hours, "weeks": length, "every": every, "invitation": 0.8},
        hours={"week": week},
    )
    for _ in range(5):
        taking_part = organization.programme_stage == TAKING_PART
        organization.step()
        assert organization.hours.sum(axis=1).max() <= week + 1e-4
        assert not organization.hours[~taking_part, PROGRAMME].any()
        assert organization.programme_stage.max() <= COMPLETED
        assert (organization.programme_weeks <= length).all()


def test_a_programme_that_begins_later_changes_nothing_before():
    later, never = lively(2, programme={"start": 50}), lively(2, programme={"hours": 0.0})
    assert differing(weeks(later, 4), weeks(never, 4)) == set()


# Measures


def test_the_funnel_counted_by_hand():
    tally = np.zeros(len(TALLIES))
    tally[[PROGRAMME_REGISTERED, PROGRAMME_BEGUN, PROGRAMME_COMPLETED]] = 50.0, 29.0, 4.0
    organization = school(part=3)
    counted = Counted(tally, np.zeros(len(ACTIVITIES)), 12, 9, organization.parameters["value"])
    flows = {name: MEASURES[name].flow for name in MEASURES if name.startswith("programme_")}
    assert flows["programme_begun_share"](counted) == pytest.approx(0.58)
    assert flows["programme_completed_share"](counted) == pytest.approx(0.08)
    assert MEASURES["programme_participants"].of(organization) == pytest.approx(3 / 12)


def test_without_a_programme_there_is_nothing_to_measure():
    organization = weeks(quiet(), 2)
    for name in ("programme_participants", "programme_begun_share", "programme_completed_share"):
        assert math.isnan(MEASURES[name].of(organization))


def test_people_whose_fear_is_above_the_middle_do_not_feel_safe():
    organization = quiet()
    organization.fear[:] = np.linspace(0.0, 1.1, 12)
    assert MEASURES["share_unsafe"].of(organization) == pytest.approx(6 / 12)

"""A week has so many hours: obligations, protected learning, requests, the rest of the learning."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from organizations import lively, quiet, week_up_to

from sim.mechanisms.hours import (
    LEARNING_COLUMNS,
    OBLIGATION_COLUMNS,
    add_up_skill,
    allocate,
    expected_hours,
)
from sim.tallies import (
    ACTIVITIES,
    APPROVAL,
    CELL,
    FAILURE,
    IDLE,
    LINE,
    OFFICER,
    RULES,
    TEAM,
    TRIAL,
    WORK,
)

#: Hours are kept in float32: a week of 40 is exact to 4e-6, a dozen activities to 5e-5.
ROUNDING = 5e-5
wishes = st.lists(st.floats(0, 60, width=32), min_size=10, max_size=10)


def divide(planned: dict[int, float], waiting: float, week: float = 40.0, protected: float = 0.5):
    """One person's hours by activity, and the share of their learning that fits."""
    plans = np.zeros(len(ACTIVITIES), dtype=np.float32)
    for activity, wanted in planned.items():
        plans[activity] = wanted
    hours = np.ones_like(plans)
    share = allocate(plans, hours, waiting, week, protected)
    return hours, share


def test_with_time_enough_everything_planned_happens_and_the_rest_is_for_requests():
    hours, share = divide({LINE: 2.0, CELL: 1.0, TRIAL: 3.0}, waiting=10.0)
    assert share == 1.0
    assert (hours[LINE], hours[CELL], hours[TRIAL], hours[IDLE]) == (2.0, 1.0, 3.0, 34.0)


def test_under_load_half_of_the_learning_is_protected_and_requests_get_the_rest():
    hours, share = divide({LINE: 4.0, CELL: 2.0, TEAM: 6.0}, waiting=100.0)
    assert share == 0.5
    assert (hours[LINE], hours[CELL], hours[TEAM], hours[IDLE]) == (4.0, 1.0, 3.0, 32.0)


def test_learning_beyond_the_protected_half_waits_for_requests_only():
    hours, share = divide({CELL: 20.0}, waiting=25.0)
    assert (share, hours[CELL], hours[IDLE]) == (0.75, 15.0, 25.0)


def test_obligations_come_before_protected_learning_in_their_order():
    hours, share = divide({LINE: 30.0, APPROVAL: 2.0, OFFICER: 20.0, CELL: 5.0}, waiting=9.0)
    assert (hours[LINE], hours[APPROVAL], hours[OFFICER]) == (30.0, 2.0, 8.0)
    assert (share, hours[CELL], hours[IDLE]) == (0.0, 0.0, 0.0)


def test_without_protection_learning_gets_what_requests_leave():
    assert divide({RULES: 10.0}, waiting=40.0, protected=0.0)[1] == 0.0
    assert divide({RULES: 10.0}, waiting=35.0, protected=0.0)[1] == 0.5
    assert divide({RULES: 10.0}, waiting=40.0, protected=1.0)[1] == 1.0


@given(wishes, st.floats(0, 200), st.floats(0, 168), st.floats(0, 1))
def test_a_week_is_used_once(planned, waiting, week, protected):
    """Hours add up to the week, none is negative, and nobody gets more than they planned."""
    plans = dict(enumerate(planned))
    hours, share = divide(plans, waiting, week, protected)
    columns = [*OBLIGATION_COLUMNS, *LEARNING_COLUMNS]
    assert hours.sum(dtype=float) == pytest.approx(week, abs=4 * ROUNDING)
    assert hours.min() >= -4 * ROUNDING
    assert all(hours[a] <= plans.get(int(a), 0.0) + ROUNDING for a in columns)
    assert -ROUNDING <= share <= 1.0 + ROUNDING
    # Learning is cut alike everywhere.
    for a in LEARNING_COLUMNS:
        assert hours[a] == pytest.approx(share * plans.get(int(a), 0.0), abs=ROUNDING)


@given(wishes, st.floats(0, 200), st.floats(0, 100), st.floats(0, 1))
def test_more_work_waiting_never_gives_more_time_to_learn(planned, waiting, more, protected):
    plans = dict(enumerate(planned))
    _, share = divide(plans, waiting, protected=protected)
    _, less = divide(plans, waiting + more, protected=protected)
    assert less <= share


def test_requests_take_longer_for_who_lacks_practice_or_is_slow():
    length = np.array([2, 2, 2, 0], dtype=np.int32)
    overtime = np.array([0, 0, 1, 3], dtype=np.float32)
    practice = np.array([0.0, 1.0, 0.5, 1.0])
    ability = np.array([1, 1, 0.5, 1], dtype=np.float32)
    people = zip(length, overtime, practice, ability, strict=True)
    waiting = [expected_hours(*person, 2.0) for person in people]
    assert waiting == [8.0, 4.0, 13.0, 3.0]


@given(st.integers(1, 9), st.integers(1, 5))
def test_skill_adds_up_dimension_by_dimension(people, dimensions):
    practice = np.random.default_rng(people).random((people, dimensions)).astype(np.float32)
    skill = np.empty(people)
    add_up_skill(practice, skill)
    assert skill.tolist() == [sum(row.tolist(), 0.0) for row in practice]


@pytest.mark.parametrize("seed", range(3))
def test_every_week_of_a_lively_organization_has_its_hours(seed):
    organization = lively(seed, requests={"load": 1.1})
    for _ in range(15):
        organization.step()
        hours = organization.hours
        assert hours.sum(axis=1, dtype=float) == pytest.approx(40.0, abs=ROUNDING)
        assert hours.min() >= -ROUNDING
        assert np.all(hours[:, OBLIGATION_COLUMNS].sum(axis=1) <= 40.0)
    assert hours[:, [WORK, FAILURE, IDLE]].sum() > 0.0


def test_hours_are_never_negative_not_even_by_rounding():
    organization = lively(3, hours={"week": 37.7}, work={"raise_hours": 1.3})
    for _ in range(20):
        organization.step()
        assert organization.hours.min() >= 0.0


def test_managers_pay_for_their_reports_and_officers_for_their_role():
    organization = quiet(
        people=31,
        structure={"levels": 3, "span": 5, "line_hours": 1.0, "supervision_hours": 0.5},
        officers={"hours": 3.0},
    )
    week_up_to(organization, "hours")
    reports = np.bincount(organization.manager[organization.manager >= 0], minlength=31)
    # Whoever leads a unit meets with it, and with their own.
    meetings = np.where(reports > 0, 2.0, 1.0)
    assert np.array_equal(organization.hours[:, LINE], np.float32(meetings + 0.5 * reports))
    officers = np.zeros(31, dtype=bool)
    officers[organization.officer[: organization.cells]] = True
    assert np.array_equal(organization.hours[:, OFFICER], np.where(officers, 3.0, 0.0))


def test_hours_of_learning_are_remembered_with_their_half_life():
    organization = quiet(interpersonal={"hours": 3.0}, hours={"memory": 4.0})
    for _ in range(4):
        organization.step()
    # Half of what they came with, half of what they had; managers talk in two units.
    expected = np.where(organization.leads_unit >= 0, 4.0, 2.5)
    assert organization.learning_hours == pytest.approx(expected, abs=1e-5)


def test_in_a_week_without_hours_nothing_is_handled():
    organization = lively(0, events=[{"at": 3, "set": {"hours.week": 0.0}}])
    for _ in range(4):
        organization.step()
    assert organization.week_cases.sum() == 0.0

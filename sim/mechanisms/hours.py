"""Hours: one week of time for everything; what one practice takes, another lacks.

Order of claims: obligations (line, approvals, officers), half of the planned learning, the oldest
requests, the rest of the learning. Learning that does not fit is done in proportion; requests
wait. That some learning is protected is a setting of management, not of the person (assumption).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.kernels import in_place, inlined
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.tallies import (
    IDLE,
    LEARNING,
    LINE,
    OBLIGATIONS,
)

if TYPE_CHECKING:
    from sim.organization import Organization

OBLIGATION_COLUMNS = np.array(OBLIGATIONS)
LEARNING_COLUMNS = np.array(LEARNING)


class HoursParameters(Parameters):
    week: float = parameter(
        40.0,
        unit="hours per person and week",
        bounds=(0, 168),
        doc="The week everything has to fit into.",
        source="DESIGN default",
    )
    protected: float = parameter(
        0.5,
        unit="share of planned learning",
        bounds=(0, 1),
        doc="Share of the planned learning that comes before requests.",
        source=ASSUMPTION,
    )
    memory: float = parameter(
        13.0,
        unit="weeks",
        bounds=(1, 520),
        doc="Half-life over which people remember how much time they had to learn.",
        source=ASSUMPTION,
    )


@in_place
def add_up_skill(practice, skill):
    """Fill ``skill`` (people,) with the sum of everybody's ``practice`` (people, dimensions)."""
    people, dimensions = practice.shape
    # One addition has to wait for the one before: those for four people are made side by side.
    fours = people - people % 4
    for i in range(0, fours, 4):
        one, two, three, four = practice[i], practice[i + 1], practice[i + 2], practice[i + 3]
        a, b, c, d = 0.0, 0.0, 0.0, 0.0
        for k in range(dimensions):
            a += one[k]
            b += two[k]
            c += three[k]
            d += four[k]
        skill[i], skill[i + 1], skill[i + 2], skill[i + 3] = a, b, c, d
    for i in range(fours, people):
        skill[i] = 0.0
        for k in range(dimensions):
            skill[i] += practice[i, k]


@inlined
def expected_hours(length, overtime, practice, ability, hours_per_case):
    """Hours that ``length`` requests will take one person, at their mean ``practice``."""
    return length * (hours_per_case * (2.0 - practice) / ability) + overtime


@in_place
def allocate(planned, hours, waiting, week_hours, protected):
    """Divide one person's week; writes ``hours`` by activity, and gives the share of learning.

    ``planned`` (activities,) are wishes, ``waiting`` the hours of requests in the queue. All that
    is left stands as IDLE, until requests take of it what they need.
    """
    for a in range(len(hours)):
        hours[a] = 0.0
    left = week_hours
    for a in OBLIGATION_COLUMNS:
        hours[a] = min(planned[a], left)
        left -= hours[a]
    wanted = 0.0
    for a in LEARNING_COLUMNS:
        wanted += planned[a]
    secure = min(protected * wanted, left)
    requests = min(waiting, left - secure)
    learning = min(wanted, left - requests)
    share = learning / wanted if wanted > 0.0 else 1.0
    for a in LEARNING_COLUMNS:
        hours[a] = planned[a] * share
    hours[IDLE] = left - learning
    return share


@in_place
def divide_the_week(
    state, week_hours, protected, hours_per_case, checking_hours, learning_kept, learning_added
):
    """Divide everybody's week; writes ``hours``, ``backlog`` and what there is of learning.

    A request in the queue takes ``checking_hours`` more than the work on it. ``learning_hours``
    keep the share ``learning_kept``, and take on the share ``learning_added`` of this week's (both
    float32).
    """
    planned, hours, backlog = state.planned, state.hours, state.backlog
    length, overtime, ability = state.queue_length, state.overtime, state.ability
    learning_share, learning_hours = state.learning_share, state.learning_hours
    practice, skill = state.practice, state.skill
    add_up_skill(practice, skill)
    for i in range(len(length)):
        mean = skill[i] / practice.shape[1]
        waiting = expected_hours(length[i], overtime[i], mean, ability[i], hours_per_case)
        waiting += length[i] * checking_hours
        backlog[i] = waiting / week_hours
        learning_share[i] = allocate(planned[i], hours[i], waiting, week_hours, protected)
        learned = np.float32(0.0)
        for a in LEARNING_COLUMNS:
            learned += hours[i, a]
        learning_hours[i] = learning_hours[i] * learning_kept + learning_added * learned


@in_place
def plan_line(state, line_hours, supervision_hours):
    """Add to ``planned`` the hours of meetings in the line, and of supervising each report."""
    planned, leads_unit = state.planned, state.leads_unit
    manager, reports = state.manager, state.reports_led
    for i in range(len(manager)):
        reports[i] = 0
    for i in range(len(manager)):
        if manager[i] >= 0:
            reports[manager[i]] += 1
    for i in range(len(manager)):
        # A manager meets with the unit they lead, too.
        planned[i, LINE] += line_hours * (2 if leads_unit[i] >= 0 else 1)
        planned[i, LINE] += supervision_hours * reports[i]


class Hours(Mechanism):
    name = "hours"
    Parameters = HoursParameters
    reads = ("queue_length", "overtime", "manager", "leads_unit", "practice", "ability")
    writes = ("planned", "hours", "learning_share", "learning_hours", "backlog")
    null = {"hours.week": 0.0}

    def plan(self, organization: Organization) -> None:
        structure = organization.parameters["structure"]
        line_hours, supervision_hours = structure.line_hours, structure.supervision_hours
        plan_line(organization.state, float(line_hours), float(supervision_hours))

    def apply(self, organization: Organization) -> None:
        week = self.parameters.week
        if week == 0.0:
            organization.hours[:] = 0.0
            organization.learning_share[:] = 0.0
            return
        organization.planned.fill(0.0)
        for mechanism in organization.mechanisms:
            mechanism.plan(organization)
        work = organization.parameters["work"]
        kept = 0.5 ** (1.0 / self.parameters.memory)
        divide_the_week(
            organization.state,
            float(week),
            float(self.parameters.protected),
            float(work.hours_per_case),
            float(work.checking * work.checking_hours),
            np.float32(kept),
            np.float32(1.0 - kept),
        )

"""Hours: one week of time for everything; what one practice takes, another lacks.

Order of claims: obligations (line, approvals, officers), half of the planned learning, the oldest
requests, the rest of the learning. Learning that does not fit is done in proportion; requests
wait. That some learning is protected is a setting of management, not of the person (assumption).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.kernels import in_place, kernel
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
def expected_hours(length, overtime, practice, ability, hours_per_case):
    """Hours that ``length`` requests will take one person, at their mean ``practice`` (a row)."""
    depth = 0.0
    for skill in practice:
        depth += skill
    each = hours_per_case * (2.0 - depth / len(practice)) / ability
    return length * each + overtime


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
    planned,
    hours,
    length,
    overtime,
    backlog,
    practice,
    ability,
    learning_share,
    learning_hours,
    week_hours,
    protected,
    hours_per_case,
    checking_hours,
    kept,
    added,
):
    """Divide everybody's week; writes ``hours``, ``backlog`` and what there is of learning.

    A request in the queue takes ``checking_hours`` more than the work on it. ``learning_hours``
    keep the share ``kept``, and take on the share ``added`` of this week's (both float32).
    """
    for i in range(len(length)):
        waiting = expected_hours(length[i], overtime[i], practice[i], ability[i], hours_per_case)
        waiting += length[i] * checking_hours
        backlog[i] = waiting / week_hours
        learning_share[i] = allocate(planned[i], hours[i], waiting, week_hours, protected)
        learned = np.float32(0.0)
        for a in LEARNING_COLUMNS:
            learned += hours[i, a]
        learning_hours[i] = learning_hours[i] * kept + added * learned


@kernel
def plan_line(planned, leads_unit, manager, line_hours, supervision_hours):
    """Add to ``planned`` the hours of meetings in the line, and of supervising each report."""
    reports = np.zeros(len(manager), np.int64)
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
        plan_line(
            organization.planned,
            organization.leads_unit,
            organization.manager,
            structure.line_hours,
            structure.supervision_hours,
        )

    def apply(self, organization: Organization) -> None:
        week = self.parameters.week
        if week == 0.0:
            organization.hours[:] = 0.0
            organization.learning_share[:] = 0.0
            return
        organization.planned[:] = 0.0
        for mechanism in organization.mechanisms:
            mechanism.plan(organization)
        work = organization.parameters["work"]
        kept = 0.5 ** (1.0 / self.parameters.memory)
        divide_the_week(
            organization.planned,
            organization.hours,
            organization.queue_length,
            organization.overtime,
            organization.backlog,
            organization.practice,
            organization.ability,
            organization.learning_share,
            organization.learning_hours,
            week,
            self.parameters.protected,
            work.hours_per_case,
            work.checking * work.checking_hours,
            np.float32(kept),
            np.float32(1.0 - kept),
        )

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


@kernel
def expected_hours(length, overtime, practice, ability, hours_per_case):
    """Hours that the requests in each queue will take, at the person's mean practice."""
    waiting = np.empty(len(length))
    for i in range(len(length)):
        depth = 0.0
        for d in range(practice.shape[1]):
            depth += practice[i, d]
        each = hours_per_case * (2.0 - depth / practice.shape[1]) / ability[i]
        waiting[i] = length[i] * each + overtime[i]
    return waiting


@in_place
def allocate(planned, hours, waiting, week_hours, protected, learning_share):
    """Divide each person's week; writes ``hours`` by activity and ``learning_share``.

    ``planned`` (people, activities) are wishes, ``waiting`` the hours of requests in the queue.
    All that is left stands as IDLE, until requests take of it what they need.
    """
    for i in range(len(waiting)):
        for a in range(hours.shape[1]):
            hours[i, a] = 0.0
        left = week_hours
        for a in OBLIGATION_COLUMNS:
            hours[i, a] = min(planned[i, a], left)
            left -= hours[i, a]
        wanted = 0.0
        for a in LEARNING_COLUMNS:
            wanted += planned[i, a]
        secure = min(protected * wanted, left)
        requests = min(waiting[i], left - secure)
        learning = min(wanted, left - requests)
        share = learning / wanted if wanted > 0.0 else 1.0
        for a in LEARNING_COLUMNS:
            hours[i, a] = planned[i, a] * share
        learning_share[i] = share
        hours[i, IDLE] = left - learning


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


@in_place
def remember_learning(learning_hours, hours, kept, added):
    """Let ``learning_hours`` keep the share ``kept``, and add that much of this week's learning."""
    for i in range(len(learning_hours)):
        learned = np.float32(0.0)
        for a in LEARNING_COLUMNS:
            learned += hours[i, a]
        learning_hours[i] = learning_hours[i] * kept + added * learned


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
        waiting = expected_hours(
            organization.queue_length,
            organization.overtime,
            organization.practice,
            organization.ability,
            work.hours_per_case,
        )
        if work.checking > 0.0:
            waiting += organization.queue_length * (work.checking * work.checking_hours)
        organization.backlog[:] = waiting / week
        allocate(
            organization.planned,
            organization.hours,
            waiting,
            week,
            self.parameters.protected,
            organization.learning_share,
        )
        kept = 0.5 ** (1.0 / self.parameters.memory)
        remember_learning(
            organization.learning_hours,
            organization.hours,
            np.float32(kept),
            np.float32(1.0 - kept),
        )

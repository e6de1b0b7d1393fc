"""Cells: a few people of one community learn together.

Each member takes the weighted majority of those who visibly do better; tacit beliefs pass only by
joint practice; a group has one floor, so airtime shrinks as it grows [FangLeeSchilling2010 for
semi-isolated subgroups; document 002 for cells]. No size is better by rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.mechanisms.communities import community_topics
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import (
    GROUP_READS,
    GROUP_WRITES,
    converse,
    gather,
    work_together,
)
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.tallies import CELL, JOINT

if TYPE_CHECKING:
    from sim.organization import Organization


class CellsParameters(Parameters):
    size: int = parameter(
        6,
        unit="people",
        bounds=(1, 1_000_000),
        doc="People in a cell, as nearly as communities can be divided (fixed during a run).",
        source="Wheelan2009: 3-8; value " + ASSUMPTION,
    )
    hours: float = parameter(
        0.0,
        unit="hours per week",
        bounds=(0, 40),
        doc="Length of a cell's weekly meeting; 0: the organization has no cells.",
        source="1.0 where there are cells: " + ASSUMPTION,
    )
    joint_hours: float = parameter(
        0.0,
        unit="hours per week",
        bounds=(0, 40),
        doc="Time a member sits in on cases of others in the cell.",
        source=ASSUMPTION,
    )
    pace: float = parameter(
        1.0,
        unit="share of the meeting",
        bounds=(0, 1),
        doc="Throttle: the part of the meeting in which content is released.",
        source="document 002; value " + ASSUMPTION,
    )
    safety: float = parameter(
        0.1,
        unit="fear",
        bounds=(0, 1),
        doc="How much less fear people feel in their cell than at large.",
        source="0-.3 (MECHANISMS A4); " + ASSUMPTION,
    )


class Cells(Mechanism):
    name = "cells"
    Parameters = CellsParameters
    fixed = ("size",)
    reads = (*GROUP_READS, "cell", "cell_start", "cell_member", "cell_community")
    writes = GROUP_WRITES
    null = {"cells.hours": 0.0, "cells.joint_hours": 0.0}

    def plan(self, organization: Organization) -> None:
        organization.planned[:, CELL] += self.parameters.hours
        organization.planned[:, JOINT] += self.parameters.joint_hours

    def apply(self, organization: Organization) -> None:
        parameters = self.parameters
        groups = (organization.cell_start, organization.cell_member)
        low, high = community_topics(organization)
        of_cell = organization.cell_community[: organization.cells]
        topics = (low[of_cell], high[of_cell])
        time = parameters.hours * organization.learning_share.astype(np.float64)
        gather(organization, *groups, organization.cells, time)
        fear = np.maximum(organization.fear - np.float32(parameters.safety), np.float32(0.0))
        hours = parameters.hours * parameters.pace
        converse(organization, *groups, topics, hours, fear, "cell talk")
        work_together(
            organization,
            *groups,
            topics,
            organization.cell,
            parameters.joint_hours,
            "joint cases in cells",
        )

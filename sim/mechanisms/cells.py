"""Cells: a few people of one community learn together.

Each member takes the weighted majority of those who visibly do better; tacit beliefs pass only by
joint practice; a group has one floor, so airtime shrinks as it grows [FangLeeSchilling2010 for
semi-isolated subgroups; document 002 for cells]. No size is better by rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import field_validator

from sim.learning.helping import keep_subjects, slow_down, take_up_again
from sim.mechanisms.communities import community_topics
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import (
    BY_NEED,
    GROUP_READS,
    GROUP_WRITES,
    NO_TIME,
    UNHURRIED,
    Topics,
    meet,
    seen_of,
    share_of_learning,
)
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.tallies import CELL, JOINT

if TYPE_CHECKING:
    from sim.organization import Organization

#: Slowest and fastest pace that can be set, in subjects per hour.
PACES = (0.25, 4.0)
#: The part of the pace set that an officer keeps up at least (assumption).
LEAST_PACE = 0.25


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
        unit="subjects per hour",
        bounds=PACES,
        doc="Throttle: how many subjects a meeting takes up in an hour; each gets its share of the "
        "turns, and of the chance to be taken over. At less than one a meeting (of an hour at "
        "least) a cell goes on with last week's, and comes to a new one as often as its pace says.",
        source="document 002; value " + ASSUMPTION,
    )
    paces: list[float] = parameter(
        [],
        unit="factors, by community",
        doc="Factors of the pace in the first, second, ... community (0.25 to 4 each); the last "
        "holds for all that follow.",
        source="document 002 (each level of the tree can be managed); value " + ASSUMPTION,
    )
    pacing: Literal["set", "officer"] = parameter(
        "set",
        unit="rule",
        doc="set: the pace is what is set; officer: the learning officer slows their cell for the "
        "slow, by how far its members' records lie apart (to a quarter at most).",
        source="document 002 (officers see to all speeds of learners); rule " + ASSUMPTION,
    )
    advance: Literal["by_need", "together"] = parameter(
        "by_need",
        unit="rule",
        doc="by_need: every subject is chosen anew, by what fails; together: a cell stays with one "
        "until all its members agree on it in words, or patience ends.",
        source="document 002 (members depend on each other's progress); rule " + ASSUMPTION,
    )
    patience: int = parameter(
        8,
        unit="weeks",
        bounds=(1, 520),
        doc="advance together: how long a cell waits for all at most.",
        source=ASSUMPTION,
    )
    help: float = parameter(
        0.0,
        unit="share of the meeting",
        bounds=(0, 1),
        doc="Part of the meeting in which members help each other in pairs, the best on a subject "
        "the worst.",
        source="document 002 (fast learners help slow ones); value " + ASSUMPTION,
    )
    isolation: float = parameter(
        0.0,
        unit="probability per word heard or joint case",
        bounds=(0, 1),
        doc="Walls between cells: chance that what would pass between members of different cells "
        "elsewhere than in cells, sessions and meetings of officers does not.",
        source="document 002 (compartments); value " + ASSUMPTION,
    )
    safety: float = parameter(
        0.1,
        unit="fear",
        bounds=(0, 1),
        doc="How much less fear people feel in their cell than at large.",
        source="0-.3 (MECHANISMS A4); " + ASSUMPTION,
    )

    @field_validator("paces")
    @classmethod
    def _within_bounds(cls, paces: list[float]) -> list[float]:
        for pace in paces:
            if not PACES[0] <= pace <= PACES[1]:
                raise ValueError(f"a factor of the pace lies within {PACES[0]:g} and {PACES[1]:g}")
        return paces


class Cells(Mechanism):
    name = "cells"
    Parameters = CellsParameters
    fixed = ("size",)
    reads = (*GROUP_READS, "cell_start", "cell_member", "cell_community", "community_topic")
    writes = (*GROUP_WRITES, "subject", "subject_weeks")
    null = {"cells.hours": 0.0, "cells.joint_hours": 0.0}

    def plan(self, organization: Organization) -> None:
        organization.planned[:, CELL] += self.parameters.hours
        organization.planned[:, JOINT] += self.parameters.joint_hours

    def apply(self, organization: Organization) -> None:
        parameters = self.parameters
        meeting, pace, subject, time = float(parameters.hours), UNHURRIED, BY_NEED, NO_TIME
        if meeting == parameters.joint_hours == 0.0:
            return
        low, high = community_topics(organization)
        of_cell = organization.cell_community[: organization.cells]
        topics = (low[of_cell], high[of_cell])
        if meeting > 0.0:
            time = meeting * share_of_learning(organization)
            pace = self.paces(organization, topics)
            subject = self.subjects(organization, topics, pace)
        helping = meeting * parameters.help
        meet(
            organization,
            organization.cell_start,
            organization.cell_member,
            topics,
            (meeting, meeting - helping, helping, float(parameters.joint_hours)),
            ("cell talk", "help in cells", "joint cases in cells"),
            time=time,
            safety=parameters.safety,
            pace=pace,
            subject=subject,
            own_group=organization.cell,
        )

    def subjects(
        self, organization: Organization, topics: Topics, pace: NDArray[np.float64]
    ) -> NDArray[np.int32]:
        """The block each cell stays with, (cells,), -1 for by need; (1,) where all choose so."""
        # The last hour of a meeting counts whole, so a short one takes up one subject, too.
        hours = max(self.parameters.hours, 1.0)
        together = self.parameters.advance == "together"
        if not together and len(pace) == 1 and pace[0] * hours >= 1.0:
            return BY_NEED
        subject: NDArray[np.int32] = organization.subject
        since = (subject, organization.subject_weeks)
        groups = (organization.cell_start, organization.cell_member, *topics, pace, BY_NEED)
        seen, key = seen_of(organization), organization.key("subjects of cells")
        if together:
            complexity = organization.complexity
            keep_subjects(groups, self.parameters.patience, complexity, seen, *since, key)
        elif not take_up_again(groups, hours, seen, *since, key):
            return BY_NEED
        return subject

    def paces(self, organization: Organization, topics: Topics) -> NDArray[np.float64]:
        """Subjects that each cell takes up per hour, (cells,), or (1,) for all alike."""
        parameters = self.parameters
        if not parameters.paces and parameters.pacing == "set":
            return np.array([parameters.pace])
        pace: NDArray[np.float64] = np.full(organization.cells, parameters.pace)
        if parameters.paces:
            community = organization.cell_community[: organization.cells]
            pace *= np.array(parameters.paces)[np.minimum(community, len(parameters.paces) - 1)]
        if parameters.pacing == "officer":
            groups = (organization.cell_start, organization.cell_member, *topics, pace, BY_NEED)
            slow_down(groups, seen_of(organization), LEAST_PACE)
        return pace

"""Cells: a few people of one community learn together.

Each member takes the weighted majority of those who visibly do better; tacit beliefs pass only by
joint practice; a group has one floor, so airtime shrinks as it grows [FangLeeSchilling2010 for
semi-isolated subgroups; document 002 for cells]. No size is better by rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import field_validator

from sim.kernels import in_place
from sim.learning.groups import Groups
from sim.learning.helping import keep_subjects, slow_down, take_up_again
from sim.learning.meetings import (
    Occasion,
    Parts,
    Terms,
    groups_about,
    hold_meetings,
    seen_in,
    share_learning,
    some_of,
    work_together,
)
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import GROUP_READS, GROUP_WRITES, meets_by_home, terms, walls
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.tallies import CELL, JOINT

if TYPE_CHECKING:
    from sim.organization import Organization

#: Slowest and fastest pace that can be set, in subjects per hour.
PACES = (0.25, 4.0)
#: The part of the pace set that an officer keeps up at least (assumption).
LEAST_PACE = 0.25
#: Cells that meet, and help each other, before the next do. Everybody is in one, so that the order
#: is all the same, but what so many people are to each other stays near in memory meanwhile.
AT_ONCE = 32


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


@in_place
def book_cells(state, hours, joint_hours):
    """Plan the ``hours`` of everybody's cell, and those of joint cases there."""
    planned, hours, joint_hours = state.planned, np.float32(hours), np.float32(joint_hours)
    for i in range(planned.shape[0]):
        planned[i, CELL] += hours
        planned[i, JOINT] += joint_hours


@in_place
def set_subjects(state, groups, pacing, parts, complexity, key):
    """Set each cell's pace, and note the block it stays with; gives whether any stays with one.

    ``pacing`` is the pace set, its factors by community (the last holds for all that follow),
    whether officers slow cells down, whether these advance together, and their patience in weeks.
    """
    pace, factors, slows, together, patience = pacing
    community, seen = state.cell_community, seen_in(state)
    since = (state.subject, state.subject_weeks)
    for g in range(len(groups.pace)):
        factor = factors[min(community[g], len(factors) - 1)] if len(factors) > 0 else 1.0
        groups.pace[g] = pace * factor
    if slows:
        slow_down(groups, seen, LEAST_PACE)
    if together:
        keep_subjects(groups, patience, complexity, seen, since[0], since[1], key)
        return True
    # The last hour of a meeting counts whole, so a short one takes up one subject, too.
    return take_up_again(groups, max(parts.meeting, 1.0), seen, since[0], since[1], key)


@in_place
def meet_in_cells(
    state, rounds, by_home, pacing, parts, terms, occasion, complexity, week, keys, subject_key
):
    """Let cells meet: talk, help in pairs, and sit in on each other's cases.

    ``rounds`` are how many cells there are, and how many meet at once; ``pacing`` is that of
    ``set_subjects``; other tuples are plain ones: ``Parts``, ``Terms`` and ``Occasion``, and keys
    of talk, help and joint cases.
    """
    parts, terms, occasion = Parts(*parts), Terms(*terms), Occasion(*occasion)
    cells, at_once = rounds
    share_learning(state)
    share, time = state.share, state.group_time
    community = state.cell_community[:cells]
    groups = groups_about(state, state.cell_start, state.cell_member, community, by_home)
    if parts.meeting > 0.0:
        start, member, low, high, _, subject, _, _ = groups
        pace = state.group_pace[:cells]
        paced = Groups(start, member, low, high, pace, subject, 0, cells)
        if set_subjects(state, paced, pacing, parts, complexity, subject_key):
            subject = state.subject
        groups = Groups(start, member, low, high, pace, subject, 0, cells)
        for i in range(len(time)):
            time[i] = parts.meeting * share[i]
    there = time[: len(time) if parts.meeting > 0.0 else 0]
    for first in range(0, cells, at_once):
        some = some_of(groups, first, min(first + at_once, cells))
        hold_meetings(state, some, there, parts, share, terms, occasion, complexity, week, keys[0])
        work_together(
            state, some, parts, share, state.cell, terms, occasion, complexity, week, keys[1:]
        )


class Cells(Mechanism):
    name = "cells"
    Parameters = CellsParameters
    fixed = ("size",)
    reads = (*GROUP_READS, "cell_start", "cell_member", "cell_community", "community_topic")
    writes = (*GROUP_WRITES, "subject", "subject_weeks")
    null = {"cells.hours": 0.0, "cells.joint_hours": 0.0}

    def plan(self, organization: Organization) -> None:
        hours, joint_hours = float(self.parameters.hours), float(self.parameters.joint_hours)
        book_cells(organization.state, hours, joint_hours)

    def apply(self, organization: Organization) -> None:
        parameters = self.parameters
        meeting, joint_hours = float(parameters.hours), float(parameters.joint_hours)
        if meeting == joint_hours == 0.0:
            return
        helping = meeting * parameters.help
        meet_in_cells(
            organization.state,
            (organization.cells, AT_ONCE),
            meets_by_home(organization),
            (
                float(parameters.pace),
                np.array(parameters.paces, dtype=np.float64),
                parameters.pacing == "officer",
                parameters.advance == "together",
                parameters.patience,
            ),
            (meeting, meeting - helping, helping, joint_hours),
            terms(organization),
            (1.0, *walls(organization, False), float(parameters.safety)),
            organization.complexity,
            organization.period,
            (
                organization.key("cell talk"),
                organization.key("help in cells"),
                organization.key("joint cases in cells"),
            ),
            organization.key("subjects of cells"),
        )

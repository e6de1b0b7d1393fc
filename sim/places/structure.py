"""The formal side of an organization: levels, units, managers, and who meets in which group.

Structure is data: *bureaucratic* and *post-bureaucratic* differ in these numbers only.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.kernels import in_place
from sim.parameters import ASSUMPTION, Parameters, parameter

if TYPE_CHECKING:
    from sim.organization import Organization


class StructureParameters(Parameters):
    levels: int = parameter(
        3,
        unit="levels",
        bounds=(1, 12),
        doc="Levels of the hierarchy, the front line included. 1: nobody is anybody's manager.",
        source="document 000; bureaucratic 4-7, post-bureaucratic 2-3 (AdlerBorys1996)",
    )
    span: int = parameter(
        8,
        unit="people per manager",
        bounds=(1, 1000),
        doc="Reports of one manager; a unit is a manager and their reports.",
        source="document 000; bureaucratic 5-10",
    )
    centralization: float = parameter(
        0.5,
        unit="share of the levels above",
        bounds=(0, 1),
        doc="Share of the levels above a person that must approve a change they propose.",
        source="document 000; bureaucratic .6-.95, post-bureaucratic .05-.4",
    )
    formalization: float = parameter(
        0.5,
        unit="probability per dimension",
        bounds=(0, 1),
        doc="Chance that a person acts by the code, where it says something, not by own belief.",
        source=ASSUMPTION,
    )
    enabling: float = parameter(
        0.5,
        unit="probability per raised failure",
        bounds=(0, 1),
        doc="Chance that a reported deviation is heard; otherwise the manager reacts as they are.",
        source="AdlerBorys1996 (the concept); value " + ASSUMPTION,
    )
    line_hours: float = parameter(
        1.0,
        unit="hours per week",
        bounds=(0, 40),
        doc="Time everybody spends in meetings with their unit and its manager.",
        source=ASSUMPTION + "; 3-10 hours of meetings in all (V80s)",
    )
    supervision_hours: float = parameter(
        0.5,
        unit="hours per week and report",
        bounds=(0, 10),
        doc="Time a manager spends on each report beside the meetings.",
        source=ASSUMPTION + "; one-to-ones of 30 minutes every two weeks (document 004)",
    )


def level_sizes(people: int, levels: int, span: int) -> list[int]:
    """People at each level, front line first, so that managers have about ``span`` reports.

    Where the numbers do not come out even, some managers have one more. The front line is as large
    as it can be with everybody placed; the top level may hold several people, who then have nobody
    above them. Levels that nobody would be left for are dropped.
    """
    for height in range(min(levels, people), 1, -1):
        for front in range(people, 0, -1):
            sizes = [front]
            while len(sizes) < height and (sizes[-1] > 1 or len(sizes) == 1):
                sizes.append(math.ceil(sizes[-1] / span))
            left = people - sum(sizes)
            if left >= 0:
                break
        if len(sizes) == height and left <= sizes[1]:
            return [sizes[0] + left, *sizes[1:]]
    return [people]


def chunk(count: int, parts: int) -> NDArray[np.int32]:
    """Group number of each of ``count`` things cut into ``parts`` runs as equal as possible."""
    return (np.arange(count, dtype=np.int64) * parts // max(count, 1)).astype(np.int32)


def build_hierarchy(organization: Organization) -> None:
    """Give everybody a level, a unit and a manager.

    The most senior people fill the levels from the top; within a level people are placed in the
    order of their home (site, department), so units stay within a home where sizes allow. The
    same people keep the same order in every structure.
    """
    parameters = organization.parameters["structure"]
    people = organization.people
    sizes = level_sizes(people, parameters.levels, parameters.span)
    # From the front line up: the least senior first.
    by_seniority = np.argsort(organization.seniority, kind="stable")
    bounds = np.cumsum([0, *sizes])
    placed: list[NDArray[np.int64]] = []
    for level, (low, high) in enumerate(itertools.pairwise(bounds)):
        members = by_seniority[low:high]
        members = members[np.lexsort((members, organization.home[members]))]
        organization.level[members] = level
        placed.append(members)
    organization.manager[:] = -1
    first_unit = 0
    for level, members in enumerate(placed):
        bosses = placed[level + 1] if level + 1 < len(placed) else None
        # Whoever has nobody above them meets in circles of peers as large as a unit.
        units = len(bosses) if bosses is not None else math.ceil(len(members) / parameters.span)
        group = chunk(len(members), units)
        organization.unit[members] = first_unit + group
        if bosses is not None:
            organization.manager[members] = bosses[group]
        first_unit += units
    organization.units = first_unit
    gather_teams(organization)


def gather_teams(organization: Organization) -> None:
    """List who meets in each unit: its members and their manager (``team_start``, ``team_member``).

    The lists are as long as two entries for each seat: as a report, and as a manager.
    """
    people = organization.people
    seats = np.arange(people, dtype=np.int32)
    unit_of_manager = np.full(people, -1, dtype=np.int64)
    managed = organization.manager >= 0
    unit_of_manager[organization.manager[managed]] = organization.unit[managed]
    managers = seats[unit_of_manager >= 0]
    group = np.concatenate([organization.unit.astype(np.int64), unit_of_manager[managers]])
    member = np.concatenate([seats, managers])
    order = np.lexsort((member, group))
    organization.team_member[:] = -1
    organization.team_member[: len(member)] = member[order]
    counts = np.bincount(group, minlength=organization.units)
    organization.team_start[:] = 0
    organization.team_start[1 : organization.units + 1] = np.cumsum(counts)
    organization.team_start[organization.units + 1 :] = len(member)
    organization.leads_unit[:] = unit_of_manager.astype(np.int32)


@in_place
def note_inclusiveness(character, manager, mean, spread, inclusiveness):
    """Note for each person how inclusive their manager is (they are, with nobody above them).

    ``character`` (people,) is everybody's deviation from the ``mean``, in units of ``spread``; all
    are float32.
    """
    for i in range(len(manager)):
        above = manager[i] if manager[i] >= 0 else i
        inclusiveness[i] = min(max(mean + spread * character[above], 0.0), 1.0)

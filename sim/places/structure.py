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
    list_teams(
        organization.unit,
        organization.manager,
        organization.leads_unit,
        organization.team_start,
        organization.team_member,
    )


@in_place
def list_teams(unit, manager, leads_unit, start, member):
    """The same, in the order of seats; notes also who ``leads_unit`` (people,), -1 for none."""
    for i in range(len(leads_unit)):
        leads_unit[i] = -1
    for i in range(len(manager)):
        if manager[i] >= 0:
            leads_unit[manager[i]] = unit[i]
    for u in range(len(start)):
        start[u] = 0
    for place in range(len(member)):
        member[place] = -1
    for i in range(len(unit)):
        start[unit[i]] += 1
        if leads_unit[i] >= 0:
            start[leads_unit[i]] += 1
    for u in range(1, len(start)):
        start[u] += start[u - 1]
    # Each ``start`` now stands at the end of its unit, and comes to its beginning from there.
    for i in range(len(unit) - 1, -1, -1):
        for u in (leads_unit[i], unit[i]):
            if u >= 0:
                start[u] -= 1
                member[start[u]] = i


@in_place
def note_inclusiveness(character, manager, mean, spread, inclusiveness):
    """Note for each person how inclusive their manager is (they are, with nobody above them).

    ``character`` (people,) is everybody's deviation from the ``mean``, in units of ``spread``; all
    are float32.
    """
    for i in range(len(manager)):
        above = manager[i] if manager[i] >= 0 else i
        inclusiveness[i] = min(max(mean + spread * character[above], 0.0), 1.0)

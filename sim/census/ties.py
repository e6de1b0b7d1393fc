"""Counting whom people know: one pass over everybody's contacts for all measures of ties."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.acquaintance.ties import faded
from sim.census.beliefs import part_of
from sim.kernels import kernel

if TYPE_CHECKING:
    from sim.organization import Organization

#: Familiarity from which one person knows another "a little".
ACQUAINTED = 0.05
#: Share of the pairs between two cells who know each other a little, from which they are linked.
LINKED = 0.1
#: Cells from which distances are counted: one bit of a word for each.
SOURCES = 64

TIES = (
    "interrelation",
    "met_pairs",
    "familiarity_within_cells",
    "familiarity_across_cells",
    "cell_distance",
)


@kernel
def count_contacts(contact, familiarity, last_met, week, cell, start, member, cells, result, links):
    """Fill ``result[:4]`` (in the order of ``TIES``) and list the links between cells.

    ``links`` (room, 2), int32, takes the pairs of cells of which one knows the other: at least the
    share ``LINKED`` of the ordered pairs from one to the other are acquainted. Gives their number.

    Where there is a place for everybody, each stands at their own in all lists, so that the lists
    of a whole cell are added up before they are sorted by the cells of those known.
    """
    people, contacts = contact.shape
    own_places = contacts == people
    others = np.empty(cells if own_places else contact.size + 1, dtype=np.int32)
    for c in range(min(cells, len(others))):
        others[c] = c
    near_there = np.zeros(cells, dtype=np.int32)
    home = cell[:contacts].copy()
    near, known = np.zeros(contacts, dtype=np.int32), np.zeros(contacts)
    within, across = np.zeros(contacts), np.zeros(contacts)
    found, acquainted, met, inside = 0, 0, 0, 0
    for c in range(cells):
        members = member[start[c] : start[c + 1]]
        inside += len(members) * (len(members) - 1)
        count = cells if own_places else 0
        for n in range(len(members)):
            i = members[n]
            for k in range(contacts):  # no branches: several contacts at once
                somebody = contact[i, k] != -1
                now = faded(familiarity[i, k], week - last_met[i, k])
                near[k] += somebody & (now > ACQUAINTED)
                known[k] += now * somebody
                met += somebody & (familiarity[i, k] > 0.0)
            if own_places and n + 1 < len(members):
                continue
            if not own_places:
                for k in range(contacts):
                    home[k] = cell[contact[i, k]]
            for k in range(contacts):
                within[k] += known[k] * (home[k] == c)
                across[k] += known[k] * (home[k] != c)
                known[k] = 0.0
            if own_places:
                for k in range(contacts):
                    near_there[home[k]] += near[k]
            else:
                for k in range(contacts):
                    others[count] = home[k]
                    count += near[k]
            near[:] = 0
        if not own_places:
            for there in others[:count]:
                near_there[there] += 1
        for there in others[:count]:
            knowing = near_there[there]
            near_there[there] = 0
            acquainted += knowing
            pairs = len(members) * (start[there + 1] - start[there])
            if knowing > 0 and there != c and knowing >= LINKED * pairs:
                links[found, 0], links[found, 1] = c, there
                found += 1
    pairs = people * (people - 1)
    result[0] = part_of(acquainted, pairs)
    result[1] = part_of(met, pairs)
    result[2] = part_of(within.sum(), inside)
    result[3] = part_of(across.sum(), pairs - inside)
    return found


@kernel
def mean_distance(links, cells):
    """Mean steps from cell to cell along ``links`` (links, 2); ``cells`` where no way leads.

    The search goes out from all cells at once, from each in a bit of its own; where there are more
    than ``SOURCES``, from so many of them, evenly spaced. NaN for a single cell.
    """
    sources = min(cells, SOURCES)
    seen = np.zeros(cells, dtype=np.uint64)
    for s in range(sources):
        seen[s * cells // sources] |= np.uint64(1) << np.uint64(s)
    edge = seen.copy()
    ways, steps, reached = sources * (cells - 1), 0, 0
    for distance in range(1, cells):
        coming = np.zeros(cells, dtype=np.uint64)
        for link in range(len(links)):
            a, b = links[link, 0], links[link, 1]
            coming[a] |= edge[b]
            coming[b] |= edge[a]
        new = 0
        for c in range(cells):
            word = coming[c] & ~seen[c]
            edge[c] = word
            seen[c] |= word
            while word != np.uint64(0):
                word &= word - np.uint64(1)
                new += 1
        if new == 0:
            break
        reached += new
        steps += new * distance
    return part_of(steps + (ways - reached) * cells, ways)


def ties_census(organization: Organization) -> dict[str, float]:
    """The measures of ``TIES``; those of cells are NaN where no cells meet."""
    result = np.full(len(TIES), np.nan)
    cells, people = organization.cells, organization.people
    links = np.empty((min(cells * cells, organization.contact.size), 2), dtype=np.int32)
    found = count_contacts(
        organization.contact,
        organization.familiarity,
        organization.last_met,
        organization.period,
        organization.cell,
        organization.cell_start,
        organization.cell_member,
        cells,
        result,
        links,
    )
    if people < 2:
        result[:2] = 0.0
    if cells_meet(organization):
        result[4] = mean_distance(links[:found], cells)
    else:
        result[2:] = np.nan
    return dict(zip(TIES, result.tolist(), strict=True))


def cells_meet(organization: Organization) -> bool:
    """Whether cells come together at all, for talk or for cases."""
    hours = organization.parameters["cells"]
    return organization.has("cells") and hours.hours + hours.joint_hours > 0.0

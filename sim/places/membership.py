"""Who belongs to which community and cell: forming them at the start, and changing places later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.kernels import in_place, kernel
from sim.start import draws, topics_of

if TYPE_CHECKING:
    from sim.organization import Organization


def form_communities(organization: Organization) -> None:
    """Put everybody into the community of their interest, home or lot; every one gets somebody."""
    communities = organization.communities
    formation = organization.parameters["communities"].formation
    if formation == "by_home":
        organization.community[:] = organization.home * communities // organization.homes
    elif formation == "by_lot":
        luck = draws(organization.key("communities by lot", 0), organization.people)
        organization.community[:] = divide(luck, communities)
    else:
        organization.community[:] = topics_of(organization.interest, communities)
    for empty in np.setdiff1d(np.arange(communities), organization.community):
        # Somebody of the largest community, whose interest lies nearest to the empty one.
        largest = np.bincount(organization.community, minlength=communities).argmax()
        members = np.flatnonzero(organization.community == largest)
        distance = np.abs(organization.interest[members] - (empty + 0.5) / communities)
        organization.community[members[distance.argmin()]] = empty
    list_communities(organization)


def list_communities(organization: Organization) -> None:
    """Bring ``community_start`` and ``community_member`` in line with ``community``."""
    list_members(
        organization.community, organization.community_start, organization.community_member
    )


@in_place
def list_members(place, start, member):
    """Write who belongs to each ``place`` (people,), in the order of seats.

    Group g is ``member[start[g]:start[g + 1]]``; there may be room for more groups than there are.
    """
    for g in range(len(start)):
        start[g] = 0
    for i in range(len(place)):
        start[place[i]] += 1
    for g in range(1, len(start)):
        start[g] += start[g - 1]
    # Each ``start`` now stands at the end of its group, and comes to its beginning from there.
    for i in range(len(place) - 1, -1, -1):
        start[place[i]] -= 1
        member[start[place[i]]] = i


def form_cells(organization: Organization) -> None:
    """Divide each community into cells of about the size asked, and appoint their officers.

    People are placed in the order of a draw; the longest-serving member of a cell is its officer.
    """
    size = organization.parameters["cells"].size
    luck = draws(organization.key("first cells", 0), organization.people)
    first = 0
    organization.officer[:] = -1
    organization.cell_community[:] = -1
    for community in range(organization.communities):
        low, high = organization.community_start[community : community + 2]
        members = organization.community_member[low:high]
        if len(members) == 0:
            continue
        cells = cells_for(len(members), size)
        organization.cell[members] = first + divide(luck[members], cells)
        organization.cell_community[first : first + cells] = community
        first += cells
    organization.cells = first
    list_cells(organization)
    for cell in range(first):
        members = members_of(organization, cell)
        organization.officer[cell] = members[np.argmax(organization.tenure[members])]


def cells_for(members: int, size: int) -> int:
    """How many cells of about ``size`` a community of so many members is divided into."""
    return max(1, round(members / size))


@kernel
def divide(luck, cells):
    """Cell of each of the members, placed in the order of their ``luck``, as even as can be.

    ``luck`` is a float64 array of shape (members,), the result int32 of the same shape.
    """
    cell = np.empty(luck.size, np.int32)
    order = np.argsort(luck, kind="mergesort")
    for place in range(luck.size):
        cell[order[place]] = place * cells // luck.size
    return cell


def list_cells(organization: Organization) -> None:
    """Bring ``cell_start`` and ``cell_member`` in line with ``cell``."""
    list_members(organization.cell, organization.cell_start, organization.cell_member)


@in_place
def list_places(state, cells):
    """The same of communities and ``cells``; where an officer moved away, another takes over."""
    cell, start, member = state.cell, state.cell_start, state.cell_member
    officer, tenure = state.officer, state.tenure
    list_members(state.community, state.community_start, state.community_member)
    list_members(cell, start, member)
    replace_officers(officer[:cells], cell, start, member, tenure)


def replace_missing_officers(organization: Organization) -> None:
    """Where an officer moved away, the longest-serving member of the cell takes over.

    Reads the cells as listed (``list_cells``); every cell has to have a member.
    """
    replace_officers(
        organization.officer[: organization.cells],
        organization.cell,
        organization.cell_start,
        organization.cell_member,
        organization.tenure,
    )


@in_place
def replace_officers(officer, cell, start, member, tenure):
    """The same; ``officer`` (cells,) is written to."""
    for c in range(len(officer)):
        if cell[officer[c]] == c:
            continue
        officer[c] = member[start[c]]
        for i in member[start[c] : start[c + 1]]:
            if tenure[i] > tenure[officer[c]]:
                officer[c] = i


def members_of(organization: Organization, cell: int) -> NDArray[np.int32]:
    """Seats of a cell."""
    low, high = organization.cell_start[cell : cell + 2]
    members: NDArray[np.int32] = organization.cell_member[low:high]
    return members

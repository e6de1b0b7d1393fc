"""The standing tree that links cells: branches, communities, and the organization as a whole.

Officers of neighbouring cells form a branch; of each branch one officer sits with those of other
branches, and so on, until a community is one group, and the organization one [document 002: a tree
hierarchy of learning]. Whoever represents a group sits in it and in the one above, and so is the
only way from one to the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import kernel

if TYPE_CHECKING:
    from sim.organization import Organization

#: Parts of the tree, from below: branches of cells; what joins these to a community; the whole.
BRANCHES, COMMUNITIES, WHOLE = range(3)


class LearningTree(NamedTuple):
    """Groups of officers, from below: all branches, then communities' groups, then the whole's.

    ``start`` (groups + 1,) and ``member`` list who sits in each, ``community`` (groups,) whose it
    is, -1 for the whole organization. Groups of a part are those from ``bounds[part]`` to
    ``bounds[part + 1] - 1``. ``levels`` of groups lie above the cells; ``tops`` is the number of
    groups, or of cells in no group, that nothing stands above.
    """

    start: NDArray[np.int32]
    member: NDArray[np.int32]
    community: NDArray[np.int32]
    bounds: NDArray[np.int64]
    levels: int
    tops: int

    @property
    def groups(self) -> int:
        """How many groups of officers there are."""
        return len(self.community)

    def part(self, part: int) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """The groups of one part: where each begins among all members, these, and communities."""
        low, high = self.bounds[part], self.bounds[part + 1]
        return self.start[low : high + 1], self.member, self.community[low:high]


@kernel
def group_neighbours(nodes, region, count, tenure, branch, start, member, of_group, groups):
    """Form one level of groups from the first ``count`` officers in ``nodes``.

    Neighbours of one ``region`` are grouped, at most ``branch`` together and as evenly as can be.
    Whom the groups send to the next level, and officers left alone, replace the first ``nodes``.
    Writes ``start``, ``member`` and ``of_group`` from the group numbered ``groups`` on; gives how
    many officers and how many groups there then are.
    """
    above, first = 0, 0
    while first < count:
        last = first
        while last < count and region[last] == region[first]:
            last += 1
        size, here = last - first, region[first]
        pieces = (size + branch - 1) // branch
        for piece in range(pieces):
            low = first + (piece * size + pieces - 1) // pieces
            high = first + ((piece + 1) * size + pieces - 1) // pieces
            longest, listed = nodes[low], start[groups]
            for place in range(low, high):
                member[listed + place - low] = nodes[place]
                if tenure[nodes[place]] > tenure[longest]:
                    longest = nodes[place]
            if high - low > 1:
                of_group[groups] = here
                groups += 1
                start[groups] = listed + high - low
            nodes[above], region[above] = longest, here
            above += 1
        first = last
    return above, groups


@kernel
def grow(officer, community, tenure, branch, whole):
    """The fields of a ``LearningTree`` over cells with these officers, in order of communities.

    ``officer`` and ``community`` are int32 arrays of shape (cells,), ``tenure`` is by seat.
    The longest-serving officer of a group stands for it on the next level, the first in order
    where several serve as long. Communities are joined, too, if ``whole``.
    """
    nodes, region = officer.copy(), community.copy()
    count, groups, levels = len(nodes), 0, 0
    # Each group makes one officer of at least two, so there are fewer groups than cells.
    start = np.zeros(count + 1, np.int32)
    member = np.empty(2 * count + 1, np.int32)
    of_group = np.empty(count, np.int32)
    bounds = np.zeros(4, np.int64)
    for part in range(3):
        if part == WHOLE:
            region[:] = -1
        while part < WHOLE or whole:
            before = groups
            count, groups = group_neighbours(
                nodes, region, count, tenure, branch, start, member, of_group, groups
            )
            levels += groups > before
            if part == BRANCHES or groups == before:
                break
        bounds[part + 1] = groups
    return start[: groups + 1], member[: start[groups]], of_group[:groups], bounds, levels, count


def learning_tree(organization: Organization) -> LearningTree:
    """The tree as officers and tenure now make it."""
    cells = organization.cells
    parameters = organization.parameters["officers"]
    return LearningTree(
        *grow(
            organization.officer[:cells],
            organization.cell_community[:cells],
            organization.tenure,
            parameters.branch,
            parameters.organization_meeting > 0.0,
        )
    )

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

from sim.kernels import in_place, inlined

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


@in_place
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


@in_place
def grow(officer, community, tenure, branch, whole, tree, nodes, region):
    """Write a ``tree`` (``LearningTree`` up to ``bounds``) over cells with these officers.

    ``officer`` and ``community`` are int32 arrays of shape (cells,), in order of communities;
    ``tenure`` is by seat. The longest-serving officer of a group stands for it on the next level,
    the first in order where several serve as long. Communities are joined, too, if ``whole``.
    ``nodes`` and ``region`` are room, (cells,). Gives how many groups, levels and tops there are.
    """
    start, member, of_group, bounds = tree
    count, groups, levels = len(officer), 0, 0
    for cell in range(count):
        nodes[cell], region[cell] = officer[cell], community[cell]
    start[0] = bounds[0] = 0
    for part in range(3):
        if part == WHOLE:
            for place in range(count):
                region[place] = -1
        while part < WHOLE or whole:
            before = groups
            count, groups = group_neighbours(
                nodes, region, count, tenure, branch, start, member, of_group, groups
            )
            levels += groups > before
            if part == BRANCHES or groups == before:
                break
        bounds[part + 1] = groups
    return groups, levels, count


@inlined
def tree_in(state):
    """The room for a tree, as ``grow`` takes it."""
    return state.tree_start, state.tree_member, state.tree_community, state.tree_bounds


@in_place
def grow_tree(state, cells, branch, whole):
    """Grow the tree over so many ``cells`` as officers and tenure now make it (see ``grow``)."""
    grow(
        state.officer[:cells],
        state.cell_community[:cells],
        state.tenure,
        branch,
        whole,
        tree_in(state),
        state.tree_nodes,
        state.tree_region,
    )


def tree_sizes(cells: int) -> dict[str, int]:
    """Lengths of the axes of room for a tree over so many cells at most."""
    # Each group makes one officer of at least two, so there are fewer groups than cells.
    return {"tree_bounds": 4, "tree_members": 2 * cells + 1}


def grown_tree(
    officer: NDArray[np.int32],
    community: NDArray[np.int32],
    tenure: NDArray[np.int32],
    branch: int,
    whole: bool,
) -> LearningTree:
    """The tree over cells with these officers (see ``grow``)."""
    cells = len(officer)
    start, of_group = np.zeros(cells + 1, np.int32), np.empty(cells, np.int32)
    sizes = tree_sizes(cells)
    member, bounds = np.empty(sizes["tree_members"], np.int32), np.zeros(4, np.int64)
    room = np.empty(cells, np.int32), np.empty(cells, np.int32)
    tree = (start, member, of_group, bounds)
    groups, levels, tops = grow(officer, community, tenure, branch, whole, tree, *room)
    listed = member[: start[groups]]
    return LearningTree(start[: groups + 1], listed, of_group[:groups], bounds, levels, tops)


def learning_tree(organization: Organization) -> LearningTree:
    """The tree as officers and tenure now make it."""
    cells, parameters = organization.cells, organization.parameters["officers"]
    return grown_tree(
        organization.officer[:cells],
        organization.cell_community[:cells],
        organization.tenure,
        parameters.branch,
        parameters.organization_meeting > 0.0,
    )

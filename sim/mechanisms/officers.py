"""Officers: every cell has one learning officer; the officers of a community link its cells.

Officers meet as a group of their own, by the same rule as everybody, and carry what they learned
back into their cells. What one relays to another arrives with a fidelity below one [document 002;
fidelity UNITAR cascade, V63s]. They meet in circles drawn anew each week, or stand in a tree whose
groups send one of them to the level above. All levels meet in one week and hear what was known as
it opened, so a word climbs, or comes down, one level a week.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from sim.kernels import in_place, inlined
from sim.learning.meetings import (
    Occasion,
    Parts,
    Terms,
    groups_about,
    hold_meetings,
    share_of,
)
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import TALK_READS, TALK_WRITES, meets_by_home, terms, walls
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.places.learning_tree import BRANCHES, COMMUNITIES, WHOLE, grow_tree, tree_in
from sim.places.structure import chunk
from sim.start import draws
from sim.tallies import OFFICER

if TYPE_CHECKING:
    from sim.organization import Organization

#: Names of the meetings in each part of the tree, by which their draws are told apart.
MEETINGS = ("officers meet", "officers of branches meet", "officers of communities meet")


class OfficersParameters(Parameters):
    hours: float = parameter(
        0.0,
        unit="hours per week",
        bounds=(0, 40),
        doc="Time a learning officer's role takes, meetings of officers included.",
        source="5-20 % of time (MECHANISMS A4); " + ASSUMPTION,
    )
    meeting: float = parameter(
        1.0,
        unit="hours per week",
        bounds=(0, 40),
        doc="Part of it in which the officers of a community meet (links: tree: of a branch).",
        source=ASSUMPTION,
    )
    links: Literal["circles", "tree"] = parameter(
        "circles",
        unit="choice",
        doc="circles: the officers of a community meet at tables drawn anew each week; tree: in "
        "standing branches of neighbouring cells, each of which sends its longest-serving officer "
        "to the level above, until a community is one group.",
        source="document 002 (a tree hierarchy of learning, manageable on multiple levels)",
    )
    branch: int = parameter(
        8,
        unit="officers",
        bounds=(2, 1000),
        doc="Most officers that meet at one table, on every level.",
        source="span of a learning tree 4-8 (MECHANISMS A4); " + ASSUMPTION,
    )
    relay_fidelity: float = parameter(
        0.8,
        unit="probability per belief passed on",
        bounds=(0, 1),
        doc="Chance that what one officer says reaches another unspoiled.",
        source="V63s: about .75 a level, .6-.95 (weak)",
    )
    community_meeting: float = parameter(
        0.5,
        unit="hours per week and level",
        bounds=(0, 40),
        doc="links: tree: time in which those meet who stand for the branches of a community, "
        "beyond officers.hours.",
        source=ASSUMPTION,
    )
    organization_meeting: float = parameter(
        0.0,
        unit="hours per week and level",
        bounds=(0, 40),
        doc="links: tree: time in which those meet who stand for communities, beyond "
        "officers.hours; 0: no officer links communities.",
        source=ASSUMPTION,
    )


@in_place
def book_officers(state, cells, hours, tree, lengths):
    """Plan the ``hours`` of officers of so many ``cells``, and those of meetings above branches.

    ``tree`` is the most officers of a branch, 0 where they meet in circles, and whether communities
    are linked, too; who sits on several levels does so for as many hours; ``lengths`` are those
    of a meeting in each part of the tree.
    """
    planned, officer, (branch, whole) = state.planned, state.officer, tree
    for cell in range(cells):
        planned[officer[cell], OFFICER] += np.float32(hours)
    if branch == 0:
        return
    grow_tree(state, cells, branch, whole)
    start, member, _, bounds = tree_in(state)
    for part in (COMMUNITIES, WHOLE):
        for place in range(start[bounds[part]], start[bounds[part + 1]]):
            planned[member[place], OFFICER] += np.float32(lengths[part])


@in_place
def share_of_officers(state):
    """Note as ``group_share`` the part of the hours planned for officers that each had."""
    hours, planned, share = state.hours, state.planned, state.group_share
    for i in range(len(share)):
        share[i] = share_of(hours[i, OFFICER], planned[i, OFFICER])


@inlined
def meet_as_officers(state, circles, by_home, length, terms, occasion, complexity, week, key):
    """Let officers meet in ``circles`` for a ``length`` of hours, of which each has a part.

    ``circles`` are where each begins, its members, and its community, -1 where it talks about
    everything; ``share_of_officers`` was noted. Other tuples are named ones.
    """
    start, member, community = circles
    share, time = state.group_share, state.group_time
    groups = groups_about(state, start, member, community, by_home)
    parts = Parts(length, length, 0.0, 0.0)
    for i in range(len(time)):
        time[i] = length * share[i]
    hold_meetings(state, groups, time, parts, share, terms, occasion, complexity, week, key)


@in_place
def meet_in_circles(state, circles, by_home, length, terms, occasion, complexity, week, key):
    """Let officers meet at tables (see ``meet_as_officers``); tuples are plain ones."""
    terms, occasion = Terms(*terms), Occasion(*occasion)
    share_of_officers(state)
    meet_as_officers(state, circles, by_home, length, terms, occasion, complexity, week, key)


@in_place
def meet_by_levels(state, cells, tree, by_home, lengths, terms, occasion, complexity, week, keys):
    """Let all groups of a tree meet, its parts one after the other from below.

    ``tree`` is as in ``book_officers``; ``lengths`` and ``keys`` are those of each part. Tuples are
    plain ones, ``Terms`` and ``Occasion`` among them.
    """
    terms, occasion = Terms(*terms), Occasion(*occasion)
    share_of_officers(state)
    grow_tree(state, cells, tree[0], tree[1])
    start, member, community, bounds = tree_in(state)
    for part in range(len(lengths)):
        first, last = bounds[part], bounds[part + 1]
        if lengths[part] == 0.0 or first == last:
            continue
        groups = (start[first : last + 1], member, community[first:last])
        meet_as_officers(
            state, groups, by_home, lengths[part], terms, occasion, complexity, week, keys[part]
        )


class Officers(Mechanism):
    name = "officers"
    Parameters = OfficersParameters
    reads = (*TALK_READS, "officer", "cell_community", "community_topic", "tenure")
    writes = TALK_WRITES
    null = {"officers.hours": 0.0}

    def plan(self, organization: Organization) -> None:
        if self.parameters.hours == 0.0:
            return
        state, cells, hours = organization.state, organization.cells, self.parameters.hours
        book_officers(state, cells, float(hours), self.tree(), self.lengths())

    def lengths(self) -> tuple[float, float, float]:
        """Hours of a meeting in each part of the tree; in circles it is that of a branch."""
        parameters = self.parameters
        return (
            float(min(parameters.meeting, parameters.hours)),
            float(parameters.community_meeting),
            float(parameters.organization_meeting),
        )

    def tree(self) -> tuple[int, bool]:
        """The most officers of a branch, 0 for no tree, and whether communities are linked, too."""
        parameters = self.parameters
        branch = parameters.branch if parameters.links == "tree" else 0
        return branch, parameters.organization_meeting > 0.0

    def apply(self, organization: Organization) -> None:
        if self.parameters.hours == 0.0:
            return
        fidelity, lengths = float(self.parameters.relay_fidelity), self.lengths()
        rules = (
            terms(organization),
            (fidelity, *walls(organization, False), 0.0),
            organization.complexity,
            organization.period,
        )
        state, by_home = organization.state, meets_by_home(organization)
        if self.parameters.links == "tree":
            keys = tuple([organization.key(meeting) for meeting in MEETINGS])
            tree = self.tree()
            meet_by_levels(state, organization.cells, tree, by_home, lengths, *rules, keys)
        elif lengths[BRANCHES] > 0.0:
            circles, key = self.circles(organization), organization.key(MEETINGS[BRANCHES])
            meet_in_circles(state, circles, by_home, lengths[BRANCHES], *rules, key)

    def circles(
        self, organization: Organization
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Who meets this week: where each circle begins, its members, and its community.

        The officers of a community meet in circles of at most ``branch``, drawn anew each week,
        so that in large communities, too, what one has learned can reach all.
        """
        luck = draws(organization.key("circles of officers"), organization.cells)
        of_cell = organization.cell_community[: organization.cells]
        order = np.lexsort((luck, of_cell))
        starts, communities = [0], []
        for community, count in enumerate(np.bincount(of_cell, minlength=organization.communities)):
            circles = math.ceil(count / self.parameters.branch)
            sizes = np.bincount(chunk(count, circles), minlength=circles)
            starts += (starts[-1] + np.cumsum(sizes)).tolist()
            communities += [community] * circles
        return (
            np.array(starts, dtype=np.int32),
            officers_of(organization)[order],
            np.array(communities, dtype=np.int32),
        )


def officers_of(organization: Organization) -> NDArray[np.int32]:
    """Seats of the officers, one for each cell, in the order of cells (and so of communities)."""
    officers: NDArray[np.int32] = organization.officer[: organization.cells]
    return officers

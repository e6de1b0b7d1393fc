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

from sim.kernels import in_place
from sim.learning.meetings import hold_meetings
from sim.mechanisms.communities import community_topics
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import (
    BY_NEED,
    TALK_READS,
    TALK_WRITES,
    UNHURRIED,
    kept,
    meet,
    share_had,
    terms,
    walls,
)
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.places.learning_tree import BRANCHES, COMMUNITIES, WHOLE, LearningTree, learning_tree
from sim.places.structure import chunk
from sim.start import draws
from sim.tallies import OFFICER

if TYPE_CHECKING:
    from sim.organization import Organization

#: Names of the meetings in each part of the tree, by which their draws are told apart.
MEETINGS = ("officers meet", "officers of branches meet", "officers of communities meet")
#: Start, members and bounds of a tree without groups.
NO_TREE = (np.zeros(1, np.int32), np.zeros(0, np.int32), np.zeros(4, np.int64))


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
def book_officers(planned, officers, hours, tree, lengths):
    """Add to ``planned`` the ``hours`` of officers, and those of meetings above the branches.

    ``tree`` are the members of a ``LearningTree``, where each group begins among them, and bounds;
    who sits on several levels does so for as many hours. Hours and ``lengths`` are float32.
    """
    for i in officers:
        planned[i, OFFICER] += hours
    start, member, bounds = tree
    for part in (COMMUNITIES, WHOLE):
        for place in range(start[bounds[part]], start[bounds[part + 1]]):
            planned[member[place], OFFICER] += lengths[part]


@in_place
def meet_by_levels(
    state,
    tree,
    topics,
    blocks,
    lengths,
    usual,
    room,
    fear,
    share,
    terms,
    occasion,
    complexity,
    week,
    keys,
):
    """Let all groups of a ``tree`` meet, its parts one after the other from below.

    ``topics`` are first and last block + 1 by community; groups of the whole organization talk
    about all ``blocks``. ``lengths`` and ``keys`` are those of each part. ``usual`` are pace and
    subject, as in ``Groups``; ``fear`` and what follows is as in ``hold_meetings``. ``room`` is for
    topics by group and for the time of people.
    """
    start, member, community, bounds = tree
    low, high, time = room
    for part in range(len(lengths)):
        length, first, last = lengths[part], bounds[part], bounds[part + 1]
        if length == 0.0 or first == last:
            continue
        for g in range(first, last):
            of_all = community[g] < 0
            low[g] = 0 if of_all else topics[0][community[g]]
            high[g] = blocks if of_all else topics[1][community[g]]
        for i in range(len(time)):
            time[i] = length * share[i]
        groups = (start[first : last + 1], member, low[first:last], high[first:last], *usual)
        parts = (length, length, 0.0, 0.0)
        hold_meetings(
            state,
            groups,
            time,
            parts,
            fear,
            share,
            terms,
            occasion,
            complexity,
            week,
            keys[part],
        )


class Officers(Mechanism):
    name = "officers"
    Parameters = OfficersParameters
    reads = (*TALK_READS, "officer", "cell_community", "community_topic", "tenure")
    writes = TALK_WRITES
    null = {"officers.hours": 0.0}

    def plan(self, organization: Organization) -> None:
        parameters = self.parameters
        if parameters.hours == 0.0:
            return
        tree = NO_TREE
        if parameters.links == "tree":
            grown = self.tree(organization)
            tree = (grown.start, grown.member, grown.bounds)
        lengths = tuple(map(np.float32, self.lengths()))
        hours, officers = np.float32(parameters.hours), officers_of(organization)
        book_officers(organization.planned, officers, hours, tree, lengths)

    def lengths(self) -> tuple[float, float, float]:
        """Hours of a meeting in each part of the tree; in circles it is that of a branch."""
        parameters = self.parameters
        return (
            float(min(parameters.meeting, parameters.hours)),
            float(parameters.community_meeting),
            float(parameters.organization_meeting),
        )

    def apply(self, organization: Organization) -> None:
        if self.parameters.hours == 0.0:
            return
        share = share_had(organization, OFFICER)
        if self.parameters.links == "circles":
            self.meet_in_circles(organization, share)
            return
        tree, lengths = self.tree(organization), self.lengths()
        people, groups = organization.people, tree.groups
        meet_by_levels(
            organization.state,
            (tree.start, tree.member, tree.community, tree.bounds),
            community_topics(organization),
            organization.blocks,
            lengths,
            (UNHURRIED, BY_NEED),
            (np.empty(groups, np.int32), np.empty(groups, np.int32), np.empty(people)),
            organization.fear,
            share,
            terms(organization),
            (float(self.parameters.relay_fidelity), *walls(organization, False), np.float32(0.0)),
            organization.complexity,
            organization.period,
            tuple([organization.key(meeting) for meeting in MEETINGS]),
        )

    def tree(self, organization: Organization) -> LearningTree:
        """The learning tree, grown once a week: as planned, so they meet."""
        tree: LearningTree = kept(organization, "tree", lambda: learning_tree(organization))
        return tree

    def meet_in_circles(self, organization: Organization, share: NDArray[np.float64]) -> None:
        """Let officers meet at tables, each for the ``share`` (people,) of their hours as such."""
        length = self.lengths()[BRANCHES]
        if length == 0.0:
            return
        start, member, community = self.circles(organization)
        low, high = community_topics(organization)
        meet(
            organization,
            start,
            member,
            (low[community], high[community]),
            (length, length, 0.0, 0.0),
            ("officers meet", "", ""),
            time=length * share,
            share=share,
            fidelity=self.parameters.relay_fidelity,
        )

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

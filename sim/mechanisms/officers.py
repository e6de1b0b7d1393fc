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
from sim.mechanisms.communities import community_topics
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import (
    TALK_READS,
    TALK_WRITES,
    all_topics,
    kept,
    meet,
    share_had,
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
def add_hours(planned, sitting, hours):
    """Add to ``planned`` the hours (float32) of a meeting, for each time that one sits there."""
    for i in sitting:
        planned[i, OFFICER] += hours


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
        add_hours(organization.planned, officers_of(organization), np.float32(parameters.hours))
        if parameters.links == "tree":
            tree = self.tree(organization)
            for part in (COMMUNITIES, WHOLE):
                start, member, _ = tree.part(part)
                sitting = member[start[0] : start[-1]]
                # Who sits on several levels does so for as many hours.
                add_hours(organization.planned, sitting, np.float32(self.lengths()[part]))

    def lengths(self) -> tuple[float, float, float]:
        """Hours of a meeting in each part of the tree; in circles it is that of a branch."""
        parameters = self.parameters
        return (
            min(parameters.meeting, parameters.hours),
            parameters.community_meeting,
            parameters.organization_meeting,
        )

    def apply(self, organization: Organization) -> None:
        if self.parameters.hours == 0.0:
            return
        lengths, share = self.lengths(), share_had(organization, OFFICER)
        if self.parameters.links == "circles":
            if lengths[BRANCHES] > 0.0:
                circles = self.circles(organization)
                self.hold(organization, circles, lengths[BRANCHES], share, "officers meet")
            return
        tree = self.tree(organization)
        for part, length in enumerate(lengths):
            groups = tree.part(part)
            if length > 0.0 and len(groups[-1]) > 0:
                self.hold(organization, groups, length, share, MEETINGS[part])

    def tree(self, organization: Organization) -> LearningTree:
        """The learning tree, grown once a week: as planned, so they meet."""
        tree: LearningTree = kept(organization, "tree", lambda: learning_tree(organization))
        return tree

    def hold(
        self,
        organization: Organization,
        groups: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]],
        hours: float,
        share: NDArray[np.float64],
        decision: str,
    ) -> None:
        """Let groups of officers (their starts, members, communities) meet for so many hours.

        ``share`` (people,) is the part of their hours as officers that each has.
        """
        start, member, community = groups
        low, high = community_topics(organization)
        topics = (low[community], high[community])
        if community[0] < 0:  # communities sit together: everything is their business
            topics = all_topics(len(community), organization.blocks)
        meet(
            organization,
            start,
            member,
            topics,
            (float(hours), float(hours), 0.0, 0.0),
            (decision, "", ""),
            time=hours * share,
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

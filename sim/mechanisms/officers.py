"""Officers: every cell has one learning officer; the officers of a community link its cells.

Officers meet as a group of their own, by the same rule as everybody, and carry what they learned
back into their cells. What one relays to another arrives with a fidelity below one [document 002;
fidelity UNITAR cascade, V63s].
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.mechanisms.communities import community_topics
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import TALK_READS, TALK_WRITES, converse, gather, share_had
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.start import draws
from sim.structure import chunk
from sim.tallies import OFFICER

if TYPE_CHECKING:
    from sim.organization import Organization


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
        doc="Part of it in which the officers of a community meet.",
        source=ASSUMPTION,
    )
    branch: int = parameter(
        8,
        unit="officers",
        bounds=(2, 1000),
        doc="Most officers that meet at one table.",
        source="span of a learning tree 4-8 (MECHANISMS A4); " + ASSUMPTION,
    )
    relay_fidelity: float = parameter(
        0.8,
        unit="probability per belief passed on",
        bounds=(0, 1),
        doc="Chance that what one officer says reaches another unspoiled.",
        source="V63s: about .75 a level, .6-.95 (weak)",
    )


class Officers(Mechanism):
    name = "officers"
    Parameters = OfficersParameters
    reads = (*TALK_READS, "officer", "cell_community")
    writes = TALK_WRITES
    null = {"officers.hours": 0.0}

    def plan(self, organization: Organization) -> None:
        organization.planned[officers_of(organization), OFFICER] += self.parameters.hours

    def apply(self, organization: Organization) -> None:
        meeting = min(self.parameters.meeting, self.parameters.hours)
        if meeting == 0.0:
            return
        start, member, community = self.circles(organization)
        low, high = community_topics(organization)
        share = share_had(organization, OFFICER)
        gather(organization, start, member, len(community), meeting * share)
        converse(
            organization,
            start,
            member,
            (low[community], high[community]),
            meeting,
            organization.fear,
            "officers meet",
            share,
            self.parameters.relay_fidelity,
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

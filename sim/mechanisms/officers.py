"""Officers: every cell has one learning officer; the officers of a community link its cells.

Officers meet as a group of their own, by the same rule as everybody, and carry what they learned
back into their cells. What one relays to another arrives with a fidelity below one [document 002;
fidelity UNITAR cascade, V63s].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.mechanisms.communities import community_topics
from sim.mechanisms.interpersonal import TALK_READS, TALK_WRITES, converse, gather
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
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
        member = officers_of(organization)
        communities = organization.cell_community[: organization.cells]
        start = np.searchsorted(communities, np.arange(organization.communities + 1))
        groups = (start.astype(np.int32), member)
        gather(organization, *groups, organization.communities, meeting)
        converse(
            organization,
            *groups,
            community_topics(organization),
            meeting,
            organization.fear,
            "officers meet",
            self.parameters.relay_fidelity,
        )


def officers_of(organization: Organization) -> NDArray[np.int32]:
    """Seats of the officers, one for each cell, in the order of cells (and so of communities)."""
    officers: NDArray[np.int32] = organization.officer[: organization.cells]
    return officers

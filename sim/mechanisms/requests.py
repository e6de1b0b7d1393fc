"""Requests: work arrives whatever the organization does, and goes to those who have time for it.

The week's requests are the same in every structure that shares the seed: their number, and which
block of dimensions each asks for. Who gets one depends on the hours people have for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.kernels import kernel
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import draw, draw_poisson
from sim.tallies import REQUESTS_ARRIVED, REQUESTS_REFUSED

if TYPE_CHECKING:
    from sim.organization import Organization


class RequestsParameters(Parameters):
    load: float = parameter(
        0.85,
        unit="share of nominal capacity",
        bounds=(0, 5),
        doc="Work arriving, relative to what all people could do at nominal hours per request.",
        source="DESIGN default; 0.8-1.1 in RepenningSterman2001 tests; " + ASSUMPTION,
    )
    nominal_hours: float = parameter(
        3.0,
        unit="hours per request",
        bounds=(0.01, 1000),
        doc="What a request takes a person of ability 1 and practice 0.5; sets what load 1 means.",
        source="2 x (2 - 0.5), see work.hours_per_case",
    )
    queue_limit: int = parameter(
        96,
        unit="requests per seat",
        bounds=(1, 10_000),
        doc="Requests a seat's queue holds; one more is refused and lost (fixed during a run).",
        source=ASSUMPTION,
    )


@kernel
def arrive(
    mean, blocks, room, block, week_of, number, tries, head, length, week, arrivals, kinds, routes
):
    """Draw this week's requests and put each into the queue of a seat.

    ``room`` are the people's hours for requests (float64); a request goes to a seat in
    proportion to them. Gives how many arrived and how many were refused at a full queue.
    """
    reach = np.cumsum(room)
    limit = block.shape[1]
    arrived = draw_poisson(arrivals, mean)
    refused = 0
    for r in range(arrived):
        seat = np.searchsorted(reach, draw(routes, r, 0) * reach[-1], side="right")
        seat = min(seat, len(room) - 1)
        if length[seat] == limit:
            refused += 1
            continue
        place = (head[seat] + length[seat]) % limit
        block[seat, place] = int(draw(kinds, r, 0) * blocks)
        week_of[seat, place] = week
        number[seat, place] = r
        tries[seat, place] = 0
        length[seat] += 1
    return arrived, refused


class Requests(Mechanism):
    name = "requests"
    Parameters = RequestsParameters
    fixed = ("queue_limit",)
    reads = ("planned", "queue_length", "queue_head")
    writes = (
        "queue_block",
        "queue_week",
        "queue_number",
        "queue_tries",
        "queue_length",
        "tally",
    )
    null = {"requests.load": 0.0}

    def apply(self, organization: Organization) -> None:
        week = organization.parameters["hours"].week
        mean = self.parameters.load * organization.people * week / self.parameters.nominal_hours
        if mean == 0.0:
            return
        # As planned last week: this week's plans depend on what has arrived.
        taken = organization.planned.sum(axis=1)
        arrived, refused = arrive(
            mean,
            organization.blocks,
            np.maximum(week - taken, 0.02 * week).astype(np.float64),
            organization.queue_block,
            organization.queue_week,
            organization.queue_number,
            organization.queue_tries,
            organization.queue_head,
            organization.queue_length,
            organization.period,
            organization.key("arrivals"),
            organization.key("kinds of request"),
            organization.key("routes"),
        )
        organization.tally[REQUESTS_ARRIVED] += arrived
        organization.tally[REQUESTS_REFUSED] += refused

"""Requests: work arrives whatever the organization does, and goes to those who have time for it.

The week's requests are the same in every structure that shares the seed: their number, and which
block of dimensions each asks for. Who gets one depends on the hours people have for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.kernels import inlined, kernel
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import draw_poisson, fold, unit
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
    specialization: float = parameter(
        0.75,
        unit="share of requests",
        bounds=(0, 1),
        doc="Requests that go to somebody whose job is their topic, if there is anybody.",
        source="document 002 (different jobs aiming at one specialty); value " + ASSUMPTION,
    )
    topics: int = parameter(
        0,
        unit="topics",
        bounds=(0, 10_000),
        doc="Topics that jobs are divided into; 0: as many as there are communities (fixed during "
        "a run).",
        source="so that communities can be formed otherwise than jobs: " + ASSUMPTION,
    )
    queue_limit: int = parameter(
        96,
        unit="requests per seat",
        bounds=(1, 10_000),
        doc="Requests a seat's queue holds; one more is refused and lost (fixed during a run).",
        source=ASSUMPTION,
    )


@kernel
def first_beyond(reach):
    """For each k, the first place whose ``reach`` exceeds k / places of the whole (a guide table).

    From there the place of any value is a step or two away, however many places there are.
    """
    places = len(reach)
    guide = np.empty(places + 1, dtype=np.int64)
    place = 0
    for k in range(places + 1):
        while place < places - 1 and reach[place] <= k / places * reach[-1]:
            place += 1
        guide[k] = place
    return guide


@inlined
def place_of(target, reach, guide):
    """The first place whose ``reach`` exceeds ``target``, found from the guide table."""
    places = len(reach)
    place = guide[int(target / reach[-1] * places)]
    while place < places - 1 and reach[place] <= target:
        place += 1
    return place


@kernel
def arrive(
    mean,
    blocks,
    topics,
    specialization,
    topic_of,
    room,
    block,
    week_of,
    number,
    tries,
    head,
    length,
    week,
    arrivals,
    kinds,
    routes,
):
    """Draw this week's requests and put each into the queue of a seat.

    ``room`` (people,) are the hours people have for requests, ``topic_of`` (people,) their topic,
    -1 for none; blocks belong to ``topics`` in runs. A request goes, in proportion to room, to
    somebody of its topic with probability ``specialization``, else to anybody. Gives how many
    arrived and how many were refused at a full queue.
    """
    by_topic = np.argsort(topic_of, kind="mergesort")
    # Room up to each person: by seat, and by topic.
    reach, topic_reach = np.cumsum(room), np.cumsum(room[by_topic])
    guide, topic_guide = first_beyond(reach), first_beyond(topic_reach)
    bounds = np.searchsorted(topic_of[by_topic], np.arange(topics + 1))
    of_block = (np.arange(1, blocks + 1) * topics - 1) // blocks
    limit = block.shape[1]
    arrived = draw_poisson(arrivals, mean)
    refused = 0
    for r in range(arrived):
        b = int(unit(fold(kinds, r)) * blocks)
        topic = of_block[b]
        first, last = bounds[topic], bounds[topic + 1]
        route = fold(routes, r)
        luck = unit(route)
        if first < last and unit(fold(route, 0)) < specialization:
            before = topic_reach[first - 1] if first > 0 else 0.0
            target = before + luck * (topic_reach[last - 1] - before)
            seat = by_topic[min(place_of(target, topic_reach, topic_guide), last - 1)]
        else:
            seat = place_of(luck * reach[-1], reach, guide)
        if length[seat] == limit:
            refused += 1
            continue
        place = head[seat] + length[seat]
        place -= limit if place >= limit else 0
        block[seat, place] = b
        week_of[seat, place] = week
        number[seat, place] = r
        tries[seat, place] = 0
        length[seat] += 1
    return arrived, refused


class Requests(Mechanism):
    name = "requests"
    Parameters = RequestsParameters
    fixed = ("topics", "queue_limit")
    reads = ("planned", "topic", "queue_length", "queue_head")
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
            organization.topics,
            self.parameters.specialization,
            organization.topic,
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

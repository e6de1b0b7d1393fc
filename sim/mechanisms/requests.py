"""Requests: work arrives whatever the organization does, and goes to those who have time for it.

The week's requests are the same in every structure that shares the seed: their number, and which
block of dimensions each asks for. Who gets one depends on the hours people have for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.kernels import in_place, kernel
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


#: Ways to look for somebody: among those of a topic, or among all.
BY_TOPIC, BY_SEAT = range(2)
#: Entries of a guide table for each person: so many that a search seldom takes a step.
FINENESS = 4


@in_place
def sort_by_topic(topic_of, bounds, seats):
    """Fill ``seats`` with all seats by topic, and ``bounds`` with where each topic begins there.

    ``topic_of`` (people,) is -1 for none; these come before all topics.
    """
    for topic in topic_of:
        bounds[topic + 1] += 1
    for topic in range(1, len(bounds)):
        bounds[topic] += bounds[topic - 1]
    # From behind, each before the last of its kind so far: where a topic ends, it then begins.
    for i in range(len(topic_of) - 1, -1, -1):
        bounds[topic_of[i] + 1] -= 1
        seats[bounds[topic_of[i] + 1]] = i


@in_place
def add_up(room, seats, reach, guide):
    """Fill ``reach`` with the room of all ``seats`` up to each, ``guide`` with a table to find it.

    For each of as many equal parts of the whole as there is space for, it says the first place
    that reaches further: from there the place of any value is a step or two away at most.
    """
    places, parts, total = len(reach), len(guide) - 1, 0.0
    for place in range(places):
        total += room[seats[place]]
        reach[place] = total
    place = 0
    for k in range(parts + 1):
        while place < places - 1 and reach[place] <= k / parts * total:
            place += 1
        guide[k] = place


@kernel
def send_out(
    blocks, topics, specialization, bounds, seats, reach, guide, kinds, routes, count, sent
):
    """Draw what each request asks for and the seat it goes to; fills ``sent`` (requests, 2).

    ``bounds`` and ``seats`` are as in ``sort_by_topic``, ``reach`` and ``guide`` as in ``add_up``,
    one row for each way to look for somebody. Adds to ``count`` (people,) how many each seat gets.
    """
    parts, everybody = guide.shape[1] - 1, reach[BY_SEAT, -1]
    topic_of_block = np.empty(blocks, np.int64)
    for b in range(blocks):
        topic_of_block[b] = ((b + 1) * topics - 1) // blocks
    # Room before and within each topic and, last, that of everybody.
    before, within = np.zeros(topics + 1), np.full(topics + 1, everybody)
    for topic in range(topics):
        first, last = bounds[topic + 1], bounds[topic + 2]
        before[topic] = reach[BY_TOPIC, first - 1] if first > 0 else 0.0
        within[topic] = reach[BY_TOPIC, last - 1] - before[topic] if first < last else 0.0
    for r in range(len(sent)):
        b = int(unit(fold(kinds, r)) * blocks)
        topic = topic_of_block[b]
        route = fold(routes, r)
        # Both ways are one search: nobody could foresee which it is, a machine neither.
        is_special = (bounds[topic + 1] < bounds[topic + 2]) & (
            unit(fold(route, 0)) < specialization
        )
        way = BY_TOPIC if is_special else BY_SEAT
        group = topic if is_special else topics
        target = before[group] + unit(route) * within[group]
        place = guide[way, int(target / reach[way, -1] * parts)]
        last = bounds[group + 2]
        # Seldom more than one step; that one is no branch, so that looks into memory can overlap.
        place += (place < last - 1) & (reach[way, place] <= target)
        while place < last - 1 and reach[way, place] <= target:
            place += 1
        seat = seats[way, min(place, last - 1)]
        sent[r, 0], sent[r, 1] = seat, b
        count[seat] += 1


@in_place
def sort_by_seat(sent, count, begins, ordered):
    """Fill ``ordered`` (requests, 2) with number and block of all ``sent``, seat by seat.

    ``begins`` (people,) becomes where those of the next seat begin; within a seat they keep their
    order.
    """
    total = 0
    for seat in range(len(count)):
        begins[seat] = total
        total += count[seat]
    for r in range(len(sent)):
        seat = sent[r, 0]
        ordered[begins[seat], 0], ordered[begins[seat], 1] = r, sent[r, 1]
        begins[seat] += 1


@in_place
def line_up(ordered, count, block, week_of, number, tries, head, length, week):
    """Put requests ``ordered`` by seat into the queues; gives how many find theirs full."""
    limit, refused, taken = block.shape[1], 0, 0
    for seat in range(len(count)):
        fits = min(count[seat], limit - length[seat])
        place = head[seat] + length[seat]
        for n in range(taken, taken + fits):
            place -= limit if place >= limit else 0
            number[seat, place], block[seat, place] = ordered[n, 0], ordered[n, 1]
            week_of[seat, place], tries[seat, place] = week, 0
            place += 1
        length[seat] += fits
        refused += count[seat] - fits
        taken += count[seat]
    return refused


@kernel
def arrive(
    mean,
    blocks,
    topics,
    specialization,
    topic_of,
    taken,
    hours,
    least,
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

    People have room for requests in what ``taken`` (people,) leaves of the ``hours`` of a week,
    and the ``least`` of it in any case (all float32); ``topic_of`` (people,) is their topic, -1
    for none; blocks belong to ``topics`` in runs. A request goes, in proportion to room, to
    somebody of its topic with probability ``specialization``, else to anybody. Gives how many
    arrived and how many were refused at a full queue.
    """
    people = len(taken)
    seats, reach = np.empty((2, people), np.int32), np.empty((2, people))
    guide = np.empty((2, FINENESS * people + 1), np.int32)
    bounds = np.zeros(topics + 3, np.int64)  # the last: where everybody ends
    room = np.empty(people)
    sort_by_topic(topic_of, bounds, seats[BY_TOPIC])
    for i in range(people):
        seats[BY_SEAT, i] = i
        room[i] = max(hours - taken[i], least)
    for way in (BY_TOPIC, BY_SEAT):
        add_up(room, seats[way], reach[way], guide[way])
    arrived = draw_poisson(arrivals, mean)
    sent, ordered = np.empty((2, arrived, 2), np.int32)
    count, begins = np.zeros((2, people), np.int32)
    send_out(
        blocks, topics, specialization, bounds, seats, reach, guide, kinds, routes, count, sent
    )
    # Seat by seat, and not as they come: that many queues at once no memory is near enough for.
    sort_by_seat(sent, count, begins, ordered)
    return arrived, line_up(ordered, count, block, week_of, number, tries, head, length, week)


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
        arrived, refused = arrive(
            mean,
            organization.blocks,
            organization.topics,
            self.parameters.specialization,
            organization.topic,
            # As planned last week: this week's plans depend on what has arrived.
            organization.planned.sum(axis=1),
            np.float32(week),
            np.float32(0.02 * week),
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

"""Requests: work arrives whatever the organization does, and goes to those who have time for it.

The week's requests are the same in every structure that shares the seed: their number, and which
block of dimensions each asks for. Who gets one depends on the hours people have for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.kernels import in_place
from sim.look_ahead import FAR, fetch
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
#: Entries of a guide table for each person: so many that a search seldom takes more steps than one.
FINENESS = 2
#: Requests that are brought in together.
PORTION = 1024
#: And this many for each person, if that is more: every portion goes through all seats.
REQUESTS_EACH = 4
#: Requests that are drawn and sent out together: what is noted of them stays near meanwhile.
BATCH = 256
#: Seats between the one whose queue grows and the one whose queue is asked for (``look_ahead``).
SEATS_AHEAD = 8


def route_sizes(people: int, topics: int) -> dict[str, int]:
    """Lengths of the axes along which is noted who has room for requests."""
    return {
        "ways": 2,
        "draws": 3,
        "aims": 3,
        "batch": BATCH,
        "seat_and_block": 2,
        "portion": max(PORTION, REQUESTS_EACH * people),
        "guide": FINENESS * people + 1,
        "topics_and_all": topics + 1,
        # Before all topics, where each begins, and where everybody ends.
        "topic_bounds": topics + 3,
    }


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


@in_place
def toss_for(begin, kinds, routes, kind, fate, target):
    """Draw for each request from ``begin``, on [0, 1): of which kind, which way, and how far.

    Draws by themselves, and nothing that branches: a machine makes several at once.
    """
    for r in range(len(kind)):
        route = fold(routes, begin + r)
        kind[r] = unit(fold(kinds, begin + r))
        fate[r] = unit(fold(route, 0))
        target[r] = unit(route)


@in_place
def measure_topics(bounds, reach, before, within):
    """Fill ``before`` and ``within`` with the room before and in each topic, and in all last."""
    topics = len(before) - 1
    for topic in range(topics):
        first, last = bounds[topic + 1], bounds[topic + 2]
        before[topic] = reach[BY_TOPIC, first - 1] if first > 0 else 0.0
        within[topic] = reach[BY_TOPIC, last - 1] - before[topic] if first < last else 0.0
    before[topics], within[topics] = 0.0, reach[BY_SEAT, -1]


@in_place
def aim(draws, topic_of_block, specialization, bounds, reach, parts, before, within, aims, sent):
    """Settle what each request asks for, in which order of seats it looks, and how far.

    Its block goes to ``sent``, how far in place of its last draw, and to ``aims``, three of
    (requests,): which way it looks, the last place of its group there, and which of the ``parts``
    of a guide tells where to begin. ``bounds`` are as in ``sort_by_topic``, ``reach`` as in
    ``add_up``, one row for each way, ``before`` and ``within`` as in ``measure_topics``.
    """
    kind, fate, target_of = draws
    way_of, last_of, place_of = aims
    blocks, topics = len(topic_of_block), len(before) - 1
    begins, ends = bounds[1:], bounds[2:]
    for r in range(len(sent)):
        b = int(kind[r] * blocks)
        # No number below can stand at an end of a row: as unsigned ones they are not checked.
        topic = topic_of_block[np.uint64(b)]
        is_there = begins[np.uint64(topic)] < ends[np.uint64(topic)]
        # Both ways are one search: nobody could foresee which it is, a machine neither.
        is_special = is_there & (fate[r] < specialization)
        way = np.uint64(BY_TOPIC if is_special else BY_SEAT)
        group = np.uint64(topic if is_special else topics)
        target = before[group] + target_of[r] * within[group]
        way_of[r], last_of[r] = way, ends[group] - 1
        place_of[r] = int(target / reach[way, -1] * parts)
        target_of[r], sent[r, 1] = target, b


@in_place
def find_seats(seats, reach, guide, target_of, aims, sent):
    """Find for each request the first seat that reaches further than its target, into ``sent``.

    One look for all requests, then the next: a look into far memory then waits for no other.
    """
    way_of, last_of, place_of = aims
    for r in range(len(sent)):
        place_of[r] = guide[np.uint64(way_of[r]), np.uint64(place_of[r])]
    for r in range(len(sent)):
        # Seldom more than one step; that one is no branch.
        way, place = np.uint64(way_of[r]), place_of[r]
        place += (place < last_of[r]) & (reach[way, np.uint64(place)] <= target_of[r])
        place_of[r] = place
    for r in range(len(sent)):
        way, place, last = np.uint64(way_of[r]), place_of[r], last_of[r]
        while place < last and reach[way, np.uint64(place)] <= target_of[r]:
            place += 1
        place_of[r] = min(place, last)
    for r in range(len(sent)):
        sent[r, 0] = seats[np.uint64(way_of[r]), np.uint64(place_of[r])]


@in_place
def send_out(state, begin, specialization, kinds, routes, sent):
    """Draw what each request from ``begin`` asks for, and find the seat it goes to.

    Fills ``sent`` (requests, 2) with seat and block, and counts how many each seat gets. ``kinds``
    and ``routes`` are keys. A batch after the other: what is noted of one stays near meanwhile.
    """
    bounds, draws = state.topic_bounds, state.request_draws
    seats, reach = state.route_seats, state.route_reach
    guide, aims, count = state.route_guide, state.request_aims, state.request_count
    batch, parts = aims.shape[1], guide.shape[1] - 1
    aims_of_all = aims[0], aims[1], aims[2]
    for first in range(0, len(sent), batch):
        these = sent[first : min(first + batch, len(sent))]
        kind, fate, target = draws[0, : len(these)], draws[1, : len(these)], draws[2, : len(these)]
        toss_for(begin + first, kinds, routes, kind, fate, target)
        aim(
            *((kind, fate, target), state.block_topic, specialization, bounds, reach, parts),
            *(state.room_before, state.room_within, aims_of_all, these),
        )
        find_seats(seats, reach, guide, target, aims_of_all, these)
        for r in range(len(these)):
            count[np.uint64(these[r, 0])] += 1


@in_place
def sort_by_seat(begin, sent, count, begins, ordered):
    """Fill ``ordered`` (requests, 2) with number and block of all ``sent``, seat by seat.

    Numbers count from ``begin``. ``begins`` (people,) becomes where those of the next seat begin;
    within a seat they keep their order.
    """
    total = 0
    for seat in range(len(count)):
        begins[seat] = total
        total += count[seat]
    for r in range(len(sent)):
        there = np.uint64(sent[r, 0])
        place = np.uint64(begins[there])
        ordered[place, 0], ordered[place, 1] = begin + r, sent[r, 1]
        begins[there] += 1


@in_place
def line_up(ordered, count, block, week_of, number, tries, head, length, week):
    """Put requests ``ordered`` by seat into the queues; gives how many find theirs full."""
    limit, refused, taken = block.shape[1], 0, 0
    for seat in range(len(count)):
        if len(count) >= FAR:
            soon = min(seat + SEATS_AHEAD, len(count) - 1)
            end = head[soon] + length[soon]
            last = (soon, end - limit if end >= limit else end)
            fetch(block, last)
            fetch(week_of, last)
            fetch(number, last)
            fetch(tries, last)
        blocks, weeks, numbers, attempts = block[seat], week_of[seat], number[seat], tries[seat]
        fits = min(count[seat], limit - length[seat])
        place = head[seat] + length[seat]
        for n in range(taken, taken + fits):
            place -= limit if place >= limit else 0
            at = np.uint64(place)  # which can stand at no end of a row: nothing to be checked
            numbers[at], blocks[at] = ordered[n, 0], ordered[n, 1]
            weeks[at], attempts[at] = week, 0
            place += 1
        length[seat] += fits
        refused += count[seat] - fits
        taken += count[seat]
    return refused


@in_place
def add_up_plans(planned, sums):
    """The hours of one person's plans (activities,); ``sums`` (activities,) is room to work in.

    In eight sums side by side: that is exacter, and sooner done, than in one.
    """
    even = len(planned) - len(planned) % 8
    for a in range(8):
        sums[a] = planned[a]
    for a in range(8, even):
        sums[a % 8] += planned[a]
    total = (sums[0] + sums[1]) + (sums[2] + sums[3])
    total += (sums[4] + sums[5]) + (sums[6] + sums[7])
    for a in range(even, len(planned)):
        total += planned[a]
    return total


@in_place
def lay_out(state, hours, least):
    """Note who has how much room for requests, by topic and by seat, and tables to find them.

    People have room in what their plans leave of the ``hours`` of a week, and the ``least`` of it
    in any case (both float32). Plans are those of last week: this week's depend on what has
    arrived.
    """
    planned, sums, room, bounds = state.planned, state.plan_sums, state.room, state.topic_bounds
    seats, reach, guide = state.route_seats, state.route_reach, state.route_guide
    for place in range(len(bounds)):
        bounds[place] = 0
    sort_by_topic(state.topic, bounds, seats[BY_TOPIC])
    for i in range(len(room)):
        seats[BY_SEAT, i] = i
        room[i] = max(hours - add_up_plans(planned[i], sums), least)
    for way in (BY_TOPIC, BY_SEAT):
        add_up(room, seats[way], reach[way], guide[way])
    measure_topics(bounds, reach, state.room_before, state.room_within)


@in_place
def bring_in(state, begin, number, specialization, week, kinds, routes):
    """Let ``number`` requests of this week, from ``begin``, arrive; gives how many are refused.

    As many as there is room for (``route_sizes``) at most.
    """
    count, begins = state.request_count, state.request_begins
    sent, ordered = state.request_sent[:number], state.request_ordered[:number]
    for i in range(len(count)):
        count[i] = 0
    send_out(state, begin, specialization, kinds, routes, sent)
    # Seat by seat, and not as they come: that many queues at once no memory is near enough for.
    sort_by_seat(begin, sent, count, begins, ordered)
    return line_up(
        *(ordered, count, state.queue_block, state.queue_week, state.queue_number),
        *(state.queue_tries, state.queue_head, state.queue_length, week),
    )


@in_place
def arrive(state, mean, specialization, hours, least, week, keys):
    """Draw this week's requests, ``mean`` on average, and put each into the queue of a seat.

    Blocks belong to topics in runs. A request goes, in proportion to room (see ``lay_out``), to
    somebody of its topic with probability ``specialization``, else to anybody. ``keys`` are those
    of arrivals, of kinds and of routes.
    """
    topic_of_block, tally = state.block_topic, state.tally
    blocks, topics = len(topic_of_block), len(state.room_before) - 1
    lay_out(state, hours, least)
    for b in range(blocks):
        topic_of_block[b] = ((b + 1) * topics - 1) // blocks
    arrived = draw_poisson(keys[0], mean)
    tally[REQUESTS_ARRIVED] += arrived
    portion = len(state.request_sent)
    for begin in range(0, arrived, portion):
        number = min(arrived - begin, portion)
        tally[REQUESTS_REFUSED] += bring_in(
            state, begin, number, specialization, week, keys[1], keys[2]
        )


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
        arrive(
            organization.state,
            float(mean),
            float(self.parameters.specialization),
            np.float32(week),
            np.float32(0.02 * week),
            organization.period,
            (
                organization.key("arrivals"),
                organization.key("kinds of request"),
                organization.key("routes"),
            ),
        )

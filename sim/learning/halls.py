"""Halls: who sits in which lecture, what is said there, and the test at its end.

The kernels behind the mechanism ``lectures``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import in_place
from sim.learning.groups import choose_block, over_hours
from sim.lots import order_by_lot
from sim.randomness import draw, fold, unit
from sim.records import estimate
from sim.tallies import (
    COMBINATION_FLOW,
    EXTERNALIZATION_FLOW,
    LECTURE,
    TESTS_RIGHT,
    TESTS_TAKEN,
)


class Halls(NamedTuple):
    """The lectures of one hour: who sits in which hall, what each is about, and who speaks."""

    start: NDArray[np.int32]
    member: NDArray[np.int32]
    block: NDArray[np.int32]
    lecturer: NDArray[np.int32]


class Audience(NamedTuple):
    """Whom lectures are for: groups ``member[start[g]:start[g + 1]]``, and the blocks of each."""

    start: NDArray[np.int32]
    member: NDArray[np.int32]
    low: NDArray[np.int32]
    high: NDArray[np.int32]


class Desk(NamedTuple):
    """Room for what is noted down while halls are filled."""

    #: (people,) lots, the order they give, and what that takes (two more).
    lots: NDArray[np.uint64]
    order: NDArray[np.int64]
    first: NDArray[np.int64]
    #: (people,) the hall of each of a group, and the next free place of each hall.
    hall_of: NDArray[np.int64]
    free: NDArray[np.int64]
    #: (blocks,) who of a group does best.
    best: NDArray[np.int32]


@in_place
def announce(audience, size, success, cases, mean, person, key, hour, halls, desk):
    """Announce the lectures of one ``hour`` of the week; gives how many there are.

    By lot, each group of the ``Audience`` is divided evenly into halls of at most ``size``. A hall
    hears about a block that its people need, from the one of the whole group with the best record
    on it (ties by lot). Writes ``Halls``; ``desk`` is ``Desk``.
    """
    hall, best = 0, desk.best
    halls.start[0] = 0
    for g in range(len(audience.low)):
        word = fold(fold(key, g), hour)
        members = audience.member[audience.start[g] : audience.start[g + 1]]
        own = (len(members) + size - 1) // size
        take_seats(members, own, audience.start[g], word, halls.member, desk)
        for b in range(len(best)):
            best[b] = -1
        for h in range(own):
            end = desk.free[h]
            listeners = halls.member[halls.start[hall] : end]
            luck = draw(word, h, 1)
            b = choose_block(listeners, audience.low[g], audience.high[g], success, cases, luck)
            if best[b] < 0:
                best[b] = best_on_record(members, b, success, cases, mean, person, fold(word, b))
            halls.start[hall + 1], halls.block[hall], halls.lecturer[hall] = end, b, best[b]
            hall += 1
    return hall


@in_place
def take_seats(members, halls, first, word, seats, desk):
    """Divide ``members`` by lot among so many ``halls``, as even as can be.

    Writes ``seats`` by hall from place ``first`` on, and where each hall ends as ``desk.free``.
    """
    count, lots, order, free = len(members), desk.lots, desk.order, desk.free
    for a in range(count):
        lots[a] = fold(fold(word, members[a]), 0)
    order_by_lot(lots, count, desk.first, order)
    seat_evenly(members, order, halls, first, seats, desk.hall_of, free)


@in_place
def seat_evenly(members, order, halls, first, seats, hall_of, free):
    """Write ``members``, by so many ``halls`` they sit in, into ``seats`` from place ``first`` on.

    By this ``order`` of their places, each hall is filled with as many as others. Notes in ``free``
    where each of them ends; ``hall_of`` (people,) is room.
    """
    count = len(members)
    for place in range(count):
        hall_of[order[place]] = place * halls // count
    for h in range(halls):
        free[h] = first + (h * count + halls - 1) // halls
    for a in range(count):
        h = hall_of[a]
        seats[free[h]] = members[a]
        free[h] += 1


@in_place
def best_on_record(members, b, success, cases, mean, person, key):
    """Who of ``members`` has the best record on block ``b``; among equals the lot decides."""
    best, most, luckiest = members[0], -1.0, 0.0
    for i in members:
        record = estimate(success[i, b], cases[i, b], mean)
        if record < most:
            continue
        luck = draw(key, person[i], 2)
        if record > most or luck > luckiest:
            best, most, luckiest = i, record, luck
    return best


@in_place
def lecture(
    halls,
    telling,
    testing,
    share,
    uptake,
    seen,
    held,
    learning_rate,
    influence,
    person,
    tally,
    complexity,
    key,
    hour,
):
    """Hold the announced lectures: ``telling`` hours of each, and ``testing`` hours at its end.

    A lecturer without the time (``share``, people) keeps the hall waiting in vain. Each listener
    who has it takes over every belief that the lecturer can put into words with the chance
    ``uptake * learning_rate`` an hour, which adds to the lecturer's ``influence`` (people,).
    ``seen`` and ``held`` are beliefs and articulated as the period opened, and as it closes;
    ``halls`` is ``Halls``.
    """
    (seen_beliefs, seen_articulated), (beliefs, articulated) = seen, held
    # Most people learn alike: a power for each rate and not for each person.
    rate, told, corrected = np.float32(-1.0), 0.0, 0.0
    for h in range(len(halls.block)):
        teller, first = halls.lecturer[h], halls.block[h] * complexity
        hall = fold(fold(key, hour), h)
        # Who has all the time comes, whatever is drawn.
        if share[teller] < 1.0 and draw(hall, person[teller], 0) >= share[teller]:
            continue
        for i in halls.member[halls.start[h] : halls.start[h + 1]]:
            word = fold(hall, person[i])
            if i == teller or (share[i] < 1.0 and unit(fold(word, 0)) >= share[i]):
                continue
            if learning_rate[i] != rate:
                rate = learning_rate[i]
                told = over_hours(uptake * rate, telling)
                corrected = over_hours(uptake * rate, testing)
            for d in range(first, first + complexity):
                value = seen_beliefs[teller, d]
                if not seen_articulated[teller, d]:
                    continue
                if beliefs[i, d] != value and unit(fold(word, 1 + d)) < told:
                    take_over(beliefs, articulated, i, d, value, influence, teller, tally)
                if testing == 0.0 or answer(beliefs, articulated, i, d, value, tally):
                    continue
                if unit(fold(word, 1 + beliefs.shape[1] + d)) < corrected:
                    take_over(beliefs, articulated, i, d, value, influence, teller, tally)


@in_place
def take_over(beliefs, articulated, i, d, value, influence, teller, tally):
    """Let listener ``i`` hold and put into words what the ``teller`` said of dimension ``d``."""
    beliefs[i, d] = value
    articulated[i, d] = True
    influence[teller] += 1.0
    tally[COMBINATION_FLOW] += 1.0


@in_place
def answer(beliefs, articulated, i, d, value, tally):
    """Ask listener ``i`` about dimension ``d``, of which ``value`` was said; gives if they know.

    Right is what the lecturer holds: whoever gives that answer puts it into words. Whoever gives
    another is corrected by the lecturer, and may take it over in so much time.
    """
    tally[TESTS_TAKEN] += 1.0
    knows = beliefs[i, d] == value
    if knows:
        tally[TESTS_RIGHT] += 1.0
        tally[EXTERNALIZATION_FLOW] += 0.0 if articulated[i, d] else 1.0
        articulated[i, d] = True
    return knows


@in_place
def attend(planned, hours):
    """Add to ``planned`` (people, activities) the ``hours`` that everybody hears lectures."""
    for i in range(len(planned)):
        planned[i, LECTURE] += hours


@in_place
def book(planned, halls, preparation, length):
    """Add to ``planned`` what lectures of ``length`` hours take of those who give them."""
    for h in range(len(halls.lecturer)):
        teller, is_seated = halls.lecturer[h], False
        for i in halls.member[halls.start[h] : halls.start[h + 1]]:
            is_seated |= i == teller
        # Who speaks where they would have listened spends that hour anyway.
        planned[teller, LECTURE] += preparation * length + (0.0 if is_seated else length)

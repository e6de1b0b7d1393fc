"""Halls: who sits in which lecture, what is said there, and the test at its end.

The kernels behind the mechanism ``lectures``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import in_place, kernel
from sim.learning.groups import choose_block, over_hours
from sim.places.membership import divide
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
    #: Dimensions of a block.
    complexity: int


@kernel
def announce(start, member, low, high, size, success, cases, mean, person, key, hour):
    """Announce the lectures of one ``hour`` of the week.

    ``start`` and ``member`` list the groups that are lectured, ``low`` and ``high`` their blocks.
    By lot, each is divided evenly into halls of at most ``size``. A hall hears about a block that
    its people need, from the one of the whole group with the best record on it (ties by lot).
    Gives where each hall begins, its people, its block and its lecturer.
    """
    groups = len(start) - 1
    halls = 0
    for g in range(groups):
        halls += (start[g + 1] - start[g] + size - 1) // size
    hall_start = np.zeros(halls + 1, dtype=np.int32)
    hall_member = np.empty(start[groups], dtype=np.int32)
    block = np.empty(halls, dtype=np.int32)
    lecturer = np.empty(halls, dtype=np.int32)
    best = np.empty(cases.shape[1], dtype=np.int32)
    hall = 0
    for g in range(groups):
        word = fold(fold(key, g), hour)
        members = member[start[g] : start[g + 1]]
        luck = np.empty(len(members))
        for a in range(len(members)):
            luck[a] = draw(word, members[a], 0)
        own = (len(members) + size - 1) // size
        hall_of = divide(luck, own)
        # The next free place of each hall.
        free = np.empty(own, dtype=np.int64)
        for h in range(own):
            free[h] = start[g] + (h * len(members) + own - 1) // own
        for a in range(len(members)):
            hall_member[free[hall_of[a]]] = members[a]
            free[hall_of[a]] += 1
        best[:] = -1
        for h in range(own):
            listeners = hall_member[hall_start[hall] : free[h]]
            b = choose_block(listeners, low[g], high[g], success, cases, draw(word, h, 1))
            if best[b] < 0:
                best[b] = best_on_record(members, b, success, cases, mean, person, fold(word, b))
            hall_start[hall + 1], block[hall], lecturer[hall] = free[h], b, best[b]
            hall += 1
    return hall_start, hall_member, block, lecturer


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
    key,
    hour,
):
    """Hold the announced lectures: ``telling`` hours of each, and ``testing`` hours at its end.

    A lecturer without the time (``share``, people) keeps the hall waiting in vain. Each listener
    who has it takes over every belief that the lecturer can put into words with the chance
    ``uptake * learning_rate`` an hour, which adds to the lecturer's ``influence`` (people,).
    ``seen`` and ``held`` are beliefs and articulated as the period opened, and as it closes;
    ``halls`` is a plain tuple in the order of ``Halls``.
    """
    halls, (seen_beliefs, seen_articulated), (beliefs, articulated) = Halls(*halls), seen, held
    # Most people learn alike: a power for each rate and not for each person.
    rate, told, corrected = np.float32(-1.0), 0.0, 0.0
    for h in range(len(halls.block)):
        teller, first = halls.lecturer[h], halls.block[h] * halls.complexity
        hall = fold(fold(key, hour), h)
        if draw(hall, person[teller], 0) >= share[teller]:
            continue
        for i in halls.member[halls.start[h] : halls.start[h + 1]]:
            word = fold(hall, person[i])
            if i == teller or unit(fold(word, 0)) >= share[i]:
                continue
            if learning_rate[i] != rate:
                rate = learning_rate[i]
                told = over_hours(uptake * rate, telling)
                corrected = over_hours(uptake * rate, testing)
            for d in range(first, first + halls.complexity):
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
    start, member, _, lecturer, _ = halls
    for h in range(len(lecturer)):
        teller, is_seated = lecturer[h], False
        for i in member[start[h] : start[h + 1]]:
            is_seated |= i == teller
        # Who speaks where they would have listened spends that hour anyway.
        planned[teller, LECTURE] += preparation * length + (0.0 if is_seated else length)

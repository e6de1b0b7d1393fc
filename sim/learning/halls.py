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
from sim.randomness import draw, fold
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
        luck = draw(key, person[i], 2)
        if record > most or (record == most and luck > luckiest):
            best, most, luckiest = i, record, luck
    return best


@in_place
def lecture(
    halls, length, share, uptake, seen, held, learning_rate, influence, person, tally, key, hour
):
    """Hold the announced lectures, in each of which the lecturer speaks for ``length`` hours.

    A lecturer without the time (``share``, people) keeps the hall waiting in vain. Each listener
    who has it takes over every belief that the lecturer can put into words with the chance
    ``uptake * learning_rate`` an hour, which adds to the lecturer's ``influence`` (people,).
    ``seen`` and ``held`` are beliefs and articulated as the period opened, and as it closes;
    ``halls`` is a plain tuple in the order of ``Halls``.
    """
    halls, (seen_beliefs, seen_articulated), (beliefs, articulated) = Halls(*halls), seen, held
    for h in range(len(halls.block)):
        teller, first = halls.lecturer[h], halls.block[h] * halls.complexity
        word = fold(fold(key, hour), h)
        if draw(word, person[teller], 0) >= share[teller]:
            continue
        for i in halls.member[halls.start[h] : halls.start[h + 1]]:
            if i == teller or draw(word, person[i], 0) >= share[i]:
                continue
            chance = over_hours(uptake * learning_rate[i], length)
            for d in range(first, first + halls.complexity):
                value = seen_beliefs[teller, d]
                if not seen_articulated[teller, d] or beliefs[i, d] == value:
                    continue
                if draw(word, person[i], 1 + d) < chance:
                    beliefs[i, d] = value
                    articulated[i, d] = True
                    influence[teller] += 1.0
                    tally[COMBINATION_FLOW] += 1.0


@in_place
def examine(
    halls, length, share, uptake, seen, held, learning_rate, influence, person, tally, key, hour
):
    """Test for ``length`` hours all who sat in the lectures that ``lecture`` held.

    Each is asked about every dimension that was spoken of. Right is what the lecturer holds:
    whoever gives that answer puts it into words, whoever gives another is corrected with the
    chance of taking it over in so much time. Arguments are those of ``lecture``, and so is
    ``key``: the same people are there.
    """
    halls, (seen_beliefs, seen_articulated), (beliefs, articulated) = Halls(*halls), seen, held
    dimensions = beliefs.shape[1]
    for h in range(len(halls.block)):
        teller, first = halls.lecturer[h], halls.block[h] * halls.complexity
        word = fold(fold(key, hour), h)
        if draw(word, person[teller], 0) >= share[teller]:
            continue
        for i in halls.member[halls.start[h] : halls.start[h + 1]]:
            if i == teller or draw(word, person[i], 0) >= share[i]:
                continue
            chance = over_hours(uptake * learning_rate[i], length)
            for d in range(first, first + halls.complexity):
                if not seen_articulated[teller, d]:
                    continue
                value = seen_beliefs[teller, d]
                tally[TESTS_TAKEN] += 1.0
                if beliefs[i, d] == value:
                    tally[TESTS_RIGHT] += 1.0
                    tally[EXTERNALIZATION_FLOW] += 0.0 if articulated[i, d] else 1.0
                    articulated[i, d] = True
                elif draw(word, person[i], 1 + dimensions + d) < chance:
                    beliefs[i, d] = value
                    articulated[i, d] = True
                    influence[teller] += 1.0
                    tally[COMBINATION_FLOW] += 1.0


@in_place
def book(planned, halls, preparation, length):
    """Add to ``planned`` what lectures of ``length`` hours take of those who give them."""
    start, member, lecturer = halls.start, halls.member, halls.lecturer
    for h in range(len(lecturer)):
        teller, is_seated = lecturer[h], False
        for i in member[start[h] : start[h + 1]]:
            is_seated |= i == teller
        # Who speaks where they would have listened spends that hour anyway.
        planned[teller, LECTURE] += preparation * length + (0.0 if is_seated else length)

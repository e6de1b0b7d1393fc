"""Lectures: one who knows tells many, and each listener learns alone.

The contrast to learning in groups [document 002: the individual is the final unit]. A hall hears
who does visibly best on a subject; everybody takes over what they can, on their own. Nobody gets to
know anybody, nobody asks back or practises, and what cannot be said is not passed on. One voice
fills a hall of any size, which saves hours; it is one person's view, and preparing takes time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import kernel
from sim.learning.groups import choose_block
from sim.mechanisms.communities import community_topics
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import mean_success
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.places.membership import divide
from sim.randomness import draw, fold
from sim.records import estimate
from sim.tallies import COMBINATION_FLOW, LECTURE

if TYPE_CHECKING:
    from sim.organization import Organization


class LecturesParameters(Parameters):
    hours: float = parameter(
        0.0,
        unit="hours per week",
        bounds=(0, 40),
        doc="Time everybody spends in lectures, of an hour each; 0: the organization has none.",
        source=ASSUMPTION,
    )
    size: int = parameter(
        40,
        unit="people",
        bounds=(1, 1_000_000),
        doc="Most people in a hall.",
        source=ASSUMPTION,
    )
    uptake: float = parameter(
        0.3,
        unit="probability per belief and lecture",
        bounds=(0, 1),
        doc="Chance that a listener takes over what is said. The default is that of talk in groups "
        "(`interpersonal.rate`), so that the two can be compared.",
        source=ASSUMPTION,
    )
    within: Literal["community", "organization"] = parameter(
        "community",
        unit="choice",
        doc="Whether a community hears one of its own about its topic, or anybody may fill a hall "
        "and hear the best of all about anything.",
        source="document 002; " + ASSUMPTION,
    )
    preparation: float = parameter(
        1.0,
        unit="hours per lecture",
        bounds=(0, 40),
        doc="Time it takes to prepare one, besides the hour in the hall.",
        source=ASSUMPTION,
    )


class Halls(NamedTuple):
    """The lectures of one hour: who sits in which hall, what each is about, and who speaks."""

    start: NDArray[np.int32]
    member: NDArray[np.int32]
    block: NDArray[np.int32]
    lecturer: NDArray[np.int32]


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


@kernel
def best_on_record(members, b, success, cases, mean, person, key):
    """Who of ``members`` has the best record on block ``b``; among equals the lot decides."""
    best, most, luckiest = members[0], -1.0, 0.0
    for i in members:
        record = estimate(success[i, b], cases[i, b], mean)
        luck = draw(key, person[i], 2)
        if record > most or (record == most and luck > luckiest):
            best, most, luckiest = i, record, luck
    return best


@kernel
def lecture(
    hall_start,
    hall_member,
    block,
    lecturer,
    length,
    share,
    uptake,
    complexity,
    seen_beliefs,
    seen_articulated,
    beliefs,
    articulated,
    learning_rate,
    person,
    key,
    hour,
):
    """Hold the announced lectures, of ``length`` hours; gives how many beliefs were taken over.

    A lecturer without the time (``share``, people) keeps the hall waiting in vain. Each listener
    who has it takes over every belief that the lecturer can put into words with the chance
    ``uptake * learning_rate`` an hour.
    """
    adopted = 0
    for h in range(len(block)):
        teller, first = lecturer[h], block[h] * complexity
        word = fold(fold(key, hour), h)
        if draw(word, person[teller], 0) >= share[teller]:
            continue
        for i in hall_member[hall_start[h] : hall_start[h + 1]]:
            if i == teller or draw(word, person[i], 0) >= share[i]:
                continue
            chance = uptake * learning_rate[i]
            if length < 1.0:
                chance = 1.0 - (1.0 - chance) ** length
            for d in range(first, first + complexity):
                value = seen_beliefs[teller, d]
                if not seen_articulated[teller, d] or beliefs[i, d] == value:
                    continue
                if draw(word, person[i], 1 + d) < chance:
                    beliefs[i, d] = value
                    articulated[i, d] = True
                    adopted += 1
    return adopted


@kernel
def book(planned, halls, preparation, length):
    """Add to ``planned`` what lectures of ``length`` hours take of those who give them."""
    start, member, block, lecturer = halls
    for h in range(len(block)):
        teller, is_seated = lecturer[h], False
        for i in member[start[h] : start[h + 1]]:
            is_seated |= i == teller
        # Who speaks where they would have listened spends that hour anyway.
        planned[teller, LECTURE] += preparation * length + (0.0 if is_seated else length)


class Lectures(Mechanism):
    name = "lectures"
    Parameters = LecturesParameters
    reads = (
        *("beliefs", "articulated", "record_success", "record_cases", "learning_rate"),
        *("learning_share", "community_start", "community_member", "person"),
    )
    writes = ("beliefs", "articulated", "tally")
    null = {"lectures.hours": 0.0}

    def plan(self, organization: Organization) -> None:
        if self.parameters.hours == 0.0:
            return
        organization.planned[:, LECTURE] += self.parameters.hours
        for _, length, halls in self.programme(organization):
            book(organization.planned, tuple(halls), self.parameters.preparation, length)

    def apply(self, organization: Organization) -> None:
        if self.parameters.hours == 0.0:
            return
        for hour, length, halls in self.programme(organization):
            organization.tally[COMBINATION_FLOW] += lecture(
                *halls,
                length,
                organization.learning_share,
                self.parameters.uptake,
                organization.complexity,
                organization.opening.beliefs,
                organization.opening.articulated,
                organization.beliefs,
                organization.articulated,
                organization.learning_rate,
                organization.person,
                organization.key("lectures"),
                hour,
            )

    def programme(self, organization: Organization) -> Iterator[tuple[int, float, Halls]]:
        """This week's lectures: which hour it is, how long it lasts, and what is announced."""
        hours, opening = self.parameters.hours, organization.opening
        groups: tuple[NDArray[Any], ...]
        if self.parameters.within == "community":
            groups = (
                organization.community_start,
                organization.community_member,
                *community_topics(organization),
            )
        else:
            bounds = np.array([0, organization.people], dtype=np.int32)
            blocks = np.array([0, organization.blocks], dtype=np.int32)
            everybody = np.arange(organization.people, dtype=np.int32)
            groups = (bounds, everybody, blocks[:1], blocks[1:])
        mean = mean_success(organization)
        for hour in range(math.ceil(hours)):
            announced = announce(
                *groups,
                self.parameters.size,
                opening.record_success,
                opening.record_cases,
                mean,
                organization.person,
                organization.key("halls"),
                hour,
            )
            yield hour, min(1.0, hours - hour), Halls(*announced)

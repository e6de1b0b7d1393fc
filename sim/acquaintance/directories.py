"""Directories: whom a person believes to know what, and to know somebody who knows.

A directory is a bounded list of addresses a person, with an expectation for each topic: the mean
of what was witnessed, from a prior of one half [Wegner1987 for transactive memory; the arithmetic
is a beta prior with a bounded memory]. It moves by what its owner meets with and sees, and by
nothing else: what is no longer witnessed goes stale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.ties import SEARCH, find, slot
from sim.kernels import in_place, inlined, kernel

if TYPE_CHECKING:
    from sim.organization import Organization
    from sim.scenario.settings import Settings

#: Addresses a person can have (assumption); the one least is known of makes room.
MOST_ADDRESSES = 64
#: Cases an expectation rests on at most, so that new ones always count (DESIGN; assumption).
MOST_WEIGHT = 10
#: Colleagues of a group whom a person can watch in a week (assumption: attention is bounded).
MOST_WATCHED = 12
#: What is expected of somebody of whom nothing has been seen.
PRIOR = 0.5


class Directory(NamedTuple):
    """Everybody's addresses, and what is expected of them on each topic."""

    address: NDArray[np.int32]
    what: NDArray[np.float32]
    what_weight: NDArray[np.uint8]
    whom: NDArray[np.float32]
    whom_weight: NDArray[np.uint8]


#: The arrays of a directory, by the names they have in an organization.
DIRECTORY = ("address", "knows_what", "what_weight", "knows_whom", "whom_weight")


def addresses_of(settings: Settings, people: int) -> int:
    """How many others' knowledge a person can have a view of; 0 where nobody asks for advice."""
    if "advice" in settings.without:
        return 0
    later = [(event.set or {}).get("advice.hours", 0.0) for event in settings.events]
    numbers = [hours for hours in later if isinstance(hours, int | float)]
    return min(MOST_ADDRESSES, people) if max(settings.advice.hours, *numbers, 0.0) > 0.0 else 0


def directory_of(organization: Organization) -> Directory:
    """The directory arrays of an organization."""
    return Directory(
        organization.address,
        organization.knows_what,
        organization.what_weight,
        organization.knows_whom,
        organization.whom_weight,
    )


@inlined
def directory_in(state):
    """The directory arrays of a state."""
    return Directory(
        state.address,
        state.knows_what,
        state.what_weight,
        state.knows_whom,
        state.whom_weight,
    )


@inlined
def topic_of(block, topics, blocks):
    """The topic a block belongs to: topics are runs of blocks, as communities have them."""
    return ((block + 1) * topics - 1) // blocks


@inlined
def heavier(weight):
    """The weight after one more case: as a number of cases, at most ``MOST_WEIGHT``."""
    return min(int(weight) + 1, MOST_WEIGHT)


@inlined
def closer_to(mean, outcome, weight):
    """An expectation after an outcome (0 or 1) that makes the ``weight``-th case it rests on.

    With s of n cases well ended it is (s + 1) / (n + 2), until the memory is full.
    """
    return mean + (outcome - mean) / (weight + 2.0)


@in_place
def look_up(directory, i, j):
    """Place of ``j`` among the addresses of ``i``, who is noted there if new.

    Where the list is full, the address that fewest cases speak of makes room.
    """
    place = find(directory.address, i, j)
    return place if place >= 0 else make_room(directory, i, j)


@in_place
def make_room(directory, i, j):
    """Note ``j``, who is new, among the addresses of ``i``; gives the place (see ``look_up``)."""
    place = free_place(directory.address, i, j)
    if place < 0:
        least = by_cases(directory.what_weight, directory.whom_weight, i, 0)
        for k in range(1, directory.address.shape[1]):
            least = min(least, by_cases(directory.what_weight, directory.whom_weight, i, k))
        place = least % MOST_ADDRESSES
    return note_stranger(directory, i, j, place)


@in_place
def make_room_by(cases, is_counted, directory, i, j):
    """The same, where addresses are counted once (``by_cases``) and then kept in line.

    ``cases`` (people, addresses) are those of whom ``is_counted`` (people,), the others' follow.
    """
    place = free_place(directory.address, i, j)
    if place < 0:
        listed = cases[i]
        if not is_counted[i]:
            is_counted[i] = True
            for k in range(len(listed)):
                listed[k] = by_cases(directory.what_weight, directory.whom_weight, i, k)
        least = listed[0]
        for k in range(len(listed)):
            least = min(least, listed[k])
        place = least % MOST_ADDRESSES
    cases[i, place] = place
    return note_stranger(directory, i, j, place)


@inlined
def by_cases(what_weight, whom_weight, i, k):
    """What addresses are ordered by: how many cases speak of one, then its place ``k``."""
    known = np.int64(0)
    for topic in range(what_weight.shape[2]):
        # As signed numbers: of signed and unsigned ones, Numba makes floats.
        known += np.int64(what_weight[i, k, topic]) + np.int64(whom_weight[i, k, topic])
    return known * MOST_ADDRESSES + k


@in_place
def free_place(address, i, j):
    """Where ``j``, who is new, could stand among the addresses of ``i``; -1 in a full list."""
    is_full = True
    for k in range(address.shape[1]):
        is_full &= address[i, k] != -1
    # Most lists are full, and that is seen sooner than by looking for the place.
    return -1 if is_full else slot(address, i, j)


@in_place
def note_stranger(directory, i, j, place):
    """Note ``j``, or -1, in this place, expecting nothing in particular; gives the place."""
    address, what, what_weight, whom, whom_weight = directory
    address[i, place] = j
    for topic in range(what.shape[2]):
        what[i, place, topic] = whom[i, place, topic] = PRIOR
        what_weight[i, place, topic] = whom_weight[i, place, topic] = 0
    return place


@kernel
def begin(directory, contact):
    """Note everybody's contacts, as many as there is room for, expecting nothing in particular."""
    directory.address[:] = -1
    directory.what[:] = PRIOR
    directory.whom[:] = PRIOR
    for i in range(contact.shape[0]):
        for k in range(contact.shape[1]):
            j = contact[i, k]
            place = slot(directory.address, i, j) if j >= 0 else -1
            if place >= 0:
                directory.address[i, place] = j


@inlined
def expect(mean, weight, i, place, topic, outcome):
    """Move what ``i`` expects of an address on a topic towards an outcome (0 or 1).

    ``mean`` and ``weight`` are those of knowing, or of knowing somebody who knows. Gives how many
    cases more that now rests on.
    """
    before = int(weight[i, place, topic])
    cases = heavier(before)
    mean[i, place, topic] = closer_to(mean[i, place, topic], outcome, cases)
    weight[i, place, topic] = cases
    return cases - before


@in_place
def forget_addresses(directory, left):
    """Clear the directories of people who left; expectations of the seat stay at half weight.

    ``left`` (people,) flags the seats: expectations attach to the job.
    """
    address, _, what_weight, _, whom_weight = directory
    leavers = 0
    for i in range(len(left)):
        leavers += left[i]
    # A few are looked up in a list sooner than all of it is gone through.
    are_few = leavers * SEARCH < address.shape[1]
    for j in range(len(left)):
        if not left[j]:
            continue
        for k in range(address.shape[1]):
            note_stranger(directory, j, -1, k)
        for i in range(address.shape[0] if are_few else 0):
            k = find(address, i, j)
            if k >= 0:
                halve(what_weight, whom_weight, i, k)
    for i in range(0 if are_few else address.shape[0]):
        for k in range(address.shape[1]):
            j = address[i, k]
            if (j >= 0) & left[max(j, 0)]:
                halve(what_weight, whom_weight, i, k)


@inlined
def halve(what_weight, whom_weight, i, k):
    """Let an expectation rest on half of the cases."""
    for topic in range(what_weight.shape[2]):
        what_weight[i, k, topic] //= 2
        whom_weight[i, k, topic] //= 2


def chances(
    beliefs: NDArray[np.int8], reality: NDArray[np.int8], complexity: int, topics: int
) -> NDArray[np.float64]:
    """Chance of each person to be right on a block of each topic by their own beliefs alone.

    Mean over the topic's blocks, all of whose dimensions must be right; no opinion is a coin.
    Shape (people, topics).
    """
    right = 0.5 + 0.5 * np.multiply(beliefs, reality, dtype=np.float64)
    of_block = right[:, ::complexity].copy()
    for place in range(1, complexity):
        of_block *= right[:, place::complexity]
    blocks = of_block.shape[1]
    first = np.arange(topics + 1) * blocks // topics
    return np.add.reduceat(of_block, first[:-1], axis=1) / np.diff(first)


@kernel
def best_known(address, what, chance):
    """Chance to be right of whom each person expects most, by topic; 0 where they know nobody.

    Equals count with their mean. Shape (people, topics).
    """
    people, topics = chance.shape
    known = np.zeros((people, topics))
    for i in range(people):
        for topic in range(topics):
            most, total, equals = np.float32(-1.0), 0.0, 0
            for k in range(address.shape[1]):
                j, expected = address[i, k], what[i, k, topic]
                if j < 0 or expected < most:
                    continue
                if expected > most:
                    most, total, equals = expected, 0.0, 0
                total += chance[j, topic]
                equals += 1
            known[i, topic] = total / max(equals, 1)
    return known


@kernel
def accuracy(address, expected, truth):
    """1 less the mean distance of expectations from ``truth`` (people, topics); NaN of none.

    Over all addresses and topics: of whom nothing was seen, the prior is what one believes.
    """
    error, count = 0.0, 0
    for i in range(address.shape[0]):
        for k in range(address.shape[1]):
            j = address[i, k]
            if j < 0:
                continue
            for topic in range(truth.shape[1]):
                error += abs(expected[i, k, topic] - truth[j, topic])
                count += 1
    return 1.0 - error / count if count > 0 else np.nan

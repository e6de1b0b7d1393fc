"""When nobody can learn anything from peers any more, by the slots of ``sim.learning.peers``."""

from __future__ import annotations

import numpy as np

from sim.environments.payoff import payoff
from sim.kernels import kernel
from sim.learning.peers import (
    DISTANT,
    LOCAL,
    MAJORITY,
    MODAL,
    NOTHING,
    RANDOM,
    empty_desk,
    keep_better,
    majority_of,
)
from sim.sets import label_sets, same

#: What somebody has left to learn from others.
NO_TEACHER, NOTHING_NEW, SOMETHING_NEW = range(3)


@kernel
def can_improve(row, worth, surroundings):
    """Whether turning a single belief would make a row worth more."""
    for j in range(row.size):
        own = row[j]
        for other in (-1, 1):
            row[j] = other
            better = other != own and payoff(row, surroundings) > worth
            row[j] = own
            if better:
                return True
    return False


@kernel
def differs_from_lesson(row, desk):
    """Whether there is anything in the lesson that the row does not hold."""
    for j in range(row.size):
        if desk.settled[j] and desk.lesson[j] != row[j]:
            return True
    return False


@kernel
def holders_of(k, count, label, seen):
    """How many of those seen hold the set of the k-th of them."""
    holders = 0
    for other in range(count):
        holders += label[seen[other]] == label[seen[k]]
    return holders


@kernel
def conformed_to(count, label, slots, seen):
    """How many of those seen must hold a set for it to be conformed to; no fewer than two.

    Of everybody, the most frequent set; in a sample, any that two hold may be it.
    """
    most = 2
    if slots.sample == 0:
        for k in range(count):
            most = max(most, holders_of(k, count, label, seen))
    return most


@kernel
def left_to_learn(i, sources, beliefs, merit, label, slots, chance, desk):
    """What seat i still has to learn from the sources, other than oneself.

    NO_TEACHER, NOTHING_NEW from the teachers there are, or SOMETHING_NEW. Exact where everybody
    looks at all sources; with samples, or where a gate judges a majority or a set taken over in
    part, someone who differs is enough for something new: then a run may not notice that it is at
    rest.
    """
    count = 0
    for j in sources:
        desk.seen[count] = j
        count += j != i
    if slots.only_better:
        count = keep_better(desk.seen, count, merit, merit[i])
    if count == 0:
        return NO_TEACHER
    if slots.aggregate == MAJORITY and slots.sample == 0:
        majority_of(count, beliefs, slots.undecided, desk)
        return SOMETHING_NEW if differs_from_lesson(beliefs[i], desk) else NOTHING_NEW
    of_one = slots.aggregate != MAJORITY
    looks_first = slots.gated and of_one and slots.aggregate != RANDOM
    judges_whole = slots.gated and of_one and (looks_first or chance >= 1.0)
    needed = 1
    if slots.aggregate == MODAL:
        needed = conformed_to(count, label, slots, desk.seen)
    left = NO_TEACHER
    for k in range(count):
        j = desk.seen[k]
        is_better = merit[j] > merit[i]
        is_new = (is_better or not judges_whole) and not same(beliefs[j], beliefs[i])
        if (looks_first and not is_better) or (left == NOTHING_NEW and not is_new):
            continue
        if slots.aggregate == MODAL and holders_of(k, count, label, desk.seen) < needed:
            continue
        if is_new:
            return SOMETHING_NEW
        left = NOTHING_NEW
    return left


@kernel
def left_to_learn_from_all(i, ties, everybody, beliefs, merit, label, slots, chance, desk):
    """The same of all whom seat i may look at; who is taught by ties does not look afar."""
    left = NO_TEACHER
    if slots.search != DISTANT:
        near = ties.tie[ties.start[i] : ties.start[i + 1]]
        left = left_to_learn(i, near, beliefs, merit, label, slots, chance, desk)
    if slots.search == LOCAL or left == SOMETHING_NEW:
        return left
    if left == NO_TEACHER or slots.sample > 0:
        afar = left_to_learn(i, everybody, beliefs, merit, label, slots, chance, desk)
        left = max(left, afar)
    return left


@kernel
def next_learner(first, ties, beliefs, merit, surroundings, slots, chance, attention):
    """A seat, looked for from ``first`` on, that may still learn from peers; -1 if none can.

    ``merit`` is that of ``beliefs``; ``chance`` to take over a differing belief and ``attention``
    are the same for all. Nothing more can come of learning from peers once it is -1.
    """
    people, dimensions = beliefs.shape
    desk = empty_desk(people, dimensions)
    everybody = np.arange(people)
    label = np.zeros(people, np.int32)
    if slots.aggregate == MODAL:
        label_sets(beliefs, label)
    for step in range(people):
        i = (first + step) % people
        left = NO_TEACHER
        if slots.aggregate != NOTHING and attention > 0.0:
            left = left_to_learn_from_all(
                i, ties, everybody, beliefs, merit, label, slots, chance, desk
            )
        if left == SOMETHING_NEW and chance > 0.0:
            return i
        # Who is taught in every period comes to try nothing, even if nothing is taken over.
        finds_surely = slots.sample == 0 or (slots.aggregate == RANDOM and not slots.only_better)
        is_busy = left > NO_TEACHER and attention >= 1.0 and finds_surely
        if slots.tries and not is_busy and can_improve(beliefs[i], merit[i], surroundings):
            return i
    return -1

"""Learning from people one is tied to, composed of slots.

Whom one looks at (``search``, ``sample``), which of them count (``only_better``), what is made of
them (``aggregate``), how it passes on (``rate``, ``accuracy``), whether it must be better than what
one has (``gated``), and what one does who finds nothing (``tries``). Published models are settings
of these slots: the majority of better contacts [FangLeeSchilling2010], the best neighbour on a grid
[MillerZhaoCalantone2006], the best contact's whole set or a trial of one's own [LazerFriedman2007],
the best or the most frequent set in a sample [BarkocziGalesic2016].

Everybody learns from what others held as the period opened.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.environments.payoff import payoff
from sim.kernels import inlined, kernel
from sim.randomness import draw, fold, heads, unit
from sim.sets import label_sets, same

SEARCHES = {"local": 0, "distant": 1, "local_then_distant": 2}
LOCAL, DISTANT, LOCAL_THEN_DISTANT = range(3)
AGGREGATES = {"majority": 0, "best": 1, "modal": 2, "random": 3, "none": 4}
MAJORITY, BEST, MODAL, RANDOM, NOTHING = range(5)
UNDECIDED = {"keep": 0, "give_up": 1, "camp": 2}
KEEP, GIVE_UP, CAMP = range(3)

#: What a draw of one person in one period decides.
LOOK, SAMPLE_TIES, SAMPLE_OTHERS, CHOOSE, ADOPT, TRY = range(6)


class Slots(NamedTuple):
    """The rule of learning from peers, as plain numbers."""

    search: int
    aggregate: int
    sample: int
    only_better: bool
    gated: bool
    tries: bool
    undecided: int
    accuracy: float


class Ties(NamedTuple):
    """Whom each seat looks at: ``tie[start[i]:start[i + 1]]``."""

    start: NDArray[np.int64]
    tie: NDArray[np.int32]


class Desk(NamedTuple):
    """What one person notes down while learning; used by all in turn."""

    seen: NDArray[np.int64]
    votes: NDArray[np.int32]
    lesson: NDArray[np.int8]
    settled: NDArray[np.bool_]
    before: NDArray[np.int8]


@kernel
def empty_desk(people, dimensions):
    """A desk with room for looking at everybody."""
    return Desk(
        np.empty(people, np.int64),
        np.empty(dimensions, np.int32),
        np.empty(dimensions, np.int8),
        np.empty(dimensions, np.bool_),
        np.empty(dimensions, np.int8),
    )


@kernel
def pick(count, wanted, key, chosen):
    """Fill ``chosen`` with ``wanted`` different numbers below ``count`` [Floyd1987]; all if fewer.

    Gives how many there are.
    """
    if wanted <= 0 or wanted >= count:
        for k in range(count):
            chosen[k] = k
        return count
    for k in range(wanted):
        last = count - wanted + k
        number = np.int64(draw(key, k, 0) * (last + 1))
        for earlier in range(k):
            if chosen[earlier] == number:
                number = last
                break
        chosen[k] = number
    return wanted


@inlined
def look_at_ties(i, ties, wanted, word, seen):
    """Fill ``seen`` with a sample of the people seat i is tied to; gives how many."""
    first = ties.start[i]
    count = pick(ties.start[i + 1] - first, wanted, fold(word, SAMPLE_TIES), seen)
    for k in range(count):
        seen[k] = ties.tie[first + seen[k]]
    return count


@inlined
def look_afar(i, people, wanted, word, seen):
    """Fill ``seen`` with a sample of all others; gives how many."""
    count = pick(people - 1, wanted, fold(word, SAMPLE_OTHERS), seen)
    for k in range(count):
        seen[k] += seen[k] >= i
    return count


@inlined
def keep_better(seen, count, merit, own):
    """Keep those of the first ``count`` seen whose merit is above ``own``; gives how many."""
    kept = 0
    for k in range(count):
        seen[kept] = seen[k]
        kept += merit[seen[k]] > own
    return kept


@inlined
def best_of(seen, count, merit, key):
    """The seat of highest merit among those seen, by lot among equals; -1 of nobody."""
    best, equals = -1, 0
    for k in range(count):
        j = seen[k]
        if best < 0 or merit[j] > merit[best]:
            best, equals = j, 1
        elif merit[j] == merit[best]:
            equals += 1
            if draw(key, k, 0) * equals < 1.0:
                best = j
    return best


@kernel
def most_frequent(seen, count, label, key):
    """A seat whose whole set most of those seen hold, by lot among sets equally frequent.

    -1 if all of them differ: there is nothing to conform to.
    """
    chosen, most, equals = -1, 1, 0
    for k in range(count):
        is_first, holders = True, 0
        for other in range(count):
            if label[seen[other]] == label[seen[k]]:
                is_first &= other >= k
                holders += 1
        if not is_first or holders < 2 or holders < most:
            continue
        equals = equals + 1 if holders == most else 1
        if draw(key, k, 0) * equals < 1.0:
            chosen = seen[k]
        most = holders
    return chosen


@inlined
def teacher_of(aggregate, seen, count, merit, label, word):
    """The one person whose set is to be taken over, -1 if nobody's."""
    if count == 0:
        return -1
    key = fold(word, CHOOSE)
    if aggregate == BEST:
        return best_of(seen, count, merit, key)
    if aggregate == MODAL:
        return most_frequent(seen, count, label, key)
    return seen[np.int64(draw(key, 0, 0) * count)]


@kernel
def add_rows(seen, count, opening, votes):
    """Fill ``votes`` with the sum of the views of those seen, by dimension."""
    votes[:] = 0
    for k in range(count):
        row = opening[seen[k]]
        for j in range(votes.size):
            votes[j] += row[j]


@kernel
def majority_of(count, opening, undecided, desk):
    """Note the majority view of the people seen as the lesson, settled where there is one.

    With the sum of views S over those seen: +1 or -1 by the sign of S. At S = 0 one keeps one's
    own view (KEEP) or gives it up (GIVE_UP). Where having no view is a camp of its own (CAMP), the
    largest of three camps decides, and nothing is settled between equals.
    """
    votes = desk.votes
    add_rows(desk.seen, count, opening, votes)
    for j in range(votes.size):
        desk.lesson[j] = (votes[j] > 0) - (votes[j] < 0)
        desk.settled[j] = (votes[j] != 0) | (undecided == GIVE_UP)
    if undecided == CAMP:
        count_silence(count, opening, desk)


@kernel
def count_silence(count, opening, desk):
    """Let those of the people seen who hold no view count as a third camp."""
    for j in range(desk.votes.size):
        silent = 0
        for k in range(count):
            silent += opening[desk.seen[k], j] == 0
        largest = (count - silent + abs(desk.votes[j])) // 2
        if silent >= largest:
            desk.lesson[j] = 0
            desk.settled[j] = silent > largest


@inlined
def conclude(i, count, opening, merit, label, slots, word, desk):
    """Note what seat i learns from the ``count`` people seen; False if nothing."""
    if slots.only_better:
        count = keep_better(desk.seen, count, merit, merit[i])
    if count == 0:
        return False
    if slots.aggregate == MAJORITY:
        majority_of(count, opening, slots.undecided, desk)
        return True
    teacher = teacher_of(slots.aggregate, desk.seen, count, merit, label, word)
    # Who copies somebody by lot has taken up that set, and judges it only then.
    looks_first = slots.gated and slots.aggregate != RANDOM
    if teacher < 0 or (looks_first and merit[teacher] <= merit[i]):
        return False
    desk.lesson[:] = opening[teacher]
    desk.settled[:] = True
    return True


@inlined
def lesson_for(i, ties, opening, merit, label, slots, word, desk):
    """Note what seat i is to learn this period; False if nobody teaches them anything."""
    found = False
    if slots.search != DISTANT:
        count = look_at_ties(i, ties, slots.sample, word, desk.seen)
        found = conclude(i, count, opening, merit, label, slots, word, desk)
    if not found and slots.search != LOCAL:
        count = look_afar(i, merit.size, slots.sample, word, desk.seen)
        found = conclude(i, count, opening, merit, label, slots, word, desk)
    return found


@kernel
def take_over(row, opening, desk, chance, key):
    """Let one row of beliefs take over the lesson, each differing belief with ``chance``.

    What differs is what did so as the period opened: where learner and lesson agreed then, a
    belief that the code has changed meanwhile stays changed.
    """
    adopted = 0
    for j in range(row.size):
        differs = desk.settled[j] and desk.lesson[j] != opening[j]
        if differs and unit(fold(key, j)) < chance:
            adopted += row[j] != desk.lesson[j]
            row[j] = desk.lesson[j]
    return adopted


@kernel
def try_one_change(row, worth, surroundings, word):
    """Turn one belief of a row, chosen by lot, and keep it so if the row is worth more then."""
    j = np.int64(unit(word) * row.size)
    own = row[j]
    row[j] = -own if own != 0 else (1 if heads(word) else -1)
    if payoff(row, surroundings) > worth:
        return 1
    row[j] = own
    return 0


@kernel
def learn_from_peers(
    ties, opening, merit, surroundings, slots, rate, attention, person, key, beliefs, articulated
):
    """Let everybody learn from peers for one period, in place; gives how many beliefs changed.

    Parameters
    ----------
    ties : Ties
        Whom each seat looks at.
    opening : int8 array, shape (people, dimensions)
        What everybody believed as the period opened: what others can learn from.
    merit : float64 array, shape (people,)
        How well each does with that, as others see it; the true payoff if ``slots`` has a gate or
        trials.
    surroundings : Surroundings
        What a changed set is worth, asked only by gate and trials.
    slots : Slots
        The rule.
    rate, attention : float64 arrays, shape (people,)
        Chance to take over a differing belief, and to look at others at all.
    person : uint64 array, shape (people,)
        Who sits on each seat.
    key : uint64
        Names this decision in this period.
    beliefs, articulated : int8 and bool arrays, shape (people, dimensions)
        Changed in place; what is seen with others is held tacitly.
    """
    people, dimensions = beliefs.shape
    desk = empty_desk(people, dimensions)
    label = np.zeros(people, np.int32)
    if slots.aggregate == MODAL:
        label_sets(opening, label)
    changed = 0
    for i in range(people):
        word = fold(key, person[i])
        looks = slots.aggregate != NOTHING and (
            attention[i] >= 1.0 or unit(fold(word, LOOK)) < attention[i]
        )
        found = looks and lesson_for(i, ties, opening, merit, label, slots, word, desk)
        if not (found or slots.tries):
            continue
        row = beliefs[i]
        desk.before[:] = row
        worth = 0.0
        if slots.gated or slots.tries:
            worth = merit[i] if same(row, opening[i]) else payoff(row, surroundings)
        if found:
            chance = rate[i] * slots.accuracy
            adopted = take_over(row, opening[i], desk, chance, fold(word, ADOPT))
            if slots.gated and adopted > 0 and payoff(row, surroundings) <= worth:
                row[:] = desk.before
                adopted = 0
        else:
            adopted = try_one_change(row, worth, surroundings, fold(word, TRY))
        if adopted > 0:
            changed += adopted
            for j in range(dimensions):
                articulated[i, j] &= row[j] == desk.before[j]
    return changed

"""Opinions: whom people ask about what they tried, who answers, and what comes of it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.ties import faded
from sim.kernels import in_place, kernel
from sim.learning.spare_time import spend_on_advice
from sim.learning.trials import NONE, WAITING
from sim.randomness import draw, fold, unit
from sim.tallies import CHANGES_WITHDRAWN, OPINIONS_GIVEN, OPINIONS_SOUGHT

#: Encouragement by a unanimous yes, as by a change that is adopted (assumption).
AGREEMENT = 0.5
#: What a draw decides; the first two are keyed by who is asked.
WHOM, REPLY, HEED = range(3)
#: Most whom a person can ask.
MOST_ASKED = 100
#: More than what rounding can change in a time.
ROUNDING = 1.0 + 1e-9


class Candidates(NamedTuple):
    """Whom people could ask, and how well they know them: those of seat i stand from ``start[i]``
    to ``start[i + 1]``; nobody is asked who is not known at all."""

    start: NDArray[np.int64]
    other: NDArray[np.int32]
    familiarity: NDArray[np.float32]
    last_met: NDArray[np.int32]


class Trials(NamedTuple):
    """Changes that people try, each (people,)."""

    stage: NDArray[np.int32]
    submitted: NDArray[np.int32]
    dimension: NDArray[np.int32]
    tried: NDArray[np.int8]


class Asking(NamedTuple):
    """The rule as plain numbers, by the names of the parameters."""

    asked: int
    reply: float
    heed: float
    hours: float


class Desk(NamedTuple):
    """Room to work: what it holds is overwritten, and means nothing afterwards."""

    #: (people,) who asks, and their lots; hours each spends.
    askers: NDArray[np.int32]
    lot: NDArray[np.float64]
    spent: NDArray[np.float64]
    #: (most who can be asked,) whom one asks, and at what time they stood.
    asked: NDArray[np.int32]
    time: NDArray[np.float64]


def new_desk(people: int) -> Desk:
    """A desk for so many people."""
    return Desk(
        np.zeros(people, dtype=np.int32),
        np.zeros(people),
        np.zeros(people),
        np.zeros(MOST_ASKED, dtype=np.int32),
        np.zeros(MOST_ASKED),
    )


@kernel
def followers_of(online, follows, week):
    """Who follows each user, as ``Candidates``: users all know them equally well."""
    people, places = follows.shape
    start = np.zeros(people + 1, dtype=np.int64)
    for j in range(people):
        for k in range(places):
            if online[j] and follows[j, k] >= 0:
                start[follows[j, k] + 1] += 1
    for i in range(people):
        start[i + 1] += start[i]
    other = np.empty(start[-1], dtype=np.int32)
    free = start[:-1].copy()
    for j in range(people):
        for k in range(places):
            if online[j] and follows[j, k] >= 0:
                i = follows[j, k]
                other[free[i]] = j
                free[i] += 1
    return start, other, np.ones(len(other), np.float32), np.full(len(other), week, np.int32)


@in_place
def ask_around(
    trials,
    candidates,
    may_ask,
    beliefs,
    free,
    hours,
    counts_hours,
    encouragement,
    person,
    rule,
    desk,
    tally,
    week,
    order_key,
    key,
):
    """Let those who put a change forward this week, by lot, ask what others think of it.

    Only who ``may_ask`` (people,) does. Whom they ask says yes or no by the ``beliefs`` they
    showed; both spend the ``hours`` of the rule, taken from ``free`` (people,) and, where it
    ``counts_hours``, booked in ``hours`` (people, activities). A majority of no may make the asker
    withdraw (``trials.stage``); one of yes encourages. ``trials``, ``candidates``, ``rule`` and
    ``desk`` are plain tuples in the order of the named ones.
    """
    trials, rule, desk = Trials(*trials), Asking(*rule), Desk(*desk)
    count = list_askers(trials, may_ask, person, desk, week, order_key)
    if count == 0:
        return
    for i in range(len(person)):
        desk.spent[i] = 0.0
    for i in desk.askers[:count]:
        word = fold(key, person[i])
        asked = choose_asked(i, candidates, rule.asked, person, desk, week, fold(word, WHOM))
        tally[OPINIONS_SOUGHT] += asked
        yes, no = hear_opinions(i, asked, trials, beliefs, free, person, rule, desk, word)
        tally[OPINIONS_GIVEN] += yes + no
        if yes > no:
            encouragement[i] += AGREEMENT * (yes - no) / (yes + no)
        if no > yes and unit(fold(word, HEED)) < rule.heed:
            trials.stage[i] = NONE
            tally[CHANGES_WITHDRAWN] += 1.0
    if counts_hours:
        spend_on_advice(hours, desk.spent)


@in_place
def list_askers(trials, may_ask, person, desk, week, key):
    """List on the desk who asks this week, in the order of their lots; gives how many."""
    askers, lot, count = desk.askers, desk.lot, 0
    for i in range(len(person)):
        if trials.stage[i] == WAITING and trials.submitted[i] == week and may_ask[i]:
            askers[count], lot[count] = i, draw(key, person[i], 0)
            count += 1
    # Sorted by hand (Shell): a few, and NumPy's sorts take a second each to compile.
    gap = count // 2
    while gap > 0:
        for a in range(gap, count):
            i, own, b = askers[a], lot[a], a
            while b >= gap and (lot[b - gap], askers[b - gap]) > (own, i):
                askers[b], lot[b] = askers[b - gap], lot[b - gap]
                b -= gap
            askers[b], lot[b] = i, own
        gap //= 2
    return count


@in_place
def choose_asked(i, candidates, most, person, desk, week, key):
    """List on the desk the ``most`` whom ``i`` asks, first those drawn first; gives how many.

    The smallest of exponential times at rates in proportion to weights: a weighted lot.
    """
    start, other, familiarity, last_met = candidates
    asked, time, found = desk.asked, desk.time, 0
    for c in range(start[i], start[i + 1]):
        rate = faded(familiarity[c], week - last_met[c])
        luck = unit(fold(key, person[other[c]]))
        # A time is luck / rate at least: few need a logarithm to know that they come too late.
        if rate == 0.0 or (found == most and luck > time[most - 1] * rate * ROUNDING):
            continue
        own = -math.log(1.0 - luck) / rate
        if found < most:
            found += 1
        elif own >= time[most - 1]:
            continue
        place = found - 1
        while place > 0 and time[place - 1] > own:
            asked[place], time[place] = asked[place - 1], time[place - 1]
            place -= 1
        asked[place], time[place] = other[c], own
    return found


@in_place
def hear_opinions(i, asked, trials, beliefs, free, person, rule, desk, word):
    """Count who says yes and no to ``i``: those with an opinion and the time who reply."""
    yes, no = 0, 0
    for j in desk.asked[:asked]:
        opinion = beliefs[j, trials.dimension[i]] * trials.tried[i]
        if opinion == 0 or unit(fold(fold(word, REPLY), person[j])) >= rule.reply:
            continue
        if min(free[i], free[j]) < rule.hours:
            continue
        for k in (i, j):
            free[k] -= rule.hours
            desk.spent[k] += rule.hours
        yes += opinion > 0
        no += opinion < 0
    return yes, no

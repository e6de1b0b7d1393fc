"""Opinions: whom people ask about what they tried, who answers, and what comes of it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.ties import faded
from sim.kernels import kernel
from sim.mechanisms.pdsa import NONE
from sim.randomness import fold, unit
from sim.tallies import CHANGES_WITHDRAWN, OPINIONS_GIVEN, OPINIONS_SOUGHT

#: Encouragement by a unanimous yes, as by a change that is adopted (assumption).
AGREEMENT = 0.5
#: What a draw decides; the first two are keyed by who is asked.
WHOM, REPLY, HEED = range(3)


class Candidates(NamedTuple):
    """Whom each of the askers could ask, and with what weight: those of asker number a are
    ``other[start[a]:start[a + 1]]``."""

    start: NDArray[np.int64]
    other: NDArray[np.int32]
    weight: NDArray[np.float64]


class Asking(NamedTuple):
    """The rule as plain numbers, by the names of the parameters."""

    asked: int
    reply: float
    heed: float
    hours: float


@kernel
def contacts_of(askers, dyads, week):
    """Contacts of ``askers`` (seats), by how well these know them now (see ``Candidates``)."""
    contact, familiarity, last_met = dyads
    start = np.zeros(len(askers) + 1, dtype=np.int64)
    other = np.empty(len(askers) * contact.shape[1], dtype=np.int32)
    weight = np.empty(len(other))
    found = 0
    for a in range(len(askers)):
        i = askers[a]
        for c in range(contact.shape[1]):
            if contact[i, c] >= 0:
                other[found] = contact[i, c]
                weight[found] = faded(familiarity[i, c], week - last_met[i, c])
                found += 1
        start[a + 1] = found
    return start, other[:found], weight[:found]


@kernel
def followers_of(askers, online, follows):
    """Users who follow ``askers`` that use the platform, all with the same weight."""
    people, places = follows.shape
    number = np.full(people, -1, dtype=np.int64)
    start = np.zeros(len(askers) + 1, dtype=np.int64)
    for a in range(len(askers)):
        if online[askers[a]]:
            number[askers[a]] = a
    for j in range(people):
        for k in range(places):
            if online[j] and follows[j, k] >= 0 and number[follows[j, k]] >= 0:
                start[number[follows[j, k]] + 1] += 1
    for a in range(len(askers)):
        start[a + 1] += start[a]
    other = np.empty(start[-1], dtype=np.int32)
    free = start[:-1].copy()
    for j in range(people):
        for k in range(places):
            if online[j] and follows[j, k] >= 0 and number[follows[j, k]] >= 0:
                a = number[follows[j, k]]
                other[free[a]] = j
                free[a] += 1
    return start, other, np.ones(len(other))


@kernel
def ask_around(
    askers,
    candidates,
    dimension,
    tried,
    stage,
    seen_beliefs,
    free,
    spent,
    encouragement,
    person,
    rule,
    tally,
    key,
):
    """Let ``askers``, in their order, ask what others think of the change they put forward.

    Asked are so many by lot, weighted (``candidates`` is a plain tuple in its order). Who replies,
    has an opinion and the time says yes or no by it; both spend the ``hours``, taken from ``free``
    and noted in ``spent`` (people,). A majority of no may make the asker withdraw (``stage``);
    one of yes encourages.
    """
    start, other, weight = candidates
    for a in range(len(askers)):
        i = askers[a]
        d, word = dimension[i], fold(key, person[i])
        others = other[start[a] : start[a + 1]]
        # The smallest of exponential times at rates in proportion to weights: a weighted lot.
        times = np.empty(len(others))
        for c in range(len(others)):
            luck = unit(fold(fold(word, WHOM), person[others[c]]))
            rate = weight[start[a] + c]
            times[c] = -math.log(1.0 - luck) / rate if rate > 0.0 else np.inf
        yes, no = 0, 0
        for c in np.argsort(times, kind="mergesort")[: rule.asked]:
            if times[c] == np.inf:
                break
            j = others[c]
            tally[OPINIONS_SOUGHT] += 1.0
            opinion = seen_beliefs[j, d] * tried[i]
            if opinion == 0 or unit(fold(fold(word, REPLY), person[j])) >= rule.reply:
                continue
            if min(free[i], free[j]) < rule.hours:
                continue
            for k in (i, j):
                free[k] -= rule.hours
                spent[k] += rule.hours
            tally[OPINIONS_GIVEN] += 1.0
            if opinion > 0:
                yes += 1
            else:
                no += 1
        if yes > no:
            encouragement[i] += AGREEMENT * (yes - no) / (yes + no)
        if no > yes and unit(fold(word, HEED)) < rule.heed:
            stage[i] = NONE
            tally[CHANGES_WITHDRAWN] += 1.0

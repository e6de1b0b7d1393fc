"""Opinions: whom people ask about what they tried, who answers, and what comes of it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.ties import faded
from sim.kernels import in_place
from sim.learning.spare_time import note_spare, spend_on_advice
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
    #: Whether followers on the platform are asked, and not those one knows.
    on_platform: bool


class Desk(NamedTuple):
    """Room to work: what it holds is overwritten, and means nothing afterwards."""

    #: (people,) who asks, and their lots; hours each spends.
    askers: NDArray[np.int32]
    lot: NDArray[np.float64]
    spent: NDArray[np.float64]
    #: (people,) whom one could ask, and how well one knows them now; nobody is asked who is not
    #: known at all.
    other: NDArray[np.int32]
    known: NDArray[np.float64]
    #: (most who can be asked,) whom one asks, and at what time they stood.
    asked: NDArray[np.int32]
    time: NDArray[np.float64]


@in_place
def seek_opinions(state, rule, counts_hours, rush, week, order_key, key):
    """Let those who put a change forward this week, by lot, ask what others think of it.

    Whom they ask says yes or no by the beliefs they showed; both spend the hours of the ``rule``
    (a plain tuple in the order of ``Asking``) and, where it ``counts_hours``, book them. With more
    than ``rush`` waiting (a float32) nobody has time for it. A majority of no may make the asker
    withdraw; one of yes encourages.
    """
    rule = Asking(*rule)
    trials = Trials(
        state.trial_stage, state.trial_submitted, state.trial_dimension, state.trial_value
    )
    desk = Desk(
        state.askers,
        state.asker_lot,
        state.opinion_hours,
        state.could_be_asked,
        state.how_well_known,
        state.asked,
        state.asked_at,
    )
    person, free, tally = state.person, state.spare, state.tally
    count = list_askers(trials, rule.on_platform, state.online, person, desk, week, order_key)
    if count == 0:
        return
    note_spare(state.hours, state.overtime, state.backlog, rush, free)
    for i in range(len(person)):
        free[i] = free[i] if counts_hours else np.inf
        desk.spent[i] = 0.0
    for i in desk.askers[:count]:
        word = fold(key, person[i])
        if rule.on_platform:
            candidates = list_followers(i, state.online, state.follows, desk.other, desk.known)
        else:
            ties = (state.contact, state.familiarity, state.last_met)
            candidates = list_contacts(i, ties, week, desk.other, desk.known)
        asked = choose_asked(candidates, rule.asked, person, desk, fold(word, WHOM))
        tally[OPINIONS_SOUGHT] += asked
        yes, no = hear_opinions(
            i, asked, trials, state.opening_beliefs, free, person, rule, desk, word
        )
        tally[OPINIONS_GIVEN] += yes + no
        if yes > no:
            state.encouragement[i] += AGREEMENT * (yes - no) / (yes + no)
        if no > yes and unit(fold(word, HEED)) < rule.heed:
            trials.stage[i] = NONE
            tally[CHANGES_WITHDRAWN] += 1.0
    if counts_hours:
        spend_on_advice(state.hours, desk.spent)


@in_place
def list_followers(i, online, follows, other, known):
    """List who follows ``i``: users all know them equally well. Gives how many."""
    count = 0
    for j in range(follows.shape[0]):
        for k in range(follows.shape[1]):
            other[count], known[count] = j, 1.0
            count += online[j] & (follows[j, k] == i)
    return count


@in_place
def list_contacts(i, ties, week, other, known):
    """List whom ``i`` knows, and how well now; gives how many places there are."""
    contact, familiarity, last_met = ties[0][i], ties[1][i], ties[2][i]
    for k in range(len(contact)):
        other[k] = contact[k]
        known[k] = faded(familiarity[k], week - last_met[k])
    return len(contact)


@in_place
def list_askers(trials, only_users, online, person, desk, week, key):
    """List on the desk who asks this week, in the order of their lots; gives how many."""
    askers, lot, count = desk.askers, desk.lot, 0
    for i in range(len(person)):
        if trials.stage[i] != WAITING or trials.submitted[i] != week:
            continue
        if online[i] or not only_users:
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
def choose_asked(candidates, most, person, desk, key):
    """List on the desk the ``most`` of its ``candidates`` who are asked; gives how many.

    First those drawn first: the smallest of exponential times at rates in proportion to weights,
    which is a weighted lot.
    """
    other, known = desk.other, desk.known
    asked, time, found = desk.asked, desk.time, 0
    for c in range(candidates):
        rate = known[c]
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

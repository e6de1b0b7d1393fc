"""Learning in groups by talk: the majority of those who do better teaches.

One rule for every group that meets, a unit, a cell or the officers of a community: each
member weighs what they hear from members whose record on this kind of request beats their own
[FangLeeSchilling2010 for the majority of better contacts]. Talk carries only what can be said;
what cannot passes by joint cases alone. Time limits it: there is one floor, and an hour of it.

What stands in the way of that (status, dominance, conflict, loafing): ``sim.learning.floor``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.ties import faded, find
from sim.kernels import in_place, inlined, kernel
from sim.learning.floor import Floor, remember_voice, take_turns, withdraw
from sim.places.compartments import walled_off
from sim.randomness import draw, fold
from sim.records import estimate
from sim.tallies import (
    COMBINATION_FLOW,
    LEAKED,
    TURNS_LOST,
    TURNS_TAKEN,
    WITHDRAWN,
    WORDS_LOST,
    WORDS_RELAYED,
)

#: Turns at speaking that an hour has for all members together (assumption: ten minutes each).
TURNS_PER_HOUR = 6.0


class Groups(NamedTuple):
    """Who meets, and about what; group g is ``member[start[g]:start[g + 1]]``."""

    start: NDArray[np.int32]
    member: NDArray[np.int32]
    #: (groups,) first block and last block + 1 of each group's business.
    low: NDArray[np.int32]
    high: NDArray[np.int32]
    #: Subjects that each group takes up per hour; the last number holds for all that follow.
    pace: NDArray[np.float64]
    #: The block each group stays with, -1 where it chooses by need; again the last holds for all.
    subject: NDArray[np.int32]


class Seen(NamedTuple):
    """What people can see of each other: as the period opened."""

    beliefs: NDArray[np.int8]
    articulated: NDArray[np.bool_]
    success: NDArray[np.float32]
    cases: NDArray[np.float32]
    #: Share of all recorded cases that succeeded.
    mean: float


class Held(NamedTuple):
    """What people think as the period closes, and whose words made them think so."""

    beliefs: NDArray[np.int8]
    articulated: NDArray[np.bool_]
    #: (people,) recent beliefs that others took over from one.
    influence: NDArray[np.float32]


class Members(NamedTuple):
    """What a person brings to a meeting, each (people,)."""

    #: Part of the planned hours that fitted the week.
    share: NDArray[np.float64]
    learning_rate: NDArray[np.float32]
    home: NDArray[np.int32]
    cell: NDArray[np.int32]
    person: NDArray[np.uint64]


class Dyads(NamedTuple):
    """How well people know each other (people, contacts)."""

    contact: NDArray[np.int32]
    familiarity: NDArray[np.float32]
    last_met: NDArray[np.int32]


class Talk(NamedTuple):
    """The rule as plain numbers."""

    rate: float
    stranger: float
    discount: float
    fidelity: float
    complexity: int
    #: Chance that a wall between cells stops a word, and whether what passes is counted.
    isolation: float
    counts_leaks: bool


@inlined
def expected_of_other(success, cases, mean, is_stranger, discount):
    """What one expects of another by their record; people of another home start lower."""
    return estimate(success, cases, mean - discount if is_stranger else mean)


@inlined
def counted_hours(elapsed, meeting):
    """Hours that the first ``elapsed`` ones of a ``meeting`` count as.

    A meeting's last hour counts whole even where it is cut short: its turns are fewer.
    """
    whole = math.floor(elapsed)
    rest = elapsed - whole
    return whole + (rest / min(1.0, meeting - whole) if rest > 0.0 else 0.0)


@inlined
def over_hours(chance, hours):
    """The chance that what has this ``chance`` in an hour happens within so many ``hours``."""
    return chance if hours == 1.0 else 1.0 - (1.0 - chance) ** hours


@in_place
def choose_block(members, low, high, success, cases, luck):
    """The group's subject: a block from ``low`` to ``high - 1``, sooner the more it has failed.

    Chances are in proportion to one plus the members' recent noticed failures.
    """
    total = 0.0
    for b in range(low, high):
        total += 1.0
        for m in members:
            total += cases[m, b] - success[m, b]
    reached = 0.0
    for b in range(low, high):
        reached += 1.0
        for m in members:
            reached += cases[m, b] - success[m, b]
        if luck * total < reached:
            return b
    return high - 1


@in_place
def hear(members, floor, b, hours, seen, held, people, dyads, rule, tally, week, key):
    """Each member weighs what was said on block ``b`` in ``hours`` and may adopt it.

    Among speakers whose record beats one's own, each spoken belief counts
    ``w = stranger + (1 - stranger) * familiarity``; the sign of the sum is adopted with
    probability ``rate * |sum| / (number of them)`` in an hour. The sum is not divided by the
    weights: being strangers costs. A word is passed on rightly with the chance ``fidelity``, else
    it is lost. ``floor`` says who speaks. A belief adopted adds to the ``influence`` of those who
    said it and counted, 1 in equal parts.
    """
    complexity, stranger = rule.complexity, rule.stranger
    person, cell, home = people.person, people.cell, people.home
    beliefs, views, spoken = held.beliefs, seen.beliefs, seen.articulated
    success, cases, mean = seen.success, seen.cases, seen.mean
    contact, familiarity, last_met = dyads.contact, dyads.familiarity, dyads.last_met
    is_lossy, counts_leaks = rule.fidelity < 1.0, rule.counts_leaks
    learning_rate, share, rate, discount = (
        people.learning_rate,
        people.share,
        rule.rate,
        rule.discount,
    )
    isolation, fidelity = rule.isolation, rule.fidelity
    speaks, away, votes, afar = floor.speaks, floor.away, floor.votes, floor.afar
    counts, speakers, spoke = floor.counts, floor.speakers, 0
    for a in range(len(members)):
        speakers[spoke] = a
        spoke += speaks[a]
    if spoke == 0:
        return
    for me in range(len(members)):
        i = members[me]
        if away[me] or draw(key, person[i], 0) >= share[i]:
            continue
        own = estimate(success[i, b], cases[i, b], mean)
        better = 0
        for c in range(complexity):
            votes[c] = 0.0
        for a in speakers[:spoke]:
            j = members[a]
            counts[a] = False
            if j == i:
                continue
            other = expected_of_other(
                success[j, b], cases[j, b], mean, home[i] != home[j], discount
            )
            if other <= own:
                continue
            if isolation > 0.0 and walled_off(
                cell, i, j, isolation, draw(fold(key, person[i]), person[j], 5)
            ):
                continue
            better += 1
            counts[a] = True
            k = find(contact, i, j)
            known = faded(familiarity[i, k], week - last_met[i, k]) if k >= 0 else 0.0
            weight = stranger + (1.0 - stranger) * known
            leaks = counts_leaks and cell[i] != cell[j]
            for c in range(complexity):
                d = b * complexity + c
                if not spoken[j, d]:
                    continue
                if is_lossy:
                    passed = draw(fold(key, person[i]), person[j], 8 + c) < fidelity
                    tally[WORDS_RELAYED if passed else WORDS_LOST] += 1.0
                    if not passed:
                        continue
                votes[c] += weight * views[j, d]
                if leaks:
                    afar[c] |= 1 if views[j, d] > 0 else 2
        if better == 0:
            continue
        for c in range(complexity):
            d = b * complexity + c
            value = 1 if votes[c] > 0.0 else -1
            has_leaked = (afar[c] & (1 if value > 0 else 2)) != 0
            afar[c] = 0
            if votes[c] == 0.0 or beliefs[i, d] == value:
                continue
            chance = rate * learning_rate[i] * min(abs(votes[c]) / better, 1.0)
            if draw(key, person[i], 8 + c) < over_hours(chance, hours):
                beliefs[i, d] = value
                held.articulated[i, d] = True
                tally[COMBINATION_FLOW] += 1.0
                if has_leaked:
                    tally[LEAKED] += 1.0
                credit(members, floor, spoke, i, d, c, value, seen, held, person, fidelity, key)


@in_place
def credit(members, floor, spoke, i, d, c, value, seen, held, person, fidelity, key):
    """Share 1 of influence among those who said to ``i`` that ``value`` holds on dimension ``d``.

    Of those who ``spoke``, the ``floor`` says whose words counted with ``i``; ``c`` is the
    dimension within its block. With ``fidelity`` below one, some words were lost.
    """
    counts, told, speakers = floor.counts, floor.told, floor.speakers
    tellers = 0
    for a in speakers[:spoke]:
        j = members[a]
        told[a] = False
        if not counts[a] or not seen.articulated[j, d] or seen.beliefs[j, d] != value:
            continue
        # The same draw as in ``hear``, so that a word that was lost there earns nothing here.
        if fidelity < 1.0 and draw(fold(key, person[i]), person[j], 8 + c) >= fidelity:
            continue
        told[a] = True
        tellers += 1
    for a in speakers[:spoke]:
        if told[a]:
            held.influence[members[a]] += 1.0 / tellers


@kernel
def clear_floor(start, groups, complexity):
    """A floor with room for the largest of the groups, which begin at ``start``."""
    most = 0
    for g in range(groups):
        most = max(most, start[g + 1] - start[g])
    return Floor(
        np.zeros(most, np.bool_),
        np.empty(most, np.int64),
        np.empty(most),
        np.zeros(most, np.bool_),
        np.zeros(most, np.bool_),
        np.zeros(most, np.bool_),
        np.zeros(most, np.int8),
        np.zeros(complexity),
        np.zeros(complexity, np.int8),
    )


@kernel
def talk(
    groups,
    hours,
    meeting,
    seen,
    held,
    people,
    dyads,
    rule,
    fear,
    readiness,
    obstacles,
    tally,
    week,
    key,
):
    """Let every group talk for ``hours`` of a ``meeting``, on one subject after the other.

    ``groups`` to ``rule`` are plain tuples, which cost less to pass, in the order of ``Groups``,
    ``Seen``, ``Held``, ``Members``, ``Dyads`` and ``Talk``; ``obstacles`` are ``Obstacles``, or
    None. A subject lasts ``1 / pace`` hours or what is left of them. Beliefs and records are as
    ``seen`` when the period opened; what is adopted goes to those ``held``.
    """
    start, member, low, high, pace, fixed = groups
    seen, held, people = Seen(*seen), Held(*held), Members(*people)
    dyads, rule = Dyads(*dyads), Talk(*rule)
    floor = clear_floor(start, len(low), rule.complexity)
    for g in range(len(low)):
        members = member[start[g] : start[g + 1]]
        if len(members) < 2:
            continue
        if obstacles is not None:
            tally[WITHDRAWN] += withdraw(members, floor, people.person, obstacles, fold(key, g))
        elapsed, left = 0.0, hours
        subject = 0
        while left > 0.0:
            word = fold(fold(key, g), subject)
            length = min(1.0 / pace[min(g, len(pace) - 1)], left)
            # A part of a turn is a turn with that chance.
            turns = int(TURNS_PER_HOUR * length + draw(word, 0, 3))
            b = fixed[min(g, len(fixed) - 1)]
            if b < 0:
                b = choose_block(
                    members, low[g], high[g], seen.success, seen.cases, draw(word, 0, 4)
                )
            used, lost = take_turns(
                members,
                turns,
                b,
                floor,
                people.share,
                fear,
                readiness,
                people.person,
                obstacles,
                week,
                word,
            )
            tally[TURNS_TAKEN] += used
            tally[TURNS_LOST] += lost
            counted = counted_hours(elapsed + length, meeting) - counted_hours(elapsed, meeting)
            hear(members, floor, b, counted, seen, held, people, dyads, rule, tally, week, word)
            elapsed += length
            left -= length
            subject += 1
        if obstacles is not None and obstacles.loafing > 0.0:
            remember_voice(members, floor.came, obstacles.voice)

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

from sim.acquaintance.ties import familiar
from sim.kernels import in_place, inlined
from sim.learning.floor import attend, note_voice, remember_voice, take_turns, welcome, withdraw
from sim.look_ahead import coming_up, fetch, fetch_row
from sim.places.compartments import walled_off
from sim.randomness import draw, fold, unit
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
    #: Which of them meet now: from ``first`` to ``last - 1``. Numbers of groups stay the same.
    first: int
    last: int


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


@inlined
def most_over_hours(chance, hours):
    """What ``over_hours`` cannot exceed, which is faster to tell (by more than it is rounded)."""
    return chance * max(hours, 1.0) + 1e-9


@inlined
def with_failures(so_far, members, b, success, cases):
    """``so_far`` and how much a group needs block ``b``: one plus its noticed failures."""
    for m in members:
        seat = np.uint32(m)
        so_far += cases[seat, b] - success[seat, b]
    return so_far


@in_place
def choose_block(members, low, high, success, cases, luck):
    """The group's subject: a block from ``low`` to ``high - 1``, sooner the more it has failed.

    Chances are in proportion to one plus the members' recent noticed failures.
    """
    total = 0.0
    for b in range(low, high):
        total = with_failures(total + 1.0, members, b, success, cases)
    reached = 0.0
    for b in range(low, high):
        reached = with_failures(reached + 1.0, members, b, success, cases)
        if luck * total < reached:
            return b
    return high - 1


@in_place
def fetch_records(members, seen):
    """Ask for the records of ``members``, which will be read soon (see ``look_ahead``)."""
    for i in members:
        fetch_row(seen.success, i)
        fetch_row(seen.cases, i)


@in_place
def fetch_views(members, seen, held, people, ease, floor):
    """Ask for what ``members``, who will talk soon, think and can say."""
    for i in members:
        fetch_row(seen.beliefs, i)
        fetch_row(seen.articulated, i)
        fetch_row(held.beliefs, i)
        fetch(people.share, i)
        fetch(people.person, i)
        fetch(people.learning_rate, i)
        fetch(people.home, i)
        fetch(people.cell, i)
        fetch(ease.fear, i)
        fetch(ease.sociability, i)
        fetch(ease.dominance, i)
        fetch(floor.away, i)
        fetch(floor.came, i)


@in_place
def note_needs(groups, seen, needs):
    """Note what ``choose_block`` adds up, for groups that choose often: see ``chosen_block``.

    ``needs`` (groups, blocks) takes the needs of all blocks up to each of a group's business.
    """
    start = groups.start
    for g in range(groups.first, groups.last):
        members, row, total = groups.member[start[g] : start[g + 1]], needs[g], 0.0
        fetch_records(coming_up(start, groups.member, g), seen)
        if len(members) < 2:
            continue
        for b in range(groups.low[g], groups.high[g]):
            total = with_failures(total + 1.0, members, b, seen.success, seen.cases)
            row[b] = total


@in_place
def chosen_block(groups, g, needs, luck):
    """The same as ``choose_block`` for group ``g``, of at least two, whose needs were noted."""
    low, high, reached = groups.low[g], groups.high[g], needs[g]
    for b in range(low, high):
        if luck * reached[high - 1] < reached[b]:
            return b
    return high - 1


@inlined
def note_merits(floor, here, b, seen, discount):
    """List who speaks, and what is expected of each on block ``b``; gives how many.

    What a record lets expect depends on who looks by nothing but whether they share a home.
    """
    success, cases, mean = seen.success, seen.cases, seen.mean
    speakers, spoke = floor.speakers, 0
    for a in range(len(here)):
        speakers[spoke] = here[a]
        spoke += floor.speaks[a]
    for s in range(spoke):
        j = speakers[s]
        floor.at_home[s] = expected_of_other(success[j, b], cases[j, b], mean, False, discount)
        floor.elsewhere[s] = expected_of_other(success[j, b], cases[j, b], mean, True, discount)
    return spoke


@inlined
def hear(here, floor, b, hours, seen, held, people, dyads, rule, tally, week):
    """Each of those ``here`` weighs what was said on block ``b`` in ``hours`` and may adopt it.

    Among speakers whose record beats one's own, each spoken belief counts
    ``w = stranger + (1 - stranger) * familiarity``; the sign of the sum is adopted with
    probability ``rate * |sum| / (number of them)`` in an hour. The sum is not divided by the
    weights: being strangers costs. A word is passed on rightly with the chance ``fidelity``, else
    it is lost. ``floor`` says who speaks, and has a word for each. A belief adopted adds to the
    ``influence`` of those who said it and counted, 1 in equal parts.
    """
    spoke = note_merits(floor, here, b, seen, rule.discount)
    for a in range(len(here) if spoke > 0 else 0):
        i, mine = here[a], floor.words[a]
        better = heed(i, b, floor, spoke, seen, people, rule.isolation, mine)
        if better > 0:
            weigh(i, b, floor.heard[:better], floor, seen, people, dyads, rule, tally, week, mine)
            adopt(i, b, floor.heard[:better], floor, hours, seen, held, people, rule, tally, mine)


@inlined
def heed(i, b, floor, spoke, seen, people, isolation, mine):
    """List as ``heard`` whose words count with ``i``; gives how many. ``mine`` is a key of theirs.

    It is those of the speakers who do better, and whom no wall between cells silences.
    """
    home, cell, person = people.home, people.cell, people.person
    own = estimate(seen.success[i, b], seen.cases[i, b], seen.mean)
    better = 0
    for s in range(spoke):
        j = floor.speakers[s]
        expected = floor.elsewhere[s] if home[i] != home[j] else floor.at_home[s]
        counts = (expected > own) & (j != i)
        if isolation > 0.0:
            counts &= not walled_off(cell, i, j, isolation, draw(mine, person[j], 5))
        floor.heard[better] = j
        better += counts
    return better


@inlined
def weigh(i, b, heard, floor, seen, people, dyads, rule, tally, week, mine):
    """Add up as ``votes`` what those ``heard`` said on block ``b``; ``mine`` is a key of ``i``."""
    person, cell, complexity, stranger = people.person, people.cell, rule.complexity, rule.stranger
    is_lossy = rule.fidelity < 1.0
    for c in range(complexity):
        floor.votes[c], floor.afar[c] = 0.0, 0
    for j in heard:
        known = familiar(dyads.contact, dyads.familiarity, dyads.last_met, i, j, week)
        weight = stranger + (1.0 - stranger) * known
        leaks = rule.counts_leaks and cell[i] != cell[j]
        for c in range(complexity):
            d = b * complexity + c
            is_said, view = seen.articulated[j, d], seen.beliefs[j, d]
            if is_lossy and is_said:
                is_said = draw(mine, person[j], 8 + c) < rule.fidelity
                tally[WORDS_RELAYED if is_said else WORDS_LOST] += 1.0
            floor.votes[c] += weight * view if is_said else 0.0
            floor.afar[c] |= (1 if view > 0 else 2) if is_said and leaks else 0


@inlined
def adopt(i, b, heard, floor, hours, seen, held, people, rule, tally, mine):
    """Let ``i`` take over what the ``votes`` on block ``b`` say; ``mine`` is a key of theirs."""
    rate = rule.rate * people.learning_rate[i]
    for c in range(rule.complexity):
        d, vote = b * rule.complexity + c, floor.votes[c]
        value, luck = 1 if vote > 0.0 else -1, unit(fold(mine, 8 + c))
        chance = rate * min(abs(vote) / len(heard), 1.0)
        is_new = (vote != 0.0) & (held.beliefs[i, d] != value)
        # In one branch, which most often is not taken; a power is asked for only there.
        if is_new & (luck < most_over_hours(chance, hours)) and luck < over_hours(chance, hours):
            held.beliefs[i, d] = value
            held.articulated[i, d] = True
            tally[COMBINATION_FLOW] += 1.0
            if floor.afar[c] & (1 if value > 0 else 2) != 0:
                tally[LEAKED] += 1.0
            credit(d, c, value, heard, floor.tellers, seen, held, people.person, rule, mine)


@in_place
def credit(d, c, value, heard, tellers, seen, held, person, rule, mine):
    """Share 1 of influence among those ``heard`` who said that ``value`` holds on dimension ``d``.

    ``c`` is the dimension within its block. With ``fidelity`` below one, some words were lost.
    """
    count = 0
    for j in heard:
        tellers[count] = j
        told = seen.articulated[j, d] and seen.beliefs[j, d] == value
        # The same draw as in ``weigh``, so that a word that was lost there earns nothing here.
        if told and rule.fidelity < 1.0:
            told = draw(mine, person[j], 8 + c) < rule.fidelity
        count += told
    for j in tellers[:count]:
        held.influence[j] += 1.0 / count


@in_place
def talk(
    groups,
    hours,
    meeting,
    seen,
    held,
    people,
    dyads,
    rule,
    ease,
    obstacles,
    floor,
    needs,
    tally,
    week,
    key,
):
    """Let every group talk for ``hours`` of a ``meeting``, on one subject after the other.

    A subject lasts ``1 / pace`` hours or what is left of them. Beliefs and records are as ``seen``
    when the period opened; what is adopted goes to those ``held``. ``needs`` are as noted by
    ``note_needs``.
    """
    start, pace, fixed = groups.start, groups.pace, groups.subject
    loafs = obstacles.loafing > 0.0
    if loafs and groups.first == 0:
        note_voice(obstacles.voice, floor)
    for g in range(groups.first, groups.last):
        members = groups.member[start[g] : start[g + 1]]
        fetch_views(coming_up(start, groups.member, g), seen, held, people, ease, floor)
        if len(members) < 2:
            continue
        of_group = fold(key, g)
        if loafs:
            tally[WITHDRAWN] += withdraw(members, floor, people.person, obstacles.loafing, of_group)
        else:
            welcome(members, floor)
        elapsed, left = 0.0, hours
        subject = 0
        while left > 0.0:
            word = fold(of_group, subject)
            length = min(1.0 / pace[min(g, len(pace) - 1)], left)
            # A part of a turn is a turn with that chance.
            turns = int(TURNS_PER_HOUR * length + draw(word, 0, 3))
            b = fixed[min(g, len(fixed) - 1)]
            if b < 0:
                b = chosen_block(groups, g, needs, draw(word, 0, 4))
            here = floor.here[: attend(members, floor, people.share, people.person, word)]
            used, lost = take_turns(here, turns, b, floor, ease, obstacles, week)
            tally[TURNS_TAKEN] += used
            tally[TURNS_LOST] += lost
            counted = counted_hours(elapsed + length, meeting) - counted_hours(elapsed, meeting)
            hear(here, floor, b, counted, seen, held, people, dyads, rule, tally, week)
            elapsed += length
            left -= length
            subject += 1
        if loafs:
            remember_voice(members, floor.came, obstacles.voice)

"""The floor of a meeting: who comes to speak, and what keeps people from it.

There is one floor and a few turns; the sociable come first, and fear keeps people silent. So can
the standing of others [NembhardEdmondson2006]; the dominant take the floor; quarrels use it up
[DeDreuWeingart2003]; and who does not come to speak may withdraw altogether [KarauWilliams1993].
Nothing here knows how large a group is: in a large one fewer come to speak.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.ties import familiar, find
from sim.kernels import in_place
from sim.randomness import draw

#: How far trust moves to what was seen of another (assumption).
TRUST_STEP = 0.1
#: Encouragement that a quarrel costs each of both (assumption).
QUARREL_HURT = 0.1
#: How far a meeting moves ``voice`` (assumption: what was two months ago hardly counts).
VOICE_STEP = 0.25
#: What a member was at a meeting: not there, there, or heard.
ABSENT, PRESENT, HEARD = range(3)


class Floor(NamedTuple):
    """What is noted down at a meeting, by the members' places; used by all groups in turn."""

    speaks: NDArray[np.bool_]
    #: The places of those who speak, and how long each member waits for the floor.
    speakers: NDArray[np.int64]
    waits: NDArray[np.float64]
    #: Whose words count with the member who is listening, and who of them said the same.
    counts: NDArray[np.bool_]
    told: NDArray[np.bool_]
    away: NDArray[np.bool_]
    came: NDArray[np.int8]
    #: By dimension of the subject: sum of weighted views, and whether somebody of another cell
    #: spoke for +1 (1), for -1 (2), for both (3).
    votes: NDArray[np.float64]
    afar: NDArray[np.int8]


class Obstacles(NamedTuple):
    """What hinders talk besides fear; kernels are compiled without it where there is none.

    ``complexity`` dimensions make a block; beliefs are those seen, as the period opened.
    """

    status: float
    conflict: float
    loafing: float
    complexity: int
    level: NDArray[np.int32]
    beliefs: NDArray[np.int8]
    articulated: NDArray[np.bool_]
    contact: NDArray[np.int32]
    familiarity: NDArray[np.float32]
    trust: NDArray[np.float32]
    last_met: NDArray[np.int32]
    encouragement: NDArray[np.float32]
    voice: NDArray[np.float32]
    #: ``voice`` as talk began: what decides who withdraws.
    voice_before: NDArray[np.float32]


@in_place
def withdraw(members, floor, person, obstacles, key):
    """Flag as ``away`` who sits a meeting out though they are there; gives how many.

    One does with the chance ``loafing * (1 - voice)``: the less one came to speak lately.
    """
    count = 0
    for a in range(len(members)):
        i = members[a]
        chance = obstacles.loafing * (1.0 - obstacles.voice_before[i])
        floor.away[a] = draw(key, person[i], 5) < chance
        floor.came[a] = PRESENT if floor.away[a] else ABSENT
        count += floor.away[a]
    return count


@in_place
def remember_voice(members, came, voice):
    """Move ``voice`` by whether each came to speak; who was not there keeps theirs."""
    for a in range(len(members)):
        i = members[a]
        if came[a] != ABSENT:
            voice[i] += VOICE_STEP * ((1.0 if came[a] == HEARD else 0.0) - voice[i])


@in_place
def next_in_line(waits, count, after):
    """Place of whom of ``count`` the floor comes to next after place ``after``; -1 for nobody.

    The shorter wait first, then the smaller place. ``after`` is -1 for who comes first of all.
    """
    following = -1
    for a in range(count):
        later = after < 0 or waits[a] > waits[after] or (waits[a] == waits[after] and a > after)
        if later and waits[a] < np.inf and (following < 0 or waits[a] < waits[following]):
            following = a
    return following


@in_place
def take_turns(members, turns, b, floor, share, fear, readiness, person, obstacles, week, key):
    """Let members speak on block ``b`` until the turns are used up; notes who on the ``floor``.

    A member takes part with the chance ``share`` (the part of the planned hours that fitted the
    week) unless they withdrew, comes to speak sooner the larger their ``readiness`` (sociability,
    and dominance where that counts), in an exponential race, and then says something unless fear
    or the standing of others holds them back. Gives the number of turns that were used, and of
    those that quarrels took.
    """
    count = len(members)
    speaks, away, waits = floor.speaks, floor.away, floor.waits
    for a in range(count):
        i = members[a]
        speaks[a] = False
        absent = away[a] or draw(key, person[i], 0) >= share[i]
        race = -math.log(1.0 - draw(key, person[i], 1)) / (0.05 + readiness[i])
        waits[a] = np.inf if absent else race
        if obstacles is not None and not absent and floor.came[a] == ABSENT:
            floor.came[a] = PRESENT
    used, lost, last, a = 0, 0, np.int32(-1), -1
    # There are few turns: to look for the next each time is faster than to sort all.
    while used + lost < turns:
        a = next_in_line(waits, count, a)
        if a < 0:
            break
        used += 1
        i = members[a]
        if draw(key, person[i], 2) < fear[i]:
            continue
        if obstacles is not None:
            above = standing_above(members, waits, a, obstacles.level)
            if draw(key, person[i], 5) < obstacles.status * above:
                continue
            if last >= 0 and quarrel(i, last, b, obstacles, week, draw(key, person[i], 6)):
                lost += used + lost < turns
            last = i
            floor.came[a] = HEARD
        speaks[a] = True
    return used, lost


@in_place
def standing_above(members, waits, place, level):
    """Share of the others present (those who wait for the floor) who stand higher in the line."""
    present, above = 0, 0
    for a in range(len(members)):
        if a != place and waits[a] < np.inf:
            present += 1
            above += level[members[a]] > level[members[place]]
    return above / present if present > 0 else 0.0


@in_place
def quarrel(i, j, b, obstacles, week, luck):
    """Whether ``i``, who speaks on block ``b`` after ``j``, contradicts them and both quarrel.

    They contradict each other if what they can say is opposite on some dimension, and quarrel with
    the chance ``conflict * (1 - familiarity)``. Who quarrels is discouraged, and expects less of
    the other's work.
    """
    opposite = False
    for d in range(b * obstacles.complexity, (b + 1) * obstacles.complexity):
        both = obstacles.articulated[i, d] and obstacles.articulated[j, d]
        opposite |= both and obstacles.beliefs[i, d] * obstacles.beliefs[j, d] < 0
    contact, trust = obstacles.contact, obstacles.trust
    known = familiar(contact, obstacles.familiarity, obstacles.last_met, i, j, week)
    if not opposite or luck >= obstacles.conflict * (1.0 - known):
        return False
    for one in (i, j):
        discouraged = obstacles.encouragement[one] - QUARREL_HURT
        obstacles.encouragement[one] = max(discouraged, -1.0)
        k = find(contact, one, i + j - one)
        if k >= 0:
            trust[one, k] -= TRUST_STEP * trust[one, k]
    return True

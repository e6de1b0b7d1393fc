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
from sim.kernels import in_place, inlined
from sim.randomness import draw, fold, unit

#: How far trust moves to what was seen of another (assumption).
TRUST_STEP = 0.1
#: Encouragement that a quarrel costs each of both (assumption).
QUARREL_HURT = 0.1
#: How far a meeting moves ``voice`` (assumption: what was two months ago hardly counts).
VOICE_STEP = 0.25
#: What a member was at a meeting: not there, there, or heard.
ABSENT, PRESENT, HEARD = range(3)


class Floor(NamedTuple):
    """What is noted down at a meeting; used by all groups in turn, and kept from none to the next.

    Those who take part in a subject are numbered by their place ``here``.
    """

    #: (people,) seats of those who take part, of those who speak, and of those whose words count
    #: with the member who is listening, as far as each list goes; and who of these said the same.
    here: NDArray[np.int32]
    speakers: NDArray[np.int32]
    heard: NDArray[np.int32]
    tellers: NDArray[np.int32]
    #: (people,) by place: who speaks, how long each waits for the floor, and how long who has not
    #: had it yet.
    speaks: NDArray[np.int32]
    waits: NDArray[np.float64]
    queue: NDArray[np.float64]
    #: (people,) what is expected of each speaker by people of their own home, and by others.
    at_home: NDArray[np.float64]
    elsewhere: NDArray[np.float64]
    #: (people,) by seat: who withdrew, what each was at the meeting, and ``voice`` as talk began.
    away: NDArray[np.int32]
    came: NDArray[np.int32]
    voice: NDArray[np.float64]
    #: By dimension of the subject: sum of weighted views, and whether somebody of another cell
    #: spoke for +1 (1), for -1 (2), for both (3).
    votes: NDArray[np.float64]
    afar: NDArray[np.int32]
    #: (people,) by place: a key of each of those here, for what is drawn of them on the subject.
    words: NDArray[np.uint64]


class Ease(NamedTuple):
    """What makes people speak, and how soon they take the floor; arrays are (people,)."""

    fear: NDArray[np.float32]
    #: How much less fear people feel there.
    safety: np.float32
    sociability: NDArray[np.float32]
    dominance: NDArray[np.float32]
    #: How much sooner the dominant take the floor than the sociable.
    weight: np.float32


class Obstacles(NamedTuple):
    """What hinders talk besides fear.

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


def floor_sizes(people: int, complexity: int) -> dict[str, int]:
    """Lengths of the axes of a ``Floor``'s room, of so many people and dimensions a subject.

    Whoever meets, there are fewer groups than ``meetings``.
    """
    return {
        "floor_marks": 8,
        "floor_numbers": 6,
        "floor_words": 1,
        "floor": max(people, complexity),
        "meetings": 2 * people + 2,
    }


@inlined
def lay_floor(marks, numbers, words):
    """The ``Floor`` in its room (``ROOM``)."""
    return Floor(
        marks[0],
        marks[1],
        marks[2],
        marks[3],
        marks[4],
        numbers[0],
        numbers[1],
        numbers[2],
        numbers[3],
        marks[5],
        marks[6],
        numbers[4],
        numbers[5],
        marks[7],
        words[0],
    )


@in_place
def note_voice(voice, floor):
    """Note ``voice`` as talk begins: what decides who withdraws, also from a second meeting."""
    for i in range(len(voice)):
        floor.voice[i] = voice[i]


@in_place
def withdraw(members, floor, person, loafing, key):
    """Flag as ``away`` who sits a meeting out though they are there; gives how many.

    One does with the chance ``loafing * (1 - voice)``: the less one came to speak lately.
    """
    count = 0
    for i in members:
        away = draw(key, person[i], 5) < loafing * (1.0 - floor.voice[i])
        floor.away[i] = away
        floor.came[i] = PRESENT if away else ABSENT
        count += away
    return count


@in_place
def welcome(members, floor):
    """Let everybody be there: a meeting that nobody loafs at."""
    for i in members:
        floor.away[i] = 0


@in_place
def remember_voice(members, came, voice):
    """Move ``voice`` by whether each ``came`` to speak; who was not there keeps theirs."""
    for i in members:
        if came[i] != ABSENT:
            voice[i] += VOICE_STEP * ((1.0 if came[i] == HEARD else 0.0) - voice[i])


@in_place
def attend(members, floor, share, person, key):
    """List who takes part in a subject, with ``words`` for what is drawn of them; gives how many.

    A member does with the chance ``share`` (the part of the planned hours that fitted the week)
    unless they withdrew.
    """
    count = 0
    for i in members:
        floor.here[count], floor.speaks[count] = i, 0
        floor.words[count] = word = fold(key, person[i])
        count += (floor.away[i] == 0) & (unit(fold(word, 0)) < share[i])
    return count


@in_place
def first_in_line(waits):
    """Place of the shortest wait, the smaller place of two alike; -1 where all are infinite."""
    first, least = -1, np.inf
    for a in range(len(waits)):
        is_sooner = waits[a] < least
        first = a if is_sooner else first
        least = waits[a] if is_sooner else least
    return first


@inlined
def take_turns(here, turns, b, floor, ease, obstacles, week):
    """Let those ``here`` speak on block ``b`` until the turns are used up; notes who does.

    One comes to speak sooner the more sociable one is (and the more dominant, where that counts),
    in an exponential race, and then says something unless fear or the standing of others holds one
    back. Gives the number of turns that were used, and of those that quarrels took.
    """
    waits, queue, words = floor.waits[: len(here)], floor.queue[: len(here)], floor.words
    for a in range(len(here)):
        i = here[a]
        readiness = ease.sociability[i] + ease.weight * ease.dominance[i]
        waits[a] = -math.log(1.0 - unit(fold(words[a], 1))) / (0.05 + readiness)
        queue[a] = waits[a]
        floor.came[i] = max(floor.came[i], PRESENT)
    used, lost, last = 0, 0, np.int32(-1)
    # There are few turns: to look for the next each time is faster than to sort all.
    while used + lost < turns and used < len(here):
        a = first_in_line(queue)
        queue[a] = np.inf
        used += 1
        i = here[a]
        if unit(fold(words[a], 2)) < ease.fear[i] - ease.safety:
            continue
        # Luck first: it most often settles the matter, whoever the others are.
        luck = unit(fold(words[a], 5))
        status, level = obstacles.status, obstacles.level
        if luck < status and luck < status * standing_above(here, waits, a, level):
            continue
        luck = unit(fold(words[a], 6))
        may_quarrel = last >= 0 and luck < obstacles.conflict
        if may_quarrel and quarrel(i, last, b, obstacles, week, luck):
            lost += used + lost < turns
        last = i
        floor.came[i] = HEARD
        floor.speaks[a] = 1
    return used, lost


@in_place
def standing_above(members, waits, place, level):
    """Share of the others present (those who wait for the floor) who stand higher in the line."""
    present, above, own = 0, 0, level[members[place]]
    for a in range(len(members)):
        is_present = (a != place) & (waits[a] < np.inf)
        present += is_present
        above += is_present & (level[members[a]] > own)
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

"""Echo: what comes back to who wrote; readers, likes or silence, recognition, and exposure."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import kernel
from sim.platform.posts import KEPT
from sim.randomness import draw, fold
from sim.tallies import (
    CELL,
    COACHING,
    COLLABORATION_HOURS,
    COMMUNITY,
    JOINT,
    REACTIONS_KIND,
    REPRIMANDS,
    TEAM,
    VISIBLE_HOURS,
    VISIT,
)

#: Activities in which people help others to do their work: what otherwise nobody else sees.
COLLABORATION = np.array((TEAM, CELL, JOINT, COMMUNITY, VISIT, COACHING))


class Echoing(NamedTuple):
    """The rule as plain numbers, by the names of the parameters."""

    like: float
    silence: float
    working_out_loud: float
    recognition: float


class Shown(NamedTuple):
    """What working out loud shows of a person: hours (people, activities), and failures."""

    hours: NDArray[np.float32]
    #: (people,) last week's failures that were worked around, and how inclusive the manager is.
    noticed: NDArray[np.int32]
    inclusiveness: NDArray[np.float32]
    #: Chance that the manager reacts to a failure that becomes visible in this way.
    reacts: float


@kernel
def come_back(posts, echo, members, shown, encouragement, reprimanded, rule, person, tally, key):
    """Let what comes of the week's posts come back to those who wrote them.

    ``echo`` is a plain tuple in the order of ``Echo``. Likes go to the author of words that were
    passed on, readers count for both. Writes reach and applause, ``encouragement`` and
    ``reprimanded`` (people,). Gives who was liked or learned something, shape (people,).
    """
    readers, likes, seen_by_manager, taught = echo
    gave = taught.copy()
    for i in range(len(readers)):
        members.reach[i] *= KEPT
        members.applause[i] *= KEPT
    for i in range(len(readers)):
        together = 0.0
        for c in COLLABORATION:
            together += shown.hours[i, c]
        tally[COLLABORATION_HOURS] += together
        if posts.dimension[i] < 0:
            continue
        members.reach[i] += readers[i]
        a = posts.author[i]
        if a >= 0:
            members.applause[a] += likes[i]
            encouragement[a] += rule.like * likes[i]
            gave[a] |= likes[i] > 0
        if a >= 0 and a != i:
            members.reach[a] += readers[i]
        if a == i and likes[i] == 0:
            encouragement[i] -= rule.silence
        if a != i or readers[i] == 0 or rule.working_out_loud == 0.0:
            continue
        tally[VISIBLE_HOURS] += rule.working_out_loud * together
        encouragement[i] += rule.recognition * rule.working_out_loud
        word = fold(key, person[i])
        for n in range(shown.noticed[i] if seen_by_manager[i] else 0):
            if draw(word, n, 0) >= rule.working_out_loud * shown.reacts:
                continue
            if draw(word, n, 1) < shown.inclusiveness[i]:
                encouragement[i] += 1.0
                tally[REACTIONS_KIND] += 1.0
            else:
                reprimanded[i] += 1
                tally[REPRIMANDS] += 1.0
    return gave

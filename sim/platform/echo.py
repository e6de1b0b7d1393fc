"""Echo: what comes back to who wrote; readers, likes or silence, recognition, and exposure."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import in_place
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
    #: Chance that the manager reacts to a failure that becomes visible by working out loud.
    reacts: float


class Shown(NamedTuple):
    """What working out loud shows of a person: hours (people, activities), and failures."""

    hours: NDArray[np.float32]
    #: (people,) last week's failures that were worked around, and how inclusive the manager is.
    noticed: NDArray[np.int32]
    inclusiveness: NDArray[np.float32]


@in_place
def come_back(posts, echo, members, shown, encouragement, reprimanded, rule, person, tally, key):
    """Let what comes of the week's posts come back to those who wrote them.

    Likes go to the author of words that were passed on, readers count for both. Writes reach and
    applause, ``encouragement`` and ``reprimanded`` (people,), and adds to ``echo.gained`` who was
    liked.
    """
    dimension, author, hours = posts.dimension, posts.author, shown.hours
    readers, likes, reach, applause = echo.readers, echo.likes, members.reach, members.applause
    for i in range(len(reach)):
        reach[i] *= KEPT
        applause[i] *= KEPT
    in_all = tally[COLLABORATION_HOURS]
    for i in range(len(reach)):
        together = 0.0
        for c in COLLABORATION:
            together += hours[i, c]
        in_all += together
        if dimension[i] < 0:
            continue
        reach[i] += readers[i]
        a = author[i]
        if a >= 0:
            applause[a] += likes[i]
            encouragement[a] += rule.like * likes[i]
            echo.gained[a] |= likes[i] > 0
        if a >= 0 and a != i:
            reach[a] += readers[i]
        if a == i and likes[i] == 0:
            encouragement[i] -= rule.silence
        if a != i or readers[i] == 0 or rule.working_out_loud == 0.0:
            continue
        tally[VISIBLE_HOURS] += rule.working_out_loud * together
        encouragement[i] += rule.recognition * rule.working_out_loud
        if echo.seen_by_manager[i]:
            show_failures(i, shown, encouragement, reprimanded, rule, tally, fold(key, person[i]))
    tally[COLLABORATION_HOURS] = in_all


@in_place
def show_failures(i, shown, encouragement, reprimanded, rule, tally, word):
    """Let the manager of ``i`` react to failures of last week that working out loud shows them."""
    for n in range(shown.noticed[i]):
        if draw(word, n, 0) >= rule.working_out_loud * rule.reacts:
            continue
        if draw(word, n, 1) < shown.inclusiveness[i]:
            encouragement[i] += 1.0
            tally[REACTIONS_KIND] += 1.0
        else:
            reprimanded[i] += 1
            tally[REPRIMANDS] += 1.0

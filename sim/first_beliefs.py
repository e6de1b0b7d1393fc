"""First beliefs and traits: how the world, the code and people are drawn at the start."""

from __future__ import annotations

import numpy as np

from sim.kernels import kernel
from sim.randomness import draw, draw_normal, fold
from sim.sets import label_sets

#: How often people draw anew who are to start with a set of their own.
MOST_ATTEMPTS = 1000


@kernel
def draw_reality(reality, key):
    """Let each dimension of reality be +1 or -1 by a fair coin."""
    for d in range(len(reality)):
        reality[d] = 1 if draw(key, 0, d) < 0.5 else -1


@kernel
def write_code(code, reality, codifiable, opinion, right, key):
    """Draw a code that speaks on a share ``opinion``, ``right`` of the time.

    Where nothing is ``codifiable`` the code is silent.
    """
    for d in range(len(reality)):
        if codifiable[d] and draw(key, 1, d) < opinion:
            code[d] = reality[d] if draw(key, 2, d) < right else -reality[d]
        else:
            code[d] = 0


@kernel
def settle_beliefs(
    seats, beliefs, articulated, practice, reality, person, opinion, right, explicit, depth, key
):
    """Give the occupants of ``seats`` their first beliefs, what they can explain, and skill.

    A belief is right with chance ``right``; opinion 2/3 and right 1/2 give March's newcomers,
    who hold -1, 0 and +1 with equal chances.
    """
    # Uniform around the mean, as wide as 0 and 1 allow: no constant to choose.
    width = min(depth, 1.0 - depth)
    for seat in seats:
        word = fold(key, person[seat])
        for d in range(len(reality)):
            beliefs[seat, d] = 0
            articulated[seat, d] = False
            practice[seat, d] = 0.0
            if draw(word, 0, d) < opinion:
                beliefs[seat, d] = reality[d] if draw(word, 1, d) < right else -reality[d]
                articulated[seat, d] = draw(word, 2, d) < explicit
                practice[seat, d] = depth + width * (2.0 * draw(word, 3, d) - 1.0)


@kernel
def tell_apart(
    beliefs, articulated, practice, reality, person, opinion, right, explicit, depth, key
):
    """Let people whose set somebody on an earlier seat holds draw anew until it is their own.

    False if that does not come about: there are hardly as many sets as people.
    """
    people = len(beliefs)
    first = np.zeros(people, np.int32)
    for attempt in range(MOST_ATTEMPTS):
        if label_sets(beliefs, first) == people:
            return True
        settle_beliefs(
            np.flatnonzero(first != np.arange(people)),
            beliefs,
            articulated,
            practice,
            reality,
            person,
            opinion,
            right,
            explicit,
            depth,
            fold(key, attempt + 1),
        )
    return False


@kernel
def settle_traits(
    seats,
    person,
    ability,
    sociability,
    learning_rate,
    mindset,
    self_efficacy,
    fear,
    character,
    dominance,
    ethics,
    means,
    spreads,
    key,
):
    """Draw the traits of the people on ``seats``: normal, within 0 and 1 (ability above .2)."""
    for seat in seats:
        who = person[seat]
        ability[seat] = max(means[0] + spreads[0] * draw_normal(key, who, 0), 0.2)
        sociability[seat] = _share(means[1] + spreads[1] * draw_normal(key, who, 1))
        learning_rate[seat] = _share(means[2] + spreads[2] * draw_normal(key, who, 2))
        mindset[seat] = _share(means[3] + spreads[3] * draw_normal(key, who, 3))
        self_efficacy[seat] = _share(means[4] + spreads[4] * draw_normal(key, who, 4))
        fear[seat] = _share(means[5] + spreads[5] * draw_normal(key, who, 5))
        character[seat] = draw_normal(key, who, 6)
        dominance[seat] = _share(0.5 + 0.2 * draw_normal(key, who, 7))
        ethics[seat] = _share(means[6] + spreads[6] * draw_normal(key, who, 8))


@kernel
def _share(value):
    return min(max(value, 0.0), 1.0)

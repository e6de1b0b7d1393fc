"""A whole run compiled: people and a code that learn from each other, and nothing around them.

A replication of a published figure needs thousands of runs. Here a run is one call, and so is a
batch of runs; what happens in a period is done by the same kernels that act in ``PERIOD``, with the
same draws.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.environments.blocks import turn_over
from sim.kernels import kernel
from sim.mechanisms.codification import (
    act,
    count_votes,
    outperform_in_truth,
    performance,
    revise_code,
)
from sim.mechanisms.socialization import adopt_code
from sim.mechanisms.workforce import OCCUPANT
from sim.randomness import decision_number, draw, key
from sim.start import begin_world, settle_beliefs

MEASURES = ("code_knowledge", "mean_knowledge", "code_score", "mean_score")

WORLD = decision_number("world")
FIRST_BELIEFS = decision_number("first beliefs")
TURBULENCE = decision_number("turbulence")
LEAVING = decision_number("leaving")
SOCIALIZATION = decision_number("socialization")
CODIFICATION = decision_number("codification")
ACTIONS = decision_number("codification actions")
#: People start with an opinion on two dimensions of three, and half of their opinions are right.
OPINION, RIGHT = 2 / 3, 1 / 2


class World(NamedTuple):
    """The arrays of one organization that learns by March's rules."""

    reality: NDArray[np.int8]
    beliefs: NDArray[np.int8]
    articulated: NDArray[np.bool_]
    practice: NDArray[np.float32]
    code: NDArray[np.int8]
    person: NDArray[np.uint64]


class Rates(NamedTuple):
    """How fast people, the code, the workforce and reality change."""

    socialization: NDArray[np.float64]
    codification: float
    turnover: float
    turbulence: float


class Variant(NamedTuple):
    """Which reading of the paper."""

    stepwise: bool
    by_score: bool
    by_actions: bool


class Sheet(NamedTuple):
    """What is noted down within a period: ``code`` is the code as the period opened."""

    actions: NDArray[np.int8]
    superior: NDArray[np.bool_]
    votes: NDArray[np.int32]
    code: NDArray[np.int8]


@kernel
def settle(world, seats, seed):
    """Let the people now on ``seats`` begin with the opinions they hold at first, all tacit."""
    settle_beliefs(
        seats,
        world.beliefs,
        world.articulated,
        world.practice,
        world.reality,
        world.person,
        OPINION,
        RIGHT,
        0.0,
        0.0,
        key(seed, FIRST_BELIEFS, 0),
    )


@kernel
def begin(world, seed):
    """Newborn: reality and beliefs by chance, an empty code, everyone the first on their seat."""
    codifiable = np.ones(world.code.size, np.bool_)
    begin_world(world.reality, world.code, codifiable, 0.0, 0.0, key(seed, WORLD, 0))
    for i in range(world.person.size):
        world.person[i] = i
    settle(world, np.arange(world.person.size), seed)


@kernel
def leavers(person, chance, key):
    """Seats whose occupant leaves, each with probability ``chance``."""
    leaves = np.empty(person.size, np.bool_)
    for i in range(person.size):
        leaves[i] = draw(key, person[i], 0) < chance
    return np.flatnonzero(leaves)


@kernel
def change_surroundings(world, rates, seed, period):
    """Turbulence, then turnover: what happens to an open system before it learns."""
    if rates.turbulence > 0.0:
        turn_over(world.reality, rates.turbulence, key(seed, TURBULENCE, period))
    if rates.turnover > 0.0:
        seats = leavers(world.person, rates.turnover, key(seed, LEAVING, period))
        for seat in seats:
            world.person[seat] += OCCUPANT
        settle(world, seats, seed)


@kernel
def unsettled(beliefs, code):
    """Seats of people who do not hold exactly the code, or all seats while it is incomplete.

    Who is settled has nothing to learn from the code, acts as it does, and cannot outdo it: a
    period of learning takes place among the unsettled.
    """
    people, dimensions = beliefs.shape
    seats, count = np.empty(people, np.int64), 0
    for i in range(people):
        differs = False
        for j in range(dimensions):
            differs |= (beliefs[i, j] != code[j]) | (code[j] == 0)
        seats[count] = i
        count += differs
    return seats[:count]


@kernel
def vote_of_superiors(seats, world, views, variant, sheet):
    """Count the views of those who truly outperform the code."""
    outperform_in_truth(seats, views, world.code, world.reality, variant.by_score, sheet.superior)
    count_votes(seats, views, sheet.superior, world.code.size, sheet.votes)


@kernel
def learn(seats, world, rates, variant, seed, period, sheet):
    """One period of mutual learning; both sides learn from what the other held as it opened."""
    sheet.code[:] = world.code
    views = world.beliefs
    if variant.by_actions:
        views = sheet.actions
        act(seats, world.beliefs, world.person, key(seed, ACTIONS, period), views)
    vote_of_superiors(seats, world, views, variant, sheet)
    revise_code(
        world.code, sheet.code, sheet.votes, rates.codification, key(seed, CODIFICATION, period)
    )
    adopt_code(
        seats,
        world.beliefs,
        world.articulated,
        sheet.code,
        rates.socialization,
        variant.stepwise,
        world.person,
        key(seed, SOCIALIZATION, period),
    )


@kernel
def is_absorbed(seats, world, variant, sheet):
    """Whether nothing can change any more: all share the code, and the code will not move.

    Where the code has no opinion, people may have one that it would adopt; a person who has none
    may act luckily, so luck is granted before asking who is superior.
    """
    for i in seats:
        for j in range(world.code.size):
            if world.code[j] != 0 and world.beliefs[i, j] != world.code[j]:
                return False
    if not variant.by_actions:
        vote_of_superiors(seats, world, world.beliefs, variant, sheet)
        for j in range(world.code.size):
            if sheet.votes[j] != 0 and np.sign(sheet.votes[j]) != world.code[j]:
                return False
        return True
    for i in seats:
        for j in range(world.code.size):
            own = world.beliefs[i, j]
            sheet.actions[i, j] = own if own != 0 else world.reality[j]
    vote_of_superiors(seats, world, sheet.actions, variant, sheet)
    return not np.any(sheet.superior[seats])


@kernel
def measure(world, row):
    """Fill ``row`` with ``MEASURES``."""
    people, dimensions = world.beliefs.shape
    correct, score = 0, 0
    for i in range(people):
        correct += performance(world.beliefs[i], world.reality, False)
        score += performance(world.beliefs[i], world.reality, True)
    row[0] = performance(world.code, world.reality, False) / dimensions
    row[1] = correct / (people * dimensions)
    row[2] = performance(world.code, world.reality, True) / dimensions
    row[3] = score / (people * dimensions)


@kernel
def run(world, rates, variant, seed, periods, until_absorbed, at, series, final):
    """Run from ``world`` as it stands, in place; return the number of periods run.

    ``at`` holds ascending periods, measured into the rows of ``series``; period 0 is the start.
    """
    sheet = Sheet(
        np.empty_like(world.beliefs),
        np.empty((world.person.size, 1), np.bool_),
        np.empty(world.code.size, np.int32),
        np.empty_like(world.code),
    )
    closed = rates.turnover == 0.0 and rates.turbulence == 0.0
    measured, period = 0, 0
    while True:
        while measured < at.size and at[measured] <= period:
            measure(world, series[measured])
            measured += 1
        if period == periods:
            break
        change_surroundings(world, rates, seed, period)
        seats = unsettled(world.beliefs, world.code)
        if until_absorbed and closed and is_absorbed(seats, world, variant, sheet):
            break
        learn(seats, world, rates, variant, seed, period, sheet)
        period += 1
    measure(world, final)
    series[measured:] = final
    return period


@kernel
def run_batch(world, rates, variant, seeds, periods, until_absorbed, at, ran, series, final):
    """Run a newborn organization for each seed, on the arrays of one world."""
    for r in range(seeds.size):
        begin(world, seeds[r])
        ran[r] = run(
            world, rates, variant, seeds[r], periods, until_absorbed, at, series[r], final[r]
        )


def empty_world(people: int, dimensions: int) -> World:
    """Arrays for an organization of that size, with nobody in it yet."""
    return World(
        reality=np.zeros(dimensions, np.int8),
        beliefs=np.zeros((people, dimensions), np.int8),
        articulated=np.zeros((people, dimensions), np.bool_),
        practice=np.zeros((people, dimensions), np.float32),
        code=np.zeros(dimensions, np.int8),
        person=np.zeros(people, np.uint64),
    )

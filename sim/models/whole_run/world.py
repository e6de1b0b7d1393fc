"""What there is in a whole run: the world, its people, and the rules by which they live."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.environments.blocks import is_due, turn_over
from sim.environments.payoff import Surroundings, raise_landscape
from sim.first_beliefs import draw_reality, settle_beliefs, tell_apart, write_code
from sim.kernels import kernel
from sim.learning.peers import Slots
from sim.mechanisms.workforce import OCCUPANT
from sim.randomness import decision_number, draw, key

WORLD = decision_number("world")
FIRST_BELIEFS = decision_number("first beliefs")
TURBULENCE = decision_number("turbulence")
LEAVING = decision_number("leaving")


class World(NamedTuple):
    """What changes during a run."""

    reality: NDArray[np.int8]
    beliefs: NDArray[np.int8]
    articulated: NDArray[np.bool_]
    practice: NDArray[np.float32]
    code: NDArray[np.int8]
    person: NDArray[np.uint64]


class Ground(NamedTuple):
    """What stays as it is during a run."""

    codifiable: NDArray[np.bool_]
    fast: NDArray[np.bool_]
    partners: NDArray[np.int32]
    contributions: NDArray[np.float64]
    peak: NDArray[np.float64]


class Code(NamedTuple):
    """How people and the code learn from each other; None where neither does.

    ``rate`` is each person's, ``revision`` the code's; the two flags say which side learns at all.
    """

    rate: NDArray[np.float64]
    revision: float
    people_learn: bool
    code_learns: bool
    stepwise: bool
    by_score: bool
    by_actions: bool
    compares_all: bool


class Start(NamedTuple):
    """What people and the code know at first, and newcomers when they come."""

    opinion: float
    right: float
    newcomer_opinion: float
    newcomer_right: float
    articulated: float
    practice: float
    code_opinion: float
    code_right: float
    distinct: bool


class Rules(NamedTuple):
    """What every whole run has; none of it depends on the seed."""

    start: Start
    turnover: float
    turbulence: float
    every: int
    complexity: int
    exponent: float
    luck: np.uint64


class Landscape(NamedTuple):
    """How an NK landscape is drawn; None takes its place in a world of blocks."""

    partners: int
    tenths: bool


class Peers(NamedTuple):
    """How people learn from each other, with each person's rate and attention; None if not."""

    slots: Slots
    rate: NDArray[np.float64]
    attention: NDArray[np.float64]


@kernel
def settle(world, seats, opinion, right, start, practice, seed):
    """Let the people now on ``seats`` begin with the opinions they hold at first."""
    settle_beliefs(
        seats,
        world.beliefs,
        world.articulated,
        world.practice,
        world.reality,
        world.person,
        opinion,
        right,
        start.articulated,
        practice,
        key(seed, FIRST_BELIEFS, 0),
    )


@kernel
def begin(world, ground, start, landscape, seed):
    """Draw a world and its people; False if they found no different sets to start with."""
    draw_reality(world.reality, key(seed, WORLD, 0))
    if landscape is not None:
        raise_landscape(
            ground.partners,
            ground.contributions,
            world.reality,
            ground.peak,
            landscape.partners,
            landscape.tenths,
            key(seed, WORLD, 0),
        )
    write_code(
        world.code,
        world.reality,
        ground.codifiable,
        start.code_opinion,
        start.code_right,
        key(seed, WORLD, 0),
    )
    for i in range(world.person.size):
        world.person[i] = i
    seats = np.arange(world.person.size)
    settle(world, seats, start.opinion, start.right, start, start.practice, seed)
    return not start.distinct or tell_apart(
        world.beliefs,
        world.articulated,
        world.practice,
        world.reality,
        world.person,
        start.opinion,
        start.right,
        start.articulated,
        start.practice,
        key(seed, FIRST_BELIEFS, 0),
    )


@kernel
def leavers(person, chance, key):
    """Seats whose occupant leaves, each with probability ``chance``."""
    leaves = np.empty(person.size, np.bool_)
    for i in range(person.size):
        leaves[i] = draw(key, person[i], 0) < chance
    return np.flatnonzero(leaves)


@kernel
def change_surroundings(world, rules, seed, period):
    """Turbulence, then turnover: what happens to an open system before it learns."""
    start = rules.start
    if rules.turbulence > 0.0 and is_due(period, rules.every):
        turn_over(world.reality, rules.turbulence, key(seed, TURBULENCE, period))
    if rules.turnover > 0.0:
        seats = leavers(world.person, rules.turnover, key(seed, LEAVING, period))
        for seat in seats:
            world.person[seat] += OCCUPANT
        settle(world, seats, start.newcomer_opinion, start.newcomer_right, start, 0.0, seed)


@kernel
def surroundings_of(world, ground, complexity):
    """What decides on the worth of a set in this world."""
    return Surroundings(world.reality, complexity, ground.partners, ground.contributions)

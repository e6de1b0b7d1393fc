"""The loop of a run, and of many."""

from __future__ import annotations

import numpy as np

from sim.census import count_beliefs
from sim.environments.payoff import payoffs
from sim.kernels import kernel
from sim.models.whole_run.learning import empty_sheet, learn_mutually, learn_together, unsettled
from sim.models.whole_run.stopping import agrees_with_code, is_at_rest
from sim.models.whole_run.world import begin, change_surroundings, surroundings_of
from sim.randomness import course


@kernel
def measure(world, ground, rules, row):
    """Fill ``row`` with what a census counts."""
    count_beliefs(
        world.beliefs,
        world.articulated,
        world.code,
        ground.codifiable,
        ground.fast,
        surroundings_of(world, ground, rules.complexity),
        ground.peak,
        rules.exponent,
        row,
    )


@kernel
def run(world, ground, rules, code, peers, ties, seed, periods, until_rest, at, series, final):
    """Run from ``world`` as it stands, in place; return the number of periods run.

    ``at`` holds ascending periods, measured into the rows of ``series``; period 0 is the start.
    Where nobody learns from the code, nor it from them, ``code`` is None, and where nobody learns
    from others ``peers``: what they would need is then not compiled.
    """
    people, dimensions = world.beliefs.shape
    sheet = empty_sheet(people, dimensions)
    # Kernels that act each period are handed no more arrays than they need: each costs time.
    closed = rules.turnover == 0.0 and rules.turbulence == 0.0
    seats = np.arange(people)
    measured, period, holds = 0, 0, True
    while True:
        while measured < at.size and at[measured] <= period:
            measure(world, ground, rules, series[measured])
            measured += 1
        if period == periods:
            break
        if not closed:
            change_surroundings(world, rules, seed, period)
        if code is not None:
            seats = unsettled(world.beliefs, world.code)
            holds = agrees_with_code(seats, world.beliefs, world.code, code.people_learn)
        if peers is not None:
            surroundings = surroundings_of(world, ground, rules.complexity)
            payoffs(world.beliefs, surroundings, sheet.merit)
        may_rest = until_rest and closed and holds
        if may_rest and is_at_rest(seats, world, ground, rules, code, peers, ties, sheet):
            break
        if peers is not None:
            opening = world.beliefs.copy()
        if code is not None:
            learn_mutually(seats, world, ground.codifiable, code, seed, period, sheet)
        if peers is not None:
            learn_together(opening, world, surroundings, ties, peers, seed, period, sheet.merit)
        period += 1
    measure(world, ground, rules, final)
    series[measured:] = final
    return period


@kernel
def run_batch(
    world,
    ground,
    rules,
    landscape,
    code,
    peers,
    ties,
    seeds,
    periods,
    until_rest,
    at,
    ran,
    series,
    final,
):
    """Run an organization for each seed, on the arrays of one world.

    False if people of one seed found no different sets to start with.
    """
    for r in range(seeds.size):
        if not begin(world, ground, rules.start, landscape, seeds[r]):
            return False
        ran[r] = run(
            world,
            ground,
            rules,
            code,
            peers,
            ties,
            course(seeds[r], rules.luck),
            periods,
            until_rest,
            at,
            series[r],
            final[r],
        )
    return True

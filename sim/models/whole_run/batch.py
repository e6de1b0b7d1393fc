"""From a scenario and seeds to the results of whole runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.census import NAMES
from sim.combination import check_combination
from sim.environments.landscape import landscape_sizes
from sim.environments.nk import PARTNERS
from sim.errors import InputProblem, Problem
from sim.learning.peers import Ties
from sim.mechanisms.interpersonal import is_idle, slots_of
from sim.mechanisms.socialization import fast_seats, rates
from sim.models.whole_run.loop import run_batch
from sim.models.whole_run.scope import not_whole, obstacles
from sim.models.whole_run.world import Code, Ground, Landscape, Peers, Rules, Start, World
from sim.networks import build_network, depends_on_seed, no_network, plan_of
from sim.places.membership import cells_for, divide
from sim.randomness import ZERO, decision_number, key
from sim.start import codifiable_dimensions, draws, too_alike

if TYPE_CHECKING:
    from sim.scenario.settings import Settings

FIRST_CELLS = decision_number("first cells")
NETWORK = decision_number("network")

#: What a whole run measures: what a census counts, and how long it took.
MEASURED = (*NAMES, "periods_run")


@dataclass(frozen=True)
class Runs:
    """What came out of a batch of runs; arrays are by run, in the order of the seeds.

    ``periods`` is the number of periods run. ``final`` holds each of ``MEASURED`` at the end, of
    shape (runs,), and ``series`` the same at the periods ``at``, of shape (runs, len(at)); a run
    that stopped before keeps its last value. ``world`` is as the last run left it.
    """

    periods: NDArray[np.int64]
    final: dict[str, NDArray[np.float64]]
    at: tuple[int, ...]
    series: dict[str, NDArray[np.float64]]
    world: World


def run_seeds(
    settings: Settings, seeds: Sequence[int] | NDArray[Any], at: Sequence[int] = ()
) -> Runs:
    """Run a scenario once for each seed, in one compiled call.

    ``at`` names the periods that ``Runs.series`` shows, in ascending order; 0 is the start.

    Raises
    ------
    InputProblem
        For a scenario that cannot be run as a whole, and for settings that do not go together.
    """
    check_combination(settings)
    if obstacles(settings):
        raise not_whole(settings)
    if list(at) != sorted(at) or any(period < 0 for period in at):
        raise InputProblem(Problem("periods to show must ascend from 0", key="at"))
    words = np.asarray(seeds, np.uint64)
    world, ground = arrays_of(settings)
    ran = np.zeros(len(seeds), np.int64)
    final = np.zeros((len(seeds), len(NAMES)))
    series = np.zeros((len(seeds), len(at), len(NAMES)))
    for part, ties in networks_of(settings, words):
        found = run_batch(
            world,
            ground,
            rules_of(settings),
            landscape_of(settings),
            code_of(settings),
            peers_of(settings),
            ties,
            words[part],
            settings.periods,
            settings.run.stop == "absorption",
            np.asarray(at, np.int64),
            ran[part],
            series[part],
            final[part],
        )
        if not found:
            raise too_alike(settings.people, settings.dimensions)
    shown = {name: series[:, :, k] for k, name in enumerate(NAMES)}
    shown["periods_run"] = np.minimum.outer(ran, np.asarray(at, np.int64)).astype(np.float64)
    finals = {name: final[:, k] for k, name in enumerate(NAMES)}
    finals["periods_run"] = ran.astype(np.float64)
    return Runs(ran, finals, tuple(at), shown, world)


def networks_of(settings: Settings, seeds: NDArray[np.uint64]) -> Iterator[tuple[slice, Ties]]:
    """The ties of all seeds: parts of the seeds that share a network, each with it."""
    people, network = settings.people, settings.network
    if peers_of(settings) is None or (network.kind == "none" and not network.added):
        yield slice(None), Ties(np.zeros(people + 1, np.int64), np.empty(0, np.int32))
        return
    plan, cell = plan_of(network, people), np.empty(0, np.int32)
    for k in range(len(seeds) if depends_on_seed(network) else min(1, len(seeds))):
        if network.kind == "cells":
            luck = draws(np.uint64(key(seeds[k], FIRST_CELLS, ZERO)), people)
            cell = divide(luck, cells_for(people, settings.cells.size))
        start, tie, found = build_network(plan, cell, np.uint64(key(seeds[k], NETWORK, ZERO)))
        if not found:
            raise no_network(network)
        yield slice(k, k + 1) if depends_on_seed(network) else slice(None), Ties(start, tie)


def rules_of(settings: Settings) -> Rules:
    """What every whole run has, as numbers for kernels."""
    off, environment = settings.without, settings.environment
    return Rules(
        start=start_of(settings),
        turnover=0.0 if "workforce" in off else settings.workforce.turnover,
        turbulence=0.0 if "environment" in off else environment.turbulence,
        every=environment.every,
        complexity=environment.complexity,
        exponent=environment.exponent,
        luck=np.uint64(settings.run.luck),
    )


def code_of(settings: Settings) -> Code | None:
    """How people and the code learn from each other, None where neither does."""
    off = settings.without
    socialization, codification = settings.socialization, settings.codification
    rate = rates(socialization, settings.people)
    people_learn = "socialization" not in off and bool(rate.any())
    code_learns = "codification" not in off and codification.rate > 0.0
    if not (people_learn or code_learns):
        return None
    return Code(
        rate=rate,
        revision=codification.rate,
        people_learn=people_learn,
        code_learns=code_learns,
        stepwise=socialization.transfer == "stepwise",
        by_score=codification.performance == "score",
        by_actions=codification.votes == "actions",
        compares_all=codification.compares == "all",
    )


def landscape_of(settings: Settings) -> Landscape | None:
    """How the NK landscape is drawn, None in a world of blocks."""
    environment = settings.environment
    if environment.landscape != "nk":
        return None
    return Landscape(PARTNERS[environment.partners], environment.contributions == "tenths")


def peers_of(settings: Settings) -> Peers | None:
    """How people learn from each other, None where they do not."""
    rule, people = settings.interpersonal, settings.people
    if "interpersonal" in settings.without or is_idle(rule):
        return None
    return Peers(slots_of(rule), np.full(people, rule.rate), np.full(people, rule.attention))


def start_of(settings: Settings) -> Start:
    """What people and the code know at first."""
    start, workforce = settings.start, settings.workforce
    return Start(
        opinion=start.opinion,
        right=start.right,
        newcomer_opinion=workforce.newcomer_opinion,
        newcomer_right=workforce.newcomer_right,
        articulated=start.articulated,
        practice=start.practice,
        code_opinion=start.code_opinion,
        code_right=start.code_right,
        distinct=start.distinct,
    )


def arrays_of(settings: Settings) -> tuple[World, Ground]:
    """Arrays for an organization of that size, with nobody in it yet."""
    people, dimensions = settings.people, settings.dimensions
    sizes = landscape_sizes(settings)
    world = World(
        reality=np.zeros(dimensions, np.int8),
        beliefs=np.zeros((people, dimensions), np.int8),
        articulated=np.zeros((people, dimensions), np.bool_),
        practice=np.zeros((people, dimensions), np.float32),
        code=np.zeros(dimensions, np.int8),
        person=np.zeros(people, np.uint64),
    )
    ground = Ground(
        codifiable=codifiable_dimensions(dimensions, settings.environment.tacit),
        fast=fast_seats(people, settings.socialization.share_fast),
        partners=np.zeros((dimensions, sizes["partners"]), np.int32),
        contributions=np.zeros((dimensions, sizes["patterns"])),
        peak=np.zeros(sizes["peaks"]),
    )
    return world, ground

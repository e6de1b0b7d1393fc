"""Points that no table has: the compiled rules against plain programs of the same papers.

Both are samples. Of a right pair of programs one comparison in ten thousand differs by more than
3.89 joint standard errors; there are some forty here.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from oracles import barkoczi_galesic, fang, lazer_friedman, miller

from sim.models.whole_run.batch import run_seeds
from sim.scenario.loading import load_scenario

SURE = 3.89
OUR_RUNS, THEIR_RUNS = 600, 150

#: What an oracle calls a setting of a scenario.
FANG = {
    "cell_size": "cells.size",
    "rewiring": "network.rewiring",
    "directed": "network.directed",
    "complexity": "environment.complexity",
    "rate": "interpersonal.rate",
    "undecided": "interpersonal.undecided",
    "turnover": "workforce.turnover",
    "turbulence": "environment.turbulence",
    "every": "environment.every",
}
MILLER = {
    "tacit": "environment.tacit",
    "socialization": "socialization.rate",
    "codification": "codification.rate",
    "interpersonal": "interpersonal.rate",
    "search": "interpersonal.search",
    "turnover": "workforce.turnover",
    "compares": "codification.compares",
}
SEARCH = {
    "interdependence": "environment.interdependence",
    "partners": "environment.partners",
    "contributions": "environment.contributions",
    "network": "network.kind",
    "neighbours": "network.neighbours",
    "density": "network.density",
    "rewired": "network.rewired",
    "added": "network.added",
    "velocity": "interpersonal.attention",
    "copying_error": "interpersonal.copying_error",
    "aggregate": "interpersonal.aggregate",
    "sample": "interpersonal.sample",
}


def standard_error(values):
    return values.std(ddof=1) / math.sqrt(values.size)


def assert_alike(preset, oracle, names, point, measures, periods, extra=(), at=()):
    """Our runs of a preset and the oracle's have the same means at one point."""
    changes = {names.get(name, name): value for name, value in point.items()}
    sets = [f"{name}={value}" for name, value in changes.items()]
    settings = load_scenario(preset, sets=[*sets, f"periods={periods}", *extra]).settings
    ours = run_seeds(settings, range(OUR_RUNS), at)
    show = {"at": at} if at else {}
    theirs = [oracle.run(s, **point, periods=periods, **show) for s in range(THEIR_RUNS)]
    pairs = {name: (ours.final[name], name) for name in measures}
    for k, period in enumerate(at):
        pairs[f"{period}"] = (ours.series["mean_payoff"][:, k], f"mean_payoff@{period}")
    for own, name in pairs.values():
        other = np.array([result[name] for result in theirs])
        joint = math.hypot(standard_error(own), standard_error(other))
        assert abs(own.mean() - other.mean()) <= SURE * joint + 1e-12, (
            name,
            own.mean(),
            other.mean(),
        )


SMALL_FANG = {"people": 60, "dimensions": 24, "cell_size": 6, "complexity": 3, "rate": 0.45}


@pytest.mark.long
@pytest.mark.parametrize(
    "point",
    [
        {"rewiring": 0.15},
        {"rewiring": 0.4, "directed": True},
        {"rewiring": 0.25, "undecided": "camp"},
        {"rewiring": 0.25, "undecided": "give_up", "complexity": 2},
        {"rewiring": 0.25, "turnover": 0.04},
        {"rewiring": 0.25, "turbulence": 0.2, "every": 7},
    ],
)
def test_semi_isolated_groups(point):
    extra = ["run.stop=periods"] if {"turnover", "turbulence"} & set(point) else []
    measures = ("mean_payoff", "best_payoff", "dissimilarity")
    point = {**SMALL_FANG, **point}
    assert_alike("classics/fang2010", fang, FANG, point, measures, 60, extra, at=(3, 12))


SMALL_MILLER = {"people": 36, "dimensions": 40, "tacit": 10, "socialization": 0.3}


@pytest.mark.long
@pytest.mark.parametrize(
    "point",
    [
        {"codification": 0.7, "interpersonal": 0.4},
        {"codification": 0.2, "interpersonal": 0.8, "search": "distant"},
        {"codification": 0.9, "interpersonal": 0.15, "search": "local_then_distant"},
        {"codification": 0.3, "interpersonal": 0.5, "compares": "all"},
        {"codification": 0.4, "interpersonal": 0.6, "turnover": 0.07},
        {"codification": 0.4, "interpersonal": 0.0, "turnover": 0.07, "socialization": 0.8},
    ],
)
def test_learning_from_a_code_and_from_neighbours(point):
    point = {**SMALL_MILLER, **point}
    extra = ["run.stop=periods"] if "turnover" in point else []
    measures = (
        *("mean_knowledge", "codifiable_knowledge", "uncodifiable_knowledge", "code_knowledge"),
        "distinct_sets",
    )
    assert_alike("classics/miller2006", miller, MILLER, point, measures, 80, extra)


@pytest.mark.long
@pytest.mark.parametrize(
    "point",
    [
        {"network": "line"},
        {"network": "lattice", "neighbours": 6, "velocity": 0.4},
        {"network": "lattice", "neighbours": 4, "added": 7, "copying_error": 0.3},
        {"network": "random", "density": 0.08, "interdependence": 2},
        {"network": "full", "partners": "replacement", "interdependence": 6},
        {"network": "lattice", "neighbours": 4, "rewired": 12},
    ],
)
def test_parallel_problem_solving(point):
    point = {"people": 40, "dimensions": 12, "interdependence": 4, **point}
    measures = ("mean_payoff", "distinct_sets")
    preset = "classics/lazer_friedman2007"
    assert_alike(preset, lazer_friedman, SEARCH, point, measures, 60, at=(1, 4, 15))


@pytest.mark.long
@pytest.mark.parametrize(
    "point",
    [
        {"aggregate": "modal", "sample": 4},
        {"aggregate": "best", "sample": 2, "network": "caveman", "neighbours": 9},
        {"aggregate": "modal", "sample": 5, "network": "lattice", "neighbours": 8},
        {"aggregate": "random"},
        {"aggregate": "none", "interdependence": 6},
        {"aggregate": "modal", "sample": 3, "partners": "any", "contributions": "tenths"},
    ],
)
def test_social_learning_strategies(point):
    point = {"people": 50, "dimensions": 10, "interdependence": 3, **point}
    measures = ("mean_payoff", "distinct_sets")
    preset = "classics/barkoczi_galesic2016"
    assert_alike(preset, barkoczi_galesic, SEARCH, point, measures, 90, at=(5, 20))

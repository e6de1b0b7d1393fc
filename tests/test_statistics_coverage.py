"""How often the intervals and tests of the studies hold what they promise, by simulation.

Every case states its coverage (of a test: the share of studies without a false alarm), by theory
where there is one, and as measured once over ``MEASURED`` simulated studies (``MEASURED_SLOW`` for
those of a whole table). Many are not the nominal 95 %, and are stated all the same. Each test
simulates anew and must come within 4 standard errors of theory, or else of the measurement: those
of its own binomial count and of the measurement's. A right number fails one seed in about 16,000.
The fast suite simulates fewer studies than ``pytest -m long``. Bootstraps have 999 resamples here.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.studies.statistics import (
    bca_difference,
    bca_interval,
    bca_ratio,
    cohen_d,
    d_paired,
    equivalent,
    holm,
    log_rank,
    main_effects,
    mean_interval,
    paired_difference,
    passage_quantile,
    probability_of_superiority,
    regress,
    restricted_mean,
    stopping,
)

MEASURED, MEASURED_SLOW = 20_000, 5_000
SHORT, LONG = 200, 5_000
SHORT_SLOW, LONG_SLOW = 50, 1_000

Generator = np.random.Generator
Study = Callable[[Generator], bool]


def normal(rng: Generator, n: int) -> np.ndarray:
    return rng.normal(0.0, 1.0, n)


def exponential(rng: Generator, n: int) -> np.ndarray:
    return rng.exponential(1.0, n) - 1.0


def lognormal(rng: Generator, n: int) -> np.ndarray:
    """Skewness 6.2: few measures of the model are as skewed."""
    return rng.lognormal(0.0, 1.0, n) - np.exp(0.5)


def counts(rng: Generator, n: int) -> np.ndarray:
    """Rare events: Poisson with mean 1, so often 0, 1 or 2."""
    return rng.poisson(1.0, n) - 1.0


def holds(interval: Any, truth: float) -> bool:
    return bool(interval.low <= truth <= interval.high)


def t_mean(draw: Callable[..., np.ndarray], n: int) -> Study:
    return lambda rng: holds(mean_interval(draw(rng, n)), 0.0)


def bca_mean(draw: Callable[..., np.ndarray], n: int) -> Study:
    return lambda rng: holds(bca_interval(draw(rng, n), resamples=999), 0.0)


def bca_median(n: int) -> Study:
    return lambda rng: holds(bca_interval(normal(rng, n), "median", resamples=999), 0.0)


def paired(draw: Callable[..., np.ndarray], n: int, bca: bool = False) -> Study:
    """Runs share a world; the second scenario's own chance is drawn, shifted by 0.5."""

    def study(rng: Generator) -> bool:
        world = 3 * normal(rng, n)
        a, b = world + 0.3 * normal(rng, n), world + 0.5 + draw(rng, n)
        return holds(bca_difference(a, b, resamples=999) if bca else paired_difference(a, b), 0.5)

    return study


def ratio(n: int) -> Study:
    def study(rng: Generator) -> bool:
        world = rng.gamma(4.0, 1.0, n)
        return holds(bca_ratio(world, 1.5 * world * rng.gamma(9.0, 1 / 9, n), resamples=999), 1.5)

    return study


def sequential(draw: Callable[..., np.ndarray], half_width: float, at_least: int = 10) -> Study:
    """The interval at the stop, in batches as large as the first look, at most 2,000 runs."""

    def study(rng: Generator) -> bool:
        values = draw(rng, 2000)
        stop = stopping(values, half_width, batch=at_least, at_least=at_least)
        return holds(mean_interval(values[: stop.n]), 0.0)

    return study


def standardized(kind: str, n: int, effect: float = 0.8) -> Study:
    """Standardized differences of runs alike by 0.5, or independent; true d = ``effect``."""

    def study(rng: Generator) -> bool:
        world = normal(rng, n) if kind != "independent" else np.zeros(n)
        scale = sqrt(2) if kind != "independent" else 1.0
        a = (world + normal(rng, n)) / scale
        b = (world + normal(rng, n)) / scale + effect
        if kind == "d_paired":  # differences have variance 1 as the two are alike by 0.5
            return holds(d_paired(a, b), effect)
        return holds(cohen_d(a, b, paired=kind == "d"), effect)

    return study


def superiority(n: int, chance: float) -> Study:
    return lambda rng: holds(
        probability_of_superiority(np.zeros(n), np.where(rng.random(n) < chance, 1.0, -1.0)), chance
    )


def wilson_coverage(n: int, chance: float) -> float:
    """Of all counts that n trials can give, the probability of those whose interval holds."""
    return sum(
        float(stats.binom.pmf(count, n, chance))
        for count in range(n + 1)
        if holds(stats.binomtest(count, n).proportion_ci(method="wilson"), chance)
    )


def runs_of(points: pd.DataFrame, seeds: np.ndarray, value: np.ndarray) -> pd.DataFrame:
    """A table of runs: every point on the seeds given for it (shape points x seeds)."""
    many = seeds.shape[1]
    table = points.loc[points.index.repeat(many)].reset_index(names="point")
    table.insert(0, "scenario", "a")
    return table.assign(seed=seeds.ravel(), status="done", error="", y=value.ravel())


GRID = pd.DataFrame(
    [(x, word) for x in (1, 2, 3) for word in ("calm", "wild")], columns=["x", "world"]
)


def clustered(seeds: int, share: float = 1.0, own: bool = False) -> Study:
    """The slope on x, where seeds differ in level and in slope; ``share`` of all points a seed."""

    def study(rng: Generator) -> bool:
        level, slope = 2 * normal(rng, seeds), 0.5 + 0.5 * normal(rng, seeds)
        x = GRID["x"].to_numpy()[:, None] - 2.0
        value = level + slope * x + 0.5 * rng.normal(size=(len(GRID), seeds))
        names = np.tile(np.arange(seeds), (len(GRID), 1))
        if own:
            value = 0.5 * x + rng.normal(size=value.shape)
            names = np.arange(value.size).reshape(value.shape)
        table = runs_of(GRID, names, value)
        table = table[rng.random(len(table)) < share]
        row = regress(table, "y").set_index("term").loc["x"]
        # With the product in the model, the slope is that in the first world.
        return bool(row["low"] <= 0.5 <= row["high"])

    return study


def sampled(points: int, seeds: int) -> Study:
    """A level's mean over other sampled points and other seeds; the other factor matters."""

    def study(rng: Generator) -> bool:
        x, other = rng.permutation(points) / points, rng.random(points)
        names = np.tile(np.arange(seeds), (points, 1))
        world = normal(rng, seeds) if seeds > 1 else 0.0
        value = 2 * (other[:, None] - 0.5) + world + 0.5 * rng.normal(size=(points, seeds))
        table = runs_of(pd.DataFrame({"x": x, "other": other}), names, value)
        return holds(main_effects(table, "x", "y").iloc[0], 0.0)

    return study


def passage(rng: Generator, n: int, mean: float, weekly: bool) -> tuple[np.ndarray, np.ndarray]:
    """Exponential times, those beyond week 100 censored."""
    times = rng.exponential(mean, n)
    times = np.ceil(times) if weekly else times
    return np.minimum(times, 100.0), times <= 100


def median_passage(n: int, mean: float, weekly: bool = False) -> Study:
    truth = mean * np.log(2)
    # By the end of the week in which the median lies, half have passed for the first time.
    truth = float(np.ceil(truth)) if weekly else truth
    return lambda rng: holds(passage_quantile(*passage(rng, n, mean, weekly)), truth)


def mean_passage(n: int, mean: float) -> Study:
    truth = mean * (1 - np.exp(-100 / mean))
    return lambda rng: holds(restricted_mean(*passage(rng, n, mean, False), 100.0), truth)


def no_log_rank_alarm(n: int, shared: bool, stratified: bool) -> Study:
    """No alarm at 5 % where both scenarios have the same times in law; shared worlds or not."""

    def study(rng: Generator) -> bool:
        world = rng.gamma(2.0, 1.0, n) if shared else np.ones(n)
        times = np.concatenate([rng.exponential(40 / world), rng.exponential(40 / world)])
        reached = times <= 100
        groups, seeds = np.repeat([0, 1], n), np.tile(np.arange(n), 2)
        cut = np.minimum(times, 100.0)
        return log_rank(cut, reached, groups, seeds if stratified else None) >= 0.05

    return study


def not_called_equivalent(draw: Callable[..., np.ndarray], n: int) -> Study:
    """The true difference is the margin: calling it equivalent is the error, at 5 %."""

    def study(rng: Generator) -> bool:
        a = normal(rng, n)
        return equivalent(a, a + 1.0 + draw(rng, n), 1.0) >= 0.05

    return study


def no_holm_alarm(tests: int, true: int, alike: float) -> Study:
    """No false alarm in a family at 5 %; ``true`` effects are large, p values alike in worlds."""

    def study(rng: Generator) -> bool:
        world = rng.normal(size=(12, 1)) * sqrt(alike)
        values = world + sqrt(1 - alike) * rng.normal(size=(12, tests))
        values[:, :true] += 3
        zero = np.zeros(12)
        p = holm([paired_difference(zero, column).p for column in values.T])
        return not np.any(p[true:] < 0.05)

    return study


#: name: (study, coverage by theory or None, coverage as measured)
CASES: dict[str, tuple[Study, float | None, float]] = {
    "t, normal, n 10": (t_mean(normal, 10), 0.95, 0.9514),
    "t, exponential, n 10": (t_mean(exponential, 10), None, 0.8975),
    "t, exponential, n 30": (t_mean(exponential, 30), None, 0.9308),
    "t, exponential, n 100": (t_mean(exponential, 100), None, 0.9432),
    "t, lognormal, n 10": (t_mean(lognormal, 10), None, 0.8374),
    "t, lognormal, n 30": (t_mean(lognormal, 30), None, 0.8826),
    "t, lognormal, n 100": (t_mean(lognormal, 100), None, 0.9189),
    "t, counts, n 10": (t_mean(counts, 10), None, 0.9442),
    "t, counts, n 30": (t_mean(counts, 30), None, 0.9414),
    "BCa, normal, n 10": (bca_mean(normal, 10), None, 0.8953),
    "BCa, normal, n 30": (bca_mean(normal, 30), None, 0.9325),
    "BCa, exponential, n 10": (bca_mean(exponential, 10), None, 0.8659),
    "BCa, exponential, n 30": (bca_mean(exponential, 30), None, 0.9204),
    "BCa, exponential, n 100": (bca_mean(exponential, 100), None, 0.9375),
    "BCa, lognormal, n 10": (bca_mean(lognormal, 10), None, 0.8226),
    "BCa, lognormal, n 30": (bca_mean(lognormal, 30), None, 0.8848),
    "BCa, lognormal, n 100": (bca_mean(lognormal, 100), None, 0.9185),
    "BCa, counts, n 10": (bca_mean(counts, 10), None, 0.9235),
    "BCa, counts, n 30": (bca_mean(counts, 30), None, 0.9406),
    "BCa, median of normal, n 30": (bca_median(30), None, 0.9388),
    "paired t, normal, n 10": (paired(normal, 10), 0.95, 0.9487),
    "paired t, exponential, n 30": (paired(exponential, 30), None, 0.9352),
    "paired BCa, normal, n 30": (paired(normal, 30, bca=True), None, 0.9318),
    "paired BCa, exponential, n 30": (paired(exponential, 30, bca=True), None, 0.9241),
    "ratio BCa, gamma, n 30": (ratio(30), None, 0.9157),
    "sequential, normal, 0.5 sd": (sequential(normal, 0.5), None, 0.9392),
    "sequential, normal, 0.3 sd": (sequential(normal, 0.3), None, 0.9433),
    "sequential, normal, 0.1 sd": (sequential(normal, 0.1), None, 0.9500),
    "sequential, normal, 0.3 sd, first look at 3": (sequential(normal, 0.3, 3), None, 0.9301),
    "sequential, exponential, 0.3 sd": (sequential(exponential, 0.3), None, 0.8722),
    "d, pairs, n 20": (standardized("d", 20), None, 0.9570),
    "d, independent, n 10 and 10": (standardized("independent", 10), 0.95, 0.9509),
    "d paired, n 10": (standardized("d_paired", 10), 0.95, 0.9488),
    "superiority, 0.7, n 20": (superiority(20, 0.7), wilson_coverage(20, 0.7), 0.9748),
    "regression, 5 seeds at all points": (clustered(5), None, 0.9566),
    "regression, 20 seeds at all points": (clustered(20), None, 0.9554),
    "regression, 8 seeds at half the points": (clustered(8, 0.5), None, 0.9420),
    "regression, 40 seeds at half the points": (clustered(40, 0.5), None, 0.9504),
    "regression, HC3, 5 runs a point": (clustered(5, own=True), None, 0.9474),
    "main effect, 64 sampled points, 10 seeds": (sampled(64, 10), None, 0.9588),
    "main effect, 64 sampled points, 1 seed": (sampled(64, 1), None, 0.9462),
    "median passage, n 10": (median_passage(10, 40), None, 0.9463),
    "median passage, n 30": (median_passage(30, 40), None, 0.9577),
    "median passage, n 100": (median_passage(100, 40), None, 0.9546),
    "median passage, half censored, n 30": (median_passage(30, 140), None, 0.9714),
    "median passage, whole weeks, n 30": (median_passage(30, 4, weekly=True), None, 0.9886),
    "restricted mean, n 30": (mean_passage(30, 60), None, 0.9514),
    "log-rank, independent, n 30": (no_log_rank_alarm(30, False, False), None, 0.9480),
    "log-rank, shared worlds, n 30": (no_log_rank_alarm(30, True, False), None, 0.9820),
    "log-rank, shared worlds, by seed, n 30": (no_log_rank_alarm(30, True, True), None, 0.9495),
    "equivalence at the margin, normal, n 10": (not_called_equivalent(normal, 10), 0.95, 0.9496),
    "equivalence at the margin, exponential, n 30": (
        not_called_equivalent(exponential, 30),
        None,
        0.8987,
    ),
    "equivalence at the margin, counts, n 30": (not_called_equivalent(counts, 30), None, 0.9322),
    "Holm, 10 true nulls": (no_holm_alarm(10, 0, 0.0), 0.995**10, 0.9490),
    "Holm, 10 true nulls, alike": (no_holm_alarm(10, 0, 0.5), None, 0.9579),
    "Holm, 5 effects and 5 nulls": (no_holm_alarm(10, 5, 0.0), None, 0.9492),
}

#: These fit a whole table each time.
SLOW = tuple(name for name in CASES if name.startswith(("regression", "main effect")))


def check(name: str, simulations: int) -> None:
    """Simulate a case and compare with theory, or with what was measured."""
    study, theory, measured = CASES[name]
    rng = np.random.default_rng([simulations, *name.encode()])
    share = sum(study(rng) for _ in range(simulations)) / simulations
    expected = measured if theory is None else theory
    before = np.inf if theory is not None else MEASURED_SLOW if name in SLOW else MEASURED
    error = sqrt(expected * (1 - expected) * (1 / simulations + 1 / before))
    assert abs(share - expected) < 4 * error, f"{share:.4f}, not {expected:.4f} +- {4 * error:.4f}"


@pytest.mark.parametrize("name", CASES)
def test_intervals_hold_what_they_are_said_to_hold(name):
    check(name, SHORT_SLOW if name in SLOW else SHORT)


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_intervals_hold_what_they_are_said_to_hold_to_a_percent_or_two(name):
    check(name, LONG_SLOW if name in SLOW else LONG)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[1] is not None])
def test_what_was_measured_agrees_with_theory(name):
    _, theory, measured = CASES[name]
    assert theory is not None
    assert abs(measured - theory) < 4 * sqrt(theory * (1 - theory) / MEASURED)

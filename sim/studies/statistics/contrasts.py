"""A weighted sum of cell means, with an interval that knows which runs share a seed.

A cell is a scenario at a point of the design. Main effects, differences of scenarios and effects
against a base are all such sums. Runs of one seed live in the same world, so the unit of
replication is the seed: a run's deviation from the mean of its cell is weighted and added up by
seed, and the sum of squares of these sums is the variance. Where all cells have the same seeds,
this is exactly the t interval over seeds of each seed's weighted sum (a paired t interval, for two
cells); where no two cells share a seed it is Welch's (1947). In between, the degrees of freedom are
those of the cell with the fewest runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from sim.studies.statistics.paired import LEVEL, ROUNDING

Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Estimate:
    """A mean or difference with its interval; ``n`` seeds, ``runs`` runs; ``p`` against 0.

    Ends are NaN where there is one run a cell, ``p`` also where nothing varies.
    """

    mean: float
    low: float
    high: float
    n: int
    runs: int
    p: float


NOTHING = Estimate(nan, nan, nan, 0, 0, nan)


def contrast(
    value: NDArray[np.float64],
    cell: NDArray[Any],
    seed: NDArray[Any],
    weight: NDArray[np.float64],
    level: float = LEVEL,
    sample: NDArray[Any] | None = None,
) -> Estimate:
    """The sum over cells of ``weight`` times the cell's mean.

    Parameters
    ----------
    value, cell, seed : shape (runs,); finite values, and what names each run's cell and seed.
    weight : shape (runs,); the weight of the run's cell, the same for all its runs.
    sample : shape (runs,), optional; names the design point of each run, where points are a sample
        and the interval is to say how the mean over points would vary with other points too:
        variances by point and by seed are added, and that by run, counted twice, taken away
        (Cameron, Gelbach & Miller 2011). Each point's cells must weigh the same in all.
    """
    if value.size == 0:
        return NOTHING
    _, first, cells, counts = np.unique(
        cell, return_index=True, return_inverse=True, return_counts=True
    )
    weights = weight[first]
    means = np.bincount(cells, value) / counts
    mean = float(weights @ means)
    names, seeds = np.unique(seed, return_inverse=True)
    grouped = None if sample is None else np.unique(sample[first], return_inverse=True)[1]
    variance, freedom = _variance(value - means[cells], cells, seeds, weights, counts)
    if grouped is not None:
        variance, freedom = _of_sample(weights * means, grouped, variance, freedom)
    low, high, p = _ends(mean, variance, freedom, level, float(np.abs(value).max()))
    return Estimate(mean, low, high, int(names.size), int(value.size), p)


@dataclass(frozen=True)
class _Variance:
    by_seed: float
    by_run: float


def _variance(
    deviation: NDArray[np.float64],
    cells: Codes,
    seeds: Codes,
    weights: NDArray[np.float64],
    counts: NDArray[np.intp],
) -> tuple[_Variance, float]:
    """The variance of the sum over seeds, and its degrees of freedom; NaN for one run a cell."""
    if counts.min() < 2:
        return _Variance(nan, nan), nan
    scale = weights / np.sqrt(counts * (counts - 1.0))
    parts = scale[cells] * deviation
    by_cell = np.bincount(cells, parts**2)
    by_run = float(by_cell.sum())
    if seeds.max() + 1 < seeds.size:
        return _Variance(float(np.sum(np.bincount(seeds, parts) ** 2)), by_run), counts.min() - 1.0
    welch = np.sum(by_cell**2 / (counts - 1.0))
    freedom = by_run**2 / welch if welch > 0 else counts.min() - 1.0
    return _Variance(by_run, by_run), float(freedom)


def _of_sample(
    parts: NDArray[np.float64], points: Codes, within: _Variance, freedom: float
) -> tuple[_Variance, float]:
    """The variance of the sum over seeds and sampled points, and its degrees of freedom."""
    by_point = np.bincount(points, parts)
    many = by_point.size
    if many < 2:
        return within, freedom
    across = many * float(np.var(by_point, ddof=1))
    if np.isnan(within.by_seed):
        return _Variance(across, across), many - 1.0
    both = max(across + within.by_seed - within.by_run, across, within.by_seed)
    return _Variance(both, both), min(many - 1.0, freedom)


def _ends(
    mean: float, variance: _Variance, freedom: float, level: float, largest: float
) -> tuple[float, float, float]:
    if np.isnan(variance.by_seed):
        return nan, nan, nan
    error = sqrt(variance.by_seed)
    if error <= ROUNDING * largest:
        return mean, mean, nan
    half = float(stdtrit(freedom, (1 + level) / 2)) * error
    p = 2 * float(stdtr(freedom, -abs(mean) / error))
    return mean - half, mean + half, p

"""Bootstrap intervals, for measures whose runs are far from normal.

The intervals are bias-corrected and accelerated (BCa), by ``scipy.stats.bootstrap``: the way to an
interval for a median, a spread or a ratio, which lies within the range of the data and reaches
further to the long side of a skewed one. They are no cure for few runs. They learn the shape of the
distribution from those same runs, and for means of 10 to 100 they covered less often than the t
interval, or as often, in all cases tried (``tests/test_statistics_coverage.py``; 95 % asked for,
999 resamples, and 9999 add half a percent): of 10 normal runs 89.5 % (t 95), of 10 exponential ones
87 % (t 90), of 10 lognormal ones 82 % (t 84), of 30 lognormal ones 88 % (t 88). Where a measure is
that skewed, run more.

Efron, B. (1987). Better bootstrap confidence intervals. Journal of the American Statistical
Association, 82, 171-185.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from math import nan
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.studies.statistics.paired import (
    LEVEL,
    ROUNDING,
    Interval,
    _complete_pairs,
    _floats,
    mean_interval,
)

RESAMPLES = 9999
#: With fewer values the jackknife that BCa rests on says nothing.
FEWEST = 3
#: Values drawn at a time, so that memory does not grow with the number of resamples.
DRAWN_AT_ONCE = 2_000_000

Statistic = Callable[..., Any]


def _sd(values: NDArray[np.float64], axis: int = -1) -> Any:
    return np.std(values, axis=axis, ddof=1)


STATISTICS: dict[str, Statistic] = {"mean": np.mean, "median": np.median, "sd": _sd}


def bca_interval(
    values: ArrayLike,
    statistic: str | Statistic = "mean",
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval:
    """A statistic of the finite values with its BCa interval at ``level``.

    Parameters
    ----------
    values : one number a run; NaN and infinite ones are left out.
    statistic : ``"mean"``, ``"median"``, ``"sd"``, or a function of ``(values, axis)``.
    seed : the same seed and values give the same interval.

    Returns
    -------
    An ``Interval`` whose ``mean`` is the statistic. Its ends are NaN with fewer than 3 values, and
    equal to the statistic where all values are the same. Where BCa cannot be computed (a median of
    values with many ties), the ends are the plain percentiles of the resamples.

    Raises ValueError for an unknown statistic.
    """
    function = _statistic(statistic)
    finite = _floats(values)
    finite = finite[np.isfinite(finite)]
    n = finite.size
    if n == 0:
        return Interval(nan, nan, nan, 0)
    if n < FEWEST:
        enough = n > 1 or function is not _sd
        return Interval(float(function(finite, axis=-1)) if enough else nan, nan, nan, n)
    if _same(finite):
        estimate = float(function(np.full(n, finite[0]), axis=-1))
        return Interval(estimate, estimate, estimate, n)
    estimate = float(function(finite, axis=-1))
    return Interval(estimate, *_ends((finite,), function, level, resamples, seed), n)


def bca_difference(
    a: ArrayLike,
    b: ArrayLike,
    statistic: str | Statistic = "mean",
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval:
    """A statistic of the paired differences, b minus a, with its BCa interval.

    Pairs without both values are left out. Raises ValueError for lengths that differ.
    """
    first, second, _ = _complete_pairs(a, b)
    difference = second - first
    largest = max(np.abs(first).max(initial=0), np.abs(second).max(initial=0))
    if difference.size and np.ptp(difference) <= ROUNDING * largest:
        difference = np.full(difference.size, difference.mean())
    return bca_interval(difference, statistic, level, resamples, seed)


def bca_ratio(
    a: ArrayLike,
    b: ArrayLike,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval:
    """The mean of b over the mean of a, with its BCa interval; pairs are drawn together.

    The ends are NaN where the mean of a may be zero (its own t interval holds 0): the ratio is then
    not bounded at all (Fieller 1954). Pairs without both values are left out. Raises ValueError for
    lengths that differ.
    """
    first, second, _ = _complete_pairs(a, b)
    n = first.size
    below = mean_interval(first, level)
    if n == 0 or below.mean == 0:
        return Interval(nan, nan, nan, n)
    estimate = float(second.mean() / below.mean)
    if n < FEWEST or below.low <= 0 <= below.high:
        return Interval(estimate, nan, nan, n)
    if np.abs(second - estimate * first).max() <= ROUNDING * np.abs(second).max():
        return Interval(estimate, estimate, estimate, n)

    def ratio(x: NDArray[np.float64], y: NDArray[np.float64], axis: int = -1) -> Any:
        return np.mean(y, axis=axis) / np.mean(x, axis=axis)

    return Interval(estimate, *_ends((first, second), ratio, level, resamples, seed), n)


def _ends(
    samples: tuple[NDArray[np.float64], ...],
    function: Statistic,
    level: float,
    resamples: int,
    seed: int,
) -> tuple[float, float]:
    from scipy import stats

    draw: Any = stats.bootstrap

    def resample(method: str) -> tuple[float, float]:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            result: Any = draw(
                samples,
                function,
                n_resamples=resamples,
                batch=max(1, min(resamples, DRAWN_AT_ONCE // samples[0].size)),
                vectorized=True,
                paired=True,
                confidence_level=level,
                method=method,
                rng=np.random.default_rng(seed),
            )
        return float(result.confidence_interval.low), float(result.confidence_interval.high)

    ends = resample("BCa")
    return ends if np.isfinite(ends).all() else resample("percentile")


def _same(values: NDArray[np.float64]) -> bool:
    return bool(np.ptp(values) <= ROUNDING * np.abs(values).max())


def _statistic(statistic: str | Statistic) -> Statistic:
    if callable(statistic):
        return statistic
    if statistic not in STATISTICS:
        raise ValueError(
            f"no statistic {statistic!r}: one of {', '.join(STATISTICS)}, or a function"
        )
    return STATISTICS[statistic]

"""Whether what came out agrees with what was published: by the joint 99.9 % interval of both.

Both numbers come from a sample of runs, so neither is the truth. If they have the same
expectation, their difference stays within 3.29 joint standard errors in 999 cases of 1000.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot, inf, isfinite, nan, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtrc, ndtri

from sim.studies.replication.targets import Expected
from sim.studies.statistics import mean_interval

LEVEL = 0.999
#: Normal quantiles for two-sided intervals at 99.9 % and 95 %.
JOINT, USUAL = 3.29, 1.96
#: Differences below this are rounding in the last bits, not a result.
ROUNDING = 1e-9
PER = 1000
RESAMPLES = 1000


@dataclass(frozen=True)
class Estimate:
    """A mean over runs: its standard error, 95 % interval, and the runs' standard deviation."""

    mean: float
    error: float
    low: float
    high: float
    sd: float
    n: int

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2


def estimate(values: ArrayLike) -> Estimate:
    """Mean of the finite values; NaN, with n = 0, where there are none."""
    finite = np.asarray(values, float)
    finite = finite[np.isfinite(finite)]
    interval = mean_interval(finite)
    sd = float(finite.std(ddof=1)) if finite.size > 1 else nan
    error = sd / sqrt(finite.size) if finite.size else nan
    return Estimate(interval.mean, error, interval.low, interval.high, sd, finite.size)


def chance_failures(judged: int) -> int:
    """How many of ``judged`` right numbers may fail before it is more than chance.

    Each fails once in a thousand. The count is exceeded less than once in a thousand replications
    of a right model; numbers that share seeds fail together, which makes it somewhat more often.
    """
    failures = 0
    while bdtrc(failures, judged, 1 - LEVEL) >= 1 - LEVEL:
        failures += 1
    return failures


def farthest_by_chance(judged: int) -> float:
    """Joint standard errors that none of ``judged`` right numbers exceeds in 999 replications."""
    return -float(ndtri((1 - LEVEL) / 2 / max(judged, 1)))


def published_error(expected: Expected, sd: float) -> float:
    """Standard error of a published value, rounding included.

    Where only its number of runs is known, they are taken to scatter like ours, with ``sd``. A
    half-width printed as 0 may be up to half a unit of its last digit.
    """
    rounding = expected.unit / 2 / sqrt(3)
    if expected.half_width is not None:
        return hypot(max(expected.half_width, expected.half_width_unit / 2) / USUAL, rounding)
    return hypot(sd / sqrt(expected.runs) if expected.runs else 0.0, rounding)


def distance(ours: Estimate, expected: Expected) -> float:
    """How many joint standard errors two means are apart; infinitely many where ours is none."""
    joint = hypot(ours.error, published_error(expected, ours.sd))
    return _in_errors(ours.mean - expected.value, joint)


def _in_errors(difference: float, error: float) -> float:
    if abs(difference) <= ROUNDING:
        return 0.0
    return abs(difference) / error if error > 0 and isfinite(difference) else inf


def out_of_order(order: int, columns: Sequence[NDArray[np.float64]]) -> dict[int, bool]:
    """Where a statement about order fails: positions of the first of two neighbours.

    ``order`` is -1 for descending, +1 for ascending, 0 for equal. The value says whether the two
    are clearly in another order, and not just too close to tell. Runs on the same seed live in the
    same world, so differences are taken seed by seed, over the seeds that both have.
    """
    wrong = {}
    for place, (first, second) in enumerate(pairwise(columns)):
        common = min(len(first), len(second))
        rise = mean_interval(second[:common] - first[:common], LEVEL)
        if order == 0:
            holds, reverse = rise.low <= ROUNDING and rise.high >= -ROUNDING, True
        else:
            low, high = sorted((order * rise.low, order * rise.high))
            holds, reverse = low > ROUNDING, high < -ROUNDING
        if not holds:
            wrong[place] = reverse
    return wrong


def wins(first: NDArray[np.float64], second: NDArray[np.float64]) -> Estimate:
    """How often per 1000 seeds the first ends above the second, with Wilson's interval."""
    n = min(len(first), len(second))
    share = float(np.mean(first[:n] - second[:n] > ROUNDING))
    spread = share * (1 - share)
    z = USUAL
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(spread / n + (z / (2 * n)) ** 2) / (1 + z * z / n)
    error = PER * sqrt(spread / n)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Estimate(PER * share, error, PER * low, PER * high, PER * sqrt(spread), n)


def wins_distance(ours: Estimate, expected: Expected) -> float:
    """How many joint standard errors two shares are apart.

    Where the published share comes from a known number of runs, the standard error is that of the
    pooled share, so that a share of 0 or 1 is not taken for certain.
    """
    value = expected.value / PER
    if expected.runs is None or expected.half_width is not None:
        spread = ours.mean / PER if 0 < ours.mean < PER else value
        error = PER * sqrt(spread * (1 - spread) / ours.n)
        joint = hypot(error, published_error(expected, ours.sd))
    else:
        pooled = (ours.n * ours.mean / PER + expected.runs * value) / (ours.n + expected.runs)
        joint = PER * sqrt(max(0.0, pooled * (1 - pooled)) * (1 / ours.n + 1 / expected.runs))
    return _in_errors(ours.mean - expected.value, joint)


def crossing_period(rise: NDArray[np.float64]) -> float:
    """First period at which a curve of differences, from period 0 on, rises above zero.

    Linear between periods: it is where the line from the last value that was not above zero
    passes it. NaN where that never happens.
    """
    above = rise > ROUNDING
    if not above.any():
        return nan
    period = int(np.argmax(above))
    if period == 0:
        return 0.0
    before = min(float(rise[period - 1]), 0.0)
    return period - 1 + before / (before - float(rise[period]))


def crossing(rising: NDArray[np.float64], other: NDArray[np.float64]) -> Estimate:
    """Where the mean curve of ``rising`` comes to lie above that of ``other``.

    Both have shape (seeds, periods from 0 on). The interval is a bootstrap over seeds, on which
    the two stay paired; a sample whose curves do not cross counts as crossing at the end.
    """
    rise = rising - other
    n, periods = rise.shape
    period = crossing_period(rise.mean(axis=0))
    if not isfinite(period):
        return Estimate(nan, nan, nan, nan, nan, n)
    pick = np.random.default_rng(0)
    drawn = [crossing_period(rise[pick.integers(0, n, n)].mean(axis=0)) for _ in range(RESAMPLES)]
    samples = np.nan_to_num(drawn, nan=periods - 1)
    low, high = np.quantile(samples, [0.025, 0.975])
    error = float(samples.std(ddof=1))
    return Estimate(period, error, float(low), float(high), error * sqrt(n), n)

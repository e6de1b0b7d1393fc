"""How large a difference is, in standard deviations or as a share of pairs, with intervals.

Intervals of standardized differences come from the noncentral t distribution: the noncentralities
under which the t that was found lies at the one or the other tail.

- Hedges, L. V. (1981). Distribution theory for Glass's estimator of effect size. Journal of
  Educational Statistics, 6, 107-128.
- Steiger, J. H., & Fouladi, R. T. (1997). Noncentrality interval estimation. In What if there were
  no significance tests? 221-257.
- Algina, J., & Keselman, H. J. (2003). Approximate confidence intervals for effect sizes.
  Educational and Psychological Measurement, 63, 537-553.
- Wilson, E. B. (1927). Probable inference. Journal of the American Statistical Association, 22,
  209-212.
"""

from __future__ import annotations

from dataclasses import replace
from math import exp, nan, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from sim.studies.statistics.paired import (
    LEVEL,
    ROUNDING,
    Interval,
    _complete_pairs,
    _floats,
    paired_difference,
)


def cohen_d(a: ArrayLike, b: ArrayLike, *, paired: bool = True, level: float = LEVEL) -> Interval:
    """Mean difference, b minus a, over the pooled standard deviation, with its interval.

    ``paired`` runs share a seed: the interval is then that of ``d_paired`` in units of the pooled
    standard deviation (Algina & Keselman 2003), otherwise that of two independent samples, of any
    lengths. NaN ends with fewer than 2 values a side or no variance. ``n`` counts pairs, or values.

    Raises ValueError when paired lengths differ.
    """
    if not paired:
        return _independent_d(a, b, level)
    found = paired_difference(a, b, level)
    standardized = d_paired(a, b, level=level)
    if found.remark or np.isnan(found.d):
        return Interval(found.d, nan, nan, found.n)
    scale = found.d / standardized.mean if standardized.mean else _scale(a, b, found.pooled_sd)
    return Interval(found.d, scale * standardized.low, scale * standardized.high, found.n)


def hedges_g(a: ArrayLike, b: ArrayLike, *, paired: bool = True, level: float = LEVEL) -> Interval:
    """``cohen_d`` without its bias upward in small samples (Hedges 1981)."""
    d = cohen_d(a, b, paired=paired, level=level)
    freedom = d.n - 1 if paired else d.n - 2
    if freedom < 2:
        return replace(d, mean=nan, low=nan, high=nan)
    shrink = exp(gammaln(freedom / 2) - gammaln((freedom - 1) / 2)) / sqrt(freedom / 2)
    return Interval(shrink * d.mean, shrink * d.low, shrink * d.high, d.n)


def d_paired(a: ArrayLike, b: ArrayLike, *, level: float = LEVEL) -> Interval:
    """Mean paired difference, b minus a, over the differences' standard deviation, with interval.

    NaN where there are fewer than 2 pairs or the difference never varies.
    """
    found = paired_difference(a, b, level)
    if np.isnan(found.d_paired):
        return Interval(nan, nan, nan, found.n)
    root = sqrt(found.n)
    low, high = _noncentralities(found.d_paired * root, found.n - 1, level)
    return Interval(found.d_paired, low / root, high / root, found.n)


def probability_of_superiority(a: ArrayLike, b: ArrayLike, *, level: float = LEVEL) -> Interval:
    """Share of pairs in which b is above a, ties counted half, with its Wilson interval.

    0.5 says that neither is ahead more often. With ties the interval is somewhat too wide, since
    a half varies less than a whole. NaN without a complete pair. Raises ValueError for lengths that
    differ.
    """
    from statsmodels.stats.proportion import proportion_confint

    first, second, _ = _complete_pairs(a, b)
    n = first.size
    if n == 0:
        return Interval(nan, nan, nan, 0)
    ahead = float(np.sum(second > first) + 0.5 * np.sum(second == first))
    low, high = proportion_confint(ahead, n, alpha=1 - level, method="wilson")
    return Interval(ahead / n, max(0.0, float(low)), min(1.0, float(high)), n)


def _independent_d(a: ArrayLike, b: ArrayLike, level: float) -> Interval:
    first, second = (values[np.isfinite(values)] for values in (_floats(a), _floats(b)))
    n, m = first.size, second.size
    if min(n, m) < 2:
        return Interval(nan, nan, nan, n + m)
    pooled = sqrt(((n - 1) * first.var(ddof=1) + (m - 1) * second.var(ddof=1)) / (n + m - 2))
    if pooled <= ROUNDING * max(np.abs(first).max(), np.abs(second).max()):
        return Interval(nan, nan, nan, n + m)
    d = float(second.mean() - first.mean()) / pooled
    root = sqrt(n * m / (n + m))
    low, high = _noncentralities(d * root, n + m - 2, level)
    return Interval(d, low / root, high / root, n + m)


def _scale(a: ArrayLike, b: ArrayLike, pooled: float) -> float:
    first, second, _ = _complete_pairs(a, b)
    return float(np.std(second - first, ddof=1)) / pooled


def _noncentralities(t: float, freedom: int, level: float) -> tuple[float, float]:
    """The noncentralities at which ``t`` is the upper or the lower tail of its distribution."""
    # scipy.special.nctdtrinc has the inverse, but ignores t where t is near 0.
    from scipy.optimize import brentq
    from scipy.stats import nct

    tail = (1 - level) / 2
    # About the standard deviation of t about its noncentrality.
    step = 4 * sqrt(1 + t**2 / (2 * freedom))

    def end(share: float) -> float:
        def off(shift: float) -> float:
            below = float(nct.cdf(t, freedom, shift))
            # Far out, where the sum does not converge, the probability is 1 or 0.
            return (below if np.isfinite(below) else float(shift < t)) - share

        low, high = t - step, t + step
        while off(low) < 0:
            low -= step
        while off(high) > 0:
            high += step
        return float(brentq(off, low, high, xtol=1e-10))

    return end(1 - tail), end(tail)

"""Whether two scenarios differ, are as good as the same, or cannot be told apart.

A wide interval around 0 is no evidence of "no effect". Equivalence is shown by two one-sided
tests, each at ``alpha``: the interval at ``1 - 2 alpha`` lies wholly within the margin.

Schuirmann, D. J. (1987). A comparison of the two one-sided tests procedure and the power approach.
Journal of Pharmacokinetics and Biopharmaceutics, 15, 657-680.
"""

from __future__ import annotations

from math import isnan

from numpy.typing import ArrayLike

from sim.studies.statistics.paired import LEVEL, Interval, paired_difference

DIFFERENT = "different"
EQUIVALENT = "equivalent within margin"
DIFFERENT_BUT_SMALL = "different, but by less than the margin"
CANNOT_TELL = "cannot tell"


def equivalence_interval(a: ArrayLike, b: ArrayLike, alpha: float = 0.05) -> Interval:
    """The paired difference, b minus a, with the interval of two one-sided tests at ``alpha``.

    The smallest margin within which a and b are equivalent is the larger of ``abs(low)`` and
    ``abs(high)``. NaN ends with fewer than 2 pairs. Raises ValueError for lengths that differ.
    """
    found = paired_difference(a, b, 1 - 2 * alpha)
    return Interval(found.mean, found.low, found.high, found.n)


def verdict(a: ArrayLike, b: ArrayLike, margin: float, level: float = LEVEL) -> str:
    """What paired runs say of a difference, given the smallest one worth speaking of.

    Returns
    -------
    ``"different"`` (the interval at ``level`` excludes 0), ``"equivalent within margin"`` (the
    interval of the one-sided tests lies within it), ``"different, but by less than the margin"``
    (both), or ``"cannot tell"`` (neither).

    Raises ValueError unless ``margin``, in the unit of the measure, is above 0.
    """
    if not margin > 0:
        raise ValueError(f"the margin of an equivalence test must be above 0, not {margin}")
    whole = paired_difference(a, b, level)
    if isnan(whole.low):
        return CANNOT_TELL
    inner = equivalence_interval(a, b, alpha=1 - level)
    different = whole.low > 0 or whole.high < 0
    equivalent = -margin < inner.low and inner.high < margin
    if different:
        return DIFFERENT_BUT_SMALL if equivalent else DIFFERENT
    return EQUIVALENT if equivalent else CANNOT_TELL

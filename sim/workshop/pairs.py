"""Who is ahead: two organizations on the same seeds, pair by pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import floor, isfinite
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.studies.statistics import paired_difference


@dataclass(frozen=True)
class Pair:
    """How the second organization (B) differs from the first (A), seed by seed.

    ``difference`` is B minus A, ``low`` to ``high`` its 95 % t interval over the pairs (NaN with
    fewer than two). ``ahead_A``, ``ahead_B`` and ``same`` count pairs; where neither more nor less
    is better, who has more is ahead. ``verdict`` is who is ahead where the interval leaves out 0.
    """

    mean_A: float
    mean_B: float
    difference: float
    low: float
    high: float
    ahead_A: int
    ahead_B: int
    same: int
    runs: int
    verdict: Literal["A", "B", "none"]

    def document(self) -> dict[str, Any]:
        """The pair as the page reads it, without what is compared; None for a number there is not.

        ``mean_A`` and ``mean_B`` are called ``A`` and ``B`` there; the difference and its interval
        have six significant digits.
        """
        written: dict[str, Any] = {
            name.removeprefix("mean_"): value for name, value in asdict(self).items()
        }
        for name in ("difference", "low", "high"):
            written[name] = float(f"{written[name]:.6g}")
        return {
            name: None if isinstance(value, float) and not isfinite(value) else value
            for name, value in written.items()
        }


def ahead(first: ArrayLike, second: ArrayLike, better: int) -> Pair:
    """Compare paired runs: one value a seed, in the same order of seeds.

    Pairs in which a value is missing are left out. Raises ValueError for different lengths.
    """
    paired = paired_difference(first, second)
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    complete = np.isfinite(a) & np.isfinite(b)
    ahead_b, ahead_a = paired.higher, paired.lower
    if better < 0:
        ahead_a, ahead_b = ahead_b, ahead_a
    verdict: Literal["A", "B", "none"] = "none"
    if paired.low > 0.0 or paired.high < 0.0:
        more = "B" if (paired.low > 0.0) == (better >= 0) else "A"
        verdict = "B" if more == "B" else "A"
    return Pair(
        mean_A=_mean(a[complete]),
        mean_B=_mean(b[complete]),
        difference=paired.mean,
        low=paired.low,
        high=paired.high,
        ahead_A=ahead_a,
        ahead_B=ahead_b,
        same=paired.n - ahead_a - ahead_b,
        runs=paired.n,
        verdict=verdict,
    )


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if values.size else float("nan")


def typical_seed(first: NDArray[np.float64], second: NDArray[np.float64]) -> int:
    """Place of the seed whose paired difference is nearest to the median of all; the first of them.

    Seeds without a value in both are passed over; 0 where there is no other.
    """
    difference = second - first
    if not np.isfinite(difference).any():
        return 0
    away = np.abs(difference - np.nanmedian(difference))
    # Rounding must not decide between seeds that are equally far.
    return int(np.nanargmin(np.round(away, 9)))


def rounded(value: float, decimals: int) -> float:
    """A number as it is shown: half away from zero, in Python and on the page alike, to the bit."""
    if not isfinite(value):
        return value
    scale = 10.0**decimals
    whole = floor(abs(value) * scale + 0.5)
    return whole / scale * (-1 if value < 0 and whole else 1)


def quantiles(values: NDArray[np.float64], at: Sequence[float]) -> NDArray[np.float64]:
    """Quantiles over the first axis, shape (len(at), ...); NaN where no value is there."""
    found = np.full((len(at), *values.shape[1:]), np.nan)
    some = np.isfinite(values).any(axis=0)
    if some.any():
        found[:, some] = np.nanquantile(values[:, some], at, axis=0)
    return found

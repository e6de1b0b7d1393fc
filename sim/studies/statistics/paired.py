"""What may be concluded from runs: intervals, paired differences, corrections, equivalence.

Two scenarios run on the same seed live in the same world, so their runs are compared pair by
pair. All intervals are Student's t; a difference is always the second scenario minus the first.
The quantiles come from ``scipy.special``, which loads faster than ``scipy.stats``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite, nan, sqrt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

LEVEL = 0.95
#: Differences smaller than this share of the values are rounding, not a result.
ROUNDING = 1e-12

IDENTICAL = "identical"
CONSTANT = "constant difference"
ONE_RUN = "one run"
NO_RUNS = "no runs"


@dataclass(frozen=True)
class Interval:
    """A mean with its confidence interval, whose ends are NaN with fewer than two runs."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Paired:
    """How a measure differs between two scenarios over paired runs, second minus first.

    ``d`` is the mean difference over the pooled standard deviation of the two scenarios,
    ``d_paired`` over the standard deviation of the differences. ``variance_removed`` is the share
    by which pairing made the variance of the difference smaller than independent runs would have
    (negative where pairing hurts). ``p`` is two-sided. ``higher`` and ``lower`` count the pairs in
    which the second scenario is above or below the first, ``dropped`` those without a value in
    both. What cannot be computed is NaN, and ``remark`` says why: ``"no runs"``, ``"one run"``,
    ``"identical"`` (no difference in any pair) or ``"constant difference"`` (the same one in all).
    """

    mean: float
    low: float
    high: float
    pooled_sd: float
    d: float
    d_paired: float
    variance_removed: float
    n: int
    p: float
    higher: int
    lower: int
    dropped: int
    remark: str


def mean_interval(values: ArrayLike, level: float = LEVEL) -> Interval:
    """Mean of the finite values with its t interval at ``level``."""
    finite = _floats(values)
    finite = finite[np.isfinite(finite)]
    n = finite.size
    if n == 0:
        return Interval(nan, nan, nan, 0)
    mean = float(finite.mean())
    if n == 1:
        return Interval(mean, nan, nan, 1)
    half = _half_width(float(finite.std(ddof=1)), n, level)
    return Interval(mean, mean - half, mean + half, n)


def paired_difference(a: ArrayLike, b: ArrayLike, level: float = LEVEL) -> Paired:
    """Compare paired runs: ``a`` and ``b`` hold one value a seed, in the same order of seeds.

    Pairs in which either value is missing or infinite are left out and counted.
    Raises ValueError when the two have different lengths.
    """
    first, second, dropped = _complete_pairs(a, b)
    n = first.size
    difference = second - first
    higher, lower = int(np.sum(difference > 0)), int(np.sum(difference < 0))
    if n < 2:
        mean = float(difference[0]) if n else nan
        remark = ONE_RUN if n else NO_RUNS
        return Paired(mean, nan, nan, nan, nan, nan, nan, n, nan, higher, lower, dropped, remark)

    variance_a, variance_b = float(first.var(ddof=1)), float(second.var(ddof=1))
    interval = mean_interval(difference, level)
    pooled = sqrt((variance_a + variance_b) / 2)
    sd = float(difference.std(ddof=1))
    rounding = ROUNDING * float(max(np.abs(first).max(), np.abs(second).max()))
    varies = sd > rounding
    if varies:
        remark = ""
    elif float(np.abs(difference).max()) <= rounding:
        remark, higher, lower = IDENTICAL, 0, 0
    else:
        remark = CONSTANT
    return Paired(
        mean=interval.mean,
        low=interval.low,
        high=interval.high,
        pooled_sd=pooled,
        d=interval.mean / pooled if pooled > rounding else nan,
        d_paired=interval.mean / sd if varies else nan,
        variance_removed=1 - sd**2 / (2 * pooled**2) if pooled > rounding else nan,
        n=n,
        p=2 * float(stdtr(n - 1, -abs(interval.mean) / (sd / sqrt(n)))) if varies else nan,
        higher=higher,
        lower=lower,
        dropped=dropped,
        remark=remark,
    )


def equivalent(a: ArrayLike, b: ArrayLike, margin: float) -> float:
    """Two one-sided tests: p of "the paired difference is as large as ``margin``, or larger".

    A small p supports "no effect worth ``margin``" (in the unit of the measure). NaN with fewer
    than two pairs. Raises ValueError unless ``margin`` is positive.
    """
    if not margin > 0:
        raise ValueError(f"the margin of an equivalence test must be above 0, not {margin}")
    first, second, _ = _complete_pairs(a, b)
    n = first.size
    if n < 2:
        return nan
    difference = second - first
    mean, error = float(difference.mean()), float(difference.std(ddof=1)) / sqrt(n)
    room = margin - abs(mean)
    if error == 0:
        return 0.0 if room > 0 else 1.0
    return float(stdtr(n - 1, -room / error))


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Holm's step-down correction of several p values; NaN stays NaN and does not count."""
    values = _floats(p)
    corrected = np.full(values.shape, nan)
    tested = np.flatnonzero(np.isfinite(values))
    order = tested[np.argsort(values[tested], kind="stable")]
    steps = np.arange(order.size, 0, -1)
    corrected[order] = np.minimum(1, np.maximum.accumulate(steps * values[order]))
    return corrected


def detectable_difference(half_width: float, n: int, level: float = LEVEL) -> float:
    """The true difference that ``n`` pairs would show four times in five, by an interval without 0.

    ``half_width`` is half the interval's width at ``level``, in the unit of the measure. A true
    difference of just the half-width would be seen only every other time.
    """
    if n < 2 or not isfinite(half_width):
        return nan
    seen, power = stdtrit(n - 1, (1 + level) / 2), stdtrit(n - 1, 0.8)
    return float(half_width * (seen + power) / seen)


def compare_table(
    finals: pd.DataFrame,
    A: str,
    B: str,
    measures: Iterable[str],
    level: float = LEVEL,
    main: Sequence[str] = (),
) -> pd.DataFrame:
    """Compare two scenarios on every measure that has a column, over the pairs complete in it.

    Parameters
    ----------
    finals : one row a run; columns ``scenario``, ``seed`` and one a measure (NaN: no value).
    A, B : names of the two scenarios; differences are B minus A.
    measures : names, in the order of the table's rows.
    main : those that were named before the runs as what the comparison is about.

    Returns
    -------
    One row a measure, indexed by its name: ``mean_A``, ``low_A``, ``high_A``, the same for B,
    ``difference``, ``difference_low``, ``difference_high``, then the fields of ``Paired``, and
    ``p_holm``, corrected within its ``family``: the main measures, or all the others, of which
    ``family`` is the number. Means of A and B are over the same pairs as the difference, so that
    they add up.

    Raises ValueError when no measure has a column, or a scenario has no run or two with the same
    seed.
    """
    columns = [name for name in measures if name in finals.columns]
    if not columns:
        raise ValueError("none of the measures was recorded, so there is nothing to compare")
    runs = {side: _by_seed(finals, name, columns) for side, name in (("A", A), ("B", B))}
    seeds = runs["A"].index.union(runs["B"].index)
    aligned = {side: frame.reindex(seeds) for side, frame in runs.items()}
    table = pd.DataFrame(
        [_compare_measure(aligned["A"][name], aligned["B"][name], level) for name in columns],
        index=pd.Index(columns, name="measure"),
    )
    is_main = table.index.isin(main)
    table["p_holm"], table["family"] = np.nan, 0
    for family in (is_main, ~is_main):
        table.loc[family, "p_holm"] = holm(table.loc[family, "p"])
        table.loc[family, "family"] = int(family.sum())
    return table


def measures_document(table: pd.DataFrame) -> dict[str, Any]:
    """The table of ``compare_table`` as the nested ``measures`` object of ``compare --json``."""

    def plain(value: float) -> float | None:
        return float(value) if isfinite(value) else None

    def side(row: Any, mean: str, low: str, high: str) -> dict[str, Any]:
        return {"mean": plain(row[mean]), "ci95": [plain(row[low]), plain(row[high])]}

    return {
        str(name): {
            "A": side(row, "mean_A", "low_A", "high_A"),
            "B": side(row, "mean_B", "low_B", "high_B"),
            "difference": {
                **side(row, "difference", "difference_low", "difference_high"),
                **{key: plain(row[key]) for key in ("d", "d_paired", "p", "p_holm")},
                "variance_removed": plain(row["variance_removed"]),
                "n": int(row["n"]),
            },
        }
        for name, row in table.iterrows()
    }


def bands(series: pd.DataFrame, scenario: str, name: str, level: float = LEVEL) -> pd.DataFrame:
    """Mean of a measure over the runs of ``scenario`` in each period, with its t interval.

    Returns columns ``mean``, ``low``, ``high``, indexed by period in order; NaN where no run has
    a value, and no interval where fewer than two have one.
    """
    runs = series.loc[series["scenario"] == scenario, ["period", name]]
    values = runs[name].astype(float)
    runs = runs.assign(value=values.where(np.isfinite(values)))
    grouped = runs.groupby("period", sort=True)["value"]
    mean, sd, n = grouped.mean(), grouped.std(ddof=1), grouped.count()
    counts = n.to_numpy(dtype=float)
    enough = counts > 1
    half = np.full(counts.size, nan)
    half[enough] = _half_width(sd.to_numpy(dtype=float)[enough], counts[enough], level)
    return pd.DataFrame({"mean": mean, "low": mean - half, "high": mean + half})


def _half_width(sd: Any, n: Any, level: float) -> Any:
    return stdtrit(n - 1, (1 + level) / 2) * sd / np.sqrt(n)


def _floats(values: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(values, dtype=float)


def _complete_pairs(
    a: ArrayLike, b: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    first, second = _floats(a), _floats(b)
    if first.shape != second.shape:
        raise ValueError(f"pairs need as many values in both: {first.shape} and {second.shape}")
    complete = np.isfinite(first) & np.isfinite(second)
    return first[complete], second[complete], int(np.sum(~complete))


def _by_seed(finals: pd.DataFrame, scenario: str, columns: Sequence[str]) -> pd.DataFrame:
    runs = finals.loc[finals["scenario"] == scenario].set_index("seed")
    if runs.empty:
        raise ValueError(f"no run of scenario {scenario!r}")
    if runs.index.has_duplicates:
        raise ValueError(f"scenario {scenario!r} has two runs with the same seed")
    return runs[list(columns)]


def _compare_measure(a: pd.Series, b: pd.Series, level: float) -> dict[str, Any]:
    paired = paired_difference(a, b, level)
    complete = np.isfinite(_floats(a)) & np.isfinite(_floats(b))
    row: dict[str, Any] = {}
    for side, values in (("A", a), ("B", b)):
        interval = mean_interval(_floats(values)[complete], level)
        row |= {
            f"mean_{side}": interval.mean,
            f"low_{side}": interval.low,
            f"high_{side}": interval.high,
        }
    row |= {
        "difference": paired.mean,
        "difference_low": paired.low,
        "difference_high": paired.high,
        **{key: value for key, value in vars(paired).items() if key not in ("mean", "low", "high")},
    }
    return row

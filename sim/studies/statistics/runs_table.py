"""Reading a table of runs: its factors, its measures, its levels, the shape of its design.

Columns, in order: ``run``, ``scenario``, ``point``, one a factor, ``seed``, ``status``, ``error``,
one a measure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from math import sqrt

import numpy as np
import pandas as pd

DONE = "done"
#: A sampled factor is shown in at most so many bins of equally many points.
MOST_BINS = 8
#: Points that a bin should hold, where there are enough of them.
POINTS_A_BIN = 4
#: A single factor of more values than these was not written down as levels.
MOST_LEVELS = 24
#: Fewer points, in no grid, are a list that somebody wrote.
FEWEST_SAMPLED = 16


def factor_names(runs: pd.DataFrame) -> list[str]:
    """The factors of the study, in its order. Raises ValueError for a table of another kind."""
    columns = [str(name) for name in runs.columns]
    try:
        return columns[columns.index("point") + 1 : columns.index("seed")]
    except ValueError:
        raise ValueError("a table of runs has a column `point`, its factors, then `seed`") from None


def scenario_names(runs: pd.DataFrame) -> list[str]:
    """The scenarios in the order in which they first stand in the table."""
    return [str(name) for name in runs["scenario"].unique()]


def check_names(runs: pd.DataFrame, factors: Iterable[str], measures: Iterable[str]) -> None:
    """Raises ValueError, with the nearest name, for a factor or measure the table does not have."""
    known = factor_names(runs)
    columns = {str(name) for name in runs.columns} - set(known)
    for kind, names, choice in (("factor", factors, known), ("measure", measures, sorted(columns))):
        for name in names:
            if name not in choice:
                near = get_close_matches(name, choice, 1, 0.5)
                hint = f": did you mean {near[0]!r}?" if near else ""
                raise ValueError(f"the runs have no {kind} {name!r}{hint}")


def check_pair(runs: pd.DataFrame, pair: Sequence[str] | None) -> tuple[str, str]:
    """The two scenarios to compare: those named, or the two that there are.

    Raises ValueError when a scenario has no run, or none are named and there are not just two.
    """
    names = scenario_names(runs)
    if pair is None:
        if len(names) != 2:
            raise ValueError(f"name the pair of scenarios to compare, of {', '.join(names)}")
        return names[0], names[1]
    for name in pair:
        if name not in names:
            raise ValueError(f"no run of scenario {name!r}, only of {', '.join(names)}")
    first, second = pair
    if first == second:
        raise ValueError(f"scenario {first!r} cannot be compared with itself")
    return first, second


def sound(runs: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The runs that were done and have a finite value of the measure, with it as ``value``."""
    value = pd.to_numeric(runs[measure], errors="coerce").astype(float)
    keep = np.isfinite(value.to_numpy())
    if "status" in runs.columns:
        keep &= (runs["status"].astype(str) == DONE).to_numpy()
    kept = runs.loc[keep]
    columns = {name: kept[name].to_numpy() for name in ("point", "seed")}
    return pd.DataFrame(
        {
            "scenario": kept["scenario"].astype(str).to_numpy(),
            **columns,
            "value": value.to_numpy()[keep],
        }
    )


def points_table(runs: pd.DataFrame) -> pd.DataFrame:
    """The design: one row a point (the index, ascending), one column a factor."""
    names = factor_names(runs)
    first = runs[["point", *names]].drop_duplicates("point").set_index("point").sort_index()
    return first


def is_number(column: pd.Series) -> bool:
    """Whether levels are numbers, which have an order and distances; true and false are words."""
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def is_crossed(points: pd.DataFrame) -> bool:
    """Whether the points are a grid, or most of one: levels in all combinations."""
    distinct = points.nunique(dropna=False).to_numpy(float)
    return bool(2 * len(points.drop_duplicates()) > distinct.prod())


def is_sampled(points: pd.DataFrame, factor: str) -> bool:
    """Whether a factor was sampled: numbers, more than there are bins, in no written design."""
    if not is_number(points[factor]):
        return False
    distinct = points[factor].nunique()
    alone_in_grid = (points.nunique(dropna=False) > 1).sum() == 1
    if is_crossed(points) and alone_in_grid:
        return bool(distinct > MOST_LEVELS)
    written = is_crossed(points) or base_point(points) is not None
    return bool(distinct > MOST_BINS and not written)


def is_sample(points: pd.DataFrame) -> bool:
    """Whether the points are a sample (Latin hypercube, Sobol, Morris): others were as likely."""
    if any(is_sampled(points, factor) for factor in points.columns):
        return True
    written = is_crossed(points) or base_point(points) is not None
    return len(points) >= FEWEST_SAMPLED and not written


def levels(points: pd.DataFrame, factor: str, most: int = MOST_BINS) -> pd.Series:
    """The level of a factor at each point; a sampled factor is binned, its level the bin's mean."""
    column = points[factor]
    if not is_sampled(points, factor):
        return column
    wished = min(most, max(2, len(points) // POINTS_A_BIN))
    rank = column.rank(method="dense").to_numpy() - 1
    bins = np.floor(rank * wished / (rank.max() + 1))
    return column.groupby(bins).transform("mean")


def bins_of_a_pair(points: pd.DataFrame) -> int:
    """How many bins sampled factors get where two are crossed, so that their cells hold points."""
    return int(min(MOST_BINS, max(2, sqrt(len(points) / POINTS_A_BIN))))


def ordered(values: Iterable[object]) -> list[object]:
    """Levels in the order to show them: numbers ascending, words as they come."""
    distinct = pd.Series(list(values)).drop_duplicates()
    if is_number(distinct):
        distinct = distinct.sort_values()
    return distinct.tolist()


def base_point(points: pd.DataFrame) -> int | None:
    """The point from which every other departs in one factor at most; None in other designs.

    Of several such points (a single factor), the first. A design of one point has none.
    """
    if len(points) < 2 or points.columns.empty:
        return None
    codes = np.column_stack(
        [pd.factorize(points[name], use_na_sentinel=False)[0] for name in points.columns]
    )
    # In such a design the base's levels are the most frequent, but for ties in the smallest.
    usual = np.array([np.bincount(column).argmax() for column in codes.T])
    candidates = [0, *np.flatnonzero((codes == usual).all(axis=1))[:1]]
    for row in candidates:
        if np.all((codes != codes[row]).sum(axis=1) <= 1):
            return int(points.index[row])
    return None


def alone(points: pd.DataFrame, factors: Sequence[str], base: int) -> pd.DataFrame:
    """The points of a one-at-a-time design at which all but some factors are as at its base."""
    others = points.drop(columns=list(factors))
    at_base = others.loc[base]
    same = (others == at_base) | (others.isna() & at_base.isna())
    return points.loc[same.all(axis=1)]

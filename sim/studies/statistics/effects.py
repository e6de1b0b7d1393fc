"""What the factors of a study do to a measure, level by level.

All work on a table of runs (``sim.load_results``) and return tidy tables: ``mean``, ``low`` and
``high`` in the measure's unit, ``n`` seeds and ``runs`` runs they rest on. Runs that failed or have
no value are left out; ``attrs["left_out"]`` counts them. Every point weighs the same, however many
runs it has. Intervals are t intervals with the seed as the unit of replication (``contrasts``); in
a sampled design they also hold what other sampled points would have given.

A level of a sampled factor (numbers, more than 8 of them, not in a grid) is the mean of a bin of
equally many points, at most 8 bins. In a one-at-a-time design, effects of a factor are read where
the others are at the base.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.studies.statistics.contrasts import Estimate, contrast
from sim.studies.statistics.paired import LEVEL
from sim.studies.statistics.runs_table import (
    alone,
    base_point,
    bins_of_a_pair,
    check_names,
    check_pair,
    is_sample,
    levels,
    ordered,
    points_table,
    scenario_names,
    sound,
)

MEAN, DIFFERENCE = "mean", "difference"


def main_effects(
    runs: pd.DataFrame, factor: str, measure: str, level: float = LEVEL
) -> pd.DataFrame:
    """Mean of a measure at each level of a factor, over the other factors, for each scenario.

    Returns columns ``level``, ``scenario``, ``mean``, ``low``, ``high``, ``n``, ``runs``; scenarios
    in the order of the table, numbers ascending, words as they come. A level without runs has NaN.

    Raises ValueError for an unknown factor or measure.
    """
    check_names(runs, [factor], [measure])
    return _along(runs, [factor], measure, None, level, ["level"])


def difference_effects(
    runs: pd.DataFrame,
    factor: str,
    measure: str,
    pair: Sequence[str] | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Difference of two scenarios, second minus first, at each level of a factor.

    ``pair`` names the scenarios; it may be left out where there are just two. Where they share
    seeds, only runs done in both count. Returns columns ``level``, ``scenario`` ("B - A"),
    ``mean``, ``low``, ``high``, ``n``, ``runs``, ``p`` (not corrected).

    Raises ValueError for an unknown factor, measure or scenario.
    """
    check_names(runs, [factor], [measure])
    return _along(runs, [factor], measure, check_pair(runs, pair), level, ["level"])


def interaction(
    runs: pd.DataFrame,
    first: str,
    second: str,
    measure: str,
    of: str = MEAN,
    pair: Sequence[str] | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """A measure at each combination of the levels of two factors, over the other factors.

    ``of`` is ``"mean"`` (of each scenario) or ``"difference"`` (of ``pair``, second minus first).
    Returns a long table: ``level_1`` (of the first factor), ``level_2``, ``scenario``, then as
    ``main_effects`` (or ``difference_effects``) has them, for the combinations that the design has.
    Sampled factors get fewer bins than alone.

    Raises ValueError for unknown names, the same factor twice, or another ``of``.
    """
    check_names(runs, [first, second], [measure])
    if first == second:
        raise ValueError(f"factor {first!r} does not interact with itself")
    if of not in (MEAN, DIFFERENCE):
        raise ValueError(f"of is {MEAN!r} or {DIFFERENCE!r}, not {of!r}")
    chosen = check_pair(runs, pair) if of == DIFFERENCE else None
    return _along(runs, [first, second], measure, chosen, level, ["level_1", "level_2"])


def complete_pairs(table: pd.DataFrame, pair: tuple[str, str]) -> pd.DataFrame:
    """The sound runs of two scenarios; at points where they share seeds, those done in both."""
    both = table[table["scenario"].isin(pair)]
    sides = both.groupby(["point", "seed"], sort=False)["scenario"].transform("nunique")
    in_both = sides == 2
    shares = in_both.groupby(both["point"]).transform("any")
    return both[in_both | ~shares]


def estimate(
    table: pd.DataFrame,
    pair: tuple[str, str] | None,
    level: float,
    sampled: bool = False,
) -> Estimate:
    """The mean over points of sound runs of one scenario, or of the difference of a pair."""
    point = table["point"].to_numpy()
    value, seed = table["value"].to_numpy(), table["seed"].to_numpy()
    if pair is None:
        weight = np.full(value.size, 1 / max(1, np.unique(point).size))
        return contrast(value, point, seed, weight, level, point if sampled else None)
    second = (table["scenario"] == pair[1]).to_numpy()
    in_both = np.isin(point, point[second]) & np.isin(point, point[~second])
    value, seed, point, second = value[in_both], seed[in_both], point[in_both], second[in_both]
    cell = 2 * np.unique(point, return_inverse=True)[1] + second
    weight = np.where(second, 1.0, -1.0) / max(1, np.unique(point).size)
    return contrast(value, cell, seed, weight, level, point if sampled else None)


def left_out(runs: pd.DataFrame, measure: str) -> int:
    """How many runs failed or have no value of the measure."""
    return len(runs) - len(sound(runs, measure))


def units(runs: pd.DataFrame, measure: str, names: Sequence[str]) -> dict[str, str]:
    """The unit of the measure, for each of the columns named; empty where the runs name none."""
    unit = runs.attrs.get("units", {}).get(measure)
    return {} if unit is None else dict.fromkeys(names, unit)


def _along(
    runs: pd.DataFrame,
    factors: list[str],
    measure: str,
    pair: tuple[str, str] | None,
    level: float,
    columns: list[str],
) -> pd.DataFrame:
    """One row a scenario (or the pair) and combination of levels of the factors."""
    points, sampled = points_table(runs), False
    base = base_point(points)
    if base is None:
        sampled = is_sample(points)
    else:
        points = alone(points, factors, base)
    most = bins_of_a_pair(points) if len(factors) == 2 else None
    at = pd.DataFrame(
        {name: levels(points, name, most) if most else levels(points, name) for name in factors}
    )
    table = sound(runs, measure)
    table = table[table["point"].isin(at.index)]
    rows = []
    for name, part in _sides(runs, table, pair):
        for values, here in _places(at):
            found = estimate(part[part["point"].isin(here)], pair, level, sampled)
            row = {**dict(zip(columns, values, strict=True)), "scenario": name, **vars(found)}
            rows.append(row)
    shown = [*columns, "scenario", "mean", "low", "high", "n", "runs", *(["p"] if pair else [])]
    result = pd.DataFrame(rows, columns=shown)
    result.attrs["units"] = units(runs, measure, ["mean", "low", "high"])
    result.attrs["left_out"] = left_out(runs, measure)
    result.attrs["sampled"] = sampled
    return result


def _sides(
    runs: pd.DataFrame, table: pd.DataFrame, pair: tuple[str, str] | None
) -> Iterator[tuple[str, pd.DataFrame]]:
    if pair is not None:
        yield f"{pair[1]} - {pair[0]}", complete_pairs(table, pair)
        return
    for name in scenario_names(runs):
        yield name, table[table["scenario"] == name]


def _places(at: pd.DataFrame) -> Iterator[tuple[tuple[Any, ...], pd.Index]]:
    """Each combination of levels that the design has, in order, with its points."""
    codes = []
    for name in at.columns:
        order = ordered(at[name])
        codes.append(pd.Categorical(at[name], categories=order).codes)
    keys = pd.DataFrame(dict(enumerate(codes)), index=at.index)
    for _, part in keys.groupby(list(keys.columns), sort=True):
        here = part.index
        yield tuple(at[name].loc[here[0]] for name in at.columns), here

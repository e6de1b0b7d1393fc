"""Tornado: how far each factor alone moves a measure, largest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.studies.statistics.contrasts import Estimate, contrast
from sim.studies.statistics.effects import complete_pairs, left_out, units
from sim.studies.statistics.paired import LEVEL
from sim.studies.statistics.regression import regress
from sim.studies.statistics.runs_table import (
    alone,
    base_point,
    check_names,
    check_pair,
    is_number,
    ordered,
    points_table,
    scenario_names,
    sound,
)

COLUMNS = ["scenario", "factor", "end", "level", "mean", "low", "high", "n", "p", "size"]
LOW, HIGH = "low", "high"


def tornado(
    runs: pd.DataFrame,
    measure: str,
    *,
    pair: Sequence[str] | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """What each factor alone does to a measure, from its base to its low and its high end.

    Parameters
    ----------
    pair : two scenarios, to see what the factors do to their difference (second minus first)
        instead of to the measure in each scenario.

    Returns
    -------
    Two rows a scenario and factor: ``scenario`` ("B - A" for a pair), ``factor``, ``end`` ("low" or
    "high"), ``level``, ``mean`` (the effect, in the measure's unit), ``low``, ``high``, ``n``,
    ``p`` (not corrected), ``size`` (from the lower to the higher of both effects and 0); within a
    scenario, largest size first.

    In a one-at-a-time design the effect is against the base point, paired by seed; ``end`` is the
    lowest or highest number, and of words the level with the smallest or largest effect (chosen by
    the data: its interval is somewhat too sure). In other designs it comes from a regression
    without interactions: numbers against the middle of their span, words against the first.
    ``attrs["base"]`` is the base point, or None.

    Raises ValueError for an unknown measure or scenario, or a study without factors.
    """
    check_names(runs, [], [measure])
    chosen = None if pair is None else check_pair(runs, pair)
    points = points_table(runs)
    varied = [name for name in points.columns if points[name].nunique(dropna=False) > 1]
    if not varied:
        raise ValueError("a tornado needs a factor with two levels or more")
    base = base_point(points)
    if base is None:
        rows = list(_by_regression(runs, measure, varied, chosen, level))
    else:
        rows = list(_against_base(runs, measure, points[varied], base, chosen, level))
    table = pd.DataFrame(rows, columns=COLUMNS[:-1])
    spread = table["mean"].groupby([table["scenario"], table["factor"]])
    table["size"] = spread.transform("max").clip(lower=0) - spread.transform("min").clip(upper=0)
    place = pd.Series({name: at for at, name in enumerate(table["scenario"].unique())})
    table = (
        table.assign(place=table["scenario"].map(place), rank=-table["size"].fillna(-1))
        .sort_values(["place", "rank"], kind="stable", ignore_index=True)
        .drop(columns=["place", "rank"])
    )
    table.attrs["base"] = base
    table.attrs["units"] = units(runs, measure, ["mean", "low", "high", "size"])
    table.attrs["left_out"] = left_out(runs, measure)
    return table


def effects_alone(runs: pd.DataFrame, measure: str, *, level: float = LEVEL) -> pd.DataFrame:
    """What each level of each factor alone does to a measure, against the base point.

    Returns
    -------
    One row a scenario, factor and level away from the base, in the order of the points:
    ``scenario``, ``factor``, ``level``, ``mean`` (paired by seed), ``low``, ``high``, ``n``, ``p``
    (not corrected).

    Raises ValueError for an unknown measure, or a design that is not one at a time.
    """
    check_names(runs, [], [measure])
    points = points_table(runs)
    base = base_point(points)
    if base is None:
        raise ValueError("effects alone need a one-at-a-time design: a base, and points that leave")
    varied = points[[name for name in points.columns if points[name].nunique(dropna=False) > 1]]
    rows = [
        {"scenario": side, "factor": factor, "level": at[point], **vars(found[point])}
        for side, factor, at, found in _found_alone(runs, measure, varied, base, None, level)
        for point in at.index
        if point != base
    ]
    return pd.DataFrame(rows, columns=["scenario", "factor", "level", *COLUMNS[4:-1]])


def _found_alone(
    runs: pd.DataFrame,
    measure: str,
    points: pd.DataFrame,
    base: int,
    pair: tuple[str, str] | None,
    level: float,
) -> Iterator[tuple[str, str, pd.Series, dict[int, Estimate]]]:
    """Of each scenario and factor its levels by point, the base's among them, and their effects."""
    table = sound(runs, measure)
    sides = [f"{pair[1]} - {pair[0]}"] if pair else scenario_names(runs)
    for side in sides:
        part = complete_pairs(table, pair) if pair else table[table["scenario"] == side]
        for factor in points.columns:
            at = alone(points, [factor], base)[factor]
            yield side, factor, at, {p: _effect(part, p, base, pair, level) for p in at.index}


def _against_base(
    runs: pd.DataFrame,
    measure: str,
    points: pd.DataFrame,
    base: int,
    pair: tuple[str, str] | None,
    level: float,
) -> Iterator[dict[str, Any]]:
    for side, factor, at, found in _found_alone(runs, measure, points, base, pair, level):
        ends = dict(zip((LOW, HIGH), _end_points(at, found), strict=True))
        for end, point in ends.items():
            effect = vars(found[point])
            yield {"scenario": side, "factor": factor, "end": end, "level": at[point], **effect}


def _end_points(at: pd.Series, found: dict[int, Estimate]) -> tuple[int, int]:
    """The points of the lowest and highest level: by number, or of words by their effect."""
    if is_number(at):
        order = at.sort_values(kind="stable").index
        return order[0], order[-1]
    by_effect = sorted(found, key=lambda point: np.nan_to_num(found[point].mean))
    return by_effect[0], by_effect[-1]


def _effect(
    table: pd.DataFrame, point: int, base: int, pair: tuple[str, str] | None, level: float
) -> Estimate:
    """The measure (or the difference of a pair) at a point less that at the base."""
    here = table[table["point"].isin([point, base])]
    if point == base:
        seeds = int(here["seed"].nunique())
        return Estimate(0.0, 0.0, 0.0, seeds, len(here), np.nan)
    needed = 4 if pair else 2
    sides = here.groupby("seed")["point"].transform("size")
    if (sides == needed).any():
        here = here[sides == needed]
    is_point = (here["point"] == point).to_numpy()
    sign = np.where(is_point, 1.0, -1.0)
    cell = is_point.astype(int)
    if pair:
        second = (here["scenario"] == pair[1]).to_numpy()
        sign, cell = np.where(second, sign, -sign), 2 * cell + second
    if np.unique(cell).size < needed:
        return Estimate(np.nan, np.nan, np.nan, 0, 0, np.nan)
    return contrast(here["value"].to_numpy(), cell, here["seed"].to_numpy(), sign, level)


def _by_regression(
    runs: pd.DataFrame,
    measure: str,
    factors: list[str],
    pair: tuple[str, str] | None,
    level: float,
) -> Iterator[dict[str, Any]]:
    table = regress(runs, measure, factors, interactions=False, pair=pair, level=level)
    points = points_table(runs)
    for side, part in table.groupby("scenario", sort=False):
        for factor in factors:
            terms = part[part["term"] == factor]
            if terms.empty:
                continue
            order = ordered(points[factor])
            effects = [_row(terms.iloc[at], +1) for at in range(len(terms))]
            if terms["level"].isna().all():
                low, high = {**_row(terms.iloc[0], -1), "level": order[0]}, effects[0]
                high["level"] = order[-1]
            else:
                nothing = {"level": order[0], "mean": 0.0, "low": 0.0, "high": 0.0}
                nothing |= {"n": effects[0]["n"], "p": np.nan}
                ranked = sorted([nothing, *effects], key=lambda row: row["mean"])
                low, high = ranked[0], ranked[-1]
            for end, row in ((LOW, low), (HIGH, high)):
                yield {"scenario": side, "factor": factor, "end": end, **row}


def _row(term: pd.Series, sign: int) -> dict[str, Any]:
    ends = sorted((sign * term["low"], sign * term["high"]))
    numbers = {"mean": sign * term["estimate"], "low": ends[0], "high": ends[1]}
    return {"level": term["level"], **numbers, "n": int(term["n"]), "p": term["p"]}

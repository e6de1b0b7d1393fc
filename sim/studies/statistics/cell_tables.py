"""The cells of a study one by one: means of each scenario at each point, and their differences."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan, sqrt
from typing import Any

import numpy as np
import pandas as pd

from sim.studies.statistics.contrasts import contrast
from sim.studies.statistics.effects import units
from sim.studies.statistics.paired import LEVEL, NO_RUNS, holm, mean_interval, paired_difference
from sim.studies.statistics.runs_table import (
    DONE,
    check_names,
    check_pair,
    points_table,
    scenario_names,
    sound,
)

INTERVAL = ("mean", "low", "high")


def cells(runs: pd.DataFrame, measures: Sequence[str], level: float = LEVEL) -> pd.DataFrame:
    """Mean and t interval of each measure in each cell (a scenario at a point of the design).

    Returns one row a measure, point and scenario that was run: ``measure``, ``point``, the factors,
    ``scenario``, ``mean``, ``low``, ``high``, ``n`` (runs with a value), ``failed`` (runs that
    failed), ``missing`` (runs that were done and have no value). ``attrs["units"]`` has the unit of
    each measure. Raises ValueError for an unknown measure.
    """
    check_names(runs, [], measures)
    scenario = runs["scenario"].astype(str)
    is_done = runs["status"].astype(str) == DONE
    by_cell = is_done.groupby([runs["point"], scenario])
    sizes, finished = by_cell.size().to_dict(), by_cell.sum().to_dict()
    rows = []
    for measure in measures:
        values = dict(iter(sound(runs, measure).groupby(["point", "scenario"])["value"]))
        for point in sorted(runs["point"].unique()):
            for name in scenario_names(runs):
                if (point, name) not in sizes:
                    continue
                found = mean_interval(values.get((point, name), ()), level)
                size, done = int(sizes[point, name]), int(finished[point, name])
                counts = {"failed": size - done, "missing": done - found.n}
                where = {"measure": measure, "point": point, "scenario": name}
                rows.append({**where, **vars(found), **counts})
    return _with_factors(pd.DataFrame(rows), runs, measures)


def differences(
    runs: pd.DataFrame,
    measures: Sequence[str],
    pair: Sequence[str] | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """How two scenarios differ at each point of the design, second minus first.

    ``pair`` names the scenarios; it may be left out where there are just two.

    Returns one row a measure and point: ``measure``, ``point``, the factors, ``scenario``
    ("B - A"), ``mean``, ``low``, ``high``, ``n`` (pairs; where no seed is shared, the runs of the
    scenario with fewer), ``d``, ``d_paired``, ``p``, ``p_holm`` (corrected over all rows of this
    table, of which ``family`` were tested), ``higher`` and ``lower`` (pairs in which the second is
    above or below), ``dropped`` (seeds with a value on one side only), ``paired``, ``remark`` (as
    ``Paired`` has it). ``attrs["units"]`` has the unit of each measure.

    Where the scenarios share no seed at a point (independent pairing) the interval is Welch's,
    ``d_paired`` is NaN and ``higher`` and ``lower`` are 0. Raises ValueError for an unknown measure
    or scenario.
    """
    check_names(runs, [], measures)
    A, B = check_pair(runs, pair)
    scenario = runs["scenario"].astype(str)
    of_pair = runs[scenario.isin([A, B])]
    twice = of_pair.groupby(["point", "seed"]).size().gt(1).groupby("point").any()
    nothing = pd.Series(dtype=float)
    rows = []
    for measure in measures:
        sides = {
            key: part.set_index("seed")["value"]
            for key, part in sound(of_pair, measure).groupby(["point", "scenario"])
        }
        for point, is_paired in twice.items():
            a, b = (sides.get((point, name), nothing) for name in (A, B))
            found = _paired(a, b, level) if is_paired else _unpaired(a, b, level)
            where = {"measure": measure, "point": point, "scenario": f"{B} - {A}"}
            rows.append({**where, **found, "paired": bool(is_paired)})
    table = pd.DataFrame(rows)
    after = list(table.columns).index("p") + 1
    table.insert(after, "p_holm", holm(table["p"].to_numpy()))
    table.insert(after + 1, "family", int(np.isfinite(table["p"]).sum()))
    return _with_factors(table, runs, measures)


def _paired(a: pd.Series, b: pd.Series, level: float) -> dict[str, Any]:
    seeds = a.index.union(b.index)
    found = paired_difference(a.reindex(seeds), b.reindex(seeds), level)
    names = (*INTERVAL, "n", "d", "d_paired", "p", "higher", "lower", "dropped", "remark")
    return {name: getattr(found, name) for name in names}


def _unpaired(a: pd.Series, b: pd.Series, level: float) -> dict[str, Any]:
    least = min(a.size, b.size)
    values = np.concatenate([a.to_numpy(float), b.to_numpy(float)])
    side = np.repeat([0, 1], [a.size, b.size])
    found = dict.fromkeys((*INTERVAL, "d", "p"), nan)
    if least:
        each = contrast(values, side, np.arange(side.size), np.where(side, 1.0, -1.0), level)
        pooled = sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2) if least > 1 else 0
        d = each.mean / pooled if pooled > 0 else nan
        found = {"mean": each.mean, "low": each.low, "high": each.high, "d": d, "p": each.p}
    counts = {"n": least, "higher": 0, "lower": 0, "dropped": 0}
    interval = {name: found[name] for name in INTERVAL}
    rest = {"d": found["d"], "d_paired": nan, "p": found["p"]}
    order = {**interval, "n": least, **rest, **counts, "remark": "" if least else NO_RUNS}
    return order


def _with_factors(table: pd.DataFrame, runs: pd.DataFrame, measures: Sequence[str]) -> pd.DataFrame:
    """The table with the factors' values after its column ``point``, and its units."""
    points = points_table(runs)
    for place, name in enumerate(points.columns):
        after = list(table.columns).index("point") + 1 + place
        table.insert(after, name, points[name].reindex(table["point"]).to_numpy())
    table.attrs["units"] = {
        name: unit for each in measures for name, unit in units(runs, each, [each]).items()
    }
    return table

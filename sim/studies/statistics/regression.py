"""Regression of a measure on the factors of a study, with standard errors clustered by seed.

Ordinary least squares on coded factors: a number is centred and scaled so that its span over the
design is [-1, 1], so an estimate is what the step from the middle of the span to its upper end
does; words are contrasts with their first level. All points of one seed share a world, so residuals
are alike within a seed, and standard errors are clustered by it, with t on one degree of freedom
less than there are seeds. Where every seed was run at every point, this is the t interval over
seeds of each seed's own coefficients (but for a factor (N - 1)/(N - K)), and right for few seeds
too. Where seeds are at different points, fewer than 20 of them can give intervals that are too
narrow (Cameron, Gelbach & Miller 2008), and ``attrs["warnings"]`` says so. Where no two runs share
a seed, errors are HC3 (Long & Ervin 2000).

- Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2008). Bootstrap-based improvements for inference
  with clustered errors. Review of Economics and Statistics, 90, 414-427.
- Long, J. S., & Ervin, L. H. (2000). Using heteroscedasticity consistent standard errors in the
  linear regression model. The American Statistician, 54, 217-224.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.studies.statistics.effects import complete_pairs, left_out, units
from sim.studies.statistics.paired import LEVEL, holm
from sim.studies.statistics.runs_table import (
    check_names,
    check_pair,
    factor_names,
    is_number,
    ordered,
    points_table,
    scenario_names,
    sound,
)

Matrix = NDArray[np.float64]
FEW_SEEDS = 20
#: A failed run here and there leaves the seeds at the same points.
NEARLY_ALL = 0.9
COLUMNS = ["scenario", "term", "level", "estimate", "low", "high", "p", "p_holm", "share", "n"]


@dataclass(frozen=True)
class _Term:
    """A factor, or the product of two: one column a level (None for a number), one row a cell."""

    name: str
    columns: dict[Any, Matrix]

    @property
    def matrix(self) -> Matrix:
        return np.column_stack(list(self.columns.values()))


@dataclass(frozen=True)
class _Data:
    """The runs of one regression; ``cell`` counts rows of ``design``, which has only factors."""

    side: str
    design: pd.DataFrame
    value: Matrix
    cell: NDArray[np.intp]
    seed: NDArray[np.intp]


@dataclass
class _Notes:
    """What a reader must know of each regression, by its scenario."""

    r_squared: dict[str, float] = field(default_factory=dict)
    r_squared_possible: dict[str, float] = field(default_factory=dict)
    seeds: dict[str, int] = field(default_factory=dict)
    covariance: dict[str, str] = field(default_factory=dict)
    aliased: dict[str, list[str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def regress(
    runs: pd.DataFrame,
    measure: str,
    factors: Sequence[str] | None = None,
    *,
    interactions: bool = True,
    by_scenario: bool = True,
    pair: Sequence[str] | None = None,
    log: Collection[str] = (),
    level: float = LEVEL,
) -> pd.DataFrame:
    """Regress a measure on factors, and on the products of any two of them.

    Parameters
    ----------
    factors : those of the table unless named.
    by_scenario : a regression for each scenario, or one with ``scenario`` as a factor.
    pair : two scenarios, to regress their difference (second minus first, by seed) instead.
    log : factors to take the logarithm of, because they were spaced so.

    Returns
    -------
    One row a coefficient: ``scenario`` ("all" for one regression), ``term`` ("a" or "a x b"),
    ``level`` (of words; None for numbers), ``estimate``, ``low``, ``high`` (in the measure's unit),
    ``p``, ``p_holm`` (corrected over the coefficients of the regression), ``share`` (type II eta
    squared of the whole term: how much less of all variance is explained without it), ``n`` runs.

    ``attrs``: by scenario ``r_squared``, ``r_squared_possible`` (what a mean for each point would
    explain; NaN without replications), ``seeds``, ``covariance``, ``aliased`` (terms left out, as
    the design cannot tell them from others); ``warnings``, ``units``, ``left_out``.

    A scenario with too few runs has no rows, and a warning. Raises ValueError for unknown names, a
    logarithm of 0 or less, a pair without a seed in common, or too few runs of every scenario.
    """
    chosen = list(factors) if factors is not None else factor_names(runs)
    check_names(runs, [*chosen, *log], [measure])
    points = points_table(runs)[chosen]
    for name in log:
        if name in chosen:
            if not (points[name] > 0).all():
                raise ValueError(
                    f"factor {name!r} has no logarithm: not all its levels are above 0"
                )
            points = points.assign(**{str(name): np.log(points[name])})
    points = points.apply(lambda column: _spanned(column) if is_number(column) else column)
    if pair is not None:
        data = [_of_pair(runs, measure, points, check_pair(runs, pair))]
    else:
        data = list(_of_scenarios(sound(runs, measure), runs, points, by_scenario))
    notes = _Notes()
    rows = [row for each in data for row in _fit(each, interactions, level, notes)]
    if not rows and notes.warnings:
        raise ValueError("; ".join(notes.warnings))
    table = pd.DataFrame(rows, columns=COLUMNS)
    table.attrs.update(vars(notes))
    table.attrs["left_out"] = left_out(runs, measure)
    table.attrs["units"] = units(runs, measure, ["estimate", "low", "high"])
    return table


def _of_scenarios(
    table: pd.DataFrame, runs: pd.DataFrame, points: pd.DataFrame, by_scenario: bool
) -> Iterator[_Data]:
    names = scenario_names(runs)
    if by_scenario:
        for name in names:
            yield _data(name, table[table["scenario"] == name], points, ["point"])
        return
    design = points.reset_index().merge(pd.DataFrame({"scenario": names}), how="cross")
    yield _data("all", table, design.set_index(["point", "scenario"], drop=False), _CELL)


_CELL = ["point", "scenario"]


def _of_pair(
    runs: pd.DataFrame, measure: str, points: pd.DataFrame, pair: tuple[str, str]
) -> _Data:
    table = complete_pairs(sound(runs, measure), pair)
    wide = table.pivot(index=["point", "seed"], columns="scenario", values="value")
    wide = wide.reindex(columns=list(pair)).dropna()
    if wide.empty:
        raise ValueError("no seed was run in both scenarios, so runs cannot be compared in pairs")
    difference = (wide[pair[1]] - wide[pair[0]]).rename("value").reset_index()
    return _data(f"{pair[1]} - {pair[0]}", difference, points, ["point"])


def _data(side: str, table: pd.DataFrame, design: pd.DataFrame, keys: list[str]) -> _Data:
    place = pd.MultiIndex.from_frame(table[keys]) if len(keys) > 1 else pd.Index(table[keys[0]])
    cells, cell = np.unique(design.index.get_indexer(place), return_inverse=True)
    seed = pd.factorize(table["seed"])[0]
    factors = design.iloc[cells].reset_index(drop=True).drop(columns="point", errors="ignore")
    return _Data(side, factors, table["value"].to_numpy(float), cell, seed)


def _fit(data: _Data, interactions: bool, level: float, notes: _Notes) -> Iterator[dict[str, Any]]:
    """The rows of one regression; what else is to be known goes to the notes."""
    import statsmodels.api as sm

    terms, aliased = _estimable(_terms(data.design, interactions))
    n, columns = data.value.size, [column for term in terms for column in term.columns]
    notes.aliased[data.side] = aliased
    if n <= len(columns) + 1:
        notes.warnings.append(f"{data.side}: {n} runs are too few for {len(columns)} coefficients")
        return
    matrix = np.column_stack([np.ones(len(data.design)), *(term.matrix for term in terms)])
    how, settings = _covariance(data, notes)
    fit = sm.OLS(data.value, matrix[data.cell]).fit(cov_type=how, cov_kwds=settings, use_t=True)
    shares = _shares(data, terms, notes)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.asarray(fit.pvalues)[1:]
    low, high = fit.conf_int(1 - level)[1:].T
    corrected = holm(p)
    at = 0
    for term in terms:
        for name in term.columns:
            head = {"scenario": data.side, "term": term.name, "level": name}
            numbers = {"estimate": fit.params[at + 1], "low": low[at], "high": high[at]}
            test = {"p": p[at], "p_holm": corrected[at], "share": shares[term.name], "n": n}
            yield {**head, **numbers, **test}
            at += 1


def _covariance(data: _Data, notes: _Notes) -> tuple[str, dict[str, Any]]:
    """How errors are reckoned, as statsmodels names it; few seeds at different points are told."""
    seeds = int(data.seed.max()) + 1
    notes.seeds[data.side] = seeds
    if seeds in (1, data.seed.size):
        notes.covariance[data.side] = "HC3"
        if seeds == 1:
            notes.warnings.append(
                f"{data.side}: one seed only; the intervals do not hold what other seeds would give"
            )
        return "HC3", {}
    notes.covariance[data.side] = "clustered by seed"
    balanced = data.seed.size >= NEARLY_ALL * seeds * len(data.design)
    if seeds < FEW_SEEDS and not balanced:
        notes.warnings.append(
            f"{data.side}: {seeds} seeds, not all at the same points; with fewer than {FEW_SEEDS} "
            "the intervals may be too narrow"
        )
    return "cluster", {"groups": data.seed}


def _terms(design: pd.DataFrame, interactions: bool) -> list[_Term]:
    """Factors that vary, coded, then the products of any two."""
    mains = [
        _coded(str(name), design[name])
        for name in design.columns
        if design[name].nunique(dropna=False) > 1
    ]
    products = []
    for one, other in combinations(mains, 2) if interactions else ():
        columns = {
            _joined(first, second): one.columns[first] * other.columns[second]
            for first in one.columns
            for second in other.columns
        }
        products.append(_Term(f"{one.name} x {other.name}", columns))
    return mains + products


def _coded(name: str, column: pd.Series) -> _Term:
    if is_number(column):
        return _Term(name, {None: column.to_numpy(float)})
    words = ordered(column)
    return _Term(name, {word: np.asarray(column == word, float) for word in words[1:]})


def _spanned(column: pd.Series) -> pd.Series:
    low, high = float(column.min()), float(column.max())
    return (2 * column - low - high) / (high - low) if high > low else 0.0 * column


def _joined(first: Any, second: Any) -> Any:
    named = [str(level) for level in (first, second) if level is not None]
    return " x ".join(named) if named else None


def _estimable(terms: list[_Term]) -> tuple[list[_Term], list[str]]:
    """The terms that the design can tell from the others, and the names of the rest.

    Factors are tried among factors, products among all; none is preferred to another that it
    cannot be told from.
    """

    def kept(tried: list[_Term], beside: list[_Term]) -> list[_Term]:
        def rank(columns: list[_Term]) -> int:
            if not columns:
                return 1
            ones = np.ones((columns[0].matrix.shape[0], 1))
            matrix = np.hstack([ones, *(term.matrix for term in columns)])
            return int(np.linalg.matrix_rank(matrix))

        whole = rank(beside + tried)
        return [
            term
            for term in tried
            if whole - rank(beside + [other for other in tried if other is not term])
            == term.matrix.shape[1]
        ]

    mains = kept([term for term in terms if " x " not in term.name], [])
    products = kept([term for term in terms if " x " in term.name], mains)
    names = {term.name for term in mains + products}
    return mains + products, [term.name for term in terms if term.name not in names]


def _shares(data: _Data, terms: list[_Term], notes: _Notes) -> dict[str, float]:
    """Type II eta squared by term: against the model of all terms that do not contain it."""
    runs = np.bincount(data.cell).astype(float)
    centred = data.value - data.value.mean()
    sums = np.bincount(data.cell, centred)
    total = float(centred @ centred)
    cells = np.column_stack([np.ones(runs.size), *(term.matrix for term in terms)])
    gram, moment = cells.T @ (runs[:, None] * cells), cells.T @ sums
    widths = [term.matrix.shape[1] for term in terms]
    ends = np.cumsum([1, *widths])
    place = {term.name: range(ends[at], ends[at + 1]) for at, term in enumerate(terms)}

    def explained(names: list[str]) -> float:
        chosen = [0, *(at for name in names for at in place[name])]
        solved, *_ = np.linalg.lstsq(gram[np.ix_(chosen, chosen)], moment[chosen], rcond=None)
        return float(solved @ moment[chosen])

    side, everything = data.side, [term.name for term in terms]
    if total == 0:
        notes.r_squared[side] = notes.r_squared_possible[side] = np.nan
        return dict.fromkeys(everything, np.nan)
    notes.r_squared[side] = explained(everything) / total
    replicated = bool(np.any(runs > 1))
    possible = float(np.sum(sums**2 / runs)) / total
    notes.r_squared_possible[side] = possible if replicated else np.nan
    shares = {}
    for name in everything:
        own = set(name.split(" x "))
        without = [other for other in everything if not own <= set(other.split(" x "))]
        shares[name] = max(0.0, explained([*without, name]) - explained(without)) / total
    return shares

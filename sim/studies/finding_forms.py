"""Findings of studies that compare points instead of scenarios: maps, and one factor at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.measures import MEASURES
from sim.pages.numbers import decimals_for, number
from sim.pages.study.facts import FactorFacts, factor_facts
from sim.studies.statistics import effects_alone, holm, paired_difference, passages

if TYPE_CHECKING:
    from sim.studies.finished import Finished

#: Measures of which a map is printed; the table beside the finding has them all.
PRINTED = 3
#: Corrected chance below which a difference counts as clear.
CLEAR = 0.05


def alone_table(done: Finished) -> pd.DataFrame:
    """What each factor alone does to each measure in each scenario, against the base point.

    One row a measure, scenario, factor and level away from the base: ``mean`` effect, ``low`` and
    ``high`` (95 %), ``n`` seeds, ``p``, and ``p_holm``, corrected for all rows.
    """
    parts = [
        effects_alone(done.runs, measure).assign(measure=measure) for measure in done.study.measures
    ]
    found = pd.concat(parts, ignore_index=True)
    found["p_holm"] = holm(found["p"].to_numpy())
    columns = ["measure", "scenario", "factor", "level", "mean", "low", "high", "n", "p", "p_holm"]
    return found[columns]


def alone_lines(done: Finished, table: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """The effects on the first measures: a row a factor and level, a column a scenario.

    ``labels`` says how each measure is spoken of.
    """
    study = done.study
    names, words = [one.name for one in study.scenarios], Words(factor_facts(study))
    titles = [one.settings.title or one.name for one in study.scenarios]
    if len(set(titles)) < len(titles):
        titles = names
    lines = [
        "**Found.** What each practice changes, against the base point on the same seeds, mean of "
        f"{study.replications.fixed} paired runs with 95 % interval. In bold: clear when corrected "
        f"for all {len(table)} comparisons (Holm)."
    ]
    for measure in study.measures[:PRINTED]:
        effects = _largest_first(table[table["measure"] == measure])
        by_place = {(row["factor"], row["level"], row["scenario"]): row for row in _rows(effects)}
        lines += [
            *("", labels[measure], ""),
            f"| practice | {' | '.join(titles)} |",
            f"|---|{'---|' * len(names)}",
        ]
        for factor, level in dict.fromkeys((factor, level) for factor, level, _ in by_place):
            cells = [_effect(by_place.get((factor, level, name))) for name in names]
            lines.append(f"| {factor}: {words.of(factor, level)} | {' | '.join(cells)} |")
    return lines


def _largest_first(table: pd.DataFrame) -> pd.DataFrame:
    """Factors in the order of the largest effect that any of their levels has anywhere."""
    largest = table["mean"].abs().groupby(table["factor"]).transform("max")
    return table.assign(by=-largest).sort_values("by", kind="stable").drop(columns="by")


class Words:
    """The levels of a study's factors as its file writes them, or by the words they have."""

    def __init__(self, factors: Sequence[FactorFacts]) -> None:
        self.factors = {one.name: one for one in factors}

    def of(self, factor: str, level: Any) -> str:
        known = self.factors[factor]
        return known.text(level) if known.is_beyond(level) else str(level)


def _effect(row: dict[Any, Any] | None) -> str:
    if row is None:
        return "not run"
    if row["low"] == row["high"] == 0.0:
        return "nothing at all"
    decimals = decimals_for(row["high"] - row["low"])
    low, high = (number(row[end], decimals, sign=True) for end in ("low", "high"))
    text = f"{number(row['mean'], decimals, sign=True)} ({low} to {high})"
    return f"**{text}**" if row["p_holm"] < CLEAR else text


def averaged_lines(done: Finished, titles: dict[str, str]) -> list[str]:
    """How each scenario differs from the first, averaged over all points, by seed."""
    study = done.study
    first, *others = [one.name for one in study.scenarios]
    if done.runs["point"].nunique() < 2:
        return []
    rows = []
    for measure in study.measures:
        by_seed = done.runs.groupby(["seed", "scenario"], observed=True)[measure].mean().unstack()
        rows += [
            (measure, name, paired_difference(by_seed[first], by_seed[name])) for name in others
        ]
    corrected = holm(np.array([found.p for _, _, found in rows]))
    lines = [
        "",
        f"Averaged over all points, against {titles[first]}, by pairs on the same seeds. In bold: "
        f"clear when corrected for these {len(rows)} comparisons (Holm).",
        "",
        f"| measure | {' | '.join(titles[name] for name in others)} |",
        f"|---|{'---|' * len(others)}",
    ]
    cells = {
        (measure, name): _effect({**vars(found), "p_holm": p})
        for (measure, name, found), p in zip(rows, corrected, strict=True)
    }
    for measure in study.measures:
        lines.append(f"| {measure} | {' | '.join(cells[measure, name] for name in others)} |")
    return lines


def map_table(done: Finished) -> pd.DataFrame:
    """Means of each measure at each point, and whether the best of its map is clearly better.

    A map is what the first two factors span, for each combination of the others. ``p_best`` is the
    chance of a difference from the best point of the map as large as found, were there none: by
    pairs on the same seeds, corrected for the points of the map (Holm); NaN at the best point, and
    for measures of which neither more nor less is better. Where a time that is not always reached
    is looked at, ``mean``, ``low`` and ``high`` are the median and its interval (Kaplan and Meier),
    and ``reached`` counts the runs.
    """
    factors = [factor.name for factor in done.study.factors]
    parts = []
    for measure in done.study.measures:
        table = _times(done, measure)
        if table is None:
            table = done.cells[done.cells["measure"] == measure].copy()
            table["p_best"] = np.nan
            for _, part in _maps(table, factors):
                table.loc[part.index, "p_best"] = _against_best(done, part, measure)
        parts.append(table.assign(measure=measure))
    found = pd.concat(parts, ignore_index=True)
    columns = ["measure", *factors, "mean", "low", "high", "n", "p_best"]
    return found[[*columns, *(["reached"] if "reached" in found else [])]]


def _times(done: Finished, measure: str) -> pd.DataFrame | None:
    """Median times until something is passed, by point; None for other measures."""
    derived = next((one for one in done.study.also if one.name == measure and one.first), None)
    if derived is None:
        return None
    horizon = done.study.scenarios[0].settings.periods
    table = passages(done.runs, measure, min(horizon, derived.end or horizon))
    ends = {"median": "mean", "median_low": "low", "median_high": "high"}
    return table.rename(columns=ends).assign(p_best=np.nan)


def _maps(table: pd.DataFrame, factors: list[str]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The parts of a table that are maps: one for each combination of factors beyond two."""
    if len(factors) <= 2:
        yield (), table
        return
    yield from table.groupby(factors[2:], sort=False)


def _against_best(done: Finished, part: pd.DataFrame, measure: str) -> Any:
    better = MEASURES[measure].better if measure in MEASURES else _better_of(done, measure)
    if better == 0 or part["mean"].isna().all():
        return np.full(len(part), np.nan)
    best = part["point"].to_numpy()[np.nanargmax(better * part["mean"].to_numpy())]
    values = done.runs.pivot(index="seed", columns="point", values=measure)
    p = [
        np.nan if point == best else paired_difference(values[point], values[best]).p
        for point in part["point"]
    ]
    return holm(np.array(p))


def _better_of(done: Finished, name: str) -> int:
    [derived] = [one for one in done.study.also if one.name == name]
    return MEASURES[derived.mean_of].better if derived.mean_of else 0


def map_lines(done: Finished, table: pd.DataFrame, labels: dict[str, str]) -> list[str]:
    """Maps of the first measures: rows are levels of the first factor, columns of the second."""
    study = done.study
    factors, words = [factor.name for factor in study.factors], Words(factor_facts(study))
    lines = [
        f"**Found.** Means of {study.replications.fixed} runs at each point. In bold the best of "
        "each map, in italics what cannot be told from it (pairs on the same seeds, 95 %, "
        "corrected for the points of the map). The best of many is partly lucky, so its value is "
        "somewhat too good. Of times: the median week, and in how many runs it came to that."
    ]
    for measure in study.measures[:PRINTED]:
        rows = table[table["measure"] == measure]
        for levels, part in _maps(rows, factors):
            where = ", ".join(
                f"{name}: {words.of(name, level)}"
                for name, level in zip(factors[2:], levels, strict=True)
            )
            lines += ["", f"{labels[measure]}{'; ' + where if where else ''}", ""]
            lines += _map(part, factors, words)
    return lines + _averages(done)


def _averages(done: Finished) -> list[str]:
    """What each level does to the first measure, averaged over all other factors, by seed.

    The first that every run has: a mean of times that are not always reached would mislead.
    """
    study = done.study
    measure = next((name for name in study.measures if name in MEASURES), "")
    factors, words = [factor.name for factor in study.factors], Words(factor_facts(study))
    if len(factors) < 2 or not measure:
        return []
    lines = [
        "",
        f"{MEASURES[measure].label}, averaged over the other factors: each level against the first "
        "of its factor, by pairs on the same seeds, with 95 % interval.",
        "",
        "| factor | level | difference |",
        "|---|---|---|",
    ]
    for factor in factors:
        by_seed = done.runs.groupby(["seed", factor], observed=True)[measure].mean().unstack()
        first, *others = dict.fromkeys(done.cells[factor])
        for level in others:
            found = paired_difference(by_seed[first], by_seed[level])
            ends = (number(end, 3, sign=True) for end in (found.low, found.high))
            text = f"{number(found.mean, 3, sign=True)} ({' to '.join(ends)})"
            step = f"{words.of(factor, level)} instead of {words.of(factor, first)}"
            lines.append(f"| {factor} | {step} | {text} |")
    return lines


def _map(part: pd.DataFrame, factors: list[str], words: Words) -> list[str]:
    row_factor, *other = factors[:2]
    columns = list(dict.fromkeys(part[other[0]])) if other else ["mean"]
    head = f"{row_factor} \\ {other[0]}" if other else row_factor
    heads = [words.of(other[0], level) if other else str(level) for level in columns]
    lines = [f"| {head} | {' | '.join(heads)} |", f"|---|{'---|' * len(columns)}"]
    for level, rows in part.groupby(row_factor, sort=False):
        by_column = {row[other[0]] if other else "mean": row for row in _rows(rows)}
        is_map = bool(part["p_best"].notna().any())
        cells = [_point(by_column[column], is_map) for column in columns]
        lines.append(f"| {words.of(row_factor, level)} | {' | '.join(cells)} |")
    return lines


def _point(row: dict[Any, Any], is_ranked: bool) -> str:
    if np.isfinite(row.get("reached", np.nan)):
        median = number(row["mean"], 0)
        return f"{median} ({int(row['reached'])} of {int(row['n'])})"
    text = number(row["mean"], 3 if abs(row["mean"]) < 1 else 2)
    if not is_ranked:
        return text
    if np.isnan(row["p_best"]):
        return f"**{text}**"
    return text if row["p_best"] < CLEAR else f"*{text}*"


def _rows(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table.to_dict("records")

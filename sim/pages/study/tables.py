"""The tables that the sentences and figures of a study's report rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from sim.pages.study.facts import StudyFacts
from sim.pages.study.sentences import MeasureTables
from sim.studies.finished import Finished
from sim.studies.statistics import convergence, holm, interaction, main_effects, passages, tornado
from sim.studies.statistics.effects import complete_pairs, estimate
from sim.studies.statistics.runs_table import sound

#: Designs whose points are for sensitivities: they say of effects what is to be said.
SCREENS = ("morris", "saltelli")
#: Pairs of factors that are drawn as heat maps.
MOST_MAPS = 6


def study_tables(done: Finished, facts: StudyFacts) -> dict[str, MeasureTables]:
    """By measure what its sentences rest on."""
    done = replace(done, runs=slim(done, facts))
    averages = _averages(done, facts)
    return {name: _of_measure(done, facts, name, averages[name]) for name in facts.measures}


def slim(done: Finished, facts: StudyFacts) -> pd.DataFrame:
    """The runs with the measures spoken of alone: pandas copies what a table carries along."""
    runs = done.runs
    columns = list(runs.columns)
    kept = [*columns[: columns.index("error") + 1], *facts.measures]
    table = runs[kept].copy()
    units = runs.attrs.get("units", {})
    table.attrs = {"units": {name: units[name] for name in facts.measures if name in units}}
    return table


def _of_measure(
    done: Finished, facts: StudyFacts, name: str, averages: Mapping[str, Mapping[str, Any]]
) -> MeasureTables:
    cells, differences = (
        table[table["measure"] == name] if len(table) else table
        for table in (done.cells, done.differences)
    )
    varied = [one.name for one in facts.factors if cells[one.name].nunique(dropna=False) > 1]
    moving = varied and facts.design not in SCREENS
    # Of a few listed points nothing follows about one factor apart from the others.
    moving = moving and not (facts.design == "points" and facts.points < 4 * len(varied))
    runs, leads, effects = done.runs, {}, {}
    tornados: dict[str, pd.DataFrame] = {}
    if moving:
        # No straight line leads through numbers and what is beyond them.
        words = [one.name for one in facts.factors if one.has_word]
        in_words = runs.astype(dict.fromkeys(words, object))
        table = _tornado(in_words, name, None)
        if table is not None:
            tornados = {side: _part(table, side) for side in facts.scenarios}
            tornados = {side: part for side, part in tornados.items() if len(part)}
        for pair in facts.pairs:
            table = _tornado(in_words, name, pair)
            if table is not None:
                leads[f"{pair[1]} - {pair[0]}"] = table
        effects = {factor: main_effects(runs, factor, name) for factor in varied}
    return MeasureTables(
        cells=cells,
        differences=differences,
        tornados=tornados,
        lead_tornados=leads,
        effects=effects,
        averages=averages,
        base=_base(done, tornados),
        passages=_passages(done, name),
    )


def _part(table: pd.DataFrame, side: str) -> pd.DataFrame:
    part = table[table["scenario"] == side]
    part.attrs.update(table.attrs)
    return part


def _tornado(runs: pd.DataFrame, name: str, pair: tuple[str, str] | None) -> pd.DataFrame | None:
    """The table of ``tornado``, None where there are too few runs for it, or none in pairs."""
    try:
        return tornado(runs, name, pair=pair)
    except ValueError:
        return None


def _base(done: Finished, tornados: Mapping[str, pd.DataFrame]) -> dict[str, Any] | None:
    """The levels of the base point, of designs that have one."""
    if done.study.design.kind == "grid":
        # One factor's levels look like departures from the first; they are no such thing.
        return None
    for table in tornados.values():
        base = table.attrs.get("base")
        if base is not None:
            return dict(done.study.points[int(base)].values)
    return None


def _averages(done: Finished, facts: StudyFacts) -> dict[str, dict[str, dict[str, Any]]]:
    """By measure and pair the difference over all points, p corrected over all of these."""
    found: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in facts.measures}
    for name in facts.measures:
        values = sound(done.runs, name)
        for pair in facts.pairs:
            both = complete_pairs(values, pair)
            found[name][f"{pair[1]} - {pair[0]}"] = vars(
                estimate(both, pair, 0.95, facts.is_sampled)
            ).copy()
    rows = [row for pairs in found.values() for row in pairs.values()]
    corrected = holm(np.array([row["p"] for row in rows], dtype=float))
    for row, p in zip(rows, corrected, strict=True):
        row["p_holm"] = float(p)
    return found


def _passages(done: Finished, name: str) -> pd.DataFrame | None:
    """Times of a first passage by cell; None for another measure, or runs of several lengths."""
    derived = next((one for one in done.study.also if one.name == name and one.first), None)
    if derived is None:
        return None
    lengths = lengths_of(done)
    if len(lengths) != 1:
        return None
    last = lengths.pop()
    return passages(done.runs, name, last if derived.end is None else min(last, derived.end))


def lengths_of(done: Finished) -> set[int]:
    """How many periods the runs have, over scenarios and points."""
    study = done.study
    paths = {path for factor in study.factors for path in factor.moves}
    points = study.points if "periods" in paths else study.points[:1]
    numbers = range(len(study.scenarios))
    return {study.settings_of(k, point).periods for point in points for k in numbers}


def interactions(
    done: Finished, facts: StudyFacts, name: str, pair: tuple[str, str] | None
) -> dict[tuple[str, str], pd.DataFrame]:
    """By pair of factors the table of ``interaction``, of the first scenario or of a pair."""
    factors = [one.name for one in facts.factors if len(one.levels or ()) > 1]
    found = {}
    for first, second in list(combinations(factors, 2))[:MOST_MAPS]:
        of = "mean" if pair is None else "difference"
        found[first, second] = interaction(done.runs, first, second, name, of, pair)
    return found


def convergence_curves(done: Finished, facts: StudyFacts, name: str, of: str) -> pd.DataFrame:
    """How the interval of each cell (or difference from the first scenario) narrows."""
    values = sound(done.runs, name)
    wide = values.pivot_table(index=["point", "seed"], columns="scenario", values="value")
    sides: dict[str, pd.Series] = {}
    if of == "difference":
        for first, second in facts.pairs:
            if first in wide and second in wide:
                sides[f"{second} - {first}"] = (wide[second] - wide[first]).dropna()
    else:
        sides = {one: wide[one].dropna() for one in facts.scenarios if one in wide}
    parts = [
        convergence(part.to_numpy()).assign(side=side, point=point)
        for side, series in sides.items()
        for point, part in series.groupby("point")
    ]
    columns = ["side", "point", "n", "half_width"]
    return pd.concat(parts)[columns] if parts else pd.DataFrame(columns=columns)

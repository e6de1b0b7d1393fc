"""Saying in plain words what a study found: who leads where, what moves a measure, how surely.

No claim stands without its interval. What fails the correction for the number of comparisons is
called a hint, and what cannot be told is said to be so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sim.pages.numbers import number, shown_unit
from sim.pages.study.facts import StudyFacts, point_text
from sim.pages.study.moves import bends, move_sentences, moves_of
from sim.pages.study.places import average_sentence, only_difference, place_sentences
from sim.pages.study.words import counted, interval, value


@dataclass(frozen=True)
class MeasureTables:
    """What the sentences on one measure rest on.

    ``cells`` and ``differences`` are the rows of the measure in the tables of that name;
    ``tornados`` those of ``tornado`` by scenario, ``lead_tornados`` by pair ("B - A"); ``effects``
    those of ``main_effects`` by factor; ``averages`` by pair the difference over all points (a row
    with ``mean``, ``low``, ``high``, ``p_holm``); ``base`` the levels of the base point of a
    one-at-a-time design; ``passages`` that of ``passages`` for a time until something is passed.
    """

    cells: pd.DataFrame
    differences: pd.DataFrame
    tornados: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    lead_tornados: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    effects: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    averages: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    base: Mapping[str, Any] | None = None
    passages: pd.DataFrame | None = None


def headlines(facts: StudyFacts, name: str, tables: MeasureTables) -> list[str]:
    """What is to be said of a measure first: means or differences, over the whole design."""
    cells, differences = tables.cells, tables.differences
    said = _passing(facts, name, tables.passages)
    if not np.isfinite(cells["mean"].to_numpy(dtype=float)).any():
        return [*said, "No run has a value of it, so nothing more can be said."]
    if len(facts.scenarios) == 1:
        said += _means(facts, name, cells)
    for pair in facts.pairs:
        if cells["point"].nunique() == 1:
            said.append(only_difference(facts, name, pair, cells, differences))
            continue
        average = tables.averages.get(f"{pair[1]} - {pair[0]}")
        if average is not None:
            said.append(average_sentence(facts, name, pair, differences, average))
    return said + _left_out(cells, tables.passages is not None)


def details(facts: StudyFacts, name: str, tables: MeasureTables) -> list[str]:
    """What there is to be said besides: who leads where, and what the factors do."""
    cells, said = tables.cells, []
    known = np.isfinite(cells["mean"].to_numpy(dtype=float)).any()
    if not known or cells["point"].nunique() == 1:
        return []
    for pair in facts.pairs:
        places = place_sentences(facts, name, pair, tables.differences, tables.base)
        several = len(facts.pairs) > 1
        first, second = (facts.title_of(one) for one in pair)
        said += [f"{second} and {first}: {places[0]}", *places[1:]] if several else places
    return said + _what_moves(facts, name, tables)


def _means(facts: StudyFacts, name: str, cells: pd.DataFrame) -> list[str]:
    """The mean of the only scenario; where there are several points, the lowest and highest."""
    measure, rows = facts.measure(name), cells[np.isfinite(cells["mean"])]
    unit = shown_unit(measure.unit)
    unit = f" {unit}" if unit else ""
    if cells["point"].nunique() == 1:
        row: Any = rows.iloc[0]
        runs = counted(int(row["n"]), "run")
        inside = f"{interval(row, measure)}; {runs}"
        return [f"{value(row['mean'], row, measure)}{unit} on average ({inside})."]
    texts = []
    for word, row in zip(
        ("lowest", "highest"),
        (rows.loc[rows["mean"].idxmin()], rows.loc[rows["mean"].idxmax()]),
        strict=True,
    ):
        at = point_text(row, facts.factors)
        mean = value(row["mean"], row, measure)
        texts.append(f"{word} at {at}: {mean}{unit} ({interval(row, measure)})")
    text = f"Of {counted(cells['point'].nunique(), 'point')} it is {'; '.join(texts)}."
    return [text]


def _what_moves(facts: StudyFacts, name: str, tables: MeasureTables) -> list[str]:
    """What the factors do in each scenario, and to the differences between them."""
    measure, said = facts.measure(name), []
    scale = float(np.nanmax(np.abs(tables.cells["mean"].to_numpy(dtype=float))))
    for scenario, table in tables.tornados.items():
        title = f"in {facts.title_of(scenario)}, " if len(facts.scenarios) > 1 else ""
        bent = bends(tables.effects, scenario, facts, measure)
        moves = moves_of(table, facts, tables.base, scale)
        said += move_sentences(moves, bent, title, "it", measure)
    for pair in facts.pairs:
        lead = tables.lead_tornados.get(f"{pair[1]} - {pair[0]}")
        if lead is not None:
            first, second = (facts.title_of(one) for one in pair)
            what = f"the difference {second} \N{MINUS SIGN} {first}"
            moves = moves_of(lead, facts, tables.base, scale)
            said += move_sentences(moves, {}, "", what, measure)
    return said


# --- runs without a value -----------------------------------------------------------------------


def _passing(facts: StudyFacts, name: str, passages: pd.DataFrame | None) -> list[str]:
    """Of a time until something is passed: in how many runs it was, and when in half of them."""
    if passages is None:
        return []
    unit, said = shown_unit(facts.measure(name).unit), []
    for scenario in facts.scenarios:
        rows = passages[passages["scenario"].astype(str) == scenario]
        title = f"{facts.title_of(scenario)}: " if len(facts.scenarios) > 1 else ""
        reached, n = int(rows["reached"].sum()), int(rows["n"].sum())
        text = f"{title}reached in {reached:,} of {counted(n, 'run')}"
        if len(rows) == 1 and np.isfinite(rows["median"].iloc[0]):
            row: Any = rows.iloc[0]
            low, high = row["median_low"], row["median_high"]
            ends = f"{number(low, 0)} " + (
                f"to {number(high, 0)}" if np.isfinite(high) else "or later"
            )
            text += f", in half of them by {number(row['median'], 0)} {unit}".rstrip()
            text += f" (95 % interval {ends})"
        said.append(f"{text[:1].upper()}{text[1:]}.")
    return said


def _left_out(cells: pd.DataFrame, passes: bool) -> list[str]:
    missing = int(cells["missing"].sum())
    if not missing:
        return []
    if passes:
        return [
            f"{counted(missing, 'run')} never got there by the end. All other sentences are about "
            "runs that did, and so make it look sooner than it is."
        ]
    have, are = ("has", "is") if missing == 1 else ("have", "are")
    return [f"{counted(missing, 'run')} {have} no value of it, and {are} left out."]

"""``sweep`` and ``sensitivity``: a study, from its file to its tables and its report.

A study that was stopped goes on where it stopped, and one that was finished can be extended.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from string import ascii_uppercase
from typing import Any

import pandas as pd
from rich.table import Table

from sim.pages.numbers import interval_text, number
from sim.pages.study.facts import FactorFacts, factor_facts
from sim.studies.finished import Finished, finished
from sim.studies.pool import Pool
from sim.studies.runner import Task
from sim.studies.sensitivity.of_study import check_points, design_for, method_of
from sim.studies.store import load_results, set_aside
from sim.studies.study import Study, load_study
from sim.studies.study_manifest import results_folder
from sim.studies.sweep import Conditions, sweep
from sim.verbs.study_files import write_study
from sim.verbs.terminal import messages, prepare, print_json, progress, results, where

#: Points that a terminal shows.
MOST_POINTS = 12


@dataclass(frozen=True)
class Asked:
    """What was asked for; see ``sim.cli``."""

    file: str
    sets: list[str]
    pool: Pool
    out: Path | None
    org: Path | None
    as_json: bool
    allow_plugins: bool
    fresh: bool
    retry_failed: bool

    @property
    def options(self) -> list[str]:
        """The options that a result depends on, as one would type them."""
        given = [part for one in self.sets for part in ("--set", one)]
        if self.org is not None:
            given += ["--org", str(self.org)]
        return given + (["--allow-plugins"] if self.allow_plugins else [])


def sweep_study(asked: Asked) -> bool:
    """Load, run what is missing, print and write. Whether no run failed."""
    study = load_study(asked.file, asked.sets)
    folder = asked.out or results_folder(study.name, asked.sets, asked.org)
    done = carry_out(study, asked, folder)
    write_study(folder, done, ["sweep", asked.file, *asked.options], None)
    if asked.as_json:
        print_json(document(done))
    else:
        show(done)
    messages.print(f"Report, figures, tables and manifest: {where(folder)}", soft_wrap=True)
    return done.swept.failed == 0


def study_sensitivity(asked: Asked, method: str | None, points: int | None) -> bool:
    """The same with a design that tells sensitivities. Whether no run failed."""
    design = None
    if method is not None:
        design = design_for(method, points)
    elif points is not None:
        design = design_for(None, points, load_study(asked.file, asked.sets).design.kind)
    study = load_study(asked.file, asked.sets, design)
    told = method_of(study)
    check_points(study)
    name = study.name if design is None else f"{study.name}-{told}"
    folder = asked.out or results_folder(name, asked.sets, asked.org)
    cells = len({point.cell for point in study.points}) * len(study.scenarios)
    each = study.replications.fixed or study.replications.at_least
    messages.print(f"{told}: {cells:,} cells, {cells * each:,} runs", style="dim")
    done = carry_out(study, asked, folder, must_tell=True)
    command = ["sensitivity", asked.file, *_design_options(method, points), *asked.options]
    write_study(folder, done, command, design)
    if asked.as_json:
        print_json(document(done))
    else:
        show_sensitivities(done)
    messages.print(f"Report, figures, tables and manifest: {where(folder)}", soft_wrap=True)
    return done.swept.failed == 0


def _design_options(method: str | None, points: int | None) -> list[str]:
    given = [] if method is None else ["--method", method]
    return given + ([] if points is None else ["--points", str(points)])


def carry_out(study: Study, asked: Asked, folder: Path, must_tell: bool = False) -> Finished:
    """Do what is missing of a study, showing how it goes on."""
    conditions = Conditions.of(asked.org, asked.allow_plugins, asked.retry_failed)
    if asked.fresh:
        old = set_aside(folder)
        if old is not None:
            messages.print(f"The runs that were there are kept in {where(old)}.", soft_wrap=True)
    for note in study.notes:
        messages.print(f"Note: {note}", soft_wrap=True)
    first = study.points[0]
    prepare(
        [
            Task(scenario.name, study.settings_of(k, first), 0, conditions.people)
            for k, scenario in enumerate(study.scenarios)
        ]
    )
    try:
        with progress("Sweeping", 0) as bar:
            swept = sweep(study, folder, asked.pool, conditions, bar)
    except KeyboardInterrupt:
        messages.print(
            "Stopped. All runs that were done are kept: the same command goes on from there."
        )
        raise
    if swept.new < swept.runs:
        there = swept.runs - swept.new
        messages.print(f"{there:,} of {swept.runs:,} runs were there already.")
    return finished(study, load_results(folder), swept, conditions, must_tell)


def document(done: Finished) -> dict[str, Any]:
    """A finished study as one JSON document."""
    study, swept = done.study, done.swept
    return {
        "study": study.name,
        "title": study.title,
        "scenarios": [scenario.name for scenario in study.scenarios],
        "points": len(study.points),
        "runs": swept.runs,
        "failed": swept.failed,
        "stopped_at_the_cap": list(swept.capped),
        "cells": [_entry(row, study) for row in done.cells.to_dict("records")],
        "differences": [
            _entry(row, study) | {"d": _finite(row["d"]), "p_holm": _finite(row["p_holm"])}
            for row in done.differences.to_dict("records")
        ],
        "sensitivities": [
            {
                "measure": each.measure,
                "of": each.of,
                "method": each.table.attrs["method"],
                "factors": {
                    str(factor): {str(name): _plain(value) for name, value in row.items()}
                    for factor, row in each.table.iterrows()
                },
            }
            for each in done.sensitivities
        ],
    }


def _entry(row: dict[Any, Any], study: Study) -> dict[str, Any]:
    return {
        "measure": row["measure"],
        "point": int(row["point"]),
        "factors": {factor.name: _plain(row[factor.name]) for factor in study.factors},
        "scenario": str(row["scenario"]),
        "mean": _finite(row["mean"]),
        "ci95": [_finite(row["low"]), _finite(row["high"])],
        "n": int(row["n"]),
    }


def _plain(value: Any) -> Any:
    bare = value.item() if hasattr(value, "item") else value
    return _finite(bare) if isinstance(bare, float) else bare


def _finite(value: float) -> float | None:
    """The number, or None for one that is none: JSON knows no NaN."""
    return float(value) if pd.notna(value) else None


def show(done: Finished) -> None:
    """Print the first measure at every point, and what else there is to say."""
    study, measure = done.study, done.study.measures[0]
    means = done.cells[done.cells["measure"] == measure]
    cells = {(row["point"], str(row["scenario"])): row for row in means.to_dict("records")}
    pairs = {}
    if not done.differences.empty:
        told = done.differences[done.differences["measure"] == measure]
        pairs = {(row["point"], str(row["scenario"])): row for row in told.to_dict("records")}
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in short_names([factor.name for factor in study.factors]):
        table.add_column(name, overflow="fold")
    names = [scenario.name for scenario in study.scenarios]
    for heading in [*ascii_uppercase[: len(names)], *(["B - A"] if pairs else [])]:
        table.add_column(heading, justify="right")
    points, factors = list(dict.fromkeys(means["point"])), factor_facts(study)
    for point in points[:MOST_POINTS]:
        levels = [_word(factor, study.points[point].values[factor.name]) for factor in factors]
        shown = [cells[(point, scenario.name)] for scenario in study.scenarios]
        shown += [row for (at, _), row in pairs.items() if at == point][:1]
        table.add_row(*levels, *(_numbers(row) for row in shown))
    results.print(study.title, style="bold")
    results.print(table)
    unit = done.cells.attrs.get("units", {}).get(measure, "")
    results.print(f"{measure} ({unit}): mean and 95 % interval of each point.", style="dim")
    called = zip(ascii_uppercase, names, strict=False)
    results.print(", ".join(f"{letter}: {name}" for letter, name in called), style="dim")
    if len(points) > MOST_POINTS:
        results.print(f"{len(points) - MOST_POINTS:,} more points: cells.csv", style="dim")
    _show_sentences(done)
    _warn(done)


def short_names(names: list[str]) -> list[str]:
    """Key paths without their sections, where that leaves them different."""
    last = [name.rsplit(".", 1)[-1] for name in names]
    return [
        short if last.count(short) == 1 else name for name, short in zip(names, last, strict=True)
    ]


def _numbers(row: dict[Any, Any]) -> str:
    """A mean over its interval; differences have a sign."""
    mean = number(row["mean"], 3, sign="p_holm" in row)
    return f"{mean}\n[dim]{interval_text(row['low'], row['high'], 3)}[/dim]"


def show_sensitivities(done: Finished) -> None:
    """Print what the measures depend on, in words."""
    results.print(done.study.title, style="bold")
    _show_sentences(done)
    _warn(done)


def _show_sentences(done: Finished) -> None:
    from sim.pages.study.report import finding_texts, sensitivity_texts

    told = sensitivity_texts(done) if done.sensitivities else finding_texts(done)[:1]
    for heading, sentences in told:
        results.print()
        results.print(heading, style="bold")
        for sentence in sentences:
            results.print(sentence)


def _word(factor: FactorFacts, value: Any) -> str:
    if factor.is_beyond(value):
        return factor.text(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _warn(done: Finished) -> None:
    swept = done.swept
    if swept.failed:
        messages.print(
            f"{swept.failed:,} of {swept.runs:,} runs failed; their rows have the error. "
            "--retry-failed does them again."
        )
    if swept.capped:
        messages.print(
            f"At {len(swept.capped):,} of {len(done.study.points):,} points the intervals were not "
            "as narrow as asked when the cap of replications was reached."
        )

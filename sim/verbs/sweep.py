"""``sweep``: a study, from its file to its tables and its report; goes on where it stopped."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pandas as pd
from rich.table import Table

from sim.pages.numbers import interval_text, number
from sim.studies.pool import Pool
from sim.studies.results import MANIFEST, hash_of_folder, manifest, write_json
from sim.studies.runner import Task
from sim.studies.statistics import cells, differences
from sim.studies.store import load_results, set_aside
from sim.studies.study import Study, load_study
from sim.studies.sweep import Conditions, Swept, sweep
from sim.verbs.files import write_text
from sim.verbs.terminal import messages, prepare, print_json, progress, results, where

#: Cells that a terminal shows.
MOST_CELLS = 24


def sweep_study(
    file: str,
    sets: list[str],
    pool: Pool,
    out: Path | None,
    org: Path | None,
    as_json: bool,
    allow_plugins: bool,
    fresh: bool,
    retry_failed: bool,
) -> bool:
    """Load, run what is missing, print and write; see ``sim.cli``. Whether no run failed."""
    study = load_study(file, sets)
    conditions = Conditions.of(org, allow_plugins, retry_failed)
    folder = out or Path("results") / folder_name(study, sets, org)
    runs, swept = carry_out(study, conditions, pool, folder, fresh)
    tables = tables_of(study, runs)
    command = ["sweep", file, *options(sets, org, allow_plugins)]
    write_study(folder, study, conditions, command, runs, tables)
    if as_json:
        print_json(document(study, runs, swept, tables))
    else:
        show(study, swept, tables)
    messages.print(f"Tables and manifest: {where(folder)}", soft_wrap=True)
    return swept.failed == 0


def folder_name(study: Study, sets: list[str], org: Path | None) -> str:
    """Where results go unless said otherwise; other settings or people, another folder."""
    if not sets and org is None:
        return study.name
    apart = hashlib.blake2b(repr((sets, org and org.resolve())).encode(), digest_size=3)
    return f"{study.name}-{apart.hexdigest()}"


def options(sets: list[str], org: Path | None, allow_plugins: bool) -> list[str]:
    """The options that a result depends on, as one would type them."""
    given = [part for one in sets for part in ("--set", one)]
    if org is not None:
        given += ["--org", str(org)]
    return given + (["--allow-plugins"] if allow_plugins else [])


def carry_out(
    study: Study, conditions: Conditions, pool: Pool, folder: Path, fresh: bool
) -> tuple[pd.DataFrame, Swept]:
    """Do what is missing of a study, showing how it goes on; gives its runs."""
    if fresh:
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
            swept = sweep(study, folder, pool, conditions, bar)
    except KeyboardInterrupt:
        messages.print(
            "Stopped. All runs that were done are kept: the same command goes on from there."
        )
        raise
    if swept.new < swept.runs:
        messages.print(f"{swept.runs - swept.new:,} of {swept.runs:,} runs were there already.")
    return load_results(folder), swept


def tables_of(study: Study, runs: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The cells of a study, and how each scenario differs from the first."""
    measures = list(study.measures)
    tables = {"cells": cells(runs, measures)}
    first, *others = [scenario.name for scenario in study.scenarios]
    if others:
        parts = [differences(runs, measures, (first, other)) for other in others]
        tables["differences"] = pd.concat(parts, ignore_index=True)
    return tables


def write_study(
    folder: Path,
    study: Study,
    conditions: Conditions,
    command: list[str],
    runs: pd.DataFrame,
    tables: dict[str, pd.DataFrame],
) -> None:
    """Write what a finished study leaves beside its runs."""
    hashes = {
        kind: hash_of_folder(folder / kind) for kind in ("runs", "series")[: 1 + bool(study.series)]
    }
    scenarios = {scenario.name: scenario for scenario in study.scenarios}
    write_json(
        folder / MANIFEST,
        manifest(command, scenarios, [], hashes, conditions.organization, study.files),
    )
    for name, table in tables.items():
        write_text(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))


def document(
    study: Study, runs: pd.DataFrame, swept: Swept, tables: dict[str, pd.DataFrame]
) -> dict[str, Any]:
    """A finished study as one JSON document."""
    return {
        "study": study.name,
        "title": study.title,
        "scenarios": [scenario.name for scenario in study.scenarios],
        "points": len(study.points),
        "runs": swept.runs,
        "failed": swept.failed,
        "stopped_at_the_cap": list(swept.capped),
        "cells": [_entry(row, study) for row in tables["cells"].to_dict("records")],
        "differences": [
            _entry(row, study) | {"d": _finite(row["d"]), "p_holm": _finite(row["p_holm"])}
            for row in tables.get("differences", pd.DataFrame()).to_dict("records")
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
    return value.item() if hasattr(value, "item") else value


def _finite(value: float) -> float | None:
    """The number, or None for one that is none: JSON knows no NaN."""
    return float(value) if pd.notna(value) else None


def show(study: Study, swept: Swept, tables: dict[str, pd.DataFrame]) -> None:
    """Print the first measure in every cell, and what else there is to say."""
    measure = study.measures[0]
    rows = tables["cells"][tables["cells"]["measure"] == measure]
    unit = tables["cells"].attrs.get("units", {}).get(measure, "")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in (*(factor.name for factor in study.factors), "Scenario"):
        table.add_column(column, overflow="fold")
    for column in (measure, "95 % interval", "runs"):
        table.add_column(column, justify="right")
    for row in rows.head(MOST_CELLS).to_dict("records"):
        levels = [f"{row[factor.name]}" for factor in study.factors]
        interval = interval_text(row["low"], row["high"], 3)
        table.add_row(
            *levels, str(row["scenario"]), number(row["mean"], 3), interval, str(row["n"])
        )
    results.print(study.title, style="bold")
    results.print(table)
    if len(rows) > MOST_CELLS:
        results.print(f"and {len(rows) - MOST_CELLS:,} more cells: cells.csv", style="dim")
    if unit:
        results.print(f"{measure}: {unit}", style="dim")
    if swept.failed:
        messages.print(
            f"{swept.failed:,} of {swept.runs:,} runs failed; their rows have the error. "
            "--retry-failed does them again."
        )
    if swept.capped:
        messages.print(
            f"At {len(swept.capped):,} of {len(study.points):,} points the intervals were not as "
            "narrow as asked when the cap of replications was reached."
        )

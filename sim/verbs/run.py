"""``run``: one scenario over many seeds, where it ends up and how it got there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.table import Table

from sim.errors import InputProblem, Problem
from sim.measures import LEARNING_MEASURES, MAIN_MEASURES, MEASURES
from sim.models.whole_run.scope import is_whole
from sim.pages.numbers import interval_text, number
from sim.scenario.loading import Scenario, load_scenario
from sim.scenario.origins import origins_of
from sim.studies.functions import wrong_measures
from sim.studies.pool import Pool
from sim.studies.results import (
    MANIFEST,
    manifest,
    spare_what_is_not_ours,
    table_hash,
    write_folder,
    write_json,
    write_ledger,
    write_tables,
)
from sim.studies.runner import Task, finals_table, run_all, series_table
from sim.studies.statistics import Interval, mean_interval
from sim.verbs.terminal import (
    messages,
    organization_from,
    prepare,
    print_json,
    progress,
    results,
    run_options,
    where,
)

#: The figure of all measures together.
FIGURE = "measures"


def run_scenario(
    name: str,
    sets: list[str],
    seeds: int,
    pool: Pool,
    out: Path | None,
    org: Path | None,
    as_json: bool,
    with_series: bool,
    allow_plugins: bool,
    figures: Path | None = None,
    drawn: Sequence[str] = (),
) -> None:
    """Load, run, write where ``out`` and ``figures`` say, and print; see ``sim.cli``."""
    if with_series and not as_json:
        raise InputProblem(
            Problem("--series adds to the JSON document", "Give --json too, or --out for tables.")
        )
    scenario = load_scenario(name, sets=sets)
    drawn = _require_drawable(scenario, figures, drawn)
    people = organization_from(org)
    if out is not None:
        spare_what_is_not_ours(out)
    origins = origins_of(scenario)
    tasks = [
        Task(scenario.name, scenario.settings, seed, people, allow_plugins, origins)
        for seed in range(seeds)
    ]
    prepare(tasks)
    over_time = with_series or out is not None or figures is not None
    with progress("Running", seeds) as tell:
        runs = run_all(tasks, pool, tell, with_series=over_time)
    finals = finals_table(tasks, runs)
    series = series_table(tasks, runs) if over_time else None
    if out is not None:
        command = ["run", name, *run_options(sets, seeds, org, allow_plugins)]
        assert series is not None
        tables = {"runs": finals, "series": series}
        hashes = {table: table_hash(each) for table, each in tables.items()}

        def fill(folder: Path) -> None:
            write_tables(folder, tables)
            write_json(
                folder / MANIFEST,
                manifest(command, {scenario.name: scenario}, range(seeds), hashes, org),
            )
            write_ledger(folder / "ledger.json", sum(each.seconds for each in runs), pool)

        write_folder(out, fill)
    if as_json:
        print_json(_document(scenario, seeds, finals, series if with_series else None))
    else:
        _print(scenario, finals)
    if out is not None:
        messages.print(f"Tables and manifest: {where(out)}", soft_wrap=True)
    if figures is not None:
        assert series is not None
        _draw(figures, scenario, series, drawn)
        messages.print(f"Figures (PNG, SVG): {where(figures)}", soft_wrap=True)


def _require_drawable(
    scenario: Scenario, figures: Path | None, drawn: Sequence[str]
) -> Sequence[str]:
    """The measures to draw: those named, else the main ones; raises InputProblem."""
    if figures is None:
        if drawn:
            remedy = "Give --figures DIR too, the folder for them."
            raise InputProblem(Problem("--measure chooses what figures show", remedy))
        return ()
    if figures.exists() and not figures.is_dir():
        remedy = "Name a folder; files of other names in it stay."
        raise InputProblem(Problem(f"{figures} is a file", remedy, key="--figures"))
    main = LEARNING_MEASURES if is_whole(scenario.settings) else MAIN_MEASURES
    names = tuple(drawn or main)
    if problems := wrong_measures(names, scenario):
        raise InputProblem([replace(each, key="--measure") for each in problems])
    return names


def _draw(folder: Path, scenario: Scenario, series: pd.DataFrame, names: Sequence[str]) -> None:
    """A figure of each measure over time, and one of all, in an existing or new folder."""
    from sim.pages.drawing import save_figure
    from sim.pages.figures import run_figure

    names = [name for name in names if name in series]
    title = scenario.settings.title or scenario.name
    folder.mkdir(parents=True, exist_ok=True)
    for file, shown in ((FIGURE, names), *((name, [name]) for name in names)):
        save_figure(run_figure(series, scenario.name, title, MEASURES, shown), folder / file)


def _intervals(finals: pd.DataFrame) -> dict[str, Interval]:
    return {name: mean_interval(finals[name].to_numpy()) for name in MEASURES if name in finals}


def _document(
    scenario: Scenario, seeds: int, finals: pd.DataFrame, series: pd.DataFrame | None
) -> dict[str, Any]:
    document: dict[str, Any] = {
        "scenario": scenario.name,
        "seeds": seeds,
        "measures": {
            name: {
                "mean": _finite(interval.mean),
                "ci95": [_finite(interval.low), _finite(interval.high)],
            }
            for name, interval in _intervals(finals).items()
        },
    }
    if series is not None:
        measured = [name for name in MEASURES if name in series]
        means = series.groupby("period")[measured].mean()
        document["series"] = {
            "period": means.index.tolist(),
            **{name: [_finite(value) for value in means[name]] for name in measured},
        }
    return document


def _finite(value: float) -> float | None:
    """The number, or None for one that is none: JSON knows no NaN."""
    return float(value) if pd.notna(value) else None


def _print(scenario: Scenario, finals: pd.DataFrame) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Measure")
    for column in ("Mean", "95 % interval"):
        table.add_column(column, justify="right")
    table.add_column("Unit")
    for name, interval in _intervals(finals).items():
        measure = MEASURES[name]
        if np.isnan(interval.mean) and is_whole(scenario.settings):
            continue
        bounds = interval_text(interval.low, interval.high, 3)
        table.add_row(measure.label, number(interval.mean, 3), bounds, measure.unit)
    runs, settings = len(finals), scenario.settings
    length = f"of {settings.periods} weeks; stocks at the end, flows over all weeks"
    if is_whole(settings):
        until = "until nothing changes, at most" if settings.run.stop == "absorption" else "of"
        length = f"{until} {settings.periods:,} periods; values at the end"
    results.print(
        f"{settings.title or scenario.name}: {runs:,} run{'s' if runs != 1 else ''} {length}",
        style="bold",
    )
    results.print(table)

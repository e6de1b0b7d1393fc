"""``replicate``: published figures run again, and whether they come out."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from sim.scenario.marks import display_name
from sim.studies.pool import Pool
from sim.studies.replication.documents import document, runs_table, tables
from sim.studies.replication.outcome import Outcome, replicate
from sim.studies.replication.running import Plan, plan, try_out
from sim.studies.replication.targets import Model, find_model, known_models, load_model
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
from sim.verbs.terminal import messages, print_json, results, where


def list_models(as_json: bool) -> None:
    """Say which models can be replicated, and how much each asks for."""
    models = [load_model(path) for path in known_models().values()]
    rows: list[dict[str, Any]] = [
        {
            "model": model.name,
            "title": model.title,
            "figures": [target.name for target in model.targets],
            "cells": sum(len(target.cells) + len(target.contests) for target in model.targets),
            "seeds": sorted({one.seeds for target in model.targets for one in target.requests}),
        }
        for model in models
    ]
    if as_json:
        print_json({"models": rows})
        return
    for row in rows:
        seeds = " to ".join(str(one) for one in dict.fromkeys((row["seeds"][0], row["seeds"][-1])))
        results.print(Text.assemble((row["model"], "bold"), f"  {row['title']}"))
        about = f"{row['cells']} cells, {seeds} seeds each: {'; '.join(row['figures'])}"
        results.print(Padding(about, (0, 4)))
    results.print("python run.py replicate NAME [--figure FIGURE] runs them.", style="dim")


def replicate_model(
    name: str, figure: str | None, seeds: int | None, pool: Pool, out: Path | None, as_json: bool
) -> bool:
    """Run, print and write; see ``sim.cli``. Returns whether all that is judged agrees."""
    model = load_model(find_model(name))
    if figure is not None:
        model = model.only(figure)
    folder = out or Path("results") / _folder_name(model, figure, seeds)
    spare_what_is_not_ours(folder)
    planned = plan([one for target in model.targets for one in target.requests], seeds)
    _prepare(planned)
    started = time.perf_counter()
    with _progress(planned.runs) as tell:
        outcome = replicate(model, planned, pool, tell)
    seconds = time.perf_counter() - started
    command = ["replicate", name, *_options(figure, seeds)]
    write_folder(folder, lambda fresh: _fill(fresh, outcome, command, seconds, pool))
    if as_json:
        print_json(document(outcome))
    else:
        from sim.verbs.replication_tables import show

        show(outcome, results)
    messages.print(f"Figures, tables and manifest: {where(folder)}", soft_wrap=True)
    return outcome.agrees


def _options(figure: str | None, seeds: int | None) -> list[str]:
    options = [] if figure is None else ["--figure", figure]
    return options + ([] if seeds is None else ["--seeds", str(seeds)])


def _folder_name(model: Model, figure: str | None, seeds: int | None) -> str:
    """Where results go unless said otherwise; another figure or number of seeds, another folder."""
    parts = ["replicate", model.name, *([] if figure is None else [file_name(figure)])]
    return "-".join(parts + ([] if seeds is None else [f"{seeds}-seeds"]))


def file_name(figure: str) -> str:
    """A figure's name as the name of a file: "figure 1, text" becomes ``figure_1_text``."""
    return re.sub(r"[^a-z0-9.]+", "_", figure.lower()).strip("_.") or "figure"


def _prepare(planned: Plan) -> None:
    """Try every batch for one period; say so if kernels are to be compiled for that."""
    text = "Compiling the rules for this machine (once, at most half a minute)"
    compiled: set[str] = set()
    with messages.status("Trying every cell") as status:

        def tell(kernel: str) -> None:
            if not compiled and not messages.is_terminal:
                messages.print(f"{text} …")
            compiled.add(kernel)
            status.update(f"{text}: {len(compiled)} kernels")

        try_out(planned, tell)


@contextlib.contextmanager
def _progress(runs: int) -> Iterator[Callable[[int], None]]:
    """Show runs done and time left; gives the function to call with the number just done."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("runs"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=messages, transient=True) as bar:
        task = bar.add_task("Replicating", total=runs)
        yield lambda done: bar.update(task, advance=done)


def _fill(folder: Path, outcome: Outcome, command: list[str], seconds: float, pool: Pool) -> None:
    """Write everything a replication leaves behind into a fresh folder."""
    from sim.pages.drawing import save_figure
    from sim.pages.replication_figure import replication_figure

    kept = tables(outcome)
    write_tables(folder, kept)
    runs = runs_table(outcome)
    runs.to_parquet(folder / "runs.parquet", index=False)
    scenarios = {
        f"{batch.scenario.name} {number}": batch.scenario
        for number, batch in enumerate(outcome.plan.batches)
    }
    most = max(batch.seeds for batch in outcome.plan.batches)
    hashes = {name: table_hash(each) for name, each in {**kept, "runs": runs}.items()}
    made = manifest(command, scenarios, range(most), hashes)
    target = {"file": display_name(outcome.model.file), "text": outcome.model.text}
    write_json(folder / MANIFEST, {**made, "target": target})
    write_ledger(folder / "ledger.json", seconds, pool)
    for figure in outcome.figures:
        save_figure(replication_figure(figure), folder / f"{file_name(figure.target.name)}.png")

"""``rerun``: a manifest's runs again, all of them or one, and whether they come out the same."""

from __future__ import annotations

import pdb
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.table import Table

from sim.errors import InputProblem, Problem
from sim.measures import MEASURES
from sim.models.run import Run
from sim.pages.numbers import number
from sim.studies.manifest import Manifest, load_manifest
from sim.studies.parcels import Cell, do_cell, do_cell_openly
from sim.studies.pool import Pool
from sim.studies.repeating import (
    cell_of_run,
    check_code,
    conditions_of,
    first_difference,
    is_as_told,
    repeat,
    value_then,
    what_differs,
)
from sim.studies.store.faults import writing
from sim.studies.store.store import as_kept
from sim.studies.sweep import Conditions
from sim.verbs.terminal import messages, print_json, progress, results, where


def rerun(
    file: Path,
    verify: bool,
    run: str | None,
    debug: bool,
    pool: Pool,
    out: Path | None,
    org: Path | None,
    as_json: bool,
    allow_plugins: bool,
) -> bool:
    """Repeat, print and compare; see ``sim.cli``. Whether what was compared is the same."""
    manifest = load_manifest(file)
    if debug and run is None:
        raise InputProblem(
            Problem("--debug looks at one run", "Name it with --run.", key="--debug")
        )
    if out is not None and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputProblem(
            Problem(f"{out} exists, so nothing was written", "Name another folder with --out.")
        )
    check_code(manifest, allow_plugins)
    for difference in what_differs(manifest):
        messages.print(f"Note: {difference}.", soft_wrap=True)
    conditions = conditions_of(manifest, org, allow_plugins)
    if run is not None:
        return _one(manifest, run, debug, conditions, as_json)
    return _all(manifest, verify, pool, out, conditions, as_json)


def _all(
    manifest: Manifest,
    verify: bool,
    pool: Pool,
    out: Path | None,
    conditions: Conditions,
    as_json: bool,
) -> bool:
    with tempfile.TemporaryDirectory(prefix="learning-org-") as scratch:
        folder = Path(scratch) / "again" if out is None else out
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        with progress("Repeating", 0) as bar:
            hashes = repeat(manifest, folder, pool, conditions, bar)
        then = manifest.told["tables"]
        same = {
            name: hashes.get(name) == value and is_as_told(manifest, name)
            for name, value in then.items()
        }
        where_not = {
            name: first_difference(manifest, name, folder) for name, is_ in same.items() if not is_
        }
    if as_json:
        print_json({"manifest": str(manifest.file), "same": same, "differences": where_not})
    else:
        for name, is_same in same.items():
            told = "the same to the bit" if is_same else f"not the same; {where_not[name]}"
            results.print(f"{name}: {told.rstrip('; ')}", soft_wrap=True)
    if out is not None:
        messages.print(f"Tables: {where(out)}", soft_wrap=True)
    return all(same.values()) or not verify


def _one(manifest: Manifest, run: str, debug: bool, conditions: Conditions, as_json: bool) -> bool:
    """Repeat one run in this process; under a debugger with ``debug``."""
    cell = cell_of_run(manifest, run, conditions)
    done, error = _watched(cell) if debug else _done(cell)
    then = value_then(manifest, run)
    if done is None:
        as_then = then is not None and str(then.get("error", "")) == as_kept(error)
        if as_json:
            print_json({"run": run, "error": error, "same": as_then})
        else:
            results.print(f"{run} fails: {error}", soft_wrap=True)
        return as_then
    same = {name: _is_same(then, name, value) for name, value in done.finals.items()}
    if as_json:
        finite = {n: v if np.isfinite(v) else None for n, v in done.finals.items()}
        print_json({"run": run, "measures": finite, "same": None if then is None else same})
    else:
        _show(run, done, then, same)
    return then is None or all(same.values())


def _done(cell: Cell) -> tuple[Run | None, str]:
    [outcome] = do_cell(cell)
    return outcome.run, outcome.error


def _watched(cell: Cell) -> tuple[Run | None, str]:
    """The run under the debugger: it stops before the first step, and where an error is raised."""
    try:
        done = pdb.Pdb().runcall(do_cell_openly, cell)
    except Exception as error:
        pdb.post_mortem(error.__traceback__)
        return None, f"{type(error).__name__}: {error}"
    if done is None:
        # Somebody left the debugger before the run was over.
        raise KeyboardInterrupt
    return done, ""


def _is_same(then: pd.Series | None, name: str, value: float) -> bool:
    if then is None or name not in then:
        return then is None
    old = float(then[name])
    return bool(old == value or (np.isnan(old) and np.isnan(value)))


def _show(run: str, done: Run, then: pd.Series | None, same: dict[str, bool]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Measure")
    table.add_column(f"Run {run}", justify="right")
    for column in ("Unit", "As before"):
        table.add_column(column)
    for name, value in done.finals.items():
        measure: Any = MEASURES.get(name)
        verdict = "" if then is None else "yes" if same[name] else f"no: {then.get(name)}"
        label, unit = (measure.label, measure.unit) if measure else (name, "")
        table.add_row(label, number(value, 4), unit, verdict)
    results.print(table)
    if then is None:
        messages.print("There is no table beside the manifest to compare with.")

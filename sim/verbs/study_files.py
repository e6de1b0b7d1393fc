"""What a finished study leaves beside its runs: manifest, tables, figures, report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.studies.finished import Finished
from sim.studies.sensitivity.of_study import long_table
from sim.studies.study_manifest import write_manifest
from sim.verbs.files import write_text


def write_study(
    folder: Path, done: Finished, command: list[str], design: Mapping[str, Any] | None
) -> None:
    """Write everything; ``design`` is the one that took the place of the study file's, if one did.

    Raises
    ------
    InputProblem
        When the folder cannot be written; the runs in it are safe.
    """
    write_manifest(folder, done.study, done.conditions, command, design)
    for name, table in tables_of(done).items():
        write_text(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
    from sim.pages.study.report import write_report

    write_report(folder, done, command)


def tables_of(done: Finished) -> dict[str, pd.DataFrame]:
    """The tables beside the runs, by name."""
    tables = {"cells": done.cells}
    if not done.differences.empty:
        tables["differences"] = done.differences
    if done.sensitivities:
        tables["sensitivities"] = long_table(list(done.sensitivities))
        pairs = [
            each.pairs.assign(measure=each.measure, of=each.of)
            for each in done.sensitivities
            if each.pairs is not None
        ]
        if pairs:
            tables["sensitivity_pairs"] = pd.concat(pairs, ignore_index=True)
    return tables

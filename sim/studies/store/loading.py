"""Tables of a study, read back: as far as they are there, and never with a damaged row."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.errors import InputProblem, Problem
from sim.studies.store.chunks import (
    RUNS,
    SERIES,
    DamagedChunk,
    Format,
    file_name,
    metadata_of,
    number_of,
    read_table,
)
from sim.studies.store.columns import Columns
from sim.studies.store.filing import pending_rows, pending_series
from sim.studies.store.ledger import LEDGER, MISSING, check_format, peek
from sim.studies.store.rewriting import REWRITTEN, SWAP, check_chunk


def load_results(folder: Path | str) -> pd.DataFrame:
    """The runs of a study, one row each, in the order of its design.

    ``attrs["units"]`` has the units by column and ``attrs["study"]`` what is known of the study.
    Where runs are missing, ``attrs["unfinished"]`` says so in a sentence; it is empty otherwise.

    Raises
    ------
    InputProblem
        When there is no such folder, when it holds no study or one of a newer format, or when a
        chunk is damaged.
    """
    return _load(Path(folder), RUNS)


def load_series(folder: Path | str) -> pd.DataFrame:
    """What was measured on the way, one row a run and period; otherwise as ``load_results``.

    Raises
    ------
    InputProblem
        As ``load_results``; also when the study kept no series.
    """
    return _load(Path(folder), SERIES)


def _load(folder: Path, kind: str) -> pd.DataFrame:
    if not folder.is_dir():
        what = "is no folder" if folder.exists() else "does not exist"
        raise InputProblem(Problem(f"{folder} {what}", "Name the results folder of a study."))
    db = peek(folder)
    if db is None:
        return _of_chunks_alone(folder, kind)
    with closing(db):
        return _of_ledger(folder, kind, db)


def _of_chunks_alone(folder: Path, kind: str) -> pd.DataFrame:
    """The table where the ledger is held by a running study, or there is none."""
    found = sorted((folder / kind).glob("part-*.parquet"))
    paths = [path for path in found if number_of(path) is not None]
    if not paths and not (folder / LEDGER).exists():
        raise _no_study(folder)
    if not paths:
        raise InputProblem(
            Problem(f"the study in {folder} is running, and has written no {kind} yet", "Wait.")
        )
    with _said_plainly():
        parts = [read_table(path) for path in paths]
    ours = metadata_of(parts[0].schema)
    if not ours:
        raise _no_study(folder)
    check_format(ours["format"], folder)
    note = (
        "The ledger could not be read, because the study is running or the ledger is lost: "
        "only runs in complete chunks are shown."
    )
    columns = Columns.of(ours["columns"])
    return _finish(parts, columns, {"name": folder.resolve().name}, note)


def _of_ledger(folder: Path, kind: str, db: sqlite3.Connection) -> pd.DataFrame:
    meta = {key: json.loads(value) for key, value in db.execute("SELECT key, value FROM meta")}
    if "study" not in meta:
        return _of_chunks_alone(folder, kind)
    columns = Columns.of(meta["study"]["columns"])
    if kind == SERIES and not columns.series:
        raise InputProblem(
            Problem(
                f"the study in {folder} kept no series",
                "Put `series: true` into the study and run it into another folder.",
            )
        )
    # A swap that was cut short: what is not renamed yet is the table all the same.
    renamed = folder / REWRITTEN / kind
    place = renamed if meta.get(SWAP) and renamed.is_dir() else folder / kind
    numbers = [number for (number,) in db.execute("SELECT number FROM chunks ORDER BY number")]
    layout = Format(columns, meta["study"]["signature"])
    schema = layout.runs if kind == RUNS else layout.series
    with _said_plainly():
        for number in numbers:
            check_chunk(db, place, number, kind)
        parts = [read_table(place / file_name(number)) for number in numbers]
    note = ""
    if not meta.get("finished"):
        parts = _in_order(db, layout, kind, numbers, parts)
        note = _what_is_missing(db)
    return _finish(parts or [schema.empty_table()], columns, meta["about"], note)


def _in_order(
    db: sqlite3.Connection, layout: Format, kind: str, numbers: list[int], parts: list[pa.Table]
) -> list[pa.Table]:
    """Rows of chunks that are still true and rows that wait in the ledger, as in the plan."""
    keys, rows = pending_rows(db, layout)
    if kind == RUNS:
        waiting = layout.runs_table(rows)
    else:
        waiting = layout.series_table(rows, 0, pending_series(db, layout, keys))
    homes = db.execute(
        "SELECT settings.id || '-' || runs.seed, runs.chunk, runs.position FROM runs "
        "JOIN settings ON settings.number = runs.settings WHERE runs.status != 0"
    )
    position_of = {(run, chunk): position for run, chunk, position in homes}
    kept, positions = [], []
    for number, part in zip([*numbers, None], [*parts, waiting], strict=True):
        places = [position_of.get((run, number)) for run in part["run"].to_pylist()]
        here = np.array([place is not None for place in places], dtype=bool)
        kept.append(part.filter(pa.array(here)))
        positions += [place for place in places if place is not None]
    table = pa.concat_tables(kept).unify_dictionaries()
    return [table.take(pa.array(np.argsort(np.array(positions, int), kind="stable")))]


def _what_is_missing(db: sqlite3.Connection) -> str:
    missing, everything = db.execute(
        "SELECT coalesce(sum(status = ?), 0), count(*) FROM runs WHERE position IS NOT NULL",
        (MISSING,),
    ).fetchone()
    if not missing:
        return "All runs are done, but the study was stopped before its tables were put in order."
    return f"The study is unfinished: {missing:,} of its {everything:,} runs are missing."


@contextmanager
def _said_plainly() -> Iterator[None]:
    try:
        yield
    except DamagedChunk as error:
        raise InputProblem(
            Problem(
                f"a chunk of the results is damaged: {error}",
                "Run the study again: it sets the chunk aside and repeats its runs only",
            )
        ) from None


def _finish(
    parts: list[pa.Table], columns: Columns, study: dict[str, Any], note: str
) -> pd.DataFrame:
    table = pa.concat_tables(parts).unify_dictionaries()
    frame: pd.DataFrame = table.replace_schema_metadata(None).to_pandas()
    frame.attrs["units"] = dict(columns.units)
    frame.attrs["study"] = study
    frame.attrs["unfinished"] = note
    return frame


def _no_study(folder: Path) -> InputProblem:
    return InputProblem(Problem(f"{folder} holds no study", "Name the results folder of a study."))

"""From the ledger into chunks: runs leave the ledger in the transaction that notes their chunk."""

from __future__ import annotations

import sqlite3

import numpy as np
from numpy.typing import ArrayLike

from sim.studies.store.chunks import Format, Rows, Series
from sim.studies.store.faults import writing
from sim.studies.store.ledger import Ledger
from sim.studies.store.rewriting import insert_chunks

_RUNS = """
SELECT cells.label, runs.settings, runs.seed, runs.status, runs.error, pending.numbers
FROM plan CROSS JOIN runs ON runs.settings = plan.settings AND runs.seed = plan.seed
AND runs.position = plan.position CROSS JOIN cells ON cells.number = plan.cell
LEFT JOIN pending ON pending.settings = runs.settings AND pending.seed = runs.seed
WHERE plan.position >= ? AND plan.position < ? AND runs.chunk IS NULL AND runs.status != 0
ORDER BY plan.position
"""


def pack_series(series: tuple[ArrayLike, ArrayLike], measures: int) -> bytes:
    """Periods and measures of a run as bytes.

    Raises
    ------
    ValueError
        When there is not one row a period, or not one column a measure.
    """
    at, values = np.asarray(series[0], dtype="<i8"), np.asarray(series[1], dtype="<f8")
    if at.ndim != 1 or values.shape != (len(at), measures):
        raise ValueError(f"series of {values.shape} for {at.shape} periods, {measures} measures")
    if np.any(np.diff(at) <= 0):
        raise ValueError("the periods of a series must rise")
    return at.tobytes() + values.tobytes()


def unpack_series(packed: bytes | None, measures: int) -> Series | None:
    """What ``pack_series`` packed."""
    if packed is None:
        return None
    periods = len(packed) // (8 * (1 + measures))
    at = np.frombuffer(packed, "<i8", periods)
    return at, np.frombuffer(packed, "<f8", offset=8 * periods).reshape(periods, measures)


def pending_rows(
    db: sqlite3.Connection, layout: Format, span: tuple[int, int] = (0, 1 << 62)
) -> tuple[list[tuple[int, int]], Rows]:
    """Runs of a span of the plan that are done and in no chunk: settings and seeds, and rows."""
    found = db.execute(_RUNS, span).fetchall()
    labels, settings, seeds, statuses, errors, packed = (
        [row[k] for row in found] for k in range(6)
    )
    columns = len(layout.columns.numbers)
    nothing = np.full(columns, np.nan).tobytes()
    numbers = np.frombuffer(b"".join(each or nothing for each in packed), "<f8")
    rows = Rows(labels, seeds, statuses, errors, numbers.reshape(len(seeds), columns))
    return list(zip(settings, seeds, strict=True)), rows


def pending_series(
    db: sqlite3.Connection, layout: Format, keys: list[tuple[int, int]]
) -> list[Series | None]:
    """The series of runs that are in no chunk, by settings and seed."""
    ask = "SELECT series FROM pending WHERE settings = ? AND seed = ?"
    measures = len(layout.columns.measures)
    found = (db.execute(ask, key).fetchone() for key in keys)
    return [None if one is None else unpack_series(one[0], measures) for one in found]


def file_runs(ledger: Ledger, layout: Format, number: int, span: tuple[int, int]) -> None:
    """Write the runs of a span of the plan that are in no chunk into chunk ``number``.

    Raises
    ------
    InputProblem
        When the folder cannot be written; the runs then stay in the ledger.
    """
    keys, rows = pending_rows(ledger.db, layout, span)
    if not keys:
        return
    series_of = None
    if layout.columns.series:

        def series_of(first: int, last: int) -> list[Series | None]:
            return pending_series(ledger.db, layout, keys[first:last])

    with writing(ledger.folder):
        note = layout.write(ledger.folder, number, rows, series_of)
    with ledger.transaction() as db:
        insert_chunks(ledger, [note])
        db.executemany(
            "UPDATE runs SET chunk = ?, place = ? WHERE settings = ? AND seed = ?",
            [(number, place, *key) for place, key in enumerate(keys)],
        )
        db.executemany("DELETE FROM pending WHERE settings = ? AND seed = ?", keys)

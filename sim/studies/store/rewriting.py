"""Chunks brought into the order of the plan, with flat memory and one step that counts.

New files are written beside the old ones. Then one transaction of the ledger says that they are
the table; only after it are folders renamed, and that is done again if it was cut short.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.studies.store.chunks import (
    RUNS,
    SERIES,
    TOGETHER,
    Format,
    Rows,
    Series,
    Written,
    check_file,
    file_name,
    numbers_of,
    read_series,
    read_table,
)
from sim.studies.store.faults import sync_folder, writing
from sim.studies.store.ledger import Ledger

#: New files before they are complete, new files that are, and the old ones on their way out.
REWRITING, REWRITTEN, REPLACED = ".rewriting", ".rewritten", ".replaced"

SWAP = "swap"

#: Chunks, and groups of series, that are held in memory while rows are gathered.
_CHUNKS, _GROUPS = 64, 4

_LABELS = """
SELECT cells.label, plan.seed FROM plan CROSS JOIN cells ON cells.number = plan.cell
WHERE plan.position >= ? AND plan.position < ? ORDER BY plan.position
"""

_HOMES = """
SELECT cells.label, plan.seed, runs.status, runs.error, runs.chunk, runs.place, settings.id
FROM plan CROSS JOIN cells ON cells.number = plan.cell
CROSS JOIN runs ON runs.settings = plan.settings AND runs.seed = plan.seed
CROSS JOIN settings ON settings.number = plan.settings
WHERE plan.position >= ? AND plan.position < ? ORDER BY plan.position
"""


def is_in_order(ledger: Ledger, size: int) -> bool:
    """Whether the chunks are the plan, ``size`` runs each, in its order and as it labels them."""
    chunks = dict(ledger.db.execute("SELECT number, label FROM chunks"))
    length = plan_length(ledger)
    if sorted(chunks) != list(range(-(-length // size))):
        return False
    return all(
        chunks[number] == label_of(ledger, number * size, (number + 1) * size)
        for number in range(len(chunks))
    )


def plan_length(ledger: Ledger) -> int:
    """Rows of the plan."""
    return int(ledger.db.execute("SELECT count(*) FROM plan").fetchone()[0])


def label_of(ledger: Ledger, first: int, last: int) -> str:
    """The label of a chunk that has the positions from ``first`` to before ``last``."""
    found = ledger.db.execute(_LABELS, (first, last)).fetchall()
    rows = Rows(
        [label for label, _ in found], [seed for _, seed in found], [], [], np.zeros((0, 0))
    )
    return rows.label()


def rewrite(ledger: Ledger, layout: Format, size: int) -> None:
    """Write all chunks anew in the order of the plan, and let them take the place of the old.

    Raises
    ------
    InputProblem
        When the folder cannot be written; the old chunks are then as they were.
    DamagedChunk
        When an old chunk cannot be read.
    """
    folder = ledger.folder
    fresh = folder / REWRITING
    with writing(folder):
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            fresh.mkdir()
            source = _Source(ledger, layout)
            notes = [
                _write_block(ledger, layout, source, fresh, number, size)
                for number in range(-(-plan_length(ledger) // size))
            ]
            fresh.replace(folder / REWRITTEN)
            sync_folder(folder)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
    with ledger.transaction() as db:
        db.execute("DELETE FROM chunks")
        insert_chunks(ledger, notes)
        db.execute("UPDATE runs SET chunk = position / ?, place = position % ?", (size, size))
        ledger.note(SWAP, True)
    ledger.secure()
    swap(ledger)


def insert_chunks(ledger: Ledger, notes: list[Written]) -> None:
    """Note chunks that are on the disk, inside a transaction."""
    ledger.db.executemany(
        "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?)",
        [astuple(note) for note in notes],
    )


def check_chunk(db: sqlite3.Connection, folder: Path, number: int, kind: str) -> None:
    """Raise DamagedChunk where a chunk's file in ``folder`` is not what the ledger tells of."""
    which = "bytes, checksum" if kind == RUNS else "series_bytes, series_checksum"
    noted = db.execute(f"SELECT {which} FROM chunks WHERE number = ?", (number,)).fetchone()
    if noted[0] is not None:
        check_file(folder / file_name(number), *noted)


def swap(ledger: Ledger) -> None:
    """Let rewritten chunks take the place of the old ones; harmless to begin again."""
    with writing(ledger.folder):
        swap_folders(ledger.folder)
    with ledger.transaction():
        ledger.note(SWAP, False)
    shutil.rmtree(ledger.folder / REPLACED, ignore_errors=True)


def swap_folders(folder: Path) -> None:
    """Rename the folders of rewritten chunks to those of the tables."""
    for kind in (RUNS, SERIES):
        new, here, old = (folder / part / kind for part in (REWRITTEN, "", REPLACED))
        if new.is_dir():
            if here.is_dir():
                shutil.rmtree(old, ignore_errors=True)
                old.parent.mkdir(exist_ok=True)
                here.replace(old)
            new.replace(here)
    shutil.rmtree(folder / REWRITTEN, ignore_errors=True)
    sync_folder(folder)


def _write_block(
    ledger: Ledger, layout: Format, source: _Source, fresh: Path, number: int, size: int
) -> Written:
    """Write the chunk that has the ``number``-th ``size`` positions of the plan."""
    found = ledger.db.execute(_HOMES, (number * size, (number + 1) * size)).fetchall()
    labels, seeds, statuses, errors, chunks, places, settings = map(list, zip(*found, strict=True))
    homes = list(zip(chunks, places, strict=True))
    rows = Rows(labels, seeds, statuses, errors, source.numbers(homes))
    series_of: Callable[[int, int], list[Series | None]] | None = None
    if layout.columns.series:
        names = [f"{each}-{seed}" for each, seed in zip(settings, seeds, strict=True)]

        def series_of(first: int, last: int) -> list[Series | None]:
            return source.series(homes[first:last], names[first:last])

    return layout.write(fresh, number, rows, series_of)


class _Source:
    """Rows of old chunks, wherever they stand; keeps what was read last."""

    def __init__(self, ledger: Ledger, layout: Format) -> None:
        self._db, self._folder, self._names = ledger.db, ledger.folder, layout.columns.numbers
        self._chunks: OrderedDict[int, NDArray[np.float64]] = OrderedDict()
        self._groups: OrderedDict[tuple[int, int], dict[str, Series]] = OrderedDict()
        self._sound: set[int] = set()

    def numbers(self, homes: list[tuple[int, int]]) -> NDArray[np.float64]:
        """The numbers of runs by chunk and place, shape (runs, columns)."""
        numbers = np.empty((len(homes), len(self._names)))
        chunks, places = np.array(homes).T
        for chunk in np.unique(chunks):
            here = chunks == chunk
            numbers[here] = self._chunk(int(chunk))[places[here]]
        return numbers

    def _chunk(self, number: int) -> NDArray[np.float64]:
        if number not in self._chunks:
            check_chunk(self._db, self._folder / RUNS, number, RUNS)
            path = self._folder / RUNS / file_name(number)
            self._chunks[number] = numbers_of(read_table(path, self._names), self._names)
            if len(self._chunks) > _CHUNKS:
                self._chunks.popitem(last=False)
        self._chunks.move_to_end(number)
        return self._chunks[number]

    def series(self, homes: list[tuple[int, int]], names: list[str]) -> list[Series | None]:
        """The series of runs by chunk, place and name; None for a run that left none."""
        series: list[Series | None] = [None] * len(homes)
        by_group: dict[tuple[int, int], list[int]] = {}
        for k, (chunk, place) in enumerate(homes):
            by_group.setdefault((chunk, place // TOGETHER), []).append(k)
        for key, these in by_group.items():
            group = self._group(key)
            for k in these:
                series[k] = group.get(names[k])
        return series

    def _group(self, key: tuple[int, int]) -> dict[str, Series]:
        if key not in self._groups:
            if key[0] not in self._sound:
                check_chunk(self._db, self._folder / SERIES, key[0], SERIES)
                self._sound.add(key[0])
            self._groups[key] = read_series(self._folder / SERIES / file_name(key[0]), key[1])
            if len(self._groups) > _GROUPS:
                self._groups.popitem(last=False)
        self._groups.move_to_end(key)
        return self._groups[key]

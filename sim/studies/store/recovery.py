"""A folder brought into order when it is opened: after a kill, damage, or a lost ledger.

What is damaged is set aside in ``damaged/`` and its runs become missing; what is whole is kept.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.studies.store.chunks import (
    RUNS,
    SERIES,
    UNFINISHED,
    DamagedChunk,
    Format,
    Rows,
    Written,
    checksum_of,
    file_name,
    metadata_of,
    number_of,
    read_table,
    rows_of,
)
from sim.studies.store.faults import writing
from sim.studies.store.ledger import BESIDE, LEDGER, MISSING, Ledger
from sim.studies.store.rewriting import (
    REPLACED,
    REWRITING,
    REWRITTEN,
    SWAP,
    check_chunk,
    insert_chunks,
    swap,
    swap_folders,
)

DAMAGED = "damaged"

Tell = Callable[[str], object]

_ADOPT = """
INSERT INTO runs (settings, seed, status, error, chunk, place) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (settings, seed) DO UPDATE SET status = excluded.status, error = excluded.error,
chunk = excluded.chunk, place = excluded.place
WHERE chunk IS NULL AND (status = 0 OR status = excluded.status)
"""


def set_file_aside(folder: Path, path: Path, prefix: str = "") -> None:
    """Move a file of ``folder`` to ``damaged/``, under a name that is free there."""
    aside = folder / DAMAGED
    aside.mkdir(exist_ok=True)
    target, number = aside / f"{prefix}{path.name}", 0
    while target.exists():
        number += 1
        target = aside / f"{prefix}{path.stem}-{number}{path.suffix}"
    path.replace(target)


def set_ledger_aside(folder: Path) -> None:
    """Move a ledger that cannot be read to ``damaged/``, with all that belongs to it."""
    with writing(folder):
        for end in ("", *BESIDE):
            path = folder / f"{LEDGER}{end}"
            if path.exists():
                set_file_aside(folder, path)


def noted_in_chunks(folder: Path) -> dict[str, Any]:
    """What the first readable chunk of a folder says of its study; empty where there is none."""
    for kind in (RUNS, f"{REWRITTEN}/{RUNS}"):
        for path in sorted((folder / kind).glob("part-*.parquet")):
            try:
                found = metadata_of(pq.read_schema(path))
            except (OSError, ValueError, pa.ArrowException):
                continue
            if found:
                return found
    return {}


def tidy(ledger: Ledger, is_new: bool) -> None:
    """Finish, or take away, what a process that was killed left half done."""
    folder = ledger.folder
    if is_new and (folder / REWRITTEN).is_dir():
        with writing(folder):
            swap_folders(folder)
    elif ledger.get(SWAP):
        swap(ledger)
    for name in (REWRITING, REWRITTEN, REPLACED):
        shutil.rmtree(folder / name, ignore_errors=True)
    with writing(folder):
        for kind in (RUNS, SERIES):
            for path in (folder / kind).glob(f"{UNFINISHED}*"):
                path.unlink()


def check_chunks(ledger: Ledger, layout: Format, tell: Tell) -> None:
    """Hold every chunk against the ledger; runs of those that are damaged become missing.

    Chunks that the ledger does not know are taken in, as far as they are of this study.
    """
    found = ledger.db.execute("SELECT * FROM chunks ORDER BY number").fetchall()
    notes = [Written(*each) for each in found]
    bad = [note for note in notes if _is_bad(ledger, note)]
    aside = [_give_up(ledger, note.number) for note in bad]
    known = {note.number for note in notes} - {note.number for note in bad}
    with writing(ledger.folder):
        for path in sorted((ledger.folder / RUNS).glob("*")):
            if number_of(path) not in known and not _adopt(ledger, layout, path):
                aside.append(0)
                _set_chunk_aside(ledger.folder, path.name)
    if aside:
        tell(
            f"{len(aside)} damaged or missing chunk{'s' * (len(aside) > 1)} in "
            f"{ledger.folder / RUNS}: set aside as far as there in {ledger.folder / DAMAGED}; "
            f"{sum(aside):,} runs will be done again."
        )


def _is_bad(ledger: Ledger, note: Written) -> bool:
    """Whether a file of a chunk is gone, or not what was written."""
    try:
        for kind in (RUNS, SERIES):
            check_chunk(ledger.db, ledger.folder / kind, note.number, kind)
    except DamagedChunk:
        return True
    return False


def _give_up(ledger: Ledger, number: int) -> int:
    """Set a chunk aside; gives how many runs became missing by it."""
    with writing(ledger.folder):
        _set_chunk_aside(ledger.folder, file_name(number))
    with ledger.transaction() as db:
        lost = db.execute(
            "UPDATE runs SET status = ?, error = '', seconds = NULL, host = NULL, chunk = NULL, "
            "place = NULL WHERE chunk = ?",
            (MISSING, number),
        ).rowcount
        db.execute("DELETE FROM chunks WHERE number = ?", (number,))
        ledger.note("finished", False)
    return lost


def _set_chunk_aside(folder: Path, name: str) -> None:
    for kind, prefix in ((RUNS, ""), (SERIES, "series-")):
        path = folder / kind / name
        if path.exists():
            set_file_aside(folder, path, prefix)


def _adopt(ledger: Ledger, layout: Format, path: Path) -> bool:
    """Take in the runs of a chunk that the ledger does not know; false where it is none of ours.

    A chunk of which every run stands elsewhere is taken away.
    """
    number = number_of(path)
    if number is None:
        return False
    try:
        if not pq.read_schema(path).equals(layout.runs, check_metadata=True):
            return False
        rows = rows_of(read_table(path), layout.columns)
        if layout.columns.series:
            read_table(ledger.folder / SERIES / path.name)
    except (DamagedChunk, OSError, ValueError, KeyError, pa.ArrowException):
        return False
    if not _take_in(ledger, rows, number, path):
        for kind in (RUNS, SERIES):
            (ledger.folder / kind / path.name).unlink(missing_ok=True)
    return True


def _take_in(ledger: Ledger, rows: Rows, number: int, path: Path) -> int:
    """Enter the rows of a chunk into the ledger; gives how many of them were not in a chunk."""
    taken = 0
    with ledger.transaction() as db:
        for place, (run, seed) in enumerate(_identities(rows)):
            db.execute("INSERT INTO settings (id) VALUES (?) ON CONFLICT DO NOTHING", (run,))
            found = db.execute("SELECT number FROM settings WHERE id = ?", (run,)).fetchone()
            values = (rows.statuses[place], rows.errors[place], number, place)
            if db.execute(_ADOPT, (found[0], seed, *values)).rowcount > 0:
                taken += 1
                db.execute("DELETE FROM pending WHERE settings = ? AND seed = ?", (found[0], seed))
        if taken:
            size, checksum = checksum_of(path)
            series = path.parent.parent / SERIES / path.name
            of_series = checksum_of(series) if series.exists() else (None, None)
            label = rows.label() if taken == len(rows.seeds) else ""
            insert_chunks(ledger, [Written(number, label, size, checksum, *of_series)])
    return taken


def _identities(rows: Rows) -> list[tuple[str, int]]:

    return [
        (json.loads(label)[0], seed) for label, seed in zip(rows.labels, rows.seeds, strict=True)
    ]

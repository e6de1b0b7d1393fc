"""The ledger: what is done, in one SQLite file that one process holds at a time.

The lock is SQLite's own on the file, so it ends with the process, however that ends. What is
committed outlasts ``kill -9``; after a loss of power the last moments may have to be run again.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from sim.errors import InputProblem, Problem
from sim.studies.store.faults import OTHER_FOLDER, is_lock, writing

LEDGER, RUNNING = "ledger.sqlite", "running.json"

#: Files that SQLite keeps beside its own.
BESIDE = ("-wal", "-shm", "-journal")

#: Version of the folder's format; a program refuses folders of a later one.
FORMAT = 1

#: Status of a run.
MISSING, DONE, FAILED = 0, 1, 2

#: Seconds to wait for somebody who only reads.
PATIENCE = 3.0

# `plan` is the design in its order; `runs.position` is where a run first stands in it. A run's
# numbers are in `pending` until they are in row `place` of its `chunk`. The label of a chunk is
# a hash of the cells and seeds in it, and empty where the chunk holds what is no longer true.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settings (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS cells (number INTEGER PRIMARY KEY, label TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS plan (
    position INTEGER PRIMARY KEY, cell INTEGER NOT NULL, settings INTEGER NOT NULL,
    seed INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
    settings INTEGER NOT NULL, seed INTEGER NOT NULL, position INTEGER,
    status INTEGER NOT NULL, error TEXT NOT NULL DEFAULT '', seconds REAL, host TEXT,
    chunk INTEGER, place INTEGER, PRIMARY KEY (settings, seed)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending (
    settings INTEGER NOT NULL, seed INTEGER NOT NULL, numbers BLOB NOT NULL, series BLOB,
    UNIQUE (settings, seed));
CREATE TABLE IF NOT EXISTS chunks (
    number INTEGER PRIMARY KEY, label TEXT NOT NULL, bytes INTEGER NOT NULL,
    checksum INTEGER NOT NULL, series_bytes INTEGER, series_checksum INTEGER);
"""


class Ledger:
    """An open ledger, held by this process alone until it is closed."""

    def __init__(self, folder: Path) -> None:
        """Open the ledger of ``folder``, or begin one.

        Raises
        ------
        InputProblem
            When another process holds it, when it cannot be written, or when its format is newer.
        sqlite3.DatabaseError
            When it is damaged.
        """
        self.folder = folder
        self.db = sqlite3.connect(
            folder / LEDGER, timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )
        try:
            # By a connection of its own, which leaves a newer file as it is.
            with closing(sqlite3.connect(folder / LEDGER, timeout=PATIENCE)) as db:
                check_format(db.execute("PRAGMA user_version").fetchone()[0], folder)
            self._hold()
        except sqlite3.Error as error:
            self.db.close()
            if is_lock(error):
                raise InputProblem(_held(folder)) from None
            raise
        except InputProblem:
            self.db.close()
            raise
        with suppress(OSError):
            (folder / RUNNING).write_text(json.dumps(_this_process()) + "\n", encoding="utf-8")

    def _hold(self) -> None:
        # The lock first: the log of changes then needs no memory shared with other processes.
        self.db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = NORMAL")
        self.db.execute("PRAGMA cache_size = -16000")
        self.db.execute("PRAGMA journal_size_limit = 33554432")
        self.db.execute("BEGIN IMMEDIATE")
        (verdict,) = self.db.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            self.db.execute("ROLLBACK")
            raise Damaged(verdict)
        for statement in _SCHEMA.split(";"):
            self.db.execute(statement)
        self.db.execute(f"PRAGMA user_version = {FORMAT}")
        self.db.execute("COMMIT")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is written inside is kept, or nothing of it; system errors in plain words."""
        with writing(self.folder):
            self.db.execute("BEGIN")
            try:
                yield self.db
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:
                    with suppress(sqlite3.Error):
                        self.db.execute("ROLLBACK")
                raise

    def secure(self) -> None:
        """See to it that what is committed outlasts a loss of power too."""
        with writing(self.folder):
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def get(self, key: str) -> Any:
        """What was noted under ``key``; None where nothing was."""
        found = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if found is None else json.loads(found[0])

    def note(self, key: str, value: Any) -> None:
        """Note plain data under ``key``, inside a transaction."""
        self.db.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, json.dumps(value)),
        )

    def close(self) -> None:
        """Let go of the ledger; it then is one plain file, readable from a read-only disk."""
        # The file first: whoever comes next writes its own.
        with suppress(OSError):
            (self.folder / RUNNING).unlink()
        with suppress(sqlite3.Error):
            self.db.execute("PRAGMA journal_mode = DELETE")
        self.db.close()


class Damaged(sqlite3.DatabaseError):
    """SQLite's check of the ledger found damage."""


def peek(folder: Path) -> sqlite3.Connection | None:
    """The ledger of ``folder`` to read from; None where it is held, damaged, or there is none."""
    path = folder / LEDGER
    if not path.is_file():
        return None
    quoted = path.resolve().as_uri()
    # The second for a folder that cannot be written: SQLite then cannot prepare its locks.
    for mode in ("mode=ro", "immutable=1"):
        db = sqlite3.connect(f"{quoted}?{mode}", uri=True, timeout=0.2, isolation_level=None)
        try:
            db.execute("BEGIN")
            version = db.execute("PRAGMA user_version").fetchone()[0]
            db.execute("SELECT count(*) FROM meta").fetchone()
        except sqlite3.Error as error:
            db.close()
            if "SQLITE_CANTOPEN" in (getattr(error, "sqlite_errorname", None) or ""):
                continue
            return None
        try:
            check_format(version, folder)
        except InputProblem:
            db.close()
            raise
        return db
    return None


def check_format(version: int, folder: Path) -> None:
    """Raise InputProblem where a later program wrote the folder."""
    if version > FORMAT:
        raise InputProblem(
            Problem(
                f"{folder} was written by a newer version of this program "
                f"(format {version}; this one knows {FORMAT})",
                "Update the program, or name another folder with --out.",
            )
        )


def _this_process() -> dict[str, Any]:
    since = datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": since}


def _held(folder: Path) -> Problem:
    try:
        by = json.loads((folder / RUNNING).read_text(encoding="utf-8"))
        who = f" (pid {by['pid']}, host {by['host']}, since {by['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        who = ""
    return Problem(
        f"another process{who} is running this study in {folder}",
        f"Wait until it has ended. {OTHER_FOLDER}",
    )

"""What can go wrong with a folder, in words that say what to do."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import InputProblem, Problem

OTHER_FOLDER = "Name another folder with --out."

_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_NO_WRITING = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite says that its file is damaged or none of its own."""
    return _name(error).startswith(_DAMAGED)


def is_lock(error: sqlite3.Error) -> bool:
    """Whether SQLite says that another process holds its file."""
    return _name(error).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _name(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", None) or ""


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn what the system says about a folder that cannot be written into an InputProblem."""
    try:
        yield
    except OSError as error:
        no_room = error.errno in _NO_ROOM
        raise _unwritable(folder, error.strerror or str(error), no_room) from error
    except sqlite3.Error as error:
        name = _name(error)
        if name.startswith(_NO_WRITING):
            raise _unwritable(folder, "it is read-only", False) from error
        if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
            raise _unwritable(folder, str(error), True) from error
        if is_damage(error):
            raise InputProblem(
                Problem(
                    f"the ledger of {folder} is damaged: {error}",
                    "Run the study again: the ledger is then rebuilt from the tables.",
                )
            ) from error
        raise


def _unwritable(folder: Path, reason: str, no_room: bool) -> InputProblem:
    if no_room:
        remedy = (
            "What was done is kept. Make room on the disk and give the same command again: "
            "it goes on where it stopped"
        )
    else:
        remedy = OTHER_FOLDER
    return InputProblem(Problem(f"cannot write results to {folder}: {reason}", remedy))


def sync_folder(folder: Path) -> None:
    """Make renamed files outlast a loss of power, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)

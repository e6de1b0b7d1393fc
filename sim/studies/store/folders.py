"""Whether a folder can take a study, and how an old one is set aside."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sim.errors import InputProblem, Problem
from sim.studies.store.chunks import RUNS
from sim.studies.store.faults import OTHER_FOLDER, is_damage, sync_folder, writing
from sim.studies.store.ledger import BESIDE, LEDGER, Damaged, Ledger
from sim.studies.store.recovery import set_ledger_aside
from sim.studies.store.rewriting import REWRITTEN


def is_store(folder: Path) -> bool:
    """Whether a folder holds a study, in whatever state."""
    return (folder / LEDGER).is_file() or any(
        any((folder / kind).glob("part-*.parquet")) for kind in (RUNS, f"{REWRITTEN}/{RUNS}")
    )


def prepare(folder: Path) -> None:
    """Make the folder, or see that it is one of ours.

    Raises
    ------
    InputProblem
        When it is a file, holds something else, or cannot be made.
    """
    with writing(folder):
        if folder.exists() and not folder.is_dir():
            raise InputProblem(
                Problem(f"{folder} is a file, and results need a folder", OTHER_FOLDER)
            )
        folder.mkdir(parents=True, exist_ok=True)
        if not is_store(folder) and any(folder.iterdir()):
            raise InputProblem(
                Problem(f"{folder} exists and holds no study, so nothing was written", OTHER_FOLDER)
            )


def open_ledger(folder: Path) -> tuple[Ledger, str]:
    """The ledger of a folder, and what was wrong with it: "", "missing" or "damaged".

    A damaged ledger is set aside, and a new one begun.
    """
    was_there = (folder / LEDGER).is_file()
    if not was_there:
        # What a deleted ledger left behind is no part of a new one.
        with writing(folder):
            for end in BESIDE:
                (folder / f"{LEDGER}{end}").unlink(missing_ok=True)
    with writing(folder):
        try:
            return Ledger(folder), "" if was_there else "missing"
        except sqlite3.DatabaseError as error:
            if not (isinstance(error, Damaged) or is_damage(error)):
                raise
    set_ledger_aside(folder)
    with writing(folder):
        return Ledger(folder), "damaged"


def set_aside(folder: Path) -> Path | None:
    """Rename the folder of a study to ``NAME-old-1`` (or the next free number) and give its name.

    Gives None where there is nothing to set aside.

    Raises
    ------
    InputProblem
        When a process is running the study, when the folder holds no study, or cannot be renamed.
    """
    folder = Path(folder)
    if folder.is_dir() and not any(folder.iterdir()):
        return None
    if not folder.exists():
        return None
    prepare(folder)
    ledger, _ = open_ledger(folder)
    ledger.close()
    number = 1
    while (aside := folder.with_name(f"{folder.name}-old-{number}")).exists():
        number += 1
    with writing(folder):
        folder.rename(aside)
        sync_folder(aside.parent)
    return aside

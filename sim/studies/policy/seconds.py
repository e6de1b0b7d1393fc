"""How long a run of a study takes, from its ledger."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sim.studies.store.ledger import DONE, peek

#: Where no ledger says how long a run takes.
USUAL = 0.15


def seconds_per_run(folder: Path) -> float:
    """Mean seconds of a run of the study in ``folder``, on one core."""
    db = peek(folder)
    if db is None:
        return USUAL
    with closing(db):
        try:
            [(mean,)] = db.execute("SELECT avg(seconds) FROM runs WHERE status = ?", (DONE,))
        except sqlite3.Error:
            return USUAL
    return float(mean) if mean else USUAL

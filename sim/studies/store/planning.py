"""The plan in the ledger: which runs are wanted, in which order, and which of them are missing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from sim.errors import InputProblem, Problem
from sim.studies.store.columns import Columns, Row
from sim.studies.store.faults import OTHER_FOLDER
from sim.studies.store.ledger import MISSING, Ledger

Plan = Callable[[], Iterable[Row]]

#: Rows that are held in memory at a time.
_BATCH = 5000

_UNCHUNKED = """
SELECT plan.position, runs.status FROM plan CROSS JOIN runs
ON runs.settings = plan.settings AND runs.seed = plan.seed AND runs.position = plan.position
WHERE runs.chunk IS NULL ORDER BY plan.position
"""

_STRANGERS = """
FROM runs WHERE position IS NULL AND status != 0
"""


def enter(ledger: Ledger, columns: Columns, plan: Plan, more_seeds: bool) -> None:
    """Take the plan into the ledger, in its order; what is done stays done.

    With ``more_seeds``, runs of a cell of the plan may stay that have other seeds than it names:
    later rounds may ask for them.

    Raises
    ------
    InputProblem
        When runs were done that are not in the plan; the ledger is then as it was.
    """
    with ledger.transaction() as db:
        for table in ("plan", "cells"):
            db.execute(f"DELETE FROM {table}")
        db.execute("UPDATE runs SET position = NULL WHERE position IS NOT NULL")
        for batch in _numbered(ledger, columns, plan):
            db.executemany("INSERT INTO plan VALUES (?, ?, ?, ?)", batch)
            # Where two cells have the same settings, their run belongs to the first.
            db.executemany(
                "INSERT INTO runs (position, settings, seed, status) VALUES (?, ?, ?, 0) "
                "ON CONFLICT (settings, seed) DO UPDATE SET position = excluded.position "
                "WHERE position IS NULL",
                ((position, settings, seed) for position, _, settings, seed in batch),
            )
        db.execute("DELETE FROM runs WHERE position IS NULL AND status = 0")
        refuse_strangers(ledger, more_seeds)
        ledger.note("finished", False)


def _numbered(
    ledger: Ledger, columns: Columns, plan: Plan
) -> Iterator[list[tuple[int, int, int, int]]]:
    """The plan in batches of (position, cell, settings, seed); enters its cells on the way."""
    rows = enumerate(plan())
    last: tuple[str, str, int] | None = None
    values: object = None
    cell, settings = -1, -1
    while part := list(islice(rows, _BATCH)):
        batch = []
        for position, row in part:
            this = (row.settings, row.scenario, row.point)
            if this != last or (row.values is not values and row.values != values):
                cell += 1
                if last is None or this[0] != last[0]:
                    settings = _settings_number(ledger, row.settings)
                ledger.db.execute("INSERT INTO cells VALUES (?, ?)", (cell, columns.label(row)))
                last, values = this, row.values
            batch.append((position, cell, settings, int(row.seed)))
        yield batch


def _settings_number(ledger: Ledger, settings: str) -> int:
    ledger.db.execute("INSERT INTO settings (id) VALUES (?) ON CONFLICT DO NOTHING", (settings,))
    found = ledger.db.execute("SELECT number FROM settings WHERE id = ?", (settings,))
    return int(found.fetchone()[0])


def refuse_strangers(ledger: Ledger, more_seeds: bool) -> None:
    """Raise InputProblem when the ledger has runs that are not in the plan; see ``enter``."""
    strangers = _STRANGERS
    if more_seeds:
        strangers += "AND settings NOT IN (SELECT settings FROM plan)"
    db = ledger.db
    (count,) = db.execute(f"SELECT count(*) {strangers}").fetchone()
    if not count:
        return
    (everything,) = db.execute("SELECT count(*) FROM runs WHERE status != 0").fetchone()
    settings, seed = db.execute(f"SELECT settings, seed {strangers} LIMIT 1").fetchone()
    (name,) = db.execute("SELECT id FROM settings WHERE number = ?", (settings,)).fetchone()
    raise InputProblem(_strangers(ledger.folder, count, everything, f"{name}-{seed}"))


def _strangers(folder: Path, count: int, everything: int, run: str) -> Problem:
    return Problem(
        f"the study was edited since {folder} was written: {count:,} of its {everything:,} runs "
        f"do not belong to the study as it is now (e.g. run {run}). Nothing was touched",
        "Put back what was taken away or changed (adding is always possible), "
        "or name another folder with --out.",
    )


class Groups:
    """The runs that are in no chunk yet, in order, in groups of which each becomes a chunk."""

    def __init__(self, ledger: Ledger, size: int) -> None:
        self.starts: list[int] = []
        self.missing: list[int] = []
        self.last_size = 0
        for number, (position, status) in enumerate(ledger.db.execute(_UNCHUNKED)):
            if number % size == 0:
                self.starts.append(position)
                self.missing.append(0)
                self.last_size = 0
            self.last_size += 1
            self.missing[-1] += status == MISSING
        self._size = size
        taken = {number for (number,) in ledger.db.execute("SELECT number FROM chunks")}
        free = (k for k in range(len(taken) + len(self.starts)) if k not in taken)
        # Chunks have the numbers of their places in the plan, whichever is complete first.
        self.numbers = list(islice(free, len(self.starts)))

    def of(self, position: int) -> int:
        """The group that a position of the plan is in."""
        return bisect_right(self.starts, position) - 1

    def span(self, group: int) -> tuple[int, int]:
        """First position of a group, and the first after it."""
        last = group + 1 == len(self.starts)
        return self.starts[group], (1 << 62) if last else self.starts[group + 1]

    def is_complete(self, group: int) -> bool:
        """Whether a group has all the runs of a chunk, and all are done."""
        full = group + 1 < len(self.starts) or self.last_size == self._size
        return full and self.missing[group] == 0


def missing_rows(
    ledger: Ledger, columns: Columns, after: int, statuses: tuple[int, ...]
) -> list[tuple[int, Row]]:
    """The next runs of the plan with one of ``statuses``, with their positions."""
    marks = ", ".join(map(str, statuses))
    found = ledger.db.execute(
        "SELECT plan.position, cells.label, plan.seed FROM plan "
        "CROSS JOIN runs ON runs.settings = plan.settings AND runs.seed = plan.seed "
        "AND runs.position = plan.position "
        "CROSS JOIN cells ON cells.number = plan.cell "
        f"WHERE plan.position > ? AND runs.status IN ({marks}) ORDER BY plan.position LIMIT ?",
        (after, 1000),
    )
    return [(position, columns.row(label, seed)) for position, label, seed in found.fetchall()]


def differences(
    folder: Path, old: Mapping[str, Any], new: Mapping[str, Any], name: str = ""
) -> list[Problem]:
    """A problem for each thing that was another when the runs of a folder were done."""
    problems = []
    for key in sorted({*old, *new}):
        before, now = old.get(key), new.get(key)
        called = f"{name}.{key}" if name else key
        if before == now:
            continue
        if isinstance(before, dict) and isinstance(now, dict):
            problems += differences(folder, before, now, called)
            continue
        if isinstance(before, list) and isinstance(now, list):
            common = [each for each in before if each in now]
            gone = [each for each in before if each not in common]
            new_ones = [each for each in now if each not in common]
            if gone or new_ones:
                before, now = gone or "without it", new_ones or "without it"
            else:
                before, now = "in another order", "as the study has it"
        message = f"{called} was {_short(before)} when its runs were done, and is {_short(now)} now"
        remedy = f"{OTHER_FOLDER} Or give --fresh: the old is kept as {folder.name}-old-1"
        problems.append(Problem(message, remedy, str(folder)))
    return problems


def _short(value: object) -> str:
    if isinstance(value, list):
        value = ", ".join(_short(each) for each in value)
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 200 else f"{text[:197]}..."

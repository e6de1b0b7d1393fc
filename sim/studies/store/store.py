"""The store of a study: runs go in as they finish; tables come out in the order of the plan."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import InputProblem
from sim.studies.store import planning, rewriting
from sim.studies.store.chunks import CHUNK, Format
from sim.studies.store.columns import Columns, Row
from sim.studies.store.filing import file_runs, pack_series
from sim.studies.store.folders import open_ledger, prepare, set_aside
from sim.studies.store.ledger import DONE, FAILED, MISSING, Ledger
from sim.studies.store.loading import load_results
from sim.studies.store.opening import compare, recover
from sim.studies.store.planning import Groups, Plan
from sim.studies.store.reading import Reader, repairable

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Counts", "Store", "set_aside"]

#: Runs are committed together, but none waits for longer than this many seconds or runs; and
#: committing takes no larger share of the time than this.
_SECONDS, _RUNS, _SHARE = 0.5, 1000, 0.02

#: Characters of an error that are kept.
_ERROR_LENGTH = 2000


def as_kept(error: str) -> str:
    """An error as a row keeps it: what cannot be written as text must not cost the row."""
    return error.encode("utf-8", "replace").decode()[:_ERROR_LENGTH].replace("\0", "")


class Counts(NamedTuple):
    """How many runs of the plan are done, failed, and neither."""

    done: int
    failed: int
    missing: int


class _Arrival(NamedTuple):
    """A run that is not committed yet."""

    status: int
    error: str
    seconds: float
    host: str
    numbers: bytes
    series: bytes | None


class Store:
    """An open results folder, held by this process; safe to call from several threads.

    Whatever ends the process, what was committed is kept: reopening goes on from there.
    """

    def __init__(self, ledger: Ledger, layout: Format, size: int) -> None:
        """Use ``Store.open``."""
        self._ledger, self._layout, self._size = ledger, layout, size
        self.columns = layout.columns
        self._lock = threading.RLock()
        self._arrivals: OrderedDict[tuple[int, int], _Arrival] = OrderedDict()
        self._flushed, self._cost = -np.inf, 0.0
        self._reader = Reader(ledger, layout.columns)
        self._settings_number = lru_cache(4096)(self._look_up_settings)
        self._closed = False

    @classmethod
    def open(
        cls,
        folder: Path | str,
        signature: Mapping[str, Any],
        columns: Columns,
        plan: Plan,
        tell: Callable[[str], object] = print,
        *,
        more_seeds: bool = False,
        about: Mapping[str, Any] | None = None,
        chunk: int = CHUNK,
    ) -> Self:
        """Open the results folder of a study, or begin one; bring it into order where need be.

        ``signature`` is plain data on whatever decides on the rows beside settings and seed.
        ``plan()`` gives the rows of the study in the order of its design, a fresh iterator each
        time. ``more_seeds`` says that later rounds may ask for more seeds of the same cells, so
        such runs of an earlier session may wait in the folder; see ``plan``. ``about`` is plain
        data on the study, which ``load_results`` gives in ``attrs["study"]``.

        Raises
        ------
        InputProblem
            When the folder is a file, holds something else, cannot be written, is held by another
            process or is of a newer format; when the signature or columns differ from those of the
            runs in it; when it has runs that are not in the plan. What was done is left as it was.
        """
        folder = Path(folder)
        prepare(folder)
        ledger, trouble = open_ledger(folder)
        try:
            layout = Format(columns, signature)
            compare(ledger, signature, columns)
            recover(ledger, layout, trouble, {"signature": signature, "about": about or {}}, tell)
            store = cls(ledger, layout, chunk)
            store.plan(plan, more_seeds=more_seeds)
        except BaseException:
            ledger.close()
            raise
        return store

    def plan(self, plan: Plan, *, more_seeds: bool = False) -> None:
        """Take another plan: more seeds, points or scenarios. What is done stays done.

        Raises
        ------
        InputProblem
            When runs were done that are not in the plan. Nothing is changed then.
        """
        with self._lock:
            self.flush()
            planning.enter(self._ledger, self.columns, plan, more_seeds)
            self._settings_number.cache_clear()
            self._begin()

    def _begin(self) -> None:
        """Count what is there, and write chunks that were complete already."""
        counted = dict(
            self._ledger.db.execute(
                "SELECT status, count(*) FROM runs WHERE position IS NOT NULL GROUP BY status"
            )
        )
        self._counts = {status: counted.get(status, 0) for status in (MISSING, DONE, FAILED)}
        self._groups = Groups(self._ledger, self._size)
        for group in range(len(self._groups.starts)):
            if self._groups.is_complete(group):
                self._file(group)

    def missing(self, retry_failed: bool = False) -> Iterator[Row]:
        """The runs of the plan that are to be done, in its order; does not hold them all.

        Failed runs are results; with ``retry_failed`` they are given again.
        """
        statuses = (MISSING, FAILED) if retry_failed else (MISSING,)
        self.flush()
        last = -1
        while True:
            with self._lock:
                rows = planning.missing_rows(self._ledger, self.columns, last, statuses)
            if not rows:
                return
            for _, row in rows:
                yield row
            last = rows[-1][0]

    def add(
        self,
        row: Row,
        finals: ArrayLike | Mapping[str, float],
        series: tuple[ArrayLike, ArrayLike] | None = None,
        seconds: float = float("nan"),
        host: str = "",
    ) -> None:
        """Take in a run that is done; kept at the latest after half a second of further runs.

        ``finals`` is by name, or an array in the order of ``columns.numbers``; ``series`` has
        periods, shape (periods,), and measures, shape (periods, measures).

        Raises
        ------
        InputProblem
            When the folder cannot be written any more. What was taken in stays with the store.
        KeyError, ValueError
            When a number is missing, shapes do not fit, or the run is not in the plan.
        """
        if isinstance(finals, Mapping):
            finals = [finals[name] for name in self.columns.numbers]
        numbers = np.asarray(finals, dtype="<f8")
        if numbers.shape != (len(self.columns.numbers),):
            raise ValueError(f"{numbers.shape} numbers for {len(self.columns.numbers)} columns")
        packed = None
        if self.columns.series and series is not None:
            packed = pack_series(series, len(self.columns.measures))
        self._take(row, _Arrival(DONE, "", seconds, host, numbers.tobytes(), packed))

    def fail(self, row: Row, error: str, seconds: float = float("nan"), host: str = "") -> None:
        """Take in a run that failed, with its error; raises as ``add`` does."""
        self._take(row, _Arrival(FAILED, as_kept(error), seconds, host, b"", None))

    def _take(self, row: Row, arrival: _Arrival) -> None:
        with self._lock:
            key = (self._settings_number(row.settings), int(row.seed))
            self._arrivals[key] = arrival
            waited = time.monotonic() - self._flushed
            due = waited >= _SECONDS or waited * _SHARE >= self._cost
            if due or len(self._arrivals) >= _RUNS:
                self.flush()

    def _look_up_settings(self, settings: str) -> int:
        found = self._ledger.db.execute("SELECT number FROM settings WHERE id = ?", (settings,))
        number = found.fetchone()
        if number is None:
            raise ValueError(f"no run with settings {settings} is in the plan")
        return int(number[0])

    def flush(self) -> None:
        """Commit what was taken in, and write the chunks that it completes."""
        with self._lock:
            if not self._arrivals:
                return
            began = time.monotonic()
            complete = self._commit()
            # Chunks are not counted: they come as seldom however often runs are committed.
            self._flushed = time.monotonic()
            self._cost = self._flushed - began
            for group in complete:
                self._file(group)

    def _commit(self) -> list[int]:
        """Commit all arrivals; gives the groups that are complete by them."""
        look = "SELECT position, status FROM runs WHERE settings = ? AND seed = ?"
        put = (
            "UPDATE runs SET status = ?, error = ?, seconds = ?, host = ?, chunk = NULL, "
            "place = NULL WHERE settings = ? AND seed = ?"
        )
        runs, pending, changes = [], [], []
        with self._ledger.transaction() as db:
            for key, new in self._arrivals.items():
                found = db.execute(look, key).fetchone()
                if found is None or found[0] is None:
                    del self._arrivals[key]
                    raise ValueError(f"run {key} is not in the plan")
                position, status = found
                if status == DONE:
                    continue
                if status == FAILED:
                    self._outdate(key)
                changes.append((position, status, new.status))
                runs.append((new.status, new.error, new.seconds, new.host, *key))
                if new.status == DONE:
                    pending.append((*key, new.numbers, new.series))
            db.executemany(put, runs)
            db.executemany("INSERT OR REPLACE INTO pending VALUES (?, ?, ?, ?)", pending)
        self._arrivals.clear()
        touched = set()
        for position, old, new_status in changes:
            self._counts[old] -= 1
            self._counts[new_status] += 1
            if old == MISSING:
                group = self._groups.of(position)
                self._groups.missing[group] -= 1
                touched.add(group)
        return sorted(group for group in touched if self._groups.is_complete(group))

    def _outdate(self, key: tuple[int, int]) -> None:
        """Note that the chunk of a failed run holds what is no longer true."""
        self._ledger.db.execute(
            "UPDATE chunks SET label = '' WHERE number = "
            "(SELECT chunk FROM runs WHERE settings = ? AND seed = ?)",
            key,
        )

    def _file(self, group: int) -> None:
        file_runs(self._ledger, self._layout, self._groups.numbers[group], self._groups.span(group))

    def counts(self) -> Counts:
        """How many runs of the plan are done, failed and missing."""
        with self._lock:
            self.flush()
            return Counts(self._counts[DONE], self._counts[FAILED], self._counts[MISSING])

    def values(self, settings: str, measure: str, seeds: Sequence[int]) -> NDArray[np.float64]:
        """A measure of runs with the same settings, in the order of ``seeds``.

        NaN where a run failed or is missing.

        Raises
        ------
        InputProblem
            When a chunk is damaged.
        """
        with self._lock:
            self.flush()
            return self._reader.values(self._settings_number(settings), measure, seeds)

    def finish(self) -> None:
        """Write what is left, and bring the chunks into the order of the plan.

        Memory stays flat, and a process killed in here loses nothing: call it again.

        Raises
        ------
        ValueError
            When runs are missing.
        InputProblem
            When the folder cannot be written, a chunk is damaged, or runs of an earlier session
            are not in the plan after all.
        """
        with self._lock:
            self.flush()
            if self._counts[MISSING]:
                raise ValueError(f"{self._counts[MISSING]} runs are missing")
            planning.refuse_strangers(self._ledger, more_seeds=False)
            self._groups = Groups(self._ledger, self._size)
            for group in range(len(self._groups.starts)):
                self._file(group)
            if not rewriting.is_in_order(self._ledger, self._size):
                self._reader.forget()
                with repairable():
                    rewriting.rewrite(self._ledger, self._layout, self._size)
            with self._ledger.transaction():
                self._ledger.note("finished", True)
            self._ledger.secure()

    @staticmethod
    def read(folder: Path | str) -> pd.DataFrame:
        """``load_results``: the runs so far, without a lock, also while the study is running."""
        return load_results(folder)

    def close(self) -> None:
        """Commit what was taken in, and let go of the folder."""
        with self._lock:
            if self._closed:
                return
            try:
                self.flush()
            finally:
                self._closed = True
                self._ledger.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()
        else:
            # What went wrong first is what the user should hear of.
            with suppress(InputProblem, ValueError, sqlite3.Error):
                self.close()

"""Single numbers looked up while a study is running: from the ledger, or from a chunk."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputProblem, Problem
from sim.studies.store.chunks import RUNS, DamagedChunk, file_name, read_table
from sim.studies.store.columns import Columns
from sim.studies.store.ledger import DONE, Ledger
from sim.studies.store.rewriting import check_chunk

#: Columns of chunks that are kept at hand.
_COLUMNS = 512

_NUMBERS = """
SELECT runs.status, runs.chunk, runs.place, pending.numbers FROM runs
LEFT JOIN pending ON pending.settings = runs.settings AND pending.seed = runs.seed
WHERE runs.settings = ? AND runs.seed = ?
"""


class Reader:
    """Looks up numbers of runs; keeps the columns that it read last."""

    def __init__(self, ledger: Ledger, columns: Columns) -> None:
        self._ledger, self._columns = ledger, columns
        self._held: OrderedDict[tuple[int, str], NDArray[np.float64]] = OrderedDict()

    def values(self, settings: int, measure: str, seeds: Sequence[int]) -> NDArray[np.float64]:
        """A measure of the runs with some settings; NaN where one failed or is missing."""
        offset = 8 * self._columns.numbers.index(measure)
        values = np.full(len(seeds), np.nan)
        for k, seed in enumerate(seeds):
            found = self._ledger.db.execute(_NUMBERS, (settings, int(seed))).fetchone()
            if found is None or found[0] != DONE:
                continue
            _, chunk, place, numbers = found
            if chunk is None:
                values[k] = np.frombuffer(numbers, "<f8", 1, offset)[0]
            else:
                values[k] = self._column(chunk, measure)[place]
        return values

    def _column(self, chunk: int, measure: str) -> NDArray[np.float64]:
        key = (chunk, measure)
        if key not in self._held:
            folder = self._ledger.folder / RUNS
            with repairable():
                check_chunk(self._ledger.db, folder, chunk, RUNS)
                table = read_table(folder / file_name(chunk), [measure])
            self._held[key] = table[measure].to_numpy()
            if len(self._held) > _COLUMNS:
                self._held.popitem(last=False)
        self._held.move_to_end(key)
        return self._held[key]

    def forget(self) -> None:
        """Let go of what was read, because chunks are about to change."""
        self._held.clear()


@contextmanager
def repairable() -> Iterator[None]:
    """Say what to do about a chunk that turns out to be damaged while a study is running."""
    try:
        yield
    except DamagedChunk as error:
        raise InputProblem(
            Problem(
                f"a chunk was damaged while the study was running: {error}",
                "Give the same command again: it sets the chunk aside and repeats its runs",
            )
        ) from None

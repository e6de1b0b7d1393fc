"""Chunks: some thousand runs in a Parquet file, written whole or not at all, with checksums."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.studies.store.columns import Columns, canonical, write_label
from sim.studies.store.faults import sync_folder
from sim.studies.store.ledger import DONE, FAILED, FORMAT

#: Runs in a chunk; runs whose series stand together in a chunk.
CHUNK, TOGETHER = 2000, 250

RUNS, SERIES = "runs", "series"

#: Names of unfinished files begin so; readers of the folder pass over them.
UNFINISHED = ".unfinished-"

_OURS = b"learning-org"
_WORDS = pa.dictionary(pa.int32(), pa.string())
_TYPES = {"number": pa.float64(), "integer": pa.int64(), "word": pa.string(), "boolean": pa.bool_()}
_STATUS = {DONE: "done", FAILED: "failed"}

#: What a run left on the way: periods, shape (periods,), and measures, (periods, measures).
Series = tuple[NDArray[np.int64], NDArray[np.float64]]


@dataclass(frozen=True)
class Rows:
    """Runs of a chunk: labels of their cells, seeds, what came of them, and their numbers.

    ``numbers`` is a float array of shape (runs, columns), NaN where a run failed.
    """

    labels: list[str]
    seeds: list[int]
    statuses: list[int]
    errors: list[str]
    numbers: NDArray[np.float64]

    def label(self) -> str:
        """A hash of the cells and seeds, in their order."""
        digest = hashlib.blake2b("\n".join(self.labels).encode(), digest_size=16)
        digest.update(np.array(self.seeds, dtype="<i8").tobytes())
        return digest.hexdigest()


@dataclass(frozen=True)
class Written:
    """A chunk that is on the disk, with sizes and CRC-32 of its files."""

    number: int
    label: str
    bytes: int
    checksum: int
    series_bytes: int | None = None
    series_checksum: int | None = None


def file_name(number: int) -> str:
    """Name of a chunk's file; the order of names is the order of numbers."""
    return f"part-{number:06d}.parquet"


def number_of(path: Path) -> int | None:
    """The number of a chunk's file; None for the name of no chunk."""
    digits = path.name.removeprefix("part-").removesuffix(".parquet")
    if digits.isdecimal() and path.name == file_name(int(digits)):
        return int(digits)
    return None


class Format:
    """How the tables of a study are laid out in Parquet."""

    def __init__(self, columns: Columns, signature: Mapping[str, Any]) -> None:
        self.columns = columns
        ours = {
            "format": FORMAT,
            "columns": columns.document(),
            "signature": json.loads(canonical(signature)),
        }
        # The second is where pandas.read_parquet looks for what it puts into `attrs`.
        metadata = {
            _OURS: canonical(ours).encode(),
            b"PANDAS_ATTRS": canonical({"units": dict(columns.units)}).encode(),
        }
        cell = [("run", pa.string()), ("scenario", _WORDS), ("point", pa.int64())]
        cell += [(name, _TYPES[kind]) for name, kind in columns.factors.items()]
        cell += [("seed", pa.int64())]
        ends = [("status", _WORDS), ("error", _WORDS)]
        ends += [(name, pa.float64()) for name in columns.numbers]
        on_the_way = [("period", pa.int64()), *((name, pa.float64()) for name in columns.measures)]
        self.runs = pa.schema(cell + ends, metadata=metadata)
        self.series = pa.schema(cell + on_the_way, metadata=metadata)
        words = [name for name, kind in columns.factors.items() if kind == "word"]
        self._dictionaries = ["scenario", "status", "error", *words]

    def write(
        self,
        folder: Path,
        number: int,
        rows: Rows,
        series_of: Callable[[int, int], Sequence[Series | None]] | None = None,
    ) -> Written:
        """Write a chunk into ``folder``, with its series where the study keeps them.

        ``series_of(first, last)`` gives the series of some rows of the chunk. The file of runs
        comes last, so that where it is, all is.
        """
        size = checksum = None
        if series_of is not None:
            size, checksum = self._write_series(folder / SERIES, number, rows, series_of)
        table = self.runs_table(rows)
        with _NewFile(folder / RUNS, number) as file:
            with self._writer(file, self.runs, self._dictionaries) as writer:
                writer.write_table(table, row_group_size=max(1, len(rows.seeds)))
            file.keep()
        return Written(number, rows.label(), file.size, file.checksum, size, checksum)

    def _write_series(
        self,
        folder: Path,
        number: int,
        rows: Rows,
        series_of: Callable[[int, int], Sequence[Series | None]],
    ) -> tuple[int, int]:
        with _NewFile(folder, number) as file:
            with self._writer(file, self.series, ["run", *self._dictionaries[:1]]) as writer:
                for first in range(0, len(rows.seeds), TOGETHER):
                    last = min(first + TOGETHER, len(rows.seeds))
                    table = self.series_table(rows, first, series_of(first, last))
                    writer.write_table(table, row_group_size=max(1, table.num_rows))
            file.keep()
        return file.size, file.checksum

    @staticmethod
    def _writer(file: _NewFile, schema: pa.Schema, dictionaries: list[str]) -> pq.ParquetWriter:
        names = [name for name in dictionaries if name in schema.names]
        return pq.ParquetWriter(
            file,
            schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=names,
            write_page_checksum=True,
        )

    def runs_table(self, rows: Rows) -> pa.Table:
        """Rows as the table of runs has them."""
        cells = self._cells(rows.labels, rows.seeds)
        status = [_STATUS[each] for each in rows.statuses]
        by_column = np.ascontiguousarray(rows.numbers.T)
        ends = [_words(status), _words(rows.errors), *(pa.array(column) for column in by_column)]
        return pa.Table.from_arrays(cells + ends, schema=self.runs)

    def series_table(self, rows: Rows, first: int, series: Sequence[Series | None]) -> pa.Table:
        """The table of series of rows from the ``first`` on."""
        kept = [(first + k, *each) for k, each in enumerate(series) if each is not None]
        which = np.repeat([k for k, _, _ in kept], [len(at) for _, at, _ in kept]).astype(int)
        labels = [rows.labels[k] for k in which]
        cells = self._cells(labels, [rows.seeds[k] for k in which])
        periods = np.concatenate([np.zeros(0, np.int64), *(at for _, at, _ in kept)])
        empty = np.zeros((0, len(self.columns.measures)))
        by_column = np.ascontiguousarray(np.concatenate([empty, *(v for _, _, v in kept)]).T)
        values = [pa.array(periods), *(pa.array(column) for column in by_column)]
        return pa.Table.from_arrays(cells + values, schema=self.series)

    def _cells(self, labels: Sequence[str], seeds: Sequence[int]) -> list[pa.Array]:
        """The columns of the cells: run, scenario, point, factors and seed."""
        parsed = {label: json.loads(label) for label in dict.fromkeys(labels)}
        cells = [parsed[label] for label in labels]
        runs = [f"{cell[0]}-{seed}" for cell, seed in zip(cells, seeds, strict=True)]
        columns = [
            pa.array(runs, pa.string()),
            _words([cell[1] for cell in cells]),
            pa.array([cell[2] for cell in cells], pa.int64()),
        ]
        for k, kind in enumerate(self.columns.factors.values()):
            columns.append(pa.array([cell[3][k] for cell in cells], _TYPES[kind]))
        return [*columns, pa.array(seeds, pa.int64())]


def _words(words: Sequence[str]) -> pa.Array:
    """Words as a dictionary, in the order in which they first come."""
    numbers = {word: k for k, word in enumerate(dict.fromkeys(words))}
    indices = pa.array([numbers[word] for word in words], pa.int32())
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(numbers), pa.string()))


class _NewFile(io.RawIOBase):
    """A chunk's file under another name until ``keep``; counts its bytes and their CRC-32."""

    def __init__(self, folder: Path, number: int) -> None:
        super().__init__()
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / file_name(number)
        self._unfinished = folder / f"{UNFINISHED}{number:06d}"
        self._file = self._unfinished.open("wb")
        self.size, self.checksum = 0, 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        self._file.write(view)
        self.size += len(view)
        self.checksum = zlib.crc32(view, self.checksum)
        return len(view)

    def flush(self) -> None:
        if not self._file.closed:
            self._file.flush()

    def keep(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._unfinished.replace(self._path)
        sync_folder(self._path.parent)

    def close(self) -> None:
        """Let go; a file that was not kept is taken away."""
        if not self._file.closed:
            with suppress(OSError):
                self._file.close()
            with suppress(OSError):
                self._unfinished.unlink()
        super().close()


class DamagedChunk(Exception):
    """A chunk's file cannot be read, or is not what was written."""


def read_table(path: Path, names: Sequence[str] | None = None) -> pa.Table:
    """A chunk's table, or some columns of it; its pages are held against their checksums.

    Raises
    ------
    DamagedChunk
        When the file is not there, cut off, or changed.
    """
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            return file.read(columns=None if names is None else list(names))
    except (OSError, pa.ArrowException, ValueError, KeyError) as error:
        raise DamagedChunk(f"{path}: {error}") from error


def read_series(path: Path, group: int) -> dict[str, Series]:
    """The series of runs ``TOGETHER * group`` and on of a chunk, by the run's name."""
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            table = file.read_row_group(group)
    except (OSError, pa.ArrowException, ValueError) as error:
        raise DamagedChunk(f"{path}: {error}") from error
    if table.num_rows == 0:
        return {}
    start = table.schema.get_field_index("period")
    values = np.column_stack([column.to_numpy() for column in table.columns[start:]])
    periods = table["period"].to_numpy()
    names = table["run"].to_pylist()
    # A run may stand in two cells that say the same: its periods then begin again.
    begins = [
        k
        for k, name in enumerate(names)
        if k == 0 or name != names[k - 1] or periods[k] <= periods[k - 1]
    ]
    ends = [*begins[1:], len(names)]
    return {names[a]: (periods[a:b], values[a:b, 1:]) for a, b in zip(begins, ends, strict=True)}


def metadata_of(schema: pa.Schema) -> dict[str, Any]:
    """What we noted in a file: ``format``, ``columns``, ``signature``; empty where we did not."""
    text = (schema.metadata or {}).get(_OURS)
    return {} if text is None else json.loads(text)


def numbers_of(table: pa.Table, names: Sequence[str]) -> NDArray[np.float64]:
    """Columns of numbers as one array, shape (rows, columns)."""
    numbers = np.empty((table.num_rows, len(names)))
    for k, name in enumerate(names):
        numbers[:, k] = table[name].to_numpy()
    return numbers


def rows_of(table: pa.Table, columns: Columns) -> Rows:
    """The rows of a chunk as they were given to be written."""
    words = {name: table[name].to_pylist() for name in ("run", "scenario", "point", "seed")}
    factors = [table[name].to_pylist() for name in columns.factors]
    labels = []
    for k, run in enumerate(words["run"]):
        settings = run.removesuffix(f"-{words['seed'][k]}")
        values = [column[k] for column in factors]
        labels.append(write_label(settings, words["scenario"][k], words["point"][k], values))
    of_word = {word: status for status, word in _STATUS.items()}
    statuses = [of_word[word] for word in table["status"].to_pylist()]
    numbers = numbers_of(table, columns.numbers)
    return Rows(labels, words["seed"], statuses, table["error"].to_pylist(), numbers)


def check_file(path: Path, size: int, checksum: int) -> None:
    """Raise DamagedChunk where a file is not, byte by byte, what was written."""
    try:
        found = checksum_of(path)
    except OSError as error:
        raise DamagedChunk(f"{path}: {error.strerror}") from error
    if found != (size, checksum):
        raise DamagedChunk(f"{path}: it is not what was written")


def checksum_of(path: Path) -> tuple[int, int]:
    """Size of a file and CRC-32 of what is in it."""
    size, checksum = 0, 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            size += len(block)
            checksum = zlib.crc32(block, checksum)
    return size, checksum

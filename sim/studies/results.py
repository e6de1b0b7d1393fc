"""A results folder: written whole or not at all, with a manifest that says how to repeat it."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyarrow.dataset import dataset

import sim
from sim.errors import InputProblem, Problem
from sim.kernel_sources import source_hash
from sim.scenario.loading import Scenario
from sim.studies.pool import Pool

MANIFEST = "manifest.json"
#: What a manifest says it is.
FORMAT, VERSION = "learning-org manifest", 1
PACKAGES = ("mesa", "numba", "numpy", "pandas", "pyarrow", "pydantic", "scipy")


def write_folder(folder: Path, fill: Callable[[Path], None]) -> None:
    """Let ``fill`` write into a new folder that takes the place of ``folder`` when all is done.

    Raises
    ------
    InputProblem
        When ``folder`` cannot be written, or holds something that no study of ours wrote.
    """
    spare_what_is_not_ours(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise _unwritable(folder, error) from None
    try:
        fill(fresh)
        fresh.chmod(0o755)
        _take_place(fresh, folder)
    except OSError as error:
        raise _unwritable(folder, error) from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def spare_what_is_not_ours(folder: Path) -> None:
    """Refuse to write where something is that no study of ours wrote; ask before long runs.

    Raises
    ------
    InputProblem
        When ``folder`` is a file, holds a study, or holds something and has no manifest.
    """
    from sim.studies.store.folders import is_store

    if is_store(folder):
        raise InputProblem(
            Problem(
                f"{folder} holds the runs of a study, so nothing was written",
                "Name another folder with --out.",
            )
        )
    if folder.exists() and not (folder / MANIFEST).is_file() and _holds_something(folder):
        raise InputProblem(
            Problem(
                f"{folder} exists and is no results folder, so nothing was written",
                "Name another folder with --out.",
            )
        )


def _unwritable(folder: Path, error: OSError) -> InputProblem:
    reason = error.strerror or str(error)
    return InputProblem(
        Problem(f"cannot write results to {folder}: {reason}", "Name another folder with --out.")
    )


def _holds_something(folder: Path) -> bool:
    return not folder.is_dir() or any(folder.iterdir())


def _take_place(fresh: Path, folder: Path) -> None:
    """Rename ``fresh`` to ``folder``; what was there stays until that has worked."""
    if not folder.exists():
        fresh.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    folder.replace(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def table_hash(table: pd.DataFrame) -> str:
    """Hash of a table's column names and values, the same on every machine that agrees on them."""
    return hash_of_columns((name, table[name].to_numpy()) for name in table.columns)


def hash_of_folder(folder: Path) -> str:
    """The ``table_hash`` of a table that stands in a folder of Parquet files, in their order."""
    chunks = dataset(folder, format="parquet")
    names = chunks.schema.names
    columns = ((name, chunks.to_table(columns=[name])[name].to_pandas()) for name in names)
    return hash_of_columns((name, column.to_numpy()) for name, column in columns)


def hash_of_columns(columns: Iterable[tuple[str, NDArray[Any]]]) -> str:
    """``table_hash``, of columns that need not be in memory together."""
    digest = hashlib.sha256()
    for name, column in columns:
        digest.update(name.encode())
        if column.dtype == object or column.dtype.kind in "UO" or not column.dtype.isnative:
            digest.update("\0".join(map(str, column)).encode())
        elif column.dtype.kind in "fiu":
            kind = "<f8" if column.dtype.kind == "f" else "<i8"
            digest.update(np.ascontiguousarray(column.astype(kind)).tobytes())
        else:
            digest.update("\0".join(map(str, column)).encode())
    return digest.hexdigest()


def manifest(
    command: Sequence[str],
    scenarios: Mapping[str, Scenario],
    seeds: Sequence[int],
    hashes: Mapping[str, str],
    organization_file: Path | None = None,
    study_files: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What it takes to repeat a study to the bit, and to see that one did.

    ``hashes`` has the hash of each table, ``study_files`` the text of a study file by its name.
    """
    return {
        "format": FORMAT,
        "version": VERSION,
        "command": list(command),
        "scenarios": {
            name: {
                # Two files may have one name: a project's base may extend the program's.
                "files": [
                    {"name": path.name, "text": text}
                    for path, text in zip(scenario.files, scenario.text, strict=True)
                ],
                "set": list(scenario.sets),
            }
            for name, scenario in scenarios.items()
        },
        "study": dict(study_files or {}),
        "seeds": list(seeds),
        "organization": None
        if organization_file is None
        else {
            "file": organization_file.name,
            "sha256": hashlib.sha256(organization_file.read_bytes()).hexdigest(),
        },
        "code": {"learning-org": sim.__version__, "rules": source_hash()},
        "packages": package_versions(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "tables": dict(hashes),
    }


def package_versions() -> dict[str, str]:
    """Versions of the packages that results rest on."""
    return {name: _version(name) for name in PACKAGES}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def write_json(path: Path, document: Any) -> None:
    """Write a document as readable JSON."""
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_ledger(path: Path, seconds: float, pool: Pool) -> None:
    """Note what may differ from run to run: seconds and host."""
    where = {"jobs": pool.jobs, "cluster": pool.cluster, "host": socket.gethostname()}
    write_json(path, {"run_seconds": round(seconds, 3), **where})


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write each table as tidy CSV and as Parquet."""
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        table.to_parquet(folder / f"{name}.parquet", index=False)

"""Small studies for tests of the store; as a program, one that is there to be killed.

``python store_studies.py FOLDER POINTS SEEDS [SERIES]`` does what is missing and finishes.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from sim.studies.store import Columns, Row, Store

SIGNATURE = {"rules": "a1", "packages": {"numpy": "2.0", "pyarrow": "17"}}
MEASURES = ("output", "quality")
SCENARIOS = ("bureaucratic", "post_bureaucratic")
CHUNK = 10


def columns(series: bool = False) -> Columns:
    """Columns with a factor of each kind."""
    factors = {"turbulence": "number", "size": "integer", "world": "word", "open": "boolean"}
    return Columns(factors, MEASURES, ("weeks",), {"output": "cases a week"}, series)


def study(
    points: int = 3, seeds: int = 4, scenarios: tuple[str, ...] = SCENARIOS, first: int = 0
) -> Callable[[], Iterator[Row]]:
    """The plan of a study: points, then scenarios, then seeds."""

    def plan() -> Iterator[Row]:
        for point in range(first, points):
            world = "calm" if point % 2 else "wild"
            values = {"turbulence": point / 7, "size": point, "world": world, "open": point > 1}
            for scenario in scenarios:
                settings = f"{zlib.crc32(f'{scenario} {point}'.encode()):012x}"
                for seed in range(seeds):
                    yield Row(settings, seed, scenario, point, values)

    return plan


def finals(row: Row) -> np.ndarray:
    """What a run gives, from settings and seed alone; the last number is missing now and then."""
    rng = np.random.default_rng([int(row.settings, 16), row.seed])
    numbers = rng.normal(size=3)
    numbers[2] = np.nan if row.seed % 3 == 0 else numbers[2]
    return numbers


def series(row: Row) -> tuple[np.ndarray, np.ndarray]:
    """What a run leaves on the way: runs differ in length."""
    at = np.arange(1, 3 + row.seed % 3)
    return at, finals(row)[0] + np.outer(at, [1.0, 0.1])


def do(store: Store, rows: list[Row] | None = None) -> None:
    """Do the runs that are missing; every run with seed 7 fails."""
    for row in store.missing() if rows is None else rows:
        if row.seed == 7:
            store.fail(row, "ValueError: no more cases", 0.5, "here")
        else:
            store.add(row, finals(row), series(row), 0.25, "here")


def open_store(folder: Path, plan: Callable[[], Iterator[Row]], **options: object) -> Store:
    """Open a store of ``columns()`` with small chunks; messages are dropped unless asked for."""
    given: dict = {"columns": columns(), "signature": SIGNATURE, "tell": lambda text: None}
    given |= {"chunk": CHUNK} | options
    return Store.open(folder, given.pop("signature"), given.pop("columns"), plan, **given)


def files(folder: Path) -> dict[str, bytes]:
    """Every file of the tables, by name."""
    paths = [*(folder / "runs").rglob("*"), *(folder / "series").rglob("*")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def main() -> None:
    folder, points, seeds = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    with open_store(folder, study(points, seeds), columns=columns(len(sys.argv) > 4)) as store:
        do(store)
        store.finish()


if __name__ == "__main__":
    main()

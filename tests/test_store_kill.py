"""``kill -9`` at any moment, two starts at once, and a great many runs."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import store_studies
from store_studies import columns, do, files, open_store, study

from sim.studies.store import Columns, Row, Store, load_results, load_series

ROOT = Path(__file__).parents[1]


def start(*arguments: object) -> subprocess.Popen:
    """Start ``store_studies.py`` as a process of its own."""
    program = [sys.executable, store_studies.__file__, *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.long
def test_twenty_kills_change_no_byte(tmp_path):
    """Killed while opening, adding, filing and putting in order; the study grows on the way."""
    seed = int(time.time())
    print("moments by seed", seed)
    moments = random.Random(seed)
    folder, kills = tmp_path / "killed", 0
    for seeds, most in ((20, 10), (30, 10)):
        done = 0
        while done < most:
            process = start(folder, 60, seeds, "series")
            # Wait until it works: only then are moments spread over what it does.
            while process.poll() is None and not (folder / "running.json").exists():
                time.sleep(0.005)
            time.sleep(moments.uniform(0, 0.25))
            process.kill()
            _, said = process.communicate()
            assert process.returncode in (0, -9), said
            done, kills = done + 1, kills + (process.returncode == -9)
            if (folder / "runs").exists() or (folder / "ledger.sqlite").exists():
                load = load_results(folder)
                assert load["run"].is_unique
        process = start(folder, 60, seeds, "series")
        _, said = process.communicate()
        assert process.returncode == 0, said
    assert kills >= 10
    with open_store(tmp_path / "whole", study(60, 30), columns=columns(series=True)) as store:
        do(store)
        store.finish()
    assert files(folder) == files(tmp_path / "whole")
    for load in (load_results, load_series):
        pd.testing.assert_frame_equal(load(folder), load(tmp_path / "whole"))


def test_one_kill_in_the_middle_changes_no_byte(tmp_path):
    process = start(tmp_path / "killed", 60, 20)
    while process.poll() is None and len(list((tmp_path / "killed").glob("runs/part-*"))) < 20:
        time.sleep(0.001)
    process.kill()
    process.communicate()
    assert process.returncode == -9
    for name in ("killed", "whole"):
        with open_store(tmp_path / name, study(60, 20)) as store:
            assert store.counts().missing < 2400 or name == "whole"
            do(store)
            store.finish()
    assert files(tmp_path / "killed") == files(tmp_path / "whole")


def test_of_two_that_start_at_once_at_most_one_runs_and_nothing_is_harmed(tmp_path):
    both = [start(tmp_path / "s", 40, 20) for _ in range(2)]
    said = [process.communicate()[1] for process in both]
    codes = [process.returncode for process in both]
    for code, text in zip(codes, said, strict=True):
        assert code == 0 or "is running this study" in text
    process = start(tmp_path / "s", 40, 20)
    assert process.wait() == 0, process.communicate()
    with open_store(tmp_path / "whole", study(40, 20)) as store:
        do(store)
        store.finish()
    assert files(tmp_path / "s") == files(tmp_path / "whole")


MANY = """
import resource, sys
from test_store_kill import add_many
add_many(sys.argv[1], int(sys.argv[2]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def add_many(folder: str, points: int) -> None:
    """Add 60 runs of 60 measures a point, then grow the study, so that all is put in order."""
    wide = Columns({"size": "integer"}, tuple(f"measure {k}" for k in range(60)))
    numbers = np.random.default_rng(1).normal(size=(100, 60))
    for seeds in (29, 30):

        def plan(seeds: int = seeds):
            for point in range(points):
                values = {"size": point}
                for k, scenario in enumerate(("a", "b")):
                    for seed in range(seeds):
                        yield Row(f"{2 * point + k:012x}", seed, scenario, point, values)

        with Store.open(folder, {}, wide, plan, tell=str) as store:
            for number, row in enumerate(store.missing()):
                store.add(row, numbers[number % 100] + row.point, None, 0.1, "here")
            store.finish()


@pytest.mark.long
def test_memory_does_not_grow_with_the_number_of_runs(tmp_path):
    """Ten times as many runs; a table of the added ones would need 220 MB."""
    peaks = []
    for points in (850, 8500):
        paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
        done = subprocess.run(
            [sys.executable, "-c", MANY, str(tmp_path / str(points)), str(points)],
            env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        peaks.append(int(done.stdout) / 1024)
    # 64 chunks are held while rows are put in order (61 MB), of which the small study has 26.
    assert peaks[1] - peaks[0] < 70

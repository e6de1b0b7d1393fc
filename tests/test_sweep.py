"""A study's runs: the same table to the bit however it is run, stopped, taken up and extended."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputProblem
from sim.scenario.loading import load_scenario
from sim.studies import parcels
from sim.studies.pool import Pool
from sim.studies.runner import Task, run_all
from sim.studies.store import load_results, load_series
from sim.studies.study import Study, load_study
from sim.studies.sweep import Conditions, Plan, Swept, columns, kind_of, sweep

SMALL = "{people: 24, dimensions: 8, environment.tacit: 2, periods: 8}"
GRID = f"""\
title: A grid
question: What changes?
scenarios: [bureaucratic, post_bureaucratic]
set: {SMALL}
factors:
  environment.complexity: [1, 2]
  world:
    - {{name: calm, set: {{environment.turbulence: 0}}}}
    - {{name: wild, set: {{environment.turbulence: 0.1}}}}
replications: 3
measures: [output, fear]
also:
  - {{name: fear at last, mean_of: fear, from: 5}}
  - {{name: week of little fear, first: fear, below: 0.2}}
"""


def study_of(folder: Path, text: str = GRID) -> Study:
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return load_study(path)


def swept(folder: Path, text: str = GRID, jobs: int = 1, **kwargs: bool) -> Swept:
    return sweep(study_of(folder, text), folder / "out", Pool(jobs), Conditions(**kwargs))


def files(folder: Path) -> dict[str, bytes]:
    """Every table of a results folder, byte by byte."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.parquet")}


def test_a_row_is_what_a_run_of_its_settings_and_seed_gives(tmp_path):
    done = swept(tmp_path)
    table = load_results(tmp_path / "out")
    assert (done.runs, done.new, done.failed, done.capped) == (24, 24, 0, ())
    assert table["point"].tolist() == [point for point in range(4) for _ in range(6)]
    assert table["seed"].tolist() == [0, 1, 2] * 8
    sets = ["people=24", "dimensions=8", "environment.tacit=2", "periods=8"]
    last = table.iloc[-1]
    assert (last["environment.complexity"], last["world"]) == (2, "wild")
    wild = ["environment.complexity=2", "environment.turbulence=0.1"]
    scenario = load_scenario("post_bureaucratic", sets=[*sets, *wild])
    [run] = run_all([Task("x", scenario.settings, 2)])
    for name, value in run.finals.items():
        assert last[name] == value or (np.isnan(last[name]) and np.isnan(value))
    fear = run.series[:, list(run.finals).index("fear")]
    assert last["fear at last"] == pytest.approx(fear[4:].mean(), rel=1e-12)
    below = np.flatnonzero(fear < 0.2)
    assert np.isnan(last["week of little fear"]) or last["week of little fear"] == below[0] + 1
    assert table.attrs["units"]["environment.complexity"] != ""


@pytest.mark.parametrize("series", ["false", "true", "{every: 3}"])
def test_one_and_two_jobs_leave_the_same_bytes(tmp_path, series):
    text = GRID + f"series: {series}\n"
    for jobs in (1, 2):
        (tmp_path / str(jobs)).mkdir()
        swept(tmp_path / str(jobs), text, jobs)
    assert files(tmp_path / "1" / "out") == files(tmp_path / "2" / "out")
    if series != "false":
        table = load_series(tmp_path / "1" / "out")
        kept = list(range(1, 9)) if series == "true" else [3, 6]
        assert table["period"].tolist() == kept * 24


def test_what_is_there_is_not_run_again(tmp_path, monkeypatch):
    swept(tmp_path)
    before = files(tmp_path / "out")
    monkeypatch.setattr(parcels, "run", lambda *_: pytest.fail("something was run again"))
    again = swept(tmp_path)
    assert again.new == 0 and files(tmp_path / "out") == before


@pytest.mark.parametrize(
    ("old", "new", "more"),
    [
        ("replications: 3", "replications: 5", 16),
        ("complexity: [1, 2]", "complexity: [1, 2, 4]", 12),
        ("complexity: [1, 2]", "complexity: [4, 1, 2]", 12),
        ("[bureaucratic, post_bureaucratic]", "[bureaucratic, post_bureaucratic, base]", 12),
    ],
)
def test_an_extended_study_is_the_one_that_was_planned_larger(tmp_path, old, new, more):
    swept(tmp_path)
    larger = swept(tmp_path, GRID.replace(old, new))
    assert larger.new == more
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    swept(fresh, GRID.replace(old, new))
    assert files(tmp_path / "out") == files(fresh / "out")


@pytest.mark.parametrize(
    ("old", "new"), [("complexity: [1, 2]", "complexity: [1, 4]"), ("periods: 8", "periods: 9")]
)
def test_an_edited_study_touches_nothing_and_says_what_to_do(tmp_path, old, new):
    swept(tmp_path)
    before = files(tmp_path / "out")
    with pytest.raises(InputProblem, match=r"do not belong to the study.*--out"):
        swept(tmp_path, GRID.replace(old, new))
    assert files(tmp_path / "out") == before


def stumble(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    whole = parcels.run

    def run(settings, number, *rest):
        if number == seed and settings.environment.complexity == 2:
            raise ValueError(f"nobody knows what to do about {number}")
        return whole(settings, number, *rest)

    monkeypatch.setattr(parcels, "run", run)


def test_a_run_that_fails_costs_its_row_and_can_be_tried_again(tmp_path, monkeypatch):
    with monkeypatch.context() as broken:
        stumble(broken, 1)
        done = swept(tmp_path)
    assert (done.runs, done.failed) == (24, 4)
    table = load_results(tmp_path / "out")
    failed = table[table["status"] == "failed"]
    assert failed["seed"].tolist() == [1] * 4 and failed["environment.complexity"].eq(2).all()
    assert failed["error"].str.contains("nobody knows what to do about 1").all()
    assert failed["output"].isna().all() and table.drop(failed.index)["output"].notna().all()
    assert swept(tmp_path).new == 0
    again = swept(tmp_path, retry_failed=True)
    assert (again.new, again.failed) == (4, 0)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    swept(fresh)
    assert files(tmp_path / "out") == files(fresh / "out")


def test_a_study_of_learning_only_is_run_as_a_whole(tmp_path):
    text = """\
title: March
question: How fast?
scenarios: [classics/march1991]
factors: {socialization.rate: [0.1, 0.9]}
replications: 40
measures: [mean_knowledge]
series: {every: 100}
"""
    assert swept(tmp_path, text, jobs=2).runs == 80
    table = load_results(tmp_path / "out")
    assert "output" not in table and table["mean_knowledge"].notna().all()
    scenario = load_scenario("classics/march1991", sets=["socialization.rate=0.9"])
    tasks = [Task("x", scenario.settings, seed) for seed in range(40)]
    alone = [run.finals["mean_knowledge"] for run in run_all(tasks, with_series=False)]
    assert table.loc[table["point"] == 1, "mean_knowledge"].tolist() == alone


UNTIL = GRID.replace(
    "replications: 3",
    "replications: {until: {fear: 0.02}, of: difference, batch: 2, at_least: 4, at_most: 12}",
)


def test_replications_go_on_until_the_intervals_are_narrow_enough(tmp_path):
    done = swept(tmp_path, UNTIL, jobs=2)
    table = load_results(tmp_path / "out")
    for point, at in table.groupby("point"):
        sides = {name: part["fear"].to_numpy() for name, part in at.groupby("scenario")}
        difference = sides["post_bureaucratic"] - sides["bureaucratic"]
        n = difference.size
        half = {k: _half(difference[:k]) for k in range(4, n + 1, 2)}
        assert n in half and n <= 12
        assert all(half[k] > 0.02 for k in half if k < n)
        assert half[n] <= 0.02 or (n == 12 and point in done.capped)


def _half(values: np.ndarray) -> float:
    from scipy.stats import t

    return float(t.ppf(0.975, values.size - 1) * values.std(ddof=1) / np.sqrt(values.size))


def test_rounds_are_the_same_on_two_jobs_and_when_taken_up_again(tmp_path, monkeypatch):
    swept(tmp_path, UNTIL)
    whole = parcels.run
    for limit in (5, 30, 10**6):
        left = [limit]

        def run(*rest, left=left):
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            return whole(*rest)

        monkeypatch.setattr(parcels, "run", run)
        other = tmp_path / "other"
        other.mkdir(exist_ok=True)
        try:
            swept(other, UNTIL)
        except KeyboardInterrupt:
            assert limit < 10**6
    assert files(tmp_path / "out") == files(other / "out")


def test_points_that_come_back_are_run_once(tmp_path):
    text = (
        GRID[: GRID.index("factors:")]
        + """\
factors:
  environment.complexity: [1, 2]
  cells.size: [3, 6]
design: {kind: one_at_a_time, base: {environment.complexity: 1, cells.size: 6}}
replications: 2
measures: [output]
"""
    )
    study = study_of(tmp_path, text)
    plan = Plan(study, Conditions())
    assert sorted(plan.counts) == sorted({point.cell for point in study.points})
    rows = list(plan)
    assert len({(row.run, row.scenario) for row in rows}) == len(rows)


def test_kinds_of_columns_are_those_of_the_levels(tmp_path):
    text = GRID.replace(
        "  environment.complexity: [1, 2]",
        "  environment.complexity: [1, 2]\n  pdsa.rate: [0, 0.5]\n"
        "  reshuffle.rule: [random, most_new_ties]",
    )
    study = study_of(tmp_path, text)
    kinds = {factor.name: kind_of(factor) for factor in study.factors}
    assert kinds == {
        "environment.complexity": "integer",
        "pdsa.rate": "number",
        "reshuffle.rule": "word",
        "world": "word",
    }
    assert columns(study, whole=False).units["fear at last"] == columns(study, False).units["fear"]


KILLED = """
import sys
from pathlib import Path
from sim.studies.pool import Pool
from sim.studies.study import load_study
from sim.studies.sweep import sweep
if __name__ == "__main__":
    sweep(load_study(sys.argv[1]), Path(sys.argv[2]), Pool(int(sys.argv[3])))
"""


@pytest.mark.long
@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_at_random_moments_and_taken_up_again_it_leaves_the_same_bytes(tmp_path, jobs):
    text = GRID.replace("replications: 3", "replications: 60").replace("periods: 8", "periods: 40")
    swept(tmp_path, text, jobs=2)
    study, script = tmp_path / "study.yaml", tmp_path / "killed.py"
    script.write_text(KILLED, encoding="utf-8")
    luck = random.Random(jobs)
    command = [sys.executable, str(script), str(study), str(tmp_path / "killed"), str(jobs)]
    kills = 0
    while kills < 3:
        process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
        _wait_for(tmp_path / "killed" / "ledger.sqlite", process)
        time.sleep(luck.uniform(0.05, 0.6))
        if process.poll() is not None:
            break  # it was done before it could be killed
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        kills += 1
    assert kills > 0
    subprocess.run(command, check=True, timeout=120)
    assert files(tmp_path / "killed") == files(tmp_path / "out")


def _wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if path.exists() or process.poll() is not None:
            return
        time.sleep(0.05)


@pytest.mark.long
def test_a_worker_that_dies_costs_nothing(tmp_path):
    """A process of the pool is killed in the middle of the study; its part is done again."""
    text = GRID.replace("replications: 3", "replications: 40").replace("periods: 8", "periods: 40")
    swept(tmp_path, text)
    script = tmp_path / "murder.py"
    script.write_text(
        KILLED.replace("import sys\n", "import sys, threading, time, psutil\n").replace(
            'if __name__ == "__main__":\n',
            'if __name__ == "__main__":\n'
            "    def murder():\n"
            "        for _ in range(200):\n"
            "            time.sleep(0.05)\n"
            "            workers = [one for one in psutil.Process().children(recursive=True)\n"
            "                       if 'resource_tracker' not in ' '.join(one.cmdline())]\n"
            "            if workers:\n"
            "                time.sleep(1)\n"
            "                workers[0].kill()\n"
            "                print('killed', flush=True)\n"
            "                return\n"
            "    threading.Thread(target=murder, daemon=True).start()\n",
        ),
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, script, tmp_path / "study.yaml", tmp_path / "murdered", "2"],
        check=True,
        timeout=120,
        capture_output=True,
        text=True,
    )
    assert "killed" in done.stdout
    assert files(tmp_path / "murdered") == files(tmp_path / "out")

"""A Dask cluster: the same tables to the bit, also when a worker dies, and plain words when not."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sim.errors import InputProblem
from sim.studies import pool
from sim.studies.pool import Pool
from sim.studies.study import load_study
from sim.studies.sweep import Conditions, Nobody, sweep

pytest.importorskip("distributed")
pytestmark = pytest.mark.long

STUDY = """\
title: For two workers
question: Does it matter who runs it?
scenarios: [bureaucratic, post_bureaucratic]
set: {people: 40, dimensions: 12, environment.tacit: 2, periods: 60}
factors: {environment.complexity: [1, 2, 3]}
replications: 40
measures: [output]
"""


@dataclass
class Cluster:
    """A scheduler and its workers, each a process of its own session."""

    address: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli." + command[0], *command[1:]],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def worker(self) -> subprocess.Popen[bytes]:
        return self.start("dask_worker", self.address, "--nthreads", "1", "--no-dashboard")


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Cluster(f"tcp://127.0.0.1:{port}")
    made.start("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    try:
        yield made
    finally:
        for process in made.processes:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and all its children without a word of warning."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Murder(Nobody):
    """Kills a worker when a third of the runs is done."""

    def __init__(self, victim: subprocess.Popen[bytes]) -> None:
        self.victim, self.runs, self.at_runs = victim, 0, 0

    def done(self, runs: int) -> None:
        self.runs += runs
        if self.runs > 80 and not self.at_runs:
            self.at_runs = self.runs
            kill(self.victim)


def test_a_cluster_leaves_the_same_bytes_though_a_worker_is_killed(tmp_path, cluster):
    path = tmp_path / "study.yaml"
    path.write_text(STUDY, encoding="utf-8")
    study = load_study(path)
    sweep(study, tmp_path / "here", Pool(1), Conditions())
    cluster.worker()
    murder = Murder(cluster.worker())
    done = sweep(study, tmp_path / "there", Pool(1, cluster.address), Conditions(), murder)
    assert done.failed == 0 and 80 < murder.at_runs < done.runs == 240
    one, other = (sorted((tmp_path / name / "runs").iterdir()) for name in ("here", "there"))
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in other]


def test_workers_may_come_later(tmp_path, cluster):
    path = tmp_path / "study.yaml"
    path.write_text(STUDY.replace("replications: 40", "replications: 2"), encoding="utf-8")
    late = threading.Timer(4.0, cluster.worker)
    late.start()
    done = sweep(load_study(path), tmp_path / "out", Pool(1, cluster.address))
    late.join()
    assert (done.runs, done.failed) == (12, 0)


def test_a_cluster_without_workers_is_told(cluster, monkeypatch):
    monkeypatch.setattr(pool, "PATIENCE", 3)
    with pytest.raises(
        InputProblem, match=r"at tcp.* has no workers. Start one with `dask worker tcp"
    ):
        list(Pool(1, cluster.address).stream(abs, [-1]))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "127.0.0.1:9", "nonsense", "http://x:y"])
def test_a_scheduler_that_is_not_there_is_told(monkeypatch, address):
    monkeypatch.setattr(pool, "ANSWER", 1)
    with pytest.raises(InputProblem, match=r"--cluster: the Dask scheduler at \S+ does not answer"):
        list(Pool(1, address).stream(abs, [-1]))


def test_workers_with_other_rules_are_refused(cluster, monkeypatch):
    cluster.worker()
    monkeypatch.setattr(pool, "source_hash", lambda: "0123456789abcdef")
    with pytest.raises(InputProblem, match=r"other rules.*same version"):
        list(Pool(1, cluster.address).stream(abs, [-1]))


def test_workers_that_cannot_load_the_program_are_told(tmp_path, cluster, monkeypatch):
    """Instead of waiting for ever, as joblib does when work fails before it begins."""
    cluster.worker()
    (tmp_path / "only_here.py").write_text("def twice(x):\n    return 2 * x\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    import only_here

    with pytest.raises(InputProblem, match="a worker cannot load this program"):
        list(Pool(1, cluster.address).stream(only_here.twice, [1]))


def test_the_command_line_takes_an_address(tmp_path, cluster):
    cluster.worker()
    command = [sys.executable, "run.py", "run", "classics/march1991", "--seeds", "20"]
    there = Path(__file__).parents[1]
    tables = []
    for place, options in (("here", []), ("there", ["--cluster", cluster.address])):
        out = ["--out", str(tmp_path / place)]
        subprocess.run([*command, *options, *out], check=True, cwd=there, capture_output=True)
        tables.append((tmp_path / place / "runs.parquet").read_bytes())
    assert tables[0] == tables[1]

"""Kernels are made ready by two processes that begin from both ends."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from sim.scenario.loading import load_scenario
from sim.studies import warming

REST = """
from sim.scenario.loading import load_scenario
from sim.studies.warming import warm, warm_from_behind
settings = load_scenario("post_bureaucratic").settings
compiled = []
if {behind}:
    warm_from_behind([settings])
warm(settings, compiled.append)
print(len(compiled))
"""


def compiled_by_warm(cache, behind: bool) -> int:
    """Kernels that ``warm`` compiles with an empty cache, or after somebody came from behind."""
    environment = {**os.environ, "LEARNING_ORG_CACHE": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", REST.format(behind=behind)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


@pytest.mark.long
def test_who_comes_from_behind_leaves_hardly_anything_to_compile(tmp_path):
    alone = compiled_by_warm(tmp_path / "alone", behind=False)
    assert alone > 100
    assert compiled_by_warm(tmp_path / "helped", behind=True) < alone / 20


def test_nothing_is_started_where_there_is_one_core(monkeypatch):
    def refuse(name):
        raise AssertionError("a process was started")

    monkeypatch.setattr(warming, "cores", lambda: 1)
    monkeypatch.setattr(warming.multiprocessing, "get_context", refuse)
    with warming.second_compiler([load_scenario("post_bureaucratic").settings]):
        pass


def test_the_second_compiler_ends_with_the_first():
    before = set(warming.multiprocessing.active_children())
    with warming.second_compiler([load_scenario("bureaucratic").settings]):
        second = set(warming.multiprocessing.active_children()) - before
        assert len(second) == (1 if warming.cores() > 1 else 0)
    assert not any(process.is_alive() for process in second)

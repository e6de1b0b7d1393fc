"""Kernels are made ready by two processes that begin from both ends."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from numba import int64
from numba.core.caching import FunctionCache

from sim import kernel_claims
from sim.kernels import kernel
from sim.scenario.loading import load_scenario
from sim.studies import warming

REST = """
from sim.scenario.loading import load_scenario
import os
from pathlib import Path
from sim.studies.warming import warm, warm_from_behind
marks = Path(os.environ["LEARNING_ORG_CACHE"]) / "marks"
marks.mkdir(parents=True)
settings = load_scenario("post_bureaucratic").settings
compiled = []
if {behind}:
    warm_from_behind([settings], marks)
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


@kernel
def faded_away(number):
    return 0 * number


@pytest.fixture
def begun_elsewhere(tmp_path):
    """A folder in which another process has marked that it compiles ``talk`` for a number."""
    with kernel_claims.sharing(tmp_path):
        kernel_claims.begin("talk", "(int64,)")
    return tmp_path


def test_one_that_gives_way_leaves_what_the_other_has_begun_and_nothing_else(begun_elsewhere):
    with kernel_claims.sharing(begun_elsewhere):
        kernel_claims.begin("talk", "(int64,)")  # the other compiles it all the same
        with kernel_claims.giving_way():
            with pytest.raises(kernel_claims.AlreadyBegun):
                kernel_claims.begin("talk", "(int64,)")
            kernel_claims.begin("talk", "(float32,)")
            kernel_claims.begin("talk", "(float32,)")  # its own: tried, failed and tried again
            kernel_claims.begin("listen", "(int64,)")
    with kernel_claims.giving_way():
        kernel_claims.begin("talk", "(int64,)")  # nobody to give way to


def test_what_kernels_call_is_begun_apart_from_what_python_calls(tmp_path, monkeypatch):
    monkeypatch.setattr(FunctionCache, "load_overload", lambda cache, types, context: None)
    types = (int64,)
    with kernel_claims.sharing(tmp_path):
        faded_away.within_kernels._cache.load_overload(types, None)
    with kernel_claims.sharing(tmp_path), kernel_claims.giving_way():
        faded_away._cache.load_overload(types, None)
        with pytest.raises(kernel_claims.AlreadyBegun):
            faded_away.within_kernels._cache.load_overload(types, None)


def test_without_a_place_for_marks_all_is_compiled(tmp_path):
    with kernel_claims.sharing(tmp_path / "gone"), kernel_claims.giving_way():
        kernel_claims.begin("talk", "(int64,)")
        kernel_claims.begin("talk", "(int64,)")


class Backwards:
    """Stands for an organization of three mechanisms; one meets what another process has begun."""

    lived: list[tuple[int, str]]
    turns = 0

    def __init__(self, settings, seed):
        Backwards.turns += 1
        self.period = 0
        self.mechanisms = [Step(self, name) for name in ("first", "second", "third")]


class Step:
    def __init__(self, organization, name):
        self.organization, self.name = organization, name

    def apply(self, organization):
        if self.name == "second" and Backwards.turns == 1:
            raise kernel_claims.AlreadyBegun(self.name)
        Backwards.lived.append((organization.period, self.name))


def test_who_comes_from_behind_does_the_rest_meanwhile_and_comes_again(tmp_path, monkeypatch):
    Backwards.turns, Backwards.lived = 0, []
    monkeypatch.setattr(warming, "Organization", Backwards)
    monkeypatch.setattr(warming, "stocks", lambda organization, measures: None)
    warming.warm_from_behind([load_scenario("post_bureaucratic").settings], tmp_path)
    week = ["third", "second", "first"]
    again = [(period, name) for period in range(warming.FEW_WEEKS) for name in week]
    assert Backwards.lived == [(0, "third"), (0, "first"), *again]


def test_who_comes_from_behind_stops_when_the_first_is_gone(tmp_path, monkeypatch):
    Backwards.turns, Backwards.lived = 0, []
    monkeypatch.setattr(warming, "Organization", Backwards)
    monkeypatch.setattr(warming, "stocks", lambda organization, measures: None)
    monkeypatch.setattr(warming, "_has_a_first", lambda: False)
    warming.warm_from_behind([load_scenario("post_bureaucratic").settings], tmp_path)
    assert Backwards.lived == [(0, "third"), (0, "first")]


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

"""``rerun``: the same runs from a manifest alone, and what it says of those that differ."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.cli import main

SETS = ["people=24", "dimensions=9", "environment.tacit=2", "periods=8"]
SMALL = [part for one in SETS for part in ("--set", one)]
STUDY = """\
title: Mine and theirs
question: What changes?
scenarios: [mine.yaml, bureaucratic+worlds/turbulent]
set: {dimensions: 9, environment.tacit: 2, periods: 8}
factors:
  effort: {from: [0, 1], to: [0.3, 4], of: [pdsa.rate, cells.hours], steps: 2}
replications: 2
pairing: independent
series: {every: 4}
also: [{name: week of little fear, first: fear, below: 0.2}]
measures: [output]
"""

Told = tuple[int, str, str]
Say = Callable[..., Told]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Give the program words; gives its exit code, and what it wrote."""

    def give(*words: object) -> Told:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        return (int(ended.value.code or 0), *capsys.readouterr())

    return give


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study's folder, whose files are gone since, and one of a comparison."""
    place = tmp_path_factory.mktemp("repeating")
    mine = place / "mine.yaml"
    mine.write_text("extends: post_bureaucratic\ntitle: Mine\npeople: 20\n", encoding="utf-8")
    study = place / "study.yaml"
    study.write_text(STUDY, encoding="utf-8")
    to = ["--jobs", "1", "--out"]
    for words in (
        ["sweep", str(study), "--set", "environment.tacit=3", *to, str(place / "study")],
        ["compare", "bureaucratic", "base", *SMALL, "--seeds", "2", *to, str(place / "pair")],
    ):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert not ended.value.code
    mine.unlink()
    study.unlink()
    return place


@pytest.fixture
def kept(originals: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of both, moved to another place, and another working directory."""
    shutil.copytree(originals, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def changed(folder: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    path = folder / "manifest.json"
    path.write_text(json.dumps(change(json.loads(path.read_text()))), encoding="utf-8")
    return folder


def first_run(folder: Path) -> str:
    return str(pd.read_parquet(folder / "runs")["run"][0])


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("folder", ["study", "pair"])
def test_a_manifest_alone_repeats_its_runs_to_the_bit(kept, say, folder, jobs):
    code, out, _ = say("rerun", kept / folder, "--verify", "--jobs", jobs)
    assert code == 0
    assert out.count("the same to the bit") == 2


@pytest.mark.parametrize("folder", ["study", "pair"])
def test_tables_are_not_needed_to_repeat_runs(kept, say, folder):
    (kept / "alone").mkdir()
    (kept / folder / "manifest.json").rename(kept / "alone/manifest.json")
    code, out, _ = say("rerun", kept / "alone", "--verify", "--jobs", 1)
    assert code == 0 and out.count("the same to the bit") == 2


def test_other_values_in_the_manifest_end_with_1(kept, say):
    other = changed(kept / "study", lambda told: {**told, "tables": {"runs": "0" * 64}})
    code, out, _ = say("rerun", other, "--verify", "--jobs", 1)
    assert code == 1 and "runs: not the same" in out


def test_another_scenario_in_the_manifest_shows_where_a_table_differs(kept, say):
    def other_people(told: dict[str, Any]) -> Any:
        return json.loads(json.dumps(told).replace("people: 20", "people: 21"))

    code, out, _ = say("rerun", changed(kept / "study", other_people), "--verify", "--jobs", 1)
    assert code == 1 and "the first difference is" in out


@pytest.mark.parametrize("folder", ["study", "pair"])
def test_a_table_that_was_changed_since_is_not_called_the_same(kept, say, folder):
    place = kept / folder
    file = next((place / "runs").glob("*")) if folder == "study" else place / "runs.parquet"
    table = pd.read_parquet(file)
    table.loc[1, "output"] += 1
    table.to_parquet(file, index=False)
    code, out, _ = say("rerun", place, "--verify", "--jobs", 1)
    assert code == 1 and "output in row 1" in out


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda told: {k: told[k] for k in ("format", "version")}, id="no keys"),
        pytest.param(lambda told: {**told, "command": [], "study": {}}, id="no command"),
        pytest.param(lambda told: {**told, "scenarios": {}}, id="no scenarios"),
        pytest.param(lambda told: {**told, "study": ["study.yaml"]}, id="a list for a study"),
        pytest.param(lambda told: {**told, "version": 2, "code": {}}, id="newer"),
    ],
)
def test_a_manifest_that_was_spoiled_is_the_fault_of_the_input(kept, say, change):
    code, _, err = say("rerun", changed(kept / "study", change), "--verify")
    assert code == 2 and "manifest" in err and "internal error" not in err


@pytest.mark.parametrize("text", ["", "[]", "{}", "no JSON", '{"format": "other"}'])
def test_a_file_that_is_no_manifest_is_refused(kept, say, text):
    (kept / "manifest.json").write_text(text, encoding="utf-8")
    for name in (kept, kept / "manifest.json", kept / "nowhere"):
        code, _, err = say("rerun", name)
        assert code == 2 and err.count("error") == 1


@pytest.mark.parametrize("folder", ["study", "pair"])
def test_one_run_comes_out_as_it_stands_in_the_table(kept, say, folder):
    run = first_run(kept / folder) if folder == "study" else "base:1"
    code, out, _ = say("rerun", kept / folder, "--run", run)
    assert code == 0 and "yes" in out and "no:" not in out


@pytest.mark.parametrize("run", ["", "nonsense", "bureaucratic:2", "other:0", "-", ":"])
@pytest.mark.parametrize("folder", ["study", "pair"])
def test_a_run_that_there_is_not_is_refused(kept, say, folder, run):
    code, _, err = say("rerun", kept / folder, f"--run={run}")
    assert code == 2 and "there is no run" in err


@pytest.mark.parametrize("seed", ["99999", "9" * 30])
def test_a_seed_that_a_study_never_used_is_refused(kept, say, seed):
    settings = first_run(kept / "study").split("-")[0]
    code, _, err = say("rerun", kept / "study", "--run", f"{settings}-{seed}")
    assert code == 2 and "there is no run" in err


@pytest.mark.parametrize("folder", ["study", "pair"])
def test_one_run_as_json_is_one_document(kept, say, folder):
    run = first_run(kept / folder) if folder == "study" else "base:1"
    code, out, _ = say("rerun", kept / folder, "--run", run, "--json")
    assert code == 0 and all(json.loads(out)["same"].values())


def test_the_debugger_goes_on_when_told_to(kept, say, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("c\n"))
    code, out, _ = say("rerun", kept / "pair", "--run", "base:1", "--debug")
    assert code == 0 and "yes" in out and "no:" not in out


@pytest.mark.parametrize("typed", ["", "q\n"])
def test_leaving_the_debugger_is_no_result(kept, say, monkeypatch, typed):
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    code, out, _ = say("rerun", kept / "pair", "--run", "base:1", "--debug")
    assert code == 1 and "fails" not in out


def test_the_debugger_wants_a_run(kept, say):
    assert say("rerun", kept / "pair", "--debug")[0] == 2


def test_tables_go_into_an_empty_place_only(kept, say):
    code, _, err = say("rerun", kept / "pair", "--jobs", 1, "--out", kept / "study")
    assert code == 2 and "nothing was written" in err
    assert say("rerun", kept / "pair", "--jobs", 1, "--out", kept / "new")[0] == 0
    pd.testing.assert_frame_equal(
        pd.read_parquet(kept / "new/runs.parquet"), pd.read_parquet(kept / "pair/runs.parquet")
    )


def test_a_place_that_cannot_be_written_is_said(kept, say):
    (kept / "file").touch()
    code, _, err = say("rerun", kept / "pair", "--jobs", 1, "--out", kept / "file/new")
    assert code == 2 and "internal error" not in err


# Code of one's own

MODULE = """\
from sim.agents.worker import Worker


class Curious(Worker):
    def step(self):
        self.fear = 0.5
"""


@pytest.fixture
def with_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a module with a Worker, which no test has loaded yet."""
    name = f"curious_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(f"extends: base\nworker: {name}:Curious\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield name
    sys.modules.pop(name, None)


STUDY_WITH_CODE = """\
title: T
question: Q
scenarios: [bureaucratic]
set: {people: 24, dimensions: 9, environment.tacit: 2, periods: 4}
factors:
  whose: [{name: theirs, set: {}}, {name: mine, set: {worker: 'NAME:Curious'}}]
replications: 2
measures: [fear]
"""


def _made(say: Say, what: str, name: str) -> None:
    """Results in the folder ``out``, of a run with code, or of a study or a factor that has it."""
    to = ["--jobs", "1", "--out", "out", "--allow-plugins"]
    if what == "run":
        words = ["run", "own.yaml", *SMALL, "--seeds", "2"]
    else:
        text = STUDY_WITH_CODE.replace("NAME", name)
        if what == "study":
            text = text.replace("[bureaucratic]", "[own.yaml]").split("factors:")[0]
            text += "replications: 2\nmeasures: [fear]\n"
        Path("study.yaml").write_text(text, encoding="utf-8")
        words = ["sweep", "study.yaml"]
    code, _, err = say(*words, *to)
    assert code == 0, err


@pytest.mark.parametrize("what", ["run", "study", "factor"])
def test_code_is_not_loaded_because_a_manifest_allowed_it_once(say, with_code, what):
    _made(say, what, with_code)
    assert sys.modules.pop(with_code)
    for more in ([], ["--verify"], ["--run", "own:0"]):
        code, out, err = say("rerun", "out", "--jobs", 1, *more)
        assert (code, out) == (2, "")
        assert err.count("error:") == 1 and len(err.strip().splitlines()) == 1
        assert f"{with_code}:Curious" in err and "allow it: --allow-plugins" in err
        assert with_code not in sys.modules
    code, out, _ = say("rerun", "out", "--jobs", 1, "--verify", "--allow-plugins")
    assert code == 0 and "the same to the bit" in out
    assert with_code in sys.modules

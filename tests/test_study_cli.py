"""Studies on the command line: whatever happens, one clear message, and nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import typer

from sim.cli import app, main
from sim.studies.pool import Pool
from sim.studies.store import Store, load_results
from sim.studies.study import load_study
from sim.studies.sweep import Conditions, Plan, all_whole, columns, signature, sweep

ROOT = Path(__file__).parents[1]
STUDY = """\
title: A study
question: What changes?
scenarios: [bureaucratic, post_bureaucratic]
set: {people: 24, dimensions: 9, environment.tacit: 2, periods: 8}
factors: {environment.turbulence: [0, 0.1]}
replications: 3
measures: [output]
"""
LONG = (
    STUDY.replace("replications: 3", "replications: 4000")
    .replace("periods: 8", "periods: 30")
    .replace("[0, 0.1]", "[0.01]")
    .replace("[bureaucratic, post_bureaucratic]", "[bureaucratic]")
)
SAMPLED = STUDY.replace("[0, 0.1]}", "{from: 0, to: 0.1}}\ndesign: {kind: KIND, points: 8}")

Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> Say:
    """Give the program words in a folder of one's own; gives its exit code, and what it wrote."""
    monkeypatch.chdir(tmp_path)
    Path("study.yaml").write_text(STUDY, encoding="utf-8")

    def give(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        return (int(ended.value.code or 0), *capsys.readouterr())

    return give


def swept() -> dict[str, bytes]:
    """Do the runs of study.yaml into ``out``; gives the bytes of its tables."""
    sweep(load_study("study.yaml"), Path("out"), Pool(1))
    return tables()


def tables(folder: str = "out") -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder, "runs").glob("*")}


def one_message(err: str) -> None:
    assert err.count("error: ") == 1
    assert "internal error" not in err and "Traceback" not in err


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("replications: 3", "replications: 2", "edited"),
        ("periods: 8", "periods: 9", "edited"),
        ("[0, 0.1]", "[0]", "edited"),
        ("environment.turbulence:", "environment.turbulense:", "Did you mean"),
        ("[output]", "[outputs]", "Did you mean"),
    ],
)
def test_a_study_that_does_not_fit_its_folder_changes_nothing(say, old, new, word):
    before = swept()
    Path("study.yaml").write_text(STUDY.replace(old, new), encoding="utf-8")
    code, _, err = say("sweep", "study.yaml", "--out", "out", "--jobs", 1)
    assert code == 2 and word in err
    one_message(err)
    assert tables() == before


def test_two_processes_on_one_study_do_not_meet(say):
    swept()
    study, conditions = load_study("study.yaml"), Conditions()
    whole = all_whole(study, conditions)
    how = (signature(study, whole, conditions), columns(study, whole))
    with Store.open("out", *how, lambda: Plan(study, conditions)):
        for more in ([], ["--fresh"]):
            code, _, err = say("sweep", "study.yaml", "--out", "out", "--jobs", 1, *more)
            assert code == 2 and f"pid {os.getpid()}" in err
            one_message(err)


def test_a_chunk_that_was_damaged_is_done_again(say):
    before = swept()
    path = next(Path("out/runs").glob("*"))
    damaged = bytearray(path.read_bytes())
    damaged[500] ^= 255
    path.write_bytes(damaged)
    code, _, err = say("sweep", "study.yaml", "--out", "out", "--jobs", 1)
    assert code == 0 and "12 runs will be done again" in err.replace("\n", " ")
    assert tables() == before


@pytest.mark.parametrize("more", [[], ["--fresh"]])
def test_what_is_not_a_study_is_not_touched(say, more):
    Path("file").write_text("mine", encoding="utf-8")
    Path("folder").mkdir()
    Path("folder/note").write_text("mine", encoding="utf-8")
    for out in ("file", "folder", "file/within"):
        code, _, err = say("sweep", "study.yaml", "--out", out, "--jobs", 1, *more)
        assert code == 2
        one_message(err)
    assert Path("file").read_text() == Path("folder/note").read_text() == "mine"


@pytest.mark.parametrize("text", ["", "- a\n", "[1, 2\n", "\0\1\2", "people: 100\n", "title: A\n"])
@pytest.mark.parametrize("verb", ["sweep", "sensitivity"])
def test_a_file_that_is_no_study_is_refused(say, verb, text):
    Path("study.yaml").write_text(text, encoding="utf-8")
    code, _, err = say(verb, "study.yaml")
    assert code == 2 and "study.yaml" in err and "internal error" not in err
    assert not Path("results").exists()


@pytest.mark.parametrize("name", ["", ".", "nowhere.yaml", "bureaucratic"])
@pytest.mark.parametrize("verb", ["sweep", "sensitivity"])
def test_a_study_that_there_is_not_is_refused(say, verb, name):
    code, _, err = say(verb, name)
    assert code == 2
    one_message(err)


@pytest.mark.parametrize(
    "more",
    [["--jobs", "-1"], ["--jobs", "x"], ["--set", "a"], ["--set", "a.b=1"], ["--org", "nowhere"]],
)
@pytest.mark.parametrize("verb", ["sweep", "sensitivity"])
def test_options_that_cannot_be_are_refused_before_anything_is_run(say, verb, more):
    Path("study.yaml").write_text(SAMPLED.replace("KIND", "latin_hypercube"), encoding="utf-8")
    assert say(verb, "study.yaml", *more)[0] == 2
    assert not Path("results").exists()


@pytest.mark.parametrize(
    "more",
    [["--method", "x"], ["--points", 8], ["--points", 1], ["--method", "sobol", "--points", 7]],
)
def test_a_method_that_cannot_be_is_refused_before_anything_is_run(say, more):
    code, _, err = say("sensitivity", "study.yaml", *more)
    assert code == 2 and "internal error" not in err
    assert not Path("results").exists()


def started(*words: str) -> subprocess.Popen[str]:
    Path("study.yaml").write_text(LONG, encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, str(ROOT / "run.py"), "sweep", "study.yaml", "--out", "out", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
        # Whoever runs the tests in the background may have interrupts ignored, and children too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def wait_for_runs(process: subprocess.Popen[str]) -> None:
    """Until runs were committed: the ledger's log is written for the plan, then every so often.

    It stops growing once it is written from its start again, so its time of change is looked at.
    """
    log, seen, written, since = Path("out/ledger.sqlite-wal"), 0, 0, time.monotonic()
    while process.poll() is None and written < 4:
        now = log.stat().st_mtime_ns if log.exists() else 0
        if now != seen:
            written += time.monotonic() - since > 0.2
            seen, since = now, time.monotonic()
        time.sleep(0.02)


@pytest.mark.parametrize("jobs", ["1", pytest.param("2", marks=pytest.mark.long)])
@pytest.mark.parametrize("whom", [os.kill, os.killpg])
def test_ctrl_c_keeps_what_was_done(say, jobs, whom):
    process = started("--jobs", jobs)
    wait_for_runs(process)
    whom(process.pid, signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 1
    assert out == "" and "goes on from there" in err and "Traceback" not in err
    table = load_results("out")
    assert 0 < len(table) < 4000 and "unfinished" in table.attrs["unfinished"]


@pytest.mark.long
def test_kill_leaves_a_study_that_goes_on(say):
    process = started("--jobs", "2")
    wait_for_runs(process)
    process.kill()
    process.wait()
    # Its workers notice nothing, and hold its pipes for minutes.
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    before = load_results("out")
    assert 0 < len(before) < 4000
    wanted = before["seed"].max() + 20
    study = LONG.replace("replications: 4000", f"replications: {wanted}")
    Path("study.yaml").write_text(study, encoding="utf-8")
    resumed = swept()
    sweep(load_study("study.yaml"), Path("fresh"), Pool(1))
    assert tables("fresh") == resumed
    after = load_results("out").set_index("run")["output"]
    pd.testing.assert_series_equal(after.loc[before["run"]], before.set_index("run")["output"])


@pytest.mark.parametrize("verb", ["compare", "run"])
def test_no_other_verb_writes_over_a_study(say, verb):
    before = swept()
    # As ``sweep`` leaves it.
    Path("out/manifest.json").write_text("{}", encoding="utf-8")
    scenarios = ["bureaucratic", "base"][: 1 + (verb == "compare")]
    code, _, _ = say(verb, *scenarios, "--set", "periods=4", "--seeds", 2, "--out", "out")
    assert code == 2
    assert tables() == before


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol"])
def test_a_small_sample_has_its_tables_and_manifest(say, kind):
    Path("study.yaml").write_text(SAMPLED.replace("KIND", kind), encoding="utf-8")
    code, _, _ = say("sweep", "study.yaml", "--out", "out", "--jobs", 1)
    assert code == 0
    assert Path("out/manifest.json").is_file() and Path("out/cells.csv").is_file()


def test_too_few_points_are_refused_before_anything_is_run(say):
    code, _, err = say("sensitivity", "study.yaml", "--method", "pawn", "--points", 8)
    assert code == 2 and "fewer than 20" in err
    assert not Path("results").exists()


def test_a_worker_that_is_not_allowed_is_refused_before_anything_is_run(say):
    worker = STUDY.replace("periods: 8", "periods: 8, worker: 'mine:Curious'")
    Path("study.yaml").write_text(worker, encoding="utf-8")
    code, _, err = say("sweep", "study.yaml", "--out", "out", "--jobs", 1)
    assert code == 2 and "--allow-plugins" in err
    assert not Path("out").exists()


def test_verbs_about_a_study_take_the_same_options_and_sensitivity_two_more():
    commands = typer.main.get_command(app).commands
    options = {
        name: {one.name: (one.opts, one.default, one.help) for one in commands[name].params}
        for name in ("sweep", "sensitivity")
    }
    assert set(options["sensitivity"]) - set(options["sweep"]) == {"method", "points"}
    assert all(options["sensitivity"][name] == told for name, told in options["sweep"].items())
    assert options["sweep"]["sets"][0] == ["--set"] and options["sweep"]["retry_failed"][2]
    assert commands["sensitivity"].help.startswith("Say what the measures of a study depend on")


def test_a_manifest_that_cannot_be_written_is_said(say):
    swept()
    Path("out/manifest.json").mkdir()
    code, _, err = say("sweep", "study.yaml", "--out", "out", "--jobs", 1)
    assert code == 2
    one_message(err)


def test_what_was_edited_is_told_in_the_words_of_the_file(say):
    also = "also: [{name: fear at last, mean_of: fear, from: 5}]\n"
    Path("study.yaml").write_text(STUDY + also, encoding="utf-8")
    swept()
    Path("study.yaml").write_text(STUDY + also.replace("5", "4"), encoding="utf-8")
    code, _, err = say("sweep", "study.yaml", "--out", "out", "--jobs", 1)
    assert code == 2 and "Derived(" not in err

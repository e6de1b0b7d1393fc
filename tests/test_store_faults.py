"""What can go wrong with a results folder: a clear message, and nothing lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from store_studies import (
    CHUNK,
    SIGNATURE,
    columns,
    do,
    files,
    open_store,
    study,
)

from sim.errors import InputProblem
from sim.studies.store import Columns, load_results, load_series, set_aside
from sim.studies.store.ledger import Ledger

PLAN = study(points=3, seeds=9)
ALL = 54


@pytest.fixture
def finished(tmp_path) -> Path:
    """The folder of a finished study of six chunks."""
    with open_store(tmp_path / "s", PLAN, columns=columns(series=True)) as store:
        do(store)
        store.finish()
    return tmp_path / "s"


def reopen(folder: Path, plan=PLAN, **options):
    """Open the study of ``finished`` again; gives it with what it told."""
    told: list[str] = []
    given = {"columns": columns(series=True)} | options
    return open_store(folder, plan, tell=told.append, **given), told


def mend(folder: Path, plan=PLAN, **options) -> tuple[int, list[str]]:
    """Open again, do what is missing and finish; gives how many runs that were, and messages."""
    store, told = reopen(folder, plan, **options)
    with store:
        missing = store.counts().missing
        do(store)
        store.finish()
    return missing, told


def flip(path: Path, at: float = 0.5) -> None:
    """Change one bit of a file, at a share of its length."""
    data = bytearray(path.read_bytes())
    data[int(at * len(data))] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.parametrize("harm", [flip, cut, Path.unlink], ids=["bit", "cut", "deleted"])
@pytest.mark.parametrize("kind", ["runs", "series"])
@pytest.mark.parametrize("number", [0, 2, 5])
def test_runs_of_a_harmed_chunk_are_done_again(finished, harm, kind, number):
    before = files(finished)
    harm(finished / kind / f"part-{number:06d}.parquet")
    runs = CHUNK if number < 5 else ALL - 5 * CHUNK
    missing, told = mend(finished)
    assert missing == runs
    assert len(told) == 1 and f"{runs} runs will be done again" in told[0]
    assert files(finished) == before
    aside = sorted(path.name for path in (finished / "damaged").glob("*"))
    name = f"part-{number:06d}.parquet"
    both = [name, f"series-{name}"]
    if harm is Path.unlink:
        both.remove(name if kind == "runs" else f"series-{name}")
    assert aside == both


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6, 0.9])
def test_every_changed_bit_is_noticed_on_opening(finished, share):
    flip(finished / "runs" / "part-000001.parquet", share)
    store, _ = reopen(finished)
    with store:
        assert store.counts().missing == CHUNK


@pytest.mark.parametrize("harm", [flip, cut, Path.unlink], ids=["bit", "cut", "deleted"])
def test_a_table_with_a_harmed_chunk_is_not_loaded(finished, harm):
    harm(finished / "runs" / "part-000003.parquet")
    with pytest.raises(InputProblem, match=r"chunk .* is damaged: .*part-000003.*again"):
        load_results(finished)


def test_changed_pages_are_noticed_without_the_ledger(finished):
    (finished / "ledger.sqlite").unlink()
    flip(finished / "runs" / "part-000003.parquet", 0.3)
    with pytest.raises(InputProblem, match=r"chunk .* is damaged: .*part-000003"):
        load_results(finished)


def test_a_deleted_ledger_is_made_again_from_the_chunks(finished):
    before = files(finished)
    (finished / "ledger.sqlite").unlink()
    assert len(load_results(finished)) == ALL
    missing, told = mend(finished)
    assert missing == 0
    assert len(told) == 1
    assert f"missing and was made again from the chunks: {ALL} runs" in told[0]
    assert "seconds and hosts are lost" in told[0]
    assert files(finished) == before


@pytest.mark.parametrize("harm", ["text", "pages"])
def test_a_damaged_ledger_is_set_aside_and_made_again(finished, harm):
    before = files(finished)
    path = finished / "ledger.sqlite"
    if harm == "text":
        path.write_text("This is no database, and longer than its header would be." * 20)
    else:
        data = bytearray(path.read_bytes())
        data[4096:] = b"\xff" * (len(data) - 4096)
        path.write_bytes(data)
    missing, told = mend(finished)
    assert missing == 0
    assert "was damaged and was made again" in told[0]
    assert (finished / "damaged" / "ledger.sqlite").is_file()
    assert files(finished) == before


def test_a_lost_ledger_and_a_harmed_chunk_cost_that_chunk(finished):
    before = files(finished)
    (finished / "ledger.sqlite").unlink()
    flip(finished / "runs" / "part-000002.parquet", 0.3)
    missing, told = mend(finished)
    assert missing == CHUNK
    assert len(told) == 2
    assert files(finished) == before


def test_a_lost_ledger_does_not_let_another_study_in(finished):
    (finished / "ledger.sqlite").unlink()
    before = files(finished)
    with pytest.raises(InputProblem, match="rules was a1 when its runs were done, and is b2 now"):
        reopen(finished, signature=SIGNATURE | {"rules": "b2"})
    assert files(finished) == before


def test_a_table_of_somebody_else_among_the_chunks_is_set_aside(finished, tmp_path):
    before = files(finished)
    with open_store(tmp_path / "t", PLAN, signature={"rules": "z"}) as store:
        do(store)
        store.finish()
    shutil.copy(tmp_path / "t/runs/part-000000.parquet", finished / "runs/part-000009.parquet")
    (finished / "runs" / "notes.txt").write_text("mine")
    missing, _ = mend(finished)
    assert missing == 0
    assert files(finished) == before
    assert (finished / "damaged" / "notes.txt").read_text() == "mine"


def test_a_study_that_another_process_runs_is_not_opened(finished):
    store, _ = reopen(finished)
    script = (
        "import sys; from store_studies import *\n"
        "from sim.errors import InputProblem\n"
        "try: open_store(Path(sys.argv[1]), study(3, 9), columns=columns(series=True))\n"
        "except InputProblem as problem: print(problem); sys.exit(2)\n"
    )
    with store:
        other = run_python(["-c", script, str(finished)])
        assert other.returncode == 2
        assert f"another process (pid {os.getpid()}, host " in other.stdout
        assert "is running this study" in other.stdout
        with pytest.raises(InputProblem, match="is running this study"):
            set_aside(finished)
    assert run_python(["-c", script, str(finished)]).returncode == 0


def run_python(arguments: list[str], **options) -> subprocess.CompletedProcess:
    """Run Python as the tests do, with the helpers of the tests at hand."""
    paths = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment, capture_output=True, text=True, check=False, **options,
    )  # fmt: skip


def test_a_newer_format_is_left_alone(finished):
    with sqlite3.connect(finished / "ledger.sqlite") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = (finished / "ledger.sqlite").read_bytes()
    with pytest.raises(InputProblem, match="newer version of this program"):
        reopen(finished)
    with pytest.raises(InputProblem, match="newer version of this program"):
        load_results(finished)
    assert (finished / "ledger.sqlite").read_bytes() == before


def test_another_signature_or_other_columns_are_named_one_by_one(finished):
    before = files(finished)
    other = {"rules": "b2", "packages": {"numpy": "2.1", "pyarrow": "17"}, "people": "c"}
    more = Columns(columns().factors, ("output", "fear"), ("weeks",), columns().units, True)
    with pytest.raises(InputProblem) as caught:
        reopen(finished, signature=other, columns=more)
    told = [problem.message for problem in caught.value.problems]
    assert told == [
        "packages.numpy was 2.0 when its runs were done, and is 2.1 now",
        "people was nothing when its runs were done, and is c now",
        "rules was a1 when its runs were done, and is b2 now",
        "columns.measures was quality when its runs were done, and is fear now",
    ]
    assert "--out" in str(caught.value) and "s-old-1" in str(caught.value)
    assert files(finished) == before


def test_runs_that_left_the_plan_are_refused_and_kept(finished):
    before = files(finished)
    with pytest.raises(InputProblem) as caught:
        reopen(finished, study(points=2, seeds=9))
    text = str(caught.value)
    assert "18 of its 54 runs do not belong to the study as it is now (e.g. run " in text
    assert "Put back" in text and "--out" in text
    assert files(finished) == before
    missing, told = mend(finished)
    assert (missing, told) == (0, [])


def test_an_old_study_is_set_aside_under_the_next_free_name(finished):
    before = files(finished)
    assert set_aside(finished) == finished.with_name("s-old-1")
    assert files(finished.with_name("s-old-1")) == before
    assert set_aside(finished) is None
    mend(finished)
    assert set_aside(finished) == finished.with_name("s-old-2")


@pytest.mark.parametrize("content", ["file", "other"])
def test_what_is_no_study_is_left_alone(tmp_path, content):
    path = tmp_path / "s"
    if content == "file":
        path.write_text("mine")
        match = "is a file, and results need a folder"
    else:
        path.mkdir()
        (path / "thesis.txt").write_text("mine")
        match = "holds no study, so nothing was written"
    with pytest.raises(InputProblem, match=match):
        open_store(path, PLAN)
    assert [each.name for each in path.glob("*")] == ["thesis.txt"] * (content == "other")
    with pytest.raises(InputProblem, match=r"is no folder|holds no study"):
        load_results(path)


def test_loading_from_nowhere_and_series_that_were_not_kept(tmp_path):
    with pytest.raises(InputProblem, match="does not exist"):
        load_results(tmp_path / "nowhere")
    with open_store(tmp_path / "s", PLAN) as store:
        do(store)
        store.finish()
    with pytest.raises(InputProblem, match="kept no series"):
        load_series(tmp_path / "s")


@contextmanager
def as_somebody_else(*paths: Path) -> Iterator[None]:
    """Take away the right to write to ``paths``, and from root the right to do so all the same."""
    was_root = os.geteuid() == 0
    for parent in paths[0].parents:
        if parent.stat().st_uid == os.geteuid() and not parent.stat().st_mode & 0o005:
            parent.chmod(0o755)
    for path in paths:
        path.chmod(0o555)
    try:
        if was_root:
            os.seteuid(65534)
        yield
    finally:
        if was_root:
            os.seteuid(0)
        for path in paths:
            path.chmod(0o755)


def test_a_folder_that_may_not_be_written(finished, tmp_path):
    before = files(finished)
    (tmp_path / "new").mkdir()
    with as_somebody_else(tmp_path / "new", finished, finished / "ledger.sqlite"):
        for folder in (finished, tmp_path / "new" / "s"):
            with pytest.raises(InputProblem, match=r"cannot write results to .*--out"):
                reopen(folder)
    assert files(finished) == before


def test_a_study_in_a_read_only_folder_can_be_loaded(finished):
    expected = load_results(finished)
    with as_somebody_else(finished, finished / "ledger.sqlite"):
        table = load_results(finished)
    assert table.equals(expected) and len(table) == ALL
    assert table.attrs["unfinished"] == ""


FULL_DISK = """
import resource, signal, sys
from store_studies import *
from sim.errors import InputProblem
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), -1))
try:
    with open_store(Path(sys.argv[1]), study(30, 9), columns=columns(series=True)) as store:
        do(store)
        store.finish()
except InputProblem as problem:
    print(problem)
    sys.exit(2)
"""


@pytest.mark.parametrize("limit", [1_000, 5_000, 60_000, 100_000, 200_000])
def test_files_that_may_not_grow_stop_a_study_that_then_goes_on(tmp_path, limit):
    told = run_python(["-c", FULL_DISK, str(tmp_path / "s"), str(limit)])
    assert told.returncode in (0, 2), told.stderr
    if told.returncode == 2:
        assert "cannot write results to" in told.stdout
        assert "Make room on the disk" in told.stdout
    mend(tmp_path / "s", study(30, 9))
    mend(tmp_path / "large", study(30, 9))
    assert files(tmp_path / "s") == files(tmp_path / "large")


@pytest.fixture
def small_disk(tmp_path) -> Path:
    """A disk of 1 MB, where we may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(command, check=False).returncode:
        pytest.skip("this user may mount no disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_stops_a_study_that_then_goes_on(small_disk, tmp_path):
    """5,400 runs: what the ledger says of them, their numbers and their chunks need over 1 MB."""
    plan = study(300, 9)
    with pytest.raises(InputProblem, match=r"cannot write results to .*Make room on the disk"):
        mend(small_disk / "s", plan, chunk=100)
    subprocess.run(["mount", "-o", "remount,size=16m", str(small_disk)], check=True)
    missing, told = mend(small_disk / "s", plan, chunk=100)
    assert 0 < missing < 5400
    assert told == []
    mend(tmp_path / "large", plan, chunk=100)
    assert files(small_disk / "s") == files(tmp_path / "large")


def test_a_chunk_that_is_harmed_while_the_study_runs_stops_it(finished):
    store, _ = reopen(finished, study(4, 9, first=-1))
    with store:
        do(store)
        flip(finished / "runs" / "part-000000.parquet")
        with pytest.raises(InputProblem, match="a chunk was damaged while the study was running"):
            store.finish()
    assert mend(finished, study(4, 9, first=-1))[0] == CHUNK


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("step", range(24))
def test_a_process_that_ends_while_chunks_are_put_in_order_loses_nothing(
    finished, tmp_path, monkeypatch, step
):
    """Whichever change of the folder is the first that does not happen any more."""
    plan, changes = study(points=3, seeds=11), 0

    def ends(change):
        def change_or_end(*arguments, **options):
            nonlocal changes
            changes += 1
            if changes > step:
                raise Killed
            return change(*arguments, **options)

        return change_or_end

    store, _ = reopen(finished, plan)
    do(store)
    with monkeypatch.context() as patch, suppress(Killed):
        for name in ("replace", "mkdir", "unlink"):
            patch.setattr(Path, name, ends(getattr(Path, name)))
        patch.setattr(shutil, "rmtree", ends(shutil.rmtree))
        patch.setattr(Ledger, "note", ends(Ledger.note))
        store.finish()
    # As the end of the process would: without a word to the ledger.
    store._ledger.db.close()
    assert len(load_results(finished)) == len(load_series(finished).groupby("run")) + 6 == 66
    mend(finished, plan)
    mend(tmp_path / "large", plan)
    assert files(finished) == files(tmp_path / "large")
    assert not list(finished.glob(".re*"))

"""A results folder: what is in it, whole or not at all, and the same each time."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import cli
from sim.errors import InputProblem
from sim.kernel_sources import source_hash
from sim.scenario.loading import load_scenario
from sim.studies.results import (
    MANIFEST,
    manifest,
    spare_what_is_not_ours,
    table_hash,
    write_folder,
    write_tables,
)

TABLE = pd.DataFrame(
    {
        "scenario": ["one", "one", "two"],
        "seed": [0, 1, 0],
        "fear": [0.1, np.nan, 1 / 3],
        "output": [7.0, -0.0, 1e-300],
    }
)
STUDY = [
    *("compare", "bureaucratic", "post_bureaucratic", "--set", "people=30"),
    *("--set", "dimensions=12", "--set", "environment.tacit=2", "--set", "periods=8"),
    *("--seeds", "3"),
]


def compare_into(folder: Path, *options: str) -> dict[str, bytes]:
    """Run the study; gives every file of its folder but the ledger, which may differ."""
    with pytest.raises(SystemExit) as ended:
        cli.main([*STUDY, *options, "--out", str(folder)])
    assert ended.value.code == 0
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {"run_seconds", "jobs", "cluster", "host"} == set(json.loads(files.pop("ledger.json")))
    return files


def read_csv(path: Path, like: pd.DataFrame) -> pd.DataFrame:
    """A table from CSV, its numbers read to the last bit, with the types of another."""
    text = pd.read_csv(path, dtype=str, keep_default_na=False)
    numbers = {name: text[name].replace("", "nan") for name in like.select_dtypes("number")}
    return text.assign(**numbers).astype(like.dtypes)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study") / "results"
    compare_into(folder, "--jobs", "1")
    return folder


def test_the_same_comparison_leaves_the_same_bytes_on_one_and_two_jobs(study, tmp_path):
    before = {path.name: path.read_bytes() for path in study.iterdir()}
    again = compare_into(tmp_path / "again", "--jobs", "2")
    assert again.keys() == before.keys() - {"ledger.json"}
    assert {name for name in again if again[name] != before[name]} == set()


@pytest.mark.parametrize("name", ["runs", "series", "comparison"])
def test_csv_and_parquet_hold_the_same_numbers(study, name):
    parquet = pd.read_parquet(study / f"{name}.parquet")
    csv = read_csv(study / f"{name}.csv", parquet)
    assert len(csv) and csv.equals(parquet)


def test_the_manifest_says_how_to_repeat_the_study_and_to_see_that_one_did(study):
    document = json.loads((study / MANIFEST).read_text(encoding="utf-8"))
    assert document["command"] == STUDY
    assert document["seeds"] == [0, 1, 2]
    assert document["code"]["rules"] == source_hash()
    assert {"numba", "numpy", "mesa"} <= set(document["packages"])
    assert document["organization"] is None
    for name, given in document["scenarios"].items():
        scenario = load_scenario(name)
        assert [file["name"] for file in given["files"]] == ["base.yaml", f"{name}.yaml"]
        assert [file["text"] for file in given["files"]] == list(scenario.text)
        assert given["set"][0] == "people=30"
    for name, expected in document["tables"].items():
        assert table_hash(pd.read_parquet(study / f"{name}.parquet")) == expected
    assert str(study) not in json.dumps(document), "no path of a machine"


def test_files_of_one_name_both_stand_in_the_manifest(tmp_path, monkeypatch):
    """A project's base that extends the base of the program."""
    (tmp_path / "scenarios").mkdir()
    own = tmp_path / "scenarios" / "base.yaml"
    own.write_text("extends: base\npeople: 30\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    scenario = load_scenario("base")
    files = manifest(["run"], {"base": scenario}, [0], {})["scenarios"]["base"]["files"]
    assert [file["name"] for file in files] == ["base.yaml", "base.yaml"]
    assert files[1]["text"] == own.read_text(encoding="utf-8") != files[0]["text"]


def test_the_manifest_knows_an_organization_by_its_content(tmp_path):
    file = tmp_path / "team.json"
    seen = set()
    for content in ("one", "two", "one"):
        file.write_text(content, encoding="utf-8")
        described = manifest([], {}, [], {}, file)["organization"]
        assert described["file"] == "team.json"
        seen.add(described["sha256"])
    assert len(seen) == 2


# table_hash


def changed(column: str, row: int, value: object) -> pd.DataFrame:
    table = TABLE.copy()
    table.loc[row, column] = value
    return table


OTHERS = {
    "the last bit of a number": changed("fear", 2, np.nextafter(1 / 3, 1)),
    "a number for none": changed("fear", 1, 0.0),
    "a sign of zero": changed("output", 1, 0.0),
    "a name": changed("scenario", 0, "One"),
    "a seed": changed("seed", 0, 7),
    "the order of rows": TABLE.iloc[::-1],
    "the order of columns": TABLE[list(TABLE.columns[::-1])],
    "a column's name": TABLE.rename(columns={"fear": "fears"}),
    "a row less": TABLE.iloc[:-1],
    "a column less": TABLE.drop(columns="output"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_a_table_s_hash_sees(what):
    assert table_hash(OTHERS[what]) != table_hash(TABLE)


def test_a_table_s_hash_is_of_its_values_alone(tmp_path):
    expected = table_hash(TABLE)
    other_index = TABLE.set_axis([7, 8, 9])
    other_index.attrs["units"] = {"fear": "0 to 1"}
    assert table_hash(other_index) == expected
    assert table_hash(TABLE.astype({"seed": np.int16})) == expected
    write_tables(tmp_path, {"table": TABLE})
    assert table_hash(pd.read_parquet(tmp_path / "table.parquet")) == expected
    assert table_hash(read_csv(tmp_path / "table.csv", TABLE)) == expected


# Written whole or not at all


def fill(folder: Path, text: str = "new") -> None:
    (folder / MANIFEST).write_text("{}", encoding="utf-8")
    (folder / "table.csv").write_text(text, encoding="utf-8")


def test_a_study_takes_the_place_of_the_one_before_and_nothing_else_is_left(tmp_path):
    folder = tmp_path / "deep" / "results"
    write_folder(folder, lambda fresh: [fill(fresh, "old"), (fresh / "extra").touch()])
    write_folder(folder, fill)
    assert sorted(path.name for path in folder.iterdir()) == [MANIFEST, "table.csv"]
    assert (folder / "table.csv").read_text(encoding="utf-8") == "new"
    assert list((tmp_path / "deep").iterdir()) == [folder]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
def test_what_was_there_stays_until_the_new_is_whole(error, tmp_path):
    folder = tmp_path / "results"
    write_folder(folder, lambda fresh: fill(fresh, "old"))

    def half(fresh: Path) -> None:
        fill(fresh)
        raise error("halfway")

    with pytest.raises(InputProblem if error is OSError else error, match="halfway"):
        write_folder(folder, half)
    assert (folder / "table.csv").read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [folder]


def test_an_empty_folder_may_be_filled_and_one_of_somebody_else_may_not(tmp_path):
    folder = tmp_path / "results"
    folder.mkdir()
    spare_what_is_not_ours(folder)
    write_folder(folder, fill)
    (folder / MANIFEST).unlink()
    with pytest.raises(InputProblem, match="no results folder"):
        write_folder(folder, fill)
    assert (folder / "table.csv").is_file()


def test_a_folder_below_a_file_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputProblem, match="cannot write results"):
        write_folder(tmp_path / "file" / "results", fill)

"""The command line: what users type, what they get, and what they are told when it is wrong."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim import cli
from sim.measures import MEASURES
from sim.pages.numbers import MISSING
from sim.requirements import requirements
from sim.scenario.loading import load_scenario
from sim.studies import comparison, runner
from sim.verbs import compare as compare_verb
from sim.verbs.compare import _folder_name

ROOT = Path(__file__).parents[1]
#: A study that takes a tenth of a second.
SMALL = [
    *("--set", "people=30", "--set", "dimensions=12", "--set", "environment.tacit=2"),
    *("--set", "periods=6", "--seeds", "2", "--jobs", "1"),
]
PAIR = ("bureaucratic", "post_bureaucratic")

Answer = tuple[int, str, str]
Command = Callable[..., Answer]


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Type a command in an empty folder; gives exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def type_(*words: str) -> Answer:
        with pytest.raises(SystemExit) as ended:
            cli.main(list(words))
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err + printed.out
        assert isinstance(ended.value.code, int)
        return ended.value.code, printed.out, printed.err

    return type_


def everything_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# Results


def test_compare_as_json_prints_one_document_of_the_promised_shape(command):
    code, out, err = command("compare", *PAIR, *SMALL, "--json")
    assert code == 0
    document = json.loads(out)
    assert set(document) == {"scenarios", "seeds", "measures"}
    assert document["scenarios"] == list(PAIR) and document["seeds"] == 2
    assert list(document["measures"]) == list(MEASURES)
    for row in document["measures"].values():
        assert set(row) == {"A", "B", "difference"}
        assert set(row["A"]) == set(row["B"]) == {"mean", "ci95"}
        assert {"mean", "ci95", "d", "d_paired"} <= set(row["difference"])
        assert all(len(part["ci95"]) == 2 for part in row.values())
    fear = document["measures"]["fear"]
    assert fear["difference"]["mean"] == pytest.approx(fear["B"]["mean"] - fear["A"]["mean"])
    low, high = fear["A"]["ci95"]
    assert low < fear["A"]["mean"] < high
    assert "results/compare-bureaucratic-post_bureaucratic" in err


def test_compare_prints_a_table_and_a_sentence_and_leaves_everything_behind(command, tmp_path):
    code, out, err = command("compare", *PAIR, *SMALL, "--out", "here/and there")
    assert code == 0 and "here/and there" in err
    for word in ("Bureaucratic", "Post-bureaucratic", "Difference", "95 %", "In 2 paired runs"):
        assert word in out
    assert set(everything_in(tmp_path / "here" / "and there")) == {
        *(f"{table}.{kind}" for table in ("runs", "series", "comparison") for kind in _TABLES),
        *("comparison.html", "comparison.png", "comparison.svg", "manifest.json", "ledger.json"),
    }
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


_TABLES = ("csv", "parquet")


def test_all_measures_are_shown_when_asked_for(command):
    few, every = (command("compare", *PAIR, *SMALL, *more)[1] for more in ([], ["--all"]))
    assert "Backlog" not in few and "Backlog" in every


def test_a_scenario_compared_with_itself_is_the_same(command):
    code, out, _ = command("compare", "base", "base", *SMALL, "--json")
    document = json.loads(out)
    assert code == 0 and document["scenarios"] == ["base", "base (again)"]
    for row in document["measures"].values():
        assert row["A"] == row["B"] and row["difference"]["mean"] in (0.0, None)


def test_run_as_json_gives_final_values_and_on_request_the_series(command):
    code, out, _ = command("run", "base", *SMALL, "--json", "--series")
    document = json.loads(out)
    assert code == 0 and set(document) == {"scenario", "seeds", "measures", "series"}
    assert document["scenario"] == "base" and document["seeds"] == 2
    assert list(document["measures"]) == list(MEASURES)
    assert all(set(row) == {"mean", "ci95"} for row in document["measures"].values())
    series = document["series"]
    assert set(series) == {"period", *MEASURES}
    assert series["period"] == [1, 2, 3, 4, 5, 6]
    assert all(len(values) == 6 for values in series.values())
    # Stocks are measured at the end: the last of the series is the final value.
    assert series["fear"][-1] == pytest.approx(document["measures"]["fear"]["mean"])
    assert "series" not in json.loads(command("run", "base", *SMALL, "--json")[1])


def test_run_writes_only_where_it_is_told_to(command, tmp_path):
    code, out, _ = command("run", "base", *SMALL)
    assert code == 0 and "Base: 2 runs of 6 weeks" in out
    assert not everything_in(tmp_path)
    assert command("run", "base", *SMALL, "--out", "mine")[0] == 0
    assert set(everything_in(tmp_path / "mine")) == {
        *("runs.csv", "runs.parquet", "series.csv", "series.parquet"),
        *("manifest.json", "ledger.json"),
    }


def test_one_run_has_no_interval(command):
    _, out, _ = command("run", "base", *SMALL, "--seeds", "1")
    assert "1 run of" in out and not re.search(r"\bnan\b", out) and f"{MISSING} to" not in out
    measured = json.loads(command("run", "base", *SMALL, "--seeds", "1", "--json")[1])["measures"]
    assert measured["output"]["mean"] > 0 and measured["output"]["ci95"] == [None, None]


# Wrong input

WRONG: dict[str, tuple[list[str], list[str]]] = {
    "no scenario of that name": (
        ["compare", "bureaucratik", "base"],
        ["`bureaucratik`", "`bureaucratic`", "describe"],
    ),
    "an overlay without a name": (["run", "base+"], ["base+", "NAME+OVERLAY"]),
    "an unknown setting": (["run", "base", "--set", "peple=3"], ["`peple`", "`people`"]),
    "a setting out of bounds": (
        ["run", "base", "--set", "structure.levels=99"],
        ["structure.levels", "99", "12"],
    ),
    "a setting without a value": (["run", "base", "--set", "people"], ["key.path=value"]),
    "settings that do not fit together": (
        ["run", "base", "--set", "dimensions=13", "--seeds", "1"],
        ["dimensions: 13", "blocks of 3", "Set dimensions: 12"],
    ),
    "no such option": (["run", "base", "--sed", "3"], ["--sed", "--seeds"]),
    "no such verb": (["frobnicate"], ["frobnicate"]),
    "a scenario too few": (["compare", "base"], ["SCENARIO"]),
    "a number of seeds that is none": (["run", "base", "--seeds", "x"], ["--seeds"]),
    "no seed": (["run", "base", "--seeds", "0"], ["--seeds", "1"]),
    "processes below none": (["run", "base", "--jobs", "-1"], ["--jobs", "0"]),
    "a series for nobody": (["run", "base", "--series"], ["--series", "--json"]),
    "no organization file": (
        ["run", "base", "--org", "gone.json"],
        ["gone.json", "No such file", "import-org"],
    ),
    "a folder for an organization": (["run", "base", "--org", "."], ["directory", "import-org"]),
    "no scenario to describe": (["describe", "nothing"], ["`nothing`", "describe"]),
    "no scenario to check": (["check", "gone.yaml"], ["`gone.yaml`"]),
    "no folder of people": (["import-org", "gone"], ["gone", "people.csv"]),
    "no scenario to extend": (["new", "mine", "--extends", "bass"], ["`bass`", "`base`"]),
}


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_input_is_explained_ends_with_2_and_leaves_nothing(kind, command, tmp_path):
    words, expected = WRONG[kind]
    code, out, err = command(*words)
    assert code == 2 and not out
    assert all(word in err for word in expected), err
    assert not list(tmp_path.iterdir())


def test_without_arguments_the_verbs_are_shown(command):
    code, out, err = command()
    assert code == 2
    assert all(verb in out + err for verb in ("compare", "run", "describe", "import-org"))


def test_every_bad_set_is_told_at_once(command):
    code, _, err = command("run", "base", "--set", "peple=3", "--set", "cells.size=0")
    assert code == 2
    assert "peple" in err and "cells.size" in err and len(err.splitlines()) == 2


@pytest.mark.parametrize("content", ["", "no json", '{"people": 3}', "[]", "\0\1"])
def test_a_file_that_is_no_organization_is_refused(content, command, tmp_path):
    (tmp_path / "bad.json").write_text(content, encoding="utf-8")
    code, out, err = command("compare", *PAIR, *SMALL, "--org", "bad.json")
    assert code == 2 and not out and "bad.json" in err
    assert set(everything_in(tmp_path)) == {"bad.json"}


# The folder for results


def never(*_: Any, **__: Any) -> None:
    raise AssertionError("nothing ought to be run for results that cannot be written")


@pytest.mark.parametrize("verb", [["compare", *PAIR], ["run", "base"]])
@pytest.mark.parametrize("place", ["mine", "mine/thesis.txt"])
def test_what_is_not_ours_is_neither_written_over_nor_run_for(
    verb, place, command, tmp_path, monkeypatch
):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    monkeypatch.setattr(runner, "do_cell", never)
    code, out, err = command(*verb, *SMALL, "--out", place)
    assert code == 2 and not out
    assert place in err and "--out" in err
    assert everything_in(tmp_path) == {"mine/thesis.txt": b"years of work"}


def test_a_folder_that_cannot_be_written_is_the_user_s_to_change(command, tmp_path, monkeypatch):
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("sim.studies.results.tempfile.mkdtemp", refuse)
    code, out, err = command("run", "base", *SMALL, "--json", "--out", "locked")
    assert code == 2 and not out
    assert "locked: Permission denied" in err and "--out" in err
    assert not everything_in(tmp_path)


def interrupt(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("where", "name"),
    [(comparison, "run_all"), (compare_verb, "write_tables"), (compare_verb, "write_json")],
)
def test_an_interruption_leaves_nothing_half_written(where, name, command, tmp_path, monkeypatch):
    assert command("compare", *PAIR, *SMALL, "--out", "old")[0] == 0
    before = everything_in(tmp_path)
    monkeypatch.setattr(where, name, interrupt)
    for place in ("old", "fresh"):
        code, out, err = command("compare", *PAIR, *SMALL, "--seeds", "3", "--out", place)
        assert code == 1 and not out and "stopped" in err
    assert everything_in(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_a_fault_of_the_program_says_so_and_how_to_see_it(command, monkeypatch):
    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("an unforeseen thing")

    monkeypatch.setattr(comparison, "compare_table", fail)
    code, out, err = command("compare", *PAIR, *SMALL)
    assert code == 1 and not out
    assert "an unforeseen thing" in err and "LEARNING_ORG_DEBUG" in err


# A Worker of one's own

MODULE = """
from sim.agents.worker import Worker

class Stumbler(Worker):
    def step(self):
        raise ValueError("the researcher's own mistake")
"""


@pytest.fixture
def stumblers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scenario whose people fail when they act, and the module that says so."""
    name = "stumbling_people"
    (tmp_path / f"{name}.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, name, raising=False)
    path = tmp_path / "own.yaml"
    path.write_text(f"extends: base\nworker: {name}:Stumbler\n", encoding="utf-8")
    return path


def test_a_run_that_fails_is_named_with_scenario_seed_and_place(command, stumblers):
    code, out, err = command("run", "own.yaml", *SMALL, "--allow-plugins")
    assert code == 1 and not out
    for words in ("2 of 2 runs failed", "`own`", "seed 0", "the researcher's own mistake"):
        assert words in err
    assert "stumbling_people.py, line 6" in err


def test_code_that_a_scenario_names_is_not_run_unless_allowed(command, stumblers):
    code, _, err = command("run", "own.yaml", *SMALL)
    assert code == 2 and "--allow-plugins" in err
    assert "stumbling_people" not in sys.modules


# Files: check, new, schema, import-org


def test_check_lists_the_problems_of_all_files_and_what_is_in_order(command, tmp_path):
    (tmp_path / "one.yaml").write_text("extends: base\npeple: 3\n", encoding="utf-8")
    (tmp_path / "two.yaml").write_text("cells:\n  size: many\n", encoding="utf-8")
    code, out, err = command("check", "one.yaml", "base", "two.yaml")
    assert code == 2
    assert "base: in order" in out
    assert "one.yaml:2" in err and "`people`" in err
    assert "two.yaml:2" in err and "cells.size" in err


def test_a_new_scenario_is_in_order_and_never_takes_the_place_of_another(command, tmp_path):
    code, out, _ = command("new", "my team", "--extends", "post_bureaucratic")
    written = tmp_path / "scenarios" / "my team.yaml"
    assert code == 0 and "python run.py check 'my team'" in out
    assert command("check", "my team")[0] == 0
    written.write_text("extends: base # mine\n", encoding="utf-8")
    for again in ("my team", "scenarios/my team.yaml"):
        code, _, err = command("new", again)
        assert code == 2 and "there already" in err
    assert written.read_text(encoding="utf-8") == "extends: base # mine\n"


@pytest.mark.parametrize("name", ["", "folder/", ".hidden", "a:b", "a\nb", "base", "worlds/stable"])
def test_a_name_that_cannot_be_or_is_taken_is_refused(name, command, tmp_path):
    code, out, err = command("new", name)
    assert code == 2 and not out and err
    assert not list(tmp_path.iterdir())


def test_the_schema_is_json_on_standard_output_or_in_a_file(command, tmp_path):
    code, out, _ = command("schema")
    schema = json.loads(out)
    assert code == 0 and schema["type"] == "object"
    assert {"people", "cells", "events"} <= set(schema["properties"])
    assert command("schema", "--out", "editor/schema.json")[0] == 0
    assert json.loads((tmp_path / "editor" / "schema.json").read_text()) == schema


PEOPLE = "id,level,site\n" + "".join(
    f"p{i},{'manager' if i < 3 else 'staff'},{'north' if i % 2 else 'south'}\n" for i in range(24)
)
ADVICE = "from,to,weight\n" + "".join(f"p{i},p{(5 * i + 1) % 24},{1 + i % 3}\n" for i in range(24))


def test_real_people_go_from_tables_to_a_comparison(command, tmp_path):
    folder = tmp_path / "team"
    folder.mkdir()
    (folder / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "advice.csv").write_text(ADVICE, encoding="utf-8")
    code, out, _ = command("import-org", "team", "--out", "team.json")
    assert code == 0 and "24" in out and "team.json" in out
    study = ["--set", "dimensions=12", "--set", "environment.tacit=2", "--set", "periods=6"]
    study += ["--seeds", "2", "--jobs", "1", "--org", "team.json"]
    code, out, _ = command("compare", *PAIR, *study, "--json")
    assert code == 0 and json.loads(out)["measures"]["output"]["A"]["mean"] > 0
    (written,) = (tmp_path / "results").glob(
        "compare-bureaucratic-post_bureaucratic-*/manifest.json"
    )
    manifest = json.loads(written.read_text(encoding="utf-8"))
    assert manifest["organization"]["file"] == "team.json"
    assert "--org" in manifest["command"]


def test_broken_tables_are_told_in_full_and_write_nothing(command, tmp_path):
    folder = tmp_path / "team"
    folder.mkdir()
    (folder / "people.csv").write_text(PEOPLE + "p0,staff,north\n", encoding="utf-8")
    (folder / "advice.csv").write_text(ADVICE + "p1,nobody,2\n", encoding="utf-8")
    code, out, err = command("import-org", "team")
    assert code == 2 and not out
    assert "people.csv:26" in err and "advice.csv:26" in err and "'nobody'" in err
    assert [path.name for path in tmp_path.iterdir()] == ["team"]


# describe


def test_describe_lists_the_scenarios_one_can_name(command, tmp_path):
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "mine.yaml").write_text("peple: 3\n", encoding="utf-8")
    code, out, _ = command("describe", "--json")
    rows = {row["name"]: row for row in json.loads(out)}
    assert code == 0 and {"base", *PAIR, "worlds/turbulent", "mine"} <= set(rows)
    assert rows["bureaucratic"]["title"] == "Bureaucratic"
    assert "check mine" in rows["mine"]["story"], "one that is broken hides no other"
    code, out, _ = command("describe")
    assert code == 0 and all(name in out for name in ("base", *PAIR))


def test_describe_says_where_each_value_comes_from_and_what_happens(command):
    code, out, _ = command("describe", "bureaucratic", "--set", "people=80", "--json")
    document = json.loads(out)
    assert code == 0 and document["scenario"] == "bureaucratic"
    rows = {row["key"]: row for row in document["parameters"]}
    assert rows["people"]["value"] == 80 and "--set" in rows["people"]["origin"]
    assert rows["structure.levels"]["value"] == 4
    assert "bureaucratic.yaml:" in rows["structure.levels"]["origin"]
    assert "base.yaml:" in rows["dimensions"]["origin"]
    assert rows["without"]["origin"] == "default"
    period = [step["mechanism"] for step in document["period"]]
    assert period.index("work") < period.index("practice")
    assert all(step["claim"] and step["on"] for step in document["period"])
    out = command("describe", "bureaucratic")[1]
    assert "structure.levels" in out and "A period, in order" in out


def test_describe_lists_assumptions_measures_and_requirements(command):
    assumptions = json.loads(command("describe", "--assumptions", "--json")[1])["parameters"]
    assert assumptions and all("assumption" in row["source"] for row in assumptions)
    rows = json.loads(command("describe", "--measures", "--json")[1])
    assert [row["name"] for row in rows] == list(MEASURES)
    assert all(row["unit"] and row["meaning"] and row["class"] for row in rows)
    rows = json.loads(command("describe", "--requirements", "--json")[1])
    assert [row["id"] for row in rows] == [each.id for each in requirements()]
    for option in ("--assumptions", "--measures", "--requirements"):
        code, out, err = command("describe", option)
        assert code == 0 and len(out.splitlines()) > 40 and not err
    assert "not yet carried" in out and "Of 133:" in out


# In a process of its own


def process(*words: str, where: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=where,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_run_py_and_the_module_answer_alike(tmp_path):
    answers = [
        process(*start, "describe", "base", "--json", where=tmp_path)
        for start in ([str(ROOT / "run.py")], ["-m", "sim"])
    ]
    assert [each.returncode for each in answers] == [0, 0]
    assert answers[0].stdout == answers[1].stdout
    wrong = process(str(ROOT / "run.py"), "run", "nothing", where=tmp_path)
    assert wrong.returncode == 2 and not wrong.stdout and "`nothing`" in wrong.stderr


def test_help_loads_nothing_heavy(tmp_path):
    program = (
        "import sys\nfrom sim.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        "heavy = {'numba', 'numpy', 'mesa', 'pandas', 'scipy', 'matplotlib', 'pydantic'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = process("-c", program, where=tmp_path)
    assert done.returncode == 0 and "compare" in done.stdout
    assert done.stderr.strip() == "[]"


def test_a_reader_who_has_seen_enough_is_no_error_to_shout_about(tmp_path):
    """``python run.py schema | head -1``."""
    line = f"'{sys.executable}' '{ROOT / 'run.py'}' schema | head -1"
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.stdout.strip() == "{" and not done.stderr


def test_other_settings_leave_earlier_results_alone():
    scenarios = (load_scenario("bureaucratic"), load_scenario("post_bureaucratic"))
    plain = _folder_name(scenarios, [], None)
    assert plain == "compare-bureaucratic-post_bureaucratic"
    others = [
        _folder_name(scenarios, ["people=60"], None),
        _folder_name(scenarios, ["people=80"], None),
        _folder_name(scenarios, [], Path("team.json")),
    ]
    assert len({plain, *others}) == 4
    assert _folder_name(scenarios, ["people=60"], None) == others[0]

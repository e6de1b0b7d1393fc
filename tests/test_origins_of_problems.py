"""Settings that cannot be combined are told with file, line and key of each of them."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.errors import InputProblem, Problem
from sim.scenario.loading import load_scenario
from sim.scenario.origins import concerned, origins_of, placed
from sim.studies.runner import Task, check_tasks
from sim.studies.study import load_study

PARENT = """\
extends: bureaucratic
people: 40
environment:
  complexity: 7
"""
CHILD = """\
extends: parent.yaml
cells: {isolation: 0.5}
interpersonal:
  sources: network
"""


@pytest.fixture(autouse=True)
def working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("parent.yaml").write_text(PARENT, encoding="utf-8")
    Path("child.yaml").write_text(CHILD, encoding="utf-8")


def refused(name: str, *sets: str) -> dict[str, Problem]:
    """The problems of combining the settings of a scenario, by key."""
    scenario = load_scenario(name, sets=sets)
    with pytest.raises(InputProblem) as refusal:
        check_tasks([Task(name, scenario.settings, 0, origins=origins_of(scenario))])
    return {problem.key: problem for problem in refusal.value.problems}


def test_each_setting_that_clashes_is_named_with_its_own_file_and_line():
    base = Path("scenarios/base.yaml")
    found = refused("child.yaml")
    dimensions = found["dimensions"]
    assert dimensions.file.endswith(base.as_posix())
    line = Path(dimensions.file).read_text(encoding="utf-8").splitlines()[dimensions.line - 1]
    assert line.startswith("dimensions: ")
    assert dimensions.message.endswith("(environment.complexity: parent.yaml:4)")
    walls = found["cells.isolation"]
    assert (walls.file, walls.line) == ("child.yaml", 2)
    assert walls.message.endswith("(interpersonal.sources: child.yaml:4)")
    assert str(walls).startswith("child.yaml:2: cells.isolation: walls between cells ")


def test_what_nobody_set_is_called_default_and_an_option_as_it_was_typed():
    found = refused("child.yaml", "dimensions=70", "cells={isolation: 0.2}")
    assert "dimensions" not in found, "70 are ten blocks of 7"
    assert (found["network.kind"].file, found["network.kind"].line) == ("default", None)
    assert "interpersonal.search: default" in found["network.kind"].message
    assert found["cells.isolation"].file == "--set cells={isolation: 0.2}"
    found = refused("parent.yaml", "dimensions=70", "dimensions=61")
    assert str(found["dimensions"]).startswith("--set dimensions=61: dimensions: 61 dimensions ")


@pytest.mark.parametrize("verb", ["check", "run", "compare", "chart"])
def test_every_verb_names_the_place(verb, capsys):
    from sim.cli import main

    others = {"check": [], "run": ["--seeds", "1"], "compare": ["bureaucratic", "--seeds", "2"],
              "chart": ["--week", "1"]}  # fmt: skip
    with pytest.raises(SystemExit) as left:
        main([verb, "child.yaml", *others[verb]])
    assert left.value.code == 2
    assert "child.yaml:2: cells.isolation: " in capsys.readouterr().err


def test_what_only_an_organization_can_tell_has_its_place_too():
    """How many cells there are is known when people are seated, and not before."""
    Path("late.yaml").write_text(
        "extends: post_bureaucratic\npeople: 24\nperiods: 2\n"
        "events:\n  - {at: 1, news: {cell: 99}}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputProblem) as refusal:
        sim.run("late.yaml", seeds=1)
    (problem,) = refusal.value.problems
    assert problem.file == "late.yaml" and problem.line == 4, problem


def test_a_study_names_the_factor_or_the_file():
    Path("study.yaml").write_text(
        "title: T\nquestion: Q\nscenarios: [parent.yaml]\nreplications: 2\n"
        "measures: [output]\nfactors:\n  dimensions:\n    [70, 71]\n",
        encoding="utf-8",
    )
    with pytest.raises(InputProblem) as refusal:
        load_study("study.yaml")
    (problem,) = refusal.value.problems
    assert (problem.file, problem.line) == ("study.yaml", 6)
    places = "(dimensions: study.yaml:7; environment.complexity: parent.yaml:4)"
    assert problem.message.endswith(places)


def test_a_problem_is_about_its_key_and_the_settings_it_names():
    known = {"people", "dimensions", "network.kind", "events"}
    about = Problem(
        "40 people are too many", "Set dimensions: 9, or network.kind: ring", key="people"
    )
    assert concerned(about, known) == ["people", "dimensions", "network.kind"]
    event = Problem("there is no such cell", key="events[2].news.who")
    told = placed(event, {"events": "a.yaml:3"})
    assert (told.file, told.line, told.key) == ("a.yaml", 3, "events[2].news.who")
    elsewhere = Problem("wrong", file="b.yaml", line=1, key="people")
    assert placed(elsewhere, {"people": "a.yaml:3"}) is elsewhere
    assert placed(Problem("wrong"), {}) == Problem("wrong")

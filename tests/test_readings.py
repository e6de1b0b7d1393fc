"""One word for the settings of a reading: what it sets, and what has the last word over it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.errors import InputProblem
from sim.scenario.loading import load_scenario
from sim.scenario.readings import READINGS
from sim.scenario.schema import parameters_of
from sim.scenario.settings import Settings

MARCH = "classics/march1991"
Write = Callable[[str, str], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a scenario into a folder of its own; gives its path."""

    def scenario(name: str, text: str) -> str:
        path = tmp_path / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return scenario


def read(name: str, *sets: str) -> tuple[str, dict[str, Any]]:
    """The reading a scenario names, and what its settings are."""
    settings = load_scenario(name, sets=list(sets)).settings
    values = {}
    for path in READINGS["text"]:
        section, field = path.split(".")
        values[path] = getattr(getattr(settings, section), field)
    return settings.rules, values


def test_the_readings_are_of_the_same_settings_and_differ_in_each():
    assert READINGS["program"].keys() == READINGS["text"].keys()
    known = {".".join(path) for path, _ in parameters_of(Settings)}
    assert set(READINGS["text"]) <= known
    assert all(READINGS["program"][path] != READINGS["text"][path] for path in READINGS["text"])


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("name", [MARCH, "classics/miller2006", "classics/march1991_open", "base"])
def test_an_option_sets_all_that_a_reading_stands_for(name, reading):
    assert read(name, f"rules={reading}") == (reading, READINGS[reading])


def test_the_presets_follow_the_reading_they_name():
    assert read(MARCH) == ("program", READINGS["program"])
    assert read("classics/march1991_open") == ("program", READINGS["program"])
    assert read("classics/miller2006") == ("text", READINGS["text"])


@pytest.mark.parametrize("path", sorted(READINGS["text"]))
def test_beside_a_reading_an_option_of_its_own_has_the_last_word(path):
    """In either order on the command line: all options are one layer."""
    other = READINGS["program"][path]
    expected = ("text", {**READINGS["text"], path: other})
    assert read(MARCH, "rules=text", f"{path}={other}") == expected
    assert read(MARCH, f"{path}={other}", "rules=text") == expected


def test_in_one_file_a_section_has_the_last_word(write):
    mine = write("mine", "extends: base\nrules: program\nsocialization: {transfer: direct}\n")
    assert read(mine) == ("program", {**READINGS["program"], "socialization.transfer": "direct"})


def test_a_child_s_reading_goes_over_its_parent_s_sections(write):
    write("parent", "extends: base\nsocialization: {transfer: stepwise, rate: 0.7}\n")
    child = write("child", "extends: parent\nrules: text\n")
    assert read(child) == ("text", READINGS["text"])
    assert load_scenario(child).settings.socialization.rate == 0.7


def test_a_child_s_section_goes_over_its_parent_s_reading(write):
    child = write("child", f"extends: {MARCH}\ncodification: {{votes: beliefs}}\n")
    assert read(child) == ("program", {**READINGS["program"], "codification.votes": "beliefs"})


def test_an_option_goes_over_a_reading_in_a_file_and_a_reading_over_sections_in_one(write):
    mine = write("mine", "extends: base\nrules: text\ncodification: {performance: score}\n")
    assert read(mine, "socialization.transfer=stepwise")[1] == {
        **READINGS["text"],
        "codification.performance": "score",
        "socialization.transfer": "stepwise",
    }
    assert read(mine, "rules=text") == ("text", READINGS["text"])


def test_without_a_reading_everything_is_as_the_sections_set_it():
    rules, values = read("base")
    assert rules == "as_set"
    settings = load_scenario("base").settings
    assert values["socialization.transfer"] == settings.socialization.transfer
    assert read("base", "codification.votes=actions")[1] == {
        **values,
        "codification.votes": "actions",
    }


def test_where_a_value_comes_from_is_where_the_reading_is_named():
    own = load_scenario(MARCH).origin
    assert own["socialization.transfer"] == own["rules"]
    assert own["rules"].startswith("scenarios/classics/march1991.yaml:")
    assert load_scenario(MARCH, sets=["rules=text"]).origin["codification.votes"] == "--set"


@pytest.mark.parametrize(
    ("word", "found"), [("txt", '"txt"'), ("Program", '"Program"'), ("1", "1"), ("[text]", "")]
)
def test_another_word_is_refused_with_the_choices(word, found):
    with pytest.raises(InputProblem) as refused:
        load_scenario(MARCH, sets=[f"rules={word}"])
    (problem,) = refused.value.problems
    assert "rules" in problem.key and found in problem.message
    assert all(choice in str(problem) for choice in ("as_set", "program", "text"))


def test_another_word_in_a_file_is_refused_where_it_stands(write):
    mine = write("mine", "extends: base\npeople: 20\nrules: both\n")
    with pytest.raises(InputProblem) as refused:
        load_scenario(mine)
    (problem,) = refused.value.problems
    assert problem.line == 3 and problem.file.endswith("mine.yaml")

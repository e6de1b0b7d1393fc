"""A scenario says only what differs; every effective value knows the line it comes from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sim.errors import InputProblem
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.scenario.events import Event
from sim.scenario.finding import find_scenario, known_scenarios, split_name
from sim.scenario.loading import Scenario, load_scenario
from sim.scenario.plain_yaml import dump
from sim.scenario.schema import (
    Declaration,
    declaration_at,
    json_schema,
    parameter_table,
    parameters_of,
    settings_model,
    vocabulary,
)
from sim.scenario.starter import new_scenario_text


class SmallEnvironment(Parameters):
    turbulence: float = parameter(
        0.01, unit="probability", bounds=(0, 1), doc="Chance of a flip.", source="March1991"
    )
    complexity: int = parameter(
        3, unit="dimensions", bounds=(1, 20), doc="Block.", source=ASSUMPTION
    )


class SmallCells(Parameters):
    size: int = parameter(6, unit="members", bounds=(2, 50), doc="Members.", source=ASSUMPTION)
    rule: Literal["random", "most_different"] = parameter(
        "random", unit="choice", doc="Who moves.", source=ASSUMPTION
    )
    mixed: bool = parameter(False, unit="yes or no", doc="Mixed.", source=ASSUMPTION)


class Small(Parameters):
    title: str = parameter("", unit="text", doc="Title.", source="-")
    story: str = parameter("", unit="text", doc="Story.", source="-")
    questions: list[str] = parameter([], unit="texts", doc="Questions.", source="-")
    people: int = parameter(150, unit="people", bounds=(1, 1000), doc="Seats.", source=ASSUMPTION)
    without: list[str] = parameter([], unit="mechanisms", doc="Off.", source="-")
    events: list[Event] = parameter([], unit="events", doc="Events.", source="-")
    environment: SmallEnvironment = SmallEnvironment()
    cells: SmallCells = SmallCells()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A working directory of its own, so that messages name files as a user sees them."""
    folder = tmp_path_factory.mktemp("scenarios")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        (folder / "scenarios" / "worlds").mkdir(parents=True)
        yield folder


def write(name: str, text: str) -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def load(name: str | Path, **options: Any) -> Scenario:
    return load_scenario(name, model=Small, **options)


def load_text(text: str, **options: Any) -> Any:
    return load(write("one.yaml", text), **options).settings


def test_a_child_overrides_single_keys_and_each_value_knows_its_line(folder: Path) -> None:
    write("scenarios/p1.yaml", "people: 40\n\ncells:\n  size: 4\n  rule: most_different\n")
    write("scenarios/c1.yaml", "extends: p1\ncells: {size: 9}\n")
    scenario = load("c1", sets=["environment.turbulence=0.5"])
    assert (scenario.settings.people, scenario.settings.cells.size) == (40, 9)
    assert scenario.settings.cells.rule == "most_different"
    assert scenario.origin["people"] == "scenarios/p1.yaml:1"
    assert scenario.origin["cells.size"] == "scenarios/c1.yaml:2"
    assert scenario.origin["cells.rule"] == "scenarios/p1.yaml:5"
    assert scenario.origin["environment.turbulence"] == "--set"
    assert scenario.origin["environment.complexity"] == "default"
    assert [path.name for path in scenario.files] == ["p1.yaml", "c1.yaml"]
    assert scenario.text[1].startswith("extends: p1")
    assert scenario.given == {
        "people": 40,
        "cells": {"size": 9, "rule": "most_different"},
        "environment": {"turbulence": 0.5},
    }


def test_lists_are_replaced_not_joined(folder: Path) -> None:
    write("p2.yaml", "questions: [a, b]\n")
    assert load_text("extends: p2\nquestions: [c]\n").questions == ["c"]


def test_a_file_extended_twice_counts_once(folder: Path) -> None:
    """Otherwise the second mention of the grandparent would undo what the first parent says."""
    write("root.yaml", "people: 1\ncells: {size: 2}\n")
    write("left.yaml", "extends: root\npeople: 2\n")
    write("right.yaml", "extends: root\ncells: {size: 3}\n")
    both = load_text("extends: [left, right]\n")
    assert (both.people, both.cells.size) == (2, 3)
    write("mine.yaml", "extends: root\npeople: 7\n")
    assert load("mine+right").settings.people == 7


def test_overlays_lie_on_top_and_name_the_scenario(folder: Path) -> None:
    write("scenarios/org.yaml", "environment: {turbulence: 0.1, complexity: 5}\n")
    write("scenarios/worlds/calm.yaml", "environment: {turbulence: 0}\n")
    scenario = load("org+worlds/calm")
    assert scenario.name == "org+worlds/calm"
    assert scenario.settings.environment == SmallEnvironment(turbulence=0, complexity=5)
    assert load("org", overlays=["worlds/calm"]).settings == scenario.settings
    assert load("scenarios/org.yaml").name == "org"


def test_extends_looks_beside_the_file_first(folder: Path) -> None:
    write("scenarios/plain.yaml", "people: 1\n")
    write("scenarios/worlds/plain.yaml", "people: 2\n")
    write("scenarios/worlds/child.yaml", "extends: plain\n")
    assert load("worlds/child").settings.people == 2


def test_a_file_may_extend_another_of_its_own_name(folder: Path) -> None:
    write("scenarios/shared.yaml", "people: 5\n")
    write("shared.yaml", "extends: shared\ncells: {size: 8}\n")
    settings_ = load("shared.yaml").settings
    assert (settings_.people, settings_.cells.size) == (5, 8)


def test_sets_override_files_and_merge_sections(folder: Path) -> None:
    text = "cells: {size: 4, rule: most_different}\n"
    changed = load_text(text, sets=["cells={size: 5}", "questions=[a, b]", "people=7", "people=8"])
    assert (changed.cells.size, changed.cells.rule) == (5, "most_different")
    assert (changed.questions, changed.people) == (["a", "b"], 8)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("base", ("base", ())),
        ("a+worlds/b", ("a", ("worlds/b",))),
        ("a + b + c", ("a", ("b", "c"))),
    ],
)
def test_a_name_splits_into_scenario_and_overlays(name: str, parts: object) -> None:
    assert split_name(name) == parts


def test_a_name_with_a_part_missing_is_refused() -> None:
    for name in ("a+", "+a", "a++b", ""):
        with pytest.raises(InputProblem, match="lacks the name"):
            split_name(name)


def test_scenarios_are_found_by_name_and_by_path(folder: Path) -> None:
    path = write("scenarios/worlds/found.yml", "people: 3\n")
    assert find_scenario("worlds/found").resolve() == path.resolve()
    assert find_scenario("worlds/found.yml").resolve() == path.resolve()
    assert find_scenario(path.resolve()) == path.resolve()
    assert "worlds/found" in known_scenarios()


@pytest.mark.parametrize(
    ("written", "value"),
    [("1e-3", 0.001), ("1E-3", 0.001), (".5", 0.5), ("5.e-1", 0.5), ("+0.5", 0.5), ("1", 1.0)],
)
def test_numbers_read_as_people_write_them(folder: Path, written: str, value: float) -> None:
    assert load_text(f"environment: {{turbulence: {written}}}").environment.turbulence == value


@pytest.mark.parametrize("word", ["true", "yes", "on", "True"])
def test_words_for_true_are_accepted_where_true_or_false_is_expected(
    folder: Path, word: str
) -> None:
    assert load_text(f"cells: {{mixed: {word}}}").cells.mixed is True


@pytest.mark.parametrize("word", ["2024-01-01", "1:30", "0x1F", "010", "1,5", "nan", "Grüße"])
def test_text_that_only_looks_like_something_else_stays_text(folder: Path, word: str) -> None:
    assert load_text(f"title: {word}").title == word


def test_a_byte_order_mark_and_windows_line_ends_are_read(folder: Path) -> None:
    Path("windows.yaml").write_bytes(b"\xef\xbb\xbfpeople: 3\r\ncells:\r\n  size: 4\r\n")
    scenario = load("windows.yaml")
    assert (scenario.settings.people, scenario.origin["cells.size"]) == (3, "windows.yaml:3")


def test_events_become_events(folder: Path) -> None:
    text = "events:\n- {at: 3, set: {environment.turbulence: 1}, over: 2}\n- {at: 5, shock: {}}\n"
    first, second = load_text(text).events
    assert (first.at, first.set, first.over) == (3, {"environment.turbulence": 1}, 2)
    assert second.shock is not None


# Properties: for every input, and not only for the examples above.

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30)


def values(declared: Declaration) -> st.SearchStrategy[Any]:
    """All values that a declaration allows (lists of sections stay empty)."""
    if declared.choices:
        return st.sampled_from(declared.choices)
    kind = declared.kinds[0]
    low, high = declared.bounds
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(None if low is None else int(low), None if high is None else int(high))
    if kind is float:
        return st.floats(low, high, allow_nan=False, allow_infinity=False)
    if kind is str:
        return texts
    return st.lists(texts) if declared.unit == "texts" else st.just([])


def contents(model: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Random valid contents of a scenario file, any part left out."""
    sections: dict[str, Any] = {}
    for path, declared in parameters_of(model):
        if len(path) == 1:
            sections[path[0]] = values(declared)
        elif path[0] not in sections:
            inside = Declaration(model).inside(path[0])
            assert inside is not None and inside.section is not None
            sections[path[0]] = contents(inside.section)
    return st.fixed_dictionaries({}, optional=sections)


@given(content=contents(Small))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_written_is_read_back(folder: Path, content: dict[str, Any]) -> None:
    assume(content)
    assert load_text(dump(content)) == Small.model_validate(content)


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_declared_value_of_every_parameter_is_read_back(
    folder: Path, data: st.DataObject
) -> None:
    model = settings_model()
    path, declared = data.draw(st.sampled_from(list(parameters_of(model))))
    value = data.draw(values(declared))
    content = value
    for part in reversed(path):
        content = {part: content}
    read: Any = load_scenario(write("one.yaml", dump(content))).settings
    for part in path:
        read = getattr(read, part)
    assert read == value


words = ["people", "cells", "size", "events", "at", "set", "extends", "one", "150", "1e3", "x"]
marks = [": ", "\n", "\n  ", "- ", "[", "]", "{", "}", ", ", "&a ", "*a", "!!int ", "<<", "'"]
oddities = ['"', "\t", "# ", "| ", "~", "? ", "---\n", "%", "@", "\x07", "\u2028"]


@given(parts=st.lists(st.sampled_from([*words, *marks, *oddities])))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=500
)
def test_any_text_is_read_or_refused_with_a_place(folder: Path, parts: list[str]) -> None:
    """Nothing but InputProblem is ever raised, and each problem names the file."""
    write("one.yaml", "".join(parts))
    try:
        load("one.yaml")
    except InputProblem as refusal:
        assert refusal.problems
        assert all(problem.file == "one.yaml" and problem.line for problem in refusal.problems)


# What is made from the declarations.


def test_the_json_schema_allows_partial_scenarios_and_no_unknown_key() -> None:
    schema = json_schema(Small)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "required" not in schema and schema["additionalProperties"] is False
    extends = schema["properties"]["extends"]["anyOf"]
    assert {kind["type"] for kind in extends} == {"string", "array"}
    environment = schema["$defs"]["SmallEnvironment"]
    assert "required" not in environment and environment["additionalProperties"] is False
    turbulence = environment["properties"]["turbulence"]
    assert turbulence == {
        "type": "number",
        "minimum": 0,
        "maximum": 1,
        "default": 0.01,
        "description": "Chance of a flip. Unit: probability. Source: March1991.",
    }
    assert schema["properties"]["without"]["items"] == {"enum": ["environment", "cells"]}


def test_every_reference_of_the_json_schema_leads_somewhere() -> None:
    schema = json_schema()
    references = re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(schema))
    assert references
    for reference in references:
        here: Any = schema
        for part in reference.split("/"):
            here = here[part]
        assert isinstance(here, dict)


def test_the_json_schema_and_the_table_know_every_parameter() -> None:
    schema, model = json_schema(), settings_model()
    paths = [".".join(path) for path, _ in parameters_of(model)]
    assert [row.path for row in parameter_table()] == paths
    assert {path.split(".")[0] for path in paths} <= set(schema["properties"])
    changeable = {".".join(path) for path in vocabulary().changeable}
    assert set(schema["$defs"]["Event"]["properties"]["set"]["properties"]) == changeable


def test_the_table_gives_default_unit_bounds_meaning_and_source() -> None:
    row = next(row for row in parameter_table(Small) if row.path == "cells.size")
    assert (row.default, row.unit, row.bounds) == (6, "members", (2, 50))
    assert (row.meaning, row.source) == ("Members.", ASSUMPTION)


def test_a_new_scenario_loads_as_it_is_and_with_every_line_uncommented(folder: Path) -> None:
    write("scenarios/base.yaml", "environment: {turbulence: 0.25}\n")
    text = new_scenario_text("worlds/my_world", model=Small)
    loaded = load_text(text)
    assert loaded.title == "My world"
    assert "0.25" in text
    uncommented = re.sub(r"(?m)^# (?=\s*(?:\w+:|- |#))", "", text)
    assert uncommented.count("\ncells:") == 1
    everything = load_text(uncommented)
    assert everything.environment == loaded.environment
    assert len(everything.events) == 1


def test_declarations_are_found_by_key_path() -> None:
    share = declaration_at(Small, ("events", 3, "shock", "share"))
    assert share is not None and share.unit == "share of dimensions"
    assert declaration_at(Small, ("cells", "nothing")) is None


AS_A_PARTICIPANT_WRITES_IT = """
extends: base
title: Post-bureaucratic
story: Small cells, few levels, rules that people may change.
structure: {levels: 2, span: 12, centralization: 0.2, formalization: 0.3, enabling: 0.8}
communities: {count: 4, hours: 1.0, formation: by_interest}
cells: {size: 6, hours: 1.0, pace: 1.0}
officers: {hours: 3.0, relay_fidelity: 0.8}
reshuffle: {every: 13, share: 1.0, rule: random, within: community, officers: stay}
pdsa: {rate: 0.15}
climate: {visibility: 0.5, base_fear: 0.2}
leadership: {inclusiveness: 0.8}
events:
  - {at: 60, set: {environment.turbulence: 0.004}}
  - {at: 80, shock: {share: 0.2}}
  - {at: 100, leave: {share: 0.1, who: officers}}
"""


def test_a_scenario_as_a_participant_writes_it_is_read(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(AS_A_PARTICIPANT_WRITES_IT)
    settings = load_scenario(path).settings
    assert settings.reshuffle.every == 13
    assert [event.at for event in settings.events] == [60, 80, 100]

"""A wrong scenario is refused with file, line, key, what is wrong and how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InputProblem, Problem
from sim.scenario.loading import load_scenario
from sim.scenario.starter import new_scenario_text


@pytest.fixture(autouse=True)
def working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def problems_of(name: str | Path, **options: list[str]) -> list[Problem]:
    with pytest.raises(InputProblem) as refusal:
        load_scenario(name, **options)
    return refusal.value.problems


def problems_in(content: str | bytes) -> list[Problem]:
    raw = content if isinstance(content, bytes) else content.encode()
    Path("bad.yaml").write_bytes(raw)
    return problems_of("bad.yaml")


# What is wrong -> (text, line, key, words of the message, words of the remedy).
ONE_PROBLEM = {
    "unknown section": ("people: 5\ncels: {size: 3}", 2, "cels", "no setting `cels`", "`cells`"),
    "unknown key": (
        "environment:\n  turbulance: 0.1",
        2,
        "environment.turbulance",
        "`environment` has no setting `turbulance`",
        "Did you mean `turbulence`?",
    ),
    "unknown key, none near": (
        "environment: {xyzzy: 1}",
        1,
        "environment.xyzzy",
        "no setting `xyzzy`",
        "Known here: turbulence, every, complexity",
    ),
    "key of another section": (
        "turbulence: 0.1",
        1,
        "turbulence",
        "no setting `turbulence`",
        "`environment: {turbulence: …}`",
    ),
    "key path at the top": (
        "cells.size: 5",
        1,
        "cells.size",
        "no setting",
        "`cells: {size: …}`",
    ),
    "misspelt key path at the top": (
        "cells.sise: 5",
        1,
        "cells.sise",
        "no setting",
        "`cells: {size: …}`",
    ),
    "text for a number": (
        "people: many",
        1,
        "people",
        'expected a whole number from 1 to 1000000 (people); found the text "many"',
        "`people: 150`",
    ),
    "quoted number": ('people: "90"', 1, "people", 'found the text "90"', "Take the quotes away"),
    "decimal comma": (
        "environment: {complexity: 3,\n turbulence: '0,5'}",
        2,
        "environment.turbulence",
        'the text "0,5"',
        "Use a decimal point: 0.5",
    ),
    "percent": (
        "environment:\n  turbulence: 5%",
        2,
        "environment.turbulence",
        'the text "5%"',
        "0.05",
    ),
    "zeros in front": ("people: 010", 1, "people", 'the text "010"', "without the zeros"),
    "fraction for a whole number": ("people: 1.5", 1, "people", "a whole number", "people: 150"),
    "whole number written as float": ("people: 1e2", 1, "people", "found 1e2", "Write 100"),
    "no for a text": (
        "title: no",
        1,
        "title",
        "found no, which YAML reads as false",
        'Put it in quotes: "no"',
    ),
    "number for a text": ("title: 2024", 1, "title", "found 2024", 'in quotes: "2024"'),
    "off for a number": (
        "people: off",
        1,
        "people",
        "found off, which YAML reads as false",
        "`people: 150`",
    ),
    "text for a list": ("questions: Why?", 1, "questions", "expected a list", "[first, second]"),
    "list for a number": ("people: [5]", 1, "people", "found a list", "people: 150"),
    "number for a section": ("cells: 6", 1, "cells", "a group of settings; found 6", "{size: 6}"),
    "list for a section": ("cells: [size]", 1, "cells", "found a list", "{size: 6}"),
    "section without content": ("cells:\npeople: 5", 1, "cells", "nothing", "delete the line"),
    "no value": ("people:", 1, "people", "found nothing", "delete the line"),
    "wrong choice": (
        "socialization: {transfer: stepwize}",
        1,
        "socialization.transfer",
        "expected one of direct, stepwise",
        "Did you mean `stepwise`?",
    ),
    "too high, with unit": (
        "environment: {turbulence: 1.5}",
        1,
        "environment.turbulence",
        "1.5 is above the highest value allowed, 1 (probability per dimension and week)",
        "from 0 to 1",
    ),
    "too low": ("people: 0", 1, "people", "0 is below the lowest value allowed, 1 (people)", "1"),
    "absurd size": (
        "title: x\npeople: 1000000000000",
        2,
        "people",
        "1000000000000 is above the highest value allowed, 1000000 (people)",
        "from 1 to 1000000",
    ),
    "digits without end": ("people: " + "9" * 5000, 1, "people", "thousands of digits", "shorter"),
    "too large together": (
        "dimensions: 10000\npeople: 1000000",
        2,
        "people",
        "1000000 people times 10000 dimensions are 10000000000 beliefs, too many for memory",
        "Lower `people` or `dimensions`",
    ),
    "not a number": (
        "environment: {turbulence: .nan}",
        1,
        "environment.turbulence",
        ".nan is not a finite number",
        "turbulence: ",
    ),
    "infinite": (
        "environment: {turbulence: 1e999}",
        1,
        "environment.turbulence",
        "1e999 is not a finite number",
        "turbulence: ",
    ),
    "duplicate key": (
        "people: 5\ntitle: x\npeople: 6",
        3,
        "people",
        "a second time; first in line 1",
        "Keep one",
    ),
    "duplicate key in a section": (
        "cells:\n  size: 3\n  size: 4",
        3,
        "cells.size",
        "first in line 2",
        "Keep one",
    ),
    "tab": ("cells:\n\tsize: 5", 2, "", "a tab stands here", "spaces"),
    "empty file": ("", 1, "", "the file is empty", "extends: base"),
    "only comments": ("# nothing yet\n", 1, "", "the file is empty", "extends: base"),
    "top-level list": ("- people: 5", 1, "", "the top level is a list", "without a dash"),
    "top-level word": ("people", 1, "", "the top level is a single value", "key: value"),
    "anchor": ("people: &n 5", 1, "people", "`&n` is an anchor", "write values out"),
    "alias": ("title: *t", 1, "title", "`*t` is an alias", "Write the value out"),
    "tag that builds an object": (
        "title: x\npeople: !!python/object/apply:os.system ['true']",
        2,
        "people",
        "the tag `!!python/object/apply:os.system` is not allowed",
        "Delete the tag",
    ),
    "any other tag": ("people: !!int 5", 1, "people", "the tag `!!int`", "Delete the tag"),
    "merge key": (
        "cells:\n  <<: {size: 3}",
        2,
        "cells.<<",
        "`<<` (merging another mapping)",
        "extends",
    ),
    "number as a key": ("3: x", 1, "3", "cannot be the name of a setting", "words"),
    "truth value as a key": ("on: x", 1, "on", "cannot be the name of a setting", "words"),
    "list as a key": ("? [a]\n: 1", 1, "", "a list cannot be the name", "word"),
    "two documents": ("people: 5\n---\npeople: 6", 2, "", "several documents", "---"),
    "unclosed bracket": ("cells: {size: 3", 1, "", "never closed", "bracket"),
    "unclosed quote": ("title: 'x\n", 2, "", "a quote is never closed", "quote"),
    "stray colon": ("title: one: two", 1, "", "a colon stands where", "quotes"),
    "lines that do not line up": ("cells:\n  size: 3\n x: 1", 3, "", "line up", "line up"),
    "nested too deep": ("title: " + "[" * 100_000, 1, "", "more than 20 deep", "bracket"),
    "too many values": (f"questions: [{'a, ' * 30_000}]", 1, "", "more than 20000 values", "file"),
    "control character": ("title: a\x07b", 1, "", "U+0007", "Delete it"),
    "escaped control character": ('title: "\\e[31m"', 1, "title", "U+001B", "Take it out"),
    "binary": (bytes(range(256)) * 8, 1, "", "a binary file", "UTF-8"),
    "Latin-1": ("title: x\nstory: Überfluß".encode("latin-1"), 2, "", "0xdc is not UTF-8", "UTF-8"),
    "UTF-16": ("title: x".encode("utf-16"), 1, "", "UTF-16", "Save it as UTF-8"),
    "extends missing": (
        "title: x\nextends: nowhere_at_all",
        2,
        "extends",
        "there is no scenario `nowhere_at_all`",
        "lists all",
    ),
    "extends itself": ("extends: bad", 1, "extends", "bad.yaml → bad.yaml", "Take one"),
    "extends a number": ("extends: 5", 1, "extends", "the name of a scenario", "extends: base"),
    "extends nothing": ("extends:", 1, "extends", "the name of a scenario", "extends: base"),
    "extends an empty list": ("extends: []", 1, "extends", "the name of a scenario", "base"),
    "without an unknown mechanism": (
        "without:\n- cells\n- reshufle",
        3,
        "without[1]",
        "there is no mechanism `reshufle`",
        "Did you mean `reshuffle`?",
    ),
    "without a section that is no mechanism": (
        "without: [start]",
        1,
        "without[0]",
        "there is no mechanism `start`",
        "",
    ),
    "event without a week": (
        "events:\n- shock: {share: 0.1}",
        2,
        "events[0].at",
        "`at` is missing",
        "Add `at: ",
    ),
    "event with two things": (
        "events:\n- {at: 1, shock: {}, leave: {share: 0.1}}",
        2,
        "events[0]",
        "exactly one of set, shock, leave and news",
        "",
    ),
    "event of an unknown kind": (
        "events: [{at: 1, shok: {}, shock: {}}]",
        1,
        "events[0].shok",
        "`events[0]` has no setting `shok`",
        "`shock`",
    ),
    "event beyond its bounds": (
        "events:\n- {at: 3, shock: {}}\n- at: 5\n  shock:\n    share: 2",
        5,
        "events[1].shock.share",
        "2 is above the highest value allowed, 1 (share of dimensions)",
        "from 0 to 1",
    ),
    "event that sets an unknown key": (
        "events:\n- at: 5\n  set:\n    environment.turbulance: 0.1",
        4,
        "events[0].set.environment.turbulance",
        "there is no setting `environment.turbulance`",
        "Did you mean `environment.turbulence`?",
    ),
    "event that sets a value out of bounds": (
        "events:\n- {at: 1, shock: {}}\n- {at: 2, leave: {share: 0.1}}\n"
        "- at: 5\n  set:\n    environment.turbulence: -1",
        6,
        "events[2].set.environment.turbulence",
        "-1 is below the lowest value allowed, 0 (probability per dimension and week)",
        "from 0 to 1",
    ),
    "event that sets a value of the wrong type": (
        "events: [{at: 5, set: {environment.turbulence: high}}]",
        1,
        "events[0].set.environment.turbulence",
        'expected a number from 0 to 1 (probability per dimension and week); found the text "high"',
        "turbulence: ",
    ),
    "event that sets a whole section": (
        "events: [{at: 5, set: {environment: {turbulence: 0.1}}}]",
        1,
        "events[0].set.environment",
        "a group of settings, not one setting",
        "`environment.turbulence: …`",
    ),
    "event that sets what is fixed": (
        "events: [{at: 5, set: {people: 10}}]",
        1,
        "events[0].set.people",
        "cannot change later",
        "outside the events",
    ),
    "event that sets what shapes arrays": (
        "events: [{at: 5, set: {environment.complexity: 2}}]",
        1,
        "events[0].set.environment.complexity",
        "cannot change later",
        "outside the events",
    ),
    "events that are no list": ("events: 5", 1, "events", "expected a list", "[{at: "),
}


@pytest.mark.parametrize("kind", ONE_PROBLEM)
def test_a_bad_file_is_refused_with_place_and_remedy(kind: str) -> None:
    text, line, key, message, remedy = ONE_PROBLEM[kind]
    assert isinstance(text, str | bytes)
    problems = problems_in(text)
    assert len(problems) == 1
    problem = problems[0]
    assert (problem.file, problem.line, problem.key) == ("bad.yaml", line, key)
    assert str(message) in problem.message
    assert str(remedy) in problem.remedy


def test_all_problems_of_a_file_are_listed_from_top_to_bottom() -> None:
    problems = problems_in(
        "titel: x\n"
        "people: -1\n"
        "cells:\n"
        "  size: big\n"
        "  size: 3\n"
        "story: *text\n"
        "environment: {turbulence: .inf, color: red}\n"
        "without: [cels]\n"
        "events:\n"
        "- {at: 1}\n"
        "- {at: x, set: {people: 3, cells.sise: 3}}\n"
        "periods: !!str 5\n"
    )
    assert [(problem.line, problem.key) for problem in problems] == [
        (1, "titel"),
        (2, "people"),
        (4, "cells.size"),
        (5, "cells.size"),
        (6, "story"),
        (7, "environment.turbulence"),
        (7, "environment.color"),
        (8, "without[0]"),
        (10, "events[0]"),
        (11, "events[1].at"),
        (11, "events[1].set.people"),
        (11, "events[1].set.cells.sise"),
        (12, "periods"),
    ]


def test_every_line_with_a_tab_is_named() -> None:
    problems = problems_in("cells:\n\tsize: 5\n  # fine\n\thours: 1\npeople: 5\n")
    assert [problem.line for problem in problems] == [2, 4]


def test_nothing_is_built_from_a_tag() -> None:
    problems_in("title: !!python/object/apply:pathlib.Path.touch [built]\n")
    assert not Path("built").exists()


def test_an_alias_bomb_is_refused_unexpanded() -> None:
    """Nine levels of ten aliases would be a thousand million values."""
    levels = [f"k{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    problems = problems_in("k0: &a0 [x]\n" + "\n".join(levels))
    assert len(problems) == 101
    assert "&a0" in problems[0].message
    assert "more problems follow" in problems[-1].message


@pytest.mark.parametrize("size", [1_000_001, 10_000_000])
def test_a_file_over_a_megabyte_is_refused(size: int) -> None:
    (problem,) = problems_in(b"#" * size)
    assert (problem.file, problem.message) == ("bad.yaml", "the file is larger than 1 MB")
    assert "right file?" in problem.remedy


def test_what_a_parent_says_wrong_is_reported_in_the_parent() -> None:
    Path("parent.yaml").write_text("title: x\nenvironment: {turbulence: 3}\n")
    (problem,) = problems_in("extends: parent\npeople: 5\n")
    assert (problem.file, problem.line) == ("parent.yaml", 2)
    assert problem.key == "environment.turbulence"


def test_problems_of_all_files_are_listed_own_file_first() -> None:
    Path("parent.yaml").write_text("peple: 3\n")
    problems = problems_in("extends: [parent, missing]\ntitel: x\n")
    assert [(problem.file, problem.line) for problem in problems] == [
        ("bad.yaml", 1),
        ("bad.yaml", 2),
        ("parent.yaml", 1),
    ]


def test_a_circle_of_extends_is_told_as_a_chain() -> None:
    Path("a.yaml").write_text("extends: b\n")
    Path("b.yaml").write_text("people: 5\nextends: c\n")
    Path("c.yaml").write_text("extends: a\n")
    (problem,) = problems_of("a")
    assert (problem.file, problem.line, problem.key) == ("c.yaml", 1, "extends")
    assert "a.yaml → b.yaml → c.yaml → a.yaml" in problem.message


def test_a_missing_scenario_is_answered_with_the_nearest_names() -> None:
    Path("scenarios/worlds").mkdir(parents=True)
    Path("scenarios/my_bureaucracy.yaml").write_text("people: 5\n")
    Path("scenarios/worlds/stormy.yaml").write_text("people: 5\n")
    for name, nearest in (("my_burocracy", "my_bureaucracy"), ("stromy", "worlds/stormy")):
        (problem,) = problems_of(name)
        assert f"`{nearest}`" in problem.remedy
        assert "lists all" in problem.remedy


@pytest.mark.parametrize("name", ["no.yaml", ".", "a\0b", "x" * 5000, "../../none", "/dev/zero"])
def test_what_is_no_scenario_file_is_said_to_be_none(name: str) -> None:
    (problem,) = problems_of(name)
    assert "there is no scenario" in problem.message


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("people", "no `=`", "--set key.path=value"),
        ("=5", "the key path is empty", "--set key.path=value"),
        ("cells..size=5", "empty part", "--set key.path=value"),
        ("people=", "no value", "--set key.path=value"),
        ("events[0].at=5", "an entry of a list", "whole list"),
        ("extends=base", "`extends` cannot be set", "NAME+OTHER"),
        ("people=0", "0 is below the lowest value allowed, 1 (people)", "from 1 to"),
        ("cells.sise=5", "`cells` has no setting `sise`", "`size`"),
        ("cels.size=5", "no setting `cels`", "`cells`"),
        ("title=*x", "is an alias", "Write the value out"),
        ("questions=[", "never closed", "bracket"),
        ("environment.turbulence=nan", 'the text "nan"', "turbulence: "),
    ],
)
def test_a_bad_set_is_refused_by_its_own_name(text: str, message: str, remedy: str) -> None:
    Path("good.yaml").write_text("people: 5\n")
    (problem,) = problems_of("good.yaml", sets=[text])
    assert problem.file == f"--set {text}"
    assert message in problem.message
    assert remedy in problem.remedy


def test_messages_show_hidden_characters_and_no_library_speech() -> None:
    problems = problems_in('"\\e[31mred\\u202e": 1\npeople: [x]\n')
    text = "\n".join(str(problem) for problem in problems)
    assert "\x1b" not in text and "\\x1b[31mred\\u202e" in text
    assert "pydantic" not in text and "https" not in text and "Input should" not in text


def test_a_new_scenario_of_an_unknown_parent_is_refused() -> None:
    with pytest.raises(InputProblem, match="there is no scenario `nowhere_at_all`"):
        new_scenario_text("mine", extends="nowhere_at_all")

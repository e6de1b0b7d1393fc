"""The register of requirements: complete, and true of what there is."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from sim.cli import app
from sim.measures import MEASURES
from sim.mechanisms import PERIOD
from sim.requirements import (
    ACTING,
    CARRIERS,
    Requirement,
    register_text,
    requirements,
)
from sim.scenario.finding import known_scenarios
from sim.scenario.schema import parameter_table

ROOT = Path(__file__).parents[1]


@cache
def existing_tests() -> frozenset[str]:
    """Every test that should pass, as ``tests/test_x.py::test_name``; read, not imported."""
    found = set()
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        name = path.relative_to(ROOT).as_posix()
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
                continue
            # A test that is known to fail holds nothing.
            if not any("xfail" in ast.unparse(mark) for mark in node.decorator_list):
                found.add(f"{name}::{node.name}")
    return frozenset(found)


def existing_verbs() -> set[str]:
    return {
        command.name or command.callback.__name__
        for command in app.registered_commands
        if command.callback is not None
    }


EXISTING: dict[str, Callable[[], set[str] | frozenset[str]]] = {
    "mechanisms": lambda: {mechanism.name for mechanism in PERIOD},
    "parameters": lambda: {row.path for row in parameter_table()},
    "measures": lambda: set(MEASURES),
    "scenarios": lambda: set(known_scenarios()),
    "verbs": existing_verbs,
    "tests": existing_tests,
}


def test_requirements_are_r1_to_r133():
    expected = [f"R{number}" for number in range(1, 134)]
    assert [row.id for row in requirements()] == expected
    # YAML would let a later row replace an earlier one of the same name.
    assert re.findall(r"^(R\d+):$", register_text(), re.MULTILINE) == expected


@pytest.mark.parametrize("kind", CARRIERS)
def test_whatever_a_requirement_names_exists(kind):
    existing = EXISTING[kind]()
    unknown = {
        f"{row.id}: {name}"
        for row in requirements()
        for name in row.carriers.get(kind, ())
        if name not in existing
    }
    assert not unknown


def test_no_requirement_names_anything_twice():
    for row in requirements():
        for kind, names in row.carriers.items():
            assert len(names) == len(set(names)), f"{row.id}: {kind}"


def test_each_says_what_is_asked_in_words_of_its_own():
    texts = [row.text for row in requirements()]
    assert all(text.endswith(".") and len(text) <= 100 for text in texts)
    assert len(set(texts)) == len(texts)


def test_what_is_carried_without_reserve_acts_and_is_tested():
    for row in requirements():
        if row.carriers and not row.missing:
            assert row.status == "carried", f"{row.id} lacks a test, or what the test is of"
            assert row.carriers["tests"] and any(row.carriers.get(kind) for kind in ACTING)


def test_what_nothing_carries_lacks_everything_and_not_something():
    assert all(row.carriers or not row.missing for row in requirements())


@pytest.mark.parametrize(
    ("carriers", "missing", "status"),
    [
        ({}, "", "not yet carried"),
        ({"mechanisms": ("work",)}, "", "in part"),
        ({"tests": ("tests/test_work.py::test_x",)}, "", "in part"),
        ({"scenarios": ("base",), "tests": ("tests/test_work.py::test_x",)}, "", "in part"),
        ({"measures": ("fear",), "tests": ("tests/test_work.py::test_x",)}, "", "carried"),
        ({"measures": ("fear",), "tests": ("tests/test_work.py::test_x",)}, "half", "in part"),
    ],
)
def test_a_requirement_is_carried_by_what_acts_and_a_test_together(carriers, missing, status):
    assert Requirement("R0", "Something.", carriers, missing).status == status


def test_the_document_of_a_requirement_shows_all_of_it():
    row = Requirement("R0", "Something.", {"measures": ("fear",)}, "the rest")
    assert row.document() == {
        "id": "R0",
        "text": "Something.",
        "status": "in part",
        "missing": "the rest",
        "mechanisms": [],
        "parameters": [],
        "measures": ["fear"],
        "scenarios": [],
        "verbs": [],
        "tests": [],
    }

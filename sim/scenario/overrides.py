"""Settings given on the command line: ``--set environment.turbulence=0.01``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sim.errors import Problem
from sim.scenario.marks import Document, Mark, Marked, shown
from sim.scenario.yaml_marks import read_value

OPTION = "--set"
_FORM = "Write `--set key.path=value`, such as `--set people=200` or `--set cells.size=8`."


def set_text(key: str, value: Any) -> str:
    """A setting as one would type it; JSON is YAML. Numbers may be NumPy's."""
    return f"{key}={json.dumps(value, ensure_ascii=False, default=lambda one: one.item())}"


def set_texts(sets: Mapping[str, Any] | Sequence[str]) -> list[str]:
    """Settings as one would type them, given so or by key path."""
    if isinstance(sets, Mapping):
        return [set_text(key, value) for key, value in sets.items()]
    return list(sets)


def read_set(text: str) -> Document:
    """Read one ``key.path=value``; the value is YAML (a number, a word, ``{size: 8}``, ``[]``).

    Whether the key exists and the value is allowed is checked with the rest of the scenario.
    """
    origin = f"{OPTION} {shown(text)}"
    key, equals, value = text.partition("=")
    path = tuple(part.strip() for part in key.split("."))
    message, remedy = "", _FORM
    if not equals:
        message = "there is no `=` between key and value"
    elif not all(path):
        message = "the key path is empty or has an empty part"
    elif "[" in key:
        message = "an entry of a list cannot be set alone"
        remedy = "Set the whole list, or write a scenario file."
    elif path == ("extends",):
        message = "`extends` cannot be set on the command line"
        remedy = "Name the other scenario instead, or lay it on top: NAME+OTHER."
    elif not value.strip():
        message = f"there is no value for `{shown(key)}`"
    if message:
        return Document(origin, text, problems=[Problem(message, remedy, origin)])
    document = read_value(value, origin, path)
    if document.root is None and not document.problems:
        document.report(f"there is no value for `{shown(key)}`", _FORM)
    if document.root is not None:
        for part in reversed(path):
            document.root = Marked({part: document.root}, Mark(origin, None))
    return document

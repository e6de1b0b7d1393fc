"""A first scenario file for somebody to edit: short, commented, and valid as it stands."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from sim.scenario.loading import load_scenario
from sim.scenario.marks import shown
from sim.scenario.plain_yaml import dump
from sim.scenario.schema import Declaration, parameters_of, settings_model
from sim.scenario.wording import span

#: The sections a newcomer turns first; ``describe`` shows the others.
SECTIONS_TO_START_WITH = (
    "environment",
    "structure",
    "leadership",
    "cells",
    "reshuffle",
    "pdsa",
    "climate",
)


def new_scenario_text(
    name: str, extends: str = "base", *, model: type[BaseModel] | None = None
) -> str:
    """Text of a starter scenario file that extends ``extends``.

    Its settings stand in comments, with the parent's values; each may be uncommented alone or
    all together. Raises InputProblem when there is no scenario ``extends``.
    """
    settings = load_scenario(extends, model=model).settings
    words = shown(name.rsplit("/", 1)[-1].replace("_", " ").strip()) or "my scenario"
    title = words[0].upper() + words[1:]
    head = {"extends": extends, "title": title}
    story = {
        "story": "Say in one or two sentences how people work and learn here.",
        "questions": ["What do you expect to happen, and why?"],
    }
    return "\n".join(
        [
            f"# This scenario says only what differs from `{shown(extends)}`.",
            "# To change a setting, take away the `# ` in front of its line and of its section's.",
            "# `python run.py check FILE` says whether the file is right;",
            "# `python run.py describe FILE` shows all settings and where each comes from.",
            "",
            dump(head).rstrip(),
            dump(story).rstrip(),
            "",
            *_suggestions(settings, model or settings_model()),
            "# events:",
            "#   - {at: 52, shock: {share: 0.2}}",
            "",
        ]
    )


def _suggestions(settings: Any, model: type[BaseModel]) -> Iterator[str]:
    """Commented lines of YAML, each under what it means."""
    section = ""
    for path, declared in parameters_of(model):
        wanted = path in {("people",), ("periods",)} or path[0] in SECTIONS_TO_START_WITH
        if not wanted or len(path) > 2:
            continue
        indent = "  " * (len(path) - 1)
        if len(path) == 2 and path[0] != section:
            section = path[0]
            yield f"# {section}:"
        for line in textwrap.wrap(_explained(declared), 90 - len(indent)):
            yield f"# {indent}# {line}"
        yield f"# {indent}{dump({path[-1]: _value(settings, path)}).rstrip()}"
        if len(path) == 1:
            yield ""
    yield ""


def _explained(declared: Declaration) -> str:
    allowed = ", ".join(str(choice) for choice in declared.choices) or span(declared)
    unit = "" if declared.choices or declared.unit in allowed else declared.unit
    notes = ", ".join(part for part in (unit, allowed) if part)
    return declared.meaning + (f" ({notes})" if notes else "")


def _value(settings: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        settings = getattr(settings, name)
    return settings

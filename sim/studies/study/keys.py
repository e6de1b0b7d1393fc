"""Settings as a study file names them: whether they exist, and whether a value is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sim.errors import Problem
from sim.scenario.checking import at, check
from sim.scenario.marks import KeyPath, Mark, Marked, key_text, shown
from sim.scenario.schema import (
    Declaration,
    declaration_at,
    parameters_of,
    settings_model,
    vocabulary,
)
from sim.scenario.wording import meant

#: Settings that are words for people and change nothing.
TEXTS = ("title", "story", "questions")


@dataclass(frozen=True)
class Leaf:
    """One setting in a ``set``: its key path, its value, and where it stands in the file."""

    path: str
    given: Marked
    here: KeyPath


@cache
def known_settings() -> dict[str, Declaration]:
    """All settings of a scenario by key path, in the order of declaration."""
    return {".".join(path): declared for path, declared in parameters_of(settings_model())}


def leaves(given: Marked, here: KeyPath, above: str = "") -> Iterator[Leaf]:
    """The settings in a mapping of key paths, dotted or nested, one by one."""
    for name, inner in given.value.items():
        path = f"{above}{name}"
        declared = declaration_at(settings_model(), tuple(path.split(".")))
        is_group = declared is not None and declared.section is not None
        if is_group and isinstance(inner.value, dict):
            yield from leaves(inner, (*here, name), f"{path}.")
        else:
            yield Leaf(path, inner, (*here, name))


def no_setting(path: str) -> tuple[str, str] | None:
    """Message and remedy where ``path`` names no setting, else None."""
    known = known_settings()
    if path in known:
        return None
    inside = [one for one in known if one.startswith(f"{path}.")]
    if inside:
        return (
            f"`{path}` is a group of settings, not one setting",
            f"Write the whole key path, such as `{inside[0]}`.",
        )
    if path == "extends":
        return "a study cannot set `extends`", "Name other scenarios, or overlays: NAME+OVERLAY."
    around = [one for one in known if one.startswith(path.split(".")[0] + ".")]
    return f"there is no setting `{shown(path)}`", meant(path, known, around)


def checked(leaf: Leaf) -> tuple[Any, list[Problem]]:
    """The value of a setting as scenarios hold it (1 becomes 1.0), or what is wrong with it."""
    if leaf.given.mark.refused:
        return None, []
    unknown = no_setting(leaf.path)
    if unknown is not None:
        return None, [at(leaf.given, leaf.here, *unknown)]
    settings, problems = check(nested(leaf.path, leaf.given), vocabulary_of_settings())
    place = key_text(leaf.here)
    if problems:
        return None, [_moved(problem, leaf, place) for problem in problems]
    value: Any = settings
    for part in leaf.path.split("."):
        value = getattr(value, part)
    if isinstance(value, bool | int | float | str):
        return value, []
    return settings.model_dump(include={leaf.path}, exclude_unset=True)[leaf.path], []  # type: ignore[union-attr]


@cache
def vocabulary_of_settings() -> Any:
    return vocabulary()


def nested(path: str, given: Marked) -> Marked:
    """A scenario that says this one thing."""
    for part in reversed(path.split(".")):
        given = Marked({part: given}, given.mark)
    return given


def marked(value: Any, mark: Mark) -> Marked:
    """A plain value as if it had been read at ``mark``."""
    if isinstance(value, dict):
        return Marked({name: marked(inner, mark) for name, inner in value.items()}, mark)
    if isinstance(value, list):
        return Marked([marked(inner, mark) for inner in value], mark)
    return Marked(value, mark)


def _moved(problem: Problem, leaf: Leaf, place: str) -> Problem:
    """A problem with a setting, told at the place where the study file gives it."""
    below = problem.key[len(leaf.path) :] if problem.key.startswith(leaf.path) else ""
    return replace(problem, key=place + below)

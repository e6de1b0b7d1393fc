"""Checking a scenario against the declarations, and saying in plain words what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.errors import Problem
from sim.scenario.marks import KeyPath, Marked, key_text, plain, shown, walk_along
from sim.scenario.schema import (
    Declaration,
    Vocabulary,
    declaration_at,
    parameters_of,
)
from sim.scenario.wording import (
    example,
    expected,
    found,
    listed,
    meant,
    nearest,
    number,
    remedy_for_type,
    span,
    written,
)

#: Beliefs (people times dimensions) that an organization may hold; each takes several bytes.
MOST_BELIEFS = 2_000_000_000
MOST_PROBLEMS = 100

_TOO_LOW = {"greater_than_equal", "greater_than"}
_TOO_HIGH = {"less_than_equal", "less_than"}


def check(root: Marked, words: Vocabulary) -> tuple[BaseModel | None, list[Problem]]:
    """Validate a merged scenario against the declarations of parameters and mechanisms.

    Returns the settings, or None and the problems found (each kind of check stops after 100).
    """
    settings, problems = None, []
    model = words.model
    try:
        settings = model.model_validate(plain(root))
    except ValidationError as error:
        problems = [
            _problem(path, details, root, model)
            for path, details in _places(error, root).items()
            if not _is_reported(root, path)
        ]
    more = chain(
        _without(root, words),
        _events(root, words),
        _options(root, words),
        _memory(root, model, problems),
    )
    problems += islice(more, MOST_PROBLEMS)
    return (None if problems else settings), problems


def _places(error: ValidationError, root: Marked) -> dict[KeyPath, list[dict[str, Any]]]:
    """What an error says about each place; an alternative of a union is no place of its own."""
    places: dict[KeyPath, list[dict[str, Any]]] = {}
    for detail in error.errors(include_url=False):
        path = tuple(detail["loc"])
        if detail["type"] != "missing":
            path = path[: len(walk_along(root, path)) - 1]
        places.setdefault(path, []).append(dict(detail))
        if len(places) > MOST_PROBLEMS:
            break
    return places


def _is_reported(root: Marked, path: KeyPath) -> bool:
    return any(met.mark.refused for met in walk_along(root, path))


def _problem(
    path: KeyPath, details: Sequence[dict[str, Any]], root: Marked, model: type[BaseModel]
) -> Problem:
    marked = walk_along(root, path)[-1]
    kinds = {detail["type"] for detail in details}
    if "extra_forbidden" in kinds:
        message, remedy = _unknown(path, model)
    elif "missing" in kinds:
        message, remedy = _lacking(path, model)
    elif kinds & {"value_error", "assertion_error"}:
        message, remedy = str(details[0]["ctx"]["error"]), ""
    else:
        declared = declaration_at(model, path) or Declaration(Any)
        name = path[-1] if path and isinstance(path[-1], str) else ""
        message, remedy = _misfit(declared, marked, name, kinds)
    return at(marked, path, message, remedy)


def at(marked: Marked, path: KeyPath, message: str, remedy: str = "") -> Problem:
    """A problem with the value ``marked`` at the key ``path``."""
    return Problem(message, remedy, marked.mark.file, marked.mark.line, key_text(path))


def _misfit(declared: Declaration, marked: Marked, name: str, kinds: set[str]) -> tuple[str, str]:
    """Message and remedy for a value that its declaration does not allow."""
    low, high = declared.bounds
    unit = f" ({declared.unit})" if declared.unit else ""
    choose = f"Choose a value {span(declared)}."
    value = written(marked.mark, marked.value)
    if kinds & _TOO_LOW and low is not None:
        return f"{value} is below the lowest value allowed, {number(low)}{unit}", choose
    if kinds & _TOO_HIGH and high is not None:
        return f"{value} is above the highest value allowed, {number(high)}{unit}", choose
    if "finite_number" in kinds:
        return f"{value} is not a finite number; expected {expected(declared)}", (
            f"Write for example `{example(declared, name)}`."
        )
    message = f"expected {expected(declared)}; found {found(marked)}"
    if declared.choices and isinstance(marked.value, str):
        near = nearest(marked.value, [str(choice) for choice in declared.choices])
        return message, f"Did you mean `{near}`?" if near else "Choose one of these."
    return message, remedy_for_type(declared, marked, name)


def _unknown(path: KeyPath, model: type[BaseModel]) -> tuple[str, str]:
    """Message and remedy for a key that no declaration knows."""
    *above, name = path
    holder = declaration_at(model, tuple(above))
    names = list(holder.section.model_fields) if holder and holder.section else []
    known = [*names, "extends"] if not above else names
    place = f"`{key_text(tuple(above))}`" if above else "a scenario"
    message = f"{place} has no setting `{shown(name)}`"
    everywhere = {_dotted(inner): inner for inner, _ in parameters_of(model)}
    if "." in str(name):
        near = nearest(str(name), everywhere)
        elsewhere = [near] if near is not None else []
    else:
        elsewhere = [dotted for dotted, inner in everywhere.items() if inner[-1] == name]
        near = nearest(str(name), known, likeness=0.8 if elsewhere else 0.6)
        if near is not None:
            return message, f"Did you mean `{near}`?"
    if elsewhere:
        choices = " or ".join(_nested(everywhere[dotted]) for dotted in elsewhere[:3])
        return message, f"Did you mean {choices}?"
    return message, f"Known here: {listed(known)}."


def _dotted(path: tuple[str, ...]) -> str:
    return ".".join(path)


def _nested(path: tuple[str, ...]) -> str:
    """A key path as it is written in a scenario: ``cells: {size: …}``."""
    *sections, name = path
    text = f"{name}: …"
    for section in reversed(sections):
        text = f"{section}: {{{text}}}"
    return f"`{text}`"


def _lacking(path: KeyPath, model: type[BaseModel]) -> tuple[str, str]:
    declared = declaration_at(model, path) or Declaration(Any)
    name = str(path[-1])
    meaning = f" ({declared.meaning.rstrip('.')})" if declared.meaning else ""
    return f"`{name}` is missing", f"Add `{example(declared, name)}`{meaning}."


def _without(root: Marked, words: Vocabulary) -> Iterator[Problem]:
    """Entries of ``without`` that are no mechanism."""
    entries = _child(root, "without")
    if entries is None or not isinstance(entries.value, list):
        return
    known = words.mechanisms
    for position, entry in enumerate(entries.value):
        if isinstance(entry.value, str) and entry.value not in known and not entry.mark.refused:
            near = nearest(entry.value, known)
            yield at(
                entry,
                ("without", position),
                f"there is no mechanism `{shown(entry.value)}`",
                f"Did you mean `{near}`?" if near else f"Mechanisms: {listed(known)}.",
            )


def _events(root: Marked, words: Vocabulary) -> Iterator[Problem]:
    """Parameters that events set: they must exist, and the new values be allowed."""
    events = _child(root, "events")
    if events is None or not isinstance(events.value, list):
        return
    changeable = words.changeable
    for position, event in enumerate(events.value):
        new_values = _child(event, "set")
        if new_values is None or not isinstance(new_values.value, dict):
            continue
        for key, marked in new_values.value.items():
            path = tuple(key.split("."))
            here = ("events", position, "set", key)
            if marked.mark.refused:
                continue
            if path in changeable:
                yield from _new_value(root, words.model, path, marked, here)
            else:
                yield at(marked, here, *_unchangeable(key, path, changeable, words.model))


def _options(root: Marked, words: Vocabulary) -> Iterator[Problem]:
    """Parameters that options of questions set: any in a section, and within its bounds."""
    settable = [path for path, _ in parameters_of(words.model) if len(path) > 1]
    questions = _child(root, "questions")
    for nth, question in _items(questions):
        for place, option in _items(_child(question, "options")):
            new_values = _child(option, "set")
            if new_values is None or not isinstance(new_values.value, dict):
                continue
            for key, marked in new_values.value.items():
                path = tuple(key.split("."))
                here = ("questions", nth, "options", place, "set", key)
                if marked.mark.refused or path == ("events",):
                    continue
                if path in settable:
                    yield from _new_value(root, words.model, path, marked, here)
                else:
                    known = [_dotted(one) for one in settable]
                    inside = [one for one in known if one.startswith(f"{path[0]}.")]
                    message = f"there is no setting `{shown(key)}` in a section"
                    yield at(marked, here, message, meant(key, known, inside))


def _items(marked: Marked | None) -> Iterator[tuple[int, Marked]]:
    if marked is not None and isinstance(marked.value, list):
        yield from enumerate(marked.value)


def _unchangeable(
    key: str, path: tuple[str, ...], changeable: list[tuple[str, ...]], model: type[BaseModel]
) -> tuple[str, str]:
    """Message and remedy for a key that no event can set."""
    declared = declaration_at(model, path)
    if declared is not None and declared.section is not None:
        inner = next(iter(declared.section.model_fields), "name")
        return (
            f"`{shown(key)}` is a group of settings, not one setting",
            f"Write the whole key path, such as `{key}.{inner}: …`.",
        )
    if declared is not None:
        return (
            f"`{shown(key)}` shapes the organization from its first week and cannot change later",
            "Set it outside the events, in a scenario of its own.",
        )
    known = [_dotted(one) for one in changeable]
    inside = [one for one in known if one.startswith(f"{path[0]}.")]
    return f"there is no setting `{shown(key)}`", meant(key, known, inside)


def _new_value(
    root: Marked, model: type[BaseModel], path: tuple[str, ...], marked: Marked, here: KeyPath
) -> Iterator[Problem]:
    """Validate one new value in its section, as the scenario has it otherwise."""
    *above, name = path
    holder = declaration_at(model, tuple(above))
    if holder is None or holder.section is None:
        return
    around = walk_along(root, tuple(above))
    inside = around[-1].value if len(around) == len(path) else {}
    values = {**inside, name: marked} if isinstance(inside, dict) else {name: marked}
    changed = Marked(values, marked.mark)
    try:
        holder.section.model_validate(plain(changed))
    except ValidationError as error:
        for place, details in _places(error, changed).items():
            if place[:1] in ((name,), ()):
                problem = _problem(place, details, changed, holder.section)
                yield replace(problem, key=key_text((*here, *place[1:])))


def _memory(root: Marked, model: type[BaseModel], problems: list[Problem]) -> Iterator[Problem]:
    """People and dimensions that are each allowed, and together too many."""
    counts = []
    for name in ("people", "dimensions"):
        declared, given = declaration_at(model, (name,)), _child(root, name)
        known = any(problem.key == name for problem in problems) or _is_reported(root, (name,))
        if declared is None or known:
            return
        counts.append(declared.default if given is None else given.value)
    people, dimensions = counts
    if people * dimensions > MOST_BELIEFS:
        yield at(
            _child(root, "people") or _child(root, "dimensions") or root,
            ("people",),
            f"{people} people times {dimensions} dimensions are {people * dimensions} beliefs, "
            f"too many for memory (at most {MOST_BELIEFS})",
            "Lower `people` or `dimensions`.",
        )


def _child(marked: Marked, name: str) -> Marked | None:
    return marked.value.get(name) if isinstance(marked.value, dict) else None

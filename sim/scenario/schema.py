"""What the declarations of parameters say: where each is, what it allows, and the JSON Schema."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.scenario.marks import KeyPath

#: Sections that say how a run begins and ends, not what happens in it.
AT_THE_START = ("start", "network", "run")
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def settings_model() -> type[BaseModel]:
    """The model of all settings (imported late: it brings the mechanisms and their compiler)."""
    from sim.scenario.settings import Settings

    return Settings


@dataclass(frozen=True)
class Declaration:
    """What is declared at one key path: ``field`` is None for an item of a list or a mapping."""

    annotation: Any
    field: FieldInfo | None = None

    @property
    def section(self) -> type[BaseModel] | None:
        """The group of parameters that stands here, if one does."""
        for kind in _alternatives(self.annotation):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                return kind
        return None

    @property
    def unit(self) -> str:
        return _extra(self.field, "unit")

    @property
    def source(self) -> str:
        return _extra(self.field, "source")

    @property
    def zero(self) -> str:
        """The word for 0 where it stands beyond the largest number, "" where 0 is a number."""
        return _extra(self.field, "zero")

    @property
    def meaning(self) -> str:
        return (self.field.description or "") if self.field is not None else ""

    @property
    def default(self) -> Any:
        """The default, or None where a value must be given."""
        if self.field is None or self.field.is_required():
            return None
        return self.field.get_default(call_default_factory=True)

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """Lowest and highest value allowed, None where there is none."""
        low = high = None
        for rule in self.field.metadata if self.field is not None else ():
            if isinstance(rule, Ge | Gt):
                low = getattr(rule, "ge", getattr(rule, "gt", None))
            elif isinstance(rule, Le | Lt):
                high = getattr(rule, "le", getattr(rule, "lt", None))
        return low, high

    @property
    def choices(self) -> tuple[Any, ...]:
        """The values of a choice, empty for anything else."""
        return tuple(
            value
            for kind in _alternatives(self.annotation)
            if get_origin(kind) is Literal
            for value in get_args(kind)
        )

    @property
    def kinds(self) -> tuple[Any, ...]:
        """The Python types allowed: bool, int, float, str, list, dict, a section, or Literal."""
        return tuple(get_origin(kind) or kind for kind in _alternatives(self.annotation))

    def inside(self, part: str | int) -> Declaration | None:
        """Declaration of the key or list position ``part`` below this one."""
        if self.section is not None and not isinstance(part, int):
            field = self.section.model_fields.get(part)
            return None if field is None else Declaration(field.annotation, field)
        for kind in _alternatives(self.annotation):
            if get_origin(kind) in (list, tuple, dict) and get_args(kind):
                arguments = get_args(kind)
                return Declaration(arguments[-1 if get_origin(kind) is dict else 0])
        return None


def declaration_at(model: type[BaseModel], path: KeyPath) -> Declaration | None:
    """What ``model`` declares at a key path, None where it knows no such key."""
    here: Declaration | None = Declaration(model)
    for part in path:
        here = None if here is None else here.inside(part)
    return here


def parameters_of(
    model: type[BaseModel], path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Declaration]]:
    """Every parameter of ``model`` with its key path, in the order of declaration."""
    for name, field in model.model_fields.items():
        declared = Declaration(field.annotation, field)
        section = declared.section
        if section is not None and declared.default is not None:
            yield from parameters_of(section, (*path, name))
        else:
            yield (*path, name), declared


@dataclass(frozen=True)
class ParameterRow:
    """One line of a table of parameters; ``bounds`` and ``choices`` as in ``Declaration``."""

    path: str
    default: Any
    unit: str
    bounds: tuple[float | None, float | None]
    choices: tuple[Any, ...]
    meaning: str
    source: str
    zero: str


def parameter_table(model: type[BaseModel] | None = None) -> list[ParameterRow]:
    """All parameters of a scenario, in the order of declaration."""
    return [
        ParameterRow(
            ".".join(path),
            declared.default,
            declared.unit,
            declared.bounds,
            declared.choices,
            declared.meaning,
            declared.source,
            declared.zero,
        )
        for path, declared in parameters_of(model or settings_model())
    ]


@dataclass(frozen=True)
class Vocabulary:
    """The names a scenario may use: parameters, and mechanisms that can be switched off.

    ``fixed`` are key paths of parameters that no event can change during a run.
    """

    model: type[BaseModel]
    mechanisms: tuple[str, ...]
    fixed: frozenset[tuple[str, ...]] = frozenset()

    @property
    def changeable(self) -> list[tuple[str, ...]]:
        """Key paths that an event may set: parameters in sections, unless they are fixed."""
        paths = [path for path, _ in parameters_of(self.model)]
        return [path for path in paths if len(path) > 1 and path not in self.fixed]


def vocabulary(model: type[BaseModel] | None = None) -> Vocabulary:
    """The vocabulary of scenarios; for another ``model``, its sections count as mechanisms."""
    if model is not None:
        sections = (path[0] for path, _ in parameters_of(model) if len(path) > 1)
        return Vocabulary(model, tuple(dict.fromkeys(sections)))
    from sim.mechanisms import PERIOD

    shaping = {(one.name, parameter) for one in PERIOD for parameter in one.fixed}
    paths = (path for path, _ in parameters_of(settings_model()))
    return Vocabulary(
        settings_model(),
        tuple(one.name for one in PERIOD),
        frozenset(path for path in paths if path[0] in AT_THE_START or path in shaping),
    )


def json_schema(model: type[BaseModel] | None = None) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file, from which editors complete and check keys.

    Nothing is required: a scenario says only what differs.
    """
    words = vocabulary(model)
    model = words.model
    generated = model.model_json_schema()
    _describe(generated, model)
    definitions = generated.get("$defs", {})
    for section in _sections_below(model):
        if section.__name__ in definitions:
            _describe(definitions[section.__name__], section)
    properties = generated["properties"]
    if "without" in properties:
        properties["without"]["items"] = {"enum": list(words.mechanisms)}
    if "Event" in definitions:
        _complete_event(definitions["Event"], words)
    name = {"type": "string", "minLength": 1}
    extends = {
        "description": "The scenario, or list of scenarios, of which this one says what differs.",
        "anyOf": [name, {"type": "array", "items": name, "minItems": 1}],
    }
    return {
        "$schema": DIALECT,
        "title": "Scenario of a learning organization",
        "type": "object",
        "additionalProperties": False,
        "properties": {"extends": extends, **properties},
        "$defs": definitions,
    }


def _describe(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Say unit and source in the descriptions; take away what only repeats the key."""
    schema.pop("title", None)
    for name, entry in schema.get("properties", {}).items():
        field = model.model_fields[name]
        declared = Declaration(field.annotation, field)
        for key in ("title", "unit", "source", "zero"):
            entry.pop(key, None)
        if declared.section is not None:
            entry.pop("default", None)
        notes = [declared.meaning]
        notes += [f"Unit: {declared.unit}."] if declared.unit else []
        notes += [f"Source: {declared.source}."] if declared.source not in ("", "-") else []
        if any(notes):
            entry["description"] = " ".join(note for note in notes if note)


def _complete_event(schema: dict[str, Any], words: Vocabulary) -> None:
    """Let editors complete the key paths of an event's ``set``, with each parameter's own rules."""
    entries = {}
    for *sections, name in words.changeable:
        declared = declaration_at(words.model, tuple(sections))
        if declared is not None and declared.section is not None:
            section = declared.section.__name__
            reference = f"#/$defs/{section}/properties/{name}"
            entries[".".join([*sections, name])] = {"$ref": reference}
    schema["properties"]["set"] = {
        "type": "object",
        "description": schema["properties"]["set"].get("description", ""),
        "properties": entries,
        "additionalProperties": False,
        "minProperties": 1,
    }


def _sections_below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for field in model.model_fields.values():
        declared: Declaration | None = Declaration(field.annotation, field)
        while declared is not None and declared.section is None:
            declared = declared.inside(0)
        if declared is not None and declared.section is not None:
            yield declared.section
            yield from _sections_below(declared.section)


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    """The types an annotation allows, without None."""
    if get_origin(annotation) is Annotated:
        return _alternatives(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return tuple(
            kind
            for part in get_args(annotation)
            for kind in _alternatives(part)
            if kind is not type(None)
        )
    return (annotation,)


def _extra(field: FieldInfo | None, name: str) -> str:
    extra = field.json_schema_extra if field is not None else None
    return str(extra.get(name, "")) if isinstance(extra, dict) else ""

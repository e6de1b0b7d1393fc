"""A study file read part by part: each key is checked alone, so one slip hides no other."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, create_model

from sim.parameters import Parameters
from sim.scenario.checking import check
from sim.scenario.marks import Document, KeyPath, Marked, shown, walk_along
from sim.scenario.schema import Vocabulary
from sim.scenario.wording import listed, nearest
from sim.studies.study.form import Form


@dataclass
class Parts:
    """The parts of one document; what is wrong goes to the document's problems."""

    document: Document

    def __post_init__(self) -> None:
        assert self.document.root is not None
        self.root: Marked = self.document.root

    def __contains__(self, key: str) -> bool:
        return key in self.root.value

    def report_unknown_keys(self) -> None:
        known = list(Form.model_fields)
        for key in [key for key in self.root.value if key not in known]:
            near = nearest(key, known)
            remedy = f"Did you mean `{near}`?" if near else f"Known here: {listed(known)}."
            self.report(f"a study has no key `{shown(key)}`", remedy, (key,))

    def of(self, key: str) -> Any:
        """The checked value of a key, its default where it is not given, None where it is wrong."""
        field = Form.model_fields[key]
        marked = self.root.value.get(key)
        if marked is None and not field.is_required():
            return field.get_default(call_default_factory=True)
        annotation: Any = field.rebuild_annotation()
        if marked is not None:
            annotation = fitting(annotation, marked)
        return self.checked(key, annotation, marked)

    def checked(self, key: str, annotation: Any, marked: Marked | None) -> Any:
        """A value of one key checked as ``annotation``, None where it is wrong."""
        given = {} if marked is None else {key: marked}
        root = Marked(given, self.root.mark)
        model, problems = check(root, Vocabulary(_alone(key, annotation), ()))
        self.document.problems += problems
        return None if model is None else getattr(model, key)

    def at(self, path: KeyPath) -> Marked:
        """The value at a path, or the nearest above it."""
        return walk_along(self.root, path)[-1]

    def report(self, message: str, remedy: str, path: KeyPath) -> None:
        self.document.report(message, remedy, self.at(path).mark.line, path)

    def report_unless_known(
        self, name: str, known: Iterable[str], thing: str, path: KeyPath
    ) -> bool:
        """Whether there is a thing of that name; reported, with the nearest, where there is not."""
        known = list(known)
        if name in known:
            return True
        near = nearest(name, known)
        remedy = f"Did you mean `{near}`?" if near else f"There are: {listed(known)}."
        self.report(f"there is no {thing} `{shown(name)}`", remedy, path)
        return False


@cache
def _alone(key: str, annotation: Any) -> type[BaseModel]:
    """A form with nothing but this key."""
    field = copy.copy(Form.model_fields[key])
    definition: Any = (annotation, field)
    return create_model("Study", __base__=Parameters, **{key: definition})


def fitting(annotation: Any, marked: Marked) -> Any:
    """The one of several forms that has the shape of what is given, so that messages are of it."""
    if get_origin(annotation) not in (Union, UnionType):
        return annotation
    shape = type(marked.value) if isinstance(marked.value, dict | list) else None
    forms = [form for form in get_args(annotation) if _shape(form) is shape]
    return forms[0] if len(forms) == 1 else annotation


def _shape(form: Any) -> type | None:
    """dict or list for a form written so, None for a number or a word."""
    if get_origin(form) in (dict, list):
        return get_origin(form)
    return dict if isinstance(form, type) and issubclass(form, BaseModel) else None

"""Changing settings from Python: the same checks and messages as for a scenario file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any, cast

from sim.errors import InputProblem
from sim.scenario.checking import check
from sim.scenario.marks import Mark, Marked, merge
from sim.scenario.readings import spell_out
from sim.scenario.schema import vocabulary

if TYPE_CHECKING:
    from sim.scenario.settings import Settings

_GIVEN = Mark(file="", line=None)


def with_changes(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """Settings with other values at some key paths: ``{"cells.size": 5, "people": 60}``.

    In a path, ``__`` stands for a point, so that ``cells__size`` serves as a Python name; numbers
    of NumPy count as numbers. ``rules`` and the dials of ``era`` bring what they stand for. Raises
    InputProblem with everything that is wrong.
    """
    if not changes:
        return settings
    layers = []
    for path, value in changes.items():
        layer = _marked(value)
        for part in reversed(path.replace("__", ".").split(".")):
            layer = Marked({part: layer}, _GIVEN)
        layers.append(layer)
    below = _marked(settings.model_dump(exclude_unset=True))
    changed, problems = check(merge(below, spell_out(reduce(merge, layers))), vocabulary())
    if problems:
        raise InputProblem(problems)
    return cast("Settings", changed)


def _marked(value: Any) -> Marked:
    """A plain value as if it had been read, so that it is checked and worded like one."""
    if isinstance(value, Mapping):
        return Marked({str(name): _marked(inner) for name, inner in value.items()}, _GIVEN)
    if isinstance(value, list | tuple):
        return Marked([_marked(inner) for inner in value], _GIVEN)
    plain = value.item() if hasattr(value, "item") else value
    return Marked(plain, Mark("", None, written=str(plain)))

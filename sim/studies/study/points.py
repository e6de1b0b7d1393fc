"""From a point of the design to the settings that are run there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from sim.errors import InputProblem
from sim.scenario.era import dials_spelled_out
from sim.scenario.marks import Mark, plain
from sim.scenario.readings import spell_out
from sim.scenario.schema import settings_model
from sim.studies.study.keys import TEXTS, marked

if TYPE_CHECKING:
    from sim.scenario.settings import Settings
    from sim.studies.study.factors import Value


@dataclass(frozen=True)
class Point:
    """One point of the design.

    ``values`` has the level of each factor as it stands in the tables, ``overrides`` the settings
    by key path. ``cell`` is the number of the first point with the same values: a design may come
    back to a point, which is run once.
    """

    number: int
    values: dict[str, Value]
    overrides: dict[str, Any]
    cell: int


def laid_over(given: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a scenario with others by key path on top; what is given stays as it is.

    ``rules`` and dials of ``era`` among the overrides bring what they stand for, under the other
    overrides.
    """
    overrides = {**dials_spelled_out(overrides), **overrides}
    if "rules" in overrides:
        overrides = _spelled_out(overrides)
    merged = dict(given)
    for path, value in overrides.items():
        section, dot, name = path.partition(".")
        if not dot:
            merged[section] = value
        else:
            # No setting lies deeper than in a section.
            merged[section] = {**merged.get(section, {}), name: value}
    return merged


def _spelled_out(overrides: Mapping[str, Any]) -> dict[str, Any]:
    reading = plain(spell_out(marked({"rules": overrides["rules"]}, Mark("", None))))
    spelled = {
        f"{section}.{name}": value
        for section, values in reading.items()
        if isinstance(values, dict)
        for name, value in values.items()
    }
    return {**spelled, **overrides}


def settings_with(given: Mapping[str, Any], overrides: Mapping[str, Any]) -> Settings:
    """Validated settings of a scenario's values with others on top.

    Raises
    ------
    InputProblem
        Where the settings refuse a value.
    """
    merged = laid_over(given, overrides)
    try:
        return cast("Settings", settings_model().model_validate(merged))
    except ValidationError:
        from sim.scenario.checking import check
        from sim.scenario.schema import vocabulary

        _, problems = check(marked(merged, Mark("", None)), vocabulary())
        raise InputProblem(problems) from None


def settings_id(settings: Settings, people_hash: str = "") -> str:
    """Names a run's effective settings by 12 hexadecimal digits, the same on every machine.

    Words for people do not count. ``people_hash`` is the sha256 of an imported organization.
    """
    effective = settings.model_dump(mode="json", exclude=set(TEXTS))
    text = json.dumps(effective, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    digest = hashlib.blake2b(text.encode(), digest_size=6)
    if people_hash:
        digest.update(b"\0" + people_hash.encode())
    return digest.hexdigest()

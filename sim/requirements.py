"""The register of requirements R1-R133: what is asked for, and what carries each of them now.

The register itself is ``requirements.yaml``. A test fails when a row names something that does not
exist, so a mechanism, parameter, measure, scenario or test cannot be renamed away from under it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

#: Kinds of things that carry a requirement, in the order in which they are shown.
CARRIERS = ("mechanisms", "parameters", "measures", "scenarios", "verbs", "tests")
#: Of these, what does something; a test must then hold it to that.
ACTING = ("mechanisms", "parameters", "measures", "verbs")

Status = Literal["carried", "in part", "not yet carried"]


@dataclass(frozen=True)
class Requirement:
    """One requirement.

    ``carriers`` gives names by kind (see ``CARRIERS``): mechanisms of ``PERIOD``, key paths of
    parameters, names of measures, of scenarios, of verbs of the command line, and tests as
    ``tests/test_x.py::test_name``. ``missing`` says in a line what is not there yet.
    """

    id: str
    text: str
    carriers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: str = ""

    @property
    def status(self) -> Status:
        """Whether it is carried: in full only if something acts, a test holds it, none missing."""
        if not self.carriers:
            return "not yet carried"
        acts = any(self.carriers.get(kind) for kind in ACTING)
        whole = acts and bool(self.carriers.get("tests")) and not self.missing
        return "carried" if whole else "in part"

    def document(self) -> dict[str, Any]:
        """The requirement as JSON knows it."""
        return {
            "id": self.id,
            "text": self.text,
            "status": self.status,
            "missing": self.missing,
            **{kind: list(self.carriers.get(kind, ())) for kind in CARRIERS},
        }


@cache
def requirements() -> tuple[Requirement, ...]:
    """All requirements, in the order of the register.

    Raises
    ------
    ValueError
        When a row of the register has a key that no requirement has.
    """
    rows = yaml.safe_load(register_text())
    return tuple(_requirement(name, row) for name, row in rows.items())


def register_text() -> str:
    """The text of ``requirements.yaml``."""
    return files("sim").joinpath("requirements.yaml").read_text(encoding="utf-8")


def _requirement(name: str, row: Mapping[str, Any]) -> Requirement:
    unknown = set(row) - {"text", "missing", *CARRIERS}
    if unknown:
        raise ValueError(f"{name}: a requirement has no {', '.join(sorted(unknown))}")
    carriers = {kind: tuple(row[kind]) for kind in CARRIERS if row.get(kind)}
    return Requirement(name, row["text"], carriers, row.get("missing", ""))

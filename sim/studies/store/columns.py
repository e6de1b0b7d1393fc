"""What a row of a study's tables has, and how a cell of the plan is written down."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.errors import InputProblem, Problem

Value = float | int | str | bool

#: Kinds of factors, as declared in ``Columns.factors``, with the Python type of their values.
KINDS: dict[str, type] = {"number": float, "integer": int, "word": str, "boolean": bool}

#: Columns that every table of runs has, before and after the factors.
BEFORE, AFTER = ("run", "scenario", "point"), ("seed", "status", "error")


@dataclass(frozen=True)
class Row:
    """A run of the plan: the cell of the design that it belongs to, and its seed."""

    settings: str
    seed: int
    scenario: str
    point: int
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def run(self) -> str:
        """The run's name in the tables."""
        return f"{self.settings}-{self.seed}"


@dataclass(frozen=True)
class Columns:
    """The columns of a study's tables.

    ``factors`` maps names to a kind: "number", "integer", "word" or "boolean"; ``also`` names
    numbers taken off the series; ``series`` says whether a table of series is kept.

    Raises
    ------
    InputProblem
        When two columns have one name.
    """

    factors: Mapping[str, str]
    measures: tuple[str, ...]
    also: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    series: bool = False

    def __post_init__(self) -> None:
        unknown = sorted(set(self.factors.values()) - set(KINDS))
        if unknown:
            raise ValueError(f"no kind of factor: {', '.join(unknown)}")
        names = [*BEFORE, *self.factors, *AFTER, *self.numbers, *(["period"] * self.series)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InputProblem(
                Problem(
                    f"two columns of the results would be called {', '.join(map(repr, twice))}",
                    "Give the factor, or the number under `also`, another name.",
                )
            )

    @property
    def numbers(self) -> tuple[str, ...]:
        """Names of the columns that a run fills: measures, then ``also``."""
        return (*self.measures, *self.also)

    def document(self) -> dict[str, Any]:
        """The same as plain data, to keep and to compare."""
        return {
            # In pairs, because their order counts.
            "factors": [list(pair) for pair in self.factors.items()],
            "measures": list(self.measures),
            "also": list(self.also),
            "units": dict(self.units),
            "series": self.series,
        }

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Columns:
        """The columns that ``document`` tells of."""
        return cls(
            dict(document["factors"]),
            tuple(document["measures"]),
            tuple(document["also"]),
            dict(document["units"]),
            bool(document["series"]),
        )

    def label(self, row: Row) -> str:
        """The cell of a row in one line of text, equal for equal cells."""
        values = [
            None if row.values[name] is None else KINDS[kind](row.values[name])
            for name, kind in self.factors.items()
        ]
        return write_label(row.settings, row.scenario, row.point, values)

    def row(self, label: str, seed: int) -> Row:
        """The row that a label and a seed stand for."""
        settings, scenario, point, values = json.loads(label)
        return Row(settings, seed, scenario, point, dict(zip(self.factors, values, strict=True)))


def write_label(settings: str, scenario: str, point: int, values: Sequence[Any]) -> str:
    """A cell in one line of text; numbers are written so that they are read back to the bit."""
    return json.dumps([settings, scenario, int(point), list(values)], separators=(",", ":"))


def canonical(document: Any) -> str:
    """Plain data as text, the same for the same data."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), default=str)

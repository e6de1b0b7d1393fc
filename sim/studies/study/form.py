"""What a study file may say, declared once: checks, messages and the JSON Schema come from it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from sim.parameters import Parameters, parameter

Value = bool | int | float | str
#: Settings by key path, dotted or nested.
Given = dict[str, Any]
Scale = Literal["linear", "log"]
Kind = Literal["grid", "points", "latin_hypercube", "sobol", "one_at_a_time", "morris", "saltelli"]

MOST_POINTS = 1_000_000
MOST_RUNS = 1_000_000
#: A number of replications.
Count = Annotated[int, Field(ge=1, le=MOST_RUNS)]


def _text(doc: str, default: Any = "") -> Any:
    return parameter(default, unit="text", doc=doc, source="-")


def _counted(doc: str, unit: str, low: int, high: int | None = None, default: Any = None) -> Any:
    return parameter(default, unit=unit, bounds=(low, high), doc=doc, source="-")


def _scale() -> Any:
    doc = "Whether steps are equal in the value or in its logarithm."
    return parameter("linear", unit="choice", doc=doc, source="-")


def _steps() -> Any:
    return _counted("Number of levels, ends included; without it, any value.", "levels", 2, 10_000)


def _at_start(doc: str, default: Any = None) -> Any:
    return _counted(doc, "period", 1, default=default)


# `from` is a word of Python, so classes that have it as a key are made by `create_model`.
_RANGE: dict[str, Any] = {
    "from": (float, parameter(..., unit="as the setting", doc="Lowest value.", source="-")),
    "to": (float, parameter(..., unit="as the setting", doc="Highest value.", source="-")),
    "steps": (int | None, _steps()),
    "scale": (Scale, _scale()),
}
Range = create_model(
    "Range", __base__=Parameters, __doc__="Equally spaced values of one setting.", **_RANGE
)

_LINE: dict[str, Any] = {
    "of": (list[str], parameter(..., unit="settings", doc="What moves together.", source="-")),
    "from": (list[float], parameter(..., unit="values", doc="Their first values.", source="-")),
    "to": (list[float], parameter(..., unit="values", doc="Their last values.", source="-")),
    "steps": (int | None, _steps()),
    "scale": (Scale, _scale()),
}
Line = create_model(
    "Line", __base__=Parameters, __doc__="Several settings that move together.", **_LINE
)


class Level(Parameters):
    """A named level of a joint factor: what several settings are then."""

    name: str = _text("Its name.", ...)
    set: Given = parameter(..., unit="settings", doc="Settings by key path.", source="-")


class DesignForm(Parameters):
    """How points are chosen."""

    kind: Kind = parameter(
        ...,
        unit="choice",
        doc="grid: all combinations of levels, the last factor fastest. points: those listed. "
        "latin_hypercube, sobol: spread over the span of each factor (a Sobol sequence with more "
        "points begins with the old ones; a Latin hypercube with more points is another one, so "
        "extending it runs everything again: add replications instead). one_at_a_time: the base "
        "point, then each factor alone. morris, saltelli: for sensitivity.",
        source="-",
    )
    points: int | None = _counted("Points of a sampling design.", "points", 1, MOST_POINTS)
    seed: int | None = _counted("Seed of the sampling (default 1).", "number", 0, 2**32 - 1)
    trajectories: int | None = _counted(
        "Trajectories of morris (default 20).", "trajectories", 2, MOST_POINTS
    )
    grid: int | None = _counted("Levels of morris (default 4).", "levels, even", 2, 1000)
    second_order: bool | None = parameter(
        None, unit="true or false", doc="saltelli: also pairs of factors.", source="-"
    )
    base: dict[str, Any] | None = parameter(
        None,
        unit="levels by factor",
        doc="one_at_a_time: where the others stay (default: what the scenarios say).",
        source="-",
    )


class Sequential(Parameters):
    """Replications until intervals are narrow enough."""

    until: dict[str, float] = parameter(
        ...,
        unit="as the measure",
        doc="Half-width of the 95 % interval to reach, by measure.",
        source="-",
    )
    of: Literal["difference", "mean"] | None = parameter(
        None,
        unit="choice",
        doc="Interval of each mean, or of the paired differences to the first scenario (default "
        "where there are two or more).",
        source="-",
    )
    batch: int = _counted("Replications between two looks.", "runs", 1, MOST_RUNS, 10)
    at_least: int = _counted("Replications in any case.", "runs", 2, MOST_RUNS, 10)
    at_most: int = _counted("Replications at most.", "runs", 2, MOST_RUNS, 400)


_DERIVED: dict[str, Any] = {
    "name": (str, _text("Its column in the table.", ...)),
    "mean_of": (str, _text("Measure whose mean over a window is taken.")),
    "first": (str, _text("Measure whose first passage is looked for.")),
    "from": (int | None, _at_start("First period looked at (default 1).")),
    "to": (int | None, _at_start("Last period looked at (default: the end).")),
    "above": (
        float | None,
        parameter(None, unit="as the measure", doc="Threshold to rise above.", source="-"),
    ),
    "below": (
        float | None,
        parameter(None, unit="as the measure", doc="Threshold to fall below.", source="-"),
    ),
}
DerivedForm = create_model(
    "DerivedForm",
    __base__=Parameters,
    __doc__="A number taken off the series of a run.",
    **_DERIVED,
)


class Series(Parameters):
    """What is kept of the way."""

    every: int = _counted("Periods between two rows.", "periods", 1, 100_000, ...)


class OutcomeForm(Parameters):
    """How an outcome of a policy map is drawn, and which difference matters."""

    margin: float | None = parameter(
        None,
        unit="as the measure",
        doc="Difference that matters: tiles behind the best by no more are tied with it (default: "
        "a fiftieth of the range).",
        source="-",
    )
    low: float | None = parameter(
        None,
        unit="as the measure",
        doc="Where the colour range begins (default: where the measure does).",
        source="-",
    )
    high: float | None = parameter(
        None,
        unit="as the measure",
        doc="Where it ends; values outside have the colour of the end.",
        source="-",
    )
    better: Literal["more", "less"] | None = parameter(
        None,
        unit="choice",
        doc="Which way is better (default: as the measure says, where it does).",
        source="-",
    )
    decimals: int | None = _counted("Decimals that are shown (default 2).", "digits", 0, 6)
    label: str = _text("What it is called (default: the measure's label).")


class PolicyForm(Parameters):
    """Which factors make the policy map, and of what."""

    rows: str = _text("Factor whose levels are the rows, top to bottom.", ...)
    columns: str = _text("Factor whose levels are the columns, left to right.", ...)
    tabs: str = _text("Factor whose levels are the tabs: worlds that nobody chooses.")
    outcomes: dict[str, OutcomeForm] = parameter(
        ..., unit="measures", doc="Outcomes by name; the first is shown first.", source="-"
    )
    tile: str = _text(
        "What a tile is called in short, with {rows} and {columns} for its levels (default: both "
        "factors with their levels)."
    )
    labels: dict[str, str] = parameter(
        {}, unit="words by factor", doc="What factors are called on the map.", source="-"
    )
    today: dict[str, Value] = parameter(
        {},
        unit="levels by factor",
        doc="Levels of rows and columns as they are today (default: the first row and column).",
        source="-",
    )


class Form(Parameters):
    """A whole study file."""

    title: str = _text("What the study is called.", ...)
    question: str = _text("What is asked.", ...)
    expectation: str = _text("What is expected, written before the run.")
    afterthought: str = _text("What one thinks of it afterwards.")
    scenarios: list[str] = parameter(
        ..., unit="scenarios", doc="Names or files; NAME+OVERLAY lays one over another.", source="-"
    )
    set: Given = parameter(
        {}, unit="settings", doc="Laid over every scenario, under the factors.", source="-"
    )
    factors: dict[str, list[Value] | list[Level] | Range | Line] = parameter(  # type: ignore[valid-type]
        {},
        unit="levels by setting",
        doc="What is varied: a setting with its levels or its range; or a name with worlds, or "
        "with a line along which settings move together.",
        source="-",
    )
    design: Kind | DesignForm = parameter(
        "grid", unit="choice", doc="How points are chosen.", source="-"
    )
    points: list[dict[str, Value]] = parameter(
        [], unit="points", doc="The points of design: points, each a level by factor.", source="-"
    )
    replications: Count | Sequential = parameter(
        30,
        unit="runs",
        doc="Runs of each scenario at each point, or until intervals are narrow enough.",
        source="-",
    )
    first_seed: int = _counted("Seed of the first replication.", "number", 0, 1_000_000, 0)
    pairing: Literal["common", "independent"] = parameter(
        "common",
        unit="choice",
        doc="common: every point and scenario on the same seeds (common random numbers); "
        "independent: each on seeds of its own.",
        source="-",
    )
    measures: list[str] = parameter(
        [], unit="measures", doc="What is spoken of first (default: the main ones).", source="-"
    )
    also: list[DerivedForm] = parameter(  # type: ignore[valid-type]
        [], unit="columns", doc="Numbers taken off the series of a run.", source="-"
    )
    series: bool | Series = parameter(
        False, unit="true or false", doc="Whether to keep what was measured on the way.", source="-"
    )
    policy: PolicyForm | None = parameter(
        None, unit="map", doc="What `policy` makes a map of.", source="-"
    )

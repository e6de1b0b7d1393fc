"""What a file of published numbers may say: figures, their cells, statements about order."""

from __future__ import annotations

from typing import Any

from sim.parameters import Parameters, parameter

Value = bool | int | float | str | list[Any]
#: Settings by key path, such as ``socialization.rate``.
Given = dict[str, Value]
Time = int | str | list[int]


def _text(doc: str, default: Any = "") -> Any:
    return parameter(default, unit="text", doc=doc, source="-")


def _list(doc: str, unit: str, default: Any = None) -> Any:
    return parameter([] if default is None else default, unit=unit, doc=doc, source="-")


def _settings(default: Any = None) -> Any:
    return parameter(
        {} if default is None else default, unit="settings", doc="Settings by key.", source="-"
    )


def _time() -> Any:
    doc = "When it is measured: end, a period, or [from, to] for the mean over these periods."
    return parameter(None, unit="period", doc=doc, source="-")


def _seeds() -> Any:
    return parameter(None, unit="runs", bounds=(2, 1_000_000), doc="Our runs a cell.", source="-")


def _half_width() -> Any:
    doc = "95 % half-width of the published value: one for all, or one each."
    return parameter(None, unit="as the measure", doc=doc, source="-")


def _runs() -> Any:
    doc = "Runs behind a published value whose half-width is not known."
    return parameter(None, unit="runs", bounds=(1, None), doc=doc, source="-")


def _judged() -> Any:
    doc = "Whether disagreement fails the replication."
    return parameter(True, unit="true or false", doc=doc, source="-")


class Column(Parameters):
    """One variant that all rows go through."""

    label: str = _text("Heading of the column.", ...)
    set: Given = _settings()
    measure: str = _text("Measure of this column.")
    time: Time | None = _time()


class Row(Parameters):
    """A row of cells, and what is expected in them."""

    label: str = _text("Name of the row.", ...)
    set: Given = _settings()
    across: dict[str, list[Value]] | None = parameter(
        None, unit="values by key", doc="Another key than the figure's, value by value.", source="-"
    )
    scenario: str = _text("Scenario, where it is not the figure's.")
    measure: str = _text("Measure, where it is not the figure's.")
    time: Time | None = _time()
    seeds: int | None = _seeds()
    expected: float | list[float | None] | None = parameter(
        None, unit="as the measure", doc="Published values, column by column.", source="-"
    )
    half_width: float | list[float | None] | None = _half_width()
    runs: int | None = _runs()
    basis: str = _text("Where the values are from, where it is not as in the figure.")
    judged: bool = _judged()
    note: str = _text("Shown under the table.")


class Pointer(Parameters):
    """A cell, or several of a row, by the row's label and the columns' values or labels."""

    row: str = _text("Label of the row.", ...)
    at: int | float | str | list[int | float | str] | None = parameter(
        None, unit="column", doc="Value or label of the column, or several.", source="-"
    )


class Shape(Parameters):
    """A statement about the order of cells."""

    says: str = _text("The statement.", ...)
    descending: list[Pointer] = _list("Cells from highest to lowest.", "cells")
    ascending: list[Pointer] = _list("Cells from lowest to highest.", "cells")
    equal: list[Pointer] = _list("Cells that do not differ.", "cells")
    judged: bool = _judged()


class Also(Parameters):
    """A second column of published contests."""

    says: str = _text("Where the numbers are from.", ...)
    wins: dict[str, dict[str, float]] = parameter(
        ..., unit="wins per 1000", doc="By row and column.", source="-"
    )
    half_width: float = parameter(
        ..., unit="wins per 1000", bounds=(0, None), doc="95 % half-width of each.", source="-"
    )
    judged: bool = _judged()


class Contests(Parameters):
    """How often one condition ends higher than another on the same seed."""

    conditions: dict[str, Given] = parameter(
        ..., unit="settings by name", doc="The conditions.", source="-"
    )
    measure: str = _text("What is compared at the end of the runs.")
    wins: dict[str, dict[str, float]] = parameter(
        ..., unit="wins per 1000", doc="Published, by row and column.", source="-"
    )
    runs: int | None = _runs()
    basis: str = _text("Where the numbers are from.")
    judged: bool = _judged()
    also: Also | None = parameter(None, unit="", doc="A second column of numbers.", source="-")


class Crossing(Parameters):
    """When one condition's mean curve first rises above another's."""

    rising: Given = _settings(...)
    other: Given = _settings(...)
    measure: str = _text("Measure of the curves.")
    expected: float = parameter(
        ..., unit="periods", bounds=(0, None), doc="Published period.", source="-"
    )
    half_width: float | None = _half_width()
    until: int = parameter(
        ..., unit="periods", bounds=(1, 100_000), doc="Last period looked at.", source="-"
    )
    basis: str = _text("Where the number is from.")
    judged: bool = _judged()


class Figure(Parameters):
    """One published figure or table: rows, contests or a crossing."""

    name: str = _text("Short name, for --figure.", ...)
    title: str = _text("What it shows.")
    scenario: str = _text("Scenario that all cells start from.", ...)
    set: Given = _settings()
    seeds: int = parameter(
        ..., unit="runs", bounds=(2, 1_000_000), doc="Our runs a cell.", source="-"
    )
    measure: str = _text("What is measured.")
    time: Time | None = _time()
    note: str = _text("Shown under the table.")
    basis: str = _text("Where the published values are from.")
    runs: int | None = _runs()
    across: dict[str, list[Value]] | None = parameter(
        None, unit="values by key", doc="The columns.", source="-"
    )
    columns: list[Column] = _list("The columns, where they are variants.", "variants")
    rows: list[Row] = _list("The rows.", "rows")
    shapes: list[Shape] = _list("Statements about order.", "statements")
    contests: Contests | None = parameter(None, unit="", doc="Paired contests.", source="-")
    crossing: Crossing | None = parameter(None, unit="", doc="Crossing curves.", source="-")


class Form(Parameters):
    """A whole file."""

    model: str = _text("Name of the model.", ...)
    title: str = _text("The publication.", ...)
    source: str = _text("Its key in MODEL.md.", ...)
    figures: list[Figure] = parameter(..., unit="figures", doc="What it prints.", source="-")

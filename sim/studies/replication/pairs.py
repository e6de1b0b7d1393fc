"""Reading the parts of a figure that compare two conditions: contests, and curves that cross."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from sim.scenario.marks import KeyPath
from sim.studies.replication import form
from sim.studies.replication.targets import Contest, Crossing, Expected, Request

if TYPE_CHECKING:
    from sim.studies.replication.reading import Reading


def conditions_of(file: Reading, figure: form.Figure, path: KeyPath) -> dict[str, Request]:
    """The runs of each condition that takes part in contests."""
    contests = figure.contests
    if contests is None:
        return {}
    path = (*path, "contests")
    return {
        name: _request(file, figure, contests.measure, path, ("conditions", name), None)
        for name in contests.conditions
    }


def contests_of(file: Reading, figure: form.Figure, path: KeyPath) -> Iterator[Contest]:
    """Every published contest, those of the second column after those of the first."""
    contests = figure.contests
    if contests is None:
        return
    path = (*path, "contests")
    known = list(contests.conditions)
    runs, basis = contests.runs or figure.runs, contests.basis or figure.basis
    for row, column, value in _pairs(file, contests.wins, (*path, "wins"), known):
        yield Contest(row, column, Expected(value, None, runs, basis=basis), contests.judged)
    also = contests.also
    if also is None:
        return
    for row, column, value in _pairs(file, also.wins, (*path, "also", "wins"), known):
        yield Contest(row, column, Expected(value, also.half_width, basis=also.says), also.judged)


def _pairs(
    file: Reading, wins: Mapping[str, Mapping[str, float]], path: KeyPath, known: Sequence[str]
) -> Iterator[tuple[str, str, float]]:
    for row, over in wins.items():
        file.index(row, known, "condition", (*path, row))
        for column, value in over.items():
            here = (*path, row, column)
            file.index(column, known, "condition", here)
            if row == column or not 0 <= value <= 1000:
                message = "wins are over another condition, from 0 to 1000"
                file.report(message, "Check row, column and number.", here)
            yield row, column, value


def crossing_of(file: Reading, figure: form.Figure, path: KeyPath) -> Crossing | None:
    """The two curves, and the published period at which they cross."""
    crossing = figure.crossing
    if crossing is None:
        return None
    path = (*path, "crossing")
    periods = tuple(range(crossing.until + 1))
    rising, other = (
        _request(file, figure, crossing.measure, path, (name,), periods)
        for name in ("rising", "other")
    )
    expected = Expected(
        crossing.expected,
        crossing.half_width,
        unit=unit_of(file.at((*path, "expected")).mark.written),
        half_width_unit=unit_of(file.at((*path, "half_width")).mark.written),
        basis=crossing.basis or figure.basis,
    )
    return Crossing(rising, other, expected, crossing.judged)


def _request(
    file: Reading,
    figure: form.Figure,
    measure: str,
    path: KeyPath,
    below: KeyPath,
    periods: tuple[int, ...] | None,
) -> Request:
    """Runs with the settings at ``path`` and ``below``, over those of the figure."""
    measure = measure or figure.measure
    if not measure:
        file.report("`measure` is missing", "Say what is measured.", path)
    here = (*path, *below)
    given = {**file.given(path[:-1]), **file.at(here).value}
    return Request(figure.scenario, given, measure, periods, figure.seeds, file.place(here))


def unit_of(written: str) -> float:
    """One unit of the last digit of a number as it is written: 0.01 for 0.50, 0 for no number."""
    try:
        exponent = Decimal(written.replace("_", "")).as_tuple().exponent
    except InvalidOperation:
        return 0.0
    return 10.0**exponent if isinstance(exponent, int) else 0.0

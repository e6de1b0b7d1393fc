"""One run: an organization lived through to the end, and what was seen of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.census import NAMES, TIES, TYPES, census, ties_census, types_census
from sim.measures import MEASURES, Counted
from sim.measures.participation import NAMES as TAKING_PART
from sim.measures.participation import taking_part
from sim.models.whole_run.scope import not_whole
from sim.organization import Organization
from sim.tallies import (
    ACTIVITIES,
    CLOSED_RIGHT,
    CLOSED_WRONG,
    PEOPLE_LEFT,
    REQUESTS_REFUSED,
    TALLIES,
)

if TYPE_CHECKING:
    from sim.scenario.people import People
    from sim.scenario.settings import Settings


#: Columns and names of the measures that are read off the arrays.
STOCKS = tuple(
    (column, name)
    for column, (name, measure) in enumerate(MEASURES.items())
    if measure.stock is not None
)

#: Measures that are counted together, and how.
TOGETHER = (
    (frozenset(NAMES), census),
    (frozenset(TIES), ties_census),
    (frozenset(TYPES), types_census),
    (frozenset(TAKING_PART), taking_part),
)


@dataclass(frozen=True)
class Run:
    """What one run left behind.

    ``finals`` has one value a measure: of stocks at the end, of flows over all weeks. ``series``
    is float64 of shape (len(at), measures), in the order of ``finals``, at the periods ``at``
    counted from 1.
    """

    seed: int
    finals: dict[str, float]
    at: NDArray[np.int64]
    series: NDArray[np.float64]
    seconds: float


def run(
    settings: Settings,
    seed: int,
    people: People | None = None,
    after_work: Callable[[Organization], None] | None = None,
) -> Run:
    """Run a scenario once, from its start to the end of its last period.

    Raises
    ------
    InputProblem
        When the settings cannot be combined, or the run is to stop at absorption: only whole runs
        (``sim.models.whole_run``) can tell.
    """
    check_stop(settings)
    began = time.perf_counter()
    organization = Organization(settings, seed, people)
    series = np.empty((settings.periods, len(MEASURES)))
    tally = np.empty((settings.periods, len(TALLIES)))
    hours = np.empty((settings.periods, len(ACTIVITIES)))
    worth = []
    for period in range(settings.periods):
        organization.step(after_work)
        tally[period] = organization.tally
        hours[period] = organization.hours.sum(axis=0, dtype=np.float64)
        worth.append(organization.parameters["value"])
        if period > 0:
            series[period] = series[period - 1]
        due = {name: column for column, name in STOCKS if _is_due(name, period, settings)}
        for name, value in _stocks(organization, due).items():
            series[period, due[name]] = value
    weekly = Counted(tally, hours, organization.people, 1, _by_week(worth))
    counts = _total(tally)
    value = _over_weeks(worth, tally, counts)
    whole = Counted(counts, _total(hours), organization.people, settings.periods, value)
    finals = {}
    for column, (name, measure) in enumerate(MEASURES.items()):
        if measure.flow is not None:
            series[:, column] = measure.flow(weekly)
        finals[name] = float(series[-1, column] if measure.flow is None else measure.flow(whole))
    at = np.arange(1, settings.periods + 1)
    return Run(seed, finals, at, series, time.perf_counter() - began)


def _total(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over weeks, added up one week after the other."""
    total: NDArray[np.float64] = np.add.accumulate(counts, axis=0)[-1]
    return total


def _by_week(worth: list[Any]) -> Any:
    """What outcomes were worth, week by week: numbers, or arrays where events moved them."""
    if all(value is worth[0] for value in worth):
        return worth[0]
    names = type(worth[0]).model_fields
    return SimpleNamespace(
        **{name: np.array([getattr(value, name) for value in worth]) for name in names}
    )


#: What is counted of each thing that has a worth.
COUNTED_BY_WORTH = {
    "right": CLOSED_RIGHT,
    "wrong": CLOSED_WRONG,
    "refused": REQUESTS_REFUSED,
    "leaver": PEOPLE_LEFT,
}


def _over_weeks(worth: list[Any], tally: NDArray[np.float64], counts: NDArray[np.float64]) -> Any:
    """What outcomes of all weeks were worth on average: each what it was worth in its week."""
    weekly = _by_week(worth)
    if weekly is worth[0]:
        return worth[0]
    return SimpleNamespace(
        **{
            name: float(_total(getattr(weekly, name) * tally[:, column])) / max(counts[column], 1.0)
            for name, column in COUNTED_BY_WORTH.items()
        }
    )


def check_stop(settings: Settings) -> None:
    """Raise InputProblem where a run week by week is asked to stop at absorption."""
    if settings.run.stop == "absorption":
        raise not_whole(settings)


def _is_due(name: str, period: int, settings: Settings) -> bool:
    return MEASURES[name].is_due(period, settings.periods)


def _stocks(organization: Organization, names: Collection[str]) -> dict[str, float]:
    """The stocks of these names now; what serves many measures is counted once."""
    counted: dict[str, float] = {}
    for serves, count in TOGETHER:
        if not serves.isdisjoint(names):
            counted |= count(organization)
    return {
        name: counted[name] if name in counted else MEASURES[name].of(organization)
        for name in names
    }

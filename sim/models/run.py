"""One run: an organization lived through to the end, and what was seen of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.census import census
from sim.measures import MEASURES, Counted
from sim.models.whole_run.scope import not_whole
from sim.organization import Organization
from sim.tallies import ACTIVITIES, TALLIES

if TYPE_CHECKING:
    from sim.scenario.people import People
    from sim.scenario.settings import Settings


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
    tally = np.zeros(len(TALLIES))
    hours = np.zeros(len(ACTIVITIES))
    for period in range(settings.periods):
        organization.step(after_work)
        week = Counted.now(organization)
        tally += organization.tally
        hours += organization.hours.sum(axis=0, dtype=np.float64)
        stocks = _stocks(organization)
        for column, (name, measure) in enumerate(MEASURES.items()):
            value = stocks[name] if measure.flow is None else measure.flow(week)
            series[period, column] = value
    whole = Counted(
        tally,
        hours,
        organization.people,
        settings.periods,
        organization.parameters["value"],
    )
    finals = {
        name: series[-1, column] if measure.flow is None else measure.flow(whole)
        for column, (name, measure) in enumerate(MEASURES.items())
    }
    at = np.arange(1, settings.periods + 1)
    return Run(seed, finals, at, series, time.perf_counter() - began)


def check_stop(settings: Settings) -> None:
    """Raise InputProblem where a run week by week is asked to stop at absorption."""
    if settings.run.stop == "absorption":
        raise not_whole(settings)


def _stocks(organization: Organization) -> dict[str, float]:
    """All stocks now; what people believe is counted once for the many measures of it."""
    counted = census(organization)
    return {
        name: counted[name] if name in counted else measure.of(organization)
        for name, measure in MEASURES.items()
        if measure.stock is not None
    }

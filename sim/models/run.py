"""One run: an organization lived through to the end, and what was seen of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.models.measuring import Measuring
from sim.models.whole_run.scope import not_whole
from sim.organization import Organization

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
    measuring = Measuring(settings.periods, organization.people)
    for _ in range(settings.periods):
        organization.step(after_work)
        measuring.note(organization)
    finals, series = measuring.finals(organization), measuring.series()
    at = np.arange(1, settings.periods + 1)
    return Run(seed, finals, at, series, time.perf_counter() - began)


def check_stop(settings: Settings) -> None:
    """Raise InputProblem where a run week by week is asked to stop at absorption."""
    if settings.run.stop == "absorption":
        raise not_whole(settings)

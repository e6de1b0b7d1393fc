"""What is measured of one run: stocks looked at and flows counted week by week, and the whole."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.census import NAMES, TIES, TYPES, census, ties_census, types_census
from sim.measures import MEASURES, Counted
from sim.measures.participation import NAMES as TAKING_PART
from sim.measures.participation import taking_part
from sim.tallies import (
    ACTIVITIES,
    CLOSED_RIGHT,
    CLOSED_WRONG,
    PEOPLE_LEFT,
    REQUESTS_REFUSED,
    TALLIES,
)

if TYPE_CHECKING:
    from sim.organization import Organization

#: Measures that are counted together, and how.
TOGETHER = (
    (frozenset(NAMES), census),
    (frozenset(TIES), ties_census),
    (frozenset(TYPES), types_census),
    (frozenset(TAKING_PART), taking_part),
)
#: What is counted of each thing that has a worth.
COUNTED_BY_WORTH = {
    "right": CLOSED_RIGHT,
    "wrong": CLOSED_WRONG,
    "refused": REQUESTS_REFUSED,
    "leaver": PEOPLE_LEFT,
}


class Measuring:
    """Looks at an organization at the end of each of ``weeks`` weeks.

    ``names`` are the measures whose series is kept; finals are of all.
    """

    def __init__(self, weeks: int, people: int, names: Sequence[str] = tuple(MEASURES)) -> None:
        self.weeks, self.people, self.names = weeks, people, tuple(names)
        self._stocks = {
            name: column
            for column, name in enumerate(self.names)
            if MEASURES[name].stock is not None
        }
        self._seen = np.full((weeks, len(self.names)), np.nan)
        self._tally = np.empty((weeks, len(TALLIES)))
        self._hours = np.empty((weeks, len(ACTIVITIES)))
        self._worth: list[Any] = []

    def note(self, organization: Organization) -> None:
        """Note the week that has just ended; weeks are noted in order, from the first."""
        week = len(self._worth)
        self._tally[week] = organization.tally
        self._hours[week] = organization.hours.sum(axis=0, dtype=np.float64)
        self._worth.append(organization.parameters["value"])
        if week > 0:
            self._seen[week] = self._seen[week - 1]
        due = [name for name in self._stocks if MEASURES[name].is_due(week, self.weeks)]
        for name, value in stocks(organization, due).items():
            self._seen[week, self._stocks[name]] = value

    def series(self) -> NDArray[np.float64]:
        """Values by week, shape (weeks, names): of flows, what was counted in each week."""
        series = self._seen.copy()
        weekly = Counted(self._tally, self._hours, self.people, 1, by_week(self._worth))
        for column, name in enumerate(self.names):
            flow = MEASURES[name].flow
            if flow is not None:
                series[:, column] = flow(weekly)
        return series

    def finals(self, organization: Organization) -> dict[str, float]:
        """One value a measure: of stocks at the end, of flows over all weeks."""
        counts = _total(self._tally)
        worth = _over_weeks(self._worth, self._tally, counts)
        whole = Counted(counts, _total(self._hours), self.people, self.weeks, worth)
        # The last week is always looked at.
        last = {name: float(self._seen[-1, column]) for name, column in self._stocks.items()}
        others = [name for name, each in MEASURES.items() if each.stock and name not in last]
        last |= stocks(organization, others)
        return {
            name: float(last[name] if measure.flow is None else measure.flow(whole))
            for name, measure in MEASURES.items()
        }


def stocks(organization: Organization, names: Collection[str]) -> dict[str, float]:
    """The stocks of these names now; what serves many measures is counted once."""
    counted: dict[str, float] = {}
    for serves, count in TOGETHER:
        if not serves.isdisjoint(names):
            counted |= count(organization)
    return {
        name: counted[name] if name in counted else MEASURES[name].of(organization)
        for name in names
    }


def by_week(worth: list[Any]) -> Any:
    """What outcomes were worth, week by week: numbers, or arrays where events moved them."""
    if all(value is worth[0] for value in worth):
        return worth[0]
    names = type(worth[0]).model_fields
    return SimpleNamespace(
        **{name: np.array([getattr(value, name) for value in worth]) for name in names}
    )


def _over_weeks(worth: list[Any], tally: NDArray[np.float64], counts: NDArray[np.float64]) -> Any:
    """What outcomes of all weeks were worth on average: each what it was worth in its week."""
    weekly = by_week(worth)
    if weekly is worth[0]:
        return worth[0]
    return SimpleNamespace(
        **{
            name: float(_total(getattr(weekly, name) * tally[:, column])) / max(counts[column], 1.0)
            for name, column in COUNTED_BY_WORTH.items()
        }
    )


def _total(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over weeks, added up one week after the other."""
    total: NDArray[np.float64] = np.add.accumulate(counts, axis=0)[-1]
    return total

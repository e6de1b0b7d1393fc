"""What a measure is, and what it is computed from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.tallies import ACTIVITIES, TALLIES

if TYPE_CHECKING:
    from sim.organization import Organization

EffectClass = Literal["input by design", "calibrated", "emergent", "docking", "prediction"]
WEEKS_A_YEAR = 52.0


@dataclass(frozen=True)
class Measure:
    """One measure: how it is called, what it means, and how it is computed.

    ``better`` is +1 where more is better, -1 where less is, 0 where it depends. Exactly one of
    ``stock`` (of an organization) and ``flow`` (of what was counted) is given. A stock is looked at
    every ``every`` weeks, in the first and in the last; in between a series repeats what was seen.
    """

    name: str
    label: str
    unit: str
    doc: str
    better: int
    label_class: EffectClass
    low: float | None = 0.0
    high: float | None = None
    stock: Callable[[Organization], float] | None = None
    flow: Callable[[Counted], float] | None = None
    every: int = 1

    def is_due(self, week: int, weeks: int) -> bool:
        """Whether it is looked at in this week, from 0, of a run of so many."""
        return week % self.every == 0 or week == weeks - 1

    def of(self, organization: Organization) -> float:
        """Its value now; a flow's is that of the week that has just ended."""
        if self.stock is not None:
            return float(self.stock(organization))
        assert self.flow is not None
        return self.flow(Counted.now(organization))


class Counted:
    """What was counted over some weeks: attributes are the names of tallies.

    ``tally`` (tallies,) and ``hours`` (activities,) were counted over ``weeks`` weeks of ``people``
    people; every attribute is a float then. Or they hold a row for each of many weeks, shape
    (rows, tallies) and (rows, activities), and attributes are arrays of shape (rows,): so flows of
    a whole series are computed at once. ``hours`` names them by activity, ``person_weeks`` is how
    many weeks of people one row stands for, ``value`` what outcomes are worth.
    """

    def __init__(
        self,
        tally: NDArray[np.float64],
        hours: NDArray[np.float64],
        people: int,
        weeks: int,
        value: Any,
    ) -> None:
        self.hours = _by_name(ACTIVITIES, hours)
        self.weeks = weeks
        self.person_weeks = float(people) * weeks
        self.value = value
        self._counts = _by_name(TALLIES, tally)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_counts"][name]
        except KeyError:
            raise AttributeError(name) from None

    @classmethod
    def now(cls, organization: Organization) -> Counted:
        """The counts of the week that has just ended."""
        hours = organization.hours.sum(axis=0, dtype=np.float64)
        value = organization.parameters["value"]
        return cls(organization.tally, hours, organization.people, 1, value)

    @property
    def closed(self) -> Any:
        """Requests that left the organization, right or wrong."""
        return self.closed_right + self.closed_wrong

    def a_year(self, count: Any) -> Any:
        """A count per person and year."""
        return ratio(count * WEEKS_A_YEAR, self.person_weeks)


def _by_name(names: tuple[str, ...], counts: NDArray[np.float64]) -> dict[str, Any]:
    """Counts by name: floats of one row, arrays of many."""
    columns = counts.tolist() if counts.ndim == 1 else counts.T
    return dict(zip(names, columns, strict=True))


#: Weeks between two looks at what is costly to measure and moves slowly.
SELDOM = 4


def ratio(part: Any, whole: Any) -> Any:
    """``part / whole``; not a number where there is nothing to divide by. Floats or arrays."""
    if isinstance(whole, float | int):
        return part / whole if whole else np.nan * part
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole != 0.0)


def yearly(tally: str) -> Callable[[Counted], float]:
    return lambda counted: counted.a_year(getattr(counted, tally))


def mean_of(array: str) -> Callable[[Organization], float]:
    return lambda organization: float(getattr(organization, array).mean())

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
    ``stock`` (of an organization) and ``flow`` (of what was counted) is given.
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

    def of(self, organization: Organization) -> float:
        """Its value now; a flow's is that of the week that has just ended."""
        if self.stock is not None:
            return float(self.stock(organization))
        assert self.flow is not None
        return self.flow(Counted.now(organization))


class Counted:
    """What was counted over some weeks: attributes are the names of tallies (floats).

    ``hours`` (activities,) are the hours of everybody by activity; ``person_weeks``
    how many weeks of people these were.
    """

    def __init__(
        self,
        tally: NDArray[np.float64],
        hours: NDArray[np.float64],
        people: int,
        weeks: int,
        value: Any,
    ) -> None:
        self.hours = dict(zip(ACTIVITIES, hours.tolist(), strict=True))
        self.weeks = weeks
        self.person_weeks = float(people) * weeks
        self.value = value
        self._counts = dict(zip(TALLIES, tally.tolist(), strict=True))

    def __getattr__(self, name: str) -> float:
        try:
            return float(self.__dict__["_counts"][name])
        except KeyError:
            raise AttributeError(name) from None

    @classmethod
    def now(cls, organization: Organization) -> Counted:
        """The counts of the week that has just ended."""
        return cls(
            organization.tally,
            organization.hours.sum(axis=0, dtype=np.float64),
            organization.people,
            1,
            organization.parameters["value"],
        )

    @property
    def closed(self) -> float:
        """Requests that left the organization, right or wrong."""
        return self.closed_right + self.closed_wrong

    def a_year(self, count: float) -> float:
        """A count per person and year."""
        return ratio(count * WEEKS_A_YEAR, self.person_weeks)


def ratio(part: float, whole: float) -> float:
    """``part / whole``; not a number where there is nothing to divide by."""
    return part / whole if whole else float("nan")


def yearly(tally: str) -> Callable[[Counted], float]:
    return lambda counted: counted.a_year(getattr(counted, tally))


def mean_of(array: str) -> Callable[[Organization], float]:
    return lambda organization: float(getattr(organization, array).mean())

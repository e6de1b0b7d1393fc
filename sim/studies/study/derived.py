"""Numbers taken off the series of a run: the mean over a window, the time of a first passage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WEEKS = "weeks"


@dataclass(frozen=True)
class Derived:
    """One number of a run, off the series of one measure.

    Exactly one of ``mean_of`` and ``first`` names the measure, the other is "". ``start`` and
    ``end`` are the first and last period looked at (``end`` None for the end of the run). ``first``
    has one of ``above`` and ``below``.
    """

    name: str
    mean_of: str = ""
    first: str = ""
    start: int = 1
    end: int | None = None
    above: float | None = None
    below: float | None = None
    unit: str = ""

    @property
    def measure(self) -> str:
        """The measure whose series is needed."""
        return self.mean_of or self.first

    @property
    def label(self) -> str:
        """What it is called on axes and in tables."""
        return self.name[:1].upper() + self.name[1:]

    def value(self, at: NDArray[np.int64], values: NDArray[np.float64]) -> float:
        """The number, from a series: ``values`` at periods ``at``, both of shape (periods,).

        A mean is the plain mean of the periods' values, without those that are missing: of a flow
        that is a ratio, such as quality, it is not the ratio of all weeks together. A first passage
        is the first period at which the measure lies above, or below, its threshold (not on it).
        NaN where there is nothing to take a mean of, or where the threshold is never passed: the
        time is then longer than the run, and censored, not unknown.
        """
        inside = (at >= self.start) & (at <= (np.inf if self.end is None else self.end))
        periods, numbers = at[inside], values[inside]
        if self.mean_of:
            known = numbers[~np.isnan(numbers)]
            return float(known.mean()) if known.size else float("nan")
        low = -np.inf if self.below is None else self.below
        passed = numbers > self.above if self.above is not None else numbers < low
        return float(periods[passed][0]) if passed.any() else float("nan")

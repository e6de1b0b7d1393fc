"""Factors: what a study varies, and what the settings are at each of a factor's levels."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.scenario.era import DIALS
from sim.scenario.readings import READINGS

Value = bool | int | float | str

#: Numbers of a design keep so many significant digits. Logarithms differ in the last of their 16
#: digits between machines, and a design must be the same everywhere, since runs are found again by
#: their settings.
DIGITS = 12
#: Keeps k/n of the unit interval in the slice it opens, whatever rounding did to it.
HAIR = 1e-9


class End(NamedTuple):
    """A setting that moves along a line: where it begins and ends."""

    path: str
    first: float
    last: float
    is_whole: bool


@dataclass(frozen=True)
class Factor:
    """One factor.

    Attributes
    ----------
    name
        Its column in the tables: the key path of its setting, or what a joint factor is called.
    paths
        Key paths of the settings it moves.
    levels
        All values it takes, in order; None where a design samples between the ends of ``span``.
        Names of worlds for a joint factor, and the share of the way, 0 to 1, for one along a line.
    span
        Lowest and highest value; None where only levels were listed.
    scale
        "linear" or "log": how the span is divided.
    """

    name: str
    paths: tuple[str, ...]
    levels: tuple[Value, ...] | None
    span: tuple[float, float] | None = None
    scale: str = "linear"
    unit: str = ""
    is_joint: bool = False
    is_whole: bool = False
    worlds: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    line: tuple[End, ...] = ()
    line_scale: str = "linear"

    @property
    def moves(self) -> tuple[str, ...]:
        """Key paths of all settings it decides on: its own, and those that they stand for."""
        spelled = READINGS["text"] if "rules" in self.paths else ()
        dialled = (DIALS[path][0] for path in self.paths if path in DIALS)
        return tuple(dict.fromkeys([*self.paths, *spelled, *dialled]))

    @property
    def label(self) -> str:
        """What it is called on axes and in tables: its name."""
        return self.name

    def values_at(self, level: Value) -> dict[str, Any]:
        """Settings by key path at a level, or at any number where it moves along numbers.

        Raises
        ------
        ValueError
            Where a joint factor has no world of that name.
        """
        if self.worlds:
            if level not in self.worlds:
                raise ValueError(f"{self.name} has no level {level!r}; it has {list(self.worlds)}")
            return dict(self.worlds[str(level)])
        if self.line:
            return {end.path: _along(end, float(level), self.line_scale) for end in self.line}
        if self.is_whole and not isinstance(level, bool):
            return {self.paths[0]: nearest_whole(float(level))}
        return {self.paths[0]: level}

    def at_places(self, places: NDArray[np.float64]) -> list[Value]:
        """Values at places on the unit interval, float64 array (points,).

        Levels, and the whole numbers of a span, get equal slices of it. Other numbers run evenly
        from one end of the span to the other, in their logarithms where the scale is "log".
        """
        if self.levels is not None:
            slices = np.minimum(
                (places * len(self.levels) + HAIR).astype(int), len(self.levels) - 1
            )
            return [self.levels[one] for one in slices.tolist()]
        assert self.span is not None
        low, high = self.span
        top = high + 1 if self.is_whole else high
        if self.scale == "log":
            numbers = np.exp(math.log(low) + places * (math.log(top) - math.log(low)))
        else:
            numbers = low + places * (top - low)
        if self.is_whole:
            return [min(int(high), math.floor(one + HAIR)) for one in numbers.tolist()]
        return [min(high, max(low, rounded(one))) for one in numbers.tolist()]


def spaced(low: float, high: float, steps: int, scale: str) -> list[float]:
    """``steps`` numbers from ``low`` to ``high``, both included, equally spaced."""
    shares = [step / (steps - 1) for step in range(steps)]
    return [between(low, high, share, scale) for share in shares]


def between(first: float, last: float, share: float, scale: str) -> float:
    """The number at a share of the way from ``first`` to ``last``; exact at both ends."""
    if share in (0.0, 1.0):
        return last if share else first
    if scale == "log":
        number = math.exp(math.log(first) + share * (math.log(last) - math.log(first)))
    else:
        number = first + share * (last - first)
    return min(max(first, last), max(min(first, last), rounded(number)))


def rounded(number: float) -> float:
    """The number with ``DIGITS`` significant digits."""
    return float(f"{number:.{DIGITS}g}")


def nearest_whole(number: float) -> int:
    """The nearest whole number, the higher one where two are as near."""
    return math.floor(rounded(number) + 0.5)


def _along(end: End, share: float, scale: str) -> int | float:
    number = between(end.first, end.last, share, scale)
    return nearest_whole(number) if end.is_whole else number

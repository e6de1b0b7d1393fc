"""Coordinates of the model as a function: the factors of a study, each along a line of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputProblem, Problem
from sim.scenario.marks import Mark
from sim.scenario.schema import Declaration
from sim.studies.study.factors import Factor
from sim.studies.study.keys import Leaf, checked, known_settings, marked, no_setting

#: How far beyond a bound a point may lie by rounding, as a share of the range.
ROUNDING = 1e-9
#: How a range of a factor is written.
FORM = "Write (low, high), (low, high, 'log'), or a list of levels."


@dataclass(frozen=True)
class Axis:
    """One coordinate of the function's argument, from ``low`` to ``high``.

    Levels stand at ``places`` (numbers where they are, words at 0, 1, ...), and the nearest one
    counts; ``low`` and ``high`` then lie half a gap outside.
    """

    factor: Factor
    low: float
    high: float
    places: tuple[float, ...] = ()

    @property
    def name(self) -> str:
        return self.factor.name

    @property
    def unit(self) -> str:
        return self.factor.unit

    @property
    def is_log(self) -> bool:
        return self.factor.scale == "log" and not self.places

    def settings_at(self, coordinate: float) -> dict[str, Any]:
        """Key paths and values that a coordinate stands for.

        Raises ValueError for one out of bounds.
        """
        slack = ROUNDING * (self.high - self.low)
        if not self.low - slack <= coordinate <= self.high + slack:
            unit = f" ({self.unit})" if self.unit else ""
            raise ValueError(
                f"{self.name} = {coordinate:.12g} lies outside of its bounds, {self.low:.12g} to "
                f"{self.high:.12g}{unit}"
            )
        if self.factor.levels is not None:
            near = int(np.argmin(np.abs(np.array(self.places) - coordinate)))
            return self.factor.values_at(self.factor.levels[near])
        return self.factor.values_at(min(max(coordinate, self.low), self.high))

    def from_unit(self, shares: NDArray[np.float64]) -> list[float]:
        """Coordinates for places on the unit interval, as a study's design has them."""
        values = self.factor.at_places(shares)
        if self.factor.levels is None:
            return [float(one) for one in values]
        return [self.places[self.factor.levels.index(one)] for one in values]


def axes_of(
    factors: Mapping[str, Any] | Sequence[Factor], problems: list[Problem]
) -> tuple[Axis, ...]:
    """One coordinate a factor, as ``as_function`` takes them.

    What is wrong is added to ``problems``.
    """
    found: list[Axis] = []
    if isinstance(factors, Mapping):
        given = [(str(name), one) for name, one in factors.items()]
    else:
        given = [(one.name, one) for one in factors]
    for name, one in given:
        try:
            found.append(_axis(one if isinstance(one, Factor) else _factor(name, one)))
        except InputProblem as wrong:
            problems += wrong.problems
    if not given:
        problems.append(Problem("name a factor to vary", key="factors"))
    moved = [path for axis in found for path in axis.factor.paths]
    twice = sorted({path for path in moved if moved.count(path) > 1})
    problems += [Problem("two factors move this setting", key=path) for path in twice]
    return tuple(found)


def _axis(factor: Factor) -> Axis:
    if factor.levels is None:
        low, high = factor.span or (0.0, 1.0)
        return Axis(factor, float(low), float(high))
    numeric = all(
        isinstance(one, int | float) and not isinstance(one, bool) for one in factor.levels
    )
    places = [float(one) for one in factor.levels] if numeric else range(len(factor.levels))
    ordered = sorted(map(float, places))
    if len(set(ordered)) < max(2, len(factor.levels)):
        raise InputProblem(Problem("name two levels or more, each once", FORM, key=factor.name))
    low = ordered[0] - (ordered[1] - ordered[0]) / 2
    high = ordered[-1] + (ordered[-1] - ordered[-2]) / 2
    return Axis(factor, low, high, tuple(map(float, places)))


def _factor(path: str, given: Any) -> Factor:
    """A factor of one setting, from what ``as_function`` is given for it.

    Raises InputProblem for a setting that does not exist, and values that it does not allow.
    """
    unknown = no_setting(path)
    if unknown is not None:
        raise InputProblem(Problem(*unknown, key=path))
    declared = known_settings()[path]
    if isinstance(given, list):
        return Factor(
            path, (path,), tuple(_allowed(path, one) for one in given), unit=declared.unit
        )
    scale = given[2] if isinstance(given, tuple) and len(given) == 3 else "linear"
    if not isinstance(given, tuple) or len(given) not in (2, 3) or scale not in ("linear", "log"):
        raise InputProblem(Problem(f"{given!r} is no range", FORM, key=path))
    whole = _takes_whole_numbers(declared, path)
    low, high = (
        _allowed(path, int(one) if whole and one == int(one) else one) for one in given[:2]
    )
    if low >= high or (scale == "log" and low <= 0):
        above = " and above 0, for logarithms" if scale == "log" else ""
        message = f"{low} to {high} is no range: the first must be below the second{above}"
        raise InputProblem(Problem(message, FORM, key=path))
    return Factor(path, (path,), None, (low, high), scale, declared.unit, is_whole=whole)


def _takes_whole_numbers(declared: Declaration, path: str) -> bool:
    """Whether a setting takes whole numbers only; InputProblem where it takes no numbers."""
    if float in declared.kinds:
        return False
    if int in declared.kinds:
        return True
    choices = f" ({', '.join(map(str, declared.choices))})" if declared.choices else ""
    message = f"this setting is no number{choices}, so it has no range"
    raise InputProblem(Problem(message, "Give a list of levels.", key=path))


def _allowed(path: str, value: Any) -> Any:
    """A value as scenarios hold it; InputProblem where the setting does not allow it."""
    plain_value = value.item() if isinstance(value, np.generic) else value
    found, problems = checked(Leaf(path, marked(plain_value, Mark("", None)), (path,)))
    if problems:
        raise InputProblem(problems)
    return found

"""Designs: which combinations of levels a study visits, in which order.

The same file gives the same points to the bit. What a study adds later leaves the other points as
they were: points listed, levels of a grid, a longer Sobol sequence, more trajectories of Morris and
blocks of Saltelli. Only a Latin hypercube of another size is another hypercube: its slices are
narrower, so every point moves, and all is run again.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from sim.studies.study.factors import Factor, Value
from sim.studies.study.points import Point

SAMPLED = ("latin_hypercube", "sobol", "morris", "saltelli")

Row = tuple[Value, ...]


@dataclass(frozen=True)
class Design:
    """How points are chosen: ``points`` is the number asked for, where the kind asks for one.

    ``base`` has the levels at which one_at_a_time keeps the other factors.
    """

    kind: str = "grid"
    points: int | None = None
    seed: int = 1
    trajectories: int = 20
    grid: int = 4
    second_order: bool = False
    base: Mapping[str, Value] = field(default_factory=dict)

    @property
    def is_sampled(self) -> bool:
        """Whether points lie between levels, wherever chance or a sequence puts them."""
        return self.kind in SAMPLED

    @property
    def options(self) -> dict[str, Any]:
        """What else was asked for, by the words of the study file."""
        names = {
            "latin_hypercube": ("points", "seed"),
            "sobol": ("points", "seed"),
            "morris": ("trajectories", "grid", "seed"),
            "saltelli": ("points", "second_order", "seed"),
            "one_at_a_time": ("base",),
        }
        return {name: getattr(self, name) for name in names.get(self.kind, ())}


class Points(Sequence[Point]):
    """All points of a design; each is made when it is asked for."""

    def __init__(self, factors: Sequence[Factor], rows: Sequence[Row], distinct: bool) -> None:
        self._factors = tuple(factors)
        self._rows = rows
        self._distinct = distinct

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Point: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Point, ...]: ...
    def __getitem__(self, place: int | slice) -> Point | tuple[Point, ...]:
        if isinstance(place, slice):
            return tuple(self[number] for number in range(*place.indices(len(self))))
        number = range(len(self))[place]
        row = self._rows[number]
        overrides: dict[str, Any] = {}
        for factor, value in zip(self._factors, row, strict=True):
            overrides.update(factor.values_at(value))
        values = {factor.name: value for factor, value in zip(self._factors, row, strict=True)}
        cell = number if self._distinct else self._first[number]
        return Point(number, values, overrides, cell)

    def __iter__(self) -> Iterator[Point]:
        return (self[number] for number in range(len(self)))

    def row(self, number: int) -> Row:
        """The levels at a point, in the order of the factors."""
        return self._rows[number]

    @cached_property
    def _first(self) -> list[int]:
        """For each point, the first with the same values."""
        firsts: dict[Row, int] = {}
        return [firsts.setdefault(row, number) for number, row in enumerate(self._rows)]


class Grid(Sequence[Row]):
    """All combinations of levels, the last factor fastest; no factor makes one empty row."""

    def __init__(self, levels: Sequence[Sequence[Value]]) -> None:
        self.levels = [tuple(one) for one in levels]
        self._size = math.prod(len(one) for one in self.levels)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, place: Any) -> Any:
        number = range(self._size)[place]
        row = []
        for levels in reversed(self.levels):
            number, level = divmod(number, len(levels))
            row.append(levels[level])
        return tuple(reversed(row))


def one_at_a_time(factors: Sequence[Factor], base: Mapping[str, Value]) -> list[Row]:
    """The base point, then each factor's other levels with the rest at the base."""
    middle = tuple(base[factor.name] for factor in factors)
    rows = [middle]
    for place, factor in enumerate(factors):
        for level in levels_or_ends(factor):
            if level != middle[place]:
                rows.append((*middle[:place], level, *middle[place + 1 :]))
    return rows


def levels_or_ends(factor: Factor) -> tuple[Value, ...]:
    """A factor's levels, or the ends of its span where it has none."""
    if factor.levels is not None:
        return factor.levels
    assert factor.span is not None
    low, high = factor.span
    return (int(low), int(high)) if factor.is_whole else (low, high)


def unit_points(design: Design, factors: int) -> NDArray[np.float64] | None:
    """The points of a sampling design on the unit cube, shape (points, factors); None for others.

    Raises
    ------
    InputProblem
        Where SALib's designs refuse a number of points, trajectories or levels.
    """
    if not design.is_sampled:
        return None
    if design.kind == "morris":
        from sim.studies.sensitivity.sampling import morris_points

        return morris_points(factors, design.trajectories, design.grid, design.seed)
    assert design.points is not None
    if design.kind == "saltelli":
        from sim.studies.sensitivity.sampling import saltelli_points

        return saltelli_points(factors, design.points, design.second_order, design.seed)
    from scipy.stats import qmc

    sampler = qmc.LatinHypercube if design.kind == "latin_hypercube" else qmc.Sobol
    # SciPy 1.15 gave the argument another name; both take a generator.
    name = "rng" if "rng" in inspect.signature(sampler).parameters else "seed"
    chance: Any = {name: np.random.default_rng(design.seed)}
    return np.asarray(sampler(factors, **chance).random(design.points), np.float64)


def placed(factors: Sequence[Factor], places: NDArray[np.float64]) -> list[Row]:
    """Rows of levels for points on the unit cube."""
    columns = [factor.at_places(places[:, place]) for place, factor in enumerate(factors)]
    return list(zip(*columns, strict=True))

"""A replication as it came out: cell by cell, statement by statement, and as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from sim.studies.pool import Pool
from sim.studies.replication.agreement import (
    JOINT,
    USUAL,
    Estimate,
    chance_failures,
    crossing,
    distance,
    estimate,
    farthest_by_chance,
    out_of_order,
    published_error,
    wins,
    wins_distance,
)
from sim.studies.replication.running import Plan, carry_out
from sim.studies.replication.targets import (
    Cell,
    Contest,
    Crossing,
    Model,
    Shape,
    Target,
)
from sim.studies.statistics import mean_interval


@dataclass(frozen=True)
class Judgement:
    """What came out of a cell, a contest or a crossing.

    ``distance`` is how many joint standard errors it is from what is known, None where nothing is.
    ``values`` holds one value a seed for a cell, and is empty for others.
    """

    of: Cell | Contest | Crossing
    ours: Estimate
    distance: float | None
    values: NDArray[np.float64]

    @property
    def agrees(self) -> bool | None:
        """Whether both lie within their joint 99.9 % interval; None where nothing is known."""
        return None if self.distance is None else self.distance <= JOINT

    @property
    def fails(self) -> bool:
        return self.of.judged and self.agrees is False

    @property
    def counts(self) -> bool:
        """Whether it is among those that must agree."""
        return self.of.judged and self.agrees is not None

    @property
    def expected_half_width(self) -> float | None:
        """95 % half-width of the published value, where anything is known of it."""
        expected = self.of.expected
        if expected is None or expected.half_width is not None:
            return None if expected is None else expected.half_width
        exact = replace(expected, unit=0.0)
        return USUAL * published_error(exact, self.ours.sd) if expected.runs else None


@dataclass(frozen=True)
class ShapeJudgement:
    """A statement about order; ``fails_between`` names neighbours for which it does not hold.

    The third of each says whether it is clearly otherwise, and not just too close to tell.
    """

    of: Shape
    fails_between: tuple[tuple[Cell, Cell, bool], ...]

    @property
    def agrees(self) -> bool:
        return not self.fails_between


@dataclass(frozen=True)
class FigureOutcome:
    """One figure: ``cells`` row by row; ``curves`` (mean, low, high by period) of a crossing."""

    target: Target
    cells: tuple[Judgement, ...]
    shapes: tuple[ShapeJudgement, ...]
    contests: tuple[Judgement, ...]
    crossing: Judgement | None
    curves: tuple[NDArray[np.float64], ...] = ()

    @property
    def judgements(self) -> list[Judgement]:
        return [*self.cells, *self.contests, *([self.crossing] if self.crossing else [])]


@dataclass(frozen=True)
class Outcome:
    """A whole replication."""

    model: Model
    plan: Plan
    figures: tuple[FigureOutcome, ...]

    @property
    def judgements(self) -> list[Judgement]:
        return list(chain.from_iterable(figure.judgements for figure in self.figures))

    @property
    def shapes(self) -> list[ShapeJudgement]:
        return [shape for figure in self.figures for shape in figure.shapes]

    @property
    def agrees(self) -> bool:
        """Whether all that is judged agrees, but for as many numbers as fail by chance."""
        wrong = [one.distance or 0.0 for one in self.judgements if one.fails]
        by_chance = len(wrong) <= self.allowed and max(wrong, default=0.0) <= self.farthest
        return by_chance and all(one.agrees or not one.of.judged for one in self.shapes)

    @property
    def judged(self) -> int:
        """How many numbers must agree."""
        return sum(one.counts for one in self.judgements)

    @property
    def allowed(self) -> int:
        """How many of them may fail by chance."""
        return chance_failures(self.judged)

    @property
    def farthest(self) -> float:
        """How far off one of them may be by chance, in joint standard errors."""
        return farthest_by_chance(self.judged)


def replicate(
    model: Model, plan: Plan, pool: Pool, tell: Callable[[int], None] = lambda runs: None
) -> Outcome:
    """Do the runs of ``plan``, made from the model's requests, and judge what comes out."""
    answers = iter(carry_out(plan, pool, tell))
    figures = []
    for target in model.targets:
        own = [next(answers) for _ in target.requests]
        figures.append(_figure(target, own))
    return Outcome(model, plan, tuple(figures))


def _figure(target: Target, answers: Sequence[NDArray[np.float64]]) -> FigureOutcome:
    values = [answer.mean(axis=1) for answer in answers]
    cells = [_cell(cell, values[number]) for number, cell in enumerate(target.cells)]
    ends = dict(zip(target.conditions, values[len(cells) :], strict=False))
    curves = answers[-2:] if target.crossing else []
    return FigureOutcome(
        target,
        tuple(cells),
        tuple(_shape(shape, target, values) for shape in target.shapes),
        tuple(_contest(one, ends[one.row], ends[one.column]) for one in target.contests),
        _crossing(target.crossing, *curves) if target.crossing else None,
        tuple(map(_band, curves)),
    )


def _cell(cell: Cell, values: NDArray[np.float64]) -> Judgement:
    ours = estimate(values)
    judged = None if cell.expected is None else distance(ours, cell.expected)
    return Judgement(cell, ours, judged, values)


def _shape(shape: Shape, target: Target, values: Sequence[NDArray[np.float64]]) -> ShapeJudgement:
    wrong = out_of_order(shape.order, [values[number] for number in shape.cells])
    return ShapeJudgement(
        shape,
        tuple(
            (target.cells[shape.cells[place]], target.cells[shape.cells[place + 1]], reverse)
            for place, reverse in wrong.items()
        ),
    )


def _contest(
    contest: Contest, first: NDArray[np.float64], second: NDArray[np.float64]
) -> Judgement:
    ours = wins(first, second)
    return Judgement(contest, ours, wins_distance(ours, contest.expected), np.empty(0))


def _crossing(of: Crossing, rising: NDArray[np.float64], other: NDArray[np.float64]) -> Judgement:
    ours = crossing(rising, other)
    return Judgement(of, ours, distance(ours, of.expected), np.empty(0))


def _band(curve: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean, low and high end of the 95 % interval, by period: shape (3, periods)."""
    intervals = [mean_interval(values) for values in curve.T]
    return np.array([[one.mean, one.low, one.high] for one in intervals]).T

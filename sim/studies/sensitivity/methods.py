"""Morris screening, Sobol indices and PAWN: from points and values to indices, by SALib.

A method says which rows of a design belong together, computes its indices with their standard
errors over points, and says what luck of the seeds alone would let an index be.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputProblem, Problem
from sim.studies.sensitivity.blocks import Sample, morris_grid, saltelli_size
from sim.studies.sensitivity.distances import distances, ranks, slices_for

Array = NDArray[np.float64]
Luck = np.random.Generator

#: Draws of the bootstrap over points; fewer where they would not fit in memory.
RESAMPLES = 1000
#: Draws of PAWN's bootstrap, and factors without influence that show its level of noise.
PAWN_RESAMPLES, DUMMIES = 200, 1000
#: SALib gives half-widths of intervals; at this level they are one standard error.
ONE_ERROR = 0.6826894921370859


class Method(ABC):
    """One way to tell how much a measure depends on each factor."""

    #: Blocks without which nothing can be told.
    fewest = 2
    #: Index by which factors are ranked, and all indices with an interval, with their bounds.
    main: str
    with_interval: dict[str, tuple[float, float]]

    def select(self, points: Array) -> NDArray[np.bool_]:
        """Which rows are looked at."""
        return np.ones(len(points), np.bool_)

    @abstractmethod
    def block(self, points: Array) -> int:
        """Rows of a block; raises InputProblem for points of another design."""

    @abstractmethod
    def indices(self, points: Array, values: Array, luck: Luck) -> dict[str, Array]:
        """All indices, each of shape (factors,)."""

    @abstractmethod
    def errors(self, points: Array, values: Array, luck: Luck) -> dict[str, Array]:
        """Standard errors over points, by bootstrap, of the indices with an interval."""

    def redrawn(self, points: Array, values: Array, luck: Luck) -> dict[str, Array]:
        """The indices once more, for values from other seeds; may be computed faster."""
        return self.indices(points, values, luck)

    @abstractmethod
    def noise(self, sample: Sample, level: float, luck: Luck) -> dict[str, Array]:
        """What an index would be by luck alone, as columns of the table."""

    def is_above_noise(self, table: Any) -> Any:
        """Which factors of a table can be told from noise: the interval lies above it."""
        return table[f"{self.main}_low"] > table["noise"].fillna(0.0)


class Morris(Method):
    """Screening by elementary effects: a factor's mean effect and how much it varies.

    Effects are changes of the measure, in its unit, for a move over the factor's whole range.
    """

    main = "mu_star"
    with_interval = {"mu_star": (0.0, np.inf)}

    def block(self, points: Array) -> int:
        if not morris_grid(points):
            raise wrong_design("morris", "morris: trajectories in which each factor moves once")
        return points.shape[1] + 1

    def indices(self, points: Array, values: Array, luck: Luck) -> dict[str, Array]:
        found = self._analyze(points, values, 2, 1)
        return {name: _array(found[name]) for name in ("mu", "mu_star", "sigma")}

    def errors(self, points: Array, values: Array, luck: Luck) -> dict[str, Array]:
        found = self._analyze(points, values, RESAMPLES, _seed(luck))
        return {"mu_star": _array(found["mu_star_conf"])}

    def _analyze(self, points: Array, values: Array, resamples: int, seed: int) -> Any:
        from SALib.analyze import morris

        return morris.analyze(
            problem(points.shape[1]),
            points,
            values,
            num_resamples=resamples,
            conf_level=ONE_ERROR,
            num_levels=morris_grid(points),
            seed=seed,
        )

    def noise(self, sample: Sample, level: float, luck: Luck) -> dict[str, Array]:
        """Mean size of a normal effect around 0 with the variance that seeds give it."""
        factors = sample.points.shape[1]
        steps = np.diff(sample.points.reshape(-1, factors + 1, factors), axis=1)
        effects = np.diff(sample.runs, axis=1) / np.abs(steps).sum(axis=2)[..., None]
        moved = np.argmax(np.abs(steps), axis=2)
        found = [variance_of_mean(effects[moved == factor]) for factor in range(factors)]
        return {"noise": np.sqrt(2 / np.pi * np.array(found))}


class Sobol(Method):
    """Shares of a measure's variance: of a factor alone (S1), and with all others (ST)."""

    main = "ST"
    with_interval = {"S1": (-np.inf, np.inf), "ST": (0.0, np.inf)}

    def block(self, points: Array) -> int:
        size = saltelli_size(points)
        if not size:
            raise wrong_design("sobol", "saltelli: blocks in which two points are crossed")
        return size

    def indices(self, points: Array, values: Array, luck: Luck) -> dict[str, Array]:
        found = sobol_analyze(points, values, 2, 1)
        return {name: _array(found[name]) for name in ("S1", "ST")}

    def errors(self, points: Array, values: Array, luck: Luck) -> dict[str, Array]:
        found = sobol_analyze(points, values, RESAMPLES, _seed(luck))
        return {name: _array(found[f"{name}_conf"]) for name in ("S1", "ST")}

    def noise(self, sample: Sample, level: float, luck: Luck) -> dict[str, Array]:
        """ST of a factor that changes nothing but luck."""
        factors = sample.points.shape[1]
        changes = sample.runs[:, 1 : factors + 1] - sample.runs[:, :1]
        found = [variance_of_mean(changes[:, factor]) for factor in range(factors)]
        values = sample.means().reshape(sample.blocks, -1)[:, [0, -1]]
        variance = float(values.var())
        return {"noise": np.array(found) / (2 * variance) if variance else np.zeros(factors)}


class Pawn(Method):
    """How far fixing a factor moves the distribution of a measure: from 0 to 1.

    The median and the largest distance over slices of the factor's range. A factor without
    influence also shows some, so a threshold says what is noise.
    """

    fewest = 20
    main = "median"
    with_interval = {"median": (0.0, 1.0), "maximum": (0.0, 1.0)}

    def select(self, points: Array) -> NDArray[np.bool_]:
        size, rows = saltelli_size(points), np.arange(len(points))
        # Of crossed points only A and B are drawn independently.
        return np.isin(rows % size, (0, size - 1)) if size else super().select(points)

    def block(self, points: Array) -> int:
        if morris_grid(points) and points.shape[1] > 1:
            raise wrong_design("pawn", "latin_hypercube or sobol: points drawn independently")
        return 1

    def indices(self, points: Array, values: Array, luck: Luck) -> dict[str, Array]:
        from SALib.analyze import pawn

        rows = []
        for column in points.T:
            ranked = ranks(column, luck)[:, None]
            # Where nothing varies, SALib divides by a mean of 0 for a number not used here.
            with np.errstate(invalid="ignore"):
                found = pawn.analyze(problem(1), ranked, values, S=slices_for(column))
            rows.append((float(found["median"][0]), float(found["maximum"][0])))
        return dict(zip(self.with_interval, np.array(rows).T, strict=True))

    def redrawn(self, points: Array, values: Array, luck: Luck) -> dict[str, Array]:
        found = [summary(ranks(one, luck), values, slices_for(one)) for one in points.T]
        return dict(zip(self.with_interval, np.array(found).T, strict=True))

    def errors(self, points: Array, values: Array, luck: Luck) -> dict[str, Array]:
        rows = len(values)
        drawn = (luck.integers(rows, size=rows) for _ in range(PAWN_RESAMPLES))
        found = [self.redrawn(points[one], values[one], luck) for one in drawn]
        return {name: np.std([one[name] for one in found], axis=0, ddof=1) for name in found[0]}

    def noise(self, sample: Sample, level: float, luck: Luck) -> dict[str, Array]:
        """What factors without influence stay below in both indices, with probability ``level``."""
        factors, values = sample.points.shape[1], sample.means()
        # Two indices are looked at for each factor.
        among = 1 - (1 - level) / (2 * factors)
        thresholds: dict[int, Array] = {}
        for slices in {slices_for(column) for column in sample.points.T}:
            dummies = [
                summary(luck.permutation(np.arange(float(len(values)))), values, slices)
                for _ in range(DUMMIES)
            ]
            thresholds[slices] = np.quantile(dummies, among, axis=0)
        median, maximum = np.array([thresholds[slices_for(c)] for c in sample.points.T]).T
        return {"median_noise": median, "maximum_noise": maximum}

    def is_above_noise(self, table: Any) -> Any:
        """A factor that matters in a part of its range shows in the largest distance alone."""
        return (table["median"] > table["median_noise"]) | (
            table["maximum"] > table["maximum_noise"]
        )


METHODS: dict[str, Method] = {"morris": Morris(), "sobol": Sobol(), "pawn": Pawn()}


def summary(column: Array, values: Array, slices: int) -> tuple[float, float]:
    """Median and maximum of the distances of a factor given as ranks."""
    found = distances(column, values, slices)
    return float(np.nanmedian(found)), float(np.nanmax(found))


def sobol_analyze(points: Array, values: Array, resamples: int, seed: int) -> Any:
    """SALib's Sobol indices with standard errors over blocks; NaN where nothing varies."""
    from SALib.analyze import sobol

    factors, size = points.shape[1], saltelli_size(points)
    if is_constant(values):
        nothing, pairs = np.full(factors, np.nan), np.full((factors, factors), np.nan)
        found = dict.fromkeys(("S1", "ST", "S1_conf", "ST_conf"), nothing)
        return {**found, "S2": pairs, "S2_conf": pairs}
    with warnings.catch_warnings():
        # Resamples of few blocks may be all the same; their indices are then 0.
        warnings.filterwarnings("ignore", message="Constant values")
        return sobol.analyze(
            problem(factors),
            values,
            calc_second_order=size > factors + 2,
            num_resamples=max(2, min(resamples, 4_000_000 * size // len(values))),
            conf_level=ONE_ERROR,
            seed=seed,
        )


def is_constant(values: Array) -> bool:
    """Whether values differ by no more than rounding."""
    return bool(np.ptp(values) <= 1e-12 * np.abs(values).max())


def variance_of_mean(runs: Array) -> float:
    """Variance that seeds give a mean over them; ``runs`` has shape (means, replications).

    NaN where there is one replication.
    """
    counts = np.isfinite(runs).sum(axis=1)
    several = counts > 1
    if not several.any():
        return float("nan")
    return float((np.nanvar(runs[several], axis=1, ddof=1) / counts[several]).mean())


def problem(factors: int, names: Sequence[str] = ()) -> dict[str, Any]:
    """SALib's description of factors on the unit cube."""
    called = list(names) or [f"x{number}" for number in range(1, factors + 1)]
    return {"num_vars": factors, "names": called, "bounds": [[0.0, 1.0]] * factors}


def wrong_design(method: str, wanted: str) -> InputProblem:
    """The complaint that a method cannot read points of this design."""
    return InputProblem(
        Problem(
            f"the points are not those that the method {method} needs",
            f"Give the study `design: {wanted}`.",
            key="design",
        )
    )


def _seed(luck: Luck) -> int:
    """A seed for SALib, which takes 0 for none."""
    return int(luck.integers(1, 2**31))


def _array(values: Any) -> Array:
    return np.asarray(values, np.float64)

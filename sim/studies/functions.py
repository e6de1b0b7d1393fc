"""The model as a function of some of its parameters, for whoever drives functions.

SALib, scipy, Optuna and the EMA Workbench ask a function for values at points of their choice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import InputProblem, Problem
from sim.measures import MEASURES
from sim.models.whole_run.batch import MEASURED
from sim.models.whole_run.scope import is_whole
from sim.scenario.loading import Scenario, load_scenario
from sim.scenario.overrides import set_texts
from sim.scenario.wording import listed, nearest
from sim.studies.parcels import Cell, Outcome, do_cell, own_steps
from sim.studies.pool import Pool
from sim.studies.sensitivity.axes import Axis, axes_of
from sim.studies.study.factors import Factor
from sim.studies.study.points import settings_with


@dataclass(frozen=True)
class Failure:
    """A run that failed: at which settings, with which seed, and why."""

    point: dict[str, Any]
    seed: int
    error: str


@dataclass
class ModelFunction:
    """The model as a function ``f(X) -> Y``; made by ``as_function``.

    ``errors`` gathers the runs that failed, over all calls.
    """

    scenario: Scenario
    axes: tuple[Axis, ...]
    measures: tuple[str, ...]
    one_measure: bool
    seeds: tuple[int, ...]
    jobs: int = 1
    allow_plugins: bool = False
    errors: list[Failure] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Names of the coordinates, in order."""
        return [axis.name for axis in self.axes]

    @property
    def bounds(self) -> list[tuple[float, float]]:
        """Lowest and highest value of each coordinate."""
        return [(axis.low, axis.high) for axis in self.axes]

    @property
    def units(self) -> dict[str, str]:
        """Units of coordinates and measures, by name."""
        return {axis.name: axis.unit for axis in self.axes} | {
            name: MEASURES[name].unit for name in self.measures
        }

    @property
    def problem(self) -> dict[str, Any]:
        """SALib's description: ``num_vars``, ``names``, ``bounds``, ``outputs``, log as ``dists``.

        New each time, since SALib writes in it.
        """
        logs = any(axis.is_log for axis in self.axes)
        dists = {"dists": ["logunif" if axis.is_log else "unif" for axis in self.axes]}
        return {
            "num_vars": len(self.axes),
            "names": self.names,
            "bounds": [list(pair) for pair in self.bounds],
            "outputs": list(self.measures),
            **(dists if logs else {}),
        }

    def from_unit(self, unit_points: ArrayLike) -> NDArray[np.float64]:
        """Points for places on the unit cube, shape (n, k), as ``sensitivity`` samples them."""
        places = np.asarray(unit_points, np.float64)
        columns = [axis.from_unit(column) for axis, column in zip(self.axes, places.T, strict=True)]
        return np.stack(columns, axis=1)

    def __call__(self, X: ArrayLike | None = None, /, **values: float) -> Any:
        """Mean over the seeds of each measure at each point.

        ``X`` has shape (n, k), in the units of the parameters, or (k,) for one point; the answer
        has shape (n, m) or (m,), without the last axis where ``measures`` was one name. Or name
        all coordinates, ``f(**{"cells.size": 6})`` (or ``cells__size=6``): the answer is then a
        dict from measure to number. A run that fails makes its point NaN.

        Raises
        ------
        ValueError
            For a point of another shape, one out of bounds, and coordinates unknown or missing.
        """
        if values:
            if X is not None:
                raise ValueError("give the points as an array or by name, not both")
            found = self._values_at([self._row(values)])[0]
            return {name: float(one) for name, one in zip(self.measures, found, strict=True)}
        points = np.asarray(X, np.float64)
        if points.ndim == 0 and len(self.axes) == 1:
            points = points[None]
        if points.ndim not in (1, 2) or points.shape[-1] != len(self.axes):
            raise ValueError(
                f"points of shape {points.shape} do not fit {len(self.axes)} coordinates: "
                f"{', '.join(self.names)}"
            )
        found = self._values_at(np.atleast_2d(points))
        found = found[:, 0] if self.one_measure else found
        return found[0] if points.ndim == 1 else found

    def _row(self, values: Mapping[str, float]) -> list[float]:
        given = {name.replace("__", "."): value for name, value in values.items()}
        unknown = [name for name in given if name not in self.names]
        missing = [name for name in self.names if name not in given]
        if unknown or missing:
            wrong = [f"unknown: {', '.join(unknown)}"] if unknown else []
            wrong += [f"missing: {', '.join(missing)}"] if missing else []
            raise ValueError(f"coordinates {'; '.join(wrong)}")
        return [float(given[name]) for name in self.names]

    def _values_at(self, rows: Any) -> NDArray[np.float64]:
        """Means over the seeds, shape (n, m); equal settings are run once."""
        asked = [self._overrides(row) for row in rows]
        keys = [json.dumps(one, sort_keys=True, default=str) for one in asked]
        points = dict(zip(keys, asked, strict=True))
        runs = dict(zip(points, self._run(list(points.values())), strict=True))
        return np.array([runs[key] for key in keys]).reshape(len(keys), len(self.measures))

    def _overrides(self, row: Sequence[float]) -> dict[str, Any]:
        overrides: dict[str, Any] = {}
        for axis, value in zip(self.axes, row, strict=True):
            overrides |= axis.settings_at(float(value))
        return overrides

    def _run(self, points: list[dict[str, Any]]) -> list[NDArray[np.float64]]:
        """One mean a measure, for each point; seeds are parted so that all processes are busy."""
        parts = max(1, min(len(self.seeds), 2 * self.jobs // max(1, len(points))))
        todo: list[tuple[int, Cell]] = []
        values = np.full((len(points), len(self.seeds), len(self.measures)), np.nan)
        for place, point in enumerate(points):
            try:
                settings = settings_with(self.scenario.given, point)
            except InputProblem as refused:
                self.errors += [Failure(point, seed, str(refused)) for seed in self.seeds]
                continue
            whole = is_whole(settings)
            for part in range(parts):
                some = self.seeds[part::parts]
                cell = Cell(settings, some, whole, allow_plugins=self.allow_plugins)
                todo.append((place, cell))
        for which, outcomes in Pool(self.jobs).stream(attempt, [cell for _, cell in todo]):
            place, cell = todo[which]
            for seed, outcome in zip(cell.seeds, outcomes, strict=True):
                found = self._measured(outcome, points[place], seed)
                values[place, self.seeds.index(seed)] = found
        return list(values.mean(axis=1))

    def _measured(self, outcome: Outcome, point: dict[str, Any], seed: int) -> list[float]:
        error, finals = outcome.error, outcome.run.finals if outcome.run is not None else {}
        missing = [name for name in self.measures if name not in finals]
        if missing and not error:
            error = f"not measured where people only learn: {', '.join(missing)}"
        if error:
            self.errors.append(Failure(point, seed, error))
        return [float(finals.get(name, np.nan)) for name in self.measures]


def as_function(
    scenario: str | Path | Scenario,
    factors: Mapping[str, Any] | Sequence[Factor],
    measures: str | Sequence[str],
    *,
    seeds: Sequence[int] = (0,),
    jobs: int = 1,
    sets: Mapping[str, Any] | Sequence[str] = (),
    allow_plugins: bool = False,
) -> ModelFunction:
    """The model as ``f(X) -> Y``, for SALib, scipy, Optuna or the EMA Workbench.

    ``factors`` maps key paths of parameters to ``(low, high)``, ``(low, high, "log")``, a list of
    levels, or a factor of a study; or is a sequence of such factors. X holds values in the
    parameters' units; whole numbers are rounded, of levels the nearest counts (words are numbered
    from 0). ``sets`` are laid over the scenario, by key path or as with ``--set``. Every point is
    run with the same ``seeds`` (common random numbers), so equal points have equal values.

    >>> from SALib.sample import sobol as sample
    >>> from SALib.analyze import sobol as analyze
    >>> f = as_function(
    ...     "classics/march1991",
    ...     {"socialization.rate": (0.1, 0.9), "codification.rate": (0.1, 0.9)},
    ...     "code_knowledge",
    ...     seeds=range(5),
    ...     sets=["people=20", "dimensions=12", "run.stop=periods", "periods=30"],
    ... )
    >>> X = sample.sample(f.problem, 16, calc_second_order=False, seed=1)
    >>> X.shape
    (64, 2)
    >>> indices = analyze.analyze(f.problem, f(X), calc_second_order=False, seed=1)
    >>> len(indices["ST"])
    2

    Raises
    ------
    InputProblem
        For a scenario that cannot be loaded, factors that are no parameters or leave their
        bounds, measures unknown, and no seeds: all problems at once.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario, sets=set_texts(sets))
    elif sets:
        raise InputProblem(Problem("`sets` go with the name of a scenario, not one loaded already"))
    problems: list[Problem] = []
    axes = axes_of(factors, problems)
    names = (measures,) if isinstance(measures, str) else tuple(measures)
    problems += wrong_measures(names, scenario)
    drawn = tuple(int(seed) for seed in seeds)
    if not drawn or len(set(drawn)) < len(drawn) or min(drawn) < 0:
        problems.append(Problem("name one seed or more, from 0, each once", key="seeds"))
    if problems:
        raise InputProblem(problems)
    own_steps(scenario.settings, allow_plugins)  # a Worker that is not allowed is told now
    return ModelFunction(
        scenario, axes, names, isinstance(measures, str), drawn, jobs, allow_plugins
    )


def attempt(cell: Cell) -> list[Outcome]:
    """Do the runs of a cell; settings that cannot be combined are a failure like any other."""
    try:
        return do_cell(cell)
    except InputProblem as refused:
        return [Outcome(None, str(refused)) for _ in cell.seeds]


def wrong_measures(names: Sequence[str], scenario: Scenario) -> list[Problem]:
    """What is wrong with the names of measures that are asked of a scenario."""
    problems = [] if names else [Problem("name a measure", key="measures")]
    known = MEASURED if is_whole(scenario.settings) else tuple(MEASURES)
    for name in names:
        if name in known:
            continue
        near = nearest(name, known)
        message = f"there is no measure `{name}`"
        if name in MEASURES:
            message = f"`{name}` is not measured where people only learn"
        remedy = f"Did you mean `{near}`?" if near else f"Measured here: {listed(known)}."
        problems.append(Problem(message, remedy, key="measures"))
    if len(set(names)) < len(names):
        problems.append(Problem("a measure is named twice", key="measures"))
    return problems

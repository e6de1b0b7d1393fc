"""What a worker is given at a time: some seeds of some organizations; and what it gives back.

A parcel is large enough to be worth sending and small enough to lose. A run depends on its
settings and seed alone, so it does not matter how runs are put into parcels.
"""

from __future__ import annotations

import socket
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputProblem, Problem
from sim.models.run import Run, run
from sim.models.whole_run.batch import run_seeds

if TYPE_CHECKING:
    from sim.organization import Organization
    from sim.scenario.people import People
    from sim.scenario.settings import Settings


class Derived(Protocol):
    """A number taken off the series of a run: of one measure, over periods start to end."""

    @property
    def name(self) -> str: ...
    @property
    def measure(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int | None: ...
    def value(self, at: NDArray[np.int64], values: NDArray[np.float64]) -> float: ...


@dataclass(frozen=True)
class Cell:
    """Runs of one organization that differ in their seed.

    ``whole`` says that they are run as a whole, many seeds in a call. ``at`` names the periods
    whose values are kept, in ascending order; ``also`` what is taken off the series besides.
    """

    settings: Settings
    seeds: tuple[int, ...]
    whole: bool
    at: tuple[int, ...] = ()
    also: tuple[Derived, ...] = ()
    people: People | None = None
    #: Whether the scenario may bring a Worker of its own.
    allow_plugins: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of a run: the run, or why there is none, and where and how long it took.

    ``refused`` has the problems of settings that cannot be run at all.
    """

    run: Run | None
    error: str = ""
    seconds: float = 0.0
    host: str = ""
    refused: tuple[Problem, ...] = ()


def do_cells(cells: Sequence[Cell]) -> list[list[Outcome]]:
    """Do all runs of a parcel; gives the outcomes by cell, in the order of its seeds."""
    return [do_cell(cell) for cell in cells]


def do_cell(cell: Cell) -> list[Outcome]:
    """Do the runs of one cell; a failure is an outcome, so that it stops no other run."""
    if not cell.whole:
        return [attempt(partial(_alone, cell, seed)) for seed in cell.seeds]
    try:
        return _together(cell, cell.seeds)
    except Exception:
        # One of them cannot be done: find out which.
        return [attempt(partial(_only, cell, seed)) for seed in cell.seeds]


def do_cell_openly(cell: Cell) -> Run:
    """The only run of a cell; whatever goes wrong in it is raised."""
    (seed,) = cell.seeds
    done = _only(cell, seed) if cell.whole else _alone(cell, seed)
    assert done is not None
    return done


def attempt(do: Callable[[], Run | None]) -> Outcome:
    """The outcome of one run, whatever a researcher's own Worker may raise."""
    began = time.perf_counter()
    done, error = None, ""
    refused: tuple[Problem, ...] = ()
    try:
        done = do()
    except InputProblem as problem:
        error, refused = str(problem), tuple(problem.problems)
    except Exception as problem:
        error = what_and_where(problem)
    seconds = time.perf_counter() - began
    return Outcome(done, error, seconds, socket.gethostname(), refused)


def _alone(cell: Cell, seed: int) -> Run:
    """One run, week by week."""
    done = run(cell.settings, seed, cell.people, own_steps(cell.settings, cell.allow_plugins))
    return _shown(done, cell)


def _only(cell: Cell, seed: int) -> Run | None:
    """One run of those that are run as a whole."""
    return _together(cell, (seed,))[0].run


def _together(cell: Cell, seeds: Sequence[int]) -> list[Outcome]:
    """Some seeds, each run as a whole, in one call."""
    began = time.perf_counter()
    last = cell.settings.periods
    looked_at = [range(one.start, min(one.end or last, last) + 1) for one in cell.also]
    at = sorted({period for period in cell.at if period <= last}.union(*looked_at))
    results = run_seeds(cell.settings, seeds, at)
    seconds = (time.perf_counter() - began) / len(seeds)
    outcomes = []
    for k, seed in enumerate(seeds):
        finals = {name: float(values[k]) for name, values in results.final.items()}
        series = np.array([values[k] for values in results.series.values()]).T
        done = Run(seed, finals, np.array(at, np.int64), series, seconds)
        outcomes.append(Outcome(_shown(done, cell), "", seconds, socket.gethostname()))
    return outcomes


def _shown(done: Run, cell: Cell) -> Run:
    """A run with what is taken off its series, and of the series only what is asked for."""
    names = list(done.finals)
    derived = {
        one.name: one.value(done.at, done.series[:, names.index(one.measure)]) for one in cell.also
    }
    kept = np.isin(done.at, np.array(cell.at, np.int64))
    return Run(
        done.seed, {**done.finals, **derived}, done.at[kept], done.series[kept], done.seconds
    )


def what_and_where(error: Exception) -> str:
    """An error in a line, with the place in the code that raised it."""
    text = f"{type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    return f"{text} ({Path(frames[-1].filename).name}, line {frames[-1].lineno})"


def own_steps(settings: Settings, allow_plugins: bool) -> Callable[[Organization], None] | None:
    """The steps that a scenario's own Worker takes after work, where it names one."""
    if not settings.worker:
        return None
    # Mesa is loaded only where somebody needs its views.
    from sim.models.learning_organization import after_work_hook
    from sim.scenario.plugins import worker_of

    worker = worker_of(settings, allow_plugins)
    return None if worker is None else after_work_hook(worker)

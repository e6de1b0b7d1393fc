"""Many runs: in order of the design, on any number of processes, with the same result.

A run depends on its scenario and seed alone, so neither the number of processes nor the order in
which they finish can change a table. Seconds are kept apart from results.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from sim.combination import check_combination
from sim.errors import InputProblem
from sim.kernels import watch_compilation
from sim.measures import MEASURES
from sim.models.run import Run, check_stop, run
from sim.models.whole_run.batch import run_seeds
from sim.models.whole_run.scope import is_whole

if TYPE_CHECKING:
    from sim.organization import Organization
    from sim.scenario.people import People
    from sim.scenario.settings import Settings


#: Seeds that one call runs as a whole, and periods of such a run that a series shows, at most.
MOST_SEEDS, MOST_PERIODS = 250, 400


@dataclass(frozen=True)
class Task:
    """One run to do: under which name it is reported, what to run, and its seed."""

    scenario: str
    settings: Settings
    seed: int
    people: People | None = None
    #: Whether the scenario may bring a Worker of its own.
    allow_plugins: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of a task: a run, or why there is none."""

    task: int
    run: Run | None
    error: str = ""


class RunsFailed(Exception):
    """Some runs failed; says which, so that each can be repeated alone."""


def do(number: int, task: Task) -> Outcome:
    """Do one task; a failure is an outcome, so that it stops no other run."""
    try:
        return Outcome(number, run(task.settings, task.seed, task.people, own_steps(task)))
    except InputProblem:
        raise
    except Exception as error:  # whatever a researcher's own Worker may raise
        return Outcome(number, None, _what_and_where(error))


def _what_and_where(error: Exception) -> str:
    """An error in a line, with the place in the code that raised it."""
    text = f"{type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    return f"{text} ({Path(frames[-1].filename).name}, line {frames[-1].lineno})"


def own_steps(task: Task) -> Callable[[Organization], None] | None:
    """The steps that a scenario's own Worker takes after work, where it names one."""
    if not task.settings.worker:
        return None
    # Mesa is loaded only where somebody needs its views.
    from sim.models.learning_organization import after_work_hook
    from sim.scenario.plugins import worker_of

    worker = worker_of(task.settings, task.allow_plugins)
    return None if worker is None else after_work_hook(worker)


def run_all(
    tasks: Sequence[Task],
    jobs: int = 1,
    tell: Callable[[Outcome], None] = lambda outcome: None,
    with_series: bool = True,
) -> list[Run]:
    """Do all tasks on ``jobs`` processes; gives the runs in the order of the tasks.

    ``tell`` is called with each outcome as it comes in. Scenarios in which people only learn are
    run as a whole, many seeds in a call; ``with_series`` says whether their runs also keep what
    was measured on the way.

    Raises
    ------
    RunsFailed
        When all is done and some runs failed.
    """
    if all(is_learning_only(task) for task in tasks):
        return run_wholes(tasks, jobs, tell, with_series)
    outcomes: list[Outcome | None] = [None] * len(tasks)
    if jobs == 1 or len(tasks) == 1:
        coming = (do(number, task) for number, task in enumerate(tasks))
    else:
        coming = Parallel(n_jobs=jobs, return_as="generator_unordered")(
            delayed(do)(number, task) for number, task in enumerate(tasks)
        )
    for outcome in coming:
        outcomes[outcome.task] = outcome
        tell(outcome)
    failed = [outcome for outcome in outcomes if outcome is not None and outcome.run is None]
    if failed:
        first = tasks[failed[0].task]
        raise RunsFailed(
            f"{len(failed)} of {len(tasks)} runs failed; the first is scenario "
            f"`{first.scenario}` with seed {first.seed}: {failed[0].error}"
        )
    return [outcome.run for outcome in outcomes if outcome is not None and outcome.run is not None]


def check_tasks(tasks: Sequence[Task]) -> None:
    """Raise InputProblem for settings that cannot be combined, or not be run with the others."""
    together = all(is_learning_only(task) for task in tasks)
    for settings in {id(task.settings): task.settings for task in tasks}.values():
        check_combination(settings)
        if not together:
            check_stop(settings)


def is_learning_only(task: Task) -> bool:
    """Whether a task can be run as a whole."""
    return task.people is None and is_whole(task.settings)


def run_wholes(
    tasks: Sequence[Task], jobs: int, tell: Callable[[Outcome], None], with_series: bool
) -> list[Run]:
    """Do tasks that are run as a whole, in parts of many seeds; as ``run_all``."""
    parts = _parts(tasks, jobs)
    runs: dict[int, Run] = {}
    horizon = None
    if with_series:
        # How long the longest run is decides at which periods all are measured.
        lengths = (each.finals["periods_run"] for _, each in _do_parts(tasks, parts, jobs, None))
        horizon = int(max(lengths, default=0))
    for number, done in _do_parts(tasks, parts, jobs, horizon):
        runs[number] = done
        tell(Outcome(number, done))
    return [runs[number] for number in range(len(tasks))]


def _do_parts(
    tasks: Sequence[Task], parts: list[list[int]], jobs: int, horizon: int | None
) -> Iterator[tuple[int, Run]]:
    """Do all parts; ``horizon`` is the last period to measure at, None for the ends only."""
    work = (
        delayed(do_part)(part, tasks[part[0]].settings, [tasks[n].seed for n in part], horizon)
        for part in parts
    )
    if jobs == 1 or len(parts) == 1:
        coming = (function(*arguments) for function, arguments, _ in work)
    else:
        coming = Parallel(n_jobs=jobs, return_as="generator_unordered")(work)
    for done in coming:
        yield from done


def _parts(tasks: Sequence[Task], jobs: int) -> list[list[int]]:
    """Numbers of tasks with the same settings, in parts small enough to keep all processes busy."""
    groups: dict[int, list[int]] = {}
    for number, task in enumerate(tasks):
        groups.setdefault(id(task.settings), []).append(number)
    parts = []
    for numbers in groups.values():
        size = min(MOST_SEEDS, max(1, -(-len(numbers) // (4 * jobs))))
        parts += [numbers[first : first + size] for first in range(0, len(numbers), size)]
    return parts


def do_part(
    numbers: list[int], settings: Settings, seeds: list[int], horizon: int | None
) -> list[tuple[int, Run]]:
    """Run some seeds of a scenario in one call; see ``_do_parts``."""
    began = time.perf_counter()
    at = [] if horizon is None else periods_shown(min(horizon, settings.periods))
    results = run_seeds(settings, seeds, at)
    seconds = (time.perf_counter() - began) / len(seeds)
    runs = []
    for k, (number, seed) in enumerate(zip(numbers, seeds, strict=True)):
        finals = {name: float(values[k]) for name, values in results.final.items()}
        series = np.array([values[k] for values in results.series.values()]).T
        runs.append((number, Run(seed, finals, np.array(at, np.int64), series, seconds)))
    return runs


def periods_shown(last: int) -> list[int]:
    """Periods 1 to ``last`` at which a whole run is measured; evenly thinned where it is long.

    Of runs that are at rest from the start, the start.
    """
    if last == 0:
        return [0]
    step = -(-last // MOST_PERIODS)
    return sorted({*range(step, last + 1, step), last})


def warm(settings: Settings, tell: Callable[[str], None]) -> None:
    """Compile what a scenario needs, once on this machine, by living through it with few people.

    ``tell`` is called with each kernel's name as its compilation starts.
    """
    few = {"people": 24, "periods": min(settings.periods, 30), "events": [], "worker": ""}
    with watch_compilation(tell):
        if is_whole(settings):
            run_seeds(settings.model_copy(update={"periods": min(settings.periods, 2)}), [0])
        else:
            run(settings.model_copy(update=few), seed=0)


def finals_table(tasks: Sequence[Task], runs: Sequence[Run]) -> pd.DataFrame:
    """One row a run: ``scenario``, ``seed`` and one column a measure; units in ``attrs``."""
    table = pd.DataFrame(
        [
            {"scenario": task.scenario, "seed": task.seed, **each.finals}
            for task, each in zip(tasks, runs, strict=True)
        ]
    )
    return _with_units(table)


def series_table(tasks: Sequence[Task], runs: Sequence[Run]) -> pd.DataFrame:
    """One row a run and period: ``scenario``, ``seed``, ``period`` (from 1) and the measures."""
    parts = []
    for task, each in zip(tasks, runs, strict=True):
        part = pd.DataFrame(each.series, columns=list(each.finals))
        part.insert(0, "period", each.at)
        part.insert(0, "seed", task.seed)
        part.insert(0, "scenario", task.scenario)
        parts.append(part)
    return _with_units(pd.concat(parts, ignore_index=True))


def _with_units(table: pd.DataFrame) -> pd.DataFrame:
    table.attrs["units"] = {name: MEASURES[name].unit for name in table if name in MEASURES}
    return table

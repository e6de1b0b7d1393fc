"""Many runs: in order of the design, on any number of processes, with the same result.

A run depends on its scenario and seed alone, so neither the number of processes nor the order in
which they finish can change a table. Seconds are kept apart from results.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from sim.errors import InputProblem
from sim.kernels import watch_compilation
from sim.measures import MEASURES
from sim.models.run import Run, run

if TYPE_CHECKING:
    from sim.organization import Organization
    from sim.scenario.people import People
    from sim.scenario.settings import Settings


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
    tasks: Sequence[Task], jobs: int = 1, tell: Callable[[Outcome], None] = lambda outcome: None
) -> list[Run]:
    """Do all tasks on ``jobs`` processes; gives the runs in the order of the tasks.

    ``tell`` is called with each outcome as it comes in.

    Raises
    ------
    RunsFailed
        When all is done and some runs failed.
    """
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


def warm(settings: Settings, tell: Callable[[str], None]) -> None:
    """Compile what a scenario needs, once on this machine, by living through it with few people.

    ``tell`` is called with each kernel's name as its compilation starts.
    """
    few = {"people": 24, "periods": min(settings.periods, 30), "events": [], "worker": ""}
    with watch_compilation(tell):
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
        part = pd.DataFrame(each.series, columns=list(MEASURES))
        part.insert(0, "period", np.arange(1, len(part) + 1))
        part.insert(0, "seed", task.seed)
        part.insert(0, "scenario", task.scenario)
        parts.append(part)
    return _with_units(pd.concat(parts, ignore_index=True))


def _with_units(table: pd.DataFrame) -> pd.DataFrame:
    table.attrs["units"] = {name: measure.unit for name, measure in MEASURES.items()}
    return table

"""Many runs: in order of the design, on any number of processes, with the same result.

A run depends on its scenario and seed alone, so neither the number of processes nor the order in
which they finish can change a table. Seconds are kept apart from results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from sim.combination import check_combination
from sim.errors import InputProblem, Problem
from sim.measures import MEASURES
from sim.models.run import Run, check_stop
from sim.models.whole_run.scope import is_whole
from sim.scenario.origins import placed
from sim.studies.parcels import Cell, do_cell
from sim.studies.pool import Pool

if TYPE_CHECKING:
    from sim.scenario.people import People
    from sim.scenario.settings import Settings


#: One process, this one.
ALONE = Pool()
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
    #: Where each setting comes from (``sim.scenario.origins``), for messages.
    origins: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Outcome:
    """What came of a task: a run, or why there is none."""

    task: int
    run: Run | None
    error: str = ""


class RunsFailed(Exception):
    """Some runs failed; says which, so that each can be repeated alone."""


def run_all(
    tasks: Sequence[Task],
    pool: Pool = ALONE,
    tell: Callable[[Outcome], None] = lambda outcome: None,
    with_series: bool = True,
) -> list[Run]:
    """Do all tasks in ``pool``; gives the runs in the order of the tasks.

    ``tell`` is called with each outcome as it comes in. Scenarios in which people only learn are
    run as a whole, many seeds in a call; ``with_series`` says whether their runs also keep what
    was measured on the way.

    Raises
    ------
    RunsFailed
        When all is done and some runs failed.
    """
    if all(is_learning_only(task) for task in tasks):
        outcomes = _do_wholes(tasks, pool, tell, with_series)
    else:
        parts = [[number] for number in range(len(tasks))]
        cells = [
            _cell(tasks, part, False, tuple(range(1, tasks[part[0]].settings.periods + 1)))
            for part in parts
        ]
        outcomes = _do_parts(tasks, parts, cells, pool, tell)
    runs = [outcomes[number].run for number in range(len(tasks))]
    failed = [number for number, run in enumerate(runs) if run is None]
    if failed:
        first = tasks[failed[0]]
        raise RunsFailed(
            f"{len(failed)} of {len(tasks)} runs failed; the first is scenario "
            f"`{first.scenario}` with seed {first.seed}: {outcomes[failed[0]].error}"
        )
    return [run for run in runs if run is not None]


def check_tasks(tasks: Sequence[Task]) -> None:
    """Raise InputProblem for settings that cannot be combined, or not be run with the others."""
    together = all(is_learning_only(task) for task in tasks)
    for task in {id(task.settings): task for task in tasks}.values():
        try:
            check_combination(task.settings)
            if not together:
                check_stop(task.settings)
        except InputProblem as wrong:
            raise _placed(wrong.problems, task) from None


def _placed(problems: Iterable[Problem], task: Task) -> InputProblem:
    return InputProblem([placed(problem, task.origins) for problem in problems])


def is_learning_only(task: Task) -> bool:
    """Whether a task can be run as a whole."""
    return task.people is None and is_whole(task.settings)


def _do_wholes(
    tasks: Sequence[Task], pool: Pool, tell: Callable[[Outcome], None], with_series: bool
) -> dict[int, Outcome]:
    """Do tasks that are run as a whole, in parts of many seeds; as ``run_all``."""
    parts = _parts(tasks, pool.jobs)
    at: dict[int, tuple[int, ...]] = {}
    if with_series:
        # How long the longest run is decides at which periods all are measured.
        cells = [_cell(tasks, part, True, ()) for part in parts]
        first = _do_parts(tasks, parts, cells, pool, lambda outcome: None)
        lengths = [each.run.finals["periods_run"] for each in first.values() if each.run]
        longest = int(max(lengths, default=0))
        at = {k: periods_shown(min(longest, cells[k].settings.periods)) for k in range(len(parts))}
    cells = [_cell(tasks, part, True, at.get(k, ())) for k, part in enumerate(parts)]
    return _do_parts(tasks, parts, cells, pool, tell)


def _cell(tasks: Sequence[Task], part: list[int], whole: bool, at: tuple[int, ...]) -> Cell:
    first = tasks[part[0]]
    seeds = tuple(tasks[number].seed for number in part)
    return Cell(
        first.settings, seeds, whole, at, people=first.people, allow_plugins=first.allow_plugins
    )


def _do_parts(
    tasks: Sequence[Task],
    parts: list[list[int]],
    cells: list[Cell],
    pool: Pool,
    tell: Callable[[Outcome], None],
) -> dict[int, Outcome]:
    """Do one cell a part; gives the outcome of each task."""
    outcomes: dict[int, Outcome] = {}
    for number, done in pool.stream(do_cell, cells):
        for task, each in zip(parts[number], done, strict=True):
            if each.refused:
                raise _placed(each.refused, tasks[task])
            outcomes[task] = Outcome(task, each.run, each.error)
            tell(outcomes[task])
    return outcomes


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


def periods_shown(last: int) -> tuple[int, ...]:
    """Periods 1 to ``last`` at which a whole run is measured; evenly thinned where it is long.

    Of runs that are at rest from the start, the start.
    """
    if last == 0:
        return (0,)
    step = -(-last // MOST_PERIODS)
    return (*range(step, last, step), last)


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

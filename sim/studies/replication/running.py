"""The runs behind a replication: each once, on any number of processes, with the same result.

Cells that differ only in what they read off a run, or when, share their runs. A run depends on
its settings and its seed alone, so neither the division of the work nor the order in which parts
come back can change a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputProblem, Problem
from sim.kernels import watch_compilation
from sim.scenario.loading import Scenario, load_scenario
from sim.scenario.marks import plain, shown
from sim.scenario.overrides import OPTION, set_text
from sim.studies.pool import Pool
from sim.studies.replication.targets import Request

if TYPE_CHECKING:
    from sim.models.whole_run.batch import Runs
    from sim.scenario.settings import Settings

#: Seeds in one part of the work.
PART = 50


class Look(NamedTuple):
    """What is read off a run: a measure at its end (``periods`` None), or at each period."""

    measure: str
    periods: tuple[int, ...] | None


@dataclass
class Batch:
    """Runs with the same settings; ``looks`` says who first asked for each."""

    scenario: Scenario
    seeds: int = 0
    looks: dict[Look, Request] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """All runs of a replication; ``answers`` says for each request which batch and look it is."""

    batches: list[Batch]
    answers: list[tuple[int, int, int]]

    @property
    def runs(self) -> int:
        return sum(batch.seeds for batch in self.batches)


def plan(requests: Sequence[Request], seeds: int | None = None) -> Plan:
    """Gather requests into batches; ``seeds`` overrides how many runs each asks for.

    Raises
    ------
    InputProblem
        With every setting that its scenario refuses, at the line that gives it.
    """
    made: dict[str, Batch] = {}
    answers: list[tuple[int, int, int]] = []
    problems: list[Problem] = []
    loaded: dict[tuple[str, ...], Scenario | list[Problem]] = {}
    for request in requests:
        asked = (request.scenario, *_sets(request))
        if asked not in loaded:
            loaded[asked] = _load(request)
        scenario = loaded[asked]
        if isinstance(scenario, list):
            problems += scenario
            continue
        problems += _too_late(request, scenario.settings.periods)
        key = scenario.settings.model_dump_json()
        batch = made.setdefault(key, Batch(scenario))
        look = Look(request.measure, request.periods)
        batch.looks.setdefault(look, request)
        wanted = request.seeds if seeds is None else seeds
        batch.seeds = max(batch.seeds, wanted)
        answers.append((list(made).index(key), list(batch.looks).index(look), wanted))
    if problems:
        raise InputProblem(list(dict.fromkeys(problems)))
    return Plan(list(made.values()), answers)


def _sets(request: Request) -> list[str]:
    """The request's settings as one would type them on the command line."""
    return [set_text(key, plain(one)) for key, one in request.given.items()]


def _load(request: Request) -> Scenario | list[Problem]:
    try:
        return load_scenario(request.scenario, sets=_sets(request))
    except InputProblem as refused:
        return _placed(refused.problems, request)


def _placed(problems: Iterable[Problem], request: Request) -> list[Problem]:
    """Problems with settings, at the lines of the file that gave them."""
    marks = [one.mark for one in request.given.values()]
    origins = dict(zip((f"{OPTION} {shown(text)}" for text in _sets(request)), marks, strict=True))
    placed = []
    for problem in problems:
        mark = origins.get(problem.file)
        if mark is None and problem.key in request.given:
            mark = request.given[problem.key].mark
        if mark is not None:
            problem = replace(problem, file=mark.file, line=mark.line)
        elif not problem.file:
            place = request.place
            key = problem.key or place.key
            problem = replace(problem, file=place.file, line=place.line, key=key)
        placed.append(problem)
    return placed


def _too_late(request: Request, periods: int) -> list[Problem]:
    if request.periods is None or request.periods[-1] <= periods:
        return []
    message = f"period {request.periods[-1]} lies after the end of the runs, period {periods}"
    return [replace(request.place, message=message, remedy="Set `periods`, or look earlier.")]


def try_out(plan: Plan, compiling: Callable[[str], None] = lambda kernel: None) -> None:
    """Live through one period of every batch, which also compiles what they need.

    ``compiling`` is called with each kernel's name as its compilation starts.

    Raises
    ------
    InputProblem
        With every batch that cannot be run, or has no measure of a name that is asked for.
    """
    from sim.models.whole_run.batch import run_seeds

    problems: list[Problem] = []
    with watch_compilation(compiling):
        for batch in plan.batches:
            short = batch.scenario.settings.model_copy(update={"periods": 1})
            try:
                runs = run_seeds(short, [0])
            except InputProblem as refused:
                problems += _placed(refused.problems, next(iter(batch.looks.values())))
                continue
            problems += _unknown_measures(batch, runs)
    if problems:
        raise InputProblem(list(dict.fromkeys(problems)))


def _unknown_measures(batch: Batch, runs: Runs) -> list[Problem]:
    known = list(runs.final)
    return [
        replace(
            request.place,
            message=f"these runs have no measure `{shown(look.measure)}`",
            remedy=f"They have {', '.join(known)}.",
        )
        for look, request in batch.looks.items()
        if look.measure not in known
    ]


def carry_out(
    plan: Plan, pool: Pool, tell: Callable[[int], None] = lambda runs: None
) -> list[NDArray[np.float64]]:
    """Do all runs in ``pool``.

    Returns one array a request, of shape (seeds, periods), or (seeds, 1) for the end of the runs.
    ``tell`` is called with the number of runs done whenever a part comes back.
    """
    parts = [
        (number, range(first, min(first + PART, batch.seeds)))
        for number, batch in enumerate(plan.batches)
        for first in range(0, batch.seeds, PART)
    ]
    work = (
        Part(plan.batches[number].scenario.settings, seeds, tuple(plan.batches[number].looks))
        for number, seeds in parts
    )
    done: dict[int, list[NDArray[np.float64]]] = {}
    for part, seen in pool.stream(do, work):
        done[part] = seen
        tell(len(parts[part][1]))
    gathered: list[list[list[NDArray[np.float64]]]] = [[] for _ in plan.batches]
    for part, (number, _) in enumerate(parts):
        gathered[number].append(done[part])
    whole = [[np.concatenate(each) for each in zip(*seen, strict=True)] for seen in gathered]
    return [whole[batch][look][:wanted] for batch, look, wanted in plan.answers]


class Part(NamedTuple):
    """Some seeds of a batch, and what to read off their runs."""

    settings: Settings
    seeds: Sequence[int]
    looks: tuple[Look, ...]


def do(part: Part) -> list[NDArray[np.float64]]:
    """Run some seeds of a batch and read off them what is asked for."""
    from sim.models.whole_run.batch import run_seeds

    at = sorted({period for look in part.looks for period in look.periods or ()})
    runs = run_seeds(part.settings, part.seeds, at=at)
    return [_seen(runs, look, at) for look in part.looks]


def _seen(runs: Runs, look: Look, at: Sequence[int]) -> NDArray[np.float64]:
    if look.periods is None:
        return runs.final[look.measure][:, np.newaxis]
    columns = np.searchsorted(np.asarray(at), look.periods)
    return runs.series[look.measure][:, columns]

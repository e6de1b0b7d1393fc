"""Whether settings can be combined at the points of a study, found out before anything runs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, product
from typing import TYPE_CHECKING

from sim.combination import check_combination
from sim.errors import InputProblem, Problem
from sim.models.run import check_stop
from sim.models.whole_run.scope import is_whole
from sim.scenario.marks import Document, shown
from sim.scenario.origins import concerned, named_beside, origins_of
from sim.scenario.wording import number
from sim.studies.study.designs import Grid
from sim.studies.study.factors import Value
from sim.studies.study.points import Point
from sim.studies.study.study import Study

if TYPE_CHECKING:
    from sim.scenario.settings import Settings

#: Cells (points times scenarios) that are all tried; of more, the corners and as many spread over.
ALL_TRIED = 2_000
MOST_TOLD = 10
#: Steps of the golden section visit a long list evenly, in step with no factor's levels.
GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass
class _Refusal:
    """One complaint, with the cell that first gave it and how many did."""

    problem: Problem
    scenario: str
    values: dict[str, Value]
    cells: int = 1


@dataclass
class _Found:
    refusals: dict[tuple[str, str], _Refusal] = field(default_factory=dict)

    def add(self, scenario: str, point: Point, problems: Iterable[Problem]) -> None:
        for problem in problems:
            key = (scenario, problem.message)
            if key in self.refusals:
                self.refusals[key].cells += 1
            else:
                self.refusals[key] = _Refusal(problem, scenario, point.values)


def problems_at_points(
    study: Study, document: Document | None = None, people: int | None = None
) -> list[Problem]:
    """What is wrong with settings that are allowed one by one, with a point where it is.

    All cells are tried where there are 2,000 at most, else the corners of the design and 2,000
    cells spread over it. ``people`` is their number where an organization was imported.
    """
    found = _Found()
    together = True
    tried: list[tuple[str, Point, Settings]] = []
    for scenario_number, point_number in _cells(study):
        name, point = study.scenarios[scenario_number].name, study.points[point_number]
        try:
            settings = study.settings_of(scenario_number, point)
            check_combination(settings, people)
        except InputProblem as refused:
            found.add(name, point, refused.problems)
            continue
        together = together and people is None and is_whole(settings)
        if settings.run.stop == "absorption":
            tried.append((name, point, settings))
    # Runs are only told when nothing changes any more where all of them are of learning alone.
    for name, point, settings in [] if together else tried:
        try:
            check_stop(settings)
        except InputProblem as refused:
            found.add(name, point, refused.problems)
    told = [_told(refusal, study, document) for refusal in found.refusals.values()]
    more = len(told) - MOST_TOLD
    if more > 0:
        rest = Problem(f"{more} more kinds of settings cannot be combined", "Mend these first.")
        return [*told[:MOST_TOLD], rest]
    return told


def _cells(study: Study) -> Iterator[tuple[int, int]]:
    """Numbers of scenario and point of the cells to try."""
    points, scenarios = len(study.points), len(study.scenarios)
    if points * scenarios <= ALL_TRIED:
        numbers: Iterable[int] = range(points)
    else:
        each = max(1, ALL_TRIED // scenarios)
        spread = (int(math.fmod(k * GOLDEN, 1.0) * points) for k in range(each))
        numbers = sorted({*islice(_corners(study), ALL_TRIED), *spread})
    return product(range(scenarios), numbers)


def _corners(study: Study) -> Iterator[int]:
    """Numbers of the points where factors are at their ends."""
    if study.design.kind == "grid":
        sizes = [len(levels) for levels in Grid([one.levels or () for one in study.factors]).levels]
        for corner in product(*([0, size - 1] for size in sizes)):
            number = 0
            for size, level in zip(sizes, corner, strict=True):
                number = number * size + level
            yield number
        return
    rows = [study.points.row(number) for number in range(len(study.points))]
    for place in range(len(study.factors)):
        ranked = [(_rank(row[place]), number) for number, row in enumerate(rows)]
        yield from (min(ranked)[1], max(ranked)[1])


def _rank(value: Value) -> tuple[str, float | str]:
    return ("number", value) if isinstance(value, int | float) else ("word", value)


def _told(refusal: _Refusal, study: Study, document: Document | None) -> Problem:
    named = [f"{shown(name)} = {_word(value)}" for name, value in refusal.values.items()]
    where = f"scenario {refusal.scenario}" + (f" at {', '.join(named)}" if named else "")
    others = refusal.cells - 1
    if others:
        where += f" (and at {others} other point{'' if others == 1 else 's'})"
    file, line, key = "", None, "factors" if study.factors else "scenarios"
    if document is not None and document.root is not None:
        key = key if key in document.root.value else "points"
        file, line = document.file, document.root.value[key].mark.line
    told = Problem(f"{where}: {refusal.problem.message}", refusal.problem.remedy, file, line, key)
    origins = _origins(study, refusal.scenario, document)
    return named_beside(told, concerned(refusal.problem, origins), origins)


def _origins(study: Study, scenario: str, document: Document | None) -> dict[str, str]:
    """Where the settings of a scenario come from, those that factors move from their factors."""
    origins = origins_of(next(one for one in study.scenarios if one.name == scenario))
    given = document.root.value.get("factors") if document and document.root else None
    for factor in study.factors:
        where = f"the factor {shown(factor.name)}"
        if document is not None and given is not None and factor.name in given.value:
            where = f"{document.file}:{given.value[factor.name].mark.line}"
        origins |= dict.fromkeys(factor.moves, where)
    return origins


def _word(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else shown(number(value))

"""Comparing two scenarios: the same people, world and requests under both, seed by seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.measures import LEARNING_MEASURES, MAIN_MEASURES, MEASURES, Measure
from sim.parameters import ASSUMPTION
from sim.scenario.loading import Scenario
from sim.scenario.origins import origins_of
from sim.scenario.schema import parameter_table
from sim.studies.pool import Pool
from sim.studies.runner import ALONE, Outcome, Task, finals_table, run_all, series_table
from sim.studies.statistics import compare_table

if TYPE_CHECKING:
    from sim.scenario.people import People

#: Parameters that are words for people and change nothing.
TEXTS = {"title", "story", "questions"}


@dataclass(frozen=True)
class Comparison:
    """Two scenarios, their runs, and what differs.

    ``names`` are A and B as they stand in the tables; a difference is B minus A. ``finals`` has a
    row a run, ``series`` a row a run and period, ``table`` a row a measure. ``measures`` are those
    that the runs have, ``main`` names those to speak of first.
    """

    names: tuple[str, str]
    scenarios: tuple[Scenario, Scenario]
    seeds: tuple[int, ...]
    finals: pd.DataFrame
    series: pd.DataFrame
    measures: dict[str, Measure]
    main: tuple[str, ...]
    table: pd.DataFrame
    seconds: float

    @property
    def titles(self) -> tuple[str, str]:
        """What people call A and B."""
        first, second = (
            scenario.settings.title or name
            for scenario, name in zip(self.scenarios, self.names, strict=True)
        )
        return first, second

    @property
    def length(self) -> str:
        """How long a run was, in words: "of 156 weeks" (of the longer one, if they differ)."""
        settings = [scenario.settings for scenario in self.scenarios]
        longest = max(each.periods for each in settings)
        if self.main != LEARNING_MEASURES:
            return f"of {longest} week{'' if longest == 1 else 's'}"
        if any(each.run.stop == "absorption" for each in settings):
            return f"until nothing changes (at most {longest:,} periods)"
        return f"of {longest:,} period{'' if longest == 1 else 's'}"


def compare(
    first: Scenario,
    second: Scenario,
    seeds: Sequence[int],
    *,
    pool: Pool = ALONE,
    people: People | None = None,
    allow_plugins: bool = False,
    tell: Callable[[Outcome], None] = lambda outcome: None,
) -> Comparison:
    """Run both scenarios on every seed and compare them pair by pair.

    Raises
    ------
    InputProblem
        When a scenario cannot be run at all.
    RunsFailed
        When single runs failed.
    """
    names = (first.name, second.name)
    if names[0] == names[1]:
        names = (names[0], f"{names[1]} (again)")
    origins = [origins_of(scenario) for scenario in (first, second)]
    tasks = [
        Task(name, scenario.settings, seed, people, allow_plugins, where)
        for seed in seeds
        for name, scenario, where in zip(names, (first, second), origins, strict=True)
    ]
    done = run_all(tasks, pool, tell)
    found = comparison_of(
        names,
        (first, second),
        seeds,
        runs=finals_table(tasks, done),
        series=series_table(tasks, done),
    )
    return replace(found, seconds=sum(each.seconds for each in done))


def comparison_of(
    names: tuple[str, str],
    scenarios: tuple[Scenario, Scenario],
    seeds: Sequence[int],
    *,
    runs: pd.DataFrame,
    series: pd.DataFrame,
) -> Comparison:
    """What the tables of a comparison say: ``runs`` a row a run, ``series`` a row a period."""
    measures = {name: measure for name, measure in MEASURES.items() if name in runs}
    main = tuple(name for name in MAIN_MEASURES if name in measures)
    if main != MAIN_MEASURES:
        main = LEARNING_MEASURES
    return Comparison(
        names=names,
        scenarios=scenarios,
        seeds=tuple(seeds),
        finals=runs,
        series=series,
        measures=measures,
        main=main,
        table=compare_table(runs, *names, measures, main=main),
        seconds=0.0,
    )


def effective(scenario: Scenario) -> dict[str, Any]:
    """Every parameter of a scenario by its key path."""
    values: dict[str, Any] = {}
    for row in parameter_table():
        value: Any = scenario.settings
        for part in row.path.split("."):
            value = getattr(value, part)
        values[row.path] = value
    return values


def differing_settings(first: Scenario, second: Scenario) -> list[dict[str, Any]]:
    """Rows ``key``, ``A``, ``B``, ``unit`` of the parameters in which two scenarios differ."""
    one, other = effective(first), effective(second)
    return [
        {"key": row.path, "A": one[row.path], "B": other[row.path], "unit": row.unit}
        for row in parameter_table()
        if row.path not in TEXTS and one[row.path] != other[row.path]
    ]


def assumptions(scenario: Scenario) -> list[dict[str, Any]]:
    """Rows ``key``, ``value``, ``unit``, ``doc`` of the parameters whose value has no source."""
    values = effective(scenario)
    return [
        {"key": row.path, "value": values[row.path], "unit": row.unit, "doc": row.meaning}
        for row in parameter_table()
        if ASSUMPTION in row.source
    ]

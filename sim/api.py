"""The laboratory in Python, for notebooks: scenarios, runs, comparisons and studies.

Every table has the units of its columns in ``attrs["units"]``. Progress is shown where there is
somebody to look at it: a terminal or a notebook.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.errors import InputProblem, Problem
from sim.scenario.loading import Scenario, load_scenario, scenario_of_texts
from sim.scenario.origins import origins_of
from sim.scenario.overrides import set_texts
from sim.studies.machine import cores

if TYPE_CHECKING:
    from sim.scenario.people import People
    from sim.studies.study import Study

__all__ = ["Scenario", "compare", "load_scenario", "run", "sweep"]

#: Settings by key path, or as on the command line.
Sets = Mapping[str, Any] | Sequence[str]


def run(
    scenario: str | Path | Scenario,
    seeds: int | Sequence[int] = 20,
    *,
    sets: Sets = (),
    series: bool = False,
    jobs: int = 1,
    cluster: str = "",
    people: People | None = None,
    allow_plugins: bool = False,
) -> pd.DataFrame:
    """Run a scenario; gives one row a run, or with ``series`` one a run and period.

    Parameters
    ----------
    scenario
        A name or file, or what ``load_scenario`` gave.
    seeds
        How many (0 to N - 1), or which.
    sets
        Settings by key path, such as ``{"environment.turbulence": 0.01}``.
    jobs, cluster
        Processes here, or the address of a Dask scheduler. Results do not depend on them.

    Returns
    -------
    Columns ``scenario``, ``seed`` (and ``period``) and one a measure; units in
    ``attrs["units"]``.

    Raises
    ------
    InputProblem
        For a scenario that cannot be loaded or run; RunsFailed when single runs failed.
    """
    from sim.studies.pool import Pool
    from sim.studies.runner import Task, check_tasks, finals_table, run_all, series_table

    loaded = _loaded(scenario, sets)
    origins = origins_of(loaded)
    tasks = [
        Task(loaded.name, loaded.settings, seed, people, allow_plugins, origins)
        for seed in _seeds(seeds)
    ]
    check_tasks(tasks)
    with _progress("Running", len(tasks)) as tell:
        runs = run_all(tasks, Pool(_jobs(jobs), cluster), tell, with_series=series)
    return (series_table if series else finals_table)(tasks, runs)


def compare(
    first: str | Path | Scenario,
    second: str | Path | Scenario,
    seeds: int | Sequence[int] = 20,
    *,
    sets: Sets = (),
    jobs: int = 1,
    cluster: str = "",
    people: People | None = None,
    allow_plugins: bool = False,
) -> pd.DataFrame:
    """Compare two scenarios seed by seed; gives one row a measure, differences second minus first.

    Parameters are those of ``run``; ``sets`` are laid over both scenarios.

    Returns
    -------
    The table of ``compare_table``: means of A and B with intervals, their difference, effect sizes
    and p values, indexed by measure. ``attrs`` has ``units``, ``names`` of A and B, and
    ``sentence``, what it says in words.

    Raises
    ------
    InputProblem, RunsFailed
        As ``run``.
    """
    from sim.pages.sentences import plain_sentence
    from sim.studies import comparison
    from sim.studies.pool import Pool

    pair = (_loaded(first, sets), _loaded(second, sets))
    named = _seeds(seeds)
    with _progress("Comparing", 2 * len(named)) as tell:
        done = comparison.compare(
            *pair,
            named,
            pool=Pool(_jobs(jobs), cluster),
            people=people,
            allow_plugins=allow_plugins,
            tell=tell,
        )
    table = done.table.copy()
    table.attrs = {
        "units": {name: measure.unit for name, measure in done.measures.items()},
        "names": list(done.names),
        "sentence": plain_sentence(done.table, done.measures, done.main, done.titles, done.length),
    }
    return table


def sweep(
    study: str | Path | Study,
    out: str | Path | None = None,
    *,
    sets: Sets = (),
    jobs: int = 1,
    cluster: str = "",
    people: str | Path | None = None,
    allow_plugins: bool = False,
) -> pd.DataFrame:
    """Run a study, or what is missing of it; gives one row a run, in the order of its design.

    Parameters
    ----------
    study
        A study file, or what ``load_study`` gave.
    out
        The results folder; ``results/NAME`` if not named. Runs that it has are not done again.
    people
        The file of an imported organization.

    Returns
    -------
    The table of ``load_results``: ``run``, ``scenario``, ``point``, a column a factor, ``seed``,
    ``status``, ``error`` and one column a measure. ``attrs`` has ``units`` and ``folder``.

    Raises
    ------
    InputProblem
        For a study that cannot be loaded, and a folder that cannot be used.
    """
    from sim.studies.pool import Pool
    from sim.studies.store import load_results
    from sim.studies.study import Study, load_study
    from sim.studies.study_manifest import results_folder, write_manifest
    from sim.studies.sweep import Conditions
    from sim.studies.sweep import sweep as do

    if isinstance(study, Study) and sets:
        raise InputProblem(
            Problem(
                "settings are laid under the factors when a study is loaded",
                "Write load_study(FILE, sets), and sweep what it gives.",
                key="sets",
            )
        )
    texts = set_texts(sets)
    loaded = study if isinstance(study, Study) else load_study(study, texts)
    organization = None if people is None else Path(people)
    folder = results_folder(loaded.name, texts, organization) if out is None else Path(out)
    conditions = Conditions.of(organization, allow_plugins)
    with _progress("Sweeping", 0) as bar:
        do(loaded, folder, Pool(_jobs(jobs), cluster), conditions, bar)
    (file,) = loaded.files
    options = [part for text in texts for part in ("--set", text)]
    write_manifest(folder, loaded, conditions, ["sweep", file, *options])
    table = load_results(folder)
    table.attrs["folder"] = str(folder)
    return table


def _loaded(scenario: str | Path | Scenario, sets: Sets) -> Scenario:
    if isinstance(scenario, Scenario):
        if not sets:
            return scenario
        files = [
            (str(file), text) for file, text in zip(scenario.files, scenario.text, strict=True)
        ]
        return scenario_of_texts(scenario.name, files, sets=[*scenario.sets, *set_texts(sets)])
    return load_scenario(scenario, sets=set_texts(sets))


def _seeds(seeds: int | Sequence[int]) -> list[int]:
    """Seeds as they are named, or the first so many."""
    whole = (int, np.integer)
    if isinstance(seeds, whole) and not isinstance(seeds, bool):
        named: list[Any] = list(range(int(seeds)))
    else:
        named = [] if isinstance(seeds, str) else list(seeds)  # type: ignore[arg-type]
    right = all(isinstance(seed, whole) and seed >= 0 for seed in named)
    if not named or not right or len(set(named)) < len(named):
        raise InputProblem(
            Problem(
                f"{seeds!r} names no seeds",
                "Give how many, 1 or more, or a list of different whole numbers from 0 on.",
                key="seeds",
            )
        )
    return [int(seed) for seed in named]


def _jobs(jobs: int) -> int:
    """Processes; 0 for one a core, as on the command line."""
    return jobs or cores()


def _progress(label: str, total: int) -> Any:
    from sim.verbs.terminal import progress

    return progress(label, total)

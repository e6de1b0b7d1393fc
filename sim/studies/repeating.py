"""Repeating what a manifest tells of: the same runs again, from the texts that it holds."""

from __future__ import annotations

import hashlib
import platform
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

import sim
from sim.errors import InputProblem, Problem
from sim.kernel_sources import source_hash
from sim.scenario.marks import shown
from sim.studies.manifest import Manifest
from sim.studies.parcels import Cell
from sim.studies.pool import Pool
from sim.studies.results import hash_of_folder, package_versions, table_hash
from sim.studies.runner import Outcome, Task, finals_table, is_learning_only, run_all
from sim.studies.runner import series_table as series_of
from sim.studies.study import Study
from sim.studies.sweep import Conditions, Listener, Plan, all_whole, cell_of, sweep

if TYPE_CHECKING:
    from sim.studies.study import Point


def what_differs(manifest: Manifest) -> list[str]:
    """Why results may come out differently here: code, packages, machine."""
    told = manifest.told
    here = {
        "rules": source_hash(),
        "machine": platform.machine(),
        **package_versions(),
    }
    then = {"rules": told["code"]["rules"], "machine": told["machine"], **told["packages"]}
    differing = [
        f"{name} was {then.get(name, 'not there')}, and is {value}"
        for name, value in here.items()
        if then.get(name) != value
    ]
    if told["code"]["learning-org"] != sim.__version__:
        differing.insert(
            0, f"learning-org was {told['code']['learning-org']}, and is {sim.__version__}"
        )
    return differing


def check_code(manifest: Manifest, allow_plugins: bool) -> None:
    """Raise InputProblem where the runs load code and that is not allowed anew.

    What was allowed when they were done says nothing of the code that bears the name here, nor of
    a manifest that came from somebody else.
    """
    code = [] if allow_plugins else manifest.code()
    if code:
        named = " and ".join(f"`{shown(name)}`" for name in code)
        raise InputProblem(
            Problem(
                f"these runs load {named}, which is code, and a manifest allows none",
                "If you trust it, allow it: --allow-plugins.",
                str(manifest.file),
                key="worker",
            )
        )


def conditions_of(manifest: Manifest, org: Path | None, allow_plugins: bool = False) -> Conditions:
    """Under which conditions runs were done; ``org`` says where the organization's file is now.

    Code that scenarios name is loaded only where ``allow_plugins``, whatever the manifest says.

    Raises
    ------
    InputProblem
        When an organization was imported and its file is not there, or not the same.
    """
    told = manifest.told["organization"]
    if told is None:
        return Conditions.of(None, allow_plugins)
    named = org or Path(manifest.option("--org")[0])
    if not named.is_file():
        raise InputProblem(
            Problem(
                f"these runs used the organization in {told['file']}, which is not there",
                "Say where it is with --org.",
            )
        )
    if hashlib.sha256(named.read_bytes()).hexdigest() != told["sha256"]:
        raise InputProblem(
            Problem(
                f"{named} is not the organization that these runs used ({told['file']})",
                "Name the same file with --org.",
            )
        )
    return Conditions.of(named, allow_plugins)


def repeat(
    manifest: Manifest,
    folder: Path,
    pool: Pool,
    conditions: Conditions,
    listener: Listener,
) -> dict[str, str]:
    """Do all runs again, into ``folder``; gives the hash of each table that comes out.

    Raises
    ------
    InputProblem
        When the texts of the manifest are none for this version of the program.
    """
    if manifest.told["study"]:
        sweep(manifest.study(), folder, pool, conditions, listener)
        return {kind: hash_of_folder(folder / kind) for kind in manifest.told["tables"]}
    if manifest.verb == "replicate":
        tables = _replicated(manifest, folder, pool, listener)
    else:
        tables = _run_again(manifest, pool, conditions, listener)
        for name, table in tables.items():
            table.to_parquet(folder / f"{name}.parquet", index=False)
    return {name: table_hash(table) for name, table in tables.items()}


def tasks_of(manifest: Manifest, conditions: Conditions) -> list[Task]:
    """The tasks of ``run`` or ``compare``, in their order."""
    names = list(manifest.told["scenarios"])
    settings = {name: manifest.scenario(name).settings for name in names}
    return [
        Task(name, settings[name], seed, conditions.people, conditions.allow_plugins)
        for seed in manifest.told["seeds"]
        for name in names
    ]


def _run_again(
    manifest: Manifest, pool: Pool, conditions: Conditions, listener: Listener
) -> dict[str, pd.DataFrame]:
    tasks = tasks_of(manifest, conditions)
    listener.at(0, len(tasks))

    def tell(outcome: Outcome) -> None:
        listener.done(1)

    runs = run_all(tasks, pool, tell)
    return {"runs": finals_table(tasks, runs), "series": series_of(tasks, runs)}


def _replicated(
    manifest: Manifest, folder: Path, pool: Pool, listener: Listener
) -> dict[str, pd.DataFrame]:
    from sim.studies.replication.documents import runs_table, tables
    from sim.studies.replication.outcome import replicate
    from sim.studies.replication.running import plan
    from sim.studies.replication.targets import load_model

    told = folder / Path(manifest.told["target"]["file"]).name
    told.write_text(manifest.told["target"]["text"], encoding="utf-8")
    model = load_model(told)
    for figure in manifest.option("--figure"):
        model = model.only(figure)
    seeds = [int(each) for each in manifest.option("--seeds")]
    requests = [one for target in model.targets for one in target.requests]
    planned = plan(requests, seeds[0] if seeds else None)
    listener.at(0, planned.runs)
    outcome = replicate(model, planned, pool, listener.done)
    return {**tables(outcome), "runs": runs_table(outcome)}


def first_difference(manifest: Manifest, name: str, folder: Path) -> str:
    """Where a table that was kept differs from the one in ``folder``; "" where none was kept."""
    try:
        then, now = (_table(place, name) for place in (manifest.folder, folder))
    except (OSError, ValueError) as error:
        return f"the table that was kept cannot be read ({str(error).splitlines()[0]})"
    if then is None or now is None:
        return ""
    if list(then.columns) != list(now.columns):
        return f"its columns were {list(then.columns)}, and are {list(now.columns)}"
    if len(then) != len(now):
        return f"it had {len(then):,} rows, and has {len(now):,}"
    for column in then.columns:
        old, new = then[column], now[column]
        same = (old == new) | (old.isna() & new.isna())
        if not same.all():
            row = int((~same).to_numpy().argmax())
            return f"the first difference is {column} in row {row}: {old[row]}, now {new[row]}"
    return "its values are the same: the file that was kept is not the one the manifest tells of"


def is_as_told(manifest: Manifest, name: str) -> bool:
    """Whether a table that was kept beside the manifest, if one was, is the one it tells of."""
    place = manifest.folder / f"{name}.parquet"
    try:
        if place.is_file():
            found = table_hash(pd.read_parquet(place))
        elif (manifest.folder / name).is_dir():
            found = hash_of_folder(manifest.folder / name)
        else:
            return True
    except (OSError, ValueError):
        return False
    return found == manifest.told["tables"][name]


def _table(folder: Path, name: str) -> pd.DataFrame | None:
    for place in (folder / f"{name}.parquet", folder / name):
        if place.exists():
            return pd.read_parquet(place)
    return None


def cell_of_run(manifest: Manifest, run: str, conditions: Conditions) -> Cell:
    """The cell of one run: ``SETTINGS-SEED`` of a study's table, ``SCENARIO:SEED`` otherwise.

    Raises
    ------
    InputProblem
        When there is no such run.
    """
    if manifest.verb == "replicate":
        raise _no_run(run, "Runs of a replication have no names: run its scenario instead.")
    if manifest.told["study"]:
        return _cell_of_study(manifest.study(), run, conditions)
    tasks = tasks_of(manifest, conditions)
    whole = all(is_learning_only(task) for task in tasks)
    for task in tasks:
        if f"{task.scenario}:{task.seed}" == run:
            return Cell(
                task.settings,
                (task.seed,),
                whole,
                people=task.people,
                allow_plugins=task.allow_plugins,
            )
    raise _no_run(
        run, f"Runs are named SCENARIO:SEED, such as {tasks[0].scenario}:{tasks[0].seed}."
    )


def _cell_of_study(study: Study, run: str, conditions: Conditions) -> Cell:
    settings, _, seed = run.rpartition("-")
    plan = Plan(study, conditions)
    whole = all_whole(study, conditions)
    most = study.replications.fixed or study.replications.at_most
    for number in plan.counts:
        point: Point = study.points[number]
        for k in range(len(study.scenarios)):
            used = study.seeds(number, k, 0, most)
            if plan.id_of(k, point) == settings and seed in map(str, used):
                return cell_of(study, k, point, (int(seed),), whole, conditions)
    raise _no_run(run, "The column `run` of the table has their names.")


def _no_run(run: str, remedy: str) -> InputProblem:
    return InputProblem(Problem(f"there is no run {run}", remedy, key="--run"))


def value_then(manifest: Manifest, run: str) -> pd.Series | None:
    """The row of a run in the table that was kept, None where there is none."""
    table = _table(manifest.folder, "runs")
    if table is None:
        return None
    if manifest.told["study"]:
        rows = table[table["run"] == run]
    else:
        scenario, _, seed = run.rpartition(":")
        rows = table[(table["scenario"] == scenario) & (table["seed"] == int(seed))]
    return None if rows.empty else rows.iloc[0]

"""``report``: the pages of a finished results folder, made again without running anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import InputProblem, Problem
from sim.studies.comparison import comparison_of
from sim.studies.finished import Finished, finished
from sim.studies.manifest import Manifest, load_manifest
from sim.studies.repeating import conditions_of
from sim.studies.statistics import enough
from sim.studies.store import load_results
from sim.studies.study import Study
from sim.studies.sweep import Conditions, Swept
from sim.verbs.terminal import messages, where


def report_again(folder: Path, texts: Path | None, org: Path | None = None) -> None:
    """Write the pages of a results folder again: a study's, a policy map's, or a comparison's.

    ``org`` says where the imported organization is now, if there was one.

    Raises
    ------
    InputProblem
        When the folder holds none of these, or a study that is unfinished.
    """
    manifest = load_manifest(folder)
    if manifest.told["study"]:
        written = _study(manifest, texts, org)
    elif manifest.verb == "compare":
        written = _comparison(manifest)
    else:
        raise InputProblem(
            Problem(
                f"{folder} was written by `{manifest.verb}`, which has no page",
                "Name the folder of compare, sweep, sensitivity or policy.",
            )
        )
    for path in written:
        messages.print(f"Page: {where(path)}", soft_wrap=True)


def _study(manifest: Manifest, texts: Path | None, org: Path | None) -> list[Path]:
    from sim.pages.study.report import PAGE, write_report

    folder, study = manifest.folder, manifest.study()
    conditions = conditions_of(manifest, org)
    done = finished_again(study, folder, conditions, manifest.verb == "sensitivity")
    command = [str(word) for word in manifest.told["command"]]
    write_report(folder, done, command, manifest.told["code"])
    written = [folder / PAGE]
    if study.policy is not None:
        from sim.verbs.policy import make_pages

        make_pages(folder, done, texts)
        written.append(folder / "policy.html")
    return written


def finished_again(
    study: Study,
    folder: Path,
    conditions: Conditions | None = None,
    must_tell: bool = False,
) -> Finished:
    """A finished study from its folder.

    Raises
    ------
    InputProblem
        When runs are missing, or a table is damaged.
    """
    runs = load_results(folder)
    if runs.attrs.get("unfinished"):
        raise InputProblem(
            Problem(str(runs.attrs["unfinished"]), "Give the command that ran it again.")
        )
    failed = int((runs["status"].astype(str) != "done").sum())
    swept = Swept(len(runs), 0, failed, _capped(study, runs), 0.0)
    return finished(study, runs, swept, conditions or Conditions(), must_tell)


def _capped(study: Study, runs: pd.DataFrame) -> tuple[int, ...]:
    """Points at which replications ended at their cap, their intervals not narrow enough."""
    rule = study.replications
    if rule.fixed is not None:
        return ()
    found: list[int] = []
    numbers: Any = runs["point"]
    for number in sorted(numbers.unique()):
        part = runs[numbers == number]
        if part.groupby("scenario", observed=True).size().max() < rule.at_most:
            continue
        for measure, half_width in rule.until.items():
            wide = part.pivot(index="seed", columns="scenario", values=measure)
            values = [wide[one.name].to_numpy(float) for one in study.scenarios]
            if rule.of == "difference":
                values = [other - values[0] for other in values[1:]]
            if not all(enough(one, half_width) for one in values):
                found.append(int(number))
                break
    return tuple(found)


def _comparison(manifest: Manifest) -> list[Path]:
    from sim.verbs.compare import PAGE, write_page

    folder = manifest.folder
    tables = {name: _table(folder, name) for name in ("runs", "series")}
    names = tuple(manifest.told["scenarios"])
    scenarios = tuple(manifest.scenario(name) for name in names)
    comparison = comparison_of(
        (names[0], names[1]), (scenarios[0], scenarios[1]), manifest.told["seeds"], **tables
    )
    command = [str(word) for word in manifest.told["command"]]
    write_page(folder, comparison, command, manifest.told["code"]["learning-org"])
    return [folder / PAGE]


def _table(folder: Path, name: str) -> pd.DataFrame:
    path = folder / f"{name}.parquet"
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise InputProblem(
            Problem(f"{path} cannot be read: {error}", "Give the command that made it again.")
        ) from None

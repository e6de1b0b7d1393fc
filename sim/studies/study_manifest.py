"""The manifest of a study: what it takes to repeat it to the bit."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.studies.results import MANIFEST, hash_of_folder, manifest, write_json
from sim.studies.store.faults import writing
from sim.studies.study import Study
from sim.studies.sweep import Conditions


def results_folder(name: str, sets: Sequence[str], organization: Path | None) -> Path:
    """Where a study's results go unless said otherwise; other settings or people, another one."""
    if not sets and organization is None:
        return Path("results") / name
    told = (list(sets), organization and organization.resolve())
    apart = hashlib.blake2b(repr(told).encode(), digest_size=3)
    return Path("results") / f"{name}-{apart.hexdigest()}"


def write_manifest(
    folder: Path,
    study: Study,
    conditions: Conditions,
    command: Sequence[str],
    design: Mapping[str, Any] | None = None,
) -> None:
    """Write the manifest of a finished study beside its runs.

    ``design`` is the one that took the place of the study file's, if one did.

    Raises
    ------
    InputProblem
        When the folder cannot be written; the runs in it are safe.
    """
    kinds = ("runs", "series") if study.series else ("runs",)
    hashes = {kind: hash_of_folder(folder / kind) for kind in kinds}
    scenarios = {scenario.name: scenario for scenario in study.scenarios}
    told = manifest(command, scenarios, [], hashes, conditions.organization, study.files)
    with writing(folder):
        write_json(folder / MANIFEST, {**told, "design": design})

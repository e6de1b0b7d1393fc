"""A finished study: its runs, and what the tables say of them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sim.errors import InputProblem
from sim.studies.sensitivity.of_study import METHOD_OF, Sensitivity, sensitivities
from sim.studies.statistics import cells, differences, holm
from sim.studies.study import Study
from sim.studies.sweep import Conditions, Swept


@dataclass(frozen=True)
class Finished:
    """A study and what came of it.

    ``runs`` is the table of all runs, ``cells`` has the means of each scenario at each point,
    ``differences`` how each scenario differs from the first there (empty where there is only one),
    ``sensitivities`` what designs for that tell (else none).
    """

    study: Study
    runs: pd.DataFrame
    swept: Swept
    conditions: Conditions
    cells: pd.DataFrame
    differences: pd.DataFrame
    sensitivities: tuple[Sensitivity, ...] = ()


def finished(
    study: Study,
    runs: pd.DataFrame,
    swept: Swept,
    conditions: Conditions,
    must_tell: bool = False,
) -> Finished:
    """Put together what the runs of a study tell.

    Raises
    ------
    InputProblem
        When sensitivities ``must_tell``, and the runs tell none.
    """
    measures = list(study.measures)
    first, *others = [scenario.name for scenario in study.scenarios]
    parts = [differences(runs, measures, (first, other)) for other in others]
    apart = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    if len(parts) > 1:
        # One family: all pairs, points and measures that are spoken of.
        apart["p_holm"] = holm(apart["p"].to_numpy())
        apart["family"] = int(apart["p"].notna().sum())
    return Finished(
        study=study,
        runs=runs,
        swept=swept,
        conditions=conditions,
        cells=cells(runs, measures),
        differences=apart,
        sensitivities=_sensitivities(study, runs, must_tell),
    )


def _sensitivities(study: Study, runs: pd.DataFrame, must_tell: bool) -> tuple[Sensitivity, ...]:
    if not must_tell and not is_for_sensitivity(study):
        return ()
    try:
        return tuple(sensitivities(study, runs))
    except InputProblem:
        # Too few points, or too many failed: a sweep has its other tables all the same.
        if must_tell:
            raise
        return ()


def is_for_sensitivity(study: Study) -> bool:
    """Whether the study's design tells what measures depend on."""
    return bool(study.factors) and study.design.kind in METHOD_OF

"""The sensitivities of a study: of each scenario, and of the difference between two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import InputProblem, Problem
from sim.studies.sensitivity.analysis import analyse, interactions
from sim.studies.sensitivity.methods import METHODS
from sim.studies.study import Study

#: The method that a design serves.
METHOD_OF = {
    "morris": "morris",
    "saltelli": "sobol",
    "latin_hypercube": "pawn",
    "sobol": "pawn",
}


#: Fewer points tell nothing of whole distributions.
LEAST_POINTS = METHODS["pawn"].fewest
#: Points that a method has unless said otherwise.
POINTS = {"morris": 20, "sobol": 256, "pawn": 256}


def design_for(method: str | None, points: int | None, kind: str = "") -> dict[str, Any]:
    """The design of a method (of a study's design ``kind`` where None), as a study file has it.

    ``points`` is the number of trajectories for morris, of base points for sobol (a power of two),
    of points for pawn.

    Raises
    ------
    InputProblem
        For a method that is none.
    """
    method = METHOD_OF.get(kind) if method is None else method
    if method not in POINTS:
        raise InputProblem(
            Problem(
                "--points needs a method" if method is None else f"no method is called {method}",
                "Say --method morris, sobol or pawn.",
                key="--method",
            )
        )
    count = POINTS[method] if points is None else points
    if method == "morris":
        return {"kind": "morris", "trajectories": count}
    if method == "sobol":
        return {"kind": "saltelli", "points": count}
    return {"kind": kind if METHOD_OF.get(kind) == "pawn" else "latin_hypercube", "points": count}


@dataclass(frozen=True)
class Sensitivity:
    """How a measure of a scenario depends on the factors; or its difference from the first.

    ``of`` is a scenario's name, or "B - A". ``table`` is that of ``analyse``; ``pairs`` that of
    ``interactions``, None where the design cannot tell.
    """

    measure: str
    of: str
    table: pd.DataFrame
    pairs: pd.DataFrame | None = None


def method_of(study: Study) -> str:
    """The method that the study's design serves.

    Raises
    ------
    InputProblem
        For a design that serves none.
    """
    if study.design.kind not in METHOD_OF:
        raise InputProblem(
            Problem(
                f"the design {study.design.kind} does not tell sensitivities",
                "Write design: morris (few runs, which factors matter), saltelli (Sobol indices) "
                "or latin_hypercube (PAWN); or say --method morris, sobol or pawn.",
                next(iter(study.files)),
                key="design",
            )
        )
    return METHOD_OF[study.design.kind]


def check_points(study: Study) -> None:
    """Raise InputProblem for a design of too few points, before anything is run."""
    if method_of(study) == "pawn" and len(study.points) < LEAST_POINTS:
        raise InputProblem(
            Problem(
                f"PAWN tells nothing from fewer than {LEAST_POINTS} points",
                f"Ask for {LEAST_POINTS} or more; 256 is a good number.",
                key="--points",
            )
        )


def sensitivities(study: Study, runs: pd.DataFrame) -> list[Sensitivity]:
    """Sensitivities of the measures that the study names, from its runs.

    Raises
    ------
    InputProblem
        When the design tells none, or too many runs failed.
    """
    method, places = method_of(study), study.unit_points()
    assert places is not None
    names = [factor.name for factor in study.factors]
    found = []
    for measure in study.measures:
        for of, values in _values(study, runs, measure):
            table = analyse(method, places, values, names)
            pairs = None
            if method == "sobol" and study.design.second_order:
                pairs = interactions(places, values, names)
            found.append(Sensitivity(measure, of, table, pairs))
    return found


def _values(
    study: Study, runs: pd.DataFrame, measure: str
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Values by point of the design and seed, shape (points, seeds); NaN where a run failed.

    Where some points have more runs than others, the seeds that all have.
    """
    first = None
    done = runs.assign(scenario=runs["scenario"].astype(str))
    cells = [point.cell for point in study.points]
    for scenario in study.scenarios:
        own = done[done["scenario"] == scenario.name]
        if study.pairing == "independent":
            # Each point has seeds of its own: the k-th run of one goes with the k-th of another.
            own = own.assign(seed=own.groupby("point").cumcount())
        values = own.pivot(index="point", columns="seed", values=measure)
        asked = own.assign(asked=1.0).pivot(index="point", columns="seed", values="asked")
        everywhere = asked.notna().all()
        table = values.loc[cells, everywhere[everywhere].index].to_numpy(np.float64)
        yield scenario.name, table
        if first is None:
            first = table
        else:
            n = min(first.shape[1], table.shape[1])
            yield f"{scenario.name} - {study.scenarios[0].name}", table[:, :n] - first[:, :n]


def long_table(found: list[Sensitivity]) -> pd.DataFrame:
    """All indices: ``measure``, ``of``, ``factor``, then the columns of ``analyse``."""
    parts = []
    for each in found:
        part = each.table.reset_index()
        part.insert(0, "of", each.of)
        part.insert(0, "measure", each.measure)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)

"""March (1991) as runs in a batch: rates and a reading of the paper in, measures out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import InputProblem, Problem
from sim.models.whole_run import MEASURES, Rates, Variant, World, empty_world, run_batch

#: What March's program did, and what the paper's text says, as settings of the mechanisms.
RULES: dict[str, dict[str, str]] = {
    "program": {
        "socialization.transfer": "stepwise",
        "codification.performance": "score",
        "codification.votes": "actions",
    },
    "text": {
        "socialization.transfer": "direct",
        "codification.performance": "correct",
        "codification.votes": "beliefs",
    },
}


@dataclass(frozen=True)
class Runs:
    """What came out of a batch of runs; arrays are by run, in the order of the seeds.

    ``periods`` is the number of periods run. ``final`` holds each of ``MEASURES`` at the end, of
    shape (runs,), and ``series`` the same at the periods ``at``, of shape (runs, len(at)); a run
    that stopped before keeps its last value. Knowledge is the share correct, a score is
    (correct - wrong) / all. ``world`` is as the last run left it.
    """

    periods: NDArray[np.int64]
    final: dict[str, NDArray[np.float64]]
    at: tuple[int, ...]
    series: dict[str, NDArray[np.float64]]
    world: World


def variant(rules: str) -> Variant:
    """The switches of one reading of the paper; InputProblem if ``RULES`` has none of that name."""
    if rules not in RULES:
        raise InputProblem(
            Problem(f"no rules are named {rules!r}", f"Use {' or '.join(RULES)}", key="rules")
        )
    settings = RULES[rules]
    return Variant(
        stepwise=settings["socialization.transfer"] == "stepwise",
        by_score=settings["codification.performance"] == "score",
        by_actions=settings["codification.votes"] == "actions",
    )


def chance(name: str, value: ArrayLike) -> NDArray[np.float64]:
    """``value`` as an array of probabilities; InputProblem if one of them is none."""
    chances = np.asarray(value, np.float64)
    if not np.all((chances >= 0.0) & (chances <= 1.0)):
        raise InputProblem(Problem(f"{value!r} is not a probability from 0 to 1", key=name))
    return chances


def march(
    seeds: Sequence[int] | NDArray[Any],
    *,
    people: int = 50,
    dimensions: int = 30,
    periods: int = 10_000,
    socialization: ArrayLike = 0.1,
    codification: float = 0.5,
    turnover: float = 0.0,
    turbulence: float = 0.0,
    rules: str = "program",
    stop: Literal["periods", "absorption"] = "absorption",
    at: Sequence[int] = (),
) -> Runs:
    """Run March's model once for each seed, in one compiled call.

    ``socialization`` (p1) is one rate or one for each person; ``codification`` is p2, ``turnover``
    p3, ``turbulence`` p4. A run lasts ``periods``, or, in a closed system with ``stop`` at
    absorption, until nothing can change any more if that comes first. ``at`` names the periods that
    ``Runs.series`` shows, in ascending order. Raises InputProblem for what cannot be run.
    """
    if people < 1 or dimensions < 1 or periods < 0:
        raise InputProblem("people and dimensions must be at least 1, periods at least 0")
    if stop not in ("periods", "absorption"):
        raise InputProblem(
            Problem(f"a run stops at periods or absorption, not {stop!r}", key="stop")
        )
    if list(at) != sorted(at):
        raise InputProblem(Problem("periods to show must ascend", key="at"))
    rate = chance("socialization", socialization)
    if rate.shape not in ((), (people,)):
        raise InputProblem(
            Problem(
                f"{rate.shape} rates for {people} people",
                "Give one, or one each",
                key="socialization",
            )
        )
    rates = Rates(
        np.broadcast_to(rate, people).copy(),
        float(chance("codification", codification)),
        float(chance("turnover", turnover)),
        float(chance("turbulence", turbulence)),
    )
    world, reading = empty_world(people, dimensions), variant(rules)
    ran = np.zeros(len(seeds), np.int64)
    final = np.zeros((len(seeds), len(MEASURES)))
    series = np.zeros((len(seeds), len(at), len(MEASURES)))
    run_batch(
        world,
        rates,
        reading,
        np.asarray(seeds, np.uint64),
        periods,
        stop == "absorption",
        np.asarray(at, np.int64),
        ran,
        series,
        final,
    )
    return Runs(
        periods=ran,
        final={name: final[:, k] for k, name in enumerate(MEASURES)},
        at=tuple(at),
        series={name: series[:, :, k] for k, name in enumerate(MEASURES)},
        world=world,
    )

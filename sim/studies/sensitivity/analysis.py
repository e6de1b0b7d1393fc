"""From values at the points of a design to a table of sensitivities with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sim.errors import InputProblem, Problem
from sim.scenario.wording import listed
from sim.studies.sensitivity.blocks import Sample, complete
from sim.studies.sensitivity.methods import METHODS, Method, is_constant, sobol_analyze

Array = NDArray[np.float64]

#: Draws of the bootstrap over seeds.
SEED_RESAMPLES = 100
#: Share of blocks left out from which on a reader is warned.
MANY_DROPPED = 0.05


def analyse(
    method: str,
    unit_points: ArrayLike,
    values: ArrayLike,
    names: Sequence[str],
    *,
    level: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """How much a measure depends on each factor: one row a factor, indices with intervals.

    ``unit_points`` has shape (rows, factors), the places of the factors on the unit interval in
    the order of the design. ``values`` has shape (rows,), or (rows, replications) where a column
    holds the values of one seed. NaN stands for a run that failed.

    Columns, an interval being ``_low`` and ``_high`` at ``level``:

    - ``morris``: ``mu``, ``mu_star`` with interval, ``sigma``, in the measure's unit for a move
      over the factor's whole range;
    - ``sobol``: ``S1`` and ``ST`` with intervals, shares of the variance;
    - ``pawn``: ``median`` and ``maximum`` with intervals, distances from 0 to 1, and the
      thresholds ``median_noise`` and ``maximum_noise`` that factors without influence stay below.

    With several seeds, indices are those of the mean over seeds. ``noise`` (morris, sobol) is what
    mu_star or ST would be of a factor that changes nothing but luck; NaN where one seed cannot
    tell. Intervals are normal, with the variance of a bootstrap over points plus that of one over
    seeds. ``above_noise`` says which factors can be told from noise.

    ``attrs`` holds ``method``, ``level``, ``main`` (the index to rank by), ``blocks`` (used),
    ``dropped`` (for missing runs), ``replications``, ``noise_share`` (the share of the variance
    between points that is luck of the seeds, NaN with one seed), ``constant`` (whether the measure
    is the same everywhere) and ``message`` (a warning, or "").

    Raises
    ------
    InputProblem
        For an unknown method, arrays that do not fit, points of another design, or too few
        complete blocks.
    """
    how, points, runs = _checked(method, unit_points, values, names, level)
    luck = np.random.default_rng([seed, len(runs), points.shape[1]])
    sample = _sample(how, points, runs)
    means = sample.means()
    found = how.indices(sample.points, means, luck)
    errors = _errors(how, sample, means, luck)
    table = pd.DataFrame(index=pd.Index(list(names), name="factor"))
    for name, index in found.items():
        table[name] = index
        if name in how.with_interval:
            table[f"{name}_low"], table[f"{name}_high"] = _interval(
                index, errors[name], level, how.with_interval[name]
            )
    for name, column in how.noise(sample, level, luck).items():
        table[name] = column
    table["above_noise"] = how.is_above_noise(table).astype(bool)
    table.attrs.update(_about(sample, means, level), method=method, main=how.main)
    return table


def interactions(
    unit_points: ArrayLike,
    values: ArrayLike,
    names: Sequence[str],
    *,
    level: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Sobol's second order: the share of variance that two factors have only together.

    Arguments and ``attrs`` as in ``analyse``; one row a pair, with columns ``first``, ``second``,
    ``S2``, ``S2_low`` and ``S2_high``.

    Raises
    ------
    InputProblem
        As ``analyse``, and for a design without second order.
    """
    how, points, runs = _checked("sobol", unit_points, values, names, level)
    if how.block(points) == points.shape[1] + 2:
        raise InputProblem(
            Problem(
                "this design cannot tell what two factors do only together",
                "Add second_order: true to its design.",
                key="design",
            )
        )
    luck = np.random.default_rng([seed, len(runs), points.shape[1]])
    sample = _sample(how, points, runs)
    means = sample.means()
    both = sobol_analyze(sample.points, means, 1000, int(luck.integers(1, 2**31)))

    def second(values: Array) -> Array:
        return np.asarray(sobol_analyze(sample.points, values, 2, 1)["S2"], np.float64)

    draws = np.array([second(sample.means(weights)) for weights in _seed_draws(sample, luck)])
    errors = np.hypot(both["S2_conf"], _luck(draws, sample.replications))
    low, high = _interval(both["S2"], errors, level, (-np.inf, np.inf))
    rows = [
        {
            "first": names[i],
            "second": names[j],
            "S2": both["S2"][i, j],
            "S2_low": low[i, j],
            "S2_high": high[i, j],
        }
        for i, j in combinations(range(len(names)), 2)
    ]
    table = pd.DataFrame(rows, columns=["first", "second", "S2", "S2_low", "S2_high"])
    table.attrs.update(_about(sample, means, level), method="sobol", main="S2")
    return table


def _checked(
    method: str, unit_points: ArrayLike, values: ArrayLike, names: Sequence[str], level: float
) -> tuple[Method, Array, Array]:
    """The method, points and runs (rows, replications), once they fit each other."""
    points, runs = np.asarray(unit_points, np.float64), np.asarray(values, np.float64)
    runs = runs[:, None] if runs.ndim == 1 else runs
    wrong = []
    if method not in METHODS:
        wrong.append(f"there is no method `{method}`; known are {listed(METHODS)}")
    if points.ndim != 2 or points.shape[1] != len(names) or len(set(names)) != len(names):
        wrong.append(f"{len(names)} names do not fit points of shape {points.shape}")
    elif runs.ndim != 2 or len(runs) != len(points) or runs.shape[1] == 0:
        wrong.append(f"values of shape {np.shape(values)} do not fit {len(points)} points")
    elif not (np.isfinite(points).all() and (points >= 0).all() and (points <= 1).all()):
        wrong.append("there are points outside of the unit cube")
    if not 0 < level < 1:
        wrong.append(f"an interval cannot have the level {level}")
    if wrong:
        raise InputProblem([Problem(message) for message in wrong])
    how = METHODS[method]
    rows = how.select(points)
    return how, points[rows], runs[rows]


def _sample(how: Method, points: Array, runs: Array) -> Sample:
    sample = complete(points, runs, how.block(points))
    if sample.blocks < how.fewest:
        every = sample.blocks + sample.dropped
        raise InputProblem(
            Problem(
                f"only {sample.blocks} of {every} parts of the design have all their values; "
                f"nothing can be told from fewer than {how.fewest}",
                "Look why runs failed, or why the measure is missing.",
            )
        )
    return sample


def _errors(how: Method, sample: Sample, means: Array, luck: np.random.Generator) -> dict[str, Any]:
    """Standard errors of the indices with an interval, of points and seeds together."""
    errors = how.errors(sample.points, means, luck)
    drawn = [
        how.redrawn(sample.points, sample.means(weights), luck)
        for weights in _seed_draws(sample, luck)
    ]
    for name in how.with_interval if drawn else ():
        draws = np.array([one[name] for one in drawn])
        errors[name] = np.hypot(errors[name], _luck(draws, sample.replications))
    return errors


def _seed_draws(sample: Sample, luck: np.random.Generator) -> Array:
    """How often each seed is drawn in each draw of a bootstrap; none where there is one seed."""
    seeds = sample.replications
    draws = SEED_RESAMPLES if seeds > 1 else 0
    return luck.multinomial(seeds, np.full(seeds, 1 / seeds), size=draws).astype(np.float64)


def _luck(draws: Array, seeds: int) -> Any:
    """Standard error from draws over seeds, which vary too little by (seeds - 1)/seeds."""
    return draws.std(axis=0, ddof=1) * np.sqrt(seeds / (seeds - 1)) if len(draws) else 0.0


def _interval(
    index: Array, error: Array, level: float, bounds: tuple[float, float]
) -> tuple[Array, Array]:
    from scipy.stats import norm

    width = float(norm.ppf(0.5 + level / 2)) * error
    return np.clip(index - width, *bounds), np.clip(index + width, *bounds)


def _about(sample: Sample, means: Array, level: float) -> dict[str, Any]:
    every = sample.blocks + sample.dropped
    message = ""
    if sample.dropped > MANY_DROPPED * every:
        message = (
            f"{sample.dropped} of {every} parts of the design were left out because runs failed or "
            "have no value; if that happens at certain settings, the indices are of the others"
        )
    return {
        "level": level,
        "blocks": sample.blocks,
        "dropped": sample.dropped,
        "replications": sample.replications,
        "noise_share": sample.noise,
        "constant": is_constant(means),
        "message": message,
    }

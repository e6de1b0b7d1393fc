"""Points on the unit cube at which a model is asked, so that its sensitivities can be told.

SALib draws them. They are put on the unit interval of each factor; what a place on it stands for is
the business of a design. The same arguments give the same points to the bit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputProblem, Problem


def morris_points(
    factors: int, trajectories: int, grid: int = 4, seed: int = 0
) -> NDArray[np.float64]:
    """Trajectories of Morris (1991): each step moves one factor, each trajectory moves all once.

    Returns an array of shape (trajectories x (factors + 1), factors) with values on the grid
    0, 1/(grid - 1), ..., 1; the rows of a trajectory follow each other. More trajectories begin
    with those of fewer.

    Raises
    ------
    InputProblem
        For no factor, fewer than two trajectories, or a grid that is odd or below 2.
    """
    problems = _at_least_one(factors)
    if trajectories < 2:
        problems.append(
            Problem(
                f"{trajectories} trajectories tell nothing of how much effects differ",
                "Take 10 or more; at least 2.",
                key="trajectories",
            )
        )
    if grid < 2 or grid % 2:
        problems.append(
            Problem(
                f"a grid of {grid} levels has no step of half its length",
                "Take an even number of levels; 4 is usual.",
                key="grid",
            )
        )
    if problems:
        raise InputProblem(problems)
    from SALib.sample import morris

    points = morris.sample(_unit_problem(factors), trajectories, num_levels=grid, seed=seed)
    # Exactly the same number wherever a factor stands on the same level of the grid.
    return np.asarray(np.rint(points * (grid - 1)) / (grid - 1), np.float64)


def saltelli_points(
    factors: int, points: int, second_order: bool = False, seed: int = 0
) -> NDArray[np.float64]:
    """Blocks of Saltelli et al. (2010) on a scrambled Sobol sequence, for Sobol indices.

    Returns an array of shape (points x (factors + 2), factors), or with ``second_order``
    (points x (2 factors + 2), factors). The rows of a block follow each other: a point A, then A
    with one factor at a time taken from another point B (then B with one from A), then B. More
    points begin with those of fewer.

    Raises
    ------
    InputProblem
        For no factor, or a number of points that is no power of two.
    """
    problems = _at_least_one(factors)
    if points < 2 or points & (points - 1):
        near = 2 ** max(1, round(np.log2(max(points, 2))))
        problems.append(
            Problem(
                f"{points} is no power of two, and only those are spread evenly by a Sobol "
                "sequence",
                f"Take {near}, say.",
                key="points",
            )
        )
    if problems:
        raise InputProblem(problems)
    from SALib.sample import sobol

    drawn = sobol.sample(_unit_problem(factors), points, calc_second_order=second_order, seed=seed)
    return np.asarray(drawn, np.float64)


def _at_least_one(factors: int) -> list[Problem]:
    if factors >= 1:
        return []
    return [Problem("there is no factor to vary", "Name at least one.", key="factors")]


def _unit_problem(factors: int) -> dict[str, object]:
    """SALib's description of ``factors`` numbers between 0 and 1."""
    names = [f"x{number}" for number in range(1, factors + 1)]
    return {"num_vars": factors, "names": names, "bounds": [[0.0, 1.0]] * factors}

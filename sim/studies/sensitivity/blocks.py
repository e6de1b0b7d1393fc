"""Rows of a sensitivity design that stand and fall together, and the luck in their values.

A trajectory of Morris or a block of Saltelli is of use as a whole only. Within one, values are
means over the seeds that all its rows have, so that a missing run never looks like an effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def morris_grid(points: Array) -> int:
    """Levels of the grid on which ``points`` are trajectories of Morris, 0 where they are not.

    ``points`` has shape (rows, factors) on the unit cube.
    """
    rows, factors = points.shape
    if rows == 0 or rows % (factors + 1):
        return 0
    steps = np.abs(np.diff(points.reshape(-1, factors + 1, factors), axis=1))
    moves = steps > 0
    each_once = (moves.sum(axis=1) == 1).all() and (moves.sum(axis=2) == 1).all()
    step = float(steps.max())
    if not each_once or not 0.5 < step <= 1 or not np.allclose(steps[moves], step, atol=1e-9):
        return 0
    grid = round(2 * step / (2 * step - 1))
    return 0 if grid % 2 or abs(grid / (2 * (grid - 1)) - step) > 1e-9 else grid


def saltelli_size(points: Array) -> int:
    """Rows of a block of Saltelli in ``points``, 0 where they are no such blocks.

    That is factors + 2, or 2 factors + 2 where second-order indices can be told.
    """
    rows, factors = points.shape
    for size in (factors + 2, 2 * factors + 2):
        if rows and rows % size == 0 and _are_crossed(points.reshape(-1, size, factors)):
            return size
    return 0


def _are_crossed(blocks: Array) -> bool:
    """Whether each row between the first, A, and the last, B, takes one factor from the other."""
    size, factors = blocks.shape[1:]
    first, last = blocks[:, 0], blocks[:, -1]
    own = np.eye(factors, dtype=bool)
    crossed = np.where(own, last[:, None], first[:, None])
    if size > factors + 2:
        back = np.where(own, first[:, None], last[:, None])
        crossed = np.concatenate([crossed, back], axis=1)
    return bool((blocks[:, 1:-1] == crossed).all() and (first != last).any())


@dataclass(frozen=True)
class Sample:
    """What indices are computed from: complete blocks, and what was left out.

    ``points`` has shape (blocks x size, factors); ``runs`` (blocks, size, replications), with NaN
    in all rows of a block for a seed that not all its rows have; ``dropped`` counts the blocks
    left out.
    """

    points: Array
    runs: Array
    dropped: int

    @property
    def blocks(self) -> int:
        return self.runs.shape[0]

    @property
    def replications(self) -> int:
        return self.runs.shape[2]

    def means(self, weights: Array | None = None) -> Array:
        """Mean over the seeds, shape (blocks x size,); ``weights`` says how often each counts.

        A block that has none of the seeds drawn counts all it has.
        """
        there = np.isfinite(self.runs[:, 0])
        counts = there * (np.ones(self.replications) if weights is None else weights)
        counts = np.where(counts.any(axis=1, keepdims=True), counts, there)
        values = np.where(there[:, None], self.runs, 0.0)
        means = np.einsum("bsr,br->bs", values, counts) / counts.sum(axis=1)[:, None]
        return means.reshape(-1)

    @property
    def noise(self) -> float:
        """Share of the variance between points that is luck of the seeds; NaN with one seed.

        What a seed adds to all points alike is left out: it tells no points apart.
        """
        whole = self.runs[np.isfinite(self.runs).all(axis=(1, 2))].reshape(-1, self.replications)
        points, replications = whole.shape
        if replications < 2 or points < 2:
            return float("nan")
        rest = whole - whole.mean(axis=0) - whole.mean(axis=1, keepdims=True) + whole.mean()
        luck = float((rest**2).sum()) / ((points - 1) * (replications - 1) * replications)
        between = float(whole.mean(axis=1).var(ddof=1))
        return min(1.0, luck / between) if between > 0 else 0.0


def complete(points: Array, runs: Array, size: int) -> Sample:
    """The blocks of ``size`` rows in which at least one seed has a finite value in every row.

    ``points`` has shape (rows, factors), ``runs`` (rows, replications).
    """
    values = runs.reshape(-1, size, runs.shape[1])
    there: NDArray[np.bool_] = np.all(np.isfinite(values), axis=1)
    kept: NDArray[np.bool_] = np.any(there, axis=1)
    values = np.where(there[:, None], values, np.nan)[kept]
    return Sample(points[np.repeat(kept, size)], values, int((~kept).sum()))

"""PAWN's distances, many times over: how far a factor moves the distribution of a measure.

SALib computes the index that is reported. Its interval and the level of noise take hundreds of
such computations; they are done here, with the same definition [Pianosi2018].
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Slices of a factor's range that SALib can divide it into, the most usual first.
SLICES = (10, 8, 7, 5, 4, 3, 2)
#: Points that a slice should hold.
FEWEST = 10


def slices_for(column: Array) -> int:
    """Into how many slices of equal numbers of points a factor's range is divided.

    A factor on few levels is divided along them.
    """
    levels = len(np.unique(column))
    if levels <= SLICES[0]:
        return next((one for one in SLICES if levels % one == 0), 2)
    return next((one for one in SLICES if len(column) >= one * FEWEST), 2)


def ranks(column: Array, luck: np.random.Generator) -> Array:
    """Ranks from 0, ties in random order, so that slices hold equal numbers of points."""
    order = np.lexsort((luck.random(len(column)), column))
    ranked = np.empty(len(column))
    ranked[order] = np.arange(len(column))
    return ranked


def distances(column: Array, values: Array, slices: int) -> Array:
    """Kolmogorov-Smirnov distance of each slice's values from all values; shape (slices,).

    ``column`` are the factor's places, as ranks, and ``values`` the measure, both of shape
    (points,). Slices end below their upper edge, as in SALib; an empty one is NaN.
    """
    edges = np.nanquantile(column, np.arange(slices + 1) * (1 / slices))
    slice_of = np.searchsorted(edges, column, side="right") - 1
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    ends = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    inside = slice_of[order][:, None] == np.arange(slices)
    held = inside.sum(axis=0)
    below = np.cumsum(inside, axis=0)[ends]
    everywhere = (ends + 1) / len(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        gaps = np.abs(below / held - everywhere[:, None])
    return np.asarray(gaps.max(axis=0), np.float64)

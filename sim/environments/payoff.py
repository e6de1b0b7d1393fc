"""What a set of beliefs is truly worth: the one place where a landscape is asked.

In a world of blocks a set is worth the number of blocks of which it has every dimension right
[FangLeeSchilling2010]; with blocks of one dimension, the number of right beliefs [March1991]. On
an NK landscape it is worth the sum of its contributions [LazerFriedman2007].
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.environments.nk import draw_landscape, fitness, summit
from sim.kernels import kernel
from sim.randomness import fold

#: A coordinate that no dimension of a world has.
LANDSCAPE = 2**31


class Surroundings(NamedTuple):
    """What decides on the worth of a set; ``contributions`` is empty in a world of blocks."""

    reality: NDArray[np.int8]
    complexity: int
    partners: NDArray[np.int32]
    contributions: NDArray[np.float64]


@kernel
def raise_landscape(partners, contributions, reality, peak, how, tenths, key):
    """Draw an NK landscape in place; its best set becomes ``reality``, its fitness ``peak[0]``."""
    draw_landscape(partners, contributions, how, tenths, fold(key, LANDSCAPE))
    peak[0] = summit(partners, contributions, reality)


@kernel
def right_blocks(view, reality, complexity):
    """Blocks of ``complexity`` consecutive dimensions that one row of views has wholly right."""
    right = 0
    if complexity == 1:
        for j in range(reality.size):
            right += view[j] == reality[j]
        return right
    for first in range(0, reality.size - complexity + 1, complexity):
        j = first
        while j < first + complexity and view[j] == reality[j]:
            j += 1
        right += j == first + complexity
    return right


@kernel
def payoff(view, surroundings):
    """Worth of one row of views, for telling which of two is better."""
    if surroundings.contributions.size > 0:
        return fitness(view, surroundings.partners, surroundings.contributions)
    return float(right_blocks(view, surroundings.reality, surroundings.complexity))


@kernel
def payoffs(views, surroundings, worth):
    """Fill ``worth``, float64 of shape (people,), with the payoff of each row of views."""
    for i in range(worth.size):
        worth[i] = payoff(views[i], surroundings)

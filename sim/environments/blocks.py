"""A world of blocks: dimensions that are right or wrong, and pay only together.

``complexity`` consecutive dimensions form a block, a kind of request; it pays only when all of
them are right [FangLeeSchilling2010]. With blocks of one dimension this is the matching world of
March (1991).
"""

from __future__ import annotations

from sim.kernels import in_place
from sim.randomness import draw


@in_place
def turn_over(reality, chance, key):
    """Flip each dimension of reality with probability ``chance``; gives how many flipped."""
    flipped = 0
    for d in range(len(reality)):
        if draw(key, 0, d) < chance:
            reality[d] = -reality[d]
            flipped += 1
    return flipped


@in_place
def is_due(period, every):
    """Whether the world may move in this period (from 0): at the end of every ``every`` of them."""
    return (period + 1) % every == 0

"""Lots: an order by chance."""

from __future__ import annotations

from sim.kernels import in_place
from sim.randomness import unit


@in_place
def order_by_lot(lot, count, first, order):
    """Fill ``order`` with the numbers from 0 to ``count`` - 1, the lowest ``lot`` first.

    ``lot`` (uint64) are words that draw each one's luck. As they are spread evenly, each soon
    stands about where it belongs. ``first`` (count + 2) is room for notes.
    """
    for place in range(count + 2):
        first[place] = 0
    for n in range(count):
        first[about(lot[n], count) + 1] += 1
    for place in range(1, count + 1):
        first[place] += first[place - 1]
    for n in range(count):
        place = about(lot[n], count)
        order[first[place]] = n
        first[place] += 1
    for place in range(1, count):
        n, behind = order[place], place
        while behind > 0 and lot[order[behind - 1]] > lot[n]:
            order[behind] = order[behind - 1]
            behind -= 1
        order[behind] = n


@in_place
def about(lot, count):
    """About which place of so many a lot gives, from 0."""
    return int(unit(lot) * count)

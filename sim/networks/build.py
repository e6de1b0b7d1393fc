"""From a plan to ties: draw networks until one is as it was asked for."""

from __future__ import annotations

import numpy as np

from sim.kernels import kernel
from sim.networks.plan import CELLS
from sim.networks.rewiring import add_links, chained, rewire_by_chance, rewire_number
from sim.networks.shapes import shape
from sim.randomness import fold

#: The decisions within one network.
SHAPE, BY_CHANCE, BY_NUMBER, ADDED = range(4)


@kernel
def build_network(plan, group, key):
    """Build the network of a plan; the same key gives the same network.

    Parameters
    ----------
    plan : Plan
        What to build, from ``plan_of``.
    group : int32 array, shape (people,)
        Each seat's cell, numbers from 0; only the kind ``cells`` looks at it.
    key : uint64
        Names this network.

    Returns
    -------
    start : int64 array, shape (people + 1,)
    tie : int32 array, shape (ties,)
        ``tie[start[i] : start[i + 1]]`` are those whom seat ``i`` looks at, ascending.
    ok : bool
        False if ``plan.tries`` networks were drawn and in none of them everybody reached everybody
        (where this was asked for) and as many links were rewired and added as there should be.
    """
    attempt = 0
    while True:
        start, tie, ok = draw_network(plan, group, fold(key, attempt))
        attempt += 1
        if ok or attempt == plan.tries:
            return start, tie, ok


@kernel
def draw_network(plan, group, key):
    """One network of a plan, and whether it is as it was asked for."""
    ends = shape(plan, group, fold(key, SHAPE))
    count, ok = ends.size // 2, True
    if plan.rewiring > 0.0 or plan.rewired > 0 or plan.added > 0:
        across = plan.kind == CELLS
        links = chained(plan.people, ends, plan.added, group, plan.directed, across)
        if plan.rewiring > 0.0:
            rewire_by_chance(links, count, plan.rewiring, fold(key, BY_CHANCE))
        if plan.rewired > 0:
            ok &= rewire_number(links, count, plan.rewired, fold(key, BY_NUMBER))
        if plan.added > 0:
            ok &= add_links(links, count, plan.added, fold(key, ADDED))
        ends = links.holder
    if not ok:
        return np.zeros(plan.people + 1, np.int64), np.empty(0, np.int32), False
    start, tie = rows(plan.people, ends, plan.directed)
    if plan.connected and plan.people > 1 and (start[1:] == start[:-1]).any():
        return start, tie, False
    back_start, back = turned(start, tie)
    if plan.directed:
        start, tie = turned(back_start, back)
    else:
        start, tie = back_start, back
    ok = not plan.connected or (
        reaches_all(start, tie) and (not plan.directed or reaches_all(back_start, back))
    )
    return start, tie, ok


@kernel
def rows(people, ends, directed):
    """Ties by the seat that looks, in the order of the links."""
    start = np.zeros(people + 1, np.int64)
    for end in range(0, ends.size, 2 if directed else 1):
        start[ends[end] + 1] += 1
    start = np.cumsum(start)
    place = start[:-1].copy()
    tie = np.empty(start[-1], np.int32)
    for end in range(0, ends.size, 2 if directed else 1):
        i = ends[end]
        tie[place[i]] = ends[end ^ 1]
        place[i] += 1
    return start, tie


@kernel
def turned(start, tie):
    """The same ties by the seat that is looked at, ascending."""
    people = start.size - 1
    other_start = np.zeros(people + 1, np.int64)
    for j in tie:
        other_start[j + 1] += 1
    other_start = np.cumsum(other_start)
    place = other_start[:-1].copy()
    other = np.empty(tie.size, np.int32)
    for i in range(people):
        for j in tie[start[i] : start[i + 1]]:
            other[place[j]] = i
            place[j] += 1
    return other_start, other


@kernel
def reaches_all(start, tie):
    """Whether ties lead from seat 0 to everybody."""
    people = start.size - 1
    seen = np.zeros(people, np.bool_)
    queue = np.zeros(people, np.int64)
    seen[0] = True
    done, found = 0, 1
    while done < found:
        i = queue[done]
        done += 1
        for j in tie[start[i] : start[i + 1]]:
            if not seen[j]:
                seen[j] = True
                queue[found] = j
                found += 1
    return found == people

"""The networks before any link is moved, as lists of ends.

Each kernel gives an int32 array in which two seats after each other are the ends of a link.
Directed, the first of the two looks at the second.
"""

from __future__ import annotations

import math

import numpy as np

from sim.kernels import kernel
from sim.networks.plan import (
    CAVEMAN,
    CELLS,
    FULL,
    GRID,
    HUB,
    LATTICE,
    LINE,
    RANDOM,
    RING,
    SMALL_WORLD,
)
from sim.randomness import draw


@kernel
def shape(plan, group, key):
    """The links of the plan's kind; ``group`` (people,) says who shares a cell."""
    people = plan.people
    if plan.kind == RANDOM:
        return random_links(people, plan.density, plan.directed, key)
    if plan.kind == RING:
        return lattice(people, 2, plan.directed)
    if plan.kind == LATTICE or plan.kind == SMALL_WORLD:
        return lattice(people, plan.neighbours, plan.directed)
    ends = np.empty(0, np.int32)
    if plan.kind == FULL:
        ends = cliques(np.zeros(people, np.int32))
    elif plan.kind == CELLS:
        ends = cliques(group)
    elif plan.kind == CAVEMAN:
        ends = caves(people, plan.cliques)
    elif plan.kind == LINE:
        ends = line(people)
    elif plan.kind == HUB:
        ends = hub(people)
    elif plan.kind == GRID:
        ends = torus(plan.rows, people // plan.rows)
    return both_ways(ends) if plan.directed else ends


@kernel
def longer(ends, size):
    """The same ends at the beginning of a longer array (a slice's shape check compiles slowly)."""
    copy = np.empty(size, np.int32)
    for end in range(ends.size):
        copy[end] = ends[end]
    return copy


@kernel
def both_ways(ends):
    """Each link as two ties, there and back."""
    ties = np.empty(2 * ends.size, np.int32)
    for one in range(0, ends.size, 2):
        ties[2 * one], ties[2 * one + 1] = ends[one], ends[one + 1]
        ties[2 * one + 2], ties[2 * one + 3] = ends[one + 1], ends[one]
    return ties


@kernel
def line(people):
    """Everybody with the one before and the one after."""
    ends = np.empty(2 * (people - 1), np.int32)
    for i in range(people - 1):
        ends[2 * i], ends[2 * i + 1] = i, i + 1
    return ends


@kernel
def hub(people):
    """Everybody with seat 0."""
    ends = np.zeros(2 * (people - 1), np.int32)
    for i in range(1, people):
        ends[2 * i - 1] = i
    return ends


@kernel
def lattice(people, neighbours, directed):
    """Everybody with the nearest round a ring: half on each side; directed, all of them ahead."""
    reach = min(neighbours, people - 1) if directed else min(neighbours, people) // 2
    ends = np.empty(2 * people * reach, np.int32)
    at = 0
    for i in range(people):
        for step in range(1, reach + 1):
            # Two people exactly opposite each other meet once only.
            if directed or 2 * step < people or i < step:
                ends[at], ends[at + 1] = i, (i + step) % people
                at += 2
    return ends[:at]


@kernel
def torus(rows, columns):
    """Everybody with those to the right and below, and so with four in all."""
    ends = np.empty(4 * rows * columns, np.int32)
    for row in range(rows):
        for column in range(columns):
            i = row * columns + column
            ends[4 * i], ends[4 * i + 1] = i, row * columns + (column + 1) % columns
            ends[4 * i + 2], ends[4 * i + 3] = i, (row + 1) % rows * columns + column
    return ends


@kernel
def cliques(group):
    """Everybody with all others of their group (numbers from 0)."""
    sizes = np.zeros(group.size, np.int64)
    for g in group:
        sizes[g] += 1
    last = np.cumsum(sizes)
    member, place = np.empty(group.size, np.int32), last - sizes
    for i in range(group.size):
        member[place[group[i]]] = i
        place[group[i]] += 1
    ends = np.empty((sizes * (sizes - 1)).sum(), np.int32)
    at = 0
    for g in range(sizes.size):
        for a in range(last[g] - sizes[g], last[g]):
            for b in range(a + 1, last[g]):
                ends[at], ends[at + 1] = member[a], member[b]
                at += 2
    return ends


@kernel
def caves(people, count):
    """A ring of cliques: in each, one link leads to the clique before instead [Watts1999]."""
    clique = (np.arange(people) * count // people).astype(np.int32)
    ends = cliques(clique)
    if count > 1:
        for one in range(0, ends.size, 2):
            i = ends[one]
            opens = i == 0 or clique[i - 1] < clique[i]
            if opens and ends[one + 1] == i + 1:
                ends[one + 1] = (i - 1) % people
    return ends


@kernel
def random_links(people, density, directed, key):
    """Each pair linked with the same chance: the gaps between linked pairs are geometric.

    Pairs stand in rows: those of ``i`` with everybody else, or with those before them.
    """
    pairs = people * (people - 1) // (1 if directed else 2)
    ends = np.empty(2 * int(pairs * density * 1.25) + 32, np.int32)
    at, i, place = 0, 0, -1
    never = math.log1p(-density)
    while density > 0.0:
        gap = math.log(1.0 - draw(key, at, 0)) / never
        place += 1 + (int(gap) if gap < pairs else pairs)
        row = people - 1 if directed else i
        while i < people and place >= row:
            place -= row
            i += 1
            row = people - 1 if directed else i
        if i >= people:
            break
        if at == ends.size:
            ends = longer(ends, 2 * at)
        ends[at], ends[at + 1] = i, place + (directed and place >= i)
        at += 2
    return ends[:at]

"""NK landscapes: every dimension contributes, and how much depends on some of the others.

A set of N beliefs is N bits, 1 where the belief is +1. Each bit contributes a number that depends
on itself and on K partners, drawn from U(0,1) for every pattern of those bits; what a set is worth
is the sum of its contributions [KauffmanWeinberger1989]. The more partners, the more local optima
there are to settle on.

Two choices of published programs are settings: partners drawn with replacement, which is what the
levels of [LazerFriedman2007] suggest, and partners that may be the bit itself with contributions
rounded to one decimal, as in the program of [BarkocziGalesic2016].

Contributions are multiples of 2**-48, or whole tenths, so a sum of up to 32 of them is exact in
float64, in any order: two sets are equally good, or one of them is better, without rounding.
"""

from __future__ import annotations

import math

import numpy as np

from sim.errors import InputProblem, Problem
from sim.kernels import kernel
from sim.randomness import draw, fold

DISTINCT, REPLACEMENT, ANY = 0, 1, 2
#: How partners are drawn: distinct others, others with replacement, distinct bits out of all.
PARTNERS = {"distinct": DISTINCT, "replacement": REPLACEMENT, "any": ANY}

MOST_DIMENSIONS = 24
#: Contributions in all, N * 2**(K + 1): 512 MB of them, and twice that to find the summit.
MOST_CONTRIBUTIONS = 2**26
#: Steps of a uniform contribution: five of a float's 53 bits are left for the sum.
STEPS = 2.0**48
#: Below any fitness.
NOTHING = -1.0


def check_nk(dimensions: int, interdependence: int, partners: str = "distinct") -> None:
    """Raise InputProblem, with all that is wrong, if there is no such landscape or it is too large.

    Parameters
    ----------
    dimensions : N, the number of bits.
    interdependence : K, the number of partners of each bit.
    partners : one of the names in ``PARTNERS``.
    """
    problems = []
    most = _most_partners(max(dimensions, 1), partners)
    if partners not in PARTNERS:
        problems.append(
            Problem(
                f"partners are not drawn as {partners!r}",
                f"Use {', '.join(PARTNERS)}.",
                key="environment.partners",
            )
        )
    if not 1 <= dimensions <= MOST_DIMENSIONS:
        problems.append(
            Problem(
                f"an NK landscape has 1 to {MOST_DIMENSIONS} dimensions, not {dimensions}",
                f"Set dimensions: {min(max(dimensions, 1), MOST_DIMENSIONS)}.",
                key="dimensions",
            )
        )
    elif not 0 <= interdependence <= most:
        problems.append(
            Problem(
                f"each of {dimensions} dimensions can depend on 0 to {most} partners, "
                f"not on {interdependence}",
                f"Set environment.interdependence: {min(max(interdependence, 0), most)}.",
                key="environment.interdependence",
            )
        )
    if problems:
        raise InputProblem(problems)


def _most_partners(dimensions: int, partners: str) -> int:
    """The largest K for which there are enough bits, and room for the contributions."""
    room = (MOST_CONTRIBUTIONS // dimensions).bit_length() - 2
    return min(dimensions if partners == "any" else dimensions - 1, room)


@kernel
def draw_landscape(partners, contributions, how, tenths, key):
    """Draw a landscape in place.

    On one key, a landscape of larger K has the partners of a smaller one, and more.

    Parameters
    ----------
    partners : int32 array, shape (N, K)
        Whom each bit depends on besides itself.
    contributions : float64 array, shape (N, 2**(K + 1))
        Contribution of each bit by pattern: its own value is the pattern's lowest bit, that of
        ``partners[i, k]`` bit k + 1. A partner drawn twice leaves patterns that never occur.
    how : int
        One of ``PARTNERS``.
    tenths : bool
        Contributions rounded to one decimal, and kept as whole tenths 0 to 10: as R rounds
        uniform numbers, 0 and 10 come half as often as the others.
    key : uint64
        Names the draw of this landscape.
    """
    patterns = contributions.shape[1]
    worth = fold(key, 1)
    for i in range(len(partners)):
        draw_partners(partners[i], i, len(partners), how, fold(key, 0))
        for pattern in range(patterns):
            drawn = draw(worth, i, pattern)
            if tenths:
                contributions[i, pattern] = math.floor(10.0 * drawn + 0.5)
            else:
                contributions[i, pattern] = math.floor(drawn * STEPS) / STEPS


@kernel
def draw_partners(row, i, dimensions, how, key):
    """Fill ``row``, int32 of shape (K,), with the partners of bit ``i``."""
    pool = np.arange(dimensions)
    size = dimensions
    if how != ANY:
        size -= 1
        pool[i] = pool[size]
    for k in range(len(row)):
        if how == REPLACEMENT:
            row[k] = pool[int(draw(key, i, k) * size)]
        else:
            pick = k + int(draw(key, i, k) * (size - k))
            row[k] = pool[pick]
            pool[pick] = pool[k]


@kernel
def fitness(view, partners, contributions):
    """Sum of the contributions of a set, ``view``, int8 of shape (N,): bit 1 where it is +1.

    The sum orders sets as their mean would, and its ratio to the highest is the same.
    """
    dimensions, interdependence = partners.shape
    bits = 0
    for i in range(dimensions):
        bits |= (view[i] > 0) << i
    total = 0.0
    for i in range(dimensions):
        pattern = (bits >> i) & 1
        for k in range(interdependence):
            pattern |= ((bits >> partners[i, k]) & 1) << (k + 1)
        total += contributions[i, pattern]
    return total


@kernel
def standing(fitness_value, highest, exponent):
    """Fitness as a share of the highest, to a power [LazerFriedman2007]: 1 at the summit.

    The power spreads the best from the merely good; it changes averages, but no order.
    """
    if fitness_value >= highest:
        return 1.0
    return (fitness_value / highest) ** exponent


@kernel
def summit(partners, contributions, best):
    """Highest fitness of all 2**N sets; fills ``best``, int8 of shape (N,), with a set that has it.

    Branch and bound [LandDoig1960]: bits are set one after the other, and a beginning is given up
    once the most that each contribution could still be, together, is no higher than a set already
    seen. With contributions of ``draw_landscape`` all of these sums are exact, so the number is the
    fitness of ``best``, and no set has more.
    """
    masks = pattern_masks(partners)
    order = setting_order(masks)
    trees = grow_trees(contributions, masks, order)
    dimensions = len(order)
    readers, count = readers_of(masks, order)
    node = np.ones((dimensions, dimensions), np.int64)
    promise = np.zeros((dimensions, 2))
    value = np.zeros(dimensions, np.int8)
    reach = 0.0
    for i in range(dimensions):
        reach += trees[i, 1]
    look_ahead(promise, reach, trees, node, readers, count, 0)
    highest, depth = NOTHING, 0
    while depth >= 0:
        v = 1 if promise[depth, 1] > promise[depth, 0] else 0
        reach = promise[depth, v]
        promise[depth, v] = NOTHING
        if reach <= highest:
            depth -= 1
            continue
        value[depth] = 2 * v - 1
        if depth == dimensions - 1:
            highest = reach
            for place in range(dimensions):
                best[order[place]] = value[place]
            continue
        for i in range(dimensions):
            node[depth + 1, i] = node[depth, i]
        for c in range(count[depth]):
            i = readers[depth, c]
            node[depth + 1, i] = 2 * node[depth, i] + v
        depth += 1
        look_ahead(promise, reach, trees, node, readers, count, depth)
    return highest


@kernel
def look_ahead(promise, reach, trees, node, readers, count, depth):
    """Fill ``promise`` at a depth, from the bound ``reach``: bounds with the next bit 0 and 1."""
    zero, one = reach, reach
    for c in range(count[depth]):
        i = readers[depth, c]
        here = node[depth, i]
        zero += trees[i, 2 * here] - trees[i, here]
        one += trees[i, 2 * here + 1] - trees[i, here]
    promise[depth, 0], promise[depth, 1] = zero, one


@kernel
def pattern_masks(partners):
    """The part of contribution i's pattern that bit b sets, int64 (N, N); 0 if it is not read."""
    dimensions, interdependence = partners.shape
    masks = np.zeros((dimensions, dimensions), np.int64)
    for i in range(dimensions):
        masks[i, i] = 1
        for k in range(interdependence):
            masks[i, partners[i, k]] |= 2 << k
    return masks


@kernel
def setting_order(masks):
    """Order in which to set bits, int64 (N,): first what lowers the bounds most, on average.

    The highest of m uniform contributions is m / (m + 1) on average, and m halves with each bit
    that is set.
    """
    dimensions = len(masks)
    order = np.empty(dimensions, np.int64)
    is_set = np.zeros(dimensions, np.bool_)
    open_patterns = np.ones(dimensions)
    for i in range(dimensions):
        for b in range(dimensions):
            if masks[i, b] != 0:
                open_patterns[i] *= 2.0
    for depth in range(dimensions):
        most = NOTHING
        for b in range(dimensions):
            gain = 0.0
            for i in range(dimensions):
                if masks[i, b] != 0:
                    m = open_patterns[i]
                    gain += m / (m + 1.0) - m / (m + 2.0)
            if not is_set[b] and gain > most:
                most, order[depth] = gain, b
        is_set[order[depth]] = True
        for i in range(dimensions):
            if masks[i, order[depth]] != 0:
                open_patterns[i] /= 2.0
    return order


@kernel
def readers_of(masks, order):
    """Which contributions read the bit set at each depth: int64 (N, N), and their number (N,)."""
    readers = np.zeros(masks.shape, np.int64)
    count = np.zeros(len(order), np.int64)
    for depth in range(len(order)):
        for i in range(len(order)):
            if masks[i, order[depth]] != 0:
                readers[depth, count[depth]] = i
                count[depth] += 1
    return readers, count


@kernel
def grow_trees(contributions, masks, order):
    """The most each contribution can be once some of its bits are set, as binary trees.

    Gives float64 of shape (N, 2**(K + 2)): node 1 is the root, and setting the next of the bits
    that a contribution reads, in ``order``, to v leads from node h to node 2 h + v.
    """
    dimensions = len(order)
    trees = np.zeros((dimensions, 2 * contributions.shape[1]))
    read = np.empty(dimensions, np.int64)
    for i in range(dimensions):
        size = 0
        for b in order:
            if masks[i, b] != 0:
                read[size] = masks[i, b]
                size += 1
        leaves = 1 << size
        for leaf in range(leaves):
            pattern = 0
            for place in range(size):
                if (leaf >> (size - 1 - place)) & 1:
                    pattern |= read[place]
            trees[i, leaves + leaf] = contributions[i, pattern]
        for h in range(leaves - 1, 0, -1):
            trees[i, h] = max(trees[i, 2 * h], trees[i, 2 * h + 1])
    return trees

"""Keyed draws: randomness belongs to a decision, not to a generator.

A number is ``draw(key(seed, decision, period), a, b)``: it depends on who decides what and when,
and on nothing that happened before. So the order of people cannot matter, parallel runs cannot
change a result, and two scenarios on one seed are *paired worlds* that share every draw which both
of them make (common random numbers).

The generator is counter-based: the five coordinates are folded one by one into a 64-bit word,
each fold closed by the finalizer of SplitMix64 [Steele2014] with Stafford's constants (variant 13).
"""

from __future__ import annotations

import hashlib
import math

import numpy as np

from sim.kernels import kernel, kernel_of

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)
SHIFT_30, SHIFT_27, SHIFT_31 = np.uint64(30), np.uint64(27), np.uint64(31)
SHIFT_11 = np.uint64(11)
ZERO, ONE = np.uint64(0), np.uint64(1)
#: A draw keeps 53 bits: every value k / 2**53 is exact in float64.
UNIT = 2.0**-53


@kernel
def mix(z):
    """Bijective scrambling of a 64-bit word (finalizer of SplitMix64, variant 13)."""
    z = (z ^ (z >> SHIFT_30)) * FIRST
    z = (z ^ (z >> SHIFT_27)) * SECOND
    return z ^ (z >> SHIFT_31)


@kernel_of("(uint64, int64)", "(uint64, uint64)", "(uint64, float64)")
def fold(word, index):
    """The word that ``index`` names under ``word``: a key within a key."""
    return mix(word + (np.uint64(index) + ONE) * GOLDEN)


@kernel
def decision_key(seed, decision):
    """Name one decision of one seed, in whatever period; both and the result are uint64."""
    return fold(mix(seed + GOLDEN), decision)


@kernel
def key(seed, decision, period):
    """Name one decision in one period of one seed; all three and the result are uint64."""
    return fold(decision_key(seed, decision), period)


@kernel
def keys(seed, decisions, period):
    """The keys of many ``decisions`` (uint64 array) in one period of one seed, same shape."""
    named = np.empty_like(decisions)
    for place in range(len(decisions)):
        named[place] = key(seed, decisions[place], period)
    return named


@kernel
def course(seed, luck):
    """The seed of what happens after the start, by the number of one's luck; 0 is the seed's own.

    Both and the result are uint64.
    """
    return seed if luck == ZERO else fold(mix(seed), luck)


@kernel
def unit(word):
    """The upper 53 bits of a word as a number on [0, 1)."""
    return (word >> SHIFT_11) * UNIT


@kernel
def heads(word):
    """Its lowest bit as a fair coin: a bit that ``unit`` does not use."""
    return word & ONE != ZERO


@kernel_of(
    "(uint64, int64, int64)",
    "(uint64, uint64, int64)",
    "(uint64, int64, uint64)",
    "(uint64, uint64, uint64)",
    "(uint64, float64, int64)",
)
def draw(key, a, b):
    """Uniform on [0, 1), for coordinates ``a`` and ``b`` (integers >= 0) of a decision."""
    return unit(fold(fold(key, a), b))


@kernel_of("(uint64, int64, int64)", "(uint64, uint64, int64)")
def draw_normal(key, a, b):
    """Standard normal, from two draws (Box and Muller 1958)."""
    word = fold(fold(key, a), b)
    radius = math.sqrt(-2.0 * math.log(1.0 - unit(fold(word, 0))))
    return radius * math.cos(2.0 * math.pi * unit(fold(word, 1)))


@kernel
def draw_poisson(key, mean):
    """Poisson with the given mean, by inversion of parts of mean 8 or less.

    Inversion takes as many steps as the value drawn; splitting keeps exp(-mean) away from zero.
    """
    parts = math.ceil(mean / 8.0)
    total = 0
    none = math.exp(-mean / parts) if parts > 0 else 1.0
    for part in range(parts):
        chance = none
        beyond = draw(key, part, 0) - chance
        count = 0
        while beyond >= 0.0 and chance > 0.0:
            count += 1
            chance *= mean / parts / count
            beyond -= chance
        total += count
    return total


def decision_number(name: str) -> np.uint64:
    """The 64-bit number of a decision's name, the same on every machine."""
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))

"""Whole sets of beliefs: who holds exactly the same, and how many different ones there are."""

from __future__ import annotations

import numpy as np

from sim.kernels import kernel
from sim.randomness import fold

EMPTY = -1


@kernel
def same(one, other):
    """Whether two rows agree everywhere."""
    for j in range(one.size):
        if one[j] != other[j]:
            return False
    return True


@kernel
def word_of(row):
    """A 64-bit word for a row of -1, 0 and +1; equal rows have equal words."""
    word = np.uint64(row.size)
    packed, places = np.uint64(0), 0
    for j in range(row.size):
        packed = packed * np.uint64(3) + np.uint64(row[j] + 1)
        places += 1
        if places == 32:
            word = fold(word, packed)
            packed, places = np.uint64(0), 0
    return fold(word, packed)


@kernel
def label_sets(beliefs, label):
    """Fill ``label``, int32 of shape (people,), with the first seat that holds the same set.

    Gives the number of different sets. Rows are compared in full, words only say where to look.
    """
    people = beliefs.shape[0]
    size = 4
    while size < 2 * people:
        size *= 2
    table = np.full(size, EMPTY, np.int32)
    sets = 0
    for i in range(people):
        place = np.int64(word_of(beliefs[i]) & np.uint64(size - 1))
        while table[place] != EMPTY and not same(beliefs[table[place]], beliefs[i]):
            place = (place + 1) & (size - 1)
        if table[place] == EMPTY:
            table[place] = i
            sets += 1
        label[i] = table[place]
    return sets

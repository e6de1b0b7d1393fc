"""Lots: whoever draws the lowest comes first."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.lots import order_by_lot

WORDS = st.one_of(st.integers(0, 2**64 - 1), st.sampled_from([0, 1, 2**63, 2**64 - 1]))


@given(st.lists(WORDS, max_size=40))
def test_the_order_is_that_of_lots_and_of_numbers_among_equals(words: list[int]):
    lot, count = np.array(words, dtype=np.uint64), len(words)
    order = np.full(count + 1, -1)
    order_by_lot(lot, count, np.zeros(count + 2, dtype=np.int64), order)
    assert order[:count].tolist() == np.argsort(lot, kind="stable").tolist()
    assert order[count] == -1

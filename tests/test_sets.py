"""Whole sets of beliefs are told apart in full, whatever the words for them are."""

from __future__ import annotations

import itertools
from typing import Any

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray

from sim.sets import label_sets, same, word_of

Beliefs = NDArray[np.int8]


def rows(people: Any, dimensions: Any) -> st.SearchStrategy[Beliefs]:
    shape = st.tuples(people, dimensions)
    return hnp.arrays(np.int8, shape, elements=st.integers(-1, 1), fill=st.nothing())


def labelled(beliefs: Beliefs) -> tuple[int, list[int]]:
    label = np.full(len(beliefs), 99, np.int32)
    return int(label_sets(beliefs, label)), label.tolist()


def first_holders(beliefs: Beliefs) -> list[int]:
    first: dict[bytes, int] = {}
    return [first.setdefault(row.tobytes(), i) for i, row in enumerate(beliefs)]


def test_a_label_is_the_first_seat_that_holds_the_set():
    beliefs = np.array([[1, 0], [0, 1], [1, 0], [-1, 0], [0, 1], [1, 0]], np.int8)
    assert labelled(beliefs) == (3, [0, 1, 0, 3, 1, 0])


@given(rows(st.integers(1, 40), st.integers(1, 3)))
def test_labels_are_those_of_a_dictionary(beliefs):
    expected = first_holders(beliefs)
    assert labelled(beliefs) == (len(set(expected)), expected)


@pytest.mark.parametrize("dimensions", [1, 2, 5, 7])
def test_all_sets_there_are_differ(dimensions):
    beliefs = np.array(list(itertools.product((-1, 0, 1), repeat=dimensions)), np.int8)
    assert labelled(beliefs) == (3**dimensions, list(range(3**dimensions)))
    # The words of so few sets differ too: two of 64 bits agree in one case of 10^12.
    assert len({int(word_of(row)) for row in beliefs}) == 3**dimensions


@pytest.mark.parametrize("people", [1, 2, 3, 64, 1000])
def test_one_set_held_by_all_is_one_set(people):
    assert labelled(np.ones((people, 40), np.int8)) == (1, [0] * people)


@pytest.mark.parametrize("dimensions", [31, 32, 33, 64, 65, 100])
def test_sets_that_differ_anywhere_are_different(dimensions):
    """Also beyond the 32 beliefs that fit into one word."""
    one = np.zeros(dimensions, np.int8)
    others = np.vstack([one, np.eye(dimensions, dtype=np.int8), -np.eye(dimensions, dtype=np.int8)])
    assert labelled(others)[0] == 2 * dimensions + 1
    assert len({int(word_of(row)) for row in others}) == 2 * dimensions + 1
    assert [bool(same(one, row)) for row in others].count(True) == 1


@given(rows(st.just(2), st.integers(1, 70)))
def test_equal_rows_have_equal_words(pair):
    one, other = pair
    assert bool(same(one, other)) == np.array_equal(one, other)
    assert word_of(one) == word_of(one.copy())
    assert (word_of(one) == word_of(other)) == np.array_equal(one, other)


@given(rows(st.integers(2, 20), st.integers(1, 2)), st.randoms(use_true_random=False))
def test_the_number_of_sets_does_not_depend_on_who_sits_where(beliefs, shuffle):
    seats = list(range(len(beliefs)))
    shuffle.shuffle(seats)
    assert labelled(beliefs)[0] == labelled(beliefs[seats])[0]

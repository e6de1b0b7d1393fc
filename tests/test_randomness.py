"""Keyed draws are uniform, independent along each of their five coordinates, and what they say.

All statistical tests below run on fixed coordinates, so they give the same answer every time. Each
says how often a perfect generator would fail it.
"""

from __future__ import annotations

import hashlib
import itertools
import math

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray
from scipy import stats

from sim.randomness import (
    decision_number,
    draw,
    draw_normal,
    draw_poisson,
    fold,
    key,
    mix,
)

MASK = 2**64 - 1
#: Two-sided: a perfect generator fails one such test in 500 000, all of this file 1 in 10 000.
ALARM = 2e-6
COORDINATES = ("seed", "decision", "period", "a", "b")
words = st.integers(0, MASK)
indices = st.integers(0, 2**63 - 1)


def reference_mix(z: int) -> int:
    """SplitMix64's finalizer, Stafford's variant 13, in integers without end."""
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return z ^ (z >> 31)


def reference_fold(word: int, index: int) -> int:
    return reference_mix((word + (index + 1) * 0x9E3779B97F4A7C15) & MASK)


def reference_draw(seed: int, decision: int, period: int, a: int, b: int) -> float:
    word = reference_mix((seed + 0x9E3779B97F4A7C15) & MASK)
    for index in (decision, period, a, b):
        word = reference_fold(word, index)
    return (word >> 11) / 2**53


def named(seed: int, decision: int, period: int) -> np.uint64:
    """The key of a decision; a compiled function hands a plain integer back to Python."""
    return np.uint64(key(np.uint64(seed), np.uint64(decision), np.uint64(period)))


def drawn(coordinates: dict[str, NDArray[np.uint64]]) -> NDArray[np.float64]:
    """Draws at the coordinates given; the others stay at small fixed numbers."""
    fixed = {"seed": 3, "decision": 5, "period": 7, "a": 11, "b": 13}
    length = len(next(iter(coordinates.values())))
    columns = [
        coordinates.get(name, np.full(length, fixed[name], dtype=np.uint64)) for name in COORDINATES
    ]
    return np.array([draw(named(s, d, p), a, b) for s, d, p, a, b in zip(*columns, strict=True)])


def fits(counts: NDArray[np.int64], expected: NDArray[np.float64] | None = None) -> None:
    """Assert that counts agree with what is expected (all alike if not given), by chi-square."""
    p = stats.chisquare(counts.ravel(), None if expected is None else expected.ravel()).pvalue
    assert ALARM / 2 < p < 1 - ALARM / 2


def pairs_fit(first: NDArray[np.float64], second: NDArray[np.float64]) -> None:
    """Assert that two series of draws have nothing to do with each other: square and line."""
    table, _, _ = np.histogram2d(first, second, bins=16, range=[[0, 1], [0, 1]])
    fits(table.astype(np.int64))
    correlation = np.corrcoef(first, second)[0, 1]
    assert abs(correlation) * math.sqrt(len(first)) < stats.norm.isf(ALARM / 2)


@given(words, words, words, indices, indices)
def test_draws_follow_the_documented_construction(seed, decision, period, a, b):
    name = named(seed, decision, period)
    assert draw(name, np.uint64(a), np.uint64(b)) == reference_draw(seed, decision, period, a, b)
    assert int(fold(name, np.uint64(a))) == reference_fold(int(name), a)


@pytest.mark.parametrize("kind", [np.int32, np.int64, np.uint64])
def test_a_coordinate_counts_by_its_value_and_not_by_its_type(kind):
    name = named(1, 2, 3)
    assert draw(name, kind(4), kind(5)) == reference_draw(1, 2, 3, 4, 5)


def test_the_first_numbers_of_the_splitmix_finalizer_are_its_authors():
    """SplitMix64 of seed 1234567: mix of multiples of the golden gamma (Vigna's test values)."""
    golden = 0x9E3779B97F4A7C15
    numbers = [int(mix(np.uint64((1234567 + n * golden) & MASK))) for n in (1, 2, 3)]
    assert numbers == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_names_of_decisions_are_the_same_on_every_machine():
    digest = hashlib.blake2b(b"leaving", digest_size=8).digest()
    assert int(decision_number("leaving")) == sum(byte << 8 * n for n, byte in enumerate(digest))
    names = [decision_number(f"decision {n}") for n in range(1000)]
    assert len(set(names)) == 1000


@given(words, indices, indices)
def test_draws_are_multiples_of_two_to_the_minus_53_below_one(name, a, b):
    value = draw(np.uint64(name), np.uint64(a), np.uint64(b))
    assert 0.0 <= value < 1.0
    assert value * 2**53 == int(value * 2**53)


@pytest.mark.parametrize("coordinate", COORDINATES)
def test_draws_along_a_coordinate_are_uniform(coordinate):
    values = drawn({coordinate: np.arange(40_000, dtype=np.uint64)})
    fits(np.histogram(values, bins=200, range=(0, 1))[0])
    assert stats.kstest(values, "uniform").pvalue > ALARM
    # Low bits count too: the 53 bits are used in comparisons with any probability.
    fits(np.bincount((values * 2**53).astype(np.int64) % 64, minlength=64))


@pytest.mark.parametrize("lag", [1, 2, 64])
@pytest.mark.parametrize("coordinate", COORDINATES)
def test_draws_along_a_coordinate_are_independent(coordinate, lag):
    values = drawn({coordinate: np.arange(20_000, dtype=np.uint64)})
    pairs_fit(values[:-lag], values[lag:])


@pytest.mark.parametrize(("one", "other"), list(itertools.permutations(COORDINATES, 2)))
def test_stepping_two_coordinates_together_gives_no_pattern(one, other):
    """The draw at (x, x) of two coordinates against the draw at (x, x + 1)."""
    x = np.arange(8_000, dtype=np.uint64)
    here = drawn({one: x, other: x})
    pairs_fit(here, drawn({one: x, other: x + np.uint64(1)}))


def test_the_order_of_coordinates_matters():
    x = np.arange(8_000, dtype=np.uint64)
    pairs_fit(drawn({"a": x, "b": x + np.uint64(9)}), drawn({"a": x + np.uint64(9), "b": x}))


def test_a_newcomers_draws_have_nothing_to_do_with_their_predecessors():
    seats = np.arange(20_000, dtype=np.uint64)
    pairs_fit(drawn({"a": seats}), drawn({"a": seats + np.uint64(1 << 32)}))


def test_every_bit_of_a_coordinate_moves_half_of_the_bits_of_the_word():
    """Mean share of flipped bits over 400 words: 5 standard errors of a fair coin, 64 tests.

    A perfect generator fails once in 27 000 such files.
    """
    for bit in range(64):
        flipped = 0
        for n in range(400):
            word = int(fold(np.uint64(99), np.uint64(n)))
            moved = int(fold(np.uint64(99), np.uint64(n ^ (1 << bit))))
            flipped += (word ^ moved).bit_count()
        assert abs(flipped / (400 * 64) - 0.5) < 5 * 0.5 / math.sqrt(400 * 64)


def test_normal_draws_are_normal():
    name = named(2, 3, 5)
    values = np.array([draw_normal(name, a, 0) for a in range(50_000)])
    assert stats.kstest(values, "norm").pvalue > ALARM
    standard_error = stats.norm.isf(ALARM / 2) / math.sqrt(len(values))
    assert abs(values.mean()) < standard_error
    # The variance of a squared normal is 2.
    assert abs((values**2).mean() - 1) < math.sqrt(2) * standard_error
    assert abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < standard_error


@pytest.mark.parametrize("mean", [0.3, 5.0, 8.0, 8.1, 61.5])
def test_poisson_draws_are_poisson(mean):
    """On both sides of 8, where a mean is cut into parts."""
    values = np.array([draw_poisson(named(s, 1, 0), mean) for s in range(20_000)])
    low, high = stats.poisson.ppf([0.002, 0.998], mean).astype(int)
    middle = np.arange(low, high + 1)
    expected = stats.poisson.pmf(middle, mean)
    expected = np.array([stats.poisson.cdf(low - 1, mean), *expected, stats.poisson.sf(high, mean)])
    counts = [(values < low).sum(), *((values == n).sum() for n in middle), (values > high).sum()]
    kept = expected > 0
    fits(np.array(counts)[kept], expected[kept] * len(values))


def test_a_poisson_draw_of_mean_zero_is_zero():
    assert draw_poisson(named(1, 2, 3), 0.0) == 0

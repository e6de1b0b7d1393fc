"""NK landscapes: what is drawn, that the summit is the summit, and what theory says of them.

Random tests run on fixed keys, so they give the same answer every time. Each mean is compared with
the theory's number within 4.5 standard errors: a correct model fails one such test in 150 000.
"""

from __future__ import annotations

import itertools
import math

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray
from scipy import stats

from sim.environments.nk import (
    MOST_CONTRIBUTIONS,
    PARTNERS,
    STEPS,
    check_nk,
    draw_landscape,
    fitness,
    standing,
    summit,
)
from sim.errors import InputProblem
from sim.kernels import kernel
from sim.randomness import key

ERRORS = 4.5
#: Two-sided: a correct model fails one chi-square or Kolmogorov-Smirnov test in 100 000.
ALARM = 1e-5
#: Two numbers that both have a sampling error differ by more in one case of a thousand.
JOINT = 3.29

hows = st.sampled_from(sorted(PARTNERS))
words = st.integers(0, 2**64 - 1)

Landscape = tuple[NDArray[np.int32], NDArray[np.float64]]


def landscape(n: int, k: int, seed: int, how: str = "distinct", tenths: bool = False) -> Landscape:
    partners = np.full((n, k), -1, np.int32)
    contributions = np.full((n, 2 ** (k + 1)), np.nan)
    word = np.uint64(key(np.uint64(seed), np.uint64(1), np.uint64(0)))
    draw_landscape(partners, contributions, PARTNERS[how], tenths, word)
    return partners, contributions


@st.composite
def landscapes(draw: st.DrawFn, most: int = 9) -> Landscape:
    n, how = draw(st.integers(1, most)), draw(hows)
    k = draw(st.integers(0, n if how == "any" else n - 1))
    return landscape(n, k, draw(words), how, draw(st.booleans()))


def all_sets(n: int) -> NDArray[np.int8]:
    """All 2**n sets, by the number of which they are the bits, bit 0 first."""
    return (2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1) - 1).astype(np.int8)


def contribution(sets: NDArray[np.int8], ground: Landscape, i: int) -> NDArray[np.float64]:
    """What bit i of each set contributes, by NumPy and from the definition."""
    partners, contributions = ground
    reads = [i, *partners[i]]
    pattern = np.zeros(len(sets), np.int64)
    for place, b in enumerate(reads):
        pattern += np.where(sets[:, b] == 1, 2**place, 0)
    return contributions[i, pattern]


def heights(ground: Landscape) -> NDArray[np.float64]:
    """Fitness of all sets, in the order of ``all_sets``."""
    sets = all_sets(len(ground[0]))
    total = np.zeros(len(sets))
    for i in range(len(ground[0])):
        total += contribution(sets, ground, i)
    return total


@kernel
def local_optima(partners, contributions):
    """Sets of which no neighbour, one bit away, is better."""
    n = len(partners)
    view, worth = np.empty(n, np.int8), np.empty(2**n)
    for bits in range(2**n):
        for i in range(n):
            view[i] = 2 * ((bits >> i) & 1) - 1
        worth[bits] = fitness(view, partners, contributions)
    optima = 0
    for bits in range(2**n):
        optimal = True
        for i in range(n):
            optimal = optimal and worth[bits] >= worth[bits ^ (1 << i)]
        optima += optimal
    return optima


def agrees(sample: NDArray[np.float64], expected: float, spread: float | None = None) -> None:
    """Assert that a sample's mean is as expected; ``spread`` is its known standard deviation."""
    error = (sample.std(ddof=1) if spread is None else spread) / math.sqrt(len(sample))
    assert abs(sample.mean() - expected) < ERRORS * error


# Fitness and the summit, exactly


def test_two_bits_by_hand():
    """Bit 0 contributes by (itself, bit 1), bit 1 by (itself, bit 0); the own bit is the lowest."""
    partners = np.array([[1], [0]], np.int32)
    contributions = np.array([[1.0, 2.0, 3.0, 4.0], [10.0, 20.0, 30.0, 40.0]])
    worth = {
        (bits[0], bits[1]): fitness(np.array(bits, np.int8), partners, contributions)
        for bits in itertools.product((-1, 1), repeat=2)
    }
    assert worth == {(-1, -1): 11.0, (1, -1): 32.0, (-1, 1): 23.0, (1, 1): 44.0}
    best = np.zeros(2, np.int8)
    assert summit(partners, contributions, best) == 44.0 and best.tolist() == [1, 1]


@given(landscapes())
def test_fitness_is_the_sum_of_what_the_definition_gives(ground):
    n = len(ground[0])
    terms = np.stack([contribution(all_sets(n), ground, i) for i in range(n)], axis=1)
    for view, parts in zip(all_sets(n), terms, strict=True):
        # math.fsum rounds once: sums of contributions do not round at all.
        assert fitness(view, *ground) == math.fsum(parts) == math.fsum(parts[::-1])


@given(landscapes())
def test_no_set_stands_above_the_summit(ground):
    best = np.zeros(len(ground[0]), np.int8)
    highest = summit(*ground, best)
    assert highest == heights(ground).max() == fitness(best, *ground)
    assert set(best) <= {-1, 1}


def test_among_many_landscapes_not_one_has_a_higher_set():
    """Where the second best is close, giving up a beginning a little too early would show."""
    best = np.zeros(10, np.int8)
    for seed in range(500):
        ground = landscape(10, 4, seed)
        assert summit(*ground, best) == heights(ground).max()


@pytest.mark.parametrize(("how", "tenths"), [("distinct", False), ("replacement", True)])
def test_no_set_stands_above_the_summit_of_a_published_size(how, tenths):
    ground = landscape(20, 5, 3, how, tenths)
    best = np.zeros(20, np.int8)
    assert summit(*ground, best) == heights(ground).max() == fitness(best, *ground)


def test_without_partners_the_summit_is_the_best_of_each_bit_and_the_only_optimum():
    for seed in range(20):
        ground = landscape(12, 0, seed)
        best = np.zeros(12, np.int8)
        assert summit(*ground, best) == ground[1].max(axis=1).sum()
        assert np.array_equal(best == 1, ground[1].argmax(axis=1) == 1)
        assert local_optima(*ground) == 1


@given(landscapes(), words)
def test_a_flipped_bit_changes_only_the_contributions_that_read_it(ground, word):
    n = len(ground[0])
    b, before = word % n, all_sets(n)[word % 2**n]
    after = before.copy()
    after[b] = -after[b]
    for i, others in enumerate(ground[0]):
        first, second = contribution(np.stack([before, after]), ground, i)
        assert first == second or i == b or b in others


def test_standing_is_one_at_the_summit_and_nowhere_below_it():
    assert standing(14.3, 14.3, 8.0) == 1.0
    assert standing(np.nextafter(14.3, 0.0), 14.3, 8.0) < 1.0
    assert standing(0.5, 1.0, 8.0) == 2.0**-8
    assert standing(0.25, 1.0, 1.0) == 0.25


def test_where_every_contribution_is_nothing_every_set_is_at_the_summit():
    partners, contributions = np.zeros((3, 0), np.int32), np.zeros((3, 2))
    best = np.zeros(3, np.int8)
    highest = summit(partners, contributions, best)
    assert highest == 0.0 and set(best) <= {-1, 1}
    assert standing(0.0, highest, 8.0) == 1.0


# What is drawn


@given(words, st.integers(1, 20), st.data())
def test_the_same_key_gives_the_same_landscape(word, n, data):
    """Also whatever else was drawn before; and a larger K keeps what a smaller one has."""
    how, tenths = data.draw(hows), data.draw(st.booleans())
    most = min(8, n if how == "any" else n - 1)
    k = data.draw(st.integers(0, most))
    partners, contributions = landscape(n, k, word, how, tenths)
    for wide in (k, most):
        again = landscape(n, wide, word, how, tenths)
        assert np.array_equal(partners, again[0][:, :k])
        assert np.array_equal(contributions, again[1][:, : 2 ** (k + 1)])


def test_another_key_gives_another_landscape():
    one, other = landscape(20, 5, 1), landscape(20, 5, 2)
    assert np.any(one[0] != other[0]) and np.all(one[1] != other[1])


@given(hows, st.integers(1, 20), st.data())
def test_partners_are_of_the_kind_that_was_asked_for(how, n, data):
    k = data.draw(st.integers(0, min(8, n if how == "any" else n - 1)))
    for i, others in enumerate(landscape(n, k, data.draw(words), how)[0]):
        assert all(0 <= other < n for other in others)
        assert how == "any" or i not in others
        assert how == "replacement" or len(set(others)) == k


@pytest.mark.parametrize("how", sorted(PARTNERS))
def test_every_bit_is_as_likely_a_partner_at_every_place(how):
    """For bit 2 of 6: the counts of each pair of partners, in order, are all alike."""
    drawn = np.array([landscape(6, 2, seed, how)[0][2] for seed in range(6000)])
    table = np.zeros((6, 6), np.int64)
    np.add.at(table, (drawn[:, 0], drawn[:, 1]), 1)
    possible = np.ones((6, 6), bool)
    if how != "replacement":
        np.fill_diagonal(possible, False)
    if how != "any":
        possible[2, :] = possible[:, 2] = False
    assert not table[~possible].any()
    assert ALARM / 2 < stats.chisquare(table[possible]).pvalue < 1 - ALARM / 2


@pytest.mark.parametrize("how", sorted(PARTNERS))
def test_one_bit_draws_its_partners_without_regard_to_another(how):
    """First partners of bits 1 and 4 of 6: every pair that can be is as likely."""
    first = np.array([landscape(6, 2, seed, how)[0][[1, 4], 0] for seed in range(6000)])
    table, _, _ = np.histogram2d(first[:, 0], first[:, 1], bins=6, range=[[0, 6], [0, 6]])
    if how != "any":
        table = np.delete(np.delete(table, 1, axis=0), 4, axis=1)
    assert table.sum() == 6000
    assert ALARM / 2 < stats.chisquare(table.ravel()).pvalue < 1 - ALARM / 2


def test_uniform_contributions_are_uniform_and_fill_the_unit_interval():
    worth = np.concatenate([landscape(20, 5, seed)[1].ravel() for seed in range(20)])
    assert worth.min() >= 0.0 and worth.max() < 1.0
    assert np.all(worth * STEPS == np.floor(worth * STEPS))
    assert len(np.unique(worth)) == len(worth)
    assert stats.kstest(worth, "uniform").pvalue > ALARM
    agrees(worth, 0.5, math.sqrt(1 / 12))


def test_tenths_are_uniform_numbers_rounded_to_one_decimal():
    """0 and 10 come half as often, as from R's round(runif(n), 1)."""
    worth = np.concatenate([landscape(20, 5, seed, tenths=True)[1].ravel() for seed in range(20)])
    counts = np.bincount(worth.astype(np.int64), minlength=11)
    assert np.all(worth == np.floor(worth)) and len(counts) == 11
    expected = len(worth) * np.array([0.05, *[0.1] * 9, 0.05])
    assert ALARM / 2 < stats.chisquare(counts, expected).pvalue < 1 - ALARM / 2
    exact = landscape(20, 5, 19)[1].ravel()
    assert np.all(np.abs(worth[-len(exact) :] / 10 - exact) <= 0.05 + 1e-12)


def test_tenths_tie_exactly_and_uniform_contributions_do_not():
    tied = heights(landscape(10, 4, 7, tenths=True))
    assert np.all(tied == np.floor(tied)) and len(np.unique(tied)) <= 101
    assert len(np.unique(heights(landscape(10, 4, 7)))) == 2**10


# What theory says


def test_with_every_other_bit_a_partner_optima_are_as_many_as_theory_says():
    """2**N / (N + 1) on average [Kauffman and Levin 1987].

    Fitness is then independent from set to set. A set is best of N + 1 with probability
    1 / (N + 1); two neighbours never are both, and two sets with two neighbours in common are with
    probability 1 / (N (N + 1)). So the variance is 2**N (N - 1) / (2 (N + 1)**2).
    """
    n, reps = 10, 400
    optima = np.array([local_optima(*landscape(n, n - 1, seed)) for seed in range(reps)])
    agrees(optima, 2**n / (n + 1), math.sqrt(2**n * (n - 1) / 2) / (n + 1))


def test_without_partners_the_summit_is_two_thirds_high():
    """Each bit contributes the higher of two: mean 2/3, variance 1/18."""
    n = 20
    best = np.zeros(n, np.int8)
    highest = np.array([summit(*landscape(n, 0, seed), best) for seed in range(500)])
    agrees(highest / n, 2 / 3, math.sqrt(1 / 18 / n))


@pytest.mark.parametrize("k", [0, 1, 5, 9])
def test_sets_one_bit_apart_are_the_less_alike_the_more_partners_there_are(k):
    """Their fitness correlates by 1 - (K + 1) / N over landscapes [Weinberger 1990].

    A flip redraws K + 1 contributions on average, each with variance 1/12: so the squared
    difference is (K + 1) / 6 on average.
    """
    n = 10
    low, high = -np.ones(n, np.int8), -np.ones(n, np.int8)
    high[0] = 1
    grounds = [landscape(n, k, seed) for seed in range(4000)]
    steps = np.array([fitness(high, *ground) - fitness(low, *ground) for ground in grounds])
    agrees(steps**2, (k + 1) / 6)
    agrees(steps, 0.0)


@settings(max_examples=5)
@given(words)
def test_random_sets_are_worth_half_on_average(word):
    """Over all sets of one landscape: exactly the mean of its contributions, if K are distinct."""
    ground = landscape(12, 4, word)
    assert heights(ground).mean() / 12 == pytest.approx(ground[1].mean(), abs=1e-12)


# What was published of them


def test_random_strings_start_where_lazer_and_friedman_start():
    """Mean standing .041 in round 0, N = 20, K = 5 (our replication of Lazer & Friedman 2007).

    That number comes from 2,200 spaces and is printed to three decimals; so does the tolerance.
    """
    best, reps, strings = np.zeros(20, np.int8), 1000, 100
    sets = np.where(np.random.default_rng(1).random((strings, 20)) < 0.5, -1, 1).astype(np.int8)
    means = []
    for seed in range(reps):
        ground = landscape(20, 5, seed)
        highest = summit(*ground, best)
        means.append(np.mean([standing(fitness(v, *ground), highest, 8.0) for v in sets]))
    error = np.std(means, ddof=1) * math.sqrt(1 / reps + 1 / 2200)
    assert abs(np.mean(means) - 0.041) < JOINT * error + 0.0005


@pytest.mark.long
@pytest.mark.parametrize(
    ("how", "published", "error"),
    [("distinct", 837.0, 8 / 1.96), ("replacement", 628.0, None)],
)
def test_optima_are_as_many_as_in_the_replication_of_lazer_and_friedman(how, published, error):
    """N = 20, K = 5: 837, give or take 8 (95 %), with distinct partners; 628 over 800 spaces.

    Where no error is printed it is that of 800 spaces with our spread between spaces. The two
    numbers differ by more than the tolerance in one case of a thousand.
    """
    optima = np.array([local_optima(*landscape(20, 5, seed, how)) for seed in range(400)])
    spread = optima.std(ddof=1)
    known = spread / math.sqrt(800) if error is None else error
    assert abs(optima.mean() - published) < JOINT * math.hypot(known, spread / math.sqrt(400))


# What is refused


@pytest.mark.parametrize(
    ("dimensions", "interdependence", "partners"),
    [(20, 5, "distinct"), (20, 19, "distinct"), (15, 15, "any"), (1, 0, "distinct"),
     (24, 20, "replacement")],
)  # fmt: skip
def test_landscapes_that_exist_pass(dimensions, interdependence, partners):
    check_nk(dimensions, interdependence, partners)


@pytest.mark.parametrize(
    ("dimensions", "interdependence", "partners", "where", "remedy"),
    [
        (15, 15, "distinct", "environment.interdependence", "Set environment.interdependence: 14."),
        (15, 15, "replacement", "environment.interdependence", "interdependence: 14."),
        (15, 16, "any", "environment.interdependence", "Set environment.interdependence: 15."),
        (15, -1, "any", "environment.interdependence", "Set environment.interdependence: 0."),
        (24, 23, "distinct", "environment.interdependence", "Set environment.interdependence: 20."),
        (25, 5, "distinct", "dimensions", "Set dimensions: 24."),
        (0, 0, "distinct", "dimensions", "Set dimensions: 1."),
        (20, 5, "nearest", "environment.partners", "Use distinct, replacement, any."),
    ],
)
def test_what_cannot_be_is_named_with_a_remedy(
    dimensions, interdependence, partners, where, remedy
):
    with pytest.raises(InputProblem) as caught:
        check_nk(dimensions, interdependence, partners)
    (problem,) = caught.value.problems
    assert problem.key == where and problem.remedy.endswith(remedy)


def test_a_remedy_is_a_landscape_that_exists_and_the_largest():
    for n in range(1, 25):
        with pytest.raises(InputProblem) as caught:
            check_nk(n, 99)
        most = int(caught.value.problems[0].remedy.split()[-1].rstrip("."))
        check_nk(n, most)
        assert most == n - 1 or n * 2 ** (most + 2) > MOST_CONTRIBUTIONS

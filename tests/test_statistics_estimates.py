"""Facts about bootstrap intervals, effect sizes, equivalence and the number of replications."""

from __future__ import annotations

from math import isnan, nan, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.studies.statistics import (
    CANNOT_TELL,
    DIFFERENT,
    DIFFERENT_BUT_SMALL,
    EQUIVALENT,
    bca_difference,
    bca_interval,
    bca_ratio,
    cohen_d,
    convergence,
    d_paired,
    enough,
    equivalence_interval,
    equivalent,
    hedges_g,
    looks,
    mean_interval,
    probability_of_superiority,
    replications_for,
    replications_to_detect,
    stopping,
    verdict,
)

SKEWED = np.random.default_rng(0).exponential(2.0, 25)
FIVE = [1.0, 2.0, 4.0, 8.0, 9.0]


def samples(least: int = 3, most: int = 20):
    values = st.floats(-1e3, 1e3).map(lambda value: round(value, 3))
    return st.lists(values, min_size=least, max_size=most).map(np.array)


# --- bootstrap ------------------------------------------------------------------------------------


def test_the_interval_is_that_of_scipys_bootstrap():
    expected = stats.bootstrap(
        (SKEWED,), np.mean, n_resamples=999, rng=np.random.default_rng(5)
    ).confidence_interval
    found = bca_interval(SKEWED, resamples=999, seed=5)
    assert (found.low, found.high) == (expected.low, expected.high)
    assert found.mean == SKEWED.mean()


def test_the_same_seed_gives_the_same_interval():
    assert bca_interval(SKEWED, seed=1) == bca_interval(SKEWED, seed=1)
    assert bca_interval(SKEWED, seed=1) != bca_interval(SKEWED, seed=2)


def test_drawing_in_batches_changes_nothing(monkeypatch):
    whole = bca_interval(SKEWED, resamples=999)
    monkeypatch.setattr("sim.studies.statistics.bootstrap.DRAWN_AT_ONCE", 500)
    assert bca_interval(SKEWED, resamples=999) == whole


def test_a_skewed_sample_has_an_interval_that_reaches_further_to_its_long_side():
    found = bca_interval(SKEWED)
    assert found.high - found.mean > found.mean - found.low


@settings(deadline=None)
@given(samples())
def test_a_bootstrap_interval_of_the_mean_stays_within_the_data(values):
    found = bca_interval(values, resamples=199)
    slack = 1e-9 * (1 + np.abs(values).max())
    assert values.min() - slack <= found.low <= found.high <= values.max() + slack


@pytest.mark.parametrize(
    ("values", "n", "mean"),
    [([], 0, nan), ([nan, np.inf], 0, nan), ([2.0], 1, 2.0), ([1, 3], 2, 2)],
)
def test_fewer_than_three_values_have_no_bootstrap_interval(values, n, mean):
    found = bca_interval(values)
    assert found.n == n
    assert found.mean == pytest.approx(mean, nan_ok=True)
    assert isnan(found.low) and isnan(found.high)


def test_missing_values_are_left_out_of_the_bootstrap():
    assert bca_interval([*FIVE, nan, np.inf]) == bca_interval(FIVE)


@pytest.mark.parametrize("statistic", ["mean", "median", "sd"])
def test_values_that_are_all_the_same_have_an_interval_of_no_width(statistic):
    found = bca_interval([0.1] * 6, statistic)
    expected = 0.0 if statistic == "sd" else 0.1
    assert found.low == found.high == found.mean == pytest.approx(expected, abs=1e-15)


def test_a_median_of_ties_has_an_interval_all_the_same():
    found = bca_interval([1.0] * 9 + [2.0] * 3, "median")
    assert (found.mean, found.low) == (1.0, 1.0)
    assert found.high in (1.0, 1.5, 2.0)


def test_a_statistic_may_be_a_function_and_must_be_known():
    top = bca_interval(FIVE, lambda x, axis: np.quantile(x, 0.75, axis=axis))
    assert top.mean == 8.0
    with pytest.raises(ValueError, match="no statistic 'mode'"):
        bca_interval(FIVE, "mode")


def test_a_difference_that_never_varies_is_its_own_interval():
    a = np.array([0.1, 0.2, 0.3, 0.4])
    found = bca_difference(a, a + 0.3)
    assert found.low == found.high == found.mean == pytest.approx(0.3)


def test_a_bootstrap_difference_is_over_complete_pairs():
    found = bca_difference([1.0, nan, 3.0, 4.0, 7.0], [2.0, 5.0, np.inf, 7.0, 9.0])
    assert (found.n, found.mean) == (3, 2.0)


def test_a_ratio_is_of_means_and_unbounded_where_the_first_may_be_zero():
    a, b = np.array([2.0, 3.0, 4.0, 5.0]), np.array([5.0, 4.0, 9.0, 10.0])
    found = bca_ratio(a, b)
    assert found.mean == 2.0
    assert found.low < 2.0 < found.high
    assert bca_ratio(a, 2 * a) == bca_ratio(a, 2 * a).__class__(2.0, 2.0, 2.0, 4)
    crossing = bca_ratio([-3.0, 1.0, 2.0, 4.0], b)
    assert isnan(crossing.low) and crossing.mean == 7.0
    assert isnan(bca_ratio([-1.0, 1.0, 0.0], [1.0, 2.0, 3.0]).mean)


def test_a_ratio_of_pairs_alike_is_known_better_than_either_mean():
    rng = np.random.default_rng(6)
    a = rng.gamma(2.0, 1.0, 40)
    found = bca_ratio(a, 1.5 * a * rng.uniform(0.99, 1.01, 40))
    # Each ratio lies within 1 % of 1.5, and so does any ratio of means of the same pairs.
    assert 1.5 * 0.99 <= found.low <= found.high <= 1.5 * 1.01


# --- effect sizes ---------------------------------------------------------------------------------


def test_d_paired_and_its_interval_are_those_of_the_noncentral_t():
    # Differences 1, 2, 3: d = 2 / 1, t = 2 sqrt(3).
    found = d_paired([0.0, 1.0, 2.0], [1.0, 3.0, 5.0])
    assert found.mean == pytest.approx(2.0)
    t = 2 * sqrt(3)
    assert stats.nct.cdf(t, 2, found.low * sqrt(3)) == pytest.approx(0.975, abs=1e-8)
    assert stats.nct.cdf(t, 2, found.high * sqrt(3)) == pytest.approx(0.025, abs=1e-8)


def test_d_of_independent_samples_by_hand():
    # Means 1 and 4, pooled variance (2*1 + 2*4)/4 = 2.5.
    found = cohen_d([0.0, 1.0, 2.0], [2.0, 4.0, 6.0], paired=False)
    assert found.mean == pytest.approx(3 / sqrt(2.5))
    root = sqrt(9 / 6)
    assert stats.nct.cdf(found.mean * root, 4, found.low * root) == pytest.approx(0.975, abs=1e-8)
    # Samples of different lengths: 1 and 2 + 2 degrees of freedom.
    assert cohen_d([0.0, 2.0], [2.0, 4.0, 6.0], paired=False).mean == pytest.approx(
        3 / sqrt(10 / 3)
    )


@given(samples(4, 12), st.floats(0.1, 10))
def test_the_interval_of_d_excludes_zero_where_that_of_the_difference_does(noise, shift):
    a = np.zeros(noise.size)
    found, interval = d_paired(a, noise + shift), mean_interval(noise + shift)
    if isnan(found.mean) or min(abs(interval.low), abs(interval.high)) < 1e-6 * abs(shift):
        return
    assert (found.low > 0, found.high < 0) == (interval.low > 0, interval.high < 0)


def test_pairs_alike_give_d_a_narrower_interval_than_independent_runs():
    rng = np.random.default_rng(4)
    world = rng.normal(0, 3, 30)
    a, b = world + rng.normal(0, 1, 30), world + 0.5 + rng.normal(0, 1, 30)
    one, other = cohen_d(a, b), cohen_d(a, b, paired=False)
    assert one.mean == pytest.approx(other.mean)
    assert one.high - one.low < 0.6 * (other.high - other.low)


def test_an_interval_of_d_exists_where_the_difference_is_exactly_zero():
    found = cohen_d([1.0, 2.0, 3.0, 6.0], [2.0, 1.0, 4.0, 5.0])
    assert found.mean == 0
    assert found.low == pytest.approx(-found.high)
    assert found.high > 0


def test_hedges_takes_the_bias_of_small_samples_away():
    """E(g) = d for two independent normal samples: 400 studies of 5 and 5, 4 standard errors."""
    rng = np.random.default_rng(9)
    found = [
        hedges_g(rng.normal(0, 1, 5), rng.normal(1, 1, 5), paired=False).mean for _ in range(400)
    ]
    error = np.std(found) / sqrt(len(found))
    assert abs(np.mean(found) - 1) < 4 * error
    # The factor by the gamma function, close to 1 - 3/(4*8 - 1) for 8 degrees of freedom.
    a, b = rng.normal(0, 1, 5), rng.normal(1, 1, 5)
    factor = hedges_g(a, b, paired=False).mean / cohen_d(a, b, paired=False).mean
    assert factor == pytest.approx(1 - 3 / 31, abs=1e-3)


@pytest.mark.parametrize("of", [cohen_d, hedges_g, d_paired])
def test_what_never_varies_or_is_too_little_has_no_effect_size_interval(of):
    for a, b in (([1.0], [2.0]), ([1.0, 2.0, 3.0], [2.0, 3.0, 4.0]), ([], [])):
        found = of(a, b)
        assert isnan(found.low) and isnan(found.high)


def test_superiority_counts_ties_half_and_has_wilsons_interval():
    found = probability_of_superiority([0.0] * 10, [1.0] * 6 + [0.0] * 2 + [-1.0] * 2)
    assert found.mean == 0.7
    # Wilson by hand: (p + z2/2n +- z sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n).
    z = stats.norm.ppf(0.975)
    middle, wide = 0.7 + z**2 / 20, z * sqrt(0.021 + z**2 / 400)
    assert found.low == pytest.approx((middle - wide) / (1 + z**2 / 10))
    assert found.high == pytest.approx((middle + wide) / (1 + z**2 / 10))
    assert probability_of_superiority([0.0], [1.0]).high == 1.0
    assert isnan(probability_of_superiority([nan], [1.0]).mean)


# --- equivalence ----------------------------------------------------------------------------------

ZERO = np.zeros(8)
SPREAD = np.array([-1.0, 1.0] * 4)


@pytest.mark.parametrize(
    ("difference", "margin", "expected"),
    [
        (3 + SPREAD, 2.0, DIFFERENT),  # 3 +- 0.89
        (0.1 * SPREAD, 1.0, EQUIVALENT),
        (0.5 + 0.1 * SPREAD, 1.0, DIFFERENT_BUT_SMALL),
        (SPREAD, 0.5, CANNOT_TELL),  # 0 +- 0.89, and +- 0.72 at 90 %
        (SPREAD, 0.8, EQUIVALENT),
        (np.full(8, 0.0), 0.1, EQUIVALENT),
        (np.full(8, 0.5), 1.0, DIFFERENT_BUT_SMALL),
        (np.full(8, nan), 1.0, CANNOT_TELL),
    ],
)
def test_the_verdict_says_what_is_shown(difference, margin, expected):
    assert verdict(ZERO, difference, margin) == expected


def test_one_pair_tells_nothing_and_a_margin_must_be_positive():
    assert verdict([1.0], [1.0], 5.0) == CANNOT_TELL
    with pytest.raises(ValueError, match="margin"):
        verdict(ZERO, SPREAD, 0.0)


@given(samples(3), st.floats(0.1, 500))
def test_test_and_interval_of_equivalence_agree(values, margin):
    zero = np.zeros(values.size)
    found = equivalence_interval(zero, values)
    farthest = max(abs(found.low), abs(found.high))
    if abs(farthest - margin) > 1e-6 * margin:
        assert (equivalent(zero, values, margin) < 0.05) == (farthest < margin)


# --- how many replications ------------------------------------------------------------------------


def t_half_width(sd: float, n: int, level: float = 0.95) -> float:
    return float(stats.t.ppf((1 + level) / 2, n - 1) * sd / sqrt(n))


@given(st.floats(0.01, 10), st.floats(0.01, 20), st.sampled_from([0.8, 0.95, 0.99]))
def test_the_number_of_replications_is_the_smallest_that_is_enough(half_width, sd, level):
    n = replications_for(half_width, sd, level)
    assert t_half_width(sd, n, level) <= half_width * (1 + 1e-9)
    assert n == 2 or t_half_width(sd, n - 1, level) > half_width * (1 - 1e-9)


def test_replications_by_hand_from_a_spread_and_from_a_pilot():
    # 0.5 sd: t(17) = 2.1098 / sqrt(18) = 0.4973; t(16) = 2.1199 / sqrt(17) = 0.5141.
    assert replications_for(0.5, 1.0) == 18
    assert replications_for(0.5 * np.std(FIVE, ddof=1), [*FIVE, nan]) == 18
    assert replications_for(1.0, 0.0) == 2


def test_assurance_asks_for_more_and_keeps_its_promise():
    """Over 2,000 simulated studies; 4 standard errors, one seed in 16,000 fails."""
    n = replications_for(0.5, 1.0, assurance=0.9)
    assert n > 18
    values = np.random.default_rng(2).normal(size=(2000, n))
    share = np.mean([enough(row, 0.5) for row in values])
    # The chance by theory is between 0.9 and that of one run more.
    assert 0.9 - 4 * sqrt(0.09 / 2000) < share < 0.95


def test_replications_to_detect_have_the_power_of_the_t_test():
    # 34 pairs for d = 0.5 with power 0.8: the value of the tables (Cohen 1988).
    assert replications_to_detect(0.5, 1.0) == 34
    assert replications_to_detect(-1.0, 2.0) == 34
    assert replications_to_detect(0.1, 0.0) == 2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: replications_for(0.0, 1.0), "half-width"),
        (lambda: replications_for(0.1, nan), "standard deviation"),
        (lambda: replications_for(0.1, [1.0]), "pilot"),
        (lambda: replications_for(1e-9, 1.0), "more than 1,000,000,000"),
        (lambda: replications_to_detect(0.0, 1.0), "must not be 0"),
        (lambda: looks(0, 10, 20), "batch"),
        (lambda: looks(10, 1, 20), "at_least"),
        (lambda: looks(10, 30, 20), "at_most"),
    ],
)
def test_questions_without_an_answer_are_an_error(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_looks_are_at_batches_and_at_the_cap():
    assert looks(10, 10, 35) == [10, 20, 30, 35]
    assert looks(10, 5, 25) == [5, 15, 25]
    assert looks(10, 10, 10) == [10]


def test_enough_needs_two_runs_and_the_half_width():
    assert not enough([], 1.0)
    assert not enough([1.0, nan], 1e9)
    assert enough([1.0, 1.0], 0.0)
    assert enough(FIVE, 4.5) and not enough(FIVE, 4.0)


def test_the_rule_stops_at_the_first_look_that_is_enough_and_not_between():
    values = np.random.default_rng(1).normal(size=200)
    stop = stopping(values, 0.4, batch=10, at_least=10)
    widths = convergence(values).set_index("n")["half_width"]
    assert stop.reached and stop.n % 10 == 0
    assert widths[stop.n] == pytest.approx(stop.half_width)
    assert stop.half_width <= 0.4
    assert (widths[range(10, stop.n, 10)] > 0.4).all()


def test_the_rule_says_when_the_cap_came_first_or_values_ran_out():
    values = np.random.default_rng(1).normal(size=50)
    assert (stopping(values, 0.01, at_most=30).n, stopping(values, 0.01, at_most=30).reached) == (
        30,
        False,
    )
    assert stopping(values, 0.01, at_most=400).n == 50
    assert not stopping([], 1.0).reached and stopping([], 1.0).n == 0


def test_failed_runs_count_as_runs_and_not_as_replications():
    values = np.array([nan] * 9 + [1.0] + [1.0] * 10)
    assert stopping(values, 0.5) == stopping(np.where(np.isnan(values), nan, values), 0.5)
    assert stopping(values, 0.5).n == 20


@given(samples(1, 30))
def test_convergence_is_the_interval_of_the_first_runs(values):
    table = convergence(values)
    assert list(table.columns) == ["n", "mean", "low", "high", "half_width"]
    for row in table.itertuples():
        expected = mean_interval(values[: row.n])
        scale = 1e-6 * (1 + np.abs(values).max())
        for name in ("mean", "low", "high"):
            found = getattr(row, name)
            assert found == pytest.approx(getattr(expected, name), abs=scale, nan_ok=True)


def test_convergence_leaves_out_what_is_missing_and_may_be_empty():
    assert list(convergence([1.0, nan, 3.0])["mean"]) == [1.0, 2.0]
    assert convergence([nan]).empty and convergence([]).empty
    assert convergence([1e9 + 0.1] * 3)["half_width"].iloc[-1] == 0

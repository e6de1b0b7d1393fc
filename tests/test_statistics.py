"""Facts about intervals, paired differences, corrections and equivalence."""

from __future__ import annotations

from math import isnan, nan, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.studies.statistics import (
    CONSTANT,
    IDENTICAL,
    NO_RUNS,
    ONE_RUN,
    bands,
    compare_table,
    detectable_difference,
    equivalent,
    holm,
    mean_interval,
    measures_document,
    paired_difference,
)

REPETITIONS = 4000


def within_four_errors(hits: int, chance: float) -> bool:
    """A binomial share within 4 standard errors: a right rate fails one seed in about 16 000."""
    error = sqrt(chance * (1 - chance) / REPETITIONS)
    return abs(hits / REPETITIONS - chance) < 4 * error


def pairs(low: float = -1e3, high: float = 1e3, least: int = 2):
    values = st.floats(low, high).map(lambda value: round(value, 3))
    return st.lists(st.tuples(values, values), min_size=least, max_size=30).map(np.array)


def finals(a: dict[str, list[float]], b: dict[str, list[float]]) -> pd.DataFrame:
    frames = []
    for name, columns in (("a", a), ("b", b)):
        frame = pd.DataFrame(columns)
        frames.append(frame.assign(scenario=name, seed=range(len(frame))))
    return pd.concat(frames, ignore_index=True)


@pytest.mark.parametrize("n", [2, 5, 30])
def test_a_95_percent_interval_holds_the_mean_in_95_percent_of_samples(n):
    samples = np.random.default_rng(n).normal(3.0, 2.0, (REPETITIONS, n))
    intervals = [mean_interval(sample) for sample in samples]
    assert within_four_errors(sum(i.low <= 3.0 <= i.high for i in intervals), 0.95)


def test_the_paired_interval_covers_however_strongly_the_pairs_are_alike():
    generator = np.random.default_rng(7)
    world = generator.normal(0, 10, (REPETITIONS, 8))
    a = world + generator.normal(0, 1, world.shape)
    b = world + generator.normal(0.5, 2, world.shape)
    results = [paired_difference(first, second) for first, second in zip(a, b, strict=True)]
    assert within_four_errors(sum(r.low <= 0.5 <= r.high for r in results), 0.95)


def test_interval_and_p_are_those_of_the_paired_t_test():
    a, b = [1.0, 2.0, 4.0, 8.0], [1.5, 2.0, 5.5, 9.0]
    expected = stats.ttest_rel(b, a)
    low, high = expected.confidence_interval(0.95)
    result = paired_difference(a, b)
    assert (result.low, result.high) == pytest.approx((low, high), rel=1e-12)
    assert result.p == pytest.approx(expected.pvalue, rel=1e-12)


def test_effect_sizes_by_hand():
    # Differences 1, 2, 3: mean 2, sd 1. Variances 1 and 4: pooled sd sqrt(2.5).
    result = paired_difference([0.0, 1.0, 2.0], [1.0, 3.0, 5.0])
    assert result.mean == pytest.approx(2)
    assert result.d == pytest.approx(2 / sqrt(2.5))
    assert result.d_paired == pytest.approx(2)
    assert result.variance_removed == pytest.approx(1 - 1 / 5)
    assert (result.higher, result.lower, result.n) == (3, 0, 3)


@given(pairs())
def test_swapping_the_scenarios_turns_the_sign_and_nothing_else(values):
    there = paired_difference(values[:, 0], values[:, 1])
    back = paired_difference(values[:, 1], values[:, 0])
    assert there.remark == back.remark
    assert back.mean == pytest.approx(-there.mean)
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low))
    assert (back.higher, back.lower) == (there.lower, there.higher)
    for name in ("p", "variance_removed", "pooled_sd"):
        assert getattr(back, name) == pytest.approx(getattr(there, name), nan_ok=True)


@given(pairs(), st.sampled_from([0.01, 1.0, 250.0]))
def test_the_unit_of_a_measure_does_not_change_its_effect_size(values, factor):
    one = paired_difference(values[:, 0], values[:, 1])
    other = paired_difference(factor * values[:, 0], factor * values[:, 1])
    assert other.remark == one.remark
    assert other.d == pytest.approx(one.d, nan_ok=True, rel=1e-6)
    assert other.mean == pytest.approx(factor * one.mean, rel=1e-9, abs=1e-9)


def test_one_pair_has_a_difference_and_no_interval():
    result = paired_difference([1.0], [3.0])
    assert (result.mean, result.n, result.remark) == (2.0, 1, ONE_RUN)
    assert all(isnan(x) for x in (result.low, result.high, result.d, result.d_paired, result.p))


def test_identical_runs_are_called_identical():
    result = paired_difference([0.1, 0.2, 0.7], [0.1, 0.2, 0.7])
    assert (result.mean, result.low, result.high, result.remark) == (0, 0, 0, IDENTICAL)
    assert result.d == 0
    assert isnan(result.d_paired) and isnan(result.p)


def test_a_difference_that_never_varies_gives_no_standardized_paired_effect():
    # 0.1 + 0.2 and the like differ in the last bits; that spread is rounding, not variance.
    a = np.array([0.1, 0.2, 0.3, 0.4])
    result = paired_difference(a, a + 0.3)
    assert result.remark == CONSTANT
    assert result.mean == pytest.approx(0.3)
    assert isnan(result.d_paired) and isnan(result.p)


def test_pairs_without_both_values_are_left_out_and_counted():
    result = paired_difference([1.0, nan, 3.0, 4.0], [2.0, 5.0, np.inf, 7.0])
    assert (result.n, result.dropped, result.mean) == (2, 2, 2.0)
    nothing = paired_difference([nan, nan], [1.0, 2.0])
    assert (nothing.n, nothing.remark) == (0, NO_RUNS) and isnan(nothing.mean)


def test_pairs_of_unequal_number_are_an_error():
    with pytest.raises(ValueError, match="pairs"):
        paired_difference([1.0, 2.0], [1.0])


def test_holm_by_hand():
    # Ordered .01, .02, .03, .04 times 4, 3, 2, 1: .04, .06, .06, .04, then never falling.
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.6, 0.9]) == pytest.approx([1.0, 1.0])


def test_holm_passes_over_what_was_not_tested():
    corrected = holm([nan, 0.01, nan])
    assert corrected[1] == pytest.approx(0.01)
    assert np.isnan(corrected[[0, 2]]).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20).map(np.array))
def test_holm_is_between_the_raw_p_and_bonferroni_and_keeps_their_order(p):
    corrected = holm(p)
    assert np.all(corrected >= p)
    assert np.all(corrected <= np.minimum(1, p.size * p) + 1e-15)
    assert np.all(np.diff(corrected[np.argsort(p, kind="stable")]) >= 0)


def test_holm_keeps_false_alarms_over_a_family_below_five_percent():
    p = np.random.default_rng(3).random((REPETITIONS, 10))
    alarms = sum(bool(np.any(holm(row) <= 0.05)) for row in p)
    # Independent and all null: the chance of any is 1 - (1 - .05/10)^10.
    assert within_four_errors(alarms, 1 - (1 - 0.005) ** 10)


@given(pairs(-5, 5, least=3), st.floats(0.1, 5))
def test_equivalence_is_shown_where_the_90_percent_interval_lies_inside_the_margin(values, margin):
    a, b = values.T
    interval = mean_interval(b - a, level=0.90)
    farthest = max(abs(interval.low), abs(interval.high))
    p = equivalent(a, b, margin)
    if abs(farthest - margin) > 1e-6:
        assert (p < 0.05) == (farthest < margin)


def test_a_difference_at_the_margin_is_called_equivalent_in_five_percent_of_studies():
    generator = np.random.default_rng(11)
    a = generator.normal(0, 1, (REPETITIONS, 15))
    b = a + generator.normal(0.4, 0.5, a.shape)
    called = sum(equivalent(x, y, 0.4) < 0.05 for x, y in zip(a, b, strict=True))
    assert within_four_errors(called, 0.05)


def test_equivalence_at_its_edges():
    assert equivalent([1.0, 2.0], [1.0, 2.0], 0.1) == 0
    assert equivalent([1.0, 2.0], [2.0, 3.0], 0.5) == 1
    assert isnan(equivalent([1.0], [1.0], 0.1))
    with pytest.raises(ValueError, match="margin"):
        equivalent([1.0, 2.0], [1.0, 2.0], 0.0)


@pytest.mark.parametrize("n", [10, 20, 100])
def test_the_detectable_difference_is_seen_in_four_of_five_studies(n):
    """Power of the two-sided t test from the noncentral t distribution; the formula is a sum of
    quantiles of the central one, within 2 points of it from 10 pairs on."""
    t = stats.t.ppf(0.975, n - 1)
    shift = detectable_difference(half_width=t / sqrt(n), n=n) * sqrt(n)
    assert stats.nct.sf(t, n - 1, shift) == pytest.approx(0.8, abs=0.02)


def test_the_table_pairs_by_seed_and_not_by_position():
    runs = finals({"x": [1.0, 2.0, 4.0]}, {"x": [2.0, 4.0, 5.0]})
    shuffled = runs.iloc[[4, 0, 5, 2, 3, 1]]
    tables = [compare_table(frame, "a", "b", ["x"]) for frame in (runs, shuffled)]
    pd.testing.assert_frame_equal(*tables)
    assert tables[0].loc["x", "difference"] == pytest.approx(4 / 3)


def test_means_of_the_table_add_up_where_values_are_missing():
    table = compare_table(
        finals({"x": [1.0, 2.0, nan, 9.0]}, {"x": [2.0, 5.0, 7.0, nan]}), "a", "b", ["x"]
    )
    row = table.loc["x"]
    assert row["difference"] == pytest.approx(row["mean_B"] - row["mean_A"])
    assert (row["n"], row["dropped"]) == (2, 2)


def test_seeds_run_in_one_scenario_only_are_not_compared():
    runs = finals({"x": [1.0, 2.0, 3.0]}, {"x": [2.0, 4.0, 6.0]}).iloc[:-1]
    row = compare_table(runs, "a", "b", ["x"]).loc["x"]
    assert (row["n"], row["dropped"]) == (2, 1)


def test_the_table_corrects_over_its_measures_and_keeps_their_order():
    generator = np.random.default_rng(0)
    a = {name: list(generator.normal(0, 1, 6)) for name in "zyx"}
    b = {name: list(generator.normal(0, 1, 6)) for name in "zyx"}
    table = compare_table(finals(a, b), "a", "b", ["y", "z", "x", "unmeasured"])
    assert list(table.index) == ["y", "z", "x"]
    assert table["p_holm"].to_numpy() == pytest.approx(holm(table["p"]))


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (lambda runs: runs[runs["scenario"] == "a"], "no run of scenario 'b'"),
        (lambda runs: pd.concat([runs, runs]), "same seed"),
        (lambda runs: runs.drop(columns="x"), "nothing to compare"),
    ],
)
def test_runs_that_cannot_be_compared_are_an_error(broken, message):
    runs = finals({"x": [1.0, 2.0]}, {"x": [2.0, 4.0]})
    with pytest.raises(ValueError, match=message):
        compare_table(broken(runs), "a", "b", ["x"])


def test_the_document_has_null_where_the_table_has_no_number():
    document = measures_document(compare_table(finals({"x": [1.0]}, {"x": [3.0]}), "a", "b", ["x"]))
    assert document["x"]["A"] == {"mean": 1.0, "ci95": [None, None]}
    assert document["x"]["difference"]["mean"] == 2.0
    assert document["x"]["difference"]["d"] is None


def test_a_band_is_the_interval_of_each_period():
    values = {1: [1.0, 2.0, 4.0], 2: [3.0, nan, 5.0], 3: [7.0, nan, nan], 4: [nan, nan, nan]}
    series = pd.DataFrame(
        [("a", seed, period, x) for period, xs in values.items() for seed, x in enumerate(xs)],
        columns=["scenario", "seed", "period", "x"],
    )
    other = series.assign(scenario="b", x=100.0)
    band = bands(pd.concat([other, series]), "a", "x")
    assert list(band.index) == [1, 2, 3, 4]
    for period, xs in values.items():
        expected = mean_interval(xs)
        assert tuple(band.loc[period]) == pytest.approx(
            (expected.mean, expected.low, expected.high), nan_ok=True
        )

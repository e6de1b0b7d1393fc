"""Facts about first-passage times and runs that never pass."""

from __future__ import annotations

from math import inf, isnan, nan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.studies.statistics import (
    first_passage,
    log_rank,
    mean_interval,
    passage_curve,
    passage_quantile,
    passages,
    restricted_mean,
)


def times_and_marks(least: int = 1):
    run = st.tuples(st.integers(1, 30), st.booleans())
    return st.lists(run, min_size=least, max_size=25).map(
        lambda runs: (np.array([t for t, _ in runs], float), np.array([m for _, m in runs]))
    )


def test_the_first_passage_is_the_first_time_beyond_the_mark():
    values = [[0.0, 0.5, 0.6, 0.4], [0.0, 0.1, 0.2, 0.5], [nan, 0.9, nan, nan], [nan] * 4]
    times, reached = first_passage([1, 14, 27, 40], values, above=0.5)
    assert list(reached) == [True, False, True, False]
    assert times == pytest.approx([27, 40, 14, nan], nan_ok=True)


def test_a_mark_may_be_passed_downwards_and_a_run_may_end_early():
    times, reached = first_passage([1, 2, 3], [[3.0, 1.0, 0.0], [3.0, 2.0, nan]], below=1.0)
    assert list(times) == [3, 2] and list(reached) == [True, False]
    one, passed = first_passage([1, 2], [0.0, 2.0], above=1.0)
    assert (one.shape, passed.shape) == ((1,), (1,))


@pytest.mark.parametrize(
    ("arguments", "marks", "message"),
    [
        (([1, 2], [[0, 1]]), {}, "one mark"),
        (([1, 2], [[0, 1]]), {"above": 0, "below": 1}, "one mark"),
        (([1, 2, 3], [[0, 1]]), {"above": 0}, "do not fit"),
        (([2, 1], [[0, 1]]), {"above": 0}, "ascend"),
    ],
)
def test_series_that_cannot_be_read_are_an_error(arguments, marks, message):
    with pytest.raises(ValueError, match=message):
        first_passage(*arguments, **marks)


def test_kaplan_and_meier_by_hand():
    # 5 runs: passed at 2, censored at 3, passed at 4 twice, censored at 6.
    curve = passage_curve([2, 3, 4, 4, 6], [True, False, True, True, False])
    assert list(curve["time"]) == [2, 4]
    assert list(curve["at_risk"]) == [5, 3]
    assert curve["share"].to_numpy() == pytest.approx([1 / 5, 1 - 4 / 5 * 1 / 3])
    # Greenwood: 1 / (5*4); log(-log) error = sqrt(1/20) / |log .8|.
    z, error = stats.norm.ppf(0.975), np.sqrt(1 / 20) / abs(np.log(0.8))
    assert curve["low"][0] == pytest.approx(1 - 0.8 ** np.exp(-z * error))
    assert curve["high"][0] == pytest.approx(1 - 0.8 ** np.exp(z * error))


@given(times_and_marks())
def test_the_curve_rises_within_its_band(runs):
    curve = passage_curve(*runs)
    assert np.all(np.diff(curve["share"]) > 0)
    assert curve["share"].between(0, 1).all()
    known = curve.dropna()
    assert np.all(known["low"] <= known["share"] + 1e-12)
    assert np.all(known["share"] <= known["high"] + 1e-12)


@given(times_and_marks(), st.sampled_from([0.25, 0.5, 0.9]))
def test_a_quantile_lies_in_its_interval_and_turns_earlier_with_a_smaller_share(runs, share):
    found = passage_quantile(*runs, share)
    earlier = passage_quantile(*runs, share / 2)
    assert found.low <= found.high
    if not isnan(found.mean):
        assert found.low <= found.mean <= found.high
        assert earlier.mean <= found.mean and earlier.low <= found.low
        assert earlier.high <= found.high


def test_the_median_is_the_time_by_which_half_have_passed():
    assert passage_quantile([3, 1, 4, 2], [True] * 4).mean == 2
    assert passage_quantile([3, 1, 4, 2], [True, True, False, False]).mean == 3
    # 3 of 10 passed: the median lies beyond the end; a tenth passed at once.
    times, reached = [1, 2, 3] + [50] * 7, [True] * 3 + [False] * 7
    assert isnan(passage_quantile(times, reached).mean)
    assert passage_quantile(times, reached).high == inf
    assert passage_quantile(times, reached, 0.1).mean == 1


def test_the_interval_of_the_median_is_about_that_of_order_statistics():
    """Without censoring, 100 values: the sign test's interval is the 40th to the 61st."""
    found = passage_quantile(np.arange(1, 101), np.ones(100, bool))
    assert found.mean == 50
    assert abs(found.low - 40) <= 1 and abs(found.high - 61) <= 1


def test_too_few_runs_bound_nothing():
    found = passage_quantile([1.0, 2.0, 3.0], [True] * 3)
    assert (found.mean, found.low, found.high) == (2.0, 0.0, inf)
    assert isnan(passage_quantile([], []).mean)
    assert isnan(passage_quantile([nan], [False]).low)


def test_runs_that_all_pass_at_once_have_that_time_as_interval():
    found = passage_quantile([7.0] * 10, [True] * 10)
    assert (found.mean, found.low, found.high) == (7, 7, 7)


def test_runs_that_never_pass_say_that_the_median_is_late():
    found = passage_quantile([100.0] * 10, [False] * 10)
    assert isnan(found.mean) and (found.low, found.high) == (100, inf)


@given(times_and_marks(2))
def test_without_censoring_before_the_horizon_it_is_the_mean_of_times_cut_there(runs):
    times, _ = runs
    found = restricted_mean(times, np.ones(times.size, bool), 12.0)
    expected = mean_interval(np.minimum(times, 12.0))
    if expected.low != expected.high:
        assert found.mean == pytest.approx(expected.mean)
        assert found.low == pytest.approx(max(0, expected.low))
        assert found.high == pytest.approx(min(12, expected.high))


def test_the_restricted_mean_is_the_area_above_the_curve():
    # Until 2 all are left, until 4 4/5, until 6 4/15.
    found = restricted_mean([2, 3, 4, 4, 6], [True, False, True, True, False])
    assert found.mean == pytest.approx(2 + 2 * 4 / 5 + 2 * 4 / 15)
    # Greenwood: the area after each time, squared, times d / (n (n - d)); n/(n - 1) for t.
    variance = (2 * 4 / 5 + 2 * 4 / 15) ** 2 / 20 + (2 * 4 / 15) ** 2 * 2 / 3
    half = stats.t.ppf(0.975, 4) * np.sqrt(variance * 5 / 4)
    assert found.low == pytest.approx(max(0, found.mean - half))
    assert found.high == pytest.approx(min(6, found.mean + half))
    with pytest.raises(ValueError, match="no run was watched until 7"):
        restricted_mean([2, 6], [True, False], 7.0)
    assert restricted_mean([2.0, 4.0], [True, True], 10.0).mean == 3.0


def test_runs_left_out_make_a_scenario_look_fast_and_the_restricted_mean_does_not():
    times, reached = np.array([10.0] * 5 + [100.0] * 5), np.array([True] * 5 + [False] * 5)
    assert mean_interval(times[reached]).mean == 10
    assert restricted_mean(times, reached).mean == 55


def test_the_log_rank_test_is_that_of_scipy():
    rng = np.random.default_rng(2)
    a, b = rng.exponential(20, 25), rng.exponential(45, 30)
    times, groups = np.concatenate([a, b]), np.repeat(["slow", "fast"], [25, 30])
    reached, cut = times <= 60, np.minimum(times, 60)
    samples = [
        stats.CensoredData.right_censored(cut[groups == name], ~reached[groups == name])
        for name in ("slow", "fast")
    ]
    expected = stats.logrank(*samples).pvalue
    assert log_rank(cut, reached, groups) == pytest.approx(expected, rel=1e-6)


def test_by_seed_the_log_rank_test_of_pairs_is_a_sign_test():
    # In 9 of 10 pairs b is first; ties and pairs of which none passed say nothing.
    a = np.array([5.0] * 9 + [3.0] + [4.0, 50.0])
    b = np.array([3.0] * 9 + [5.0] + [4.0, 50.0])
    times, groups = np.concatenate([a, b]), np.repeat([0, 1], 12)
    p = log_rank(times, times < 50, groups, np.tile(np.arange(12), 2))
    assert p == pytest.approx(stats.chi2.sf((9 - 1) ** 2 / 10, 1))


def test_where_there_is_nothing_to_compare_there_is_no_p():
    assert isnan(log_rank([1, 2], [True, True], ["a", "a"]))
    assert isnan(log_rank([9, 9], [False, False], ["a", "b"]))
    assert isnan(log_rank([9, 9, 9, 9], [True] * 4, ["a", "b", "a", "b"], [0, 0, 1, 1]))
    with pytest.raises(ValueError, match="length"):
        log_rank([1, 2], [True, True], ["a"])


def test_a_study_has_its_times_cell_by_cell():
    rows = []
    for point, scenario, seed in ((p, s, k) for p in (0, 1) for s in "ab" for k in range(8)):
        late = scenario == "b" and seed >= 2
        rows.append(
            {
                "run": f"r-{len(rows)}",
                "scenario": scenario,
                "point": point,
                "x": 3 + point,
                "seed": seed,
                "status": "done",
                "error": "",
                "weeks": nan if late else 10.0 + seed,
            }
        )
    runs = pd.DataFrame(rows)
    runs.loc[0, ["status", "weeks"]] = ["failed", nan]
    runs.attrs["units"] = {"weeks": "weeks"}
    table = passages(runs, "weeks", horizon=52)
    assert list(table["scenario"]) == ["a", "b"] * 2 and list(table["x"]) == [3, 3, 4, 4]
    assert list(table["n"]) == [7, 8, 8, 8] and list(table["failed"]) == [1, 0, 0, 0]
    assert list(table["reached"]) == [7, 2, 8, 2]
    assert table["median"].to_numpy() == pytest.approx([14, nan, 13, nan], nan_ok=True)
    assert table.loc[1, "median_high"] == inf
    assert table.loc[1, "restricted_mean"] == pytest.approx((10 + 11 + 6 * 52) / 8)
    assert table.attrs["units"]["median_low"] == "weeks"
    with pytest.raises(ValueError, match="beyond the horizon"):
        passages(runs, "weeks", horizon=12)

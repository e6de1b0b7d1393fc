"""Facts about effects read off a table of runs: main effects, interactions, tornado, cells."""

from __future__ import annotations

from itertools import product
from math import isnan, nan, sqrt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.studies.statistics import (
    cells,
    difference_effects,
    differences,
    holm,
    interaction,
    main_effects,
    mean_interval,
    paired_difference,
    tornado,
)
from sim.studies.statistics.contrasts import contrast

GRID = [{"x.size": x, "world": w} for x, w in product((1, 2, 4), ("wild", "calm"))]
ALONE = [
    {"x.size": 2, "world": "calm"},
    {"x.size": 1, "world": "calm"},
    {"x.size": 4, "world": "calm"},
    {"x.size": 2, "world": "wild"},
]


def measure(scenario: str, values: dict[str, Any], chance: float) -> float:
    """What a run gives: each unit of size 1 (in b 3), a wild world 10, and chance."""
    slope = {"a": 1.0, "b": 3.0}[scenario]
    wild = 10.0 if values.get("world") == "wild" else 0.0
    return slope * values.get("x.size", 0) + wild + chance


def study(
    points: list[dict[str, Any]],
    seeds: int = 6,
    scenarios: tuple[str, ...] = ("a", "b"),
    own: float = 0.5,
    common: bool = True,
    seed: int = 0,
) -> pd.DataFrame:
    """Runs of points x scenarios x seeds; a seed's world moves all its runs alike."""
    rng = np.random.default_rng(seed)
    worlds = rng.normal(0, 3, 10_000)
    rows: list[dict[str, Any]] = []
    for number, values in enumerate(points):
        for scenario in scenarios:
            for each in range(seeds):
                name = each if common else len(rows)
                y = measure(scenario, values, worlds[name] + own * rng.normal())
                head = {"run": f"r-{len(rows)}", "scenario": scenario, "point": number, **values}
                rows.append({**head, "seed": name, "status": "done", "error": "", "y": y})
    table = pd.DataFrame(rows)
    table.attrs["units"] = {"y": "hours"}
    return table


def failing(runs: pd.DataFrame, rows: list[int]) -> pd.DataFrame:
    runs = runs.copy()
    runs.loc[rows, "status"] = "failed"
    runs.loc[rows, "y"] = nan
    return runs


# --- main effects ---------------------------------------------------------------------------------


def test_a_main_effect_averages_within_the_seed_and_then_over_seeds():
    runs = study(GRID)
    table = main_effects(runs, "x.size", "y")
    assert list(table["level"]) == [1, 2, 4, 1, 2, 4]
    assert list(table["scenario"]) == ["a"] * 3 + ["b"] * 3
    for row in table.itertuples():
        here = runs[(runs["x.size"] == row.level) & (runs["scenario"] == row.scenario)]
        expected = mean_interval(here.groupby("seed")["y"].mean())
        assert (row.mean, row.low, row.high) == pytest.approx(
            (expected.mean, expected.low, expected.high)
        )
        assert (row.n, row.runs) == (6, 12)


def test_words_stay_in_the_order_of_the_study():
    assert list(main_effects(study(GRID), "world", "y")["level"]) == ["wild", "calm"] * 2


def test_the_tables_carry_the_unit_and_count_what_was_left_out():
    runs = failing(study(GRID), [0, 7])
    table = main_effects(runs, "world", "y")
    assert table.attrs["units"] == {"mean": "hours", "low": "hours", "high": "hours"}
    assert table.attrs["left_out"] == 2
    assert table["runs"].sum() == len(runs) - 2


def test_a_failed_run_does_not_make_its_point_weigh_less():
    # Size 1 in a: wild (10 more) and calm. Without one wild run the mean is still halfway.
    runs = study(GRID, own=0.0)
    worlds = runs[runs["scenario"] == "a"].groupby("seed")["y"].mean()
    runs["y"] -= runs["seed"].map(worlds - worlds.mean())
    whole = main_effects(runs, "x.size", "y").loc[0, "mean"]
    assert main_effects(failing(runs, [0, 1]), "x.size", "y").loc[0, "mean"] == pytest.approx(whole)


def test_runs_on_seeds_of_their_own_are_added_up_by_point():
    """Independent pairing: the mean of two points has the variance of two independent means."""
    runs = study(GRID, common=False)
    row = main_effects(runs, "x.size", "y").iloc[0]
    here = runs[(runs["x.size"] == 1) & (runs["scenario"] == "a")].groupby("world")["y"]
    errors = here.var() / here.size()
    error = sqrt(errors.sum()) / 2
    freedom = errors.sum() ** 2 / (errors**2 / (here.size() - 1)).sum()
    half = stats.t.ppf(0.975, freedom) * error
    assert (row["low"], row["high"]) == pytest.approx((row["mean"] - half, row["mean"] + half))


def test_one_seed_gives_means_without_intervals():
    table = main_effects(study(GRID, seeds=1), "world", "y")
    assert table["mean"].notna().all()
    assert table[["low", "high"]].isna().all().all()


def test_a_measure_without_any_value_gives_an_empty_row():
    runs = study(GRID).assign(y=nan)
    table = main_effects(runs, "world", "y")
    assert table["mean"].isna().all() and (table["n"] == 0).all()


def test_a_sampled_factor_is_binned_into_eight_of_equally_many_points():
    rng = np.random.default_rng(3)
    points = [
        {"x.size": float(x), "other": float(z)}
        for x, z in zip(rng.permutation(64) / 64, rng.random(64), strict=True)
    ]
    table = main_effects(study(points, scenarios=("a",)), "x.size", "y")
    assert table["level"].to_numpy() == pytest.approx((np.arange(8) * 8 + 3.5) / 64)
    assert list(table["runs"]) == [48] * 8
    assert table.attrs["sampled"]


def test_a_sample_run_on_one_seed_has_intervals_over_its_points():
    rng = np.random.default_rng(3)
    points = [{"x.size": float(x), "z": float(z)} for x, z in rng.random((40, 2))]
    runs = study(points, seeds=1, scenarios=("a",))
    row = main_effects(runs, "x.size", "y").iloc[0]
    low = runs.nsmallest(int(row["runs"]), "x.size")
    expected = mean_interval(low["y"])
    assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high))


def test_the_variance_over_a_sample_adds_points_and_seeds_and_takes_runs_away():
    point_part, seed_part = np.array([1.0, 2.0, 4.0, 9.0]), np.array([0.0, 5.0, 7.0])
    value = (point_part[:, None] + seed_part).ravel()
    point, seed = np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4)
    found = contrast(value, point, seed, np.full(12, 0.25), sample=point)
    by_point, by_seed = np.var(point_part, ddof=1) / 4, np.var(seed_part, ddof=1) / 3
    error = sqrt(by_point + by_seed - np.var(seed_part, ddof=1) / 12)
    # The fewer of 4 points and 3 seeds, less one: 2 degrees of freedom.
    assert found.high - found.mean == pytest.approx(stats.t.ppf(0.975, 2) * error)


@pytest.mark.parametrize("many", [12, 20])
def test_levels_of_a_grid_or_of_one_factor_alone_are_never_binned(many):
    for points in (
        [{"x.size": x} for x in range(many)],
        [{"x.size": x, "world": w} for x, w in product(range(many), ("calm", "wild"))],
        [{"x.size": 0, "world": "calm"}, {"x.size": 0, "world": "wild"}]
        + [{"x.size": x, "world": "calm"} for x in range(1, many)],
    ):
        table = main_effects(study(points, seeds=2, scenarios=("a",)), "x.size", "y")
        assert list(table["level"]) == list(range(many))


def test_in_a_one_at_a_time_design_the_other_factors_are_at_the_base():
    runs = study(ALONE)
    table = main_effects(runs, "world", "y").set_index(["scenario", "level"])
    base = runs[(runs["point"] == 0) & (runs["scenario"] == "a")]["y"].mean()
    assert table.loc[("a", "calm"), "mean"] == pytest.approx(base)
    assert table.loc[("a", "calm"), "runs"] == 6


# --- differences ----------------------------------------------------------------------------------


def test_a_difference_by_level_is_paired_by_seed():
    runs = study(GRID)
    table = difference_effects(runs, "world", "y")
    for row in table.itertuples():
        here = runs[runs["world"] == row.level]
        a, b = (here[here["scenario"] == s].groupby("seed")["y"].mean() for s in "ab")
        expected = paired_difference(a, b)
        assert (row.mean, row.low, row.high, row.p) == pytest.approx(
            (expected.mean, expected.low, expected.high, expected.p)
        )
        assert row.scenario == "b - a"


def test_a_seed_that_failed_in_one_scenario_is_left_out_of_the_other_at_that_point():
    runs = study(GRID)
    assert (runs.loc[0, "point"], runs.loc[0, "scenario"], runs.loc[0, "seed"]) == (0, "a", 0)
    one = differences(failing(runs, [0]), ["y"]).iloc[0]
    other = differences(failing(runs, [0, 6]), ["y"]).iloc[0]
    assert (one["n"], one["dropped"]) == (5, 1)
    assert one["mean"] == pytest.approx(other["mean"])
    assert difference_effects(failing(runs, [0]), "world", "y").loc[0, "runs"] == 6 * 6 - 2


def test_swapping_the_pair_turns_the_sign():
    runs = study(GRID)
    there = difference_effects(runs, "x.size", "y", ("a", "b"))
    back = difference_effects(runs, "x.size", "y", ("b", "a"))
    assert there["mean"].to_numpy() == pytest.approx(-back["mean"].to_numpy())
    assert there["low"].to_numpy() == pytest.approx(-back["high"].to_numpy())


def test_scenarios_on_seeds_of_their_own_are_compared_as_welch_does():
    runs = study(GRID, common=False)
    row = differences(runs, ["y"]).iloc[0]
    a, b = (runs[(runs["point"] == 0) & (runs["scenario"] == s)]["y"] for s in "ab")
    expected = stats.ttest_ind(b, a, equal_var=False)
    interval = expected.confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high))
    assert row["p"] == pytest.approx(expected.pvalue)
    assert not row["paired"] and isnan(row["d_paired"])


def test_the_table_of_differences_is_that_of_paired_runs_corrected_over_its_rows():
    runs = study(GRID).assign(z=lambda t: np.random.default_rng(1).normal(size=len(t)))
    table = differences(runs, ["y", "z"])
    assert list(table["measure"]) == ["y"] * 6 + ["z"] * 6
    assert list(table.columns[:5]) == ["measure", "point", "x.size", "world", "scenario"]
    assert table["x.size"].tolist() == [1, 1, 2, 2, 4, 4] * 2
    for row in table.itertuples():
        here = runs[runs["point"] == row.point]
        a, b = (here[here["scenario"] == s].set_index("seed")[row.measure] for s in "ab")
        expected = paired_difference(a, b)
        for name in ("mean", "low", "high", "d", "d_paired", "p", "higher", "lower"):
            assert getattr(row, name) == pytest.approx(getattr(expected, name))
    assert table["p_holm"].to_numpy() == pytest.approx(holm(table["p"]))
    assert (table["family"] == 12).all()


def test_a_scenario_that_failed_everywhere_leaves_no_difference_and_no_error():
    runs = study(GRID)
    runs = failing(runs, list(runs.index[runs["scenario"] == "a"]))
    table = differences(runs, ["y"])
    assert table["mean"].isna().all() and table["p_holm"].isna().all()
    assert (table["remark"] == "no runs").all()
    assert difference_effects(runs, "world", "y")["mean"].isna().all()


# --- interactions ---------------------------------------------------------------------------------


def test_an_interaction_has_a_row_for_each_combination_and_scenario():
    runs = study(GRID)
    table = interaction(runs, "x.size", "world", "y")
    assert len(table) == 12
    row = table[(table["level_1"] == 4) & (table["level_2"] == "calm")].iloc[1]
    here = runs[(runs["x.size"] == 4) & (runs["world"] == "calm") & (runs["scenario"] == "b")]
    expected = mean_interval(here["y"])
    assert (row["scenario"], row["n"]) == ("b", 6)
    assert (row["mean"], row["low"]) == pytest.approx((expected.mean, expected.low))


def test_the_interaction_of_a_difference_is_paired():
    table = interaction(study(GRID, own=0.0), "x.size", "world", "y", of="difference")
    # b - a = 2 per unit of size, in every world, without chance: the seed's world cancels.
    assert table["mean"].to_numpy() == pytest.approx(2.0 * table["level_1"].to_numpy(float))
    assert (table["high"] - table["low"]).to_numpy() == pytest.approx(0, abs=1e-9)


# --- cells ----------------------------------------------------------------------------------------


def test_cells_count_runs_that_failed_and_values_that_are_missing():
    runs = failing(study(GRID), [0, 1])
    runs.loc[2, "y"] = nan
    table = cells(runs, ["y"])
    assert len(table) == 12
    first = table.iloc[0]
    expected = mean_interval(runs.loc[3:5, "y"])
    assert (first["n"], first["failed"], first["missing"]) == (3, 2, 1)
    assert (first["mean"], first["high"]) == pytest.approx((expected.mean, expected.high))
    assert table.iloc[1:]["failed"].sum() == 0
    assert table.attrs["units"] == {"y": "hours"}
    assert table["x.size"].dtype == runs["x.size"].dtype


def test_a_study_without_factors_has_one_cell_a_scenario():
    runs = study([{}])
    assert list(cells(runs, ["y"])["scenario"]) == ["a", "b"]
    assert len(differences(runs, ["y"])) == 1
    with pytest.raises(ValueError, match="two levels"):
        tornado(runs, "y")


def test_texts_may_be_categories_as_the_store_has_them():
    runs = study(GRID)
    kinds = dict.fromkeys(("scenario", "status", "world"), "category")
    for of in (
        lambda t: main_effects(t, "world", "y"),
        lambda t: differences(t, ["y"]),
        lambda t: tornado(t, "y"),
        lambda t: cells(t, ["y"]).astype({"world": object}),
    ):
        pd.testing.assert_frame_equal(of(runs.astype(kinds)), of(runs), check_dtype=False)


# --- tornado --------------------------------------------------------------------------------------


def test_a_tornado_is_against_the_base_paired_by_seed_and_largest_first():
    runs = study(ALONE)
    table = tornado(runs, "y")
    assert table.attrs["base"] == 0
    first = table[table["scenario"] == "a"]
    # A wild world gives 10; size 1 to 4, at slope 1, gives -1 and +2: a size of 3.
    assert list(first["factor"]) == ["world", "world", "x.size", "x.size"]
    assert list(first["level"]) == ["calm", "wild", 1, 4]
    assert list(first["end"]) == ["low", "high"] * 2
    here = runs[runs["scenario"] == "a"].pivot(index="seed", columns="point", values="y")
    for row, point in ((first.iloc[1], 3), (first.iloc[2], 1), (first.iloc[3], 2)):
        expected = paired_difference(here[0], here[point])
        assert (row["mean"], row["low"], row["high"]) == pytest.approx(
            (expected.mean, expected.low, expected.high)
        )
    assert tuple(first.iloc[0][["mean", "low", "high"]]) == (0, 0, 0)
    assert first["size"].iloc[2] == pytest.approx(first["mean"].iloc[3] - first["mean"].iloc[2])


def test_a_tornado_of_a_difference_holds_what_the_factors_do_to_it():
    table = tornado(study(ALONE, own=0.0), "y", pair=("a", "b")).set_index(["factor", "level"])
    # b - a is 2 per unit of size: from size 2 to 1 and to 4, -2 and +4; the world does nothing.
    assert table.loc[("x.size", 1), "mean"] == pytest.approx(-2)
    assert table.loc[("x.size", 4), "mean"] == pytest.approx(4)
    assert table.loc[("world", "wild"), "mean"] == pytest.approx(0, abs=1e-9)


def test_a_tornado_of_a_grid_comes_from_the_regression():
    table = tornado(study(GRID, own=0.0), "y").set_index(["scenario", "factor", "end"])
    assert table.attrs["base"] is None
    # Size from 1 to 4, its middle 2.5: +-1.5 times the slope of 3.
    assert table.loc[("b", "x.size", "high"), "mean"] == pytest.approx(4.5)
    assert table.loc[("b", "x.size", "low"), "mean"] == pytest.approx(-4.5)
    assert table.loc[("b", "world", "low"), "level"] == "calm"
    assert table.loc[("b", "world", "low"), "mean"] == pytest.approx(-10)
    assert table.loc[("b", "world", "high"), "mean"] == 0


# --- errors, and what holds for every table -------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: main_effects(t, "x.sise", "y"), "no factor 'x.sise': did you mean 'x.size'"),
        (lambda t: main_effects(t, "world", "why"), "no measure 'why'"),
        (lambda t: main_effects(t.drop(columns="point"), "world", "y"), "column `point`"),
        (lambda t: cells(t, ["z"]), "no measure 'z'"),
        (lambda t: difference_effects(t, "world", "y", ("a", "c")), "no run of scenario 'c'"),
        (lambda t: difference_effects(t, "world", "y", ("a", "a")), "with itself"),
        (lambda t: difference_effects(t[t["scenario"] == "a"], "world", "y"), "name the pair"),
        (lambda t: interaction(t, "world", "world", "y"), "with itself"),
        (lambda t: interaction(t, "world", "x.size", "y", of="median"), "'mean' or 'difference'"),
    ],
)
def test_names_that_are_not_in_the_table_are_an_error(call, message):
    with pytest.raises(ValueError, match=message):
        call(study(GRID))


@given(st.integers(0, 10_000), st.integers(2, 5), st.booleans())
def test_the_order_of_the_rows_does_not_matter(seed, seeds, common):
    runs = study(GRID, seeds=seeds, common=common, seed=seed)
    runs = failing(runs, [seed % len(runs)])
    # Scenarios and words come in the order of the table, which keeps its first rows.
    head = runs.iloc[[0, 6, seeds, 2 * seeds]]
    mixed = pd.concat([head, runs.sample(frac=1, random_state=seed)]).drop_duplicates("run")
    for of in (
        lambda t: main_effects(t, "world", "y"),
        lambda t: difference_effects(t, "x.size", "y", ("a", "b")),
        lambda t: differences(t, ["y"], ("a", "b")),
    ):
        pd.testing.assert_frame_equal(
            of(runs).sort_values("mean", ignore_index=True),
            of(mixed).sort_values("mean", ignore_index=True),
            rtol=1e-9,
        )

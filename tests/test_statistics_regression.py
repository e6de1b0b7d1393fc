"""Facts about the regression of a measure on the factors of a study."""

from __future__ import annotations

from itertools import product
from math import log
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from statsmodels.stats.anova import anova_lm

from sim.studies.statistics import holm, mean_interval, regress

GRID = [{"x.size": x, "world": w} for x, w in product((1, 2, 4), ("calm", "wild", "mad"))]


def study(
    points: list[dict[str, Any]],
    seeds: int = 6,
    scenarios: tuple[str, ...] = ("a",),
    own: float = 0.5,
    seed: int = 0,
) -> pd.DataFrame:
    """y = 2 size + 5 in a wild world + size in a wild world (b: once more), worlds and chance."""
    rng = np.random.default_rng(seed)
    worlds = rng.normal(0, 3, seeds)
    rows: list[dict[str, Any]] = []
    for (number, values), scenario, name in product(enumerate(points), scenarios, range(seeds)):
        size, wild = values.get("x.size", 0.0), values.get("world") == "wild"
        y = 2 * size + (5 + size) * wild * (2 if scenario == "b" else 1)
        y += worlds[name] + own * rng.normal()
        head = {"run": f"r-{len(rows)}", "scenario": scenario, "point": number, **values}
        rows.append({**head, "seed": name, "status": "done", "error": "", "y": y})
    table = pd.DataFrame(rows)
    table.attrs["units"] = {"y": "hours"}
    return table


def coded(runs: pd.DataFrame) -> pd.DataFrame:
    low, high = runs["x.size"].min(), runs["x.size"].max()
    x = (2 * runs["x.size"] - low - high) / (high - low)
    return runs.assign(x=x, w=runs["world"])


FORMULA = "y ~ x + C(w, Treatment('calm')) + x:C(w, Treatment('calm'))"


def test_coefficients_and_errors_are_those_of_statsmodels_clustered_by_seed():
    runs = study(GRID)
    data = coded(runs)
    fit = smf.ols(FORMULA, data).fit(
        cov_type="cluster", cov_kwds={"groups": data["seed"]}, use_t=True
    )
    table = regress(runs, "y")
    order = ["x.size", "world", "world", "x.size x world", "x.size x world"]
    assert list(table["term"]) == order
    assert list(table["level"])[1:] == ["wild", "mad", "wild", "mad"]
    names = ["x", "C(w, Treatment('calm'))[T.wild]", "C(w, Treatment('calm'))[T.mad]"]
    names += [f"x:{name}" for name in names[1:]]
    assert table["estimate"].to_numpy() == pytest.approx(fit.params[names].to_numpy())
    assert table["p"].to_numpy() == pytest.approx(fit.pvalues[names].to_numpy(), rel=1e-6)
    ends = fit.conf_int().loc[names].to_numpy()
    assert table[["low", "high"]].to_numpy() == pytest.approx(ends)
    assert table["p_holm"].to_numpy() == pytest.approx(holm(table["p"]))
    assert table.attrs["r_squared"]["a"] == pytest.approx(fit.rsquared)
    assert table.attrs["covariance"] == {"a": "clustered by seed"}
    assert table.attrs["units"] == {"estimate": "hours", "low": "hours", "high": "hours"}


@pytest.mark.parametrize("left_out", [[], [0, 1, 2, 3, 4, 20, 33]])
def test_shares_are_type_ii_sums_of_squares(left_out):
    """Also where runs are missing and the factors are no longer at right angles."""
    runs = study(GRID).drop(index=left_out)
    anova = anova_lm(smf.ols(FORMULA, coded(runs)).fit(), typ=2)["sum_sq"].to_numpy()
    # Of the plain sums of squares: words, x, product (patsy puts words first), residual.
    total = float(((runs["y"] - runs["y"].mean()) ** 2).sum())
    share = regress(runs, "y").groupby("term", sort=False)["share"].first()
    assert share["world"] == pytest.approx(anova[0] / total)
    assert share["x.size"] == pytest.approx(anova[1] / total)
    assert share["x.size x world"] == pytest.approx(anova[2] / total)


def test_with_every_seed_at_every_point_it_is_the_t_interval_over_seeds():
    runs = study(GRID)
    slopes = [smf.ols(FORMULA, part).fit().params["x"] for _, part in coded(runs).groupby("seed")]
    over_seeds = mean_interval(slopes)
    row = regress(runs, "y").iloc[0]
    runs_in_all, columns = len(runs), 6
    wider = np.sqrt((runs_in_all - 1) / (runs_in_all - columns))
    assert row["estimate"] == pytest.approx(over_seeds.mean)
    half = over_seeds.high - over_seeds.mean
    assert row["high"] - row["estimate"] == pytest.approx(wider * half)


def test_what_seeds_share_does_not_blur_an_effect():
    quiet, loud = (study(GRID, own=0.1) for _ in range(2))
    loud["y"] += loud["seed"].map(dict(enumerate(np.linspace(-100, 100, 6))))
    one, other = regress(quiet, "y"), regress(loud, "y")
    assert other["high"].to_numpy() == pytest.approx(one["high"].to_numpy())


def test_without_chance_the_coefficients_are_the_rule():
    table = regress(study(GRID, own=0.0), "y").set_index(["term", "level"])
    # Coded: half the span of 3. At the middle, size 2.5, a wild world gives 5 + 2.5.
    assert table.loc["x.size", "estimate"].iloc[0] == pytest.approx(2 * 1.5)
    assert table.loc[("world", "wild"), "estimate"] == pytest.approx(7.5)
    assert table.loc[("world", "mad"), "estimate"] == pytest.approx(0, abs=1e-9)
    assert table.loc[("x.size x world", "wild"), "estimate"] == pytest.approx(1.5)
    assert table.attrs["r_squared"]["a"] == pytest.approx(table.attrs["r_squared_possible"]["a"])


def test_scenarios_are_regressed_alone_together_or_as_a_difference():
    runs = study(GRID, scenarios=("a", "b"), own=0.0)
    alone = regress(runs, "y", interactions=False)
    assert list(alone["scenario"].unique()) == ["a", "b"]
    assert set(alone.attrs["r_squared"]) == {"a", "b"}
    together = regress(runs, "y", by_scenario=False).set_index(["term", "level"])
    # There is no product of three: what b adds in a wild world is that at the mean size, 7/3.
    added = together.loc[("world x scenario", "wild x b"), "estimate"]
    assert added == pytest.approx(5 + 7 / 3)
    assert together["scenario"].unique() == ["all"]
    difference = regress(runs, "y", pair=("a", "b")).set_index(["term", "level"])
    assert difference.loc[("world", "wild"), "estimate"] == pytest.approx(7.5)
    assert difference["scenario"].unique() == ["b - a"]


def test_a_factor_spaced_by_its_logarithm_is_regressed_so():
    points = [{"x.size": x} for x in (1.0, 10.0, 100.0)]
    runs = study(points)
    runs["y"] = np.log10(runs["x.size"]) + 0.01 * np.arange(len(runs)) % 3
    plain, logged = regress(runs, "y"), regress(runs, "y", log=["x.size"])
    assert logged.attrs["r_squared"]["a"] > plain.attrs["r_squared"]["a"]
    slope = np.polyfit(np.log(runs["x.size"]), runs["y"], 1)[0] * log(10)
    assert logged["estimate"].iloc[0] == pytest.approx(slope)


def test_terms_that_the_design_cannot_tell_apart_are_left_out_and_named():
    alone = [
        {"x.size": 1, "world": "calm"},
        {"x.size": 2, "world": "calm"},
        {"x.size": 1, "world": "wild"},
    ]
    table = regress(study(alone), "y")
    assert list(table["term"]) == ["x.size", "world"]
    assert table.attrs["aliased"] == {"a": ["x.size x world"]}
    moved = [{"x.size": x, "z": 2 * x, "world": w} for x, w in product((1, 2), ("calm", "wild"))]
    table = regress(study(moved), "y", interactions=False)
    assert list(table["term"]) == ["world"]
    assert table.attrs["aliased"] == {"a": ["x.size", "z"]}


def test_a_factor_that_never_varies_has_no_row():
    table = regress(study([{"x.size": x, "world": "calm"} for x in (1, 2)]), "y")
    assert list(table["term"]) == ["x.size"]


def test_runs_that_share_no_seed_have_errors_that_need_no_equal_variance():
    runs = study(GRID).assign(seed=lambda t: np.arange(len(t)))
    table = regress(runs, "y")
    fit = smf.ols(FORMULA, coded(runs)).fit(cov_type="HC3", use_t=True)
    assert table.attrs["covariance"] == {"a": "HC3"}
    assert table["p"].iloc[0] == pytest.approx(fit.pvalues["x"])


def test_few_seeds_at_different_points_are_warned_of():
    runs = study(GRID, seeds=10)
    assert not regress(runs, "y").attrs["warnings"]
    assert not regress(runs.drop(index=[3]), "y").attrs["warnings"]
    half = runs.sample(frac=0.5, random_state=1)
    assert "10 seeds, not all at the same points" in regress(half, "y").attrs["warnings"][0]
    one = regress(runs[runs["seed"] == 0], "y", interactions=False)
    assert "one seed only" in one.attrs["warnings"][0]
    assert np.isnan(one.attrs["r_squared_possible"]["a"])


def test_a_scenario_that_failed_does_not_keep_the_others_from_being_told():
    runs = study(GRID, scenarios=("a", "b"))
    runs.loc[runs["scenario"] == "a", "status"] = "failed"
    table = regress(runs, "y")
    assert list(table["scenario"].unique()) == ["b"]
    assert table.attrs["left_out"] == len(runs) / 2
    assert "a: 0 runs" in table.attrs["warnings"][0]


def test_a_measure_that_never_varies_has_effects_of_zero_and_no_shares():
    table = regress(study(GRID).assign(y=3.0), "y")
    assert table["estimate"].to_numpy() == pytest.approx(0, abs=1e-12)
    assert table["share"].isna().all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: regress(t, "y", ["x.sizes"]), "did you mean 'x.size'"),
        (lambda t: regress(t.assign(**{"x.size": 0.0}), "y", log=["x.size"]), "no logarithm"),
        (lambda t: regress(t.drop_duplicates("point").head(3), "y"), "too few"),
        (lambda t: regress(t.assign(seed=range(len(t))), "y", pair=("a", "b")), "no seed"),
    ],
)
def test_what_cannot_be_regressed_is_an_error(call, message):
    with pytest.raises(ValueError, match=message):
        call(study(GRID, scenarios=("a", "b")))

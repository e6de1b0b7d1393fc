"""Sensitivity analysis against functions whose indices are known, and against the model."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import InputProblem
from sim.studies.functions import as_function
from sim.studies.sensitivity import analyse, interactions, morris_points, saltelli_points
from sim.studies.sensitivity.blocks import complete, morris_grid, saltelli_size
from sim.studies.sensitivity.distances import distances, ranks
from sim.studies.sensitivity.methods import METHODS

XS = ["x1", "x2", "x3"]
A, B = 7.0, 0.1
#: Parts of the variance of Ishigami's function (Saltelli et al. 2008).
V1, V2 = 0.5 * (1 + B * math.pi**4 / 5) ** 2, A**2 / 8
V13 = B**2 * math.pi**8 * (1 / 18 - 1 / 50)
V = V1 + V2 + V13
#: Half a 95 % interval holds so many standard errors.
Z = 1.959964


def ishigami(unit_points):
    from SALib.test_functions import Ishigami

    return Ishigami.evaluate(math.pi * (2 * unit_points - 1), A, B)


def within(table, index, truth, errors=4.0):
    """Whether all indices are within so many of their own standard errors of the truth.

    Four: a correct index fails for one seed in about 16 000; seeds here are fixed.
    """
    half = (table[f"{index}_high"] - table[index]) / Z
    return np.abs(table[index] - truth) <= errors * half + 1e-12


# --- functions whose indices are known ------------------------------------------------------------


def test_sobol_indices_of_ishigami():
    points = saltelli_points(3, 1024, seed=1)
    table = analyse("sobol", points, ishigami(points), XS)
    assert within(table, "S1", np.array([V1, V2, 0]) / V).all()
    assert within(table, "ST", np.array([V1 + V13, V2, V13]) / V).all()
    assert table.loc["x3", "S1_low"] < 0 < table.loc["x3", "S1_high"]
    assert table["above_noise"].all()
    assert (table["ST_high"] - table["ST_low"] < 0.2).all()


def test_what_two_factors_of_ishigami_do_only_together():
    points = saltelli_points(3, 1024, second_order=True, seed=1)
    table = interactions(points, ishigami(points), XS)
    pairs = list(zip(table["first"], table["second"], strict=True))
    assert pairs == [("x1", "x2"), ("x1", "x3"), ("x2", "x3")]
    assert within(table, "S2", np.array([0, V13, 0]) / V).all()
    assert table.loc[1, "S2_low"] > 0


def test_sobol_indices_of_sobols_g():
    from SALib.test_functions import Sobol_G

    a = [0, 1, 4.5, 9, 99, 99, 99, 99]
    points = saltelli_points(8, 1024, seed=3)
    table = analyse("sobol", points, Sobol_G.evaluate(points), [f"x{k}" for k in range(8)])
    assert within(table, "S1", Sobol_G.sensitivity_index(a)).all()
    assert within(table, "ST", Sobol_G.total_sensitivity_index(a)).all()


def test_morris_effects_of_ishigami():
    """On a grid of four levels, sin is 0 or ±√.75, and every effect can be counted by hand."""
    points = morris_points(3, 200, grid=4, seed=1)
    table = analyse("morris", points, ishigami(points), XS)
    root, far, near = math.sqrt(0.75), math.pi**4, (math.pi / 3) ** 4
    first = 1.5 * root * (1 + B * (far + near) / 2)
    third = 1.5 * B * (far - near) * root / 2
    assert within(table, "mu_star", [first, 1.5 * A * 0.75, third]).all()
    assert table.loc["x1", "mu"] == pytest.approx(table.loc["x1", "mu_star"])
    # The direction of x2 and x3 is a coin: four standard errors.
    coins = table.loc[["x2", "x3"]]
    assert (coins["mu"].abs() < 4 * coins["sigma"] / math.sqrt(200)).all()


def test_morris_effects_of_a_sum_are_its_slopes():
    points = morris_points(4, 10, grid=6, seed=2)
    table = analyse("morris", points, 3 + points @ [2.0, -1.0, 0.5, 0.0], list("abcd"))
    assert table["mu"].tolist() == pytest.approx([2, -1, 0.5, 0], abs=1e-12)
    assert table["mu_star"].tolist() == pytest.approx([2, 1, 0.5, 0], abs=1e-12)
    assert np.abs(table["sigma"]).max() < 1e-12
    assert table.loc["d", ["mu_star", "mu_star_low", "mu_star_high"]].tolist() == [0, 0, 0]
    assert table["above_noise"].tolist() == [True, True, True, False]


def test_pawn_tells_factors_of_ishigami_from_one_without_influence():
    points = np.random.default_rng(1).random((2000, 4))
    table = analyse("pawn", points, ishigami(points), [*XS, "none"])
    assert table["above_noise"].tolist() == [True, True, True, False]
    assert table["median"].idxmax() == "x2"
    assert (table["median_low"] > table["median_noise"])[XS].all()


@pytest.mark.parametrize("seed", range(3))
def test_pawn_is_salibs(seed):
    """The distances of the bootstrap are those that SALib reports, ties among values included."""
    from SALib.analyze import pawn

    luck = np.random.default_rng(seed)
    column = ranks(luck.random(150), luck)
    values = np.round(3 * column / 150 + luck.random(150), 1)
    for slices in (2, 3, 5, 10):
        found = distances(column, values, slices)
        problem = {"num_vars": 1, "names": ["x"], "bounds": [[0, 1]]}
        theirs = pawn.analyze(problem, column[:, None], values, S=slices)
        assert np.median(found) == pytest.approx(theirs["median"][0], abs=1e-12)
        assert np.max(found) == pytest.approx(theirs["maximum"][0], abs=1e-12)


def test_pawn_seldom_takes_noise_for_influence():
    """At level .95, 40 families of three factors give 2 false alarms; over 8 once in 7 700."""
    how, alarms = METHODS["pawn"], 0
    for seed in range(40):
        luck = np.random.default_rng(seed)
        sample = complete(luck.random((100, 3)), luck.random((100, 1)), 1)
        found = how.indices(sample.points, sample.means(), luck)
        noise = how.noise(sample, 0.95, luck)
        alarms += any(
            (found[name] > noise[f"{name}_noise"]).any() for name in ("median", "maximum")
        )
    assert alarms <= 8


def test_intervals_hold_the_truth():
    """Of 60 intervals at 95 %, at most 9 miss (more: once in 1 300, were each point drawn alone).

    Points of a Sobol sequence are spread more evenly, so fewer miss.
    """
    truth, missed = np.array([V1, V2, 0]) / V, np.zeros(3)
    for seed in range(60):
        points = saltelli_points(3, 64, seed=seed)
        table = analyse("sobol", points, ishigami(points), XS)
        missed += (table["S1_low"] > truth) | (table["S1_high"] < truth)
    assert (missed <= 9).all()


# --- luck of the seeds ----------------------------------------------------------------------------


def test_the_share_of_luck_is_told():
    """Uniform points have variance 1/12; noise of variance 1/12 a run is 1/4 of it in 4 runs.

    So a fifth of all. Relative standard errors: below sqrt(2/4605) of the noise (three free values
    in each of 1536 rows) and sqrt(2/1024) of the variance between points (of which 1024 differ):
    .01 of the share. Four of them.
    """
    luck = np.random.default_rng(1)
    points = saltelli_points(1, 512, seed=1)
    runs = points + math.sqrt(1 / 12) * luck.standard_normal((len(points), 4))
    # What a seed adds to all points alike tells none of them apart.
    shared = 100 * luck.standard_normal(4)
    table = analyse("sobol", points, runs + shared, ["x"])
    assert table.attrs["noise_share"] == pytest.approx(0.2, abs=0.04)
    assert table.attrs["replications"] == 4


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_an_index_of_noise_is_not_taken_for_influence(method):
    """The second factor changes nothing but luck, whose size the index must not exceed surely."""
    luck = np.random.default_rng(2)
    points = morris_points(2, 60, seed=1) if method == "morris" else saltelli_points(2, 256, seed=1)
    runs = points[:, :1] + luck.standard_normal((len(points), 6))
    table = analyse(method, points, runs, ["x", "luck"])
    main = table.attrs["main"]
    assert table.loc["luck", main] > 0
    assert table["above_noise"].tolist() == [True, False]
    assert table.loc["luck", f"{main}_low"] < table.loc["luck", "noise"]
    assert table.loc["luck", "noise"] < table.loc["luck", f"{main}_high"]


def test_with_one_seed_luck_is_not_known():
    points = morris_points(2, 8, seed=1)
    table = analyse("morris", points, points[:, 0], ["x", "none"])
    assert table["noise"].isna().all()
    assert math.isnan(table.attrs["noise_share"])


def test_more_seeds_make_intervals_wider_than_their_points_alone():
    """Interval of points and seeds together: at least that of the points."""
    luck = np.random.default_rng(3)
    points = saltelli_points(3, 128, seed=1)
    runs = ishigami(points)[:, None] + 3 * luck.standard_normal((len(points), 5))
    both, alone = analyse("sobol", points, runs, XS), analyse("sobol", points, runs.mean(1), XS)
    assert both["ST"].to_numpy() == pytest.approx(alone["ST"].to_numpy(), rel=1e-9)
    assert (both["S1_high"] - both["S1"] > 0.9 * (alone["S1_high"] - alone["S1"])).all()


# --- missing runs ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "size"), [("morris", 4), ("sobol", 5)])
def test_a_missing_run_drops_its_whole_block(method, size):
    points = morris_points(3, 30, seed=1) if method == "morris" else saltelli_points(3, 32, seed=1)
    values = ishigami(points)
    values[size * 2 + 1] = np.nan
    table = analyse(method, points, values, XS)
    kept = np.delete(np.arange(len(points)), range(2 * size, 3 * size))
    same = METHODS[method].indices(points[kept], values[kept], np.random.default_rng(0))
    main = table.attrs["main"]
    assert table.attrs["dropped"] == 1
    assert table.attrs["message"] == ""
    assert np.array_equal(table[main], same[main])


def test_a_missing_seed_is_left_out_of_its_block_alone():
    """A mean over other seeds would make the factor that cannot matter look as if it did."""
    luck = np.random.default_rng(1)
    points = morris_points(2, 20, seed=1)
    runs = points[:, :1] + luck.standard_normal(3)
    runs[4, 1] = np.nan
    table = analyse("morris", points, runs, ["x", "none"])
    assert table.attrs["dropped"] == 0
    assert table.loc["x", "mu"] == pytest.approx(1, abs=1e-12)
    assert table.loc["none", "mu_star_high"] == 0


def test_many_missing_runs_are_told():
    points = saltelli_points(3, 32, seed=1)
    values = ishigami(points)
    values[: 5 * 4] = np.inf
    table = analyse("sobol", points, values, XS)
    assert table.attrs["dropped"] == 4
    assert "4 of 32 parts of the design were left out" in table.attrs["message"]


def test_nothing_is_told_from_too_little():
    points = morris_points(3, 5, seed=1)
    values = np.full(len(points), np.nan)
    values[:4] = 1
    with pytest.raises(InputProblem, match="only 1 of 5 parts"):
        analyse("morris", points, values, XS)


def test_what_does_not_vary_has_no_shares():
    points = saltelli_points(2, 16, seed=1)
    table = analyse("sobol", points, np.ones((len(points), 2)), ["a", "b"])
    assert table.attrs["constant"]
    assert table[["S1", "ST"]].isna().all(axis=None)
    assert not table["above_noise"].any()


# --- designs --------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(factors=st.integers(1, 7), grid=st.sampled_from([2, 4, 6, 8]), seed=st.integers(0, 99))
def test_trajectories_move_each_factor_once_on_the_grid(factors, grid, seed):
    points = morris_points(factors, 5, grid, seed)
    assert morris_grid(points) == grid
    assert np.isin(points, np.arange(grid) / (grid - 1)).all()
    assert np.array_equal(morris_points(factors, 9, grid, seed)[: len(points)], points)


@settings(max_examples=40, deadline=None)
@given(factors=st.integers(1, 6), second=st.booleans(), seed=st.integers(0, 99))
def test_blocks_are_recognized_and_extended(factors, second, seed):
    points = saltelli_points(factors, 8, second, seed)
    size = 2 * factors + 2 if second else factors + 2
    assert points.shape == (8 * size, factors)
    assert saltelli_size(points) == size
    assert np.array_equal(saltelli_points(factors, 16, second, seed)[: len(points)], points)


@settings(max_examples=30, deadline=None)
@given(rows=st.integers(2, 60), factors=st.integers(1, 5), seed=st.integers(0, 99))
def test_other_points_are_not_taken_for_a_design(rows, factors, seed):
    points = np.random.default_rng(seed).random((rows, factors))
    assert morris_grid(points) == 0
    # With one factor, a point and another are crossed by themselves only where they repeat.
    assert saltelli_size(points) == 0


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: saltelli_points(3, 100), "100 is no power of two.*Take 128"),
        (lambda: saltelli_points(0, 8), "no factor"),
        (lambda: morris_points(3, 10, grid=5), "a grid of 5 levels"),
        (lambda: morris_points(3, 1), "1 trajectories"),
    ],
)
def test_designs_that_cannot_be_drawn_are_refused(draw, words):
    with pytest.raises(InputProblem, match=words):
        draw()


def test_each_method_asks_for_its_design():
    free, crossed = np.random.default_rng(1).random((40, 3)), saltelli_points(3, 32)
    paths = morris_points(3, 10)
    for method, points in (("morris", crossed), ("sobol", paths), ("sobol", free), ("pawn", paths)):
        with pytest.raises(InputProblem, match=f"the method {method} needs"):
            analyse(method, points, points[:, 0], XS)
    # Of crossed points PAWN looks at those drawn independently.
    assert analyse("pawn", crossed, ishigami(crossed), XS).attrs["blocks"] == 64
    with pytest.raises(InputProblem, match="cannot tell what two factors do only together"):
        interactions(crossed, ishigami(crossed), XS)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"method": "fast"}, "known are morris, sobol, pawn"),
        ({"names": ["a", "b"]}, "2 names do not fit"),
        ({"names": ["a", "a", "b"]}, "3 names do not fit"),
        ({"values": np.zeros(3)}, "do not fit 16 points"),
        ({"unit_points": 2 * morris_points(3, 4, seed=1)}, "outside of the unit cube"),
        ({"level": 95.0}, "the level 95"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(change, words):
    points = morris_points(3, 4, seed=1)
    arguments = {"method": "morris", "unit_points": points, "values": points[:, 0], "names": XS}
    with pytest.raises(InputProblem, match=words):
        analyse(**{**arguments, **change})


def test_the_same_seed_gives_the_same_table():
    points = saltelli_points(3, 64, seed=0)
    one, two = (analyse("sobol", points, ishigami(points), XS, seed=0) for _ in range(2))
    assert one.equals(two)


# --- the model ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def learning():
    """The closed system of March, in which nobody looks at how fast a request is worked on."""
    factors = {"socialization.rate": (0.05, 0.95), "work.hours_per_case": (1.0, 4.0)}
    return as_function(
        "classics/march1991",
        factors,
        "code_knowledge",
        seeds=range(10),
        sets=["people=20", "dimensions=12"],
    )


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_what_cannot_matter_in_the_model_has_an_index_of_exactly_0(learning, method):
    points = morris_points(2, 12, seed=1) if method == "morris" else saltelli_points(2, 16, seed=1)
    table = analyse(method, points, learning(learning.from_unit(points)), learning.names)
    main = table.attrs["main"]
    still = table.loc["work.hours_per_case"]
    assert (still[main], still[f"{main}_low"], still[f"{main}_high"]) == (0, 0, 0)
    assert table["above_noise"].tolist() == [True, False]

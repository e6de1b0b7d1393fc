"""Designs of studies: the points by hand, and what holds of every design."""

from __future__ import annotations

import math
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.studies.study import Design, Factor, Points, load_study
from sim.studies.study.designs import Grid, one_at_a_time, placed, unit_points
from sim.studies.study.factors import between, nearest_whole, rounded, spaced

STUDIES = Path(__file__).parent / "data" / "studies"


def values(name: str) -> list[tuple]:
    return [tuple(point.values.values()) for point in load_study(STUDIES / f"{name}.yaml").points]


# --- by hand ------------------------------------------------------------------------------------


def test_a_grid_has_all_combinations_and_turns_the_last_factor_fastest():
    assert values("grid") == list(product([1, 3, 5], [4, 6, 8, 10, 12], ["calm", "wild"]))


def test_without_factors_there_is_one_point():
    (point,) = load_study(STUDIES / "scenarios_only.yaml").points
    assert (point.number, point.values, point.overrides, point.cell) == (0, {}, {}, 0)


def test_listed_points_are_the_points():
    study = load_study(STUDIES / "points.yaml")
    assert [factor.name for factor in study.factors] == ["cells.size", "environment.complexity"]
    assert [factor.levels for factor in study.factors] == [(4, 12), (1, 5)]
    assert values("points") == [(4, 1), (12, 5), (4, 5)]


def test_one_at_a_time_begins_at_the_base_and_moves_one_factor():
    assert values("one_at_a_time") == [
        (3, 0.05, "usual"),  # complexity as both scenarios have it, the rest as `base` and first
        (1, 0.05, "usual"),
        (5, 0.05, "usual"),
        (3, 0.0, "usual"),
        (3, 0.3, "usual"),
        (3, 0.05, "restless"),
    ]


def test_a_line_moves_settings_together():
    study = load_study(STUDIES / "line.yaml")
    assert study.factors[0].levels == (0.0, rounded(1 / 3), rounded(2 / 3), 1.0)
    efforts = [point.overrides for point in study.points if point.values[TURBULENCE] == 0.001]
    assert [one["pdsa.rate"] for one in efforts] == pytest.approx([0, 0.1, 0.2, 0.3], abs=1e-11)
    assert [one["cells.hours"] for one in efforts] == pytest.approx([1, 2, 3, 4], abs=1e-10)


TURBULENCE = "environment.turbulence"


def test_steps_on_a_logarithmic_scale_have_equal_ratios():
    levels = load_study(STUDIES / "line.yaml").factors[1].levels
    assert levels == (0.001, 0.01, 0.1)


def test_whole_numbers_are_rounded_half_up():
    assert [nearest_whole(one) for one in (2.5, 3.5, 2.4999, -0.5)] == [3, 4, 2, 0]


def test_places_fill_levels_whole_numbers_and_spans():
    words = Factor("word", ("word",), ("a", "b", "c"))
    whole = Factor("whole", ("whole",), None, span=(4, 6), is_whole=True)
    line = Factor("line", ("line",), None, span=(0, 10))
    log = Factor("log", ("log",), None, span=(1, 100), scale="log")
    whole_log = Factor("log", ("log",), None, span=(1, 7), scale="log", is_whole=True)
    places = np.array([0.0, 0.3, 1 / 3, 0.5, 2 / 3, 1.0])
    assert words.at_places(places) == ["a", "a", "b", "b", "c", "c"]
    assert whole.at_places(places) == [4, 4, 5, 5, 6, 6]
    assert line.at_places(places) == [0, 3, rounded(10 / 3), 5, rounded(20 / 3), 10]
    assert log.at_places(places) == pytest.approx(
        [1, 10**0.6, 10 ** (2 / 3), 10, 10 ** (4 / 3), 100]
    )
    assert whole_log.at_places(places) == [1, 1, 2, 2, 4, 7]  # floor of 8 ** place, at most 7


def test_the_same_file_gives_these_points_everywhere():
    """Drawn once with NumPy 2.4 and SciPy 1.17, and the same on Python 3.11, 3.12 and 3.13."""
    assert values("sobol")[:3] == SOBOL
    assert values("latin_hypercube")[:3] == HYPERCUBE
    assert values("morris")[:4] == MORRIS
    assert values("saltelli")[:3] == SALTELLI


SOBOL = [
    (0.085850748606, 0.00211480636121, 9),
    (0.283708829898, 0.0162101595212, 5),
    (0.214187520649, 0.00557653843315, 12),
]
HYPERCUBE = [
    (0.036879455261, 0.00230214230005, 8, "most_new_ties", 0.638031898258),
    (0.234284958183, 0.0186309742952, 10, "most_new_ties", 0.856920490058),
    (0.0163864985386, 0.0119862482358, 5, "random", 0.591530358334),
]
MORRIS = [(0.3, 12, True), (0.3, 4, True), (0.3, 4, False), (0.1, 4, False)]
SALTELLI = [
    (0.046639595367, 0.877422034293),
    (0.182259652577, 0.877422034293),
    (0.046639595367, 0.24453404129),
]


def test_numbers_of_a_design_have_12_digits():
    study = load_study(STUDIES / "latin_hypercube.yaml")
    for point in study.points:
        for value in (*point.values.values(), *point.overrides.values()):
            assert not isinstance(value, float) or float(f"{value:.12g}") == value


@pytest.mark.parametrize("name", ["latin_hypercube", "sobol", "morris", "saltelli"])
def test_places_on_the_unit_cube_stand_in_the_order_of_points(name):
    study = load_study(STUDIES / f"{name}.yaml")
    places = study.unit_points()
    assert study.design.is_sampled
    assert places.shape == (len(study.points), len(study.factors))
    columns = [factor.at_places(places[:, k]) for k, factor in enumerate(study.factors)]
    assert values(name) == list(zip(*columns, strict=True))
    assert np.array_equal(places, load_study(STUDIES / f"{name}.yaml").unit_points())


@pytest.mark.parametrize("name", ["grid", "points", "one_at_a_time", "scenarios_only"])
def test_other_designs_have_no_places(name):
    study = load_study(STUDIES / f"{name}.yaml")
    assert not study.design.is_sampled and study.unit_points() is None


def test_a_design_that_comes_back_to_a_point_says_so():
    study = load_study(STUDIES / "morris.yaml")
    first: dict[tuple, int] = {}
    for point in study.points:
        assert point.cell == first.setdefault(tuple(point.values.values()), point.number)
    # 4 places x 3 levels x 2 words are 24 cells at most for 6 trajectories of 4 points each; a
    # trajectory cannot have two points in one cell, since a step of 2/3 changes every level.
    assert len(first) < len(study.points) == 24


def test_sizes_of_the_sampling_designs():
    assert len(load_study(STUDIES / "saltelli.yaml").points) == 8 * (2 * 2 + 2)
    assert len(load_study(STUDIES / "morris.yaml").points) == 6 * (3 + 1)
    assert len(load_study(STUDIES / "sobol.yaml").points) == 16


# --- for every design ---------------------------------------------------------------------------

spans = st.tuples(st.floats(0.001, 100), st.floats(0.001, 100)).filter(lambda two: two[0] < two[1])


@st.composite
def factors(draw, sampled: bool = True) -> list[Factor]:
    """One to four factors of any kind; all with levels where nothing is sampled."""
    found = []
    for number in range(draw(st.integers(1, 4))):
        name = f"factor {number}"
        kind = draw(st.sampled_from(["levels", "line", "whole"] if sampled else ["levels"]))
        if kind == "levels":
            levels = draw(st.lists(st.integers(-9, 9), min_size=1, max_size=5, unique=True))
            found.append(Factor(name, (name,), tuple(levels)))
        else:
            low, high = draw(spans)
            scale = draw(st.sampled_from(["linear", "log"]))
            if kind == "whole":
                low, high = math.ceil(low), math.ceil(low) + math.ceil(high)
            found.append(Factor(name, (name,), None, (low, high), scale, is_whole=kind == "whole"))
    return found


designs = st.sampled_from(
    [
        Design("latin_hypercube", points=13),
        Design("sobol", points=16),
        Design("morris", trajectories=3),
        Design("saltelli", points=4),
    ]
)


@given(factors=factors(), design=designs, seed=st.integers(0, 9))
def test_every_sampled_value_is_one_the_factor_can_take(factors, design, seed):
    design = Design(design.kind, design.points, seed, design.trajectories)
    places = unit_points(design, len(factors))
    for row in placed(factors, places):
        for factor, value in zip(factors, row, strict=True):
            if factor.levels is not None:
                assert value in factor.levels
            else:
                assert factor.span[0] <= value <= factor.span[1]
                assert isinstance(value, int) == factor.is_whole


@given(factors=factors(sampled=False))
def test_a_grid_is_complete_and_in_order(factors):
    grid = Grid([factor.levels for factor in factors])
    points = Points(factors, grid, True)
    rows = [tuple(point.values.values()) for point in points]
    assert rows == list(product(*(factor.levels for factor in factors)))
    assert [point.number for point in points] == list(range(len(grid)))
    assert points[-1].number == len(points) - 1 and points[: len(points)] == tuple(points)


@given(factors=factors(sampled=False))
def test_one_at_a_time_differs_from_the_base_in_one_factor(factors):
    base = {factor.name: factor.levels[-1] for factor in factors}
    first, *rest = one_at_a_time(factors, base)
    assert first == tuple(base.values())
    assert len(rest) == len(set(rest)) == sum(len(factor.levels) - 1 for factor in factors)
    for row in rest:
        assert sum(a != b for a, b in zip(first, row, strict=True)) == 1


@given(dimensions=st.integers(1, 8), power=st.integers(0, 6), seed=st.integers(0, 99))
def test_a_longer_sobol_sequence_begins_with_the_shorter(dimensions, power, seed):
    short = unit_points(Design("sobol", 2**power, seed), dimensions)
    long = unit_points(Design("sobol", 2 ** (power + 1), seed), dimensions)
    assert np.array_equal(long[: len(short)], short)


@given(count=st.integers(1, 5), seed=st.integers(0, 99))
def test_more_trajectories_and_blocks_begin_with_fewer(count, seed):
    for few, more in [
        (Design("morris", None, seed, count + 1), Design("morris", None, seed, count + 3)),
        (Design("saltelli", 2**count, seed), Design("saltelli", 2 ** (count + 1), seed)),
    ]:
        short = unit_points(few, 3)
        assert np.array_equal(unit_points(more, 3)[: len(short)], short)


@given(dimensions=st.integers(1, 6), points=st.integers(1, 40), seed=st.integers(0, 99))
def test_a_latin_hypercube_has_one_point_in_each_slice(dimensions, points, seed):
    places = unit_points(Design("latin_hypercube", points, seed), dimensions)
    slices = np.sort(np.floor(places * points), axis=0)
    assert np.array_equal(slices, np.tile(np.arange(points)[:, None], dimensions))


@given(span=spans, steps=st.integers(2, 30), scale=st.sampled_from(["linear", "log"]))
def test_steps_rise_from_end_to_end(span, steps, scale):
    levels = spaced(*span, steps, scale)
    assert len(levels) == steps and (levels[0], levels[-1]) == span
    assert levels == sorted(levels)


@given(span=spans, share=st.floats(0, 1), scale=st.sampled_from(["linear", "log"]))
def test_a_falling_line_is_the_rising_one_backwards(span, share, scale):
    low, high = span
    there, back = between(low, high, share, scale), between(high, low, 1 - share, scale)
    assert low <= there <= high
    # Rounding to 12 digits, and 1 - share, move a value by some 1e-12 of the longest number.
    assert there == pytest.approx(back, rel=1e-11, abs=1e-11 * high)

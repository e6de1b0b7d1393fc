"""What a set of beliefs is worth, in a world of blocks and on an NK landscape."""

from __future__ import annotations

import itertools
from typing import Any

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray

from sim.census import NAMES, census, count_payoffs
from sim.environments.landscape import NEED_BLOCKS, check_landscape, landscape_sizes
from sim.environments.nk import PARTNERS, fitness
from sim.environments.payoff import Surroundings, payoff, payoffs, raise_landscape, right_blocks
from sim.errors import InputProblem
from sim.organization import Organization
from sim.randomness import key
from sim.scenario.loading import load_scenario

MEAN, BEST = NAMES.index("mean_payoff"), NAMES.index("best_payoff")

Row = NDArray[np.int8]


def views(people: Any, dimensions: Any, values: Any = (-1, 0, 1)) -> st.SearchStrategy[Row]:
    shape = st.tuples(people, dimensions)
    return hnp.arrays(np.int8, shape, elements=st.sampled_from(values), fill=st.nothing())


def blocks(reality: Any, complexity: int) -> Surroundings:
    reality = np.array(reality, np.int8)
    none = np.zeros((reality.size, 0))
    return Surroundings(reality, complexity, none.astype(np.int32), none)


def landscape(n: int, k: int, seed: int = 0, how: str = "distinct", tenths: bool = False) -> Any:
    """Surroundings of an NK landscape, and the array of its peak."""
    reality, peak = np.ones(n, np.int8), np.zeros(1)
    partners, contributions = np.zeros((n, k), np.int32), np.zeros((n, 2 ** (k + 1)))
    word = np.uint64(key(np.uint64(seed), np.uint64(1), np.uint64(0)))
    raise_landscape(partners, contributions, reality, peak, PARTNERS[how], tenths, word)
    return Surroundings(reality, 1, partners, contributions), peak


def counted(beliefs: Row, surroundings: Surroundings, peak: Any, exponent: float) -> list[float]:
    result = np.full(len(NAMES), np.nan)
    count_payoffs(beliefs, surroundings, peak, exponent, result)
    return [float(result[MEAN]), float(result[BEST])]


def nk_settings(*sets: str) -> Any:
    return load_scenario("classics/lazer_friedman2007", sets=list(sets)).settings


# Blocks


@pytest.mark.parametrize(
    ("view", "complexity", "right"),
    [
        ([1, 1, 1, 1, 1, 1], 1, 6),
        ([1, -1, 1, 0, 1, 1], 1, 4),
        ([1, 1, 1, -1, 1, 1], 2, 2),
        ([1, 1, 1, 1, 1, 0], 2, 2),  # no opinion is not right
        ([-1, 1, 1, 1, 1, 1], 3, 1),
        ([1, 1, 1, 1, 1, 1], 6, 1),
        ([1, 1, 1, 1, 1, -1], 6, 0),
        ([1, 1, 1, 1, 1, 1], 4, 1),  # what is left over makes no block
        ([0, 0, 0, 0, 0, 0], 1, 0),
    ],
)
def test_a_block_pays_when_all_of_it_is_right(view, complexity, right):
    """Reality is all +1."""
    assert right_blocks(np.array(view, np.int8), np.ones(6, np.int8), complexity) == right


@given(views(st.just(2), st.integers(1, 12)), st.integers(1, 6))
def test_blocks_are_counted_as_one_would_by_hand(rows, complexity):
    view, reality = rows[0], np.where(rows[1] == 0, 1, rows[1]).astype(np.int8)
    whole = [
        all(view[first + j] == reality[first + j] for j in range(complexity))
        for first in range(0, len(view) - complexity + 1, complexity)
    ]
    assert payoff(view, blocks(reality, complexity)) == sum(whole)


@given(views(st.integers(1, 8), st.just(6)), st.sampled_from([1, 2, 3, 6]))
def test_mean_and_best_payoff_are_shares_of_all_blocks(beliefs, complexity):
    surroundings = blocks([1, -1, 1, 1, -1, -1], complexity)
    worth = np.empty(len(beliefs))
    payoffs(beliefs, surroundings, worth)
    mean, best = counted(beliefs, surroundings, np.zeros(0), 8.0)
    assert mean == pytest.approx(worth.sum() / (len(beliefs) * (6 // complexity)), rel=1e-12)
    assert best == worth.max() / (6 // complexity)


def test_with_blocks_of_one_the_payoff_is_what_one_knows():
    organization = Organization(
        load_scenario("classics/march1991", sets=["people=9", "run.stop=periods"]).settings, 2
    )
    measures = census(organization)
    assert measures["mean_payoff"] == measures["mean_knowledge"]
    assert measures["best_payoff"] == measures["best_knowledge"]


# NK


@pytest.mark.parametrize("how", sorted(PARTNERS))
@pytest.mark.parametrize(("n", "k"), [(1, 0), (5, 0), (6, 2), (8, 7)])
def test_reality_is_a_set_than_which_none_is_better(n, k, how):
    for seed in range(5):
        surroundings, peak = landscape(n, k, seed, how)
        sets = np.array(list(itertools.product((-1, 1), repeat=n)), np.int8)
        worth = np.empty(len(sets))
        payoffs(sets, surroundings, worth)
        assert worth.max() == peak[0] == payoff(surroundings.reality, surroundings)


def test_on_a_landscape_a_set_is_worth_its_fitness():
    surroundings, _ = landscape(8, 3)
    for row in np.random.default_rng(1).choice(np.array([-1, 1], np.int8), (50, 8)):
        assert payoff(row, surroundings) == fitness(
            row, surroundings.partners, surroundings.contributions
        )


@pytest.mark.parametrize("exponent", [0.1, 1.0, 8.0, 100.0])
def test_the_exponent_moves_averages_and_never_the_summit_or_an_order(exponent):
    surroundings, peak = landscape(7, 3)
    summit = surroundings.reality[np.newaxis].copy()
    assert counted(summit, surroundings, peak, exponent) == [1.0, 1.0]
    others = np.random.default_rng(2).choice(np.array([-1, 1], np.int8), (20, 7))
    worth = np.empty(20)
    payoffs(others, surroundings, worth)
    mean, best = counted(others, surroundings, peak, exponent)
    shares = (worth / peak[0]) ** exponent
    assert mean == pytest.approx(shares.mean(), rel=1e-12)
    assert best == pytest.approx(shares.max(), rel=1e-12)


def test_the_same_seed_raises_the_same_landscape_whatever_else_is_set():
    """Conditions can be paired: space and first sets are those of the seed."""
    sets = ("people=6", "dimensions=8", "environment.interdependence=3", "run.stop=periods")
    one = Organization(nk_settings(*sets), 4)
    other = Organization(nk_settings(*sets, "network.kind=line", "interpersonal.attention=0.2"), 4)
    for name in ("reality", "partners", "contributions", "peak", "beliefs"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


# What does not go together


@pytest.mark.parametrize(
    ("sets", "says", "remedy"),
    [
        (["environment.turbulence=0.1"], "environment.turbulence", "environment.turbulence: 0"),
        (["environment.complexity=5"], "environment.complexity", "environment.complexity: 1"),
        (["start.opinion=0.5"], "start.opinion", "start.opinion: 1"),
        (["workforce.newcomer_opinion=0.5"], "start.opinion", "workforce.newcomer_opinion: 1"),
        (["environment.interdependence=20"], "environment.interdependence", "19"),
        (["dimensions=25"], "dimensions", "24"),
        (["without=[events]"], "environment.landscape", "requests, pdsa, approvals, work"),
    ],
)
def test_what_a_landscape_cannot_have_is_said_once_with_key_and_remedy(sets, says, remedy):
    with pytest.raises(InputProblem) as refused:
        check_landscape(nk_settings(*sets))
    (problem,) = refused.value.problems
    assert problem.key == says
    assert remedy in problem.remedy


def test_all_that_does_not_go_together_is_said_at_once():
    wrong = ("environment.turbulence=0.1", "environment.complexity=2", "start.opinion=0")
    with pytest.raises(InputProblem) as refused:
        check_landscape(nk_settings(*wrong))
    assert [problem.key for problem in refused.value.problems] == [
        "environment.turbulence",
        "environment.complexity",
        "start.opinion",
    ]


def test_a_world_of_blocks_needs_no_landscape_and_refuses_nothing():
    settings = load_scenario("base").settings
    check_landscape(settings)
    assert set(landscape_sizes(settings).values()) == {0}
    assert not set(NEED_BLOCKS) & set(settings.without)


@pytest.mark.parametrize("k", [0, 1, 5])
def test_the_arrays_of_a_landscape_have_the_size_it_needs(k):
    settings = nk_settings(f"environment.interdependence={k}")
    assert landscape_sizes(settings) == {"partners": k, "patterns": 2 ** (k + 1), "peaks": 1}

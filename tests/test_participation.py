"""Edge and core: counted by hand, and where newcomers stand after a while."""

from __future__ import annotations

import math
import random

import hypothesis.strategies as st
import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from organizations import learners, quiet, weeks
from scipy.stats import spearmanr

from sim.acquaintance.participation import (
    closeness,
    core_numbers,
    coreness_of,
    diversity_about,
    gini,
    heterodoxy_of,
    lowest_of_the_core,
    means_of_new_and_others,
    neighbours_of,
    pairs_who_know_each_other,
    rank_correlation,
)
from sim.measures import MEASURES, Counted
from sim.measures.participation import coreness, taking_part
from sim.mechanisms.workforce import replace_people
from sim.organization import Organization
from sim.tallies import ACTIVITIES, TALLIES

SEATS = np.arange(6, dtype=np.int32)
ONE_GROUP = np.array([0, 6], np.int32)


def core_of(people: int, pairs: list[tuple[int, int]]) -> list[int]:
    """Core numbers in the graph of these pairs."""
    one, other = np.array(pairs, np.int32).reshape(-1, 2).T.copy()
    core: list[int] = core_numbers(*neighbours_of(one, other, people)).tolist()
    return core


def know(organization: Organization, *pairs: tuple[int, int, float, int]) -> None:
    """Let the first know the second so well since such a week, and nobody anybody else."""
    organization.contact[:] = -1
    organization.familiarity[:] = 0.0
    for i, j, familiarity, met in pairs:
        organization.contact[i, j] = j
        organization.familiarity[i, j] = familiarity
        organization.last_met[i, j] = met


@given(st.integers(1, 25), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_core_numbers_are_those_of_networkx(people, density, seed):
    graph = nx.gnp_random_graph(people, density, seed=seed)
    core = nx.core_number(graph)
    assert core_of(people, list(graph.edges)) == [core[i] for i in range(people)]


def test_four_who_know_each_other_are_the_core_of_a_community_and_who_trails_them_its_edge():
    """0 to 3 know each other, 4 knows 3 alone, 5 nobody."""
    clique = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3), (3, 4)]
    core = core_of(6, clique)
    assert core == [3, 3, 3, 3, 1, 0]
    coreness = coreness_of(np.array(core, np.int32), ONE_GROUP, SEATS)
    assert coreness.tolist() == pytest.approx([1, 1, 1, 1, 1 / 3, 0])
    # In two communities of three each is measured by its own core.
    two = np.array([0, 3, 6], np.int32)
    core = np.array([2, 2, 2, 1, 1, 0], np.int32)
    assert coreness_of(core, two, SEATS).tolist() == [1, 1, 1, 1, 1, 0]
    nobody = np.zeros(6, np.int32)
    assert coreness_of(nobody, ONE_GROUP, SEATS).tolist() == [0] * 6


def test_two_count_who_know_each_other_both_ways_now_and_share_a_community():
    organization = quiet(people=6, dimensions=6)
    organization.community[:] = [0, 0, 0, 0, 1, 1]
    know(
        organization,
        *((0, 1, 0.5, 40), (1, 0, 0.5, 40)),
        *((0, 2, 0.9, 40), (2, 0, 0.19, 40)),  # one way only
        *((1, 2, 0.39, 0), (2, 1, 0.9, 40)),  # half of it has faded
        *((3, 4, 0.9, 40), (4, 3, 0.9, 40)),  # of two communities
        *((4, 5, 0.41, 0), (5, 4, 0.41, 0)),  # half of it is still enough
    )
    start, neighbour = pairs_who_know_each_other(
        organization.contact,
        organization.familiarity,
        organization.last_met,
        organization.community,
        40,
        0.2,
    )
    assert start.tolist() == [0, 1, 2, 2, 2, 3, 4]
    assert neighbour.tolist() == [1, 0, 5, 4]


def test_the_core_is_the_top_third_and_whoever_stands_as_far_inside():
    assert lowest_of_the_core(np.array([5, 4, 3, 2, 1, 0], np.int32), SEATS) == 4
    assert lowest_of_the_core(np.array([5, 3, 3, 3, 1, 0], np.int32), SEATS) == 3
    assert lowest_of_the_core(np.zeros(6, np.int32), SEATS) == 0
    # Of four people two are the least that is a third.
    assert lowest_of_the_core(np.array([3, 2, 1, 0], np.int32), SEATS[:4]) == 2


def test_heterodox_is_who_contradicts_the_core_of_the_community_on_its_topic():
    """Core 0 and 1; the topic is the second of three blocks of two dimensions."""
    core = np.array([3, 3, 1, 1, 1, 0], np.int32)
    beliefs = np.zeros((6, 6), np.int8)
    beliefs[:, 2:4] = [[1, 1], [1, 0], [-1, -1], [1, -1], [0, 0], [1, 1]]
    beliefs[2:, [0, 1, 4, 5]] = -1  # what is no part of the topic does not count
    low, high = np.array([1], np.int32), np.array([2], np.int32)
    distance = heterodoxy_of(core, beliefs, ONE_GROUP, SEATS, low, high, 2)
    assert distance.tolist() == [0, 0, 1, 0.5, 0, 0]
    # Where the core is of two minds there is nothing to contradict.
    beliefs[0, 3], beliefs[1, 3] = 1, -1
    distance = heterodoxy_of(core, beliefs, ONE_GROUP, SEATS, low, high, 2)
    assert distance.tolist() == [0, 0, 1, 0, 0, 0]


def test_closeness_is_the_mean_familiarity_with_all_others_of_the_community():
    organization = quiet(people=6, dimensions=6)
    organization.community[:] = [0, 0, 0, 1, 1, 1]
    know(organization, (0, 1, 0.5, 40), (0, 2, 0.4, 0), (0, 3, 1.0, 40), (1, 0, 0.5, 40))
    arrays = (organization.contact, organization.familiarity, organization.last_met)
    close = closeness(SEATS[:3], *arrays, organization.community, 40)
    assert close.tolist() == pytest.approx([(0.5 + 0.2) / 2, 0.25, 0.0])


def test_diversity_around_a_person_weighs_contacts_by_how_well_they_are_known():
    organization = quiet(people=3, dimensions=3, communities={"count": 1})
    organization.beliefs[:] = [[1, 1, 0], [-1, 1, 1], [-1, -1, -1]]
    know(organization, (0, 1, 0.5, 0), (0, 2, 0.25, 0))
    arrays = (organization.contact, organization.familiarity, organization.last_met)
    found = [diversity_about(i, organization.beliefs, *arrays, 0) for i in (0, 1)]
    # Opposite on one of three dimensions, and on two; seat 1 knows nobody.
    assert found == pytest.approx([(0.5 * 1 / 3 + 0.25 * 2 / 3) / 0.75, 0.0])


@given(arrays(np.int32, st.integers(2, 30), elements=st.integers(0, 8)), st.randoms())
def test_rank_correlation_is_spearmans(x, shuffled: random.Random):
    y = x.astype(float) / 7.0
    shuffled.shuffle(y)
    if len(set(x.tolist())) == 1:
        assert math.isnan(rank_correlation(x, y))
    else:
        assert rank_correlation(x, y) == pytest.approx(spearmanr(x, y).statistic, abs=1e-12)


def test_inequality_by_hand():
    """Half of the mean difference between two people, in units of the mean."""
    for amounts, expected in (([1, 1, 1, 1], 0), ([0, 0, 0, 1], 0.75), ([1, 3], 0.25)):
        assert gini(np.array(amounts, np.float32)) == pytest.approx(expected)
    assert math.isnan(gini(np.zeros(3, np.float32)))


def test_means_of_newcomers_and_of_others():
    values, tenure = np.array([1.0, 0.5, 0.0]), np.array([3, 26, 25], np.int32)
    assert means_of_new_and_others(values, tenure, 26) == (0.5, 0.5)
    assert math.isnan(means_of_new_and_others(values, tenure, 0)[0])
    assert math.isnan(means_of_new_and_others(values, tenure, 1000)[1])


OF_SESSIONS = [*taking_part(quiet()), "fear_in_communities"]


@pytest.mark.parametrize("name", [*OF_SESSIONS, "fear_in_cells"])
def test_where_nobody_meets_there_is_nothing_to_measure(name):
    meeting = {"communities": {"hours": 1.0}, "cells": {"hours": 1.0}}
    assert math.isnan(MEASURES[name].of(quiet()))
    assert math.isnan(MEASURES[name].of(quiet(**meeting, without=["communities", "cells"])))


def test_measures_of_taking_part_by_hand():
    """Seats 0 to 3 of six know each other, 4 knows 3, 5 is new and alone; 4 is new, too."""
    session = {"count": 1, "hours": 1.0, "safety": 0.3}
    organization = quiet(people=6, dimensions=6, communities=session)
    pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3), (3, 4)]
    know(organization, *((i, j, 0.9, 0) for a, b in pairs for i, j in ((a, b), (b, a))))
    organization.tenure[:] = [400, 300, 200, 100, 10, 0]
    organization.participation[:] = [0, 0, 0, 0, 0, 2]
    organization.beliefs[:] = 1
    organization.beliefs[4, :3] = -1
    organization.beliefs[3, 0] = -1
    organization.fear[:] = [0.0, 0.1, 0.2, 0.3, 0.9, 0.9]
    expected = {
        "coreness_of_newcomers": 1 / 6,
        "coreness_of_others": 1.0,
        "tenure_coreness": spearmanr([5, 4, 3, 2, 1, 0], [3, 3, 3, 3, 1, 0]).statistic,
        "participation_inequality": 5 / 6,
        "heterodoxy_of_newcomers": 1 / 4 - 1 / 24,
        "purpose": 0.5,
        "fear_in_communities": 1.2 / 6,
    }
    assert {name: MEASURES[name].of(organization) for name in expected} == pytest.approx(expected)


def test_fear_in_cells_is_what_their_safety_leaves():
    organization = quiet(cells={"hours": 1.0, "safety": 0.2})
    organization.fear[:] = 0.1
    organization.fear[:3] = 0.6
    assert MEASURES["fear_in_cells"].of(organization) == pytest.approx(0.4 * 3 / 12)


def test_diversity_around_changes_by_hand():
    """Four changes; the views around the three right ones differ by .1, .2 and .3, else by .6."""
    tally = np.zeros(len(TALLIES))
    for name, value in (
        *(("changes_adopted", 4), ("changes_right", 3)),
        *(("diversity_of_changes", 1.2), ("diversity_of_right_changes", 0.6)),
    ):
        tally[TALLIES.index(name)] = value
    counted = Counted(tally, np.zeros(len(ACTIVITIES)), 10, 1, None)
    values = [MEASURES[n].flow(counted) for n in ("reach_diversity", "diversity_of_right_changes")]
    assert values == pytest.approx([0.3, 0.2 - 0.6])


def with_newcomers(seed: int, hours: float) -> tuple[Organization, NDArray[np.int64]]:
    """Thirty who know each other and have stories to tell; then six of them are replaced."""
    organization = quiet(
        seed,
        people=30,
        communities={"count": 1, "hours": hours, "articulation": 0.0},
        start={"homes": 1, "contacts": 29, "familiarity": 1.0},
    )
    organization.practice[:] = 1.0
    organization.articulated[:] = False
    organization.fear[:] = 0.0
    newcomers = np.arange(0, 30, 5)
    replace_people(organization, newcomers)
    return organization, newcomers


@pytest.mark.parametrize("seed", range(5))
def test_newcomers_enter_at_the_edge_and_move_inwards_by_taking_part(seed):
    """Eight hours a week take each with any one teller to three joint hours in a dozen weeks."""
    there, newcomers = with_newcomers(seed, hours=8.0)
    absent, _ = with_newcomers(seed, hours=0.0)
    stands = [coreness(there)[1][newcomers].mean()]
    for _ in range(4):
        stands.append(coreness(weeks(there, 6))[1][newcomers].mean())
    assert stands[0] == 0.0 and stands == sorted(stands) and stands[-1] > 0.5
    # Time alone brings nobody inwards.
    assert coreness(weeks(absent, 24))[1][newcomers].max() == 0.0
    # And nothing has kept where they stand: once strangers again, they are at the edge again.
    there.familiarity[newcomers] = 0.0
    assert coreness(there)[1][newcomers].max() == 0.0


def test_with_people_coming_and_going_who_has_been_there_longer_stands_further_inside():
    """In each of six worlds; a correlation that is not there would pass once in 64 times."""
    for seed in range(6):
        organization = quiet(
            seed,
            people=40,
            workforce={"turnover": 0.01},
            communities={"count": 1, "hours": 6.0, "articulation": 0.0},
        )
        organization.fear[:] = 0.0
        organization.practice[:] = 1.0
        organization.articulated[:] = False
        assert MEASURES["tenure_coreness"].of(weeks(organization, 80)) > 0.0


def test_learners_who_all_know_each_other_are_all_core():
    organization = learners(communities={"hours": 1.0})
    core, share = coreness(organization)
    assert core.tolist() == [9] * 10 and share.tolist() == [1.0] * 10

"""The tree that links cells: who sits where, what climbs it, and what it takes."""

from __future__ import annotations

import math

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from organizations import apply, merged, quiet, week_up_to, weeks

from sim.acquaintance.ties import familiar
from sim.measures.tree import officer_load, tree_depth, tree_span
from sim.mechanisms.officers import officers_of
from sim.organization import Organization
from sim.places.learning_tree import COMMUNITIES, WHOLE, LearningTree, grown_tree, learning_tree
from sim.tallies import OFFICER

cells_by_community = st.lists(st.integers(1, 9), min_size=1, max_size=5)


def tree_over(
    counts: list[int], branch: int, whole: bool, tenure: list[int] | None = None
) -> LearningTree:
    """The tree over communities of so many cells, whose officers sit on seats 0, 1, …"""
    community = np.repeat(np.arange(len(counts)), counts).astype(np.int32)
    seats = np.arange(len(community), dtype=np.int32)
    serving = np.zeros(len(seats)) if tenure is None else np.array(tenure)
    return grown_tree(seats, community, serving.astype(np.int32), branch, whole)


def groups_of(tree: LearningTree) -> list[list[int]]:
    return [
        tree.member[low:high].tolist()
        for low, high in zip(tree.start[:-1], tree.start[1:], strict=True)
    ]


def test_a_small_tree_by_hand():
    """Five cells and three, two to a branch; whoever serves longest stands for the group."""
    tree = tree_over([5, 3], 2, whole=True, tenure=[1, 9, 3, 2, 5, 4, 7, 8])
    branches = [[0, 1], [2, 3], [5, 6]]
    communities = [[1, 2], [6, 7], [1, 4]]
    assert groups_of(tree) == [*branches, *communities, [1, 7]]
    assert tree.bounds.tolist() == [0, 3, 6, 7]
    assert tree.community.tolist() == [0, 0, 1, 0, 1, 0, -1]
    assert (tree.levels, tree.tops) == (4, 1)


@given(cells_by_community, st.integers(2, 6), st.booleans(), st.data())
def test_every_group_sends_its_longest_serving_officer_up_and_nobody_else(
    counts, branch, whole, data
):
    cells = sum(counts)
    tenure = data.draw(st.lists(st.integers(0, 20), min_size=cells, max_size=cells))
    tree = tree_over(counts, branch, whole, tenure)
    community = np.repeat(np.arange(len(counts)), counts)
    groups = groups_of(tree)
    # Each group leaves one node of several, down to one for each community, or one in all.
    assert cells - sum(len(group) - 1 for group in groups) == (1 if whole else len(counts))
    assert tree.tops == (1 if whole else len(counts))
    below: dict[int, int] = {}
    for index, group in enumerate(groups):
        assert 2 <= len(group) <= branch
        assert len(set(group)) == len(group)
        of_whole = index >= tree.bounds[WHOLE]
        assert (
            tree.community[index] == -1
            if of_whole
            else set(community[group]) == {tree.community[index]}
        )
        for seat in group:
            # Who sits here sat in no group before, or stood for the last one they sat in.
            if seat in below:
                before = groups[below[seat]]
                assert tenure[seat] == max(tenure[other] for other in before)
            below[seat] = index


@given(cells_by_community, st.integers(2, 6))
def test_branches_are_of_neighbours_and_as_even_as_can_be(counts, branch):
    tree = tree_over(counts, branch, whole=False)
    branches = groups_of(tree)[: tree.bounds[COMMUNITIES]]
    for seats in branches:
        assert seats == list(range(seats[0], seats[-1] + 1))
    for index, count in enumerate(counts):
        here = [len(g) for g, c in zip(branches, tree.community, strict=False) if c == index]
        # Officers left alone count as branches of one.
        sizes = here + [1] * (count - sum(here))
        assert len(sizes) == math.ceil(count / branch)
        assert max(sizes) - min(sizes) <= 1


def with_tree(seed: int = 0, **changes: object) -> Organization:
    """Four cells of three in one community, in two branches of two; everything said arrives."""
    settings: dict[str, object] = {
        "people": 12,
        "dimensions": 4,
        "environment": {"complexity": 4},
        "communities": {"count": 1},
        "cells": {"size": 3},
        "structure": {"levels": 1},
        "start": {"homes": 1, "right": 0.0},
        "interpersonal": {"rate": 1.0, "stranger": 1.0},
        "officers": {"hours": 3.0, "links": "tree", "branch": 2, "relay_fidelity": 1.0},
    }
    organization = quiet(seed, **merged(settings, changes))
    organization.fear[:] = 0.0
    organization.learning_rate[:] = 1.0
    organization.sociability[:] = 1.0
    return organization


def test_a_word_climbs_and_comes_down_one_level_a_week():
    organization = with_tree(officers={"community_meeting": 1.0})
    officers = officers_of(organization)
    # The second stands for the first branch, the third for the other.
    organization.tenure[officers] = [5, 9, 8, 7]
    organization.beliefs[:] = 0
    organization.articulated[:] = False
    organization.beliefs[officers[0]] = organization.reality
    organization.articulated[officers[0]] = True
    organization.record_cases[:] = 100.0
    organization.record_success[officers] = np.array([[90], [70], [50], [10]])
    knowing = []
    for _ in range(4):
        organization.open_period()
        apply(organization, "officers")
        organization.period += 1
        right = (organization.beliefs == organization.reality).all(axis=1)
        knowing.append(sorted(np.flatnonzero(right[officers])))
        assert right.sum() == len(knowing[-1])
    assert knowing == [[0, 1], [0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 3]]


def test_what_is_lost_in_relaying_does_not_climb():
    organization = with_tree(officers={"relay_fidelity": 0.0, "community_meeting": 1.0})
    before = organization.beliefs.copy()
    for _ in range(5):
        organization.open_period()
        apply(organization, "officers")
    assert np.array_equal(organization.beliefs, before)


def test_representatives_spend_the_hours_of_every_level_they_sit_on():
    organization = with_tree(
        people=60,
        dimensions=8,
        communities={"count": 2, "formation": "by_lot"},
        officers={"branch": 3, "community_meeting": 0.5, "organization_meeting": 0.75},
    )
    officers = officers_of(organization)
    assert organization.cells == 20
    week_up_to(organization, "hours")
    tree = learning_tree(organization)
    expected = np.zeros(organization.people)
    expected[officers] = 3.0
    for index, group in enumerate(groups_of(tree)):
        if index >= tree.bounds[COMMUNITIES]:
            expected[group] += 0.75 if index >= tree.bounds[WHOLE] else 0.5
    assert np.array_equal(organization.planned[:, OFFICER], expected)
    assert np.array_equal(organization.hours[:, OFFICER], expected)
    assert officer_load(organization) == pytest.approx(expected.sum() / 20)
    # Ten cells: four branches, two pairs, one pair; and both communities at one table.
    assert expected.max() >= 3.0 + 0.5 + 0.5 + 0.75
    assert tree_depth(organization) == 2 + 4
    # 20 cells, 8 branches, two pairs of these and a pair of pairs in each community, the whole.
    inner = 20 + 8 + 2 * 3 + 1
    assert tree.groups == inner - 20
    assert tree_span(organization) == pytest.approx((60 + inner - 1) / inner)


def test_the_tree_is_counted_up_to_the_organization_even_where_nobody_links_communities():
    settings = {"people": 48, "dimensions": 8, "communities": {"count": 2, "formation": "by_lot"}}
    apart = with_tree(**settings, officers={"branch": 8})
    linked = with_tree(**settings, officers={"branch": 8, "organization_meeting": 1.0})
    # People, 16 cells, two communities of eight officers, the organization.
    assert tree_depth(apart) == tree_depth(linked) == 4
    assert tree_span(apart) == tree_span(linked) == pytest.approx((48 + 16 + 2) / (16 + 2 + 1))


@pytest.mark.parametrize("officers", [{"links": "circles"}, {"hours": 0.0}])
def test_without_a_tree_there_is_none_to_measure(officers):
    organization = with_tree(officers=officers)
    assert math.isnan(tree_depth(organization)) and math.isnan(tree_span(organization))


def acquainted_across_communities(organization: Organization) -> set[tuple[int, int]]:
    """Officers of different communities who know each other."""
    officers = officers_of(organization).tolist()
    ties = (organization.contact, organization.familiarity, organization.last_met)
    return {
        (i, j)
        for i in officers
        for j in officers
        if organization.community[i] != organization.community[j]
        and familiar(*ties, i, j, organization.period) > 0.0
    }


def test_only_a_meeting_of_the_organization_links_communities():
    settings = {
        "people": 48,
        "dimensions": 8,
        "communities": {"count": 2, "formation": "by_lot"},
        "start": {"contacts": 0},
    }
    apart = weeks(with_tree(**settings, officers={"branch": 4}), 3)
    linked = with_tree(**settings, officers={"branch": 4, "organization_meeting": 1.0})
    top = set(groups_of(learning_tree(linked))[-1])
    weeks(linked, 3)
    assert acquainted_across_communities(apart) == set()
    assert acquainted_across_communities(linked) == {(i, j) for i in top for j in top if i != j}


def test_at_the_top_what_any_community_deals_with_is_spoken_of():
    """A community's own blocks within it, all blocks at the organization's table."""
    topics = {"people": 12, "dimensions": 8, "communities": {"count": 2, "formation": "by_lot"}}
    learned = {}
    for hours in (0.0, 4.0):
        organization = with_tree(
            **topics, officers={"organization_meeting": hours, "community_meeting": 0.0}
        )
        organization.beliefs[:] = 0
        first = np.flatnonzero(organization.community == 0)
        # The first community is right about the other's topic, and known to be.
        organization.beliefs[first, 4:] = organization.reality[4:]
        organization.articulated[first, 4:] = True
        organization.record_cases[:] = 100.0
        organization.record_success[first] = 100.0
        for _ in range(10):
            organization.open_period()
            apply(organization, "officers")
        other = organization.community == 1
        learned[hours] = np.flatnonzero((organization.beliefs[:, 4:] != 0).any(axis=1) & other)
    assert len(learned[0.0]) == 0
    # In each of 40 hours either block comes up: a chance of one in 10**8 that one does not.
    top = learning_tree(organization).member[-2:]
    assert learned[4.0].tolist() == [seat for seat in top if other[seat]]


def test_officers_in_a_tree_who_have_half_the_time_meet_for_half_as_long():
    """A week shorter than their role: all meetings shrink alike."""
    whole, half = (
        with_tree(start={"contacts": 0}),
        with_tree(start={"contacts": 0}, hours={"week": 1.75}),
    )
    tree = learning_tree(whole)
    top = groups_of(tree)[-1]
    weeks(whole, 1)
    weeks(half, 1)
    assert half.hours[top, OFFICER].tolist() == [1.75, 1.75]
    known = [
        familiar(o.contact, o.familiarity, o.last_met, *top, o.period - 1) for o in (whole, half)
    ]
    # Familiarity grows by 1 - .933 ** hours, in an organization of half an hour and of a quarter.
    assert known == [pytest.approx(1 - 0.933**0.5), pytest.approx(1 - 0.933**0.25)]

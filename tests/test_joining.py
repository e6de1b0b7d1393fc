"""Joining: people find a community of like minds, and places hold while they do."""

from __future__ import annotations

import numpy as np
import pytest
from organizations import apply, quiet, snapshot, weeks
from test_membership import cell_sizes, check_places

from sim.errors import InputProblem
from sim.measures.tree import community_fit, like_minds
from sim.mechanisms.joining import look_around
from sim.organization import Organization
from sim.tallies import COMMUNITIES_CHANGED


def mixed(seed: int = 0, **changes: object) -> Organization:
    """Sixty people in three communities by lot, who know each other well enough to look around."""
    settings = {
        "people": 60,
        "dimensions": 24,
        "communities": {"count": 3, "formation": "by_lot"},
        "cells": {"size": 5},
        "start": {"contacts": 20},
        "joining": {"rate": 1.0, "warmth": 0.0},
    }
    return quiet(seed, **{**settings, **changes})


def test_by_lot_communities_are_even_and_of_all_interests():
    fits = []
    for seed in range(20):
        organization = mixed(seed)
        check_places(organization)
        assert np.bincount(organization.community).tolist() == [20, 20, 20]
        fits.append(community_fit(organization))
    # 1200 people, a third of them by chance: 5 standard errors, false once in two million times.
    assert np.mean(fits) == pytest.approx(1 / 3, abs=5 * np.sqrt(2 / 9 / 1200))


def test_forming_communities_by_lot_changes_nobodys_interest():
    one, other = mixed(), mixed(communities={"count": 3, "formation": "by_interest"})
    assert one.topic.tolist() == other.topic.tolist()
    assert np.array_equal(other.community, other.topic)
    assert community_fit(other) == 1.0


def wishes(
    organization: Organization,
    known: dict[tuple[int, int], float],
    warmth: float,
    middle: list[float] | None = None,
) -> np.ndarray:
    """Where people want to go who know each other as ``known`` says."""
    contact = np.full((organization.people, organization.people), -1, dtype=np.int32)
    familiarity = np.zeros(contact.shape, dtype=np.float32)
    for (i, j), value in known.items():
        contact[i, j], familiarity[i, j] = j, value
    communities = len(organization.community_start) - 1
    interests, there = np.empty((2, communities))
    wish = np.empty(organization.people, dtype=np.int32)
    number = look_around(
        1.0,
        warmth,
        organization.interest,
        organization.community,
        organization.community_start,
        np.empty(0) if middle is None else np.array(middle),
        contact,
        familiarity,
        np.zeros(contact.shape, dtype=np.int32),
        organization.person,
        0,
        organization.key("who looks around"),
        interests,
        there,
        wish,
    )
    assert number == (wish >= 0).sum()
    return wish


def two_communities(interest: list[float]) -> Organization:
    """Seats 0 to 2 in the first, 3 to 5 in the other, with these interests."""
    organization = quiet(people=6, dimensions=12, communities={"count": 2}, cells={"size": 3})
    organization.interest[:] = interest
    organization.community[:] = [0, 0, 0, 1, 1, 1]
    organization.community_start[:] = [0, 3, 6]
    return organization


def test_a_person_goes_where_interests_lie_nearer():
    """Seat 2 by hand: .1 from the others' mean there, .7 at home; the others are well where they
    are, or know nobody elsewhere."""
    organization = two_communities([0.1, 0.1, 0.8, 0.9, 0.9, 0.9])
    known = {(2, 3): 0.3, (4, 0): 0.5}
    assert wishes(organization, known, 0.0).tolist() == [-1, -1, 1, -1, -1, -1]


def test_who_knows_nobody_elsewhere_stays():
    organization = two_communities([0.1, 0.1, 0.8, 0.9, 0.9, 0.9])
    assert (wishes(organization, {(2, 0): 1.0}, 0.0) == -1).all()


def test_knowing_its_members_well_holds_a_person():
    """Seat 2 by hand: there 1 - .1 + w * .3 / 3, at home 1 - .7 + w * 1.6 / 2: even at w = 6/7."""
    organization = two_communities([0.1, 0.1, 0.8, 0.9, 0.9, 0.9])
    known = {(2, 0): 0.8, (2, 1): 0.8, (2, 3): 0.3}
    assert wishes(organization, known, 0.85)[2] == 1
    assert wishes(organization, known, 0.87)[2] == -1


def test_who_seeks_a_topic_goes_by_it_and_not_by_the_members():
    """The topics lie the other way round than the members' interests."""
    organization = two_communities([0.1, 0.1, 0.8, 0.9, 0.9, 0.9])
    known = {(0, 3): 0.3, (2, 3): 0.3}
    assert wishes(organization, known, 0.0, [0.75, 0.25]).tolist() == [1, -1, -1, -1, -1, -1]


@pytest.mark.parametrize("seed", range(5))
def test_who_seeks_a_topic_finds_the_community_of_their_job(seed):
    """By lot a third have it; below .55 of 60 with a chance above .999 (binomial, 3.5 sd)."""
    organization = mixed(seed, joining={"rate": 0.1, "warmth": 0.0, "seek": "topic"})
    assert community_fit(organization) < 0.55
    assert community_fit(weeks(organization, 52)) > 0.8


@pytest.mark.parametrize("seed", range(5))
def test_nobody_leaves_a_cell_of_two_and_who_moves_enters_the_smallest(seed):
    organization = mixed(seed)
    before, sizes = organization.community.copy(), np.array(cell_sizes(organization))
    apply(organization, "joining")
    moved = organization.community != before
    assert organization.tally[COMMUNITIES_CHANGED] == moved.sum() > 0
    assert not moved[organization.cell == -1].any()
    check_places(organization)
    after = np.array(cell_sizes(organization))
    assert (after >= np.minimum(sizes, 2)).all()
    assert after.sum() == organization.people


def test_cells_of_two_keep_their_people():
    organization = mixed(cells={"size": 2})
    before = snapshot(organization)
    apply(organization, "joining")
    assert np.array_equal(organization.cell, before["cell"])
    assert organization.tally[COMMUNITIES_CHANGED] == 0


def test_an_officer_who_joins_another_community_is_followed_by_the_longest_serving():
    for seed in range(10):
        organization = mixed(seed)
        officers = organization.officer[: organization.cells].copy()
        apply(organization, "joining")
        check_places(organization)
        gone = np.flatnonzero(organization.cell[officers] != np.arange(organization.cells))
        for cell in range(organization.cells):
            if cell not in gone:
                assert organization.officer[cell] == officers[cell]
                continue
            here = organization.tenure[organization.cell == cell]
            assert organization.tenure[organization.officer[cell]] == here.max()


@pytest.mark.parametrize("seed", range(5))
def test_like_minds_find_each_other(seed):
    """Rather than by chance: communities by lot share a twentieth of what people differ in.

    Between-group share of variance by lot: (communities - 1) / (people - 1) = .034 in the mean;
    above .3 with a chance below 1e-6 (F(2, 57) above 12).
    """
    organization = mixed(seed, joining={"rate": 0.1, "warmth": 0.0})
    assert like_minds(organization) < 0.3
    assert like_minds(weeks(organization, 52)) > 0.5


def test_nobody_can_seek_the_topic_of_communities_that_deal_with_everything():
    with pytest.raises(InputProblem, match="by_lot"):
        mixed(
            communities={"count": 3, "formation": "by_home"},
            start={"homes": 3},
            joining={"rate": 0.1, "seek": "topic"},
        )

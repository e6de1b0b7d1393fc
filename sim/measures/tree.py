"""The tree of learning: its shape, what its officers bear, and whether people found their place."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.measures.measure import SELDOM, Measure, ratio, yearly
from sim.places.learning_tree import LearningTree, learning_tree
from sim.start import topics_of
from sim.tallies import OFFICER

if TYPE_CHECKING:
    from sim.organization import Organization


def tree_depth(organization: Organization) -> float:
    """Levels from people to the organization, both counted; NaN where there is no tree."""
    tree = _standing(organization)
    return math.nan if tree is None else 2.0 + tree.levels + (tree.tops > 1)


def tree_span(organization: Organization) -> float:
    """Mean number of those directly below a cell, a group of officers or the organization."""
    tree = _standing(organization)
    if tree is None:
        return math.nan
    # Whatever has something below it; each but the topmost, and each person, is below one of these.
    inner = organization.cells + tree.groups + (tree.tops > 1)
    return (organization.people + inner - 1) / inner


def officer_load(organization: Organization) -> float:
    """Hours that an officer's role took this week, mean over officers."""
    return float(organization.hours[:, OFFICER].sum(dtype=float)) / organization.cells


def community_fit(organization: Organization) -> float:
    """Share of people whose community is that of their job's interest."""
    meant = topics_of(organization.interest, organization.communities)
    return float((organization.community == meant).mean())


def like_minds(organization: Organization) -> float:
    """Share of the variance of interests that lies between communities; NaN where there is none.

    0: every community has people of all interests; 1: each has its own.
    """
    sizes = np.bincount(organization.community)
    interest = organization.interest.astype(float)
    apart = interest - interest.mean()
    sums = np.bincount(organization.community, weights=apart)
    return ratio(float((sums**2 / np.maximum(sizes, 1)).sum()), float((apart**2).sum()))


def _standing(organization: Organization) -> LearningTree | None:
    officers = organization.parameters["officers"]
    if officers.links != "tree" or officers.hours == 0.0 or not organization.has("officers"):
        return None
    return learning_tree(organization)


TREE: tuple[Measure, ...] = (
    Measure(
        "tree_depth",
        "Levels of learning",
        "levels",
        "From people through cells and groups of officers to the organization, both counted; where "
        "officers.links is tree.",
        0,
        "input by design",
        stock=tree_depth,
        every=SELDOM,
    ),
    Measure(
        "tree_span",
        "Span of learning",
        "people or groups",
        "Mean number directly below a cell, a group of officers or the organization; where "
        "officers.links is tree.",
        0,
        "input by design",
        stock=tree_span,
        every=SELDOM,
    ),
    Measure(
        "officer_load",
        "Load of officers",
        "hours per officer and week",
        "Time the role of a learning officer takes, meetings on every level included.",
        -1,
        "input by design",
        stock=officer_load,
    ),
    Measure(
        "community_fit",
        "Communities of their topic",
        "share of people",
        "People whose community is that of their job's topic.",
        0,
        "emergent",
        high=1.0,
        stock=community_fit,
        every=SELDOM,
    ),
    Measure(
        "like_minds",
        "Like minds in communities",
        "share of variance",
        "How much of what people's interests differ in lies between communities; 0: all have "
        "people of every interest.",
        0,
        "emergent",
        high=1.0,
        stock=like_minds,
        every=SELDOM,
    ),
    Measure(
        "communities_changed",
        "Changes of community",
        "per person and year",
        "People who moved to a community that suits them better.",
        0,
        "emergent",
        flow=yearly("communities_changed"),
    ),
)

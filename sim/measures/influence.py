"""Whose words others go by, where changes come from, and whether clients are heard."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.acquaintance.participation import gini, rank_correlation
from sim.measures.measure import SELDOM, Counted, Measure, ratio, yearly

if TYPE_CHECKING:
    from sim.organization import Organization


def rank_influence(organization: Organization) -> float:
    """Rank correlation of level and influence; NaN where all have the same of one of them."""
    return rank_correlation(organization.level, organization.influence)


def influence_of_the_line(organization: Organization) -> float:
    """Managers' mean influence over everybody's; NaN without managers, or without influence."""
    managers = organization.level > 0
    total = float(organization.influence.sum())
    if total == 0.0 or not managers.any():
        return math.nan
    return float(organization.influence[managers].mean()) * organization.people / total


def influence_inequality(organization: Organization) -> float:
    return gini(organization.influence)


def changes_from_edge(counted: Counted) -> float:
    """Share of the changes whose owner's place in a community could be told; NaN of none."""
    placed = counted.changes_from_edge + counted.changes_from_core
    return ratio(counted.changes_from_edge, placed)


def client_voice(counted: Counted) -> float:
    heard = counted.client_words - counted.client_words_unheard
    return ratio(heard, counted.client_words)


def unanswered(organization: Organization) -> float:
    """Mean ``unhappy`` per person; NaN where nobody talks with clients."""
    if organization.parameters["dialogue"].hours == 0.0 or organization.unhappy.size == 0:
        return math.nan
    return float(organization.unhappy.sum()) / organization.people


INFLUENCE = (
    Measure(
        "rank_influence",
        "Influence and rank",
        "rank correlation",
        "Spearman correlation between people's level and their recent influence, which is how many "
        "beliefs others took over from them. No rule lets anybody be heard for their rank alone: "
        "but managers' work is campaigns and rules (R93).",
        0,
        "emergent",
        low=-1.0,
        high=1.0,
        stock=rank_influence,
        every=SELDOM,
    ),
    Measure(
        "influence_of_the_line",
        "Influence of managers",
        "managers' mean over everybody's",
        "How many recent beliefs others took over from managers, relative to the mean of all "
        "people; 1: as many as from anybody (R93).",
        0,
        "emergent",
        stock=influence_of_the_line,
        every=SELDOM,
    ),
    Measure(
        "influence_inequality",
        "Inequality of influence",
        "Gini coefficient",
        "How unequally recent influence is spread: 0 all alike, near 1 one has all (R93).",
        0,
        "emergent",
        high=1.0,
        stock=influence_inequality,
        every=SELDOM,
    ),
    Measure(
        "changes_from_front",
        "Changes from the front line",
        "share of adopted",
        "Adopted changes of people who lead nobody and stand at the lowest level (R100). Compare "
        "with the share of people there.",
        0,
        "emergent",
        high=1.0,
        flow=lambda c: ratio(c.changes_from_front, c.changes_adopted),
    ),
    Measure(
        "changes_from_edge",
        "Changes from the edge",
        "share of adopted",
        "Adopted changes of people in the lower half of their community by core number, looked at "
        "once a quarter, equals in part; .5: the place makes no difference. Without sessions of "
        "communities there is no edge (R100).",
        0,
        "emergent",
        high=1.0,
        flow=changes_from_edge,
    ),
    Measure(
        "client_talks",
        "Talks with clients",
        "per person and year",
        "Talks about what was done for a client, also with those who had nothing to complain of "
        "(R94).",
        0,
        "input by design",
        flow=yearly("client_talks"),
    ),
    Measure(
        "client_voice",
        "Clients heard",
        "share of what clients say",
        "Words of unhappy clients that were heard. That a barrier of status keeps them from it is "
        "an input (R94).",
        +1,
        "input by design",
        high=1.0,
        flow=client_voice,
    ),
    Measure(
        "beliefs_from_clients",
        "Beliefs from clients",
        "per person and year",
        "Beliefs that people took over from clients, right or wrong (R94).",
        0,
        "emergent",
        flow=yearly("beliefs_from_clients"),
    ),
    Measure(
        "unanswered",
        "Unhappy clients not heard",
        "recent requests per person",
        "Recent requests that went out wrong and whose clients have not been heard, half-life 13 "
        "weeks (R94).",
        -1,
        "emergent",
        stock=unanswered,
    ),
)

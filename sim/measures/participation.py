"""Taking part in communities: edge and core, newcomers and purpose, safety, and diversity."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.participation import (
    communities_meet,
    core_of,
    coreness_of,
    gini,
    heterodoxy_of,
    means_of_new_and_others,
    rank_correlation,
)
from sim.measures.measure import SELDOM, Counted, Measure, mean_of, ratio
from sim.mechanisms.communities import community_topics

if TYPE_CHECKING:
    from sim.organization import Organization

#: Weeks in which somebody counts as a newcomer (assumption: half a year).
NEW = 26
NAMES = (
    "coreness_of_newcomers",
    "coreness_of_others",
    "tenure_coreness",
    "participation_inequality",
    "heterodoxy_of_newcomers",
)


def coreness(organization: Organization) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Everybody's core number, and as a share of the largest in their community: (people,) both."""
    core = core_of(organization)
    return core, coreness_of(core, organization.community_start, organization.community_member)


def taking_part(organization: Organization) -> dict[str, float]:
    """The measures of ``NAMES`` for the organization as it is; NaN where no community meets."""
    if not communities_meet(organization):
        return dict.fromkeys(NAMES, math.nan)
    core, share = coreness(organization)
    distance = heterodoxy_of(
        core,
        organization.beliefs,
        organization.community_start,
        organization.community_member,
        *community_topics(organization),
        organization.complexity,
    )
    inside, of_others = means_of_new_and_others(share, organization.tenure, NEW)
    distance_of_new, distance_of_others = means_of_new_and_others(
        distance, organization.tenure, NEW
    )
    return {
        "coreness_of_newcomers": inside,
        "coreness_of_others": of_others,
        "tenure_coreness": rank_correlation(organization.tenure, share),
        "participation_inequality": gini(organization.participation),
        "heterodoxy_of_newcomers": distance_of_new - distance_of_others,
    }


def counted(name: str) -> Callable[[Organization], float]:
    return lambda organization: taking_part(organization)[name]


def fear_within(section: str) -> Callable[[Organization], float]:
    """Mean fear as felt in the meetings of ``cells`` or ``communities``; NaN where none meet."""

    def felt(organization: Organization) -> float:
        parameters = organization.parameters[section]
        if parameters.hours == 0.0 or not organization.has(section):
            return math.nan
        return float(np.maximum(organization.fear - parameters.safety, 0.0).mean())

    return felt


def diversity_advantage(counted: Counted) -> float:
    """Mean diversity around those whose adopted changes are right, less that around the others."""
    right = ratio(counted.diversity_of_right_changes, counted.changes_right)
    wrong = ratio(
        counted.diversity_of_changes - counted.diversity_of_right_changes,
        counted.changes_adopted - counted.changes_right,
    )
    return right - wrong


PARTICIPATION: tuple[Measure, ...] = (
    Measure(
        "coreness_of_newcomers",
        "Coreness of newcomers",
        "share of the community's largest core number",
        "How far inside their community people stand who have been here less than half a year: "
        "core number among members who know each other (familiarity above .2 both ways).",
        0,
        "emergent",
        high=1.0,
        stock=counted("coreness_of_newcomers"),
        every=SELDOM,
    ),
    Measure(
        "coreness_of_others",
        "Coreness of others",
        "share of the community's largest core number",
        "The same of those who have been here longer.",
        0,
        "emergent",
        high=1.0,
        stock=counted("coreness_of_others"),
        every=SELDOM,
    ),
    Measure(
        "tenure_coreness",
        "Tenure and coreness",
        "rank correlation",
        "Spearman's correlation of how long people have been here with their coreness.",
        0,
        "emergent",
        low=-1.0,
        high=1.0,
        stock=counted("tenure_coreness"),
        every=SELDOM,
    ),
    Measure(
        "participation_inequality",
        "Inequality of taking part",
        "Gini coefficient",
        "Of recent parts taken in sessions: a story told counts 1, one listened to .25.",
        0,
        "emergent",
        high=1.0,
        stock=counted("participation_inequality"),
        every=SELDOM,
    ),
    Measure(
        "heterodoxy_of_newcomers",
        "Heterodoxy of newcomers",
        "share of the topic's dimensions",
        "On how much more of their community's topic newcomers contradict what most of its core "
        "(top third by core number) hold than others do.",
        0,
        "emergent",
        low=-1.0,
        high=1.0,
        stock=counted("heterodoxy_of_newcomers"),
        every=SELDOM,
    ),
    Measure(
        "purpose",
        "Common purpose",
        "0 to 1",
        "Mean over people; .5 where communities kindle none. That sessions raise it is an input.",
        +1,
        "input by design",
        high=1.0,
        stock=mean_of("purpose"),
    ),
    Measure(
        "fear_in_cells",
        "Fear in cells",
        "0 to 1",
        "Mean fear as felt in the meetings of cells, which are safer by cells.safety.",
        -1,
        "input by design",
        high=1.0,
        stock=fear_within("cells"),
    ),
    Measure(
        "fear_in_communities",
        "Fear in communities",
        "0 to 1",
        "Mean fear as felt in sessions of communities, which are safer by communities.safety.",
        -1,
        "input by design",
        high=1.0,
        stock=fear_within("communities"),
    ),
    Measure(
        "reach_diversity",
        "Diversity around changes",
        "share of dimensions",
        "On how much whoever brought about an adopted change and their contacts hold opposite "
        "beliefs; contacts count by familiarity, mean over changes.",
        0,
        "emergent",
        high=1.0,
        flow=lambda c: ratio(c.diversity_of_changes, c.changes_adopted),
    ),
    Measure(
        "diversity_of_right_changes",
        "Diversity around right changes, less wrong",
        "share of dimensions",
        "The same around changes that state reality as it is, less that around those that do not.",
        0,
        "emergent",
        low=-1.0,
        high=1.0,
        flow=diversity_advantage,
    ),
)

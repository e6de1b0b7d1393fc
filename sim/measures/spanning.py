"""What passes between communities, and how far a piece of news gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.kernels import kernel
from sim.measures.measure import Measure, ratio, yearly
from sim.mechanisms.communities import community_topics

if TYPE_CHECKING:
    from sim.organization import Organization


@kernel
def knowledge_by_topic(beliefs, reality, community, low, high, complexity):
    """How much people know of their community's topic and of all else, and of how much.

    ``low`` and ``high`` (communities,) are the blocks of each topic. Gives right beliefs and
    dimensions on one's own topic, then the same elsewhere, summed over people.
    """
    right_own, own, right, dimensions = 0, 0, 0, beliefs.size
    for i in range(beliefs.shape[0]):
        first, last = low[community[i]] * complexity, high[community[i]] * complexity
        own += last - first
        for d in range(beliefs.shape[1]):
            right += beliefs[i, d] == reality[d]
        for d in range(first, last):
            right_own += beliefs[i, d] == reality[d]
    return right_own, own, right - right_own, dimensions - own


def knowledge_of_topics(organization: Organization) -> tuple[int, int, int, int]:
    """Right beliefs and dimensions of own topics, then the same of all others."""
    low, high = community_topics(organization)
    own = knowledge_by_topic(
        organization.beliefs,
        organization.reality,
        organization.community,
        low,
        high,
        organization.complexity,
    )
    right_own, own_dimensions, right_foreign, foreign_dimensions = own
    return right_own, own_dimensions, right_foreign, foreign_dimensions


def own_topic_knowledge(organization: Organization) -> float:
    right, dimensions, _, _ = knowledge_of_topics(organization)
    return ratio(right, dimensions)


def foreign_knowledge(organization: Organization) -> float:
    _, _, right, dimensions = knowledge_of_topics(organization)
    return ratio(right, dimensions)


def of_news(
    count: Callable[[Organization, NDArray[Any]], float],
) -> Callable[[Organization], float]:
    """A measure of the dimensions (indices) that are news; NaN where there is none."""

    def measured(organization: Organization) -> float:
        news = np.flatnonzero(organization.news)
        return count(organization, news) if len(news) else float("nan")

    return measured


def right_on(organization: Organization, news: NDArray[Any]) -> NDArray[np.bool_]:
    """Who believes the news rightly, shape (people, news)."""
    right: NDArray[np.bool_] = organization.beliefs[:, news] == organization.reality[news]
    return right


def reach(organization: Organization, news: NDArray[Any]) -> float:
    return float(right_on(organization, news).mean())


def in_words(organization: Organization, news: NDArray[Any]) -> float:
    return float((right_on(organization, news) & organization.articulated[:, news]).mean())


def fidelity(organization: Organization, news: NDArray[Any]) -> float:
    opinions = int(np.count_nonzero(organization.beliefs[:, news]))
    return ratio(int(np.count_nonzero(right_on(organization, news))), opinions)


def cells_reached(organization: Organization, news: NDArray[Any]) -> float:
    reached = np.zeros((organization.cells, len(news)), dtype=np.bool_)
    np.logical_or.at(reached, organization.cell, right_on(organization, news))
    return float(reached.mean())


SPANNING = (
    Measure(
        "own_topic_knowledge",
        "Knowledge of one's own topic",
        "share of dimensions",
        "Share of reality that people believe rightly within their community's topic.",
        +1,
        "emergent",
        high=1.0,
        stock=own_topic_knowledge,
    ),
    Measure(
        "foreign_knowledge",
        "Knowledge of others' topics",
        "share of dimensions",
        "The same outside it (R88); none where every community deals with everything.",
        +1,
        "emergent",
        high=1.0,
        stock=foreign_knowledge,
    ),
    Measure(
        "visits",
        "Visits to other communities",
        "per person and year",
        "Visits that took place.",
        0,
        "input by design",
        flow=yearly("visits_made"),
    ),
    Measure(
        "brought_home",
        "Beliefs brought home",
        "per person and year",
        "Beliefs that cells took over from one of them who had visited another community.",
        0,
        "emergent",
        flow=yearly("brought_home"),
    ),
    Measure(
        "news_reach",
        "Reach of news",
        "share of people",
        "People who believe rightly what an event made known to a few (R60, R82).",
        +1,
        "emergent",
        high=1.0,
        stock=of_news(reach),
    ),
    Measure(
        "news_in_words",
        "Reach of news in words",
        "share of people",
        "People who believe it rightly and can explain it (R83).",
        +1,
        "emergent",
        high=1.0,
        stock=of_news(in_words),
    ),
    Measure(
        "news_fidelity",
        "Fidelity of news",
        "share of those with an opinion",
        "People who believe it rightly, of those who have any opinion of it.",
        +1,
        "emergent",
        high=1.0,
        stock=of_news(fidelity),
    ),
    Measure(
        "news_cells",
        "Cells reached by news",
        "share of cells",
        "Cells in which somebody believes it rightly.",
        +1,
        "emergent",
        high=1.0,
        stock=of_news(cells_reached),
    ),
)

"""Posts: what people write on a platform, and whose words they pass on.

Working out loud: somebody writes about what they do at work. What they can put into words, they
state; of what they only know how to do, they tell, and that may put it into words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import in_place, kernel
from sim.randomness import draw, fold
from sim.records import HALF_LIFE
from sim.tallies import (
    EXTERNALIZATION_FLOW,
    POSTS,
    POSTS_PASSED_ON,
    STORIES_POSTED,
)

if TYPE_CHECKING:
    from sim.organization import Organization

#: Share of recent posts, readers and likes that still counts a week later: half after 13 weeks.
KEPT = 0.5 ** (1.0 / HALF_LIFE)


class Posts(NamedTuple):
    """One post a person and week: what it is about (-1 for none), what it says, whose words."""

    dimension: NDArray[np.int32]
    value: NDArray[np.int8]
    author: NDArray[np.int32]


class Members(NamedTuple):
    """Who uses the platform, whom they follow, and how it went for them lately."""

    online: NDArray[np.bool_]
    follows: NDArray[np.int32]
    endorsed: NDArray[np.int32]
    posted: NDArray[np.float32]
    reach: NDArray[np.float32]
    applause: NDArray[np.float32]


class Writers(NamedTuple):
    """What decides who writes, each (people,) but ``practice`` (people, dimensions)."""

    self_efficacy: NDArray[np.float32]
    fear: NDArray[np.float32]
    share: NDArray[np.float32]
    practice: NDArray[np.float32]
    tenure: NDArray[np.int32]
    person: NDArray[np.uint64]


class Writing(NamedTuple):
    """The rule as plain numbers, by the names of the parameters."""

    posting: float
    passing_on: float
    safety: float
    hours: float
    writing: float
    threshold: float
    articulation: float
    complexity: int


@kernel
def write_posts(posts, before, members, seen, held, writers, rule, tally, key):
    """Let users write, or pass on words of last week's posts (``before``); writes ``posts``.

    Gives for each post how the case went that it shows, by its author's record: 1 well, 0 badly,
    -1 where nothing is known of any, shape (people,). What a tacit belief is about is posted only
    where telling of it puts it into words.
    """
    people = len(posts.dimension)
    outcome = np.full(people, -1, dtype=np.int64)
    for i in range(people):
        posts.dimension[i] = -1
        posts.author[i] = -1
        members.posted[i] *= KEPT
        if not members.online[i]:
            continue
        word = fold(key, writers.person[i])
        j = members.endorsed[i]
        # Whose seat somebody else has taken says nothing any more.
        stands = j >= 0 and writers.tenure[j] > 0 and before.dimension[j] >= 0
        if stands and draw(word, 0, 0) < rule.passing_on * writers.share[i]:
            author = before.author[j]
            known = author >= 0 and writers.tenure[author] > 0
            posts.dimension[i], posts.value[i] = before.dimension[j], before.value[j]
            posts.author[i] = author if known else -1
            tally[POSTS_PASSED_ON] += 1.0
        else:
            daring = 1.0 - max(writers.fear[i] - rule.safety, 0.0)
            chance = rule.posting * writers.self_efficacy[i] * daring * writers.share[i]
            if rule.hours * writers.share[i] < rule.writing or draw(word, 0, 1) >= chance:
                continue
            d = practised(seen.beliefs[i], writers.practice[i], rule.threshold, draw(word, 0, 2))
            if d < 0:
                continue
            if not seen.articulated[i, d]:
                if draw(word, 0, 3) >= rule.articulation:
                    continue
                tally[STORIES_POSTED] += 1.0
                if held.beliefs[i, d] == seen.beliefs[i, d] and not held.articulated[i, d]:
                    held.articulated[i, d] = True
                    tally[EXTERNALIZATION_FLOW] += 1.0
            posts.dimension[i], posts.value[i], posts.author[i] = d, seen.beliefs[i, d], i
            tally[POSTS] += 1.0
        members.posted[i] += 1.0
        a, b = posts.author[i], posts.dimension[i] // rule.complexity
        if a >= 0 and seen.cases[a, b] > 0.0:
            outcome[i] = draw(word, 0, 4) * seen.cases[a, b] < seen.success[a, b]
    return outcome


@in_place
def practised(beliefs, practice, threshold, luck):
    """A dimension, by lot, of those with an opinion and enough practice; -1 for none."""
    found = 0
    for d in range(len(beliefs)):
        found += (beliefs[d] != 0) & (practice[d] >= threshold)
    target = int(luck * found)
    for d in range(len(beliefs)):
        if beliefs[d] != 0 and practice[d] >= threshold:
            if target == 0:
                return d
            target -= 1
    return -1


def writers_of(organization: Organization) -> Writers:
    """What decides this week who writes."""
    return Writers(
        organization.self_efficacy,
        organization.fear,
        organization.learning_share,
        organization.practice,
        organization.tenure,
        organization.person,
    )


def writing_of(organization: Organization, parameters: Any) -> Writing:
    """The numbers of ``social_media`` and ``communities`` that writing needs."""
    communities = organization.parameters["communities"]
    return Writing(
        parameters.posting,
        parameters.passing_on,
        parameters.safety,
        parameters.hours,
        parameters.writing,
        communities.threshold,
        communities.articulation,
        organization.complexity,
    )

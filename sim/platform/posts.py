"""Posts: what people write on a platform, and whose words they pass on.

Working out loud: somebody writes about what they do at work. What they can put into words, they
state; of what they only know how to do, they tell, and that may put it into words.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import in_place
from sim.randomness import fold, unit
from sim.records import HALF_LIFE
from sim.tallies import (
    EXTERNALIZATION_FLOW,
    POSTS,
    POSTS_PASSED_ON,
    STORIES_POSTED,
)

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


class Users(NamedTuple):
    """What people bring to a platform, each (people,) but ``practice`` (people, dimensions)."""

    self_efficacy: NDArray[np.float32]
    fear: NDArray[np.float32]
    #: Part of the planned hours that fitted the week.
    share: NDArray[np.float32]
    learning_rate: NDArray[np.float32]
    practice: NDArray[np.float32]
    tenure: NDArray[np.int32]
    home: NDArray[np.int32]
    unit: NDArray[np.int32]
    manager: NDArray[np.int32]
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


@in_place
def write_posts(posts, before, members, seen, held, users, outcome, rule, tally, key):
    """Let users write, or pass on words of last week's posts (``before``); writes ``posts``.

    ``outcome`` (people,) is set to how the case went that a post shows, by its author's record: 1
    well, 0 badly, -1 where nothing is known of any. What a tacit belief is about is posted only
    where telling of it puts it into words.
    """
    dimension, value, author, posted = posts.dimension, posts.value, posts.author, members.posted
    share, tenure, cases, success = users.share, users.tenure, seen.cases, seen.success
    for i in range(len(dimension)):
        before.dimension[i], before.value[i] = dimension[i], value[i]
        before.author[i] = author[i]
    for i in range(len(dimension)):
        dimension[i] = author[i] = outcome[i] = -1
        posted[i] *= KEPT
        if not members.online[i]:
            continue
        word = fold(fold(key, users.person[i]), 0)
        j = members.endorsed[i]
        # Whose seat somebody else has taken says nothing any more.
        stands = j >= 0 and tenure[j] > 0 and before.dimension[j] >= 0
        if stands and unit(fold(word, 0)) < rule.passing_on * share[i]:
            a = before.author[j]
            dimension[i], value[i] = before.dimension[j], before.value[j]
            author[i] = a if a >= 0 and tenure[a] > 0 else -1
            tally[POSTS_PASSED_ON] += 1.0
        else:
            daring = 1.0 - max(users.fear[i] - rule.safety, 0.0)
            chance = rule.posting * users.self_efficacy[i] * daring * share[i]
            if rule.hours * share[i] < rule.writing or unit(fold(word, 1)) >= chance:
                continue
            d = practised(seen.beliefs[i], users.practice[i], rule.threshold, unit(fold(word, 2)))
            if d < 0 or not puts_into_words(i, d, seen, held, rule.articulation, tally, word):
                continue
            dimension[i], value[i], author[i] = d, seen.beliefs[i, d], i
            tally[POSTS] += 1.0
        posted[i] += 1.0
        a, b = author[i], dimension[i] // rule.complexity
        if a >= 0 and cases[a, b] > 0.0:
            outcome[i] = unit(fold(word, 4)) * cases[a, b] < success[a, b]


@in_place
def puts_into_words(i, d, seen, held, articulation, tally, word):
    """Whether ``i`` can say what they know of ``d``; telling of a tacit belief may make it so."""
    if seen.articulated[i, d]:
        return True
    if unit(fold(word, 3)) >= articulation:
        return False
    tally[STORIES_POSTED] += 1.0
    if held.beliefs[i, d] == seen.beliefs[i, d] and not held.articulated[i, d]:
        held.articulated[i, d] = True
        tally[EXTERNALIZATION_FLOW] += 1.0
    return True


@in_place
def practised(beliefs, practice, threshold, luck):
    """A dimension, by lot, of those with an opinion and enough practice; -1 for none."""
    found = 0
    for d in range(len(beliefs)):
        found += (beliefs[d] != 0) & (practice[d] >= threshold)
    if found == 0:
        return -1
    target, passed, d = int(luck * found), 0, -1
    # Adding up until it is reached: but for the end there is no branch to foresee.
    while passed <= target:
        d += 1
        passed += (beliefs[d] != 0) & (practice[d] >= threshold)
    return d

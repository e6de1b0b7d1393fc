"""Reading: a week's posts by those one follows; learning from them, and liking them.

Attention is bounded by time: what does not fit is missed. A post teaches as any word does: from
whom one sees do better than oneself, the more readily the better one knows them, right or wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.directories import MOST_WATCHED, expect, make_room, topic_of
from sim.acquaintance.ties import familiar, find
from sim.kernels import in_place, kernel
from sim.learning.groups import expected_of_other
from sim.randomness import draw, fold, unit
from sim.records import estimate
from sim.tallies import (
    COMBINATION_FLOW,
    LIKES,
    PASSED_ON_READ,
    PEOPLE_SEEN,
    PLATFORM_USERS,
    POSTS_ADOPTED,
    POSTS_ADOPTED_RIGHTLY,
    POSTS_MISSED,
    POSTS_READ,
)

if TYPE_CHECKING:
    from sim.organization import Organization

#: What a draw about a post read decides; it is keyed by whose post it is.
ADOPTS, LIKES_IT, FOLLOWS, INSTEAD, KEEPS_IN_MIND = range(5)


class Readers(NamedTuple):
    """What a reader brings, each (people,)."""

    share: NDArray[np.float32]
    learning_rate: NDArray[np.float32]
    home: NDArray[np.int32]
    unit: NDArray[np.int32]
    #: (units,) how many people each has.
    unit_size: NDArray[np.int64]
    manager: NDArray[np.int32]
    person: NDArray[np.uint64]


class Reading(NamedTuple):
    """The rule as plain numbers, by the names of the parameters."""

    hours: float
    writing: float
    attention: float
    uptake: float
    liking: float
    following: float
    stranger: float
    discount: float
    visibility: float
    complexity: int
    topics: int


class Echo(NamedTuple):
    """What comes of the week's posts, each (people,): by post, and by whoever uses the platform."""

    #: How many read a post, how many like it, and whether the poster's manager is among readers.
    readers: NDArray[np.int64]
    likes: NDArray[np.int64]
    seen_by_manager: NDArray[np.bool_]
    #: Whether a user took something over from what they read.
    taught: NDArray[np.bool_]


@kernel
def read_posts(
    posts,
    outcome,
    members,
    seen,
    held,
    readers,
    dyads,
    directory,
    reality,
    influence,
    rule,
    tally,
    week,
    key,
):
    """Let users read what those they follow posted; gives the ``Echo`` of it as a plain tuple.

    Each reads as many posts, drawn by lot, as time allows. A belief is taken over with the chance
    ``uptake * learning_rate * (stranger + (1 - stranger) * familiarity)`` from whose record on the
    block beats one's own; what one agrees with, before or after, may be liked. One post agreed
    with is kept in mind (``members.endorsed``). Of whom one reads, one sees how they work.
    """
    people, places = members.follows.shape
    read, likes = np.zeros(people, dtype=np.int64), np.zeros(people, dtype=np.int64)
    seen_by_manager = np.zeros(people, dtype=np.bool_)
    taught = np.zeros(people, dtype=np.bool_)
    waiting = np.empty(places, dtype=np.int32)
    for i in range(people):
        seen_anyway = rule.visibility * watched(readers.unit_size[readers.unit[i]])
        tally[PEOPLE_SEEN] += seen_anyway * (readers.unit_size[readers.unit[i]] - 1)
        members.endorsed[i] = -1
        if not members.online[i]:
            continue
        tally[PLATFORM_USERS] += 1.0
        found = 0
        for k in range(places):
            j = members.follows[i, k]
            if j >= 0 and posts.dimension[j] >= 0:
                waiting[found] = j
                found += 1
        word = fold(key, readers.person[i])
        time = rule.hours * readers.share[i] - (rule.writing if posts.author[i] == i else 0.0)
        room = min(int(rule.attention * max(time, 0.0) + draw(word, 0, 0)), found)
        tally[POSTS_READ] += room
        tally[POSTS_MISSED] += found - room
        agreed = 0
        for n in range(room):
            chosen = n + int(draw(word, 1, n) * (found - n))
            waiting[n], waiting[chosen] = waiting[chosen], waiting[n]
            j = waiting[n]
            d, value, a = posts.dimension[j], posts.value[j], posts.author[j]
            b = d // rule.complexity
            read[j] += 1
            seen_by_manager[j] |= readers.manager[j] == i
            tally[PASSED_ON_READ] += a != j
            if a >= 0 and a != i:
                tally[PEOPLE_SEEN] += 1.0
                if readers.unit[a] == readers.unit[i]:
                    tally[PEOPLE_SEEN] -= seen_anyway
            luck = fold(fold(word, 2), readers.person[j])
            agrees = held.beliefs[i, d] == value
            if not agrees and beats(i, j, b, seen, readers.home, rule.discount):
                known = familiar(dyads.contact, dyads.familiarity, dyads.last_met, i, j, week)
                weight = rule.stranger + (1.0 - rule.stranger) * known
                chance = rule.uptake * readers.learning_rate[i] * weight
                if unit(fold(luck, ADOPTS)) < chance:
                    held.beliefs[i, d] = value
                    held.articulated[i, d] = True
                    agrees = taught[i] = True
                    tally[COMBINATION_FLOW] += 1.0
                    tally[POSTS_ADOPTED] += 1.0
                    tally[POSTS_ADOPTED_RIGHTLY] += value == reality[d]
                    if a >= 0:
                        influence[a] += 1.0
                        if a != i and unit(fold(luck, FOLLOWS)) < rule.following:
                            follow(members.follows, i, a, unit(fold(luck, INSTEAD)))
            if agrees and a != i:
                agreed += 1
                if unit(fold(luck, KEEPS_IN_MIND)) * agreed < 1.0:
                    members.endorsed[i] = j
                if unit(fold(luck, LIKES_IT)) < rule.liking:
                    likes[j] += 1
                    tally[LIKES] += 1.0
        if directory.address.shape[1] > 0:
            see_at_work(
                i,
                waiting[:room],
                posts,
                outcome,
                directory,
                rule.topics,
                rule.complexity,
                seen.cases.shape[1],
            )
    return read, likes, seen_by_manager, taught


@kernel
def watched(size):
    """Chance that a person of a unit of so many looks at a given colleague in a week."""
    return min(1.0, MOST_WATCHED / max(size - 1, 1))


@in_place
def beats(i, j, b, seen, home, discount):
    """Whether what ``i`` expects of ``j`` on block ``b`` is more than of themselves."""
    expected = expected_of_other(
        seen.success[j, b], seen.cases[j, b], seen.mean, home[i] != home[j], discount
    )
    return expected > estimate(seen.success[i, b], seen.cases[i, b], seen.mean)


@in_place
def follow(follows, i, author, luck):
    """Let ``i`` follow an author: in a free place, or instead of somebody by lot."""
    places = follows.shape[1]
    place = int(luck * places)
    for k in range(places):
        if follows[i, k] == author:
            return
    for k in range(places):
        if follows[i, k] < 0:
            place = k
            break
    follows[i, place] = author


@in_place
def see_at_work(i, posters, posts, outcome, directory, topics, complexity, blocks):
    """Note in the directory of ``i`` what the posts they read show of their authors' work.

    Who passes others' words on shows that they know somebody, and whether that one knows.
    """
    # A directory is dear to pass on: only who is new in it is worth that.
    address, what, what_weight, whom, whom_weight = directory
    for j in posters:
        author = posts.author[j]
        if outcome[j] < 0:
            continue
        topic = topic_of(posts.dimension[j] // complexity, topics, blocks)
        if author >= 0 and author != i:
            place = find(address, i, author)
            if place < 0:
                place = make_room(directory, i, author)
            expect(what, what_weight, i, place, topic, outcome[j])
        if author != j:
            place = find(address, i, j)
            if place < 0:
                place = make_room(directory, i, j)
            expect(whom, whom_weight, i, place, topic, outcome[j])


def readers_of(organization: Organization) -> Readers:
    """What readers bring this week."""
    return Readers(
        organization.learning_share,
        organization.learning_rate,
        organization.home,
        organization.unit,
        np.bincount(organization.unit, minlength=organization.units),
        organization.manager,
        organization.person,
    )


def reading_of(organization: Organization, parameters: Any) -> Reading:
    """The numbers of ``social_media``, talk and climate that reading needs."""
    talk = organization.parameters["interpersonal"]
    return Reading(
        parameters.hours,
        parameters.writing,
        parameters.attention,
        parameters.uptake,
        parameters.liking,
        parameters.following,
        talk.stranger,
        talk.identity_discount,
        organization.parameters["climate"].visibility,
        organization.complexity,
        organization.topics,
    )

"""Reading: a week's posts by those one follows; learning from them, and liking them.

Attention is bounded by time: what does not fit is missed. A post teaches as any word does: from
whom one sees do better than oneself, the more readily the better one knows them, right or wrong.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.directories import (
    MOST_ADDRESSES,
    MOST_WATCHED,
    expect,
    make_room_by,
    topic_of,
)
from sim.acquaintance.ties import familiar
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

#: What a draw about a post read decides; it is keyed by whose post it is.
ADOPTS, LIKES_IT, FOLLOWS, INSTEAD, KEEPS_IN_MIND = range(5)


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
    #: Whether a user took something over from what they read, or was liked.
    gained: NDArray[np.bool_]


class Desk(NamedTuple):
    """Room to work: what it holds is overwritten, and means nothing afterwards."""

    #: (people,) the size of each unit, and the topic that each post shows a case of, -1 for none.
    unit_size: NDArray[np.int64]
    topic: NDArray[np.int64]
    #: (follows,) posts that wait to be read.
    waiting: NDArray[np.int32]
    #: (people + 1,) where each stands in the directory of one reader.
    place: NDArray[np.int64]
    #: (2 follows, 3) what is to be noted there: of whom, by whose post, and whether they wrote it.
    noted: NDArray[np.int32]
    #: See ``make_room_by``.
    cases: NDArray[np.int32]
    is_counted: NDArray[np.bool_]


@in_place
def read_posts(
    posts,
    outcome,
    members,
    seen,
    held,
    users,
    dyads,
    directory,
    reality,
    rule,
    echo,
    desk,
    tally,
    week,
    key,
):
    """Let users read what those they follow posted; writes the ``echo`` of it.

    Each reads as many posts, drawn by lot, as time allows. A belief is taken over with the chance
    ``uptake * learning_rate * (stranger + (1 - stranger) * familiarity)`` from whose record on the
    block beats one's own; what one agrees with, before or after, may be liked. One post agreed
    with is kept in mind (``members.endorsed``). Of whom one reads, one sees how they work.
    """
    # Arrays by names of their own: taken out of tuples within the loop they cost more.
    dimension, said, author, waiting = posts.dimension, posts.value, posts.author, desk.waiting
    readers, likes, seen_by_manager = echo.readers, echo.likes, echo.seen_by_manager
    unit_of, manager, person, beliefs = users.unit, users.manager, users.person, held.beliefs
    prepare(posts, outcome, users, echo, desk, rule, seen.cases.shape[1])
    people_seen = tally[PEOPLE_SEEN]
    for i in range(len(person)):
        size = desk.unit_size[unit_of[i]]
        seen_anyway = rule.visibility * watched(size)
        people_seen += seen_anyway * (size - 1)
        members.endorsed[i] = -1
        if not members.online[i]:
            continue
        tally[PLATFORM_USERS] += 1.0
        found = 0
        for k in range(len(waiting)):
            j = members.follows[i, k]
            waiting[found] = j
            found += (j >= 0) & (dimension[j] >= 0)
        word = fold(key, person[i])
        time = rule.hours * users.share[i] - (rule.writing if author[i] == i else 0.0)
        room = min(int(rule.attention * max(time, 0.0) + draw(word, 0, 0)), found)
        tally[POSTS_READ] += room
        tally[POSTS_MISSED] += found - room
        shuffle(waiting, room, found, fold(word, 1))
        of_posters, most = fold(word, 2), rule.uptake * users.learning_rate[i]
        agreed, passed_on, liked, endorsed = 0, 0, 0, -1
        for n in range(room):
            j = waiting[n]
            d, value, a = dimension[j], said[j], author[j]
            readers[j] += 1
            seen_by_manager[j] |= manager[j] == i
            passed_on += a != j
            is_other = (a >= 0) & (a != i)
            people_seen += 1.0 if is_other else 0.0
            people_seen -= seen_anyway if is_other & (unit_of[a] == unit_of[i]) else 0.0
            luck = fold(of_posters, person[j])
            agrees = beliefs[i, d] == value
            # The chance is ``most`` where one knows the other well: few draws are below it.
            if (not agrees) & (unit(fold(luck, ADOPTS)) < most):
                agrees = adopts(i, j, d, seen, users, dyads, rule, week, luck)
                if agrees:
                    take_over(i, j, d, posts, members, held, reality, rule, echo, tally, luck)
            # Choices and no branches: whether people agree nobody can foresee.
            counts = agrees & (a != i)
            agreed += counts
            keeps = counts & (unit(fold(luck, KEEPS_IN_MIND)) * agreed < 1.0)
            endorsed = j if keeps else endorsed
            likes_it = counts & (unit(fold(luck, LIKES_IT)) < rule.liking)
            likes[j] += likes_it
            liked += likes_it
        members.endorsed[i] = endorsed
        tally[PASSED_ON_READ] += passed_on
        tally[LIKES] += liked
        if directory.address.shape[1] > 0:
            see_at_work(i, waiting[:room], author, outcome, directory, desk)
    tally[PEOPLE_SEEN] = people_seen


@in_place
def prepare(posts, outcome, users, echo, desk, rule, blocks):
    """Clear the ``echo``, measure units, and list what posts show, for a week of reading."""
    for i in range(len(users.unit)):
        echo.readers[i] = echo.likes[i] = desk.unit_size[i] = 0
        desk.is_counted[i] = False
        echo.seen_by_manager[i] = echo.gained[i] = False
    for i in range(len(users.unit)):
        desk.unit_size[users.unit[i]] += 1
        desk.topic[i] = -1
        if outcome[i] >= 0:
            desk.topic[i] = topic_of(posts.dimension[i] // rule.complexity, rule.topics, blocks)


@kernel
def watched(size):
    """Chance that a person of a unit of so many looks at a given colleague in a week."""
    return min(1.0, MOST_WATCHED / max(size - 1, 1))


@in_place
def shuffle(waiting, room, found, key):
    """Draw ``room`` of the ``found`` first posts that are waiting, to the front."""
    for n in range(room):
        chosen = n + int(unit(fold(key, n)) * (found - n))
        waiting[n], waiting[chosen] = waiting[chosen], waiting[n]


@in_place
def adopts(i, j, d, seen, users, dyads, rule, week, luck):
    """Whether ``i`` takes over what ``j`` posted on dimension ``d``, which is new to them."""
    if not beats(i, j, d // rule.complexity, seen, users.home, rule.discount):
        return False
    known = familiar(dyads.contact, dyads.familiarity, dyads.last_met, i, j, week)
    weight = rule.stranger + (1.0 - rule.stranger) * known
    return unit(fold(luck, ADOPTS)) < rule.uptake * users.learning_rate[i] * weight


@in_place
def beats(i, j, b, seen, home, discount):
    """Whether what ``i`` expects of ``j`` on block ``b`` is more than of themselves."""
    expected = expected_of_other(
        seen.success[j, b], seen.cases[j, b], seen.mean, home[i] != home[j], discount
    )
    return expected > estimate(seen.success[i, b], seen.cases[i, b], seen.mean)


@in_place
def take_over(i, j, d, posts, members, held, reality, rule, echo, tally, luck):
    """Let ``i`` hold what ``j`` posted, and perhaps follow whoever said it first."""
    value, a = posts.value[j], posts.author[j]
    held.beliefs[i, d] = value
    held.articulated[i, d] = True
    echo.gained[i] = True
    tally[COMBINATION_FLOW] += 1.0
    tally[POSTS_ADOPTED] += 1.0
    tally[POSTS_ADOPTED_RIGHTLY] += value == reality[d]
    if a >= 0:
        held.influence[a] += 1.0
        if a != i and unit(fold(luck, FOLLOWS)) < rule.following:
            follow(members.follows, i, a, unit(fold(luck, INSTEAD)))


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
def see_at_work(i, posters, author, outcome, directory, desk):
    """Note in the directory of ``i`` what the posts they read show of their authors' work.

    Who passes others' words on shows that they know somebody, and whether that one knows.
    """
    # A directory is dear to pass on: only who is new in it is worth that.
    address, what, what_weight, whom, whom_weight = directory
    topic, place, noted = desk.topic, desk.place, desk.noted
    cases, is_counted = desk.cases, desk.is_counted
    # What is noted of whom is listed first: that takes no branch that nobody could foresee.
    count = 0
    for j in posters:
        a, shows = author[j], topic[j] >= 0
        noted[count, 0], noted[count, 1], noted[count, 2] = a, j, True
        count += shows & (a >= 0) & (a != i)
        noted[count, 0], noted[count, 1], noted[count, 2] = j, j, False
        count += shows & (a != j)
    if count == 0:
        return
    # Where everybody stands, at once and not by a search for each. What stands in ``place`` of
    # whom the directory does not hold is left from somebody else's.
    for k in range(address.shape[1]):
        place[address[i, k]] = k
    for n in range(count):
        seat, j, is_author = noted[n, 0], noted[n, 1], noted[n, 2]
        if address[i, place[seat]] != seat:
            place[seat] = make_room_by(cases, is_counted, directory, i, seat)
        k = place[seat]
        if is_author:
            more = expect(what, what_weight, i, k, topic[j], outcome[j])
        else:
            more = expect(whom, whom_weight, i, k, topic[j], outcome[j])
        cases[i, k] += MOST_ADDRESSES * more

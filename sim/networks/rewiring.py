"""Links that can be moved: rewired by chance or by number, and added."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import kernel
from sim.networks.shapes import longer
from sim.randomness import draw, fold, heads

#: Random choices made before those who are left to choose from are listed.
GUESSES = 32


class Links(NamedTuple):
    """Links in chains, one for each person.

    Link ``e`` has the ends ``2 * e`` and ``2 * e + 1``, so that ``end ^ 1`` is the other end of
    ``end``. ``holder`` (ends,) is the person at each end. The chain of a person's ends starts at
    ``first`` (people,), goes on by ``after`` and back by ``before`` (ends,), and stops at -1;
    ``degree`` (people,) is its length. Directed links are in the chain of the one who looks only,
    at the first end. ``group`` (people,) matters where links must lead ``across`` groups.
    """

    holder: NDArray[np.int32]
    first: NDArray[np.int64]
    after: NDArray[np.int64]
    before: NDArray[np.int64]
    degree: NDArray[np.int64]
    group: NDArray[np.int32]
    directed: bool
    across: bool


@kernel
def chained(people, ends, spare, group, directed, across):
    """The links of a list of ends, with room for so many more (``spare``)."""
    holder = longer(ends, ends.size + 2 * spare)
    links = Links(
        holder,
        np.full(people, -1),
        np.empty(holder.size, np.int64),
        np.empty(holder.size, np.int64),
        np.zeros(people, np.int64),
        group,
        directed,
        across,
    )
    for end in range(0, ends.size, 2 if directed else 1):
        hold(links, end)
    return links


@kernel
def hold(links, end):
    """Put an end into its holder's chain."""
    i = links.holder[end]
    old = links.first[i]
    links.first[i], links.after[end], links.before[end] = end, old, -1
    if old >= 0:
        links.before[old] = end
    links.degree[i] += 1


@kernel
def drop(links, end):
    """Take an end out of its holder's chain."""
    i = links.holder[end]
    before, after = links.before[end], links.after[end]
    if before >= 0:
        links.after[before] = after
    else:
        links.first[i] = after
    if after >= 0:
        links.before[after] = before
    links.degree[i] -= 1


@kernel
def hand_over(links, end, j):
    """Let the end of a link be held by ``j`` instead."""
    if links.directed:
        links.holder[end] = j
    else:
        drop(links, end)
        links.holder[end] = j
        hold(links, end)


@kernel
def linked(links, i, j):
    """Whether ``i`` is linked to ``j``; directed, whether ``i`` looks at ``j``."""
    if not links.directed and links.degree[j] < links.degree[i]:
        i, j = j, i
    end = links.first[i]
    while end >= 0:
        if links.holder[end ^ 1] == j:
            return True
        end = links.after[end]
    return False


@kernel
def reaches(links, i, j):
    """Whether some way along links leads from ``i`` to ``j``."""
    seen = np.zeros(links.first.size, np.bool_)
    queue = np.empty(links.first.size, np.int64)
    queue[0], seen[i] = i, True
    done, found = 0, 1
    while done < found and not seen[j]:
        end = links.first[queue[done]]
        done += 1
        while end >= 0:
            other = links.holder[end ^ 1]
            if not seen[other]:
                seen[other] = True
                queue[found] = other
                found += 1
            end = links.after[end]
    return seen[j]


@kernel
def strangers(links, i, across):
    """Everybody whom ``i`` is not linked to, in another group if ``across``."""
    people = links.first.size
    known = np.zeros(people, np.bool_)
    known[i] = True
    end = links.first[i]
    while end >= 0:
        known[links.holder[end ^ 1]] = True
        end = links.after[end]
    left, count = np.empty(people, np.int64), 0
    for j in range(people):
        if not known[j] and not (across and links.group[j] == links.group[i]):
            left[count] = j
            count += 1
    return left[:count]


@kernel
def somebody_new(links, i, key):
    """Somebody whom ``i`` is not linked to, each alike, of another group if so; -1 if nobody is."""
    people = links.first.size
    if links.degree[i] == people - 1:
        return -1
    for guess in range(GUESSES):
        j = int(draw(key, 0, guess) * people)
        if links.across and links.group[j] == links.group[i]:
            continue
        if j != i and not linked(links, i, j):
            return j
    left = strangers(links, i, links.across)
    return left[int(draw(key, 1, 0) * left.size)] if left.size > 0 else -1


@kernel
def rewire(links, link, keeps_together, key):
    """Lead one link to somebody new; gives whether it was moved.

    With ``keeps_together`` it is not, where its two people could no longer reach each other.
    """
    kept = 2 * link
    if not links.directed and heads(fold(key, 0)):
        kept += 1
    i, j = links.holder[kept], links.holder[kept ^ 1]
    new = somebody_new(links, i, fold(key, 1))
    if new < 0:
        return False
    hand_over(links, kept ^ 1, new)
    if keeps_together and not reaches(links, i, j):
        hand_over(links, kept ^ 1, j)
        return False
    return True


@kernel
def rewire_by_chance(links, count, chance, key):
    """Rewire each of the first ``count`` links with the given chance."""
    for link in range(count):
        luck = fold(key, link)
        if draw(luck, 0, 0) < chance:
            rewire(links, link, False, fold(luck, 1))


@kernel
def rewire_number(links, count, number, key):
    """Rewire so many of the first ``count`` links, and cut nobody off; gives whether it worked."""
    order = np.arange(count)
    done = 0
    for turn in range(count):
        if done == number:
            break
        pick = turn + int(draw(key, turn, 0) * (count - turn))
        link, order[pick] = order[pick], order[turn]
        done += rewire(links, link, True, fold(fold(key, turn), 1))
    return done == number


@kernel
def add_links(links, count, number, key):
    """Link so many pairs more, after the first ``count`` links; gives whether there was room."""
    people = links.first.size
    pairs = people * (people - 1) // (1 if links.directed else 2)
    for link in range(count, count + number):
        if link == pairs:
            return False
        i, j = free_pair(links, fold(key, link - count))
        links.holder[2 * link], links.holder[2 * link + 1] = i, j
        hold(links, 2 * link)
        if not links.directed:
            hold(links, 2 * link + 1)
    return True


@kernel
def free_pair(links, key):
    """Two people who are not linked, each such pair alike; there must be one."""
    people = links.first.size
    for guess in range(GUESSES):
        i, j = int(draw(key, 0, guess) * people), int(draw(key, 1, guess) * people)
        if i != j and not linked(links, i, j):
            return i, j
    room = people - 1 - links.degree
    i, place = 0, int(draw(key, 2, 0) * room.sum())
    while place >= room[i]:
        place -= room[i]
        i += 1
    return i, strangers(links, i, False)[place]

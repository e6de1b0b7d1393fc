"""Edge and core of communities: who stands where, by whom one knows and nothing else.

Legitimate peripheral participation [LaveWenger1991]: newcomers enter at the edge and move inwards
by taking part. Where somebody stands is counted from who knows whom, never stored.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.ties import faded, familiar
from sim.kernels import in_place, kernel
from sim.learning.models import session_hours

if TYPE_CHECKING:
    from sim.organization import Organization

#: Familiarity from which two people count as knowing each other (assumption; three joint hours).
KNOWN = 0.2


@kernel
def pairs_who_know_each_other(contact, familiarity, last_met, community, week, threshold):
    """Pairs of one community whose familiarity now is above ``threshold`` both ways.

    Gives ``start`` (people + 1,) and ``neighbour``: those of person i are
    ``neighbour[start[i]:start[i + 1]]``.
    """
    people, places = contact.shape
    # Who may be one is listed first, without a branch, which nobody could foresee. Familiarity
    # only fades: who was below the threshold when last met still is.
    likely, most = np.empty(places, np.int64), 0
    for i in range(people):
        for k in range(places):
            j = contact[i, k]
            most += (j > i) & (familiarity[i, k] > threshold) & (community[i] == community[j])
    one, other = np.empty((2, most), np.int32)
    found = 0
    for i in range(people):
        count = 0
        for k in range(places):
            j = contact[i, k]
            likely[count] = k
            count += (j > i) & (familiarity[i, k] > threshold) & (community[i] == community[j])
        for k in likely[:count]:
            j = contact[i, k]
            if (faded(familiarity[i, k], week - last_met[i, k]) > threshold) and (
                familiar(contact, familiarity, last_met, j, i, week) > threshold
            ):
                one[found], other[found] = i, j
                found += 1
    return neighbours_of(one[:found], other[:found], people)


@kernel
def neighbours_of(one, other, people):
    """The same pairs, of ``one`` and ``other``, as lists of neighbours in both directions."""
    start = np.zeros(people + 1, np.int64)
    neighbour = np.empty(2 * len(one), np.int32)
    for p in range(len(one)):
        start[one[p] + 1] += 1
        start[other[p] + 1] += 1
    for i in range(people):
        start[i + 1] += start[i]
    place = start[:-1].copy()
    for p in range(len(one)):
        i, j = one[p], other[p]
        neighbour[place[i]], neighbour[place[j]] = j, i
        place[i] += 1
        place[j] += 1
    return start, neighbour


@kernel
def core_numbers(start, neighbour):
    """The largest k for which each person belongs to a k-core, int32 array of shape (people,).

    A k-core is a largest group in which everybody knows at least k others of it [Seidman1983].
    For k = 0, 1, ... whoever has no more than k neighbours left is taken out.
    """
    people = len(start) - 1
    core = np.full(people, -1, np.int32)
    left = start[1:] - start[:-1]
    waiting = np.empty(people, np.int32)
    remaining, k = people, 0
    while remaining > 0:
        count = 0
        for i in range(people):
            if core[i] < 0 and left[i] <= k:
                core[i] = k
                waiting[count] = i
                count += 1
        while count > 0:
            count -= 1
            remaining -= 1
            i = waiting[count]
            for j in neighbour[start[i] : start[i + 1]]:
                left[j] -= 1
                if core[j] < 0 and left[j] <= k:
                    core[j] = k
                    waiting[count] = j
                    count += 1
        k += 1
    return core


@kernel
def coreness_of(core, start, member):
    """Core numbers as shares of the largest in the same community; 0 where nobody knows anybody."""
    coreness = np.zeros(len(core))
    for g in range(len(start) - 1):
        largest = 0
        for i in member[start[g] : start[g + 1]]:
            largest = max(largest, core[i])
        for i in member[start[g] : start[g + 1]]:
            coreness[i] = core[i] / max(largest, 1)
    return coreness


@kernel
def at_the_edge(seats, core, community, start, member):
    """How far each of ``seats`` is in the lower half of their community by core number, 0 to 1.

    Equals have the same part in it, so that the mean over all members is a half.
    """
    edge = np.zeros(len(seats))
    for a in range(len(seats)):
        i = seats[a]
        members = member[start[community[i]] : start[community[i] + 1]]
        below, equal = 0, 0
        for j in members:
            below += core[j] < core[i]
            equal += core[j] == core[i]
        edge[a] = min(max((len(members) / 2 - below) / equal, 0.0), 1.0)
    return edge


@kernel
def lowest_of_the_core(core, members):
    """The core number from which members are the top third of their community (ties included)."""
    count = np.zeros(len(members) + 1, np.int64)
    for i in members:
        count[core[i]] += 1
    number, reached = len(members), count[len(members)]
    while 3 * reached < len(members):
        number -= 1
        reached += count[number]
    return number


@kernel
def heterodoxy_of(core, beliefs, start, member, low, high, complexity):
    """How far everybody is from what the core of their community holds, float64 array (people,).

    The core is the top third by core number. The share of dimensions of the community's topic
    (blocks ``low`` to ``high``) on which a person holds the opposite of what most of the core
    hold, of those on which most of it hold something; 0 where there are none.
    """
    distance = np.zeros(len(core))
    for g in range(len(start) - 1):
        members = member[start[g] : start[g + 1]]
        number = lowest_of_the_core(core, members)
        held = 0
        for d in range(low[g] * complexity, high[g] * complexity):
            votes = 0
            for i in members:
                if core[i] >= number:
                    votes += beliefs[i, d]
            if votes == 0:
                continue
            held += 1
            for i in members:
                distance[i] += beliefs[i, d] * votes < 0
        for i in members:
            distance[i] /= max(held, 1)
    return distance


@kernel
def closeness(members, contact, familiarity, last_met, community, week):
    """Mean familiarity now of each of the ``members`` of a community with all others of them.

    ``members`` are all of it, in the order of seats.
    """
    mean, places = np.empty(len(members)), np.empty(contact.shape[1], np.int64)
    note_closeness(members, contact, familiarity, last_met, community, week, mean, places)
    return mean


@in_place
def note_closeness(members, contact, familiarity, last_met, community, week, mean, places):
    """The same, written into ``mean`` (members,); ``places`` (contacts,) is room for notes."""
    has_places_for_all = contact.shape[1] >= len(contact)
    for a in range(len(members)):
        i, found, total = members[a], 0, 0.0
        known, met, row = familiarity[i], last_met[i], contact[i]
        # Without a branch on who knows whom: it cannot be foreseen.
        if has_places_for_all:
            # Members stand at their own place (``slot``), in order.
            for j in members:
                place = np.uint64(j)
                total += faded(known[place], week - met[place]) * (row[place] == j)
        else:
            # Who is of the community is noted down first.
            for k in range(contact.shape[1]):
                j = row[k]
                places[found] = k
                found += (j >= 0) & (community[j] == community[i])
            for n in range(found):
                k = places[n]
                total += faded(known[k], week - met[k])
        mean[a] = total / max(len(members) - 1, 1)


@in_place
def diversity_about(i, beliefs, contact, familiarity, last_met, week):
    """Share of dimensions on which ``i`` and their contacts hold opposite beliefs.

    The mean over contacts, weighted by familiarity now; 0 for somebody who knows nobody.
    """
    diversity, weight = 0.0, 0.0
    own, dimensions = beliefs[i], beliefs.shape[1]
    for k in range(contact.shape[1]):
        j = contact[i, k]
        if j < 0:
            continue
        known = faded(familiarity[i, k], week - last_met[i, k])
        other, opposite = beliefs[j], np.int32(0)
        for d in range(dimensions):
            opposite += np.int32((own[d] != other[d]) & (own[d] != 0) & (other[d] != 0))
        diversity += known * opposite / dimensions
        weight += known
    return diversity / (weight if weight > 0.0 else 1.0)


@kernel
def means_of_new_and_others(values, tenure, new):
    """Mean of ``values`` over people of a tenure below ``new``, and of others; NaN of nobody."""
    sums, counts = np.zeros(2), np.zeros(2)
    for i in range(len(values)):
        side = 0 if tenure[i] < new else 1
        sums[side] += values[i]
        counts[side] += 1.0
    return sums[0] / counts[0], sums[1] / counts[1]


def core_of(organization: Organization) -> NDArray[np.int32]:
    """Everybody's core number among those who know each other in their community, (people,)."""
    core: NDArray[np.int32] = core_numbers(
        *pairs_who_know_each_other(
            organization.contact,
            organization.familiarity,
            organization.last_met,
            organization.community,
            organization.period,
            KNOWN,
        )
    )
    return core


def edges_of(organization: Organization, seats: NDArray[np.int64]) -> NDArray[np.float64]:
    """How far each of ``seats`` stands at the edge of their community now (see ``at_the_edge``)."""
    core = core_of(organization)
    edges: NDArray[np.float64] = at_the_edge(
        seats,
        core,
        organization.community,
        organization.community_start,
        organization.community_member,
    )
    return edges


def communities_meet(organization: Organization) -> bool:
    """Whether communities have sessions at present."""
    return session_hours(organization) > 0.0 and organization.has("communities")


def rank_correlation(x: NDArray[np.generic], y: NDArray[np.generic]) -> float:
    """Spearman's rank correlation, equal values sharing a rank; NaN where all are equal."""
    a, b = _centred_ranks(x), _centred_ranks(y)
    spread = math.sqrt(float((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / spread if spread > 0.0 else math.nan


def _centred_ranks(values: NDArray[np.generic]) -> NDArray[np.float64]:
    """Ranks less their mean: by how many more are below than above, halved."""
    ordered = np.sort(values)
    below = np.searchsorted(ordered, values, "left")
    ranks: NDArray[np.float64] = (below + np.searchsorted(ordered, values, "right") + 1) / 2
    return ranks - (len(values) + 1) / 2


def gini(values: NDArray[np.float32]) -> float:
    """Gini coefficient of amounts >= 0: 0 all alike, near 1 one has all; NaN where none has any."""
    ordered = np.sort(values.astype(np.float64))
    count, total = len(ordered), float(ordered.sum())
    if total == 0.0:
        return math.nan
    ranked = float((np.arange(1, count + 1) * ordered).sum())
    return 2.0 * ranked / (count * total) - (count + 1) / count

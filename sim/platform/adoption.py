"""Adoption: who begins to use a platform, who leaves it, and whom its users follow.

People begin on their own account or because those they know use it [Bass1969; Rogers2003].
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.ties import faded, find
from sim.kernels import in_place, inlined, kernel
from sim.randomness import draw, fold, unit
from sim.tallies import PLATFORM

#: More than what rounding can add to a chance.
ROUNDING = 1.0 + 1e-9
#: The least number above 0.
ANY = 2.0**-1074


class Adopting(NamedTuple):
    """The rule as plain numbers, by the names of the parameters."""

    access: float
    innovation: float
    imitation: float
    leader_pull: float
    leaving: float
    start: float


@kernel
def lots(person, key):
    """Each person's standing lot for the platform, uniform on [0, 1): shape of ``person``.

    The lowest use it from the start, those below ``access`` can.
    """
    drawn = np.empty(len(person))
    for i in range(len(person)):
        drawn[i] = draw(key, person[i], 0)
    return drawn


@in_place
def plan_platform(state, hours, start, key):
    """Add ``hours`` to what users have planned: newcomers as their lot says."""
    planned, online = state.planned, state.online
    tenure, person = state.tenure, state.person
    for i in range(len(online)):
        if draw(key, person[i], 0) < start if tenure[i] == 0 else online[i]:
            planned[i, PLATFORM] += hours


@in_place
def welcome(posts, members, tenure, start, person, key):
    """Let newcomers begin with nobody they follow, and nothing they ever wrote.

    With the chance ``start`` they use the platform from their first day.
    """
    for i in range(len(tenure)):
        if tenure[i] != 0:
            continue
        members.online[i] = draw(key, person[i], 0) < start
        for k in range(members.follows.shape[1]):
            members.follows[i, k] = -1
        members.endorsed[i] = -1
        posts.dimension[i] = -1
        members.posted[i] = members.reach[i] = members.applause[i] = 0.0


class Notes(NamedTuple):
    """Room to work: what it holds is overwritten, and means nothing afterwards."""

    #: (people,) whether a user may go on being followed.
    stays: NDArray[np.bool_]
    #: (contacts,) how well one user knows those contacts who are users.
    known: NDArray[np.float64]
    #: (follows,) places of contacts whom one could follow, best known first, and their lots.
    best: NDArray[np.int32]
    lot: NDArray[np.float64]


@in_place
def keep_following(online, follows, tenure, dyads, person, notes, week, key):
    """Let users drop who left, and fill free places with whom they know best of all users.

    Nobody follows a newcomer on the seat of somebody they followed. Equals by lot.
    """
    people, places = follows.shape
    stays = notes.stays
    for i in range(people):
        stays[i] = online[i] & (tenure[i] != 0)
    for i in range(people):
        if not online[i]:
            continue
        free = 0
        for k in range(places):
            j = follows[i, k]
            if j < 0 or not stays[j]:
                follows[i, k] = -1
                free += 1
        if free > 0:
            follow_best_known(i, free, online, follows, dyads, person, notes, week, key)


@in_place
def follow_best_known(i, free, online, follows, dyads, person, notes, week, key):
    """Fill the ``free`` places of ``i`` (see ``keep_following``)."""
    contact, familiarity, last_met = dyads
    known = notes.known
    others, familiar_with, met = contact[i], familiarity[i], last_met[i]
    for c in range(len(known)):
        # A product and no branch; the familiarity of an empty place is 0.
        known[c] = faded(familiar_with[c], week - met[c]) * online[others[c]]
    for k in range(follows.shape[1]):
        c = find(contact, i, follows[i, k]) if follows[i, k] >= 0 else -1
        if c >= 0:
            known[c] = 0.0
    found, nth = list_best_known(free, others, person, notes, fold(key, person[i])), 0
    for k in range(follows.shape[1]):
        if follows[i, k] < 0 and nth < found:
            follows[i, k] = others[notes.best[nth]]
            nth += 1


@in_place
def list_best_known(most, contact, person, notes, word):
    """List the ``most`` contacts known best, equals by lot, in ``notes``; gives how many."""
    known, best, lot, found, least = notes.known, notes.best, notes.lot, 0, ANY
    for c in range(len(known)):
        if known[c] < least:
            continue
        luck = unit(fold(word, person[contact[c]]))
        if found < most:
            found += 1
        elif not comes_before(known[c], luck, least, lot[most - 1]):
            continue
        place = found - 1
        while place > 0 and comes_before(known[c], luck, known[best[place - 1]], lot[place - 1]):
            best[place], lot[place] = best[place - 1], lot[place - 1]
            place -= 1
        best[place], lot[place] = c, luck
        least = known[best[most - 1]] if found == most else ANY
    return found


@inlined
def comes_before(known, luck, other_known, other_luck):
    """Whether a contact is known better than another, or drawn before an equal."""
    return (known > other_known) | ((known == other_known) & (luck > other_luck))


@in_place
def come_and_go(online, used, gained, follows, dyads, manager, person, rule, week, key, access_key):
    """Let people begin to use the platform, and users leave who ``gained`` nothing from it.

    Who has access begins with the chance ``innovation + imitation * share`` (of their contacts who
    use it, by familiarity now), the latter raised by ``leader_pull`` where the manager uses it.
    ``used`` (people,) is overwritten: who was a user this week.
    """
    for i in range(len(used)):
        used[i] = online[i]
    most = (rule.innovation + rule.imitation * (1.0 + rule.leader_pull)) * ROUNDING
    for i in range(len(used)):
        word = fold(key, person[i])
        if used[i]:
            if not gained[i] and draw(word, 0, 0) < rule.leaving:
                online[i] = False
                for k in range(follows.shape[1]):
                    follows[i, k] = -1
            continue
        # Few draws are below the largest chance there is: for the others nobody needs be asked.
        luck = draw(word, 0, 1)
        if luck >= most or draw(access_key, person[i], 0) >= rule.access:
            continue
        online[i] = luck < rule.innovation + pulled(i, used, dyads, manager, rule, week)


@in_place
def pulled(i, used, dyads, manager, rule, week):
    """Chance that ``i`` begins to use the platform because others do."""
    contact, familiarity, last_met = dyads
    everybody, users = 0.0, 0.0
    for c in range(contact.shape[1]):
        # No branches: the familiarity of an empty place is 0.
        known = faded(familiarity[i, c], week - last_met[i, c])
        everybody += known
        users += known * used[contact[i, c]]
    pull = rule.imitation * users / everybody if everybody > 0.0 else 0.0
    if manager[i] >= 0 and used[manager[i]]:
        pull *= 1.0 + rule.leader_pull
    return pull

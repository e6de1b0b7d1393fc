"""Adoption: who begins to use a platform, who leaves it, and whom its users follow.

People begin on their own account or because those they know use it [Bass1969; Rogers2003].
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.acquaintance.ties import faded, find
from sim.kernels import in_place, kernel
from sim.randomness import draw, fold, unit
from sim.tallies import PLATFORM

#: More than what rounding can add to a chance.
ROUNDING = 1.0 + 1e-9


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


@in_place
def keep_following(online, follows, tenure, dyads, person, known, week, key):
    """Let users drop who left, and fill free places with whom they know best of all users.

    Nobody follows a newcomer on the seat of somebody they followed. Equals by lot. ``known``
    (contacts,) is overwritten.
    """
    people, places = follows.shape
    for i in range(people):
        if not online[i]:
            continue
        free = 0
        for k in range(places):
            j = follows[i, k]
            stays = (j >= 0) & online[j] & (tenure[j] != 0)
            follows[i, k] = j if stays else -1
            free += not stays
        if free > 0:
            follow_best_known(i, online, follows, dyads, person, known, week, key)


@in_place
def follow_best_known(i, online, follows, dyads, person, known, week, key):
    """Fill the free places of ``i`` (see ``keep_following``)."""
    contact, familiarity, last_met = dyads
    word = fold(key, person[i])
    for c in range(len(known)):
        # A product and no branch; the familiarity of an empty place is 0.
        known[c] = faded(familiarity[i, c], week - last_met[i, c]) * online[contact[i, c]]
    for k in range(follows.shape[1]):
        c = find(contact, i, follows[i, k]) if follows[i, k] >= 0 else -1
        if c >= 0:
            known[c] = 0.0
    for k in range(follows.shape[1]):
        if follows[i, k] >= 0:
            continue
        best, most, luckiest = -1, 0.0, 0.0
        for c in range(len(known)):
            if known[c] < most or known[c] == 0.0:
                continue
            luck = unit(fold(word, person[contact[i, c]]))
            if known[c] > most or luck > luckiest:
                best, most, luckiest = c, known[c], luck
        if best < 0:
            break
        follows[i, k] = contact[i, best]
        known[best] = 0.0


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

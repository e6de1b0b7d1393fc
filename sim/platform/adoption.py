"""Adoption: who begins to use a platform, who leaves it, and whom its users follow.

People begin on their own account or because those they know use it [Bass1969; Rogers2003].
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.acquaintance.ties import faded
from sim.kernels import kernel
from sim.randomness import draw, fold, unit


class Adopting(NamedTuple):
    """The rule as plain numbers, by the names of the parameters."""

    access: float
    innovation: float
    imitation: float
    leader_pull: float
    leaving: float


@kernel
def lots(person, key):
    """Each person's standing lot for the platform, uniform on [0, 1): shape of ``person``.

    The lowest use it from the start, those below ``access`` can.
    """
    drawn = np.empty(len(person))
    for i in range(len(person)):
        drawn[i] = draw(key, person[i], 0)
    return drawn


@kernel
def keep_following(online, follows, tenure, dyads, person, week, key):
    """Let users drop who left, and fill free places with whom they know best of all users.

    Nobody follows a newcomer on the seat of somebody they followed. Equals by lot.
    """
    contact, familiarity, last_met = dyads
    people, places = follows.shape
    follower_of = np.full(people, -1, dtype=np.int64)
    for i in range(people):
        if not online[i]:
            continue
        free = 0
        for k in range(places):
            j = follows[i, k]
            if j >= 0 and (not online[j] or tenure[j] == 0):
                j = follows[i, k] = -1
            if j >= 0:
                follower_of[j] = i
            else:
                free += 1
        k, word = 0, fold(key, person[i])
        while free > 0:
            best, most, luckiest = -1, 0.0, 0.0
            for c in range(contact.shape[1]):
                j = contact[i, c]
                if j < 0 or not online[j] or follower_of[j] == i:
                    continue
                known = faded(familiarity[i, c], week - last_met[i, c])
                if known < most or known == 0.0:
                    continue
                luck = unit(fold(word, person[j]))
                if known > most or luck > luckiest:
                    best, most, luckiest = j, known, luck
            if best < 0:
                break
            while follows[i, k] >= 0:
                k += 1
            follows[i, k] = best
            follower_of[best] = i
            free -= 1


@kernel
def come_and_go(online, gave, follows, dyads, manager, person, rule, week, key, access_key):
    """Let people begin to use the platform, and users leave who got nothing from it this week.

    Who has access begins with the chance ``innovation + imitation * share`` (of their contacts who
    use it, by familiarity now), the latter raised by ``leader_pull`` where the manager uses it.
    """
    contact, familiarity, last_met = dyads
    used = online.copy()
    for i in range(len(used)):
        word = fold(key, person[i])
        if used[i]:
            if not gave[i] and draw(word, 0, 0) < rule.leaving:
                online[i] = False
                for k in range(follows.shape[1]):
                    follows[i, k] = -1
            continue
        if draw(access_key, person[i], 0) >= rule.access:
            continue
        everybody, users = 0.0, 0.0
        for c in range(contact.shape[1]):
            # No branches: the familiarity of an empty place is 0.
            known = faded(familiarity[i, c], week - last_met[i, c])
            everybody += known
            users += known * used[contact[i, c]]
        pull = rule.imitation * users / everybody if everybody > 0.0 else 0.0
        if manager[i] >= 0 and used[manager[i]]:
            pull *= 1.0 + rule.leader_pull
        online[i] = draw(word, 0, 1) < rule.innovation + pull

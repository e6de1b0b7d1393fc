"""Who visits another community, which one, and who sits down with whom, there and at home."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.ties import faded
from sim.kernels import in_place, kernel
from sim.learning.peers import pick
from sim.randomness import draw, fold
from sim.tallies import IDLE, VISIT


class Tables(NamedTuple):
    """One table a seat, empty where nobody sits: where each begins, and who sits there.

    The table of a guest is numbered by their seat, so that one guest more changes no other's luck.
    """

    start: NDArray[np.int32]
    member: NDArray[np.int32]


@kernel
def set_out(spanner, rate, sociability, person, key):
    """Flag who wants to visit another community this week, shape (people,)."""
    goes = np.empty(len(spanner), dtype=np.bool_)
    for i in range(len(spanner)):
        goes[i] = spanner[i] or draw(key, person[i], 0) < rate * 2.0 * sociability[i]
    return goes


@kernel
def sit_down(goes, share, community, start, member, ties, person, table, week, key):
    """Seat the guests who have the time (``share``) at tables of another community each.

    ``start`` and ``member`` list the communities, ``ties`` are contact, familiarity and last_met.
    Gives where each table begins, who sits there, guest first, and the community of the hosts, -1
    for who stays at home (people,).
    """
    people = len(goes)
    host = np.empty(people, dtype=np.int32)
    table_start = np.zeros(people + 1, dtype=np.int32)
    seated = np.empty((table + 1) * goes.sum(), dtype=np.int32)
    chosen = np.empty(max(table, people), dtype=np.int64)
    taken = 0
    for i in range(people):
        word = fold(key, person[i])
        host[i] = -1
        if goes[i] and draw(word, 0, 0) < share[i]:
            where = destination(i, community, len(start) - 1, ties, week, draw(word, 0, 1))
            hosts = member[start[where] : start[where + 1]]
            count = pick(len(hosts), table, word, chosen)
            if where != community[i] and count > 0:
                host[i] = where
                seated[taken] = i
                for k in range(count):
                    seated[taken + 1 + k] = hosts[chosen[k]]
                taken += 1 + count
        table_start[i + 1] = taken
    return table_start, seated[:taken], host


@in_place
def destination(i, community, communities, ties, week, luck):
    """The community of a contact elsewhere, by how well ``i`` knows them now; else any other.

    Gives that of ``i`` if there is no other.
    """
    contact, familiarity, last_met = ties
    total = 0.0
    for k in range(contact.shape[1]):
        j = contact[i, k]
        if j >= 0 and community[j] != community[i]:
            total += faded(familiarity[i, k], week - last_met[i, k])
    where = community[i]
    if total == 0.0:
        step = 1 + int(luck * (communities - 1)) if communities > 1 else 0
        return (where + step) % communities
    reached = 0.0
    for k in range(contact.shape[1]):
        j = contact[i, k]
        if j >= 0 and community[j] != community[i]:
            known = faded(familiarity[i, k], week - last_met[i, k])
            reached += known
            if known > 0.0:
                where = community[j]
            if luck * total < reached:
                break
    return where


@kernel
def come_home(host, cell, start, member):
    """The tables at home: each guest with all of their cell; gives start and member of these.

    ``host`` is -1 for who stayed; ``start`` and ``member`` list the cells.
    """
    people = len(host)
    table_start = np.zeros(people + 1, dtype=np.int32)
    for i in range(people):
        mates = start[cell[i] + 1] - start[cell[i]] if host[i] >= 0 else 0
        table_start[i + 1] = table_start[i] + mates
    seated = np.empty(table_start[people], dtype=np.int32)
    for i in range(people):
        if host[i] >= 0:
            for k in range(table_start[i + 1] - table_start[i]):
                seated[table_start[i] + k] = member[start[cell[i]] + k]
    return table_start, seated


@kernel
def add_sittings(member, guests, length, wanted):
    """Add to ``wanted`` (people,) the ``length`` of each sitting one is listed for.

    A guest's first one is their own visit, which is planned.
    """
    sittings = np.zeros(len(wanted), np.int64)
    for i in member:
        sittings[i] += 1
    for i in range(len(wanted)):
        wanted[i] += length * np.float32(sittings[i] - guests[i])


@in_place
def give_time(wanted, hours, share):
    """Book the hours ``wanted`` for visits as far as idle ones last; writes the ``share`` had."""
    for i in range(len(wanted)):
        had = min(wanted[i], hours[i, IDLE])
        hours[i, IDLE] -= had
        hours[i, VISIT] += had
        if wanted[i] > 0.0:
            share[i] = had / wanted[i]

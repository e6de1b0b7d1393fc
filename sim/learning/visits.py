"""Who visits another community, which one, and who sits down with whom, there and at home.

There is one table a seat, empty where nobody sits: the table of a guest is numbered by their seat,
so that one guest more changes no other's luck.
"""

from __future__ import annotations

import numpy as np

from sim.acquaintance.ties import faded
from sim.kernels import in_place, inlined, kernel
from sim.learning.peers import pick
from sim.randomness import draw, fold
from sim.tallies import IDLE, VISIT


@inlined
def goes_out(i, spanner, rate, sociability, person, key):
    """Whether ``i`` wants to visit another community this week."""
    return spanner[i] or draw(key, person[i], 0) < rate * 2.0 * sociability[i]


@in_place
def plan_visits(state, rate, time, key):
    """Plan ``time`` for visits of those who want to go (see ``goes_out``)."""
    planned, spanner, person = state.planned, state.spanner, state.person
    sociability, time = state.sociability, np.float32(time)
    for i in range(len(spanner)):
        if goes_out(i, spanner, rate, sociability, person, key):
            planned[i, VISIT] += time


@kernel
def arrange(state, rate, table, lengths, week, keys, has_hours):
    """All that visits of a week take before anybody talks.

    ``lengths`` are those of a visit and of its report; ``keys`` those of setting out and of visits.
    Books the time of everybody where there is an account of it (``has_hours``). Notes as ``host``
    the community of the hosts, -1 for who stays at home, and as ``group_share`` the part of their
    time that each has. Gives the tables away and those at home (start and member of each), and the
    number of guests.
    """
    host, share = state.host, state.group_share
    wish = (state.spanner, rate, state.sociability, state.person, keys[0])
    communities = (state.community, state.community_start, state.community_member)
    ties = (state.contact, state.familiarity, state.last_met)
    table_start, seated = sit_down(
        wish, state.learning_share, communities, ties, table, week, keys[1], host
    )
    home_start, at_home = come_home(host, (state.cell, state.cell_start, state.cell_member))
    guests = 0
    for i in range(len(host)):
        share[i] = 1.0
        guests += host[i] >= 0
    if has_hours and guests > 0:
        wanted = np.zeros(len(host), np.float32)
        add_sittings(seated, host, np.float32(lengths[0]), wanted)
        add_sittings(at_home, host, np.float32(lengths[1]), wanted)
        give_time(wanted, state.hours, share)
        for i in range(len(host)):
            if host[i] >= 0:
                share[i] = 1.0
    return table_start, seated, home_start, at_home, guests


@kernel
def sit_down(wish, share, communities, ties, table, week, key, host):
    """Seat the guests who have the time (``share``) at tables of another community each.

    ``communities`` are each person's, and where they begin and whom they list; ``ties`` are
    contact, familiarity and last_met. Gives where each table begins, and who sits there, guest
    first; writes the community of the hosts to ``host``, -1 for who stays at home (people,).
    """
    spanner, rate, sociability, person, wish_key = wish
    community, start, member = communities
    people, taken = len(person), 0
    guests = np.empty(people, dtype=np.int32)
    for seat in range(people):
        host[seat] = -1
        guests[taken] = seat
        taken += goes_out(seat, spanner, rate, sociability, person, wish_key)
    guests, taken = guests[:taken], 0
    table_start = np.zeros(people + 1, dtype=np.int32)
    seated = np.empty((table + 1) * len(guests), dtype=np.int32)
    chosen, known = np.empty(max(table, people), dtype=np.int64), np.empty(ties[0].shape[1])
    for i in guests:
        word = fold(key, person[i])
        if draw(word, 0, 0) >= share[i]:
            continue
        where = destination(i, community, len(start) - 1, ties, week, draw(word, 0, 1), known)
        hosts = member[start[where] : start[where + 1]]
        count = pick(len(hosts), table, word, chosen)
        if where != community[i] and count > 0:
            host[i] = where
            seated[taken] = i
            for k in range(count):
                seated[taken + 1 + k] = hosts[chosen[k]]
            taken += 1 + count
            table_start[i + 1] = 1 + count
    for seat in range(people):
        table_start[seat + 1] += table_start[seat]
    return table_start, seated[:taken]


@in_place
def destination(i, community, communities, ties, week, luck, known):
    """The community of a contact elsewhere, by how well ``i`` knows them now; else any other.

    Gives that of ``i`` if there is no other. ``known`` (contacts,) is room for notes.
    """
    contact, familiarity, last_met = ties
    here, total = community[i], 0.0
    for k in range(len(known)):
        # Chosen between values: who is elsewhere cannot be foreseen.
        j = contact[i, k]
        is_elsewhere = (j >= 0) & (community[max(j, 0)] != here)
        now = faded(familiarity[i, k], week - last_met[i, k])
        known[k] = now if is_elsewhere else 0.0
        total += known[k]
    if total == 0.0:
        step = 1 + int(luck * (communities - 1)) if communities > 1 else 0
        return (here + step) % communities
    reached, chosen = 0.0, 0
    for k in range(len(known)):
        reached += known[k]
        chosen = k if known[k] > 0.0 else chosen
        if luck * total < reached:
            break
    return community[contact[i, chosen]]


@kernel
def come_home(host, cells):
    """The tables at home: each guest with all of their cell; gives start and member of these.

    ``host`` is -1 for who stayed; ``cells`` are each person's, where they begin and whom they list.
    """
    cell, start, member = cells
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
def add_sittings(member, host, length, wanted):
    """Add to ``wanted`` (people,) the ``length`` of each sitting one is listed for.

    A guest's first one is their own visit, which is planned; ``host`` is -1 for all others.
    """
    sittings = np.zeros(len(wanted), np.int64)
    for i in member:
        sittings[i] += 1
    for i in range(len(wanted)):
        wanted[i] += length * np.float32(sittings[i] - (host[i] >= 0))


@in_place
def give_time(wanted, hours, share):
    """Book the hours ``wanted`` for visits as far as idle ones last; writes the ``share`` had."""
    for i in range(len(wanted)):
        had = min(wanted[i], hours[i, IDLE])
        hours[i, IDLE] -= had
        hours[i, VISIT] += had
        if wanted[i] > 0.0:
            share[i] = had / wanted[i]

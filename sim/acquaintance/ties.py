"""Dyads: how well two people know each other, kept as a bounded list of contacts a person.

Familiarity grows with hours spent together and halves in ``HALF_LIFE`` weeks apart; it is decayed
when read, so that time and memory grow linearly with people. The weakest contact makes room for a
new one. Trust is what one expects of the other's work.
"""

from __future__ import annotations

import numpy as np

from sim.kernels import in_place, inlined, kernel
from sim.look_ahead import coming_up, fetch

#: f <- 1 - (1 - f) * GROWTH ** hours: half of what is missing after ten joint hours (assumption).
GROWTH = 0.933
#: Weeks apart after which familiarity has halved (assumption; 20-100 plausible).
HALF_LIFE = 40.0
#: Share of familiarity left after so many whole weeks apart: read off, since it is asked often.
LEFT_WEEKS = 1040
LEFT = 0.5 ** (np.arange(LEFT_WEEKS) / HALF_LIFE)
#: Places of a list that are gone through one by one in the time a search takes, about.
SEARCH = 10
#: Places after the first that are tried one by one before all are gone through: most of a list is
#: far away in memory, and few people stand further on.
PROBES = 8
#: People of a group whose dyads are asked for ahead: those of more do not stay near for long.
MOST_FETCHED = 40


@inlined
def first_place(contact, j):
    """Where one looks for ``j`` first in a list of contacts (see ``slot``)."""
    places = contact.shape[1]
    # The division is slow, and in small organizations there is a place for everybody.
    return j if j < places else j % places


@inlined
def find(contact, i, j):
    """Position of ``j`` among the contacts of ``i``, or -1."""
    place = first_place(contact, j)
    # Most stand in their first place: only a search beyond it is worth a call.
    return place if contact[i, place] == j else search(contact, i, j, place)


@in_place
def search(contact, i, j, place):
    """The same, for somebody who does not stand in ``place``, their first one."""
    places = contact.shape[1]
    for _ in range(min(PROBES, places)):
        place = place + 1 if place + 1 < places else 0
        if contact[i, place] == j:
            return place
        if contact[i, place] == -1:
            return -1
    # Adding up without a branch: the machine compares many places at a time.
    found = -1
    for k in range(places):
        found += (k + 1) * (contact[i, k] == j)
    return found


@inlined
def slot(contact, i, j):
    """Where ``j`` stands or could stand among the contacts of ``i``; -1 where the list is full.

    A list is an open hash table: the search starts at ``j`` modulo its length and goes on to the
    first place that holds ``j`` or nobody. Places are never emptied singly, so none is missed.
    """
    places, place = contact.shape[1], first_place(contact, j)
    for _ in range(places):
        if contact[i, place] == j or contact[i, place] == -1:
            return place
        place = place + 1 if place + 1 < places else 0
    return -1


@inlined
def faded(familiarity, weeks):
    """Familiarity after so many weeks apart (whole weeks; nothing is left after twenty years)."""
    return familiarity * LEFT[min(weeks, LEFT_WEEKS - 1)]


@inlined
def familiar(contact, familiarity, last_met, i, j, week):
    """How well ``i`` knows ``j`` now: 0 for a stranger, 1 at most."""
    k = find(contact, i, j)
    return 0.0 if k < 0 else faded(familiarity[i, k], week - last_met[i, k])


@inlined
def closer(familiarity, weeks, apart):
    """Familiarity after a meeting that leaves the share ``apart`` of what was missing to 1."""
    return 1.0 - (1.0 - faded(familiarity, weeks)) * apart


@in_place
def meet(contact, familiarity, trust, last_met, i, j, hours, week):
    """Let ``i`` spend ``hours`` with ``j``; gives the familiarity after it (one direction only)."""
    return come_closer(contact, familiarity, trust, last_met, i, j, GROWTH**hours, week)


@in_place
def come_closer(contact, familiarity, trust, last_met, i, j, apart, week):
    """The same, given the share ``apart`` that these hours leave of what is missing to 1."""
    k = find(contact, i, j)
    if k < 0:
        k = get_acquainted(contact, familiarity, trust, last_met, i, j, week)
    known = closer(familiarity[i, k], week - last_met[i, k], apart)
    familiarity[i, k], last_met[i, k] = known, week
    return known


@in_place
def come_closer_in_turn(contact, familiarity, trust, last_met, i, j, apart, week, weak):
    """The same for an ``i`` who meets many in a week, one right after the other.

    Most may be strangers, and to look each time for whom ``i`` knows least would take longer than
    all else. ``weak`` (2,) keeps the places of the least known and the next in a full list; -1:
    they are to be looked for, as before the first meeting.
    """
    k = find(contact, i, j)
    if k < 0:
        k = slot(contact, i, j) if weak[0] < 0 else -1
        if k < 0:
            k = weakest_still(contact, familiarity, last_met, i, week, weak)
        note_contact(contact, familiarity, trust, last_met, i, j, k, week)
    known = closer(familiarity[i, k], week - last_met[i, k], apart)
    familiarity[i, k], last_met[i, k] = known, week
    # All but the weakest are better known than the next, or the next is to be looked for again.
    if (
        weak[0] >= 0
        and k != weak[0]
        and not is_better_known(familiarity, last_met, i, k, weak, week)
    ):
        weak[0] = -1
    return known


@in_place
def weakest_still(contact, familiarity, last_met, i, week, weak):
    """Place of the contact whom ``i`` now knows least, as kept in ``weak`` or looked for again."""
    if weak[0] < 0 or is_better_known(familiarity, last_met, i, weak[0], weak, week):
        weak[0], weak[1] = two_weakest(contact, familiarity, last_met, i, week)
    return weak[0]


@inlined
def is_better_known(familiarity, last_met, i, k, weak, week):
    """Whether ``i`` knows the contact in place ``k`` better than the second of those in ``weak``.

    Of two whom ``i`` knows alike, the one in the earlier place counts as less known.
    """
    known = faded(familiarity[i, k], week - last_met[i, k])
    least = faded(familiarity[i, weak[1]], week - last_met[i, weak[1]])
    return known > least or (known == least and k > weak[1])


@in_place
def get_acquainted(contact, familiarity, trust, last_met, i, j, week):
    """Note the stranger ``j`` among the contacts of ``i``; gives the place.

    Where the list is full, whom ``i`` now knows least makes room.
    """
    place = slot(contact, i, j)
    if place < 0:
        place, _ = two_weakest(contact, familiarity, last_met, i, week)
    note_contact(contact, familiarity, trust, last_met, i, j, place, week)
    return place


@inlined
def note_contact(contact, familiarity, trust, last_met, i, j, place, week):
    """Write the stranger ``j`` into a ``place`` of the contacts of ``i``."""
    contact[i, place] = j
    familiarity[i, place] = 0.0
    trust[i, place] = 0.5
    last_met[i, place] = week


@in_place
def two_weakest(contact, familiarity, last_met, i, week):
    """Places of the contact whom ``i``, whose list is full, now knows least, and of the next."""
    place, following = 0, 0
    least, more = 2.0, 2.0
    for k in range(contact.shape[1]):
        known = faded(familiarity[i, k], week - last_met[i, k])
        if known < least:
            following, more = place, least
            place, least = k, known
        elif known < more:
            following, more = k, known
    return place, following


@inlined
def fetch_dyad(contact, familiarity, last_met, i, place):
    """Ask for what ``i`` is to who stands in this ``place`` (see ``look_ahead``)."""
    fetch(contact, (i, place))
    fetch(familiarity, (i, place))
    fetch(last_met, (i, place))


@in_place
def fetch_dyads(members, contact, familiarity, last_met):
    """Ask for what ``members``, who will meet soon, are to each other."""
    if len(members) > MOST_FETCHED:
        return
    for i in members:
        for j in members:
            fetch_dyad(contact, familiarity, last_met, i, first_place(contact, j))


@in_place
def spend_time(
    start,
    member,
    first,
    last,
    time,
    week,
    contact,
    familiarity,
    trust,
    last_met,
    joint_hours,
    warmth,
    apart,
):
    """Let the members of groups meet, each for as long as they have ``time`` (people,), in hours.

    ``start`` and ``member`` list all groups, of which ``first`` to ``last - 1`` meet.
    Two people meet for as long as both have time. ``joint_hours`` and ``warmth`` note how much time
    each person spent in company, and how familiar that company was. ``apart`` (people,) is room for
    what being apart leaves of each.
    """
    # The time of two is that of one of them: a power for each member, not for each pair.
    usual, left = 0.0, 1.0
    for g in range(first, last):
        members, most = member[start[g] : start[g + 1]], 0.0
        coming = coming_up(start, member, g)
        fetch_dyads(coming, contact, familiarity, last_met)
        for i in coming:
            fetch(time, i)
            fetch(joint_hours, i)
            fetch(warmth, i)
        for i in members:
            if time[i] != usual:
                usual, left = time[i], GROWTH ** time[i]
            apart[i] = left
            most = max(most, time[i])
        if most <= 0.0:
            continue
        for i in members:
            # Rows, and numbers outside of arrays: this is the most frequent step of all.
            familiar_with, met = familiarity[i], last_met[i]
            own, company, warm = time[i], joint_hours[i], warmth[i]
            for j in members:
                hours = min(own, time[j])
                if i == j or hours <= 0.0:
                    continue
                k = find(contact, i, j)
                if k < 0:
                    k = get_acquainted(contact, familiarity, trust, last_met, i, j, week)
                k = np.uint64(k)  # which can stand at no end of a row: nothing to be checked
                missing = apart[i] if own < time[j] else apart[j]
                known = closer(familiar_with[k], week - met[k], missing)
                familiar_with[k], met[k] = known, week
                company = np.float32(company + hours)
                warm = np.float32(warm + hours * known)
            joint_hours[i], warmth[i] = company, warm


@kernel
def forget_seats(contact, familiarity, trust, last_met, left, left_by_contact):
    """Clear familiarity with people who left; expectations attach to the job, at half weight.

    ``left`` flags the seats. Their own lists clear whole; in others' lists the seat stays, a
    stranger again, with trust half way back to the neutral 0.5. ``left_by_contact``, one longer, is
    room for what ``knows_any`` looks up.
    """
    left_by_contact[0] = False
    for i in range(len(left)):
        left_by_contact[i + 1] = left[i]
    leavers = np.flatnonzero(left)
    # A few are looked up in a list sooner than all of it is gone through.
    are_few = len(leavers) * SEARCH < contact.shape[1]
    for i in range(contact.shape[0]):
        if left[i]:
            for k in range(contact.shape[1]):
                if contact[i, k] != -1:
                    contact[i, k] = -1
                    familiarity[i, k] = 0.0
                    trust[i, k] = 0.5
        elif are_few:
            for j in leavers:
                k = find(contact, i, j)
                if k >= 0:
                    estrange(familiarity, trust, i, k)
        elif knows_any(contact[i], left_by_contact):
            for k in range(contact.shape[1]):
                if contact[i, k] != -1 and left[contact[i, k]]:
                    estrange(familiarity, trust, i, k)


@in_place
def knows_any(contacts, left_by_contact):
    """Whether somebody who left is among one person's contacts.

    Most know nobody, and who has no contact in a place could not be foreseen: nothing branches.
    ``left_by_contact`` has nobody, whom a list has as -1, before the first seat.
    """
    count = 0
    for j in contacts:
        count += left_by_contact[np.uint64(np.int64(j) + 1)]
    return count > 0


@inlined
def estrange(familiarity, trust, i, k):
    """Make the contact in place ``k`` a stranger again, who keeps half of the trust."""
    familiarity[i, k] = 0.0
    trust[i, k] = 0.5 + 0.5 * (trust[i, k] - 0.5)

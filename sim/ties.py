"""Dyads: how well two people know each other, kept as a bounded list of contacts a person.

Familiarity grows with hours spent together and halves in ``HALF_LIFE`` weeks apart; it is decayed
when read, so that time and memory grow linearly with people. The weakest contact makes room for a
new one. Trust is what one expects of the other's work.
"""

from __future__ import annotations

import numpy as np

from sim.kernels import kernel

#: f <- 1 - (1 - f) * GROWTH ** hours: half of what is missing after ten joint hours (assumption).
GROWTH = 0.933
#: Weeks apart after which familiarity has halved (assumption; 20-100 plausible).
HALF_LIFE = 40.0
#: Share of familiarity left after so many whole weeks apart: read off, since it is asked often.
LEFT_WEEKS = 1040
LEFT = 0.5 ** (np.arange(LEFT_WEEKS) / HALF_LIFE)


@kernel
def find(contact, i, j):
    """Position of ``j`` among the contacts of ``i``, or -1."""
    row = contact[i]
    for k in range(len(row)):
        if row[k] == j:
            return k
        if row[k] == -1:
            return -1
    return -1


@kernel
def faded(familiarity, weeks):
    """Familiarity after so many weeks apart (whole weeks; nothing is left after twenty years)."""
    return familiarity * LEFT[min(weeks, LEFT_WEEKS - 1)]


@kernel
def familiar(contact, familiarity, last_met, i, j, week):
    """How well ``i`` knows ``j`` now: 0 for a stranger, 1 at most."""
    k = find(contact, i, j)
    return 0.0 if k < 0 else faded(familiarity[i, k], week - last_met[i, k])


@kernel
def meet(contact, familiarity, trust, last_met, i, j, hours, week):
    """Let ``i`` spend ``hours`` with ``j``; gives the familiarity after it (one direction only)."""
    return draw_closer(contact, familiarity, trust, last_met, i, j, GROWTH**hours, week)


@kernel
def draw_closer(contact, familiarity, trust, last_met, i, j, apart, week):
    """Leave ``i`` only the share ``apart`` of what is missing to knowing ``j`` fully."""
    place = find(contact, i, j)
    if place < 0:
        place = make_room(contact, familiarity, last_met, i, week)
        contact[i, place] = j
        familiarity[i, place] = 0.0
        trust[i, place] = 0.5
        last_met[i, place] = week
    known = faded(familiarity[i, place], week - last_met[i, place])
    known = 1.0 - (1.0 - known) * apart
    familiarity[i, place] = known
    last_met[i, place] = week
    return known


@kernel
def make_room(contact, familiarity, last_met, i, week):
    """Place for a new contact of ``i``: an empty one, or that of whom ``i`` now knows least."""
    weakest, least = 0, 2.0
    for k in range(contact.shape[1]):
        if contact[i, k] == -1:
            return k
        known = faded(familiarity[i, k], week - last_met[i, k])
        if known < least:
            weakest, least = k, known
    return weakest


@kernel
def meet_in_groups(
    start,
    member,
    groups,
    time,
    week,
    contact,
    familiarity,
    trust,
    last_met,
    joint_hours,
    warmth,
):
    """Let the members of every group meet, each for as long as they have ``time`` (people,), hours.

    ``start`` and ``member`` list the groups. Two people meet for as long as both have time.
    ``joint_hours`` and ``warmth`` note how much time each person spent in company, and how
    familiar that company was.
    """
    usual, apart = -1.0, 1.0
    for g in range(groups):
        for i in member[start[g] : start[g + 1]]:
            for j in member[start[g] : start[g + 1]]:
                hours = min(time[i], time[j])
                if i == j or hours <= 0.0:
                    continue
                if hours != usual:
                    usual, apart = hours, GROWTH**hours
                known = draw_closer(contact, familiarity, trust, last_met, i, j, apart, week)
                joint_hours[i] += hours
                warmth[i] += hours * known


@kernel
def forget_seats(contact, familiarity, trust, last_met, left):
    """Clear familiarity with people who left; expectations attach to the job, at half weight.

    ``left`` flags the seats. Their own lists clear whole; in others' lists the seat stays, a
    stranger again, with trust half way back to the neutral 0.5.
    """
    for i in range(contact.shape[0]):
        for k in range(contact.shape[1]):
            j = contact[i, k]
            if j == -1:
                break
            if left[i]:
                contact[i, k] = -1
                familiarity[i, k] = 0.0
                trust[i, k] = 0.5
            elif left[j]:
                familiarity[i, k] = 0.0
                trust[i, k] = 0.5 + 0.5 * (trust[i, k] - 0.5)

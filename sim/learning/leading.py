"""What passes between a manager and their unit: campaigns, dialogue, purpose, admitted failures.

Everything is read as the period opened, so that a view comes down the line a level a week.
"""

from __future__ import annotations

import numpy as np

from sim.kernels import in_place, kernel
from sim.learning.groups import TURNS_PER_HOUR, over_hours
from sim.randomness import draw, fold
from sim.records import estimate


@in_place
def campaign(
    manager,
    time,
    blocks,
    is_common,
    persuasion,
    learning_rate,
    seen_beliefs,
    seen_articulated,
    beliefs,
    articulated,
    influence,
    person,
    subject_key,
    key,
):
    """Let managers tell their reports what works on one block; gives how many beliefs they took.

    ``time`` (people,) is how long each is there, in hours. What a manager can put into words is
    taken over with probability ``persuasion * learning_rate`` an hour, and counts as their
    ``influence``. The block falls by ``subject_key``: one for all where the campaign ``is_common``.
    """
    complexity = beliefs.shape[1] // blocks
    taken = 0
    for i in range(len(manager)):
        m = manager[i]
        hours = min(time[i], time[m]) if m >= 0 else 0.0
        if hours <= 0.0:
            continue
        chance = over_hours(persuasion * learning_rate[i], hours)
        b = int(draw(subject_key, 0 if is_common else person[m], 0) * blocks)
        for d in range(b * complexity, (b + 1) * complexity):
            value = seen_beliefs[m, d]
            if not seen_articulated[m, d] or beliefs[i, d] == value:
                continue
            if draw(key, person[i], d) < chance:
                beliefs[i, d] = value
                articulated[i, d] = True
                influence[m] += 1.0
                taken += 1
    return taken


@in_place
def worst_block(members, manager, success, cases, mean, word):
    """The block on which the reports among ``members`` have the worst record; lots among equals."""
    worst, least, longest = 0, 2.0, 0.0
    for b in range(cases.shape[1]):
        successes, total = 0.0, 0.0
        for i in members:
            if i != manager:
                successes += success[i, b]
                total += cases[i, b]
        record, lot = estimate(successes, total, mean), draw(word, b, 0)
        if record < least or (record == least and lot > longest):
            worst, least, longest = b, record, lot
    return worst


@kernel
def who_speaks(members, m, time, first, last, fear, seen_articulated, person, word):
    """Which ``members`` answer manager ``m`` on dimensions ``first`` to ``last - 1``, by place.

    There is one floor: each gets a turn with the same chance, and uses it if they can put
    something into words, unless fear keeps them silent.
    """
    speaks = np.zeros(len(members), dtype=np.bool_)
    present = 0
    for i in members:
        present += i != m and time[i] > 0.0
    for a in range(len(members)):
        i = members[a]
        hours = min(time[i], time[m])
        if i == m or hours <= 0.0 or not seen_articulated[i, first:last].any():
            continue
        has_turn = draw(word, person[i], 0) * present < TURNS_PER_HOUR * hours
        speaks[a] = has_turn and draw(word, person[i], 1) >= fear[i]
    return speaks


@kernel
def listen(
    leads_unit,
    start,
    member,
    time,
    listening,
    heard,
    fear,
    learning_rate,
    seen,
    held,
    influence,
    encouragement,
    person,
    key,
):
    """Let managers hear their reports on the block that goes worst; gives beliefs they took over.

    ``start`` and ``member`` list units with their managers, ``time`` (people,) is in hours,
    ``seen`` is that of ``sim.learning.groups`` and ``held`` beliefs and articulated now. What most
    of those who speak say of a dimension is taken over with probability ``listening *
    learning_rate`` an hour, and counts as the ``influence`` of those who said it, in equal parts.
    Who spoke is encouraged by ``heard`` an hour.
    """
    seen_beliefs, seen_articulated, success, cases, mean = seen
    beliefs, articulated = held
    complexity = beliefs.shape[1] // cases.shape[1]
    taken = 0
    for m in range(len(leads_unit)):
        if leads_unit[m] < 0 or time[m] <= 0.0:
            continue
        members = member[start[leads_unit[m]] : start[leads_unit[m] + 1]]
        word = fold(key, person[m])
        b = worst_block(members, m, success, cases, mean, fold(word, 0))
        first, last = b * complexity, (b + 1) * complexity
        turns = fold(word, 1)
        speaks = who_speaks(members, m, time, first, last, fear, seen_articulated, person, turns)
        for i in members[speaks]:
            encouragement[i] += heard * min(time[i], time[m])
        chance = over_hours(listening * learning_rate[m], time[m])
        for d in range(first, last):
            votes, said = 0, 0
            for i in members[speaks]:
                votes += seen_beliefs[i, d] if seen_articulated[i, d] else 0
                said += seen_articulated[i, d]
            value = 1 if votes > 0 else -1
            if votes == 0 or beliefs[m, d] == value or draw(word, 2, d) >= chance:
                continue
            beliefs[m, d] = value
            articulated[m, d] = True
            taken += 1
            holders = (said + abs(votes)) // 2
            for i in members[speaks]:
                if seen_articulated[i, d] and seen_beliefs[i, d] == value:
                    influence[i] += 1.0 / holders
    return taken


@kernel
def align(unit, manager, leads_unit, units, time, engaging, alignment, purpose):
    """Move the ``purpose`` (people,) of all who are there, by ``alignment`` an hour.

    For the share ``engaging`` of the ``time`` (people,) they move towards the mean of the unit and
    its manager, for the rest reports move towards their manager.
    """
    before = purpose.copy()
    total, present = np.zeros(units), np.zeros(units)
    for i in range(len(purpose)):
        if manager[i] >= 0 and time[i] > 0.0:
            total[unit[i]] += before[i]
            present[unit[i]] += 1.0
        if leads_unit[i] >= 0 and time[i] > 0.0:
            total[leads_unit[i]] += before[i]
            present[leads_unit[i]] += 1.0
    for i in range(len(purpose)):
        m, u = manager[i], leads_unit[i]
        hours = min(time[i], time[m]) if m >= 0 else 0.0
        if hours > 0.0:
            mean = total[unit[i]] / present[unit[i]]
            purpose[i] += over_hours(alignment, engaging * hours) * (mean - purpose[i])
            purpose[i] += over_hours(alignment, (1.0 - engaging) * hours) * (before[m] - purpose[i])
        if u >= 0 and time[i] > 0.0:
            purpose[i] += over_hours(alignment, engaging * time[i]) * (
                total[u] / present[u] - purpose[i]
            )


@kernel
def who_admits(leads_unit, noticed, raised, tenure, role_modelling, person, key):
    """Flag the managers who tell their unit of a failure they had last week, shape (people,)."""
    admits = np.zeros(len(leads_unit), dtype=np.bool_)
    for m in range(len(leads_unit)):
        # A newcomer has had none here.
        failed = noticed[m] + raised[m] > 0 and tenure[m] > 0
        if leads_unit[m] >= 0 and failed:
            admits[m] = draw(key, person[m], 0) < role_modelling
    return admits

"""What passes between a manager and their unit: campaigns, dialogue, purpose, admitted failures.

Everything is read as the period opened, so that a view comes down the line a level a week.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import in_place
from sim.learning.groups import TURNS_PER_HOUR, over_hours
from sim.randomness import draw, fold, unit
from sim.records import estimate


class Line(NamedTuple):
    """Who leads whom; unit u meets as ``member[start[u]:start[u + 1]]``."""

    #: (people,) one's manager, one's unit, and the unit one leads; -1 for none.
    manager: NDArray[np.int32]
    unit: NDArray[np.int32]
    leads_unit: NDArray[np.int32]
    start: NDArray[np.int32]
    member: NDArray[np.int32]
    #: (people,) hours each has for the line.
    time: NDArray[np.float64]


class Leading(NamedTuple):
    """The rule as plain numbers."""

    #: Part of the time that is dialogue; managers campaign for the rest.
    engaging: float
    is_common: bool
    persuasion: float
    listening: float
    heard: float
    alignment: float


class People(NamedTuple):
    """What those who meet are like, each (people,)."""

    learning_rate: NDArray[np.float32]
    fear: NDArray[np.float32]
    influence: NDArray[np.float32]
    encouragement: NDArray[np.float32]
    person: NDArray[np.uint64]


@in_place
def campaign(line, rule, seen, held, people, subject_key, key):
    """Let managers tell their reports what works on one block; gives how many beliefs they took.

    What a manager can put into words is taken over with probability ``persuasion * learning_rate``
    an hour, and counts as their ``influence``. The block falls by ``subject_key``: one for all
    where the campaign ``is_common``.
    """
    seen_beliefs, seen_articulated, _, cases, _ = seen
    beliefs, articulated = held
    manager, time, person = line.manager, line.time, people.person
    blocks, part = cases.shape[1], 1.0 - rule.engaging
    complexity, taken = beliefs.shape[1] // blocks, 0
    common = int(draw(subject_key, 0, 0) * blocks)
    # Most people learn alike, and have as much time: a power for each such pair of numbers.
    usual_rate, usual_hours, chance = np.float32(-1.0), 0.0, 0.0
    for i in range(len(manager)):
        m = manager[i]
        hours = min(part * time[i], part * time[m]) if m >= 0 else 0.0
        if hours <= 0.0:
            continue
        b = common if rule.is_common else int(draw(subject_key, person[m], 0) * blocks)
        first, last = b * complexity, (b + 1) * complexity
        news = 0
        for d in range(first, last):
            news += seen_articulated[m, d] & (beliefs[i, d] != seen_beliefs[m, d])
        # Mostly there is none: a quarter is about one thing.
        if news == 0:
            continue
        rate = people.learning_rate[i]
        if rate != usual_rate or hours != usual_hours:
            usual_rate, usual_hours = rate, hours
            chance = over_hours(rule.persuasion * rate, hours)
        word = fold(key, person[i])
        for d in range(first, last):
            value = seen_beliefs[m, d]
            if not seen_articulated[m, d] or beliefs[i, d] == value:
                continue
            if unit(fold(word, d)) < chance:
                beliefs[i, d] = value
                articulated[i, d] = True
                people.influence[m] += 1.0
                taken += 1
    return taken


@in_place
def worst_block(members, manager, success, cases, mean, word, sums):
    """The block on which the reports among ``members`` have the worst record; lots among equals.

    Writes their successes and cases, ``sums`` of (blocks,) each.
    """
    successes, total = sums
    for b in range(len(total)):
        successes[b] = total[b] = 0.0
    for i in members:
        if i != manager:
            for b in range(len(total)):
                successes[b] += success[i, b]
                total[b] += cases[i, b]
    worst, least, longest = 0, 2.0, 0.0
    for b in range(len(total)):
        record = estimate(successes[b], total[b], mean)
        if record > least:
            continue
        lot = draw(word, b, 0)
        if record < least or lot > longest:
            worst, least, longest = b, record, lot
    return worst


@in_place
def list_speakers(members, m, time, part, first, last, fear, articulated, person, word, speakers):
    """List the ``members`` who answer manager ``m`` on dimensions ``first`` to ``last - 1``.

    Gives how many these are. There is one floor, for a ``part`` of everybody's ``time``: each gets
    a turn with the same chance, and uses it if they can put something into words, unless fear keeps
    them silent.
    """
    present, spoke = 0, 0
    for i in members:
        present += (i != m) & (time[i] > 0.0)
    for i in members:
        hours = min(part * time[i], part * time[m])
        if i == m or hours <= 0.0:
            continue
        sayable = 0
        for d in range(first, last):
            sayable += articulated[i, d]
        if sayable == 0:
            continue
        luck = fold(word, person[i])
        has_turn = unit(fold(luck, 0)) * present < TURNS_PER_HOUR * hours
        if has_turn and unit(fold(luck, 1)) >= fear[i]:
            speakers[spoke] = i
            spoke += 1
    return spoke


@in_place
def listen(line, rule, seen, held, people, speakers, sums, key):
    """Let managers hear their reports on the block that goes worst; gives beliefs they took over.

    What most of those who speak say of a dimension is taken over with probability ``listening *
    learning_rate`` an hour, and counts as the ``influence`` of those who said it, in equal parts.
    Who spoke is encouraged by ``heard`` an hour. ``speakers`` (people,) and ``sums`` (of
    ``worst_block``) are room.
    """
    seen_beliefs, seen_articulated, success, cases, mean = seen
    beliefs, articulated = held
    time, part, person = line.time, rule.engaging, people.person
    complexity = beliefs.shape[1] // cases.shape[1]
    taken = 0
    for m in range(len(line.leads_unit)):
        u = line.leads_unit[m]
        hours = part * time[m]
        if u < 0 or hours <= 0.0:
            continue
        members = line.member[line.start[u] : line.start[u + 1]]
        word = fold(key, person[m])
        b = worst_block(members, m, success, cases, mean, fold(word, 0), sums)
        first, last = b * complexity, (b + 1) * complexity
        turns = fold(word, 1)
        spoke = list_speakers(
            *(members, m, time, part, first, last, people.fear, seen_articulated, person),
            *(turns, speakers),
        )
        for i in speakers[:spoke]:
            people.encouragement[i] += rule.heard * min(part * time[i], hours)
        chance = over_hours(rule.listening * people.learning_rate[m], hours)
        for d in range(first, last):
            votes, said = 0, 0
            for i in speakers[:spoke]:
                votes += seen_beliefs[i, d] * seen_articulated[i, d]
                said += seen_articulated[i, d]
            value = 1 if votes > 0 else -1
            if votes == 0 or beliefs[m, d] == value or draw(word, 2, d) >= chance:
                continue
            beliefs[m, d] = value
            articulated[m, d] = True
            taken += 1
            holders = (said + abs(votes)) // 2
            for i in speakers[:spoke]:
                if seen_articulated[i, d] and seen_beliefs[i, d] == value:
                    people.influence[i] += 1.0 / holders
    return taken


@in_place
def align(line, engaging, alignment, purpose, sums):
    """Move the ``purpose`` (people,) of all who are there, by ``alignment`` an hour.

    For the share ``engaging`` of the time they move towards the mean of the unit and its manager,
    for the rest reports move towards their manager.
    """
    unit, manager, leads_unit, time = line.unit, line.manager, line.leads_unit, line.time
    before, total, present = sums
    for i in range(len(purpose)):
        before[i] = purpose[i]
        total[i], present[i] = 0.0, 0.0
    for i in range(len(purpose)):
        if manager[i] >= 0 and time[i] > 0.0:
            total[unit[i]] += before[i]
            present[unit[i]] += 1.0
        if leads_unit[i] >= 0 and time[i] > 0.0:
            total[leads_unit[i]] += before[i]
            present[leads_unit[i]] += 1.0
    # Most have the time of most others: powers for each time and not for each person.
    usual, by_dialogue, by_campaign = -1.0, 0.0, 0.0
    for i in range(len(purpose)):
        m, u = manager[i], leads_unit[i]
        hours = min(time[i], time[m]) if m >= 0 else 0.0
        if hours > 0.0:
            if hours != usual:
                usual = hours
                by_dialogue = over_hours(alignment, engaging * hours)
                by_campaign = over_hours(alignment, (1.0 - engaging) * hours)
            mean = total[unit[i]] / present[unit[i]]
            purpose[i] += by_dialogue * (mean - purpose[i])
            purpose[i] += by_campaign * (before[m] - purpose[i])
        if u >= 0 and time[i] > 0.0:
            purpose[i] += over_hours(alignment, engaging * time[i]) * (
                total[u] / present[u] - purpose[i]
            )


@in_place
def who_admits(admits, leads_unit, noticed, raised, tenure, role_modelling, person, key):
    """Flag as ``admits`` (people,) the managers who tell their unit of a failure of last week."""
    for m in range(len(leads_unit)):
        # A newcomer has had none here.
        failed = noticed[m] + raised[m] > 0 and tenure[m] > 0
        has_unit = leads_unit[m] >= 0
        admits[m] = has_unit and failed and draw(key, person[m], 0) < role_modelling

"""Coaches: who coaches whom, how much room they have for it, and the session of two.

The kernels behind the mechanism ``coaching``; those of its groups: ``sim.learning.facilitation``.
"""

from __future__ import annotations

from sim.kernels import in_place
from sim.learning.trials import compare_ways, failing_block
from sim.randomness import draw, fold
from sim.records import estimate
from sim.tallies import COACHING, COACHING_SESSIONS, INSIGHTS, INSIGHTS_RIGHT


@in_place
def question_of(i, success, cases, person, key):
    """The block that person ``i`` wants to understand this week, by ``failing_block``."""
    return failing_block(success[i], cases[i], draw(key, person[i], 0))


@in_place
def ask_the_officer(coach, officer, cell):
    """Note as ``coach`` (people,) the learning officer of one's cell, -1 for who is it oneself."""
    for i in range(len(coach)):
        coach[i] = officer[cell[i]] if officer[cell[i]] != i else -1


@in_place
def ask_the_experienced(
    coach, start, member, unit, success, cases, mean, person, question_key, key
):
    """Note as ``coach`` (people,) who else in one's unit has the best record on what one asks.

    -1 where there is nobody else. Unit u is ``member[start[u]:start[u + 1]]``; among equals the lot
    decides.
    """
    for i in range(len(person)):
        block = question_of(i, success, cases, person, question_key)
        coach[i], most, luckiest, word = -1, -1.0, 0.0, fold(key, person[i])
        for j in member[start[unit[i]] : start[unit[i] + 1]]:
            record = estimate(success[j, block], cases[j, block], mean)
            if j == i or record < most:
                continue
            luck = draw(word, person[j], 0)
            if record > most or luck > luckiest:
                coach[i], most, luckiest = j, record, luck


@in_place
def have_room(coach, facilitator, together, hours, most, room, learners):
    """Whether every ``coach`` (people,) has the time for all who come, ``hours`` with each.

    Notes in ``room`` (people,) the hours each can give: the ``most``, less ``together`` for each
    group they lead; one person may be ``facilitator`` of two, of their unit and of their reports.
    Counts in ``learners`` (people,) who comes to each.
    """
    for i in range(len(room)):
        room[i], learners[i] = most, 0
    for i in facilitator:
        room[i] -= together
    fits = True
    for i in range(len(coach)):
        c = coach[i]
        if c >= 0:
            fits &= learners[c] * hours + hours <= room[c]
            learners[c] += 1
    return fits


@in_place
def turn_away(coach, order, hours, room, before):
    """Let people come to their ``coach`` in this ``order``; ``coach`` becomes -1 without room.

    ``room`` (people,) is the time each can give, ``hours`` what each learner takes; ``before``
    (people,) counts who came.
    """
    for i in range(len(before)):
        before[i] = 0
    for i in order:
        c = coach[i]
        if c < 0:
            continue
        if before[c] * hours + hours > room[c]:
            coach[i] = -1
        before[c] += 1


@in_place
def book_sessions(planned, coach, hours, trying, learners):
    """Add to ``planned`` the ``hours`` with a coach and of coaches, and of ``trying`` things out.

    Counts in ``learners`` (people,) who comes to each.
    """
    for i in range(len(coach)):
        learners[i] = 0
    for i in range(len(coach)):
        if coach[i] >= 0:
            learners[coach[i]] += 1
    for i in range(len(coach)):
        is_coached = coach[i] >= 0
        planned[i, COACHING] += hours * (is_coached + learners[i]) + trying * is_coached


@in_place
def point_to(own, coachs, first, last, luck):
    """A dimension from ``first`` to ``last - 1`` to look at, for one learner and one coach.

    By lot among those on which the coach has an opinion that the learner does not share, or among
    all where there is none. ``own`` and ``coachs`` are their beliefs (dimensions,).
    """
    differing = 0
    for d in range(first, last):
        differing += (coachs[d] != 0) & (coachs[d] != own[d])
    if differing == 0:
        return first + int(luck * (last - first))
    place = int(luck * differing)
    for d in range(first, last):
        if coachs[d] != 0 and coachs[d] != own[d]:
            if place == 0:
                return d
            place -= 1
    return last - 1


@in_place
def work_out(coach, sessions, share, seen, held, encouragement, person, tally, rule, keys):
    """Hold ``sessions`` a week of each learner with a ``coach`` (people,), -1 for nobody.

    ``seen`` are beliefs and code as the period opened, reality, and the record of successes and
    cases; ``held`` beliefs and articulated, which are written. ``share`` (people,) is the part of
    the time each had: the shorter one of both counts. ``rule`` is complexity, formalization, chance
    of noticing a failure, cases, encouragement; ``keys`` name the questions and the sessions.
    """
    seen_beliefs, code, reality, success, record = seen
    beliefs, articulated = held
    complexity, formalization, noticed, cases, kindness = rule
    question_key, key = keys
    for i in range(len(coach)):
        if coach[i] < 0:
            continue
        word = fold(key, person[i])
        count = int(sessions * min(share[i], share[coach[i]]) + draw(word, 0, 0))
        if count == 0:
            continue
        first = question_of(i, success, record, person, question_key) * complexity
        for n in range(count):
            session = fold(word, n + 1)
            d = point_to(
                beliefs[i],
                seen_beliefs[coach[i]],
                first,
                first + complexity,
                draw(session, 0, 0),
            )
            value = -beliefs[i, d]
            if value == 0:
                value = 1 if draw(session, 1, 0) < 0.5 else -1
            new, usual = compare_ways(
                beliefs[i],
                code,
                reality,
                d,
                value,
                complexity,
                formalization,
                noticed,
                cases,
                fold(session, 2),
            )
            tally[COACHING_SESSIONS] += 1.0
            encouragement[i] += kindness
            if new < usual and beliefs[i, d] == 0:
                value = -value
            elif new <= usual:
                continue
            beliefs[i, d] = value
            articulated[i, d] = True
            tally[INSIGHTS] += 1.0
            tally[INSIGHTS_RIGHT] += value == reality[d]

"""Facilitated groups: people work a question out together, and whoever leads says nothing of it.

The constructivist model for a group [document 003: coaching and facilitation]. The group takes up
a question of its own where its members see it differently; each who comes to speak brings cases of
their own, done either way; all cases together say which way does better. The facilitator gives the
floor by lot, so that neither the sociable nor the dominant take it, and makes it a safer place.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import kernel
from sim.learning.floor import standing_above
from sim.learning.groups import choose_block
from sim.learning.trials import study_trial
from sim.randomness import draw, fold
from sim.records import estimate
from sim.tallies import CASES_BROUGHT, FACILITATED_SESSIONS, INSIGHTS, INSIGHTS_RIGHT

if TYPE_CHECKING:
    from sim.organization import Organization

#: With fewer learners beside the facilitator it is no group: one learner has a coach.
LEAST_LEARNERS = 2


class Circles(NamedTuple):
    """Who sits together; circle c is ``member[start[c]:start[c + 1]]``, with its facilitator."""

    start: NDArray[np.int32]
    member: NDArray[np.int32]
    #: (circles,) the unit or cell it is, and who leads it; -1 where that depends on the question.
    group: NDArray[np.int32]
    facilitator: NDArray[np.int32]


def circles_of(organization: Organization) -> Circles:
    """Units with their managers, or cells, as ``coaching.by`` says, where there are enough."""
    by = organization.parameters["coaching"].by
    if by == "officer":
        groups = organization.cells
        start, member = organization.cell_start, organization.cell_member
        facilitator = organization.officer[:groups]
    else:
        groups = organization.units
        start, member = organization.team_start, organization.team_member
        facilitator = np.full(groups, -1, dtype=np.int32)
        leads = organization.leads_unit
        if by == "manager":
            facilitator[leads[leads >= 0]] = np.flatnonzero(leads >= 0)
    sizes = np.diff(start[: groups + 1])
    held = sizes > LEAST_LEARNERS
    if by != "experienced":
        held &= facilitator >= 0
    return Circles(
        np.concatenate([[0], np.cumsum(sizes[held])]).astype(np.int32),
        member[: start[groups]][np.repeat(held, sizes)],
        np.flatnonzero(held).astype(np.int32),
        facilitator[held].astype(np.int32),
    )


def seats_and_learners(circles: Circles) -> tuple[int, int]:
    """How many sit in all circles together, and how many of them learn."""
    return len(circles.member), len(circles.member) - len(circles.group)


@kernel
def take_up_questions(circles, success, cases, mean, person, key):
    """The block that each circle takes up, (circles,), by its members' need.

    Where no facilitator is set, it is who has the best record on it, by lot among equals; they are
    written to ``circles.facilitator``.
    """
    start, member, group, facilitator = circles
    block = np.empty(len(group), dtype=np.int32)
    for c in range(len(group)):
        members, word = member[start[c] : start[c + 1]], fold(key, group[c])
        b = choose_block(members, 0, success.shape[1], success, cases, draw(word, 0, 1))
        block[c] = b
        if facilitator[c] >= 0:
            continue
        most, luckiest = -1.0, 0.0
        for i in members:
            record, luck = estimate(success[i, b], cases[i, b], mean), draw(word, person[i], 0)
            if record > most or (record == most and luck > luckiest):
                facilitator[c], most, luckiest = i, record, luck
    return block


@kernel
def bring_cases(members, leader, floor, room, share, fear, safety, status, level, person, key):
    """Note on the ``floor`` (present, brings) who is there and who brings cases, by their place.

    The floor goes round by lot, for ``room`` turns; fear and the standing of others make people let
    their turn pass.
    """
    present, brings = floor
    waits = np.empty(len(members))
    for a in range(len(members)):
        i = members[a]
        present[a] = i != leader and draw(key, person[i], 0) < share[i]
        waits[a] = draw(key, person[i], 1) if present[a] else np.inf
        brings[a] = False
        if i == leader:
            waits[a] = -1.0
    # The facilitator, who waits for nothing, comes first and takes no turn.
    for a in np.argsort(waits, kind="mergesort")[1 : 1 + room]:
        i = members[a]
        if waits[a] == np.inf or draw(key, person[i], 2) < fear[i] - safety:
            continue
        above = standing_above(members, waits, a, level) if status > 0.0 else 0.0
        brings[a] = draw(key, person[i], 3) >= status * above


@kernel
def open_question(members, brings, beliefs, first, last, luck):
    """A dimension from ``first`` to ``last - 1`` on which those who bring cases hold both views.

    By lot among these, or among all where they agree.
    """
    disputed = np.zeros(last - first, np.bool_)
    for d in range(first, last):
        for_it, against = False, False
        for a in range(len(members)):
            if brings[a]:
                for_it |= beliefs[members[a], d] > 0
                against |= beliefs[members[a], d] < 0
        disputed[d - first] = for_it and against
    places = np.flatnonzero(disputed)
    if len(places) == 0:
        return first + int(luck * (last - first))
    return first + places[int(luck * len(places))]


@kernel
def work_out_together(
    circles,
    block,
    sessions,
    share,
    fear,
    seen,
    held,
    encouragement,
    level,
    person,
    tally,
    rule,
    key,
):
    """Hold ``sessions`` a week of every circle whose facilitator has time, each on its ``block``.

    Each who brings cases compares as many done the other way with as many done as usual; what all
    of them saw, taken together, tells which way does better, and who is there and does it
    otherwise adopts that. ``seen`` are beliefs and code as the period opened, and reality; ``held``
    beliefs and articulated, which are written. ``rule`` is complexity, formalization, chance of
    noticing a failure, cases, encouragement, turns in a session, safety, silence before those who
    stand higher.
    """
    start, member, group, facilitator = circles
    seen_beliefs, code, reality = seen
    beliefs, articulated = held
    complexity, formalization, noticed, cases, kindness, turns, safety, status = rule
    for c in range(len(group)):
        members, leader = member[start[c] : start[c + 1]], facilitator[c]
        present, brings = np.zeros(len(members), np.bool_), np.zeros(len(members), np.bool_)
        word, first = fold(key, group[c]), block[c] * complexity
        for n in range(int(sessions * share[leader] + draw(word, 0, 0))):
            session = fold(word, n + 1)
            # A part of a turn is a turn with that chance.
            room = int(turns + draw(session, 0, 5))
            floor = (present, brings)
            bring_cases(
                members, leader, floor, room, share, fear, safety, status, level, person, session
            )
            luck = draw(session, 0, 6)
            d = open_question(members, brings, seen_beliefs, first, first + complexity, luck)
            better = 0
            for a in range(len(members)):
                i = members[a]
                tally[FACILITATED_SESSIONS] += present[a]
                if not brings[a]:
                    continue
                tally[CASES_BROUGHT] += 1.0
                encouragement[i] += kindness
                value = -beliefs[i, d]
                if value == 0:
                    value = 1 if draw(session, person[i], 4) < 0.5 else -1
                observed, _, _ = study_trial(
                    beliefs[i],
                    code,
                    reality,
                    d,
                    value,
                    complexity,
                    formalization,
                    noticed,
                    cases,
                    fold(session, person[i]),
                )
                # Whole cases: that all of them balance must not hang on rounding.
                better += value * math.floor(observed * cases + 0.5)
            value = 1 if better > 0 else -1
            for a in range(len(members)):
                i = members[a]
                if better == 0 or not present[a] or beliefs[i, d] == value:
                    continue
                beliefs[i, d] = value
                articulated[i, d] = True
                tally[INSIGHTS] += 1.0
                tally[INSIGHTS_RIGHT] += value == reality[d]

"""Facilitated groups: people work a question out together, and whoever leads says nothing of it.

The constructivist model for a group [document 003: coaching and facilitation]. The group takes up
a question of its own where its members see it differently; each who comes to speak brings cases of
their own, done either way; all cases together say which way does better. The facilitator gives the
floor by lot, so that neither the sociable nor the dominant take it, and makes it a safer place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import in_place, inlined
from sim.learning.floor import standing_above
from sim.learning.groups import choose_block
from sim.learning.trials import compare_ways
from sim.randomness import draw, fold, unit
from sim.records import estimate
from sim.tallies import CASES_BROUGHT, COACHING, FACILITATED_SESSIONS, INSIGHTS, INSIGHTS_RIGHT

if TYPE_CHECKING:
    from sim.organization import Organization

#: With fewer learners beside the facilitator it is no group: one learner has a coach.
LEAST_LEARNERS = 2
#: Who coaches and facilitates, by ``coaching.by``.
LEADERS = {"manager": 0, "officer": 1, "experienced": 2}
MANAGER, OFFICER, EXPERIENCED = range(3)


class Circles(NamedTuple):
    """Who sits together; circle c is ``member[start[c]:start[c + 1]]``, with its facilitator."""

    start: NDArray[np.int32]
    member: NDArray[np.int32]
    #: (circles,) the unit or cell it is, and who leads it; -1 where that depends on the question.
    group: NDArray[np.int32]
    facilitator: NDArray[np.int32]


def circles_of(organization: Organization) -> Circles:
    """Units with their managers, or cells, as ``coaching.by`` says, where there are enough.

    Not to be written to, and to be used before others are seated.
    """
    by = organization.parameters["coaching"].by
    groups = organization.cells if by == "officer" else organization.units
    return circles_held(organization, seat_circles(organization.state, LEADERS[by], groups))


def circles_held(organization: Organization, count: int) -> Circles:
    """The circles that have been seated, so many of them."""
    room = organization.state.arrays
    start = room["circle_start"][: count + 1]
    group, facilitator = room["circle_group"][:count], room["circle_facilitator"][:count]
    return Circles(start, room["circle_member"][: start[-1]], group, facilitator)


@inlined
def circles_in(state, count):
    """The same for a compiled step."""
    start = state.circle_start[: count + 1]
    member = state.circle_member[: start[count]]
    return Circles(start, member, state.circle_group[:count], state.circle_facilitator[:count])


@in_place
def seat_circles(state, by, groups):
    """Seat the circles of so many ``groups``, units or cells, led ``by`` one of ``LEADERS``.

    Gives how many there are.
    """
    start, member, leads = state.team_start, state.team_member, state.leads_unit
    leader = state.circle_leader[:groups]
    seats = state.circle_start, state.circle_member, state.circle_group, state.circle_facilitator
    if by == OFFICER:
        start, member = state.cell_start, state.cell_member
        officer = state.officer
        for g in range(groups):
            leader[g] = officer[g]
    else:
        for g in range(groups):
            leader[g] = -1
    return seat(
        start, member, leader, leads[:0] if by != MANAGER else leads, by != EXPERIENCED, *seats
    )


@in_place
def seat(start, member, leader, leads, is_led, places, seats, group, facilitator):
    """Fill the arrays of ``Circles`` with the groups large enough; gives how many these are.

    Group g is ``member[start[g]:start[g + 1]]``. Its ``leader`` (groups,), who has to be there
    where the circle ``is_led`` by whoever leads the group, is known or noted by ``leads`` (people,
    or nobody): the group that each person leads, -1 for none.
    """
    for i in range(len(leads)):
        if leads[i] >= 0:
            leader[leads[i]] = i
    held, places[0] = 0, 0
    for g in range(len(leader)):
        size = start[g + 1] - start[g]
        if size <= LEAST_LEARNERS or (is_led and leader[g] < 0):
            continue
        for a in range(size):
            seats[places[held] + a] = member[start[g] + a]
        group[held], facilitator[held] = g, leader[g]
        places[held + 1] = places[held] + size
        held += 1
    return held


def seats_and_learners(circles: Circles) -> tuple[int, int]:
    """How many sit in all circles together, and how many of them learn."""
    return len(circles.member), len(circles.member) - len(circles.group)


@in_place
def take_up_question(members, success, cases, word):
    """The block that one circle takes up, by its members' need."""
    return choose_block(members, 0, success.shape[1], success, cases, draw(word, 0, 1))


@in_place
def seek_facilitators(circles, success, cases, mean, person, key):
    """Let who has the best record on a circle's question facilitate it, by lot among equals."""
    start, member, group, facilitator = circles
    for c in range(len(group)):
        members, word = member[start[c] : start[c + 1]], fold(key, group[c])
        b = take_up_question(members, success, cases, word)
        most, luckiest = -1.0, 0.0
        for i in members:
            record, luck = estimate(success[i, b], cases[i, b], mean), draw(word, person[i], 0)
            if record > most or (record == most and luck > luckiest):
                facilitator[c], most, luckiest = i, record, luck


@in_place
def book_circles(planned, circles, hours, trying, seats, led):
    """Add to ``planned`` the ``hours`` in circles, and of ``trying`` things out for learners.

    Counts in ``seats`` and ``led`` (people,) in how many each sits, and how many they facilitate.
    """
    _, member, _, facilitator = circles
    for i in range(len(planned)):
        seats[i] = led[i] = 0
    for i in member:
        seats[i] += 1
    for i in facilitator:
        led[i] += 1
    for i in range(len(planned)):
        planned[i, COACHING] += hours * seats[i] + trying * (seats[i] - led[i])


@in_place
def next_in_line(waits, after):
    """Place of whom the floor comes to next after place ``after``; -1 for nobody.

    The shorter wait first, then the smaller place; who waits for ever is never next.
    """
    # Choosing between values: who is next cannot be foreseen.
    following, least, past = -1, np.inf, waits[after]
    for a in range(len(waits)):
        wait = waits[a]
        sooner = ((wait > past) | ((wait == past) & (a > after))) & (wait < least)
        following = a if sooner else following
        least = wait if sooner else least
    return following


@in_place
def bring_cases(members, leader, floor, room, share, fear, safety, status, level, person, key):
    """Note on the ``floor`` (present, brings, waits) who is there and who brings cases, by place.

    The floor goes round by lot, for ``room`` turns; fear and the standing of others make people let
    their turn pass.
    """
    present, brings, waits = floor
    # The facilitator, who waits for nothing, comes first and takes no turn.
    turn = 0
    for a in range(len(members)):
        i = members[a]
        word = fold(key, person[i])
        present[a] = i != leader and unit(fold(word, 0)) < share[i]
        waits[a] = unit(fold(word, 1)) if present[a] else np.inf
        brings[a] = False
        if i == leader:
            waits[a] = -1.0
            turn = a
    for _ in range(room):
        turn = next_in_line(waits[: len(members)], turn)
        if turn < 0:
            break
        i = members[turn]
        if draw(key, person[i], 2) < fear[i] - safety:
            continue
        above = standing_above(members, waits, turn, level) if status > 0.0 else 0.0
        brings[turn] = draw(key, person[i], 3) >= status * above


@in_place
def is_disputed(members, brings, beliefs, d):
    """Whether those of the ``members`` who bring cases hold both views on dimension ``d``."""
    for_it, against = False, False
    for a in range(len(members)):
        belief = beliefs[members[a], d]
        for_it |= brings[a] & (belief > 0)
        against |= brings[a] & (belief < 0)
    return for_it & against


@in_place
def open_question(members, brings, beliefs, first, last, luck):
    """A dimension from ``first`` to ``last - 1`` on which those who bring cases hold both views.

    By lot among these, or among all where they agree.
    """
    disputed = 0
    for d in range(first, last):
        disputed += is_disputed(members, brings, beliefs, d)
    if disputed == 0:
        return first + int(luck * (last - first))
    place = int(luck * disputed)
    for d in range(first, last):
        if is_disputed(members, brings, beliefs, d):
            if place == 0:
                return d
            place -= 1
    return last - 1


@in_place
def work_out_together(
    circles,
    floor,
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
    keys,
):
    """Hold ``sessions`` a week of every circle whose facilitator has time, each on its question.

    Each who brings cases compares as many done the other way with as many done as usual; what all
    of them saw, taken together, tells which way does better, and who is there and does it
    otherwise adopts that. ``seen`` are beliefs and code as the period opened, reality, and the
    record of successes and cases; ``held`` beliefs and articulated, which are written. ``rule`` is
    complexity, formalization, chance of noticing a failure, cases, encouragement, turns in a
    session, safety, silence before those who stand higher; ``keys`` name the questions and the
    sessions. ``floor`` is that of ``bring_cases``, with a place for every member.
    """
    start, member, group, facilitator = circles
    seen_beliefs, code, reality, success, record = seen
    beliefs, articulated = held
    complexity, formalization, noticed, cases, kindness, turns, safety, status = rule
    (present, brings, _), (question_key, key) = floor, keys
    for c in range(len(group)):
        members, leader = member[start[c] : start[c + 1]], facilitator[c]
        word = fold(key, group[c])
        count = int(sessions * share[leader] + draw(word, 0, 0))
        if count == 0:
            continue
        block = take_up_question(members, success, record, fold(question_key, group[c]))
        first = block * complexity
        for n in range(count):
            session = fold(word, n + 1)
            # A part of a turn is a turn with that chance.
            room = int(turns + draw(session, 0, 5))
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
                more, fewer = compare_ways(
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
                better += value * (more - fewer)
            value = 1 if better > 0 else -1
            for a in range(len(members)):
                i = members[a]
                if better == 0 or not present[a] or beliefs[i, d] == value:
                    continue
                beliefs[i, d] = value
                articulated[i, d] = True
                tally[INSIGHTS] += 1.0
                tally[INSIGHTS_RIGHT] += value == reality[d]

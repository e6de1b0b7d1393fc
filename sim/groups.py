"""Learning in groups: talk, in which the majority of those who do better teaches; and joint cases.

One rule for every group that meets, a unit, a cell or the officers of a community: each
member weighs what they hear from members whose record on this kind of request beats their own
[FangLeeSchilling2010 for the majority of better contacts]. Talk carries only what can be said;
what cannot passes by joint cases alone. Time limits both: there is one floor, and an hour of it.
"""

from __future__ import annotations

import math

import numpy as np

from sim.cases import attempt
from sim.kernels import inlined, kernel
from sim.randomness import draw, fold
from sim.records import estimate
from sim.tallies import COMBINATION_FLOW, SOCIALIZATION_FLOW, TURNS_TAKEN
from sim.ties import faded, find, meet

#: Turns at speaking that an hour has for all members together (assumption: ten minutes each).
TURNS_PER_HOUR = 6.0
#: How far trust moves to a joint case's outcome (assumption).
TRUST_STEP = 0.1


@inlined
def expected_of_other(success, cases, mean, is_stranger, discount):
    """What one expects of another by their record; people of another home start lower."""
    return estimate(success, cases, mean - discount if is_stranger else mean)


@kernel
def choose_block(members, low, high, success, cases, luck):
    """The group's subject: a block from ``low`` to ``high - 1``, sooner the more it has failed.

    Chances are in proportion to one plus the members' recent noticed failures.
    """
    total = 0.0
    for b in range(low, high):
        total += 1.0
        for m in members:
            total += cases[m, b] - success[m, b]
    reached = 0.0
    for b in range(low, high):
        reached += 1.0
        for m in members:
            reached += cases[m, b] - success[m, b]
        if luck * total < reached:
            return b
    return high - 1


@kernel
def take_turns(members, turns, share, fear, sociability, person, speaks, key):
    """Let members speak until the turns are used up; writes the flags ``speaks``.

    A member takes part with the chance ``share`` (the part of the planned hours that fitted the
    week), comes to speak sooner the more sociable they are (an exponential race), and then says
    something unless fear holds them back. Gives the number of turns that were used.
    """
    count = len(members)
    waits = np.empty(count)
    for a in range(count):
        i = members[a]
        speaks[a] = False
        absent = draw(key, person[i], 0) >= share[i]
        race = -math.log(1.0 - draw(key, person[i], 1)) / (0.05 + sociability[i])
        waits[a] = np.inf if absent else race
    used = 0
    for a in np.argsort(waits, kind="mergesort"):
        if used == turns or waits[a] == np.inf:
            break
        used += 1
        i = members[a]
        speaks[a] = draw(key, person[i], 2) >= fear[i]
    return used


@kernel
def hear(
    members,
    speaks,
    b,
    complexity,
    seen_beliefs,
    seen_articulated,
    seen_success,
    seen_cases,
    mean,
    beliefs,
    articulated,
    share,
    rate,
    learning_rate,
    stranger,
    discount,
    fidelity,
    home,
    contact,
    familiarity,
    last_met,
    person,
    week,
    key,
):
    """Each member weighs what was said on block ``b`` and may adopt it; gives the adoptions.

    Among speakers whose record beats one's own, each spoken belief counts
    ``w = stranger + (1 - stranger) * familiarity``; the sign of the sum is adopted with
    probability ``rate * |sum| / (number of them)``. The sum is not divided by the weights: being
    strangers costs. A word is passed on rightly with the chance ``fidelity``, else it is lost.
    """
    adopted = 0
    votes = np.empty(complexity)
    for i in members:
        if draw(key, person[i], 0) >= share[i]:
            continue
        own = estimate(seen_success[i, b], seen_cases[i, b], mean)
        better = 0
        votes[:] = 0.0
        for a in range(len(members)):
            j = members[a]
            if j == i or not speaks[a]:
                continue
            other = expected_of_other(
                seen_success[j, b], seen_cases[j, b], mean, home[i] != home[j], discount
            )
            if other <= own:
                continue
            better += 1
            k = find(contact, i, j)
            known = faded(familiarity[i, k], week - last_met[i, k]) if k >= 0 else 0.0
            weight = stranger + (1.0 - stranger) * known
            for c in range(complexity):
                d = b * complexity + c
                passed = fidelity >= 1.0 or draw(fold(key, person[i]), person[j], 8 + c) < fidelity
                if seen_articulated[j, d] and passed:
                    votes[c] += weight * seen_beliefs[j, d]
        if better == 0:
            continue
        for c in range(complexity):
            d = b * complexity + c
            value = 1 if votes[c] > 0.0 else -1
            if votes[c] == 0.0 or beliefs[i, d] == value:
                continue
            chance = rate * learning_rate[i] * min(abs(votes[c]) / better, 1.0)
            if draw(key, person[i], 8 + c) < chance:
                beliefs[i, d] = value
                articulated[i, d] = True
                adopted += 1
    return adopted


@kernel
def talk(
    start,
    member,
    groups,
    low,
    high,
    hours,
    share,
    rate,
    stranger,
    discount,
    fidelity,
    complexity,
    seen_beliefs,
    seen_articulated,
    seen_success,
    seen_cases,
    mean,
    beliefs,
    articulated,
    fear,
    sociability,
    learning_rate,
    home,
    contact,
    familiarity,
    last_met,
    person,
    tally,
    week,
    key,
):
    """Let every group talk for ``hours``, an hour a subject.

    ``start`` and ``member`` list the groups; ``low`` and ``high`` the blocks that are each
    group's business. Beliefs and records are seen as the period opened (``seen_*``); what is
    adopted goes to ``beliefs`` and ``articulated``.
    """
    for g in range(groups):
        members = member[start[g] : start[g + 1]]
        if len(members) < 2:
            continue
        speaks = np.empty(len(members), dtype=np.bool_)
        left = hours
        subject = 0
        while left > 0.0:
            word = fold(fold(key, g), subject)
            floor = TURNS_PER_HOUR * min(left, 1.0)
            # A part of a turn is a turn with that chance.
            turns = int(floor + draw(word, 0, 3))
            b = choose_block(members, low[g], high[g], seen_success, seen_cases, draw(word, 0, 4))
            tally[TURNS_TAKEN] += take_turns(
                members, turns, share, fear, sociability, person, speaks, word
            )
            tally[COMBINATION_FLOW] += hear(
                members,
                speaks,
                b,
                complexity,
                seen_beliefs,
                seen_articulated,
                seen_success,
                seen_cases,
                mean,
                beliefs,
                articulated,
                share,
                rate,
                learning_rate,
                stranger,
                discount,
                fidelity,
                home,
                contact,
                familiarity,
                last_met,
                person,
                week,
                word,
            )
            left -= 1.0
            subject += 1


@kernel
def practise_together(
    start,
    member,
    groups,
    low,
    high,
    own_group,
    hours,
    case_hours,
    share,
    adoption,
    deepening,
    discount,
    complexity,
    formalization,
    seen_beliefs,
    seen_success,
    seen_cases,
    mean,
    beliefs,
    articulated,
    practice,
    used,
    reality,
    code,
    learning_rate,
    home,
    contact,
    familiarity,
    trust,
    last_met,
    joint_hours,
    warmth,
    person,
    tally,
    week,
    key,
):
    """Let members sit in on cases of others in their group: the way tacit knowledge travels.

    Each does so in the group that is ``own_group`` (people,), with any other member of it.
    ``hours`` a week a member, at ``case_hours`` a case. From a colleague whose record beats one's
    own each belief on the block, spoken or not, is taken over with probability ``adoption *
    familiarity``, and stays tacit; practice deepens by ``deepening``. Both come to know each
    other, and trust moves towards the case's outcome.
    """
    for g in range(groups):
        members = member[start[g] : start[g + 1]]
        if len(members) < 2:
            continue
        for a in range(len(members)):
            i = members[a]
            if own_group[i] != g:
                continue
            cases = int(hours * share[i] / case_hours + draw(key, person[i], 0))
            for n in range(cases):
                word = fold(fold(key, person[i]), n)
                place = int(draw(word, 0, 5) * (len(members) - 1))
                j = members[place + (place >= a)]
                b = choose_block(
                    members, low[g], high[g], seen_success, seen_cases, draw(word, 0, 6)
                )
                known = meet(contact, familiarity, trust, last_met, i, j, case_hours, week)
                meet(contact, familiarity, trust, last_met, j, i, case_hours, week)
                for k in (i, j):
                    joint_hours[k] += case_hours
                    warmth[k] += case_hours * known
                first, last = b * complexity, (b + 1) * complexity
                right, _ = attempt(
                    seen_beliefs[j], code, reality, first, last, formalization, fold(word, 7)
                )
                place = find(contact, i, j)
                outcome = 1.0 if right else 0.0
                trust[i, place] += TRUST_STEP * (outcome - trust[i, place])
                own = estimate(seen_success[i, b], seen_cases[i, b], mean)
                other = expected_of_other(
                    seen_success[j, b], seen_cases[j, b], mean, home[i] != home[j], discount
                )
                for d in range(first, last):
                    used[i, d] = True
                    practice[i, d] = min(1.0, practice[i, d] + deepening)
                    value = seen_beliefs[j, d]
                    if other <= own or value == 0 or beliefs[i, d] == value:
                        continue
                    if draw(word, 1, d) < adoption * known * learning_rate[i]:
                        beliefs[i, d] = value
                        articulated[i, d] = False
                        tally[SOCIALIZATION_FLOW] += 1.0

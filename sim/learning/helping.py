"""Help in a cell: the best on a subject sits down with the worst, the second best with the next.

Help is work between two, apart from the floor: nobody can take it from them and nobody hides. It
carries what can be said, and both go through it together; who helps learns nothing meanwhile.
"""

from __future__ import annotations

import numpy as np

from sim.acquaintance.ties import familiar
from sim.kernels import in_place
from sim.learning.groups import (
    choose_block,
    chosen_block,
    counted_hours,
    most_over_hours,
    over_hours,
)
from sim.randomness import draw, fold, unit
from sim.records import estimate
from sim.tallies import COMBINATION_FLOW, HELP_GIVEN, HELP_UPWARD


@in_place
def give_help(
    groups,
    hours,
    meeting,
    seen,
    held,
    people,
    dyads,
    skill,
    rule,
    cases,
    floor,
    needs,
    tally,
    week,
    key,
):
    """Let the members of every group help each other for the last ``hours`` of a ``meeting``.

    Those who have time that week (each with the chance ``share``) are put in pairs by their record
    on the group's subject, the best with the worst and so on inwards, equals by lot. Where the one
    does better, the other takes over each of their spoken beliefs with probability ``rate *
    learning rate * (stranger + (1 - stranger) * familiarity)`` in an hour, and practises. Each adds
    1 to the helper's influence. Help by who learns no faster is counted apart (``HELP_UPWARD``).
    ``needs`` are as noted by ``note_needs``; whoever it is, the ``floor`` has room to list them.
    """
    counted = counted_hours(meeting, meeting) - counted_hours(meeting - hours, meeting)
    deepening = cases.deepening * hours / cases.case_hours
    for g in range(groups.first, groups.last):
        members = groups.member[groups.start[g] : groups.start[g + 1]]
        if len(members) < 2:
            continue
        word = fold(key, g)
        b = groups.subject[min(g, len(groups.subject) - 1)]
        if b < 0:
            b = chosen_block(groups, g, needs, draw(word, 0, 4))
        ranked = floor.here[: rank(members, b, seen, people, floor, word)]
        for place in range(len(ranked) // 2):
            j, i = ranked[place], ranked[len(ranked) - 1 - place]
            if floor.at_home[place] <= floor.at_home[len(ranked) - 1 - place]:
                break
            tally[HELP_GIVEN] += 1.0
            if people.learning_rate[j] <= people.learning_rate[i]:
                tally[HELP_UPWARD] += 1.0
            known = familiar(dyads.contact, dyads.familiarity, dyads.last_met, i, j, week)
            weight = rule.stranger + (1.0 - rule.stranger) * known
            chance = rule.rate * people.learning_rate[i] * weight
            most = most_over_hours(chance, counted)
            mine = fold(word, people.person[i])
            for c in range(rule.complexity):
                d = b * rule.complexity + c
                skill.used[i, d] = True
                skill.practice[i, d] = min(1.0, skill.practice[i, d] + deepening)
                value = seen.beliefs[j, d]
                if not seen.articulated[j, d] or held.beliefs[i, d] == value:
                    continue
                luck = unit(fold(mine, 8 + c))
                if luck < most and luck < over_hours(chance, counted):
                    held.beliefs[i, d] = value
                    held.articulated[i, d] = True
                    held.influence[j] += 1.0
                    tally[COMBINATION_FLOW] += 1.0


@in_place
def rank(members, b, seen, people, floor, key):
    """List those of the members who have time, the best on block ``b`` first, equals by lot.

    They stand ``here`` on the floor, with their expected share of successes (``at_home``) and
    their lot (``waits``); gives how many they are.
    """
    here, merit, lot = floor.here, floor.at_home, floor.waits
    count = 0
    for i in members:
        mine = fold(key, people.person[i])
        if unit(fold(mine, 0)) >= people.share[i]:
            continue
        own = estimate(seen.success[i, b], seen.cases[i, b], seen.mean)
        luck = unit(fold(mine, 1))
        # Groups are small: to put each in their place is faster than to sort all.
        place = count
        while place > 0 and (
            merit[place - 1] < own or (merit[place - 1] == own and lot[place - 1] > luck)
        ):
            here[place], merit[place], lot[place] = (
                here[place - 1],
                merit[place - 1],
                lot[place - 1],
            )
            place -= 1
        here[place], merit[place], lot[place] = i, own, luck
        count += 1
    return count


@in_place
def keep_subjects(groups, patience, complexity, seen, subject, subject_weeks, key):
    """Let groups stay with a subject until all agree on it in words, or their patience ends.

    Writes ``subject`` and ``subject_weeks`` (groups,): the block each is at this week and for how
    many weeks it has been; nobody goes on before the others can see that everybody is there.
    """
    for g in range(len(groups.low)):
        members = groups.member[groups.start[g] : groups.start[g + 1]]
        low, high, b = groups.low[g], groups.high[g], subject[g]
        within = subject_weeks[g] > 0 and low <= b < high
        goes_on = within and subject_weeks[g] < patience
        if not goes_on or agree(members, b, complexity, seen):
            luck = draw(key, g, 0)
            subject[g] = choose_block(members, low, high, seen.success, seen.cases, luck)
            subject_weeks[g] = 0
        subject_weeks[g] += 1


@in_place
def take_up_again(groups, hours, seen, subject, subject_weeks, key):
    """Let groups that take up less than a subject a week go on with last week's.

    Groups take up their ``pace`` times ``hours`` subjects a week; where these are fewer than one, a
    new one is chosen with that chance. Writes ``subject``, -1 where there is more than one a week,
    and ``subject_weeks``, how many weeks a group has been at it. Gives whether any group takes up
    fewer than one; where none does, nothing is written.
    """
    fewest = np.inf
    for pace in groups.pace:
        fewest = min(fewest, pace * hours)
    if fewest >= 1.0:
        return False
    for g in range(len(groups.low)):
        members = groups.member[groups.start[g] : groups.start[g + 1]]
        low, high, b = groups.low[g], groups.high[g], subject[g]
        released = groups.pace[min(g, len(groups.pace) - 1)] * hours
        if released >= 1.0:
            subject[g] = -1
            subject_weeks[g] = 0
            continue
        goes_on = subject_weeks[g] > 0 and low <= b < high and draw(key, g, 1) >= released
        if not goes_on:
            luck = draw(key, g, 0)
            subject[g] = choose_block(members, low, high, seen.success, seen.cases, luck)
            subject_weeks[g] = 0
        subject_weeks[g] += 1
    return True


@in_place
def agree(members, b, complexity, seen):
    """Whether all members hold, and can explain, the same beliefs on block ``b``."""
    for d in range(b * complexity, (b + 1) * complexity):
        value = seen.beliefs[members[0], d]
        for i in members:
            if not seen.articulated[i, d] or seen.beliefs[i, d] != value:
                return False
    return True


@in_place
def slow_down(groups, seen, least):
    """Slow groups by how far expected shares of success lie apart over the group's business.

    Multiplies ``pace`` by one less the highest among members and plus the lowest, but by ``least``
    at least.
    """
    for g in range(len(groups.low)):
        low, high = groups.low[g], groups.high[g]
        lowest, highest = 1.0, 0.0
        for i in groups.member[groups.start[g] : groups.start[g + 1]]:
            success, cases = 0.0, 0.0
            for b in range(low, high):
                success += seen.success[i, b]
                cases += seen.cases[i, b]
            share = estimate(success, cases, seen.mean)
            lowest, highest = min(lowest, share), max(highest, share)
        groups.pace[g] *= max(1.0 - max(highest - lowest, 0.0), least)

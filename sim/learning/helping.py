"""Help in a cell: the best on a subject sits down with the worst, the second best with the next.

Help is work between two, apart from the floor: nobody can take it from them and nobody hides. It
carries what can be said, and both go through it together; who helps learns nothing meanwhile.
"""

from __future__ import annotations

import numpy as np

from sim.acquaintance.ties import familiar
from sim.kernels import in_place, kernel
from sim.learning.groups import (
    Dyads,
    Groups,
    Held,
    Members,
    Seen,
    Talk,
    choose_block,
    counted_hours,
    over_hours,
)
from sim.learning.joint_cases import Cases, Skill
from sim.randomness import draw, fold
from sim.records import estimate
from sim.tallies import COMBINATION_FLOW, HELP_GIVEN, HELP_UPWARD


@kernel
def give_help(
    groups, hours, meeting, seen, held, people, dyads, skill, rule, cases, tally, week, key
):
    """Let the members of every group help each other for the last ``hours`` of a ``meeting``.

    Those who have time that week (each with the chance ``share``) are put in pairs by their record
    on the group's subject, the best with the worst and so on inwards, equals by lot. Where the one
    does better, the other takes over each of their spoken beliefs with probability ``rate *
    learning rate * (stranger + (1 - stranger) * familiarity)`` in an hour, and practises. Each adds
    1 to the helper's influence. Help by who learns no faster is counted apart (``HELP_UPWARD``).
    ``groups`` to ``cases`` are plain tuples in the order of the types they are made here.
    """
    groups, seen, held, people = Groups(*groups), Seen(*seen), Held(*held), Members(*people)
    dyads, skill, rule, cases = Dyads(*dyads), Skill(*skill), Talk(*rule), Cases(*cases)
    complexity = rule.complexity
    counted = counted_hours(meeting, meeting) - counted_hours(meeting - hours, meeting)
    deepening = cases.deepening * hours / cases.case_hours
    for g in range(len(groups.low)):
        members = groups.member[groups.start[g] : groups.start[g + 1]]
        word = fold(key, g)
        b = groups.subject[min(g, len(groups.subject) - 1)]
        if b < 0:
            b = choose_block(
                members, groups.low[g], groups.high[g], seen.success, seen.cases, draw(word, 0, 4)
            )
        ranked = rank(members, b, seen, people, word)
        for place in range(len(ranked) // 2):
            j, i = ranked[place], ranked[len(ranked) - 1 - place]
            if expected(j, b, seen) <= expected(i, b, seen):
                break
            tally[HELP_GIVEN] += 1.0
            if people.learning_rate[j] <= people.learning_rate[i]:
                tally[HELP_UPWARD] += 1.0
            known = familiar(dyads.contact, dyads.familiarity, dyads.last_met, i, j, week)
            weight = rule.stranger + (1.0 - rule.stranger) * known
            chance = over_hours(rule.rate * people.learning_rate[i] * weight, counted)
            for c in range(complexity):
                d = b * complexity + c
                skill.used[i, d] = True
                skill.practice[i, d] = min(1.0, skill.practice[i, d] + deepening)
                value = seen.beliefs[j, d]
                if not seen.articulated[j, d] or held.beliefs[i, d] == value:
                    continue
                if draw(word, people.person[i], 8 + c) < chance:
                    held.beliefs[i, d] = value
                    held.articulated[i, d] = True
                    held.influence[j] += 1.0
                    tally[COMBINATION_FLOW] += 1.0


@in_place
def expected(i, b, seen):
    """Expected share of successes of person ``i`` on block ``b``."""
    return estimate(seen.success[i, b], seen.cases[i, b], seen.mean)


@kernel
def rank(members, b, seen, people, key):
    """Those of the members who have time, the best on block ``b`` first, equals by lot."""
    present = np.empty(len(members), np.int32)
    count = 0
    for i in members:
        if draw(key, people.person[i], 0) < people.share[i]:
            present[count] = i
            count += 1
    lot = np.empty(count)
    merit = np.empty(count)
    for a in range(count):
        lot[a] = draw(key, people.person[present[a]], 1)
    by_lot = present[:count][np.argsort(lot, kind="mergesort")]
    for a in range(count):
        merit[a] = -expected(by_lot[a], b, seen)
    return by_lot[np.argsort(merit, kind="mergesort")]


@in_place
def keep_subjects(groups, patience, complexity, seen, subject, subject_weeks, key):
    """Let groups stay with a subject until all agree on it in words, or their patience ends.

    Writes ``subject`` and ``subject_weeks`` (groups,): the block each is at this week and for how
    many weeks it has been; nobody goes on before the others can see that everybody is there.
    """
    groups, seen = Groups(*groups), Seen(*seen)
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
def take_up_again(groups, released, seen, subject, subject_weeks, key):
    """Let groups that take up less than a subject a week go on with last week's.

    ``released`` (groups,) are subjects a week; where these are fewer than one, a new one is chosen
    with that chance. Writes ``subject``, -1 where there is more than one a week, and
    ``subject_weeks``, how many weeks a group has been at it.
    """
    groups, seen = Groups(*groups), Seen(*seen)
    for g in range(len(groups.low)):
        members = groups.member[groups.start[g] : groups.start[g + 1]]
        low, high, b = groups.low[g], groups.high[g], subject[g]
        if released[g] >= 1.0:
            subject[g] = -1
            subject_weeks[g] = 0
            continue
        goes_on = subject_weeks[g] > 0 and low <= b < high and draw(key, g, 1) >= released[g]
        if not goes_on:
            luck = draw(key, g, 0)
            subject[g] = choose_block(members, low, high, seen.success, seen.cases, luck)
            subject_weeks[g] = 0
        subject_weeks[g] += 1


@in_place
def agree(members, b, complexity, seen):
    """Whether all members hold, and can explain, the same beliefs on block ``b``."""
    for d in range(b * complexity, (b + 1) * complexity):
        value = seen.beliefs[members[0], d]
        for i in members:
            if not seen.articulated[i, d] or seen.beliefs[i, d] != value:
                return False
    return True


@kernel
def widest_gaps(groups, seen):
    """How far expected shares of success lie apart among members over the group's business.

    Gives for each group the highest less the lowest, 0 to 1.
    """
    groups, seen = Groups(*groups), Seen(*seen)
    gaps = np.zeros(len(groups.low))
    for g in range(len(groups.low)):
        least, most = 1.0, 0.0
        for i in groups.member[groups.start[g] : groups.start[g + 1]]:
            success, cases = 0.0, 0.0
            for b in range(groups.low[g], groups.high[g]):
                success += seen.success[i, b]
                cases += seen.cases[i, b]
            share = estimate(success, cases, seen.mean)
            least, most = min(least, share), max(most, share)
        gaps[g] = max(most - least, 0.0)
    return gaps

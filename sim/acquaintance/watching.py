"""Watching: what people show of their work, and what colleagues make of it [Leonardi2015]."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.directories import (
    MOST_ADDRESSES,
    MOST_WATCHED,
    expect,
    make_room_by,
    topic_of,
)
from sim.kernels import in_place, inlined
from sim.learning.peers import pick
from sim.randomness import draw, fold, unit


class Shown(NamedTuple):
    """What of each person can be seen this week: the topic, -1 for nothing, and how it ended.

    A case, drawn from the person's record; and the last question they asked.
    """

    case: NDArray[np.int64]
    case_outcome: NDArray[np.float64]
    question: NDArray[np.int64]
    question_outcome: NDArray[np.float64]


class Notes(NamedTuple):
    """Room for what is noted while watching."""

    #: (watched,) whom one watches, who sits there, and 1 where they show a question, 1 a case.
    watched: NDArray[np.int64]
    sitter: NDArray[np.uint64]
    has_question: NDArray[np.int64]
    has_case: NDArray[np.int64]
    #: (watched,) what one sees of each, and whom of them one sees at something.
    sight: NDArray[np.int64]
    seen: NDArray[np.int64]
    #: (people + 1,) where each stands in the directory of one person.
    place: NDArray[np.int64]
    #: (people, addresses) addresses as ``by_cases`` orders them, and whether those of a person
    #: (people,) have been counted.
    cases: NDArray[np.int32]
    is_counted: NDArray[np.bool_]


@in_place
def show_cases(success, cases, topics, person, case, outcome, key):
    """Draw one recent case of each person, by their record (people, blocks).

    Writes ``case`` and ``outcome``, those of ``Shown``.
    """
    people, blocks = cases.shape
    for j in range(people):
        case[j] = -1
        total = 0.0
        for b in range(blocks):
            total += cases[j, b]
        if total <= 0.0:
            continue
        target, b = draw(key, person[j], 0) * total, 0
        while b < blocks - 1 and (target >= cases[j, b] or cases[j, b] == 0.0):
            target -= cases[j, b]
            b += 1
        if cases[j, b] > 0.0:
            went_well = draw(key, person[j], 1) * cases[j, b] < success[j, b]
            case[j] = topic_of(b, topics, blocks)
            outcome[j] = 1.0 if went_well else 0.0


@in_place
def watch(start, member, groups, shown, directory, notes, visibility, person, key):
    """Let members of every group see, each with probability ``visibility``, what others show.

    In a group too large to watch all of it, a person watches ``MOST_WATCHED`` others by lot. A
    case tells what somebody knows; how a question ended, whether they know whom to ask.
    """
    watched, seen = notes.watched, notes.seen
    for g in range(groups):
        members = member[start[g] : start[g + 1]]
        count, is_small = len(members), len(members) <= MOST_WATCHED + 1
        if is_small:
            for k in range(count):
                watched[k] = members[k]
            line_up(count, shown, person, notes)
        for a in range(len(members)):
            i = members[a]
            word = fold(key, person[i])
            if not is_small:
                count = pick(len(members) - 1, MOST_WATCHED, word, watched)
                for k in range(count):
                    watched[k] = members[watched[k] + (watched[k] >= a)]
                line_up(count, shown, person, notes)
            sights = see(i, count, visibility, notes, word)
            if sights > 0:
                learn_of(i, seen[:sights], shown, directory, notes)


@in_place
def line_up(count, shown, person, notes):
    """Note of the ``count`` people to be watched who they are, and what they have to show."""
    watched, sitter = notes.watched, notes.sitter
    has_case, has_question = notes.has_case, notes.has_question
    for k in range(count):
        j = watched[k]
        sitter[k] = person[j]
        has_case[k], has_question[k] = shown.case[j] >= 0, shown.question[j] >= 0


@inlined
def see(i, count, visibility, notes, word):
    """List what ``i`` sees of the ``count`` people watched; gives how many show something.

    An entry is 4 times the seat, and 2 for a case, and 1 for a question.
    """
    watched, sitter, sight, seen = notes.watched, notes.sitter, notes.sight, notes.seen
    has_case, has_question = notes.has_case, notes.has_question
    # Without a branch, which no machine could foresee; and so for several at a time.
    for k in range(count):
        luck = fold(word, sitter[k])
        sees_case, sees_question = (
            unit(fold(luck, 0)) < visibility,
            unit(fold(luck, 1)) < visibility,
        )
        sight[k] = 2 * has_case[k] * sees_case + has_question[k] * sees_question
    sights = 0
    for k in range(count):
        seen[sights] = 4 * watched[k] + sight[k]
        sights += (sight[k] > 0) & (watched[k] != i)
    return sights


@inlined
def learn_of(i, seen, shown, directory, notes):
    """Let ``i`` make something of what they have ``seen``, as ``see`` lists it."""
    address, what, what_weight, whom, whom_weight = directory
    case, case_outcome, question, question_outcome = shown
    place, cases = notes.place, notes.cases
    # Where everybody stands, at once and not by a search for each. What stands in ``place`` of
    # whom the directory does not hold is left from somebody else's.
    listed, row = address[i], np.uint64(i)
    for k in range(len(listed)):
        place[listed[k]] = k
    for sight in seen:
        # Numbers that stand at no end of a row: there is nothing to be checked.
        seat, more = sight >> 2, 0
        j, at = np.uint64(seat), np.uint64(place[seat])
        if listed[at] != seat:
            at = np.uint64(make_room_by(cases, notes.is_counted, directory, row, seat))
            place[seat] = at
        if sight & 2:
            more += expect(what, what_weight, row, at, np.uint64(case[j]), case_outcome[j])
        if sight & 1:
            more += expect(whom, whom_weight, row, at, np.uint64(question[j]), question_outcome[j])
        cases[row, at] += MOST_ADDRESSES * more

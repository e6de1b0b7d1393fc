"""Questions: who is stuck on a request, whom they ask about it, and what comes of it.

Someone is stuck where neither the code nor they themselves have an opinion, or where the request
has come back. They ask whom they expect to do better than themselves; who cannot help may name
somebody else. Both spend their time, whether it helps or not.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.directories import PRIOR, Directory, expect, look_up, topic_of
from sim.acquaintance.ties import meet
from sim.kernels import in_place, inlined
from sim.places.compartments import walled_off
from sim.randomness import fold, unit
from sim.records import estimate
from sim.tallies import (
    COMBINATION_FLOW,
    LEAKED,
    QUESTIONS_ANSWERED,
    QUESTIONS_ANSWERED_RIGHTLY,
    QUESTIONS_ASKED,
    QUESTIONS_REFERRED,
)

#: Questions a person asks in a week at most (assumption).
MOST_QUESTIONS = 3
#: Part of a question's time that is lost on somebody who turns out to be busy (assumption).
LOST_ON_THE_BUSY = 1.0 / 3.0
#: A sum of shares of an hour may miss its limit by rounding.
ROUNDING = 1e-6

#: What became of asking somebody.
BUSY, NOTHING_TO_SAY, TOLD = range(3)
#: What a draw about a question decides; what depends on a further person is keyed by them.
ADDRESS, REFERRAL, TELLING, WALL = range(4)


class Queue(NamedTuple):
    """Requests waiting at each seat."""

    block: NDArray[np.int32]
    tries: NDArray[np.int32]
    head: NDArray[np.int32]
    length: NDArray[np.int32]


class Seen(NamedTuple):
    """What can be known of everybody as the period opened."""

    beliefs: NDArray[np.int8]
    articulated: NDArray[np.bool_]
    success: NDArray[np.float32]
    cases: NDArray[np.float32]
    code: NDArray[np.int8]
    mean: float


class Minds(NamedTuple):
    """What people think now, how readily they learn, and how much others took over from them."""

    beliefs: NDArray[np.int8]
    articulated: NDArray[np.bool_]
    learning_rate: NDArray[np.float32]
    person: NDArray[np.uint64]
    influence: NDArray[np.float32]


class Acquaintance(NamedTuple):
    """Who knows whom, and the week's company."""

    contact: NDArray[np.int32]
    familiarity: NDArray[np.float32]
    trust: NDArray[np.float32]
    last_met: NDArray[np.int32]
    joint_hours: NDArray[np.float32]
    warmth: NDArray[np.float32]


class Time(NamedTuple):
    """Hours of each person: free this week, left for answering, and spent on advice so far."""

    free: NDArray[np.float64]
    room: NDArray[np.float64]
    spent: NDArray[np.float64]


class Questions(NamedTuple):
    """The week's questions: who has one about which block, and the word that draws its luck."""

    asker: NDArray[np.int32]
    block: NDArray[np.int32]
    word: NDArray[np.uint64]


class Walls(NamedTuple):
    """Cells, who may pass between them, how tight their walls are, and whether they matter."""

    cell: NDArray[np.int32]
    is_officer: NDArray[np.bool_]
    isolation: float
    matter: bool


class Rule(NamedTuple):
    """The numbers of ``advice``, and of the world its questions are about."""

    hours: float
    uptake: float
    referrals: bool
    complexity: int
    topics: int
    week: int


class Exchange(NamedTuple):
    """All that questions and answers of a week touch."""

    directory: Directory
    seen: Seen
    minds: Minds
    company: Acquaintance
    time: Time
    walls: Walls
    rule: Rule
    reality: NDArray[np.int8]
    tally: NDArray[np.float64]


@inlined
def is_silent(beliefs, code, i, first, last):
    """Whether on some dimension neither a person nor the code has an opinion."""
    silent = False
    for d in range(first, last):
        silent |= (beliefs[i, d] == 0) & (code[d] == 0)
    return silent


@in_place
def find_questions(
    queue, beliefs, code, practice, ability, fear, free, rule, case_hours, person, key, questions
):
    """Fill ``questions`` with who has one, about which block; gives how many there are.

    Looks at the requests that fit the ``free`` hours of the week, oldest first, one question a
    block; fear keeps each question back with its chance.
    """
    asker, block, word = questions.asker, questions.block, questions.word
    limit, found = queue.block.shape[1], 0
    for i in range(len(person)):
        if free[i] < rule.hours:
            continue
        left, own, place = free[i], found, queue.head[i] - 1
        for r in range(queue.length[i]):
            if left <= 0.0 or found - own == MOST_QUESTIONS:
                break
            place = place + 1 if place + 1 < limit else 0
            b = queue.block[i, place]
            first, last = b * rule.complexity, (b + 1) * rule.complexity
            depth = 0.0
            for d in range(first, last):
                depth += practice[i, d]
            left -= case_hours * (2.0 - depth / rule.complexity) / ability[i]
            is_new = (queue.tries[i, place] > 0) | is_silent(beliefs, code, i, first, last)
            for q in range(own, found):
                is_new &= block[q] != b
            if is_new:
                luck = fold(fold(key, person[i]), r)
                asker[found], block[found], word[found] = i, b, fold(luck, b)
                found += unit(luck) >= fear[i]
    return found


@in_place
def whom_to_ask(owner, asker, address, expected, topic, floor, walls, person, word):
    """Of the addresses of ``owner``, whom most is expected of, by lot among equals; -1 for nobody.

    More than ``floor`` must be expected, and the ``asker`` must be able to reach them.
    """
    # More than the floor is at least the next number: one comparison, which mostly fails.
    best, most, longest = -1, np.nextafter(floor, 2.0), -1.0
    lots = fold(word, ADDRESS)
    for k in range(address.shape[1]):
        value = expected[owner, k, topic]
        if value < most:
            continue
        j = address[owner, k]
        if j < 0 or j == asker:
            continue
        if is_walled(asker, j, walls, person, word):
            continue
        lot = unit(fold(lots, person[j]))
        if value > most or lot > longest:
            best, most, longest = j, value, lot
    return best


@inlined
def is_linked(i, j, walls):
    """Whether two people are of one cell, or an officer is among them."""
    return (walls.cell[i] == walls.cell[j]) | walls.is_officer[i] | walls.is_officer[j]


@inlined
def is_walled(i, j, walls, person, word):
    """Whether the wall between the cells of two people holds, for this question."""
    if walls.isolation <= 0.0 or is_linked(i, j, walls):
        return False
    luck = unit(fold(fold(word, WALL), person[j]))
    return walled_off(walls.cell, i, j, walls.isolation, luck)


@inlined
def tell(i, j, first, last, seen, minds, reality, uptake, lots):
    """Let ``j`` tell ``i`` what they can explain of a block; gives (told, rightly, adopted).

    They have something to say if they can explain what is missing, or anything where nothing is;
    it is right if all of that is. What differs from the asker's view is adopted with its chance.
    """
    silent = is_silent(minds.beliefs, seen.code, i, first, last)
    told, rightly, adopted = False, True, 0
    for d in range(first, last):
        asked = not silent or (minds.beliefs[i, d] == 0 and seen.code[d] == 0)
        if asked and seen.articulated[j, d]:
            told = True
            rightly &= seen.beliefs[j, d] == reality[d]
    chance = uptake * minds.learning_rate[i] if told else 0.0
    for d in range(first, last):
        value = seen.beliefs[j, d]
        differs = seen.articulated[j, d] and minds.beliefs[i, d] != value
        if differs and unit(fold(lots, d)) < chance:
            minds.beliefs[i, d] = value
            minds.articulated[i, d] = True
            adopted += 1
    return told, rightly and told, adopted


@inlined
def spend_together(i, j, time, company, rule):
    """Let two people spend the hours of a question, which both have; they get acquainted."""
    time.room[j] -= rule.hours
    # Seats as they stand in arrays: so ``meet`` needs no compiling for another type.
    for one, other in ((np.int32(i), np.int32(j)), (np.int32(j), np.int32(i))):
        time.free[one] -= rule.hours
        time.spent[one] += rule.hours
        known = meet(
            company.contact,
            company.familiarity,
            company.trust,
            company.last_met,
            one,
            other,
            rule.hours,
            rule.week,
        )
        company.joint_hours[one] += rule.hours
        company.warmth[one] += rule.hours * known


@inlined
def consult(i, j, b, topic, exchange, word):
    """Let ``i`` ask ``j`` about block ``b``; gives BUSY, NOTHING_TO_SAY or TOLD.

    Somebody busy costs the asker part of the time and teaches nothing about what they know.
    """
    directory, seen, minds, company, time, walls, rule, reality, tally = exchange
    if min(time.free[j], time.room[j] + ROUNDING) < rule.hours:
        time.free[i] -= rule.hours * LOST_ON_THE_BUSY
        time.spent[i] += rule.hours * LOST_ON_THE_BUSY
        return BUSY
    spend_together(i, j, time, company, rule)
    first, last = b * rule.complexity, (b + 1) * rule.complexity
    lots = fold(fold(word, TELLING), minds.person[j])
    told, rightly, adopted = tell(i, j, first, last, seen, minds, reality, rule.uptake, lots)
    expect(directory.what, directory.what_weight, i, look_up(directory, i, j), topic, told)
    minds.influence[j] += adopted
    tally[COMBINATION_FLOW] += adopted
    tally[LEAKED] += adopted if walls.matter and not is_linked(i, j, walls) else 0
    tally[QUESTIONS_ANSWERED] += told
    tally[QUESTIONS_ANSWERED_RIGHTLY] += rightly
    return TOLD if told else NOTHING_TO_SAY


@in_place
def ask(questions, order, exchange, shown):
    """Put the ``questions`` of the week in this ``order``; notes in ``shown`` how they ended.

    One asks whom one expects to know, else, where people refer to others, whom one expects to
    know somebody. More must be expected than one's own record promises.
    """
    directory, seen, minds, _, time, walls, rule, _, tally = exchange
    address, what, person = directory.address, directory.what, minds.person
    for q in order:
        i, b, word = questions.asker[q], questions.block[q], questions.word[q]
        topic = topic_of(b, rule.topics, seen.cases.shape[1])
        own = estimate(seen.success[i, b], seen.cases[i, b], seen.mean)
        j = whom_to_ask(i, i, address, what, topic, own, walls, person, word)
        if j < 0 and rule.referrals:
            j = whom_to_ask(i, i, address, directory.whom, topic, own, walls, person, word)
        sender, helped = -1, -1.0
        while j >= 0 and time.free[i] >= rule.hours:
            tally[QUESTIONS_ASKED if sender < 0 else QUESTIONS_REFERRED] += 1.0
            outcome = consult(i, j, b, topic, exchange, word)
            shown.question[i] = topic
            shown.question_outcome[i] = 1.0 if outcome == TOLD else 0.0
            if sender >= 0 or outcome != NOTHING_TO_SAY or not rule.referrals:
                # Somebody busy says nothing about whether the referral was a good one.
                helped = -1.0 if outcome == BUSY else shown.question_outcome[i]
                break
            sender, word = j, fold(word, REFERRAL)
            j = whom_to_ask(sender, i, address, what, topic, PRIOR, walls, person, word)
            helped = 0.0 if j < 0 else -1.0
        if sender >= 0 and helped >= 0.0:
            place = look_up(directory, i, sender)
            expect(directory.whom, directory.whom_weight, i, place, topic, helped)


def question_sizes(people: int) -> dict[str, int]:
    """Lengths of the axes of what a week of questions works in."""
    most = people * MOST_QUESTIONS
    return {"questions": most, "question_bounds": most + 2}

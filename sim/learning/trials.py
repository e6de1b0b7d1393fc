"""Trials of one's own: what is tried, what is seen of it, and whether one tries again."""

from __future__ import annotations

import math

from sim.cases import attempt, chance_right
from sim.kernels import in_place
from sim.randomness import draw, fold
from sim.tallies import TRIALS_PLANNED, TRIALS_REPEATED

#: Stages of a trial: none, under way, put forward and waiting for consent.
NONE, DOING, WAITING = 0, 1, 2
#: The same trial is begun again this often at most (assumption).
MOST_REPEATS = 3


@in_place
def failing_block(success, cases, luck):
    """The kind of request that one wants to do better, by a record (blocks,).

    Chances are in proportion to 0.1 plus recent noticed failures; ``luck`` from 0 to 1 decides.
    """
    blocks = len(success)
    total = 0.0
    for b in range(blocks):
        total += 0.1 + cases[b] - success[b]
    reached, target = 0.0, luck * total
    for b in range(blocks):
        reached += 0.1 + cases[b] - success[b]
        if target < reached:
            return b
    return blocks - 1


@in_place
def plan_within(beliefs, code, block, complexity, word):
    """Choose what to try on a ``block``: gives a dimension and a value, for one person.

    All dimensions of it have equal chances. Whoever disagrees with the rule tries their own way;
    whoever agrees, the opposite; and where there is neither rule nor opinion a coin says which.
    """
    d = block * complexity + int(draw(word, 0, 1) * complexity)
    if code[d] != 0:
        value = beliefs[d] if beliefs[d] == -code[d] else -code[d]
    elif beliefs[d] != 0:
        value = -beliefs[d]
    else:
        value = 1 if draw(word, 0, 2) < 0.5 else -1
    return d, value


@in_place
def compare_ways(beliefs, code, reality, d, value, complexity, formalization, noticed, cases, word):
    """Compare ``cases`` cases done the new way with as many others done the usual way.

    Gives how many of each are seen to succeed: a failure passes for a success unless it is noticed,
    with probability ``noticed``.
    """
    first = (d // complexity) * complexity
    last = first + complexity
    better, usual = 0, 0
    for n in range(cases):
        # On dimension d the new way is certain; around it, luck is the same as for a whole case.
        new = value == reality[d]
        if new:
            luck = fold(word, 2 * n)
            before, _ = attempt(beliefs, code, reality, first, d, formalization, luck)
            after, _ = attempt(beliefs, code, reality, d + 1, last, formalization, luck)
            new = before & after
        old, _ = attempt(beliefs, code, reality, first, last, formalization, fold(word, 2 * n + 1))
        better += new | (draw(word, n, 3) >= noticed)
        usual += old | (draw(word, n, 4) >= noticed)
    return better, usual


@in_place
def study_trial(beliefs, code, reality, d, value, complexity, formalization, noticed, cases, word):
    """What is seen when both ways are compared, and what is true.

    Gives the observed gain in the share of successes, its standard deviation (both shares pooled,
    one success and one failure added), and the true gain.
    """
    first = (d // complexity) * complexity
    last = first + complexity
    better, usual = compare_ways(
        beliefs, code, reality, d, value, complexity, formalization, noticed, cases, word
    )
    pooled = (better + usual + 1.0) / (2.0 * cases + 2.0)
    deviation = math.sqrt(2.0 * pooled * (1.0 - pooled) / cases)
    others = 1.0
    for e in range(first, last):
        if e != d:
            others *= chance_right(beliefs[e], code[e], reality[e], formalization)
    now = chance_right(beliefs[d], code[d], reality[d], formalization)
    truth = others * ((1.0 if value == reality[d] else 0.0) - now)
    return (better - usual) / cases, deviation, truth


@in_place
def try_again(i, stage, progress, repeats, persistence, self_efficacy, tally, luck):
    """Let person ``i`` begin the same trial again, which came to nothing, or leave it at that.

    With the chance ``persistence * self_efficacy``, and ``MOST_REPEATS`` times at most; writes
    ``stage`` to ``repeats``, each (people,). A trial begun again is also counted as planned.
    """
    if repeats[i] < MOST_REPEATS and luck < persistence * self_efficacy[i]:
        stage[i], progress[i] = DOING, 0.0
        repeats[i] += 1
        tally[TRIALS_PLANNED] += 1.0
        tally[TRIALS_REPEATED] += 1.0

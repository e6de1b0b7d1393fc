"""Codification: the organizational code learns from those who do visibly better than it.

Each dimension of the code moves to the majority view of the people who outperform the code, the
more surely the larger their majority [March1991]. The code can only learn from people who differ
from it, so what socialization makes uniform, codification cannot improve.

Who outperforms is judged by the truth in the classics, and by the record of handled requests in an
organization that cannot see the truth: there, a person's record on a kind of request (a block of
dimensions) must beat the code's own record on it, and only beliefs that can be put into words vote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from sim.kernels import in_place
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import draw, fold
from sim.records import estimate, overall
from sim.tallies import RULES_CHANGED

if TYPE_CHECKING:
    from sim.organization import Organization

#: Fair coins in one word of 64 bits.
COINS = 64


class CodificationParameters(Parameters):
    rate: float = parameter(
        0.5,
        unit="probability per vote of margin and period",
        bounds=(0, 1),
        doc="Chance that a majority of one moves the code; a majority of k: 1 - (1 - rate)^k.",
        source="March1991, p2 (.1 to .9 there)",
    )
    judge: Literal["record", "truth"] = parameter(
        "record",
        unit="rule",
        doc="How it is seen who outperforms the code: by the record of requests, kind by kind, "
        "or by the truth over all kinds together.",
        source="truth: March1991; record: " + ASSUMPTION,
    )
    performance: Literal["score", "correct"] = parameter(
        "score",
        unit="rule",
        doc="What the truth is asked for: correct minus wrong, or the number correct.",
        source="score: March1991, program (Workiewicz2019); correct: March1991, text",
    )
    votes: Literal["actions", "beliefs"] = parameter(
        "beliefs",
        unit="rule",
        doc="What is judged and counted: beliefs, where no opinion abstains, or actions, where no "
        "opinion acts by a fair coin.",
        source="actions: March1991, program (Workiewicz2019); beliefs: March1991, text",
    )
    compares: Literal["codifiable", "all"] = parameter(
        "codifiable",
        unit="rule",
        doc="On which dimensions the truth compares people with the code: those that a rule can "
        "be written for, or all.",
        source="MillerZhaoCalantone2006 (not settled there)",
    )
    codifies: Literal["articulated", "all"] = parameter(
        "articulated",
        unit="rule",
        doc="Which beliefs vote: those their holders can put into words, or all.",
        source="all: March1991; articulated: Nonaka1994, tacit knowledge cannot be written down",
    )


@in_place
def toss(beliefs, coins, actions):
    """Fill ``actions`` with up to 64 beliefs of one person, and with coins where they hold none."""
    for j in range(beliefs.size):
        heads = (coins >> np.uint64(j)) & np.uint64(1) != 0
        actions[j] = beliefs[j] if beliefs[j] != 0 else (1 if heads else -1)


@in_place
def act(seats, beliefs, person, key, actions):
    """Fill ``actions`` with what people on ``seats`` do: as they believe, or as a coin falls.

    ``beliefs`` and ``actions`` are int8 arrays of shape (people, dimensions); sixty-four coins of
    ``person[i]`` come out of one word.
    """
    dimensions = beliefs.shape[1]
    for i in seats:
        hand = fold(key, person[i])
        for first in range(0, dimensions, COINS):
            end = first + COINS
            toss(beliefs[i, first:end], fold(hand, first // COINS), actions[i, first:end])


@in_place
def performance(views, reality, by_score):
    """Number correct in one row of views, less the number wrong if ``by_score``."""
    total = 0
    for j in range(reality.size):
        total += (views[j] == reality[j]) - (by_score & (views[j] == -reality[j]))
    return total


@in_place
def outperform_in_truth(seats, views, code, reality, by_score, superior):
    """Mark in ``superior``, bool of shape (people, 1), who of ``seats`` does better than the code.

    A person at the code's own level is not superior: ties would let the code learn from people who
    know no more than it does.
    """
    code_performance = performance(code, reality, by_score)
    for i in seats:
        superior[i, 0] = performance(views[i], reality, by_score) > code_performance


@in_place
def outperform_in_record(success, cases, code_success, code_cases, code_shares, superior):
    """Mark in ``superior``, bool of shape (people, blocks), whose record beats the code's.

    ``success`` and ``cases`` are float32 arrays of shape (people, blocks), ``code_success`` and
    ``code_cases`` of shape (blocks,). A short record, also the code's, is drawn towards the mean.
    ``code_shares`` (blocks,) is room to work in.
    """
    people, blocks = cases.shape
    mean = overall(success, cases)
    for b in range(blocks):
        code_shares[b] = estimate(code_success[b], code_cases[b], mean)
    for i in range(people):
        for b in range(blocks):
            superior[i, b] = estimate(success[i, b], cases[i, b], mean) > code_shares[b]


@in_place
def count_votes(seats, views, superior, complexity, votes):
    """Fill ``votes``, int32 of shape (dimensions,), with the sum of what superiors think.

    ``superior`` has one column for each block of ``complexity`` consecutive dimensions.
    """
    for j in range(votes.size):
        votes[j] = 0
    for i in seats:
        row, is_superior = views[i], superior[i]
        for b in range(superior.shape[1]):
            if is_superior[b]:
                first, end = b * complexity, (b + 1) * complexity
                for j in range(first, end):
                    votes[np.uint64(j)] += row[np.uint64(j)]


@in_place
def revise_code(code, opening_code, votes, rate, key):
    """Move ``code`` to the majority of ``votes`` where it differs; return the number of changes.

    A majority of k against the opening code changes it with probability 1 - (1 - rate)^k
    [March1991, footnote 1]; a tie changes nothing. The code jumps, also where people learn
    stepwise.
    """
    changed = 0
    for j in range(code.size):
        majority, margin = np.sign(votes[j]), abs(votes[j])
        opposed = majority != 0 and majority != opening_code[j]
        if opposed and draw(key, j, 0) < 1.0 - (1.0 - rate) ** margin:
            code[j] = majority
            changed += 1
    return changed


@in_place
def restart_records(code, before, complexity, code_success, code_cases):
    """Clear the code's record on blocks where it differs from ``before``: it is of another rule."""
    for j in range(code.size):
        if code[j] != before[j]:
            code_success[j // complexity] = 0.0
            code_cases[j // complexity] = 0.0


@in_place
def fill_views(state, seats, by_actions, key, views):
    """Fill ``views`` (people, dimensions) with what people believe, or do, as the period opened."""
    beliefs = state.opening_beliefs
    if by_actions:
        act(seats, beliefs, state.person, key, views)
        return
    for i in range(views.shape[0]):
        for j in range(views.shape[1]):
            views[i, j] = beliefs[i, j]


@in_place
def look_who_is_superior_in_truth(state, seats, views, compares_all, by_score, superior):
    """Mark in ``superior`` (people, 1) whose ``views`` are better than the code, in truth.

    They are compared on all dimensions, or on those that a rule can be written for.
    """
    compared, codifiable = state.compared, state.codifiable
    for i in range(views.shape[0]):
        for j in range(views.shape[1]):
            compared[i, j] = views[i, j] * (compares_all | codifiable[j])
    outperform_in_truth(seats, compared, state.opening_code, state.reality, by_score, superior)


@in_place
def follow_majority(state, seats, views, superior, width, complexity, rate, key):
    """Let those who outperform the code vote on it, and move it; gives the number of changes.

    ``superior`` has one column for each ``width`` dimensions. What many have made the rule is
    nobody's in particular (``rule_author``).
    """
    code, rule_author, codifiable = state.code, state.rule_author, state.codifiable
    votes, before = state.votes, state.code_before
    count_votes(seats, views, superior, width, votes)
    for j in range(code.size):
        before[j] = code[j]
        votes[j] *= codifiable[j]
    changed = revise_code(code, state.opening_code, votes, rate, key)
    restart_records(code, before, complexity, state.code_success, state.code_cases)
    for j in range(code.size):
        if code[j] != before[j]:
            rule_author[j] = -1
    return changed


@in_place
def learn_from_superiors(
    state,
    by_actions,
    by_record,
    compares_all,
    by_score,
    articulated_only,
    complexity,
    rate,
    keys,
):
    """Let the code learn for one period, by a record or in truth, from beliefs or actions.

    ``keys`` are those of actions and of moving the code.
    """
    seats, views, articulated = state.seats, state.views, state.opening_articulated
    tally = state.tally
    people, dimensions = views.shape
    for i in range(people):
        seats[i] = i
    fill_views(state, seats, by_actions, keys[0], views)
    if by_record:
        superior, width = state.superior, complexity
        outperform_in_record(
            state.record_success,
            state.record_cases,
            state.code_success,
            state.code_cases,
            state.code_shares,
            superior,
        )
    else:
        superior, width = state.superior_in_all, dimensions
        look_who_is_superior_in_truth(state, seats, views, compares_all, by_score, superior)
    if articulated_only:
        for i in range(people):
            for j in range(dimensions):
                views[i, j] *= articulated[i, j]
    tally[RULES_CHANGED] += follow_majority(
        state, seats, views, superior, width, complexity, rate, keys[1]
    )


class Codification(Mechanism):
    """The code moves to what those who outperform it think, or do, by majority."""

    name = "codification"
    Parameters = CodificationParameters
    reads = (
        *("beliefs", "articulated", "code", "codifiable", "reality", "person"),
        *("record_success", "record_cases", "code_success", "code_cases"),
    )
    writes = ("code", "rule_author", "code_success", "code_cases", "tally")
    null: ClassVar[dict[str, Any]] = {"codification.rate": 0.0}

    def apply(self, organization: Organization) -> None:
        parameters = self.parameters
        learn_from_superiors(
            organization.state,
            parameters.votes == "actions",
            parameters.judge == "record",
            parameters.compares == "all",
            parameters.performance == "score",
            parameters.codifies == "articulated",
            organization.complexity,
            float(parameters.rate),
            (organization.key("codification actions"), organization.key("codification")),
        )

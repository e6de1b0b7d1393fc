"""Counting what people believe: one pass over the belief arrays for many measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.environments.landscape import surroundings_of
from sim.environments.nk import standing
from sim.environments.payoff import payoff
from sim.kernels import kernel
from sim.mechanisms.socialization import fast_seats
from sim.sets import label_sets

if TYPE_CHECKING:
    from sim.organization import Organization

NAMES = (
    "mean_knowledge",
    "best_knowledge",
    "knowledge_spread",
    "mean_score",
    "explicit_stock",
    "tacit_stock",
    "codifiable_knowledge",
    "uncodifiable_knowledge",
    "slow_knowledge",
    "fast_knowledge",
    "diversity",
    "dissimilarity",
    "distinct_sets",
    "code_knowledge",
    "code_score",
    "mean_payoff",
    "best_payoff",
)


@kernel
def part_of(part, whole):
    """``part / whole``, NaN of nothing."""
    return part / whole if whole != 0 else np.nan


@kernel
def count_people(beliefs, articulated, reality, codifiable, fast, result):
    """Fill ``result[:10]`` with what people know; NaN for the mean of nobody or nothing."""
    people, dimensions = beliefs.shape
    total, squares, best, wrong, explicit, codified, quick = 0, 0, 0, 0, 0, 0, 0
    for i in range(people):
        known = 0
        for d in range(dimensions):
            right = beliefs[i, d] == reality[d]
            known += right
            wrong += beliefs[i, d] == -reality[d]
            explicit += right & articulated[i, d]
            codified += right & codifiable[d]
        total += known
        squares += known * known
        best = max(best, known)
        quick += known * fast[i]
    cells = people * dimensions
    mean = total / people
    can_be_written = people * codifiable.sum()
    of_the_fast = fast.sum() * dimensions
    result[0] = total / cells
    result[1] = best / dimensions
    result[2] = np.sqrt(max(squares / people - mean * mean, 0.0)) / dimensions
    result[3] = (total - wrong) / cells
    result[4] = explicit / cells
    result[5] = (total - explicit) / cells
    result[6] = part_of(codified, can_be_written)
    result[7] = part_of(total - codified, cells - can_be_written)
    result[8] = part_of(total - quick, cells - of_the_fast)
    result[9] = part_of(quick, of_the_fast)


@kernel
def count_differences(beliefs, result):
    """Fill ``result[10:13]``: how far apart two people are, and how many sets there are."""
    people, dimensions = beliefs.shape
    positive = np.zeros(dimensions, dtype=np.int64)
    negative = np.zeros(dimensions, dtype=np.int64)
    for i in range(people):
        for d in range(dimensions):
            positive[d] += beliefs[i, d] == 1
            negative[d] += beliefs[i, d] == -1
    opposite, alike = 0.0, 0.0
    for d in range(dimensions):
        yes, no = float(positive[d]), float(negative[d])
        silent = people - yes - no
        opposite += 2.0 * yes * no
        alike += yes * (yes - 1.0) + no * (no - 1.0) + silent * (silent - 1.0)
    pairs = dimensions * people * max(people - 1, 1)
    result[10] = opposite / pairs
    result[11] = 1.0 - alike / pairs if people > 1 else 0.0
    result[12] = label_sets(beliefs, np.empty(people, np.int32))


@kernel
def count_payoffs(beliefs, surroundings, peak, exponent, result):
    """Fill ``result[15:17]`` with the mean and the best payoff, as shares of the highest."""
    people = beliefs.shape[0]
    total, best = 0.0, 0.0
    blocks = surroundings.reality.size // surroundings.complexity
    for i in range(people):
        worth = payoff(beliefs[i], surroundings)
        if peak.size > 0:
            worth = standing(worth, peak[0], exponent)
        total += worth
        best = max(best, worth)
    highest = 1.0 if peak.size > 0 else float(blocks)
    result[15] = total / (people * highest)
    result[16] = best / highest


@kernel
def count_beliefs(
    beliefs, articulated, code, codifiable, fast, surroundings, peak, exponent, result
):
    """Fill ``result`` (float64, in the order of ``NAMES``) from the belief arrays."""
    reality = surroundings.reality
    count_people(beliefs, articulated, reality, codifiable, fast, result)
    count_differences(beliefs, result)
    correct, mistaken = 0, 0
    for d in range(code.size):
        correct += code[d] == reality[d]
        mistaken += code[d] == -reality[d]
    result[13] = part_of(correct, codifiable.sum())
    result[14] = part_of(correct - mistaken, codifiable.sum())
    count_payoffs(beliefs, surroundings, peak, exponent, result)


def census(organization: Organization) -> dict[str, float]:
    """The measures of ``NAMES`` for the organization as it is."""
    result = np.empty(len(NAMES))
    socialization = organization.parameters["socialization"]
    count_beliefs(
        organization.beliefs,
        organization.articulated,
        organization.code,
        organization.codifiable,
        fast_seats(organization.people, socialization.share_fast),
        surroundings_of(organization),
        organization.peak,
        organization.parameters["environment"].exponent,
        result,
    )
    return dict(zip(NAMES, result.tolist(), strict=True))

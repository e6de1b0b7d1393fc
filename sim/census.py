"""Counting what people believe: one pass over the belief arrays for many measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.kernels import kernel
from sim.ties import faded

if TYPE_CHECKING:
    from sim.organization import Organization

NAMES = (
    "mean_knowledge",
    "best_knowledge",
    "knowledge_spread",
    "mean_score",
    "mean_payoff",
    "explicit_stock",
    "tacit_stock",
    "diversity",
    "code_knowledge",
    "code_score",
)


@kernel
def count_beliefs(beliefs, articulated, reality, code, complexity, result):
    """Fill ``result`` (float64, in the order of ``NAMES``) from the belief arrays."""
    people, dimensions = beliefs.shape
    positive = np.zeros(dimensions, dtype=np.int64)
    negative = np.zeros(dimensions, dtype=np.int64)
    total, squares, best, wrong, blocks, explicit = 0, 0, 0, 0, 0, 0
    for i in range(people):
        known = 0
        for first in range(0, dimensions, complexity):
            in_block = 0
            for d in range(first, first + complexity):
                right = beliefs[i, d] == reality[d]
                in_block += right
                wrong += beliefs[i, d] == -reality[d]
                explicit += right and articulated[i, d]
                positive[d] += beliefs[i, d] == 1
                negative[d] += beliefs[i, d] == -1
            known += in_block
            blocks += in_block == complexity
        total += known
        squares += known * known
        best = max(best, known)
    cells = people * dimensions
    mean = total / people
    result[0] = total / cells
    result[1] = best / dimensions
    result[2] = np.sqrt(max(squares / people - mean * mean, 0.0)) / dimensions
    result[3] = (total - wrong) / cells
    result[4] = blocks / (people * (dimensions // complexity))
    result[5] = explicit / cells
    result[6] = (total - explicit) / cells
    opposite = 0.0
    for d in range(dimensions):
        opposite += 2.0 * positive[d] * negative[d]
    result[7] = opposite / (dimensions * people * max(people - 1, 1))
    correct, mistaken = 0, 0
    for d in range(dimensions):
        correct += code[d] == reality[d]
        mistaken += code[d] == -reality[d]
    result[8] = correct / dimensions
    result[9] = (correct - mistaken) / dimensions


def census(organization: Organization) -> dict[str, float]:
    """The measures of ``NAMES`` for the organization as it is."""
    result = np.empty(len(NAMES))
    count_beliefs(
        organization.beliefs,
        organization.articulated,
        organization.reality,
        organization.code,
        organization.complexity,
        result,
    )
    return dict(zip(NAMES, result.tolist(), strict=True))


@kernel
def count_acquainted(contact, familiarity, last_met, week, threshold):
    """Directed pairs whose familiarity now is above ``threshold``."""
    pairs = 0
    for i in range(contact.shape[0]):
        for k in range(contact.shape[1]):
            if contact[i, k] == -1:
                continue
            if faded(familiarity[i, k], week - last_met[i, k]) > threshold:
                pairs += 1
    return pairs


def acquainted_pairs(organization: Organization) -> float:
    """Share of ordered pairs of people who know each other a little (familiarity above .05)."""
    people = organization.people
    if people < 2:
        return 0.0
    pairs = count_acquainted(
        organization.contact,
        organization.familiarity,
        organization.last_met,
        organization.period,
        0.05,
    )
    return float(pairs) / (people * (people - 1))

"""Counting how types of people fare: halves by each trait, and the gaps between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.census.beliefs import part_of
from sim.kernels import kernel

if TYPE_CHECKING:
    from sim.organization import Organization

TRAITS = ("sociability", "dominance", "mindset", "learning_rate")
OUTCOMES = ("knowledge", "self_efficacy", "belonging")
TYPES = tuple(f"{outcome}_by_{trait}" for trait in TRAITS for outcome in OUTCOMES)


@kernel
def ranked(values, rank):
    """The value of that rank, 0 the smallest, among ``values`` (n,), which are put out of order.

    Hoare's FIND: parts are set apart as in quicksort, and only the one with the rank is pursued.
    """
    low, high = 0, len(values) - 1
    while low < high:
        pivot, a, b = values[rank], low, high
        while a <= b:
            while values[a] < pivot:
                a += 1
            while values[b] > pivot:
                b -= 1
            if a <= b:
                values[a], values[b] = values[b], values[a]
                a += 1
                b -= 1
        if b < rank:
            low = a
        if rank < a:
            high = b
    return values[rank]


@kernel
def count_gaps(trait, outcomes, result):
    """Fill ``result`` (outcomes,): mean of those above the median of ``trait`` minus the others'.

    ``trait`` is (people,), ``outcomes`` (outcomes, people). Who stands at the median (the lower one
    of an even number) counts as below; NaN where nobody stands above.
    """
    people = len(trait)
    middle = ranked(trait.copy(), (people - 1) // 2)
    high = 0
    for i in range(people):
        high += trait[i] > middle
    for o in range(len(outcomes)):
        above, whole = 0.0, 0.0
        for i in range(people):
            whole += outcomes[o, i]
            above += outcomes[o, i] * (trait[i] > middle)
        result[o] = part_of(above, high) - part_of(whole - above, people - high)


@kernel
def count_types(beliefs, reality, self_efficacy, belonging, traits, result):
    """Fill ``result`` (float64, in the order of ``TYPES``); ``traits`` are those of ``TRAITS``."""
    people, dimensions = beliefs.shape
    outcomes = np.empty((3, people))
    for i in range(people):
        right = 0
        for d in range(dimensions):
            right += beliefs[i, d] == reality[d]
        outcomes[0, i] = right / dimensions
        outcomes[1, i] = self_efficacy[i]
        outcomes[2, i] = belonging[i]
    for t in range(len(traits)):
        count_gaps(traits[t], outcomes, result[3 * t : 3 * t + 3])


def types_census(organization: Organization) -> dict[str, float]:
    """The measures of ``TYPES``: the gap between halves of the people, by trait and outcome."""
    result = np.empty(len(TYPES))
    count_types(
        organization.beliefs,
        organization.reality,
        organization.self_efficacy,
        organization.belonging,
        tuple(getattr(organization, trait) for trait in TRAITS),
        result,
    )
    return dict(zip(TYPES, result.tolist(), strict=True))

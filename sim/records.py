"""Visible performance: what others can see of how somebody does, and what they make of it."""

from __future__ import annotations

import numpy as np

from sim.kernels import in_place, inlined, kernel

#: Weeks in which a case counts half in the record (assumption).
HALF_LIFE = 13.0
#: Cases that the prior weighs as much as (assumption): two.
PRIOR_CASES = 2.0


@inlined
def estimate(success, cases, mean):
    """Expected share of successes: the record, drawn towards ``mean`` while it is short."""
    return (success + PRIOR_CASES * mean) / (cases + PRIOR_CASES)


@in_place
def overall(success, cases):
    """Share of all recorded cases that succeeded; one half where nothing is recorded."""
    successes, total = 0.0, 0.0
    for i in range(cases.shape[0]):
        for b in range(cases.shape[1]):
            successes += success[i, b]
            total += cases[i, b]
    return successes / total if total > 0.0 else 0.5


@kernel
def shares_of_success(success, cases):
    """Each person's expected share of successes over all kinds of requests, shape (people,)."""
    people, blocks = cases.shape
    mean = overall(success, cases)
    shares = np.empty(people)
    for i in range(people):
        successes, total = 0.0, 0.0
        for b in range(blocks):
            successes += success[i, b]
            total += cases[i, b]
        shares[i] = estimate(successes, total, mean)
    return shares

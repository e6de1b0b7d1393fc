"""Acting on a request: by the code or by one's own belief, right or wrong."""

from __future__ import annotations

import numpy as np

from sim.kernels import in_place, inlined
from sim.randomness import fold, heads, unit


@inlined
def follows(rule, formalization, luck):
    """Whether a person acts by the code: with probability ``formalization`` where it speaks."""
    return (rule != 0) & (unit(luck) < formalization)


@inlined
def action(belief, rule, formalization, luck):
    """What a person does on a dimension, +1 or -1; ``luck`` is a word for it (uint64).

    By the code, or else by their own belief, and with no opinion by the toss of a coin.
    """
    coin = 1 if heads(luck) else -1
    own = belief if belief != 0 else coin
    return rule if follows(rule, formalization, luck) else own


@in_place
def attempt(beliefs, code, reality, first, last, formalization, word):
    """Handle one request: dimensions ``first`` to ``last - 1`` must all be right.

    ``beliefs`` is one person's row; ``word`` names the request (uint64). Gives whether it is
    right, and whether it was done by the code, wherever the code says something.
    """
    right, ruled, departed = True, False, False
    for d in range(first, last):
        luck = fold(word, d)
        at = np.uint64(d)  # which can stand at no end of a row: nothing to be checked
        rule = code[at]
        right &= action(beliefs[at], rule, formalization, luck) == reality[at]
        ruled |= rule != 0
        departed |= (rule != 0) & (not follows(rule, formalization, luck))
    return right, ruled and not departed


@in_place
def chance_right(belief, rule, truth, formalization):
    """Probability that a person with this belief under this rule acts rightly."""
    own = 0.5 if belief == 0 else (1.0 if belief == truth else 0.0)
    if rule == 0:
        return own
    ruled = 1.0 if rule == truth else 0.0
    return formalization * ruled + (1.0 - formalization) * own

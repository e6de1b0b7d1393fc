"""Acting on a request: by the code or by one's own belief, right or wrong."""

from __future__ import annotations

from sim.kernels import kernel
from sim.randomness import draw


@kernel
def action(belief, rule, formalization, word, d):
    """What a person does on dimension ``d``: +1 or -1.

    By the code (``rule``) with probability ``formalization`` where it says something; otherwise
    by their own belief, and with no opinion by the toss of a coin.
    """
    if rule != 0 and draw(word, d, 0) < formalization:
        return rule
    if belief != 0:
        return belief
    return 1 if draw(word, d, 1) < 0.5 else -1


@kernel
def attempt(beliefs, code, reality, first, last, formalization, word):
    """Handle one request: dimensions ``first`` to ``last - 1`` must all be right.

    ``beliefs`` is one person's row; ``word`` names the request (uint64). Gives whether it is
    right, and whether it was done by the code, wherever the code says something.
    """
    right, ruled, departed = True, False, False
    for d in range(first, last):
        if code[d] != 0:
            ruled = True
            departed = departed or draw(word, d, 0) >= formalization
        right = right and action(beliefs[d], code[d], formalization, word, d) == reality[d]
    return right, ruled and not departed


@kernel
def chance_right(belief, rule, truth, formalization):
    """Probability that a person with this belief under this rule acts rightly."""
    own = 0.5 if belief == 0 else (1.0 if belief == truth else 0.0)
    if rule == 0:
        return own
    ruled = 1.0 if rule == truth else 0.0
    return formalization * ruled + (1.0 - formalization) * own

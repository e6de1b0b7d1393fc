"""Supporters: who stands behind somebody who wants to put a change forward.

Support comes of informal ties, each the more, the better known and trusted. Whether it takes a tie
at all, or only somebody of one's mind, can be asked by putting strangers in their place.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.ties import faded
from sim.kernels import in_place
from sim.randomness import draw, fold

#: What one tie of full familiarity and trust takes away of standing alone (assumption).
WEIGHT = 0.2


class Company(NamedTuple):
    """Whose support counts, and what each thinks."""

    like_minded: bool
    strangers: bool
    #: (people, dimensions) views as the period opened.
    views: NDArray[np.int8]
    #: Names the lots by which strangers take the places of ties, all run long.
    lots: np.uint64


@in_place
def support_of(i, contact, familiarity, trust, last_met, manager, week):
    """Informal support of ``i``: 1 - product over ties of (1 - 0.2 familiarity * trust).

    The manager is no informal tie. 0 for somebody who knows nobody.
    """
    alone = 1.0
    for k in range(contact.shape[1]):
        j = contact[i, k]
        if j >= 0 and j != manager[i]:
            known = faded(familiarity[i, k], week - last_met[i, k])
            alone *= 1.0 - WEIGHT * known * trust[i, k]
    return 1.0 - alone


@in_place
def support_for(i, d, value, company, contact, familiarity, trust, last_met, manager, person, week):
    """Support of ``i`` in trying ``value`` on dimension ``d``, by like-minded people.

    As ``support_of``, but a tie counts whole if it holds that view, half if it has none, and not
    at all if it holds the opposite. Where ``strangers`` stand in, the view is that of somebody by
    lot; familiarity and trust stay those of the tie.
    """
    company = Company(*company)
    alone = 1.0
    for k in range(contact.shape[1]):
        j = contact[i, k]
        if j < 0 or j == manager[i]:
            continue
        known = faded(familiarity[i, k], week - last_met[i, k])
        if company.strangers:
            j = stranger(i, k, len(contact), fold(company.lots, person[i]))
        agreement = 0.5 + 0.5 * company.views[j, d] * value
        alone *= 1.0 - WEIGHT * known * trust[i, k] * agreement
    return 1.0 - alone


@in_place
def stranger(i, k, people, word):
    """Who stands in for the tie in place ``k`` of ``i``: anybody else by lot, the same all run."""
    place = int(draw(word, k, 0) * (people - 1))
    return place + 1 if place >= i else place

"""Whom people know at the start: neighbours of their home, or the ties they were imported with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.acquaintance.ties import slot
from sim.kernels import kernel

if TYPE_CHECKING:
    from sim.organization import Organization


def befriend(organization: Organization) -> None:
    """Know the nearest people of one's home: seats are ordered by home, so distance is by seat."""
    start = organization.parameters["start"]
    befriend_neighbours(
        organization.contact,
        organization.familiarity,
        organization.home,
        min(start.contacts, organization.sizes["contacts"]),
        start.familiarity,
    )


@kernel
def befriend_neighbours(contact, familiarity, home, contacts, value):
    """Fill each person's contacts with those of their home at distance 1, 2, ... on a ring."""
    people = len(home)
    first = 0
    while first < people:
        last = first
        while last < people and home[last] == home[first]:
            last += 1
        size = last - first
        for i in range(first, last):
            for step in range(min(contacts, size - 1)):
                # Alternately ahead and behind: +1, -1, +2, -2, ...
                ahead = (step // 2 + 1) * (1 if step % 2 == 0 else -1)
                j = first + (i - first + ahead) % size
                place = slot(contact, i, j)
                contact[i, place] = j
                familiarity[i, place] = value
        first = last


def bring_ties(organization: Organization) -> None:
    """Take over the ties of an imported organization: how familiar one person is with another."""
    imported = organization.imported
    assert imported is not None
    remember_ties(
        organization.contact,
        organization.familiarity,
        imported.source,
        imported.target,
        imported.strength,
    )


@kernel
def remember_ties(contact, familiarity, source, target, strength):
    """Write ties into the contact lists; where a list is full the strongest ties are kept."""
    for tie in np.argsort(-strength, kind="mergesort"):
        place = slot(contact, source[tie], target[tie])
        if place >= 0:
            contact[source[tie], place] = target[tie]
            familiarity[source[tie], place] = strength[tie]

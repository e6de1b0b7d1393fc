"""How an organization begins: who its people are, what they and the code know, whom they know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.kernels import kernel
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import draw, draw_normal, fold
from sim.ties import slot

if TYPE_CHECKING:
    from sim.organization import Organization


#: Weekly hours of learning with which nobody stays or leaves for that reason (assumption).
ENOUGH_LEARNING = 2.0


class StartParameters(Parameters):
    opinion: float = parameter(
        0.9,
        unit="share of dimensions",
        bounds=(0, 1),
        doc="Dimensions on which a person holds a belief at the start; newborn as in March: 2/3.",
        source=ASSUMPTION + "; newborn: March1991",
    )
    right: float = parameter(
        0.85,
        unit="share of beliefs",
        bounds=(0, 1),
        doc="Share of these beliefs that are right; newborn: 1/2.",
        source=ASSUMPTION + "; newborn: March1991",
    )
    code_opinion: float = parameter(
        0.95,
        unit="share of dimensions",
        bounds=(0, 1),
        doc="Dimensions on which the code says something at the start; newborn: 0.",
        source=ASSUMPTION + "; newborn: March1991",
    )
    code_right: float = parameter(
        0.9,
        unit="share of rules",
        bounds=(0, 1),
        doc="Share of the code's rules that are right at the start.",
        source=ASSUMPTION,
    )
    articulated: float = parameter(
        0.4,
        unit="share of beliefs",
        bounds=(0, 1),
        doc="Share of beliefs that a person can explain at the start; the rest is tacit.",
        source=ASSUMPTION,
    )
    practice: float = parameter(
        0.5,
        unit="depth of skill",
        bounds=(0, 1),
        doc="Mean practice at the start, on dimensions with a belief; newborn: 0.",
        source=ASSUMPTION,
    )
    homes: int = parameter(
        5,
        unit="sites or departments",
        bounds=(1, 10_000),
        doc="Homes that generated people belong to; imported people bring theirs.",
        source=ASSUMPTION,
    )
    contacts: int = parameter(
        8,
        unit="people",
        bounds=(0, 150),
        doc="People of one's home, nearest in seat, whom one knows at the start.",
        source=ASSUMPTION,
    )
    familiarity: float = parameter(
        0.4,
        unit="familiarity",
        bounds=(0, 1),
        doc="How well one knows them.",
        source=ASSUMPTION,
    )
    self_efficacy: float = parameter(
        0.5, unit="0 to 1", bounds=(0, 1), doc="Mean self-efficacy (sd .15).", source=ASSUMPTION
    )
    mindset: float = parameter(
        0.5,
        unit="fixed 0 to growth 1",
        bounds=(0, 1),
        doc="Mean mindset (sd .2).",
        source="MECHANISMS A1 (mean .5, sd .2); Dweck",
    )
    ability_spread: float = parameter(
        0.2,
        unit="standard deviation around 1",
        bounds=(0, 0.5),
        doc="How much people differ in speed.",
        source=ASSUMPTION,
    )
    learning_rate: float = parameter(
        1.0,
        unit="multiplier of learning",
        bounds=(0, 1),
        doc="Mean readiness to learn; multiplies every rate at which a person takes something up.",
        source=ASSUMPTION,
    )
    learning_spread: float = parameter(
        0.0,
        unit="standard deviation",
        bounds=(0, 0.5),
        doc="How much people differ in it (coefficients of variation of .2-.5 are plausible).",
        source="document 002; value " + ASSUMPTION,
    )


@kernel
def begin_world(reality, code, codifiable, opinion, right, key):
    """Draw reality, and a code that speaks on a share ``opinion``, ``right`` of the time.

    Where nothing is ``codifiable`` the code is silent.
    """
    for d in range(len(reality)):
        reality[d] = 1 if draw(key, 0, d) < 0.5 else -1
        if codifiable[d] and draw(key, 1, d) < opinion:
            code[d] = reality[d] if draw(key, 2, d) < right else -reality[d]
        else:
            code[d] = 0


@kernel
def settle_beliefs(
    seats, beliefs, articulated, practice, reality, person, opinion, right, explicit, depth, key
):
    """Give the occupants of ``seats`` their first beliefs, what they can explain, and skill.

    A belief is right with chance ``right``; opinion 2/3 and right 1/2 give March's newcomers,
    who hold -1, 0 and +1 with equal chances.
    """
    # Uniform around the mean, as wide as 0 and 1 allow: no constant to choose.
    width = min(depth, 1.0 - depth)
    for seat in seats:
        word = fold(key, person[seat])
        for d in range(len(reality)):
            beliefs[seat, d] = 0
            articulated[seat, d] = False
            practice[seat, d] = 0.0
            if draw(word, 0, d) < opinion:
                beliefs[seat, d] = reality[d] if draw(word, 1, d) < right else -reality[d]
                articulated[seat, d] = draw(word, 2, d) < explicit
                practice[seat, d] = depth + width * (2.0 * draw(word, 3, d) - 1.0)


@kernel
def settle_traits(
    seats,
    person,
    ability,
    sociability,
    learning_rate,
    mindset,
    self_efficacy,
    fear,
    character,
    means,
    spreads,
    key,
):
    """Draw the traits of the people on ``seats``: normal, within 0 and 1 (ability above .2)."""
    for seat in seats:
        who = person[seat]
        ability[seat] = max(means[0] + spreads[0] * draw_normal(key, who, 0), 0.2)
        sociability[seat] = _share(means[1] + spreads[1] * draw_normal(key, who, 1))
        learning_rate[seat] = _share(means[2] + spreads[2] * draw_normal(key, who, 2))
        mindset[seat] = _share(means[3] + spreads[3] * draw_normal(key, who, 3))
        self_efficacy[seat] = _share(means[4] + spreads[4] * draw_normal(key, who, 4))
        fear[seat] = _share(means[5] + spreads[5] * draw_normal(key, who, 5))
        character[seat] = draw_normal(key, who, 6)


@kernel
def _share(value):
    return min(max(value, 0.0), 1.0)


def settle(
    organization: Organization,
    seats: NDArray[np.int64],
    opinion: float,
    right: float,
    practice: float,
) -> None:
    """Let new people take their seats: traits, states and beliefs, drawn for who they are.

    Parameters
    ----------
    seats : int64 array
        Seats whose occupant (``person``) is new.
    opinion, right, practice
        What they bring: share of dimensions with a belief, share of these right, mean practice.
    """
    start = organization.parameters["start"]
    fear = organization.parameters["climate"].base_fear
    means = np.array(
        [1.0, 0.5, start.learning_rate, start.mindset, start.self_efficacy, fear], dtype=np.float64
    )
    spreads = np.array(
        [start.ability_spread, 0.2, start.learning_spread, 0.2, 0.15, 0.1], dtype=np.float64
    )
    settle_traits(
        seats,
        organization.person,
        organization.ability,
        organization.sociability,
        organization.learning_rate,
        organization.mindset,
        organization.self_efficacy,
        organization.fear,
        organization.character,
        means,
        spreads,
        organization.key("traits", 0),
    )
    settle_beliefs(
        seats,
        organization.beliefs,
        organization.articulated,
        organization.practice,
        organization.reality,
        organization.person,
        opinion,
        right,
        start.articulated,
        practice,
        organization.key("first beliefs", 0),
    )
    organization.belonging[seats] = 0.5
    organization.learning_hours[seats] = ENOUGH_LEARNING


def populate(organization: Organization) -> None:
    """Fill the arrays for week 0: world, code, people, their beliefs and their first ties."""
    start = organization.parameters["start"]
    organization.person[:] = np.arange(organization.people, dtype=np.uint64)
    # Spread evenly: tacit dimension number t lies where d * tacit / dimensions passes t.
    d, tacit = np.arange(organization.dimensions), organization.parameters["environment"].tacit
    tacit = min(tacit, organization.dimensions)
    organization.codifiable[:] = (d + 1) * tacit // len(d) == d * tacit // len(d)
    begin_world(
        organization.reality,
        organization.code,
        organization.codifiable,
        start.code_opinion,
        start.code_right,
        organization.key("world"),
    )
    seats = np.arange(organization.people, dtype=np.int64)
    settle(organization, seats, start.opinion, start.right, start.practice)
    _settle_homes(organization)
    organization.contact[:] = -1
    organization.trust[:] = 0.5
    if organization.imported is None:
        _befriend_neighbours(organization)
    else:
        _bring_ties(organization)


def _settle_homes(organization: Organization) -> None:
    """Homes, tenure and seniority: drawn for generated people, brought along by imported ones."""
    start, people = organization.parameters["start"], organization.people
    # A topic comes with the job: whoever follows on a seat is hired for it.
    organization.interest[:] = draws(organization.key("interest", 0), people)
    topics = organization.communities
    organization.topic[:] = np.minimum(organization.interest * topics, topics - 1)
    chance = draws(organization.key("seniority"), people)
    imported = organization.imported
    if imported is None:
        organization.homes = min(start.homes, people)
        organization.home[:] = np.arange(people) * organization.homes // people
        # Median tenure of about five years, most senior first in line for the hierarchy.
        organization.tenure[:] = (-np.log1p(-chance) * 375).astype(np.int32)
        organization.seniority[:] = chance
        return
    organization.homes = len(imported.home_names)
    organization.home[:] = imported.home
    known = np.where(np.isnan(imported.tenure), 0.0, imported.tenure)
    organization.tenure[:] = known.astype(np.int32)
    # Rank decides, then tenure; the draw only breaks ties.
    order = np.lexsort((chance, known, imported.rank))
    organization.seniority[order] = np.arange(people) / people


@kernel
def draws(key, count):
    """An array of ``count`` uniform draws, one for each seat."""
    values = np.empty(count)
    for i in range(count):
        values[i] = draw(key, i, 0)
    return values


def _befriend_neighbours(organization: Organization) -> None:
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


def _bring_ties(organization: Organization) -> None:
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

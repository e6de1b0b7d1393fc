"""How an organization begins: who its people are, what they and the code know, whom they know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.first_ties import befriend, bring_ties
from sim.environments.nk import PARTNERS
from sim.environments.payoff import raise_landscape
from sim.errors import InputProblem, Problem
from sim.first_beliefs import (
    draw_reality,
    settle_beliefs,
    settle_traits,
    tell_apart,
    write_code,
)
from sim.kernels import kernel
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import draw

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
    distinct: bool = parameter(
        False,
        unit="yes or no",
        doc="Whether no two people start with the same set of beliefs.",
        source="BarkocziGalesic2016 (initial sets drawn without replacement)",
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
    ethics: float = parameter(
        0.7,
        unit="0 to 1",
        bounds=(0, 1),
        doc="How strictly people keep to standards, on average (sd .15).",
        source="document 003 (ethical standards); value " + ASSUMPTION,
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
    means = (1.0, 0.5, start.learning_rate, start.mindset, start.self_efficacy, fear, start.ethics)
    spreads = (start.ability_spread, 0.2, start.learning_spread, 0.2, 0.15, 0.1, 0.15)
    take_seats(
        organization.state,
        seats,
        tuple(map(float, means)),
        tuple(map(float, spreads)),
        (float(opinion), float(right), float(start.articulated), float(practice)),
        (organization.key("traits", 0), organization.key("first beliefs", 0)),
    )


@kernel
def take_seats(state, seats, means, spreads, brought, keys):
    """Let new people take ``seats``: see ``settle``.

    ``means`` and ``spreads`` are those of traits, in the order of ``settle_traits``; ``brought``
    are opinion, right, what of it people can explain, and practice; ``keys`` are those of traits
    and of beliefs.
    """
    opinion, right, explicit, depth = brought
    settle_traits(
        seats,
        state.person,
        state.ability,
        state.sociability,
        state.learning_rate,
        state.mindset,
        state.self_efficacy,
        state.fear,
        state.character,
        state.dominance,
        state.ethics,
        means,
        spreads,
        keys[0],
    )
    settle_beliefs(
        seats,
        state.beliefs,
        state.articulated,
        state.practice,
        state.reality,
        state.person,
        opinion,
        right,
        explicit,
        depth,
        keys[1],
    )
    belonging, purpose, voice = state.belonging, state.purpose, state.voice
    participation, gains = state.participation, state.session_gains
    learning_hours = state.learning_hours
    for seat in seats:
        belonging[seat] = purpose[seat] = voice[seat] = 0.5
        participation[seat] = gains[seat] = 0.0
        learning_hours[seat] = ENOUGH_LEARNING


def populate(organization: Organization) -> None:
    """Fill the arrays for week 0: world, code, people, their beliefs and their first ties."""
    start = organization.parameters["start"]
    organization.person[:] = np.arange(organization.people, dtype=np.uint64)
    organization.codifiable[:] = codifiable_dimensions(
        organization.dimensions, organization.parameters["environment"].tacit
    )
    world = organization.key("world")
    draw_reality(organization.reality, world)
    if organization.parameters["environment"].landscape == "nk":
        _raise_landscape(organization, world)
    write_code(
        organization.code,
        organization.reality,
        organization.codifiable,
        start.code_opinion,
        start.code_right,
        world,
    )
    _set_standards(organization)
    seats = np.arange(organization.people, dtype=np.int64)
    settle(organization, seats, start.opinion, start.right, start.practice)
    if start.distinct:
        _tell_apart(organization)
    _settle_homes(organization)
    organization.contact[:] = -1
    organization.trust[:] = 0.5
    if organization.imported is None:
        befriend(organization)
    else:
        bring_ties(organization)


def codifiable_dimensions(dimensions: int, tacit: int) -> NDArray[np.bool_]:
    """Whether a rule can be written for each dimension: ``tacit`` of them, spread evenly, not."""
    d, tacit = np.arange(dimensions), min(tacit, dimensions)
    written: NDArray[np.bool_] = (d + 1) * tacit // len(d) == d * tacit // len(d)
    return written


def _set_standards(organization: Organization) -> None:
    """Which way of doing things is improper, where one is: by lot, whatever works."""
    share, dimensions = organization.parameters["environment"].improper, organization.dimensions
    if share > 0.0:
        judged = draws(organization.key("what there are standards for", 0), dimensions) < share
        way = draws(organization.key("what standards forbid", 0), dimensions) < 0.5
        organization.improper[judged] = np.where(way, 1, -1)[judged]


def _raise_landscape(organization: Organization, key: np.uint64) -> None:
    environment = organization.parameters["environment"]
    raise_landscape(
        organization.partners,
        organization.contributions,
        organization.reality,
        organization.peak,
        PARTNERS[environment.partners],
        environment.contributions == "tenths",
        key,
    )


def _tell_apart(organization: Organization) -> None:
    start = organization.parameters["start"]
    apart = tell_apart(
        organization.beliefs,
        organization.articulated,
        organization.practice,
        organization.reality,
        organization.person,
        start.opinion,
        start.right,
        start.articulated,
        start.practice,
        organization.key("first beliefs", 0),
    )
    if not apart:
        raise too_alike(organization.people, organization.dimensions)


def too_alike(people: int, dimensions: int) -> InputProblem:
    """The complaint that people cannot all start with a set of their own."""
    return InputProblem(
        Problem(
            f"{people} people found no {people} different sets of {dimensions} beliefs",
            "Set start.distinct: false, or more dimensions.",
            key="start.distinct",
        )
    )


@kernel
def draws(key, count):
    """An array of ``count`` uniform draws, one for each seat."""
    values = np.empty(count)
    for i in range(count):
        values[i] = draw(key, i, 0)
    return values


def topics_of(interest: NDArray[np.float32], topics: int) -> NDArray[np.int32]:
    """Which of so many topics each ``interest`` (people,) lies in."""
    return np.minimum(interest * topics, topics - 1).astype(np.int32)


def _settle_homes(organization: Organization) -> None:
    """Homes, tenure and seniority: drawn for generated people, brought along by imported ones."""
    start, people = organization.parameters["start"], organization.people
    # A topic comes with the job: whoever follows on a seat is hired for it.
    organization.interest[:] = draws(organization.key("interest", 0), people)
    organization.topic[:] = topics_of(organization.interest, organization.topics)
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

"""Workforce: people leave, sooner where they fear and do not belong or learn; newcomers start anew.

A newcomer brings own beliefs, no practice and no ties; requests stay with the seat [March1991 for
the replacement rule]. That fear, belonging and learning move the hazard is an input; their
directions are from newcomer and turnover research [Bauer2007], their sizes assumptions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.directories import DIRECTORY, directory_in, forget_addresses
from sim.acquaintance.ties import forget_seats
from sim.kernels import in_place, kernel
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import draw
from sim.start import ENOUGH_LEARNING, settle
from sim.tallies import PEOPLE_LEFT

if TYPE_CHECKING:
    from sim.organization import Organization

OCCUPANT = np.uint64(1 << 32)


class WorkforceParameters(Parameters):
    turnover: float = parameter(
        0.0028,
        unit="probability per person and week",
        bounds=(0, 1),
        doc="Hazard of leaving of a person with base fear, middling belonging and learning.",
        source="public sector, 13.5 % a year (MEM); JOLTS 2019: 0.5-3.7 % a month; March1991, p3",
    )
    fear_effect: float = parameter(
        2.0,
        unit="log hazard per unit of fear above the base",
        bounds=(0, 10),
        doc="How much fear hastens leaving.",
        source="document 001; size " + ASSUMPTION,
    )
    belonging_effect: float = parameter(
        1.0,
        unit="log hazard per unit of belonging below 0.5",
        bounds=(0, 10),
        doc="How much belonging holds people.",
        source="document 004, Bauer2007; size " + ASSUMPTION,
    )
    learning_effect: float = parameter(
        0.2,
        unit="log hazard per weekly hour of learning below 2",
        bounds=(0, 10),
        doc="How much time to learn holds people.",
        source="documents 001 and 004; size " + ASSUMPTION,
    )
    newcomer_opinion: float = parameter(
        2 / 3,
        unit="share of dimensions",
        bounds=(0, 1),
        doc="Dimensions on which a newcomer brings a belief.",
        source="March1991",
    )
    newcomer_right: float = parameter(
        0.5,
        unit="share of beliefs",
        bounds=(0, 1),
        doc="Share of a newcomer's beliefs that are right.",
        source="March1991",
    )


@in_place
def leave(state, turnover, base_fear, effects, key):
    """Note in ``leavers`` whose occupants leave this week, with their own hazard; gives how many.

    ``effects`` are those of fear, of belonging and of hours of learning.
    """
    fear, belonging, learning_hours = state.fear, state.belonging, state.learning_hours
    person, leavers = state.person, state.leavers
    by_fear, by_belonging, by_learning = effects
    count = 0
    for i in range(len(fear)):
        pull = (
            by_fear * (fear[i] - base_fear)
            + by_belonging * (0.5 - belonging[i])
            + by_learning * (ENOUGH_LEARNING - learning_hours[i])
        )
        leavers[count] = i
        count += draw(key, person[i], 0) < turnover * np.exp(pull)
    return count


@in_place
def start_anew(state, seats, left):
    """Clear what leavers left of themselves on their ``seats``, and flag these as ``left``.

    Rules they wrote have no author any more.
    """
    tenure, overtime, influence = state.tenure, state.overtime, state.influence
    trial_stage, programme_stage = state.trial_stage, state.programme_stage
    programme_weeks, rule_author = state.programme_weeks, state.rule_author
    success, cases, unhappy = state.record_success, state.record_cases, state.unhappy
    for i in range(len(left)):
        left[i] = False
    for i in seats:
        left[i] = True
        tenure[i] = trial_stage[i] = programme_stage[i] = programme_weeks[i] = 0
        overtime[i] = influence[i] = 0.0
        for b in range(cases.shape[1]):
            success[i, b] = cases[i, b] = 0.0
        for b in range(unhappy.shape[1]):
            unhappy[i, b] = 0.0
    for d in range(len(rule_author)):
        if rule_author[d] >= 0 and left[rule_author[d]]:
            rule_author[d] = -1


@in_place
def hide_news(seats, news, beliefs, articulated):
    """Let people on ``seats`` know nothing of dimensions that are ``news``.

    What was news to everybody here is unknown to whoever comes from outside.
    """
    for d in range(len(news)):
        if news[d]:
            for i in seats:
                beliefs[i, d] = 0
                articulated[i, d] = False


@in_place
def appoint_officers(cell_start, cell_member, officer, tenure, left):
    """Hand the role of an officer who left to the longest-serving member of the cell."""
    for c in range(len(cell_start) - 1):
        first, last = cell_start[c], cell_start[c + 1]
        if last > first and left[officer[c]]:
            best = cell_member[first]
            for m in cell_member[first:last]:
                if tenure[m] > tenure[best]:
                    best = m
            officer[c] = best


class Workforce(Mechanism):
    name = "workforce"
    Parameters = WorkforceParameters
    reads = (
        *("fear", "belonging", "learning_hours", "person", "cell_start", "cell_member", "tenure"),
        *("reality", "last_met", "news"),
    )
    writes = (
        "person",
        "beliefs",
        "articulated",
        "practice",
        "ability",
        "sociability",
        "learning_rate",
        "mindset",
        "ethics",
        "self_efficacy",
        "fear",
        "belonging",
        "character",
        "dominance",
        "purpose",
        "voice",
        "participation",
        "session_gains",
        "tenure",
        "learning_hours",
        "record_success",
        "record_cases",
        "trial_stage",
        "programme_stage",
        "programme_weeks",
        "influence",
        "rule_author",
        "unhappy",
        "contact",
        "familiarity",
        "trust",
        *DIRECTORY,
        "officer",
        "overtime",
        "tally",
    )
    null = {"workforce.turnover": 0.0}

    def apply(self, organization: Organization) -> None:
        parameters = self.parameters
        effects = (
            float(parameters.fear_effect),
            float(parameters.belonging_effect),
            float(parameters.learning_effect),
        )
        count = leave(
            organization.state,
            float(parameters.turnover),
            float(organization.parameters["climate"].base_fear),
            effects,
            organization.key("leaving"),
        )
        if count > 0:
            leavers = organization.state.arrays["leavers"][:count]
            replace_people(organization, leavers.copy())


def replace_people(organization: Organization, seats: NDArray[np.int64]) -> None:
    """Seat a newcomer wherever somebody leaves; the seat, its place and its requests stay."""
    if len(seats) == 0:
        return
    parameters = organization.parameters["workforce"]
    organization.tally[PEOPLE_LEFT] += len(seats)
    organization.person[seats] += OCCUPANT
    settle(organization, seats, parameters.newcomer_opinion, parameters.newcomer_right, 0.0)
    make_strangers(organization.state, seats)


@kernel
def make_strangers(state, seats):
    """Let nothing that was known of the old occupants of ``seats`` be held to be of the new."""
    left = state.left
    directory = directory_in(state)
    hide_news(seats, state.news, state.beliefs, state.articulated)
    start_anew(state, seats, left)
    forget_seats(
        *(state.contact, state.familiarity, state.trust, state.last_met, left),
        state.left_by_contact,
    )
    if directory.address.shape[1] > 0:
        forget_addresses(directory, left)
    appoint_officers(state.cell_start, state.cell_member, state.officer, state.tenure, left)

"""Interpersonal learning: people learn from colleagues whom they see doing better.

The majority of those who do better teaches [FangLeeSchilling2010]; what cannot be said passes only
by joint practice, so what the code never carries can still spread [MillerZhaoCalantone2006].
Here people learn in their unit; cells and officers use the same rule and its numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from sim.environments.landscape import surroundings_of
from sim.environments.payoff import payoffs
from sim.errors import InputProblem, Problem
from sim.kernels import in_place
from sim.learning.groups import Groups
from sim.learning.meetings import (
    Occasion,
    Parts,
    Terms,
    hold_meetings,
    share_learning,
    share_of,
    spend_time_in,
    unhurried,
    work_together,
)
from sim.learning.models import joint_case_hours
from sim.learning.peers import AGGREGATES, SEARCHES, UNDECIDED, Slots, Ties, learn_from_peers
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import GROUP_READS, GROUP_WRITES, terms, walls
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.records import shares_of_success
from sim.tallies import JOINT, LINE, SOCIALIZATION_FLOW, TEAM

if TYPE_CHECKING:
    from sim.organization import Organization
    from sim.scenario.settings import Settings


class InterpersonalParameters(Parameters):
    hours: float = parameter(
        0.25,
        unit="hours per week",
        bounds=(0, 40),
        doc="Time a unit talks about how the work is done.",
        source=ASSUMPTION,
    )
    sources: Literal["unit", "network"] = parameter(
        "unit",
        unit="rule",
        doc="Whom one learns from: one's unit, in talk and joint cases; or those one is tied to in "
        "the network, by the slots below.",
        source="network: MillerZhaoCalantone2006, FangLeeSchilling2010, LazerFriedman2007",
    )
    joint_hours: float = parameter(
        0.5,
        unit="hours per week",
        bounds=(0, 40),
        doc="Time a person sits in on cases of colleagues of their unit.",
        source=ASSUMPTION,
    )
    rate: float = parameter(
        0.3,
        unit="probability per belief",
        bounds=(0, 1),
        doc="Chance of adopting what all those who do better say, if one knows them well.",
        source="FangLeeSchilling2010, p (0.3)",
    )
    stranger: float = parameter(
        0.1,
        unit="weight",
        bounds=(0, 1),
        doc="Weight of a stranger's word; that of a person one knows fully is 1.",
        source=ASSUMPTION + "; to be swept: with 1 familiarity does not matter",
    )
    identity_discount: float = parameter(
        0.1,
        unit="expected share of successes",
        bounds=(0, 1),
        doc="How much less one expects at first of people of another home; data outweigh it.",
        source="NembhardEdmondson2006 (status); value " + ASSUMPTION,
    )
    adoption: float = parameter(
        0.05,
        unit="probability per belief and joint case, at familiarity 1",
        bounds=(0, 1),
        doc="Chance of taking over a belief by working a case together.",
        source="tacit transfer .01-.10 a contact (MECHANISMS A1); " + ASSUMPTION,
    )
    deepening: float = parameter(
        0.05,
        unit="practice per joint case",
        bounds=(0, 1),
        doc="How much a joint case deepens skill on its dimensions.",
        source=ASSUMPTION,
    )
    status: float = parameter(
        0.0,
        unit="probability, where all others stand higher",
        bounds=(0, 1),
        doc="Obstacle: chance of keeping silent, besides fear, times the share of those present "
        "who stand higher in the line; in every group that talks.",
        source="NembhardEdmondson2006 (status); value " + ASSUMPTION,
    )
    dominance: float = parameter(
        0.0,
        unit="per unit of dominance",
        bounds=(0, 10),
        doc="Obstacle: how much sooner the dominant take the floor; sociability counts 1.",
        source="document 002 (people of different types); value " + ASSUMPTION,
    )
    conflict: float = parameter(
        0.0,
        unit="probability per contradiction, among strangers",
        bounds=(0, 1),
        doc="Obstacle: chance that who contradicts the speaker before quarrels with them: a turn "
        "is lost, both are discouraged and trust each other less. Familiarity prevents it.",
        source="DeDreuWeingart2003; value " + ASSUMPTION,
    )
    loafing: float = parameter(
        0.0,
        unit="probability per meeting, of who never speaks",
        bounds=(0, 1),
        doc="Obstacle: chance of sitting a meeting out, hearing and saying nothing, the larger the "
        "less one came to speak lately.",
        source="KarauWilliams1993; value " + ASSUMPTION,
    )
    regulators: float = parameter(
        0.0,
        unit="0 to 1",
        bounds=(0, 1),
        doc="How much passes only by what people think of themselves and of it, of what they see "
        "others do or are shown: joint cases, shown changes, and what is picked up unnoticed.",
        source="document 003; Bandura1991; value " + ASSUMPTION,
    )
    search: Literal["local", "distant", "local_then_distant"] = parameter(
        "local",
        unit="rule",
        doc="network: one looks at one's ties; at others drawn from everybody; or at these where "
        "no tie teaches anything.",
        source="MillerZhaoCalantone2006 (local and distant search)",
    )
    judge: Literal["record", "truth"] = parameter(
        "record",
        unit="rule",
        doc="network: how it is seen who does better: by the record of requests, or by the truth.",
        source="truth: LazerFriedman2007 and the others; record: " + ASSUMPTION,
    )
    sample: int = parameter(
        0,
        unit="people",
        bounds=(0, 100_000),
        doc="network: how many of them one looks at each period, drawn anew; 0 for all.",
        source="BarkocziGalesic2016, s (3 and 9)",
    )
    filter: Literal["none", "better"] = parameter(
        "better",
        unit="rule",
        doc="network: which of those seen count: all, or those who do better than oneself.",
        source="better: FangLeeSchilling2010; none: BarkocziGalesic2016",
    )
    aggregate: Literal["majority", "best", "modal", "random", "none"] = parameter(
        "majority",
        unit="rule",
        doc="network: what is made of those who count: their majority on each dimension, the "
        "whole set of the best, the most frequent whole set (none if all differ), the set of one "
        "by lot, or nothing.",
        source="majority: FangLeeSchilling2010; best: LazerFriedman2007; modal, random: "
        "BarkocziGalesic2016",
    )
    undecided: Literal["keep", "give_up", "camp"] = parameter(
        "keep",
        unit="rule",
        doc="network, majority: where views balance one keeps one's own, or gives it up; or having "
        "no view counts as a camp of its own.",
        source="FangLeeSchilling2010 (not settled there)",
    )
    copying_error: float = parameter(
        0.0,
        unit="probability per belief",
        bounds=(0, 1),
        doc="network: chance that a belief is missed in copying, and one's own kept.",
        source="LazerFriedman2007 (0 and .2)",
    )
    gate: Literal["none", "better"] = parameter(
        "none",
        unit="rule",
        doc="network: whether what one takes over must be truly better than what one has.",
        source="better: LazerFriedman2007, BarkocziGalesic2016; none: March1991",
    )
    fallback: Literal["none", "trial"] = parameter(
        "none",
        unit="rule",
        doc="network: what one does who learns from nobody: nothing, or change one belief by lot "
        "and keep that if it is truly better. Who copies one by lot has somebody to learn from.",
        source="trial: LazerFriedman2007, BarkocziGalesic2016",
    )
    attention: float = parameter(
        1.0,
        unit="probability per period",
        bounds=(0, 1),
        doc="network: chance that one looks at others at all.",
        source="LazerFriedman2007, velocity (1, .5, .2, .1)",
    )


def slots_of(parameters: InterpersonalParameters) -> Slots:
    """The slots as numbers for kernels."""
    return Slots(
        search=SEARCHES[parameters.search],
        aggregate=AGGREGATES[parameters.aggregate],
        sample=parameters.sample,
        only_better=parameters.filter == "better",
        gated=parameters.gate == "better",
        tries=parameters.fallback == "trial",
        undecided=UNDECIDED[parameters.undecided],
        accuracy=1.0 - parameters.copying_error,
    )


def is_idle(parameters: InterpersonalParameters) -> bool:
    """Whether nobody can learn anything from those they are tied to."""
    learns = parameters.rate > 0.0 and parameters.aggregate != "none"
    return not learns and parameters.fallback == "none"


def check_slots(settings: Settings) -> None:
    """Raise InputProblem where learning along ties lacks a judge or a network."""
    rule = settings.interpersonal
    if rule.sources != "network" or "interpersonal" in settings.without or is_idle(rule):
        return
    asks = [name for name, on in (("gate", "better"), ("fallback", "trial")) if _is(rule, name, on)]
    problems = []
    if asks and rule.judge != "truth":
        problems.append(
            Problem(
                f"interpersonal.{asks[0]} needs to know at once what a changed set is worth, "
                "which no record of requests can tell",
                "Set interpersonal.judge: truth.",
                key=f"interpersonal.{asks[0]}",
            )
        )
    alone = settings.network.kind == "none" and settings.network.added == 0
    if alone and rule.search == "local" and rule.aggregate != "none":
        problems.append(
            Problem(
                "people are to learn from those they are tied to, and there is no network",
                "Set network.kind: small_world, or another; or interpersonal.search: distant.",
                key="network.kind",
            )
        )
    if settings.cells.isolation > 0.0:
        problems.append(
            Problem(
                "walls between cells stand in units, and people are to learn from those they are "
                "tied to instead, wherever these sit",
                "Set cells.isolation: 0, or interpersonal.sources: unit; a network has an "
                "isolation of its own.",
                key="cells.isolation",
            )
        )
    if problems:
        raise InputProblem(problems)


def _is(parameters: InterpersonalParameters, name: str, value: str) -> bool:
    return bool(getattr(parameters, name) == value)


@in_place
def book_units(state, hours, joint_hours):
    """Plan the ``hours`` of talk in units, and those of joint cases."""
    planned, leads_unit, joint_hours = state.planned, state.leads_unit, np.float32(joint_hours)
    for i in range(len(leads_unit)):
        # A manager talks with the unit they lead, too.
        planned[i, TEAM] += hours * (1 + (leads_unit[i] >= 0))
        planned[i, JOINT] += joint_hours


@in_place
def time_in_units(state, line_hours, talk_hours):
    """Note as ``group_time`` how long each is with their unit, in line meetings and in talk.

    Talk takes its hours (float32) of what is learned.
    """
    hours, planned, learning_share = state.hours, state.planned, state.learning_share
    time = state.group_time
    for i in range(len(time)):
        share = share_of(hours[i, LINE], planned[i, LINE])
        time[i] = line_hours * share + talk_hours * learning_share[i]


@in_place
def gather_in_units(state, units, line_hours, week):
    """Let the members of units spend the time of line meetings together, and no more."""
    time_in_units(state, line_hours, np.float32(0.0))
    start, member = state.team_start[: units + 1], state.team_member
    spend_time_in(state, start, member, 0, units, state.group_time, week)


@in_place
def meet_in_units(state, units, line_hours, parts, terms, occasion, complexity, week, keys):
    """Let units meet, talk, and sit in on each other's cases; ``keys`` are those of both.

    Other tuples are plain ones: ``Parts``, ``Terms`` and ``Occasion``.
    """
    parts, terms, occasion = Parts(*parts), Terms(*terms), Occasion(*occasion)
    time_in_units(state, line_hours, np.float32(parts.talk))
    share_learning(state)
    low, high = state.group_low[:units], state.group_high[:units]
    pace, subject, share = state.group_pace[:1], state.group_subject[:1], state.share
    blocks = state.record_cases.shape[1]
    for g in range(units):
        low[g], high[g] = 0, blocks
    unhurried(pace, subject)
    groups = Groups(
        state.team_start[: units + 1], state.team_member, low, high, pace, subject, 0, units
    )
    hold_meetings(
        state, groups, state.group_time, parts, share, terms, occasion, complexity, week, keys[0]
    )
    work_together(state, groups, parts, share, state.unit, terms, occasion, complexity, week, keys)


class Interpersonal(Mechanism):
    name = "interpersonal"
    Parameters = InterpersonalParameters
    reads = (
        *(*GROUP_READS, "unit", "leads_unit", "team_start", "team_member"),
        *("tie_start", "tie", "partners", "contributions"),
    )
    writes = GROUP_WRITES
    null = {
        "interpersonal.rate": 0.0,
        "interpersonal.hours": 0.0,
        "interpersonal.joint_hours": 0.0,
        "structure.line_hours": 0.0,
        "training.hours": 0.0,
    }

    def plan(self, organization: Organization) -> None:
        in_units = self.parameters.sources == "unit"
        joint_hours = float(joint_case_hours(organization) if in_units else 0.0)
        book_units(organization.state, float(self.parameters.hours), joint_hours)

    def apply(self, organization: Organization) -> None:
        units, week = organization.units, organization.period
        line_hours = float(organization.parameters["structure"].line_hours)
        if self.parameters.sources != "unit":
            gather_in_units(organization.state, units, line_hours, week)
            self.learn_along_ties(organization)
            return
        hours = float(self.parameters.hours)
        meet_in_units(
            organization.state,
            units,
            line_hours,
            (hours, hours, 0.0, float(joint_case_hours(organization))),
            terms(organization),
            (1.0, *walls(organization, True), 0.0),
            organization.complexity,
            week,
            (organization.key("team talk"), organization.key("joint cases in teams")),
        )

    def learn_along_ties(self, organization: Organization) -> None:
        """Let people learn from those they are tied to; who has no time for it does not look."""
        opening = organization.opening
        surroundings = surroundings_of(organization)
        if self.parameters.judge == "truth":
            merit = np.empty(organization.people)
            payoffs(opening.beliefs, surroundings, merit)
        else:
            merit = shares_of_success(opening.record_success, opening.record_cases)
        organization.tally[SOCIALIZATION_FLOW] += learn_from_peers(
            Ties(organization.tie_start, organization.tie),
            opening.beliefs,
            merit,
            surroundings,
            slots_of(self.parameters),
            self.parameters.rate * organization.learning_rate.astype(np.float64),
            self.parameters.attention * organization.learning_share.astype(np.float64),
            organization.person,
            organization.key("learning from peers"),
            organization.beliefs,
            organization.articulated,
        )

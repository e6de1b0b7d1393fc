"""Interpersonal learning: people learn from colleagues whom they see doing better.

The majority of those who do better teaches [FangLeeSchilling2010]; what cannot be said passes only
by joint practice, so what the code never carries can still spread [MillerZhaoCalantone2006].
Here people learn in their unit; cells and officers use the same rule and its numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.groups import practise_together, talk
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.records import overall
from sim.tallies import JOINT, LINE, TEAM
from sim.ties import meet_in_groups

if TYPE_CHECKING:
    from sim.organization import Organization


class InterpersonalParameters(Parameters):
    hours: float = parameter(
        0.25,
        unit="hours per week",
        bounds=(0, 40),
        doc="Time a unit talks about how the work is done.",
        source=ASSUMPTION,
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


def gather(
    organization: Organization,
    start: NDArray[np.int32],
    member: NDArray[np.int32],
    groups: int,
    time: NDArray[np.float64],
) -> None:
    """Let groups meet, each member for the hours they have ``time``; so people get acquainted."""
    if time.any():
        meet_in_groups(
            start,
            member,
            groups,
            time,
            organization.period,
            organization.contact,
            organization.familiarity,
            organization.trust,
            organization.last_met,
            organization.joint_hours,
            organization.warmth,
        )


def share_had(organization: Organization, activity: int) -> NDArray[np.float64]:
    """The part of the hours planned for an activity that each person had; 1 where none were."""
    planned = organization.planned[:, activity].astype(np.float64)
    had = organization.hours[:, activity].astype(np.float64)
    return np.divide(had, planned, out=np.ones_like(planned), where=planned > 0.0)


def converse(
    organization: Organization,
    start: NDArray[np.int32],
    member: NDArray[np.int32],
    topics: tuple[NDArray[np.int32], NDArray[np.int32]],
    hours: float,
    fear: NDArray[np.float32],
    decision: str,
    share: NDArray[Any] | None = None,
    fidelity: float = 1.0,
) -> None:
    """Let every group talk for ``hours`` about blocks within its ``topics`` (low, high).

    ``share`` (people,) is the part of these hours that each person has; that of learning if None.
    """
    if hours <= 0.0:
        return
    rule = organization.parameters["interpersonal"]
    opening = organization.opening
    talk(
        start,
        member,
        len(topics[0]),
        *topics,
        hours,
        (organization.learning_share if share is None else share).astype(np.float64),
        rule.rate,
        rule.stranger,
        rule.identity_discount,
        fidelity,
        organization.complexity,
        opening.beliefs,
        opening.articulated,
        opening.record_success,
        opening.record_cases,
        overall(opening.record_success, opening.record_cases),
        organization.beliefs,
        organization.articulated,
        fear,
        organization.sociability,
        organization.learning_rate,
        organization.home,
        organization.contact,
        organization.familiarity,
        organization.last_met,
        organization.person,
        organization.tally,
        organization.period,
        organization.key(decision),
    )


def work_together(
    organization: Organization,
    start: NDArray[np.int32],
    member: NDArray[np.int32],
    topics: tuple[NDArray[np.int32], NDArray[np.int32]],
    own_group: NDArray[np.int32],
    hours: float,
    decision: str,
) -> None:
    """Let members of every group sit in on each other's cases for ``hours`` a week.

    Each does so in the group that is ``own_group`` (people,): a manager, who is also a member of
    the unit they lead, may be watched there.
    """
    if hours <= 0.0:
        return
    rule = organization.parameters["interpersonal"]
    opening = organization.opening
    practise_together(
        start,
        member,
        len(topics[0]),
        *topics,
        own_group,
        hours,
        organization.parameters["work"].hours_per_case,
        organization.learning_share,
        rule.adoption,
        rule.deepening,
        rule.identity_discount,
        organization.complexity,
        organization.parameters["structure"].formalization,
        opening.beliefs,
        opening.record_success,
        opening.record_cases,
        overall(opening.record_success, opening.record_cases),
        organization.beliefs,
        organization.articulated,
        organization.practice,
        organization.used,
        organization.reality,
        opening.code,
        organization.learning_rate,
        organization.home,
        organization.contact,
        organization.familiarity,
        organization.trust,
        organization.last_met,
        organization.joint_hours,
        organization.warmth,
        organization.person,
        organization.tally,
        organization.period,
        organization.key(decision),
    )


#: What talking in groups touches; the same for units, cells and officers.
TALK_READS = (
    *("beliefs", "articulated", "record_success", "record_cases", "fear", "sociability"),
    *("learning_rate", "learning_share", "hours", "planned", "home", "contact", "familiarity"),
    "person",
)
TALK_WRITES = (
    *("beliefs", "articulated", "contact", "familiarity", "trust", "last_met", "joint_hours"),
    *("warmth", "tally"),
)
#: What talking and working together touch.
GROUP_READS = (*TALK_READS, "code", "reality")
GROUP_WRITES = (*TALK_WRITES, "practice", "used")


class Interpersonal(Mechanism):
    name = "interpersonal"
    Parameters = InterpersonalParameters
    reads = (*GROUP_READS, "unit", "leads_unit", "team_start", "team_member")
    writes = GROUP_WRITES
    null = {
        "interpersonal.hours": 0.0,
        "interpersonal.joint_hours": 0.0,
        "structure.line_hours": 0.0,
    }

    def plan(self, organization: Organization) -> None:
        # A manager talks with the unit they lead, too.
        organization.planned[:, TEAM] += self.parameters.hours * (
            1 + (organization.leads_unit >= 0)
        )
        organization.planned[:, JOINT] += self.parameters.joint_hours

    def apply(self, organization: Organization) -> None:
        groups = (organization.team_start, organization.team_member)
        topics = all_topics(organization, organization.units)
        line_hours = organization.parameters["structure"].line_hours
        time = line_hours * share_had(organization, LINE)
        time += self.parameters.hours * organization.learning_share
        gather(organization, *groups, organization.units, time)
        converse(
            organization, *groups, topics, self.parameters.hours, organization.fear, "team talk"
        )
        work_together(
            organization,
            *groups,
            topics,
            organization.unit,
            self.parameters.joint_hours,
            "joint cases in teams",
        )


def all_topics(
    organization: Organization, groups: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Any block is the business of every group."""
    low: NDArray[Any] = np.zeros(groups, dtype=np.int32)
    return low, np.full(groups, organization.blocks, dtype=np.int32)

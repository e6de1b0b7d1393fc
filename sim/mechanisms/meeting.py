"""Meeting in groups: the talk and the joint cases of units, cells and officers.

The numbers are those of ``interpersonal``; what a group talks about, for how long, and who is in
it, its mechanism says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.groups import practise_together, talk
from sim.records import overall
from sim.ties import meet_in_groups

if TYPE_CHECKING:
    from sim.organization import Organization


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


def all_topics(
    organization: Organization, groups: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Any block is the business of every group."""
    low: NDArray[Any] = np.zeros(groups, dtype=np.int32)
    return low, np.full(groups, organization.blocks, dtype=np.int32)

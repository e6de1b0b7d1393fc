"""Meeting in groups: the talk and the joint cases of units, cells and officers.

The numbers are those of ``interpersonal``; what a group talks about, for how long, and who is in
it, its mechanism says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.ties import meet_in_groups
from sim.kernels import kernel
from sim.learning.floor import Obstacles
from sim.learning.groups import talk
from sim.learning.helping import give_help
from sim.learning.joint_cases import practise_together
from sim.learning.regulators import REGULATOR_READS, regulators_of
from sim.records import overall

if TYPE_CHECKING:
    from sim.organization import Organization

Topics = tuple[NDArray[np.int32], NDArray[np.int32]]

#: For all groups alike: a subject an hour, chosen by need.
UNHURRIED = np.ones(1)
BY_NEED = np.full(1, -1, dtype=np.int32)


def gather(
    organization: Organization,
    start: NDArray[np.int32],
    member: NDArray[np.int32],
    groups: int,
    time: NDArray[np.float64],
) -> None:
    """Let groups meet, each member for the hours they have ``time``; so people get acquainted."""
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
    share: NDArray[np.float64] = _part_of(organization.hours, organization.planned, activity)
    return share


@kernel
def _part_of(hours, planned, activity):
    """The same, of the hours that each had, and had planned, (people, activities)."""
    share = np.ones(len(hours))
    for i in range(len(hours)):
        if planned[i, activity] > 0.0:
            share[i] = np.float64(hours[i, activity]) / np.float64(planned[i, activity])
    return share


def converse(
    organization: Organization,
    start: NDArray[np.int32],
    member: NDArray[np.int32],
    topics: Topics,
    hours: float,
    fear: NDArray[np.float32],
    decision: str,
    share: NDArray[Any] | None = None,
    fidelity: float = 1.0,
    *,
    pace: NDArray[np.float64] | None = None,
    subject: NDArray[np.int32] | None = None,
    meeting: float | None = None,
    walled: bool = False,
) -> None:
    """Let every group talk for ``hours`` about blocks within its ``topics`` (low, high).

    Parameters
    ----------
    organization, start, member
        Whose groups these are; group g is ``member[start[g]:start[g + 1]]``.
    topics
        First block and last block + 1 of each group's business, each (groups,).
    hours
        How long they talk; 0: not at all.
    fear
        (people,) what keeps each from speaking there.
    decision
        Names the draws: another name for every occasion of a week.
    share
        (people,) the part of these hours that each person has; that of learning if None.
    fidelity
        Chance that a word arrives; what is passed on and what is lost is counted where it is below
        one.
    pace
        (groups,) subjects taken up per hour; one if None.
    subject
        (groups,) the block each group stays with, -1 where it chooses by need; so do all if None.
    meeting
        Length of the whole of which these hours are a part; they are the whole if None. The last
        hour of a meeting counts whole, however short: two talks of half an hour that are halves of
        one meeting are to say so.
    walled
        Whether walls between cells (``cells.isolation``) stand in this group.
    """
    if hours <= 0.0:
        return
    share = organization.learning_share if share is None else share
    talk(
        groups_of(start, member, topics, pace, subject),
        float(hours),
        float(hours if meeting is None else meeting),
        seen_of(organization),
        held_of(organization),
        _members(organization, share),
        _dyads(organization),
        _rule(organization, float(fidelity), walled),
        fear,
        _readiness(organization),
        _obstacles(organization),
        organization.tally,
        organization.period,
        organization.key(decision),
    )


def help_each_other(
    organization: Organization,
    start: NDArray[np.int32],
    member: NDArray[np.int32],
    topics: Topics,
    hours: float,
    meeting: float,
    decision: str,
    subject: NDArray[np.int32] | None = None,
) -> None:
    """Let members of every group help each other in pairs for the last ``hours`` of a meeting.

    Arguments are those of ``converse``.
    """
    if hours <= 0.0:
        return
    give_help(
        groups_of(start, member, topics, subject=subject),
        float(hours),
        float(meeting),
        seen_of(organization),
        held_of(organization),
        _members(organization, organization.learning_share),
        _dyads(organization),
        _skill(organization),
        _rule(organization, 1.0, walled=False),
        _cases(organization),
        organization.tally,
        organization.period,
        organization.key(decision),
    )


def work_together(
    organization: Organization,
    start: NDArray[np.int32],
    member: NDArray[np.int32],
    topics: Topics,
    own_group: NDArray[np.int32],
    hours: float,
    decision: str,
    *,
    walled: bool = False,
) -> None:
    """Let members of every group sit in on each other's cases for ``hours`` a week.

    Each does so in the group that is ``own_group`` (people,): a manager, who is also a member of
    the unit they lead, may be watched there. ``walled`` says whether walls between cells
    (``cells.isolation``) stand in these groups.
    """
    if hours <= 0.0:
        return
    practise_together(
        groups_of(start, member, topics),
        own_group,
        float(hours),
        seen_of(organization),
        held_of(organization),
        _members(organization, organization.learning_share),
        (*_dyads(organization), organization.trust),
        _skill(organization),
        _cases(organization, walled),
        regulators_of(organization),
        organization.tally,
        organization.period,
        organization.key(decision),
    )


def all_topics(organization: Organization, groups: int) -> Topics:
    """Any block is the business of every group."""
    low: NDArray[Any] = np.zeros(groups, dtype=np.int32)
    return low, np.full(groups, organization.blocks, dtype=np.int32)


def groups_of(
    start: NDArray[np.int32],
    member: NDArray[np.int32],
    topics: Topics,
    pace: NDArray[np.float64] | None = None,
    subject: NDArray[np.int32] | None = None,
) -> tuple[Any, ...]:
    """``Groups`` for a kernel; by default with an hour a subject, each chosen by need."""
    return (
        start,
        member,
        *topics,
        UNHURRIED if pace is None else pace,
        BY_NEED if subject is None else subject,
    )


def held_of(organization: Organization) -> tuple[Any, ...]:
    """``Held`` for a kernel: what people think by now."""
    return (organization.beliefs, organization.articulated, organization.influence)


def seen_of(organization: Organization) -> tuple[Any, ...]:
    """``Seen`` for a kernel: what people see of each other this period."""
    opening = organization.opening
    success, cases = opening.record_success, opening.record_cases
    return (opening.beliefs, opening.articulated, success, cases, mean_success(organization))


def mean_success(organization: Organization) -> float:
    """Share of all cases on record that had succeeded as the period opened."""
    opening = organization.opening
    mean: float = kept(
        organization, "mean_success", lambda: overall(opening.record_success, opening.record_cases)
    )
    return mean


def kept(organization: Organization, name: str, work_out: Callable[[], Any]) -> Any:
    """What ``work_out`` gives, at its first use in a period: for what stands all period long."""
    opening = organization.opening
    known = vars(opening).get(name)
    now = (organization.period, opening.record_success)
    if known is None or known[0] != now[0] or known[1] is not now[1]:
        known = vars(opening)[name] = (*now, work_out())
    return known[2]


def _members(organization: Organization, share: NDArray[Any]) -> tuple[Any, ...]:
    return (
        share.astype(np.float64),
        organization.learning_rate,
        organization.home,
        organization.cell,
        organization.person,
    )


def _dyads(organization: Organization) -> tuple[Any, ...]:
    return (organization.contact, organization.familiarity, organization.last_met)


def _skill(organization: Organization) -> tuple[Any, ...]:
    return (
        organization.practice,
        organization.used,
        organization.joint_hours,
        organization.warmth,
    )


def _rule(organization: Organization, fidelity: float, walled: bool) -> tuple[Any, ...]:
    rule = organization.parameters["interpersonal"]
    return (
        rule.rate,
        rule.stranger,
        rule.identity_discount,
        fidelity,
        organization.complexity,
        *_walls(organization, walled),
    )


def _walls(organization: Organization, walled: bool) -> tuple[float, bool]:
    """Whether walls between cells stand, and whether what passes them is to be counted."""
    if not walled:
        return 0.0, False
    cells = organization.parameters["cells"]
    meet = cells.hours > 0.0 and "cells" not in organization.settings.without
    return cells.isolation, meet or cells.isolation > 0.0


def _obstacles(organization: Organization) -> Obstacles | None:
    rule, opening = organization.parameters["interpersonal"], organization.opening
    if rule.status == rule.conflict == rule.loafing == 0.0:
        return None
    return Obstacles(
        rule.status,
        rule.conflict,
        rule.loafing,
        organization.complexity,
        organization.level,
        opening.beliefs,
        opening.articulated,
        organization.contact,
        organization.familiarity,
        organization.trust,
        organization.last_met,
        organization.encouragement,
        organization.voice,
        organization.voice.copy(),
    )


def _readiness(organization: Organization) -> NDArray[np.float32]:
    """How soon each takes the floor, (people,)."""
    weight = np.float32(organization.parameters["interpersonal"].dominance)
    sociable: NDArray[np.float32] = organization.sociability
    if weight == 0.0:
        return sociable
    readiness: NDArray[np.float32] = kept(
        organization, "readiness", lambda: sociable + weight * organization.dominance
    )
    return readiness


def _cases(organization: Organization, walled: bool = False) -> tuple[Any, ...]:
    rule = organization.parameters["interpersonal"]
    return (
        organization.reality,
        organization.opening.code,
        organization.parameters["structure"].formalization,
        organization.parameters["work"].hours_per_case,
        rule.adoption,
        rule.deepening,
        rule.identity_discount,
        organization.complexity,
        *_walls(organization, walled),
    )


#: What talking in groups touches; the same for units, cells and officers.
TALK_READS = (
    *("beliefs", "articulated", "record_success", "record_cases", "fear", "sociability"),
    *("dominance", "level", "cell", "learning_rate", "learning_share", "hours", "planned"),
    *("home", "contact", "familiarity", "trust", "last_met", "person"),
)
TALK_WRITES = (
    *("beliefs", "articulated", "contact", "familiarity", "trust", "last_met", "joint_hours"),
    *("warmth", "encouragement", "voice", "influence", "tally"),
)
#: What talking and working together touch.
GROUP_READS = (*TALK_READS, "code", "reality", *REGULATOR_READS)
GROUP_WRITES = (*TALK_WRITES, "practice", "used")

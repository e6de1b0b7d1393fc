"""Meeting in groups: the talk and the joint cases of units, cells and officers.

The numbers are those of ``interpersonal``; what a group talks about, for how long, and who is in
it, its mechanism says.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.ties import meet_in_groups
from sim.kernels import in_place, inlined
from sim.learning.meetings import hold_meetings, work_together
from sim.learning.regulators import REGULATOR_READS

if TYPE_CHECKING:
    from sim.organization import Organization

Topics = tuple[NDArray[np.int32], NDArray[np.int32]]
#: ``Parts`` of a meeting, in hours: the whole of it, talk, help; and joint cases beyond it.
Parts = tuple[float, float, float, float]

#: For all groups alike: a subject an hour, chosen by need.
UNHURRIED = np.ones(1)
BY_NEED = np.full(1, -1, dtype=np.int32)
#: Of who gets acquainted elsewhere.
NO_TIME = np.zeros(0)
#: Of what does not happen.
NO_KEY = np.uint64(0)


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
    share = np.empty(organization.people)
    _note_share(organization.hours, organization.planned, activity, share)
    return share


@in_place
def _note_share(hours, planned, activity, share):
    """The same, of the hours that each had, and had planned, (people, activities)."""
    for i in range(len(share)):
        share[i] = share_of(hours[i, activity], planned[i, activity])


@inlined
def share_of(hours, planned):
    """The same for one person and activity; both are float32."""
    return np.float64(hours) / np.float64(planned) if planned > 0.0 else 1.0


def meet(
    organization: Organization,
    start: NDArray[np.int32],
    member: NDArray[np.int32],
    topics: Topics,
    parts: Parts,
    decisions: tuple[str, str, str],
    *,
    time: NDArray[np.float64] = NO_TIME,
    fear: NDArray[np.float32] | None = None,
    safety: float = 0.0,
    share: NDArray[np.float64] | None = None,
    fidelity: float = 1.0,
    pace: NDArray[np.float64] = UNHURRIED,
    subject: NDArray[np.int32] = BY_NEED,
    own_group: NDArray[np.int32] | None = None,
    walled: bool = False,
) -> None:
    """Let every group meet: talk, help in pairs, and sit in on each other's cases.

    Parameters
    ----------
    organization, start, member
        Whose groups these are; group g is ``member[start[g]:start[g + 1]]``.
    topics
        First block and last block + 1 of each group's business, each (groups,).
    parts
        How long each part takes; 0: it is left out. The last hour of a meeting counts whole,
        however short: two talks of half an hour that are halves of one meeting are to say so.
    decisions
        Name the draws of talk, help and joint cases: other names for every occasion of a week.
    time
        (people,) the hours each is there, in which people get acquainted; empty: they do not.
    fear
        (people,) what keeps each from speaking there, less ``safety``; theirs at large if None.
    share
        (people,) the part of these hours that each person has; that of learning if None.
    fidelity
        Chance that a word arrives; what is passed on and what is lost is counted where it is below
        one.
    pace
        (groups,) subjects taken up per hour, or (1,) for all alike.
    subject
        (groups,) the block each group stays with, -1 where it chooses by need; or (1,).
    own_group
        (people,) the group in which each sits in on cases: a manager, who is also a member of the
        unit they lead, may be watched there. None: there is nothing but talk.
    walled
        Whether walls between cells (``cells.isolation``) stand in these groups.
    """
    groups = (start, member, *topics, pace, subject)
    had = share_of_learning(organization) if share is None else share
    occasion = (float(fidelity), *walls(organization, walled), np.float32(safety))
    rules = (terms(organization), occasion, organization.complexity, organization.period)
    keys = tuple([organization.key(name) if name else NO_KEY for name in decisions])
    state, fear = organization.state, organization.fear if fear is None else fear
    hold_meetings(state, groups, time, parts, fear, had, *rules, keys[0])
    if own_group is not None:
        work_together(state, groups, parts, had, own_group, *rules, keys[1:])


def terms(organization: Organization) -> tuple[Any, ...]:
    """``Terms`` for a kernel, the same for all meetings of a week."""
    numbers: tuple[Any, ...] = kept(organization, "terms", lambda: _terms(organization))
    return numbers


def _terms(organization: Organization) -> tuple[Any, ...]:
    rule = organization.parameters["interpersonal"]
    return (
        *(float(rule.status), float(rule.conflict), float(rule.loafing)),
        np.float32(rule.dominance),
        *(float(rule.rate), float(rule.stranger), float(rule.identity_discount)),
        float(organization.parameters["structure"].formalization),
        float(organization.parameters["work"].hours_per_case),
        *(float(rule.adoption), float(rule.deepening), float(rule.regulators)),
    )


def converse(
    organization: Organization,
    start: NDArray[np.int32],
    member: NDArray[np.int32],
    topics: Topics,
    hours: float,
    fear: NDArray[np.float32],
    decision: str,
    share: NDArray[np.float64] | None = None,
    *,
    meeting: float | None = None,
    time: NDArray[np.float64] = NO_TIME,
) -> None:
    """Let every group do nothing but talk for ``hours``, of a ``meeting`` or of no longer one.

    Other arguments are those of ``meet``.
    """
    if hours <= 0.0:
        return
    parts = (float(hours if meeting is None else meeting), float(hours), 0.0, 0.0)
    names = (decision, "", "")
    meet(organization, start, member, topics, parts, names, time=time, fear=fear, share=share)


@lru_cache(maxsize=256)
def all_topics(groups: int, blocks: int) -> Topics:
    """Any of so many blocks is the business of every group; not to be written to."""
    low: NDArray[Any] = np.zeros(groups, dtype=np.int32)
    return low, np.full(groups, blocks, dtype=np.int32)


def seen_of(organization: Organization) -> tuple[Any, ...]:
    """``Seen`` for a kernel: what people see of each other this period."""
    opening = organization.opening
    success, cases = opening.record_success, opening.record_cases
    return (opening.beliefs, opening.articulated, success, cases, mean_success(organization))


def mean_success(organization: Organization) -> float:
    """Share of all cases on record that had succeeded as the period opened."""
    return float(organization.state.arrays["mean_success"][0])


def kept(organization: Organization, name: str, work_out: Callable[[], Any]) -> Any:
    """What ``work_out`` gives, at its first use in a period: for what stands all period long."""
    known = organization.kept.get(name)
    if known is None or known[0] != organization.period:
        known = organization.kept[name] = (organization.period, work_out())
    return known[1]


def share_of_learning(organization: Organization) -> NDArray[np.float64]:
    """The part of the hours planned for learning that each had, (people,); not to be written to."""
    share: NDArray[np.float64] = kept(organization, "share", lambda: _share(organization))
    return share


def _share(organization: Organization) -> NDArray[np.float64]:
    share = organization.state.arrays["share"]
    share[:] = organization.learning_share
    return share


def walls(organization: Organization, walled: bool) -> tuple[float, bool]:
    """Whether walls between cells stand, and whether what passes them is to be counted."""
    if not walled:
        return 0.0, False
    cells = organization.parameters["cells"]
    meet = cells.hours > 0.0 and "cells" not in organization.settings.without
    return float(cells.isolation), meet or cells.isolation > 0.0


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

"""How far communities have come: people connect, share a purpose, are active, bring about change.

The stages are those that document 003 takes from Stodd. They are looked at and never stored: no
rule knows the stage a community is in.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.participation import KNOWN, closeness, communities_meet
from sim.learning.models import session_lengths
from sim.learning.trials import NONE
from sim.measures.measure import WEEKS_A_YEAR, Counted, Measure

if TYPE_CHECKING:
    from sim.organization import Organization

#: Mean purpose from which a community has one, and how far members may differ in it (assumptions).
PURPOSEFUL = 0.6
ALIGNED = 0.2
#: Share of members with a trial under way from which a community is active (assumption).
ACTIVE = 0.1
#: Weeks in which a change by a member counts, and after which stages are looked at (assumption: a
#: quarter).
RECENT = 13


def stages(organization: Organization) -> NDArray[np.int64]:
    """The stage of each community, int array of shape (communities,): 0 to 4.

    1: members know each other, mean familiarity of all pairs is at least ``KNOWN``; 2: also mean
    purpose is at least ``PURPOSEFUL`` and its standard deviation at most ``ALIGNED``; 3: also the
    share ``ACTIVE`` has a trial under way; 4: also a member's change was adopted within ``RECENT``
    weeks. A community is at the last stage before the first condition that does not hold.
    """
    changing = _recently_changing(organization)
    stage = np.zeros(organization.communities, np.int64)
    for community in range(organization.communities):
        members = members_of(organization, community)
        if len(members) < 2:
            continue
        purpose = organization.purpose[members]
        known = closeness(
            members,
            organization.contact,
            organization.familiarity,
            organization.last_met,
            organization.community,
            organization.period,
        )
        holds = (
            known.mean() >= KNOWN,
            purpose.mean() >= PURPOSEFUL and purpose.std() <= ALIGNED,
            (organization.trial_stage[members] != NONE).mean() >= ACTIVE,
            community in changing,
        )
        stage[community] = holds.index(False) if False in holds else len(holds)
    return stage


def members_of(organization: Organization, community: int) -> NDArray[np.int32]:
    """Seats of a community."""
    low, high = organization.community_start[community : community + 2]
    members: NDArray[np.int32] = organization.community_member[low:high]
    return members


def _recently_changing(organization: Organization) -> set[int]:
    """Communities of whose members a change has been adopted lately."""
    found: set[int] = set()
    for change in reversed(organization.changes):
        if change.week < organization.period - RECENT:
            break
        found.add(int(organization.community[change.person]))
    return found


def community_stage(organization: Organization) -> float:
    if not communities_meet(organization):
        return math.nan
    return float(stages(organization).mean())


def purpose_alignment(organization: Organization) -> float:
    """1 less twice the mean standard deviation of purpose within communities of two or more."""
    if not communities_meet(organization):
        return math.nan
    groups = (members_of(organization, g) for g in range(organization.communities))
    spreads = [float(organization.purpose[each].std()) for each in groups if len(each) > 1]
    return 1.0 - 2.0 * sum(spreads) / len(spreads) if spreads else math.nan


def session_length(organization: Organization) -> float:
    if not communities_meet(organization):
        return math.nan
    return float(session_lengths(organization).mean())


def topics_covered(organization: Organization) -> float:
    if not communities_meet(organization):
        return math.nan
    topics = organization.community_topic
    return len(np.unique(topics)) / len(topics)


def topics_changed(counted: Counted) -> float:
    yearly: float = counted.topics_changed * WEEKS_A_YEAR / counted.weeks
    return yearly


COMMUNITY_STAGES = (
    Measure(
        "community_stage",
        "Stage of communities",
        "stage, 0 to 4",
        "Mean over communities of how far they have come: 1 members know each other, 2 they share "
        "a purpose, 3 they try things out, 4 changes of theirs are adopted; each needs those "
        "before. None where communities do not meet (R95).",
        0,
        "emergent",
        high=4.0,
        stock=community_stage,
        every=RECENT,
    ),
    Measure(
        "purpose_alignment",
        "Alignment of purpose",
        "on a scale from 0 to 1",
        "1 less twice the mean standard deviation of the sense of purpose within communities. None "
        "where communities do not meet (R95).",
        0,
        "emergent",
        high=1.0,
        stock=purpose_alignment,
        every=RECENT,
    ),
    Measure(
        "session_length",
        "Length of sessions",
        "hours per week",
        "Mean length of a session of a community, as the organization set it and communities have "
        "decided since. None where communities do not meet (R70).",
        0,
        "emergent",
        stock=session_length,
        every=RECENT,
    ),
    Measure(
        "topics_covered",
        "Topics covered",
        "share of topics",
        "Share of the topics that some community meets about. None where communities do not meet "
        "(R70).",
        0,
        "emergent",
        high=1.0,
        stock=topics_covered,
        every=RECENT,
    ),
    Measure(
        "topics_changed",
        "Topics taken up anew",
        "per year",
        "How often a community took up another topic, all communities together (R70).",
        0,
        "emergent",
        flow=topics_changed,
    ),
)

"""Communities of practice: people of different jobs around a topic; stories make tacit explicit.

A person has one primary community, where their interest lies, whatever their unit. In a session
members tell stories of what they have practised; a story can put into words, for teller and
listeners, what until then could only be done [Swap2001; document 003]. It is told only where that
feels safe. That stories convert tacit to explicit is an input; what follows from it is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from sim.kernels import kernel
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import draw, fold
from sim.records import estimate, overall
from sim.tallies import COMMUNITY, EXTERNALIZATION_FLOW, STORIES_TOLD
from sim.ties import meet

if TYPE_CHECKING:
    from sim.organization import Organization

#: Stories that an hour has room for (assumption: a quarter of an hour each).
STORIES_PER_HOUR = 4.0


class CommunitiesParameters(Parameters):
    count: int = parameter(
        4,
        unit="communities",
        bounds=(1, 10_000),
        doc="Topics, and communities around them (fixed during a run).",
        source="sizes of 15-150 people (MEM); " + ASSUMPTION,
    )
    formation: Literal["by_interest", "by_home"] = parameter(
        "by_interest",
        unit="choice",
        doc="by_interest: like minds of all homes around a topic; by_home: set up by design within "
        "sites or departments, for whatever they deal with (fixed during a run).",
        source="document 002 (communities evolve from like minds, or are created)",
    )
    hours: float = parameter(
        0.0,
        unit="hours per week",
        bounds=(0, 40),
        doc="Time of a community's weekly session; 0: the organization has no sessions.",
        source=ASSUMPTION,
    )
    threshold: float = parameter(
        0.5,
        unit="depth of practice",
        bounds=(0, 1),
        doc="Practice from which a person has a story to tell.",
        source=ASSUMPTION,
    )
    articulation: float = parameter(
        0.10,
        unit="probability per story",
        bounds=(0, 1),
        doc="Chance that a story puts a tacit belief into words.",
        source="conversion .02-.20 a story (MECHANISMS A1); " + ASSUMPTION,
    )
    uptake: float = parameter(
        0.6,
        unit="probability per listener",
        bounds=(0, 1),
        doc="Chance that a listener takes it from a teller whose record is no worse than theirs.",
        source="loss of 20-60 % (MECHANISMS A1); " + ASSUMPTION,
    )
    safety: float = parameter(
        0.1,
        unit="fear",
        bounds=(0, 1),
        doc="How much less fear people feel in their community than at large.",
        source="0-.3 (MECHANISMS A4); " + ASSUMPTION,
    )


@kernel
def tell_stories(
    start,
    member,
    communities,
    low,
    high,
    hours,
    share,
    threshold,
    articulation,
    uptake,
    complexity,
    seen_beliefs,
    seen_articulated,
    seen_success,
    seen_cases,
    mean,
    practice,
    fear,
    safety,
    beliefs,
    articulated,
    learning_rate,
    contact,
    familiarity,
    trust,
    last_met,
    joint_hours,
    warmth,
    person,
    tally,
    week,
    key,
):
    """Hold a session in every community: some members tell a story, the others listen.

    A teller, drawn among the members, picks a tacit belief of theirs on the community's blocks
    (``low`` to ``high``) that is practised enough. Listeners are those who had time to come; they
    take it up from a teller whose record on that block is at least their own.
    """
    for g in range(communities):
        members = member[start[g] : start[g + 1]]
        if len(members) < 2:
            continue
        room = STORIES_PER_HOUR * hours
        stories = int(room + draw(fold(key, g), 0, 0))
        for n in range(stories):
            word = fold(fold(key, g), n + 1)
            teller = members[int(draw(word, 0, 0) * len(members))]
            here = draw(word, 0, 1) < share[teller]
            if not here or draw(word, 0, 2) < fear[teller] - safety:
                continue
            d = _pick_tacit(
                seen_beliefs[teller],
                seen_articulated[teller],
                practice[teller],
                low[g] * complexity,
                high[g] * complexity,
                threshold,
                draw(word, 0, 3),
            )
            if d < 0:
                continue
            tally[STORIES_TOLD] += 1.0
            worded = draw(word, 0, 4) < articulation
            value = seen_beliefs[teller, d]
            if worded and beliefs[teller, d] == value:
                articulated[teller, d] = True
                tally[EXTERNALIZATION_FLOW] += 1.0
            b = d // complexity
            standing = estimate(seen_success[teller, b], seen_cases[teller, b], mean)
            for i in members:
                if i == teller or draw(word, person[i], 5) >= share[i]:
                    continue
                known = meet(contact, familiarity, trust, last_met, i, teller, 0.25, week)
                meet(contact, familiarity, trust, last_met, teller, i, 0.25, week)
                for k in (i, teller):
                    joint_hours[k] += 0.25
                    warmth[k] += 0.25 * known
                own = estimate(seen_success[i, b], seen_cases[i, b], mean)
                if not worded or standing < own or (beliefs[i, d] == value and articulated[i, d]):
                    continue
                if draw(word, person[i], 6) < uptake * learning_rate[i]:
                    beliefs[i, d] = value
                    articulated[i, d] = True
                    tally[EXTERNALIZATION_FLOW] += 1.0


@kernel
def _pick_tacit(beliefs, articulated, practice, first, last, threshold, luck):
    """A dimension from ``first`` to ``last - 1`` with a practised, unspoken belief, or -1."""
    found = 0
    for d in range(first, last):
        if beliefs[d] != 0 and not articulated[d] and practice[d] >= threshold:
            found += 1
    target = int(luck * found)
    for d in range(first, last):
        if beliefs[d] != 0 and not articulated[d] and practice[d] >= threshold:
            if target == 0:
                return d
            target -= 1
    return -1


class Communities(Mechanism):
    name = "communities"
    Parameters = CommunitiesParameters
    fixed = ("count", "formation")
    reads = (
        *("beliefs", "articulated", "practice", "record_success", "record_cases", "fear"),
        *("learning_share", "learning_rate", "community_start", "community_member", "person"),
    )
    writes = (
        *("beliefs", "articulated", "contact", "familiarity", "trust", "last_met"),
        *("joint_hours", "warmth", "tally"),
    )
    null = {"communities.hours": 0.0}

    def plan(self, organization: Organization) -> None:
        organization.planned[:, COMMUNITY] += self.parameters.hours

    def apply(self, organization: Organization) -> None:
        parameters, opening = self.parameters, organization.opening
        if parameters.hours == 0.0:
            return
        tell_stories(
            organization.community_start,
            organization.community_member,
            organization.communities,
            *community_topics(organization),
            parameters.hours,
            organization.learning_share,
            parameters.threshold,
            parameters.articulation,
            parameters.uptake,
            organization.complexity,
            opening.beliefs,
            opening.articulated,
            opening.record_success,
            opening.record_cases,
            overall(opening.record_success, opening.record_cases),
            organization.practice,
            organization.fear,
            parameters.safety,
            organization.beliefs,
            organization.articulated,
            organization.learning_rate,
            organization.contact,
            organization.familiarity,
            organization.trust,
            organization.last_met,
            organization.joint_hours,
            organization.warmth,
            organization.person,
            organization.tally,
            organization.period,
            organization.key("stories"),
        )


def community_topics(
    organization: Organization,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """First block and last block + 1 of each community's topic.

    All blocks cut into runs, or all of them for each where communities follow homes.
    """
    if organization.parameters["communities"].formation == "by_home":
        every = np.full(organization.communities, organization.blocks, dtype=np.int32)
        return np.zeros_like(every), every
    bounds = np.arange(organization.communities + 1) * organization.blocks
    bounds = (bounds // organization.communities).astype(np.int32)
    return bounds[:-1].copy(), bounds[1:].copy()

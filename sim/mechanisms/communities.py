"""Communities of practice: people of different jobs around a topic; stories make tacit explicit.

A person has one primary community, where their interest lies, whatever their unit. In a session
members tell stories of what they have practised; a story can put into words, for teller and
listeners, what until then could only be done [Swap2001; document 003]. It is told only where that
feels safe. That stories convert tacit to explicit is an input; what follows from it is not.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from sim.kernels import in_place
from sim.learning.meetings import note_topics
from sim.learning.models import session_hours
from sim.learning.sessions import (
    Stories,
    fall_in,
    kindle,
    note_lengths,
    plan_sessions,
    tell_stories,
)
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import meets_by_home
from sim.parameters import ASSUMPTION, Parameters, parameter

if TYPE_CHECKING:
    from sim.organization import Organization


class CommunitiesParameters(Parameters):
    count: int = parameter(
        4,
        unit="communities",
        bounds=(1, 10_000),
        doc="Topics, and communities around them (fixed during a run).",
        source="sizes of 15-150 people (MEM); " + ASSUMPTION,
    )
    formation: Literal["by_interest", "by_home", "by_lot"] = parameter(
        "by_interest",
        unit="choice",
        doc="by_interest: like minds of all homes around a topic; by_home: set up by design within "
        "sites or departments, for whatever they deal with; by_lot: around the same topics as "
        "by_interest, with whoever is there, until they find each other (fixed during a run).",
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
    legitimacy: float = parameter(
        0.0,
        unit="share of the weight",
        bounds=(0, 1),
        doc="How much being known decides who tells: a member is drawn with the weight 1 - this + "
        "this x mean familiarity with the other members; 0: all alike.",
        source="LaveWenger1991 (newcomers listen first); value " + ASSUMPTION,
    )
    conformity: float = parameter(
        0.0,
        unit="probability per hour",
        bounds=(0, 1),
        doc="Chance that a member falls in with what most members say, right or not, on the one "
        "dimension of the topic that a session touches on.",
        source="LaveWenger1991; tuning .01-.1 a month (MECHANISMS A1); " + ASSUMPTION,
    )
    purpose: float = parameter(
        0.0,
        unit="share of the way to 1 per hour",
        bounds=(0, 1),
        doc="How much a session raises its members' sense of a common purpose.",
        source="document 003; 0-.1 a contact (MECHANISMS A1); " + ASSUMPTION,
    )
    support: float = parameter(
        0.0,
        unit="encouragement per listener",
        bounds=(0, 1),
        doc="Encouragement that whoever tells a story takes from each listener (1 at most in all).",
        source="Bandura (persuasion); document 003; value " + ASSUMPTION,
    )
    delegation: float = parameter(
        0.0,
        unit="probability, for who is best known",
        bounds=(0, 1),
        doc="Chance that a change nobody has to approve is shown to the proposer's community as "
        "well as the unit; falls with their mean familiarity with its members.",
        source="document 003 (empowered to act for the community); value " + ASSUMPTION,
    )


@in_place
def plan_communities(state, hours):
    """Add to ``planned`` the session of everybody's community, of ``hours`` as set."""
    note_lengths(hours, state.session_change, state.session_length)
    plan_sessions(state.planned, state.community, state.session_length)


@in_place
def hold_sessions(state, hours, stories, conformity, kindling, by_home, week, keys):
    """Let communities tell stories, fall in with what most say, and kindle a common purpose.

    Sessions of ``hours`` as set are about topics, or ``by_home`` about everything. ``stories`` is a
    plain tuple in the order of ``Stories``; ``kindling`` is ``CommunitiesParameters.purpose``.
    ``keys`` name stories, and falling in.
    """
    stories, lengths = Stories(*stories), state.session_length
    note_lengths(hours, state.session_change, lengths)
    note_topics(state, by_home)
    tell_stories(state, stories, week, keys[0])
    if conformity > 0.0:
        fall_in(
            state.community_start,
            state.community_member,
            len(lengths),
            state.topic_low,
            state.topic_high,
            conformity,
            lengths,
            state.learning_share,
            stories.complexity,
            state.opening_beliefs,
            state.opening_articulated,
            state.beliefs,
            state.articulated,
            state.person,
            state.tally,
            keys[1],
        )
    if kindling > 0.0:
        kindle(state.purpose, kindling, state.community, lengths, state.learning_share)


class Communities(Mechanism):
    name = "communities"
    Parameters = CommunitiesParameters
    fixed = ("count", "formation")
    reads = (
        *("beliefs", "articulated", "practice", "record_success", "record_cases", "fear"),
        *("learning_share", "learning_rate", "community", "community_start", "community_member"),
        *("community_topic", "session_change", "person"),
    )
    writes = (
        *("beliefs", "articulated", "contact", "familiarity", "trust", "last_met"),
        *("joint_hours", "warmth", "participation", "purpose", "encouragement"),
        *("influence", "session_gains", "tally"),
    )
    null = {"communities.hours": 0.0, "training.hours": 0.0}

    def plan(self, organization: Organization) -> None:
        hours = session_hours(organization)
        if hours > 0.0:
            plan_communities(organization.state, hours)

    def apply(self, organization: Organization) -> None:
        hours = session_hours(organization)
        if hours == 0.0:
            return
        rule = self.parameters
        hold_sessions(
            organization.state,
            hours,
            (
                *(float(rule.threshold), float(rule.articulation), float(rule.uptake)),
                *(float(rule.safety), float(rule.legitimacy), float(rule.support)),
                organization.complexity,
            ),
            float(rule.conformity),
            float(rule.purpose),
            meets_by_home(organization),
            organization.period,
            (organization.key("stories"), organization.key("falling in")),
        )


def community_topics(
    organization: Organization,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """First block and last block + 1 of each community's topic; not to be written to.

    All blocks cut into runs, one for each topic that a community can meet about, or all of them for
    each where communities follow homes.
    """
    by_home = organization.parameters["communities"].formation == "by_home"
    topics = organization.community_topic.tobytes()
    return _topics(by_home, organization.communities, organization.blocks, topics)


@lru_cache(maxsize=256)
def _topics(
    by_home: bool, communities: int, blocks: int, topics: bytes
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    if by_home:
        every = np.full(communities, blocks, dtype=np.int32)
        return np.zeros_like(every), every
    bounds = (np.arange(communities + 1) * blocks // communities).astype(np.int32)
    topic = np.frombuffer(topics, dtype=np.int32)
    return bounds[:-1][topic], bounds[1:][topic]

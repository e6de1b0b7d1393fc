"""Self-organization: communities decide themselves how long they meet, and about what.

Document 003 counts it among what the social model of learning needs. From time to time a community
looks back: where most of its members have taken something over or found words for something in its
sessions, these get longer, else shorter, as communities live on the value that members find in them
[WengerMcDermottSnyder2002]. And it takes up the topic on which its members' requests have
failed most lately. Deciding takes time, and a long session is missing from the work; what nobody
can explain yet is not missed by those who decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from sim.kernels import in_place
from sim.learning.models import session_hours
from sim.learning.sessions import STORY_HOURS
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.tallies import COMMUNITY, TOPICS_CHANGED

if TYPE_CHECKING:
    from sim.organization import Organization

#: The shortest session: room for one story.
SHORTEST = STORY_HOURS


class SelfOrganizationParameters(Parameters):
    every: int = parameter(
        0,
        unit="weeks",
        bounds=(0, 520),
        doc="How often communities that meet decide on their sessions; 0: never, the organization "
        "does.",
        source="document 003 (communities organize themselves); value " + ASSUMPTION,
    )
    decides: Literal["length", "topic", "both"] = parameter(
        "both",
        unit="choice",
        doc="What communities decide: how long they meet, what they meet about, or both.",
        source=ASSUMPTION,
    )
    worth: float = parameter(
        0.5,
        unit="share of members",
        bounds=(0, 1),
        doc="Sessions get longer where more members than this took something from them since the "
        "last decision, shorter where fewer did.",
        source="WengerMcDermottSnyder2002 (communities live on value to members); a majority: "
        + ASSUMPTION,
    )
    step: float = parameter(
        0.25,
        unit="hours",
        bounds=(0, 40),
        doc="By how much a session gets longer or shorter at one decision.",
        source=ASSUMPTION,
    )
    longest: float = parameter(
        2.0,
        unit="hours per week",
        bounds=(0.25, 40),
        doc="Longest session that communities give themselves; the shortest has room for a story.",
        source=ASSUMPTION,
    )
    hours: float = parameter(
        0.25,
        unit="hours per decision",
        bounds=(0, 40),
        doc="Time of each member that deciding takes.",
        source=ASSUMPTION,
    )


@in_place
def change_lengths(change, set_by_others, start, member, gains, worth, step, longest):
    """Let sessions get a ``step`` longer where enough members took something from them.

    Else they get shorter; where it is just as many as decide it, they stay as they are. ``change``
    (communities,) is what they are longer than ``set_by_others``, in hours.
    """
    for g in range(len(change)):
        gained = 0
        for i in member[start[g] : start[g + 1]]:
            gained += gains[i] > 0.0
        direction = np.sign(gained - worth * (start[g + 1] - start[g]))
        wanted = set_by_others + change[g] + step * direction
        change[g] = min(max(wanted, SHORTEST), longest) - set_by_others


@in_place
def change_topics(now, start, member, success, cases):
    """Turn to the topic on which members have failed most lately; gives how many do.

    ``now`` (communities,), the topics of this week, are written; they stay where none has more. A
    topic is a run of blocks, of which ``success`` and ``cases`` (people, blocks) are the record.
    """
    changes, topics, blocks = 0, len(now), cases.shape[1]
    for g in range(topics):
        most, topic = -np.inf, now[g]
        for t in range(topics):
            need = 0.0
            for i in member[start[g] : start[g + 1]]:
                failed = 0.0
                for b in range(t * blocks // topics, (t + 1) * blocks // topics):
                    failed += cases[i, b] - success[i, b]
                need += failed
            if need > most or (need == most and t == now[g]):
                most, topic = need, t
        changes += topic != now[g]
        now[g] = topic
    return changes


@in_place
def plan_decision(state, hours):
    """Add to ``planned`` the ``hours`` (float32) of everybody that deciding takes."""
    planned = state.planned
    for i in range(len(planned)):
        planned[i, COMMUNITY] += hours


@in_place
def decide(state, length, topic, set_by_others, worth, step, longest):
    """Let communities decide on the ``length`` and the ``topic`` of their sessions, or on one.

    ``set_by_others`` and the rest are those of ``change_lengths``. What members took from sessions
    counts anew from now on.
    """
    start, member, gains = state.community_start, state.community_member, state.session_gains
    if length:
        change = state.session_change
        change_lengths(change, set_by_others, start, member, gains, worth, step, longest)
    if topic:
        success, cases = state.record_success, state.record_cases
        state.tally[TOPICS_CHANGED] += change_topics(
            state.community_topic, start, member, success, cases
        )
    for i in range(len(gains)):
        gains[i] = 0.0


class SelfOrganization(Mechanism):
    name = "self_organization"
    Parameters = SelfOrganizationParameters
    reads = (
        *("community_start", "community_member", "record_success", "record_cases"),
        *("session_gains", "session_change", "community_topic"),
    )
    writes = ("session_change", "community_topic", "session_gains", "tally")
    null = {"self_organization.every": 0}

    def plan(self, organization: Organization) -> None:
        if self.decide_this_week(organization):
            plan_decision(organization.state, np.float32(self.parameters.hours))

    def apply(self, organization: Organization) -> None:
        if not self.decide_this_week(organization):
            return
        rule = self.parameters
        decide(
            organization.state,
            rule.decides != "topic",
            rule.decides != "length",
            session_hours(organization),
            float(rule.worth),
            float(rule.step),
            float(max(rule.longest, SHORTEST)),
        )

    def decide_this_week(self, organization: Organization) -> bool:
        """Whether communities look back this week: not in the first, and only if they meet."""
        every = self.parameters.every
        if every == 0 or organization.period == 0 or organization.period % every:
            return False
        return organization.has("communities") and session_hours(organization) > 0.0

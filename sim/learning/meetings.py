"""A meeting from its beginning to its end: people get acquainted, talk, help, and work together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.acquaintance.ties import spend_time
from sim.kernels import in_place, inlined
from sim.learning.floor import Ease, Obstacles, lay_floor
from sim.learning.groups import Dyads, Groups, Held, Members, Seen, Talk, note_needs, talk
from sim.learning.helping import give_help
from sim.learning.joint_cases import Cases, Skill, practise_together
from sim.learning.regulators import Regulators


class Parts(NamedTuple):
    """What a meeting consists of, in hours; 0: it is left out."""

    #: The whole meeting, of which talk comes first and help last.
    meeting: float
    talk: float
    help: float
    #: Joint cases, a week and member; beyond the meeting.
    joint_cases: float


class Terms(NamedTuple):
    """On what terms people meet: the rules as plain numbers."""

    #: How far rank, conflict and loafing hinder talk (``Obstacles``), 0 to 1.
    status: float
    conflict: float
    loafing: float
    #: How much sooner the dominant take the floor than the sociable; a float32.
    dominance: float
    #: ``Talk`` from ``rate`` to ``discount``.
    rate: float
    stranger: float
    discount: float
    #: ``Cases`` from ``formalization`` to ``deepening``, and the strength of ``Regulators``.
    formalization: float
    case_hours: float
    adoption: float
    deepening: float
    regulators: float


class Occasion(NamedTuple):
    """What one occasion to meet has that others have not."""

    #: Chance that a word arrives.
    fidelity: float
    #: Chance that a wall between cells stops a word or a case, and whether what passes is counted.
    isolation: float
    counts_leaks: bool
    #: How much less fear people feel there.
    safety: float


@inlined
def seen_in(state):
    """``Seen``: what people can see of each other this period."""
    return Seen(
        state.opening_beliefs,
        state.opening_articulated,
        state.opening_record_success,
        state.opening_record_cases,
        state.mean_success[0],
    )


@inlined
def held_in(state):
    """``Held``: what people think, and whose words made them think so."""
    return Held(state.beliefs, state.articulated, state.influence)


@inlined
def dyads_in(state):
    """``Dyads``: how well people know each other."""
    return Dyads(state.contact, state.familiarity, state.last_met)


@inlined
def members_in(state, share):
    """``Members``, who have the ``share`` (people,) of the hours of a meeting."""
    return Members(share, state.learning_rate, state.home, state.cell, state.person)


@inlined
def obstacles_in(state, terms, complexity):
    """``Obstacles``, as strong as ``Terms`` have them."""
    return Obstacles(
        terms.status,
        terms.conflict,
        terms.loafing,
        complexity,
        state.level,
        state.opening_beliefs,
        state.opening_articulated,
        state.contact,
        state.familiarity,
        state.trust,
        state.last_met,
        state.encouragement,
        state.voice,
    )


@inlined
def talk_by(terms, occasion, complexity):
    """``Talk``: the rule of talk on an occasion."""
    return Talk(
        terms.rate,
        terms.stranger,
        terms.discount,
        occasion.fidelity,
        complexity,
        occasion.isolation,
        occasion.counts_leaks,
    )


@inlined
def share_of(hours, planned):
    """The part of the hours ``planned`` that one had, both float32; 1 where none were."""
    return np.float64(hours) / np.float64(planned) if planned > 0.0 else 1.0


@in_place
def share_learning(state):
    """Note as ``share`` the part of the hours planned for learning that each had."""
    learning_share, share = state.learning_share, state.share
    for i in range(len(share)):
        share[i] = learning_share[i]


@in_place
def note_topics(state, by_home):
    """Note as ``topic_low`` and ``topic_high`` the blocks that each community meets about.

    All blocks cut into runs, one for each topic that a community can meet about, or all of them for
    each where communities follow homes (``by_home``).
    """
    topic, low, high = state.community_topic, state.topic_low, state.topic_high
    communities, blocks = len(topic), state.record_cases.shape[1]
    for community in range(communities):
        t = topic[community]
        low[community] = 0 if by_home else t * blocks // communities
        high[community] = blocks if by_home else (t + 1) * blocks // communities


@in_place
def unhurried(pace, subject):
    """Let every group take up a subject an hour, chosen by need: numbers that hold for all."""
    pace[0], subject[0] = 1.0, -1


@inlined
def groups_about(state, start, member, community, by_home):
    """``Groups`` that meet about the topic of a ``community`` (groups,), or all of it if it is -1.

    Group g is ``member[start[g]:start[g + 1]]``. Another call writes into the same room.
    """
    topic_low, topic_high = state.topic_low, state.topic_high
    low, high = state.group_low[: len(community)], state.group_high[: len(community)]
    pace, subject = state.group_pace[:1], state.group_subject[:1]
    note_topics(state, by_home)
    unhurried(pace, subject)
    for g in range(len(community)):
        of = community[g]
        low[g] = topic_low[of] if of >= 0 else 0
        high[g] = topic_high[of] if of >= 0 else state.record_cases.shape[1]
    return Groups(start[: len(community) + 1], member, low, high, pace, subject, 0, len(community))


@inlined
def some_of(groups, first, last):
    """The same ``Groups``, of which those from ``first`` to ``last - 1`` meet."""
    start, member, low, high, pace, subject, _, _ = groups
    return Groups(start, member, low, high, pace, subject, first, last)


@in_place
def spend_time_in(state, start, member, first, last, time, week):
    """Let the members of groups get acquainted, each in their ``time`` (people,).

    ``start`` is as long as there are groups, and one longer; ``first`` to ``last - 1`` meet.
    """
    spend_time(
        start,
        member,
        first,
        last,
        time,
        week,
        state.contact,
        state.familiarity,
        state.trust,
        state.last_met,
        state.joint_hours,
        state.warmth,
        state.floor_numbers[0],
    )


@in_place
def hold_meetings(state, groups, time, parts, share, terms, occasion, complexity, week, key):
    """Let every group meet, each member for ``time`` hours (people,), and talk.

    ``time`` is empty where people met before; ``share`` (people,) is the part of these hours that
    each has. Other tuples are ``Groups``, ``Parts``, ``Terms`` and ``Occasion``.
    """
    seen, held, dyads = seen_in(state), held_in(state), dyads_in(state)
    people, needs = members_in(state, share), state.needs
    floor = lay_floor(state.floor_marks, state.floor_numbers, state.floor_words)
    rule = talk_by(terms, occasion, complexity)
    if len(time) > 0:
        spend_time_in(*(state, groups.start, groups.member, groups.first, groups.last), time, week)
    note_needs(groups, seen, needs)
    if parts.talk > 0.0:
        talk(
            groups,
            parts.talk,
            parts.meeting,
            seen,
            held,
            people,
            dyads,
            rule,
            Ease(
                state.fear,
                np.float32(occasion.safety),
                state.sociability,
                state.dominance,
                terms.dominance,
            ),
            obstacles_in(state, terms, complexity),
            floor,
            needs,
            state.tally,
            week,
            key,
        )


@in_place
def work_together(state, groups, parts, share, own_group, terms, occasion, complexity, week, keys):
    """Let members of every group, who have met, help each other and sit in on cases.

    ``own_group`` (people,) is where each sits in on cases; ``keys`` are those of help and of joint
    cases. For others see ``hold_meetings``.
    """
    seen, held, dyads = seen_in(state), held_in(state), dyads_in(state)
    people, needs = members_in(state, share), state.needs
    floor = lay_floor(state.floor_marks, state.floor_numbers, state.floor_words)
    rule = talk_by(terms, occasion, complexity)
    practising = Skill(state.practice, state.used, state.joint_hours, state.warmth)
    cases = Cases(
        state.reality,
        state.opening_code,
        terms.formalization,
        terms.case_hours,
        terms.adoption,
        terms.deepening,
        terms.discount,
        complexity,
        occasion.isolation,
        occasion.counts_leaks,
    )
    if parts.help > 0.0:
        give_help(
            groups,
            parts.help,
            parts.meeting,
            seen,
            held,
            people,
            dyads,
            practising,
            rule,
            cases,
            floor,
            needs,
            state.tally,
            week,
            keys[0],
        )
    if parts.joint_cases > 0.0:
        practise_together(
            groups,
            own_group,
            parts.joint_cases,
            seen,
            held,
            people,
            dyads,
            state.trust,
            practising,
            cases,
            Regulators(terms.regulators, state.self_efficacy, state.ethics, state.improper),
            needs,
            state.tally,
            week,
            keys[1],
        )

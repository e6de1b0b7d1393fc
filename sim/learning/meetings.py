"""A meeting from its beginning to its end: people get acquainted, talk, help, and work together.

One call for all of it, since what is handed over costs as much as a short meeting takes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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


class Hindrance(NamedTuple):
    """What hinders talk (``Obstacles``), beyond what people see and whom they know."""

    status: float
    conflict: float
    loafing: float
    level: NDArray[np.int32]
    encouragement: NDArray[np.float32]
    voice: NDArray[np.float32]


@inlined
def obstacles_of(hindrance, complexity, seen, dyads, trust):
    """``Obstacles`` as talk takes them."""
    return Obstacles(
        hindrance.status,
        hindrance.conflict,
        hindrance.loafing,
        complexity,
        hindrance.level,
        seen.beliefs,
        seen.articulated,
        dyads.contact,
        dyads.familiarity,
        trust,
        dyads.last_met,
        hindrance.encouragement,
        hindrance.voice,
    )


@in_place
def hold_meetings(groups, time, parts, ease, share, everybody, rule, work, tally, week, keys):
    """Let every group meet, each member for ``time`` hours (people,), for all ``parts`` of it.

    ``time`` is empty where people met before; ``share`` (people,) is the part of these hours that
    each has. ``keys`` are those of talk, help and joint cases. All others are plain tuples, which
    cost less to pass, in the order of the types they are made here; ``everybody`` is what stands
    all week (``sim.mechanisms.meeting``). ``work`` is None where people do nothing but talk.
    """
    people, seen, held, dyads, company, hindrance, room = everybody
    groups, parts, seen, held = Groups(*groups), Parts(*parts), Seen(*seen), Held(*held)
    people, dyads, rule = Members(share, *people), Dyads(*dyads), Talk(*rule)
    contact, familiarity, last_met = dyads
    trust, joint_hours, warmth = company
    marks, numbers, needs = room
    floor = lay_floor(marks, numbers)
    if len(time) > 0:
        spend_time(
            groups.start,
            groups.member,
            len(groups.low),
            time,
            week,
            contact,
            familiarity,
            trust,
            last_met,
            joint_hours,
            warmth,
            floor.waits,
        )
    note_needs(groups, seen, needs)
    if parts.talk > 0.0:
        obstacles = obstacles_of(Hindrance(*hindrance), rule.complexity, seen, dyads, trust)
        talk(
            groups,
            parts.talk,
            parts.meeting,
            seen,
            held,
            people,
            dyads,
            rule,
            Ease(*ease),
            obstacles,
            floor,
            needs,
            tally,
            week,
            keys[0],
        )
    if work is not None:
        own_group, skill, regulators, cases = work
        practice, used = skill
        practising, cases = Skill(practice, used, joint_hours, warmth), Cases(*cases)
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
                tally,
                week,
                keys[1],
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
                trust,
                practising,
                cases,
                Regulators(*regulators),
                needs,
                tally,
                week,
                keys[2],
            )

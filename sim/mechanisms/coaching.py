"""Coaching: a coach asks, and the learner works the question out.

The constructivist model [document 003]: nothing is told. The learner brings a kind of request that
fails; the coach, who may see it differently, points to a place where it is worth looking; the
learner compares own cases done either way and draws their own conclusion. What they find is theirs:
they can explain it. It is as noisy as a few cases are, and takes an hour of two people besides the
time to do these cases, which is that of as many in a PDSA trial.

A group can do the same under a facilitator: see ``sim.learning.facilitation``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from sim.kernels import in_place
from sim.learning.coaches import (
    ask_the_experienced,
    ask_the_officer,
    book_sessions,
    have_room,
    turn_away,
    work_out,
)
from sim.learning.facilitation import (
    EXPERIENCED,
    LEADERS,
    MANAGER,
    OFFICER,
    book_circles,
    circles_in,
    seat_circles,
    seek_facilitators,
    work_out_together,
)
from sim.learning.groups import TURNS_PER_HOUR
from sim.learning.meetings import spend_time_in
from sim.learning.models import coached_hours, facilitated_hours, trying_hours
from sim.lots import order_by_lot
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import kept
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import fold

if TYPE_CHECKING:
    from sim.organization import Organization

#: Room for rounding, in hours, where a coach's time is full.
ROUNDING = 1e-9


class CoachingParameters(Parameters):
    hours: float = parameter(
        0.0,
        unit="hours per week",
        bounds=(0, 40),
        doc="Time of a person with a coach, who spends as much with each; 0: nobody is coached. "
        "Trying out takes the learner `pdsa.hours` x `pdsa.weeks` / `pdsa.cases` a case on top.",
        source="1 hour every two weeks: Jones2016 (MECHANISMS A3)",
    )
    session: float = parameter(
        1.0,
        unit="hours per session",
        bounds=(0.1, 40),
        doc="Length of a session; with fewer hours a week there is not one every week.",
        source="Jones2016 (MECHANISMS A3)",
    )
    by: Literal["manager", "officer", "experienced"] = parameter(
        "manager",
        unit="choice",
        doc="Who coaches. manager: one's own; officer: the learning officer of one's cell, unless "
        "oneself; experienced: who else in the unit has the best record on what is asked. They "
        "facilitate, too: units, or cells if it is officers.",
        source="document 003; " + ASSUMPTION,
    )
    cases: int = parameter(
        4,
        unit="cases",
        bounds=(1, 1000),
        doc="Cases done otherwise that a learner compares with as many done as usual.",
        source=ASSUMPTION,
    )
    encouragement: float = parameter(
        0.5,
        unit="encouragement per session",
        bounds=(0, 1),
        doc="How much a session encourages the learner; in a group, who brings cases.",
        source="coaching raises self-efficacy, g .59 (MECHANISMS C, V70); value " + ASSUMPTION,
    )
    most: float = parameter(
        8.0,
        unit="hours per week",
        bounds=(0, 168),
        doc="Most time a coach plans with all learners; who finds no room has no coach that week.",
        source=ASSUMPTION,
    )
    groups: float = parameter(
        0.0,
        unit="share of the time",
        bounds=(0, 1),
        doc="How much of that time people spend in facilitated groups, and not alone with a coach: "
        "they work out one question together, from the cases of all who bring some.",
        source="document 003 (coaching and facilitation); value " + ASSUMPTION,
    )
    safety: float = parameter(
        0.1,
        unit="fear",
        bounds=(0, 1),
        doc="How much less fear people feel in a facilitated group than at large.",
        source="0-.3 (MECHANISMS A4); " + ASSUMPTION,
    )


class Terms(NamedTuple):
    """On what terms questions are worked out: the rules as plain numbers."""

    complexity: int
    formalization: float
    noticed: float
    cases: int
    encouragement: float
    #: Hours of a session.
    session: float
    #: How much less fear there is in a group, and how far standing silences people there.
    safety: float
    status: float


class Week(NamedTuple):
    """What of coaching is planned for a week."""

    #: Hours of each learner alone with a coach, in a group, and of trying out for each of these.
    hours: float
    together: float
    trying: float
    #: How many groups there are.
    circles: int


@in_place
def arrange(state, by, groups, hours, together, most, keys):
    """Note who facilitates which group, and whom each person has as a coach; gives the groups.

    Units or cells, so many ``groups``, sit ``together`` for so many hours. A coach has time for
    ``most`` hours of learners, ``hours`` each, less what they facilitate: by lot, those who find no
    room have no coach. ``keys`` name questions for a group and for a coach, who is experienced, and
    these lots.
    """
    circles = 0
    # No group has a facilitator for longer than these can.
    if 0.0 < together <= most:
        circles = seat_circles(state, by, groups)
        if by == EXPERIENCED:
            seek_facilitators(
                circles_in(state, circles),
                state.opening_record_success,
                state.opening_record_cases,
                state.mean_success[0],
                state.person,
                keys[0],
            )
    if hours > 0.0:
        ask_for_coaches(state, by, keys[1], keys[2])
        find_room(state, circles, hours, together, most, keys[3])
    return circles


@in_place
def ask_for_coaches(state, by, question_key, key):
    """Note whom each person would have as a coach, -1 for nobody."""
    coach, manager = state.coach, state.manager
    if by == MANAGER:
        for i in range(len(coach)):
            coach[i] = manager[i]
    elif by == OFFICER:
        ask_the_officer(coach, state.officer, state.cell)
    else:
        ask_the_experienced(
            coach,
            state.team_start,
            state.team_member,
            state.unit,
            state.opening_record_success,
            state.opening_record_cases,
            state.mean_success[0],
            state.person,
            question_key,
            key,
        )


@in_place
def find_room(state, circles, hours, together, most, key):
    """Leave without a coach, by lot, those for whom theirs has no time."""
    coach, room, learners = state.coach, state.coach_room, state.learners
    facilitator = state.circle_facilitator[:circles]
    person, lots, order = state.person, state.lots, state.by_lot
    if have_room(coach, facilitator, together, hours, most, room, learners):
        return
    for i in range(len(lots)):
        lots[i] = fold(fold(key, person[i]), 0)
    order_by_lot(lots, len(lots), state.lot_first, order)
    turn_away(coach, order, hours, room, learners)


@in_place
def book(state, week):
    """Add to ``planned`` what the ``Week`` takes of those who learn, coach and facilitate."""
    week = Week(*week)
    if week.hours > 0.0:
        book_sessions(
            state.planned, state.coach, week.hours, week.hours * week.trying, state.learners
        )
    if week.together > 0.0:
        book_circles(
            state.planned,
            circles_in(state, week.circles),
            week.together,
            week.together * week.trying,
            state.learners,
            state.facilitated,
        )


@in_place
def hold_sessions(state, week, terms, period, keys):
    """Let people work out questions with their coach, and then in their groups.

    ``week`` and ``terms`` are plain tuples in the order of ``Week`` and ``Terms``; ``keys`` name
    questions for a coach, coaching, questions for a group, and facilitation.
    """
    week, terms = Week(*week), Terms(*terms)
    seen = (
        state.opening_beliefs,
        state.opening_code,
        state.reality,
        state.opening_record_success,
        state.opening_record_cases,
    )
    held = (state.beliefs, state.articulated)
    comparing = (
        terms.complexity,
        terms.formalization,
        terms.noticed,
        terms.cases,
        terms.encouragement,
    )
    if week.hours > 0.0:
        work_out(
            state.coach,
            week.hours / terms.session,
            state.learning_share,
            seen,
            held,
            state.encouragement,
            state.person,
            state.tally,
            comparing,
            (keys[0], keys[1]),
        )
    if week.circles > 0:
        sit_together(state, week.circles, week.together, period)
        work_out_together(
            circles_in(state, week.circles),
            (state.present, state.brings, state.waits),
            week.together / terms.session,
            state.learning_share,
            state.fear,
            seen,
            held,
            state.encouragement,
            state.level,
            state.person,
            state.tally,
            (*comparing, TURNS_PER_HOUR * terms.session, terms.safety, terms.status),
            (keys[2], keys[3]),
        )


@in_place
def sit_together(state, circles, hours, period):
    """Let so many ``circles`` meet and get acquainted, each for their share of ``hours``."""
    time, share, held = state.group_time, state.learning_share, circles_in(state, circles)
    for i in range(len(time)):
        time[i] = hours * np.float64(share[i])
    spend_time_in(state, held.start[: circles + 1], held.member, 0, circles, time, period)


class Coaching(Mechanism):
    name = "coaching"
    Parameters = CoachingParameters
    reads = (
        *("beliefs", "code", "reality", "record_success", "record_cases", "learning_share"),
        *("manager", "officer", "cell", "unit", "team_start", "team_member", "leads_unit"),
        *("cell_start", "cell_member", "fear", "level", "person"),
    )
    writes = (
        *("beliefs", "articulated", "encouragement", "contact", "familiarity", "trust"),
        *("last_met", "joint_hours", "warmth", "tally"),
    )
    null = {"coaching.hours": 0.0, "training.hours": 0.0}

    def plan(self, organization: Organization) -> None:
        week = self.arranged(organization)
        if week is not None:
            book(organization.state, week)

    def apply(self, organization: Organization) -> None:
        week = self.arranged(organization)
        if week is None:
            return
        key = organization.key
        hold_sessions(
            organization.state,
            week,
            self.terms(organization),
            organization.period,
            (
                *(key("questions for a coach"), key("coaching")),
                *(key("questions for a group"), key("facilitation")),
            ),
        )

    def terms(self, organization: Organization) -> tuple[Any, ...]:
        """``Terms`` for a kernel."""
        rule = self.parameters
        return (
            organization.complexity,
            float(organization.parameters["structure"].formalization),
            float(organization.parameters["work"].noticed),
            rule.cases,
            *(float(rule.encouragement), float(rule.session), float(rule.safety)),
            float(organization.parameters["interpersonal"].status),
        )

    def arranged(self, organization: Organization) -> tuple[Any, ...] | None:
        """The ``Week``, arranged once: as planned, so done; None where there is no coaching."""
        week: tuple[Any, ...] | None = kept(
            organization, "coaching", lambda: self._arrange(organization)
        )
        return week

    def _arrange(self, organization: Organization) -> tuple[Any, ...] | None:
        hours, together = coached_hours(organization), facilitated_hours(organization)
        if hours == together == 0.0:
            return None
        by, key = self.parameters.by, organization.key
        circles = arrange(
            organization.state,
            LEADERS[by],
            organization.cells if by == "officer" else organization.units,
            hours,
            together,
            self.parameters.most + ROUNDING,
            (
                *(key("questions for a group"), key("questions for a coach")),
                *(key("who is experienced"), key("room with a coach")),
            ),
        )
        return hours, together, trying_hours(organization), circles

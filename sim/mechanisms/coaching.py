"""Coaching: a coach asks, and the learner works the question out.

The constructivist model [document 003]: nothing is told. The learner brings a kind of request that
fails; the coach, who may see it differently, points to a place where it is worth looking; the
learner compares own cases done either way and draws their own conclusion. What they find is theirs:
they can explain it. It is as noisy as a few cases are, and takes an hour of two people besides the
time to do these cases, which is that of as many in a PDSA trial.

A group can do the same under a facilitator: see ``sim.learning.facilitation``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.learning.coaches import (
    book_sessions,
    have_room,
    lots,
    most_experienced,
    turn_away,
    work_out,
)
from sim.learning.facilitation import (
    NOBODY,
    Circles,
    book_circles,
    circles_of,
    seek_facilitators,
    work_out_together,
)
from sim.learning.groups import TURNS_PER_HOUR
from sim.learning.models import coached_hours, facilitated_hours, trying_hours
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import gather, kept, mean_success
from sim.parameters import ASSUMPTION, Parameters, parameter

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
        hours, together = coached_hours(organization), facilitated_hours(organization)
        if hours > 0.0:
            book_sessions(
                organization.planned,
                self.coaches_of_week(organization, hours, together),
                hours,
                hours * trying_hours(organization),
                np.empty(organization.people, dtype=np.int64),
            )
        if together > 0.0:
            book_circles(
                organization.planned,
                tuple(self.circles_of_week(organization, together)),
                together,
                together * trying_hours(organization),
                np.empty((2, organization.people), dtype=np.int64),
            )

    def apply(self, organization: Organization) -> None:
        hours, together = coached_hours(organization), facilitated_hours(organization)
        opening = organization.opening
        seen = (
            *(opening.beliefs, opening.code, organization.reality),
            *(opening.record_success, opening.record_cases),
        )
        held = (organization.beliefs, organization.articulated)
        rule = self.rule(organization)
        if hours > 0.0:
            work_out(
                self.coaches_of_week(organization, hours, together),
                hours / self.parameters.session,
                organization.learning_share,
                seen,
                held,
                organization.encouragement,
                organization.person,
                organization.tally,
                rule,
                (organization.key("questions for a coach"), organization.key("coaching")),
            )
        if together > 0.0:
            self.facilitate(organization, together, seen, held, rule)

    def facilitate(
        self,
        organization: Organization,
        hours: float,
        seen: tuple[Any, ...],
        held: tuple[Any, ...],
        comparing: tuple[Any, ...],
    ) -> None:
        """Let groups meet, get acquainted, and work a question out."""
        circles = self.circles_of_week(organization, hours)
        time = hours * organization.learning_share.astype(np.float64)
        gather(organization, circles.start, circles.member, len(circles.group), time)
        rule, people = self.parameters, organization.people
        work_out_together(
            tuple(circles),
            (np.empty(people, np.bool_), np.empty(people, np.bool_), np.empty(people)),
            hours / rule.session,
            organization.learning_share,
            organization.fear,
            seen,
            held,
            organization.encouragement,
            organization.level,
            organization.person,
            organization.tally,
            (
                *comparing,
                TURNS_PER_HOUR * rule.session,
                float(rule.safety),
                float(organization.parameters["interpersonal"].status),
            ),
            (organization.key("questions for a group"), organization.key("facilitation")),
        )

    def rule(self, organization: Organization) -> tuple[Any, ...]:
        """What a comparison of cases takes, as plain numbers for a kernel."""
        return (
            organization.complexity,
            float(organization.parameters["structure"].formalization),
            float(organization.parameters["work"].noticed),
            self.parameters.cases,
            self.parameters.encouragement,
        )

    def circles_of_week(self, organization: Organization, hours: float) -> Circles:
        """Who sits together this week: as planned, so done."""
        circles: Circles = kept(organization, "circles", lambda: self.circles(organization, hours))
        return circles

    def circles(self, organization: Organization, hours: float) -> Circles:
        """The same, worked out; no group has a facilitator for longer than these can."""
        if hours > self.parameters.most + ROUNDING:
            return Circles(np.zeros(1, dtype=np.int32), NOBODY, NOBODY, NOBODY)
        opening, circles = organization.opening, circles_of(organization)
        if self.parameters.by == "experienced":
            circles = circles._replace(facilitator=circles.facilitator.copy())
            seek_facilitators(
                tuple(circles),
                opening.record_success,
                opening.record_cases,
                mean_success(organization),
                organization.person,
                organization.key("questions for a group"),
            )
        return circles

    def coaches_of_week(
        self, organization: Organization, hours: float, together: float
    ) -> NDArray[np.int32]:
        """The ``coaches``, worked out once a week: as planned, so done."""
        coach: NDArray[np.int32] = kept(
            organization, "coaching", lambda: self.coaches(organization, hours, together)
        )
        return coach

    def coaches(
        self, organization: Organization, hours: float, together: float = 0.0
    ) -> NDArray[np.int32]:
        """This week's coach of each person for ``hours``, -1 for nobody, shape (people,).

        Whoever facilitates groups for ``together`` hours has as much less room for learners.
        """
        coach, people = self._asked(organization), organization.people
        facilitator: NDArray[np.int32] = NOBODY
        if together > 0.0:
            facilitator = self.circles_of_week(organization, together).facilitator
        room, learners = np.empty(people), np.empty(people, dtype=np.int64)
        most = self.parameters.most + ROUNDING
        if not have_room(coach, facilitator, together, hours, most, room, learners):
            luck = lots(organization.person, organization.key("room with a coach"))
            coach = coach.copy()
            before = np.zeros(people, dtype=np.int64)
            turn_away(coach, np.argsort(luck, kind="stable"), hours, room, before)
        return coach

    def _asked(self, organization: Organization) -> NDArray[np.int32]:
        """Whom each person would have as a coach, -1 for nobody; not to be written to."""
        coach: NDArray[np.int32]
        if self.parameters.by == "manager":
            coach = organization.manager
        elif self.parameters.by == "officer":
            coach = organization.officer[organization.cell]
            coach[coach == np.arange(organization.people)] = -1
        else:
            opening = organization.opening
            coach = most_experienced(
                organization.team_start,
                organization.team_member,
                organization.unit,
                opening.record_success,
                opening.record_cases,
                mean_success(organization),
                organization.person,
                organization.key("questions for a coach"),
                organization.key("who is experienced"),
            )
        return coach

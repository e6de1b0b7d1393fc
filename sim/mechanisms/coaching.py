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

from sim.kernels import kernel
from sim.learning.facilitation import Circles, circles_of, take_up_questions, work_out_together
from sim.learning.groups import TURNS_PER_HOUR
from sim.learning.models import coached_hours, facilitated_hours, trying_hours
from sim.learning.trials import failing_block, study_trial
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import gather, kept, mean_success
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import draw, fold
from sim.records import estimate
from sim.tallies import COACHING, COACHING_SESSIONS, INSIGHTS, INSIGHTS_RIGHT

if TYPE_CHECKING:
    from sim.organization import Organization

#: The coach of each person, -1 for nobody, and the block they ask about; both (people,).
Pairs = tuple[NDArray[np.int32], NDArray[np.int32]]

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


@kernel
def bring_questions(success, cases, person, key):
    """The block each person wants to understand this week, (people,), by ``failing_block``."""
    asked = np.empty(len(person), dtype=np.int32)
    for i in range(len(person)):
        asked[i] = failing_block(success[i], cases[i], draw(key, person[i], 0))
    return asked


@kernel
def most_experienced(block, start, member, unit, success, cases, mean, person, key):
    """For each person who else in their unit has the best record on ``block`` (people,), or -1.

    Unit u is ``member[start[u]:start[u + 1]]``; among equals the lot decides.
    """
    coach = np.full(len(block), -1, dtype=np.int32)
    for i in range(len(block)):
        most, luckiest, word = -1.0, 0.0, fold(key, person[i])
        for j in member[start[unit[i]] : start[unit[i] + 1]]:
            if j == i:
                continue
            record = estimate(success[j, block[i]], cases[j, block[i]], mean)
            luck = draw(word, person[j], 0)
            if record > most or (record == most and luck > luckiest):
                coach[i], most, luckiest = j, record, luck
    return coach


@kernel
def point_to(own, coachs, first, last, luck):
    """A dimension from ``first`` to ``last - 1`` to look at, for one learner and one coach.

    By lot among those on which the coach has an opinion that the learner does not share, or among
    all where there is none. ``own`` and ``coachs`` are their beliefs (dimensions,).
    """
    differing = 0
    for d in range(first, last):
        differing += coachs[d] != 0 and coachs[d] != own[d]
    if differing == 0:
        return first + int(luck * (last - first))
    place = int(luck * differing)
    for d in range(first, last):
        if coachs[d] != 0 and coachs[d] != own[d]:
            if place == 0:
                return d
            place -= 1
    return last - 1


@kernel
def work_out(coach, block, sessions, share, seen, held, encouragement, person, tally, rule, key):
    """Hold ``sessions`` a week of each learner with a ``coach`` (people,), -1 for nobody.

    ``seen`` are beliefs and code as the period opened, and reality; ``held`` beliefs and
    articulated, which are written. ``share`` (people,) is the part of the time each had: the
    shorter one of both counts. ``rule`` is complexity, formalization, chance of noticing a
    failure, cases, encouragement.
    """
    seen_beliefs, code, reality = seen
    beliefs, articulated = held
    complexity, formalization, noticed, cases, kindness = rule
    for i in range(len(coach)):
        if coach[i] < 0:
            continue
        word, first = fold(key, person[i]), block[i] * complexity
        count = int(sessions * min(share[i], share[coach[i]]) + draw(word, 0, 0))
        for n in range(count):
            session = fold(word, n + 1)
            d = point_to(
                beliefs[i],
                seen_beliefs[coach[i]],
                first,
                first + complexity,
                draw(session, 0, 0),
            )
            value = -beliefs[i, d]
            if value == 0:
                value = 1 if draw(session, 1, 0) < 0.5 else -1
            observed, _, _ = study_trial(
                beliefs[i],
                code,
                reality,
                d,
                value,
                complexity,
                formalization,
                noticed,
                cases,
                fold(session, 2),
            )
            tally[COACHING_SESSIONS] += 1.0
            encouragement[i] += kindness
            if observed < 0.0 and beliefs[i, d] == 0:
                value = -value
            elif observed <= 0.0:
                continue
            beliefs[i, d] = value
            articulated[i, d] = True
            tally[INSIGHTS] += 1.0
            tally[INSIGHTS_RIGHT] += value == reality[d]


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
        planned, people = organization.planned, organization.people
        hours, together = coached_hours(organization), facilitated_hours(organization)
        if hours > 0.0:
            coach, _ = self.pairs_of_week(organization, hours)
            coached = coach >= 0
            learners = np.bincount(coach[coached], minlength=people)
            trying = hours * trying_hours(organization)
            planned[:, COACHING] += hours * (coached + learners) + trying * coached
        if together > 0.0:
            circles, _ = self.circles_of_week(organization, together)
            seats = np.bincount(circles.member, minlength=people)
            learning = seats - np.bincount(circles.facilitator, minlength=people)
            trying = together * trying_hours(organization)
            planned[:, COACHING] += together * seats + trying * learning

    def apply(self, organization: Organization) -> None:
        hours, together = coached_hours(organization), facilitated_hours(organization)
        opening = organization.opening
        seen = (opening.beliefs, opening.code, organization.reality)
        held = (organization.beliefs, organization.articulated)
        if hours > 0.0:
            coach, block = self.pairs_of_week(organization, hours)
            work_out(
                coach,
                block,
                hours / self.parameters.session,
                organization.learning_share,
                seen,
                held,
                organization.encouragement,
                organization.person,
                organization.tally,
                self.rule(organization),
                organization.key("coaching"),
            )
        if together > 0.0:
            self.facilitate(organization, together, seen, held)

    def facilitate(
        self, organization: Organization, hours: float, seen: tuple[Any, ...], held: tuple[Any, ...]
    ) -> None:
        """Let groups meet, get acquainted, and work a question out."""
        circles, block = self.circles_of_week(organization, hours)
        time = hours * organization.learning_share.astype(np.float64)
        gather(organization, circles.start, circles.member, len(circles.group), time)
        rule = self.parameters
        work_out_together(
            tuple(circles),
            block,
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
                *self.rule(organization),
                TURNS_PER_HOUR * rule.session,
                float(rule.safety),
                float(organization.parameters["interpersonal"].status),
            ),
            organization.key("facilitation"),
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

    def circles_of_week(
        self, organization: Organization, hours: float
    ) -> tuple[Circles, NDArray[np.int32]]:
        """Who sits together this week, and the block each group takes up: as planned, so done."""
        worked_out: tuple[Circles, NDArray[np.int32]] = kept(
            organization, "circles", lambda: self.circles(organization, hours)
        )
        return worked_out

    def circles(
        self, organization: Organization, hours: float
    ) -> tuple[Circles, NDArray[np.int32]]:
        """The same, worked out; no group has a facilitator for longer than these can."""
        nobody: NDArray[np.int32] = np.empty(0, dtype=np.int32)
        if hours > self.parameters.most + ROUNDING:
            return Circles(np.zeros(1, dtype=np.int32), nobody, nobody, nobody), nobody
        opening, circles = organization.opening, circles_of(organization)
        block = take_up_questions(
            tuple(circles),
            opening.record_success,
            opening.record_cases,
            mean_success(organization),
            organization.person,
            organization.key("questions for a group"),
        )
        return circles, block

    def pairs_of_week(self, organization: Organization, hours: float) -> Pairs:
        """The ``pairs``, worked out once a week: as planned, so done."""
        pairs: Pairs = kept(organization, "coaching", lambda: self.pairs(organization, hours))
        return pairs

    def pairs(self, organization: Organization, hours: float) -> Pairs:
        """This week's coach of each person, -1 for nobody, and the block they ask about."""
        opening, person = organization.opening, organization.person
        success, cases = opening.record_success, opening.record_cases
        block = bring_questions(success, cases, person, organization.key("questions for a coach"))
        coach: NDArray[np.int32]
        if self.parameters.by == "manager":
            coach = organization.manager.copy()
        elif self.parameters.by == "officer":
            coach = organization.officer[organization.cell]
            coach[coach == np.arange(organization.people)] = -1
        else:
            coach = most_experienced(
                block,
                organization.team_start,
                organization.team_member,
                organization.unit,
                success,
                cases,
                mean_success(organization),
                person,
                organization.key("who is experienced"),
            )
        luck = lots(person, organization.key("room with a coach"))
        room = np.full(organization.people, self.parameters.most + ROUNDING)
        together = facilitated_hours(organization)
        if together > 0.0:
            circles, _ = self.circles_of_week(organization, together)
            # One person may facilitate two groups: that of their unit, and that of their reports.
            np.subtract.at(room, circles.facilitator, together)
        coach[queue(coach, luck) * hours + hours > room[coach]] = -1
        return coach, block


@kernel
def lots(person, key):
    """A lot for each person, (people,)."""
    luck = np.empty(len(person))
    for i in range(len(person)):
        luck[i] = draw(key, person[i], 0)
    return luck


def queue(coach: NDArray[np.int32], luck: NDArray[np.float64]) -> NDArray[Any]:
    """How many stand before each with the same coach, in the order of ``luck``; all (people,)."""
    order = np.lexsort((luck, coach))
    standing = coach[order]
    place: NDArray[Any] = np.empty(len(coach), dtype=np.int64)
    place[order] = np.arange(len(coach)) - np.searchsorted(standing, standing)
    return place

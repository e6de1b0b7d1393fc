"""Advice: who is stuck on a request asks whom they believe knows, and may be wrong about it.

Stuck is who has no opinion where the code has none, or whose request came back. They ask the
address of whom they expect most on the topic, if that is more than their own record promises; who
cannot help names whom they believe to know [BorgattiCross2003 for whom one asks; Wegner1987 for
directories]. Expectations come from answers, and from what one sees of colleagues
[Leonardi2015 for visibility]. An answer is what somebody can explain, right or wrong, and takes
the time of both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.acquaintance.directories import (
    DIRECTORY,
    begin,
    directory_of,
    show_cases,
    witness,
)
from sim.learning.questions import ask, find_questions
from sim.learning.spare_time import spare_hours
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import mean_success
from sim.parameters import ASSUMPTION, Parameters, parameter

if TYPE_CHECKING:
    from sim.organization import Organization


class AdviceParameters(Parameters):
    hours: float = parameter(
        0.0,
        unit="hours per question and person",
        bounds=(0, 40),
        doc="Time a question takes of who asks and who answers; 0: nobody asks.",
        source="0.25 where people ask: " + ASSUMPTION,
    )
    most: float = parameter(
        2.0,
        unit="hours per week",
        bounds=(0, 168),
        doc="Time a person gives to answering; who asks beyond it loses a third of a question.",
        source=ASSUMPTION,
    )
    uptake: float = parameter(
        0.8,
        unit="probability per belief",
        bounds=(0, 1),
        doc="Chance to take over what one is told, of somebody who learns most readily.",
        source=ASSUMPTION + "; told alone and on purpose: more than in a session (0.6)",
    )
    referrals: bool = parameter(
        True,
        unit="choice",
        doc="Whether who cannot help names whom they believe to know.",
        source="BorgattiCross2003; Leonardi2015 (who knows whom)",
    )


class Advice(Mechanism):
    name = "advice"
    Parameters = AdviceParameters
    reads = (
        *(
            "beliefs",
            "articulated",
            "record_success",
            "record_cases",
            "code",
            "reality",
            "practice",
        ),
        *("ability", "fear", "learning_rate", "person", "backlog", "overtime", "hours", "contact"),
        *("queue_block", "queue_tries", "queue_head", "queue_length", "team_start", "team_member"),
        *("cell", "cell_start", "cell_member", "officer"),
    )
    writes = (
        *("beliefs", "articulated", "hours", "contact", "familiarity", "trust", "last_met"),
        *("joint_hours", "warmth", "influence", "tally"),
        *DIRECTORY,
    )
    null = {"advice.hours": 0.0}

    def start(self, organization: Organization) -> None:
        if organization.address.size > 0:
            begin(directory_of(organization), organization.contact)

    def apply(self, organization: Organization) -> None:
        if self.parameters.hours == 0.0:
            return
        people = organization.people
        # As ``Shown`` has them; cases are drawn below.
        nothing = np.full(people, -1, dtype=np.int64)
        shown = (np.empty_like(nothing), np.empty(people), nothing, np.empty(people))
        self._ask(organization, shown)
        self._look_around(organization, shown)

    def _ask(self, organization: Organization, shown: tuple[Any, ...]) -> None:
        """Let everybody who is stuck ask; ``shown`` then says how it went."""
        parameters, people = self.parameters, organization.people
        free, spent = spare_hours(organization), np.zeros(people)
        rule = (
            *(parameters.hours, parameters.uptake, parameters.referrals),
            *(organization.complexity, organization.topics, organization.period),
        )
        questions = find_questions(
            (
                organization.queue_block,
                organization.queue_tries,
                organization.queue_head,
                organization.queue_length,
            ),
            organization.beliefs,
            organization.opening.code,
            organization.practice,
            organization.ability,
            organization.fear,
            free,
            rule,
            organization.parameters["work"].hours_per_case,
            organization.person,
            organization.key("advice"),
        )
        # Plain tuples: what they are, ``Exchange`` says.
        exchange = (
            tuple(directory_of(organization)),
            _seen(organization),
            (
                organization.beliefs,
                organization.articulated,
                organization.learning_rate,
                organization.person,
                organization.influence,
            ),
            (
                organization.contact,
                organization.familiarity,
                organization.trust,
                organization.last_met,
                organization.joint_hours,
                organization.warmth,
            ),
            (free, np.full(people, parameters.most), spent),
            _walls(organization),
            rule,
            organization.reality,
            organization.tally,
        )
        # Who asks first is drawn by lot.
        order = np.argsort(questions[2], kind="stable")
        ask(questions, order, exchange, shown, organization.hours)

    def _look_around(self, organization: Organization, shown: tuple[Any, ...]) -> None:
        """Let people see what colleagues of their unit show, and of their cell where cells meet."""
        visibility = organization.parameters["climate"].visibility
        if visibility == 0.0:
            return
        show_cases(
            organization.opening.record_success,
            organization.opening.record_cases,
            organization.topics,
            organization.person,
            shown,
            organization.key("cases shown"),
        )
        views = (shown, tuple(directory_of(organization)), visibility, organization.person)
        witness(
            organization.team_start,
            organization.team_member,
            organization.units,
            *views,
            organization.key("seen in units"),
        )
        cells = organization.parameters["cells"]
        if cells.hours + cells.joint_hours > 0.0 and organization.has("cells"):
            witness(
                organization.cell_start,
                organization.cell_member,
                organization.cells,
                *views,
                organization.key("seen in cells"),
            )


def _seen(organization: Organization) -> tuple[Any, ...]:
    """``Seen`` for a kernel: what can be known of everybody as the period opened."""
    opening = organization.opening
    return (
        opening.beliefs,
        opening.articulated,
        opening.record_success,
        opening.record_cases,
        opening.code,
        mean_success(organization),
    )


def _walls(organization: Organization) -> tuple[Any, ...]:
    """``Walls`` for a kernel: officers are the links between cells.

    Without cells that meet, there is nothing to leak.
    """
    is_officer = np.zeros(organization.people, dtype=np.bool_)
    if organization.parameters["officers"].hours > 0.0 and organization.has("officers"):
        is_officer[organization.officer[: organization.cells]] = True
    cells = organization.parameters["cells"]
    matter = cells.isolation > 0.0 or (cells.hours > 0.0 and organization.has("cells"))
    return (organization.cell, is_officer, cells.isolation, matter)

"""Advice: who is stuck on a request asks whom they believe knows, and may be wrong about it.

Stuck is who has no opinion where the code has none, or whose request came back. They ask the
address of whom they expect most on the topic, if that is more than their own record promises; who
cannot help names whom they believe to know [BorgattiCross2003 for whom one asks; Wegner1987 for
directories]. Expectations come from answers, and from what one sees of colleagues
[Leonardi2015 for visibility]. An answer is what somebody can explain, right or wrong, and takes
the time of both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.acquaintance.directories import DIRECTORY, begin, directory_in, directory_of
from sim.acquaintance.watching import Notes, Shown, show_cases, watch
from sim.kernels import in_place, inlined
from sim.learning.questions import (
    Acquaintance,
    Exchange,
    Minds,
    Questions,
    Queue,
    Rule,
    Seen,
    Time,
    Walls,
    ask,
    find_questions,
)
from sim.learning.spare_time import note_spare, spend_on_advice
from sim.lots import order_by_lot
from sim.mechanisms.mechanism import Mechanism
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
        parameters = self.parameters
        if parameters.hours == 0.0:
            return
        of = organization.parameters
        without, cells, work = organization.settings.without, of["cells"], of["work"]
        cells_meet = "cells" not in without
        rule = (
            *(float(parameters.hours), float(parameters.uptake), parameters.referrals),
            *(organization.complexity, organization.topics, organization.period),
        )
        terms = (
            *(float(parameters.most), float(work.hours_per_case), float(work.rush)),
            float(cells.isolation),
            # Without cells that meet, there is nothing to leak.
            cells.isolation > 0.0 or (cells.hours > 0.0 and cells_meet),
            organization.cells if of["officers"].hours > 0.0 and "officers" not in without else 0,
            float(of["climate"].visibility),
            organization.units,
            organization.cells if cells_meet and cells.hours + cells.joint_hours > 0.0 else 0,
        )
        key = organization.key
        keys = key("advice"), key("cases shown"), key("seen in units"), key("seen in cells")
        advise(organization.state, rule, terms, keys)


class Terms(NamedTuple):
    """On what terms people ask and look around, beside ``Rule``."""

    #: Hours a person gives to answering, hours a case takes, weeks of work that make a rush.
    most: float
    case_hours: float
    rush: float
    #: As ``Walls`` have them, and how many cells have an officer who links them.
    isolation: float
    matter: bool
    linked: int
    #: Chance to see what somebody shows, and how many units and cells see each other at work.
    visibility: float
    units: int
    cells: int


@in_place
def advise(state, rule, terms, keys):
    """Let people ask each other, and then look around.

    ``rule`` and ``terms`` are plain tuples, ``Rule`` and ``Terms``, which cost less to pass; the
    ``keys`` are those of questions, cases shown, and what is seen in units and in cells.
    """
    rule, terms = Rule(*rule), Terms(*terms)
    ask_for_advice(state, rule, terms, keys[0])
    if terms.visibility > 0.0:
        look_around(state, terms, rule.topics, keys[1:])


@in_place
def ask_for_advice(state, rule, terms, key):
    """Let everybody who is stuck ask, who asks first drawn by lot, and note how it ended."""
    time = Time(state.free_hours, state.answering_hours, state.advice_hours)
    walls = Walls(state.cell, state.passes_walls, terms.isolation, terms.matter)
    questions = Questions(state.question_asker, state.question_block, state.question_word)
    shown, order, officer, hours = shown_in(state), state.question_order, state.officer, state.hours
    note_spare(hours, state.overtime, state.backlog, np.float32(terms.rush), time.free)
    for i in range(len(time.free)):
        time.room[i], time.spent[i] = terms.most, 0.0
        walls.is_officer[i] = False
        shown.question[i] = -1
    for c in range(terms.linked):
        walls.is_officer[officer[c]] = True
    found = find_questions(
        Queue(state.queue_block, state.queue_tries, state.queue_head, state.queue_length),
        state.beliefs,
        state.opening_code,
        state.practice,
        state.ability,
        state.fear,
        time.free,
        rule,
        terms.case_hours,
        state.person,
        key,
        questions,
    )
    order_by_lot(questions.word, found, state.question_first, order)
    exchange = exchange_in(state, time, walls, rule)
    ask(questions, order[:found], exchange, shown)
    spend_on_advice(hours, time.spent)


@in_place
def look_around(state, terms, topics, keys):
    """Let people see what colleagues of their unit show, and of their cell where cells meet."""
    shown, directory, person = shown_in(state), directory_in(state), state.person
    notes = Notes(
        state.watched,
        state.watched_sitter,
        state.watched_question,
        state.watched_case,
        state.sight,
        state.seen_at_work,
        state.address_place,
        state.address_cases,
        state.is_counted,
    )
    show_cases(
        state.opening_record_success,
        state.opening_record_cases,
        topics,
        person,
        shown.case,
        shown.case_outcome,
        keys[0],
    )
    for i in range(len(person)):
        notes.place[i], notes.is_counted[i] = 0, False
    views = (shown, directory, notes, terms.visibility, person)
    watch(state.team_start, state.team_member, terms.units, *views, keys[1])
    watch(state.cell_start, state.cell_member, terms.cells, *views, keys[2])


@inlined
def exchange_in(state, time, walls, rule):
    """``Exchange``: all that questions and answers of a week touch."""
    return Exchange(
        directory_in(state),
        Seen(
            state.opening_beliefs,
            state.opening_articulated,
            state.opening_record_success,
            state.opening_record_cases,
            state.opening_code,
            state.mean_success[0],
        ),
        Minds(
            state.beliefs,
            state.articulated,
            state.learning_rate,
            state.person,
            state.influence,
        ),
        Acquaintance(
            state.contact,
            state.familiarity,
            state.trust,
            state.last_met,
            state.joint_hours,
            state.warmth,
        ),
        time,
        walls,
        rule,
        state.reality,
        state.tally,
    )


@inlined
def shown_in(state):
    """``Shown``: what of each person can be seen this week."""
    return Shown(
        state.shown_case,
        state.shown_case_outcome,
        state.shown_question,
        state.shown_question_outcome,
    )

"""An open programme: people from anywhere register, fewer begin, and some stay to the end.

A school that is open to all, like that for Health and Care Radicals [V77]: registering
costs nothing, taking part costs hours. Each week has one subject, the same for all, taught as it is
seen outside; it is right more or less often than what people here hold. They talk about it at
tables put together by lot, across all units: they get to know each other, and find that others are
on their side. Week by week each goes on or gives up: more who trust themselves and see a common
purpose go on, and those whose acquaintances take part and who find the time. That more weeks are
completed by fewer needs no rule of its own: it is nearly automatic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.kernels import in_place
from sim.learning.halls import seat_evenly
from sim.learning.meetings import spend_time_in
from sim.learning.programmes import (
    compose,
    enrol,
    find_present,
    hear,
    plan_hours,
    raise_purpose,
    side_with,
    stay_or_go,
)
from sim.lots import order_by_lot
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import fold
from sim.start import draws
from sim.tallies import (
    COMBINATION_FLOW,
    PROGRAMME_BEGUN,
    PROGRAMME_COMPLETED,
    PROGRAMME_REGISTERED,
)

if TYPE_CHECKING:
    from sim.organization import Organization


class ProgrammeParameters(Parameters):
    hours: float = parameter(
        0.0,
        unit="hours per week",
        bounds=(0, 40),
        doc="Time that taking part needs; 0: there is no programme.",
        source="1-3 where there is one (MEM); " + ASSUMPTION,
    )
    start: int = parameter(
        0,
        unit="week",
        bounds=(0, 1_000_000),
        doc="Week in which people register, from 0; the first module follows a week later (fixed "
        "during a run).",
        source=ASSUMPTION,
    )
    weeks: int = parameter(
        5,
        unit="weeks",
        bounds=(1, 520),
        doc="Length: a module a week (fixed during a run).",
        source="V77 (five modules, one a week: MEM)",
    )
    every: int = parameter(
        0,
        unit="weeks",
        bounds=(0, 1_000_000),
        doc="Weeks from one registration to the next, or the length and one week more if that is "
        "longer; 0: the programme is held once (fixed during a run).",
        source=ASSUMPTION,
        zero="never again",
    )
    invitation: float = parameter(
        0.3,
        unit="probability per person",
        bounds=(0, 1),
        doc="Chance that a person of middling purpose registers; without purpose half of it, with "
        "a full one half as much again.",
        source=ASSUMPTION,
    )
    first_step: float = parameter(
        0.58,
        unit="probability per person registered",
        bounds=(0, 1),
        doc="Chance that who has registered begins.",
        source="calibrated: 58 % of those registered logged in (V77)",
    )
    staying: float = parameter(
        0.3,
        unit="log odds per week",
        bounds=(-10, 10),
        doc="Odds of going on after a week, of a person of middling self-efficacy and purpose with "
        "time for it, none of whose acquaintances takes part.",
        source="calibrated in a preset for health and care: 7.7 % of those registered were "
        "certified (V77)",
    )
    companions: float = parameter(
        1.0,
        unit="log odds where all acquaintances take part",
        bounds=(0, 10),
        doc="How much it helps to go on together with people one knows.",
        source="document 003 (support from others); size " + ASSUMPTION,
    )
    time: float = parameter(
        2.0,
        unit="log odds at no time",
        bounds=(0, 10),
        doc="How much a lack of time for what was planned makes people give up.",
        source="Jordan2015 (longer courses are completed by fewer); size " + ASSUMPTION,
    )
    accuracy: float = parameter(
        0.8,
        unit="share of dimensions",
        bounds=(0, 1),
        doc="Share of what the programme teaches that is right for this organization.",
        source=ASSUMPTION,
    )
    uptake: float = parameter(
        0.3,
        unit="probability per belief and hour",
        bounds=(0, 1),
        doc="Chance that a participant takes over what is taught. The default is that of talk in "
        "groups (`interpersonal.rate`) and of `lectures.uptake`.",
        source=ASSUMPTION,
    )
    together: float = parameter(
        0.5,
        unit="share of the time",
        bounds=(0, 1),
        doc="Part of the time that participants spend at their tables; the rest is teaching.",
        source=ASSUMPTION,
    )
    table: int = parameter(
        5,
        unit="people",
        bounds=(1, 1000),
        doc="Most people at a table.",
        source=ASSUMPTION,
    )
    support: float = parameter(
        0.2,
        unit="encouragement per other at the table",
        bounds=(0, 1),
        doc="Encouragement from finding that others are on one's side (1 at most in all).",
        source="Bandura (persuasion); document 003; value " + ASSUMPTION,
    )
    kindling: float = parameter(
        0.05,
        unit="share of the way to 1 per week",
        bounds=(0, 1),
        doc="How much a week of taking part raises the sense of a common purpose.",
        source="document 003; 0-.1 a contact (MECHANISMS A1); " + ASSUMPTION,
    )


class Module(NamedTuple):
    """A week of the programme, as plain numbers."""

    #: The block it is about, and the dimensions of a block.
    block: int
    complexity: int
    #: Hours of teaching, and at the tables.
    teaching: float
    together: float
    table: int
    accuracy: float
    uptake: float
    support: float
    kindling: float
    is_last: bool


@in_place
def plan_programme(state, hours):
    """Add ``hours`` to ``planned`` for those who take part."""
    plan_hours(state.planned, state.programme_stage, hours)


@in_place
def register(state, invitation, first_step, key):
    """Let people register, and begin."""
    registered, begun = enrol(
        state.programme_stage,
        state.programme_weeks,
        state.purpose,
        invitation,
        first_step,
        state.person,
        key,
    )
    state.tally[PROGRAMME_REGISTERED] += registered
    state.tally[PROGRAMME_BEGUN] += begun


@in_place
def hold_module(state, module, odds, week, keys):
    """Let who takes part and has the time hear about a subject, sit together, and go on or give up.

    ``module`` is a plain tuple in the order of ``Module``, ``odds`` those of ``stay_or_go``.
    ``keys`` name who finds the time, what is taught (all through an edition), who takes it over,
    tables, and who goes on.
    """
    module, here = Module(*module), state.takes_part
    share, person, tally = state.learning_share, state.person, state.tally
    if find_present(here, state.programme_stage, share, person, keys[0]) > 0:
        first, taught = module.block * module.complexity, state.taught[: module.complexity]
        compose(taught, state.reality, first, module.accuracy, keys[1])
        tally[COMBINATION_FLOW] += hear(
            here,
            taught,
            first,
            module.teaching,
            module.uptake,
            state.beliefs,
            state.articulated,
            state.learning_rate,
            person,
            keys[2],
        )
        sit_together(state, module, week, keys[3])
        if module.kindling > 0.0:
            raise_purpose(state.purpose, module.kindling, here)
    tally[PROGRAMME_COMPLETED] += stay_or_go(
        state.programme_stage,
        here,
        state.programme_weeks,
        state.self_efficacy,
        state.purpose,
        share,
        state.contact,
        state.familiarity,
        state.last_met,
        odds,
        module.is_last,
        week,
        person,
        keys[4],
    )


@in_place
def sit_together(state, module, week, key):
    """Let those who are there meet at tables, by lot: evenly filled, as few as need be."""
    here, pupils, person = state.takes_part, state.pupils, state.person
    start, member, free = state.table_start, state.table_member, state.hall_free
    lots, time, count = state.lots, state.group_time, 0
    for i in range(len(here)):
        time[i] = module.together
        if here[i]:
            pupils[count], lots[count] = i, fold(fold(key, person[i]), 0)
            count += 1
    if count < 2 or module.together == 0.0:
        return
    tables, order = (count + module.table - 1) // module.table, state.by_lot
    order_by_lot(lots, count, state.lot_first, order)
    seat_evenly(pupils[:count], order, tables, 0, member, state.hall_of, free)
    start[0] = 0
    for table in range(tables):
        start[table + 1] = free[table]
    spend_time_in(state, start[: tables + 1], member, 0, tables, time, week)
    side_with(start[: tables + 1], member, module.support, state.encouragement)


class Programme(Mechanism):
    name = "programme"
    Parameters = ProgrammeParameters
    fixed = ("start", "weeks", "every")
    reads = (
        *("reality", "beliefs", "learning_rate", "learning_share", "self_efficacy", "person"),
        *("contact", "familiarity", "last_met"),
    )
    writes = (
        *("beliefs", "articulated", "contact", "familiarity", "trust", "last_met"),
        *("joint_hours", "warmth", "encouragement", "purpose"),
        *("programme_stage", "programme_weeks", "tally"),
    )
    null = {"programme.hours": 0.0}

    def __init__(self, parameters: Any = None) -> None:
        super().__init__(parameters)
        #: The order of subjects and the key of what is taught, and of which seed and edition.
        self._order: list[int] = []
        self._content = np.uint64(0)
        self._edition: tuple[np.uint64, int] | None = None

    def plan(self, organization: Organization) -> None:
        if self.parameters.hours > 0.0 and self.timetable(organization.period)[1] > 0:
            plan_programme(organization.state, float(self.parameters.hours))

    def apply(self, organization: Organization) -> None:
        if self.parameters.hours == 0.0:
            return
        edition, module = self.timetable(organization.period)
        if module == 0:
            self.register(organization)
        elif module > 0:
            self.hold(organization, edition, module)

    def timetable(self, period: int) -> tuple[int, int]:
        """Which edition of the programme a week belongs to, and which module.

        Editions count from 0, modules from 1; module 0 is registration, -1 no programme.
        """
        since = period - self.parameters.start
        if since < 0:
            return 0, -1
        if self.parameters.every == 0:
            edition, week = 0, since
        else:
            edition, week = divmod(since, max(self.parameters.every, self.parameters.weeks + 1))
        return edition, week if week <= self.parameters.weeks else -1

    def register(self, organization: Organization) -> None:
        """Let people register, and begin."""
        rule, key = self.parameters, organization.key("registering")
        register(organization.state, float(rule.invitation), float(rule.first_step), key)

    def hold(self, organization: Organization, edition: int, module: int) -> None:
        """Hold a module of an edition."""
        rule, key = self.parameters, organization.key
        hold_module(
            organization.state,
            (
                *(self.subject(organization, edition, module), organization.complexity),
                *(rule.hours * (1.0 - rule.together), rule.hours * rule.together, rule.table),
                *(float(rule.accuracy), float(rule.uptake), float(rule.support)),
                *(float(rule.kindling), module == rule.weeks),
            ),
            (float(rule.staying), float(rule.companions), float(rule.time)),
            organization.period,
            (
                *(key("time for the programme"), self.content(organization, edition)),
                *(key("programme"), key("programme tables"), key("going on")),
            ),
        )

    def subject(self, organization: Organization, edition: int, module: int) -> int:
        """The block of a module: all in turn, in an order drawn for the edition."""
        self._begin(organization, edition)
        return self._order[(module - 1) % organization.blocks]

    def content(self, organization: Organization, edition: int) -> np.uint64:
        """The key of what an edition holds to work, the same for all who hear it."""
        self._begin(organization, edition)
        return self._content

    def _begin(self, organization: Organization, edition: int) -> None:
        """Draw the order of subjects of an edition, once."""
        now = (organization.seed, edition)
        if now == self._edition:
            return
        key = np.uint64(fold(organization.key("programme subjects", 0), edition))
        self._order = np.argsort(draws(key, organization.blocks), kind="stable").tolist()
        self._content = np.uint64(fold(organization.key("programme content", 0), edition))
        self._edition = now

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

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.learning.programmes import (
    compose,
    enrol,
    find_present,
    hear,
    lots,
    plan_hours,
    raise_purpose,
    side_with,
    stay_or_go,
)
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import gather
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.places.membership import divide
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
        #: The order of subjects, and of which seed and edition it is.
        self._order = np.zeros(0, dtype=np.intp)
        self._order_of: tuple[np.uint64, int] | None = None

    def plan(self, organization: Organization) -> None:
        if self.parameters.hours > 0.0 and self.timetable(organization.period)[1] > 0:
            plan_hours(
                organization.planned, organization.programme_stage, float(self.parameters.hours)
            )

    def apply(self, organization: Organization) -> None:
        parameters = self.parameters
        if parameters.hours == 0.0 or organization.period < parameters.start:
            return
        edition, module = self.timetable(organization.period)
        here = np.zeros(organization.people, dtype=np.bool_)
        if module == 0:
            self.register(organization)
        elif module > 0 and self.find_present(organization, here):
            self.teach(organization, here, edition, module)
            self.sit_together(organization, here)
        if parameters.kindling > 0.0:
            raise_purpose(organization.purpose, float(parameters.kindling), here)
        if module > 0:
            self.go_on(organization, last=module == parameters.weeks)

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
        registered, begun = enrol(
            organization.programme_stage,
            organization.programme_weeks,
            organization.purpose,
            self.parameters.invitation,
            self.parameters.first_step,
            organization.person,
            organization.key("registering"),
        )
        organization.tally[PROGRAMME_REGISTERED] += registered
        organization.tally[PROGRAMME_BEGUN] += begun

    def find_present(self, organization: Organization, here: NDArray[np.bool_]) -> int:
        """Note who takes part and has the time this week in ``here`` (people,); how many."""
        count: int = find_present(
            here,
            organization.programme_stage,
            organization.learning_share,
            organization.person,
            organization.key("time for the programme"),
        )
        return count

    def subject(self, organization: Organization, edition: int, module: int) -> int:
        """The block of a module: all in turn, in an order drawn for the edition."""
        now = (organization.seed, edition)
        if now != self._order_of:
            key = np.uint64(fold(organization.key("programme subjects", 0), edition))
            self._order = np.argsort(draws(key, organization.blocks), kind="stable")
            self._order_of = now
        return int(self._order[(module - 1) % organization.blocks])

    def content(self, organization: Organization, edition: int, block: int) -> NDArray[np.int8]:
        """What the programme holds to work on the dimensions of a block: the same for all."""
        first, complexity = block * organization.complexity, organization.complexity
        key = np.uint64(fold(organization.key("programme content", 0), edition))
        said = np.empty(complexity, dtype=np.int8)
        compose(said, organization.reality, first, float(self.parameters.accuracy), key)
        return said

    def teach(
        self, organization: Organization, here: NDArray[np.bool_], edition: int, module: int
    ) -> None:
        """Let those who are there hear about the week's subject."""
        block = self.subject(organization, edition, module)
        organization.tally[COMBINATION_FLOW] += hear(
            here,
            self.content(organization, edition, block),
            block * organization.complexity,
            self.parameters.hours * (1.0 - self.parameters.together),
            self.parameters.uptake,
            organization.beliefs,
            organization.articulated,
            organization.learning_rate,
            organization.person,
            organization.key("programme"),
        )

    def sit_together(self, organization: Organization, here: NDArray[np.bool_]) -> None:
        """Let those who are there meet at tables, by lot: evenly filled, as few as need be."""
        hours = self.parameters.hours * self.parameters.together
        seats = np.flatnonzero(here)
        if len(seats) < 2 or hours == 0.0:
            return
        tables = -(-len(seats) // self.parameters.table)
        luck = lots(organization.key("programme tables"), organization.person[seats])
        table = divide(luck, tables)
        order = np.argsort(table, kind="stable")
        start = np.searchsorted(table[order], np.arange(tables + 1)).astype(np.int32)
        member = seats[order].astype(np.int32)
        gather(organization, start, member, tables, np.full(organization.people, hours))
        side_with(start, member, self.parameters.support, organization.encouragement)

    def go_on(self, organization: Organization, last: bool) -> None:
        """Let everybody who takes part go on or give up, or complete the programme."""
        parameters = self.parameters
        organization.tally[PROGRAMME_COMPLETED] += stay_or_go(
            organization.programme_stage,
            np.empty(organization.people, dtype=np.bool_),
            organization.programme_weeks,
            organization.self_efficacy,
            organization.purpose,
            organization.learning_share,
            organization.contact,
            organization.familiarity,
            organization.last_met,
            (float(parameters.staying), float(parameters.companions), float(parameters.time)),
            last,
            organization.period,
            organization.person,
            organization.key("going on"),
        )

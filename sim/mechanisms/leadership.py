"""Leadership: how managers meet failure, and whether they tell people or listen to them.

Time that managers give to where things should go is divided between campaigning, one voice to
many, and engaging, a dialogue about what goes worst [document 003: campaigning or engaging].
Who is told takes over what the manager can put into words, whoever is right; who listens takes
over what most of the unit say, by number and not by merit. Neither reads what works. Fear keeps
people from answering their manager as it does elsewhere. A manager may also tell the unit of a
failure of their own, which relieves those who hear it as a failure met kindly would
[NembhardEdmondson2006]. All of it takes time of everybody who is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from sim.kernels import in_place
from sim.learning.leading import Leading, Line, People, align, campaign, listen, who_admits
from sim.learning.meetings import seen_in, share_of, spend_time_in
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.tallies import (
    BELIEFS_FROM_LEADERS,
    BELIEFS_FROM_REPORTS,
    COMBINATION_FLOW,
    FAILURES_ADMITTED,
    LINE,
)

if TYPE_CHECKING:
    from sim.organization import Organization

#: Weeks for which managers campaign for one thing (assumption: a quarter).
CAMPAIGN_WEEKS = 13


class LeadershipParameters(Parameters):
    inclusiveness: float = parameter(
        0.6,
        unit="probability per reaction",
        bounds=(0, 1),
        doc="Mean chance that a manager meets a seen failure kindly instead of punishing it.",
        source="NembhardEdmondson2006 (the concept); value " + ASSUMPTION,
    )
    spread: float = parameter(
        0.15,
        unit="standard deviation",
        bounds=(0, 1),
        doc="How much people differ in it; a person keeps their deviation from the mean.",
        source=ASSUMPTION,
    )
    hours: float = parameter(
        0.0,
        unit="hours per week",
        bounds=(0, 40),
        doc="Time a manager and their unit spend on where things should go; 0: none.",
        source=ASSUMPTION,
    )
    engaging: float = parameter(
        0.5,
        unit="share of these hours",
        bounds=(0, 1),
        doc="Part of this time that is dialogue; in the rest the manager campaigns.",
        source="document 003 (campaigning or engaging); value " + ASSUMPTION,
    )
    message: Literal["top", "own"] = parameter(
        "top",
        unit="choice",
        doc="What managers campaign for, a quarter at a time: all for one thing, so that the view "
        "of the top comes down a level a week as far as it convinces, or each for their own.",
        source=ASSUMPTION,
    )
    persuasion: float = parameter(
        0.1,
        unit="probability per belief and hour",
        bounds=(0, 1),
        doc="Chance to take over what one's manager campaigns for, of somebody who learns most "
        "readily.",
        source=ASSUMPTION + "; less than what colleagues who do better say (0.3)",
    )
    listening: float = parameter(
        0.3,
        unit="probability per belief and hour",
        bounds=(0, 1),
        doc="Chance that a manager takes over what most of those who speak up say, if they learn "
        "most readily.",
        source=ASSUMPTION + "; as in other talk (`interpersonal.rate`)",
    )
    heard: float = parameter(
        0.1,
        unit="encouragement per hour of dialogue",
        bounds=(0, 1),
        doc="How much it encourages to be listened to.",
        source=ASSUMPTION,
    )
    alignment: float = parameter(
        0.0,
        unit="share of the way per hour",
        bounds=(0, 1),
        doc="How far purpose moves: in dialogue towards the mean of all who are there, in a "
        "campaign towards that of the manager.",
        source="document 003 (the organization's and the people's purpose aligned); " + ASSUMPTION,
    )
    role_modelling: float = parameter(
        0.0,
        unit="probability per manager and week",
        bounds=(0, 1),
        doc="Chance that a manager who had a failure of their own last week tells the unit of it.",
        source="document 004; NembhardEdmondson2006 (the concept); value " + ASSUMPTION,
    )
    role_modelling_hours: float = parameter(
        0.25,
        unit="hours",
        bounds=(0, 40),
        doc="Time that takes of the manager and of all who hear it.",
        source=ASSUMPTION,
    )


@in_place
def plan_meetings(planned, manager, leads_unit, admits, hours, admitting_hours):
    """Add to ``planned`` the ``hours`` with one's manager, and with one's own unit.

    And those in which who ``admits`` a failure tells of it, and their reports hear of it.
    """
    for i in range(len(manager)):
        is_led = manager[i] >= 0
        planned[i, LINE] += hours * (is_led + (leads_unit[i] >= 0))
        planned[i, LINE] += admitting_hours * (admits[i] + (is_led and admits[manager[i]]))


@in_place
def relieve(fear, manager, admits, share, step):
    """Let ``fear`` fall by ``step`` where a manager admits a failure; gives how many do.

    By less where one of the two had only a part, ``share`` (people,), of the time for it.
    """
    count = 0
    for i in range(len(manager)):
        m = manager[i]
        count += admits[i]
        if m >= 0 and admits[m]:
            fear[i] *= 1.0 - step * min(share[i], share[m])
    return count


class Admitting(NamedTuple):
    """How failures are told of, as plain numbers."""

    role_modelling: float
    #: How much it relieves to hear of one.
    kindness: float


@in_place
def plan_leading(state, hours, admitting_hours, role_modelling, key):
    """Plan the ``hours`` of the line, and those in which managers tell of a failure."""
    note_admissions(state, role_modelling, key)
    plan_meetings(
        state.planned, state.manager, state.leads_unit, state.admits, hours, admitting_hours
    )


@in_place
def note_admissions(state, role_modelling, key):
    """Note which managers tell their unit of a failure of their own this week."""
    who_admits(
        state.admits,
        state.leads_unit,
        state.noticed,
        state.raised,
        state.tenure,
        role_modelling,
        state.person,
        key,
    )


@in_place
def lead(state, hours, admitting, rule, week, keys):
    """Let managers tell of failures, campaign and listen for ``hours``, and units get acquainted.

    ``admitting`` and ``rule`` are plain tuples in the order of ``Admitting`` and ``Leading``;
    ``keys`` name failures told, the subjects of campaigns, campaigns and dialogues.
    """
    admitting, rule = Admitting(*admitting), Leading(*rule)
    share, time = state.group_share, state.group_time
    had, planned, tally = state.hours, state.planned, state.tally
    for i in range(len(share)):
        share[i] = share_of(had[i, LINE], planned[i, LINE])
        time[i] = hours * share[i]
    if admitting.role_modelling > 0.0:
        # As planned: nothing of what decides it has changed since.
        note_admissions(state, admitting.role_modelling, keys[0])
        tally[FAILURES_ADMITTED] += relieve(
            state.fear, state.manager, state.admits, share, admitting.kindness
        )
    if hours == 0.0:
        return
    speak_and_listen(state, rule, keys)
    # Units that somebody leads come first: who leads the last of them meets nobody above.
    led = 0
    for unit in state.leads_unit:
        led = max(led, unit + 1)
    spend_time_in(state, state.team_start[: led + 1], state.team_member, 0, led, time, week)


@in_place
def speak_and_listen(state, rule, keys):
    """Let managers campaign, listen, and align the purpose of their units with theirs."""
    tally, purpose, engaging = state.tally, state.purpose, rule.engaging
    line = Line(
        state.manager,
        state.unit,
        state.leads_unit,
        state.team_start,
        state.team_member,
        state.group_time,
    )
    people = People(
        state.learning_rate,
        state.fear,
        state.influence,
        state.encouragement,
        state.person,
    )
    seen, held = seen_in(state), (state.beliefs, state.articulated)
    if engaging < 1.0:
        taken = campaign(line, rule, seen, held, people, keys[1], keys[2])
        tally[BELIEFS_FROM_LEADERS] += taken
        tally[COMBINATION_FLOW] += taken
    if engaging > 0.0:
        sums = (state.unit_success, state.unit_cases)
        taken = listen(line, rule, seen, held, people, state.speakers, sums, keys[3])
        tally[BELIEFS_FROM_REPORTS] += taken
        tally[COMBINATION_FLOW] += taken
    if rule.alignment > 0.0:
        notes = (state.purpose_before, state.purpose_sum, state.purpose_count)
        align(line, engaging, rule.alignment, purpose, notes)


class Leadership(Mechanism):
    name = "leadership"
    Parameters = LeadershipParameters
    reads = (
        *("manager", "unit", "leads_unit", "team_start", "team_member", "hours", "planned"),
        *("beliefs", "articulated", "record_success", "record_cases", "learning_rate", "fear"),
        *("noticed", "raised", "tenure", "person"),
    )
    writes = (
        *("beliefs", "articulated", "purpose", "fear", "influence", "encouragement"),
        *("contact", "familiarity", "trust", "last_met", "joint_hours", "warmth", "tally"),
    )
    null = {"leadership.hours": 0.0, "leadership.role_modelling": 0.0}

    def plan(self, organization: Organization) -> None:
        rule = self.parameters
        if rule.hours == rule.role_modelling == 0.0:
            return
        plan_leading(
            organization.state,
            float(rule.hours),
            float(rule.role_modelling_hours),
            float(rule.role_modelling),
            organization.key("admitting failure"),
        )

    def apply(self, organization: Organization) -> None:
        rule = self.parameters
        if rule.hours == rule.role_modelling == 0.0:
            return
        quarter = organization.period // CAMPAIGN_WEEKS
        kindness = float(organization.parameters["climate"].kindness_witness)
        lead(
            organization.state,
            float(rule.hours),
            (float(rule.role_modelling), kindness),
            self._rule(),
            organization.period,
            (
                organization.key("admitting failure"),
                organization.key("subject of a campaign", quarter),
                organization.key("campaign"),
                organization.key("dialogue with the manager"),
            ),
        )

    def _rule(self) -> tuple[Any, ...]:
        """``Leading`` for a kernel."""
        rule = self.parameters
        return (
            float(rule.engaging),
            rule.message == "top",
            float(rule.persuasion),
            float(rule.listening),
            float(rule.heard),
            float(rule.alignment),
        )

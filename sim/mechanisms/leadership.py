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

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.kernels import in_place
from sim.learning.leading import lead, who_admits
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import gather, kept, seen_of, share_had
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.tallies import FAILURES_ADMITTED, LINE

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


class Leadership(Mechanism):
    name = "leadership"
    Parameters = LeadershipParameters
    reads = (
        *("manager", "unit", "leads_unit", "team_start", "team_member", "hours", "planned"),
        *("beliefs", "articulated", "record_success", "record_cases", "learning_rate", "fear"),
        *("noticed", "raised", "tenure", "person", "contact", "last_met"),
    )
    writes = (
        *("beliefs", "articulated", "purpose", "fear", "influence", "encouragement"),
        *("contact", "familiarity", "trust", "last_met", "joint_hours", "warmth", "tally"),
    )
    null = {"leadership.hours": 0.0, "leadership.role_modelling": 0.0}

    def plan(self, organization: Organization) -> None:
        parameters = self.parameters
        if parameters.hours == parameters.role_modelling == 0.0:
            return
        plan_meetings(
            organization.planned,
            organization.manager,
            organization.leads_unit,
            self.admissions(organization),
            float(parameters.hours),
            float(parameters.role_modelling_hours),
        )

    def apply(self, organization: Organization) -> None:
        parameters = self.parameters
        if parameters.hours == parameters.role_modelling == 0.0:
            return
        share = share_had(organization, LINE)
        if parameters.role_modelling > 0.0:
            self._admit(organization, share)
        if parameters.hours > 0.0:
            time = parameters.hours * share
            led = self._lead(organization, time)
            if led > 0:
                # Who leads the last of these units meets nobody above.
                gather(organization, organization.team_start, organization.team_member, led, time)

    def admissions(self, organization: Organization) -> NDArray[np.bool_]:
        """Which managers tell their unit of a failure of their own this week, shape (people,).

        Told once a week: as planned, so they do.
        """
        admits: NDArray[np.bool_] = kept(
            organization,
            "admissions",
            lambda: self._who_admits(organization),
        )
        return admits

    def _who_admits(self, organization: Organization) -> NDArray[np.bool_]:
        admits = np.empty(organization.people, dtype=np.bool_)
        who_admits(
            admits,
            organization.leads_unit,
            organization.noticed,
            organization.raised,
            organization.tenure,
            float(self.parameters.role_modelling),
            organization.person,
            organization.key("admitting failure"),
        )
        return admits

    def _admit(self, organization: Organization, share: NDArray[np.float64]) -> None:
        """Relieve those whose manager tells of a failure, by the part of the time that they had."""
        organization.tally[FAILURES_ADMITTED] += relieve(
            organization.fear,
            organization.manager,
            self.admissions(organization),
            share,
            float(organization.parameters["climate"].kindness_witness),
        )

    def _lead(self, organization: Organization, time: NDArray[np.float64]) -> int:
        """Let managers campaign and listen for ``time`` (people,), hours; gives how many units."""
        people, quarter = organization.people, organization.period // CAMPAIGN_WEEKS
        led: int = lead(
            (
                organization.manager,
                organization.unit,
                organization.leads_unit,
                organization.team_start,
                organization.team_member,
                time,
            ),
            self._rule(),
            seen_of(organization),
            (organization.beliefs, organization.articulated),
            (
                organization.learning_rate,
                organization.fear,
                organization.purpose,
                organization.influence,
                organization.encouragement,
                organization.person,
            ),
            organization.tally,
            (np.empty((3, people)), np.empty(people, dtype=np.int64)),
            (
                organization.key("subject of a campaign", quarter),
                organization.key("campaign"),
                organization.key("dialogue with the manager"),
            ),
        )
        return led

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

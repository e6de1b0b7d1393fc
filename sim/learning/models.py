"""Four models of learning, and how an organization divides a budget of hours among them.

What an organization invests in depends on what it assumes about learning [document 003]: that
behaviour is moulded, an explanation is taken in, a question is worked out by the learner, or that
people learn by watching and doing things together. The mixture is a setting of its management.

Whatever the mixture, the budget is of working time: who watches, prepares a lecture or coaches
spends of it as those do who learn, so that mixtures can be compared at equal cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.learning.facilitation import circles_of, seats_and_learners
from sim.parameters import ASSUMPTION, Parameters, parameter

if TYPE_CHECKING:
    from sim.organization import Organization


class TrainingParameters(Parameters):
    hours: float = parameter(
        0.0,
        unit="hours per person and week",
        bounds=(0, 40),
        doc="Time for development that management divides among the four models below, on top of "
        "what the sections of the activities set themselves. The time of those who watch, prepare "
        "lectures or coach counts in it.",
        source="0.2-2 hours a week (MEM); document 003",
    )
    behaviourist: float = parameter(
        1.0,
        unit="part",
        bounds=(0, 1000),
        doc="Part of that time for moulding behaviour: managers watch, reward and punish "
        "(`reinforcement`).",
        source="document 003; " + ASSUMPTION,
    )
    cognitivist: float = parameter(
        1.0,
        unit="part",
        bounds=(0, 1000),
        doc="Part for taking in an explanation (`lectures`).",
        source="document 003; " + ASSUMPTION,
    )
    constructivist: float = parameter(
        1.0,
        unit="part",
        bounds=(0, 1000),
        doc="Part for working questions out, with a coach or in facilitated groups, as "
        "`coaching.groups` divides it (`coaching`).",
        source="document 003; " + ASSUMPTION,
    )
    social: float = parameter(
        1.0,
        unit="part",
        bounds=(0, 1000),
        doc="Part for watching and doing things together: half of it sessions of communities "
        "(`communities`), half joint cases in one's unit (`interpersonal.joint_hours`).",
        source="document 003; " + ASSUMPTION,
    )


def programme_hours(organization: Organization, model: str) -> float:
    """Hours per person and week that management gives to one of the four models.

    Raises
    ------
    AttributeError
        When there is no such model.
    """
    training = organization.parameters["training"]
    if training.hours == 0.0:
        return 0.0
    parts = training.behaviourist + training.cognitivist + training.constructivist + training.social
    return float(training.hours * getattr(training, model) / parts) if parts > 0.0 else 0.0


def watching_hours(organization: Organization) -> float:
    """Hours a week for which each report is watched at work; their manager spends as many."""
    own: float = organization.parameters["reinforcement"].hours
    return own + programme_hours(organization, "behaviourist") / 2.0


def lecture_hours(organization: Organization) -> float:
    """Hours of lectures a week; preparing those of the budget is paid of it.

    Of the lecturers' time, only an hour in a hall that is not their own comes on top.
    """
    lectures = organization.parameters["lectures"]
    own: float = lectures.hours
    paid = programme_hours(organization, "cognitivist")
    if paid == 0.0:
        return own
    people = organization.people
    groups = np.array([people])
    if lectures.within == "community":
        groups = np.diff(organization.community_start)
    halls = np.ceil(groups / lectures.size).sum()
    return own + paid * people / float(people + lectures.preparation * halls)


def coached_hours(organization: Organization) -> float:
    """Hours a week of each learner alone with a coach, who spends as many.

    What learners try out between sessions is paid of the budget too.
    """
    coaching = organization.parameters["coaching"]
    all_of_it: float = coaching.hours
    paid = programme_hours(organization, "constructivist")
    if paid > 0.0:
        all_of_it += paid / (2.0 + trying_hours(organization))
    return all_of_it * (1.0 - coaching.groups)


def facilitated_hours(organization: Organization) -> float:
    """Hours a week of each learner in a facilitated group; its facilitator spends as many.

    The budget pays for the time of all of them, and for what learners try out, of as much as it
    gives to who sits there to learn.
    """
    coaching = organization.parameters["coaching"]
    if coaching.groups == 0.0:
        return 0.0
    own: float = coaching.hours
    paid = programme_hours(organization, "constructivist")
    if paid > 0.0:
        seats, learners = seats_and_learners(circles_of(organization))
        paid *= learners / max(seats + trying_hours(organization) * learners, 1.0)
    return (own + paid) * float(coaching.groups)


def trying_hours(organization: Organization) -> float:
    """Hours a learner tries things out for each hour with a coach or a group: a case takes what
    it does in a PDSA trial.
    """
    coaching, trials = organization.parameters["coaching"], organization.parameters["pdsa"]
    each: float = trials.hours * trials.weeks / trials.cases
    return coaching.cases * each / coaching.session


def session_hours(organization: Organization) -> float:
    """Length of a community's weekly session in hours."""
    own: float = organization.parameters["communities"].hours
    return own + _social_hours(organization)[0]


def session_lengths(organization: Organization) -> NDArray[np.float64]:
    """Length of each community's weekly session in hours, as set and as it has decided since.

    Shape (communities,); 0 for all where the organization has no sessions.
    """
    hours = session_hours(organization)
    lengths: NDArray[np.float64] = np.maximum(organization.session_change + hours, 0.0)
    return lengths if hours > 0.0 else np.zeros_like(lengths)


def joint_case_hours(organization: Organization) -> float:
    """Hours a week that each person sits in on cases of colleagues of their unit."""
    own: float = organization.parameters["interpersonal"].joint_hours
    return own + _social_hours(organization)[1]


def _social_hours(organization: Organization) -> tuple[float, float]:
    """The social part of the budget: for sessions, and for joint cases.

    Half each; all of it for sessions where people learn along a network and not in units, or for
    joint cases where communities are switched off.
    """
    hours = programme_hours(organization, "social")
    if hours == 0.0:
        return 0.0, 0.0
    in_units = organization.parameters["interpersonal"].sources == "unit"
    joint = in_units and organization.has("interpersonal")
    if not joint:
        return hours, 0.0
    return (hours / 2.0, hours / 2.0) if organization.has("communities") else (0.0, hours)

"""Feedback from the network: before acting on a trial, people ask others what they think.

Feedback can be sought from the network on actions taken [document 003]. Others answer by what they
believe themselves, right or wrong: they keep back mistakes that they see through, and changes that
are ahead of them. Asking and answering takes time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.learning.spare_time import spare_hours
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.platform.opinions import MOST_ASKED, ask_around, followers_of, new_desk

if TYPE_CHECKING:
    from sim.organization import Organization


class NetworkFeedbackParameters(Parameters):
    asked: int = parameter(
        0,
        unit="people",
        bounds=(0, MOST_ASKED),
        doc="How many one asks about a change before it is decided on; 0: nobody is asked.",
        source="document 003; value " + ASSUMPTION,
    )
    among: Literal["ties", "platform"] = parameter(
        "ties",
        unit="choice",
        doc="Whether one asks those one knows, by how well one knows them, or who follows one on "
        "the platform (`social_media`), by lot.",
        source="document 003; " + ASSUMPTION,
    )
    reply: float = parameter(
        0.5,
        unit="probability per person asked",
        bounds=(0, 1),
        doc="Chance that somebody replies who has an opinion and the time.",
        source=ASSUMPTION,
    )
    heed: float = parameter(
        0.5,
        unit="probability",
        bounds=(0, 1),
        doc="Chance that a change is withdrawn that most of those who reply advise against.",
        source=ASSUMPTION,
    )
    hours: float = parameter(
        0.1,
        unit="hours per reply",
        bounds=(0, 40),
        doc="Time a reply takes, of who gives and of who gets it.",
        source=ASSUMPTION,
    )


class NetworkFeedback(Mechanism):
    name = "network_feedback"
    Parameters = NetworkFeedbackParameters
    reads = (
        *("beliefs", "trial_stage", "trial_submitted", "trial_dimension", "trial_value"),
        *("contact", "familiarity", "last_met", "online", "follows", "person"),
        *("hours", "overtime", "backlog"),
    )
    writes = ("trial_stage", "hours", "encouragement", "tally")
    null = {"network_feedback.asked": 0}

    def __init__(self, parameters: Any = None) -> None:
        super().__init__(parameters)
        #: A plain tuple in the order of ``Desk``.
        self._desk: tuple[Any, ...] = ()
        self._rows = np.zeros(0, dtype=np.int64)
        self._anybody = np.zeros(0, dtype=np.bool_)

    def apply(self, organization: Organization) -> None:
        parameters = self.parameters
        if parameters.asked == 0:
            return
        on_platform = parameters.among == "platform"
        if on_platform and organization.parameters["social_media"].hours == 0.0:
            return
        if not self._desk:
            self._prepare(organization)
        counts_hours = organization.has("hours")
        ask_around(
            (
                organization.trial_stage,
                organization.trial_submitted,
                organization.trial_dimension,
                organization.trial_value,
            ),
            self._candidates(organization, on_platform),
            organization.online if on_platform else self._anybody,
            organization.opening.beliefs,
            self._free(organization, counts_hours),
            organization.hours,
            counts_hours,
            organization.encouragement,
            organization.person,
            (parameters.asked, parameters.reply, parameters.heed, parameters.hours),
            self._desk,
            organization.tally,
            organization.period,
            organization.key("order of asking"),
            organization.key("opinions"),
        )

    def _prepare(self, organization: Organization) -> None:
        """Make once what does not depend on the week."""
        people, places = organization.contact.shape
        self._desk = tuple(new_desk(people))
        self._rows = np.arange(people + 1) * places
        self._anybody = np.ones(people, dtype=np.bool_)

    def _candidates(self, organization: Organization, on_platform: bool) -> tuple[Any, ...]:
        """Whom people can ask, as ``Candidates``: who follows them, or their contacts."""
        if on_platform:
            followers: tuple[Any, ...] = followers_of(
                organization.online, organization.follows, organization.period
            )
            return followers
        return (
            self._rows,
            organization.contact.reshape(-1),
            organization.familiarity.reshape(-1),
            organization.last_met.reshape(-1),
        )

    def _free(self, organization: Organization, counts_hours: bool) -> NDArray[np.float64]:
        """Hours each person has for it; with too much waiting nobody asks or answers."""
        if not counts_hours:
            return np.full(organization.people, np.inf)
        return spare_hours(organization)

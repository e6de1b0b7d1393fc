"""Feedback from the network: before acting on a trial, people ask others what they think.

Feedback can be sought from the network on actions taken [document 003]. Others answer by what they
believe themselves, right or wrong: they keep back mistakes that they see through, and changes that
are ahead of them. Asking and answering takes time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from sim.learning.spare_time import spare_hours, spend_on_advice
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.pdsa import WAITING
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.platform.adoption import lots
from sim.platform.opinions import Asking, ask_around, contacts_of, followers_of

if TYPE_CHECKING:
    from sim.organization import Organization


class NetworkFeedbackParameters(Parameters):
    asked: int = parameter(
        0,
        unit="people",
        bounds=(0, 100),
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

    def apply(self, organization: Organization) -> None:
        if self.parameters.asked == 0:
            return
        askers = self._askers(organization)
        if len(askers) == 0:
            return
        parameters, week = self.parameters, organization.period
        if parameters.among == "platform":
            candidates = followers_of(askers, organization.online, organization.follows)
        else:
            dyads = (organization.contact, organization.familiarity, organization.last_met)
            candidates = contacts_of(askers, dyads, week)
        free, spent = self._free(organization), np.zeros(organization.people)
        ask_around(
            askers,
            candidates,
            organization.trial_dimension,
            organization.trial_value,
            organization.trial_stage,
            organization.opening.beliefs,
            free,
            spent,
            organization.encouragement,
            organization.person,
            Asking(parameters.asked, parameters.reply, parameters.heed, parameters.hours),
            organization.tally,
            organization.key("opinions"),
        )
        if organization.has("hours"):
            spend_on_advice(organization.hours, spent)

    def _askers(self, organization: Organization) -> NDArray[np.int32]:
        """Who put a change forward this week, in an order by lot."""
        put_forward = organization.trial_stage == WAITING
        put_forward &= organization.trial_submitted == organization.period
        if self.parameters.among == "platform":
            there_is_one = organization.parameters["social_media"].hours > 0.0
            put_forward &= organization.online & there_is_one
        askers = np.flatnonzero(put_forward).astype(np.int32)
        order = np.argsort(
            lots(organization.person[askers], organization.key("order of asking")), kind="stable"
        )
        by_lot: NDArray[np.int32] = askers[order]
        return by_lot

    def _free(self, organization: Organization) -> NDArray[np.float64]:
        """Hours each person has for it; with too much waiting nobody asks or answers."""
        if not organization.has("hours"):
            return np.full(organization.people, np.inf)
        return spare_hours(organization)

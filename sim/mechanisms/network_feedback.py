"""Feedback from the network: before acting on a trial, people ask others what they think.

Feedback can be sought from the network on actions taken [document 003]. Others answer by what they
believe themselves, right or wrong: they keep back mistakes that they see through, and changes that
are ahead of them. Asking and answering takes time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.platform.opinions import MOST_ASKED, seek_opinions

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

    def apply(self, organization: Organization) -> None:
        rule = self.parameters
        if rule.asked == 0:
            return
        on_platform = rule.among == "platform"
        if on_platform and organization.parameters["social_media"].hours == 0.0:
            return
        seek_opinions(
            organization.state,
            (rule.asked, float(rule.reply), float(rule.heed), float(rule.hours), on_platform),
            organization.has("hours"),
            np.float32(organization.parameters["work"].rush),
            organization.period,
            organization.key("order of asking"),
            organization.key("opinions"),
        )

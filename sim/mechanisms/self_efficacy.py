"""Self-efficacy: people come to trust their ability by what they, and others like them, manage.

Mastery weighs more than the example of others, that more than persuasion, and that more than
arousal [Bandura; order verified, weights assumptions]. It drives attempts and acting (``pdsa``);
it never enters handling, so it is a product of performance before it is a cause [SitzmannYeo2013].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.kernels import kernel
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter

if TYPE_CHECKING:
    from sim.organization import Organization


class SelfEfficacyParameters(Parameters):
    rate: float = parameter(
        0.10,
        unit="share per week",
        bounds=(0, 1),
        doc="How fast self-efficacy moves.",
        source=ASSUMPTION,
    )
    mastery: float = parameter(
        0.50,
        unit="weight",
        bounds=(0, 1),
        doc="Own successes.",
        source="Bandura (order); " + ASSUMPTION,
    )
    vicarious: float = parameter(
        0.25,
        unit="weight",
        bounds=(0, 1),
        doc="Successes of others at one's own level, seen in the unit.",
        source="Bandura (order); " + ASSUMPTION,
    )
    persuasion: float = parameter(
        0.15,
        unit="weight",
        bounds=(0, 1),
        doc="Encouragement and its opposite.",
        source="Bandura (order); " + ASSUMPTION,
    )
    arousal: float = parameter(
        0.10,
        unit="weight",
        bounds=(0, 1),
        doc="Fear beyond what the context lets one expect.",
        source="Bandura (order); " + ASSUMPTION,
    )


@kernel
def believe_in_oneself(
    self_efficacy,
    fear,
    mindset,
    encouragement,
    week_cases,
    week_success,
    level,
    unit,
    units,
    visibility,
    weights,
    rate,
    base_fear,
):
    """Move self-efficacy on by a week.

    ``weights``: mastery, vicarious, persuasion, arousal. Falling short of what one expected of
    oneself counts the less the more one believes that ability grows (mindset 1: half). Without
    cases of one's own, or of similar others, that term is missing.
    """
    people = len(self_efficacy)
    levels = 0
    for i in range(people):
        levels = max(levels, level[i] + 1)
    cases = np.zeros((units, levels))
    success = np.zeros((units, levels))
    for i in range(people):
        cases[unit[i], level[i]] += week_cases[i]
        success[unit[i], level[i]] += week_success[i]
    for i in range(people):
        own, change = self_efficacy[i], 0.0
        if week_cases[i] > 0.0:
            surprise = week_success[i] / week_cases[i] - own
            if surprise < 0.0:
                surprise *= 1.0 - 0.5 * mindset[i]
            change += weights[0] * surprise
        others = cases[unit[i], level[i]] - week_cases[i]
        if others > 0.0:
            seen = (success[unit[i], level[i]] - week_success[i]) / others
            change += weights[1] * visibility * (seen - own)
        word = min(max(encouragement[i], -1.0), 1.0)
        change += weights[2] * word * (1.0 - own)
        change -= weights[3] * (fear[i] - base_fear)
        self_efficacy[i] = min(max(own + rate * change, 0.0), 1.0)


class SelfEfficacy(Mechanism):
    name = "self_efficacy"
    Parameters = SelfEfficacyParameters
    reads = ("fear", "mindset", "encouragement", "week_cases", "week_success", "level", "unit")
    writes = ("self_efficacy",)
    null = {"self_efficacy.rate": 0.0}

    def apply(self, organization: Organization) -> None:
        parameters, climate = self.parameters, organization.parameters["climate"]
        believe_in_oneself(
            organization.self_efficacy,
            organization.fear,
            organization.mindset,
            organization.encouragement,
            organization.week_cases,
            organization.week_success,
            organization.level,
            organization.unit,
            organization.units,
            climate.visibility,
            np.array(
                [
                    parameters.mastery,
                    parameters.vicarious,
                    parameters.persuasion,
                    parameters.arousal,
                ]
            ),
            parameters.rate,
            climate.base_fear,
        )

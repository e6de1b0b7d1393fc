"""Climate: fear is learned from how failures are met, one's own and those of others in the unit.

A failure that is seen and punished frightens its owner and the witnesses; one met kindly relieves
them. Without news fear returns to what the context lets one expect. Rank has no term: who fears
more is a consequence of who fails where, before whom [Edmondson1999; NembhardEdmondson2006].
Belonging follows from the company one keeps: how familiar are those one spends the week with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.kernels import kernel
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.places.structure import inclusiveness_of_managers
from sim.randomness import draw, fold
from sim.tallies import REACTIONS_KIND, REACTIONS_PUNISHING

if TYPE_CHECKING:
    from sim.organization import Organization


class ClimateParameters(Parameters):
    base_fear: float = parameter(
        0.33,
        unit="0 to 1",
        bounds=(0, 1),
        doc="Fear that the context lets people expect: where they start, and return to.",
        source="NHS staff surveys, V12: about a third do not feel safe to speak up",
    )
    visibility: float = parameter(
        0.5,
        unit="probability per failure",
        bounds=(0, 1),
        doc="Chance that a failure that was worked around is seen by others in the unit.",
        source=ASSUMPTION,
    )
    reaction: float = parameter(
        0.02,
        unit="probability per failure seen",
        bounds=(0, 1),
        doc="Chance that a manager reacts at all to a failure seen but not raised.",
        source="calibrated: 24 % of staff bullied in a year (V12)",
    )
    punished: float = parameter(
        0.10,
        unit="share of the way to 1",
        bounds=(0, 1),
        doc="Rise of fear when punished.",
        source=ASSUMPTION,
    )
    punished_witness: float = parameter(
        0.04,
        unit="share of the way to 1",
        bounds=(0, 1),
        doc="Rise of fear of a witness.",
        source=ASSUMPTION,
    )
    kindness: float = parameter(
        0.05,
        unit="share of the way to 0",
        bounds=(0, 1),
        doc="Fall of fear when met kindly.",
        source=ASSUMPTION,
    )
    kindness_witness: float = parameter(
        0.02,
        unit="share of the way to 0",
        bounds=(0, 1),
        doc="Fall of fear of a witness.",
        source=ASSUMPTION,
    )
    recovery: float = parameter(
        0.02,
        unit="share per week",
        bounds=(0, 1),
        doc="How fast fear returns to the base.",
        source=ASSUMPTION,
    )
    belonging_rate: float = parameter(
        0.02,
        unit="share per week",
        bounds=(0, 1),
        doc="How fast belonging moves towards the familiarity of one's company.",
        source=ASSUMPTION,
    )


@kernel
def react(
    noticed,
    raised,
    inclusiveness,
    unit,
    person,
    visibility,
    reaction,
    enabling,
    punished,
    kind,
    unit_punished,
    unit_kind,
    key,
):
    """Draw how this week's failures are met; adds to the counts by person and by unit.

    A raised failure is heard with probability ``enabling``; otherwise the manager reacts as they
    are, kindly with probability ``inclusiveness``. One that was worked around is seen with
    probability ``visibility`` and then draws a reaction with probability ``reaction``.
    """
    for i in range(len(noticed)):
        word = fold(key, person[i])
        for n in range(raised[i] + noticed[i]):
            is_raised = n < raised[i]
            if not is_raised and draw(word, n, 0) >= visibility * reaction:
                continue
            heard = is_raised and draw(word, n, 1) < enabling
            if heard or draw(word, n, 2) < inclusiveness[i]:
                kind[i] += 1
                unit_kind[unit[i]] += 1
            else:
                punished[i] += 1
                unit_punished[unit[i]] += 1


@kernel
def feel(
    fear,
    encouragement,
    belonging,
    joint_hours,
    warmth,
    unit,
    punished,
    kind,
    unit_punished,
    unit_kind,
    visibility,
    steps,
    base_fear,
    recovery,
    belonging_rate,
):
    """Move everybody's fear, belonging and encouragement on by a week.

    ``steps``: fear when punished, as a witness; relief when met kindly, as a witness. Each event
    moves fear by that share of the way to 1, or to 0, so that many events never overshoot. A
    witness of the unit sees each event with probability ``visibility``; its mean is used.
    """
    for i in range(len(fear)):
        others_punished = unit_punished[unit[i]] - punished[i]
        others_kind = unit_kind[unit[i]] - kind[i]
        spared = (1.0 - steps[0]) ** punished[i]
        spared *= (1.0 - visibility * steps[1]) ** others_punished
        kept = (1.0 - steps[2]) ** kind[i] * (1.0 - visibility * steps[3]) ** others_kind
        moved = (1.0 - (1.0 - fear[i]) * spared) * kept
        fear[i] = moved + recovery * (base_fear - moved)
        encouragement[i] += kind[i] - punished[i]
        if joint_hours[i] > 0.0:
            company = warmth[i] / joint_hours[i]
            belonging[i] += belonging_rate * (company - belonging[i])


class Climate(Mechanism):
    name = "climate"
    Parameters = ClimateParameters
    reads = ("joint_hours", "warmth", "noticed", "raised", "unit", "manager", "character", "person")
    writes = ("fear", "belonging", "encouragement", "tally")
    null = {
        "climate.visibility": 0.0,
        "climate.recovery": 0.0,
        "climate.belonging_rate": 0.0,
        "requests.load": 0.0,
    }

    def apply(self, organization: Organization) -> None:
        parameters = self.parameters
        people, units = organization.people, organization.units
        punished, kind = np.zeros(people, dtype=np.int64), np.zeros(people, dtype=np.int64)
        unit_punished, unit_kind = np.zeros(units, dtype=np.int64), np.zeros(units, dtype=np.int64)
        react(
            organization.noticed,
            organization.raised,
            inclusiveness_of_managers(organization),
            organization.unit,
            organization.person,
            parameters.visibility,
            parameters.reaction,
            organization.parameters["structure"].enabling,
            punished,
            kind,
            unit_punished,
            unit_kind,
            organization.key("reactions"),
        )
        feel(
            organization.fear,
            organization.encouragement,
            organization.belonging,
            organization.joint_hours,
            organization.warmth,
            organization.unit,
            punished,
            kind,
            unit_punished,
            unit_kind,
            parameters.visibility,
            np.array(
                [
                    parameters.punished,
                    parameters.punished_witness,
                    parameters.kindness,
                    parameters.kindness_witness,
                ]
            ),
            parameters.base_fear,
            parameters.recovery,
            parameters.belonging_rate,
        )
        organization.tally[REACTIONS_PUNISHING] += punished.sum()
        organization.tally[REACTIONS_KIND] += kind.sum()

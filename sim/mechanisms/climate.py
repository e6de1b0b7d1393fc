"""Climate: fear is learned from how failures are met, one's own and those of others in the unit.

A failure that is seen and punished frightens its owner and the witnesses; one met kindly relieves
them; and word of it may travel further. Without news fear returns to what the context lets one
expect. Rank has no term: who fears more is a consequence of who fails where, before whom
[Edmondson1999; NembhardEdmondson2006].
Belonging follows from the company one keeps: how familiar are those one spends the week with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.ties import faded
from sim.kernels import in_place, kernel
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.places.structure import inclusiveness_of_managers
from sim.randomness import draw, fold
from sim.tallies import (
    KINDNESS_TRAVELLED,
    KINDNESS_WITNESSED,
    PUNISHMENTS_TRAVELLED,
    PUNISHMENTS_WITNESSED,
    REACTIONS_KIND,
    REACTIONS_PUNISHING,
)

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
    rumour: float = parameter(
        0.0,
        unit="probability per person and week",
        bounds=(0, 1),
        doc="Chance that somebody who was punished, or saw it, tells one contact who was not "
        "there, and who then feels as a witness does; the same of failures met kindly.",
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
    purpose_fading: float = parameter(
        0.02,
        unit="share per week",
        bounds=(0, 1),
        doc="How fast a sense of common purpose, or the lack of it, returns to the middle (0.5).",
        source=ASSUMPTION,
    )


@in_place
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


@in_place
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
    purpose,
    purpose_fading,
):
    """Move everybody's fear, belonging, purpose and encouragement on by a week.

    ``steps``: fear when punished, as a witness; relief when met kindly, as a witness. Each event
    moves fear by that share of the way to 1, or to 0, so that many events never overshoot. A
    witness of the unit sees each event with probability ``visibility``; its mean is used. Gives
    how many witnesses there were of punishments, and of failures met kindly.
    """
    saw_punished, saw_kind = 0, 0
    for i in range(len(fear)):
        others_punished = unit_punished[unit[i]] - punished[i]
        others_kind = unit_kind[unit[i]] - kind[i]
        saw_punished += others_punished
        saw_kind += others_kind
        spared = (1.0 - steps[0]) ** punished[i]
        spared *= (1.0 - visibility * steps[1]) ** others_punished
        kept = (1.0 - steps[2]) ** kind[i] * (1.0 - visibility * steps[3]) ** others_kind
        moved = (1.0 - (1.0 - fear[i]) * spared) * kept
        fear[i] = moved + recovery * (base_fear - moved)
        encouragement[i] += kind[i] - punished[i]
        if joint_hours[i] > 0.0:
            company = warmth[i] / joint_hours[i]
            belonging[i] += belonging_rate * (company - belonging[i])
        purpose[i] += purpose_fading * (0.5 - purpose[i])
    return visibility * saw_punished, visibility * saw_kind


@in_place
def somebody_else(i, unit, manager, ties, week, luck, reach):
    """A contact of ``i`` beyond their unit and its manager, by how well ``i`` knows them now.

    ``ties`` are contact, familiarity and last_met; -1 where there is nobody. ``reach`` has room
    for sums over all contacts.
    """
    contact, familiarity, last_met = ties
    reached = 0.0
    for k in range(contact.shape[1]):
        j = contact[i, k]
        # No branches: an empty place reads the last seat, and counts for nothing.
        counts = (j >= 0) & (unit[j] != unit[i]) & (j != manager[i])
        reached += faded(familiarity[i, k], week - last_met[i, k]) * counts
        reach[k] = reached
    for k in range(contact.shape[1]):
        if reach[k] > luck * reached:
            return contact[i, k]
    return -1


@kernel
def spread_word(
    events,
    unit_events,
    unit,
    manager,
    person,
    ties,
    visibility,
    rumour,
    step,
    goal,
    fear,
    week,
    key,
):
    """Let who was met with ``events`` (people,), or saw it in the unit, tell one contact elsewhere.

    They know of it for sure, or as witnesses with probability ``visibility`` an event, and tell
    with probability ``rumour``. Whoever hears of any moves by ``step`` of the way from ``fear``
    (people,) to ``goal``, once. Gives how many heard.
    """
    heard = np.zeros(len(fear), dtype=np.bool_)
    reach = np.empty(ties[0].shape[1])
    for i in range(len(fear)):
        if unit_events[unit[i]] == 0:
            continue
        word = fold(key, person[i])
        others = unit_events[unit[i]] - events[i]
        knows = events[i] > 0 or draw(word, 0, 0) >= (1.0 - visibility) ** others
        if knows and draw(word, 0, 1) < rumour:
            j = somebody_else(i, unit, manager, ties, week, draw(word, 0, 2), reach)
            if j >= 0:
                heard[j] = True
    for i in range(len(fear)):
        if heard[i]:
            fear[i] += step * (goal - fear[i])
    return heard.sum()


class Climate(Mechanism):
    name = "climate"
    Parameters = ClimateParameters
    reads = (
        *("joint_hours", "warmth", "noticed", "raised", "reprimanded", "unit", "manager"),
        *("character", "person", "contact", "familiarity", "last_met"),
    )
    writes = ("fear", "belonging", "purpose", "encouragement", "tally")
    null = {
        "climate.visibility": 0.0,
        "climate.recovery": 0.0,
        "climate.belonging_rate": 0.0,
        "climate.purpose_fading": 0.0,
        "requests.load": 0.0,
        "reinforcement.hours": 0.0,
        "training.hours": 0.0,
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
        organization.tally[REACTIONS_PUNISHING] += punished.sum()
        organization.tally[REACTIONS_KIND] += kind.sum()
        if organization.reprimanded.any():
            # A reprimand is counted where it is made, and felt like any other punishment.
            punished += organization.reprimanded
            np.add.at(unit_punished, organization.unit, organization.reprimanded)
        seen = feel(
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
            organization.purpose,
            parameters.purpose_fading,
        )
        organization.tally[PUNISHMENTS_WITNESSED] += seen[0]
        organization.tally[KINDNESS_WITNESSED] += seen[1]
        if parameters.rumour > 0.0:
            steps = (parameters.punished_witness, parameters.kindness_witness)
            self._travel(organization, PUNISHMENTS_TRAVELLED, punished, unit_punished, steps[0], 1)
            self._travel(organization, KINDNESS_TRAVELLED, kind, unit_kind, steps[1], 0)

    def _travel(
        self,
        organization: Organization,
        tally: int,
        events: NDArray[np.int64],
        unit_events: NDArray[np.int64],
        step: float,
        goal: float,
    ) -> None:
        """Let word of ``events`` go round; who hears it feels as a witness does."""
        organization.tally[tally] += spread_word(
            events,
            unit_events,
            organization.unit,
            organization.manager,
            organization.person,
            (organization.contact, organization.familiarity, organization.last_met),
            self.parameters.visibility,
            self.parameters.rumour,
            step,
            float(goal),
            organization.fear,
            organization.period,
            organization.key("word of punishment" if goal else "word of kindness"),
        )

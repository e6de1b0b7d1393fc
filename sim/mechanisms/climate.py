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

from sim.acquaintance.ties import faded
from sim.kernels import in_place
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


#: How a failure is met.
PUNISHED, KIND = 0, 1


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
def live_through(
    noticed,
    raised,
    reprimanded,
    inclusiveness,
    fear,
    encouragement,
    belonging,
    purpose,
    joint_hours,
    warmth,
    unit,
    manager,
    person,
    contact,
    familiarity,
    last_met,
    by_person,
    by_unit,
    heard,
    reach,
    tally,
    visibility,
    reaction,
    enabling,
    steps,
    base_fear,
    recovery,
    belonging_rate,
    purpose_fading,
    rumour,
    week,
    keys,
):
    """Let people react to this week's failures, feel what that does to them, and tell of it.

    ``by_person`` (2, people) and ``by_unit`` (2, units) begin at zero and are filled with the
    counts of what was punished and what was met kindly; ``heard`` (people,) and ``reach``
    (contacts,) are room to work in. ``steps``: see ``feel``. ``keys`` are those of reactions, and
    of the word that travels of either.
    """
    met, in_unit = (by_person[PUNISHED], by_person[KIND]), (by_unit[PUNISHED], by_unit[KIND])
    react(
        *(noticed, raised, inclusiveness, unit, person, visibility, reaction, enabling),
        *(met, in_unit, keys[0]),
    )
    for i in range(len(unit)):
        tally[REACTIONS_PUNISHING] += met[PUNISHED][i]
        tally[REACTIONS_KIND] += met[KIND][i]
        # A reprimand is counted where it is made, and felt like any other punishment.
        met[PUNISHED][i] += reprimanded[i]
        in_unit[PUNISHED][unit[i]] += reprimanded[i]
    seen = feel(
        *(fear, encouragement, belonging, purpose, joint_hours, warmth, unit, met, in_unit),
        *(visibility, steps, base_fear, recovery, belonging_rate, purpose_fading),
    )
    tally[PUNISHMENTS_WITNESSED] += seen[PUNISHED]
    tally[KINDNESS_WITNESSED] += seen[KIND]
    if rumour == 0.0:
        return
    ties = (contact, familiarity, last_met)
    for what in (PUNISHED, KIND):
        # Who hears of it feels as a witness does.
        step, goal = (steps[1], 1.0) if what == PUNISHED else (steps[3], 0.0)
        told = spread_word(
            *(by_person[what], by_unit[what], unit, manager, person, ties, visibility, rumour),
            *(step, goal, fear, heard, reach, week, keys[1 + what]),
        )
        tally[PUNISHMENTS_TRAVELLED if what == PUNISHED else KINDNESS_TRAVELLED] += told


@in_place
def react(
    noticed, raised, inclusiveness, unit, person, visibility, reaction, enabling, met, in_unit, key
):
    """Draw how this week's failures are met; adds to counts by person, ``met``, and by unit.

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
            how = KIND if heard or draw(word, n, 2) < inclusiveness[i] else PUNISHED
            met[how][i] += 1
            in_unit[how][unit[i]] += 1


@in_place
def feel(
    fear,
    encouragement,
    belonging,
    purpose,
    joint_hours,
    warmth,
    unit,
    met,
    in_unit,
    visibility,
    steps,
    base_fear,
    recovery,
    belonging_rate,
    purpose_fading,
):
    """Move everybody's fear, belonging, purpose and encouragement on by a week.

    ``steps``: fear when punished, as a witness; relief when met kindly, as a witness. Each event
    moves fear by that share of the way to 1, or to 0, so that many events never overshoot. A
    witness of the unit sees each event with probability ``visibility``; its mean is used. Gives
    how many witnesses there were of punishments, and of failures met kindly.
    """
    (punished, kind), (unit_punished, unit_kind) = met, in_unit
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
    contact, familiarity, last_met = ties[0][i], ties[1][i], ties[2][i]
    mine, above, reached = unit[i], manager[i], 0.0
    for k in range(len(contact)):
        j = contact[k]
        # No branches: an empty place reads the last seat, and counts for nothing.
        counts = (j >= 0) & (unit[j] != mine) & (j != above)
        reached += faded(familiarity[k], week - last_met[k]) * counts
        reach[k] = reached
    # Sums only rise: the first beyond the target comes after all that are not.
    place, target = 0, luck * reached
    for k in range(len(contact)):
        place += reach[k] <= target
    return contact[place] if place < len(contact) else -1


@in_place
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
    heard,
    reach,
    week,
    key,
):
    """Let who was met with ``events`` (people,), or saw it in the unit, tell one contact elsewhere.

    They know of it for sure, or as witnesses with probability ``visibility`` an event, and tell
    with probability ``rumour``. Whoever hears of any moves by ``step`` of the way from ``fear``
    (people,) to ``goal``, once. Gives how many heard.
    """
    heard[:] = False
    for i in range(len(fear)):
        word = fold(key, person[i])
        # Whether one would tell is asked first: that is a draw, what one knows takes a power.
        if draw(word, 0, 1) >= rumour or unit_events[unit[i]] == 0:
            continue
        others = unit_events[unit[i]] - events[i]
        if events[i] > 0 or draw(word, 0, 0) >= (1.0 - visibility) ** others:
            j = somebody_else(i, unit, manager, ties, week, draw(word, 0, 2), reach)
            if j >= 0:
                heard[j] = True
    count = 0
    for i in range(len(fear)):
        if heard[i]:
            fear[i] += step * (goal - fear[i])
            count += 1
    return count


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
        parameters, people = self.parameters, organization.people
        live_through(
            organization.noticed,
            organization.raised,
            organization.reprimanded,
            inclusiveness_of_managers(organization),
            organization.fear,
            organization.encouragement,
            organization.belonging,
            organization.purpose,
            organization.joint_hours,
            organization.warmth,
            organization.unit,
            organization.manager,
            organization.person,
            organization.contact,
            organization.familiarity,
            organization.last_met,
            np.zeros((2, people), np.int64),
            np.zeros((2, organization.units), np.int64),
            np.empty(people, np.bool_),
            np.empty(organization.contact.shape[1]),
            organization.tally,
            parameters.visibility,
            parameters.reaction,
            organization.parameters["structure"].enabling,
            (
                parameters.punished,
                parameters.punished_witness,
                parameters.kindness,
                parameters.kindness_witness,
            ),
            parameters.base_fear,
            parameters.recovery,
            parameters.belonging_rate,
            parameters.purpose_fading,
            parameters.rumour,
            organization.period,
            (
                organization.key("reactions"),
                organization.key("word of punishment"),
                organization.key("word of kindness"),
            ),
        )

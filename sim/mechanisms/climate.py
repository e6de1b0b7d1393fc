"""Climate: fear is learned from how failures are met, one's own and those of others in the unit.

A failure that is seen and punished frightens its owner and the witnesses; one met kindly relieves
them; and word of it may travel further. Without news fear returns to what the context lets one
expect. Rank has no term: who fears more is a consequence of who fails where, before whom
[Edmondson1999; NembhardEdmondson2006].
Belonging follows from the company one keeps: how familiar are those one spends the week with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.acquaintance.ties import faded
from sim.kernels import in_place
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.places.structure import note_inclusiveness
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


class Reacting(NamedTuple):
    """How failures are met, as plain numbers."""

    visibility: float
    #: Chance of a reaction to what is seen and was not raised, and to be heard with what was.
    reaction: float
    enabling: float
    #: How inclusive managers are on average, and by how much they differ; float32.
    inclusiveness: float
    spread: float
    #: Chance to tell somebody elsewhere.
    rumour: float


class Feeling(NamedTuple):
    """What it does to people, as plain numbers by the names of the parameters."""

    punished: float
    punished_witness: float
    kindness: float
    kindness_witness: float
    base_fear: float
    recovery: float
    belonging_rate: float
    purpose_fading: float


@in_place
def live_in_climate(state, reacting, feeling, week, keys):
    """Let people react to this week's failures, feel what that does to them, and tell of it.

    ``reacting`` and ``feeling`` are plain tuples in the order of ``Reacting`` and ``Feeling``;
    ``keys`` are those of reactions, and of the word that travels of punishment and of kindness.
    """
    reacting, feeling = Reacting(*reacting), Feeling(*feeling)
    fear, unit, tally = state.fear, state.unit, state.tally
    managers = (state.manager, reacting.inclusiveness, reacting.spread, state.inclusiveness)
    note_inclusiveness(state.character, *managers)
    met = (state.met_badly, state.met_kindly)
    in_unit = (state.unit_met_badly, state.unit_met_kindly)
    failures = (state.noticed, state.raised, state.reprimanded, state.inclusiveness)
    react(failures, unit, state.person, reacting, met, in_unit, tally, keys[0])
    seen = feel(
        fear,
        state.encouragement,
        state.belonging,
        state.purpose,
        state.joint_hours,
        state.warmth,
        unit,
        met,
        in_unit,
        reacting.visibility,
        feeling,
    )
    tally[PUNISHMENTS_WITNESSED] += seen[PUNISHED]
    tally[KINDNESS_WITNESSED] += seen[KIND]
    if reacting.rumour == 0.0:
        return
    places = (unit, state.manager, state.person)
    ties = (state.contact, state.familiarity, state.last_met)
    chances, room = (reacting.visibility, reacting.rumour), (state.has_heard, state.reach_so_far)
    # Who hears of it feels as a witness does.
    afraid, relieved = (feeling.punished_witness, 1.0), (feeling.kindness_witness, 0.0)
    told = (*places, ties, chances)
    bad = (*told, afraid, fear, room, week, keys[1])
    tally[PUNISHMENTS_TRAVELLED] += spread_word(met[PUNISHED], in_unit[PUNISHED], *bad)
    good = (*told, relieved, fear, room, week, keys[2])
    tally[KINDNESS_TRAVELLED] += spread_word(met[KIND], in_unit[KIND], *good)


@in_place
def react(failures, unit, person, rule, met, in_unit, tally, key):
    """Draw how this week's failures are met; writes counts by person, ``met``, and by unit.

    ``failures`` are noticed, raised and reprimanded (people,), and the inclusiveness of everybody's
    manager. A raised failure is heard with probability ``rule.enabling``; otherwise the manager
    reacts as they are, kindly with probability ``inclusiveness``. One that was worked around is
    seen with probability ``visibility`` and then draws a reaction with probability ``reaction``.
    A reprimand is counted where it is made, and felt like any other punishment.
    """
    noticed, raised, reprimanded, inclusiveness = failures
    (badly, kindly), (unit_badly, unit_kindly) = met, in_unit
    for u in range(len(unit_badly)):
        unit_badly[u] = unit_kindly[u] = 0
    reacts = rule.visibility * rule.reaction
    punishing, kind = 0, 0
    for i in range(len(noticed)):
        badly[i] = kindly[i] = 0
        count = raised[i] + noticed[i]
        if count == 0:
            continue
        word = fold(key, person[i])
        for n in range(count):
            is_raised = n < raised[i]
            if not is_raised and draw(word, n, 0) >= reacts:
                continue
            heard = is_raised and draw(word, n, 1) < rule.enabling
            is_kind = heard or draw(word, n, 2) < inclusiveness[i]
            kindly[i] += is_kind
            badly[i] += not is_kind
        punishing += badly[i]
        kind += kindly[i]
        unit_kindly[unit[i]] += kindly[i]
        unit_badly[unit[i]] += badly[i]
    tally[REACTIONS_PUNISHING] += punishing
    tally[REACTIONS_KIND] += kind
    for i in range(len(reprimanded)):
        badly[i] += reprimanded[i]
        unit_badly[unit[i]] += reprimanded[i]


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
    rule,
):
    """Move everybody's fear, belonging, purpose and encouragement on by a week.

    ``rule`` (``Feeling``): fear when punished, as a witness; relief when met kindly, as a witness.
    Each event moves fear by that share of the way to 1, or to 0, so that many events never
    overshoot. A witness of the unit sees each event with probability ``visibility``; its mean is
    used. Gives how many witnesses there were of punishments, and of failures met kindly.
    """
    (punished, kind), (unit_punished, unit_kind) = met, in_unit
    saw_punished, saw_kind = 0, 0
    for i in range(len(fear)):
        others_punished = unit_punished[unit[i]] - punished[i]
        others_kind = unit_kind[unit[i]] - kind[i]
        saw_punished += others_punished
        saw_kind += others_kind
        spared = (1.0 - rule.punished) ** punished[i]
        spared *= (1.0 - visibility * rule.punished_witness) ** others_punished
        kept = (1.0 - rule.kindness) ** kind[i]
        kept *= (1.0 - visibility * rule.kindness_witness) ** others_kind
        moved = (1.0 - (1.0 - fear[i]) * spared) * kept
        fear[i] = moved + rule.recovery * (rule.base_fear - moved)
        encouragement[i] += kind[i] - punished[i]
        if joint_hours[i] > 0.0:
            company = warmth[i] / joint_hours[i]
            belonging[i] += rule.belonging_rate * (company - belonging[i])
        purpose[i] += rule.purpose_fading * (0.5 - purpose[i])
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
    events, unit_events, unit, manager, person, ties, chances, effect, fear, room, week, key
):
    """Let who was met with ``events`` (people,), or saw it in the unit, tell one contact elsewhere.

    They know of it for sure, or as witnesses with the first of the ``chances`` an event, and tell
    with the second. Whoever hears of any moves, once, by the first number of the ``effect`` of the
    way from ``fear`` (people,) to the second. Gives how many heard.
    """
    (visibility, rumour), (step, goal), (has_heard, reach) = chances, effect, room
    for i in range(len(fear)):
        has_heard[i] = False
    for i in range(len(fear)):
        if unit_events[unit[i]] == 0:
            continue
        word = fold(key, person[i])
        # Whether one would tell is asked first: that is a draw, what one knows takes a power.
        if draw(word, 0, 1) >= rumour:
            continue
        others = unit_events[unit[i]] - events[i]
        if events[i] > 0 or draw(word, 0, 0) >= (1.0 - visibility) ** others:
            j = somebody_else(i, unit, manager, ties, week, draw(word, 0, 2), reach)
            if j >= 0:
                has_heard[j] = True
    count = 0
    for i in range(len(fear)):
        if has_heard[i]:
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
        live_in_climate(
            organization.state,
            self._reacting(organization),
            self._feeling(),
            organization.period,
            (
                organization.key("reactions"),
                organization.key("word of punishment"),
                organization.key("word of kindness"),
            ),
        )

    def _reacting(self, organization: Organization) -> tuple[Any, ...]:
        """``Reacting`` for a kernel."""
        rule, managers = self.parameters, organization.parameters["leadership"]
        return (
            float(rule.visibility),
            float(rule.reaction),
            float(organization.parameters["structure"].enabling),
            np.float32(managers.inclusiveness),
            np.float32(managers.spread),
            float(rule.rumour),
        )

    def _feeling(self) -> tuple[float, ...]:
        """``Feeling`` for a kernel."""
        rule = self.parameters
        return (
            float(rule.punished),
            float(rule.punished_witness),
            float(rule.kindness),
            float(rule.kindness_witness),
            float(rule.base_fear),
            float(rule.recovery),
            float(rule.belonging_rate),
            float(rule.purpose_fading),
        )

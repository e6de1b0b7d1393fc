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

from sim.acquaintance.word_of_mouth import KIND, PUNISHED, hear, list_tellers, spread_word
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
    met, in_unit = state.met, state.unit_met
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
    chances = (reacting.visibility, reacting.rumour)
    has_heard, person, tellers = state.has_heard, state.person, state.tellers
    count = list_tellers(met, in_unit, unit, person, chances, tellers, keys)
    ties = (state.contact, state.familiarity, state.last_met)
    where = (unit, state.manager, person, ties)
    spread_word(tellers, count, where, has_heard, state.reach_so_far, week, keys)
    # Who hears of it feels as a witness does.
    tally[PUNISHMENTS_TRAVELLED] += hear(has_heard[PUNISHED], fear, feeling.punished_witness, 1.0)
    tally[KINDNESS_TRAVELLED] += hear(has_heard[KIND], fear, feeling.kindness_witness, 0.0)


@in_place
def react(failures, unit, person, rule, met, in_unit, tally, key):
    """Draw how this week's failures are met; writes counts by person, ``met``, and by unit.

    ``met`` (2, people) and ``in_unit`` (2, units) are those ``PUNISHED`` and those ``KIND``.
    ``failures`` are noticed, raised and reprimanded (people,), and the inclusiveness of everybody's
    manager. A raised failure is heard with probability ``rule.enabling``; otherwise the manager
    reacts as they are, kindly with probability ``inclusiveness``. One that was worked around is
    seen with probability ``visibility`` and then draws a reaction with probability ``reaction``.
    A reprimand is counted where it is made, and felt like any other punishment.
    """
    noticed, raised, reprimanded, inclusiveness = failures
    for u in range(in_unit.shape[1]):
        in_unit[PUNISHED, u] = in_unit[KIND, u] = 0
    reacts, punishing, kind = rule.visibility * rule.reaction, 0, 0
    for i in range(len(noticed)):
        own_punishing, own_kind, count = 0, 0, raised[i] + noticed[i]
        word = fold(key, person[i])
        for n in range(count):
            is_raised = n < raised[i]
            if not is_raised and draw(word, n, 0) >= reacts:
                continue
            heard = is_raised and draw(word, n, 1) < rule.enabling
            is_kind = heard or draw(word, n, 2) < inclusiveness[i]
            own_kind += is_kind
            own_punishing += not is_kind
        punishing += own_punishing
        kind += own_kind
        met[PUNISHED, i], met[KIND, i] = own_punishing + reprimanded[i], own_kind
        in_unit[PUNISHED, unit[i]] += met[PUNISHED, i]
        in_unit[KIND, unit[i]] += own_kind
    tally[REACTIONS_PUNISHING] += punishing
    tally[REACTIONS_KIND] += kind


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
    punished, kind = met[PUNISHED], met[KIND]
    unit_punished, unit_kind = in_unit[PUNISHED], in_unit[KIND]
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

    def __init__(self, parameters: Any = None) -> None:
        super().__init__(parameters)
        #: Plain tuples in the order of ``Reacting`` and ``Feeling``, and what they were made of.
        self._rules: tuple[tuple[Any, ...], tuple[float, ...]] = ((), ())
        self._made_of: tuple[Any, ...] = ()

    def apply(self, organization: Organization) -> None:
        sections, key = organization.parameters, organization.key
        made_of = (self.parameters, sections["structure"], sections["leadership"])
        if made_of != self._made_of:
            self._rules, self._made_of = rules_of(*made_of), made_of
        keys = (key("reactions"), key("word of punishment"), key("word of kindness"))
        live_in_climate(organization.state, *self._rules, organization.period, keys)


def rules_of(rule: Any, structure: Any, managers: Any) -> tuple[tuple[Any, ...], tuple[float, ...]]:
    """``Reacting`` and ``Feeling`` for a kernel, of three sections of parameters."""
    reacting = (
        float(rule.visibility),
        float(rule.reaction),
        float(structure.enabling),
        np.float32(managers.inclusiveness),
        np.float32(managers.spread),
        float(rule.rumour),
    )
    feeling = (
        float(rule.punished),
        float(rule.punished_witness),
        float(rule.kindness),
        float(rule.kindness_witness),
        float(rule.base_fear),
        float(rule.recovery),
        float(rule.belonging_rate),
        float(rule.purpose_fading),
    )
    return reacting, feeling

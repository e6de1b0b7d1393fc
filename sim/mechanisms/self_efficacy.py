"""Self-efficacy: people come to trust their ability by what they, and others like them, manage.

Mastery weighs more than the example of others, that more than persuasion, and that more than
arousal [Bandura; order verified, weights assumptions]. It drives attempts and acting (``pdsa``);
it never enters handling, so it is a product of performance before it is a cause [SitzmannYeo2013].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.kernels import in_place
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


@in_place
def live_and_believe(state, visibility, weights, rate, base_fear):
    """Move everybody's self-efficacy on by a week; for arguments see ``believe_in_oneself``."""
    alike = (state.first_alike, state.alike_cases, state.alike_success)
    find_alike(state.level, state.unit, state.unit_first, state.next_rank, state.first_alike)
    believe_in_oneself(
        state.self_efficacy,
        state.fear,
        state.mindset,
        state.encouragement,
        state.week_cases,
        state.week_success,
        alike,
        visibility,
        weights,
        rate,
        base_fear,
    )


@in_place
def find_alike(level, unit, unit_first, next_rank, first_alike):
    """Note for everybody the first seat of their unit at their own level, in ``first_alike``.

    ``unit_first`` (units,) and ``next_rank`` (people,) are overwritten: the first seat of a unit,
    and of its next level.
    """
    for u in range(len(unit_first)):
        unit_first[u] = -1
    for i in range(len(unit)):
        next_rank[i] = -1
        last, j = -1, unit_first[unit[i]]
        while j >= 0 and level[j] != level[i]:
            last, j = j, next_rank[j]
        first_alike[i] = j if j >= 0 else i
        if j < 0 and last < 0:
            unit_first[unit[i]] = i
        elif j < 0:
            next_rank[last] = i


@in_place
def believe_in_oneself(
    self_efficacy,
    fear,
    mindset,
    encouragement,
    week_cases,
    week_success,
    alike,
    visibility,
    weights,
    rate,
    base_fear,
):
    """Move self-efficacy on by a week.

    ``weights``: mastery, vicarious, persuasion, arousal. Falling short of what one expected of
    oneself counts the less the more one believes that ability grows (mindset 1: half). Without
    cases of one's own, or of similar others, that term is missing. ``alike`` are the first seat of
    those like each (see ``find_alike``), and room for two numbers a person.
    """
    first_alike, cases, success = alike
    people = len(self_efficacy)
    for i in range(people):
        cases[i] = success[i] = 0.0
    for i in range(people):
        cases[first_alike[i]] += week_cases[i]
        success[first_alike[i]] += week_success[i]
    for i in range(people):
        own, change = self_efficacy[i], 0.0
        if week_cases[i] > 0.0:
            surprise = week_success[i] / week_cases[i] - own
            if surprise < 0.0:
                surprise *= 1.0 - 0.5 * mindset[i]
            change += weights[0] * surprise
        others = cases[first_alike[i]] - week_cases[i]
        if others > 0.0:
            seen = (success[first_alike[i]] - week_success[i]) / others
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
        rule, climate = self.parameters, organization.parameters["climate"]
        live_and_believe(
            organization.state,
            float(climate.visibility),
            (
                float(rule.mastery),
                float(rule.vicarious),
                float(rule.persuasion),
                float(rule.arousal),
            ),
            float(rule.rate),
            float(climate.base_fear),
        )

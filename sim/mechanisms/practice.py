"""Practice: use deepens skill and turns text into know-how; what is not used fades.

Unused beliefs are lost faster the less they were practised; explicit knowledge goes faster than
skill [TatelAckerman]. Acting by the code without an opinion of one's own can leave one behind, and
it is tacit: one can do it, not yet explain it (internalization).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.kernels import in_place
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import draw, fold
from sim.tallies import BELIEFS_FORGOTTEN, INTERNALIZATION_FLOW

if TYPE_CHECKING:
    from sim.organization import Organization


class PracticeParameters(Parameters):
    deepening: float = parameter(
        0.1,
        unit="share of what is missing, per week of use",
        bounds=(0, 1),
        doc="How much a week of use deepens practice.",
        source="new hires reach full output after 28 (12-52) weeks (MEM); value " + ASSUMPTION,
    )
    internalization: float = parameter(
        0.05,
        unit="probability per dimension and week of use",
        bounds=(0, 1),
        doc="Chance that acting by the code leaves one with a belief of one's own, tacit.",
        source=".02-.15 a use (MECHANISMS A1); " + ASSUMPTION,
    )
    forgetting: float = parameter(
        0.024,
        unit="probability per week unused, at practice 0",
        bounds=(0, 1),
        doc="Chance that an unused belief is lost; falls in proportion to practice.",
        source="TatelAckerman, V37: accuracy 2.4 % a week",
    )
    fading: float = parameter(
        0.012,
        unit="share per week unused",
        bounds=(0, 1),
        doc="How much of unused practice is lost.",
        source="TatelAckerman, V37: speed 1.2 % a week",
    )


@in_place
def use_or_lose(
    beliefs,
    articulated,
    practice,
    used,
    code,
    deepening,
    internalization,
    forgetting,
    fading,
    person,
    luck,
    happens,
    key,
):
    """Deepen what was used this week, fade what was not; gives (internalized, forgotten).

    All arrays (people, dimensions) but ``code`` (dimensions,); writes beliefs, articulated and
    practice. ``luck`` (dimensions,) float64 and ``happens`` (dimensions,) bool are room to work in.
    """
    internalized, forgotten = 0, 0
    kept = 1.0 - fading
    for i in range(beliefs.shape[0]):
        views, skill, use, word = beliefs[i], practice[i], used[i], fold(key, person[i])
        # Draws by themselves, and nothing that branches: a machine makes several at once.
        for d in range(len(luck)):
            luck[d] = draw(word, d, 0)
        some = False
        for d in range(len(luck)):
            in_use, depth = use[d], skill[d]
            skill[d] = depth + deepening * (1.0 - depth) if in_use else depth * kept
            chance = internalization if in_use else forgetting * (1.0 - depth)
            happens[d] = (luck[d] < chance) & ((views[d] == 0) == in_use)
            some |= happens[d]
        if not some:
            continue
        for d in range(len(luck)):
            if happens[d] and not use[d]:
                views[d] = 0
                articulated[i, d] = False
                forgotten += 1
            elif happens[d] and code[d] != 0:
                views[d] = code[d]
                articulated[i, d] = False
                internalized += 1
    return internalized, forgotten


@in_place
def use_or_forget(state, deepening, internalization, forgetting, fading, key):
    """What becomes of everybody's skills and beliefs in a week, and how many of these."""
    tally = state.tally
    internalized, forgotten = use_or_lose(
        state.beliefs,
        state.articulated,
        state.practice,
        state.used,
        state.code,
        deepening,
        internalization,
        forgetting,
        fading,
        state.person,
        state.chances,
        state.happens,
        key,
    )
    tally[INTERNALIZATION_FLOW] += internalized
    tally[BELIEFS_FORGOTTEN] += forgotten


class Practice(Mechanism):
    name = "practice"
    Parameters = PracticeParameters
    reads = ("beliefs", "practice", "used", "code", "person")
    writes = ("beliefs", "articulated", "practice", "used", "tally")
    null = {
        "practice.deepening": 0.0,
        "practice.internalization": 0.0,
        "practice.forgetting": 0.0,
        "practice.fading": 0.0,
    }

    def apply(self, organization: Organization) -> None:
        parameters, structure = self.parameters, organization.parameters["structure"]
        use_or_forget(
            organization.state,
            float(parameters.deepening),
            # Only use by the code leaves its mark, and that is how often it is used.
            float(parameters.internalization * structure.formalization),
            float(parameters.forgetting),
            float(parameters.fading),
            organization.key("use or lose"),
        )

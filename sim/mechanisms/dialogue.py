"""Dialogue: people talk with clients about what was done for them.

Nobody at work notices every failure; clients do [document 003: dialogue across the boundary of the
organization]. A client whose request went out wrong says what would have worked, which may be right
or wrong itself. Whether that is heard depends on a barrier of status between people and clients,
the same for people of every rank. Who is heard has been answered, and knows to be so; who did the
work learns that it had failed. Talking takes time, and clients who are content teach nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.kernels import in_place
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import draw, fold
from sim.tallies import (
    BELIEFS_FROM_CLIENTS,
    CLIENT_TALKS,
    CLIENT_WORDS,
    CLIENT_WORDS_UNHEARD,
    DIALOGUE,
)

if TYPE_CHECKING:
    from sim.organization import Organization
    from sim.scenario.settings import Settings

#: What a draw about one talk decides.
WHO, BARRIER, WHAT, INSIGHT, ADOPTION = range(5)


class DialogueParameters(Parameters):
    hours: float = parameter(
        0.0,
        unit="hours per week",
        bounds=(0, 40),
        doc="Time a person spends talking with clients; 0: no dialogue.",
        source=ASSUMPTION,
    )
    talks: float = parameter(
        2.0,
        unit="talks per hour",
        bounds=(0, 60),
        doc="Clients a person talks with in an hour.",
        source=ASSUMPTION,
    )
    insight: float = parameter(
        0.7,
        unit="probability per word",
        bounds=(0, 1),
        doc="Chance that what a client says would have worked does work; at less than a half they "
        "mislead.",
        source=ASSUMPTION,
    )
    status_barrier: float = parameter(
        0.3,
        unit="probability per word",
        bounds=(0, 1),
        doc="Chance that what a client says is not heard, whoever they say it to.",
        source="document 003 (barriers of status); value " + ASSUMPTION,
    )
    uptake: float = parameter(
        0.3,
        unit="probability per word heard",
        bounds=(0, 1),
        doc="Chance that a person takes over what they heard. The default is that of talk in "
        "groups (`interpersonal.rate`), so that the two can be compared.",
        source=ASSUMPTION,
    )


@in_place
def hold_dialogue(state, hours, rule, key):
    """Let everybody talk with clients for their part of ``hours`` (a float32) of learning."""
    share, had = state.learning_share, state.dialogue_hours
    for i in range(len(share)):
        had[i] = hours * share[i]
    talk_with_clients(
        had,
        rule,
        state.reality,
        state.beliefs,
        state.articulated,
        state.unhappy,
        state.record_success,
        state.learning_rate,
        state.person,
        state.requests_so_far,
        state.tally,
        key,
    )


@in_place
def talk_with_clients(
    hours,
    rule,
    reality,
    beliefs,
    articulated,
    unhappy,
    record_success,
    learning_rate,
    person,
    reached,
    tally,
    key,
):
    """Let everybody talk with their clients for ``hours`` (people,).

    ``rule`` are talks an hour, insight, status barrier and uptake. A talk is with a client whose
    request was closed wrong as long as there is one among ``unhappy`` (people, blocks), drawn by
    how many there are of each block; part of one counts as a chance. They name one dimension of the
    block, and what works there with the chance of insight, else the contrary. Who hears it takes it
    over with the chance ``uptake * learning_rate``; the client has been answered, and the case no
    longer stands as a success in ``record_success`` (people, blocks). ``reached`` (blocks,) is room
    for sums.
    """
    talks, insight, barrier, uptake = rule
    people, blocks = unhappy.shape
    complexity = len(reality) // blocks
    for i in range(people):
        own = fold(key, person[i])
        for n in range(int(talks * hours[i] + draw(own, 0, 0))):
            word = fold(own, n + 1)
            tally[CLIENT_TALKS] += 1.0
            b = whose_request(unhappy[i], reached, draw(word, WHO, 0))
            if b < 0:
                continue
            tally[CLIENT_WORDS] += 1.0
            if draw(word, BARRIER, 0) < barrier:
                tally[CLIENT_WORDS_UNHEARD] += 1.0
                continue
            d = b * complexity + int(draw(word, WHAT, 0) * complexity)
            value = reality[d] if draw(word, INSIGHT, 0) < insight else -reality[d]
            if beliefs[i, d] != value and draw(word, ADOPTION, 0) < uptake * learning_rate[i]:
                beliefs[i, d] = value
                articulated[i, d] = True
                tally[BELIEFS_FROM_CLIENTS] += 1.0
            answered = min(unhappy[i, b], 1.0)
            unhappy[i, b] -= answered
            record_success[i, b] = max(record_success[i, b] - answered, 0.0)


@in_place
def whose_request(unhappy, reached, luck):
    """The block of the request a client talks of, by counts ``unhappy`` (blocks,); -1 for none.

    ``reached`` (blocks,) is room for their sums so far.
    """
    total, so_far = np.float32(0.0), 0.0
    for b in range(len(unhappy)):
        total += unhappy[b]
        so_far += unhappy[b]
        reached[b] = so_far
    # Sums only rise: the first beyond the target comes after all that are not.
    target, place = luck * max(total, 1.0), 0
    for b in range(len(unhappy)):
        place += reached[b] <= target
    return place if place < len(unhappy) else -1


def client_blocks(settings: Settings, blocks: int) -> int:
    """By how many blocks it is remembered what clients know; 0 where nobody ever talks with one."""
    if "dialogue" in settings.without:
        return 0
    later = [(event.set or {}).get("dialogue.hours", 0.0) for event in settings.events]
    numbers = [hours for hours in later if isinstance(hours, int | float)]
    return blocks if max(settings.dialogue.hours, *numbers, 0.0) > 0.0 else 0


class Dialogue(Mechanism):
    name = "dialogue"
    Parameters = DialogueParameters
    reads = ("reality", "learning_rate", "learning_share", "person")
    writes = ("beliefs", "articulated", "unhappy", "record_success", "tally")
    null = {"dialogue.hours": 0.0}

    def plan(self, organization: Organization) -> None:
        if self.parameters.hours > 0.0:
            organization.planned[:, DIALOGUE] += self.parameters.hours

    def apply(self, organization: Organization) -> None:
        rule = self.parameters
        if rule.hours == 0.0:
            return
        hold_dialogue(
            organization.state,
            np.float32(rule.hours),
            (
                float(rule.talks),
                float(rule.insight),
                float(rule.status_barrier),
                float(rule.uptake),
            ),
            organization.key("dialogue"),
        )

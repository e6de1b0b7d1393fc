"""Showing what came of a change that nobody had to approve: to one's unit, and one's community.

The steps of the mechanism ``approvals`` that follow adoption.
"""

from __future__ import annotations

from sim.acquaintance.participation import closeness
from sim.acquaintance.ties import familiar
from sim.kernels import in_place, kernel
from sim.learning.regulators import Regulators, passes
from sim.places.compartments import walled_off
from sim.randomness import draw, fold
from sim.tallies import COMBINATION_FLOW, LEAKED


@in_place
def show_result(
    colleagues,
    i,
    d,
    value,
    beliefs,
    articulated,
    rate,
    learning_rate,
    stranger,
    contact,
    familiarity,
    last_met,
    cell,
    isolation,
    leaks,
    regulators,
    influence,
    person,
    tally,
    week,
    key,
):
    """Show colleagues what came of a trial.

    Each takes it over with the chance of following one known person's word (see
    ``interpersonal``) as far as it passes their regulators, unless a wall stands between their
    cells, ``isolation``. Where ``leaks``, it is noted what got through to another cell.
    ``regulators`` is a plain tuple; what is taken over adds to ``influence`` (people,).
    """
    regulators = Regulators(*regulators)
    for j in colleagues:
        if j == i or beliefs[j, d] == value:
            continue
        if isolation > 0.0:
            luck = draw(fold(key, person[i]), person[j], 1)
            if walled_off(cell, i, j, isolation, luck):
                continue
        known = familiar(contact, familiarity, last_met, j, i, week)
        chance = rate * learning_rate[j] * (stranger + (1.0 - stranger) * known)
        chance *= passes(
            regulators.strength,
            regulators.self_efficacy[j],
            regulators.ethics[j],
            regulators.improper[d] == value,
        )
        if draw(fold(key, person[i]), person[j], 0) < chance:
            beliefs[j, d] = value
            articulated[j, d] = True
            influence[i] += 1.0
            tally[COMBINATION_FLOW] += 1.0
            if leaks and cell[i] != cell[j]:
                tally[LEAKED] += 1.0


@kernel
def speaks_for(i, members, delegation, contact, familiarity, last_met, community, week, luck):
    """Whether ``i`` speaks this week for the community of which ``members`` are the seats.

    The chance is ``delegation`` for the member who knows the others best on average, and less in
    proportion for everybody else; ``luck`` from 0 to 1 decides.
    """
    if luck >= delegation:
        return False
    close = closeness(members, contact, familiarity, last_met, community, week)
    own, closest = 0.0, 0.0
    for a in range(len(members)):
        closest = max(closest, close[a])
        if members[a] == i:
            own = close[a]
    return luck * closest < delegation * own

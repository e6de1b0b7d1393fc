"""Showing what came of a change that nobody had to approve: to one's unit, and one's community.

The steps of the mechanism ``approvals`` that follow adoption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.participation import closeness, communities_meet
from sim.acquaintance.ties import familiar
from sim.kernels import in_place
from sim.learning.regulators import Regulators, passes, regulators_of
from sim.places.compartments import walled_off
from sim.randomness import draw, fold
from sim.tallies import COMBINATION_FLOW, LEAKED

if TYPE_CHECKING:
    from sim.organization import Organization


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


def show_change(organization: Organization, i: int, d: int, value: np.int8) -> None:
    """Show a change of ``i`` to the unit, and to the community if ``i`` speaks for it."""
    cells = organization.parameters["cells"]
    isolation = cells.isolation
    unit = int(organization.unit[i])
    low, high = organization.team_start[unit : unit + 2]
    colleagues = organization.team_member[low:high]
    leaks = isolation > 0.0 or cells.hours > 0.0
    _show_to(organization, colleagues, i, d, value, isolation, leaks)
    if speaks_for_community(organization, i):
        _show_to(organization, community_of(organization, i), i, d, value, 0.0, False)


def community_of(organization: Organization, i: int) -> NDArray[np.int32]:
    """Seats of the community of ``i``."""
    community = int(organization.community[i])
    low, high = organization.community_start[community : community + 2]
    members: NDArray[np.int32] = organization.community_member[low:high]
    return members


def speaks_for_community(organization: Organization, i: int) -> bool:
    """Whether ``i`` speaks for their community this week.

    The chance is ``communities.delegation`` for the member who knows the others best on average,
    and less in proportion for everybody else; where no community meets nobody does.
    """
    delegation = organization.parameters["communities"].delegation
    if delegation == 0.0 or not communities_meet(organization):
        return False
    luck = draw(organization.key("speaking for the community"), organization.person[i], 0)
    if luck >= delegation:
        return False
    members = community_of(organization, i)
    close = closeness(
        members,
        organization.contact,
        organization.familiarity,
        organization.last_met,
        organization.community,
        organization.period,
    )
    return bool(luck * close.max() < delegation * close[members == i][0])


def _show_to(
    organization: Organization,
    colleagues: NDArray[np.int32],
    i: int,
    d: int,
    value: np.int8,
    isolation: float,
    leaks: bool,
) -> None:
    rule = organization.parameters["interpersonal"]
    show_result(
        colleagues,
        i,
        d,
        value,
        organization.beliefs,
        organization.articulated,
        rule.rate,
        organization.learning_rate,
        rule.stranger,
        organization.contact,
        organization.familiarity,
        organization.last_met,
        organization.cell,
        isolation,
        leaks,
        regulators_of(organization),
        organization.influence,
        organization.person,
        organization.tally,
        organization.period,
        organization.key("showing results"),
    )

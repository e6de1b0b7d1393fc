"""What becomes of a change that is adopted: the rule, or its owner's way of working.

The step of the mechanism ``approvals`` that follows consent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.participation import communities_meet, diversity_around
from sim.kernels import kernel
from sim.learning.showing import show_result, speaks_for
from sim.randomness import draw
from sim.tallies import (
    APPROVAL_WEEKS,
    CHANGES_ADOPTED,
    CHANGES_FROM_FRONT,
    CHANGES_GAIN,
    CHANGES_RIGHT,
    DIVERSITY_OF_CHANGES,
    DIVERSITY_OF_RIGHT_CHANGES,
)

if TYPE_CHECKING:
    from sim.organization import Organization

#: What becomes of a proposal: nothing yet or never, the rule, its owner's way of working.
NOT_ADOPTED, RULE, LOCAL = 0, 1, 2


@kernel
def _put_into_force(
    adopted,
    dimension,
    tried,
    true_gain,
    submitted,
    codifiable,
    reality,
    code,
    rule_author,
    code_success,
    code_cases,
    views,
    beliefs,
    articulated,
    encouragement,
    level,
    unit,
    team_start,
    team_member,
    cell,
    community,
    community_start,
    community_member,
    learning_rate,
    self_efficacy,
    ethics,
    improper,
    contact,
    familiarity,
    last_met,
    influence,
    person,
    tally,
    complexity,
    rate,
    stranger,
    regulators,
    isolation,
    leaks,
    delegation,
    week,
    showing,
    speaking,
):
    """Put what is ``adopted`` into force: in the code, or among the colleagues of one's unit.

    ``views`` are beliefs as the period opened; ``showing`` and ``speaking`` are keys. What the code
    says already is marked as ``NOT_ADOPTED``.
    """
    seats = np.flatnonzero(adopted)
    diversity = diversity_around(seats, views, contact, familiarity, last_met, week)
    taking_up = (regulators, self_efficacy, ethics, improper)
    for n in range(len(seats)):
        i = seats[n]
        d, value = dimension[i], tried[i]
        # What cannot be written down stays what it is: somebody's way of working.
        is_rule = adopted[i] == RULE and codifiable[d]
        if is_rule and code[d] == value:
            adopted[i] = NOT_ADOPTED
            continue
        right = value == reality[d]
        encouragement[i] += 0.5
        tally[APPROVAL_WEEKS] += week - submitted[i]
        tally[CHANGES_ADOPTED] += 1.0
        tally[CHANGES_RIGHT] += right
        tally[CHANGES_GAIN] += true_gain[i]
        tally[CHANGES_FROM_FRONT] += level[i] == 0
        tally[DIVERSITY_OF_CHANGES] += diversity[n]
        tally[DIVERSITY_OF_RIGHT_CHANGES] += diversity[n] * right
        if is_rule:
            code[d], rule_author[d] = value, i
            code_success[d // complexity] = 0.0
            code_cases[d // complexity] = 0.0
            continue
        g = community[i]
        members = community_member[community_start[g] : community_start[g + 1]]
        speaks = delegation > 0.0 and speaks_for(
            *(i, members, delegation, contact, familiarity, last_met, community, week),
            draw(speaking, person[i], 0),
        )
        # First the unit is shown what came of it, then the community, where there are no walls.
        for to_community in range(2 if speaks else 1):
            g = unit[i]
            colleagues = team_member[team_start[g] : team_start[g + 1]]
            show_result(
                members if to_community else colleagues,
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
                0.0 if to_community else isolation,
                leaks and not to_community,
                taking_up,
                influence,
                person,
                tally,
                week,
                showing,
            )


def put_into_force(organization: Organization, adopted: NDArray[np.int8]) -> None:
    """Put what is ``adopted`` (people,) into force; what the code says already is cleared there."""
    interpersonal, cells = (organization.parameters[name] for name in ("interpersonal", "cells"))
    meet = communities_meet(organization)
    _put_into_force(
        adopted,
        organization.trial_dimension,
        organization.trial_value,
        organization.trial_truth,
        organization.trial_submitted,
        organization.codifiable,
        organization.reality,
        organization.code,
        organization.rule_author,
        organization.code_success,
        organization.code_cases,
        organization.opening.beliefs,
        organization.beliefs,
        organization.articulated,
        organization.encouragement,
        organization.level,
        organization.unit,
        organization.team_start,
        organization.team_member,
        organization.cell,
        organization.community,
        organization.community_start,
        organization.community_member,
        organization.learning_rate,
        organization.self_efficacy,
        organization.ethics,
        organization.improper,
        organization.contact,
        organization.familiarity,
        organization.last_met,
        organization.influence,
        organization.person,
        organization.tally,
        organization.complexity,
        interpersonal.rate,
        interpersonal.stranger,
        float(interpersonal.regulators),
        cells.isolation,
        cells.isolation > 0.0 or cells.hours > 0.0,
        organization.parameters["communities"].delegation if meet else 0.0,
        organization.period,
        organization.key("showing results"),
        organization.key("speaking for the community"),
    )

"""What becomes of a change that is adopted: the rule, or its owner's way of working.

The step of the mechanism ``approvals`` that follows consent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acquaintance.participation import communities_meet, diversity_about
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
    state, complexity, rate, stranger, regulators, isolation, leaks, delegation, week, keys
):
    """Put what is ``adopted`` into force: in the code, or among the colleagues of one's unit.

    ``keys`` are those of showing and of speaking. What the code says already is marked as
    ``NOT_ADOPTED``.
    """
    adopted, dimension, tried = state.adopted, state.trial_dimension, state.trial_value
    true_gain, submitted = state.trial_truth, state.trial_submitted
    code, codifiable, reality = state.code, state.codifiable, state.reality
    rule_author = state.rule_author
    code_success, code_cases = state.code_success, state.code_cases
    views, beliefs, articulated = state.opening_beliefs, state.beliefs, state.articulated
    encouragement, level, cell, tally = state.encouragement, state.level, state.cell, state.tally
    unit, team_start, team_member = state.unit, state.team_start, state.team_member
    community, community_start = state.community, state.community_start
    community_member = state.community_member
    learning_rate, influence, person = state.learning_rate, state.influence, state.person
    contact, familiarity, last_met = state.contact, state.familiarity, state.last_met
    taking_up = (regulators, state.self_efficacy, state.ethics, state.improper)
    showing, speaking = keys
    for i in range(len(adopted)):
        if adopted[i] == NOT_ADOPTED:
            continue
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
        diversity = diversity_about(i, views, contact, familiarity, last_met, week)
        tally[DIVERSITY_OF_CHANGES] += diversity
        tally[DIVERSITY_OF_RIGHT_CHANGES] += diversity * right
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


def put_into_force(organization: Organization) -> None:
    """Put what is ``adopted`` into force; what the code says already is cleared there."""
    interpersonal, cells = (organization.parameters[name] for name in ("interpersonal", "cells"))
    meet = communities_meet(organization)
    _put_into_force(
        organization.state,
        organization.complexity,
        float(interpersonal.rate),
        float(interpersonal.stranger),
        float(interpersonal.regulators),
        float(cells.isolation),
        cells.isolation > 0.0 or cells.hours > 0.0,
        float(organization.parameters["communities"].delegation if meet else 0.0),
        organization.period,
        (organization.key("showing results"), organization.key("speaking for the community")),
    )

"""Approvals: in a hierarchy a change needs the consent of some of the levels above.

Each approver judges anew, with own noise and own belief, first come first served, in little time.
So hierarchies screen out bad changes, and are slow [SahStiglitz1986].

What the line has approved becomes the rule, and so does what somebody at the top decides. A change
that nobody has to approve is its owner's own way of working: colleagues of the unit are shown what
came of it, and it becomes the rule when enough others do better by it (``codification``). Whoever
is known in their community may speak for it, and is heard there too (``communities.delegation``).
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np

from sim.acquaintance.participation import communities_meet, edges_of
from sim.kernels import in_place
from sim.learning.adopted_changes import LOCAL, NOT_ADOPTED, RULE, put_into_force
from sim.learning.regulators import REGULATOR_READS
from sim.learning.trials import NONE, WAITING, try_again
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import draw, draw_normal, fold
from sim.tallies import (
    APPROVAL,
    CHANGES_FROM_CORE,
    CHANGES_FROM_EDGE,
    PROPOSALS_REFUSED,
)

if TYPE_CHECKING:
    from sim.organization import Organization

#: Weeks after which it is looked at where in communities changes came from: that is costly, and
#: places change slowly.
QUARTER = 13


class ApprovalsParameters(Parameters):
    hours_each: float = parameter(
        0.5,
        unit="hours per proposal",
        bounds=(0.01, 40),
        doc="Time it takes to judge a proposal.",
        source=ASSUMPTION,
    )
    hours_most: float = parameter(
        2.0,
        unit="hours per week",
        bounds=(0, 40),
        doc="Most time an approver gives to proposals; what does not fit waits.",
        source=ASSUMPTION,
    )
    least_weeks: int = parameter(
        1,
        unit="weeks per level",
        bounds=(0, 52),
        doc="Shortest stay of a proposal at a level.",
        source="approval delays of 1-8 weeks (MECHANISMS A2); " + ASSUMPTION,
    )
    noise: float = parameter(
        0.2,
        unit="standard deviation of the gain",
        bounds=(0, 10),
        doc="Error of an approver's own impression of the reported gain.",
        source="SahStiglitz1986 (fallible screens); value " + ASSUMPTION,
    )
    prior_gain: float = parameter(
        0.2,
        unit="gain",
        bounds=(0, 10),
        doc="Gain an approver expects of a change to what they believe in; its loss otherwise.",
        source=ASSUMPTION,
    )
    prior_spread: float = parameter(
        0.2,
        unit="standard deviation of the gain",
        bounds=(0.001, 10),
        doc="How unsure approvers are of that expectation: the larger, the more evidence counts.",
        source=ASSUMPTION,
    )


@in_place
def approves(belief, value, reported, noise, luck, prior_gain, prior_spread, hurdle):
    """Whether an approver consents: their posterior mean of the gain exceeds ``hurdle``.

    Normal prior around ``prior_gain`` for a change to what they believe in (its negative for one
    away from it, 0 without an opinion); normal evidence, the reported gain with error ``noise``
    times ``luck`` (standard normal).
    """
    prior = prior_gain * belief * value
    trusted = prior_spread**2 / (prior_spread**2 + noise**2)
    posterior = (1.0 - trusted) * prior + trusted * (reported + noise * luck)
    return posterior > hurdle


@in_place
def plan_approvals(state, hours_each, hours_most):
    """Add to ``planned`` the hours for all proposals that wait for one's consent, as far as any."""
    planned, asked = state.planned, state.proposals_asked
    stage, left, approver = state.trial_stage, state.trial_left, state.trial_approver
    for a in range(len(asked)):
        asked[a] = 0
    for i in range(len(stage)):
        if stage[i] == WAITING and left[i] > 0 and approver[i] >= 0:
            asked[approver[i]] += 1
    for a in range(len(asked)):
        planned[a, APPROVAL] += min(asked[a] * hours_each, hours_most)


@in_place
def oldest_first(waiting, count, since):
    """Order the first ``count`` seats of ``waiting`` by the week ``since`` which they do.

    Those of one week keep their order.
    """
    for n in range(1, count):
        i, place = waiting[n], n
        while place > 0 and since[waiting[place - 1]] > since[i]:
            waiting[place] = waiting[place - 1]
            place -= 1
        waiting[place] = i


@in_place
def judge(
    state,
    is_counted,
    hours_each,
    hours_most,
    centralization,
    least_weeks,
    screen,
    persistence,
    week,
    key,
):
    """Let every proposal move on; writes ``adopted`` and the ``trial_*`` arrays.

    ``adopted`` is RULE where a change becomes the rule, LOCAL where it is its owner's. Everybody
    has the hours they planned to judge proposals, or ``hours_most`` where hours are not counted.
    These are taken in the order in which they reached their approver, then by seat. ``screen`` are
    noise, prior gain, its spread, and the hurdle. Whoever is refused may begin the trial again
    (``persistence``). Gives how many were adopted.
    """
    stage, dimension, tried = state.trial_stage, state.trial_dimension, state.trial_value
    gain, submitted, since = state.trial_gain, state.trial_submitted, state.trial_since
    approver, left, progress = state.trial_approver, state.trial_left, state.trial_progress
    repeats, self_efficacy, beliefs = (
        state.trial_repeats,
        state.self_efficacy,
        state.opening_beliefs,
    )
    manager, level, person, hours = state.manager, state.level, state.person, state.hours
    encouragement, tally = state.encouragement, state.tally
    waiting, room, adopted = state.waiting, state.approver_room, state.adopted
    noise, prior_gain, prior_spread, hurdle = screen
    count, number, top = 0, 0, 0
    for i in range(len(stage)):
        adopted[i] = NOT_ADOPTED
        waiting[count] = i
        count += stage[i] == WAITING
        top = max(top, level[i])
        available = float(hours[i, APPROVAL]) if is_counted else hours_most
        # Hours are kept in single precision: a thousandth of a proposal is rounding.
        room[i] = math.floor(available / hours_each + 1e-3)
    for n in range(count):
        i = waiting[n]
        if submitted[i] == week:
            # Levels above that must consent: a share of those there are.
            left[i], since[i] = int(np.round(centralization * (top - level[i]))), week
            approver[i] = manager[i]
    oldest_first(waiting, count, since)
    for n in range(count):
        i = waiting[n]
        if left[i] > 0 and approver[i] >= 0:
            a = approver[i]
            if week - since[i] < least_weeks or room[a] <= 0:
                continue
            room[a] -= 1
            word, belief = fold(key, person[i]), beliefs[a, dimension[i]]
            luck = draw_normal(word, person[a], 0)
            consents = approves(
                belief, tried[i], gain[i], noise, luck, prior_gain, prior_spread, hurdle
            )
            if not consents:
                stage[i] = NONE
                encouragement[i] -= 0.5
                tally[PROPOSALS_REFUSED] += 1.0
                luck = draw(word, person[i], 1)
                try_again(i, stage, progress, repeats, persistence, self_efficacy, tally, luck)
                continue
            left[i] -= 1
            since[i] = week
            approver[i] = manager[a]
        if left[i] == 0 or approver[i] < 0:
            stage[i] = NONE
            # Nobody was asked, and it is not the top: nobody's business but one's own.
            asked = np.round(centralization * (top - level[i])) > 0 and manager[i] >= 0
            adopted[i] = RULE if asked or level[i] == top else LOCAL
            number += 1
    return number


class Approvals(Mechanism):
    name = "approvals"
    Parameters = ApprovalsParameters
    reads = (
        *("beliefs", "manager", "level", "person", "reality", "codifiable"),
        "trial_submitted",
        *("trial_dimension", "trial_value", "trial_gain", "trial_truth", "unit", "team_start"),
        *("team_member", "learning_rate", "contact", "familiarity", "last_met", "hours", "cell"),
        *("community", "community_start", "community_member", "tenure"),
        *REGULATOR_READS,
    )
    writes = (
        *(
            "beliefs",
            "articulated",
            "code",
            "code_success",
            "code_cases",
            "rule_author",
            "encouragement",
            "tally",
            "trial_stage",
        ),
        *("trial_since", "trial_approver", "trial_left", "trial_progress", "trial_repeats"),
        "influence",
    )
    # Without proposals there is nothing to approve.
    null = {"pdsa.rate": 0.0}

    def plan(self, organization: Organization) -> None:
        hours_each, hours_most = self.parameters.hours_each, self.parameters.hours_most
        plan_approvals(organization.state, float(hours_each), float(hours_most))

    def apply(self, organization: Organization) -> None:
        if self._decide(organization) > 0:
            put_into_force(organization)
            organization.note_changes(np.flatnonzero(organization.state.arrays["adopted"]))
        note_places(organization)

    def _decide(self, organization: Organization) -> int:
        """Let approvers judge what waits; gives how many changes are adopted."""
        parameters, trials = self.parameters, organization.parameters["pdsa"]
        noise, hurdle = parameters.noise, trials.hurdle * trials.stakes
        screen = (noise, parameters.prior_gain, parameters.prior_spread, hurdle)
        number: int = judge(
            organization.state,
            "hours" not in organization.settings.without,
            float(parameters.hours_each),
            float(parameters.hours_most),
            float(organization.parameters["structure"].centralization),
            parameters.least_weeks,
            tuple(map(float, screen)),
            float(trials.persistence),
            organization.period,
            organization.key("approving"),
        )
        return number


def note_places(organization: Organization) -> None:
    """Once a quarter, count the quarter's changes by where their owners stand in communities now.

    Who has left since is counted nowhere; nor is anybody where communities do not meet.
    """
    if (organization.period + 1) % QUARTER != 0 or not communities_meet(organization):
        return
    recent = itertools.takewhile(
        lambda change: change.week > organization.period - QUARTER, reversed(organization.changes)
    )
    seats = [
        change.person
        for change in recent
        if organization.tenure[change.person] >= organization.period - change.week
    ]
    if seats:
        at_the_edge = float(edges_of(organization, np.array(seats)).sum())
        organization.tally[CHANGES_FROM_EDGE] += at_the_edge
        organization.tally[CHANGES_FROM_CORE] += len(seats) - at_the_edge

"""Approvals: in a hierarchy a change needs the consent of some of the levels above.

Each approver judges anew, with own noise and own belief, first come first served, in little time.
So hierarchies screen out bad changes, and are slow [SahStiglitz1986].

What the line has approved becomes the rule, and so does what somebody at the top decides. A change
that nobody has to approve is its owner's own way of working: colleagues of the unit are shown what
came of it, and it becomes the rule when enough others do better by it (``codification``). Whoever
is known in their community may speak for it, and is heard there too (``communities.delegation``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.participation import diversity_around
from sim.kernels import kernel
from sim.learning.showing import show_change
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.pdsa import NONE, WAITING
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import draw_normal, fold
from sim.tallies import (
    APPROVAL,
    APPROVAL_WEEKS,
    CHANGES_ADOPTED,
    CHANGES_GAIN,
    CHANGES_RIGHT,
    DIVERSITY_OF_CHANGES,
    DIVERSITY_OF_RIGHT_CHANGES,
    PROPOSALS_REFUSED,
)

if TYPE_CHECKING:
    from sim.organization import Organization

RULE, LOCAL = 1, 2


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


@kernel
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


@kernel
def plan_approvals(planned, stage, left, approver, hours_each, hours_most):
    """Add to ``planned`` the hours for all proposals that wait for one's consent, as far as any."""
    asked = np.zeros(len(stage), np.int64)
    for i in range(len(stage)):
        if stage[i] == WAITING and left[i] > 0 and approver[i] >= 0:
            asked[approver[i]] += 1
    for a in range(len(asked)):
        planned[a, APPROVAL] += min(asked[a] * hours_each, hours_most)


@kernel
def judge(
    stage,
    dimension,
    tried,
    gain,
    submitted,
    since,
    approver,
    left,
    beliefs,
    manager,
    level,
    encouragement,
    person,
    tally,
    adopted,
    centralization,
    top,
    room,
    least_weeks,
    noise,
    prior_gain,
    prior_spread,
    hurdle,
    week,
    key,
):
    """Let every proposal move on; writes ``adopted`` and the ``trial_*`` arrays.

    ``adopted`` (people,) is RULE where a change becomes the rule, LOCAL where it is its owner's.
    ``room`` (people,) is the number of proposals each approver has time for; it is used up.
    Proposals are taken in the order in which they reached their approver, then by seat.
    """
    waiting = np.flatnonzero(stage == WAITING)
    for i in waiting:
        if submitted[i] == week:
            # Levels above that must consent: a share of those there are.
            needed = int(np.round(centralization * (top - level[i])))
            left[i], since[i] = needed, week
            approver[i] = manager[i]
    for i in waiting[np.argsort(since[waiting], kind="mergesort")]:
        if left[i] > 0 and approver[i] >= 0:
            if week - since[i] < least_weeks or room[approver[i]] <= 0:
                continue
            a = approver[i]
            room[a] -= 1
            luck = draw_normal(fold(key, person[i]), person[a], 0)
            if not approves(
                beliefs[a, dimension[i]],
                tried[i],
                gain[i],
                noise,
                luck,
                prior_gain,
                prior_spread,
                hurdle,
            ):
                stage[i] = NONE
                encouragement[i] -= 0.5
                tally[PROPOSALS_REFUSED] += 1.0
                continue
            left[i] -= 1
            since[i] = week
            approver[i] = manager[a]
        if left[i] == 0 or approver[i] < 0:
            stage[i] = NONE
            # Nobody was asked, and it is not the top: nobody's business but one's own.
            asked = np.round(centralization * (top - level[i])) > 0 and manager[i] >= 0
            adopted[i] = RULE if asked or level[i] == top else LOCAL


class Approvals(Mechanism):
    name = "approvals"
    Parameters = ApprovalsParameters
    reads = (
        *("beliefs", "manager", "level", "person", "reality", "codifiable"),
        "trial_submitted",
        *("trial_dimension", "trial_value", "trial_gain", "trial_truth", "unit", "team_start"),
        *("team_member", "learning_rate", "contact", "familiarity", "last_met", "hours", "cell"),
        *("community", "community_start", "community_member"),
    )
    writes = (
        *(
            "beliefs",
            "articulated",
            "code",
            "code_success",
            "code_cases",
            "encouragement",
            "tally",
            "trial_stage",
        ),
        *("trial_since", "trial_approver", "trial_left"),
    )
    # Without proposals there is nothing to approve.
    null = {"pdsa.rate": 0.0}

    def plan(self, organization: Organization) -> None:
        plan_approvals(
            organization.planned,
            organization.trial_stage,
            organization.trial_left,
            organization.trial_approver,
            self.parameters.hours_each,
            self.parameters.hours_most,
        )

    def apply(self, organization: Organization) -> None:
        if not (organization.trial_stage == WAITING).any():
            return
        parameters, trials = self.parameters, organization.parameters["pdsa"]
        adopted = np.zeros(organization.people, dtype=np.int64)
        judge(
            organization.trial_stage,
            organization.trial_dimension,
            organization.trial_value,
            organization.trial_gain,
            organization.trial_submitted,
            organization.trial_since,
            organization.trial_approver,
            organization.trial_left,
            organization.opening.beliefs,
            organization.manager,
            organization.level,
            organization.encouragement,
            organization.person,
            organization.tally,
            adopted,
            organization.parameters["structure"].centralization,
            int(organization.level.max()),
            self._room(organization),
            parameters.least_weeks,
            parameters.noise,
            parameters.prior_gain,
            parameters.prior_spread,
            trials.hurdle * trials.stakes,
            organization.period,
            organization.key("approving"),
        )
        seats = np.flatnonzero(adopted)
        diversity = diversity_around(
            seats,
            organization.opening.beliefs,
            organization.contact,
            organization.familiarity,
            organization.last_met,
            organization.period,
        )
        for seat, views in zip(seats.tolist(), diversity.tolist(), strict=True):
            # What cannot be written down stays what it is: somebody's way of working.
            can_be_rule = bool(organization.codifiable[organization.trial_dimension[seat]])
            is_rule = bool(adopted[seat] == RULE) and can_be_rule
            self._adopt(organization, seat, is_rule, views)

    def _room(self, organization: Organization) -> NDArray[np.int64]:
        """How many proposals each person has time to judge this week."""
        hours = organization.hours[:, APPROVAL].astype(np.float64)
        if not organization.has("hours"):
            hours[:] = self.parameters.hours_most
        # Hours are kept in single precision: a thousandth of a proposal is rounding.
        return np.floor(hours / self.parameters.hours_each + 1e-3).astype(np.int64)

    def _adopt(self, organization: Organization, i: int, is_rule: bool, diversity: float) -> None:
        """Put a change into force: in the code, or among the colleagues of one's unit.

        ``diversity`` is that of the views around ``i``.
        """
        d, value = int(organization.trial_dimension[i]), organization.trial_value[i]
        if is_rule and organization.code[d] == value:
            return
        gain = float(organization.trial_truth[i])
        organization.encouragement[i] += 0.5
        organization.tally[APPROVAL_WEEKS] += organization.period - organization.trial_submitted[i]
        right = bool(value == organization.reality[d])
        organization.tally[CHANGES_ADOPTED] += 1
        organization.tally[CHANGES_RIGHT] += right
        organization.tally[CHANGES_GAIN] += gain
        organization.tally[DIVERSITY_OF_CHANGES] += diversity
        organization.tally[DIVERSITY_OF_RIGHT_CHANGES] += diversity * right
        organization.note_change(d, i, gain)
        if is_rule:
            organization.code[d] = value
            block = d // organization.complexity
            organization.code_success[block] = 0.0
            organization.code_cases[block] = 0.0
        else:
            show_change(organization, i, d, value)

"""Approvals: in a hierarchy a change needs the consent of some of the levels above.

Each approver judges anew, with own noise and own belief, first come first served, in little time.
So hierarchies screen out bad changes, and are slow [SahStiglitz1986]. A change that nobody above
has to approve is made at once by the one who proposes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.kernels import kernel
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
    PROPOSALS_REFUSED,
)

if TYPE_CHECKING:
    from sim.organization import Organization


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
    hurdle: float = parameter(
        0.05,
        unit="gain per unit of stakes",
        bounds=(0, 10),
        doc="Posterior gain that a change must exceed, times the stakes.",
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
    budget,
    least_weeks,
    noise,
    prior_gain,
    prior_spread,
    hurdle,
    week,
    key,
):
    """Let every proposal move on; writes the flags ``adopted`` and the ``trial_*`` arrays.

    ``budget`` is the number of proposals each approver can judge this week. Proposals are taken
    in the order in which they reached their approver, then by seat.
    """
    people = len(stage)
    waiting = np.flatnonzero(stage == WAITING)
    for i in waiting:
        if submitted[i] == week:
            # Levels above that must consent: a share of those there are.
            needed = int(np.round(centralization * (top - level[i])))
            left[i], since[i] = needed, week
            approver[i] = manager[i]
    room = np.full(people, budget)
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
            adopted[i] = True
            encouragement[i] += 0.5
            tally[APPROVAL_WEEKS] += week - submitted[i]
    return room


class Approvals(Mechanism):
    name = "approvals"
    Parameters = ApprovalsParameters
    reads = ("beliefs", "manager", "level", "person", "trial_submitted")
    writes = (
        *("code", "code_success", "code_cases", "encouragement", "tally", "trial_stage"),
        *("trial_since", "trial_approver", "trial_left"),
    )
    # Without proposals there is nothing to approve.
    null = {"pdsa.rate": 0.0}

    def plan(self, organization: Organization) -> None:
        waiting = organization.trial_stage == WAITING
        waiting &= (organization.trial_left > 0) & (organization.trial_approver >= 0)
        asked = np.bincount(organization.trial_approver[waiting], minlength=organization.people)
        organization.planned[:, APPROVAL] += np.minimum(
            asked * self.parameters.hours_each, self.parameters.hours_most
        )

    def apply(self, organization: Organization) -> None:
        if not (organization.trial_stage == WAITING).any():
            return
        parameters = self.parameters
        adopted = np.zeros(organization.people, dtype=np.bool_)
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
            int(parameters.hours_most / parameters.hours_each),
            parameters.least_weeks,
            parameters.noise,
            parameters.prior_gain,
            parameters.prior_spread,
            parameters.hurdle * organization.parameters["pdsa"].stakes,
            organization.period,
            organization.key("approving"),
        )
        for i in np.flatnonzero(adopted):
            self._adopt(organization, int(i))

    def _adopt(self, organization: Organization, i: int) -> None:
        """Write the change into the code; where two meet, the one from the higher seat stays."""
        d, value = int(organization.trial_dimension[i]), organization.trial_value[i]
        if organization.code[d] == value:
            return
        organization.code[d] = value
        block = d // organization.complexity
        organization.code_success[block] = 0.0
        organization.code_cases[block] = 0.0
        gain = float(organization.trial_truth[i])
        organization.tally[CHANGES_ADOPTED] += 1
        organization.tally[CHANGES_RIGHT] += value == organization.reality[d]
        organization.tally[CHANGES_GAIN] += gain
        organization.note_change(d, i, gain)

"""PDSA: people try changes on a small scale, and act on what they learned where they dare to.

Plan (pick a dimension, preferring kinds of request that fail), Do (a few real cases), Study (a
noisy comparison, reported the better the more one fears), Act (put it forward, which takes courage
and, in hierarchies, permission) [Taylor2014 for the stages]. A trial that shows the contrary also
teaches. That Act fails where fear and stakes are high, and that support and a common purpose help
it, are inputs [document 003].
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim.kernels import in_place
from sim.learning.supporters import support_for, support_of
from sim.learning.trials import (
    DOING,
    NONE,
    WAITING,
    failing_block,
    plan_within,
    study_trial,
    try_again,
)
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import draw, fold
from sim.tallies import (
    PROPOSALS_SUBMITTED,
    TRIAL,
    TRIALS_BETTER_IN_TRUTH,
    TRIALS_ON_AGENDA,
    TRIALS_PLANNED,
    TRIALS_REPORTED_BETTER,
    TRIALS_STUDIED,
)

if TYPE_CHECKING:
    from sim.organization import Organization


class PdsaParameters(Parameters):
    rate: float = parameter(
        0.02,
        unit="probability per person and week, at self-efficacy 0.5",
        bounds=(0, 1),
        doc="Chance that a person without a trial plans one; rises in proportion to self-efficacy.",
        source=ASSUMPTION,
    )
    hours: float = parameter(
        1.0,
        unit="hours per week",
        bounds=(0, 40),
        doc="Time a trial under way takes.",
        source=ASSUMPTION,
    )
    weeks: float = parameter(
        5.0,
        unit="weeks",
        bounds=(1, 52),
        doc="Length of Do, at the hours planned; with fewer hours it takes longer.",
        source="PDSA cycles of 2-13 weeks; value " + ASSUMPTION,
    )
    cases: int = parameter(
        8,
        unit="cases",
        bounds=(1, 1000),
        doc="Cases tried the new way, each compared with one done the usual way.",
        source="tests on 1-10 % of cases; value " + ASSUMPTION,
    )
    reporting_bias: float = parameter(
        0.5,
        unit="standard deviations per unit of fear",
        bounds=(0, 5),
        doc="How much better than observed a fearful person reports the gain.",
        source="Knudsen2019 (98 % report improvement, 27 % meet the aim); value " + ASSUMPTION,
    )
    courage: float = parameter(
        0.5,
        unit="log odds",
        bounds=(-10, 10),
        doc="Odds of acting of a person of self-efficacy 0.5, without support or fear (b0).",
        source="calibrated to the published PDSA funnel alone",
    )
    stakes: float = parameter(
        0.4,
        unit="0 to 1",
        bounds=(0, 1),
        doc="What is lost if a change goes wrong; multiplies fear when it comes to acting.",
        source="document 003; value " + ASSUMPTION,
    )
    hurdle: float = parameter(
        0.05,
        unit="gain per unit of stakes",
        bounds=(0, 10),
        doc="Gain that whoever decides wants to see exceeded, times the stakes.",
        source=ASSUMPTION,
    )
    support_effect: float = parameter(
        1.0,
        unit="log odds at full support",
        bounds=(0, 10),
        doc="How much support from informal ties helps to act; 0: people stand alone.",
        source="document 003; value " + ASSUMPTION,
    )
    purpose_effect: float = parameter(
        0.0,
        unit="share of trials, and log odds",
        bounds=(0, 10),
        doc="How much a sense of common purpose moves people: trials planned rise by this x twice "
        "purpose above .5, the log odds of acting by this x purpose above .5.",
        source="document 003 (an ethical obligation to experiment); value " + ASSUMPTION,
    )
    persistence: float = parameter(
        0.0,
        unit="probability at self-efficacy 1",
        bounds=(0, 1),
        doc="Chance to begin a trial again that did not come out better, or was refused; in "
        "proportion to self-efficacy, three times at most.",
        source="Bandura (self-efficacy and persistence); value " + ASSUMPTION,
    )
    supporters: Literal["ties", "strangers"] = parameter(
        "ties",
        unit="rule",
        doc="Who supports: those one knows; or in the place of each, as well known and trusted, "
        "somebody by lot, the same all run long (a rival explanation, to compare with).",
        source="document 003 (informal networks); strangers: PATTERNS P19",
    )
    support_from: Literal["anybody", "like_minded"] = parameter(
        "anybody",
        unit="rule",
        doc="Which of them support a change: all; or those who hold that view wholly, those "
        "without a view half, and those of the opposite not.",
        source=ASSUMPTION,
    )
    agenda: float = parameter(
        0.0,
        unit="share of trials",
        bounds=(0, 1),
        doc="Share of trials whose subject management sets: what fails by its rules, the oftener "
        "the likelier. The others begin with what fails for the person.",
        source="document 003 (the offer is defined by the organization or by its community); "
        + ASSUMPTION,
    )


@in_place
def chance_to_act(self_efficacy, support, fear, stakes, courage):
    """Probability of putting a change forward: logistic in efficacy, support and fear x stakes."""
    odds = courage + (2.0 * self_efficacy - 1.0) + support - 4.0 * fear * stakes
    return 1.0 / (1.0 + math.exp(-odds))


@in_place
def plan_trials(planned, stage, hours):
    """Add to ``planned`` (people, activities) the ``hours`` of a trial for whoever is doing one."""
    for i in range(len(stage)):
        if stage[i] == DOING:
            planned[i, TRIAL] += hours


@in_place
def cycle(
    beliefs,
    articulated,
    code,
    reality,
    record_success,
    record_cases,
    stage,
    dimension,
    tried,
    progress,
    gain,
    true_gain,
    submitted,
    repeats,
    self_efficacy,
    purpose,
    fear,
    share,
    contact,
    familiarity,
    trust,
    last_met,
    manager,
    person,
    tally,
    complexity,
    formalization,
    noticed,
    rate,
    weeks,
    cases,
    bias,
    courage,
    stakes,
    hurdle,
    support_effect,
    purpose_effect,
    persistence,
    agenda,
    code_success,
    code_cases,
    company,
    approvals,
    week,
    key,
):
    """Move every person's PDSA cycle on by a week; writes the ``trial_*`` arrays and beliefs.

    Without ``approvals`` (the mechanism is off) what is put forward comes to nothing. On the share
    ``agenda`` of trials the subject follows the record of the code, not the person's. ``company``
    is a plain tuple in the order of ``Company``, or None where everybody's support counts alike.
    """
    for i in range(len(stage)):
        word = fold(key, person[i])
        moved = purpose_effect * (purpose[i] - 0.5)
        if stage[i] == NONE:
            chance = 2.0 * self_efficacy[i] * rate * (1.0 + 2.0 * moved)
            if draw(word, 0, 9) < min(1.0, chance) * share[i]:
                if agenda > 0.0 and draw(word, 0, 11) < agenda:
                    block = failing_block(code_success, code_cases, draw(word, 0, 0))
                    tally[TRIALS_ON_AGENDA] += 1.0
                else:
                    block = failing_block(record_success[i], record_cases[i], draw(word, 0, 0))
                d, value = plan_within(beliefs[i], code, block, complexity, word)
                stage[i], dimension[i], tried[i], progress[i] = DOING, d, value, 0.0
                repeats[i] = 0
                tally[TRIALS_PLANNED] += 1.0
            continue
        if stage[i] != DOING:
            continue
        progress[i] += share[i]
        # A thousandth of a week is rounding: progress is kept in single precision.
        if progress[i] < weeks - 1e-3:
            continue
        d, value = dimension[i], tried[i]
        observed, deviation, truth = study_trial(
            beliefs[i],
            code,
            reality,
            d,
            value,
            complexity,
            formalization,
            noticed,
            cases,
            fold(word, 3),
        )
        tally[TRIALS_STUDIED] += 1.0
        stage[i] = NONE
        if observed < 0.0 and (beliefs[i, d] == value or beliefs[i, d] == 0):
            beliefs[i, d] = -value
            articulated[i, d] = True
        reported = observed + bias * deviation * fear[i]
        if reported <= 0.0:
            luck = draw(word, 0, 12)
            try_again(i, stage, progress, repeats, persistence, self_efficacy, tally, luck)
            continue
        tally[TRIALS_REPORTED_BETTER] += 1.0
        tally[TRIALS_BETTER_IN_TRUTH] += truth > 0.0
        if observed > 0.0:
            beliefs[i, d] = value
            articulated[i, d] = True
        if reported <= hurdle * stakes:
            continue
        if company is None:
            support = support_of(i, contact, familiarity, trust, last_met, manager, week)
        else:
            support = support_for(
                i, d, value, company, contact, familiarity, trust, last_met, manager, person, week
            )
        act = chance_to_act(
            self_efficacy[i], support_effect * support, fear[i], stakes, courage + moved
        )
        if draw(word, 0, 10) < act:
            stage[i] = WAITING if approvals else NONE
            gain[i], true_gain[i], submitted[i] = reported, truth, week
            tally[PROPOSALS_SUBMITTED] += 1.0


class Pdsa(Mechanism):
    name = "pdsa"
    Parameters = PdsaParameters
    reads = (
        *("beliefs", "code", "reality", "record_success", "record_cases", "self_efficacy", "fear"),
        *("learning_share", "contact", "familiarity", "trust", "last_met", "manager", "person"),
        *("purpose", "code_success", "code_cases"),
    )
    writes = (
        *("beliefs", "articulated", "trial_stage", "trial_dimension", "trial_value"),
        *("trial_progress", "trial_gain", "trial_truth", "trial_submitted", "trial_repeats"),
        "tally",
    )
    null = {"pdsa.rate": 0.0}

    def plan(self, organization: Organization) -> None:
        hours = np.float32(self.parameters.hours)
        plan_trials(organization.planned, organization.trial_stage, hours)

    def apply(self, organization: Organization) -> None:
        parameters = self.parameters
        cycle(
            organization.beliefs,
            organization.articulated,
            organization.opening.code,
            organization.reality,
            organization.record_success,
            organization.record_cases,
            organization.trial_stage,
            organization.trial_dimension,
            organization.trial_value,
            organization.trial_progress,
            organization.trial_gain,
            organization.trial_truth,
            organization.trial_submitted,
            organization.trial_repeats,
            organization.self_efficacy,
            organization.purpose,
            organization.fear,
            organization.learning_share,
            organization.contact,
            organization.familiarity,
            organization.trust,
            organization.last_met,
            organization.manager,
            organization.person,
            organization.tally,
            organization.complexity,
            organization.parameters["structure"].formalization,
            organization.parameters["work"].noticed,
            parameters.rate,
            parameters.weeks,
            parameters.cases,
            parameters.reporting_bias,
            parameters.courage,
            parameters.stakes,
            parameters.hurdle,
            parameters.support_effect,
            parameters.purpose_effect,
            float(parameters.persistence),
            float(parameters.agenda),
            organization.code_success,
            organization.code_cases,
            self.company(organization),
            organization.has("approvals"),
            organization.period,
            organization.key("trials"),
        )

    def company(self, organization: Organization) -> tuple[Any, ...] | None:
        """``Company`` for a kernel; None where anybody supports anything."""
        if self.parameters.support_from == "anybody":
            return None
        strangers = self.parameters.supporters == "strangers"
        lots = organization.key("supporters by lot", 0) if strangers else np.uint64(0)
        return True, strangers, organization.opening.beliefs, lots

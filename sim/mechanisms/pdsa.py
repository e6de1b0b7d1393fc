"""PDSA: people try changes on a small scale, and act on what they learned where they dare to.

Plan (pick a dimension, preferring kinds of request that fail), Do (a few real cases), Study (a
noisy comparison, reported the better the more one fears), Act (put it forward, which takes courage
and, in hierarchies, permission) [Taylor2014 for the stages]. A trial that shows the contrary also
teaches. That Act fails where fear and stakes are high, and that support and a common purpose help
it, are inputs [document 003].
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

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
def plan_trials(state, hours):
    """Add to ``planned`` the ``hours`` (float32) of a trial for whoever is doing one."""
    planned, stage = state.planned, state.trial_stage
    for i in range(len(stage)):
        if stage[i] == DOING:
            planned[i, TRIAL] += hours


class Cycle(NamedTuple):
    """The rules of a cycle as plain numbers: the parameters of ``pdsa``, and two of others'."""

    rate: float
    weeks: float
    cases: int
    reporting_bias: float
    courage: float
    stakes: float
    hurdle: float
    support_effect: float
    purpose_effect: float
    persistence: float
    agenda: float
    formalization: float
    noticed: float


@in_place
def cycle(state, rules, complexity, like_minded, strangers, approvals, week, lots, key):
    """Move every person's PDSA cycle on by a week; writes the ``trial_*`` arrays and beliefs.

    ``rules`` is a plain tuple in the order of ``Cycle``. Without ``approvals`` (the mechanism is
    off) what is put forward comes to nothing. On the share ``agenda`` of trials the subject
    follows the record of the code, not the person's. Support is everybody's alike, unless it is
    that of the ``like_minded``; for ``strangers`` and ``lots`` see ``Company``.
    """
    rules = Cycle(*rules)
    beliefs, articulated, code = state.beliefs, state.articulated, state.opening_code
    reality, success, cases = state.reality, state.record_success, state.record_cases
    code_success, code_cases = state.code_success, state.code_cases
    stage, dimension, tried = state.trial_stage, state.trial_dimension, state.trial_value
    progress, gain, true_gain = state.trial_progress, state.trial_gain, state.trial_truth
    submitted, repeats = state.trial_submitted, state.trial_repeats
    self_efficacy, purpose, fear = state.self_efficacy, state.purpose, state.fear
    share, manager, person, tally = state.learning_share, state.manager, state.person, state.tally
    contact, familiarity = state.contact, state.familiarity
    trust, last_met = state.trust, state.last_met
    company = (like_minded, strangers, state.opening_beliefs, lots)
    for i in range(len(stage)):
        word = fold(key, person[i])
        moved = rules.purpose_effect * (purpose[i] - 0.5)
        if stage[i] == NONE:
            chance = 2.0 * self_efficacy[i] * rules.rate * (1.0 + 2.0 * moved)
            if draw(word, 0, 9) < min(1.0, chance) * share[i]:
                if rules.agenda > 0.0 and draw(word, 0, 11) < rules.agenda:
                    block = failing_block(code_success, code_cases, draw(word, 0, 0))
                    tally[TRIALS_ON_AGENDA] += 1.0
                else:
                    block = failing_block(success[i], cases[i], draw(word, 0, 0))
                d, value = plan_within(beliefs[i], code, block, complexity, word)
                stage[i], dimension[i], tried[i], progress[i] = DOING, d, value, 0.0
                repeats[i] = 0
                tally[TRIALS_PLANNED] += 1.0
            continue
        if stage[i] != DOING:
            continue
        progress[i] += share[i]
        # A thousandth of a week is rounding: progress is kept in single precision.
        if progress[i] < rules.weeks - 1e-3:
            continue
        d, value = dimension[i], tried[i]
        observed, deviation, truth = study_trial(
            beliefs[i],
            code,
            reality,
            d,
            value,
            complexity,
            rules.formalization,
            rules.noticed,
            rules.cases,
            fold(word, 3),
        )
        tally[TRIALS_STUDIED] += 1.0
        stage[i] = NONE
        if observed < 0.0 and (beliefs[i, d] == value or beliefs[i, d] == 0):
            beliefs[i, d] = -value
            articulated[i, d] = True
        reported = observed + rules.reporting_bias * deviation * fear[i]
        if reported <= 0.0:
            luck = draw(word, 0, 12)
            try_again(i, stage, progress, repeats, rules.persistence, self_efficacy, tally, luck)
            continue
        tally[TRIALS_REPORTED_BETTER] += 1.0
        tally[TRIALS_BETTER_IN_TRUTH] += truth > 0.0
        if observed > 0.0:
            beliefs[i, d] = value
            articulated[i, d] = True
        if reported <= rules.hurdle * rules.stakes:
            continue
        if like_minded:
            support = support_for(
                i, d, value, company, contact, familiarity, trust, last_met, manager, person, week
            )
        else:
            support = support_of(i, contact, familiarity, trust, last_met, manager, week)
        act = chance_to_act(
            self_efficacy[i],
            rules.support_effect * support,
            fear[i],
            rules.stakes,
            rules.courage + moved,
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
        plan_trials(organization.state, np.float32(self.parameters.hours))

    def apply(self, organization: Organization) -> None:
        like_minded = self.parameters.support_from == "like_minded"
        strangers = like_minded and self.parameters.supporters == "strangers"
        cycle(
            organization.state,
            self.rules(organization),
            organization.complexity,
            like_minded,
            strangers,
            "approvals" not in organization.settings.without,
            organization.period,
            organization.key("supporters by lot", 0) if strangers else np.uint64(0),
            organization.key("trials"),
        )

    def rules(self, organization: Organization) -> tuple[Any, ...]:
        """``Cycle`` for a kernel."""
        own, parameters = self.parameters, organization.parameters
        return (
            *(float(own.rate), float(own.weeks), own.cases, float(own.reporting_bias)),
            *(float(own.courage), float(own.stakes), float(own.hurdle)),
            *(float(own.support_effect), float(own.purpose_effect)),
            *(float(own.persistence), float(own.agenda)),
            *(float(parameters["structure"].formalization), float(parameters["work"].noticed)),
        )

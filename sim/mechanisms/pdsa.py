"""PDSA: people try changes on a small scale, and act on what they learned where they dare to.

Plan (pick a dimension, preferring kinds of request that fail), Do (a few real cases), Study (a
noisy comparison, reported the better the more one fears), Act (put it forward, which takes courage
and, in hierarchies, permission) [Taylor2014 for the stages]. A trial that shows the contrary also
teaches. That Act fails where fear and stakes are high, and that support and a common purpose help
it, are inputs [document 003].
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.acquaintance.ties import faded
from sim.cases import attempt, chance_right
from sim.kernels import kernel
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import draw, fold
from sim.tallies import (
    PROPOSALS_SUBMITTED,
    TRIAL,
    TRIALS_BETTER_IN_TRUTH,
    TRIALS_PLANNED,
    TRIALS_REPORTED_BETTER,
    TRIALS_STUDIED,
)

if TYPE_CHECKING:
    from sim.organization import Organization

NONE, DOING, WAITING = 0, 1, 2


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


@kernel
def support_of(i, contact, familiarity, trust, last_met, manager, week):
    """Informal support of ``i``: 1 - product over ties of (1 - 0.2 familiarity * trust).

    The manager is no informal tie. 0 for somebody who knows nobody.
    """
    alone = 1.0
    for k in range(contact.shape[1]):
        j = contact[i, k]
        if j >= 0 and j != manager[i]:
            known = faded(familiarity[i, k], week - last_met[i, k])
            alone *= 1.0 - 0.2 * known * trust[i, k]
    return 1.0 - alone


@kernel
def chance_to_act(self_efficacy, support, fear, stakes, courage):
    """Probability of putting a change forward: logistic in efficacy, support and fear x stakes."""
    odds = courage + (2.0 * self_efficacy - 1.0) + support - 4.0 * fear * stakes
    return 1.0 / (1.0 + math.exp(-odds))


@kernel
def plan_trial(beliefs, code, success, cases, complexity, word):
    """Choose what to try: gives a dimension and a value, for one person.

    A kind of request is chosen in proportion to 0.1 plus its recent noticed failures, a dimension
    of it with equal chances. Whoever disagrees with the rule tries their own way; whoever agrees,
    the opposite; and where there is neither rule nor opinion a coin says which.
    """
    blocks = len(success)
    total = 0.0
    for b in range(blocks):
        total += 0.1 + cases[b] - success[b]
    reached, target, block = 0.0, draw(word, 0, 0) * total, blocks - 1
    for b in range(blocks):
        reached += 0.1 + cases[b] - success[b]
        if target < reached:
            block = b
            break
    d = block * complexity + int(draw(word, 0, 1) * complexity)
    if code[d] != 0:
        value = beliefs[d] if beliefs[d] == -code[d] else -code[d]
    elif beliefs[d] != 0:
        value = -beliefs[d]
    else:
        value = 1 if draw(word, 0, 2) < 0.5 else -1
    return d, value


@kernel
def study_trial(beliefs, code, reality, d, value, complexity, formalization, noticed, cases, word):
    """Compare ``cases`` cases done the new way with as many others done the usual way.

    Gives the observed gain in the share of successes, its standard deviation (both shares pooled,
    one success and one failure added), and the true gain. What is observed is what can be seen: a
    failure passes for a success unless it is noticed, with probability ``noticed``.
    """
    first = (d // complexity) * complexity
    tried = beliefs.copy()
    tried[d] = value
    without_rule = code.copy()
    without_rule[d] = 0
    better, usual = 0, 0
    for n in range(cases):
        new, _ = attempt(
            tried,
            without_rule,
            reality,
            first,
            first + complexity,
            formalization,
            fold(word, 2 * n),
        )
        old, _ = attempt(
            beliefs, code, reality, first, first + complexity, formalization, fold(word, 2 * n + 1)
        )
        better += new or draw(word, n, 3) >= noticed
        usual += old or draw(word, n, 4) >= noticed
    pooled = (better + usual + 1.0) / (2.0 * cases + 2.0)
    deviation = math.sqrt(2.0 * pooled * (1.0 - pooled) / cases)
    others = 1.0
    for e in range(first, first + complexity):
        if e != d:
            others *= chance_right(beliefs[e], code[e], reality[e], formalization)
    now = chance_right(beliefs[d], code[d], reality[d], formalization)
    truth = others * ((1.0 if value == reality[d] else 0.0) - now)
    return (better - usual) / cases, deviation, truth


@kernel
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
    approvals,
    week,
    key,
):
    """Move every person's PDSA cycle on by a week; writes the ``trial_*`` arrays and beliefs.

    Without ``approvals`` (the mechanism is off) what is put forward comes to nothing.
    """
    for i in range(len(stage)):
        word = fold(key, person[i])
        moved = purpose_effect * (purpose[i] - 0.5)
        if stage[i] == NONE:
            chance = 2.0 * self_efficacy[i] * rate * (1.0 + 2.0 * moved)
            if draw(word, 0, 9) < min(1.0, chance) * share[i]:
                d, value = plan_trial(
                    beliefs[i], code, record_success[i], record_cases[i], complexity, word
                )
                stage[i], dimension[i], tried[i], progress[i] = DOING, d, value, 0.0
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
            continue
        tally[TRIALS_REPORTED_BETTER] += 1.0
        tally[TRIALS_BETTER_IN_TRUTH] += truth > 0.0
        if observed > 0.0:
            beliefs[i, d] = value
            articulated[i, d] = True
        if reported <= hurdle * stakes:
            continue
        support = support_of(i, contact, familiarity, trust, last_met, manager, week)
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
        "purpose",
    )
    writes = (
        *("beliefs", "articulated", "trial_stage", "trial_dimension", "trial_value"),
        *("trial_progress", "trial_gain", "trial_truth", "trial_submitted", "tally"),
    )
    null = {"pdsa.rate": 0.0}

    def plan(self, organization: Organization) -> None:
        organization.planned[organization.trial_stage == DOING, TRIAL] += self.parameters.hours

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
            organization.has("approvals"),
            organization.period,
            organization.key("trials"),
        )

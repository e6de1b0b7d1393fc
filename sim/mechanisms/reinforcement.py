"""Reinforcement: managers reward what they call good and punish what they call bad.

Behaviour is moulded from outside [document 003: the behaviourist model]. A manager looks at cases
of each report and judges by what can be seen: by the rule, or by how such cases have turned out. A
reward deepens the habit, punishment makes people give up what they did; nobody understands more
for it. What punishment does to fear, own and witnesses', ``climate`` says. A reward can take away
from the sense of purpose [Deci1999].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from sim.cases import action
from sim.kernels import in_place
from sim.learning.meetings import share_of
from sim.learning.models import watching_hours
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import draw, fold
from sim.tallies import LINE, REPRIMANDS, REWARDS

if TYPE_CHECKING:
    from sim.organization import Organization


class ReinforcementParameters(Parameters):
    hours: float = parameter(
        0.0,
        unit="hours per week and report",
        bounds=(0, 40),
        doc="Time a manager watches each report at work, who spends it too; 0: nobody is watched.",
        source=ASSUMPTION,
    )
    watched: float = parameter(
        2.0,
        unit="cases per hour",
        bounds=(0, 100),
        doc="Cases a manager looks at in an hour of watching.",
        source=ASSUMPTION,
    )
    standard: Literal["outcome", "rule"] = parameter(
        "outcome",
        unit="choice",
        doc="What good is called. outcome: what turned out well, as often as the report's record "
        "on such requests says; rule: what the code prescribes, where it says anything.",
        source="document 003 (good and bad behaviour); " + ASSUMPTION,
    )
    rewarding: float = parameter(
        0.5,
        unit="probability per good case",
        bounds=(0, 1),
        doc="Chance that what is seen to be good is rewarded.",
        source=ASSUMPTION,
    )
    punishing: float = parameter(
        0.5,
        unit="probability per bad case",
        bounds=(0, 1),
        doc="Chance that what is seen to be bad is punished.",
        source=ASSUMPTION,
    )
    strength: float = parameter(
        0.1,
        unit="share of what is missing, and probability",
        bounds=(0, 1),
        doc="How much a reward deepens practice, and the chance that punishment makes a person "
        "give up what they did: for doing as told (rule), or for having no view (outcome).",
        source="reinforcement .05-.3 (MECHANISMS A3); " + ASSUMPTION,
    )
    crowding: float = parameter(
        0.0,
        unit="share of the way to 0 per reward",
        bounds=(0, 1),
        doc="How much a reward lowers the sense of purpose.",
        source="Deci1999 (tangible rewards undermine intrinsic motivation); value " + ASSUMPTION,
    )


class Standard(NamedTuple):
    """What managers call good, and what they do about it; numbers are named as parameters."""

    by_rule: bool
    rewarding: float
    punishing: float
    strength: float
    crowding: float


@in_place
def pick_used(used, luck):
    """One of the dimensions ``used`` (dimensions,), all alike; -1 where none is."""
    count = 0
    for d in range(len(used)):
        count += used[d]
    if count == 0:
        return -1
    target, passed, d = int(luck * count), 0, -1
    # Adding up until it is reached: but for the end there is no branch that depends on ``used``.
    while passed <= target:
        d += 1
        passed += used[d]
    return d


@in_place
def plan_watching(state, hours):
    """Plan the ``hours`` of being watched, and of watching each report."""
    planned, manager, reports = state.planned, state.manager, state.reports
    for i in range(len(manager)):
        reports[i] = 0
    for i in range(len(manager)):
        if manager[i] >= 0:
            reports[manager[i]] += 1
    for i in range(len(manager)):
        planned[i, LINE] += hours * ((manager[i] >= 0) + reports[i])


@in_place
def watch_reports(state, watched, formalization, standard, key):
    """Let managers watch their reports, for the part of the time both had (see ``mould``)."""
    hours, planned, share = state.hours, state.planned, state.line_share
    for i in range(len(share)):
        share[i] = share_of(hours[i, LINE], planned[i, LINE])
    mould(
        (state.beliefs, state.articulated, state.practice),
        (state.purpose, state.encouragement),
        (state.rewarded, state.reprimanded),
        (state.used, state.code, state.record_success, state.record_cases),
        state.manager,
        share,
        state.person,
        state.tally,
        watched,
        formalization,
        Standard(*standard),
        key,
    )


@in_place
def mould(
    held, states, counts, seen, manager, share, person, tally, watched, formalization, standard, key
):
    """Let managers watch ``watched`` cases of each report who had all the time planned for it.

    ``held`` are beliefs, articulated and practice; ``states`` purpose and encouragement;
    ``counts`` rewarded and reprimanded; all are written. ``seen`` are used, code, record_success
    and record_cases. ``share`` (people,) is the part of the time each had: the shorter one counts.
    """
    beliefs, articulated, practice = held
    purpose, encouragement = states
    rewarded, reprimanded = counts
    used, code, success, cases = seen
    complexity = beliefs.shape[1] // cases.shape[1]
    for i in range(len(manager)):
        if manager[i] < 0:
            continue
        word = fold(key, person[i])
        looked = int(watched * min(share[i], share[manager[i]]) + draw(word, 0, 0))
        for n in range(looked):
            case = fold(word, n + 1)
            d = pick_used(used[i], draw(case, 0, 0))
            if d < 0:
                break
            if standard.by_rule:
                if code[d] == 0:
                    continue
                done = action(beliefs[i, d], code[d], formalization, fold(case, 1))
                good = done == code[d]
            else:
                b = d // complexity
                if cases[i, b] <= 0.0:
                    continue
                good = draw(case, 2, 0) < success[i, b] / cases[i, b]
            if good and draw(case, 3, 0) < standard.rewarding:
                practice[i, d] += standard.strength * (1.0 - practice[i, d])
                purpose[i] *= 1.0 - standard.crowding
                encouragement[i] += 1.0
                rewarded[i] += 1
                tally[REWARDS] += 1.0
            elif not good and draw(case, 4, 0) < standard.punishing:
                reprimanded[i] += 1
                tally[REPRIMANDS] += 1.0
                given_up = draw(case, 5, 0) < standard.strength
                value = code[d] if standard.by_rule else 0
                if given_up and beliefs[i, d] != value:
                    beliefs[i, d] = value
                    articulated[i, d] = False


class Reinforcement(Mechanism):
    name = "reinforcement"
    Parameters = ReinforcementParameters
    reads = (
        *("beliefs", "used", "code", "record_success", "record_cases", "manager", "planned"),
        *("hours", "person"),
    )
    writes = (
        *("beliefs", "articulated", "practice", "purpose", "encouragement", "rewarded"),
        *("reprimanded", "tally"),
    )
    null = {"reinforcement.hours": 0.0, "training.hours": 0.0}

    def plan(self, organization: Organization) -> None:
        hours = watching_hours(organization)
        if hours == 0.0:
            return
        plan_watching(organization.state, float(hours))

    def apply(self, organization: Organization) -> None:
        hours = watching_hours(organization)
        if hours == 0.0:
            return
        rule = self.parameters
        watch_reports(
            organization.state,
            float(hours * rule.watched),
            float(organization.parameters["structure"].formalization),
            (
                rule.standard == "rule",
                float(rule.rewarding),
                float(rule.punishing),
                float(rule.strength),
                float(rule.crowding),
            ),
            organization.key("reinforcement"),
        )

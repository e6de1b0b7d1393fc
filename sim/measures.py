"""What we look at: documented functions of an organization, each with label, unit and range.

A *stock* is read off the arrays as they are; its value for a run is that of the last week. A *flow*
is a function of what was counted (``Counted``): of one week in a series, of all weeks together for
a run. Measures change nothing.

Each carries the class of its effects (R131): whether a difference in it between scenarios is put in
by a setting, calibrated, or emerges from rules that do not name it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from sim.census import acquainted_pairs, census
from sim.tallies import ACTIVITIES, LEARNING, TALLIES

if TYPE_CHECKING:
    from sim.organization import Organization

EffectClass = Literal["input by design", "calibrated", "emergent", "docking", "prediction"]
WEEKS_A_YEAR = 52.0


@dataclass(frozen=True)
class Measure:
    """One measure: how it is called, what it means, and how it is computed.

    ``better`` is +1 where more is better, -1 where less is, 0 where it depends. Exactly one of
    ``stock`` (of an organization) and ``flow`` (of what was counted) is given.
    """

    name: str
    label: str
    unit: str
    doc: str
    better: int
    label_class: EffectClass
    low: float | None = 0.0
    high: float | None = None
    stock: Callable[[Organization], float] | None = None
    flow: Callable[[Counted], float] | None = None

    def of(self, organization: Organization) -> float:
        """Its value now; a flow's is that of the week that has just ended."""
        if self.stock is not None:
            return float(self.stock(organization))
        assert self.flow is not None
        return self.flow(Counted.now(organization))


class Counted:
    """What was counted over some weeks: attributes are the names of tallies (floats).

    ``hours`` (activities,) are the hours of everybody by activity; ``person_weeks``
    how many weeks of people these were.
    """

    def __init__(
        self,
        tally: NDArray[np.float64],
        hours: NDArray[np.float64],
        people: int,
        weeks: int,
        value: object,
    ) -> None:
        self.hours = dict(zip(ACTIVITIES, hours.tolist(), strict=True))
        self.weeks = weeks
        self.person_weeks = float(people) * weeks
        self.value = value
        self._counts = dict(zip(TALLIES, tally.tolist(), strict=True))

    def __getattr__(self, name: str) -> float:
        try:
            return float(self.__dict__["_counts"][name])
        except KeyError:
            raise AttributeError(name) from None

    @classmethod
    def now(cls, organization: Organization) -> Counted:
        """The counts of the week that has just ended."""
        return cls(
            organization.tally,
            organization.hours.sum(axis=0, dtype=np.float64),
            organization.people,
            1,
            organization.parameters["value"],
        )

    @property
    def closed(self) -> float:
        """Requests that left the organization, right or wrong."""
        return self.closed_right + self.closed_wrong

    def a_year(self, count: float) -> float:
        """A count per person and year."""
        return ratio(count * WEEKS_A_YEAR, self.person_weeks)


def ratio(part: float, whole: float) -> float:
    """``part / whole``; not a number where there is nothing to divide by."""
    return part / whole if whole else float("nan")


def _hours_of(*activities: str) -> Callable[[Counted], float]:
    return lambda counted: ratio(
        sum(counted.hours[activity] for activity in activities), counted.person_weeks
    )


def _yearly(tally: str) -> Callable[[Counted], float]:
    return lambda counted: counted.a_year(getattr(counted, tally))


def _net_value(counted: Counted) -> float:
    value = counted.value
    worth = (
        counted.closed_right * value.right  # type: ignore[attr-defined]
        - counted.closed_wrong * value.wrong  # type: ignore[attr-defined]
        - counted.requests_refused * value.refused  # type: ignore[attr-defined]
        - counted.people_left * value.leaver  # type: ignore[attr-defined]
    )
    return ratio(worth, counted.person_weeks)


def _census(name: str) -> Callable[[Organization], float]:
    return lambda organization: census(organization)[name]


def _mean(array: str) -> Callable[[Organization], float]:
    return lambda organization: float(getattr(organization, array).mean())


_PERFORMANCE = (
    Measure(
        "output",
        "Requests answered rightly",
        "per person and week",
        "Requests closed right.",
        +1,
        "emergent",
        flow=lambda c: ratio(c.closed_right, c.person_weeks),
    ),
    Measure(
        "quality",
        "Quality",
        "share of closed requests",
        "Share of closed requests that are right.",
        +1,
        "emergent",
        high=1.0,
        flow=lambda c: ratio(c.closed_right, c.closed),
    ),
    Measure(
        "response_time",
        "Response time",
        "weeks",
        "Mean time from arrival to closing, rework included; requests still waiting do not count.",
        -1,
        "emergent",
        flow=lambda c: ratio(c.response_weeks, c.closed),
    ),
    Measure(
        "cost_per_case",
        "Cost per case",
        "hours per closed request",
        "All hours that are not idle, learning and meetings included, over requests closed.",
        -1,
        "emergent",
        flow=lambda c: ratio(sum(c.hours.values()) - c.hours["idle"], c.closed),
    ),
    Measure(
        "net_value",
        "Net value",
        "requests' worth per person and week",
        "Right requests less wrong and refused ones and the cost of leavers (section value).",
        +1,
        "emergent",
        low=None,
        flow=_net_value,
    ),
    Measure(
        "refused",
        "Requests refused",
        "share of arrivals",
        "Requests lost at a full queue.",
        -1,
        "emergent",
        high=1.0,
        flow=lambda c: ratio(c.requests_refused, c.requests_arrived),
    ),
    Measure(
        "backlog",
        "Backlog",
        "weeks of work",
        "Mean work waiting, in weeks of a person's time.",
        -1,
        "emergent",
        stock=_mean("backlog"),
    ),
    Measure(
        "workaround_share",
        "Failures worked around",
        "share of noticed failures",
        "Noticed failures that were worked around quietly instead of raised.",
        0,
        "emergent",
        high=1.0,
        flow=lambda c: ratio(c.failures_worked_around, c.failures_noticed),
    ),
)

_KNOWLEDGE = (
    Measure(
        "mean_knowledge",
        "Knowledge of people",
        "share of dimensions",
        "Share of reality that people believe rightly, mean over people (March 1991).",
        +1,
        "emergent",
        high=1.0,
        stock=_census("mean_knowledge"),
    ),
    Measure(
        "best_knowledge",
        "Knowledge of the best",
        "share of dimensions",
        "The same of the person who knows most.",
        +1,
        "emergent",
        high=1.0,
        stock=_census("best_knowledge"),
    ),
    Measure(
        "code_knowledge",
        "Knowledge in the rules",
        "share of dimensions",
        "Share of reality that the code states rightly (March 1991).",
        +1,
        "emergent",
        high=1.0,
        stock=_census("code_knowledge"),
    ),
    Measure(
        "mean_score",
        "Score of people",
        "(correct - wrong) / dimensions",
        "Correct less wrong beliefs, mean over people.",
        +1,
        "emergent",
        low=-1.0,
        high=1.0,
        stock=_census("mean_score"),
    ),
    Measure(
        "code_score",
        "Score of the rules",
        "(correct - wrong) / dimensions",
        "Correct less wrong rules; what March's figure 1 reports.",
        +1,
        "emergent",
        low=-1.0,
        high=1.0,
        stock=_census("code_score"),
    ),
    Measure(
        "mean_payoff",
        "Requests people could do alone",
        "share of blocks",
        "Blocks of which a person knows every dimension, mean over people (Fang et al. 2010).",
        +1,
        "emergent",
        high=1.0,
        stock=_census("mean_payoff"),
    ),
    Measure(
        "explicit_stock",
        "Explicit knowledge",
        "share of dimensions",
        "Right beliefs that people can explain, mean over people.",
        +1,
        "emergent",
        high=1.0,
        stock=_census("explicit_stock"),
    ),
    Measure(
        "tacit_stock",
        "Tacit knowledge",
        "share of dimensions",
        "Right beliefs that people hold and cannot explain, mean over people.",
        0,
        "emergent",
        high=1.0,
        stock=_census("tacit_stock"),
    ),
    Measure(
        "diversity",
        "Diversity of beliefs",
        "chance that two people differ",
        "Chance that two people hold opposite beliefs on a dimension.",
        0,
        "emergent",
        high=1.0,
        stock=_census("diversity"),
    ),
    Measure(
        "knowledge_spread",
        "Spread of knowledge",
        "standard deviation over people",
        "How unequally people know: the gap between slow and fast learners (R48).",
        -1,
        "emergent",
        stock=_census("knowledge_spread"),
    ),
    Measure(
        "practice",
        "Practice",
        "0 to 1",
        "Depth of skill, mean over people and dimensions.",
        +1,
        "emergent",
        high=1.0,
        stock=_mean("practice"),
    ),
    Measure(
        "socialization_flow",
        "Tacit to tacit",
        "beliefs per person and year",
        "Beliefs taken over by working together.",
        0,
        "emergent",
        flow=_yearly("socialization_flow"),
    ),
    Measure(
        "externalization_flow",
        "Tacit to explicit",
        "beliefs per person and year",
        "Beliefs put into words or learned by stories. That stories do this is an input.",
        0,
        "input by design",
        flow=_yearly("externalization_flow"),
    ),
    Measure(
        "combination_flow",
        "Explicit to explicit",
        "beliefs per person and year",
        "Beliefs adopted from the code and from talk.",
        0,
        "emergent",
        flow=_yearly("combination_flow"),
    ),
    Measure(
        "internalization_flow",
        "Explicit to tacit",
        "beliefs per person and year",
        "Beliefs that acting by the code left behind.",
        0,
        "emergent",
        flow=_yearly("internalization_flow"),
    ),
    Measure(
        "forgetting",
        "Beliefs forgotten",
        "beliefs per person and year",
        "Beliefs lost unused.",
        -1,
        "emergent",
        flow=_yearly("beliefs_forgotten"),
    ),
)

_PEOPLE = (
    Measure(
        "self_efficacy",
        "Self-efficacy",
        "0 to 1",
        "Mean over people.",
        +1,
        "emergent",
        high=1.0,
        stock=_mean("self_efficacy"),
    ),
    Measure(
        "fear",
        "Fear",
        "0 to 1",
        "Mean over people.",
        -1,
        "emergent",
        high=1.0,
        stock=_mean("fear"),
    ),
    Measure(
        "belonging",
        "Belonging",
        "0 to 1",
        "Mean over people.",
        +1,
        "emergent",
        high=1.0,
        stock=_mean("belonging"),
    ),
    Measure(
        "interrelation",
        "Interrelation",
        "share of pairs",
        "Pairs who know each other at least a little now (familiarity above .05).",
        +1,
        "emergent",
        high=1.0,
        stock=acquainted_pairs,
    ),
    Measure(
        "turnover",
        "Turnover",
        "share of people per year",
        "People who left.",
        -1,
        "emergent",
        flow=_yearly("people_left"),
    ),
    Measure(
        "punishments",
        "Punished failures",
        "per person and year",
        "Failures met with punishment.",
        -1,
        "input by design",
        flow=_yearly("reactions_punishing"),
    ),
)

_CHANGE = (
    Measure(
        "trials_planned",
        "PDSA: planned",
        "per person and year",
        "Trials planned.",
        0,
        "emergent",
        flow=_yearly("trials_planned"),
    ),
    Measure(
        "trials_studied",
        "PDSA: studied",
        "per person and year",
        "Trials whose result was studied.",
        0,
        "emergent",
        flow=_yearly("trials_studied"),
    ),
    Measure(
        "trials_reported_better",
        "PDSA: reported better",
        "share of studied",
        "Trials reported as an improvement.",
        0,
        "emergent",
        high=1.0,
        flow=lambda c: ratio(c.trials_reported_better, c.trials_studied),
    ),
    Measure(
        "trials_truly_better",
        "PDSA: truly better",
        "share of those reported better",
        "Reported improvements that are improvements.",
        +1,
        "emergent",
        high=1.0,
        flow=lambda c: ratio(c.trials_better_in_truth, c.trials_reported_better),
    ),
    Measure(
        "act_share",
        "PDSA: put forward",
        "share of those reported better",
        "Reported improvements that were put forward. That fear blocks it is an input.",
        +1,
        "input by design",
        high=1.0,
        flow=lambda c: ratio(c.proposals_submitted, c.trials_reported_better),
    ),
    Measure(
        "changes_adopted",
        "PDSA: adopted",
        "per 100 people and year",
        "Changes put into force: in the rules, or by their owner for themselves.",
        +1,
        "emergent",
        flow=lambda c: 100 * c.a_year(c.changes_adopted),
    ),
    Measure(
        "change_quality",
        "Adopted changes that are right",
        "share of adopted",
        "Adopted changes that state reality as it is.",
        +1,
        "emergent",
        high=1.0,
        flow=lambda c: ratio(c.changes_right, c.changes_adopted),
    ),
    Measure(
        "approval_time",
        "Time to approval",
        "weeks",
        "From putting a change forward to its adoption.",
        -1,
        "input by design",
        flow=lambda c: ratio(c.approval_weeks, c.changes_adopted),
    ),
    Measure(
        "rules_changed",
        "Rules learned from people",
        "per year",
        "Changes of the code by codification.",
        0,
        "emergent",
        flow=lambda c: c.rules_changed * WEEKS_A_YEAR / c.weeks,
    ),
)

_TIME = (
    Measure(
        "learning_time",
        "Time to learn",
        "hours per person and week",
        "Hours of learning in fact, of all kinds.",
        0,
        "input by design",
        flow=_hours_of(*(ACTIVITIES[a] for a in LEARNING)),
    ),
    Measure(
        "overhead_time",
        "Obligations",
        "hours per person and week",
        "Hours for the line, approvals and officers' duties.",
        -1,
        "input by design",
        flow=_hours_of("line", "approval", "officer"),
    ),
    Measure(
        "work_time",
        "Time on requests",
        "hours per person and week",
        "Hours of handling requests, and of dealing with failures.",
        0,
        "emergent",
        flow=_hours_of("work", "failure"),
    ),
    Measure(
        "idle_time",
        "Idle time",
        "hours per person and week",
        "Hours that nothing claimed.",
        0,
        "emergent",
        flow=_hours_of("idle"),
    ),
)

#: All measures by name, in the order in which tables list them.
MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in itertools.chain(_PERFORMANCE, _KNOWLEDGE, _PEOPLE, _CHANGE, _TIME)
}

#: What a comparison speaks of first; chosen before looking, never by the size of an effect.
MAIN_MEASURES = (
    "output",
    "quality",
    "response_time",
    "mean_knowledge",
    "self_efficacy",
    "fear",
)

#: What a terminal has room for; pages and tables have them all.
SHORT_LIST = (
    *MAIN_MEASURES,
    "cost_per_case",
    "net_value",
    "code_knowledge",
    "tacit_stock",
    "diversity",
    "belonging",
    "turnover",
    "changes_adopted",
    "learning_time",
)

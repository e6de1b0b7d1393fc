"""How the organization changes itself, and what it spends its time on."""

from __future__ import annotations

from collections.abc import Callable

from sim.measures.measure import WEEKS_A_YEAR, Counted, Measure, ratio, yearly
from sim.tallies import ACTIVITIES, LEARNING


def hours_of(*activities: str) -> Callable[[Counted], float]:
    return lambda counted: ratio(
        sum(counted.hours[activity] for activity in activities), counted.person_weeks
    )


CHANGE = (
    Measure(
        "trials_planned",
        "PDSA: planned",
        "per person and year",
        "Trials planned.",
        0,
        "emergent",
        flow=yearly("trials_planned"),
    ),
    Measure(
        "trials_studied",
        "PDSA: studied",
        "per person and year",
        "Trials whose result was studied.",
        0,
        "emergent",
        flow=yearly("trials_studied"),
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

TIME = (
    Measure(
        "learning_time",
        "Time to learn",
        "hours per person and week",
        "Hours of learning in fact, of all kinds.",
        0,
        "input by design",
        flow=hours_of(*(ACTIVITIES[a] for a in LEARNING)),
    ),
    Measure(
        "overhead_time",
        "Obligations",
        "hours per person and week",
        "Hours for the line, approvals and officers' duties.",
        -1,
        "input by design",
        flow=hours_of("line", "approval", "officer"),
    ),
    Measure(
        "work_time",
        "Time on requests",
        "hours per person and week",
        "Hours of handling requests, and of dealing with failures.",
        0,
        "emergent",
        flow=hours_of("work", "failure"),
    ),
    Measure(
        "idle_time",
        "Idle time",
        "hours per person and week",
        "Hours that nothing claimed.",
        0,
        "emergent",
        flow=hours_of("idle"),
    ),
    Measure(
        "periods_run",
        "Periods run",
        "periods",
        "Periods until the run ended: all, or those until nothing could change any more.",
        0,
        "emergent",
        stock=lambda organization: float(organization.period),
    ),
)

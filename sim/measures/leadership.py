"""What passes along the line, how far word of a failure goes, and who is afraid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.measures.measure import Counted, Measure, ratio, yearly

if TYPE_CHECKING:
    from sim.organization import Organization


def fear_by_level(organization: Organization) -> float:
    """Mean fear of those whom nobody reports to, minus that of managers; NaN without managers."""
    leads = organization.leads_unit >= 0
    managers = int(leads.sum())
    if managers == 0:
        return float("nan")
    total, led = float(organization.fear.sum()), float(organization.fear[leads].sum())
    return (total - led) / (organization.people - managers) - led / managers


def reach_of_punishment(counted: Counted) -> float:
    reached = counted.punishments_witnessed + counted.punishments_travelled
    return ratio(reached, counted.reactions_punishing + counted.reprimands)


def reach_of_kindness(counted: Counted) -> float:
    reached = counted.kindness_witnessed + counted.kindness_travelled
    return ratio(reached, counted.reactions_kind)


LEADERSHIP = (
    Measure(
        "beliefs_from_leaders",
        "Beliefs from leaders",
        "per person and year",
        "Beliefs that people took over from their manager's campaign.",
        0,
        "emergent",
        flow=yearly("beliefs_from_leaders"),
    ),
    Measure(
        "beliefs_from_reports",
        "Beliefs from reports",
        "per person and year",
        "Beliefs that managers took over from most of those of their unit who spoke up (R90).",
        0,
        "emergent",
        flow=yearly("beliefs_from_reports"),
    ),
    Measure(
        "failures_admitted",
        "Failures admitted by managers",
        "per person and year",
        "Failures of their own that managers told their unit of (R105).",
        0,
        "input by design",
        flow=yearly("failures_admitted"),
    ),
    Measure(
        "reach_of_punishment",
        "Reach of a punishment",
        "people per punishment",
        "Others whose fear it moves: who saw it in the unit, and whom somebody told.",
        -1,
        "emergent",
        flow=reach_of_punishment,
    ),
    Measure(
        "reach_of_kindness",
        "Reach of a failure met kindly",
        "people per failure met kindly",
        "Others whose fear it moves: who saw it in the unit, and whom somebody told.",
        +1,
        "emergent",
        flow=reach_of_kindness,
    ),
    Measure(
        "fear_by_level",
        "Fear by level",
        "on a scale from 0 to 1",
        "Mean fear of those whom nobody reports to, minus that of managers; no rule knows rank.",
        0,
        "emergent",
        low=-1.0,
        high=1.0,
        stock=fear_by_level,
    ),
    Measure(
        "checked",
        "Requests checked",
        "share of requests handled",
        "Requests that were checked before they went out.",
        0,
        "input by design",
        high=1.0,
        flow=lambda counted: ratio(counted.cases_checked, counted.cases_handled),
    ),
)

"""How well the organization serves: output, quality, time, cost, worth."""

from __future__ import annotations

from sim.measures.measure import Counted, Measure, mean_of, ratio


def net_value(counted: Counted) -> float:
    value = counted.value
    worth = (
        counted.closed_right * value.right
        - counted.closed_wrong * value.wrong
        - counted.requests_refused * value.refused
        - counted.people_left * value.leaver
    )
    return ratio(worth, counted.person_weeks)


PERFORMANCE = (
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
        flow=net_value,
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
        stock=mean_of("backlog"),
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

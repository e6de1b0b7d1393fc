"""What comes of being watched, tested, coached and facilitated."""

from __future__ import annotations

from sim.measures.measure import Measure, ratio, yearly

TRAINING = (
    Measure(
        "rewards",
        "Rewards",
        "per person and year",
        "Times a manager rewarded what somebody did (R67).",
        0,
        "emergent",
        flow=yearly("rewards"),
    ),
    Measure(
        "reprimands",
        "Reprimands",
        "per person and year",
        "Times a manager punished what somebody did (R67).",
        0,
        "emergent",
        flow=yearly("reprimands"),
    ),
    Measure(
        "test_score",
        "Test score",
        "share of answers",
        "Answers in tests that are the lecturer's, who may be wrong; none without tests (R68).",
        0,
        "emergent",
        high=1.0,
        flow=lambda counted: ratio(counted.tests_right, counted.tests_taken),
    ),
    Measure(
        "coaching_sessions",
        "Coaching sessions",
        "per person and year",
        "Sessions in which somebody worked a question out with a coach.",
        0,
        "input by design",
        flow=yearly("coaching_sessions"),
    ),
    Measure(
        "facilitated_sessions",
        "Facilitated sessions",
        "per person and year",
        "Sessions in which somebody worked a question out with a facilitated group (R69).",
        0,
        "input by design",
        flow=yearly("facilitated_sessions"),
    ),
    Measure(
        "cases_brought",
        "Cases brought",
        "share of those there",
        "Of those who were in facilitated sessions, who came to speak and told of cases of their "
        "own; none without sessions.",
        0,
        "emergent",
        high=1.0,
        flow=lambda counted: ratio(counted.cases_brought, counted.facilitated_sessions),
    ),
    Measure(
        "insights",
        "Insights",
        "per person and year",
        "Beliefs that people came to by working a question out with a coach or a group (R69).",
        0,
        "emergent",
        flow=yearly("insights"),
    ),
    Measure(
        "insights_right",
        "Insights that are right",
        "share of insights",
        "Of these beliefs, those that are right; none where there are none.",
        +1,
        "emergent",
        high=1.0,
        flow=lambda counted: ratio(counted.insights_right, counted.insights),
    ),
)

"""How people are: what they trust, fear, belong to; who knows whom, who leaves."""

from __future__ import annotations

from sim.census import acquainted_pairs
from sim.measures.measure import Measure, mean_of, yearly

PEOPLE = (
    Measure(
        "self_efficacy",
        "Self-efficacy",
        "0 to 1",
        "Mean over people.",
        +1,
        "emergent",
        high=1.0,
        stock=mean_of("self_efficacy"),
    ),
    Measure(
        "fear",
        "Fear",
        "0 to 1",
        "Mean over people.",
        -1,
        "emergent",
        high=1.0,
        stock=mean_of("fear"),
    ),
    Measure(
        "belonging",
        "Belonging",
        "0 to 1",
        "Mean over people.",
        +1,
        "emergent",
        high=1.0,
        stock=mean_of("belonging"),
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
        flow=yearly("people_left"),
    ),
    Measure(
        "punishments",
        "Punished failures",
        "per person and year",
        "Failures met with punishment.",
        -1,
        "input by design",
        flow=yearly("reactions_punishing"),
    ),
)

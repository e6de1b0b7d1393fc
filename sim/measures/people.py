"""How people are: what they trust, fear, belong to; who knows whom, who leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.census import ties_census
from sim.measures.measure import Measure, mean_of, yearly

if TYPE_CHECKING:
    from sim.organization import Organization


def of_ties(name: str) -> Callable[[Organization], float]:
    return lambda organization: ties_census(organization)[name]


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
        stock=of_ties("interrelation"),
    ),
    Measure(
        "met_pairs",
        "Pairs who have met",
        "share of pairs",
        "Ordered pairs of which one has met the other, however long ago, and remembers it: at most "
        "150 contacts a person. Who takes over a leaver's seat has met nobody.",
        0,
        "emergent",
        high=1.0,
        stock=of_ties("met_pairs"),
    ),
    Measure(
        "familiarity_within_cells",
        "Familiarity within cells",
        "0 to 1",
        "How well two people of one cell know each other now, mean over ordered pairs.",
        0,
        "emergent",
        high=1.0,
        stock=of_ties("familiarity_within_cells"),
    ),
    Measure(
        "familiarity_across_cells",
        "Familiarity across cells",
        "0 to 1",
        "How well two people of different cells know each other now, mean over ordered pairs.",
        0,
        "emergent",
        high=1.0,
        stock=of_ties("familiarity_across_cells"),
    ),
    Measure(
        "cell_distance",
        "Distance between cells",
        "steps",
        "Mean steps from cell to cell, two being linked where of one of them at least a tenth of "
        "the pairs with the other know each other a little (familiarity above .05); as many steps "
        "as there are cells where no way leads. Of more than 64 cells 64 are starting points.",
        0,
        "emergent",
        stock=of_ties("cell_distance"),
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

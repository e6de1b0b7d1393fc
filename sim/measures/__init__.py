"""What we look at: documented functions of an organization, each with label, unit and range.

A *stock* is read off the arrays as they are; its value for a run is that of the last week. A *flow*
is a function of what was counted (``Counted``): of one week in a series, of all weeks together for
a run. Measures change nothing.

Each carries the class of its effects (R131): whether a difference in it between scenarios is put in
by a setting, calibrated, or emerges from rules that do not name it.
"""

from __future__ import annotations

import itertools

from sim.measures.advice import ADVICE
from sim.measures.change import CHANGE, TIME
from sim.measures.community_stages import COMMUNITY_STAGES
from sim.measures.groups import GROUPS
from sim.measures.influence import INFLUENCE
from sim.measures.knowledge import KNOWLEDGE
from sim.measures.leadership import LEADERSHIP
from sim.measures.measure import WEEKS_A_YEAR, Counted, EffectClass, Measure, ratio
from sim.measures.participation import PARTICIPATION
from sim.measures.people import PEOPLE
from sim.measures.performance import PERFORMANCE
from sim.measures.platform import PLATFORM
from sim.measures.programme import PROGRAMME
from sim.measures.spanning import SPANNING
from sim.measures.training import TRAINING
from sim.measures.tree import TREE
from sim.measures.types import TYPES
from sim.measures.watching import WATCHING

__all__ = [
    "LEARNING_MEASURES",
    "MAIN_MEASURES",
    "MEASURES",
    "SHORT_LIST",
    "WEEKS_A_YEAR",
    "Counted",
    "EffectClass",
    "Measure",
    "ratio",
]

#: All measures by name, in the order in which tables list them.
MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in itertools.chain(
        *(PERFORMANCE, KNOWLEDGE, PEOPLE, CHANGE, TIME),
        *(GROUPS, TREE, ADVICE, PARTICIPATION, SPANNING, TYPES),
        *(LEADERSHIP, TRAINING, PROGRAMME, PLATFORM, INFLUENCE, COMMUNITY_STAGES, WATCHING),
    )
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

#: The same where nothing happens but learning.
LEARNING_MEASURES = (
    "mean_payoff",
    "mean_knowledge",
    "code_knowledge",
    "distinct_sets",
    "periods_run",
)

#: What a terminal has room for; pages and tables have them all.
SHORT_LIST = (
    *MAIN_MEASURES,
    "mean_payoff",
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

"""What people and the rules know, and how knowledge changes form."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.census import census
from sim.measures.measure import Measure, mean_of, yearly

if TYPE_CHECKING:
    from sim.organization import Organization


def counted(name: str) -> Callable[[Organization], float]:
    return lambda organization: census(organization)[name]


KNOWLEDGE = (
    Measure(
        "mean_knowledge",
        "Knowledge of people",
        "share of dimensions",
        "Share of reality that people believe rightly, mean over people (March 1991).",
        +1,
        "emergent",
        high=1.0,
        stock=counted("mean_knowledge"),
    ),
    Measure(
        "best_knowledge",
        "Knowledge of the best",
        "share of dimensions",
        "The same of the person who knows most.",
        +1,
        "emergent",
        high=1.0,
        stock=counted("best_knowledge"),
    ),
    Measure(
        "code_knowledge",
        "Knowledge in the rules",
        "share of dimensions",
        "Share of reality that the code states rightly (March 1991).",
        +1,
        "emergent",
        high=1.0,
        stock=counted("code_knowledge"),
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
        stock=counted("mean_score"),
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
        stock=counted("code_score"),
    ),
    Measure(
        "mean_payoff",
        "Requests people could do alone",
        "share of blocks",
        "Blocks of which a person knows every dimension, mean over people (Fang et al. 2010).",
        +1,
        "emergent",
        high=1.0,
        stock=counted("mean_payoff"),
    ),
    Measure(
        "explicit_stock",
        "Explicit knowledge",
        "share of dimensions",
        "Right beliefs that people can explain, mean over people.",
        +1,
        "emergent",
        high=1.0,
        stock=counted("explicit_stock"),
    ),
    Measure(
        "tacit_stock",
        "Tacit knowledge",
        "share of dimensions",
        "Right beliefs that people hold and cannot explain, mean over people.",
        0,
        "emergent",
        high=1.0,
        stock=counted("tacit_stock"),
    ),
    Measure(
        "diversity",
        "Diversity of beliefs",
        "chance that two people differ",
        "Chance that two people hold opposite beliefs on a dimension.",
        0,
        "emergent",
        high=1.0,
        stock=counted("diversity"),
    ),
    Measure(
        "knowledge_spread",
        "Spread of knowledge",
        "standard deviation over people",
        "How unequally people know: the gap between slow and fast learners (R48).",
        -1,
        "emergent",
        stock=counted("knowledge_spread"),
    ),
    Measure(
        "practice",
        "Practice",
        "0 to 1",
        "Depth of skill, mean over people and dimensions.",
        +1,
        "emergent",
        high=1.0,
        stock=mean_of("practice"),
    ),
    Measure(
        "socialization_flow",
        "Tacit to tacit",
        "beliefs per person and year",
        "Beliefs taken over by working together.",
        0,
        "emergent",
        flow=yearly("socialization_flow"),
    ),
    Measure(
        "externalization_flow",
        "Tacit to explicit",
        "beliefs per person and year",
        "Beliefs put into words or learned by stories. That stories do this is an input.",
        0,
        "input by design",
        flow=yearly("externalization_flow"),
    ),
    Measure(
        "combination_flow",
        "Explicit to explicit",
        "beliefs per person and year",
        "Beliefs adopted from the code and from talk.",
        0,
        "emergent",
        flow=yearly("combination_flow"),
    ),
    Measure(
        "internalization_flow",
        "Explicit to tacit",
        "beliefs per person and year",
        "Beliefs that acting by the code left behind.",
        0,
        "emergent",
        flow=yearly("internalization_flow"),
    ),
    Measure(
        "forgetting",
        "Beliefs forgotten",
        "beliefs per person and year",
        "Beliefs lost unused.",
        -1,
        "emergent",
        flow=yearly("beliefs_forgotten"),
    ),
)

"""Socialization: people learn from the organizational code.

Where the code holds a belief that a person does not share, the person adopts it with probability
``rate`` each period. Fast socialization makes people agree early, and so leaves the code little to
learn from [March1991]. Only what is codified passes on this way, and what a person takes from the
code they can also put into words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from sim.kernels import in_place
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import draw
from sim.tallies import COMBINATION_FLOW, RULES

if TYPE_CHECKING:
    from sim.organization import Organization


class SocializationParameters(Parameters):
    rate: float = parameter(
        0.1,
        unit="probability per belief and period",
        bounds=(0, 1),
        doc="Chance that a person adopts a belief of the code they do not share.",
        source="March1991, p1 (.1 to .9 there)",
    )
    share_fast: float = parameter(
        0.0,
        unit="share of people",
        bounds=(0, 1),
        doc="Share of seats, spread evenly, whose holders learn from the code at fast_rate.",
        source="March1991, figure 2 (slow and fast learners mixed)",
    )
    fast_rate: float = parameter(
        0.9,
        unit="probability per belief and period",
        bounds=(0, 1),
        doc="The rate of these fast learners.",
        source="March1991, figure 2 (.9 there, the others .1)",
    )
    transfer: Literal["direct", "stepwise"] = parameter(
        "direct",
        unit="rule",
        doc="direct: the code's belief replaces one's own at once; stepwise: a belief opposite to "
        "the code is given up first, and the code's is taken on a later occasion.",
        source="direct: March1991, text; stepwise: March1991, program (Workiewicz2019)",
    )
    hours: float = parameter(
        0.5,
        unit="hours per person and week",
        bounds=(0, 40),
        doc="Time a person plans for reading the code and being trained in it.",
        source=ASSUMPTION,
    )


def fast_seats(people: int, share: float) -> NDArray[np.bool_]:
    """Seats of fast learners, bool of shape (people,): ``round(people * share)``, spread evenly."""
    fast, seat = round(people * share), np.arange(people)
    spread: NDArray[np.bool_] = (seat + 1) * fast // people > seat * fast // people
    return spread


def rates(parameters: SocializationParameters, people: int) -> NDArray[np.float64]:
    """Everybody's rate of learning from the code, shape (people,)."""
    fast = fast_seats(people, parameters.share_fast)
    return np.where(fast, parameters.fast_rate, parameters.rate)


@in_place
def adopt_code(
    seats,
    beliefs,
    articulated,
    code,
    rate,
    stepwise,
    person,
    key,
    author,
    influence,
    differing,
):
    """Adopt the code's beliefs in place, for one period; return how many were adopted.

    Parameters
    ----------
    seats : int64 array
        Whose beliefs are compared with the code; nobody else learns.
    beliefs : int8 array, shape (people, dimensions)
        +1 or -1 where a person holds a belief, 0 where they hold none.
    articulated : bool array, shape (people, dimensions)
        Set where a belief of the code is adopted, cleared where a belief is given up.
    code : int8 array, shape (dimensions,)
        The organizational code as the period opened, in the same values.
    rate : float64 array, shape (people,)
        Each person's probability of adoption.
    stepwise : bool
        A belief opposite to the code becomes 0 first.
    person : uint64 array, shape (people,)
        Who sits on each seat; ``draw(key, person[i], j)`` decides on dimension j.
    key : uint64
        Names this decision in this period.
    author : int32 array, shape (dimensions,)
        Seat of whose change the rule is, -1 for nobody in particular.
    influence : float32 array, shape (people,)
        Grows by 1 for each belief that somebody else adopts of an author's rule.
    differing : int64 array, shape (dimensions,)
        Room to work in.
    """
    adopted = 0
    for i in seats:
        views, explains, who, chance = beliefs[i], articulated[i], person[i], rate[i]
        # What is not shared is listed first, without a branch: then few draws have to be made.
        count = 0
        for j in range(code.size):
            differing[count] = j
            count += (code[j] != 0) & (views[j] != code[j])
        for n in range(count):
            j = differing[n]
            if draw(key, who, j) < chance:
                gives_up = stepwise and views[j] == -code[j]
                views[j] = 0 if gives_up else code[j]
                explains[j] = not gives_up
                adopted += not gives_up
                if author[j] >= 0 and author[j] != i and not gives_up:
                    influence[author[j]] += 1.0
    return adopted


@in_place
def learn_from_code(state, rate, stepwise, key):
    """Let everybody learn from the code, at their own ``rate`` (people,) as time allows."""
    learning_rate, learning_share, tally = state.learning_rate, state.learning_share, state.tally
    seats, adoption = state.seats, state.adoption
    for i in range(len(seats)):
        seats[i] = i
        adoption[i] = rate[i] * (np.float64(learning_rate[i]) * learning_share[i])
    tally[COMBINATION_FLOW] += adopt_code(
        seats,
        state.beliefs,
        state.articulated,
        state.opening_code,
        adoption,
        stepwise,
        state.person,
        key,
        state.rule_author,
        state.influence,
        state.differing,
    )


@in_place
def plan_training(state, hours):
    """Add to ``planned`` the ``hours`` (float32) for reading the code."""
    planned = state.planned
    for i in range(len(planned)):
        planned[i, RULES] += hours


class Socialization(Mechanism):
    """People adopt beliefs of the code, each at their own rate and as far as their hours allow."""

    name = "socialization"
    Parameters = SocializationParameters
    reads = (
        *("beliefs", "articulated", "code", "rule_author", "learning_rate", "learning_share"),
        "person",
    )
    writes = ("beliefs", "articulated", "influence", "tally")
    null: ClassVar[dict[str, Any]] = {
        "socialization.rate": 0.0,
        "socialization.share_fast": 0.0,
        "socialization.hours": 0.0,
    }

    def __init__(self, parameters: Any = None) -> None:
        super().__init__(parameters)
        #: Parameters, and the rates of all seats that follow from them.
        self._rates: tuple[Any, NDArray[np.float64]] | None = None

    def plan(self, organization: Organization) -> None:
        plan_training(organization.state, np.float32(self.parameters.hours))

    def apply(self, organization: Organization) -> None:
        if self._rates is None or self._rates[0] is not self.parameters:
            self._rates = self.parameters, rates(self.parameters, organization.people)
        stepwise = self.parameters.transfer == "stepwise"
        key = organization.key("socialization")
        learn_from_code(organization.state, self._rates[1], stepwise, key)

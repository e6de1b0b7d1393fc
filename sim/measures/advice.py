"""Advice and directories: who asks, who knows, and who is believed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.acquaintance.directories import accuracy, best_known, chances
from sim.measures.change import hours_of
from sim.measures.measure import SELDOM, Counted, Measure, ratio, yearly

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.organization import Organization


def misaddressed_share(counted: Counted) -> float:
    """Of the people asked, those who had no time or nothing to say."""
    asked = counted.questions_asked + counted.questions_referred
    return ratio(asked - counted.questions_answered, asked)


def who_knows_what(organization: Organization) -> float:
    """How near expectations of others' knowledge are to what these know; NaN without addresses."""
    if organization.address.size == 0:
        return float("nan")
    return float(accuracy(organization.address, organization.knows_what, _chances(organization)))


def who_knows_whom(organization: Organization) -> float:
    """The same of whether others know somebody who knows."""
    if organization.address.size == 0:
        return float("nan")
    address = organization.address
    known = best_known(address, organization.knows_what, _chances(organization))
    return float(accuracy(address, organization.knows_whom, known))


def _chances(organization: Organization) -> NDArray[np.float64]:
    chance: NDArray[np.float64] = chances(
        organization.beliefs,
        organization.reality,
        organization.complexity,
        organization.sizes["topics"],
    )
    return chance


ADVICE: tuple[Measure, ...] = (
    Measure(
        "questions_asked",
        "Questions",
        "per person and year",
        "Requests about which somebody was asked for advice.",
        0,
        "emergent",
        flow=yearly("questions_asked"),
    ),
    Measure(
        "answered_share",
        "Questions answered",
        "share of questions",
        "Questions that somebody had something to say to, asked at once or by referral.",
        +1,
        "emergent",
        high=1.0,
        flow=lambda c: ratio(c.questions_answered, c.questions_asked),
    ),
    Measure(
        "right_answer_share",
        "Right answers",
        "share of answers",
        "Answers right in all they said on what was asked.",
        +1,
        "emergent",
        high=1.0,
        flow=lambda c: ratio(c.questions_answered_rightly, c.questions_answered),
    ),
    Measure(
        "misaddressed_share",
        "Asked in vain",
        "share of people asked",
        "Had no time or nothing to say, whether or not they named somebody else.",
        -1,
        "emergent",
        high=1.0,
        flow=misaddressed_share,
    ),
    Measure(
        "advice_time",
        "Time for advice",
        "hours per person and week",
        "Hours of asking and of being asked.",
        0,
        "emergent",
        flow=hours_of("advice"),
    ),
    Measure(
        "who_knows_what",
        "Who knows what",
        "0 to 1",
        "1 less the mean distance between what people expect of those they know of, by topic, and "
        "the chance of these to be right by their own beliefs.",
        +1,
        "emergent",
        high=1.0,
        stock=who_knows_what,
        every=SELDOM,
    ),
    Measure(
        "who_knows_whom",
        "Who knows whom",
        "0 to 1",
        "1 less the mean distance between how far people expect those they know of to know "
        "somebody who knows, and the chance to be right of whom these think most.",
        +1,
        "emergent",
        high=1.0,
        stock=who_knows_whom,
        every=SELDOM,
    ),
)

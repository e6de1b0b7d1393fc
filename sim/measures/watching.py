"""What comes of watching others, of picking things up, and of whose trials go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.measures.measure import Measure, ratio, yearly

if TYPE_CHECKING:
    from sim.organization import Organization


def improper_practice(organization: Organization) -> float:
    """Share of the beliefs held where there are standards that are against them."""
    judged = np.flatnonzero(organization.improper)
    if len(judged) == 0:
        return float("nan")
    held = organization.beliefs[:, judged]
    return float(ratio(np.sum(held == organization.improper[judged]), float(np.sum(held != 0))))


WATCHING = (
    Measure(
        "improper_practice",
        "Improper ways",
        "share of beliefs where there are standards",
        "Beliefs held that are against standards, where there are any (environment.improper). "
        "That strict people do not take them up is put in (interpersonal.regulators) (R73).",
        -1,
        "input by design",
        high=1.0,
        stock=improper_practice,
    ),
    Measure(
        "learned_unnoticed",
        "Learned unnoticed",
        "per person and year",
        "Beliefs picked up from those around one, in no hour of learning (R74).",
        0,
        "input by design",
        flow=yearly("learned_unnoticed"),
    ),
    Measure(
        "trials_repeated",
        "Trials begun again",
        "share of trials planned",
        "Trials that are the repetition of one that came to nothing (R75).",
        0,
        "input by design",
        high=1.0,
        flow=lambda counted: ratio(counted.trials_repeated, counted.trials_planned),
    ),
    Measure(
        "trials_on_agenda",
        "Trials on the agenda",
        "share of trials planned anew",
        "Trials whose subject management set, of those that repeat no other (R90).",
        0,
        "input by design",
        high=1.0,
        flow=lambda counted: ratio(
            counted.trials_on_agenda, counted.trials_planned - counted.trials_repeated
        ),
    ),
)

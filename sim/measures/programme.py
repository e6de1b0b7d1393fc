"""An open programme's funnel, and how many people do not feel safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.learning.programmes import TAKING_PART
from sim.measures.measure import Measure, ratio

if TYPE_CHECKING:
    from sim.organization import Organization

#: Fear above which a person would say in a survey that they do not feel safe (assumption).
UNSAFE = 0.5


def taking_part(organization: Organization) -> float:
    if organization.parameters["programme"].hours == 0.0:
        return float("nan")
    return float((organization.programme_stage == TAKING_PART).mean())


PROGRAMME = (
    Measure(
        "programme_participants",
        "Open programme: taking part",
        "share of people",
        "People who take part in the open programme now; none where there is no programme.",
        0,
        "emergent",
        high=1.0,
        stock=taking_part,
    ),
    Measure(
        "programme_begun_share",
        "Open programme: begun",
        "share of those registered",
        "People who began the open programme after they had registered (R102). Its level is "
        "calibrated to P58.",
        0,
        "calibrated",
        high=1.0,
        flow=lambda c: ratio(c.programme_begun, c.programme_registered),
    ),
    Measure(
        "programme_completed_share",
        "Open programme: completed",
        "share of those registered",
        "People who took part in the open programme to its end (R102). Its level at five modules "
        "is calibrated to P58; that longer programmes are completed by fewer is not.",
        +1,
        "calibrated",
        high=1.0,
        flow=lambda c: ratio(c.programme_completed, c.programme_registered),
    ),
    Measure(
        "share_unsafe",
        "People who do not feel safe",
        "share of people",
        f"People whose fear is above {UNSAFE:g}: the scale's middle stands for a survey's answer "
        "that one does not feel safe to speak up (P17). Fear starts as a scenario sets it.",
        -1,
        "calibrated",
        high=1.0,
        stock=lambda organization: float((organization.fear > UNSAFE).mean()),
    ),
)

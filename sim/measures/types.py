"""How people of different personalities fare: halves by a trait, and the gap between them.

Of each trait, those above the median of the people who are here now, minus the others [document
001: types of personality learn differently]. What a trait does stands in the rules that read it;
how large a gap it leaves does not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.census import types_census
from sim.measures.measure import Measure

if TYPE_CHECKING:
    from sim.organization import Organization

#: Traits as they are called in labels, and who stands above the median of them.
HALVES = {
    "sociability": ("sociability", "the more sociable half"),
    "dominance": ("dominance", "the more dominant half"),
    "mindset": ("mindset", "the half that believes more in growth"),
    "learning_rate": ("learning rate", "the half that learns faster"),
}
#: Outcomes as they are called in labels, and their units.
GAPS = {
    "knowledge": ("Knowledge", "share of dimensions"),
    "self_efficacy": ("Self-efficacy", "on a scale from 0 to 1"),
    "belonging": ("Belonging", "on a scale from 0 to 1"),
}


def of_types(name: str) -> Callable[[Organization], float]:
    return lambda organization: types_census(organization)[name]


TYPES = tuple(
    Measure(
        f"{outcome}_by_{trait}",
        f"{label} by {trait_label}",
        unit,
        f"{label} of {upper} minus that of the others; who stands at the median counts there.",
        0,
        "emergent",
        low=-1.0,
        high=1.0,
        stock=of_types(f"{outcome}_by_{trait}"),
    )
    for trait, (trait_label, upper) in HALVES.items()
    for outcome, (label, unit) in GAPS.items()
)

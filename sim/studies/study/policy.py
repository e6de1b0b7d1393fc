"""What a policy map of a study shows: which factors span it, and which outcomes it is of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.studies.study.factors import Value


@dataclass(frozen=True)
class PolicyOutcome:
    """An outcome of a policy map, in the unit of its measure.

    ``better`` is +1 where more is better, else -1. ``low`` and ``high`` bound the colour range, the
    same whatever came out. ``margin`` is the difference that matters, above 0.
    """

    name: str
    label: str
    unit: str
    better: int
    low: float
    high: float
    decimals: int
    margin: float


@dataclass(frozen=True)
class Policy:
    """The factors of a policy map, by name, and its outcomes.

    ``tabs`` is "" where there are none. ``today`` has the level of rows and columns of the policy
    that there is now; ``labels`` what factors are called, where it is not by their names;
    ``tile`` a short name of a tile, with {rows} and {columns}.
    """

    rows: str
    columns: str
    tabs: str
    outcomes: tuple[PolicyOutcome, ...]
    today: tuple[Value, Value]
    labels: Mapping[str, str]
    tile: str = ""

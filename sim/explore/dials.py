"""What can be changed in the view: parameters of a scenario as sliders, from their declarations."""

from __future__ import annotations

import math
from typing import Any

from sim.scenario.loading import Scenario
from sim.scenario.schema import ParameterRow, parameter_table
from sim.studies.comparison import effective

#: Parameters offered; ranges that are open in a declaration are closed here.
DIALS: dict[str, tuple[float | None, float | None]] = {
    "people": (10, 200),
    "structure.levels": (1, 7),
    "structure.span": (2, 20),
    "leadership.inclusiveness": (None, None),
    "socialization.rate": (None, None),
    "communities.hours": (0, 4),
    "cells.size": (3, 20),
    "cells.hours": (0, 4),
    "officers.hours": (0, 8),
    "reshuffle.every": (0, 52),
    "pdsa.rate": (None, None),
}


def dials(scenario: Scenario) -> dict[str, dict[str, Any]]:
    """Sliders as SolaraViz wants them, by the names that ``LearningOrganization`` takes."""
    now = effective(scenario)
    rows = {row.path: row for row in parameter_table()}
    return {path.replace(".", "__"): _slider(rows[path], now[path], DIALS[path]) for path in DIALS}


def _slider(
    row: ParameterRow, value: float, within: tuple[float | None, float | None]
) -> dict[str, Any]:
    declared = row.bounds
    low, high = (
        mine if mine is not None else theirs for mine, theirs in zip(within, declared, strict=True)
    )
    assert low is not None and high is not None, f"{row.path} needs a range"
    whole = isinstance(row.default, int)
    # What a scenario says can be shown, whatever the range offered.
    low, high = min(low, value), max(high, value)
    step = 1 if whole else 10.0 ** math.floor(math.log10((high - low) / 20))
    return {
        "type": "SliderInt" if whole else "SliderFloat",
        "label": row.path,
        "value": value,
        "min": low,
        "max": high,
        "step": step,
    }

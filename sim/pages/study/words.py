"""Numbers of a study in words: amounts, intervals, and how surely something is not 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.pages.numbers import (
    decimals_for,
    interval_text,
    is_share,
    number,
    plain_text,
    shown_factor,
    shown_unit,
)
from sim.pages.sentences import MeasureLike
from sim.pages.study.facts import StudyFacts

ALPHA = 0.05
CLEAR, HINT, CANNOT_TELL = "clear", "hint", "cannot tell"

#: A row of a table: ``mean``, ``low``, ``high``, and what else it has.
Row = Mapping[Any, Any]


def listed(words: Sequence[str], last: str = "and") -> str:
    """Words in a row: "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def counted(count: int, thing: str) -> str:
    """A count with its thing: "1 run", "1,200 runs"."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def in_sentence(label: str) -> str:
    """A label inside a sentence: lower-case first letter, unless it begins with an acronym."""
    text = plain_text(label)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def measure_title(measure: MeasureLike) -> str:
    """A measure's label with its unit, as a heading."""
    unit = shown_unit(measure.unit)
    return plain_text(measure.label) + (f" ({unit})" if unit else "")


def decimals(row: Row, measure: MeasureLike) -> int:
    """Decimals of an interval; more where rounding would put 0 into one that leaves it out."""
    factor = shown_factor(measure.unit)
    low, high = factor * row["low"], factor * row["high"]
    wanted = decimals_for((high - low) / 2, factor * row["mean"])
    nearest = min(abs(low), abs(high)) if low * high > 0 else 0.0
    while nearest and round(nearest, wanted) == 0 and wanted < 6:
        wanted += 1
    return wanted


def value(amount: float, row: Row, measure: MeasureLike) -> str:
    """A value with as many decimals as the interval of a row allows."""
    return number(shown_factor(measure.unit) * amount, decimals(row, measure))


def amount(row: Row, measure: MeasureLike, *, sign: bool = False) -> str:
    """The size of a difference (with its sign where asked for), and what it is counted in."""
    shown = shown_factor(measure.unit) * (row["mean"] if sign else abs(row["mean"]))
    text = number(shown, decimals(row, measure), sign=sign)
    return text + (" points" if is_share(measure.unit) else "")


def interval(row: Row, measure: MeasureLike, *, size: bool = False) -> str:
    """The interval of a row (of its size where asked for), or why there is none."""
    factor = shown_factor(measure.unit)
    low, high = factor * row["low"], factor * row["high"]
    if not (np.isfinite(low) and np.isfinite(high)):
        return "one run cannot say how surely"
    if low == high:
        return "the same in every run"
    if size and row["mean"] < 0:
        low, high = -high, -low
    return f"95 % interval {interval_text(low, high, decimals(row, measure))}"


def strength(row: Row) -> str:
    """How surely a row with an interval and ``p_holm`` is not 0."""
    if row["low"] == row["high"] and row["mean"] != 0:
        return CLEAR
    if not (row["low"] > 0 or row["high"] < 0):
        return CANNOT_TELL
    return CLEAR if row["p_holm"] <= ALPHA else HINT


def leader(
    facts: StudyFacts, measure: MeasureLike, pair: tuple[str, str], difference: float
) -> tuple[str, str, str]:
    """Who of two does better (or is higher, where neither is better), the verb, and the other."""
    second = difference * (measure.better or 1) > 0
    verb = "does better" if measure.better else "is higher"
    return facts.title_of(pair[second]), verb, facts.title_of(pair[not second])

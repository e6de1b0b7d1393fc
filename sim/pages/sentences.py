"""Saying in plain words what differs and how sure that is: sentences, and the table as text.

Which measures are spoken of, and in what order, is fixed beforehand by the caller. Picking the
largest effect after the runs would be choosing the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from sim.pages.numbers import (
    decimals_for,
    distinct_titles,
    interval_text,
    is_share,
    number,
    plain_text,
    shown_factor,
    shown_unit,
)
from sim.studies import statistics

CLEAR, HINT, CANNOT_TELL = "clear", "hint", "cannot tell"


class MeasureLike(Protocol):
    """What the pages need to know of a measure; ``better`` is +1, -1, or 0 for neither."""

    @property
    def label(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def better(self) -> int: ...


@dataclass(frozen=True)
class Reading:
    """What a row of the comparison allows one to say.

    ``side`` is "A" or "B": the one that does better, or is higher where neither direction is
    better; "" where there is no difference to speak of. ``strength`` is ``CLEAR``, ``HINT`` (the
    interval leaves out 0, but the correction for several measures does not hold),
    ``CANNOT_TELL``, or a remark of ``sim.studies.statistics``.
    """

    side: str
    strength: str


@dataclass(frozen=True)
class Row:
    """One measure of the comparison as text, for a table on a page or a terminal."""

    name: str
    label: str
    unit: str
    label_class: str
    A: str
    A_interval: str
    B: str
    B_interval: str
    difference: str
    difference_interval: str
    d: str
    p_holm: str
    reading: str
    runs: str


# --- readings and rows --------------------------------------------------------------------------


def read(row: Any, measure: MeasureLike, alpha: float = 0.05) -> Reading:
    """What a row of ``compare_table`` allows one to say about its measure."""
    remark, difference = row["remark"], row["difference"]
    if remark in (statistics.IDENTICAL, statistics.NO_RUNS) or difference == 0:
        return Reading("", remark or CANNOT_TELL)
    direction = difference * (measure.better or 1)
    side = "B" if direction > 0 else "A"
    if remark:
        return Reading(side, remark)
    if row["difference_low"] <= 0 <= row["difference_high"]:
        return Reading("", CANNOT_TELL)
    return Reading(side, CLEAR if row["p_holm"] <= alpha else HINT)


def table_rows(
    table: pd.DataFrame, measures: Mapping[str, MeasureLike], titles: tuple[str, str]
) -> list[Row]:
    """The table of ``compare_table`` as text; every number of a row has the same decimals."""
    return [
        _table_row(str(name), row, measures[str(name)], titles) for name, row in table.iterrows()
    ]


def _table_row(name: str, row: Any, measure: MeasureLike, titles: tuple[str, str]) -> Row:
    factor = shown_factor(measure.unit)
    decimals = _row_decimals(row, factor)

    def mean(key: str, *, sign: bool = False) -> str:
        return number(factor * row[key], decimals, sign=sign)

    def interval(low: str, high: str) -> str:
        return interval_text(factor * row[low], factor * row[high], decimals)

    return Row(
        name=name,
        label=plain_text(measure.label),
        unit=shown_unit(measure.unit),
        label_class=str(getattr(measure, "label_class", "")),
        A=mean("mean_A"),
        A_interval=interval("low_A", "high_A"),
        B=mean("mean_B"),
        B_interval=interval("low_B", "high_B"),
        difference=mean("difference", sign=True),
        difference_interval=interval("difference_low", "difference_high"),
        d=number(row["d"], 2, sign=True),
        p_holm=_p_text(row["p_holm"]),
        reading=reading_text(read(row, measure), measure, titles),
        runs=_runs_text(row),
    )


def reading_text(reading: Reading, measure: MeasureLike, titles: tuple[str, str]) -> str:
    """A reading in a few words for the last column of a table."""
    if not reading.side:
        return {statistics.NO_RUNS: "no value"}.get(reading.strength, reading.strength)
    title = distinct_titles(titles)["AB".index(reading.side)]
    words = f"{title} {'better' if measure.better else 'higher'}"
    tails = {
        HINT: " (a hint only)",
        statistics.CONSTANT: " (the same difference in every run)",
        statistics.ONE_RUN: " (one run: not known how surely)",
    }
    return words + tails.get(reading.strength, "")


def _row_decimals(row: Any, factor: float) -> int:
    """Decimals of a row; more where rounding would put 0 into an interval that leaves it out."""
    low, high = factor * row["difference_low"], factor * row["difference_high"]
    value = factor * max(abs(row["mean_A"]), abs(row["mean_B"]))
    decimals = decimals_for((high - low) / 2, value)
    nearest = min(abs(low), abs(high)) if low * high > 0 else 0.0
    while nearest and round(nearest, decimals) == 0 and decimals < 6:
        decimals += 1
    return decimals


def _p_text(p: float) -> str:
    return "< 0.001" if p < 0.001 else number(p, 3)


def _runs_text(row: Any) -> str:
    n, dropped = int(row["n"]), int(row["dropped"])
    return f"{n} of {n + dropped}" if dropped else str(n)


# --- sentences ----------------------------------------------------------------------------------


def plain_sentence(
    table: pd.DataFrame,
    measures: Mapping[str, MeasureLike],
    headline: Sequence[str],
    titles: tuple[str, str],
    length: str,
) -> str:
    """What differs and how sure that is: the first headline measure in full, the others briefly.

    ``headline`` names the main measures in an order fixed beforehand; those without a row in the
    table are passed over.
    """
    spoken = [name for name in headline if name in table.index]
    if not spoken:
        return "None of the main measures was recorded, so nothing can be said of them."
    first: Any = table.loc[spoken[0]]
    runs = int(first["n"]) + int(first["dropped"])
    opening = f"In {runs} paired run{'' if runs == 1 else 's'} {length}, "
    sentence = opening + finding(table, spoken[0], measures[spoken[0]], titles)
    if len(spoken) == 1:
        return sentence
    others = [(measures[name], read(table.loc[name], measures[name])) for name in spoken[1:]]
    return f"{sentence} {_briefly(others, titles)}"


def finding(table: pd.DataFrame, name: str, measure: MeasureLike, titles: tuple[str, str]) -> str:
    """One sentence on one measure, with its numbers and their uncertainty."""
    row: Any = table.loc[name]
    reading = read(row, measure)
    label, (title_a, title_b) = _in_sentence(measure.label), distinct_titles(titles)
    if reading.strength == statistics.NO_RUNS:
        return f"nothing can be said of {label}: no run has a value of it in both."
    factor, unit = shown_factor(measure.unit), shown_unit(measure.unit)
    decimals = _row_decimals(row, factor)
    a, b = (number(factor * row[key], decimals) for key in ("mean_A", "mean_B"))
    low, high = factor * row["difference_low"], factor * row["difference_high"]
    missing = _missing(row)
    if not reading.side and reading.strength in (statistics.IDENTICAL, statistics.ONE_RUN):
        runs = "each of the runs" if reading.strength == statistics.IDENTICAL else "the only run"
        return (
            f"{title_a} and {title_b} are the same in {label} in {runs} "
            f"({_with_unit(a, unit)}{missing})."
        )
    if not reading.side:
        seen = factor * statistics.detectable_difference(
            (row["difference_high"] - row["difference_low"]) / 2, int(row["n"])
        )
        return (
            f"{title_a} and {title_b} cannot be told apart in {label}: "
            f"{a} against {_with_unit(b, unit)}, difference "
            f"{number(factor * row['difference'], decimals, sign=True)} (95 % interval "
            f"{interval_text(low, high, decimals)}; a difference of {number(seen, decimals)} would "
            f"be seen four times in five{missing})."
        )
    winner, loser, value, other = (
        (title_b, title_a, b, a) if reading.side == "B" else (title_a, title_b, a, b)
    )
    verb = "does better on" if measure.better else "is higher in"
    if reading.strength == statistics.ONE_RUN:
        verb = "did better on" if measure.better else "was higher in"
    size = number(abs(factor * row["difference"]), decimals)
    points = " points" if is_share(measure.unit) else ""
    direction = "more" if (row["difference"] > 0) == (reading.side == "B") else "less"
    how_sure = _how_sure(row, reading, low, high, decimals)
    return (
        f"{winner} {verb} {label} than {loser}: {value} against {_with_unit(other, unit)}, "
        f"{size}{points} {direction} ({how_sure}{missing})."
    )


def _how_sure(row: Any, reading: Reading, low: float, high: float, decimals: int) -> str:
    n = int(row["n"])
    if reading.strength == statistics.ONE_RUN:
        return "one run cannot say how sure that is"
    if reading.strength == statistics.CONSTANT:
        return f"the same in each of {n} runs"
    nearer, farther = sorted((abs(low), abs(high)))
    agreeing = int(row["higher"] if row["difference"] > 0 else row["lower"])
    text = f"95 % interval {interval_text(nearer, farther, decimals)}; so in {agreeing} of {n} runs"
    if reading.strength == HINT:
        text += f"; a hint only, it does not hold when corrected for {int(row['family'])} measures"
    return text


def _briefly(others: Sequence[tuple[MeasureLike, Reading]], titles: tuple[str, str]) -> str:
    """The further headline measures, grouped by what can be said of them."""
    kinds = {
        HINT: "there is only a hint of a difference in",
        CANNOT_TELL: "no difference could be told in",
        statistics.IDENTICAL: "both are the same in",
        statistics.NO_RUNS: "there is no value to compare of",
        statistics.ONE_RUN: "one run says nothing sure of",
    }
    labels: dict[tuple[str, str], list[str]] = {}
    for measure, reading in others:
        sure = reading.strength in (CLEAR, statistics.CONSTANT)
        verb = "does better on" if measure.better else "is higher in"
        group = (reading.side, verb) if sure else ("", kinds[reading.strength])
        labels.setdefault(group, []).append(_in_sentence(measure.label))
    clauses = []
    for side, title in zip("BA", reversed(distinct_titles(titles)), strict=True):
        said = [f"{verb} {_listed(those)}" for (who, verb), those in labels.items() if who == side]
        clauses += [f"{title} {' and '.join(said)}"] if said else []
    for kind in kinds.values():
        clauses += [f"{kind} {_listed(labels['', kind])}"] if ("", kind) in labels else []
    text = "; ".join(clauses)
    return f"{text[:1].upper()}{text[1:]}."


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _in_sentence(label: str) -> str:
    """A label inside a sentence: lower-case first letter, unless it begins with an acronym."""
    text = plain_text(label)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _with_unit(value: str, unit: str) -> str:
    return f"{value} {unit}" if unit else value


def _missing(row: Any) -> str:
    dropped = int(row["dropped"])
    return (
        f"; {dropped} run{'' if dropped == 1 else 's'} without a value left out" if dropped else ""
    )

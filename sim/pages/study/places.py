"""Who leads where, and where that cannot be told: the differences of two scenarios in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from sim.pages.numbers import shown_unit
from sim.pages.sentences import MeasureLike
from sim.pages.study.facts import FactorFacts, StudyFacts, point_text
from sim.pages.study.words import (
    CANNOT_TELL,
    CLEAR,
    HINT,
    Row,
    amount,
    counted,
    interval,
    leader,
    listed,
    strength,
    value,
)
from sim.studies.statistics import CONSTANT, IDENTICAL, NO_RUNS, ONE_RUN, detectable_difference

#: Points of a design that are told one by one.
MOST_POINTS = 4

Pair = tuple[str, str]


def of_pair(differences: pd.DataFrame, pair: Pair) -> pd.DataFrame:
    """The rows of ``differences`` that compare these two."""
    return differences[differences["scenario"].astype(str) == f"{pair[1]} - {pair[0]}"]


# --- one point ----------------------------------------------------------------------------------


def only_difference(
    facts: StudyFacts, name: str, pair: Pair, cells: pd.DataFrame, differences: pd.DataFrame
) -> str:
    """The difference of a pair where the design has one point, in a sentence."""
    measure, row = facts.measure(name), of_pair(differences, pair).iloc[0].to_dict()
    means = dict(zip(cells["scenario"].astype(str), cells["mean"], strict=True))
    first, second = (facts.title_of(one) for one in pair)
    if row["remark"] == NO_RUNS:
        return f"{first} and {second} cannot be compared: no run has a value in both."
    unit = shown_unit(measure.unit)
    unit = f" {unit}" if unit else ""
    a, b = (value(means[one], row, measure) for one in pair)
    if row["remark"] == IDENTICAL:
        return f"{first} and {second} are the same in every run ({a}{unit})."
    if row["remark"] == ONE_RUN:
        return (
            f"{second} had {b}{unit} and {first} {a} in the only run: one run cannot say how "
            "surely they differ."
        )
    if strength(row) == CANNOT_TELL:
        seen = detectable_difference((row["high"] - row["low"]) / 2, int(row["n"]))
        return (
            f"{second} and {first} cannot be told apart: {b} against {a}{unit}, difference "
            f"{amount(row, measure, sign=True)} ({interval(row, measure)}; a difference of "
            f"{value(seen, row, measure)} would be seen four times in five)."
        )
    who, verb, other = leader(facts, measure, pair, row["mean"])
    own, others = (b, a) if who == second else (a, b)
    more = "more" if (row["mean"] > 0) == (who == second) else "less"
    count = int(row["higher"] if row["mean"] > 0 else row["lower"])
    agreeing = f"; so in {count} of {counted(int(row['n']), 'run')}" if row["paired"] else ""
    hint = ""
    if strength(row) == HINT:
        family = counted(int(row["family"]), "comparison")
        hint = f"; a hint only, it does not hold when corrected for {family}"
    return (
        f"{who} {verb} than {other}: {own} against {others}{unit}, {amount(row, measure)} {more} "
        f"({interval(row, measure, size=True)}{agreeing}{hint})."
    )


# --- many points --------------------------------------------------------------------------------


def average_sentence(
    facts: StudyFacts, name: str, pair: Pair, differences: pd.DataFrame, row: Row
) -> str:
    """The difference of a pair over all points at which both have runs."""
    measure, (first, second) = facts.measure(name), (facts.title_of(one) for one in pair)
    points = int((of_pair(differences, pair)["remark"] != NO_RUNS).sum())
    if not points or not np.isfinite(row["mean"]):
        return f"{first} and {second} cannot be compared: no run has a value in both."
    over, sure = f"Averaged over {counted(points, 'point')}", strength(row)
    if sure == CANNOT_TELL:
        return (
            f"{over}, {second} and {first} cannot be told apart (difference "
            f"{amount(row, measure, sign=True)}, {interval(row, measure)})."
        )
    who, verb, other = leader(facts, measure, pair, row["mean"])
    more = "more" if (row["mean"] > 0) == (who == second) else "less"
    hint = "; a hint only, it does not hold when corrected" if sure == HINT else ""
    return (
        f"{over}, {who} {verb} than {other}: {amount(row, measure)} {more} "
        f"({interval(row, measure, size=True)}{hint})."
    )


def place_sentences(
    facts: StudyFacts,
    name: str,
    pair: Pair,
    differences: pd.DataFrame,
    base: Mapping[str, Any] | None = None,
) -> list[str]:
    """At which points one of two leads, at which the other, and where it cannot be told.

    Where there is a ``base`` point, the others are named by what departs from it.
    """
    measure, rows = facts.measure(name), of_pair(differences, pair)
    titles = [facts.title_of(one) for one in pair]
    if (rows["remark"] == IDENTICAL).all():
        return [f"{listed(titles)} are the same in every run at every point."]
    groups: dict[str, list[Row]] = {}
    for row in rows.to_dict("records"):
        groups.setdefault(_side(row, measure), []).append(row)
    leads = [side for side in "BA" if side in groups]
    family = int(rows["family"].iloc[0])
    note = f" (corrected for {counted(family, 'comparison')})" if family > 1 else ""
    verb = "does better" if measure.better else "is higher"
    said = [f"{listed(titles)} change places:"] if len(leads) == 2 else []
    for side in leads:
        here = groups[side]
        which = _so_many(len(here), len(rows))
        where = _places(facts, measure, here, rows, base)
        said.append(f"{titles['AB'.index(side)]} {verb} at {which}{note}{where}.")
        note = ""
    if len(leads) == 2:
        said[:3] = [" ".join(said[:2]), said[2]]
    for side, text in (
        (CANNOT_TELL, f"it cannot be told which {verb}"),
        (HINT, "there is a hint only, which does not hold when corrected"),
        ("same", "both are the same in every run"),
        ("none", "no run has a value in both"),
    ):
        if side in groups:
            which = _so_many(len(groups[side]), len(rows))
            here = groups[side]
            told = _places(facts, measure, here, rows, base) if side in (CANNOT_TELL, HINT) else ""
            said.append(f"At {which} {text}{note}{told}.")
            note = ""
    return said


def _so_many(count: int, of: int) -> str:
    return f"all {counted(of, 'point')}" if count == of else f"{count:,} of {of:,} points"


def _side(row: Row, measure: MeasureLike) -> str:
    """ "A" or "B" leads, a hint, what cannot be told, "same", or "none" without runs."""
    if row["remark"] == NO_RUNS:
        return "none"
    if row["remark"] == IDENTICAL:
        return "same"
    if row["remark"] != CONSTANT and strength(row) != CLEAR:
        return strength(row)
    return "B" if row["mean"] * (measure.better or 1) > 0 else "A"


def _places(
    facts: StudyFacts,
    measure: MeasureLike,
    here: Sequence[Row],
    rows: pd.DataFrame,
    base: Mapping[str, Any] | None,
) -> str:
    """Where that is: the points one by one where they are few, else what they have in common."""

    def told(row: Row) -> str:
        inside = f"{amount(row, measure, sign=True)}, {interval(row, measure)}"
        return f"{_named(row, facts, base)} ({inside})"

    if len(here) <= MOST_POINTS and not facts.is_sampled:
        return f": {'; '.join(told(row) for row in here)}"
    where = "" if facts.is_sampled else condition([row["point"] for row in here], rows, facts)
    where = f", {where}" if where else ""
    by_size = sorted(here, key=lambda row: abs(row["mean"]))
    if len(here) == 1:
        return f"{where}: {told(by_size[0])}"
    return f"{where}; least at {told(by_size[0])}; most at {told(by_size[-1])}"


def _named(row: Row, facts: StudyFacts, base: Mapping[str, Any] | None) -> str:
    if base is None:
        return point_text(row, facts.factors)
    apart = [one for one in facts.factors if row[one.name] != base[one.name]]
    return point_text(row, apart) or "the base point"


def condition(points: Iterable[Any], rows: pd.DataFrame, facts: StudyFacts) -> str:
    """Levels of one factor or two that say which of the points these are; "" where none do."""
    inside = rows["point"].isin(list(points)).to_numpy()
    if inside.all():
        return ""
    allowed = {
        one.name: rows[one.name].isin(rows.loc[inside, one.name]).to_numpy()
        for one in facts.factors
    }
    for several in (1, 2):
        for chosen in combinations(facts.factors, several):
            if np.array_equal(np.logical_and.reduce([allowed[f.name] for f in chosen]), inside):
                return "where " + " and ".join(_levels(one, rows, inside) for one in chosen)
    return ""


def _levels(factor: FactorFacts, rows: pd.DataFrame, inside: Any) -> str:
    kept = list(dict.fromkeys(rows.loc[inside, factor.name]))
    return f"{factor.title} is {listed([factor.text(level) for level in kept], 'or')}"

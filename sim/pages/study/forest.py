"""Rows of bars and intervals: what each factor does (tornado), and the design points (forest)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.pages.drawing import GREY, INK
from sim.pages.figures import value_range
from sim.pages.numbers import MINUS, plain_text
from sim.pages.sentences import MeasureLike
from sim.pages.study.facts import FactorFacts, StudyFacts, letter, point_text
from sim.pages.study.frames import (
    COLOURS,
    HEAD,
    fitted,
    head_line,
    inches,
    key,
    key_height,
    look,
    measure_below,
    no_values,
    panel_title,
    panels,
    scaled,
    side_title,
    spread,
    study_style,
    text_width,
)

#: Room for the names of factors and of points at the side, in inches.
NAMES, POINTS = 2.3, 3.4
#: Rows of a forest: more would show nothing.
MOST_ROWS = 60


def side_colour(facts: StudyFacts, side: str) -> str:
    if side in facts.scenarios:
        return COLOURS[facts.scenarios.index(side) % len(COLOURS)]
    return INK


# --- tornado ------------------------------------------------------------------------------------


def tornado_figure(
    table: pd.DataFrame, facts: StudyFacts, name: str, *, heading: bool = True, across: int = 2
) -> Figure:
    """How far each factor alone moves a measure: a panel a scenario (or pair), largest first.

    ``table`` is that of ``tornado``. Open bars lead to the low end of a factor, filled ones to the
    high end; the level stands at each bar's end, and a line is the effect's 95 % interval.
    """
    measure = facts.measure(name)
    sides = [str(one) for one in table["scenario"].unique()]
    with study_style():
        heights = [0.42 * table.loc[table["scenario"] == s, "factor"].nunique() for s in sides]
        figure, drawn = panels(
            heights or [1.5], across=across, width=6.2, left=NAMES, right=0.35, top=0.5,
            bottom=0.72, head=HEAD if heading else 0.0,
        )  # fmt: skip
        limits = _around_zero(table, measure)
        for axes, side in zip(drawn, sides, strict=False):
            if len(facts.scenarios) > 1:
                panel_title(axes, side_title(facts, side), NAMES)
            if limits is None:
                no_values(axes)
                continue
            _draw_tornado(axes, table[table["scenario"] == side], facts, measure, side, limits)
        if not sides:
            no_values(drawn[0])
        if heading:
            head_line(figure, f"{plain_text(measure.label)}: each factor", tornado_note(table))
    return figure


def tornado_note(table: pd.DataFrame) -> str:
    """Against what the effects are."""
    against = (
        "Effects against the base point, paired by seed"
        if table.attrs.get("base") is not None
        else "Effects by regression: numbers against the middle of their span, words against the "
        "first"
    )
    return f"{against}. Open: low end, filled: high end; lines: 95 % intervals."


def _around_zero(table: pd.DataFrame, measure: MeasureLike) -> tuple[float, float] | None:
    values = scaled(table[["mean", "low", "high"]].to_numpy(dtype=float), measure)
    if not np.isfinite(values).any():
        return None
    low, high = min(0.0, float(np.nanmin(values))), max(0.0, float(np.nanmax(values)))
    spread = (high - low) or 1.0
    return low - 0.22 * spread, high + 0.22 * spread


def _draw_tornado(
    axes: Axes,
    table: pd.DataFrame,
    facts: StudyFacts,
    measure: MeasureLike,
    side: str,
    limits: tuple[float, float],
) -> None:
    colour = side_colour(facts, side)
    factors = [str(one) for one in table["factor"].unique()]
    width = 72 * inches(axes)[0]
    axes.set(xlim=limits, ylim=(len(factors) - 0.5, -0.5))
    axes.axvline(0, color=GREY, linewidth=1)
    for row in table.to_dict("records"):
        mean, low, high = (float(scaled(row[part], measure)) for part in ("mean", "low", "high"))
        # One below the other: both ends of a factor can lie on the same side of the base.
        told = _factor(facts, row["factor"]).text(row["level"])
        y = factors.index(row["factor"]) + (-0.19 if row["end"] == "low" else 0.19)
        if not np.isfinite(mean):
            axes.text(0, y, f" {told}: no value", va="center", fontsize=8,
                      color=GREY)  # fmt: skip
            continue
        if row["end"] == "low":
            axes.barh(y, mean, 0.34, facecolor="white", edgecolor=colour, linewidth=1.3)
        else:
            axes.barh(y, mean, 0.34, facecolor=colour, edgecolor=colour, linewidth=1.3, alpha=0.75)
        axes.plot([low, high], [y, y], color=INK, linewidth=1.2)
        ends = [value for value in (mean, low, high, 0.0) if np.isfinite(value)]
        is_right = mean > 0 or (mean == 0 and row["end"] == "high")
        end = max(ends) if is_right else min(ends)
        room = abs((limits[1] if is_right else limits[0]) - end) / (limits[1] - limits[0]) * width
        axes.annotate(
            fitted(told, room - 6, 1, 8), (end, y),
            (4 if is_right else -4, 0), textcoords="offset points", fontsize=8, color=INK,
            ha="left" if is_right else "right", va="center_baseline",
        )  # fmt: skip
    names = [_factor(facts, factor).title for factor in factors]
    axes.set_yticks(
        range(len(names)), [fitted(n, 72 * NAMES - 14, 2, 9) for n in names],
        parse_math=False, fontsize=9,
    )  # fmt: skip
    axes.tick_params(axis="y", length=0)
    measure_below(axes, measure, "change of ")


def _factor(facts: StudyFacts, name: str) -> FactorFacts:
    return next((one for one in facts.factors if one.name == name), FactorFacts(name))


# --- forest of points ---------------------------------------------------------------------------


def forest_figure(
    table: pd.DataFrame, facts: StudyFacts, name: str, *, heading: bool = True
) -> Figure:
    """Means (``cells``) or differences (``differences``) of a measure, a row a design point.

    Filled markers of a difference: the interval leaves out 0 after Holm's correction. At most
    ``MOST_ROWS`` points are drawn, evenly spread over the design.
    """
    measure = facts.measure(name)
    table = table[table["measure"] == name] if "measure" in table else table
    sides = [str(one) for one in table["scenario"].unique()]
    points = list(dict.fromkeys(table["point"]))
    drawn_points = spread(points, MOST_ROWS)
    is_difference = "p_holm" in table
    step = max(0.34, 0.17 * len(sides) + 0.1)
    with study_style():
        width, left = 8.6, 3.4
        foot = key_height(facts, width) if not is_difference else 0.0
        if is_difference and len(sides) > 1:
            foot = 0.3
        figure, (axes,) = panels([max(1.0, step * len(drawn_points))], width=width, left=left,
                                 right=0.5, top=0.3, bottom=0.72, foot=foot,
                                 head=HEAD if heading else 0.0)  # fmt: skip
        rows = table[table["point"].isin(drawn_points)]
        values = scaled(rows[["mean", "low", "high"]].to_numpy(dtype=float), measure)
        if not np.isfinite(values).any():
            no_values(axes)
        else:
            if is_difference:
                values = np.append(values, 0.0)
                axes.axvline(0, color=GREY, linewidth=1)
            axes.set_xlim(value_range(values.ravel(), measure))
            for row in rows.to_dict("records"):
                _draw_row(axes, row, facts, measure, sides, drawn_points, is_difference)
            _name_points(axes, rows, facts, drawn_points, left, step)
            measure_below(axes, measure, "difference in " if is_difference else "")
        if foot and not is_difference:
            key(figure, facts)
        elif foot:
            _sides_below(figure, facts, sides)
        if heading:
            head_line(figure, f"{plain_text(measure.label)}: by point", forest_note(
                is_difference, facts, len(drawn_points), len(points)))  # fmt: skip
    return figure


def forest_note(is_difference: bool, facts: StudyFacts, drawn: int, points: int) -> str:
    note = "Means with 95 % intervals."
    if is_difference:
        first, second = (letter(facts.scenarios.index(one)) for one in facts.pairs[0])
        which = f"{second} {MINUS} {first}" if len(facts.pairs) == 1 else f"from {first}"
        note = f"Differences {which} with 95 % intervals; filled: told apart after Holm's "\
            "correction."  # fmt: skip
    return note + (f" {drawn} of {points} points, evenly spread." if drawn < points else "")


def _draw_row(
    axes: Axes,
    row: dict[Any, Any],
    facts: StudyFacts,
    measure: MeasureLike,
    sides: Sequence[str],
    points: Sequence[Any],
    is_difference: bool,
) -> None:
    side = str(row["scenario"])
    mean, low, high = (float(scaled(row[part], measure)) for part in ("mean", "low", "high"))
    place = sides.index(side)
    y = points.index(row["point"]) + (place - (len(sides) - 1) / 2) * 0.7 / len(sides)
    style = look(place + 1 if is_difference and len(sides) > 1 else place)
    colour = INK if is_difference and len(sides) == 1 else style["color"]
    clear = not is_difference or row["p_holm"] <= 0.05 or (mean != 0 and low == high)
    axes.plot([low, high], [y, y], color=colour, linewidth=1.4)
    axes.plot(mean, y, marker=style["marker"], color=colour, markersize=5,
              markerfacecolor=colour if clear else "white")  # fmt: skip


def _name_points(
    axes: Axes,
    rows: pd.DataFrame,
    facts: StudyFacts,
    points: Sequence[Any],
    left: float,
    step: float,
) -> None:
    first = rows.drop_duplicates("point").set_index("point")
    texts = []
    for point in points:
        values = {one.name: first.at[point, one.name] for one in facts.factors if one.name in first}
        text = f"{point}: {point_text(values, facts.factors)}" if values else "all runs"
        texts.append(fitted(text, 72 * left - 14, min(3, int(72 * step / 10.5)), 8))
    axes.set_yticks(range(len(points)), texts, parse_math=False, fontsize=8)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(points) - 0.5, -0.5)


def _sides_below(figure: Figure, facts: StudyFacts, sides: Sequence[str]) -> None:
    width, height = figure.get_size_inches()
    x = 0.2
    for place, side in enumerate(sides):
        style, text = look(place + 1), side_title(facts, side).removeprefix("difference ")
        figure.text(x / width, 0.1 / height, f"{'●◆▲▼✚■'[place % 6]} {text}", fontweight="bold",
                    color=style["color"])  # fmt: skip
        x += text_width(text, 10, True) / 72 + 0.5

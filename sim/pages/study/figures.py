"""Main effects of a study's factors, with bands; interactions are in ``study_heat``.

Every function takes tables of ``sim.studies.statistics`` and the facts of the study and gives a
plain ``matplotlib.figure.Figure``, to be written by ``sim.pages.figures.save_figure`` or put into
a page by ``inline_svg``. A scenario is told by letter, dashes and marker as well as by colour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.pages.drawing import GREY
from sim.pages.figures import tick_text, value_range
from sim.pages.numbers import plain_text
from sim.pages.sentences import MeasureLike
from sim.pages.study.axes import level_axis
from sim.pages.study.facts import (
    FactorFacts,
    StudyFacts,
    are_numbers,
    letter,
)
from sim.pages.study.frames import (
    HEAD,
    LEFT,
    PANEL,
    RIGHT,
    all_different,
    fitted,
    head_line,
    inches,
    key,
    key_height,
    look,
    measure_axis,
    name_ends,
    no_values,
    panels,
    scaled,
    study_style,
)
from sim.pages.study.heat import interaction_figure

__all__ = ["interaction_figure", "main_effects_figure"]

#: Room for words at the left of a panel, in inches.
WORDS = 1.3
#: Intervals wider than so many times the usual one may run off a panel.
WIDE = 3.0


def main_effects_figure(
    effects: Mapping[str, pd.DataFrame],
    facts: StudyFacts,
    name: str,
    *,
    spots: pd.DataFrame | None = None,
    across: int = 3,
    heading: bool = True,
    only: Sequence[str] | None = None,
) -> Figure:
    """A panel a factor, a line a scenario: the mean of a measure at each level, with its band.

    ``effects`` holds by factor the table of ``main_effects`` (``level``, ``scenario``, ``mean``,
    ``low``, ``high``, ``n``). Words and joint settings are points with bars. ``spots`` (one row a
    design point and scenario: the factors' columns, ``scenario``, ``mean``) are drawn behind, for
    designs that sample. All panels share one scale, so that factors can be compared; ``only``
    names the factors to draw, on the scale of all.
    """
    measure = facts.measure(name)
    named = list(effects) if only is None else only
    factors = [one for one in facts.factors if one.name in effects and one.name in named]
    with study_style():
        across = max(1, min(across, len(factors)))
        foot = key_height(facts, across * PANEL)
        figure, drawn = panels(
            [_panel_height(effects[one.name], facts) for one in factors] or [2.0],
            across=across,
            left=[WORDS if _has_words(effects[one.name]) else LEFT for one in factors] or LEFT,
            right=RIGHT if len(facts.scenarios) > 1 else 0.3,
            bottom=0.72,
            head=HEAD if heading else 0.0,
            foot=foot,
        )
        if not factors:
            no_values(drawn[0], "no factors")
            return figure
        limits = _limits(list(effects.values()), measure, spots)
        for axes, factor in zip(drawn, factors, strict=True):
            _draw_effects(axes, effects[factor.name], facts, factor, measure, limits, spots)
        if foot:
            key(figure, facts)
        if heading:
            head_line(figure, f"{plain_text(measure.label)}: main effects", effects_note(facts))
    return figure


def effects_note(facts: StudyFacts) -> str:
    """What the bands are, in one line."""
    averaged = " over all other factors" if len(facts.factors) > 1 else ""
    if facts.is_sampled:
        return f"Lines: means in bins of a factor{averaged}, with 95 % intervals; dots: means of "\
            "design points."  # fmt: skip
    if facts.design == "one_at_a_time":
        return "Mean at each level, the other factors at their base; bands: 95 % intervals."
    return f"Mean at each level{averaged}; bands and bars: 95 % intervals of the mean."


def _has_words(table: pd.DataFrame) -> bool:
    return not are_numbers(table["level"])


def _panel_height(table: pd.DataFrame, facts: StudyFacts) -> float:
    if not _has_words(table):
        return 2.0 if len(facts.scenarios) < 5 else 2.3
    return max(2.0, table["level"].nunique() * _word_row(facts))


def _word_row(facts: StudyFacts) -> float:
    """Inches for one word: all its scenarios below each other, and two lines of text."""
    return max(0.4, 0.19 * len(facts.scenarios) + 0.12)


def _limits(
    tables: Sequence[pd.DataFrame], measure: MeasureLike, spots: pd.DataFrame | None
) -> tuple[float, float] | None:
    """The scale of all panels; None without a value.

    All means are within it, and intervals unless they are so wide (two runs that differ) that
    nothing else could be seen beside them: these run off the panel.
    """
    stacked = np.concatenate([one[["mean", "low", "high"]].to_numpy(dtype=float) for one in tables])
    values = scaled(stacked, measure)
    means = (
        values[:, 0] if spots is None else np.append(values[:, 0], scaled(spots["mean"], measure))
    )
    means = means[np.isfinite(means)]
    if means.size == 0:
        return None
    halves = (values[:, 2] - values[:, 1]) / 2
    halves = halves[np.isfinite(halves)]
    room = max(float(np.ptp(means)), WIDE * float(np.median(halves))) if halves.size else 0.0
    ends = np.clip(values[:, 1:], means.min() - room, means.max() + room).ravel()
    return value_range(np.append(means, ends[np.isfinite(ends)]), measure)


def _draw_effects(
    axes: Axes,
    table: pd.DataFrame,
    facts: StudyFacts,
    factor: FactorFacts,
    measure: MeasureLike,
    limits: tuple[float, float] | None,
    spots: pd.DataFrame | None,
) -> None:
    width = 72 * inches(axes)[0]
    words = _has_words(table)
    shift = -72 * (WORDS - 0.1) if words else 0.0
    axes.annotate(
        fitted(factor.title, width - shift, 1, 11, True), (0, 1), (shift, 22),
        xycoords="axes fraction", textcoords="offset points", fontsize=11, fontweight="bold",
    )  # fmt: skip
    if limits is None:
        no_values(axes)
        return
    if words:
        _draw_words(axes, table, facts, factor, measure, limits)
        label = measure_axis(measure)
    else:
        label = factor.unit or ("on a line between two settings" if factor.is_joint else "")
        axes.annotate(
            fitted(measure_axis(measure), width + 72 * RIGHT, 1), (0, 1), (0, 7),
            xycoords="axes fraction",
            textcoords="offset points", color=GREY,
        )  # fmt: skip
        _draw_lines(axes, table, facts, factor, measure, limits, spots)
    axes.set_xlabel(fitted(label, width, 2), parse_math=False)


def _draw_lines(
    axes: Axes,
    table: pd.DataFrame,
    facts: StudyFacts,
    factor: FactorFacts,
    measure: MeasureLike,
    limits: tuple[float, float],
    spots: pd.DataFrame | None,
) -> None:
    levels = factor.ordered(table["level"])
    along = level_axis(axes, factor, levels)
    ends: dict[int, float] = {}
    for place, scenario in enumerate(facts.scenarios):
        rows = table[table["scenario"] == scenario]
        rows = rows.assign(place=along.places(rows["level"])).sort_values("place")
        x = rows["place"].to_numpy(dtype=float)
        mean, low, high = (scaled(rows[column], measure) for column in ("mean", "low", "high"))
        style = look(place)
        if spots is not None and factor.name in spots:
            behind = spots[spots["scenario"] == scenario]
            axes.plot(along.places(behind[factor.name]), scaled(behind["mean"], measure),
                      linestyle="none", marker=style["marker"], markersize=3, alpha=0.35,
                      color=style["color"], markeredgewidth=0)  # fmt: skip
        line = np.ones(x.size, dtype=bool) if along.beyond is None else x < along.beyond
        axes.fill_between(x[line], low[line], high[line], color=style["color"], alpha=0.18,
                          linewidth=0)  # fmt: skip
        axes.plot(x[line], mean[line], **style, markersize=4)
        if line.sum() == 1:
            line[:] = False
        for one in np.flatnonzero(~line):
            axes.plot([x[one], x[one]], [low[one], high[one]], color=style["color"])
            axes.plot(x[one], mean[one], **style, markersize=4)
        finite = np.flatnonzero(np.isfinite(mean))
        if finite.size:
            ends[place] = float(mean[finite[-1]])
    axes.set_ylim(limits)
    axes.locator_params(axis="y", nbins=5)
    axes.yaxis.set_major_formatter(tick_text)
    along.draw(axes, levels)
    name_ends(axes, facts, ends, RIGHT)


def _draw_words(
    axes: Axes,
    table: pd.DataFrame,
    facts: StudyFacts,
    factor: FactorFacts,
    measure: MeasureLike,
    limits: tuple[float, float],
) -> None:
    levels = factor.ordered(table["level"])
    rows_high = inches(axes)[1] / max(1, len(levels))
    step = min(0.19 / rows_high, 0.8 / len(facts.scenarios))
    for place, scenario in enumerate(facts.scenarios):
        rows = table[table["scenario"] == scenario]
        for _, row in rows.iterrows():
            middle = levels.index(row["level"])
            y = middle + step * (place - (len(facts.scenarios) - 1) / 2)
            mean, low, high = (float(v) for v in scaled(row[["mean", "low", "high"]], measure))
            style = {**look(place), "linestyle": "solid"}
            axes.plot([low, high], [y, y], **{**style, "marker": "none"})
            axes.plot(mean, y, **style, markersize=5)
            if len(facts.scenarios) > 1 and np.isfinite(mean):
                end = min(high, limits[1]) if np.isfinite(high) else mean
                axes.annotate(letter(place), (end, y), (6, 0), textcoords="offset points",
                              va="center_baseline", fontsize=8, fontweight="bold",
                              color=style["color"])  # fmt: skip
    axes.set_ylim(len(levels) - 0.5, -0.5)
    axes.set_xlim(limits)
    axes.locator_params(axis="x", nbins=4)
    axes.xaxis.set_major_formatter(tick_text)
    name_rows(axes, [factor.text(level) for level in levels], WORDS, rows_high)


def name_rows(axes: Axes, words: Sequence[str], room: float, row: float) -> None:
    """Words at the left of their rows (``room`` and ``row`` in inches)."""
    lines = max(1, min(3, int(72 * row / 12)))
    texts = [fitted(word, 72 * room - 14, lines, 9) for word in words]
    texts = all_different(texts, [f"{place + 1}" for place in range(len(words))])
    axes.set_yticks(range(len(words)), texts, parse_math=False, fontsize=9)
    axes.tick_params(axis="y", length=0)

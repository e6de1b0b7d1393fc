"""How sure, and how wide: convergence of the intervals, and the distribution of the runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.pages.drawing import GREY, INK
from sim.pages.figures import thin, tick_text, value_range
from sim.pages.labels import push_apart
from sim.pages.numbers import decimals_for, number, plain_text
from sim.pages.sentences import MeasureLike
from sim.pages.study.facts import StudyFacts
from sim.pages.study.frames import (
    COLOURS,
    HEAD,
    fitted,
    head_line,
    inches,
    look,
    measure_axis,
    measure_below,
    no_values,
    panel_title,
    panels,
    scaled,
    side_title,
    spread,
    study_style,
)

#: Dots of a distribution, lines of a convergence: more would show nothing.
MOST_DOTS, MOST_LINES = 300, 60
#: Room for the names of scenarios at the side, in inches.
NAMES = 2.3


# --- convergence --------------------------------------------------------------------------------


def convergence_figure(
    curves: pd.DataFrame,
    facts: StudyFacts,
    name: str,
    *,
    of: str = "mean",
    target: float | None = None,
    heading: bool = True,
) -> Figure:
    """Half-width of the 95 % interval over replications, a thin line a cell, the widest in bold.

    ``curves`` has ``side`` (scenario, or "B - A"), ``point``, ``n``, ``half_width``; ``target`` is
    the half-width that the study asked for, in the measure's unit.
    """
    measure = facts.measure(name)
    curves = curves.assign(shown=scaled(curves["half_width"], measure))
    kept = curves[np.isfinite(curves["shown"])]
    with study_style():
        figure, (axes,) = panels([2.6], width=6.4, left=0.8, right=1.3, top=0.4, bottom=0.62,
                                 head=HEAD if heading else 0.0)  # fmt: skip
        if kept.empty:
            no_values(axes, "no interval")
        else:
            goal = None if target is None else float(scaled(target, measure))
            _draw_curves(axes, kept, measure, goal)
        panel_title(axes, f"half-width of the interval, {measure_axis(measure)}", 0.7, width=5.4)
        if heading:
            what = "difference" if of == "difference" else "mean"
            head_line(figure, f"{plain_text(measure.label)}: how sure after how many runs",
                      f"95 % interval of the {what}; a line a design point"
                      + (" and scenario" if of == "mean" and len(facts.scenarios) > 1 else "")
                      + "; bold: the widest at its end.")  # fmt: skip
    return figure


def _draw_curves(
    axes: Axes, curves: pd.DataFrame, measure: MeasureLike, goal: float | None
) -> None:
    groups = [part.sort_values("n") for _, part in curves.groupby(["side", "point"], sort=False)]
    last = [float(part["shown"].iloc[-1]) for part in groups]
    widest = int(np.argmax(last))
    chosen = {*spread(list(range(len(groups))), MOST_LINES), widest}
    for place in sorted(chosen, key=lambda one: one == widest):
        part = thin(groups[place])
        bold = place == widest
        axes.plot(part["n"], part["shown"], color=INK if bold else GREY, linewidth=2 if bold else 1,
                  alpha=1 if bold else 0.45, marker="o" if len(part) == 1 else None)  # fmt: skip
    most = int(curves["n"].max())
    # The first few intervals are so wide that nothing else could be seen beside them.
    settled = curves.loc[curves["n"] >= min(5, most), "shown"]
    top = max(float(settled.max()), goal or 0.0) or 1.0
    axes.set(xlim=(min(2, most) - 0.5, most + 0.5), ylim=(0, 1.12 * top))
    axes.set_xlabel("runs of a cell")
    axes.locator_params(axis="x", integer=True, nbins=6)
    axes.locator_params(axis="y", nbins=5)
    axes.yaxis.set_major_formatter(tick_text)
    end = last[widest]
    texts = [(end, f"widest:\n{number(end, decimals_for(end))}", INK)]
    if goal is not None:
        axes.axhline(goal, color=COLOURS[4], linestyle=(0, (4, 2)), linewidth=1.4)
        texts.append((goal, f"asked for:\n{number(goal, decimals_for(goal))}", COLOURS[4]))
    _beside(axes, texts, 1.12 * top)


def _beside(axes: Axes, texts: Sequence[tuple[float, str, str]], top: float) -> None:
    size = 2.5 * 10 / (72 * inches(axes)[1])
    spots = push_apart([value / top for value, _, _ in texts], [size] * len(texts))
    for (_, text, colour), spot in zip(texts, spots, strict=True):
        axes.text(1.02, spot, text, transform=axes.transAxes, color=colour, va="center",
                  fontsize=9, fontweight="bold")  # fmt: skip


# --- distribution -------------------------------------------------------------------------------


def distribution_figure(
    runs: pd.DataFrame, facts: StudyFacts, name: str, *, heading: bool = True
) -> Figure:
    """A measure's values over the runs: for each scenario the box of the quartiles, and dots.

    ``runs`` is the runs table; failed runs and those without a value are left out. Of many runs,
    ``MOST_DOTS`` are drawn, evenly spread over the values.
    """
    measure = facts.measure(name)
    done = runs[runs["status"].astype(str) == "done"]
    values = {
        scenario: np.sort(
            _finite(done.loc[done["scenario"].astype(str) == scenario, name], measure)
        )
        for scenario in facts.scenarios
    }
    every = np.concatenate(list(values.values()))
    with study_style():
        figure, (axes,) = panels([0.55 * len(values) + 0.2], width=7.6, left=NAMES, right=0.95,
                                 top=0.3, bottom=0.72, head=HEAD if heading else 0.0)  # fmt: skip
        if every.size == 0:
            no_values(axes)
        else:
            axes.set_xlim(value_range(every, measure))
            axes.set_ylim(len(values) - 0.5, -0.5)
            for place, own in enumerate(values.values()):
                _draw_box(axes, place, own)
            names = [side_title(facts, scenario) for scenario in values]
            axes.set_yticks(range(len(names)), [fitted(n, 72 * NAMES - 14, 3, 10) for n in names],
                            parse_math=False)  # fmt: skip
            axes.tick_params(axis="y", length=0)
            measure_below(axes, measure)
        if heading:
            points = " of all design points" if facts.points > 1 else ""
            note = f"Dots: runs{points}; boxes: the middle half of them, with the median."
            head_line(figure, f"{plain_text(measure.label)}: the runs", note)
    return figure


def _finite(values: pd.Series, measure: MeasureLike) -> np.ndarray:
    shown = scaled(values.astype(float), measure)
    return shown[np.isfinite(shown)]


def _draw_box(axes: Axes, place: int, values: np.ndarray) -> None:
    axes.annotate(f"n = {values.size:,}", (1, place), (6, 0), fontsize=9, color=GREY,
                  xycoords=("axes fraction", "data"), textcoords="offset points",
                  va="center_baseline")  # fmt: skip
    if values.size == 0:
        return
    style = look(place)
    dots = np.array(spread(values.tolist(), MOST_DOTS))
    # Places from a golden-ratio sequence: even, and the same each time.
    apart = (np.arange(dots.size) * 0.6180339887) % 1 - 0.5
    axes.plot(dots, place + 0.5 * apart, linestyle="none", marker=style["marker"], markersize=3,
              color=style["color"], alpha=0.35, markeredgewidth=0, zorder=1)  # fmt: skip
    if values.size < 2:
        return
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    axes.barh(place, high - low, 0.56, left=low, facecolor="none", edgecolor=INK, linewidth=1.2)
    axes.plot([middle, middle], [place - 0.28, place + 0.28], color=INK, linewidth=2)

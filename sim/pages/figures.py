"""The figures of runs: measures over time with bands, and standardized differences.

Everywhere the first scenario is a brown solid line and the second a blue dashed one, named at the
line's end, so that neither colour vision nor a legend is needed. Figures are plain
``matplotlib.figure.Figure`` objects.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import EngFormatter

from sim.pages.drawing import BLUE, BROWN, GREY, INK, STYLE, our_style
from sim.pages.labels import end_labels, push_apart, short
from sim.pages.numbers import number, shown_factor, shown_unit
from sim.pages.sentences import MeasureLike, read
from sim.studies.statistics import bands

COLOURS = {"A": BROWN, "B": BLUE}
DASHES = {"A": "solid", "B": (0, (4, 1.6))}
#: Room for the names at the ends of the lines, in points.
LABEL_ROOM = 84.0
#: More periods than this are thinned: the line could not show them.
MOST_POINTS = 400
#: Standardized differences beyond this are drawn at the edge, with their number beside them.
WIDEST_EFFECT = 5.0


# --- over time ----------------------------------------------------------------------------------


def comparison_figure(
    series: pd.DataFrame,
    A: str,
    B: str,
    titles: tuple[str, str],
    measures: Mapping[str, MeasureLike],
    names: Sequence[str],
) -> Figure:
    """Small multiples, three a row: the mean of each measure over time, with its 95 % band.

    ``series`` has columns ``scenario``, ``seed``, ``period`` and one a measure; ``names`` are the
    measures drawn, in order.
    """
    runs = series.loc[series["scenario"].isin([A, B]), "seed"].nunique()
    return _multiples(
        lambda axes, name: _draw_panel(axes, series, (A, B), titles, measures[name], name),
        names,
        f"Mean of {runs} paired run{'' if runs == 1 else 's'}; band: 95 % interval of the mean."
        " Bands may overlap where the paired difference is clear. Simulation, not measurement.",
        panel=2.656,
        gap=1.54,
        end=1.365,  # room for the lines' names
    )


def run_figure(
    series: pd.DataFrame,
    scenario: str,
    title: str,
    measures: Mapping[str, MeasureLike],
    names: Sequence[str],
) -> Figure:
    """The same of one scenario's runs; its title stands below, not at the line's end."""
    runs = series.loc[series["scenario"] == scenario, "seed"].nunique()
    told = f"mean of {runs} runs; band: 95 % interval of the mean." if runs > 1 else "one run."
    return _multiples(
        lambda axes, name: _draw_panel(axes, series, (scenario,), None, measures[name], name),
        names,
        f"{short(title, 60)}: {told} Simulation, not measurement.",
    )


def _multiples(
    draw: Callable[[Axes, str], None],
    names: Sequence[str],
    caption: str,
    panel: float = 3.4,
    gap: float = 0.8,
    end: float = 0.3,
) -> Figure:
    """Panels in rows of three, or of fewer where there are no more, with a line of words below.

    ``panel`` is how wide one is, in inches, ``gap`` what is between two and ``end`` what follows
    the last.
    """
    columns = min(3, max(1, len(names)))
    rows = max(1, -(-len(names) // columns))
    start = 0.585
    width = start + columns * panel + (columns - 1) * gap + end
    lines = textwrap.wrap(caption, int(12 * (width - start)))
    more = 0.17 * (len(lines) - 1)
    height = 0.9 + 3.1 * rows + more
    with our_style():
        figure = Figure(figsize=(width, height))
        figure.subplots_adjust(
            left=start / width,
            right=1 - end / width,
            bottom=(0.85 + more) / height,
            top=1 - 0.55 / height,
            wspace=gap / panel,
            hspace=0.58,
        )
        for place, name in enumerate(names, start=1):
            draw(figure.add_subplot(rows, columns, place), name)
        told = "\n".join(lines)
        figure.text(start / width, 0.12 / height, told, color=GREY, parse_math=False)
    return figure


def panel_figure(
    series: pd.DataFrame,
    A: str,
    B: str,
    titles: tuple[str, str],
    measures: Mapping[str, MeasureLike],
    name: str,
) -> Figure:
    """One panel of ``comparison_figure`` by itself, for pages whose columns follow the screen."""
    with our_style():
        figure = Figure(figsize=(4.3, 2.7))
        figure.subplots_adjust(left=0.11, right=0.71, bottom=0.18, top=0.83)
        _draw_panel(figure.add_subplot(), series, (A, B), titles, measures[name], name)
    return figure


def _draw_panel(
    axes: Axes,
    series: pd.DataFrame,
    scenarios: tuple[str, ...],
    titles: tuple[str, str] | None,
    measure: MeasureLike,
    name: str,
) -> None:
    factor = shown_factor(measure.unit)
    ends: dict[str, float] = {}
    drawn: list[np.ndarray] = []
    for side, scenario in zip("AB", scenarios, strict=False):
        band = factor * thin(bands(series, scenario, name))
        weeks = band.index.to_numpy(dtype=float)
        mean, low, high = (band[key].to_numpy(dtype=float) for key in ("mean", "low", "high"))
        finite = np.flatnonzero(np.isfinite(mean))
        if finite.size == 0:
            continue
        colour = COLOURS[side]
        axes.fill_between(weeks, low, high, color=colour, alpha=0.18, linewidth=0)
        single = "os"[side == "A"] if finite.size == 1 else "none"
        axes.plot(weeks, mean, color=colour, linestyle=DASHES[side], marker=single)
        ends[side] = float(mean[finite[-1]])
        drawn += [mean, low, high]
        axes.set_xlim(weeks[0], weeks[-1] if weeks[-1] > weeks[0] else weeks[0] + 1)
    unit = short(shown_unit(measure.unit) or _natural_scale(measure), 44)
    axes.set_title(short(measure.label, 36), pad=20 if unit else 6, parse_math=False)
    axes.text(0, 1.03, unit, transform=axes.transAxes, color=GREY, parse_math=False)
    axes.set_xlabel("week")
    if not drawn:
        axes.text(0.5, 0.5, "no values", transform=axes.transAxes, ha="center")
        axes.set(xticks=[], yticks=[])
        return
    axes.set_ylim(value_range(np.concatenate(drawn), measure))
    axes.locator_params(axis="y", nbins=5)
    axes.yaxis.set_major_formatter(tick_text)
    axes.locator_params(axis="x", nbins=5, integer=True)
    axes.margins(x=0)
    if titles is not None:
        _name_line_ends(axes, ends, titles)


def _natural_scale(measure: MeasureLike) -> str:
    if measure.low is None or measure.high is None:
        return ""
    return f"on a scale from {measure.low:g} to {measure.high:g}"


def tick_text(value: float, place: float | None = None) -> str:
    return f"{value:,.6g}" if abs(value) < 1e5 else EngFormatter(sep="")(value)


def value_range(values: np.ndarray, measure: MeasureLike) -> tuple[float, float]:
    """The range of the data with a margin, never so narrow that it would magnify nothing."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    factor = shown_factor(measure.unit)
    whole = abs(high)
    if measure.low is not None and measure.high is not None:
        whole = factor * (measure.high - measure.low)
    narrowest = 0.02 * whole if np.isfinite(whole) and whole > 0 else 1.0
    spread = max(high - low, narrowest)
    middle = (low + high) / 2
    return middle - 0.56 * spread, middle + 0.56 * spread


def thin(band: pd.DataFrame, most: int = MOST_POINTS) -> pd.DataFrame:
    """Every k-th period, and always the last, so that at most about ``most`` remain."""
    step = -(-len(band) // most) if len(band) else 1
    kept = np.arange(len(band) - 1, -1, -step)[::-1]
    return band.iloc[kept]


def _name_line_ends(axes: Axes, ends: Mapping[str, float], titles: tuple[str, str]) -> None:
    labels = dict(zip("AB", _fitting_labels(titles), strict=True))
    low, high = axes.get_ylim()
    pixels = axes.get_window_extent()
    height = 72 * pixels.height / axes.figure.dpi
    line = 1.3 * STYLE["font.size"] / height
    sides = list(ends)
    places = push_apart(
        [(ends[side] - low) / (high - low) for side in sides],
        [line * (1 + labels[side].count("\n")) for side in sides],
    )
    for side, place in zip(sides, places, strict=True):
        axes.text(
            1.03,
            place,
            labels[side],
            transform=axes.transAxes,
            color=COLOURS[side],
            va="center",
            fontweight="bold",
            linespacing=1.15,
            parse_math=False,
        )


def _fitting_labels(titles: tuple[str, str]) -> tuple[str, str]:
    """The titles wrapped so that their widest line fits the room beside a panel."""
    font = FontProperties(family=STYLE["font.family"], size=STYLE["font.size"], weight="bold")
    for characters in (16, 13, 11, 9, 7):
        labels = end_labels(titles, characters)
        lines = "\n".join(labels).splitlines()
        widths = [text_to_path.get_text_width_height_descent(x, font, False)[0] for x in lines]
        if max(widths) <= LABEL_ROOM:
            break
    return labels


# --- standardized differences -------------------------------------------------------------------


def difference_figure(
    table: pd.DataFrame,
    measures: Mapping[str, MeasureLike],
    titles: tuple[str, str],
    names: Sequence[str] | None = None,
) -> Figure:
    """Forest plot: paired differences B minus A in pooled standard deviations, with 95 % intervals.

    ``table`` is that of ``compare_table``; ``names`` gives measures and order (default: all). The
    scale never spans less than ±1, so that noise does not look like a finding.
    """
    chosen: Any = table.loc[list(table.index if names is None else names)]
    rows = chosen[np.isfinite(chosen["d"])]
    shown = [str(name) for name in rows.index]
    with our_style():
        height = 1.25 + 0.34 * max(1, len(shown))
        figure = Figure(figsize=(9, height))
        axes = figure.add_axes((0.34, 0.8 / height, 0.53, 1 - 1.2 / height))
        axes.set_ylim(max(1, len(shown)) - 0.4, -0.6)
        if not shown:
            axes.text(0.5, 0.5, "no difference varies", transform=axes.transAxes, ha="center")
            axes.set(xticks=[], yticks=[])
            return figure
        ends = np.abs(rows[["difference_low", "difference_high"]].to_numpy(dtype=float))
        widest = float(np.nanmax(ends / rows["pooled_sd"].to_numpy(dtype=float)[:, None]))
        edge = min(max(1.1 * widest, 1.0), WIDEST_EFFECT)
        axes.set_xlim(-edge, edge)
        axes.axvline(0, color=GREY, linewidth=1)
        for place, name in enumerate(shown):
            _draw_effect(axes, place, table.loc[name], measures[name], edge)
        labels = [short(measures[name].label, 38) for name in shown]
        axes.set_yticks(range(len(shown)), labels, parse_math=False)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("difference in standard deviations between runs (d)")
        _name_directions(axes, titles, 1 + 0.1 / (height - 1.2))
    return figure


def _name_directions(axes: Axes, titles: tuple[str, str], place: float) -> None:
    left, right = (short(title, 26) for title in titles)
    for x, side, text in ((0, "A", f"◀ higher: {left}"), (1, "B", f"higher: {right} ▶")):
        axes.text(
            x,
            place,
            text,
            transform=axes.transAxes,
            ha="left" if side == "A" else "right",
            color=COLOURS[side],
            fontweight="bold",
            parse_math=False,
        )


def _draw_effect(axes: Axes, place: int, row: Any, measure: MeasureLike, edge: float) -> None:
    """One line of the forest: filled where the interval leaves out 0, shaped by who does better."""
    low, high = row["difference_low"] / row["pooled_sd"], row["difference_high"] / row["pooled_sd"]
    reading = read(row, measure)
    colour = COLOURS.get(reading.side, GREY) if measure.better else INK if reading.side else GREY
    marker = {"A": "s", "B": "o"}.get(reading.side, "D") if measure.better else "D"
    axes.plot([max(low, -edge), min(high, edge)], [place, place], color=colour)
    d = d_shown = float(row["d"])
    if abs(d) > edge:
        marker, d_shown = ("<", -0.97 * edge) if d < 0 else (">", 0.97 * edge)
    axes.plot(
        d_shown,
        place,
        marker=marker,
        markersize=8,
        color=colour,
        markerfacecolor=colour if reading.side else "white",
    )
    axes.text(
        1.03,
        place,
        number(d, 2, sign=True),
        transform=axes.get_yaxis_transform(),
        va="center_baseline",
    )

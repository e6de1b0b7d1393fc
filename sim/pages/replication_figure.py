"""A published figure or table run again: ours with its 95 % interval, what is expected beside it.

Where a number varies over the columns, rows are lines over it; else they are dots in a row each.
Expected values are open markers, ours lines or filled dots, so that colour is not needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.pages.drawing import BLUE, BROWN, GREY, INK, STYLE, our_style
from sim.pages.labels import push_apart, short, wrapped
from sim.pages.numbers import MINUS, number
from sim.scenario.marks import Marked
from sim.scenario.schema import declaration_at, settings_model
from sim.studies.replication.outcome import FigureOutcome, Judgement
from sim.studies.replication.targets import Cell, Contest

COLOURS = (BLUE, BROWN, "#00695c", "#7b1fa2", "#a3113f", INK)
DASHES: tuple[Any, ...] = ("solid", (0, (4, 1.6)), (0, (1, 1.2)), (0, (6, 1.4, 1, 1.4)))
MARKERS = "oDs^vP"
OURS = "ours: mean and 95 % interval"
#: What measures are called on an axis, broken where a line is full.
MEASURES = {
    "code_knowledge": "Share of dimensions on which\nthe code is right",
    "mean_knowledge": "Share of dimensions on which\npeople are right",
    "code_score": f"Score of the code\n(right {MINUS} wrong) / dimensions",
    "mean_score": f"Mean score of people\n(right {MINUS} wrong) / dimensions",
    "mean_payoff": "Mean payoff\n(share of the highest possible)",
    "best_payoff": "Highest payoff of anybody\n(share of the highest possible)",
    "distinct_sets": "Distinct sets of beliefs",
    "dissimilarity": "Share of dimensions on which\ntwo people differ",
    "codifiable_knowledge": "Share of codifiable dimensions\non which people are right",
    "uncodifiable_knowledge": "Share of tacit dimensions\non which people are right",
    "slow_knowledge": "Share of dimensions on which\nslow learners are right",
    "fast_knowledge": "Share of dimensions on which\nfast learners are right",
    "periods_run": "Periods until the run stopped",
}


def replication_figure(outcome: FigureOutcome) -> Figure:
    """Draw one figure of a replication."""
    target = outcome.target
    with our_style({"svg.fonttype": "path"}):
        if outcome.crossing is not None:
            figure = _crossing(outcome, outcome.crossing)
        elif outcome.contests:
            figure = _contests(outcome)
        elif target.values is not None and len(target.columns) > 1:
            figure = _lines(outcome, target.values)
        else:
            figure = _dots(outcome)
        title = f"{target.name[:1].upper()}{target.name[1:]}: {target.title}".rstrip(": ")
        figure.text(
            0.02,
            1 - 0.12 / figure.get_figheight(),
            wrapped(title, int(8.6 * figure.get_figwidth()), 2),
            va="top",
            fontsize=12,
            fontweight="bold",
            parse_math=False,
        )
    return figure


def measure_text(name: str) -> str:
    """What a measure is called on an axis."""
    return MEASURES.get(name, name.replace("_", " "))


def key_text(key: str) -> str:
    """A setting on an axis: its key with its unit."""
    if key == "time":
        return "period"
    declared = declaration_at(settings_model(), tuple(key.split(".")))
    return f"{key} ({declared.unit})" if declared is not None and declared.unit else key


# --- lines over a setting -----------------------------------------------------------------------


def _lines(outcome: FigureOutcome, values: Sequence[float]) -> Figure:
    rows = _rows(outcome)
    measures = list(dict.fromkeys(_measure(row[0]) for row in rows))
    figure, panels = _panels(len(measures), 5.9, 3.6, left=1.0, right=1.5, most=2)
    for axes, name in zip(panels, measures, strict=True):
        axes.set(xlabel=key_text(outcome.target.key), ylabel=measure_text(name))
        drawn = [row for row in rows if _measure(row[0]) == name]
        for place, row in enumerate(drawn):
            _draw_line(axes, values, row, place)
        axes.margins(x=0.04)
        axes.locator_params(axis="y", nbins=6)
        _name_lines(axes, drawn)
    _legend(figure, outcome, Line2D([], [], color=GREY))
    return figure


def _draw_line(axes: Axes, values: Sequence[float], row: Sequence[Judgement], place: int) -> None:
    colour, dashes = COLOURS[place % len(COLOURS)], DASHES[place % len(DASHES)]
    means, low, high = (
        np.array([getattr(one.ours, name) for one in row]) for name in ("mean", "low", "high")
    )
    axes.fill_between(values, low, high, color=colour, alpha=0.2, linewidth=0)
    axes.plot(values, means, color=colour, linestyle=dashes, linewidth=1.6)
    for x, one in zip(values, row, strict=True):
        if one.of.expected is not None:
            _expected(axes, x, one, colour, MARKERS[place % len(MARKERS)], vertical=True)


def _expected(
    axes: Axes, place: float, one: Judgement, colour: str, marker: str, vertical: bool
) -> None:
    """An expected value as an open marker with its interval; crossed out where ours disagrees."""
    assert one.of.expected is not None
    value, half = one.of.expected.value, one.expected_half_width or 0.0
    x, y = (place, value) if vertical else (value, place)
    spread: dict[str, Any] = {"yerr" if vertical else "xerr": half}
    style: dict[str, Any] = {
        "color": colour,
        "markerfacecolor": "white",
        "markeredgewidth": 1.3,
        "zorder": 3,
    }
    axes.errorbar(x, y, fmt=marker, markersize=6, elinewidth=1.3, **spread, **style)
    if one.agrees is False:
        axes.plot(x, y, marker="x", markersize=11, color=INK, markeredgewidth=1.8, zorder=4)


def _name_lines(axes: Axes, rows: Sequence[Sequence[Judgement]]) -> None:
    """Write each row's label beside the last value of its line."""
    ends = [[one.ours.mean for one in row if np.isfinite(one.ours.mean)] for row in rows]
    shown = [place for place, values in enumerate(ends) if values]
    labels = [wrapped(_row_label(rows[place]), 17, 3) for place in shown]
    low, high = axes.get_ylim()
    inches = axes.get_window_extent().height / axes.figure.dpi
    line = 1.25 * STYLE["font.size"] / 72 / inches
    wanted = [(ends[place][-1] - low) / (high - low) for place in shown]
    places = push_apart(wanted, [line * (1 + label.count("\n")) for label in labels])
    for place, y, label in zip(shown, places, labels, strict=True):
        axes.text(
            1.02,
            y,
            label,
            transform=axes.transAxes,
            color=COLOURS[place % len(COLOURS)],
            va="center",
            fontweight="bold",
            parse_math=False,
        )


# --- dots in rows -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Panel:
    """Cells with one measure, one below the other."""

    title: str
    labels: tuple[str, ...]
    cells: tuple[Judgement, ...]


def _dots(outcome: FigureOutcome) -> Figure:
    panels = list(_panels_of(outcome))
    lines = [line for panel in panels for label in panel.labels for line in label.split("\n")]
    left = 0.35 + 0.075 * max(map(len, lines))
    tall = 0.45 + 0.4 * max(len(panel.labels) for panel in panels)
    figure, places = _panels(len(panels), left + 2.7, tall, left=left, right=0.25, most=3)
    limits: dict[str, list[Axes]] = {}
    for panel, axes in zip(panels, places, strict=True):
        for place, one in enumerate(panel.cells):
            _ours(axes, place - 0.14, one)
            if one.of.expected is not None:
                _expected(axes, place + 0.14, one, BROWN, "D", vertical=False)
        _list_rows(axes, panel.labels)
        axes.set_xlabel(measure_text(_measure(panel.cells[0])))
        axes.set_title(short(panel.title, 40), fontsize=10, parse_math=False)
        axes.locator_params(axis="x", nbins=5)
        limits.setdefault(_measure(panel.cells[0]), []).append(axes)
    for alike in limits.values():
        ends = [axes.get_xlim() for axes in alike]
        for axes in alike:
            axes.set_xlim(min(low for low, _ in ends), max(high for _, high in ends))
    _legend(figure, outcome, Line2D([], [], color=BLUE, marker="o", markersize=5))
    return figure


def _panels_of(outcome: FigureOutcome) -> Iterator[Panel]:
    """A panel a column, or a row where it alone has its measure: one panel, one scale."""
    columns = outcome.target.columns
    rows = _rows(outcome)
    groups: dict[tuple[str, ...], list[list[Judgement]]] = {}
    for row in rows:
        groups.setdefault(tuple(map(_measure, row)), []).append(row)
    for measures, alike in groups.items():
        if len(alike) == 1 and len(set(measures)) == 1 and len(columns) > 1:
            labels = tuple(wrapped(column, 34, 2) for column in columns)
            yield Panel(_row_label(alike[0]), labels, tuple(alike[0]))
            continue
        labels = tuple(wrapped(_row_label(row), 34, 2) for row in alike)
        for place, column in enumerate(columns):
            yield Panel(column, labels, tuple(row[place] for row in alike))


def _ours(axes: Axes, place: float, one: Judgement) -> None:
    axes.plot([one.ours.low, one.ours.high], [place, place], color=BLUE)
    axes.plot(one.ours.mean, place, marker="o", markersize=5, color=BLUE)


def _list_rows(axes: Axes, labels: Sequence[str]) -> None:
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_yticks(range(len(labels)), labels, parse_math=False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=GREY, alpha=0.2)
    axes.margins(x=0.08)


def _contests(outcome: FigureOutcome) -> Figure:
    """One line a contest, with up to two expected numbers each."""
    bouts: dict[str, list[Judgement]] = {}
    for one in outcome.contests:
        assert isinstance(one.of, Contest)
        bouts.setdefault(f"{one.of.row} over {one.of.column}", []).append(one)
    labels = [short(label, 44) for label in bouts]
    left = 0.35 + 0.075 * max(map(len, labels))
    figure, (axes,) = _panels(1, left + 5, 0.5 + 0.34 * len(labels), left=left, right=0.25, most=1)
    for place, judgements in enumerate(bouts.values()):
        _ours(axes, place - 0.12, judgements[0])
        for number_, one in enumerate(judgements):
            _expected(axes, place + 0.14, one, BROWN, "Ds"[number_ % 2], vertical=False)
    _list_rows(axes, labels)
    axes.set(xlim=(-15, 1015), xlabel="contests won of 1000 (ties are not counted)")
    _legend(figure, outcome, Line2D([], [], color=BLUE, marker="o", markersize=5))
    return figure


# --- curves that cross --------------------------------------------------------------------------


def _crossing(outcome: FigureOutcome, one: Judgement) -> Figure:
    figure, (axes,) = _panels(1, 7.5, 3.8, left=0.9, right=0.3, most=1)
    expected, crossing = one.of.expected, outcome.target.crossing
    assert expected is not None and crossing is not None
    pair = (crossing.rising.given, crossing.other.given)
    for place, (mean, low, high) in enumerate(outcome.curves):
        periods = np.arange(mean.size)
        axes.fill_between(periods, low, high, color=COLOURS[place], alpha=0.2, linewidth=0)
        label = _differing(pair[place], pair[1 - place])
        axes.plot(periods, mean, color=COLOURS[place], linestyle=DASHES[place], label=label)
    bottom, top = axes.get_ylim()
    if np.isfinite(one.ours.mean):
        axes.axvspan(one.ours.low, one.ours.high, color=GREY, alpha=0.25, linewidth=0)
        label = f"ours: they cross at {number(one.ours.mean, 1)}"
        axes.axvline(one.ours.mean, color=INK, linewidth=1.2, label=label)
    axes.errorbar(
        expected.value,
        bottom + 0.05 * (top - bottom),
        xerr=expected.half_width or 0,
        fmt="D",
        color=BROWN,
        markerfacecolor="white",
        label=f"expected: {expected.value:g}",
    )
    axes.set(xlabel="period", ylabel=measure_text(crossing.rising.measure), xlim=(0, None))
    axes.legend(frameon=False, loc="best")
    return figure


def _differing(given: Mapping[str, Marked], other: Mapping[str, Marked]) -> str:
    """The settings in which a condition differs from the other, in words for a legend."""
    own = {key: one.value for key, one in given.items()}
    differing = [
        f"{key} {value}"
        for key, value in own.items()
        if key not in other or other[key].value != value
    ]
    return short(", ".join(differing), 48)


# --- common -------------------------------------------------------------------------------------


#: Inches that title and legend need.
LEAST_WIDTH = 6.4


def _panels(
    count: int, wide: float, tall: float, *, left: float, right: float, most: int
) -> tuple[Figure, list[Axes]]:
    """Panels of a given size in inches, ``most`` a row, each with its room at left and right."""
    across = min(count, most)
    down = -(-count // across)
    head, gap, foot = 0.85, 1.15, 0.55
    height = head + down * (tall + gap) + foot
    wide = max(wide, LEAST_WIDTH / across)
    width = across * wide
    figure = Figure(figsize=(width, height))
    panels = []
    for place in range(count):
        x, y = place % across, place // across
        bottom = height - head - (y + 1) * tall - y * gap
        box = (
            (x * wide + left) / width,
            bottom / height,
            (wide - left - right) / width,
            tall / height,
        )
        panels.append(figure.add_axes(box))
    return figure, panels


def _legend(figure: Figure, outcome: FigureOutcome, ours: Line2D) -> None:
    """What the marks mean, at the bottom."""
    handles: list[Any] = [ours]
    runs = {one.ours.n for one in outcome.judgements if one.ours.n}
    labels = [f"{OURS} ({number(max(runs), 0)} runs)" if len(runs) == 1 else OURS]
    bases = [one.of.expected.basis for one in outcome.judgements if one.of.expected is not None]
    bases = list(dict.fromkeys(bases))
    told = bases if outcome.contests else ["; ".join(basis for basis in bases if basis)]
    for place, basis in enumerate(told if bases else []):
        marker = "Ds"[place % 2] if outcome.contests else "oD"[outcome.target.values is None]
        style: dict[str, Any] = {"markerfacecolor": "white", "linestyle": "none"}
        handles.append(Line2D([], [], color=BROWN, marker=marker, **style))
        labels.append(f"expected ({basis})" if basis else "expected")
    if any(one.agrees is False for one in outcome.judgements):
        handles.append(Line2D([], [], color=INK, marker="x", linestyle="none", markersize=9))
        labels.append("outside the joint 99.9 % interval")
    room = 11.5 * figure.get_figwidth()
    columns = len(labels) if sum(len(label) + 8 for label in labels) < room else 1
    low = 0.05 / figure.get_figheight()
    figure.legend(
        handles, labels, loc="lower left", bbox_to_anchor=(0.01, low), ncols=columns, frameon=False
    )


def _rows(outcome: FigureOutcome) -> list[list[Judgement]]:
    columns = len(outcome.target.columns)
    cells = outcome.cells
    return [list(cells[start : start + columns]) for start in range(0, len(cells), columns)]


def _measure(one: Judgement) -> str:
    assert isinstance(one.of, Cell)
    return one.of.request.measure


def _row_label(row: Sequence[Judgement]) -> str:
    assert isinstance(row[0].of, Cell)
    return row[0].of.row

"""The figures of a sensitivity analysis: Morris' plane, Sobol indices and PAWN as bars.

Filled is what can be told from noise, hollow what cannot; no colour is needed to read them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import MaxNLocator

from sim.pages.drawing import BLUE, BROWN, GREY, INK, STYLE, our_style
from sim.pages.labels import short
from sim.pages.numbers import plain_text, shown_factor, shown_unit

#: Characters of a factor's name beside a bar, and in the plane.
LONGEST_LABEL, LONGEST_NAME = 36, 30
#: Pixels between a point of the plane and its name, nearest first, and directions tried.
REACHES, TURNS = (6, 11, 18, 26, 36, 50, 70, 95), 16
#: Size of a marker in points.
MARKER = 8
#: Share of the axis below which a level of noise is too near to 0 to be drawn.
LEAST_SEEN = 0.01

Box = tuple[float, float, float, float]
Line = tuple[float, float, float, float]


def sensitivity_figure(
    table: pd.DataFrame,
    title: str,
    *,
    unit: str = "",
    labels: Mapping[str, str] | None = None,
) -> Figure:
    """The figure that goes with a table of ``analyse``, by its method.

    ``title`` is the measure's label, ``unit`` its unit, and ``labels`` says what factors are called
    (default: their names).
    """
    called = [plain_text((labels or {}).get(str(name), name)) for name in table.index]
    table = table.set_axis(pd.Index(called, name="factor"), axis="index")
    table = table.sort_values(table.attrs["main"], ascending=False, kind="stable")
    with our_style():
        if table.attrs["method"] == "morris":
            return _plane(table, title, unit)
        return _bars(table, title)


# --- Morris' plane ------------------------------------------------------------------------------


def _plane(table: pd.DataFrame, title: str, unit: str) -> Figure:
    """Mean size of a factor's effects against their spread."""
    factor = shown_factor(unit)
    still = [str(name) for name in table.index[table["mu_star"] == 0]]
    moving = table[table["mu_star"] > 0]
    notes = _notes_of_plane(table, still)
    figure = Figure(figsize=(8.6, 6.0 + 0.2 * len(notes)))
    height = figure.get_figheight()
    bottom = (0.85 + 0.2 * len(notes)) / height
    axes = figure.add_axes((0.09, bottom, 0.88, 1 - bottom - 0.5 / height))
    shown = [unit_text] if (unit_text := shown_unit(unit)) else []
    axes.set_title(short(title, 70), parse_math=False)
    axes.set_xlabel(
        ", ".join(["mean size of the effect of a move over the whole range (μ*)", *shown]),
        parse_math=False,
    )
    axes.set_ylabel(
        ", ".join(["spread of the effects (\N{GREEK SMALL LETTER SIGMA})", *shown]),
        parse_math=False,
    )
    top = factor * float(np.nanmax([0.0, *moving["mu_star_high"]]))
    spread = factor * float(np.nanmax([0.0, *moving["sigma"]]))
    axes.set_xlim(0, 1.12 * top or 1)
    axes.set_ylim(0, 1.15 * max(spread, 0.25 * top) or 1)
    axes.locator_params(nbins=6)
    _draw_diagonal(axes)
    for _, row in moving.iterrows():
        _draw_effect(axes, factor * row)
    _name_points(figure, axes, moving, factor)
    for line, note in enumerate(reversed(notes)):
        _footnote(figure, note, 0.12 + 0.2 * line)
    return figure


def _notes_of_plane(table: pd.DataFrame, still: Sequence[str]) -> list[str]:
    level = f"{100 * table.attrs['level']:g} %"
    notes = [
        f"Bars: {level} intervals. Hollow: cannot be told from noise.",
        "Left of the dotted line, effects differ more from place to place than they are large.",
    ]
    if still:
        notes.append(short(f"No effect at all: {', '.join(still)}.", 110))
    return notes


def _draw_diagonal(axes: Axes) -> None:
    """Where the spread of effects is as large as their mean size."""
    end = min(axes.get_xlim()[1], axes.get_ylim()[1])
    axes.plot([0, end], [0, end], color=GREY, linewidth=1, linestyle=(0, (2, 3)), zorder=1)


def _draw_effect(axes: Axes, row: Any) -> None:
    clear = bool(row["above_noise"])
    colour = BLUE if clear else GREY
    ends = [row["mu_star_low"], row["mu_star_high"]]
    axes.plot(ends, [row["sigma"]] * 2, color=colour, linewidth=1.2, alpha=0.8, zorder=2)
    axes.plot(
        row["mu_star"],
        row["sigma"],
        marker="o",
        markersize=MARKER,
        color=colour,
        markerfacecolor=colour if clear else "white",
        clip_on=False,
        zorder=3,
    )


def _name_points(figure: Figure, axes: Axes, moving: pd.DataFrame, factor: float) -> None:
    """Names beside their points; where they have no room, numbers, and a list of names."""
    names = [short(str(name), LONGEST_NAME) for name in moving.index]
    places, free = _places(axes, factor * moving, names, REACHES[:2])
    if not free:
        area = axes.get_position()
        right = 0.98 - (max(_widths(names)) + 24) / (72 * figure.get_figwidth())
        axes.set_position((area.x0, area.y0, right - 0.02 - area.x0, area.height))
        step = 1.5 * STYLE["font.size"] / (72 * figure.get_figheight())
        for rank, (name, clear) in enumerate(zip(names, moving["above_noise"], strict=True), 1):
            colour = INK if clear else GREY
            height = area.y1 - rank * step
            figure.text(right, height, f"{rank}", color=colour, fontweight="bold")
            figure.text(right + 0.03, height, name, color=colour, parse_math=False)
        names = [str(rank + 1) for rank in range(len(names))]
        places, _ = _places(axes, factor * moving, names, REACHES)
    to_data = axes.transData.inverted().transform
    for name, (box, line) in zip(names, places, strict=True):
        x, y = to_data(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2))
        axes.text(x, y, name, ha="center", va="center", parse_math=False, zorder=4)
        if line is not None:
            (x0, y0), (x1, y1) = to_data([line[:2], line[2:]])
            axes.plot([x0, x1], [y0, y1], color=GREY, linewidth=0.7, zorder=1.5)


def _places(
    axes: Axes, effects: pd.DataFrame, names: Sequence[str], reaches: Sequence[float]
) -> tuple[list[tuple[Box, Line | None]], bool]:
    """A place for each name, the nearest that is free, and whether all are free."""
    scale = axes.figure.dpi / 72
    columns = ["mu_star", "mu_star_low", "mu_star_high", "sigma"]
    middle, low, high, sigma = effects[columns].to_numpy(dtype=float).T
    points, starts, ends = (
        axes.transData.transform(np.stack([one, sigma], axis=1)) for one in (middle, low, high)
    )
    size, extent = scale * (MARKER + 2), axes.get_window_extent()
    room = (extent.x0, extent.y0, extent.x1, extent.y1)
    markers = [_box(x, y, size, size) for x, y in points]
    bars = [(a, y - 2, b, y + 2) for (a, y), (b, _) in zip(starts, ends, strict=True)]
    placed: list[tuple[Box, Line | None]] = []
    worst = 0.0
    for point, wide in zip(points, _widths(names), strict=True):
        size_of_name = (scale * (wide + 4), scale * 1.3 * STYLE["font.size"])
        tried = [
            (_covered(box, line, room, markers, bars, placed), box, line)
            for box, line in _candidates(point, size_of_name, reaches, scale)
        ]
        # The first of the best, which is the nearest.
        covered, box, line = min(tried, key=lambda one: one[0])
        placed.append((box, line))
        worst = max(worst, covered)
    return placed, worst <= 0


def _candidates(
    point: Any, size: tuple[float, float], reaches: Sequence[float], scale: float
) -> Iterator[tuple[Box, Line | None]]:
    """Places for a name around its point, the nearest first; those at a distance with a line."""
    for reach in reaches:
        for turn in range(TURNS):
            angle = 2 * np.pi * turn / TURNS
            across, up = round(np.cos(angle), 9), round(np.sin(angle), 9)
            # Measured from the edge of the name that looks at the point.
            x = point[0] + scale * reach * across + np.sign(across) * size[0] / 2
            y = point[1] + scale * reach * up + np.sign(up) * size[1] / 2
            box = _box(x, y, *size)
            yield box, _line(point, box) if reach > REACHES[1] else None


def _covered(
    box: Box,
    line: Line | None,
    room: Box,
    markers: Sequence[Box],
    bars: Sequence[Box],
    placed: Sequence[tuple[Box, Line | None]],
) -> float:
    """How much a name and its line lie on what is there already; 0 for nothing."""
    area = (box[2] - box[0]) * (box[3] - box[1])
    names = [other for other, _ in placed]
    covered = 10 * max(0.0, area - _overlap(box, room) - 1e-6)
    covered += sum(_overlap(box, other) for other in (*markers, *names))
    covered += sum(_overlap(box, other) for other in bars)
    crossings = sum(_crosses(other, box) for _, other in placed if other is not None)
    if line is not None:
        start = (line[0], line[1], line[0], line[1])
        beyond = [one for one in markers if not _crosses(start, one)]
        crossings += sum(_crosses(line, other) for other in (*beyond, *names))
    return covered + crossings * area / 4


def _line(point: Any, box: Box) -> Line:
    """From a point to the nearest place on the edge of a box."""
    x, y = float(point[0]), float(point[1])
    return x, y, min(max(x, box[0]), box[2]), min(max(y, box[1]), box[3])


def _crosses(line: Line, box: Box) -> bool:
    """Whether a line enters a box."""
    x0, y0, x1, y1 = line
    first, last = 0.0, 1.0
    for start, way, low, high in ((x0, x1 - x0, box[0], box[2]), (y0, y1 - y0, box[1], box[3])):
        if way == 0:
            if not low <= start <= high:
                return False
            continue
        enters, leaves = sorted(((low - start) / way, (high - start) / way))
        first, last = max(first, enters), min(last, leaves)
    return first <= last


def _box(x: float, y: float, width: float, height: float) -> Box:
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _overlap(one: Box, other: Box) -> float:
    """Area that two boxes share."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)


def _widths(names: Sequence[str]) -> list[float]:
    """Widths of texts in points."""
    font = FontProperties(family=STYLE["font.family"], size=STYLE["font.size"])
    return [text_to_path.get_text_width_height_descent(one, font, False)[0] for one in names]


# --- bars ---------------------------------------------------------------------------------------


def _bars(table: pd.DataFrame, title: str) -> Figure:
    """Sobol indices or PAWN distances, a row a factor, the largest on top."""
    labels = [short(str(name), LONGEST_LABEL) for name in table.index]
    is_sobol = table.attrs["method"] == "sobol"
    notes = _notes_of_sobol(table) if is_sobol else _notes_of_pawn(table)
    above, below = 0.85, 0.7 + 0.2 * len(notes)
    height = above + below + 0.46 * max(1, len(labels))
    figure = Figure(figsize=(9, height))
    left = 0.04 + max(_widths(labels), default=0.0) / (72 * 9)
    axes = figure.add_axes((left, below / height, 0.97 - left, 1 - (above + below) / height))
    axes.set_title(short(title, 70), pad=24, parse_math=False)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_yticks(range(len(labels)), labels, parse_math=False)
    axes.tick_params(axis="y", length=0)
    if table.attrs["constant"]:
        axes.text(0.5, 0.5, "the same everywhere", transform=axes.transAxes, ha="center")
        axes.set(xticks=[], xlim=(0, 1))
    elif is_sobol:
        _draw_shares(axes, table)
    else:
        _draw_distances(axes, table)
    for line, note in enumerate(reversed(notes)):
        _footnote(figure, note, 0.12 + 0.2 * line)
    return figure


def _draw_shares(axes: Axes, table: pd.DataFrame) -> None:
    """S1 below ST, each with its interval, and where luck alone would put ST."""
    for place, (_, row) in enumerate(table.iterrows()):
        clear = bool(row["above_noise"])
        _bar(axes, place - 0.19, 0.32, row, "ST", BLUE, clear)
        _bar(axes, place + 0.19, 0.32, row, "S1", BROWN, clear and row["S1_low"] > 0)
        if row["noise"] > LEAST_SEEN * _widest(table):
            _draw_threshold(axes, row["noise"], place - 0.19, 0.19)
    axes.axvline(0, color=GREY, linewidth=1)
    axes.spines["left"].set_visible(False)
    low = min(0.0, float(table["S1_low"].min()))
    axes.set_xlim(1.05 * low, 1.05 * _widest(table))
    axes.xaxis.set_major_locator(_ticks())
    axes.xaxis.set_major_formatter(lambda value, place: f"{100 * value:.4g}")
    axes.set_xlabel("share of the variance, %")
    _key(axes, [("with all others (ST)", BLUE), ("alone (S1)", BROWN)])


def _widest(table: pd.DataFrame) -> float:
    """Where the axis of Sobol indices ends."""
    return max(float(table[["S1_high", "ST_high"]].max().max()), 0.1)


def _ticks() -> MaxNLocator:
    return MaxNLocator(6, steps=[1, 2, 2.5, 5, 10])


def _draw_distances(axes: Axes, table: pd.DataFrame) -> None:
    """The median distance as a bar, the largest as a diamond, and what is noise."""
    for place, (_, row) in enumerate(table.iterrows()):
        _bar(axes, place, 0.5, row, "median", BLUE, row["median"] > row["median_noise"])
        clear = row["maximum"] > row["maximum_noise"]
        axes.plot(
            row["maximum"],
            place,
            marker="D",
            markersize=7,
            color=BROWN,
            markerfacecolor=BROWN if clear else "white",
            clip_on=False,
            zorder=4,
        )
        _draw_threshold(axes, row["median_noise"], place, 0.5)
    axes.set_xlim(0, min(1.0, max(0.2, 1.08 * float(table["maximum"].max()))))
    axes.xaxis.set_major_locator(_ticks())
    axes.set_xlabel("distance between distributions (0: no influence, 1: the largest)")
    _key(axes, [("median over slices", BLUE), ("◆ largest", BROWN)])


def _bar(
    axes: Axes, place: float, height: float, row: Any, index: str, colour: str, clear: bool
) -> None:
    axes.barh(
        place,
        row[index],
        height,
        facecolor=colour if clear else "white",
        edgecolor=colour,
        linewidth=1.2,
        zorder=2,
    )
    ends = [row[f"{index}_low"], row[f"{index}_high"]]
    # White around the line, so that it is seen on a filled bar too.
    axes.plot(ends, [place] * 2, color="white", linewidth=3.6, zorder=3, solid_capstyle="butt")
    axes.plot(ends, [place] * 2, color=INK, linewidth=1.3, zorder=3.1, solid_capstyle="butt")


def _draw_threshold(axes: Axes, value: float, place: float, half: float) -> None:
    """Where noise ends for the factor in this row."""
    axes.plot([value] * 2, [place - half, place + half], color="white", linewidth=3.4, zorder=3.2)
    axes.plot(
        [value] * 2,
        [place - half, place + half],
        color=INK,
        linewidth=1.6,
        linestyle=(0, (2, 1.2)),
        zorder=3.3,
    )


def _key(axes: Axes, entries: Sequence[tuple[str, str]]) -> None:
    """What the colours are, above the bars and in the order of the bars."""
    height = axes.get_window_extent().height / axes.figure.dpi
    x = 0.0
    for text, colour in entries:
        axes.annotate(
            text,
            (0, 1 + 0.08 / height),
            xycoords="axes fraction",
            xytext=(x, 0),
            textcoords="offset points",
            color=colour,
            fontweight="bold",
            parse_math=False,
        )
        x += 1.12 * _widths([text])[0] + 18


def _notes_of_sobol(table: pd.DataFrame) -> list[str]:
    notes = [
        f"Lines: {100 * table.attrs['level']:g} % intervals. Hollow: cannot be told from noise."
    ]
    if (table["noise"] > LEAST_SEEN * _widest(table)).any():
        notes.append("Dashes: what luck of the seeds alone would give.")
    return notes


def _notes_of_pawn(table: pd.DataFrame) -> list[str]:
    return [
        f"Lines: {100 * table.attrs['level']:g} % intervals. Hollow: cannot be told from noise.",
        "Dashes: medians below may be those of factors without influence.",
    ]


def _footnote(figure: Figure, text: str, inches: float) -> None:
    figure.text(0.02, inches / figure.get_figheight(), text, color=GREY, parse_math=False)

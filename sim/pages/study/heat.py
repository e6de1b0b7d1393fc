"""Two factors at once, as a heat map: a measure in one scenario, or the difference of two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize, TwoSlopeNorm
from matplotlib.figure import Figure

from sim.pages.drawing import BLUE, BROWN, GREY
from sim.pages.numbers import MINUS, decimals_for, number
from sim.pages.sentences import MeasureLike
from sim.pages.study.facts import FactorFacts, StudyFacts, are_numbers, letter
from sim.pages.study.frames import (
    all_different,
    fitted,
    inches,
    measure_axis,
    no_values,
    panels,
    scaled,
    study_style,
    text_width,
)

#: Room for the levels at the side, and for the three lines above, in inches.
SIDE, ABOVE, BELOW = 1.3, 0.98, 1.45
#: From brown (the first is higher) over white (no difference) to blue (the second is higher).
DIVERGING = LinearSegmentedColormap.from_list("first or second", [BROWN, "#ffffff", BLUE])
RISING = LinearSegmentedColormap.from_list("rising", ["#f3f6fa", "#7ba6cc", "#0b3c66"])
EMPTY = "#e3e5e8"
#: Luminance of a ground on which black and white have the same contrast (4.58, WCAG 2.2).
AS_READABLE = (1.05 * 0.05) ** 0.5 - 0.05
#: Points that the ring of an unclear cell takes.
RING = 6.0

#: A factor with those of its levels that are drawn, in their order.
Levels = tuple[FactorFacts, Sequence[Any]]


@dataclass(frozen=True)
class Heat:
    """Cells of a heat map in what is shown: float arrays (rows, columns), NaN where none was run.

    ``unclear`` marks differences whose interval does not leave out 0.
    """

    mean: np.ndarray
    half: np.ndarray
    unclear: np.ndarray
    colours: Colormap
    norm: Normalize


def interaction_figure(
    table: pd.DataFrame,
    facts: StudyFacts,
    factors: tuple[str, str],
    name: str,
    *,
    scenario: str | None = None,
    pair: tuple[str, str] | None = None,
) -> Figure:
    """Heat map of two factors: a measure's mean in ``scenario``, or the difference of ``pair``.

    ``table`` is that of ``interaction``, whose ``level_1`` runs down and ``level_2`` along; with a
    ``scenario``, only its rows are drawn. Colours of a difference are centred at 0, and cells
    whose 95 % interval includes 0 carry a ring. Numbers stand in the cells where they fit.
    """
    measure = facts.measure(name)
    down, along = (facts.factor(one) for one in factors)
    if pair is None and scenario is not None:
        table = table[table["scenario"].astype(str) == scenario]
    rows, columns = down.ordered(table["level_1"]), along.ordered(table["level_2"])
    with study_style():
        wide = float(np.clip(0.72 * len(columns), 2.9, 6.0))
        deep = float(np.clip(0.42 * len(rows), 1.3, 4.6))
        figure, (axes,) = panels(
            [deep], width=SIDE + wide + 0.3, left=SIDE, right=0.3, top=ABOVE, bottom=BELOW
        )
        heat = _heat(table, rows, columns, measure, pair is not None)
        if heat is None:
            no_values(axes)
        else:
            mesh = axes.pcolormesh(
                np.ma.masked_invalid(heat.mean), norm=heat.norm, cmap=heat.colours,
                edgecolors="white", linewidth=1,
            )  # fmt: skip
            axes.set_facecolor(EMPTY)
            axes.invert_yaxis()
            _write_numbers(axes, heat, signed=pair is not None)
            _name_levels(axes, (down, rows), (along, columns))
            _mark_beyond(axes, (down, rows), (along, columns))
            _draw_scale(figure, axes, mesh)
        if pair is not None:
            _name_sides(figure, facts, pair)
        # The figure's own edges: names of factors may be longer than the map.
        axes.set_xlabel(
            fitted(f"{along.axis} →", 72 * (wide + 0.5), 2, 10, True), fontweight="bold",
            parse_math=False,
        )  # fmt: skip
        _head(axes, facts, (measure_axis(measure), f"{down.axis} ↓"), scenario, pair)
    return figure


def _heat(
    table: pd.DataFrame,
    rows: Sequence[Any],
    columns: Sequence[Any],
    measure: MeasureLike,
    is_difference: bool,
) -> Heat | None:
    """The cells on a grid; None where none has a value."""
    grids = {key: np.full((len(rows), len(columns)), np.nan) for key in ("mean", "low", "high")}
    for cell in table.to_dict("records"):
        where = rows.index(cell["level_1"]), columns.index(cell["level_2"])
        for key, grid in grids.items():
            grid[where] = scaled(cell[key], measure)
    mean, low, high = grids["mean"], grids["low"], grids["high"]
    finite = mean[np.isfinite(mean)]
    if finite.size == 0:
        return None
    unclear = is_difference & np.isfinite(mean) & ~((low > 0) | (high < 0))
    if is_difference:
        edge = float(np.abs(finite).max()) or 1.0
        return Heat(mean, (high - low) / 2, unclear, DIVERGING, TwoSlopeNorm(0, -edge, edge))
    bottom, top = float(finite.min()), float(finite.max())
    norm = Normalize(bottom, top if top > bottom else bottom + 1)
    return Heat(mean, (high - low) / 2, unclear, RISING, norm)


def _write_numbers(axes: Axes, heat: Heat, signed: bool) -> None:
    """Numbers in one size that fits every cell, and a ring where a difference is unclear."""
    width, height = (72 * size for size in inches(axes))
    wide, deep = width / heat.mean.shape[1], height / heat.mean.shape[0]
    halves = heat.half[np.isfinite(heat.half)]
    decimals = decimals_for(
        float(np.median(halves)) if halves.size else 0.0, float(np.nanmax(np.abs(heat.mean)))
    )
    texts = {at: number(value, decimals, sign=signed) for at, value in np.ndenumerate(heat.mean)}
    above = deep >= 11 + 2 * (RING + 3)
    beside = 0.0 if above or not heat.unclear.any() else 2 * (RING + 2)
    sizes = [
        size for size in (10, 9, 8, 7)
        if max(text_width(text, size) for text in texts.values()) + 5 + beside < wide
        and size + 4 < deep
    ]  # fmt: skip
    for (row, column), text in texts.items():
        value = heat.mean[row, column]
        ground = heat.colours(heat.norm(value)) if np.isfinite(value) else (0.9, 0.9, 0.9, 1)
        ink = "black" if _luminance(ground) > AS_READABLE else "white"
        if sizes:
            axes.text(column + 0.5, row + 0.5, text, ha="center", va="center_baseline",
                      fontsize=sizes[0], color=ink)  # fmt: skip
        if heat.unclear[row, column]:
            at = (column + 0.5, row + 0.5)
            if sizes:
                at = (column + 1 - RING / wide, row + (RING / deep if above else 0.5))
            axes.plot(*at, marker="o", markersize=min(5.0, 0.5 * wide, 0.5 * deep),
                      markerfacecolor="none", markeredgecolor=ink, markeredgewidth=1.1)  # fmt: skip


def _luminance(colour: Sequence[float]) -> float:
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    return float(np.dot([0.2126, 0.7152, 0.0722], channels))


def _mark_beyond(axes: Axes, down: Levels, along: Levels) -> None:
    """A gap before the last row or column where it stands beyond the numbers before it."""
    for (factor, levels), line in ((down, axes.axhline), (along, axes.axvline)):
        if len(levels) > 1 and factor.is_beyond(levels[-1]):
            line(len(levels) - 1, color="white", linewidth=5)


def _name_levels(axes: Axes, down: Levels, along: Levels) -> None:
    """Levels down the side and along the foot; some of them where all have no room."""
    (factor, rows), (other, columns) = down, along
    width, height = (72 * size for size in inches(axes))
    step = max(1, -(-len(rows) * 12 // int(height)))
    kept = list(range(0, len(rows), step))
    lines = max(1, min(3, int(step * height / len(rows) / 11)))
    texts = _texts([factor.text(rows[one]) for one in kept], 72 * SIDE - 14, lines)
    axes.set_yticks([one + 0.5 for one in kept], texts, parse_math=False, fontsize=9)
    room, words = width / len(columns), not are_numbers(columns)
    widest = max(text_width(other.text(level), 9) for level in columns)
    step = 1 if words else max(1, int(np.ceil((widest + 4) / room)))
    kept = list(range(0, len(columns), step))
    texts = _texts([other.text(columns[one]) for one in kept], step * room - 4, 3 if words else 1)
    axes.set_xticks([one + 0.5 for one in kept], texts, parse_math=False, fontsize=9)
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _texts(words: Sequence[str], room: float, lines: int) -> list[str]:
    texts = [fitted(word, room, lines, 9) for word in words]
    numbered = [f"{place + 1}" for place in range(len(words))]
    if len(set(texts)) == len(texts):
        return texts
    return all_different([fitted(word, room - 14, lines, 9) for word in words], numbered)


def _draw_scale(figure: Figure, axes: Axes, mesh: Any) -> None:
    box, height = axes.get_position(), figure.get_figheight()
    bar = figure.add_axes((box.x0, 0.5 / height, box.width, 0.11 / height))
    colours = figure.colorbar(mesh, cax=bar, orientation="horizontal")
    colours.outline.set_visible(False)
    low, high = mesh.norm.vmin, mesh.norm.vmax
    ticks = [tick for tick in np.linspace(low, high, 3) if low <= tick <= high]
    decimals = decimals_for((high - low) / 2)
    colours.set_ticks(ticks, labels=[number(tick, decimals) for tick in ticks])
    bar.tick_params(labelsize=9)


def _name_sides(figure: Figure, facts: StudyFacts, pair: tuple[str, str]) -> None:
    """Which end of the scale means which scenario."""
    width, height = figure.get_size_inches()
    room = 72 * (width - 0.3) / 2
    for x, text, scenario in (
        (0.1, "◀ higher: {}", pair[0]),
        (width - 0.1, "higher: {} ▶", pair[1]),
    ):
        title = f"{letter(facts.scenarios.index(scenario))} {facts.title_of(scenario)}"
        cut = fitted(title, room - text_width(text.format(""), 9, True) - 6, 1, 9, True)
        figure.text(x / width, 0.1 / height, text.format(cut), fontsize=9, fontweight="bold",
                    color=BROWN if scenario == pair[0] else BLUE,
                    ha="left" if scenario == pair[0] else "right")  # fmt: skip


def _head(
    axes: Axes,
    facts: StudyFacts,
    titles: tuple[str, str],
    scenario: str | None,
    pair: tuple[str, str] | None,
) -> None:
    """Three lines from the left edge: the measure, what of it, and the factor that runs down."""
    room = 72 * (inches(axes)[0] + SIDE)
    note = "mean over the runs"
    if pair is not None:
        first, second = (letter(facts.scenarios.index(one)) for one in pair)
        note = f"difference {second} {MINUS} {first}; ring: 95 % interval includes 0"
    elif scenario and len(facts.scenarios) > 1:
        place = facts.scenarios.index(scenario)
        note = f"mean in {letter(place)} {facts.title_of(scenario)}"
    lines: tuple[tuple[str, float, dict[str, Any]], ...] = (
        (fitted(titles[0], room, 1, 11, True), 47, {"fontsize": 11, "fontweight": "bold"}),
        (fitted(note, room), 31, {"color": GREY}),
        (fitted(titles[1], room, 1, 10, True), 8, {"fontweight": "bold"}),
    )
    for text, up, style in lines:
        axes.annotate(text, (0, 1), (-72 * (SIDE - 0.12), up), xycoords="axes fraction",
                      textcoords="offset points", va="bottom", **style)  # fmt: skip

"""The picture of a policy map: every tile with its number, range and mark, for paper and files.

Nothing is said by colour alone: each tile has its mean, its range, and a star where it is tied with
the best, stripes where these runs cannot tell. The colours run over the range that the study gives
the outcome, never over what came out.
"""

from __future__ import annotations

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Colormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.pages.drawing import GREY, INK, our_style
from sim.pages.numbers import plain_text
from sim.pages.policy.texts import MapWords, label_of, rounded
from sim.pages.study.frames import fitted
from sim.studies.policy.tiles import Place, PolicyMap, Tile
from sim.studies.policy.verdicts import state, verdict

#: Inches of a tile, and of what is beside the map.
WIDE, HIGH = 0.98, 0.5
SIDE, RIGHT, ABOVE, BELOW = 1.35, 0.12, 1.0, 0.62
EMPTY = "#ffffff"
STAR, STRIPES = "★", "////"
#: Luminance of a ground on which black and white have the same contrast (4.58, WCAG 2.2).
AS_READABLE = (1.05 * 0.05) ** 0.5 - 0.05


def map_figure(one: PolicyMap, words: MapWords, *, heading: bool = True) -> Figure:
    """The map of one outcome in one tab; without ``heading`` where a page has its own."""
    policy = words.maps.policy
    rows, columns = words.maps.rows, words.maps.columns
    above = ABOVE if heading else ABOVE - 0.42
    width = SIDE + WIDE * len(columns) + RIGHT
    height = above + HIGH * len(rows) + BELOW
    with our_style({"hatch.linewidth": 1.1}):
        figure = Figure(figsize=(width, height))
        axes = figure.add_axes(
            (SIDE / width, BELOW / height, WIDE * len(columns) / width, HIGH * len(rows) / height)
        )
        axes.set(xlim=(0, len(columns)), ylim=(len(rows), 0))
        axes.tick_params(length=0)
        for side in axes.spines.values():
            side.set_visible(False)
        for row, level in enumerate(rows):
            for column, other in enumerate(columns):
                _draw_tile(axes, one, (level, other), (row, column), words)
        axes.xaxis.tick_top()
        axes.set_xticks(
            [place + 0.5 for place in range(len(columns))],
            [fitted(words.level(policy.columns, one), 72 * WIDE - 4, 1, 10) for one in columns],
            parse_math=False,
        )
        axes.set_yticks(
            [place + 0.5 for place in range(len(rows))],
            [fitted(words.level(policy.rows, one), 72 * SIDE - 12, 2, 10) for one in rows],
            parse_math=False,
        )
        _write_around(figure, one, words, heading, (width, height, above))
    return figure


def _draw_tile(
    axes: Axes, one: PolicyMap, place: Place, at: tuple[int, int], words: MapWords
) -> None:
    row, column = at
    tile = one.tiles[place]
    if tile is None:
        axes.add_patch(Rectangle((column, row), 1, 1, facecolor=EMPTY, edgecolor=GREY))
        axes.text(column + 0.5, row + 0.5, words.text("map.not_run"), ha="center",
                  va="center_baseline", fontsize=8, color=INK, parse_math=False)  # fmt: skip
        return
    outcome, told = one.outcome, state(tile, one.outcome.margin)
    ground = colour_of(tile, one)
    ink = "#000000" if luminance(ground) > AS_READABLE else "#ffffff"
    axes.add_patch(
        Rectangle((column, row), 1, 1, facecolor=ground, edgecolor="white", linewidth=1.5)
    )
    if told == "unclear":
        # Stripes leave the numbers free: a band at the right edge of the tile.
        axes.add_patch(
            Rectangle((column + 0.86, row + 0.03), 0.12, 0.94, facecolor="white",
                      edgecolor="black", hatch=STRIPES, linewidth=0)
        )  # fmt: skip
    star = f"{STAR} " if told == "tied" else ""
    mean = rounded(tile.mean, outcome.decimals)
    ends = [rounded(value, outcome.decimals) for value in (tile.p10, tile.p90)]
    middle = column + (0.44 if told == "unclear" else 0.5)
    axes.text(middle, row + 0.36, f"{star}{mean}", ha="center", va="center", fontsize=10,
              fontweight="bold", color=ink, parse_math=False)  # fmt: skip
    axes.text(middle, row + 0.76, "\N{EN DASH}".join(ends), ha="center", va="center", fontsize=7.5,
              color=ink, parse_math=False)  # fmt: skip
    best = verdict(one).best
    if place == best:
        axes.add_patch(
            Rectangle((column + 0.04, row + 0.06), 0.92, 0.88, facecolor="none", edgecolor=ink,
                      linewidth=1.8)
        )  # fmt: skip
    if place == words.maps.policy.today:
        across, down = [column + 0.03, column + 0.03, column + 0.2], [row + 0.32, *[row + 0.05] * 2]
        axes.plot(across, down, color=ink, linewidth=1.8)


def _write_around(
    figure: Figure, one: PolicyMap, words: MapWords, heading: bool, size: tuple[float, float, float]
) -> None:
    """Title, names of rows and columns, and what the marks mean."""
    width, height, above = size
    policy, outcome = words.maps.policy, one.outcome
    room = 72 * (width - 0.24)
    rows, columns = (words.label(name) for name in (policy.rows, policy.columns))
    top = height - above
    lines = [
        (top + 0.34, fitted(f"{rows} ↓   {columns} →", room, 1, 10), 10, "bold", INK),
        (0.4, fitted(words.text("map.legend"), room, 1, 8), 8, "normal", INK),
        (0.22, fitted(_scale(one, words), room, 1, 8), 8, "normal", GREY),
    ]
    if heading:
        title = f"{label_of(outcome)} ({plain_text(outcome.unit)})"
        lines.append((height - 0.26, fitted(title, room, 1, 11, True), 11, "bold", INK))
        lines.append((height - 0.45, fitted(words.where(one.tab), room, 1, 10), 10, "normal", GREY))
    for y, text, points, weight, colour in lines:
        figure.text(0.12 / width, y / height, text, fontsize=points, fontweight=weight,
                    color=colour, parse_math=False)  # fmt: skip


def _scale(one: PolicyMap, words: MapWords) -> str:
    outcome = one.outcome
    key = "map.scale" if outcome.better > 0 else "map.scale_less"
    ends = {name: rounded(getattr(outcome, name), outcome.decimals) for name in ("low", "high")}
    return words.text(key, **ends)


def colour_of(tile: Tile, one: PolicyMap) -> tuple[float, float, float]:
    """The ground of a tile: where its mean lies in the outcome's range."""
    outcome = one.outcome
    share = (tile.mean - outcome.low) / (outcome.high - outcome.low)
    cividis: Colormap = colormaps["cividis"]
    red, green, blue, _ = cividis(float(np.clip(share, 0, 1)))
    return red, green, blue


def luminance(colour: tuple[float, float, float]) -> float:
    """Relative luminance of a colour (WCAG 2.2)."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return float(np.dot([0.2126, 0.7152, 0.0722], channels))


def described(one: PolicyMap, words: MapWords) -> str:
    """The picture in words: each tile's mean and mark."""
    policy, parts = words.maps.policy, []
    for row in words.maps.rows:
        cells = []
        for column in words.maps.columns:
            tile = one.tiles[row, column]
            if tile is None:
                cells.append(f"{words.level(policy.columns, column)}: {words.text('map.not_run')}")
                continue
            key = {"tied": "map.tied", "behind": "map.behind", "unclear": "map.unclear_tile"}
            cells.append(
                f"{words.level(policy.columns, column)}: {rounded(tile.mean, one.outcome.decimals)}"
                f" ({words.text(key[state(tile, one.outcome.margin)])})"
            )
        head = f"{words.label(policy.rows)} {words.level(policy.rows, row)}"
        parts.append(f"{head}: {', '.join(cells)}.")
    return " ".join(parts)

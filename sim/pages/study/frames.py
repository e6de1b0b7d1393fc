"""What the figures of a study have in common: colours, a key, panels in rows, labels that fit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path

from sim.pages.drawing import BLUE, BROWN, GREY, INK, STYLE, our_style
from sim.pages.figures import tick_text
from sim.pages.labels import push_apart
from sim.pages.numbers import MINUS, plain_text, shown_factor, shown_unit
from sim.pages.sentences import MeasureLike, _in_sentence
from sim.pages.study.facts import StudyFacts, letter

COLOURS = (BROWN, BLUE, "#00695c", "#7b1fa2", "#a3113f", INK)
DASHES: tuple[Any, ...] = (
    "solid", (0, (4, 1.6)), (0, (1, 1.2)), (0, (6, 1.4, 1, 1.4)), (0, (2, 2)), (0, (8, 2)),
)  # fmt: skip
MARKERS = "soD^vP"
#: Points of a panel: its own width, and the room on its left and right.
PANEL, LEFT, RIGHT = 4.3, 0.72, 1.25
#: Pieces of a text between which a line may end.
PIECE = re.compile(r"\s*(?:[^\s\-_/.]|\.(?![^\W\d]))*(?:[\-_/]+|\.|(?=\s|$))")
#: More scenarios than this are named at their lines by letters only.
NAMED_AT_LINES = 3


def study_style() -> AbstractContextManager[None]:
    """Our style; no text of a study is ever mathematics."""
    return our_style({"text.parse_math": False})


def look(place: int) -> dict[str, Any]:
    """Colour, dashes and marker of a scenario by its place; none needs colour to be told."""
    return {
        "color": COLOURS[place % len(COLOURS)],
        "linestyle": DASHES[place % len(DASHES)],
        "marker": MARKERS[place % len(MARKERS)],
    }


# --- text that fits -----------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = 10.0, bold: bool = False) -> float:
    """Width of one line in points."""
    weight = "bold" if bold else "normal"
    font = FontProperties(family=STYLE["font.family"], size=size, weight=weight)
    return float(text_to_path.get_text_width_height_descent(text, font, False)[0])


def fitted(text: str, room: float, lines: int = 1, size: float = 10.0, bold: bool = False) -> str:
    """The text in at most ``lines`` lines of ``room`` points each, cut with … where it is longer.

    Lines end between words, or behind a hyphen, dot or underscore within one; a piece that is
    longer than a line is cut where it must be.
    """
    rest = [piece for piece in PIECE.findall(plain_text(text)) if piece]
    done: list[str] = []
    while rest and len(done) < lines:
        line = rest.pop(0).lstrip()
        if text_width(line, size, bold) > room:
            kept = _longest(line, room, size, bold, "")
            rest.insert(0, line[len(kept) :])
            line = kept
        else:
            while rest and text_width(line + rest[0], size, bold) <= room:
                line += rest.pop(0)
        done.append(line)
    if rest and done:
        done[-1] = _longest(done[-1] + "".join(rest), room, size, bold, " …").rstrip() + " …"
    return "\n".join(done)


def _longest(text: str, room: float, size: float, bold: bool, tail: str) -> str:
    """The longest beginning that fits with ``tail`` behind it; at least one character."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(text[:middle] + tail, size, bold) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low]


def all_different(texts: Sequence[str], marks: Sequence[str]) -> list[str]:
    """The texts, or the marks beside them where cutting made two equal."""
    if len(set(texts)) == len(texts):
        return list(texts)
    return [f"{mark} {text}".strip() for mark, text in zip(marks, texts, strict=True)]


# --- panels -------------------------------------------------------------------------------------


def panels(
    heights: Sequence[float],
    *,
    across: int = 3,
    width: float = PANEL,
    left: float | Sequence[float] = LEFT,
    right: float = RIGHT,
    top: float = 0.55,
    bottom: float = 0.62,
    head: float = 0.0,
    foot: float = 0.0,
) -> tuple[Figure, list[Axes]]:
    """A figure with one panel for each of ``heights`` (of its axes), all sizes in inches.

    ``left`` to ``bottom`` is the room around each panel's axes, ``head`` and ``foot`` that above
    and below all of them. Panels of a row are aligned at their tops.
    """
    count = len(heights)
    across = max(1, min(across, count))
    rows = [list(heights[start : start + across]) for start in range(0, count, across)]
    row_heights = [top + max(row) + bottom for row in rows]
    whole = (across * width, head + sum(row_heights) + foot)
    figure = Figure(figsize=whole)
    drawn = []
    for place, height in enumerate(heights):
        room = left if isinstance(left, int | float) else left[place]
        row, column = divmod(place, across)
        upper = whole[1] - head - sum(row_heights[:row]) - top
        box = (column * width + room, upper - height, width - room - right, height)
        drawn.append(
            figure.add_axes(
                (box[0] / whole[0], box[1] / whole[1], box[2] / whole[0], box[3] / whole[1])
            )
        )
    return figure, drawn


def inches(axes: Axes) -> tuple[float, float]:
    """Width and height of an axes in inches."""
    return float(axes.bbox.width / axes.figure.dpi), float(axes.bbox.height / axes.figure.dpi)


def head_line(figure: Figure, title: str, note: str = "") -> None:
    """A title over all panels, and under it what a reader must know."""
    width, height = figure.get_size_inches()
    room = 72 * (width - 0.4)
    figure.text(0.2 / width, 1 - 0.12 / height, fitted(title, room, 1, 13, True),
                va="top", fontsize=13, fontweight="bold")  # fmt: skip
    if note:
        figure.text(0.2 / width, 1 - 0.42 / height, fitted(note, room, 2), va="top", color=GREY)


HEAD = 0.85


def key(figure: Figure, facts: StudyFacts, places: Sequence[int] | None = None) -> None:
    """The scenarios with letter, colour, dashes and marker, in rows at the foot of the figure."""
    width, height = figure.get_size_inches()
    for place, x, row in _key_places(facts, places, width):
        y = (KEY_ROW * (_key_rows(facts, places, width) - row) - 0.1) / height
        style = look(place)
        line = Line2D([x / width, (x + 0.42) / width], [y, y], **{**style, "marker": "none"})
        dot = Line2D([(x + 0.21) / width], [y], color=style["color"], marker=style["marker"])
        for artist in (line, dot):
            artist.set_figure(figure)
            artist.set_transform(figure.transFigure)
            figure.add_artist(artist)
        figure.text(
            (x + 0.5) / width, y, _key_text(facts, place, width), va="center_baseline",
            color=style["color"], fontweight="bold",
        )  # fmt: skip


KEY_ROW = 0.26


def key_height(facts: StudyFacts, width: float, places: Sequence[int] | None = None) -> float:
    """Inches that ``key`` takes at the foot of a figure of this width; 0 for one scenario."""
    if len(facts.scenarios) < 2:
        return 0.0
    return KEY_ROW * _key_rows(facts, places, width) + 0.08


def _key_text(facts: StudyFacts, place: int, width: float) -> str:
    title = facts.title_of(facts.scenarios[place])
    return fitted(f"{letter(place)} {title}", 72 * (width - 0.9), 1, bold=True)


def _key_places(
    facts: StudyFacts, places: Sequence[int] | None, width: float
) -> list[tuple[int, float, int]]:
    """Each scenario with its x in inches and its row."""
    placed, x, row = [], 0.2, 0
    for place in range(len(facts.scenarios)) if places is None else places:
        size = 0.5 + text_width(_key_text(facts, place, width), 10, True) / 72 + 0.3
        if x > 0.2 and x + size > width:
            x, row = 0.2, row + 1
        placed.append((place, x, row))
        x += size
    return placed


def _key_rows(facts: StudyFacts, places: Sequence[int] | None, width: float) -> int:
    return 1 + max((row for _, _, row in _key_places(facts, places, width)), default=0)


def name_ends(axes: Axes, facts: StudyFacts, ends: Mapping[int, float], room: float) -> None:
    """Name lines beside their ends, pushed apart; ``room`` in inches, ``ends`` by scenario."""
    if len(facts.scenarios) < 2 or not ends:
        return
    places = list(ends)
    texts = dict(zip(places, end_texts(facts, places, room), strict=True))
    low, high = axes.get_ylim()
    line = 1.3 * STYLE["font.size"] / (72 * inches(axes)[1])
    spots = push_apart(
        [(ends[place] - low) / (high - low) for place in places],
        [line * (1 + texts[place].count("\n")) for place in places],
    )
    for place, spot in zip(places, spots, strict=True):
        axes.text(1.03, spot, texts[place], transform=axes.transAxes, va="center",
                  color=look(place)["color"], fontweight="bold", linespacing=1.15)  # fmt: skip


def end_texts(facts: StudyFacts, places: Sequence[int], room: float) -> list[str]:
    """What stands at the ends of lines: letter and title where all fit whole, else the letters."""
    letters = [letter(place) for place in places]
    if len(facts.scenarios) > NAMED_AT_LINES:
        return letters
    titles = (facts.title_of(facts.scenarios[place]) for place in places)
    named = [
        fitted(f"{mark} {title}", 72 * room - 9, 2, bold=True)
        for mark, title in zip(letters, titles, strict=True)
    ]
    return letters if any("…" in text for text in named) else named


def measure_axis(measure: MeasureLike) -> str:
    """A measure's label with the unit of what is shown."""
    unit = shown_unit(measure.unit)
    if unit:
        return f"{plain_text(measure.label)} ({unit})"
    if measure.low is not None and measure.high is not None:
        return f"{plain_text(measure.label)} ({measure.low:g} to {measure.high:g})"
    return plain_text(measure.label)


def scaled(values: Any, measure: MeasureLike) -> np.ndarray:
    """Values as they are shown: shares as percentages."""
    return shown_factor(measure.unit) * np.asarray(values, dtype=float)


def no_values(axes: Axes, text: str = "no values") -> None:
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=GREY)
    axes.set(xticks=[], yticks=[])


def side_title(facts: StudyFacts, side: str) -> str:
    """A side of a table (a scenario's name, or "B - A" of a pair) as people call it."""
    for pair in facts.pairs:
        if side == f"{pair[1]} - {pair[0]}":
            first, second = (letter(facts.scenarios.index(one)) for one in pair)
            return f"difference {second} {MINUS} {first}"
    if side in facts.scenarios:
        title = facts.title_of(side)
        if len(facts.scenarios) > 1:
            return f"{letter(facts.scenarios.index(side))} {title}"
        return title
    return plain_text(side)


def spread(items: Sequence[Any], most: int) -> list[Any]:
    """At most ``most`` of the items, evenly spread, the first and the last among them."""
    if len(items) <= most:
        return list(items)
    return [items[round(place)] for place in np.linspace(0, len(items) - 1, most)]


def panel_title(axes: Axes, text: str, left: float, width: float | None = None) -> None:
    room = 72 * (width if width is not None else inches(axes)[0] + left)
    axes.annotate(fitted(text, room, 1, 10, True), (0, 1), (-72 * (left - 0.1), 9),
                  xycoords="axes fraction", textcoords="offset points",
                  fontweight="bold")  # fmt: skip


def measure_below(axes: Axes, measure: MeasureLike, before: str = "") -> None:
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(tick_text)
    label = measure_axis(measure)
    label = f"{before}{_in_sentence(label)}" if before else label
    axes.set_xlabel(fitted(label, 72 * inches(axes)[0], 2), parse_math=False)

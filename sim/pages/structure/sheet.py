"""A sheet to lay a chart out on, in inches from its upper left corner: marks, boxes, lines, words.

First everything is placed, then drawn; so the size of a sheet follows from what is on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PatchCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.path import Path as Curve

from sim.pages.drawing import BLUE, BROWN, GREY, INK
from sim.pages.study.frames import fitted, study_style, text_width

#: Distance of two seats side by side.
PITCH = 0.32
MARGIN = 0.3
#: No sheet is narrower.
NARROWEST = 8.0


@dataclass(frozen=True)
class Look:
    """How a kind of seat is shown: told apart by shape, fill and the weight of its number."""

    name: str
    marker: str
    size: float
    fill: str
    edge: str
    ink: str
    width: float = 1.0


LOOKS = {
    "person": Look("person", "o", 15.5, "white", GREY, INK),
    "manager": Look("manager", "s", 15, "#d3e5f5", BLUE, INK, 1.4),
    "officer": Look("learning officer", "D", 13.5, BROWN, BROWN, "white"),
    "both": Look("manager and learning officer", "p", 19, BROWN, BLUE, "white", 2.0),
}


@dataclass(frozen=True)
class Words:
    """Some words: left-aligned or centred at ``x``, in the middle of a line at ``y``."""

    x: float
    y: float
    text: str
    size: float = 8.0
    bold: bool = False
    colour: str = INK
    centred: bool = False


@dataclass
class Sheet:
    """What is on a chart, before it is drawn."""

    words: list[Words] = field(default_factory=list)
    marks: list[tuple[float, float, str, float]] = field(default_factory=list)
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    blocks: list[tuple[float, float, float, float]] = field(default_factory=list)
    lines: list[list[tuple[float, float]]] = field(default_factory=list)
    curves: dict[tuple[str, float, bool], list[Curve]] = field(default_factory=dict)

    def say(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 8.0,
        bold: bool = False,
        colour: str = INK,
        centred: bool = False,
    ) -> None:
        """Put words down; none are put where ``text`` is empty."""
        if text:
            self.words.append(Words(x, y, text, size, bold, colour, centred))

    def seat(self, x: float, y: float, number: int, kind: str) -> None:
        """A seat with its number, of a kind in ``LOOKS``."""
        look = LOOKS[kind]
        self.marks.append((x, y, kind, look.size))
        size = 6.4 if number < 1000 else 5.0
        self.say(x, y, str(number), size, kind != "person", look.ink, centred=True)

    def curve(self, start: tuple[float, float], end: tuple[float, float],
              look: tuple[str, float, bool]) -> None:  # fmt: skip
        """A line that leaves ``start`` and reaches ``end`` level; colour, width, dashed or not."""
        middle = (start[0] + end[0]) / 2
        points = [start, (middle, start[1]), (middle, end[1]), end]
        codes = [Curve.MOVETO, Curve.CURVE4, Curve.CURVE4, Curve.CURVE4]
        self.curves.setdefault(look, []).append(Curve(points, codes))

    def draw(self, width: float, height: float) -> Figure:
        """The sheet as a figure of that size in inches."""
        with study_style():
            figure = Figure(figsize=(width, height))
            axes = figure.add_axes((0, 0, 1, 1))
            axes.set(xlim=(0, width), ylim=(height, 0), xticks=[], yticks=[])
            axes.axis("off")
            self._draw_shapes(axes)
            self._draw_marks(axes)
            for word in self.words:
                axes.text(
                    word.x, word.y, word.text, fontsize=word.size, color=word.colour,
                    fontweight="bold" if word.bold else "normal", va="center_baseline",
                    ha="center" if word.centred else "left",
                )  # fmt: skip
        return figure

    def _draw_shapes(self, axes: Axes) -> None:
        for places, fill in ((self.boxes, "none"), (self.blocks, "#eceff2")):
            patches = [Rectangle((x, y), w, h) for x, y, w, h in places]
            if patches:
                axes.add_collection(
                    PatchCollection(
                        patches, facecolor=fill, edgecolor="#b5bac0", linewidth=0.8, zorder=2
                    )
                )
        axes.add_collection(LineCollection(self.lines, colors=GREY, linewidths=0.8, zorder=1))
        for place, ((colour, width, dashed), curves) in enumerate(sorted(self.curves.items())):
            axes.add_collection(
                PathCollection(
                    curves, facecolors="none", edgecolors=colour, linewidths=width,
                    linestyles=[(0, (2.5, 1.5)) if dashed else "solid"],
                    zorder=1 + place / 100 + width / 10,
                )
            )  # fmt: skip

    def _draw_marks(self, axes: Axes) -> None:
        for kind, size in sorted({(kind, size) for _, _, kind, size in self.marks}):
            look = LOOKS[kind]
            places = [(x, y) for x, y, one, large in self.marks if (one, large) == (kind, size)]
            axes.plot(
                [x for x, _ in places], [y for _, y in places], linestyle="none",
                marker=look.marker, markersize=size, markerfacecolor=look.fill,
                markeredgecolor=look.edge, markeredgewidth=look.width, zorder=3,
            )  # fmt: skip


def heading(sheet: Sheet, title: str, note: str, width: float) -> float:
    """Title and note of a sheet; gives where the next thing may begin."""
    room = 72 * (width - 2 * MARGIN)
    sheet.say(MARGIN, 0.32, fitted(title, room, 1, 13, True), 13, True)
    lines = fitted(note, room, 3, 9).split("\n")
    for place, line in enumerate(lines):
        sheet.say(MARGIN, 0.62 + 0.19 * place, line, 9, colour=GREY)
    return 0.62 + 0.19 * len(lines) + 0.08


def legend(sheet: Sheet, kinds: Sequence[str], y: float) -> float:
    """What the marks mean, in a row; gives where the next thing may begin."""
    x = MARGIN + 0.1
    for kind in kinds:
        look = LOOKS[kind]
        sheet.marks.append((x, y, kind, 0.75 * look.size))
        sheet.say(x + 0.17, y, look.name, 9)
        x += 0.17 + text_width(look.name, 9) / 72 + 0.4
    return y + 0.3 if kinds else y

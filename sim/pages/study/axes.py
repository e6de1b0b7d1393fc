"""The axis of a factor whose levels are numbers: where they stand, ticks, and what lies beyond."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from sim.pages.drawing import GREY
from sim.pages.study.facts import FactorFacts
from sim.pages.study.frames import inches, text_width

#: Share of an axis kept free at each end, and least share between the numbers and what is beyond.
MARGIN, APART = 0.04, 0.12


@dataclass(frozen=True)
class LevelAxis:
    """Where the levels of a factor stand; ``beyond`` is the place of a 0 that has a word.

    It lies to the right of the largest number, ``border`` between the two; both are None where no
    level is beyond, or there is no number beside it.
    """

    factor: FactorFacts
    is_log: bool
    border: float | None = None
    beyond: float | None = None

    def places(self, levels: Any) -> np.ndarray:
        """Positions of levels, a float array (levels,)."""
        values = np.asarray(levels, dtype=float)
        if self.beyond is None:
            return values
        return np.where(values == 0, self.beyond, values)

    def draw(self, axes: Axes, levels: Sequence[float]) -> None:
        """Set the scale, ticks at the levels, and a line before what is beyond."""
        axes.margins(x=MARGIN)
        if self.border is not None:
            axes.axvline(self.border, color=GREY, linewidth=1, linestyle=(0, (1, 2)))
        _ticks(axes, self.places(levels), [self.factor.text(level) for level in levels])


def level_axis(axes: Axes, factor: FactorFacts, levels: Sequence[float]) -> LevelAxis:
    """The axis for these ``levels`` (rising, what is beyond last), wide enough for its words."""
    numbers = [float(level) for level in levels if not factor.is_beyond(level)]
    is_log = factor.scale == "log" and bool(numbers) and min(numbers) > 0
    if is_log:
        axes.set_xscale("log")
    if not numbers or len(numbers) == len(levels):
        return LevelAxis(factor, is_log)
    words = text_width(factor.text(0)) + text_width(factor.text(numbers[-1]))
    room = 72 * inches(axes)[0] * (1 - 2 * MARGIN)
    # A gap of this share of the whole is as much of the numbers' own span.
    share = min(0.6, max(APART, (words / 2 + 12) / room))
    part = share / (1 - share)
    low, high = numbers[0], numbers[-1]
    if is_log:
        ratio = high / low if high > low else 10.0
        return LevelAxis(factor, is_log, high * ratio ** (part / 2), high * ratio**part)
    span = high - low or 1.0
    return LevelAxis(factor, is_log, high + span * part / 2, high + span * part)


def _ticks(axes: Axes, values: np.ndarray, texts: Sequence[str]) -> None:
    """Ticks at the levels themselves where their texts have room, else at some of them."""
    from matplotlib.ticker import NullLocator

    room = 72 * inches(axes)[0]
    places = axes.transAxes.inverted().transform(
        axes.transData.transform([(value, 0) for value in values])
    )[:, 0]
    kept: list[int] = []
    # The last level first: both ends of a range should be named.
    for one in sorted(range(len(values)), key=lambda place: (0 < place < len(values) - 1, place)):
        half = text_width(texts[one]) / 2 + 3
        if all(
            abs(places[one] - places[other]) * room > half + text_width(texts[other]) / 2
            for other in kept
        ):
            kept.append(one)
    kept.sort()
    axes.set_xticks([values[one] for one in kept], [texts[one] for one in kept], parse_math=False)
    axes.xaxis.set_minor_locator(NullLocator())

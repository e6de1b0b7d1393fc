"""Labels that are short enough, and placed so that none lies on another."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from sim.pages.numbers import plain_text


def end_labels(titles: tuple[str, str], width: int = 15) -> tuple[str, str]:
    """The two titles in at most two short lines; marked A and B where cutting made them equal."""
    first, second = (wrapped(title, width, 2) for title in titles)
    if first == second:
        first, second = (
            wrapped(f"{side}: {plain_text(title)}", width, 2)
            for side, title in zip("AB", titles, strict=True)
        )
    return first, second


def push_apart(places: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """Centres of labels of given sizes on a line from 0 to 1, moved so that none overlap.

    They keep their order and stay between 0 and 1 as far as they fit; ties stand in the order
    given, from below. Each group that touches is centred where its members wanted to be.
    """
    order = sorted(range(len(places)), key=lambda label: places[label])
    groups: list[tuple[list[int], float, float]] = []
    for label in order:
        members, size = [label], sizes[label]
        centre = _inside(places[label], size)
        while groups and groups[-1][1] + groups[-1][2] / 2 > centre - size / 2 + 1e-12:
            before, other_centre, other_size = groups.pop()
            wanted = (len(before) * other_centre + len(members) * centre) / (
                len(before) + len(members)
            )
            members, size = before + members, other_size + size
            centre = _inside(wanted, size)
        groups.append((members, centre, size))
    moved = [0.0] * len(places)
    for members, centre, size in groups:
        edge = centre - size / 2
        for label in members:
            moved[label] = edge + sizes[label] / 2
            edge += sizes[label]
    return moved


def _inside(centre: float, size: float) -> float:
    return min(max(centre, size / 2), max(1 - size / 2, size / 2))


def wrapped(text: str, width: int, lines: int) -> str:
    clean = plain_text(text)
    return "\n".join(textwrap.wrap(clean, width, max_lines=lines, placeholder=" …"))


def short(text: str, width: int) -> str:
    return textwrap.shorten(plain_text(text), width, placeholder=" …")

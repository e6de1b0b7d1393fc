"""The history of an organization's cells: who was in which, from reshuffle to reshuffle.

A column for each reshuffle, a block for each cell, a thin line for each seat. Without cells, the
units are shown.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.pages.drawing import BLUE, BROWN, GREY
from sim.pages.structure.sheet import LOOKS, MARGIN, NARROWEST, Sheet, heading
from sim.pages.study.frames import spread, text_width
from sim.studies.structure_history import History, Places

#: More columns or lines than these are thinned.
MOST_COLUMNS, MOST_LINES = 16, 400
#: More cells than this are not drawn as blocks of their own, but in order inside their community.
MOST_BLOCKS = 100
#: Distances in inches: between columns, cells, communities; width of a block; names on the left.
COLUMN, CELL_GAP, COMMUNITY_GAP, BLOCK, NAMES = 1.2, 0.05, 0.16, 0.46, 1.15
#: No block is lower, so that its number fits.
LOWEST = 0.13
#: All lines together are as tall as this, as far as lines are not drawn too close or too far apart.
TALL, CLOSEST, FARTHEST = 9.0, 0.032, 0.14

#: Of each seat that is drawn, the community and the cell that it is placed by.
Key = tuple[int, int]


def history_weeks(history: History) -> list[int]:
    """Weeks that have a column: the start, each in which anybody changed cell, and the end."""
    changed = history.weeks_of(grouping(history))
    return sorted({0, history.weeks, *changed})


def grouping(history: History) -> str:
    """What the lines go between: ``cell``, or ``unit`` where there never were cells."""
    return "cell" if (history.table["cell"] >= 0).any() else "unit"


def history_figure(history: History, title: str) -> Figure:
    """Who was in which cell over time; movers in blue, officers in brown, newcomers dashed."""
    kind = grouping(history)
    sheet = Sheet()
    if (history.table[kind] < 0).all():
        note = "No cells and no units act in this scenario, so nobody ever changes place."
        return sheet.draw(NARROWEST, heading(sheet, title, note, NARROWEST) + 0.1)
    every = history_weeks(history)
    weeks = spread(every, MOST_COLUMNS)
    columns = [history.at(week) for week in weeks]
    seats = np.array(spread(range(history.people), MOST_LINES))
    width = max(NARROWEST, MARGIN + NAMES + COLUMN * (len(weeks) - 1) + BLOCK + MARGIN)
    step = (width - 2 * MARGIN - NAMES - BLOCK) / max(len(weeks) - 1, 1)
    in_blocks = max(len(column.groups(kind)) for column in columns) <= MOST_BLOCKS
    note = _note(kind, history, in_blocks, (len(every), len(weeks)), len(seats))
    y = heading(sheet, title, note, width)
    y = _key(sheet, y + 0.05, kind == "cell")
    left = MARGIN + NAMES + BLOCK / 2
    _name_columns(sheet, kind, weeks, columns, left, step, y + 0.1)
    y += 0.52
    pitch = float(np.clip(TALL / len(seats), CLOSEST, FARTHEST))
    places: list[NDArray[np.float64]] = []
    order = np.arange(len(seats), dtype=np.float64)
    lowest = y
    for number, column in enumerate(columns):
        x = left + number * step
        keys = _keys(column, kind, seats)
        order, low = _draw_column(sheet, keys, order, x, y, pitch, in_blocks, number == 0)
        places.append(order)
        lowest = max(lowest, low)
        if number:
            ends = (x - step + BLOCK / 2, x - BLOCK / 2)
            _draw_moves(sheet, kind, columns[number - 1 : number + 1], seats, places[-2:], ends)
        officers = [place for place, seat in enumerate(seats) if column.officer[seat]]
        size = min(7.0, max(3.0, 72 * pitch))
        sheet.marks += [(x + 0.13, float(order[place]), "officer", size) for place in officers]
    return sheet.draw(width, lowest + 0.25)


def _note(
    kind: str, history: History, in_blocks: bool, columns: tuple[int, int], lines: int
) -> str:
    every, drawn = columns
    told = f"Each block is a {kind}, each line a seat."
    if not in_blocks:
        told = f"Each line is a seat; seats stand in the order of {kind}s."
    if kind == "unit":
        told = f"There are no cells. {told}"
    if drawn < every:
        told += f" {drawn} of {every:,} times at which anybody moved are drawn."
    if lines < history.people:
        told += f" {lines} of {history.people:,} seats are drawn, evenly spread."
    return told


def _key(sheet: Sheet, y: float, with_officers: bool) -> float:
    """What the lines mean, in a row."""
    looks = [("stays", (GREY, 0.7, False)), ("moves", (BLUE, 0.9, False))]
    if with_officers:
        looks.append(("learning officer", (BROWN, 1.5, False)))
    looks.append(("dashed: somebody new on the seat", (GREY, 0.7, True)))
    x = MARGIN
    for name, look in looks:
        sheet.curve((x, y), (x + 0.35, y), look)
        if look[0] == BROWN:
            sheet.marks.append((x + 0.18, y, "officer", 0.5 * LOOKS["officer"].size))
        sheet.say(x + 0.43, y, name, 9)
        x += 0.43 + text_width(name, 9) / 72 + 0.35
    return y + 0.25


def _name_columns(
    sheet: Sheet, kind: str, weeks: Sequence[int], columns: Sequence[Places], left: float,
    step: float, y: float,
) -> None:  # fmt: skip
    for number, (week, column) in enumerate(zip(weeks, columns, strict=True)):
        x = left + number * step
        sheet.say(x, y, f"week {week:,}" if week else "start", 8, True, centred=True)
        if number:
            now, before = getattr(column, kind), getattr(columns[number - 1], kind)
            moved = int(((now != before) & (before >= 0) & (now >= 0)).sum())
            sheet.say(x, y + 0.17, f"{moved:,} moved", 8, colour=GREY, centred=True)


def _keys(column: Places, kind: str, seats: NDArray[np.int64]) -> list[Key]:
    groups = getattr(column, kind)[seats].tolist()
    communities = column.community[seats].tolist() if kind == "cell" else [-1] * len(seats)
    return [
        (community if group >= 0 else -1, group)
        for community, group in zip(communities, groups, strict=True)
    ]


def _draw_column(
    sheet: Sheet, keys: list[Key], order: NDArray[np.float64], x: float, y: float, pitch: float,
    in_blocks: bool, named: bool,
) -> tuple[NDArray[np.float64], float]:  # fmt: skip
    """Draw the blocks of one week, seats inside in ``order``; gives their heights, and the end."""
    at = np.zeros(len(keys))
    community = None
    blocks: dict[Key, list[int]] = {}
    for place in sorted(range(len(keys)), key=lambda place: (keys[place], order[place])):
        key = keys[place] if in_blocks else (keys[place][0], -1)
        blocks.setdefault(key, []).append(place)
    for key, inside in blocks.items():
        if community is not None:
            y += CELL_GAP if key[0] == community else COMMUNITY_GAP
        if key[0] != community and key[0] >= 0 and named:
            sheet.say(MARGIN, y + 0.07, f"Community {key[0]}", 8, True)
        community = key[0]
        tall = max(LOWEST, pitch * len(inside))
        sheet.blocks.append((x - BLOCK / 2, y, BLOCK, tall))
        at[inside] = y + tall / 2 + pitch * (np.arange(len(inside)) - (len(inside) - 1) / 2)
        if in_blocks:
            name = str(key[1]) if key[1] >= 0 else "none"
            sheet.say(x - 0.09, y + tall / 2, name, 6.5, colour=GREY, centred=True)
        y += tall
    return at, y


def _draw_moves(
    sheet: Sheet, kind: str, pair: Sequence[Places], seats: NDArray[np.int64],
    places: Sequence[NDArray[np.float64]], ends: tuple[float, float],
) -> None:  # fmt: skip
    """Lines from one column to the next; an officer is who was one at the end of the line."""
    before, now = pair
    groups = [getattr(one, kind) for one in pair]
    for number, seat in enumerate(seats):
        moved = groups[0][seat] != groups[1][seat]
        colour, wide = (BLUE, 0.9) if moved else (GREY, 0.7)
        if now.officer[seat]:
            colour, wide = BROWN, 1.5
        look = (colour, wide, bool(before.person[seat] != now.person[seat]))
        start, end = (float(one[number]) for one in places)
        sheet.curve((ends[0], start), (ends[1], end), look)

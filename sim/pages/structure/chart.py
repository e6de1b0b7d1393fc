"""The chart of an organization: its hierarchy from the top down, its communities and their cells.

Up to ``MOST_SEATS`` people every seat is a numbered mark; beyond, units and cells are boxes with
counts, and where even those would be too many, levels and communities are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from sim.pages.drawing import GREY
from sim.pages.structure.sheet import MARGIN, NARROWEST, PITCH, Sheet, heading, legend
from sim.pages.structure.tree import crown_of, draw_crown
from sim.pages.study.frames import text_width
from sim.pages.study.words import counted
from sim.studies.structure_history import Places

if TYPE_CHECKING:
    from sim.places.learning_tree import LearningTree

#: More people than this are not shown one by one.
MOST_SEATS = 300
#: More cells than this are not shown one by one.
MOST_CELLS = 400
#: No hierarchy is drawn wider than this, in inches: it is summed up by level.
WIDEST = 36.0
#: Seats of a unit stand in columns of at most so many.
TALLEST = 15
#: Room for the names of levels, and from one level to the next.
LEVEL_NAMES, STOREY = 0.95, 0.72
GAP, PAD = 0.09, 0.06


def kind_of(places: Places, seat: int, managers: set[int]) -> str:
    """How a seat is shown: ``person``, ``manager``, ``officer`` or ``both``."""
    if places.officer[seat]:
        return "both" if seat in managers else "officer"
    return "manager" if seat in managers else "person"


def chart_figure(places: Places, title: str, officers: LearningTree | None = None) -> Figure:
    """The chart of an organization at one time, as large as it needs.

    A unit is a manager and the seats below; where nobody is above, it is a circle of peers. The
    same numbers of seats stand in all parts of the chart. ``officers`` is the tree that links
    cells, where they are linked so.
    """
    managers = {int(seat) for seat in places.manager if seat >= 0}
    singly = len(places) <= MOST_SEATS
    tree = _tree(places, managers, singly)
    crown = crown_of(officers, places) if officers is not None else None
    wide = tree.width + 2 * MARGIN if tree is not None else 0.0
    width = max(NARROWEST, wide)
    if crown is not None and crown.width <= WIDEST:
        width = max(width, crown.width)
    if singly or 0 < len(places.groups("cell")) <= MOST_CELLS:
        width = max(width, min(16.0, 0.8 * math.sqrt(len(places))))
    sheet = Sheet()
    kinds = {kind_of(places, seat, managers) for seat in range(len(places))}
    shown = [kind for kind in ("person", "manager", "officer", "both") if kind in kinds]
    if not singly:
        in_tree = {"manager", "both"} if tree is not None else set()
        in_cells = {"officer", "both"} if len(places.groups("cell")) <= MOST_CELLS else set()
        shown = [kind for kind in shown if kind in in_tree | in_cells]
    note = _summary(places) + " Numbers in marks are seats." * bool(shown)
    y = heading(sheet, title, note, width)
    y = legend(sheet, shown, y + 0.05)
    y = _draw_line(sheet, places, tree, managers, y)
    y = _draw_groups(sheet, places, managers, y + 0.2, width, singly)
    if crown is not None:
        looks = {knot.seat: kind_of(places, knot.seat, managers) for _, knot in crown.cells}
        y = draw_crown(sheet, crown, looks, y + 0.2)
    return sheet.draw(width, y + 0.15)


def _summary(places: Places) -> str:
    units, cells = len(places.groups("unit")), len(places.groups("cell"))
    told = [_people_in(len(places))]
    if units:
        told += [counted(places.levels, "level"), counted(units, "unit")]
    communities = len(places.groups("community"))
    told += [f"{communities:,} communit{'y' if communities == 1 else 'ies'}"] * bool(communities)
    told += [counted(cells, "cell")] * bool(cells)
    return f"{', '.join(told)}."


def _people_in(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


# --- the hierarchy ------------------------------------------------------------------------------


@dataclass
class Branch:
    """Part of the hierarchy: a manager (or none) over branches, or over a unit of the front line.

    ``width`` in inches holds all that is below; ``seats`` are those of the unit.
    """

    head: int
    level: int
    below: list[Branch]
    seats: list[int]
    unit: int
    width: float


def _tree(places: Places, managers: set[int], singly: bool) -> Branch | None:
    """The hierarchy as a branch without a head; None where there is none or it were too wide."""
    if not places.groups("unit"):
        return None
    reports: dict[int, list[int]] = {}
    for seat, manager in enumerate(places.manager.tolist()):
        if manager >= 0:
            reports.setdefault(manager, []).append(seat)
    free = [seat for seat in range(len(places)) if places.manager[seat] < 0]
    heads = [seat for seat in free if seat in managers]
    alone = [seat for seat in free if seat not in managers]
    below = [_branch(places, seat, reports, managers, singly) for seat in heads]
    for unit in sorted({int(places.unit[seat]) for seat in alone}):
        seats = [seat for seat in alone if places.unit[seat] == unit]
        below.append(_leaf(places, -1, seats, singly))
    width = LEVEL_NAMES + sum(each.width for each in below)
    if width > WIDEST:
        return None
    return Branch(-1, places.levels, below, [], -1, width)


def _branch(
    places: Places, head: int, reports: dict[int, list[int]], managers: set[int], singly: bool
) -> Branch:
    own = sorted(reports[head], key=lambda seat: (places.unit[seat], seat))
    leading = [seat for seat in own if seat in managers]
    seats = [seat for seat in own if seat not in managers]
    if not leading:
        return _leaf(places, head, seats, singly)
    below = [_branch(places, seat, reports, managers, singly) for seat in leading]
    if seats:
        below.append(_leaf(places, -1, seats, singly))
    width = sum(each.width for each in below)
    return Branch(head, int(places.level[head]), below, [], -1, width)


def _leaf(places: Places, head: int, seats: list[int], singly: bool) -> Branch:
    unit, level = int(places.unit[seats[0]]), int(places.level[seats[0]])
    inner = _columns(seats) * PITCH + 2 * PAD
    if not singly:
        inner = _text(f"{len(seats):,}", 9) + 4 * PAD
    width = max(inner, _text(_unit_name(unit), 6) + 0.05, PITCH + 0.06) + GAP
    return Branch(head, level + (head >= 0), [], seats, unit, width)


def _unit_name(unit: int) -> str:
    return f"unit {unit}"


def _text(text: str, size: float, bold: bool = False) -> float:
    return text_width(text, size, bold) / 72


def _columns(seats: Sequence[int]) -> int:
    return math.ceil(len(seats) / TALLEST)


def _draw_line(
    sheet: Sheet, places: Places, tree: Branch | None, managers: set[int], y: float
) -> float:
    if not places.groups("unit"):
        sheet.say(MARGIN, y + 0.1, "No hierarchy acts in this scenario.", 9, colour=GREY)
        return y + 0.25
    sheet.say(MARGIN, y + 0.1, "Hierarchy and units", 11, True)
    y += 0.62
    if tree is None:
        return _draw_levels(sheet, places, y - 0.1)
    if tree.below and any(branch.head >= 0 for branch in tree.below):
        for level in range(places.levels):
            name = "front line" if level == 0 else f"level {level}"
            at = y + STOREY * (places.levels - 1 - level)
            sheet.say(MARGIN, at, name, 8, True, GREY)
    x, lowest = MARGIN + LEVEL_NAMES, y
    for branch in tree.below:
        middle, low = _draw_branch(sheet, places, branch, managers, x, y)
        if branch.head >= 0:
            name, at = _unit_name(int(places.unit[branch.head])), y - 0.22
            at += STOREY * (places.levels - 1 - branch.level)
            sheet.say(middle, at, name, 6, colour=GREY, centred=True)
        x, lowest = x + branch.width, max(lowest, low)
    return lowest


def _draw_branch(
    sheet: Sheet, places: Places, branch: Branch, managers: set[int], x: float, top: float
) -> tuple[float, float]:
    """Draw a branch from ``x`` on; gives the centre of its head, and how low it reaches."""
    at = top + STOREY * (places.levels - 1 - branch.level)
    below = at + STOREY if branch.head >= 0 else at
    if branch.seats:
        centres = [x + (branch.width - GAP) / 2]
        lowest = _draw_unit(sheet, places, branch, managers, centres[0], below)
    else:
        centres, lowest, place = [], below, x
        for each in branch.below:
            centre, low = _draw_branch(sheet, places, each, managers, place, top)
            centres.append(centre)
            lowest = max(lowest, low)
            place += each.width
    middle = (centres[0] + centres[-1]) / 2
    if branch.head < 0:
        return middle, lowest
    sheet.seat(middle, at, branch.head, kind_of(places, branch.head, managers))
    fork, reach = at + STOREY / 2, below - PITCH / 2 - PAD * bool(branch.seats)
    sheet.lines.append([(middle, at), (middle, fork)])
    if branch.below:
        name = _unit_name(int(places.unit[branch.below[0].head]))
        sheet.say(middle + 0.05, fork - 0.08, name, 6, colour=GREY)
    if len(centres) > 1:
        sheet.lines.append([(centres[0], fork), (centres[-1], fork)])
    sheet.lines += [[(centre, fork), (centre, reach)] for centre in centres]
    return middle, lowest


def _draw_unit(
    sheet: Sheet, places: Places, branch: Branch, managers: set[int], centre: float, y: float
) -> float:
    """A unit of the front line under its manager, seat by seat or as a count."""
    seats, top = branch.seats, y - PITCH / 2 - PAD
    if len(places) > MOST_SEATS:
        wide = branch.width - GAP
        sheet.boxes.append((centre - wide / 2, top, wide, 0.34))
        sheet.say(centre, top + 0.17, f"{len(seats):,}", 9, centred=True)
        bottom = top + 0.34
    else:
        columns = _columns(seats)
        rows = math.ceil(len(seats) / columns)
        wide = columns * PITCH + 2 * PAD
        left, bottom = centre - wide / 2, top + rows * PITCH + 2 * PAD
        sheet.boxes.append((left, top, wide, bottom - top))
        _draw_seats(sheet, places, seats, managers, left + PAD, top + PAD, columns)
    sheet.say(centre, bottom + 0.1, _unit_name(branch.unit), 6, colour=GREY, centred=True)
    return bottom + 0.2


def _draw_levels(sheet: Sheet, places: Places, y: float) -> float:
    """The hierarchy summed up: a box for each level, the top first."""
    for level in range(places.levels - 1, -1, -1):
        units = {int(unit) for unit in places.unit[places.level == level]}
        people = int((places.level == level).sum())
        name = "front line" if level == 0 else f"level {level}"
        y = _boxed(sheet, f"{name}: {_people_in(people)} in {counted(len(units), 'unit')}", y)
    return y - 0.2


def _boxed(sheet: Sheet, text: str, y: float) -> float:
    """A line of words in a box; gives where the next may stand."""
    sheet.boxes.append((MARGIN, y - 0.17, _text(text, 9) + 0.3, 0.34))
    sheet.say(MARGIN + 0.15, y, text, 9)
    return y + 0.44


def _draw_seats(
    sheet: Sheet, places: Places, seats: Sequence[int], managers: set[int], x: float, y: float,
    columns: int,
) -> None:  # fmt: skip
    for place, seat in enumerate(seats):
        row, column = divmod(place, columns)
        here = x + PITCH * (column + 0.5), y + PITCH * (row + 0.5)
        sheet.seat(*here, seat, kind_of(places, seat, managers))


# --- communities and cells ----------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """A cell, or people who are in none: a name and the seats, the officer first."""

    name: str
    seats: list[int]
    size: tuple[float, float]


def _draw_groups(
    sheet: Sheet, places: Places, managers: set[int], y: float, width: float, singly: bool
) -> float:
    cells, communities = places.groups("cell"), places.groups("community")
    if not cells and not communities:
        text = "No communities and no cells act in this scenario."
        sheet.say(MARGIN, y + 0.1, text, 9, colour=GREY)
        y += 0.35
        if places.groups("unit"):
            return y
    names = [name for name, some in (("Communities", communities), ("Cells", cells)) if some]
    sheet.say(MARGIN, y + 0.1, " and ".join(names).capitalize() or "Everybody", 11, True)
    y += 0.35
    for community in communities or [-1]:
        seats = places.members("community", community)
        inside = sorted({int(places.cell[seat]) for seat in seats} - {-1})
        name = f"Community {community}: " if communities else ""
        told = f"{name}{_people_in(len(seats))}"
        told += f" in {counted(len(inside), 'cell')}" if inside else ""
        if len(cells) > MOST_CELLS or not (inside or singly):
            y = _boxed(sheet, told, y + 0.17) - 0.17
            continue
        sheet.say(MARGIN, y + 0.1, told, 9, True)
        y += 0.26
        groups = [_cell(places, cell, managers, singly) for cell in inside]
        if not inside:
            groups = [_people(seats, width)]
        y = _flow(sheet, places, groups, managers, y, width, singly) + 0.12
    return y


def _cell(places: Places, cell: int, managers: set[int], singly: bool) -> Group:
    seats = sorted(places.members("cell", cell), key=lambda seat: (not places.officer[seat], seat))
    name = f"cell {cell}"
    if singly:
        columns = _columns_of_cell(len(seats))
        rows = math.ceil(len(seats) / columns)
        wide = max(columns * PITCH, _text(name, 7)) + 2 * PAD
        return Group(name, seats, (wide, rows * PITCH + 2 * PAD + 0.17))
    wide = max(_text(name, 7), _text(_people_in(len(seats)), 7)) + 0.2
    return Group(name, seats, (wide + PITCH * bool(places.officer[seats[0]]), 0.44))


def _columns_of_cell(people: int) -> int:
    return min(20, math.ceil(math.sqrt(1.4 * people)))


def _people(seats: list[int], width: float) -> Group:
    columns = int((width - 2 * MARGIN - 2 * PAD) / PITCH)
    columns = min(columns, len(seats), max(10, math.ceil(math.sqrt(3 * len(seats)))))
    rows = math.ceil(len(seats) / columns)
    return Group("", seats, (columns * PITCH + 2 * PAD, rows * PITCH + 2 * PAD))


def _flow(
    sheet: Sheet, places: Places, groups: Sequence[Group], managers: set[int], y: float,
    width: float, singly: bool,
) -> float:  # fmt: skip
    """Groups side by side, in as many rows as it takes; gives where the last row ends."""
    x, tallest = MARGIN, 0.0
    for group in groups:
        wide, tall = group.size
        if x > MARGIN and x + wide > width - MARGIN:
            x, y, tallest = MARGIN, y + tallest + GAP, 0.0
        sheet.boxes.append((x, y, wide, tall))
        if singly:
            below = y
            if group.name:
                sheet.say(x + PAD, y + 0.1, group.name, 7, colour=GREY)
                below += 0.17
            columns = round((wide - 2 * PAD) // PITCH) if not group.name else 0
            columns = columns or _columns_of_cell(len(group.seats))
            _draw_seats(sheet, places, group.seats, managers, x + PAD, below + PAD, columns)
        else:
            _draw_count(sheet, places, group, managers, x, y)
        x, tallest = x + wide + GAP, max(tallest, tall)
    return y + tallest


def _draw_count(
    sheet: Sheet, places: Places, group: Group, managers: set[int], x: float, y: float
) -> None:
    first = group.seats[0]
    if places.officer[first]:
        sheet.seat(x + 0.2, y + group.size[1] / 2, first, kind_of(places, first, managers))
        x += PITCH
    sheet.say(x + 0.1, y + 0.13, group.name, 7, True)
    sheet.say(x + 0.1, y + 0.31, _people_in(len(group.seats)), 7)

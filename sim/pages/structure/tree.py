"""The tree of learning officers in a chart: cells at the foot, and who stands for them above."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sim.pages.drawing import GREY
from sim.pages.structure.sheet import MARGIN, PITCH, Sheet
from sim.pages.study.frames import text_width
from sim.pages.study.words import counted

if TYPE_CHECKING:
    from sim.places.learning_tree import LearningTree
    from sim.studies.structure_history import Places

#: Room for the names of levels, from one level to the next, and between cells and communities.
NAMES, STOREY, GAP, APART = 1.1, 0.6, 0.08, 0.22
#: No tree is drawn wider than this, in inches: it is summed up by level.
WIDEST = 36.0
PARTS = ("branches", "communities", "organization")


@dataclass
class Knot:
    """A cell, or a group of officers above the cells that ``below`` it.

    ``seat`` is the officer of a cell, and of a group who stands for it further up; -1 where
    nothing is above. ``storey`` counts from the cells, ``x`` is in inches.
    """

    seat: int
    storey: int = 0
    below: list[Knot] = field(default_factory=list)
    x: float = 0.0


@dataclass
class Crown:
    """A tree laid out: cells with their numbers, groups from below, and the names of storeys.

    ``communities`` are names with the middle of the cells they stand under.
    """

    cells: list[tuple[int, Knot]]
    groups: list[Knot]
    storeys: list[str]
    communities: list[tuple[str, float]]
    width: float


def crown_of(tree: LearningTree, places: Places) -> Crown:
    """The tree over the cells of ``places``, from the left margin of a sheet on."""
    officers = np.flatnonzero(places.officer)
    officers = officers[np.argsort(places.cell[officers], kind="stable")]
    cells = [(int(places.cell[seat]), Knot(int(seat))) for seat in officers]
    communities, width = _stand(cells, places)
    top = {knot.seat: knot for _, knot in cells}
    lowest, storeys, groups = 1, ["cells"], []
    for part, name in enumerate(PARTS):
        for group in range(int(tree.bounds[part]), int(tree.bounds[part + 1])):
            members = tree.member[tree.start[group] : tree.start[group + 1]].tolist()
            below = [top[seat] for seat in members]
            storey = max(lowest, 1 + max(knot.storey for knot in below))
            above = set(tree.member[tree.start[group + 1] :].tolist())
            # Of a group at most one sits further up, so whose knot this is cannot be mistaken.
            (seat,) = [one for one in members if one in above] or [-1]
            knot = Knot(seat, storey, below, (below[0].x + below[-1].x) / 2)
            groups.append(knot)
            top |= dict.fromkeys(members, knot)
        highest = max((knot.storey for knot in groups), default=0)
        storeys += [name] * (1 + highest - len(storeys))
        lowest = highest + 1
    return Crown(cells, groups, storeys, communities, width)


def _stand(cells: list[tuple[int, Knot]], places: Places) -> tuple[list[tuple[str, float]], float]:
    """Put the cells side by side; gives the names of communities, and how wide that all is."""
    x, names = MARGIN + NAMES, []
    regions = [int(places.community[knot.seat]) for _, knot in cells]
    for community in dict.fromkeys(regions):
        inside = [one for one, region in zip(cells, regions, strict=True) if region == community]
        steps = [max(PITCH, text_width(_cell(one), 6) / 72) + GAP for one, _ in inside]
        name = f"community {community}" if community >= 0 else ""
        spare = max(0.0, text_width(name, 7, True) / 72 - sum(steps))
        names.append((name, x + (sum(steps) + spare) / 2))
        at = x + spare / 2
        for step, (_, knot) in zip(steps, inside, strict=True):
            knot.x = at + step / 2
            at += step
        x += sum(steps) + spare + APART
    return names, x - APART + MARGIN


def _cell(number: int) -> str:
    return f"cell {number}"


def draw_crown(sheet: Sheet, crown: Crown, kinds: dict[int, str], y: float) -> float:
    """Draw a tree from ``y`` on; gives where it ends. ``kinds`` says how an officer is shown."""
    sheet.say(MARGIN, y + 0.1, "Learning officers, cell by cell and up the tree", 11, True)
    note = "A mark above a group is the officer who stands for it on the next level."
    if all(knot.seat < 0 for knot in crown.groups):
        note = "Nobody stands for these groups on a level above: they are the whole tree."
    sheet.say(MARGIN, y + 0.32, note, 8, colour=GREY)
    y += 0.75
    if crown.width > WIDEST:
        return _draw_sums(sheet, crown, y)
    floor = y + STOREY * (len(crown.storeys) - 1)
    for storey, name in enumerate(crown.storeys):
        sheet.say(MARGIN, floor - STOREY * storey, name, 8, True, GREY)
    for number, knot in crown.cells:
        sheet.seat(knot.x, floor, knot.seat, kinds[knot.seat])
        sheet.say(knot.x, floor + 0.25, _cell(number), 6, colour=GREY, centred=True)
    for knot in crown.groups:
        at = floor - STOREY * knot.storey
        # Where nobody stands for a group, its line is all there is of it.
        fork = at + STOREY / 2 if knot.seat >= 0 else at
        sheet.lines.append([(knot.below[0].x, fork), (knot.below[-1].x, fork)])
        sheet.lines += [[(one.x, floor - STOREY * one.storey), (one.x, fork)] for one in knot.below]
        if knot.seat >= 0:
            sheet.lines.append([(knot.x, fork), (knot.x, at)])
            sheet.seat(knot.x, at, knot.seat, kinds[knot.seat])
    for name, middle in crown.communities:
        sheet.say(middle, floor + 0.42, name, 7, True, GREY, centred=True)
    return floor + 0.55


def _draw_sums(sheet: Sheet, crown: Crown, y: float) -> float:
    """The tree summed up: a line for each storey, the highest first."""
    for storey in range(len(crown.storeys) - 1, -1, -1):
        groups = [len(knot.below) for knot in crown.groups if knot.storey == storey]
        text = counted(len(crown.cells), "officer")
        if groups:
            least, most = min(groups), max(groups)
            text = counted(len(groups), "group")
            text += f" of {least}" + (f" to {most}" if most > least else "") + " officers"
        sheet.say(MARGIN, y, f"{crown.storeys[storey]}: {text}", 9)
        y += 0.24
    return y

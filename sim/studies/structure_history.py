"""Who sits where in an organization, and how that came about: places now, and all changes of them.

The arrays of an organization name units, communities and cells whether or not anything happens in
them. Here they count only while they act: a scenario whose cells never meet has no cells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.learning.models import session_hours
from sim.organization import Organization
from sim.tallies import SEATS_MOVED

if TYPE_CHECKING:
    from sim.scenario.people import People
    from sim.scenario.settings import Settings

#: What a place is; -1 stands for none.
PLACE = ("person", "level", "unit", "manager", "community", "cell", "officer")
#: Mechanisms to which it matters who somebody's manager is.
LINE = ("approvals", "climate", "hours", "pdsa", "self_efficacy")
OCCUPANT_BITS = 32


@dataclass(frozen=True)
class Places:
    """Everybody's place at the end of a week; int64 arrays of shape (people,), -1 for none.

    ``person`` names who sits there as ``Organization.person`` does; ``officer`` is 1 for the
    learning officer of a cell and else 0. Without a hierarchy all levels are 0.
    """

    person: NDArray[np.int64]
    level: NDArray[np.int64]
    unit: NDArray[np.int64]
    manager: NDArray[np.int64]
    community: NDArray[np.int64]
    cell: NDArray[np.int64]
    officer: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.person)

    @property
    def levels(self) -> int:
        """Levels of the hierarchy, the front line included."""
        return int(self.level.max()) + 1

    def groups(self, kind: str) -> list[int]:
        """Numbers of the units, communities or cells that there are, ascending."""
        found = np.unique(getattr(self, kind))
        return [int(number) for number in found if number >= 0]

    def members(self, kind: str, number: int) -> list[int]:
        """Seats of a unit, community or cell, ascending."""
        return [int(seat) for seat in np.flatnonzero(getattr(self, kind) == number)]


@dataclass(frozen=True)
class History:
    """All changes of place in one run.

    ``table`` has a row for each seat and week in which something about its place changed, and one
    for each seat at week 0: columns ``week``, ``seat`` and those of ``PLACE``, whole numbers, -1
    for none, ordered by week and seat. ``reshuffles`` are the weeks in which cells were.
    """

    people: int
    weeks: int
    table: pd.DataFrame
    reshuffles: tuple[int, ...]

    def at(self, week: int) -> Places:
        """Everybody's place at the end of a week; 0 is before the first."""
        last = self.table[self.table["week"] <= week].groupby("seat").last()
        return Places(*(last[name].to_numpy(np.int64) for name in PLACE))

    def weeks_of(self, what: str) -> list[int]:
        """Weeks in which anybody's unit, cell or other part of a place changed, ascending."""
        return sorted({int(week) for week in self._changes(what, with_none=True)["week"]})

    def moves(self, what: str) -> int:
        """How often a seat went from one cell (unit, manager ...) to another."""
        return len(self._changes(what, with_none=False))

    def _changes(self, what: str, with_none: bool) -> pd.DataFrame:
        before = self.table.groupby("seat")[what].shift()
        changed = before.notna() & (before != self.table[what])
        if not with_none:
            changed &= (before >= 0) & (self.table[what] >= 0)
        return self.table[changed]


def live_through(
    settings: Settings,
    seed: int,
    weeks: int,
    people: People | None = None,
    after_work: Callable[[Organization], None] | None = None,
    tell: Callable[[], None] | None = None,
) -> tuple[Organization, History]:
    """Run a scenario for so many weeks and note every change of place; ``tell`` is called weekly.

    A run that is to stop at absorption goes on here: nothing changes any more.

    Raises
    ------
    InputProblem
        When the settings cannot be combined.
    """
    organization = Organization(settings, seed, people)
    now = places_of(organization)
    rows = [_rows(0, now, np.arange(len(now)))]
    reshuffles: list[int] = []
    for week in range(1, weeks + 1):
        organization.step(after_work)
        before, now = now, places_of(organization)
        changed = np.zeros(len(now), dtype=np.bool_)
        for name in PLACE:
            changed |= getattr(before, name) != getattr(now, name)
        if changed.any():
            rows.append(_rows(week, now, np.flatnonzero(changed)))
        if organization.tally[SEATS_MOVED] > 0 and (now.cell >= 0).any():
            reshuffles.append(week)
        if tell is not None:
            tell()
    table = pd.DataFrame(np.concatenate(rows), columns=["week", "seat", *PLACE])
    return organization, History(len(now), weeks, table, tuple(reshuffles))


def _rows(week: int, places: Places, seats: NDArray[np.int64]) -> NDArray[np.int64]:
    columns = [np.full(len(seats), week), seats, *(getattr(places, name)[seats] for name in PLACE)]
    return np.column_stack(columns).astype(np.int64)


def places_of(organization: Organization) -> Places:
    """Everybody's place now, as far as units, communities, cells and officers act."""
    people = organization.people
    none = np.full(people, -1, dtype=np.int64)
    line = has_line(organization)
    in_cells = has_cells(organization)
    officer = np.zeros(people, dtype=np.int64)
    if has_officers(organization):
        officer[organization.officer[: organization.cells]] = 1
    return Places(
        person=organization.person.astype(np.int64),
        level=organization.level.astype(np.int64) if line else np.zeros(people, dtype=np.int64),
        unit=organization.unit.astype(np.int64) if line else none,
        manager=organization.manager.astype(np.int64) if line else none,
        community=organization.community.astype(np.int64)
        if has_communities(organization)
        else none,
        cell=organization.cell.astype(np.int64) if in_cells else none,
        officer=officer,
    )


def has_line(organization: Organization) -> bool:
    """Whether units meet, or it matters to anything who somebody's manager is."""
    if any(organization.has(name) for name in LINE):
        return True
    in_units = organization.parameters["interpersonal"].sources == "unit"
    hours = organization.parameters["structure"].line_hours
    return bool(organization.has("interpersonal") and in_units and hours > 0.0)


def has_cells(organization: Organization) -> bool:
    """Whether cells meet, or a network is built of them."""
    cells = organization.parameters["cells"]
    meet = organization.has("cells") and (cells.hours > 0.0 or cells.joint_hours > 0.0)
    return bool(meet or has_officers(organization) or _network_of_cells(organization))


def has_officers(organization: Organization) -> bool:
    """Whether cells have learning officers with time for it."""
    return bool(organization.has("officers") and organization.parameters["officers"].hours > 0.0)


def has_communities(organization: Organization) -> bool:
    """Whether communities meet, or divide people into several sets of cells."""
    if organization.has("communities") and session_hours(organization) > 0.0:
        return True
    return has_cells(organization) and organization.communities > 1


def _network_of_cells(organization: Organization) -> bool:
    return bool(organization.parameters["network"].kind == "cells")


def person_names(person: NDArray[np.int64], ids: tuple[str, ...] = ()) -> list[str]:
    """What people are called, by their numbers: ``P7``, or as imported; then their successors."""
    names = []
    for number in person.tolist():
        seat, occupant = number & (2**OCCUPANT_BITS - 1), number >> OCCUPANT_BITS
        name = ids[seat] if ids else f"P{seat}"
        names.append(f"{name} (successor {occupant})" if occupant else name)
    return names


def membership(history: History, ids: tuple[str, ...] = ()) -> pd.DataFrame:
    """The table of a history as it is written: people by name, empty where there is no group."""
    table: Any = history.table
    written = pd.DataFrame(
        {
            "seat": table["seat"],
            "person": person_names(table["person"].to_numpy(), ids),
            "week": table["week"],
            "level": table["level"],
        }
    )
    for name in ("unit", "manager", "community", "cell"):
        written[name] = table[name].astype("Int64").mask(table[name] < 0)
    written["officer"] = table["officer"].astype(bool)
    return written

"""``people.csv``: who is there, on which level, where, and for how long."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sim.errors import InputProblem, Problem
from sim.scenario.people.guesses import (
    Guess,
    groupings,
    id_columns,
    level_columns,
    named,
    order_levels,
    tenure_columns,
    unit_in,
)
from sim.scenario.people.problems import Findings
from sim.scenario.people.tables import UNKNOWN, Table, unit_of, weeks

_ROLES = ("id", "level", "home", "tenure")
_EVERYBODY = "everybody"


@dataclass
class Crowd:
    """What ``people.csv`` says, by seat; ``seat`` is None where nothing says who people are."""

    seat: dict[str, int] | None = None
    rank: Sequence[int] = ()
    rank_names: tuple[str, ...] = ()
    home: Sequence[int] = ()
    home_names: tuple[str, ...] = ()
    tenure: Sequence[float] = ()


def read_people(table: Table, guess: Guess, report: list[str]) -> Crowd:
    """Understand ``people.csv``; sentences go to ``report``, problems to the guess's findings."""
    how = f" ({table.how})" if table.how else ""
    claimed = {guess.mapping[role].casefold() for role in _ROLES if role in guess.mapping}
    free = [name for name in table.columns if name.casefold() not in claimed]
    column = guess.choose("id", table.name, id_columns(table, free), table.columns)
    report.append(f"{table.name}{how}: {len(table.rows)} people; ids from column {column}.")
    free = [name for name in free if name != column]
    crowd = Crowd(seat=None if column is None else _seats(table, column, guess.findings))

    def choose(role: str, sure: list[str], possible: list[str]) -> str | None:
        chosen = guess.choose(
            role, table.name, sure, table.columns, optional=True, possible=possible
        )
        if chosen in free:
            free.remove(chosen)
        return chosen

    # Tenure first: months of seniority are no level.
    tenure = choose("tenure", tenure_columns(table, free), [])
    level = choose("level", level_columns(table, free), groupings(table, free))
    home = choose("home", named("home", free), groupings(table, free))
    crowd.rank, crowd.rank_names = _levels(table, level, guess, report)
    crowd.home, crowd.home_names = _homes(table, home, guess, report)
    crowd.tenure = _tenures(table, tenure, guess, report)
    if free:
        report.append(f"Not used of {table.name}: {', '.join(free)}.")
    return crowd


def _seats(table: Table, column: str, findings: Findings) -> dict[str, int]:
    seat: dict[str, int] = {}
    first: dict[str, int] = {}
    for line, id, whole in zip(table.lines, table.column(column), table.whole, strict=True):
        if not id:
            if whole:
                findings.add(f"no id (column {column})", file=table.name, line=line)
        elif id in seat:
            message = f"the id {id!r} is already on line {first[id]}"
            findings.add(message, file=table.name, line=line)
        else:
            seat[id] = len(seat)
            first[id] = line
    return seat


def _grouped(
    table: Table, column: str, empty: frozenset[str], findings: Findings
) -> tuple[list[str], dict[str, str], Counter[str]]:
    """Each row's group, what groups are called, and their sizes; case makes no difference."""
    cells = table.column(column)
    keys = [" ".join(cell.casefold().split()) for cell in cells]
    names: dict[str, str] = {}
    for key, cell, line, whole in zip(keys, cells, table.lines, table.whole, strict=True):
        if key not in empty:
            names.setdefault(key, " ".join(cell.split()))
        elif whole:
            findings.add(f"no {column}", file=table.name, line=line)
    return keys, names, Counter(key for key in keys if key in names)


def _levels(
    table: Table, column: str | None, guess: Guess, report: list[str]
) -> tuple[list[int], tuple[str, ...]]:
    if column is None:
        report.append("Levels: no column, so everybody is on one level.")
        return [0] * len(table.rows), (_EVERYBODY,)
    keys, names, sizes = _grouped(table, column, UNKNOWN, guess.findings)
    order, how = _order(table, names, sizes, guess)
    place = {level: rank for rank, level in enumerate(order)}
    among = _listed([f"{names[level]} ({sizes[level]})" for level in order])
    said = f"Levels -> hierarchy: column {column}, from the front line up: {among}."
    if len(order) > 1 and how != "given":
        said += f" Order guessed from {how}; --map order=HIGHEST,…,LOWEST changes it."
    report.append(said)
    return [place.get(key, 0) for key in keys], tuple(names[level] for level in order)


def _order(
    table: Table, names: dict[str, str], sizes: Counter[str], guess: Guess
) -> tuple[list[str], str]:
    """The levels from the lowest to the highest, and how that is known."""
    if "order" in guess.mapping:
        text = guess.mapping["order"].casefold()
        given = [" ".join(part.split()) for part in re.split(r"[>,]", text)]
        if sorted(given) != sorted(names):
            levels = ",".join(names.values())
            remedy = f"Name each of these once, from the highest to the lowest: {levels}"
            key = f"--map order={guess.mapping['order']}"
            message = f"these are not the levels of {table.name}"
            guess.findings.add(message, key=key, remedy=remedy)
            return list(names), "given"
        return given[::-1], "given"
    guessed = order_levels(dict(sizes))
    if guessed is not None:
        return guessed
    rest = {names[key]: key for key in names}
    if guess.ask is None:
        remedy = f"Say --map order=HIGHEST,…,LOWEST with these: {','.join(rest)}"
        guess.findings.add("cannot tell which level is higher", file=table.name, remedy=remedy)
        return list(names), "given"
    high_to_low: list[str] = []
    while len(rest) > 1:
        still = " of those left" if high_to_low else ""
        answer = guess.ask(f"{table.name}: which level{still} is the highest?", list(rest))
        if answer not in rest:
            remedy = f"There are: {', '.join(rest)}"
            raise InputProblem(Problem(f"there is no level {answer!r}", remedy, table.name))
        high_to_low.append(rest.pop(answer))
    return [*rest.values(), *high_to_low[::-1]], "given"


def _homes(
    table: Table, column: str | None, guess: Guess, report: list[str]
) -> tuple[list[int], tuple[str, ...]]:
    if column is None:
        report.append("Units: no column, so everybody is in one.")
        return [0] * len(table.rows), (_EVERYBODY,)
    keys, names, sizes = _grouped(table, column, frozenset({""}), guess.findings)
    place = {home: k for k, home in enumerate(names)}
    among = _listed([f"{name} ({sizes[key]})" for key, name in names.items()])
    report.append(f"Units: column {column}: {among}.")
    return [place.get(key, 0) for key in keys], tuple(names.values())


def _tenures(table: Table, column: str | None, guess: Guess, report: list[str]) -> list[float]:
    if column is None:
        report.append("Tenure: no column, so it is unknown.")
        return [math.nan] * len(table.rows)
    cells = table.column(column)
    unit = _tenure_unit(table, column, guess)
    tenures: list[float] = []
    readings: dict[str, str] = {}
    for cell, line, whole in zip(cells, table.lines, table.whole, strict=True):
        tenure = math.nan
        if whole and cell.casefold() not in UNKNOWN:
            try:
                tenure, reading = weeks(cell, unit)
                readings.setdefault(reading, cell)
            except ValueError as error:
                guess.findings.add(f"{column}: {error}", file=table.name, line=line)
        tenures.append(tenure)
    ways = {
        "band": "bands such as {} count as their midpoint",
        "open": "open ones such as {} as their bound",
        "below": "those such as {} as half their bound",
    }
    said = [way.format(readings[kind]) for kind, way in ways.items() if kind in readings]
    known = sum(not math.isnan(tenure) for tenure in tenures)
    described = "; ".join([f"column {column}, in {unit or 'year'}s", ", ".join(said)]).rstrip("; ")
    report.append(f"Tenure: {described}; known for {known} of {len(tenures)} people.")
    return tenures


def _tenure_unit(table: Table, column: str, guess: Guess) -> str | None:
    """The unit of the tenures that name none themselves."""
    given = guess.mapping.get("tenure_unit")
    if given is not None:
        unit = unit_of(given.casefold())
        if unit is None:
            remedy = "There are: weeks, months, years"
            guess.findings.add(
                f"there is no unit {given!r}", key="--map tenure_unit", remedy=remedy
            )
        return unit or "week"
    unit = unit_in(column)
    if unit is not None or not any(_lacks_unit(cell) for cell in set(table.column(column))):
        return unit
    units = ["weeks", "months", "years"]
    chosen = guess.choose("tenure_unit", table.name, [], units)
    return "week" if chosen is None else unit_of(chosen)


def _lacks_unit(text: str) -> bool:
    """Whether a duration can be read only if its unit is known from elsewhere."""
    try:
        weeks(text, "week")
    except ValueError:
        return False
    try:
        weeks(text, None)
    except ValueError:
        return True
    return False


def _listed(parts: list[str]) -> str:
    """The first ten, and how many more there are."""
    more = [f"and {len(parts) - 10} more"] if len(parts) > 10 else []
    return ", ".join(parts[:10] + more)

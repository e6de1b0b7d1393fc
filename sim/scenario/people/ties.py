"""Edge lists: who gets information from whom, and how strongly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sim.scenario.people.guesses import Guess, looks_like_ties, named, weight_columns
from sim.scenario.people.problems import Findings
from sim.scenario.people.tables import Table, number, read_table


def _none(dtype: type) -> npt.NDArray:
    return np.zeros(0, dtype=dtype)


@dataclass(frozen=True)
class Ties:
    """Ties as ``People`` holds them: seats int32, strength float32 in (0, 1]."""

    source: npt.NDArray[np.int32] = field(default_factory=lambda: _none(np.int32))
    target: npt.NDArray[np.int32] = field(default_factory=lambda: _none(np.int32))
    strength: npt.NDArray[np.float32] = field(default_factory=lambda: _none(np.float32))


def read_familiarity(
    files: Sequence[Path], seat: dict[str, int] | None, guess: Guess, report: list[str]
) -> Ties:
    """Choose the edge list that says who knows whom, and read it.

    Parameters
    ----------
    files
        All tables beside ``people.csv``.
    seat
        The seat of each id; None if ids are not known, and then they are not checked.
    guess, report
        Sentences go to ``report``, problems to the guess's findings.
    """
    readings = {path.name: Findings() for path in files}
    tables = {path.name: read_table(path, readings[path.name]) for path in files}
    for name, table in tables.items():
        # Of a file that cannot be read, nobody can tell whether it was needed.
        if table is None:
            guess.findings.extend(readings[name])
    readable = {name: table for name, table in tables.items() if table is not None}
    edges = [name for name, table in readable.items() if looks_like_ties(table, set(seat or ()))]
    chosen = guess.choose(
        "familiarity",
        "The folder",
        edges if len(edges) == 1 else named("familiarity", edges),
        list(readable),
        optional=True,
        possible=edges or list(readable),
    )
    if chosen is None:
        report.append("Familiarity: no edge list, so nobody knows anybody at the start.")
        ties = Ties()
    else:
        guess.findings.extend(readings[chosen])
        ties = _read_ties(readable[chosen], seat, guess, report)
    for name in readable:
        if name != chosen:
            if name in edges:
                what = f"another edge list; --map familiarity={name} takes it for familiarity"
            else:
                what = "which is no edge list"
            report.append(f"Not used: {name}, {what}.")
    return ties


def _read_ties(table: Table, seat: dict[str, int] | None, guess: Guess, report: list[str]) -> Ties:
    if seat and sum(name in seat for name in table.columns) >= 2:
        remedy = "Write a first line that names the columns: from,to,weight"
        message = "the first line holds people, not the names of columns"
        guess.findings.add(message, file=table.name, line=1, remedy=remedy)
        return Ties()
    columns: dict[str, str | None] = {}
    free = list(table.columns)
    for role in ("from", "to"):
        columns[role] = guess.choose(role, table.name, named(role, free), free)
        free = [name for name in free if name != columns[role]]
    columns["weight"] = guess.choose(
        "weight", table.name, weight_columns(table, free), free, optional=True
    )
    if columns["from"] is None or columns["to"] is None:
        return Ties()
    ends = [table.column(columns[role] or "") for role in ("from", "to")]
    weights = _weights(table, columns["weight"], guess.findings)
    _check_ends(table, ends, seat, guess.findings)
    if guess.findings.count or seat is None:
        return Ties()
    return _scaled(table, columns, [[seat[id] for id in end] for end in ends], weights, report)


def _weights(table: Table, column: str | None, findings: Findings) -> npt.NDArray[np.float64]:
    """The weight of each row, 1 where the list has none; what is no weight is a problem."""
    if column is None:
        return np.ones(len(table.rows))
    weights = np.zeros(len(table.rows))
    cells = zip(table.column(column), table.lines, table.whole, strict=True)
    for k, (cell, line, whole) in enumerate(cells):
        weight = number(cell, table.delimiter)
        if math.isfinite(weight) and weight >= 0:
            weights[k] = weight
        elif whole:
            wrong = "is negative" if weight < 0 else "is not a number"
            message = f"the {column} {cell!r} {wrong}" if cell else f"no {column}"
            findings.add(message, file=table.name, line=line)
    return weights


def _check_ends(
    table: Table, ends: list[list[str]], seat: dict[str, int] | None, findings: Findings
) -> None:
    """Find ids that nobody has, ties of a person to themselves, and ties that are there twice."""
    unknown: dict[str, list[int]] = {}
    first: dict[tuple[str, str], int] = {}
    for source, target, line, whole in zip(*ends, table.lines, table.whole, strict=True):
        if not whole:
            continue
        for id in dict.fromkeys((source, target)):
            if not id:
                findings.add("no id", file=table.name, line=line)
            elif seat is not None and id not in seat:
                unknown.setdefault(id, []).append(line)
        if source and source == target:
            findings.add(f"{source!r} is tied to itself", file=table.name, line=line)
        elif source and target and first.setdefault((source, target), line) != line:
            message = f"the tie from {source!r} to {target!r} is already on line"
            findings.add(f"{message} {first[source, target]}", file=table.name, line=line)
    _report_unknown(table, unknown, seat or {}, findings)


def _report_unknown(
    table: Table, unknown: dict[str, list[int]], seat: dict[str, int], findings: Findings
) -> None:
    """Name each unknown id once: one person who is missing must not hide all other problems."""
    alike = {_loosely(id): id for id in seat}
    for id, lines in unknown.items():
        also = [*map(str, lines[1:5]), *([f"{len(lines) - 5} more"] if len(lines) > 5 else [])]
        message = f"nobody has the id {id!r}" + (f"; also on lines {', '.join(also)}" * bool(also))
        near = alike.get(_loosely(id))
        remedy = f"Did you mean {near!r}?" if near else ""
        findings.add(message, file=table.name, line=lines[0], remedy=remedy)


def _loosely(id: str) -> str:
    """An id without what programs lose or add: case, leading zeros, a decimal point."""
    return id.casefold().removesuffix(".0").lstrip("0")


def _scaled(
    table: Table,
    columns: dict[str, str | None],
    ends: list[list[int]],
    weights: npt.NDArray[np.float64],
    report: list[str],
) -> Ties:
    tied = weights > 0
    largest = float(weights.max(initial=0.0))
    how = f" ({table.how})" if table.how else ""
    said = f"Familiarity: {table.name}{how}, {int(tied.sum())} ties; {columns['from']} gets"
    said += f" information from {columns['to']}; "
    if columns["weight"] is None:
        said += "no weights, so every tie has strength 1."
    else:
        said += f"strength is {columns['weight']} / {largest:g}, the largest seen."
    if not tied.all():
        said += f" Rows of weight 0 are no ties: {int((~tied).sum())}."
    report.append(said)
    source, target = (np.array(end, dtype=np.int32)[tied] for end in ends)
    # However weak, a tie is one.
    weakest = np.finfo(np.float32).tiny
    strength = np.maximum(weights[tied] / (largest or 1.0), weakest).astype(np.float32)
    return Ties(source, target, strength)

"""Real people: who is in an organization, where they stand, and who knows whom.

An organization file holds what ``import-org`` read, and is what ``--org FILE`` reads. It is plain
JSON, one person and one tie a line, with names instead of numbers, so it can be read and mended
by hand.
"""

from __future__ import annotations

import contextlib
import difflib
import json
import math
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.errors import InputProblem, Problem
from sim.scenario.people.problems import Findings

FORMAT = "learning-org people"
VERSION = 1


@dataclass(frozen=True, eq=False)
class People:
    """The people of one organization, by seat, and the ties between them.

    Attributes
    ----------
    ids
        What each person is called in the files they came from; unique.
    rank : int32 array, shape (people,)
        Place in the hierarchy: 0 is the front line, and no rank is empty.
    rank_names
        The name of each rank, from the front line up.
    home : int32 array, shape (people,)
        The site, unit or department of each person.
    home_names
        The name of each home.
    tenure : float64 array, shape (people,)
        Weeks in the organization; NaN where unknown.
    source, target : int32 array, shape (ties,)
        Seats: ``source`` gets information from ``target``. No self-ties, no pair twice.
    strength : float32 array, shape (ties,)
        How familiar ``source`` is with ``target``, in (0, 1].
    """

    ids: tuple[str, ...]
    rank: npt.NDArray[np.int32]
    rank_names: tuple[str, ...]
    home: npt.NDArray[np.int32]
    home_names: tuple[str, ...]
    tenure: npt.NDArray[np.float64]
    source: npt.NDArray[np.int32]
    target: npt.NDArray[np.int32]
    strength: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.ids)

    def save(self, path: Path) -> None:
        """Write the organization file, whole or not at all; folders on the way are made.

        Raises
        ------
        InputProblem
            The file cannot be written there.
        """
        path = Path(path)
        if path.is_dir():
            raise InputProblem(Problem("is a folder", "Name a file", str(path)))
        unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with unfinished.open("w", encoding="utf-8", newline="\n") as file:
                    file.writelines(_written(self))
                unfinished.replace(path)
            finally:
                with contextlib.suppress(OSError):
                    unfinished.unlink()
        except OSError as error:
            raise InputProblem(
                Problem(f"cannot be written: {error.strerror}", file=str(path))
            ) from error


def load_people(path: Path) -> People:
    """Read an organization file.

    Raises
    ------
    InputProblem
        The file cannot be read, is not an organization file, or contradicts itself; all
        problems together, each with its key path.
    """
    path = Path(path)
    document = _parse(path)
    findings = _Reader(str(path))
    findings.check_names("levels", document.levels)
    findings.check_names("homes", document.homes)
    ids = tuple(person.id for person in document.people)
    seat = findings.seats(ids)
    rank = findings.groups("level", document.levels, [p.level for p in document.people])
    home = findings.groups("home", document.homes, [p.home for p in document.people])
    findings.check_ties(document.ties, seat)
    findings.raise_if_any()
    tenure = [math.nan if p.tenure_weeks is None else p.tenure_weeks for p in document.people]
    return People(
        ids=ids,
        rank=np.array(rank, dtype=np.int32),
        rank_names=tuple(document.levels),
        home=np.array(home, dtype=np.int32),
        home_names=tuple(document.homes),
        tenure=np.array(tenure, dtype=np.float64),
        source=np.array([seat[giver] for giver, _, _ in document.ties], dtype=np.int32),
        target=np.array([seat[taker] for _, taker, _ in document.ties], dtype=np.int32),
        strength=np.array([strength for _, _, strength in document.ties], dtype=np.float32),
    )


def _written(people: People) -> Iterator[str]:
    def text(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)

    def block(entries: Iterator[str], end: str) -> Iterator[str]:
        before = "\n    "
        for entry in entries:
            yield before + entry
            before = ",\n    "
        yield end

    yield f'{{\n  "format": {text(FORMAT)},\n  "version": {VERSION},\n'
    yield f'  "levels": {text(people.rank_names)},\n  "homes": {text(people.home_names)},\n'
    yield '  "people": ['
    persons = zip(
        people.ids, people.rank.tolist(), people.home.tolist(), people.tenure.tolist(), strict=True
    )
    yield from block(
        (
            text(
                {
                    "id": id,
                    "level": people.rank_names[rank],
                    "home": people.home_names[home],
                    "tenure_weeks": None if math.isnan(tenure) else tenure,
                }
            )
            for id, rank, home, tenure in persons
        ),
        "\n  ],\n",
    )
    yield '  "ties": ['
    # The shortest decimals that name a float32: .8333333 and not .8333333134651184.
    strengths = people.strength.astype(np.str_).astype(np.float64)
    ties = zip(people.source.tolist(), people.target.tolist(), strengths.tolist(), strict=True)
    yield from block(
        (text([people.ids[source], people.ids[target], s]) for source, target, s in ties),
        "\n  ]\n}\n",
    )


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


_Name = Annotated[str, Field(min_length=1)]


class _Person(_Entry):
    id: _Name
    level: _Name
    home: _Name
    tenure_weeks: Annotated[float, Field(ge=0)] | None


class _Document(_Entry):
    format: Literal["learning-org people"]
    version: Literal[1]
    levels: list[_Name]
    homes: list[_Name]
    people: Annotated[list[_Person], Field(min_length=1)]
    ties: list[tuple[str, str, Annotated[float, Field(gt=0, le=1)]]]


def _parse(path: Path) -> _Document:
    file = str(path)
    remedy = "import-org FOLDER --out FILE makes an organization file"
    try:
        content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        problem = Problem(f"cannot be read: {error.strerror}", remedy, file)
        raise InputProblem(problem) from error
    try:
        return _Document.model_validate_json(content)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=True)
    findings = Findings()
    for entry in found:
        place, kind = entry["loc"], entry["type"]
        if kind == "json_invalid":
            raise InputProblem(Problem(f"is not JSON: {entry['ctx']['error']}", remedy, file))
        if place in ((), ("format",)):
            raise InputProblem(Problem("is not an organization file", remedy, file))
        if place == ("version",) and kind != "missing":
            version = entry["input"]
            message = f"has version {version!r}, and this program reads version {VERSION}"
            raise InputProblem(Problem(message, "Import the organization again", file))
        message = {"missing": "is missing", "extra_forbidden": "is no key of this file"}.get(
            kind, f"{entry['msg'][0].lower()}{entry['msg'][1:]}"
        )
        findings.add(message, file=file, key=_path(place))
    raise InputProblem(findings.problems())


def _path(place: Sequence[int | str]) -> str:
    """``people[3].level``, from what pydantic calls a location."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return "".join(parts).removeprefix(".")


class _Reader(Findings):
    """What an organization file says about itself, checked."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = file

    def check_names(self, key: str, names: list[str]) -> None:
        twice = [name for name, times in Counter(names).items() if times > 1]
        if twice:
            self.add(f"named twice: {', '.join(twice)}", file=self.file, key=key)

    def seats(self, ids: tuple[str, ...]) -> dict[str, int]:
        seat: dict[str, int] = {}
        for i, id in enumerate(ids):
            if seat.setdefault(id, i) != i:
                message = f"id {id!r} is also the id of people[{seat[id]}]"
                self.add(message, file=self.file, key=f"people[{i}].id")
        return seat

    def groups(self, kind: str, names: list[str], members: list[str]) -> list[int]:
        """The index of each member's group; unknown and empty groups are problems."""
        index = {name: i for i, name in enumerate(names)}
        for i, member in enumerate(members):
            if member not in index:
                near = difflib.get_close_matches(member, names, n=1)
                remedy = f"Did you mean {near[0]!r}?" if near else f"Add it to {kind}s"
                message = f"{member!r} is not among {kind}s"
                self.add(message, file=self.file, key=f"people[{i}].{kind}", remedy=remedy)
        for name in sorted(set(names) - set(members)):
            remedy = f"Remove it from {kind}s"
            self.add(f"nobody is in {name!r}", file=self.file, key=f"{kind}s", remedy=remedy)
        return [index.get(member, -1) for member in members]

    def check_ties(self, ties: list[tuple[str, str, float]], seat: dict[str, int]) -> None:
        first: dict[tuple[str, str], int] = {}
        for k, (source, target, strength) in enumerate(ties):
            unknown = [id for id in (source, target) if id not in seat]
            for id in unknown:
                self.add(f"no person has the id {id!r}", file=self.file, key=f"ties[{k}]")
            if source == target:
                self.add(f"{source!r} is tied to itself", file=self.file, key=f"ties[{k}]")
            if first.setdefault((source, target), k) != k:
                message = f"the same pair as ties[{first[source, target]}]"
                self.add(message, file=self.file, key=f"ties[{k}]")
            if np.float32(strength) == 0:
                message = f"the strength {strength} is too small to tell from 0"
                self.add(message, file=self.file, key=f"ties[{k}]")

"""Importing an organization: a folder of CSV files becomes people and ties.

``people.csv`` has one row a person, the other files one row a tie. What columns mean is guessed
from their names and contents and said; what cannot be guessed is asked, or named by an option.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from sim.errors import InputProblem, Problem
from sim.scenario.people.guesses import ROLES, Ask, Guess
from sim.scenario.people.people import People
from sim.scenario.people.problems import Findings
from sim.scenario.people.rows import Crowd, read_people
from sim.scenario.people.tables import read_table
from sim.scenario.people.ties import read_familiarity

_PEOPLE_FILE = "people.csv"


def parse_mapping(options: Iterable[str]) -> dict[str, str]:
    """The roles and their values from ``--map ROLE=VALUE`` options.

    Raises
    ------
    InputProblem
        An option without ``=``, an unknown role, or a role given twice.
    """
    mapping: dict[str, str] = {}
    findings = Findings()
    for option in options:
        role, equals, value = (part.strip() for part in option.partition("="))
        if not (equals and role and value):
            findings.add("is not ROLE=VALUE, such as id=person", key=f"--map {option}")
        elif role in mapping:
            findings.add(f"{role} is given twice", key=f"--map {option}")
        mapping.setdefault(role, value)
        if equals:
            _check_role(role, findings)
    findings.raise_if_any()
    return mapping


def import_people(
    folder: Path, mapping: dict[str, str], ask: Ask | None
) -> tuple[People, list[str]]:
    """Read the people and the ties of one organization from a folder of CSV files.

    Parameters
    ----------
    folder
        Holds ``people.csv`` and any number of edge lists; folders inside it are not read.
    mapping
        What is known beforehand, by role (``guesses.ROLES``).
    ask
        Called with a question and the possible answers where a guess would be arbitrary;
        None where nobody can answer.

    Returns
    -------
    tuple of People and list of str
        The organization, and in plain sentences what was read and how it was understood.

    Raises
    ------
    InputProblem
        Everything that is wrong with the files, with file and line, and every choice that could
        not be made, with the option that makes it.
    """
    findings = Findings()
    for role in mapping:
        _check_role(role, findings)
    findings.raise_if_any()
    guess = Guess(mapping, ask, findings)
    report: list[str] = []
    people_file, others = _files(Path(folder))
    table = read_table(people_file, findings)
    crowd = Crowd() if table is None else read_people(table, guess, report)
    ties = read_familiarity(others, crowd.seat, guess, report)
    findings.raise_if_any()
    people = People(
        ids=tuple(crowd.seat or ()),
        rank=np.array(crowd.rank, dtype=np.int32),
        rank_names=crowd.rank_names,
        home=np.array(crowd.home, dtype=np.int32),
        home_names=crowd.home_names,
        tenure=np.array(crowd.tenure, dtype=np.float64),
        source=ties.source,
        target=ties.target,
        strength=ties.strength,
    )
    return people, report


def _check_role(role: str, findings: Findings) -> None:
    if role not in ROLES:
        near = difflib.get_close_matches(role, ROLES, n=1)
        remedy = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(ROLES)}"
        findings.add(f"there is no role {role!r}", key="--map", remedy=remedy)


def _files(folder: Path) -> tuple[Path, list[Path]]:
    """``people.csv`` and the other tables of a folder."""
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "there is no such folder"
        remedy = f"Name a folder that holds {_PEOPLE_FILE}"
        raise InputProblem(Problem(what, remedy, file=str(folder)))
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise InputProblem(
            Problem(f"cannot be read: {error.strerror}", file=str(folder))
        ) from error
    tables = [path for path in files if path.suffix.casefold() in (".csv", ".tsv")]
    people = [path for path in tables if path.name.casefold() == _PEOPLE_FILE]
    if not people:
        has = f"The folder holds: {', '.join(path.name for path in files[:20]) or 'no files'}"
        raise InputProblem(Problem(f"there is no {_PEOPLE_FILE}", has, file=str(folder)))
    return people[0], [path for path in tables if path != people[0]]

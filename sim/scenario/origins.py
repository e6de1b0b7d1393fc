"""Saying of settings that cannot be combined where each of them was set."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sim.errors import Problem
from sim.scenario.marks import shown
from sim.scenario.overrides import OPTION

if TYPE_CHECKING:
    from sim.scenario.loading import Scenario

#: A key path in a text: with a dot, or with its value behind it.
NAMED = re.compile(r"\b[a-z_]+(?:\.[a-z_]+)+|\b[a-z_]+(?=: )")


def origins_of(scenario: Scenario) -> dict[str, str]:
    """For each key path where its value comes from: FILE:LINE, the option as typed, or default."""
    typed: dict[str, str] = {}
    for text in scenario.sets:
        key = ".".join(part.strip() for part in text.partition("=")[0].split("."))
        for path in scenario.origin:
            if f"{path}.".startswith(f"{key}."):
                typed[path] = f"{OPTION} {shown(text)}"
    return {
        path: typed.get(path, origin) if origin == OPTION else origin
        for path, origin in scenario.origin.items()
    }


def concerned(problem: Problem, known: Iterable[str]) -> list[str]:
    """Key paths of the settings that a problem is about: its own, then those that it names."""
    own = problem.key.split("[")[0]
    named = [own, *NAMED.findall(f"{problem.message} {problem.remedy}")]
    paths = set(known)
    return [path for path in dict.fromkeys(named) if path in paths]


def placed(problem: Problem, origins: Mapping[str, str]) -> Problem:
    """The problem where its key was set, with the places of other settings that it is about.

    One that has a place already stays as it is.
    """
    if problem.file:
        return problem
    keys = concerned(problem, origins)
    own = problem.key.split("[")[0]
    if own in keys:
        file, colon, line = origins[own].rpartition(":")
        if colon and line.isdigit() and not origins[own].startswith(OPTION):
            problem = replace(problem, file=file, line=int(line))
        else:
            problem = replace(problem, file=origins[own])
    return named_beside(problem, [key for key in keys if key != own], origins)


def named_beside(problem: Problem, keys: Iterable[str], origins: Mapping[str, str]) -> Problem:
    """The problem with the places of these settings in brackets."""
    beside = "; ".join(f"{key}: {origins[key]}" for key in keys)
    return replace(problem, message=f"{problem.message} ({beside})") if beside else problem

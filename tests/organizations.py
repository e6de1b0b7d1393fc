"""Small organizations for tests: quiet ones, where one rule acts, and lively ones, where all do."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.arrays import ARRAYS
from sim.mechanisms import PERIOD
from sim.organization import Organization
from sim.scenario.settings import Settings

#: Counted up by many mechanisms through a week, and cleared when the next one begins.
USED_UP = {"joint_hours", "warmth", "encouragement"}

#: Everything on, and often enough that a few weeks of a few people show it.
LIVELY: dict[str, Any] = {
    "people": 40,
    "dimensions": 24,
    "structure": {"levels": 3, "span": 5, "centralization": 0.5},
    "start": {"right": 0.55, "contacts": 4},
    "environment": {"turbulence": 0.02, "tacit": 4, "improper": 0.2},
    "workforce": {"turnover": 0.03},
    "requests": {"load": 0.7},
    "interpersonal": {"hours": 1.0, "joint_hours": 2.0, "regulators": 0.3},
    "incidental": {"rate": 0.1},
    "lectures": {"hours": 0.5, "size": 15, "tests": 0.2},
    "reinforcement": {"hours": 0.5},
    "coaching": {"hours": 1.0, "groups": 0.5},
    "cells": {"hours": 1.0, "joint_hours": 1.0, "size": 5, "help": 0.3},
    "officers": {"hours": 2.0},
    "communities": {
        **{"count": 3, "hours": 1.0, "articulation": 0.5, "legitimacy": 0.5},
        **{"conformity": 0.2, "purpose": 0.1, "support": 0.2, "delegation": 0.5},
    },
    "self_organization": {"every": 4},
    "joining": {"rate": 0.2},
    "spanning": {"rate": 0.1, "appointed": 0.1},
    "advice": {"hours": 0.25},
    "social_media": {"hours": 0.5, "start": 0.6, "posting": 1.0, "passing_on": 0.3},
    "network_feedback": {"asked": 4},
    "dialogue": {"hours": 0.5},
    "programme": {"hours": 1.0, "start": 1, "weeks": 3, "every": 5, "invitation": 0.6},
    "pdsa": {
        **{"rate": 0.3, "weeks": 2.0, "stakes": 0.2, "purpose_effect": 0.5},
        **{"persistence": 0.5, "agenda": 0.3},
    },
    "climate": {"reaction": 0.5, "rumour": 0.3},
    "leadership": {"hours": 0.5, "alignment": 0.1, "role_modelling": 0.5},
    "work": {"checking": 0.3},
    "reshuffle": {"every": 3, "share": 0.5, "churn": 0.3},
    "events": [
        {"at": 4, "shock": {"share": 0.3}},
        {"at": 3, "news": {"share": 0.2}},
        {"at": 5, "leave": {"share": 0.2, "who": "officers"}},
        {"at": 5, "leave": {"share": 0.5, "who": "spanners"}},
        {"at": 6, "over": 3, "set": {"structure.levels": 2, "structure.formalization": 0.2}},
    ],
}

#: Nothing happens but what a test switches on.
QUIET: dict[str, Any] = {
    "people": 12,
    "dimensions": 12,
    "structure": {"line_hours": 0.0, "supervision_hours": 0.0},
    "environment": {"turbulence": 0.0, "tacit": 0},
    "workforce": {"turnover": 0.0},
    "requests": {"load": 0.0},
    "socialization": {"rate": 0.0, "hours": 0.0},
    "interpersonal": {"hours": 0.0, "joint_hours": 0.0},
    "pdsa": {"rate": 0.0},
    "practice": {"deepening": 0.0, "internalization": 0.0, "forgetting": 0.0, "fading": 0.0},
    "climate": {"recovery": 0.0, "belonging_rate": 0.0, "reaction": 0.0},
    "self_efficacy": {"rate": 0.0},
    "codification": {"rate": 0.0},
}


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """``base`` with sections updated key by key, and everything else replaced."""
    result = dict(base)
    for name, value in changes.items():
        section = isinstance(value, dict) and isinstance(base.get(name), dict)
        result[name] = {**base[name], **value} if section else value
    return result


def by_section(paths: dict[str, Any]) -> dict[str, Any]:
    """``{"cells.hours": 0.0}`` as ``{"cells": {"hours": 0.0}}``."""
    sections: dict[str, Any] = {}
    for path, value in paths.items():
        section, _, name = path.partition(".")
        sections.setdefault(section, {})[name] = value
    return sections


def lively(seed: int = 0, **changes: Any) -> Organization:
    """An organization in which every mechanism acts."""
    return Organization(Settings.model_validate(merged(LIVELY, changes)), seed)


def quiet(seed: int = 0, **changes: Any) -> Organization:
    """An organization in which nothing happens but what ``changes`` bring about."""
    return Organization(Settings.model_validate(merged(QUIET, changes)), seed)


def learners(**changes: object) -> Organization:
    """Ten people; odd seats are right and known to be, even seats have no opinion."""
    settings: dict[str, object] = {
        "people": 10,
        "dimensions": 4,
        "environment": {"complexity": 2},
        "communities": {"count": 1},
        "cells": {"size": 10},
        "structure": {"levels": 1, "line_hours": 0.0},
        "start": {"homes": 1, "contacts": 9, "familiarity": 1.0},
    }
    organization = quiet(**merged(settings, changes))
    organization.beliefs[:] = 0
    organization.articulated[:] = False
    organization.beliefs[1::2] = organization.reality
    organization.record_cases[:] = 10.0
    organization.record_success[:] = 0.0
    organization.record_success[1::2] = 10.0
    organization.fear[:] = 0.0
    organization.practice[:] = 1.0
    organization.learning_rate[:] = 1.0
    return organization


def weeks(organization: Organization, count: int) -> Organization:
    """The same organization, so many weeks later."""
    for _ in range(count):
        organization.step()
    return organization


def apply(organization: Organization, name: str) -> None:
    """Let one mechanism act, and nothing else."""
    next(each for each in organization.mechanisms if each.name == name).apply(organization)


def week_up_to(organization: Organization, name: str) -> None:
    """Live through the week until the mechanism of that name has acted; the week stays open."""
    organization.tally[:] = 0.0
    for mechanism in PERIOD:
        if mechanism.name == "requests":
            organization.open_period()
        if organization.has(mechanism.name):
            apply(organization, mechanism.name)
        if mechanism.name == name:
            return


def snapshot(organization: Organization) -> dict[str, NDArray[Any]]:
    """Copies of all arrays."""
    return {name: array.copy() for name, array in organization.arrays().items()}


def changed(
    before: dict[str, NDArray[Any]], organization: Organization, besides: set[str] | None = None
) -> set[str]:
    """Names of arrays that are not what they were to the bit, ``besides`` those named."""
    after = organization.arrays()
    names = set(ARRAYS) - (besides or set())
    return {name for name in names if before[name].tobytes() != after[name].tobytes()}


def differing(one: Organization, other: Organization, besides: set[str] | None = None) -> set[str]:
    """Names of arrays in which two organizations differ by at least a bit."""
    return changed(one.arrays(), other, besides)


def count(organization: Organization, *tallies: int) -> np.float64:
    """What was counted this week, over all the ``tallies`` named."""
    return organization.tally[list(tallies)].sum()

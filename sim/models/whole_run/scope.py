"""Which scenarios can be run as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.errors import InputProblem, Problem
from sim.mechanisms import PERIOD, Mechanism

if TYPE_CHECKING:
    from sim.scenario.settings import Settings

#: Mechanisms that a whole run knows; all others must be switched off.
KNOWN = ("environment", "workforce", "socialization", "interpersonal", "codification")


def obstacles(settings: Settings) -> list[str]:
    """What would have to be changed for a scenario to be run as a whole; nothing if it can be.

    A whole run knows people who learn from each other and from a code, whose success is judged by
    the truth, and who come and go by chance.
    """
    off = settings.without
    others = [
        each.name
        for each in PERIOD
        if each.name not in (*KNOWN, *off, "events") and _acts(each, settings)
    ]
    changes = [f"add to without: [{', '.join(others)}]"] if others else []
    for path, value in _wanted(settings):
        if _value(settings, path) != value:
            changes.append(f"set {path}: {value:g}" if value in (0, 1) else f"set {path}: {value}")
    return changes + [
        f"take {name} away" for name in ("events", "worker") if getattr(settings, name)
    ]


def _acts(mechanism: type[Mechanism], settings: Settings) -> bool:
    """Whether a mechanism does anything; with a week of no hours people have no time to learn."""
    nothing = (_value(settings, path) == value for path, value in mechanism.null.items())
    return mechanism.name == "hours" or not all(nothing)


def _value(settings: Settings, path: str) -> Any:
    section, name = path.split(".")
    return getattr(getattr(settings, section), name)


def _wanted(settings: Settings) -> list[tuple[str, Any]]:
    """Key paths of settings that a whole run needs, with the values it needs them at."""
    acting = {name for name in KNOWN if name not in settings.without}
    wanted: list[tuple[str, Any]] = [("start.learning_rate", 1), ("start.learning_spread", 0)]
    if "codification" in acting and settings.codification.rate > 0.0:
        wanted += [("codification.judge", "truth"), ("codification.codifies", "all")]
    if "interpersonal" in acting:
        wanted += [("interpersonal.sources", "network"), ("interpersonal.judge", "truth")]
    if "workforce" in acting and settings.workforce.turnover > 0.0:
        effects = ("fear_effect", "belonging_effect", "learning_effect")
        wanted += [(f"workforce.{effect}", 0) for effect in effects]
    if settings.network.kind == "cells":
        wanted += [("communities.count", 1)]
    return wanted


def not_whole(settings: Settings) -> InputProblem:
    """The complaint that a run of this scenario cannot stop at absorption."""
    changes = "; ".join(obstacles(settings))
    message = (
        "people do more here than learn from each other and from a code, so it cannot be told when "
        "nothing changes any more"
    )
    remedy = f"Set run.stop: periods. Or {changes}."
    if not changes:
        message = (
            "an imported organization, or a scenario that is compared with one in which people do "
            "more than learn, is run week by week to the end"
        )
        remedy = "Set run.stop: periods."
    return InputProblem(Problem(message, remedy, key="run.stop"))


def is_whole(settings: Settings) -> bool:
    """Whether a scenario can be run as a whole."""
    return not obstacles(settings)

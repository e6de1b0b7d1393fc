"""What happens in a run, in words: the events of its scenario, and the reshuffles of its cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.scenario.settings import Settings
    from sim.studies.structure_history import History

#: How things are told; a page's texts may tell them otherwise, by ``event.KIND``.
WORDS = {
    "reshuffle": "Cells are reshuffled.",
    "leave_share": "{percent} % of the people leave.",
    "leave_seat": "Number {number} leaves.",
    "shock": "The world changes.",
    "news": "Some learn something new.",
    "set": "Changed: {keys}.",
}


def events_of(
    settings: Settings, history: History, texts: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Rows ``week``, ``kind``, ``text``, by week; an event's week is the one it shows in."""
    told = [
        {"week": int(week), "kind": "reshuffle", "text": _words("reshuffle", {}, texts)}
        for week in history.reshuffles
    ]
    for event in settings.events:
        # Things happen as a week opens: what comes of them is seen at its end.
        week = event.at + 1
        if week > history.weeks:
            continue
        kind, values = _what(event)
        told.append({"week": week, "kind": kind.split("_")[0], "text": _words(kind, values, texts)})
    return sorted(told, key=lambda row: int(row["week"]))


def _what(event: Any) -> tuple[str, dict[str, Any]]:
    if event.leave is not None:
        if event.leave.seat is not None:
            return "leave_seat", {"number": event.leave.seat}
        return "leave_share", {"percent": f"{100 * event.leave.share:g}"}
    if event.shock is not None:
        return "shock", {"percent": f"{100 * event.shock.share:g}"}
    if event.news is not None:
        return "news", {}
    keys = ", ".join(f"{key} = {value}" for key, value in event.set.items())
    return "set", {"keys": keys}


def _words(kind: str, values: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    text = texts.get(f"event.{kind}", WORDS[kind])
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text

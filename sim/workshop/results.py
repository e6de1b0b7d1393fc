"""Questions with what only their runs can say: which option is best, what was lost, the puzzle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.workshop.goals import Goal
from sim.workshop.pairs import ahead, rounded
from sim.workshop.puzzles import Series, losses, number_or_none, outcome, puzzle_of


def record_with_results(
    record: Mapping[str, Any],
    goals: Mapping[str, Goal],
    every: Mapping[str, int],
    series: Series,
    shown: int,
) -> dict[str, Any]:
    """A question's record, completed.

    Parameters
    ----------
    every
        Weeks between reshuffles by run id, 0 for never.
    series
        Values by run id and goal id, shape (seeds, weeks + 1); runs under the names of the record.
    shown
        Place of the shown seed among the seeds.

    Adds ``outcome`` where the bet is on options, ``changes`` where there is a baseline, and the
    numbers of a puzzle.
    """
    completed = dict(record)
    options = {one["id"]: one for one in (record.get("control") or {}).get("options", ())}
    bet = record.get("bet")
    if bet is not None and bet["kind"] == "options":
        goal, week = bet["goal"], bet["week"]
        way = _varying(options)
        found = outcome(
            {id: series[one[way]][goal][:, week] for id, one in options.items()},
            goals[goal].better,
        )
        completed["outcome"] = {
            "goal": goal,
            "week": week,
            "best": found.best,
            "tied": list(found.tied),
            "clear": found.clear,
            "all_tied": found.all_tied,
            "values": {id: number_or_none(value) for id, value in found.values.items()},
        }
    if record.get("baseline"):
        completed["changes"] = _changes(record, options, goals, series)
    if record.get("puzzle"):
        asked = puzzle_of(
            record["puzzle"],
            {id: one["right"] for id, one in options.items()},
            {id: every.get(one["right"], 0) for id, one in options.items()},
            series,
            shown,
        )
        text = record["puzzle"]["text"]
        for name, value in (("target", rounded(asked["target"], 0)), ("limit", asked["limit"])):
            text = text.replace(f"{{{name}}}", f"{value:g}")
        completed["puzzle"] = {**record["puzzle"], **asked, "text": text}
    return completed


def _varying(options: Mapping[str, Mapping[str, Any]]) -> str:
    """The panel in which options differ: the right one, unless it always shows the same run."""
    return "right" if len({one["right"] for one in options.values()}) > 1 else "left"


def _changes(
    record: Mapping[str, Any],
    options: Mapping[str, Mapping[str, Any]],
    goals: Mapping[str, Goal],
    series: Series,
) -> dict[str, list[dict[str, Any]]]:
    """What each side lost by each option, against itself under the baseline option."""
    base = options[record["baseline"]]
    changes: dict[str, list[dict[str, Any]]] = {}
    for id, option in options.items():
        changes[id] = []
        for goal in (record["goal"], *record["more_goals"]):
            for week in record["weeks"]:
                lost = [
                    losses(series[option[way]][goal], series[base[way]][goal], week)
                    for way in ("left", "right")
                ]
                found = ahead(lost[0], lost[1], -goals[goal].better).document()
                remark = _remark(record, [found["A"], found["B"]])
                changes[id].append({"goal": goal, "week": week, **found, "remark": remark})
    return changes


def _remark(record: Mapping[str, Any], lost: Sequence[float | None]) -> str:
    """What is said of losses that are there, but small; nothing of others."""
    small = record.get("small")
    sizes = [abs(each) for each in lost if each is not None]
    if small is None or not sizes or not 0.0 < max(sizes) < small["below"]:
        return ""
    return str(small["text"])

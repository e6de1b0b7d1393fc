"""What a page's questions need of each run: what is seen and counted, ties, and which pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sim.workshop.attributes import ATTRIBUTES
from sim.workshop.goals import Goal

#: Where a question names a run.
RUN_KEYS = ("left", "right")


class Needs:
    """What a page's questions need of each run: attributes, goals, ties; and which pairs."""

    def __init__(self, weeks: int) -> None:
        self._weeks = weeks
        self.runs: set[str] = {"A", "B"}
        self.ties: set[str] = set()
        self.goals: dict[str, set[str]] = {}
        #: The goals that a question is about, not only lists.
        self.main: dict[str, set[str]] = {}
        self._seen: dict[str, set[str]] = {}
        self._pairs: dict[tuple[str, str, str, int], None] = {}

    @property
    def attributes(self) -> list[str]:
        """All attributes that any run shows, in the order of ATTRIBUTES."""
        used = set().union(*self._seen.values())
        return [name for name in ATTRIBUTES if name in used]

    @property
    def pairs(self) -> list[tuple[str, str, str, int]]:
        """All pairs: left, right, goal, week."""
        return list(self._pairs)

    def attributes_of(self, run: str) -> list[str]:
        """Attributes that a run shows, in the order of ATTRIBUTES."""
        return [name for name in ATTRIBUTES if name in self._seen.get(run, ())]

    def add_run(
        self, run: str, attributes: Iterable[str], goals: Iterable[str], ties: bool
    ) -> None:
        """A run is shown with these attributes and goals."""
        self.runs.add(run)
        self._seen.setdefault(run, set()).update(attributes)
        self.goals.setdefault(run, set()).update(goals)
        if ties:
            self.ties.add(run)

    def add_pair(self, left: str, right: str, goal: str, week: int | None = None) -> None:
        """Two runs are compared in a goal; by the last week, if no other."""
        self._pairs[left, right, goal, self._weeks if week is None else week] = None


def needs_of(records: Sequence[Mapping[str, Any]], goals: Mapping[str, Goal], weeks: int) -> Needs:
    """What questions need; of a pair also the goals that the question only lists."""
    needs = Needs(weeks)
    for record in records:
        named = [record["goal"], *record.get("more_goals", ())] if record.get("goal") else []
        looks = {record[way] for way in ("colour", "size", "shape") if record.get(way)}
        looks |= {goals[goal].attribute for goal in named if goals[goal].kind == "people"}
        for left, right in _sides_of(record):
            for run in (left, right):
                needs.add_run(run, looks, named, bool(record.get("ties")))
                needs.main.setdefault(run, set()).update(named[:1])
            for goal in named:
                for week in record.get("weeks") or [weeks]:
                    needs.add_pair(left, right, goal, week)
        for choice in record.get("choices", ()):
            needs.add_run(choice["id"], looks, named, bool(record.get("ties")))
    return needs


def _sides_of(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Left and right run of a question, under each of its options."""
    options = (record.get("control") or {}).get("options", ())
    shown = [record, *options]
    return [(each["left"], each["right"]) for each in shown if each.get("left")]

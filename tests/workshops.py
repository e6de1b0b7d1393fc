"""A small workshop for tests: two questions, few people, few weeks, few seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.scenario.loading import Scenario, load_scenario
from sim.scenario.people import People
from sim.workshop.goals import Goal, measures_of
from sim.workshop.payload import workshop_payload
from sim.workshop.recording import Recording
from sim.workshop.store import Recordings, Seen
from sim.workshop.variants import Variant, Wanted, variants_of

PAIR = ("bureaucratic", "post_bureaucratic")
SMALL = (
    *("people=24", "periods=16", "cells.size=4", "reshuffle.every=5"),
    *("start.opinion=0.5", "start.right=0.6", "workforce.turnover=0.02"),
)
SEEDS = (0, 1, 2)

GOALS = (
    Goal("know", "people", attribute="knowledge", at_least=0.35, short="know", unit="people"),
    Goal("calm", "people", attribute="fear", at_most=0.3, short="calm", unit="people"),
    Goal("unsafe", "measure", measure="share_unsafe", short="unsafe", better=-1, decimals=2),
    Goal("response", "measure", measure="response_time", short="weeks", better=-1, decimals=1),
)
SEEN = Seen(measures=measures_of(GOALS))
WANTED = {
    "A": Wanted("A", title="Departments"),
    "B": Wanted("B", title="Cells"),
    "A.harsh": Wanted("A", ("leadership.inclusiveness=0.1",), "Departments, harsh"),
    "B.harsh": Wanted("B", ("leadership.inclusiveness=0.1",), "Cells, harsh"),
    "B.as-before": Wanted("B", ("cells.size=4",), "Cells of four"),
}


def question(**given: Any) -> dict[str, Any]:
    """A question as the page reads it."""
    plain = {
        "id": "faster",
        "number": 1,
        "title": "Who learns faster?",
        "say": "The same people.",
        "bet": {"kind": "sides", "choices": [{"id": "A", "label": "Departments"}]},
        "control": None,
        "left": "A",
        "right": "B",
        "colour": "knowledge",
        "size": "tacit",
        "shape": "safe",
        "goal": "know",
        "more_goals": ["unsafe"],
        "ties": False,
        "follow": None,
        "puzzle": None,
        "screen": "panels",
    }
    return {**plain, **given}


RECORDS = (
    question(),
    question(
        id="dare",
        number=2,
        goal="calm",
        more_goals=["response"],
        weeks=[8, 16],
        ties=True,
        control={
            "id": "leaders",
            "label": "Leaders",
            "options": [
                {"id": "as they are", "label": "as they are", "left": "A", "right": "B.as-before"},
                {"id": "harsh", "label": "harsh", "left": "A.harsh", "right": "B.harsh"},
            ],
            "start": "as they are",
        },
        right="B.as-before",
    ),
)


@dataclass(frozen=True)
class Asked:
    """What ``sim.workshop.questions.Questions`` holds, made by hand."""

    title: str = "Who learns faster?"
    playing_minutes: int = 5
    language: str = "en"
    direction: str = "ltr"
    texts: Mapping[str, str] = field(default_factory=lambda: {"event.reshuffle": "New cells."})
    sides: tuple[Mapping[str, str], ...] = (
        {"id": "A", "name": "Departments", "title": "", "story": "", "pattern": "solid"},
        {"id": "B", "name": "Cells", "title": "", "story": "", "pattern": "dashed"},
    )
    goals: tuple[Goal, ...] = GOALS
    records: tuple[Mapping[str, Any], ...] = RECORDS
    pairs: tuple[tuple[str, str, str], ...] = ()
    sources: tuple[str, ...] = ()

    def with_results(self, record: Mapping[str, Any], series: Any, shown: int) -> dict[str, Any]:
        return dict(record)


def scenarios(*sets: str) -> dict[str, Scenario]:
    """Both sides, small."""
    return {
        side: load_scenario(name, sets=[*SMALL, *sets])
        for side, name in zip("AB", PAIR, strict=True)
    }


def variants(people: People | None = None, seeds: Sequence[int] = SEEDS) -> dict[str, Variant]:
    """All runs of the small workshop."""
    return variants_of(scenarios(), WANTED, seeds, people)


def recorded(store: Recordings, people: People | None = None) -> dict[str, list[Recording]]:
    """Their recordings."""
    return store.get(list(variants(people).values()), SEEN)


def payload_of(
    found: Mapping[str, Sequence[Recording]], asked: Any = None, people: People | None = None
) -> dict[str, Any]:
    """The small workshop's payload."""
    return workshop_payload(
        asked or Asked(),
        scenarios(),
        variants(people),
        found,
        command="python run.py workshop",
        date="2025-01-31",
    )

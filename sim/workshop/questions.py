"""The questions of a workshop page: which runs they need, what they count, and their words.

``questions.yaml`` says what is compared; ``texts/en.yaml``, or a translation, says it in words.
Scenarios of a user's own may bring questions too (``sim.scenario.questions``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from sim.scenario.overrides import set_text
from sim.workshop.asking import SIDES, Side, workshop
from sim.workshop.book import Book
from sim.workshop.goals import Goal
from sim.workshop.results import record_with_results
from sim.workshop.texts import Texts, load_texts
from sim.workshop.variants import Wanted

if TYPE_CHECKING:
    from sim.scenario.loading import Scenario
    from sim.scenario.people import People

PATTERNS = {"A": "solid", "B": "dashed"}
#: Texts that stand in the records of questions and sides, and are not sent twice.
IN_RECORDS = ("question.", "side.A.", "side.B.", "page.")


@dataclass(frozen=True)
class Questions:
    """All that a page asks.

    ``sides`` and ``records`` are those of the payload; ``wanted`` are the runs by id, ``A`` and
    ``B`` the plain ones; ``pairs`` are (left, right, goal) to be compared beside those that records
    name.
    """

    title: str
    playing_minutes: int
    language: str
    direction: str
    texts: Mapping[str, str]
    sides: tuple[Mapping[str, Any], Mapping[str, Any]]
    goals: tuple[Goal, ...]
    wanted: Mapping[str, Wanted]
    records: tuple[Mapping[str, Any], ...]
    pairs: tuple[tuple[str, str, str], ...]
    sources: tuple[str, ...]
    every: Mapping[str, int] = field(default_factory=dict)

    def with_results(
        self,
        record: Mapping[str, Any],
        series: Mapping[str, Mapping[str, NDArray[Any]]],
        shown: int,
    ) -> dict[str, Any]:
        """A record with what only its runs can say; see ``sim.workshop.results``."""
        goals = {goal.id: goal for goal in self.goals}
        return record_with_results(record, goals, self.every, series, shown)


def default_scenarios() -> tuple[str, str]:
    """Names of the two scenarios that are shown where the user names none."""
    sides = workshop().sides
    return sides["A"].scenario, sides["B"].scenario


def common_sets(own: bool, side: Side | None = None) -> list[str]:
    """Settings of all runs, as on the command line; with ``side``, those of A or B as well.

    Two organizations of a user's own are left as they are.
    """
    if own:
        return []
    asked = workshop()
    sets = dict(asked.organization)
    if side is not None:
        sets |= asked.sides[side].set
    return [set_text(key, value) for key, value in sets.items()]


def questions_of(
    first: Scenario,
    second: Scenario,
    *,
    own: bool = False,
    texts: Path | None = None,
    people: People | None = None,
) -> Questions:
    """The questions to ask of two organizations.

    Parameters
    ----------
    first, second
        The scenarios of A and B, loaded with ``common_sets``.
    own
        Whether the user named them: then their own titles, stories and questions are used, after
        three that can be asked of any two organizations; otherwise the seven of the workshop.
    texts
        A translated file of texts; the English ones without.
    people
        An imported organization, in place of invented people.

    Raises
    ------
    InputProblem
        When the texts are no complete translation.
    """
    words = load_texts(texts)
    asked = workshop()
    sides = _sides(first, second, own, words)
    count = first.settings.people if people is None else len(people.ids)
    book = Book(asked, words, sides, (first, second), count)
    for question in asked.own if own else asked.questions:
        book.add(question)
    if own:
        for side, scenario in zip(SIDES, (first, second), strict=True):
            book.add_own(side, scenario.settings.questions)
        book.sandbox_last()
    title = " · ".join(side["name"] for side in sides) if own else words["page.title"]
    return _finished(book, title)


def _sides(
    first: Scenario, second: Scenario, own: bool, words: Texts
) -> tuple[dict[str, Any], dict[str, Any]]:
    made = []
    for id, scenario in (("A", first), ("B", second)):
        name = words[f"side.{id}.name"]
        story = words[f"side.{id}.story"]
        if own:
            name, story = scenario.settings.title or scenario.name, scenario.settings.story
        made.append(
            {"id": id, "name": name, "title": name, "story": story, "pattern": PATTERNS[id]}
        )
    if own and made[0]["name"] == made[1]["name"]:
        for side in made:
            side["name"] = side["title"] = f"{side['name']} ({side['id']})"
    return made[0], made[1]


def _finished(book: Book, title: str) -> Questions:
    for number, record in enumerate(book.records, start=1):
        record["number"] = number
    told = (*IN_RECORDS, *(f"goal.{id}." for id in book.asked.goals))
    words = book.words
    return Questions(
        title=title,
        playing_minutes=sum(record["minutes"] for record in book.records),
        language=words.language,
        direction=words.direction,
        texts={key: text for key, text in words.texts.items() if not key.startswith(told)},
        sides=book.sides,
        goals=tuple(book.goals.values()),
        wanted=book.wanted,
        records=tuple(book.records),
        pairs=tuple(_sandbox_pairs(book.records)),
        sources=tuple(book.sources),
        every=book.every,
    )


def _sandbox_pairs(records: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """Each two runs of a sandbox once, in each of its goals."""
    return [
        (left["id"], right["id"], goal)
        for record in records
        for left, right in combinations(record.get("choices", ()), 2)
        for goal in (record["goal"], *record["more_goals"])
        if left["id"] != right["id"]
    ]

"""The questions of one page as they are put together: records, and the runs and goals they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.scenario.overrides import set_text
from sim.scenario.questions import OwnQuestion
from sim.workshop.asking import SIDES, Choice, Place, Question, Side, Workshop
from sim.workshop.goals import Goal
from sim.workshop.texts import Texts
from sim.workshop.variants import Wanted

if TYPE_CHECKING:
    from sim.scenario.loading import Scenario

#: Weeks between two pictures of people under an option of a question.
EVERY = 2


class Book:
    """Takes up questions one by one; ``sides`` are those of the payload."""

    def __init__(
        self,
        asked: Workshop,
        words: Texts,
        sides: tuple[Mapping[str, Any], Mapping[str, Any]],
        scenarios: tuple[Scenario, Scenario],
        people: int,
    ) -> None:
        self.asked = asked
        self.words = words
        self.sides = sides
        self.weeks = scenarios[0].settings.periods
        self.people = people
        self._usual = {
            side["id"]: each.settings.reshuffle.every
            for side, each in zip(sides, scenarios, strict=True)
        }
        self.goals: dict[str, Goal] = {}
        self.wanted: dict[str, Wanted] = {}
        self.every: dict[str, int] = {}
        self.records: list[dict[str, Any]] = []
        self.sources: dict[str, None] = {}
        self._known: dict[tuple[str, tuple[str, ...]], str] = {}
        for side in sides:
            self.run(Place(side=side["id"]), {}, side["id"], side["name"], 1)

    def run(self, place: Place, more: Mapping[str, Any], id: str, title: str, every: int) -> str:
        """The id of a run: an earlier one's where that has the same settings."""
        given = {**more, **place.set}
        sets = tuple(set_text(key, value) for key, value in sorted(given.items()))
        known = self._known.setdefault((place.side, sets), id)
        if known == id:
            self.wanted[id] = Wanted(side=place.side, sets=sets, title=title, every=every)
            self.every[id] = int(given.get("reshuffle.every", self._usual[place.side]))
        return known

    def goal(self, id: str) -> str:
        """The id of a goal of ``questions.yaml``, which is taken up."""
        if id not in self.goals:
            self.goals[id] = self.asked.goals[id].goal(id, self.words)
        return id

    def add(self, question: Question) -> None:
        """Take up a question of ``questions.yaml``."""
        self.records.append(_record(self, question))

    def add_own(self, side: Side, entries: Sequence[str | OwnQuestion]) -> None:
        """Take up what a scenario brings; a plain sentence is a question to talk about."""
        titles = {record["title"] for record in self.records}
        for place, entry in enumerate(entries):
            id = f"{side}{place + 1}"
            if (entry if isinstance(entry, str) else entry.title) in titles:
                continue
            if isinstance(entry, str):
                self.records.append(_sentence(self, id, entry))
            else:
                self.records.append(_own_record(self, id, side, entry))

    def sandbox_last(self) -> None:
        """Move the sandbox behind all other questions."""
        self.records.sort(key=lambda record: record["screen"] == "sandbox")


def _frame(book: Book, id: str) -> dict[str, Any]:
    """A record with everything that a question may leave out."""
    return {
        "id": id,
        "number": 0,
        "title": "",
        "say": "",
        "bet": None,
        "control": None,
        "left": "A",
        "right": "B",
        "left_title": book.sides[0]["name"],
        "right_title": book.sides[1]["name"],
        "colour": "knowledge",
        "size": "tacit",
        "shape": "safe",
        "goal": "",
        "more_goals": [],
        "weeks": [book.weeks],
        "ties": False,
        "follow": None,
        "reveal": _reveal(book.words, id),
        "talk": "",
        "why": "",
        "source": "",
        "assumption": "",
        "puzzle": None,
        "baseline": None,
        "small": None,
        "screen": "panels",
        "notes": "",
        "minutes": 4,
    }


def _reveal(words: Texts, id: str) -> dict[str, str]:
    """What is said of a question when it came out so: by verdict, nothing where no text is."""
    prefix = f"question.{id}.reveal."
    return {
        key.removeprefix(prefix): text
        for key, text in words.texts.items()
        if key.startswith(prefix)
    }


def _record(book: Book, question: Question) -> dict[str, Any]:
    """The payload's record of a question of ``questions.yaml``."""
    id = question.id
    weeks = sorted({min(week, book.weeks) for week in question.weeks or [book.weeks]})
    settled = (
        min(question.bet.week, book.weeks) if question.bet and question.bet.week else weeks[-1]
    )

    def text(part: str, default: str = "") -> str:
        words = book.words.get(f"question.{id}.{part}", default)
        return words.replace("{people}", str(book.people)).replace("{week}", str(settled))

    record = _frame(book, id)
    record |= {part: text(part) for part in ("title", "say", "talk", "why", "assumption", "notes")}
    record |= {
        "colour": question.colour,
        "size": question.size,
        "shape": question.shape,
        "goal": book.goal(question.goal),
        "more_goals": [book.goal(goal) for goal in question.more_goals],
        "weeks": weeks,
        "ties": question.ties,
        "screen": question.screen,
        "minutes": question.minutes,
        "baseline": question.baseline,
        "small": None
        if question.small is None
        else {"below": question.small, "text": text("small")},
        "source": " ".join(book.asked.sources[key] for key in question.source),
    }
    book.sources |= {book.asked.sources[key]: None for key in question.source}
    names = {side["id"]: side["name"] for side in book.sides}
    for way, place in (("left", question.left), ("right", question.right)):
        record[f"{way}_title"] = text(way, names[place.side])
        record[way] = book.run(
            place, question.base, f"{place.side}-{id}", record[f"{way}_title"], EVERY
        )
    if question.control is not None:
        record["control"] = _control(book, question, record)
        start = next(
            one for one in record["control"]["options"] if one["id"] == record["control"]["start"]
        )
        record |= {"left": start["left"], "right": start["right"]}
    if question.bet is not None:
        record["bet"] = _bet(book, question, record, settled)
    if question.puzzle is not None:
        record["puzzle"] = {
            "text": text("puzzle"),
            "impossible": text("puzzle.impossible"),
            **question.puzzle.model_dump(),
        }
    if question.choices:
        record["choices"] = [_choice(book, question, choice) for choice in question.choices]
        record |= {"left": record["choices"][0]["id"], "right": record["choices"][1]["id"]}
    return record


def _control(book: Book, question: Question, record: Mapping[str, Any]) -> dict[str, Any]:
    assert question.control is not None
    words, id = book.words, question.id
    options = []
    for option in question.control.options:
        runs = {
            way: book.run(
                place,
                {**question.base, **option.set},
                f"{place.side}-{id}-{option.id}",
                record[f"{way}_title"],
                EVERY,
            )
            for way, place in (
                ("left", option.left or question.left),
                ("right", option.right or question.right),
            )
        }
        options.append(
            {"id": option.id, "label": words[f"question.{id}.option.{option.id}"], **runs}
        )
    return {
        "id": id,
        "label": words[f"question.{id}.control"],
        "hint": words[f"question.{id}.hint"],
        "options": options,
        "start": question.control.start,
    }


def _bet(book: Book, question: Question, record: Mapping[str, Any], week: int) -> dict[str, Any]:
    """A bet on the sides, or, where both sides are the same organization, on the options."""
    assert question.bet is not None
    on_options = question.left.side == question.right.side
    if on_options:
        choices = [{"id": one["id"], "label": one["label"]} for one in record["control"]["options"]]
    else:
        choices = [
            {"id": id, "label": record[f"{way}_title"]}
            for id, way in (("A", "left"), ("B", "right"))
        ]
    none = {"id": "none", "label": book.words["bet.none"]}
    return {
        "kind": "options" if on_options else "sides",
        "goal": question.bet.goal or question.goal,
        "week": week,
        "choices": [*choices, none],
    }


def _choice(book: Book, question: Question, choice: Choice) -> dict[str, Any]:
    """What a panel of the sandbox can show."""
    key = f"question.{question.id}.choice.{choice.id}"
    label = book.words[key]
    if question.id.startswith("own"):
        label = book.sides["AB".index(choice.side)]["name"]
    run = book.run(choice, {}, f"{choice.side}-{question.id}-{choice.id}", label, EVERY)
    return {"id": run, "label": label, "group": book.words[f"page.sandbox_group.{choice.group}"]}


def _sentence(book: Book, id: str, sentence: str) -> dict[str, Any]:
    """A plain sentence of a scenario: shown over the two organizations, with nothing to bet on."""
    first = book.records[0]
    return _frame(book, id) | {
        "title": sentence,
        "say": book.words["question.talk.say"],
        "goal": first["goal"],
        "more_goals": list(first["more_goals"]),
        "minutes": 3,
    }


def _own_record(book: Book, id: str, side: Side, own: OwnQuestion) -> dict[str, Any]:
    """The record of a question that a scenario brings."""
    goal = book.asked.own_goal(id, own, book.words)
    book.goals[goal.id] = goal
    record = _frame(book, id) | {
        "title": own.title,
        "say": own.say,
        "goal": goal.id,
        "colour": own.colour,
        "talk": own.talk,
        "why": own.why,
        "source": own.source,
        "notes": own.notes,
        "minutes": own.minutes,
    }
    if own.source:
        book.sources[own.source] = None
    options = []
    for place, option in enumerate(own.options):
        runs = {}
        for way, here in zip(("left", "right"), SIDES, strict=True):
            applies = option.where == "both" or here == side
            spot = Place(side=here, set=option.set if applies else {})
            title = book.sides["AB".index(here)]["name"]
            runs[way] = book.run(spot, {}, f"{here}-{id}-{place + 1}", title, EVERY)
        options.append({"id": f"o{place + 1}", "label": option.label, **runs})
    if options:
        record["control"] = {
            "id": id,
            "label": own.title,
            "hint": "",
            "options": options,
            "start": options[0]["id"],
        }
        record |= {"left": options[0]["left"], "right": options[0]["right"]}
    if own.bet != "none":
        on = (
            [{"id": one["id"], "label": one["label"]} for one in options]
            if own.bet == "options"
            else [{"id": each["id"], "label": each["name"]} for each in book.sides]
        )
        record["bet"] = {
            "kind": own.bet,
            "goal": goal.id,
            "week": book.weeks,
            "choices": [*on, {"id": "none", "label": book.words["bet.none"]}],
        }
    return record

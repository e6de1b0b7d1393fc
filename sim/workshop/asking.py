"""What ``questions.yaml`` may say: the workshop's questions as data, without their words."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from sim.errors import InputProblem
from sim.measures import MEASURES
from sim.scenario.marks import plain
from sim.scenario.questions import AttributeName, OwnQuestion
from sim.scenario.yaml_marks import read_file
from sim.workshop.goals import Goal
from sim.workshop.texts import Texts

Side = Literal["A", "B"]
SIDES: tuple[Side, Side] = ("A", "B")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Place(_Data):
    """An organization in one panel: whose it is, and what is set differently in it."""

    side: Side
    set: dict[str, Any] = {}


class Choice(Place):
    """What a panel of the sandbox can show."""

    id: str
    group: str


class Option(_Data):
    """One way to choose: what is set in both panels, or what stands in one of them."""

    id: str
    set: dict[str, Any] = {}
    left: Place | None = None
    right: Place | None = None


class Control(_Data):
    """The one new control of a question; ``start`` is the option that is shown first."""

    start: str
    options: list[Option]

    @model_validator(mode="after")
    def _starts_somewhere(self) -> Control:
        if self.start not in [option.id for option in self.options]:
            raise ValueError(f"there is no option {self.start}")
        return self


class Bet(_Data):
    """What decides the bet: a goal and a week, else the question's goal in its last week."""

    goal: str = ""
    week: int = 0


class PuzzleOf(_Data):
    """What is to be reached, and what is to be kept up meanwhile: goals."""

    reach: str
    dips: str


class Question(_Data):
    """One question.

    ``base`` is set in all its runs. ``baseline`` is an option to compare each side with, losses
    below ``small`` on both sides are said to be small.
    """

    id: str
    minutes: int = 4
    screen: Literal["panels", "map", "sandbox"] = "panels"
    goal: str
    more_goals: list[str] = []
    weeks: list[int] = []
    bet: Bet | None = None
    baseline: str | None = None
    small: float | None = None
    base: dict[str, Any] = {}
    left: Place = Place(side="A")
    right: Place = Place(side="B")
    control: Control | None = None
    puzzle: PuzzleOf | None = None
    choices: list[Choice] = []
    colour: AttributeName
    size: AttributeName
    shape: AttributeName
    ties: bool = False
    source: list[str] = []

    def named_goals(self) -> list[str]:
        """All goals it names."""
        bet = [self.bet.goal] if self.bet is not None and self.bet.goal else []
        puzzle = [self.puzzle.reach, self.puzzle.dips] if self.puzzle is not None else []
        return [self.goal, *self.more_goals, *bet, *puzzle]


class GoalOf(_Data):
    """What is counted: people by an attribute, or a measure; words come from the texts."""

    attribute: AttributeName | None = None
    at_least: float | None = None
    at_most: float | None = None
    measure: str = ""
    times: float = 1.0
    better: int = 1
    low: float = 0.0
    high: float | None = None
    decimals: int = 0

    def goal(self, id: str, words: Texts) -> Goal:
        """The goal under its id, in words."""
        return Goal(
            id=id,
            kind="people" if self.attribute is not None else "measure",
            attribute=self.attribute or "",
            at_least=self.at_least,
            at_most=self.at_most,
            measure=self.measure,
            times=self.times,
            label=words[f"goal.{id}.label"],
            short=words[f"goal.{id}.short"],
            unit=words[f"goal.{id}.unit"],
            better=self.better,
            low=self.low,
            high=self.high,
            decimals=self.decimals,
        )


class SideOf(_Data):
    """A scenario, and what the page sets in it."""

    scenario: str
    set: dict[str, Any] = {}


class Workshop(_Data):
    """All of ``questions.yaml``."""

    organization: dict[str, Any]
    sides: dict[Side, SideOf]
    playing_minutes: int
    goals: dict[str, GoalOf]
    questions: list[Question]
    own: list[Question]
    sources: dict[str, str]

    @model_validator(mode="after")
    def _hangs_together(self) -> Workshop:
        for question in [*self.questions, *self.own]:
            for goal in question.named_goals():
                if goal not in self.goals:
                    raise ValueError(f"question {question.id}: there is no goal {goal}")
                if goal not in (question.goal, *question.more_goals):
                    raise ValueError(f"question {question.id}: {goal} is not among its goals")
            for source in question.source:
                if source not in self.sources:
                    raise ValueError(f"question {question.id}: there is no source {source}")
        return self

    def own_goal(self, id: str, own: OwnQuestion, words: Texts) -> Goal:
        """What a question of a scenario counts."""
        counted = own.counted or own.title
        if own.count is not None:
            return Goal(
                id=f"own-{id}",
                kind="people",
                attribute=own.count,
                at_least=own.at_least,
                at_most=own.at_most,
                label=counted,
                short=own.counted or words["goal.dares.unit"],
                unit=words["goal.dares.unit"],
            )
        assert own.measure is not None
        measure = MEASURES[own.measure]
        return Goal(
            id=f"own-{id}",
            kind="measure",
            measure=own.measure,
            label=own.counted or measure.label,
            short=own.counted or measure.unit,
            unit=measure.unit,
            better=measure.better,
            low=measure.low if measure.low is not None else 0.0,
            high=measure.high,
            decimals=2,
        )


@cache
def workshop() -> Workshop:
    """The workshop as ``questions.yaml`` has it."""
    with as_file(files("sim.workshop") / "questions.yaml") as path:
        document = read_file(path)
    if document.problems or document.root is None:
        raise InputProblem(document.problems)
    return Workshop.model_validate(plain(document.root))

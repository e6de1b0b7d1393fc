"""Questions that a scenario brings for its participants: to talk about, or to bet on and watch."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import WrapValidator, model_validator

from sim.parameters import Parameters, parameter

#: What is seen of a person (``sim.workshop.attributes`` says what each is).
AttributeName = Literal[
    "knowledge",
    "tacit",
    "explicit",
    "practice",
    "self_efficacy",
    "fear",
    "belonging",
    "success",
    "safe",
]
#: Options of one question: more do not fit on the screen.
MOST_OPTIONS = 6


class QuestionOption(Parameters):
    """One way of the organization to choose from in a question."""

    label: str = parameter(..., unit="text", doc="What it is called.", source="-")
    set: dict[str, Any] = parameter(
        {},
        unit="parameters",
        doc="What is set differently, by key path (`cells.size`).",
        source="-",
    )
    where: Literal["both", "here"] = parameter(
        "both",
        unit="choice",
        doc="Whether it is set in both organizations that are shown, or in this scenario's alone.",
        source="-",
    )


class OwnQuestion(Parameters):
    """A question for the workshop page: place a bet, play, see, talk."""

    title: str = parameter(..., unit="text", doc="The question itself.", source="-")
    say: str = parameter("", unit="text", doc="A sentence or two under it.", source="-")
    count: AttributeName | None = parameter(
        None,
        unit="choice",
        doc="What people are counted by, with `at_least` or `at_most`.",
        source="-",
    )
    at_least: float | None = parameter(
        None, unit="0 to 1", bounds=(0, 1), doc="Who has at least so much counts.", source="-"
    )
    at_most: float | None = parameter(
        None, unit="0 to 1", bounds=(0, 1), doc="Who has at most so much counts.", source="-"
    )
    measure: str | None = parameter(
        None, unit="measure", doc="Instead of counting people: a measure to follow.", source="-"
    )
    counted: str = parameter(
        "", unit="text", doc="What stands behind the number: `people who dare to ask`.", source="-"
    )
    bet: Literal["sides", "options", "none"] = parameter(
        "sides",
        unit="choice",
        doc="What is bet on: which organization is ahead, which option is best, or nothing.",
        source="-",
    )
    options: list[QuestionOption] = parameter(
        [], unit="options", doc="What can be chosen, one at a time; the first is shown.", source="-"
    )
    colour: AttributeName = parameter(
        "knowledge", unit="choice", doc="What the colour of people shows.", source="-"
    )
    talk: str = parameter("", unit="text", doc="What neighbours then talk about.", source="-")
    why: str = parameter("", unit="text", doc="What may be behind it.", source="-")
    source: str = parameter("", unit="text", doc="Where that comes from.", source="-")
    notes: str = parameter("", unit="text", doc="For the trainer alone.", source="-")
    minutes: int = parameter(
        4, unit="minutes", bounds=(1, 120), doc="Time it takes with a group.", source="-"
    )

    @model_validator(mode="after")
    def _hangs_together(self) -> OwnQuestion:
        if (self.count is None) == (self.measure is None):
            raise ValueError(
                "what is looked at is said by count or by measure, one of them. "
                "Write for example `count: knowledge` and `at_least: 0.5`"
            )
        bounds = (self.at_least is not None) + (self.at_most is not None)
        if bounds != (1 if self.count is not None else 0):
            raise ValueError(
                "who is counted is said by at_least or at_most, one of them"
                if self.count is not None
                else "at_least and at_most go with count, and not with a measure"
            )
        if self.measure is not None:
            _known_measure(self.measure)
        if len(self.options) == 1 or len(self.options) > MOST_OPTIONS:
            raise ValueError(
                f"options are two to {MOST_OPTIONS}, or none; found {len(self.options)}"
            )
        if self.bet == "options" and not self.options:
            raise ValueError("there are no options to bet on. Write them under `options`")
        if self.bet == "options" and any(o.where == "both" for o in self.options if o.set):
            raise ValueError(
                "options to bet on are set in this scenario alone. Add `where: here` to each"
            )
        return self


def _known_measure(name: str) -> None:
    from sim.measures import MEASURES
    from sim.scenario.wording import nearest

    if name not in MEASURES:
        near = nearest(name, MEASURES)
        hint = f"Did you mean `{near}`?" if near else "MODEL.md lists them"
        raise ValueError(f"there is no measure `{name}`. {hint}")


def _sentence_or_record(value: Any, record: Any) -> Any:
    """A plain sentence stays one; anything else is read as a record, and reported as one."""
    return value if isinstance(value, str) else OwnQuestion.model_validate(value)


#: An entry of ``questions``: a sentence to talk about, or a question to bet on.
QuestionEntry = Annotated[str | OwnQuestion, WrapValidator(_sentence_or_record)]

"""What the pages need to know of a study, apart from its runs: plain facts, ready to be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd

from sim.measures import MEASURES
from sim.pages.numbers import MISSING, number, plain_text
from sim.pages.sentences import MeasureLike
from sim.parameters import ASSUMPTION
from sim.scenario.schema import parameter_table

SAMPLED_DESIGNS = ("latin_hypercube", "sobol", "morris", "saltelli")


@dataclass(frozen=True)
class MeasureFacts:
    """A measure as the pages see it; ``better`` is +1, -1, or 0 for neither."""

    label: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    better: int = 0


@dataclass(frozen=True)
class Moved:
    """A parameter that a factor moves; ``assumed`` where its value has no published source."""

    path: str
    unit: str = ""
    meaning: str = ""
    assumed: bool = False


@dataclass(frozen=True)
class FactorFacts:
    """A factor: its column in the tables, what it is called, and between what it was varied.

    ``levels`` are those named beforehand (None where the design samples between ``span``). ``zero``
    is the word for a level of 0 that stands beyond the largest number (an interval of 0: never).
    """

    name: str
    label: str = ""
    unit: str = ""
    levels: tuple[Any, ...] | None = None
    span: tuple[float, float] | None = None
    scale: str = "linear"
    is_joint: bool = False
    moves: tuple[Moved, ...] = ()
    zero: str = ""

    @property
    def title(self) -> str:
        """What it is called on an axis."""
        return plain_text(self.label or self.name)

    @property
    def axis(self) -> str:
        """Its title with its unit."""
        unit = plain_text(self.unit)
        return f"{self.title} ({unit})" if unit else self.title

    @property
    def has_word(self) -> bool:
        """Whether one of its levels is a 0 with a word: its levels then are no plain numbers."""
        return any(self.is_beyond(level) for level in self.levels or ())

    def is_beyond(self, level: object) -> bool:
        """Whether a level is the 0 that stands beyond the largest number."""
        return bool(self.zero) and is_number(level) and level == 0

    def text(self, level: object) -> str:
        """A level as ``level_text`` writes it, or the word it has."""
        return plain_text(self.zero) if self.is_beyond(level) else level_text(level)

    def ordered(self, values: Iterable[Any]) -> list[Any]:
        """Levels found in a table as ``ordered_levels`` has them, what stands beyond at the end."""
        return sorted(ordered_levels(values, self.levels), key=self.is_beyond)


@dataclass(frozen=True)
class Stopping:
    """How many replications: ``fixed``, or until each half-width of ``until`` is reached."""

    fixed: int | None = None
    until: Mapping[str, float] = field(default_factory=dict)
    of: str = "mean"
    batch: int = 1
    at_least: int = 1
    at_most: int | None = None


@dataclass(frozen=True)
class StudyFacts:
    """A study as its pages tell it.

    ``scenarios`` are the names in the runs table, ``titles`` what people call them, in the same
    order. ``measures`` are those spoken of first; ``known`` describes every measure by its name.
    ``points`` is how many design points there are.
    """

    name: str
    title: str
    question: str
    scenarios: tuple[str, ...]
    titles: tuple[str, ...]
    factors: tuple[FactorFacts, ...] = ()
    design: str = "grid"
    points: int = 1
    stopping: Stopping = Stopping()
    pairing: str = "common"
    measures: tuple[str, ...] = ()
    known: Mapping[str, MeasureLike] = field(default_factory=dict)
    expectation: str = ""
    afterthought: str = ""
    stories: tuple[str, ...] = ()
    length: str = ""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Each scenario after the first is compared with the first."""
        return [(self.scenarios[0], other) for other in self.scenarios[1:]]

    @property
    def is_sampled(self) -> bool:
        return self.design in SAMPLED_DESIGNS

    def title_of(self, scenario: str) -> str:
        return distinct(self.titles)[self.scenarios.index(scenario)]

    def measure(self, name: str) -> MeasureLike:
        """What is known of a measure; one that nobody described goes by its name."""
        return self.known.get(name) or MeasureFacts(name.replace("_", " "))

    def factor(self, name: str) -> FactorFacts:
        return next(one for one in self.factors if one.name == name)


def distinct(titles: Sequence[str]) -> list[str]:
    """Titles that are clean, not empty and all different: equal ones are marked A, B, …"""
    clean = [plain_text(title) for title in titles]
    return [
        title if title and clean.count(title) == 1 else f"{title} ({letter(place)})".strip()
        for place, title in enumerate(clean)
    ]


def letter(place: int) -> str:
    """A, B, … Z, then A2, B2, …"""
    turn, rest = divmod(place, 26)
    return chr(ord("A") + rest) + (str(turn + 1) if turn else "")


def study_facts(study: Any, length: str = "") -> StudyFacts:
    """The facts of a ``sim.studies.study.Study``; ``length`` says how long a run was, in words."""
    replications, design = study.replications, study.design
    also = {one.name: _derived_facts(one) for one in study.also}
    return StudyFacts(
        name=study.name,
        title=study.title,
        question=study.question,
        expectation=study.expectation or "",
        afterthought=study.afterthought or "",
        scenarios=tuple(one.name for one in study.scenarios),
        titles=tuple(one.settings.title or one.name for one in study.scenarios),
        stories=tuple(one.settings.story for one in study.scenarios),
        factors=factor_facts(study),
        design=design.kind,
        points=len(study.points),
        stopping=Stopping(
            replications.fixed,
            dict(replications.until or {}),
            replications.of,
            replications.batch,
            replications.at_least,
            replications.at_most,
        ),
        pairing=study.pairing,
        measures=tuple(study.measures),
        known={**MEASURES, **also},
        length=length,
    )


def _derived_facts(derived: Any) -> MeasureFacts:
    """A mean over a window keeps its measure's range and which way is better; a first passage,
    which can be one to a good or a bad thing, has neither.
    """
    measure = MEASURES.get(derived.mean_of)
    if measure is None:
        return MeasureFacts(derived.label, derived.unit)
    return MeasureFacts(derived.label, derived.unit, measure.low, measure.high, measure.better)


def factor_facts(study: Any) -> tuple[FactorFacts, ...]:
    """The facts of the factors of a ``sim.studies.study.Study``, in its order."""
    declared = {row.path: row for row in parameter_table()}
    return tuple(_factor_facts(one, declared) for one in study.factors)


def _factor_facts(factor: Any, declared: Mapping[str, Any]) -> FactorFacts:
    rows = [(path, declared.get(path)) for path in factor.paths]
    return FactorFacts(
        name=factor.name,
        label=factor.label,
        unit=factor.unit or "",
        levels=tuple(factor.levels) if factor.levels is not None else None,
        span=tuple(factor.span) if factor.span is not None else None,
        scale=factor.scale,
        is_joint=factor.is_joint,
        moves=tuple(
            Moved(path, row.unit, row.meaning, ASSUMPTION in row.source) if row else Moved(path)
            for path, row in rows
        ),
        zero="" if factor.is_joint or rows[0][1] is None else rows[0][1].zero,
    )


# --- levels -------------------------------------------------------------------------------------


def is_number(level: object) -> bool:
    return isinstance(level, int | float | np.integer | np.floating) and not isinstance(level, bool)


def are_numbers(levels: Iterable[object]) -> bool:
    """Whether levels stand on a line; words and yes/no do not."""
    return all(is_number(level) for level in levels)


def level_text(level: object) -> str:
    """A level as a reader of the study file would write it, numbers at four digits at most."""
    if isinstance(level, bool | np.bool_):
        return "yes" if level else "no"
    if is_number(level):
        value = float(level)  # type: ignore[arg-type]
        if not isfinite(value):
            return MISSING
        return number(value, 0) if value == round(value) and abs(value) < 1e6 else _digits(value)
    return plain_text(level)


def _digits(value: float) -> str:
    return f"{value:.4g}".replace("-", "\N{MINUS SIGN}")


def ordered_levels(values: Iterable[Any], named: Sequence[Any] | None = None) -> list[Any]:
    """Levels found in a table: in the order named in the study file, or rising, or as met."""
    found = list(pd.unique(pd.Series(list(values), dtype=object)))
    if are_numbers(found):
        return sorted(found)
    order = {_same(level): place for place, level in enumerate(named or ())}
    return sorted(found, key=lambda level: order.get(_same(level), len(order)))


def _same(level: object) -> str:
    return level_text(level)


def point_text(values: Mapping[str, Any], factors: Sequence[FactorFacts]) -> str:
    """A design point in words: each factor's title with its level."""
    return ", ".join(
        f"{one.title} {one.text(values[one.name])}" for one in factors if one.name in values
    )

"""What a question counts, week by week: people who have reached something, or a measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputProblem, Problem
from sim.measures import MEASURES
from sim.scenario.wording import nearest
from sim.workshop.attributes import ATTRIBUTES


@dataclass(frozen=True)
class Goal:
    """What a question looks at.

    A goal of kind ``people`` counts people whose ``attribute`` is at least ``at_least`` or at most
    ``at_most`` (one of them); one of kind ``measure`` follows a measure of ``sim.measures``.
    ``better`` is +1 where more is better, -1 where less is, 0 where neither. ``low`` and ``high``
    are the ends of its axis; a ``high`` of None stands for all people, or for the highest value of
    the measure. ``decimals`` are shown. A measure is multiplied by ``times`` (a share as "of 100"),
    and so are its ends given.
    """

    id: str
    kind: Literal["people", "measure"]
    attribute: str = ""
    at_least: float | None = None
    at_most: float | None = None
    measure: str = ""
    label: str = ""
    short: str = ""
    unit: str = ""
    times: float = 1.0
    better: int = 1
    low: float = 0.0
    high: float | None = None
    decimals: int = 0

    @property
    def code(self) -> int:
        """The threshold, rounded as values are, so that the page counts the same from its bytes."""
        threshold = self.at_most if self.at_least is None else self.at_least
        assert threshold is not None
        return int(ATTRIBUTES[self.attribute].codes(threshold))

    def check(self) -> list[Problem]:
        """What is wrong with it."""
        known, name = (ATTRIBUTES, self.attribute) if self.kind == "people" else (MEASURES, "")
        name = name or self.measure
        problems = []
        if name not in known:
            near = nearest(name, known)
            problems.append(
                Problem(
                    f"there is no {'attribute' if self.kind == 'people' else 'measure'} `{name}`",
                    f"Did you mean `{near}`?" if near else "",
                    key=f"goal {self.id}",
                )
            )
        if self.kind == "people" and (self.at_least is None) == (self.at_most is None):
            problems.append(
                Problem("who is counted is said by at_least or at_most", key=f"goal {self.id}")
            )
        return problems

    @classmethod
    def of_document(cls, row: Mapping[str, Any]) -> Goal:
        """The goal that a page's row says."""
        names = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in row.items() if name in names})

    def document(self, people: int) -> dict[str, Any]:
        """The goal as the page reads it."""
        if self.kind == "people":
            what: dict[str, Any] = {"attribute": self.attribute}
            if self.at_least is not None:
                what["at_least"] = self.at_least
            else:
                what["at_most"] = self.at_most
            what["code"] = self.code
        else:
            what = {"measure": self.measure}
        high = self.high
        if high is None:
            high = float(people) if self.kind == "people" else MEASURES[self.measure].high or 1.0
        return {
            "id": self.id,
            "kind": self.kind,
            **what,
            "label": self.label or self.id,
            "short": self.short or self.label or self.id,
            "unit": self.unit,
            "better": self.better,
            "low": self.low,
            "high": high,
            "decimals": self.decimals,
        }


def check_goals(goals: tuple[Goal, ...]) -> None:
    """Raise InputProblem with all that is wrong with any of them."""
    problems = [problem for goal in goals for problem in goal.check()]
    if problems:
        raise InputProblem(problems)


def measures_of(goals: tuple[Goal, ...]) -> tuple[str, ...]:
    """Names of the measures that goals follow, each once, in order."""
    return tuple(dict.fromkeys(goal.measure for goal in goals if goal.kind == "measure"))


def count(goal: Goal, codes: NDArray[np.uint8]) -> NDArray[np.float64]:
    """People who have reached a goal; ``codes`` of its attribute have people on the last axis."""
    reached = codes <= goal.code if goal.at_least is None else codes >= goal.code
    counted: NDArray[np.float64] = reached.sum(axis=-1).astype(np.float64)
    return counted

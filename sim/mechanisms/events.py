"""Events: what the scenario's timeline says happens to the organization.

Parameters change (at once, or over weeks: a transition between two structures), a shock turns a
share of the world over, people leave, a few come to know something new. Structure is rebuilt when
a number of it changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from sim.acquaintance.ties import faded
from sim.environments.blocks import turn_over
from sim.errors import InputProblem, Problem
from sim.kernels import kernel
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.workforce import Workforce, replace_people
from sim.parameters import Parameters
from sim.places.structure import build_hierarchy
from sim.records import overall
from sim.start import draws

if TYPE_CHECKING:
    from sim.organization import Organization
    from sim.scenario.events import Event, Leave, News
    from sim.scenario.settings import Settings

#: Practice of those who can do what is new without being able to explain it (assumption).
TACIT_PRACTICE = 0.8


class Events(Mechanism):
    name = "events"
    Parameters = Parameters
    reads = (
        *("officer", "tenure", "record_success", "record_cases", "person"),
        *("seniority", "home", "cell_start", "cell_member", "last_met"),
        *("spanner", "community", "cell", "trial_dimension"),
        *("beliefs", "reality"),
    )
    # What an event may touch: the world, and all that belongs to a person who leaves.
    writes = (
        "reality",
        *("level", "manager", "unit", "team_start", "team_member", "leads_unit"),
        *("code", "news"),
        *Workforce.writes,
    )
    null = {}

    def __init__(self, parameters: Any = None, timeline: tuple[Event, ...] = ()) -> None:
        super().__init__(parameters)
        self.timeline = timeline
        self.before: dict[int, dict[str, Any]] = {}

    @classmethod
    def from_settings(cls, settings: Settings) -> Events:
        return cls(timeline=tuple(settings.events))

    def start(self, organization: Organization) -> None:
        fixed = {f"{m.name}.{key}" for m in organization.mechanisms for key in m.fixed}
        fixed |= {f"start.{key}" for key in type(organization.parameters["start"]).model_fields}
        for index, event in enumerate(self.timeline):
            for key, what, asked, there_are in _places(organization, event):
                if asked is not None and asked >= there_are:
                    raise InputProblem(
                        Problem(
                            f"there is no {what} {asked} among {there_are}",
                            f"They count from 0: write a number from 0 to {there_are - 1}.",
                            key=f"events[{index}].{key}",
                        )
                    )
            for path in event.set or {}:
                _value(organization, path)
                if path in fixed:
                    raise InputProblem(
                        f"events[{index}].set: {path} shapes the organization from its first week "
                        "and cannot change during a run. Set it in a scenario of its own"
                    )

    def apply(self, organization: Organization) -> None:
        for index, event in enumerate(self.timeline):
            if event.set is not None and event.at <= organization.period <= event.at + event.over:
                self._move(organization, index, event)
            if organization.period != event.at:
                continue
            if event.shock is not None:
                key = organization.key(f"shock {index}")
                turn_over(organization.reality, event.shock.share, key)
            if event.leave is not None:
                replace_people(organization, leavers(organization, event.leave, index))
            if event.news is not None:
                plant(organization, event.news, index)

    def _move(self, organization: Organization, index: int, event: Event) -> None:
        """Set parameters, part of the way while the event is under way."""
        assert event.set is not None
        progress = 1.0 if event.over == 0 else (organization.period - event.at) / event.over
        before = self.before.setdefault(
            index, {path: _value(organization, path) for path in event.set}
        )
        for path, target in event.set.items():
            start = before[path]
            if progress < 1.0 and isinstance(target, (int, float)) and not isinstance(target, bool):
                target = type(start)(start + progress * (target - start))
            set_parameter(organization, path, target)
        if {"structure.levels", "structure.span"} & set(event.set):
            build_hierarchy(organization)


def _places(
    organization: Organization, event: Event
) -> tuple[tuple[str, str, int | None, int], ...]:
    """Seats, cells and dimensions an event names: key, kind, number, and how many there are."""
    found: tuple[tuple[str, str, int | None, int], ...] = ()
    if event.leave is not None:
        found += (("leave.seat", "seat", event.leave.seat, organization.people),)
    if event.news is not None:
        found += (
            ("news.dimension", "dimension", event.news.dimension, organization.dimensions),
            ("news.cell", "cell", event.news.cell, organization.cells),
            ("news.seat", "seat", event.news.seat, organization.people),
        )
    return found


def plant(organization: Organization, news: News, index: int = 0) -> None:
    """Let a few, and nobody else, know what works on one dimension, from now on.

    Whatever anybody held, could explain or had practised there is wiped, as are the code and
    trials under way. ``index`` numbers the event, so that two of them in one week draw apart.
    """
    d = organization.dimensions - 1 if news.dimension is None else news.dimension
    organization.beliefs[:, d] = 0
    organization.articulated[:, d] = False
    organization.practice[:, d] = 0.0
    organization.code[d] = 0
    organization.rule_author[d] = -1
    organization.trial_stage[organization.trial_dimension == d] = 0
    know = holders(organization, news, index)
    organization.beliefs[know, d] = organization.reality[d]
    if news.form == "explicit":
        organization.articulated[know, d] = True
    else:
        organization.practice[know, d] = TACIT_PRACTICE
    organization.news[d] = True


def holders(organization: Organization, news: News, index: int = 0) -> NDArray[np.intp]:
    """The seats of those who know the news first."""
    if news.seat is not None:
        return np.array([news.seat])
    if news.cell is not None:
        return np.flatnonzero(organization.cell == news.cell)
    assert news.share is not None
    chance = draws(organization.key(f"who knows the news {index}"), organization.people)
    return np.argsort(chance)[: max(1, round(news.share * organization.people))]


def _value(organization: Organization, path: str) -> Any:
    section, _, name = path.partition(".")
    parameters = organization.parameters.get(section)
    if parameters is None or name not in type(parameters).model_fields:
        raise InputProblem(f"there is no parameter {path}")
    return getattr(parameters, name)


def set_parameter(organization: Organization, path: str, value: Any) -> None:
    """Give a parameter a new value from now on.

    Raises
    ------
    InputProblem
        When there is no such parameter, or the value is not one it can take.
    """
    _value(organization, path)
    section, _, name = path.partition(".")
    old = organization.parameters[section]
    try:
        new = type(old).model_validate({**old.model_dump(), name: value})
    except ValidationError as error:
        raise InputProblem(f"{path}: {error.errors()[0]['msg']}") from None
    organization.parameters[section] = new
    for mechanism in organization.mechanisms:
        if mechanism.name == section:
            mechanism.parameters = new


def leavers(organization: Organization, leave: Leave, index: int = 0) -> NDArray[np.int64]:
    """The seats whose occupants leave: a share of those concerned, lowest in the order first.

    ``index`` numbers the event, so that two of them in one week draw apart.
    """
    if leave.seat is not None:
        return np.array([leave.seat], dtype=np.int64)
    chance = draws(organization.key(f"who leaves {index}"), organization.people)
    seats = np.arange(organization.people)
    if leave.who == "officers":
        seats = np.unique(organization.officer[organization.officer >= 0]).astype(np.int64)
    elif leave.who == "spanners" and organization.spanner.any():
        seats = np.flatnonzero(organization.spanner)
    if leave.who == "tenure":
        order = organization.tenure.astype(float)
    elif leave.who == "record":
        mean = overall(organization.record_success, organization.record_cases)
        cases = organization.record_cases.sum(axis=1)
        order = (organization.record_success.sum(axis=1) + 2 * mean) / (cases + 2)
    elif leave.who == "knowledge":
        order = -(organization.beliefs == organization.reality).sum(axis=1)
    elif leave.who == "spanners" and not organization.spanner.any():
        order = -familiar_outside(
            organization.contact,
            organization.familiarity,
            organization.last_met,
            organization.community,
            organization.period,
        )
    else:
        order = chance
    ranked = seats[np.lexsort((chance[seats], order[seats]))]
    assert leave.share is not None
    return ranked[: round(leave.share * len(ranked))].astype(np.int64)


@kernel
def familiar_outside(contact, familiarity, last_met, community, week):
    """How familiar each person is now with all people of other communities together."""
    people = len(contact)
    total = np.zeros(people)
    for i in range(people):
        for k in range(contact.shape[1]):
            j = contact[i, k]
            if j >= 0 and community[j] != community[i]:
                total[i] += faded(familiarity[i, k], week - last_met[i, k])
    return total

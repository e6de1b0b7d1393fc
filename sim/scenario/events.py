"""The timeline of a scenario: what happens to an organization, and when."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import model_validator

from sim.parameters import ASSUMPTION, Parameters, parameter


class Shock(Parameters):
    """A sudden change of the world: a share of dimensions turns over at once."""

    share: float = parameter(
        0.2,
        unit="share of dimensions",
        bounds=(0, 1),
        doc="Chance that a dimension of reality flips.",
        source=ASSUMPTION,
    )


class Leave(Parameters):
    """People leave at once, and newcomers take their seats."""

    share: float | None = parameter(
        None,
        unit="share of those concerned",
        bounds=(0, 1),
        doc="Share of the people concerned who leave, rounded to whole people.",
        source=ASSUMPTION,
    )
    seat: int | None = parameter(
        None,
        unit="seat",
        bounds=(0, None),
        doc="One seat whose occupant leaves.",
        source=ASSUMPTION,
    )
    who: Literal["random", "officers", "tenure", "record"] = parameter(
        "random",
        unit="choice",
        doc="Whom it concerns: anybody, officers, the shortest-serving, the lowest record.",
        source=ASSUMPTION,
    )

    @model_validator(mode="after")
    def _names_somebody(self) -> Leave:
        if (self.share is None) == (self.seat is None):
            raise ValueError("who leaves is said by share or by seat, one of them")
        return self


class Event(Parameters):
    """One entry of ``events``: at a week, exactly one of ``set``, ``shock`` and ``leave``."""

    at: int = parameter(
        ..., unit="week", bounds=(0, None), doc="Week in which it happens.", source=ASSUMPTION
    )
    set: dict[str, Any] | None = parameter(
        None,
        unit="parameters",
        doc="New values of parameters, by key path (``environment.turbulence``).",
        source=ASSUMPTION,
    )
    over: int = parameter(
        0,
        unit="weeks",
        bounds=(0, None),
        doc="Weeks over which numbers of ``set`` move in a straight line to their new value.",
        source=ASSUMPTION,
    )
    shock: Shock | None = parameter(
        None, unit="event", doc="A share of dimensions turns over.", source=ASSUMPTION
    )
    leave: Leave | None = parameter(
        None, unit="event", doc="People leave at once.", source=ASSUMPTION
    )

    @model_validator(mode="after")
    def _is_one_thing(self) -> Event:
        given = [name for name in ("set", "shock", "leave") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("an event carries exactly one of set, shock and leave")
        return self

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
    who: Literal["random", "officers", "tenure", "record", "spanners", "knowledge"] = parameter(
        "random",
        unit="choice",
        doc="Whom it concerns: anybody, officers, the shortest-serving, the lowest record, "
        "those who link communities: who is appointed to (`spanning.appointed`), else of all "
        "people those who know most outside their community; or those who know most: most right "
        "beliefs.",
        source=ASSUMPTION,
    )

    @model_validator(mode="after")
    def _names_somebody(self) -> Leave:
        if (self.share is None) == (self.seat is None):
            raise ValueError("who leaves is said by share or by seat, one of them")
        return self


class News(Parameters):
    """Something nobody knew becomes known to a few: how far does it get?

    Whatever anybody, or the code, held on one dimension is wiped; then some know what works there.
    """

    dimension: int | None = parameter(
        None,
        unit="dimension",
        bounds=(0, None),
        doc="What it is about, counted from 0; without it, the last dimension. Cells and "
        "communities talk of it whose topic it belongs to.",
        source=ASSUMPTION,
    )
    form: Literal["explicit", "tacit"] = parameter(
        "explicit",
        unit="choice",
        doc="Whether those who know can explain it, or can only do it (with practice 0.8).",
        source="document 003 (tacit knowledge has to be converted before it is amplified)",
    )
    cell: int | None = parameter(
        None,
        unit="cell",
        bounds=(0, None),
        doc="The members of this cell know.",
        source=ASSUMPTION,
    )
    seat: int | None = parameter(
        None, unit="seat", bounds=(0, None), doc="The one on this seat knows.", source=ASSUMPTION
    )
    share: float | None = parameter(
        None,
        unit="share of people",
        bounds=(0, 1),
        doc="So many know, rounded to whole people, at least one; by lot.",
        source=ASSUMPTION,
    )

    @model_validator(mode="after")
    def _names_holders(self) -> News:
        if sum(each is not None for each in (self.cell, self.seat, self.share)) != 1:
            raise ValueError(
                "who knows the news is said by cell, seat or share, exactly one of them. "
                "Write for example `news: {cell: 0}`"
            )
        return self


class Event(Parameters):
    """One entry of ``events``: at a week, one of ``set``, ``shock``, ``leave`` and ``news``."""

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
    news: News | None = parameter(
        None,
        unit="event",
        doc="A few come to know what nobody else does; the `news_…` measures follow it.",
        source=ASSUMPTION,
    )

    @model_validator(mode="after")
    def _is_one_thing(self) -> Event:
        kinds = ("set", "shock", "leave", "news")
        if sum(getattr(self, kind) is not None for kind in kinds) != 1:
            raise ValueError("an event carries exactly one of set, shock, leave and news")
        return self

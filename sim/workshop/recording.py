"""One run, recorded: what is seen of each person in each week, where they sit, whom they meet.

The run is that of ``sim.models.run.run``, to the bit; week 0 is the start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.ties import HALF_LIFE
from sim.measures import MEASURES
from sim.models.measuring import Measuring, stocks
from sim.models.run import check_stop
from sim.organization import Organization
from sim.studies.structure_history import (
    History,
    has_cells,
    has_communities,
    has_line,
    live_through,
    places_of,
)
from sim.workshop.attributes import ATTRIBUTES, films_of

if TYPE_CHECKING:
    from sim.scenario.people import People
    from sim.scenario.settings import Settings

#: Weeks between two looks at ties, and how long ago a tie in use was used at most.
TIES_EVERY = 4
#: So many of the strongest ties between groups are noted.
MOST_TIES = 60


@dataclass(frozen=True)
class Ties:
    """Ties in use between groups: pairs of seats, int16, lower first, week after week.

    ``weeks`` (looks,) int64; ``counts`` (looks,) int64; ``pairs`` (sum of counts, 2) int16,
    strongest first within a week.
    """

    weeks: NDArray[np.int64]
    counts: NDArray[np.int64]
    pairs: NDArray[np.int16]


@dataclass(frozen=True)
class Recording:
    """What was seen of one run.

    Attributes
    ----------
    codes : uint8 array, shape (attributes, weeks + 1, people)
        Each person's ``attributes``, coded as ``Attribute.codes`` says.
    places : History
        Who sat where; ``form`` says as what it is best drawn.
    finals : dict
        The value of each measure over the whole run, as ``Run.finals``.
    series : float64 array, shape (measures, weeks + 1)
        ``measures`` by week, as ``Run.series``; week 0 has stocks, and NaN for what is counted.
    """

    seed: int
    weeks: int
    attributes: tuple[str, ...]
    codes: NDArray[np.uint8]
    places: History
    form: str
    ties: Ties
    finals: dict[str, float]
    measures: tuple[str, ...]
    series: NDArray[np.float64]

    @property
    def people(self) -> int:
        """Seats of the organization."""
        return int(self.codes.shape[2])

    def of(self, attribute: str) -> NDArray[np.uint8]:
        """Codes of one attribute, shape (weeks + 1, people)."""
        return self.codes[self.attributes.index(attribute)]


def record(
    settings: Settings,
    seed: int,
    people: People | None = None,
    after_work: Callable[[Organization], None] | None = None,
    *,
    attributes: Sequence[str] = tuple(ATTRIBUTES),
    measures: Sequence[str] = (),
    with_ties: bool = True,
) -> Recording:
    """Live through a scenario and note what is seen of it, week by week.

    Raises
    ------
    InputProblem
        When the settings cannot be combined, or the run is to stop at absorption.
    """
    check_stop(settings)
    watch = _Watch(
        Organization(settings, seed, people), tuple(attributes), tuple(measures), with_ties
    )

    def see(organization: Organization) -> None:
        watch.organization = organization
        if after_work is not None:
            after_work(organization)

    organization, places = live_through(
        settings, seed, settings.periods, people, see, watch.note_week
    )
    finals, series = watch.measured()
    return Recording(
        seed=int(seed),
        weeks=settings.periods,
        attributes=watch.attributes,
        codes=watch.codes,
        places=places,
        form=form_of(organization),
        ties=watch.ties(),
        finals=finals,
        measures=watch.measures,
        series=series,
    )


def form_of(organization: Organization) -> str:
    """As what an organization is best drawn: by what acts in it that divides people most."""
    if has_cells(organization):
        return "cells"
    if has_line(organization):
        return "departments"
    return "communities" if has_communities(organization) else "crowd"


class _Watch:
    """Looks at an organization at its start and at the end of each week."""

    def __init__(
        self,
        organization: Organization,
        attributes: tuple[str, ...],
        measures: tuple[str, ...],
        with_ties: bool,
    ) -> None:
        self.organization = organization
        self.attributes, self.measures, self._with_ties = attributes, measures, with_ties
        weeks = organization.settings.periods
        self._measuring = Measuring(weeks, organization.people, measures)
        self.codes = np.empty((len(attributes), weeks + 1, organization.people), dtype=np.uint8)
        self._ties: list[tuple[int, NDArray[np.int16]]] = []
        self._look()
        named = {name for name in measures if MEASURES[name].stock is not None}
        at_start = stocks(organization, named)
        self._at_start = np.array([at_start.get(name, np.nan) for name in measures])

    def note_week(self) -> None:
        """The week that has just ended."""
        self._measuring.note(self.organization)
        self._look()

    def _look(self) -> None:
        organization = self.organization
        self.codes[:, organization.period] = films_of(organization, self.attributes)
        if self._with_ties and organization.period % TIES_EVERY == 0:
            self._ties.append((organization.period, ties_in_use(organization)))

    def ties(self) -> Ties:
        """All ties that were noted."""
        pairs = [pairs for _, pairs in self._ties]
        return Ties(
            np.array([week for week, _ in self._ties], dtype=np.int64),
            np.array([len(each) for each in pairs], dtype=np.int64),
            np.concatenate([np.empty((0, 2), dtype=np.int16), *pairs]),
        )

    def measured(self) -> tuple[dict[str, float], NDArray[np.float64]]:
        """Finals of all measures, and the series of those that were asked for."""
        series = np.column_stack([self._at_start, self._measuring.series().T])
        return self._measuring.finals(self.organization), series


def ties_in_use(organization: Organization, most: int = MOST_TIES) -> NDArray[np.int16]:
    """The strongest ties of the last weeks between people of different groups, strongest first.

    Groups are cells where they act, else units, else communities; where there are none, each
    person is one. A tie is as strong as the better of the two knows the other. Shape (ties, 2).
    """
    places = places_of(organization)
    groups = next(
        (each for each in (places.cell, places.unit, places.community) if (each >= 0).any()),
        np.arange(len(places)),
    )
    apart = organization.period - organization.last_met
    known = (organization.contact >= 0) & (organization.familiarity > 0.0)
    one, slot = np.nonzero(known & (apart <= TIES_EVERY) & (organization.period > 0))
    other = organization.contact[one, slot].astype(np.int64)
    strength = organization.familiarity[one, slot] * 0.5 ** (apart[one, slot] / HALF_LIFE)
    between = groups[one] != groups[other]
    first, second = np.minimum(one, other)[between], np.maximum(one, other)[between]
    order = np.lexsort((second, first, -strength[between]))
    pairs = np.stack([first, second], axis=1)[order]
    # Of two directions of one tie, the stronger comes first.
    _, kept = np.unique(pairs, axis=0, return_index=True)
    strongest: NDArray[np.int16] = pairs[np.sort(kept)[:most]].astype(np.int16)
    return strongest

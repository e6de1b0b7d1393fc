"""A seat of the organization seen as a person: a Mesa agent that reads and writes its row.

A worker has no state of its own. To let people do something that no mechanism does, subclass
``Worker``, override ``step`` in plain Python, and name the class in a scenario::

    class Curious(Worker):
        def step(self) -> None:
            for colleague in self.cell_mates:
                for d in np.flatnonzero(colleague.opening.beliefs):
                    if self.beliefs[d] == 0 and self.draw("asks", d) < 0.01:
                        self.adopt(d, colleague.opening.beliefs[d])

Steps are called after the week's work. So that the order of people cannot matter, read others
through ``opening`` (or what no step changes, such as places), write only your own row, and draw
through ``draw``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.acquaintance.ties import familiar, find
from sim.agents.mesa_base import Agent
from sim.arrays import ARRAYS
from sim.randomness import draw
from sim.tallies import ACTIVITIES

if TYPE_CHECKING:
    from sim.models.learning_organization import LearningOrganization
    from sim.organization import Organization


class _State:
    """A number of a person's own; what is written is kept within its range."""

    def __init__(self, low: float = 0.0, high: float = 1.0) -> None:
        self.low, self.high = low, high

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.__doc__ = f"{ARRAYS[name].meaning}; kept within {self.low:g} and {self.high:g}."

    def __get__(self, worker: Worker | None, owner: type | None = None) -> Any:
        if worker is None:
            return self
        return float(getattr(worker.organization, self.name)[worker.seat])

    def __set__(self, worker: Worker, value: float) -> None:
        if math.isnan(value):
            raise ValueError(f"{self.name} cannot be set to a value that is not a number")
        getattr(worker.organization, self.name)[worker.seat] = min(max(value, self.low), self.high)


class _Row:
    """A person's row of an array over dimensions: a view, so that writing into it counts."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.__doc__ = f"{ARRAYS[name].meaning}; array of shape (dimensions,)."

    def __get__(self, worker: Worker | None, owner: type | None = None) -> Any:
        if worker is None:
            return self
        return getattr(worker.organization, self.name)[worker.seat]

    def __set__(self, worker: Worker, value: ArrayLike) -> None:
        getattr(worker.organization, self.name)[worker.seat] = value


class _Place:
    """Where a person stands; it can be read only, because groups are listed elsewhere too."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.__doc__ = f"{ARRAYS[name].meaning}."

    def __get__(self, worker: Worker | None, owner: type | None = None) -> Any:
        if worker is None:
            return self
        return int(getattr(worker.organization, self.name)[worker.seat])

    def __set__(self, worker: Worker, value: object) -> None:
        raise AttributeError(f"{self.name} of a worker is changed by mechanisms and events only")


class Opening:
    """What can be seen of one seat as the period opened: read-only rows, and the code.

    ``beliefs`` and ``articulated`` have the shape (dimensions,), ``record_success`` and
    ``record_cases`` (blocks,), ``code`` (dimensions,). They stay those of this period.
    """

    def __init__(self, organization: Organization, seat: int) -> None:
        opening = organization.opening
        self.beliefs = _read_only(opening.beliefs[seat].copy())
        self.articulated = _read_only(opening.articulated[seat].copy())
        self.record_success = _read_only(opening.record_success[seat].copy())
        self.record_cases = _read_only(opening.record_cases[seat].copy())
        self.code = _read_only(opening.code.copy())


class Worker(Agent):
    """A seat seen as a person.

    Parameters
    ----------
    model
        The organization as a Mesa model.
    seat
        Which seat. People come and go on it; ``person`` says who sits there.
    """

    model: LearningOrganization

    self_efficacy = _State()
    fear = _State()
    belonging = _State()
    mindset = _State()
    learning_rate = _State()
    sociability = _State()
    dominance = _State()
    purpose = _State()
    voice = _State()
    ability = _State(low=0.2, high=math.inf)
    encouragement = _State(low=-1.0)

    beliefs = _Row()
    articulated = _Row()
    practice = _Row()

    home = _Place()
    unit = _Place()
    level = _Place()
    community = _Place()
    cell = _Place()
    tenure = _Place()
    person = _Place()

    def __init__(self, model: LearningOrganization, seat: int) -> None:
        super().__init__(model)
        self.seat = seat

    def step(self) -> None:
        """What this person does after the week's work; nothing, unless a subclass says so."""

    @property
    def organization(self) -> Organization:
        """The arrays, parameters and time that all workers share."""
        return self.model.organization

    @property
    def opening(self) -> Opening:
        """What others can see of this person until the period closes."""
        return Opening(self.organization, self.seat)

    def draw(self, decision: str, index: int = 0) -> float:
        """A uniform draw on [0, 1) for a decision of this person in this period.

        The same ``decision`` and ``index`` give the same number, whoever decided before; another
        number needs another name or index.
        """
        key = self.organization.key(f"worker: {decision}")
        return float(draw(key, self.organization.person[self.seat], index))

    @property
    def tacit_knowledge(self) -> NDArray[np.bool_]:
        """Dimensions on which this person holds a belief, right or wrong, and cannot explain it.

        Read-only array of shape (dimensions,). Assigning such an array makes exactly these
        beliefs tacit; it raises ValueError where there is no belief to hold.
        """
        return _read_only((self.beliefs != 0) & ~self.articulated)

    @tacit_knowledge.setter
    def tacit_knowledge(self, tacit: ArrayLike) -> None:
        self.articulated = (self.beliefs != 0) & ~self._among_held(tacit)

    @property
    def explicit_knowledge(self) -> NDArray[np.bool_]:
        """Dimensions on which this person holds a belief and can explain it; as for tacit."""
        return _read_only((self.beliefs != 0) & self.articulated)

    @explicit_knowledge.setter
    def explicit_knowledge(self, explicit: ArrayLike) -> None:
        self.articulated = self._among_held(explicit)

    def _among_held(self, chosen: ArrayLike) -> NDArray[np.bool_]:
        flags = np.broadcast_to(np.asarray(chosen, dtype=np.bool_), self.beliefs.shape)
        if np.any(flags & (self.beliefs == 0)):
            raise ValueError("there is no belief on some of these dimensions; see adopt()")
        return flags

    def adopt(self, dimension: int, value: int, *, articulated: bool = True) -> None:
        """Hold the belief ``value`` (-1, +1, or 0: none) from now on, in words or tacitly."""
        if value not in (-1, 0, 1):
            raise ValueError(f"a belief is -1, 0 or +1, not {value}")
        self.beliefs[dimension] = value
        self.articulated[dimension] = articulated and value != 0

    @property
    def knowledge(self) -> float:
        """Share of reality that this person believes rightly."""
        return float((self.beliefs == self.organization.reality).mean())

    @property
    def communities(self) -> tuple[int, ...]:
        """Communities of practice this person belongs to, the primary one first."""
        return (self.community,)

    @property
    def is_officer(self) -> bool:
        """Whether this person is the learning officer of their cell."""
        return bool(self.organization.officer[self.cell] == self.seat)

    @property
    def is_spanner(self) -> bool:
        """Whether this person is appointed to take part in other communities."""
        return bool(self.organization.spanner[self.seat])

    @property
    def manager(self) -> Worker | None:
        """The manager, or None at the top."""
        seat = self.organization.manager[self.seat]
        return None if seat < 0 else self.model.workers[seat]

    @property
    def cell_mates(self) -> list[Worker]:
        """The others of this person's cell, by seat."""
        organization, cell = self.organization, self.cell
        first, last = organization.cell_start[cell : cell + 2]
        seats = sorted(organization.cell_member[first:last].tolist())
        return [self.model.workers[seat] for seat in seats if seat != self.seat]

    @property
    def unit_mates(self) -> list[Worker]:
        """The others of this person's unit, by seat; its manager belongs to the unit above."""
        seats = np.flatnonzero(self.organization.unit == self.unit)
        return [self.model.workers[seat] for seat in seats if seat != self.seat]

    @property
    def contacts(self) -> list[Worker]:
        """Those this person has ever met and not yet dropped, in the order of meeting."""
        seats = self.organization.contact[self.seat]
        return [self.model.workers[seat] for seat in seats if seat >= 0]

    def familiarity_with(self, other: Worker) -> float:
        """How well this person knows ``other`` now, 0 (a stranger) to 1."""
        o = self.organization
        known = familiar(
            o.contact, o.familiarity, o.last_met, self.seat, other.seat, np.int64(o.period)
        )
        return float(known)

    def trust_in(self, other: Worker) -> float:
        """What this person expects of the other's work, 0 to 1; 0.5 of a stranger."""
        place = find(self.organization.contact, self.seat, other.seat)
        return 0.5 if place < 0 else float(self.organization.trust[self.seat, place])

    @property
    def hours(self) -> dict[str, float]:
        """How this week was spent: hours by activity."""
        spent = self.organization.hours[self.seat].tolist()
        return dict(zip(ACTIVITIES, spent, strict=True))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} on seat {self.seat}>"


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view

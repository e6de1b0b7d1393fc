"""The state of one organization: named arrays over seats, dimensions, contacts and groups.

Rules are kernels over these arrays; people are views onto their rows. A seat keeps its index for
the whole run; people come and go on it. ``sim.arrays`` lists them all.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.directories import MOST_WATCHED, addresses_of
from sim.arrays import ARRAYS, OPENING, B, D, K, P, Q
from sim.combination import check_combination
from sim.environments.landscape import landscape_sizes
from sim.learning.floor import floor_sizes
from sim.learning.models import TrainingParameters
from sim.learning.questions import question_sizes
from sim.mechanisms import LEARNING_AND_WORK, PERIOD, REFLECTION, WORLD, Mechanism
from sim.mechanisms.dialogue import client_blocks
from sim.mechanisms.requests import route_sizes
from sim.mechanisms.social_media import follows_of
from sim.networks import NetworkParameters, build_network, no_network, plan_of
from sim.opening import begin_week, take_opening
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.places.learning_tree import tree_sizes
from sim.places.membership import form_cells, form_communities
from sim.places.structure import StructureParameters, build_hierarchy
from sim.platform.opinions import MOST_ASKED
from sim.randomness import course, decision_number, key, keys
from sim.start import StartParameters, populate
from sim.state import OPENED, State
from sim.tallies import ACTIVITIES, TALLIES

if TYPE_CHECKING:
    from sim.scenario.people import People
    from sim.scenario.settings import Settings


class ValueParameters(Parameters):
    """What outcomes are worth: the user's numbers, in right requests; no rule reads them."""

    right: float = parameter(
        1.0, unit="requests' worth", bounds=(0, 1000), doc="A right request.", source="unit"
    )
    wrong: float = parameter(
        1.0, unit="requests' worth", bounds=(0, 1000), doc="Loss by a wrong one.", source=ASSUMPTION
    )
    refused: float = parameter(
        1.0, unit="requests' worth", bounds=(0, 1000), doc="Loss by a lost one.", source=ASSUMPTION
    )
    leaver: float = parameter(
        50.0,
        unit="requests' worth",
        bounds=(0, 10_000),
        doc="Cost of hiring for somebody who leaves, beyond the newcomer's slower work.",
        source=ASSUMPTION,
    )


class RunParameters(Parameters):
    """When a run ends."""

    stop: Literal["periods", "absorption"] = parameter(
        "periods",
        unit="rule",
        doc="periods: after as many as the scenario says; absorption: as soon as nothing can "
        "change any more, at the latest then (where people only learn from each other and a code).",
        source="March1991 (equilibrium)",
    )
    luck: int = parameter(
        0,
        unit="number",
        bounds=(0, 1_000_000),
        doc="Which course of events a seed takes: other numbers share world, people and network at "
        "the start, and no draw afterwards.",
        source="LazerFriedman2007, table B.1 (the same spaces and starts under every condition)",
    )


#: Sections of a scenario that describe the organization itself and not something that happens.
SECTIONS: dict[str, type[Parameters]] = {
    "start": StartParameters,
    "structure": StructureParameters,
    "training": TrainingParameters,
    "network": NetworkParameters,
    "value": ValueParameters,
    "run": RunParameters,
}

#: A person keeps at most this many contacts; the weakest makes room for a new one.
MOST_CONTACTS = 150


class Organization:
    """One organization in one world: its arrays, its parameters, and its place in time.

    Parameters
    ----------
    settings
        A validated scenario.
    seed
        Names the world; two organizations with one seed meet the same people and events.
    people
        An imported organization, whose people and ties then replace generated ones.

    Raises
    ------
    InputProblem
        When the settings cannot be combined (dimensions that are no multiple of the complexity).
    """

    def __init__(self, settings: Settings, seed: int = 0, people: People | None = None) -> None:
        self.settings = settings
        self.seed = np.uint64(seed)
        self.imported = people
        self.period: int = 0
        self.parameters: dict[str, Any] = {
            name: getattr(settings, name)
            for name in (*SECTIONS, *(m.name for m in PERIOD if m.name != "events"))
        }
        # Numbers of all decisions by name, and the keys they have in the period last asked about.
        self._numbers: dict[str, np.uint64] = {}
        self._places: dict[str, int] = {}
        self._all_numbers = np.empty(0, np.uint64)
        self._keys = self._all_numbers
        self._keys_of: tuple[np.uint64, int] = (self.seed, -1)
        self._keys_at: dict[tuple[np.uint64, str, int], np.uint64] = {}
        self._measure_sizes(settings, people)
        self.state = State.of_zeros(self.sizes)
        self._take_arrays()
        self.rule_author[:] = -1
        self.community_topic[:] = np.arange(self.communities)
        self.homes = 1
        self.units = 1
        self.cells = 1
        self.changes: list[Change] = []
        #: What has been worked out once and stands until the period closes (see ``meeting.kept``).
        self.kept: dict[str, Any] = {}
        off = set(settings.without)
        self.mechanisms = [
            mechanism.from_settings(settings) for mechanism in PERIOD if mechanism.name not in off
        ]
        self._parts = {part: self._acting(part) for part in (WORLD, LEARNING_AND_WORK, REFLECTION)}
        if "hours" in settings.without:
            self.learning_share[:] = 1.0  # nobody counts the hours: there is time for everything
        populate(self)
        build_hierarchy(self)
        form_communities(self)
        form_cells(self)
        self._tie_network(settings)
        for mechanism in self.mechanisms:
            mechanism.start(self)
        self.seed = np.uint64(course(self.seed, np.uint64(settings.run.luck)))
        self.open_period()

    def _measure_sizes(self, settings: Settings, people: People | None) -> None:
        """Lengths of all axes; people of an imported organization count themselves."""
        self.people = settings.people if people is None else len(people.ids)
        check_combination(settings, self.people)
        self.dimensions = settings.dimensions
        self.complexity = settings.environment.complexity
        self.blocks = self.dimensions // self.complexity
        self.communities = min(settings.communities.count, self.blocks, self.people)
        asked = settings.requests.topics
        self.topics = min(asked, self.blocks, self.people) if asked else self.communities
        most_cells = self.people // max(settings.cells.size, 1) + self.communities + 1
        self.sizes = {
            P: self.people,
            D: self.dimensions,
            B: self.blocks,
            K: min(MOST_CONTACTS, self.people),
            Q: settings.requests.queue_limit,
            "activities": len(ACTIVITIES),
            "tallies": len(TALLIES),
            "teams": self.people + 1,
            "roles": 2 * self.people,
            "communities": self.communities,
            "community_bounds": self.communities + 1,
            "cells": most_cells,
            "cell_bounds": most_cells + 1,
            **landscape_sizes(settings),
            "tie_bounds": self.people + 1,
            "ties": 0,
            "addresses": addresses_of(settings, self.people),
            "topics": self.topics,
            "client_blocks": client_blocks(settings, self.blocks),
            "follows": follows_of(settings),
            "one": 1,
            "two": 2,
            "seats_and_none": self.people + 1,
            "noted": 2 * follows_of(settings) + 1,
            "note": 3,
            "most_asked": MOST_ASKED,
            "reactions": 2,
            "happenings": 2 * self.people + 1,
            "seats_and_two": self.people + 2,
            "watched": MOST_WATCHED + 1,
            **question_sizes(self.people),
            **floor_sizes(self.people, self.complexity),
            **tree_sizes(most_cells),
            **route_sizes(self.people, self.topics),
        }

    def _take_arrays(self) -> None:
        """Name the arrays of the state, and those of the opening."""
        arrays = self.state.arrays
        for name in ARRAYS:
            vars(self)[name] = arrays[name]
        self.opening = SimpleNamespace(**{name: arrays[OPENED + name] for name in OPENING})

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ARRAYS:
            self.state.hold(name, value)
        object.__setattr__(self, name, value)

    def _tie_network(self, settings: Settings) -> None:
        """Build the network of ties, where the scenario has one."""
        if settings.network.kind == "none":
            return
        plan = plan_of(settings.network, self.people)
        start, tie, found = build_network(plan, self.cell, self.key("network", 0))
        if not found:
            raise no_network(settings.network)
        self.tie_start[:] = start
        self.tie = tie
        self.sizes["ties"] = len(tie)

    def key(self, decision: str, period: int | None = None) -> np.uint64:
        """The key of a decision in this period (or another), for ``draw`` inside kernels."""
        if period is not None:
            asked = (self.seed, decision, period)
            known = self._keys_at.get(asked)
            if known is None:
                number = self.number(decision)
                known = self._keys_at[asked] = np.uint64(key(self.seed, number, np.uint64(period)))
            return known
        if self._keys_of[1] != self.period or self._keys_of[0] is not self.seed:
            # All decisions known by now at once: a call for each costs more than the draws.
            self._name_keys()
        place = self._places.get(decision)
        if place is None:
            self.number(decision)
            self._name_keys()
            place = self._places[decision]
        found: np.uint64 = self._keys[place]
        return found

    def _name_keys(self) -> None:
        """Work out the keys of all decisions known by now, for this period."""
        if len(self._numbers) != len(self._all_numbers):
            self._all_numbers = np.array(list(self._numbers.values()), dtype=np.uint64)
            self._places = {name: place for place, name in enumerate(self._numbers)}
        self._keys = keys(self.seed, self._all_numbers, np.uint64(self.period))
        self._keys_of = self.seed, self.period

    def number(self, decision: str) -> np.uint64:
        """The 64-bit number of a decision's name."""
        known = self._numbers.get(decision)
        if known is None:
            known = self._numbers[decision] = decision_number(decision)
        return known

    def open_period(self) -> None:
        """Take the opening arrays: what others can see until the period closes."""
        take_opening(self.state)
        self.kept.clear()

    def has(self, mechanism: str) -> bool:
        """Whether a mechanism takes part in this run."""
        # A loop and no generator: asked often.
        for each in self.mechanisms:
            if each.name == mechanism:
                return True
        return False

    def step(self, after_work: Any = None) -> None:
        """Live through one period.

        ``after_work`` is called with the organization after learning and work, before people
        reflect on the week: the place of ``Worker.step``.
        """
        begin_week(self.state)
        self.kept.clear()
        for mechanism in self._parts[WORLD]:
            mechanism.apply(self)
        self.open_period()
        for mechanism in self._parts[LEARNING_AND_WORK]:
            mechanism.apply(self)
        if after_work is not None:
            after_work(self)
        for mechanism in self._parts[REFLECTION]:
            mechanism.apply(self)
        self.period += 1

    def _acting(self, part: tuple[type[Mechanism], ...]) -> list[Mechanism]:
        """The mechanisms of one part of the period that take part in this run, in order."""
        return [mechanism for mechanism in self.mechanisms if isinstance(mechanism, part)]

    def note_changes(self, people: NDArray[Any]) -> None:
        """Log the changes of the code that the trials of ``people`` (seats) now led to."""
        dimensions, truth = self.trial_dimension[people], self.trial_truth[people]
        rows = (people, dimensions, self.level[people], truth)
        for person, dimension, level, gain in zip(*[row.tolist() for row in rows], strict=True):
            self.changes.append(Change(self.period, dimension, person, level, gain))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All arrays by name (the arrays themselves, not copies)."""
        return {name: getattr(self, name) for name in ARRAYS}

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


class Change(NamedTuple):
    """One adopted change: when, what, by whom, and what it was truly worth."""

    week: int
    dimension: int
    person: int
    level: int
    gain: float

"""A study: scenarios, what is varied, how often each is run, and what is looked at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.scenario.loading import Scenario
from sim.studies.study.derived import Derived
from sim.studies.study.designs import Design, Points, unit_points
from sim.studies.study.factors import Factor
from sim.studies.study.points import Point, settings_with
from sim.studies.study.policy import Policy

if TYPE_CHECKING:
    from sim.scenario.settings import Settings

#: Independent seeds: which block of seeds, and which seed within it. Together 53 bits, so that a
#: seed stays what it is in a table that makes numbers of everything.
BLOCK_BITS, WITHIN_BITS = 32, 21


@dataclass(frozen=True)
class Replications:
    """How many runs of each scenario at each point: ``fixed``, or ``until`` intervals are narrow.

    ``until`` has the half-width of the 95 % interval to reach, by measure; ``of`` says whether of
    each mean or of the paired differences. Looked at after ``at_least`` runs and every ``batch``.
    """

    fixed: int | None = 30
    until: Mapping[str, float] = field(default_factory=dict)
    of: str = "mean"
    batch: int = 10
    at_least: int = 10
    at_most: int = 400


@dataclass(frozen=True)
class Study:
    """A study as loaded from its file.

    ``series`` is every how many periods the way of a run is kept, 0 for never. ``files`` has the
    text of the study file by its name. ``notes`` are things worth saying before it runs.
    ``policy`` says what a policy map of it shows, None where it makes none.
    """

    name: str
    title: str
    question: str
    expectation: str
    afterthought: str
    scenarios: tuple[Scenario, ...]
    factors: tuple[Factor, ...]
    design: Design
    points: Points
    replications: Replications
    first_seed: int
    pairing: str
    measures: tuple[str, ...]
    also: tuple[Derived, ...]
    series: int
    files: Mapping[str, str]
    notes: tuple[str, ...] = ()
    policy: Policy | None = None

    def settings_of(self, scenario_number: int, point: Point) -> Settings:
        """Settings of a scenario at a point.

        Raises
        ------
        InputProblem
            Where the settings refuse a value; ``load_study`` has tried every level.
        """
        return settings_with(self.scenarios[scenario_number].given, point.overrides)

    def seeds(self, point_number: int, scenario_number: int, first: int, count: int) -> list[int]:
        """Seeds of replications ``first`` to ``first + count - 1`` of a scenario at a point.

        With common random numbers the same everywhere. Independent ones depend on the scenario's
        name and the point's values, so they stay when points are added; two of 10,000 such cells
        share their seeds with a chance of about 1 %.
        """
        start = self.first_seed + first
        if self.pairing == "independent":
            values = self.points[point_number].values
            named = [self.scenarios[scenario_number].name, sorted(values.items())]
            digest = hashlib.blake2b(json.dumps(named).encode(), digest_size=BLOCK_BITS // 8)
            start += int.from_bytes(digest.digest(), "little") << WITHIN_BITS
        return list(range(start, start + count))

    def with_seeds(self, seeds: int) -> Study:
        """The study with so many runs of each scenario at each point, whatever its file says."""
        return replace(self, replications=Replications(seeds, of=self.replications.of))

    def unit_points(self) -> NDArray[np.float64] | None:
        """Places of the points on the unit cube, shape (points, factors), in their order.

        A point that the design comes back to stands there again. None where the design does not
        sample.
        """
        return unit_points(self.design, len(self.factors))

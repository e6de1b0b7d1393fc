"""An organization as a Mesa model: what Mesa, its tools and its users expect, over our arrays."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.agents.mesa_base import DataCollector, Model
from sim.agents.worker import Worker
from sim.errors import InputProblem, Problem
from sim.measures import MAIN_MEASURES, MEASURES
from sim.organization import Organization
from sim.scenario.changes import with_changes
from sim.scenario.loading import Scenario, load_scenario
from sim.scenario.plugins import worker_of
from sim.scenario.settings import Settings
from sim.scenario.wording import nearest

if TYPE_CHECKING:
    from sim.scenario.people import People


class LearningOrganization(Model):
    """One organization in one world, whose seats are agents.

    Parameters
    ----------
    settings
        A scenario: its name or file, or what ``load_scenario`` or ``Settings`` gave.
    seed
        Names the world. None takes one from the system, kept in ``seed``. (``mesa.batch_run`` of
        version 3.5 and later passes its argument ``rng`` here, and None without it.)
    imported
        An imported organization, whose people and ties replace generated ones.
    worker
        Class of the agents, or its name (``package.module:Class``). A scenario may name one too.
    allow_plugins
        Whether a class that is only named may be imported.
    measures
        Names of measures that ``datacollector`` notes at the end of each period.
    agent_reporters
        Attributes of workers that it notes too.
    kwargs
        Changes of the scenario: ``people=60``, ``cells__size=5`` or ``**{"cells.size": 5}``.

    Raises
    ------
    InputProblem
        When any of these is not as it must be.

    Notes
    -----
    ``running`` turns False at the end of the scenario's ``periods``; ``batch_run`` stops there,
    or after ``max_steps`` periods (after one more in Mesa 3.3, which also reports agents' values
    one period earlier than the model's).
    """

    def __init__(
        self,
        settings: str | Path | Scenario | Settings = "base",
        seed: int | None = 0,
        *,
        imported: People | None = None,
        worker: type[Worker] | str | None = None,
        allow_plugins: bool = False,
        measures: Sequence[str] = MAIN_MEASURES,
        agent_reporters: Sequence[str] = (),
        **kwargs: Any,  # SolaraViz looks for this very name
    ) -> None:
        # A reset in SolaraViz hands over Mesa's own record of model parameters.
        if not isinstance(kwargs.get("scenario"), str):
            kwargs.pop("scenario", None)
        if seed is None:
            seed = int(np.random.SeedSequence().generate_state(1, np.uint32)[0])
        if isinstance(worker, str):
            kwargs["worker"], worker = worker, None
        chosen = with_changes(_settings(settings), kwargs)
        _require_known(measures)
        people = worker or worker_of(chosen, allow_plugins) or Worker
        super().__init__(int(seed))
        self._show(Organization(chosen, int(seed), imported), people)
        self.datacollector = DataCollector(
            model_reporters={name: partial(_measured, name=name) for name in measures},
            agent_reporters={name: operator.attrgetter(name) for name in agent_reporters},
        )

    @classmethod
    def around(
        cls, organization: Organization, worker: type[Worker] = Worker
    ) -> LearningOrganization:
        """A model that shows an existing organization, and notes no measures."""
        model = cls.__new__(cls)
        Model.__init__(model, int(organization.seed))
        model._show(organization, worker)
        model.datacollector = DataCollector()
        return model

    def _show(self, organization: Organization, worker: type[Worker]) -> None:
        self.organization = organization
        #: All workers in the order of their seats.
        self.workers: tuple[Worker, ...] = tuple(
            worker(self, seat) for seat in range(organization.people)
        )
        self._workers_act = worker.step is not Worker.step

    @property
    def settings(self) -> Settings:
        """The settings it started from; events may have changed what holds now."""
        return self.organization.settings

    @property
    def seed(self) -> int:
        """The number that names the world."""
        return int(self.organization.seed)

    @property
    def period(self) -> int:
        """Periods lived through so far."""
        return self.organization.period

    def step(self) -> None:
        """Live through one period, then note measures."""
        self.organization.step(self.let_workers_act if self._workers_act else None)
        self.datacollector.collect(self)
        self.running = self.period < self.settings.periods

    def let_workers_act(self, organization: Organization | None = None) -> None:
        """Call ``step`` of every worker, in the order of seats."""
        for worker in self.workers:
            worker.step()


class CustomWork:
    """Workers' own steps for a run without a Mesa model: ``run(settings, seed, after_work=this)``.

    Views of an organization are built when it is first seen, and kept until another one is.
    """

    def __init__(self, worker: type[Worker]) -> None:
        self.worker = worker
        self._model: LearningOrganization | None = None

    def __call__(self, organization: Organization) -> None:
        if self._model is None or self._model.organization is not organization:
            self._model = LearningOrganization.around(organization, self.worker)
        self._model.let_workers_act()

    def __getstate__(self) -> dict[str, Any]:
        return {"worker": self.worker, "_model": None}


def after_work_hook(worker: type[Worker]) -> Callable[[Organization], None] | None:
    """What ``Organization.step`` is to call after work, None where workers do nothing then."""
    return None if worker.step is Worker.step else CustomWork(worker)


def _measured(model: LearningOrganization, name: str) -> float:
    return MEASURES[name].of(model.organization)


def _settings(given: str | Path | Scenario | Settings) -> Settings:
    if isinstance(given, str | Path):
        return load_scenario(given).settings
    return given.settings if isinstance(given, Scenario) else given


def _require_known(measures: Sequence[str]) -> None:
    problems = []
    for name in measures:
        if name not in MEASURES:
            near = nearest(name, MEASURES)
            remedy = f"Did you mean `{near}`?" if near else "See sim.measures.MEASURES."
            problems.append(Problem(f"there is no measure `{name}`", remedy))
    if problems:
        raise InputProblem(problems)

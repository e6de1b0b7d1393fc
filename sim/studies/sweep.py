"""A study from its plan to its table: runs that are missing are done, those that are there stay.

Runs are planned in rounds. With a fixed number of replications there is one; where a study goes on
until its intervals are narrow enough, each round adds a batch at the points that need it, decided
when all runs of the round before are in, in the order of their seeds. So neither the number of
processes nor an interruption can change what is run.
"""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sim.errors import InputProblem
from sim.kernel_sources import source_hash
from sim.measures import MEASURES
from sim.models.whole_run.batch import MEASURED
from sim.models.whole_run.scope import is_whole
from sim.scenario.plugins import plugin_hash, worker_of
from sim.studies.parcels import Cell, Outcome, do_cells
from sim.studies.pool import Pool
from sim.studies.statistics import enough
from sim.studies.store import Columns, Row, Store
from sim.studies.study import Derived, Factor, Point, Study, problems_at_points, settings_id

if TYPE_CHECKING:
    from sim.scenario.people import People
    from sim.scenario.settings import Settings

#: Seconds of work that one parcel should take, and runs that it has at most.
PARCEL_SECONDS, MOST_RUNS = 0.2, 250
#: Packages whose version can change a number.
DECISIVE = ("numba", "numpy")


@dataclass(frozen=True)
class Conditions:
    """What a study is run with besides its file.

    ``organization`` is the file of the imported ``people``, and ``people_hash`` its sha256;
    ``retry_failed`` says whether runs that failed are tried again.
    """

    organization: Path | None = None
    people: People | None = None
    people_hash: str = ""
    allow_plugins: bool = False
    retry_failed: bool = False

    @classmethod
    def of(
        cls, organization: Path | None, allow_plugins: bool = False, retry_failed: bool = False
    ) -> Conditions:
        """The conditions that a command names; raises InputProblem for a file that is none."""
        from sim.scenario.people import load_people

        if organization is None:
            return cls(allow_plugins=allow_plugins, retry_failed=retry_failed)
        people = load_people(organization)
        digest = hashlib.sha256(organization.read_bytes()).hexdigest()
        return cls(organization, people, digest, allow_plugins, retry_failed)


class Listener(Protocol):
    """Is told how a study goes on."""

    def at(self, done: int, total: int) -> None:
        """So many runs are done, of so many that are planned; these can become more."""

    def done(self, runs: int) -> None:
        """So many more are done."""

    def say(self, sentence: str) -> None:
        """Something worth saying happened."""


class Nobody:
    """A listener who shows nothing."""

    def at(self, done: int, total: int) -> None:
        pass

    def done(self, runs: int) -> None:
        pass

    def say(self, sentence: str) -> None:
        pass


@dataclass(frozen=True)
class Swept:
    """What a sweep leaves besides its folder.

    ``failed`` runs are rows with an error; ``capped`` numbers the points at which the replications
    ended at their cap, not because an interval was narrow enough.
    """

    runs: int
    new: int
    failed: int
    capped: tuple[int, ...]
    seconds: float


@dataclass
class Plan:
    """Which runs a study wants: ``counts`` replications at each point that it runs."""

    study: Study
    conditions: Conditions
    counts: dict[int, int] = field(default_factory=dict)
    _ids: dict[tuple[int, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        first = self.study.replications.fixed or self.study.replications.at_least
        self.counts = {point.number: first for point in self.study.points if runs_at(point)}

    def __iter__(self) -> Iterator[Row]:
        """All rows in the order of the design: point, scenario, seed."""
        for number, count in self.counts.items():
            point = self.study.points[number]
            for k, scenario in enumerate(self.study.scenarios):
                name = self.id_of(k, point)
                for seed in self.study.seeds(number, k, 0, count):
                    yield Row(name, seed, scenario.name, number, point.values)

    def id_of(self, scenario: int, point: Point) -> str:
        """The name of a cell's settings; cells that come to the same settings share their runs."""
        key = (scenario, point.number)
        if key not in self._ids:
            settings = self.study.settings_of(scenario, point)
            self._ids[key] = settings_id(settings, self.conditions.people_hash)
        return self._ids[key]


def runs_at(point: Point) -> bool:
    """Whether a point is run: one that the design comes back to is run where it stands first."""
    return point.cell == point.number


def sweep(
    study: Study,
    folder: Path,
    pool: Pool,
    conditions: Conditions | None = None,
    listener: Listener | None = None,
) -> Swept:
    """Do the runs of a study that its results folder does not have yet.

    Raises
    ------
    InputProblem
        When the folder cannot be used, or holds runs of another study; see ``Store``.
    """
    conditions, listener = conditions or Conditions(), listener or Nobody()
    began, new = time.perf_counter(), 0
    for scenario in study.scenarios:
        worker_of(scenario.settings, conditions.allow_plugins)
    if conditions.people is not None:
        # Loading the study could not know how many people there are.
        problems = problems_at_points(study, people=len(conditions.people))
        if problems:
            raise InputProblem(problems)
    plan = Plan(study, conditions)
    whole = all_whole(study, conditions)
    with Store.open(
        folder,
        signature(study, whole, conditions),
        columns(study, whole),
        lambda: plan,
        listener.say,
        more_seeds=study.replications.fixed is None,
        about={"title": study.title, "measures": list(study.measures)},
    ) as store:
        open_points = list(plan.counts)
        retry = conditions.retry_failed
        while True:
            counts = store.counts()
            listener.at(counts.done + (0 if retry else counts.failed), sum(counts))
            new += _do_round(store, study, whole, conditions, pool, listener, retry)
            retry = False
            if study.replications.fixed is not None:
                break
            open_points = [
                number for number in open_points if not is_enough(store, plan, study, number)
            ]
            growing = [n for n in open_points if plan.counts[n] < study.replications.at_most]
            if not growing:
                break
            rule = study.replications
            for number in growing:
                plan.counts[number] = min(plan.counts[number] + rule.batch, rule.at_most)
            store.plan(lambda: plan, more_seeds=True)
        store.finish()
        counts = store.counts()
    capped = () if study.replications.fixed is not None else tuple(open_points)
    return Swept(sum(counts), new, counts.failed, capped, time.perf_counter() - began)


def all_whole(study: Study, conditions: Conditions) -> bool:
    """Whether all of a study's runs can be run as a whole."""
    numbers = range(len(study.scenarios))
    return conditions.people is None and all(
        is_whole(study.settings_of(k, point)) for point in study.points for k in numbers
    )


def columns(study: Study, whole: bool) -> Columns:
    """The columns of a study's tables."""
    measures = tuple(MEASURED if whole else MEASURES)
    units = {name: MEASURES[name].unit for name in measures}
    units |= {factor.name: factor.unit for factor in study.factors}
    units |= {one.name: one.unit for one in study.also}
    return Columns(
        factors={factor.name: kind_of(factor) for factor in study.factors},
        measures=measures,
        also=tuple(one.name for one in study.also),
        units=units,
        series=study.series > 0,
    )


def kind_of(factor: Factor) -> str:
    """What kind of values a factor's column has."""
    if factor.levels is None:
        return "integer" if factor.is_whole else "number"
    kinds = {type(level) for level in factor.levels}
    if kinds == {bool}:
        return "boolean"
    if kinds == {int} and factor.is_whole:
        return "integer"
    return "number" if kinds <= {int, float} else "word"


def signature(study: Study, whole: bool, conditions: Conditions) -> dict[str, Any]:
    """What decides on a row besides settings and seed."""
    plugins = {
        scenario.name: plugin_hash(scenario.settings.worker)
        for scenario in study.scenarios
        if scenario.settings.worker
    }
    return {
        "rules": source_hash(),
        "packages": {name: version(name) for name in DECISIVE},
        "machine": platform.machine(),
        "runs": "as a whole" if whole else "week by week",
        "also": {one.name: told(one) for one in study.also},
        # Whether there are series at all is told by the columns.
        "series": study.series or 1,
        "plugins": plugins,
    }


def told(derived: Derived) -> str:
    """A number taken off the series, in the words of a study file."""
    given = {
        "mean_of": derived.mean_of,
        "first": derived.first,
        "from": derived.start,
        "to": derived.end,
        "above": derived.above,
        "below": derived.below,
    }
    return ", ".join(f"{name}: {value}" for name, value in given.items() if value not in ("", None))


def is_enough(store: Store, plan: Plan, study: Study, number: int) -> bool:
    """Whether all intervals asked for are narrow enough at a point, of all its runs so far."""
    point, count = study.points[number], plan.counts[number]
    rule = study.replications
    for measure, half_width in rule.until.items():
        values = [
            store.values(plan.id_of(k, point), measure, study.seeds(number, k, 0, count))
            for k in range(len(study.scenarios))
        ]
        if rule.of == "difference":
            values = [other - values[0] for other in values[1:]]
        if not all(enough(one, half_width) for one in values):
            return False
    return True


def _do_round(
    store: Store,
    study: Study,
    whole: bool,
    conditions: Conditions,
    pool: Pool,
    listener: Listener,
    retry: bool,
) -> int:
    """Do all runs of the present plan that are missing; gives how many that were."""
    work = _Parcels(study, whole, conditions)
    done = 0
    for number, outcomes in pool.stream(do_cells, work.of(store.missing(retry))):
        rows = work.given.pop(number)
        flat = [outcome for cell in outcomes for outcome in cell]
        for row, outcome in zip(rows, flat, strict=True):
            _keep(store, row, outcome)
        work.note(flat)
        done += len(rows)
        listener.done(len(rows))
    store.flush()
    return done


def _keep(store: Store, row: Row, outcome: Outcome) -> None:
    if outcome.run is None:
        store.fail(row, outcome.error, outcome.seconds, outcome.host)
        return
    run = outcome.run
    store.add(row, run.finals, (run.at, run.series), outcome.seconds, outcome.host)


class _Parcels:
    """Puts missing rows into parcels that take about as long as each other."""

    def __init__(self, study: Study, whole: bool, conditions: Conditions) -> None:
        self.study, self.whole, self.conditions = study, whole, conditions
        self.names = {scenario.name: k for k, scenario in enumerate(study.scenarios)}
        #: Rows of the parcels that are out, by the number of the parcel.
        self.given: dict[int, list[Row]] = {}
        self._size, self._seconds, self._runs = (8 if whole else 1), 0.0, 0

    def note(self, outcomes: Sequence[Outcome]) -> None:
        """Learn from a parcel that came back how many runs one should have."""
        self._seconds += sum(outcome.seconds for outcome in outcomes)
        self._runs += len(outcomes)
        fitting = PARCEL_SECONDS * self._runs / max(self._seconds, 1e-9)
        self._size = int(np.clip(fitting, 1, MOST_RUNS))

    def of(self, rows: Iterator[Row]) -> Iterator[list[Cell]]:
        """The rows as parcels."""
        number, parcel = 0, []
        for row in rows:
            parcel.append(row)
            if len(parcel) >= self._size:
                self.given[number] = parcel
                yield self._cells(parcel)
                number, parcel = number + 1, []
        if parcel:
            self.given[number] = parcel
            yield self._cells(parcel)

    def _cells(self, rows: Sequence[Row]) -> list[Cell]:
        """The cells of a parcel: rows in a row that differ in their seed."""
        together: list[tuple[Row, list[int]]] = []
        for row in rows:
            if together and together[-1][0].settings == row.settings:
                together[-1][1].append(row.seed)
            else:
                together.append((row, [row.seed]))
        return [self._cell(row, tuple(seeds)) for row, seeds in together]

    def _cell(self, row: Row, seeds: tuple[int, ...]) -> Cell:
        point = self.study.points[row.point]
        scenario = self.names[row.scenario]
        return cell_of(self.study, scenario, point, seeds, self.whole, self.conditions)


def cell_of(
    study: Study,
    scenario: int,
    point: Point,
    seeds: tuple[int, ...],
    whole: bool,
    conditions: Conditions,
) -> Cell:
    """Some runs of a scenario at a point."""
    settings = study.settings_of(scenario, point)
    return Cell(
        settings,
        seeds,
        whole,
        at=periods_kept(study, settings),
        also=study.also,
        people=conditions.people,
        allow_plugins=conditions.allow_plugins,
    )


def periods_kept(study: Study, settings: Settings) -> tuple[int, ...]:
    """The periods whose values a study keeps."""
    return tuple(range(study.series, settings.periods + 1, study.series)) if study.series else ()

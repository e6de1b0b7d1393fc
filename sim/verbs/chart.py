"""``chart``: one organization lived through to a week, drawn, and written as graph and table."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.table import Table

from sim.errors import InputProblem, Problem
from sim.models.learning_organization import after_work_hook
from sim.organization import Organization
from sim.scenario.loading import Scenario, load_scenario
from sim.scenario.origins import origins_of
from sim.scenario.people import People
from sim.scenario.plugins import worker_of
from sim.studies.results import (
    MANIFEST,
    manifest,
    spare_what_is_not_ours,
    table_hash,
    write_folder,
    write_json,
)
from sim.studies.runner import Task
from sim.studies.structure_history import History, Places, live_through, membership
from sim.verbs.terminal import (
    messages,
    organization_from,
    prepare,
    progress,
    results,
    where,
)

CHART, HISTORY = "chart", "history"
GRAPH, TABLE, TIES = "organization.graphml", "membership.csv", "ties.csv"
#: What the manifest of a chart says it is: ``rerun`` repeats measured runs only.
FORMAT = "learning-org chart"


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line."""

    scenario: str
    sets: list[str]
    seed: int
    week: int | None
    out: Path | None
    org: Path | None
    allow_plugins: bool

    @property
    def command(self) -> list[str]:
        """The command that gives the same, as one would type it."""
        words = ["chart", self.scenario, *(part for one in self.sets for part in ("--set", one))]
        words += ["--seed", str(self.seed)]
        words += [] if self.week is None else ["--week", str(self.week)]
        words += [] if self.org is None else ["--org", str(self.org)]
        return words + (["--allow-plugins"] if self.allow_plugins else [])

    def folder(self, scenario: Scenario) -> Path:
        """Where things go unless said otherwise: another folder for other settings or people."""
        if self.out is not None:
            return self.out
        name = f"chart-{scenario.name}".replace("/", "_")
        name += "" if self.week is None else f"-week{self.week}"
        name += "" if self.seed == 0 else f"-seed{self.seed}"
        if self.sets or self.org is not None:
            apart = repr((self.sets, self.org and self.org.resolve()))
            name += f"-{hashlib.blake2b(apart.encode(), digest_size=3).hexdigest()}"
        return Path("results") / name


def draw_chart(wanted: Wanted) -> None:
    """Load, live through, draw, write and print; see ``sim.cli``.

    Raises
    ------
    InputProblem
        When the scenario, the week or the folder is not as it must be.
    """
    scenario = load_scenario(wanted.scenario, sets=wanted.sets)
    settings = scenario.settings
    weeks = settings.periods if wanted.week is None else wanted.week
    if weeks > settings.periods:
        raise InputProblem(
            Problem(
                f"there is no week {weeks:,}: the scenario ends with week {settings.periods:,}",
                "Ask for an earlier one, or set a higher number of periods.",
                key="--week",
            )
        )
    people = organization_from(wanted.org)
    folder = wanted.folder(scenario)
    spare_what_is_not_ours(folder)
    worker = worker_of(settings, wanted.allow_plugins)
    origins = origins_of(scenario)
    prepare([Task(scenario.name, settings, wanted.seed, people, wanted.allow_plugins, origins)])
    after_work = None if worker is None else after_work_hook(worker)
    with progress("Living through", weeks) as bar:
        organization, history = live_through(
            settings, wanted.seed, weeks, people, after_work, lambda: bar.done(1)
        )
    places = history.at(weeks)
    drawn = (scenario, organization, history, places, people)
    write_folder(folder, lambda fresh: _fill(fresh, wanted, *drawn))
    _print(scenario, history, places, wanted.seed)
    messages.print(f"Chart, history, graph and tables: {where(folder)}", soft_wrap=True)


def _fill(
    folder: Path,
    wanted: Wanted,
    scenario: Scenario,
    organization: Organization,
    history: History,
    places: Places,
    people: People | None,
) -> None:
    from sim.pages.drawing import save_figure
    from sim.pages.structure.chart import chart_figure
    from sim.pages.structure.history import history_figure
    from sim.studies.structure_graph import (
        organization_graph,
        tree_of,
        write_graph,
        write_ties,
    )

    name = scenario.settings.title or scenario.name
    when = f"week {history.weeks:,}" if history.weeks else "the start"
    run = f"(seed {wanted.seed})"
    titled = f"{name}: who sits where at {when} {run}"
    save_figure(chart_figure(places, titled, tree_of(organization, places)), folder / CHART)
    save_figure(history_figure(history, f"{name}: history up to {when} {run}"), folder / HISTORY)
    ids = people.ids if people is not None else ()
    graph = organization_graph(organization, places, ids)
    write_graph(graph, folder / GRAPH)
    write_ties(graph, folder / TIES)
    table = membership(history, ids)
    table.to_csv(folder / TABLE, index=False, lineterminator="\n")
    hashes = {"membership": table_hash(history.table)}
    told = manifest(wanted.command, {scenario.name: scenario}, [wanted.seed], hashes, wanted.org)
    write_json(folder / MANIFEST, {**told, "format": FORMAT})


def _print(scenario: Scenario, history: History, places: Places, seed: int) -> None:
    settings = scenario.settings
    when = f"week {history.weeks:,} of {settings.periods:,}" if history.weeks else "at the start"
    results.print(
        f"{settings.title or scenario.name}: {when}, seed {seed}", style="bold", markup=False
    )
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column()
    for what, value in _rows(history, places):
        table.add_row(what, value)
    results.print(table)


def _rows(history: History, places: Places) -> list[tuple[str, str]]:
    none = "none"
    units, communities = places.groups("unit"), places.groups("community")
    cells, officers = places.groups("cell"), int(places.officer.sum())
    by_level = np.bincount(places.level)[::-1]
    levels = f"{places.levels} ({', '.join(f'{count:,}' for count in by_level)} from the top)"
    sizes = [len(places.members("cell", cell)) for cell in cells]
    of_size = ", ".join(f"{sizes.count(size):,} of {size}" for size in sorted(set(sizes)))
    moves, in_weeks = history.moves("cell"), len(history.reshuffles)
    return [
        ("People", f"{len(places):,}"),
        ("Levels", levels if units else none),
        ("Units", f"{len(units):,}" if units else none),
        ("Communities", f"{len(communities):,}" if communities else none),
        ("Cells", f"{len(cells):,} ({of_size})" if cells else none),
        ("Learning officers", f"{officers:,}" if officers else none),
        ("Changes of cell so far", f"{moves:,} in {in_weeks:,} reshuffles" if moves else none),
        ("Changes of manager so far", f"{history.moves('manager'):,}" if units else none),
    ]

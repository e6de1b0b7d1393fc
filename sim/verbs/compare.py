"""``compare``: two scenarios, one table, one sentence, one page."""

from __future__ import annotations

import hashlib
import shlex
from pathlib import Path
from typing import Any

from rich.table import Table

import sim
from sim.measures import SHORT_LIST
from sim.scenario.loading import Scenario, load_scenario
from sim.scenario.origins import origins_of
from sim.studies.comparison import Comparison, assumptions, compare, differing_settings
from sim.studies.pool import Pool
from sim.studies.results import (
    MANIFEST,
    manifest,
    spare_what_is_not_ours,
    table_hash,
    write_folder,
    write_json,
    write_ledger,
    write_tables,
)
from sim.studies.runner import Task
from sim.studies.statistics import measures_document
from sim.verbs.terminal import (
    messages,
    organization_from,
    prepare,
    print_json,
    progress,
    results,
    run_options,
    where,
)

FIGURE, PAGE = "comparison", "comparison.html"


def compare_scenarios(
    first: str,
    second: str,
    sets: list[str],
    seeds: int,
    pool: Pool,
    out: Path | None,
    org: Path | None,
    as_json: bool,
    allow_plugins: bool,
    every: bool,
) -> None:
    """Load, run, print and write; see ``sim.cli``."""
    scenarios = (load_scenario(first, sets=sets), load_scenario(second, sets=sets))
    people = organization_from(org)
    folder = out or Path("results") / _folder_name(scenarios, sets, org)
    spare_what_is_not_ours(folder)
    prepare([Task(each.name, each.settings, 0, origins=origins_of(each)) for each in scenarios])
    with progress("Comparing", 2 * seeds) as tell:
        comparison = compare(
            *scenarios,
            range(seeds),
            pool=pool,
            people=people,
            allow_plugins=allow_plugins,
            tell=tell,
        )
    command = ["compare", first, second, *run_options(sets, seeds, org, allow_plugins)]
    write_folder(folder, lambda fresh: _fill(fresh, comparison, command, pool, org))
    if as_json:
        print_json(
            {
                "scenarios": list(comparison.names),
                "seeds": seeds,
                "measures": measures_document(comparison.table),
            }
        )
    else:
        _print(comparison, every)
    messages.print(f"Page, figure, tables and manifest: {where(folder)}", soft_wrap=True)


def _folder_name(scenarios: tuple[Scenario, Scenario], sets: list[str], org: Path | None) -> str:
    """Where results go unless said otherwise; other settings or people, another folder."""
    name = "-".join(["compare", *(each.name for each in scenarios)]).replace("/", "_")
    if not sets and org is None:
        return name
    apart = hashlib.blake2b(repr((sets, org and org.resolve())).encode(), digest_size=3)
    return f"{name}-{apart.hexdigest()}"


def _print(comparison: Comparison, every: bool) -> None:
    from sim.pages.sentences import plain_sentence, table_rows

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("Measure")
    for column in (*comparison.titles, "Difference", "d"):
        table.add_column(column, justify="right")
    short = [name for name in SHORT_LIST if name in comparison.table.index]
    shown = comparison.table if every else comparison.table.loc[short]
    for row in table_rows(shown, comparison.measures, comparison.titles):
        table.add_row(*_cells(row))
    results.print(table)
    note = "Mean and 95 % interval; d: difference over the pooled standard deviation."
    results.print(note + ("" if every else " --all shows every measure."), style="dim")
    results.print()
    results.print(
        plain_sentence(
            comparison.table,
            comparison.measures,
            comparison.main,
            comparison.titles,
            comparison.length,
        ),
        style="bold",
    )


def _cells(row: Any) -> tuple[str, ...]:
    """A row of the table; intervals stand under their means, so that it fits 80 columns."""
    return (
        f"{row.label}\n[dim]{row.unit}[/dim]" if row.unit else row.label,
        f"{row.A}\n[dim]{row.A_interval}[/dim]",
        f"{row.B}\n[dim]{row.B_interval}[/dim]",
        f"{row.difference}\n[dim]{row.difference_interval}[/dim]",
        row.d,
    )


def _fill(
    folder: Path, comparison: Comparison, command: list[str], pool: Pool, org: Path | None
) -> None:
    """Write everything a comparison leaves behind into a fresh folder."""
    tables = {"runs": comparison.finals, "series": comparison.series}
    measured = comparison.table.rename_axis("measure").reset_index()
    write_tables(folder, {**tables, "comparison": measured})
    scenarios = dict(zip(comparison.names, comparison.scenarios, strict=True))
    hashes = {name: table_hash(each) for name, each in tables.items()}
    write_json(folder / MANIFEST, manifest(command, scenarios, comparison.seeds, hashes, org))
    write_ledger(folder / "ledger.json", comparison.seconds, pool)
    write_page(folder, comparison, command, sim.__version__)


def write_page(folder: Path, comparison: Comparison, command: list[str], version: str) -> None:
    """Write page and figure of a comparison; ``version`` is that of the program that ran it."""
    from sim.pages.comparison_page import ComparisonContent, HowToRepeat, comparison_page
    from sim.pages.drawing import save_figure
    from sim.pages.figures import comparison_figure

    figure = comparison_figure(
        comparison.series,
        *comparison.names,
        comparison.titles,
        comparison.measures,
        comparison.main,
    )
    save_figure(figure, folder / FIGURE)
    first, second = comparison.scenarios
    content = ComparisonContent(
        pair=comparison.names,
        titles=comparison.titles,
        table=comparison.table,
        series=comparison.series,
        measures=comparison.measures,
        headline=comparison.main,
        drawn=comparison.main,
        length=comparison.length,
        repeat=HowToRepeat(
            command=shlex.join(["python", "run.py", *command]),
            seeds=comparison.seeds,
            version=version,
            manifest=MANIFEST,
        ),
        settings=differing_settings(first, second),
        assumptions=assumptions(first),
        stories=(first.settings.story, second.settings.story),
    )
    (folder / PAGE).write_text(comparison_page(content), encoding="utf-8")

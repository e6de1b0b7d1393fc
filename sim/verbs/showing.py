"""The verbs that show: charts, pages, maps; they parse and delegate, as those of ``sim.cli``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.options import (
    Cluster,
    Fresh,
    Jobs,
    Json,
    Org,
    Out,
    Plugins,
    RetryFailed,
    ScenarioName,
    Seeds,
    Sets,
    StudyFile,
    pool_of,
)


def show_with(app: typer.Typer) -> None:
    """Add these verbs to a command line."""
    for verb in (chart_, explore_, workshop_, policy_, report_):
        app.command(name=verb.__name__.rstrip("_"))(verb)


def chart_(
    scenario: ScenarioName,
    week: Annotated[
        int | None,
        typer.Option(min=0, help="After how many weeks; 0: the start, none: the end.", metavar="N"),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Which world.", metavar="S")] = 0,
    sets: Sets = None,
    out: Out = None,
    org: Org = None,
    allow_plugins: Plugins = False,
) -> None:
    """Draw who sits where: hierarchy, communities, cells, officers, and all reshuffles so far."""
    from sim.verbs.chart import Wanted, draw_chart

    draw_chart(Wanted(scenario, sets or [], seed, week, out, org, allow_plugins))


def explore_(
    scenario: ScenarioName = "post_bureaucratic",
    sets: Sets = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 8765,
) -> None:
    """Serve a researcher's view of a scenario as it lives (extra: explore)."""
    from sim.verbs.explore import explore_scenario

    explore_scenario(scenario, sets or [], port)


def workshop_(
    scenarios: Annotated[
        tuple[str, str] | None,
        typer.Option(
            help="Two organizations of your own in place of departments and cells, with the "
            "titles, stories and questions of their files.",
            metavar="A B",
        ),
    ] = None,
    sets: Sets = None,
    seeds: Seeds = 30,
    jobs: Jobs = 0,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write this HTML file, and do not open it.")
    ] = None,
    org: Org = None,
    texts: Annotated[
        Path | None, typer.Option(help="Texts of the page in another language (YAML).")
    ] = None,
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser.")
    ] = True,
    serve: Annotated[
        bool, typer.Option("--serve", help="Open a live room on this machine: bets are counted.")
    ] = False,
    share: Annotated[
        bool, typer.Option("--share", help="Open it for the phones in the local network too.")
    ] = False,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port of the live room.")
    ] = None,
    address: Annotated[
        str, typer.Option(help="Which of this machine's addresses to share.", metavar="IP")
    ] = "",
    room: Annotated[
        str, typer.Option(help="Key of an earlier room, to open it again.", metavar="KEY")
    ] = "",
    allow_plugins: Plugins = False,
) -> None:
    """Make the workshop page: two organizations side by side, with questions to bet on."""
    from sim.verbs.workshop import Live, Wish, make_workshop

    live = Live(share, port, address, room) if serve or share else None
    pool = pool_of(jobs, "")
    named = (scenarios, sets or [], seeds, pool, out, org, texts, allow_plugins, open_page, live)
    make_workshop(Wish(*named))


def policy_(
    study: StudyFile,
    sets: Sets = None,
    seeds: Annotated[
        int | None,
        typer.Option(min=2, help="Runs of each tile, in place of the study's replications."),
    ] = None,
    jobs: Jobs = 0,
    cluster: Cluster = "",
    out: Out = None,
    org: Org = None,
    json: Json = False,
    texts: Annotated[
        Path | None, typer.Option(help="Texts of the page in another language (YAML).")
    ] = None,
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser.")
    ] = False,
    allow_plugins: Plugins = False,
    fresh: Fresh = False,
    retry_failed: RetryFailed = False,
) -> None:
    """Map policies: every combination of two factors, under each world, against the best."""
    from sim.verbs.policy import Wish, policy_map
    from sim.verbs.sweep import Asked

    pool = pool_of(jobs, cluster)
    asked = Asked(study, sets or [], pool, out, org, json, allow_plugins, fresh, retry_failed)
    if not policy_map(asked, Wish(seeds, texts, open_page)):
        raise typer.Exit(1)


def report_(
    folder: Annotated[
        Path,
        typer.Argument(
            help="A results folder of compare, sweep, sensitivity or policy.", metavar="FOLDER"
        ),
    ],
    texts: Annotated[
        Path | None, typer.Option(help="Texts of a policy page in another language (YAML).")
    ] = None,
    org: Org = None,
) -> None:
    """Make the pages of a finished results folder again, without running anything."""
    from sim.verbs.report import report_again

    report_again(folder, texts, org)

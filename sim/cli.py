"""The verbs of the command line: they parse, delegate, and say what happened.

Heavy imports stand inside the verbs, so that ``--help`` answers at once. Results go to standard
output, progress and messages to standard error. Exit codes: 0 done, 1 the model or a check failed,
2 the input was wrong.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

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
from sim.verbs.showing import show_with

app = typer.Typer(
    name="learning-org",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A laboratory for learning organizations: run, compare and describe scenarios.",
)

#: What Typer makes of Ctrl-C.
INTERRUPTED = 130


@app.command(name="compare")
def compare_(
    first: ScenarioName,
    second: ScenarioName,
    sets: Sets = None,
    seeds: Seeds = 20,
    jobs: Jobs = 0,
    cluster: Cluster = "",
    out: Out = None,
    org: Org = None,
    json: Json = False,
    every: Annotated[bool, typer.Option("--all", help="Show every measure.")] = False,
    allow_plugins: Plugins = False,
) -> None:
    """Compare two scenarios on the same people, world and requests, seed by seed."""
    from sim.verbs.compare import compare_scenarios

    compare_scenarios(
        first,
        second,
        sets or [],
        seeds,
        pool_of(jobs, cluster),
        out,
        org,
        json,
        allow_plugins,
        every,
    )


@app.command(name="run")
def run_(
    scenario: ScenarioName,
    sets: Sets = None,
    seeds: Seeds = 20,
    jobs: Jobs = 0,
    cluster: Cluster = "",
    out: Out = None,
    org: Org = None,
    json: Json = False,
    series: Annotated[
        bool, typer.Option("--series", help="Add means by period to the JSON document.")
    ] = False,
    figures: Annotated[
        Path | None,
        typer.Option(help="Folder for figures of measures over time (PNG, SVG).", metavar="DIR"),
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option(help="Measure that the figures show (repeatable); none: the main ones."),
    ] = None,
    allow_plugins: Plugins = False,
) -> None:
    """Run one scenario and say where it ends up, with intervals."""
    from sim.verbs.run import run_scenario

    pool = pool_of(jobs, cluster)
    run_scenario(
        *(scenario, sets or [], seeds, pool, out, org, json, series, allow_plugins),
        *(figures, measure or []),
    )


@app.command(name="sweep")
def sweep_(
    study: StudyFile,
    sets: Sets = None,
    jobs: Jobs = 0,
    cluster: Cluster = "",
    out: Out = None,
    org: Org = None,
    json: Json = False,
    allow_plugins: Plugins = False,
    fresh: Fresh = False,
    retry_failed: RetryFailed = False,
) -> None:
    """Run a study: scenarios, factors, replications. Goes on where it stopped, and extends."""
    from sim.verbs.sweep import Asked, sweep_study

    pool = pool_of(jobs, cluster)
    if not sweep_study(
        Asked(study, sets or [], pool, out, org, json, allow_plugins, fresh, retry_failed)
    ):
        raise typer.Exit(1)


@app.command(name="sensitivity")
def sensitivity_(
    study: StudyFile,
    method: Annotated[
        str | None,
        typer.Option(
            help="morris (few runs: which factors matter), sobol (shares of the variance) or pawn "
            "(whole distributions), in place of the study's design.",
            metavar="METHOD",
        ),
    ] = None,
    points: Annotated[
        int | None,
        typer.Option(
            min=2, help="Trajectories (morris), base points (sobol, a power of 2) or points (pawn)."
        ),
    ] = None,
    sets: Sets = None,
    jobs: Jobs = 0,
    cluster: Cluster = "",
    out: Out = None,
    org: Org = None,
    json: Json = False,
    allow_plugins: Plugins = False,
    fresh: Fresh = False,
    retry_failed: RetryFailed = False,
) -> None:
    """Say what the measures of a study depend on, and what cannot be told from noise."""
    from sim.verbs.sweep import Asked, study_sensitivity

    pool = pool_of(jobs, cluster)
    asked = Asked(study, sets or [], pool, out, org, json, allow_plugins, fresh, retry_failed)
    if not study_sensitivity(asked, method, points):
        raise typer.Exit(1)


@app.command(name="replicate")
def replicate_(
    model: Annotated[
        str | None,
        typer.Argument(help="A published model; none: list all.", metavar="[NAME]"),
    ] = None,
    figure: Annotated[
        str | None, typer.Option(help="Only this figure or table.", metavar="FIGURE")
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(min=2, help="Number of seeds a cell: 0 to N - 1.")
    ] = None,
    jobs: Jobs = 0,
    cluster: Cluster = "",
    out: Out = None,
    json: Json = False,
) -> None:
    """Run a published model's figures again and say, number by number, whether they come out."""
    from sim.verbs.replicate import list_models, replicate_model

    if model is None:
        list_models(json)
    elif not replicate_model(model, figure, seeds, pool_of(jobs, cluster), out, json):
        raise typer.Exit(1)


@app.command(name="rerun")
def rerun_(
    manifest: Annotated[
        Path, typer.Argument(help="A manifest, or its results folder.", metavar="MANIFEST")
    ],
    verify: Annotated[
        bool, typer.Option("--verify", help="End with 1 unless all tables are the same to the bit.")
    ] = False,
    run: Annotated[
        str | None,
        typer.Option(
            help="Only this run: its name in the table of a study, else SCENARIO:SEED.",
            metavar="ID",
        ),
    ] = None,
    debug: Annotated[
        bool, typer.Option("--debug", help="With --run: under Python's debugger.")
    ] = False,
    jobs: Jobs = 0,
    cluster: Cluster = "",
    out: Out = None,
    org: Org = None,
    json: Json = False,
    allow_plugins: Plugins = False,
) -> None:
    """Repeat what a manifest tells of, and compare it with what came out then."""
    from sim.verbs.rerun import rerun

    pool = pool_of(jobs, cluster)
    if not rerun(manifest, verify, run, debug, pool, out, org, json, allow_plugins):
        raise typer.Exit(1)


@app.command()
def describe(
    scenario: Annotated[
        str | None, typer.Argument(help="A scenario; none: list all.", metavar="[SCENARIO]")
    ] = None,
    sets: Sets = None,
    requirements: Annotated[
        bool, typer.Option("--requirements", help="What carries each requirement R1-R133.")
    ] = False,
    assumptions: Annotated[
        bool, typer.Option("--assumptions", help="Parameters whose value nobody has measured.")
    ] = False,
    measures: Annotated[bool, typer.Option("--measures", help="All measures.")] = False,
    json: Json = False,
) -> None:
    """Show a scenario's effective parameters with their sources, and what happens in a period."""
    from sim.verbs import describe as verb

    if requirements:
        verb.describe_requirements(json)
    elif measures:
        verb.describe_measures(json)
    elif scenario is None and not assumptions:
        verb.list_scenarios(json)
    else:
        verb.describe_scenario(scenario or "base", sets or [], assumptions, json)


@app.command()
def check(
    scenarios: Annotated[
        list[str], typer.Argument(help="Scenarios and studies to check.", metavar="FILE...")
    ],
    sets: Sets = None,
) -> None:
    """Check scenarios and studies: every problem, with file, line, key and remedy."""
    from sim.verbs.files import check_scenarios

    check_scenarios(scenarios, sets or [])


@app.command()
def schema(
    study: Annotated[
        bool, typer.Option("--study", help="The schema of study files, not of scenarios.")
    ] = False,
    out: Out = None,
) -> None:
    """Print the JSON Schema of scenarios, for editors that complete keys."""
    from sim.verbs.files import print_schema

    print_schema(out, study)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the scenario: scenarios/NAME.yaml.")],
    extends: Annotated[str, typer.Option(help="Scenario to start from.")] = "base",
) -> None:
    """Write a commented scenario to start from."""
    from sim.verbs.files import new_scenario

    new_scenario(name, extends)


@app.command(name="import-org")
def import_org(
    folder: Annotated[Path, typer.Argument(help="Folder with people.csv and edge lists.")],
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            help="Which column or file is what: id=person, level=grade, home=site, tenure=months, "
            "familiarity=advice.csv, order=director,manager,researcher (repeatable).",
            metavar="ROLE=NAME",
        ),
    ] = None,
    out: Out = None,
) -> None:
    """Read real people and their ties from CSV files, for --org."""
    from sim.verbs.files import import_organization

    import_organization(folder, mapping or [], out)


show_with(app)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; ends the process with its exit code."""
    from sim.errors import InputProblem

    try:
        result: Any = app(args=arguments, standalone_mode=False, prog_name="run.py")
    except InputProblem as wrong:
        for problem in wrong.problems:
            _say(f"error: {problem}")
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        result = INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        sys.exit(_explain(error))
    if result == INTERRUPTED:
        _say("stopped; nothing was left half-written")
        sys.exit(1)
    sys.exit(result if isinstance(result, int) else 0)


def _explain(error: Exception) -> int:
    """Say what went wrong, and give the exit code for it."""
    show = getattr(error, "show", None)
    if show is not None:  # typer's own complaint about the command's words
        show()
        return int(getattr(error, "exit_code", 2))
    code = getattr(error, "exit_code", None)
    if code is not None:
        return int(code)
    from sim.studies.runner import RunsFailed

    if isinstance(error, RunsFailed):
        _say(f"error: {error}")
        return 1
    if os.environ.get("LEARNING_ORG_DEBUG"):
        raise error
    _say(
        f"internal error: {type(error).__name__}: {error}\n"
        "This is a fault of the program. LEARNING_ORG_DEBUG=1 shows where it happened."
    )
    return 1


def _say(text: str) -> None:
    print(text, file=sys.stderr)

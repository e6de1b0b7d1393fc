"""Words and options that several verbs of the command line share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sim.studies.pool import Pool

ScenarioName = Annotated[
    str,
    typer.Argument(
        help="A scenario's name or file; NAME+worlds/turbulent lays another over it.",
        metavar="SCENARIO",
    ),
]
StudyFile = Annotated[str, typer.Argument(help="A study file (YAML).", metavar="STUDY")]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="Set the runs that are there aside, and begin again.")
]
RetryFailed = Annotated[bool, typer.Option("--retry-failed", help="Do runs that failed again.")]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="Set a parameter: key.path=value (repeatable).", metavar="KEY=VALUE"
    ),
]
Seeds = Annotated[int, typer.Option(min=1, help="Number of seeds: 0 to N - 1.")]
Jobs = Annotated[
    int, typer.Option(min=0, help="Processes; 0 for one a core. Results do not depend on it.")
]
Cluster = Annotated[
    str,
    typer.Option(
        "--cluster",
        help="Address of a Dask scheduler whose workers do the runs, such as tcp://127.0.0.1:8786.",
        metavar="ADDRESS",
    ),
]
Out = Annotated[Path | None, typer.Option("--out", help="Folder or file for the results.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Org = Annotated[
    Path | None, typer.Option("--org", help="File of an imported organization (import-org).")
]
Plugins = Annotated[
    bool,
    typer.Option("--allow-plugins", help="Run code that a scenario names (key worker)."),
]


def pool_of(jobs: int, cluster: str) -> Pool:
    """Where runs are done, by ``--jobs`` and ``--cluster``."""
    from sim.studies.machine import cores
    from sim.studies.pool import Pool

    return Pool(jobs or cores(), cluster)

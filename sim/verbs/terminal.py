"""Progress and messages on standard error; results alone go to standard output."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from sim import kernels
from sim.scenario.people import People, load_people
from sim.studies.runner import Outcome, Task, check_tasks, warm

if TYPE_CHECKING:
    from sim.scenario.settings import Settings

messages = Console(stderr=True, highlight=False)
results = Console(highlight=False)


@contextlib.contextmanager
def progress(label: str, total: int) -> Iterator[Callable[[Outcome], None]]:
    """Show runs done, rate and time left; gives the function to call with each outcome."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=messages, transient=True) as bar:
        task = bar.add_task(label, total=total, rate="")

        def tell(outcome: Outcome) -> None:
            speed = bar.tasks[0].speed
            bar.update(task, advance=1, rate=f"{speed:.1f} runs/s" if speed else "")

        yield tell


def prepare(tasks: Sequence[Task]) -> None:
    """Compile what the tasks need, if this machine has not done so yet, and show it.

    Raises InputProblem for tasks that cannot be done.
    """
    check_tasks(tasks)
    if not kernels.is_cold():
        return
    different: list[Settings] = []
    for task in tasks:
        if task.settings not in different:
            different.append(task.settings)
    compiled: set[str] = set()
    text = "Compiling the rules for this machine (once, about half a minute)"
    with messages.status(text) as status:

        def tell(kernel: str) -> None:
            compiled.add(kernel)
            status.update(f"{text}: {len(compiled)} kernels")

        if not messages.is_terminal:
            messages.print(f"{text} …")
        for settings in different:
            warm(settings, tell)


def organization_from(file: Path | None) -> People | None:
    """The imported organization that ``--org`` names."""
    return None if file is None else load_people(file)


def run_options(
    sets: Sequence[str], seeds: int, org: Path | None, allow_plugins: bool
) -> list[str]:
    """The options that a result depends on, as one would type them."""
    options = [part for one in sets for part in ("--set", one)]
    options += ["--seeds", str(seeds)]
    if org is not None:
        options += ["--org", str(org)]
    return options + (["--allow-plugins"] if allow_plugins else [])


def print_json(document: Any) -> None:
    """One JSON document on standard output, numbers that are none as null."""
    print(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))


def where(path: Path) -> str:
    """A path as one would type it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)

"""Progress and messages on standard error; results alone go to standard output."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
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
from sim.studies.runner import Outcome, Task, check_tasks
from sim.studies.warming import second_compiler, warm

if TYPE_CHECKING:
    from sim.scenario.settings import Settings

messages = Console(stderr=True, highlight=False)
results = Console(highlight=False)


class Bar:
    """A line on the terminal, or in a notebook, that says how far the runs are."""

    def __init__(self, shown: Progress, label: str, total: int) -> None:
        self._shown = shown
        self._task = shown.add_task(label, total=total or None, rate="")

    def __call__(self, outcome: Outcome) -> None:
        """Take note of the outcome of a run."""
        self.done(1)

    def at(self, done: int, total: int) -> None:
        """So many runs are done, of so many; the rate does not count them."""
        self._shown.reset(self._task, total=total, completed=done, rate="")

    def done(self, runs: int) -> None:
        """So many more runs are done."""
        speed = self._shown.tasks[0].speed
        self._shown.update(self._task, advance=runs, rate=f"{speed:.1f} runs/s" if speed else "")

    def say(self, sentence: str) -> None:
        """Say something above the line."""
        messages.print(sentence, soft_wrap=True)


@contextlib.contextmanager
def progress(label: str, total: int) -> Iterator[Bar]:
    """Show runs done, rate and time left; gives the bar, to be called with each outcome."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(
        *columns, console=messages, transient=True, disable=not _can_show(messages)
    ) as shown:
        yield Bar(shown, label, total)


def _can_show(console: Console) -> bool:
    """Whether a line can move there: on a terminal, and in a notebook that has widgets."""
    if console.is_jupyter:
        return find_spec("ipywidgets") is not None
    return console.is_terminal


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
    text = "Compiling the rules for this machine (once, at most half a minute)"
    with messages.status(text) as status:

        def tell(kernel: str) -> None:
            compiled.add(kernel)
            status.update(f"{text}: {len(compiled)} kernels")

        if not messages.is_terminal:
            messages.print(f"{text} …")
        with second_compiler(different):
            for settings in different:
                warm(settings, tell)
    kernels.note_warm()


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

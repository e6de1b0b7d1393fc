"""``check``, ``schema``, ``new`` and ``import-org``: verbs about files, which run nothing."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path

from sim.errors import InputProblem, Problem
from sim.scenario.finding import SUFFIXES, known_scenarios
from sim.scenario.loading import load_scenario
from sim.scenario.origins import origins_of
from sim.studies.whole_files import whole_file
from sim.verbs.terminal import messages, results, where


def check_scenarios(names: list[str], sets: list[str]) -> None:
    """Load each scenario or study; say what is wrong with any of them, all at once."""
    from sim.studies.runner import Task, check_tasks
    from sim.studies.study import is_study, load_study

    problems: list[Problem] = []
    for name in names:
        try:
            if is_study(name):
                study = load_study(name, sets)
                cells = len(study.points) * len(study.scenarios)
                results.print(f"{name}: in order (a study of {cells:,} cells)", soft_wrap=True)
                continue
            scenario = load_scenario(name, sets=sets)
            check_tasks([Task(name, scenario.settings, 0, origins=origins_of(scenario))])
        except InputProblem as wrong:
            problems += wrong.problems
        else:
            files = ", ".join(where(path) for path in scenario.files)
            results.print(f"{name}: in order ({files})", soft_wrap=True)
    if problems:
        raise InputProblem(list(dict.fromkeys(problems)))


def print_schema(out: Path | None, study: bool = False) -> None:
    """The JSON Schema of scenarios (of study files with ``study``), printed or in a file."""
    if study:
        from sim.studies.study import study_schema as schema
    else:
        from sim.scenario.schema import json_schema as schema

    text = json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    if out is None:
        sys.stdout.write(text)
    else:
        write_text(out, text)
        messages.print(f"Schema: {where(out)}", soft_wrap=True)


def new_scenario(name: str, extends: str) -> None:
    """Write a scenario to start from; never over one that is there."""
    from sim.scenario.starter import new_scenario_text

    is_file = name.endswith(SUFFIXES)
    path = Path(name) if is_file else Path("scenarios") / f"{name}.yaml"
    if not re.fullmatch(r"[\w./ -]+", name) or not re.match(r"\w", path.name):
        raise InputProblem(
            Problem(f"{name!r} cannot be the name of a scenario", "Use letters, digits, - and _.")
        )
    if not is_file and not path.exists() and name in known_scenarios():
        raise InputProblem(
            Problem(
                f"there is a scenario `{name}` already",
                "Choose another name, or name a file: it would stand in the other's place here.",
            )
        )
    if path.exists():
        raise InputProblem(
            Problem(
                f"{where(path)} is there already, and was left as it is", "Choose another name."
            )
        )
    write_text(path, new_scenario_text(path.stem, extends))
    again = shlex.join(["python", "run.py", "check", name])
    results.print(f"Wrote {where(path)}. Edit it, then: {again}", soft_wrap=True)


def import_organization(folder: Path, mapping: list[str], out: Path | None) -> None:
    """Read people and ties, say what was read and guessed, and write one file for ``--org``."""
    from sim.scenario.people import import_people, parse_mapping

    people, report = import_people(
        folder, parse_mapping(mapping), _ask if sys.stdin.isatty() else None
    )
    path = out or Path(f"{folder.resolve().name}.json")
    try:
        people.save(path)
    except OSError as error:
        raise InputProblem(
            Problem(f"cannot write {path}: {error.strerror}", "Name another file with --out.")
        ) from None
    for sentence in report:
        results.print(sentence, soft_wrap=True)
    command = f"python run.py compare A B --org {shlex.quote(where(path))}"
    results.print(f"Wrote {where(path)}. Now: {command}", soft_wrap=True)


def _ask(question: str, choices: list[str]) -> str:
    """Ask on the terminal until one of the choices is given."""
    from rich.prompt import Prompt

    return Prompt.ask(question, choices=choices, console=messages)


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    InputProblem
        When it cannot be written.
    """
    try:
        with whole_file(path) as file:
            file.write(text.encode())
    except OSError as error:
        raise InputProblem(
            Problem(f"cannot write {where(path)}: {error.strerror or error}", "Name another place.")
        ) from None

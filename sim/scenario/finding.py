"""From the name of a scenario to its file."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from sim.errors import InputProblem, Problem
from sim.scenario.marks import shown

PACKAGE = Path(__file__).resolve().parents[1]
SUFFIXES = (".yaml", ".yml")
LIST_COMMAND = "python run.py describe"


def split_name(name: str) -> tuple[str, tuple[str, ...]]:
    """Split ``bureaucratic+worlds/turbulent`` into a scenario and the overlays on top of it.

    An existing file whose name holds a plus stays whole. Raises InputProblem for an empty part.
    """
    if Path(name).suffix in SUFFIXES and Path(name).is_file():
        return name, ()
    first, *overlays = (part.strip() for part in name.split("+"))
    if not first or not all(overlays):
        raise InputProblem(
            Problem(
                f"`{shown(name)}` lacks the name of a scenario",
                "Write NAME or NAME+OVERLAY, such as bureaucratic+worlds/turbulent.",
            )
        )
    return first, tuple(overlays)


def scenario_folders() -> list[Path]:
    """Folders in which scenarios are looked up by name, in this order."""
    return [
        Path.cwd() / "scenarios",
        PACKAGE.parent / "scenarios",
        PACKAGE / "_scenarios",
        Path.cwd(),
    ]


def known_scenarios() -> dict[str, Path]:
    """All scenarios that can be named, with their files, sorted by name."""
    known: dict[str, Path] = {}
    for folder in scenario_folders()[:-1]:
        for path in folder.rglob("*") if folder.is_dir() else ():
            if path.suffix in SUFFIXES and path.is_file():
                known.setdefault(path.relative_to(folder).with_suffix("").as_posix(), path)
    return dict(sorted(known.items()))


def find_scenario(name: str | Path) -> Path:
    """File of the scenario ``name``: a path to a file, or a name such as ``worlds/turbulent``.

    Names are looked up in ``scenarios/`` of the working directory, in the scenarios that come with
    the program, and last in the working directory itself. Raises InputProblem, with the nearest
    names, where there is none.
    """
    path = _first_file(str(name), None)
    if path is None:
        raise InputProblem(missing_scenario(str(name)))
    return path


def find_extended(name: str, extending: Path) -> Path | None:
    """File that ``extends: name`` means in the file ``extending``, or None where there is none.

    Names are relative to that file first. A file that names itself means the next one found, so
    ``scenarios/base.yaml`` of a project may extend the ``base`` that comes with the program.
    """
    return _first_file(name, extending)


def _first_file(name: str, extending: Path | None) -> Path | None:
    itself = None
    for path in _candidates(name, extending):
        if not _is_file(path):
            continue
        if extending is None or path.resolve() != extending.resolve():
            return path
        itself = path
    return itself


def _candidates(name: str, extending: Path | None) -> Iterator[Path]:
    places = [] if extending is None else [extending.parent]
    suffixes: tuple[str, ...] = ("",) if Path(name).suffix in SUFFIXES else SUFFIXES
    if extending is None:
        yield Path(name)
    for folder in [*places, *scenario_folders()]:
        for suffix in suffixes:
            yield folder / f"{name}{suffix}"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long for the system, or with a NUL in it
        return False


def missing_scenario(name: str, file: str = "", line: int | None = None) -> Problem:
    """The problem that no scenario is called ``name``; ``file`` and ``line`` say who asked."""
    known = list(known_scenarios())
    last_parts = {entry.rsplit("/", 1)[-1]: entry for entry in known}
    wanted = name.removesuffix(".yaml").removesuffix(".yml")[:200]
    near = difflib.get_close_matches(wanted, known, n=3)
    near += [last_parts[part] for part in difflib.get_close_matches(wanted, last_parts, n=3)]
    names = ", ".join(f"`{entry}`" for entry in dict.fromkeys(near))
    remedy = f"Nearest names: {names}. " if names else ""
    key = "extends" if file else ""
    message = f"there is no scenario `{shown(name)}`"
    return Problem(message, f"{remedy}`{LIST_COMMAND}` lists all.", file, line, key)

"""Values that remember the file and line they came from, and how they are laid over each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.errors import Problem

#: Names and list positions from the top of a scenario down to a value.
KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Mark:
    """Where a value stands and how it is written.

    ``line`` is None for what was given on the command line. ``refused`` marks a place whose value
    was already reported, so that nothing more is said about it.
    """

    file: str
    line: int | None
    written: str = ""
    quoted: bool = False
    refused: bool = False


@dataclass(frozen=True)
class Marked:
    """A value with its mark; in mappings and lists, the values inside are ``Marked`` too."""

    value: Any
    mark: Mark


@dataclass
class Document:
    """One YAML text as read: its values, and every problem met. ``root`` is None if unreadable."""

    file: str
    text: str = ""
    root: Marked | None = None
    problems: list[Problem] = field(default_factory=list)

    def report(
        self, message: str, remedy: str = "", line: int | None = None, key: KeyPath = ()
    ) -> None:
        self.problems.append(Problem(message, remedy, self.file, line, key_text(key)))


def key_text(path: KeyPath) -> str:
    """Write a key path as people do: ``events[2].set.environment.turbulence``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else ("." if text else "") + shown(part)
    return text


def shown(text: object, longest: int = 60) -> str:
    """``text`` cut to a readable length, with invisible and control characters spelt out."""
    cut = str(text)[: longest + 1]
    visible = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in cut[:longest]
    )
    return visible + ("…" if len(cut) > longest else "")


def display_name(path: Path) -> str:
    """Name of a file in messages: relative to the working directory where it lies inside."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def plain(marked: Marked) -> Any:
    """The value without its marks."""
    if isinstance(marked.value, dict):
        return {name: plain(inner) for name, inner in marked.value.items()}
    if isinstance(marked.value, list):
        return [plain(inner) for inner in marked.value]
    return marked.value


def merge(below: Marked, above: Marked) -> Marked:
    """Lay ``above`` over ``below``: mappings are merged key by key, all else is replaced."""
    if not (isinstance(below.value, dict) and isinstance(above.value, dict)):
        return above
    merged = dict(below.value)
    for name, inner in above.value.items():
        merged[name] = merge(merged[name], inner) if name in merged else inner
    return Marked(merged, above.mark)


def walk_along(root: Marked, path: KeyPath) -> list[Marked]:
    """The values met on the way along ``path``, from ``root`` as far as the path exists."""
    met = [root]
    for part in path:
        inside = met[-1].value
        if isinstance(inside, dict):
            below = inside.get(part)
        elif isinstance(inside, list) and isinstance(part, int) and part < len(inside):
            below = inside[part]
        else:
            below = None
        if below is None:
            break
        met.append(below)
    return met

"""From the name of a scenario to validated settings, each knowing where its value comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from sim.errors import InputProblem, Problem
from sim.scenario.checking import MOST_PROBLEMS, check
from sim.scenario.finding import (
    SUFFIXES,
    find_extended,
    find_scenario,
    missing_scenario,
    split_name,
)
from sim.scenario.marks import Document, Marked, display_name, merge, plain, walk_along
from sim.scenario.overrides import OPTION, read_set
from sim.scenario.readings import spell_out
from sim.scenario.schema import Vocabulary, parameters_of, vocabulary
from sim.scenario.yaml_marks import read_file, read_text

if TYPE_CHECKING:
    from sim.scenario.settings import Settings

LONGEST_CHAIN = 32


@dataclass(frozen=True)
class Scenario:
    """One scenario as loaded.

    ``files`` are the files it was put together from, parents first, ``text`` what they hold, in
    the same order, and ``sets`` what the command line added. ``given`` are the merged values
    before defaults. ``origin`` says for each key path where its value comes from:
    ``scenarios/base.yaml:12``, ``--set`` or ``default``.
    """

    name: str
    settings: Settings
    files: tuple[Path, ...]
    text: tuple[str, ...]
    sets: tuple[str, ...]
    given: dict[str, Any]
    origin: dict[str, str]


def load_scenario(
    name: str | Path,
    *,
    overlays: Sequence[str] = (),
    sets: Sequence[str] = (),
    model: type[BaseModel] | None = None,
) -> Scenario:
    """Load a scenario: its parents, itself, then ``overlays``, then ``sets``, each over the last.

    ``name`` is a path or a name, and may carry overlays itself (``mine+worlds/turbulent``).
    Mappings are merged, all else is replaced. Each file counts once, at its first place, so an
    overlay that extends ``base`` does not bring the values of ``base`` back. Raises InputProblem
    with all problems found.
    """
    words = vocabulary(model)
    first, named_overlays = split_name(str(name))
    overlays = (*named_overlays, *overlays)
    stack = _Stack()
    for one in (first, *overlays):
        try:
            stack.add(find_scenario(one))
        except InputProblem as missing:
            stack.problems += missing.problems
    called = "+".join([_short(first), *(_short(overlay) for overlay in overlays)])
    return _assembled(called, stack, sets, words)


def scenario_of_texts(
    name: str, texts: Sequence[tuple[str, str]], *, sets: Sequence[str] = ()
) -> Scenario:
    """Put a scenario together again from what its files held: names and texts, parents first.

    Gives the ``Scenario`` that ``load_scenario`` gave when the files held that.

    Raises
    ------
    InputProblem
        Where a text is no scenario, or none for this version of the program.
    """
    stack = _Stack()
    for file, text in texts:
        stack.files.append(Path(file))
        stack.documents.append(read_text(file, text))
    return _assembled(name, stack, sets, vocabulary(None))


def _assembled(called: str, stack: _Stack, sets: Sequence[str], words: Vocabulary) -> Scenario:
    """The scenario of a stack of files, with ``sets`` on top."""
    options = [read_set(text) for text in sets]
    documents = stack.documents + options
    # All options are one layer, so that `rules` among them never undoes another of them.
    roots = [document.root for document in stack.documents] + [_together(options)]
    layers = [spell_out(_without_extends(root)) for root in roots if root is not None]
    problems = stack.problems + [one for document in documents for one in document.problems]
    settings: Any = None
    if layers:
        root = reduce(merge, layers)
        settings, found = check(root, words)
        problems += found
    if problems or settings is None:
        raise InputProblem(_at_most_listed(_in_reading_order(problems, documents)))
    return Scenario(
        name=called,
        settings=settings,
        files=tuple(stack.files),
        text=tuple(document.text for document in stack.documents),
        sets=tuple(sets),
        given=plain(root),
        origin=_origins(root, words.model),
    )


@dataclass
class _Stack:
    """The files of a scenario, parents before children, each once."""

    files: list[Path] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    seen: set[Path] = field(default_factory=set)

    def add(self, path: Path, children: tuple[Path, ...] = ()) -> None:
        """Add a file after all it extends; ``children`` are the files that led here."""
        if path.resolve() in self.seen:
            return
        self.seen.add(path.resolve())
        document = read_file(path)
        line, names = _extended(document)
        for name in names:
            self._add_parent(name, path, document, line, (*children, path))
        self.files.append(path)
        self.documents.append(document)

    def _add_parent(
        self, name: str, path: Path, document: Document, line: int | None, descent: tuple[Path, ...]
    ) -> None:
        parent = find_extended(name, path)
        if parent is None:
            document.problems.append(missing_scenario(name, document.file, line))
            return
        resolved = [one.resolve() for one in descent]
        if parent.resolve() in resolved:
            circle = [*descent[resolved.index(parent.resolve()) :], parent]
            document.report(
                "`extends` goes round in a circle: " + " → ".join(map(display_name, circle)),
                "Take one of these `extends` away.",
                line,
                ("extends",),
            )
        elif len(descent) >= LONGEST_CHAIN:
            document.report(
                f"more than {LONGEST_CHAIN} scenarios extend each other in a row",
                "Extend a nearer one.",
                line,
                ("extends",),
            )
        else:
            self.add(parent, descent)


def _extended(document: Document) -> tuple[int | None, list[str]]:
    """Line and names of a document's ``extends``; a wrong one is reported and names nothing."""
    given = document.root.value.get("extends") if document.root is not None else None
    if given is None or given.mark.refused:
        return None, []
    names = given.value if isinstance(given.value, list) else [given]
    if names and all(isinstance(one.value, str) and one.value.strip() for one in names):
        return given.mark.line, [one.value for one in names]
    if not any(one.mark.refused for one in names):
        document.report(
            "expected the name of a scenario, or a list of names",
            "Write for example `extends: base`.",
            given.mark.line,
            ("extends",),
        )
    return None, []


def _together(documents: list[Document]) -> Marked | None:
    roots = [document.root for document in documents if document.root is not None]
    return reduce(merge, roots) if roots else None


def _without_extends(root: Marked) -> Marked:
    values = {name: inner for name, inner in root.value.items() if name != "extends"}
    return Marked(values, root.mark)


def _in_reading_order(problems: list[Problem], documents: list[Document]) -> list[Problem]:
    """The scenario's own file before its parents, each from top to bottom."""
    files = [document.file for document in documents]
    files = [one for one in files[::-1] if not one.startswith(OPTION)] + files
    return sorted(
        dict.fromkeys(problems),
        key=lambda one: (files.index(one.file) if one.file in files else -1, one.line or 0),
    )


def _at_most_listed(problems: list[Problem]) -> list[Problem]:
    more = len(problems) - MOST_PROBLEMS
    if more <= 0:
        return problems
    rest = Problem(f"{more} or more problems follow", "Mend these first.")
    return [*problems[:MOST_PROBLEMS], rest]


def _origins(root: Marked, model: type[BaseModel]) -> dict[str, str]:
    origins = {}
    for path, _ in parameters_of(model):
        met = walk_along(root, path)
        mark = met[-1].mark
        if len(met) <= len(path):
            origin = "default"
        else:
            origin = OPTION if mark.line is None else f"{mark.file}:{mark.line}"
        origins[".".join(path)] = origin
    return origins


def _short(name: str) -> str:
    """What a scenario is called in results: its name, or its file's name without the folder."""
    return Path(name).stem if Path(name).suffix in SUFFIXES else name

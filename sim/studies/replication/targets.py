"""Published numbers as targets: which there are, and what each asks to be run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim.errors import InputProblem, Problem
from sim.scenario.marks import Marked, shown
from sim.scenario.wording import listed, nearest
from sim.scenario.yaml_marks import read_file

PACKAGE = Path(__file__).resolve().parents[2]
LIST_COMMAND = "python run.py replicate"


@dataclass(frozen=True)
class Request:
    """Runs to do and what to read off them.

    ``given`` are settings by key path over ``scenario``, each with its mark. ``periods`` are those
    at which ``measure`` is read, None for the end of the run. ``place`` is where this was asked.
    """

    scenario: str
    given: Mapping[str, Marked]
    measure: str
    periods: tuple[int, ...] | None
    seeds: int
    place: Problem


@dataclass(frozen=True)
class Expected:
    """A published value.

    ``half_width`` is of its 95 % interval, None where it is not known; ``runs`` may stand for it.
    ``unit`` is one unit of the value's last printed digit.
    """

    value: float
    half_width: float | None = None
    runs: int | None = None
    unit: float = 0.0
    half_width_unit: float = 0.0
    basis: str = ""


@dataclass(frozen=True)
class Cell:
    """One cell of a published figure or table."""

    row: str
    column: str
    request: Request
    expected: Expected | None
    judged: bool


@dataclass(frozen=True)
class Shape:
    """A statement about the order of cells, given by their positions among the figure's cells.

    ``order`` is -1 for descending, +1 for ascending, 0 for equal.
    """

    says: str
    order: int
    cells: tuple[int, ...]
    judged: bool


@dataclass(frozen=True)
class Contest:
    """How often, per 1000 seeds, one condition ends above another; ``judged`` one by one."""

    row: str
    column: str
    expected: Expected
    judged: bool


@dataclass(frozen=True)
class Crossing:
    """Two mean curves, and the period at which the first comes to lie above the second."""

    rising: Request
    other: Request
    expected: Expected
    judged: bool


@dataclass(frozen=True)
class Target:
    """One published figure or table.

    ``columns`` are the headings. ``key`` is the setting that varies over them, and ``values`` what
    it is, where they are numbers. ``cells`` go row by row.
    """

    name: str
    title: str
    note: str
    key: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[float, ...] | None
    cells: tuple[Cell, ...] = ()
    shapes: tuple[Shape, ...] = ()
    conditions: Mapping[str, Request] = field(default_factory=dict)
    contests: tuple[Contest, ...] = ()
    crossing: Crossing | None = None

    @property
    def numbers(self) -> int:
        """How many numbers are expected."""
        known = sum(cell.expected is not None for cell in self.cells)
        return known + len(self.contests) + (self.crossing is not None)

    @property
    def requests(self) -> list[Request]:
        """All runs that this figure needs."""
        curves = [self.crossing.rising, self.crossing.other] if self.crossing else []
        return [cell.request for cell in self.cells] + [*self.conditions.values()] + curves


@dataclass(frozen=True)
class Model:
    """A published model with the figures and tables that are to come out."""

    name: str
    title: str
    source: str
    targets: tuple[Target, ...]
    file: Path
    text: str

    def only(self, figure: str) -> Model:
        """The model with one figure; InputProblem where there is none of that name."""
        names = [target.name for target in self.targets]
        if figure not in names:
            near = nearest(figure, names)
            remedy = f"Did you mean `{near}`?" if near else f"There are: {listed(names)}."
            raise InputProblem(
                Problem(f"{self.name} has no figure `{shown(figure)}`", remedy, key="--figure")
            )
        chosen = tuple(target for target in self.targets if target.name == figure)
        return Model(self.name, self.title, self.source, chosen, self.file, self.text)


def folders() -> list[Path]:
    """Folders in which targets are looked up, in this order."""
    return [
        Path.cwd() / "experiments" / "classics",
        PACKAGE.parent / "experiments" / "classics",
        PACKAGE / "_replications",
    ]


def known_models() -> dict[str, Path]:
    """The files of all models that can be replicated, sorted by name."""
    known: dict[str, Path] = {}
    for folder in folders():
        for path in folder.glob("*.yaml") if folder.is_dir() else ():
            known.setdefault(path.stem, path)
    return dict(sorted(known.items()))


def find_model(name: str) -> Path:
    """The file of the model ``name``, or the file that it names itself.

    Raises
    ------
    InputProblem
        Where there is none, with the nearest name.
    """
    if Path(name).suffix in (".yaml", ".yml") and Path(name).is_file():
        return Path(name)
    known = known_models()
    if name not in known:
        near = nearest(name, known)
        remedy = f"Did you mean `{near}`? " if near else f"There are: {listed(known)}. "
        raise InputProblem(
            Problem(f"no model is called `{shown(name)}`", f"{remedy}`{LIST_COMMAND}` lists all.")
        )
    return known[name]


def load_model(path: Path) -> Model:
    """Read a file of targets.

    Raises
    ------
    InputProblem
        With every problem found, each with its file, line and key.
    """
    from sim.studies.replication.reading import Reading

    document = read_file(path)
    if document.root is None:
        raise InputProblem(document.problems)
    reading = Reading(document)
    targets = reading.targets()
    problems = sorted(document.problems, key=lambda one: one.line or 0)
    if problems:
        raise InputProblem(problems)
    form = reading.form
    return Model(form.model, form.title, form.source, tuple(targets), path, document.text)

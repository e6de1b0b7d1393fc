"""From a file of published numbers to targets: what it asks for, and every slip in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sim.errors import Problem
from sim.scenario.checking import check
from sim.scenario.marks import Document, KeyPath, Marked, key_text, plain, shown, walk_along
from sim.scenario.schema import vocabulary
from sim.scenario.wording import listed, nearest
from sim.studies.replication import form
from sim.studies.replication.pairs import conditions_of, contests_of, crossing_of, unit_of
from sim.studies.replication.targets import Cell, Expected, Request, Shape, Target

END = "end"
ORDERS = {"descending": -1, "ascending": 1, "equal": 0}


@dataclass
class Reading:
    """Reads one document; what is wrong goes to the document's problems."""

    document: Document

    def __post_init__(self) -> None:
        self.root = _columns_apart(self.document.root)
        self._known_keys()
        checked, problems = check(self.root, vocabulary(form.Form))
        self.document.problems += problems
        self._checked: Any = checked

    @property
    def form(self) -> form.Form:
        """The checked file; only to be asked for where there are no problems."""
        return self._checked

    def targets(self) -> list[Target]:
        """The figures of the file, or as many as could be read."""
        if self._checked is None:
            return []
        names = [figure.name for figure in self.form.figures]
        self.name_once(names, ("figures",), "figures", "name")
        return [
            FigureReading(self, figure, ("figures", number)).target()
            for number, figure in enumerate(self.form.figures)
        ]

    def at(self, path: KeyPath) -> Marked:
        """The value at a path, or the nearest above it."""
        return walk_along(self.root, path)[-1]

    def report(self, message: str, remedy: str, path: KeyPath) -> None:
        self.document.report(message, remedy, self.at(path).mark.line, path)

    def place(self, path: KeyPath) -> Problem:
        """Where something stands, as a problem whose message is still to be said."""
        return Problem("", "", self.document.file, self.at(path).mark.line, key_text(path))

    def given(self, path: KeyPath) -> dict[str, Marked]:
        """What the entry at ``path`` sets, with marks."""
        found = self.at(path).value
        inner = found.get("set") if isinstance(found, dict) else None
        return dict(inner.value) if inner is not None else {}

    def index(self, wanted: Any, known: Sequence[Any], thing: str, path: KeyPath) -> int:
        """Position of a name among those known; 0 where there is none, which is reported."""
        if wanted in known:
            return known.index(wanted)
        names = [str(one) for one in known]
        near = nearest(str(wanted), names)
        remedy = f"Did you mean `{near}`?" if near else f"There are: {listed(names)}."
        self.report(f"there is no {thing} `{shown(wanted)}`", remedy, path)
        return 0

    def name_once(self, names: Sequence[str], path: KeyPath, things: str, key: str) -> None:
        """Report names that stand twice."""
        for number, name in enumerate(names):
            if name in names[:number]:
                message = f"two {things} have the {key} `{shown(name)}`"
                self.report(message, "Name them differently.", (*path, number, key))

    def _known_keys(self) -> None:
        """Report unknown keys at the top: the words for scenarios would mislead there."""
        known = list(form.Form.model_fields)
        for name in [name for name in self.root.value if name not in known]:
            near = nearest(name, known)
            remedy = f"Did you mean `{near}`?" if near else f"Known here: {listed(known)}."
            self.report(f"there is no key `{shown(name)}` here", remedy, (name,))
        values = {name: inner for name, inner in self.root.value.items() if name in known}
        self.root = Marked(values, self.root.mark)


def _columns_apart(root: Marked | None) -> Marked:
    """The document with each list under ``across`` called ``columns``: one key, one kind."""
    assert root is not None
    figures = root.value.get("figures")
    if figures is None or not isinstance(figures.value, list):
        return root
    renamed = []
    for figure in figures.value:
        values = figure.value
        if isinstance(values, dict) and "across" in values:
            key = "columns" if isinstance(values["across"].value, list) else "across"
            values = {key if name == "across" else name: one for name, one in values.items()}
        renamed.append(Marked(values, figure.mark))
    return Marked({**root.value, "figures": Marked(renamed, figures.mark)}, root.mark)


@dataclass
class FigureReading:
    """Reads one figure: ``path`` leads to it."""

    file: Reading
    figure: form.Figure
    path: KeyPath

    def target(self) -> Target:
        figure = self.figure
        kinds = [bool(figure.rows), figure.contests is not None, figure.crossing is not None]
        if sum(kinds) != 1:
            message = f"`{shown(figure.name)}` needs one of rows, contests and crossing"
            self.file.report(message, "Give exactly one of them.", self.path)
        values = [place for place, _ in self.columns]
        notes = [figure.note, *(f"{row.label}: {row.note}" for row in figure.rows if row.note)]
        return Target(
            name=figure.name,
            title=figure.title,
            note="\n".join(note.strip() for note in notes if note.strip()),
            key=next(iter(figure.across)) if figure.across else "",
            rows=tuple(row.label for row in figure.rows),
            columns=self.headings,
            values=tuple(map(float, values)) if values and all(map(_is_number, values)) else None,
            cells=tuple(self._cells()),
            shapes=tuple(self._shapes()),
            conditions=conditions_of(self.file, figure, self.path),
            contests=tuple(contests_of(self.file, figure, self.path)),
            crossing=crossing_of(self.file, figure, self.path),
        )

    # --- columns and rows ---------------------------------------------------------------------

    @cached_property
    def columns(self) -> list[tuple[Any, dict[str, Marked]]]:
        """For each column its value or label, and what it sets."""
        figure = self.figure
        if figure.across is not None:
            return self._values_of(figure.across, (*self.path, "across"))
        if not figure.columns:
            return [("", {})]
        path = (*self.path, "columns")
        labels = [column.label for column in figure.columns]
        self.file.name_once(labels, path, "columns", "label")
        return [
            (column.label, self.file.given((*path, number)))
            for number, column in enumerate(figure.columns)
        ]

    @cached_property
    def headings(self) -> tuple[str, ...]:
        path = (*self.path, "across")
        if not self.figure.across:
            return tuple(label for label, _ in self.columns)
        key = next(iter(self.figure.across))
        marks = [self.file.at((*path, key, k)).mark for k in range(len(self.columns))]
        return tuple(mark.written for mark in marks)

    def _values_of(
        self, across: Mapping[str, Sequence[Any]], path: KeyPath
    ) -> list[tuple[Any, dict[str, Marked]]]:
        if len(across) != 1 or not next(iter(across.values())):
            message = "`across` has one key, with the values it takes"
            self.file.report(message, "Such as {socialization.rate: [0.1, 0.2]}.", path)
            return [("", {})]
        ((key, values),) = across.items()
        return [
            (value, {key: self.file.at((*path, key, number))})
            for number, value in enumerate(values)
        ]

    def _cells(self) -> Iterator[Cell]:
        path = (*self.path, "rows")
        self.file.name_once([row.label for row in self.figure.rows], path, "rows", "label")
        for number, row in enumerate(self.figure.rows):
            yield from self._row(row, (*path, number))

    def _row(self, row: form.Row, path: KeyPath) -> Iterator[Cell]:
        columns = self.columns
        if row.across is not None:
            columns = self._values_of(row.across, (*path, "across"))
            if len(columns) != len(self.columns):
                self.file.report(
                    f"{len(columns)} values for {len(self.columns)} columns",
                    "Give one for each column of the figure.",
                    (*path, "across"),
                )
                return
        expected = self._expected(row, path, len(columns))
        for number, (_, given) in enumerate(columns):
            yield Cell(
                row.label,
                self.headings[number],
                self._request(row, number, given, path),
                expected[number],
                row.judged,
            )

    def _request(
        self, row: form.Row, number: int, given: Mapping[str, Marked], path: KeyPath
    ) -> Request:
        figure = self.figure
        column = figure.columns[number] if figure.columns else None
        for key in ("measure", "time"):
            if getattr(row, key) and column is not None and getattr(column, key):
                message = f"both row and column say which {key}"
                self.file.report(message, "Let one of them say it.", (*path, key))
        given = {**self.file.given(self.path), **self.file.given(path), **given}
        time: Any = row.time if row.time is not None else figure.time
        time = column.time if column is not None and column.time is not None else time
        if "time" in given:
            time = plain(given.pop("time"))
        measure = (column.measure if column else "") or row.measure or figure.measure
        if not measure:
            self.file.report("`measure` is missing", "Say what is measured.", path)
        return Request(
            row.scenario or figure.scenario,
            given,
            measure,
            self._periods(time, path),
            row.seeds or figure.seeds,
            self.file.place(path),
        )

    def _periods(self, time: Any, path: KeyPath) -> tuple[int, ...] | None:
        if time is None or time == END:
            return None
        span = time if isinstance(time, list) else [time, time]
        whole = all(isinstance(one, int) and not isinstance(one, bool) for one in span)
        if not whole or len(span) != 2 or not 0 <= span[0] <= span[1]:
            message = f"{time} is no time at which to measure"
            self.file.report(message, f"Write {END}, a period, or [from, to].", path)
            return None
        return tuple(range(span[0], span[1] + 1))

    # --- what is expected ---------------------------------------------------------------------

    def _expected(self, row: form.Row, path: KeyPath, columns: int) -> list[Expected | None]:
        values = self._one_each(row.expected, (*path, "expected"), columns)
        widths = self._one_each(row.half_width, (*path, "half_width"), columns)
        if row.half_width is not None and row.runs is not None:
            message = "half_width and runs both say how uncertain the values are"
            self.file.report(message, "Give one of them.", (*path, "runs"))
        runs = row.runs or (self.figure.runs if row.half_width is None else None)
        basis = row.basis or self.figure.basis
        return [
            None
            if value is None
            else Expected(value, width, runs, unit_of(written), unit_of(width_written), basis)
            for (value, written), (width, width_written) in zip(values, widths, strict=True)
        ]

    def _one_each(
        self, given: float | list[float | None] | None, path: KeyPath, columns: int
    ) -> list[tuple[float | None, str]]:
        """Values with what is written in the file, one for each column."""
        if not isinstance(given, list):
            if given is not None and columns != 1 and path[-1] == "expected":
                self.file.report(f"one value for {columns} columns", "Give a list.", path)
            return [(given, self.file.at(path).mark.written)] * columns
        if len(given) != columns:
            message = f"{len(given)} values for {columns} columns"
            self.file.report(message, "Give one for each column, null for none.", path)
            return [(None, "")] * columns
        return [
            (value, self.file.at((*path, number)).mark.written)
            for number, value in enumerate(given)
        ]

    # --- order --------------------------------------------------------------------------------

    def _shapes(self) -> Iterator[Shape]:
        for number, shape in enumerate(self.figure.shapes):
            path = (*self.path, "shapes", number)
            said = [name for name in ORDERS if getattr(shape, name)]
            cells = [place for name in said for place in self._positions(shape, name, path)]
            if len(said) == 1 and len(cells) > 1:
                yield Shape(shape.says, ORDERS[said[0]], tuple(cells), shape.judged)
            else:
                message = "a statement orders two cells or more"
                self.file.report(message, f"Give one of {listed(ORDERS)}, with two cells.", path)

    def _positions(self, shape: form.Shape, order: str, path: KeyPath) -> Iterator[int]:
        """Numbers of the cells that a statement points at, row by row."""
        rows = [row.label for row in self.figure.rows]
        values = [value for value, _ in self.columns]
        pointers: list[form.Pointer] = getattr(shape, order)
        for number, pointer in enumerate(pointers):
            here = (*path, order, number)
            row = self.file.index(pointer.row, rows, "row", (*here, "row"))
            if pointer.at is None and len(values) == 1:
                yield row
                continue
            for at in pointer.at if isinstance(pointer.at, list) else [pointer.at]:
                column = self.file.index(at, values, "column", (*here, "at"))
                yield row * len(values) + column


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

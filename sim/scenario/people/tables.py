"""Tables as people keep them: commas, semicolons or tabs, UTF-8 or Latin-1, from any program."""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sim.scenario.people.problems import Findings

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}

#: Cells that say a value is not known, in tenures and levels.
UNKNOWN = frozenset({"", "na", "n/a", "nan", "null", "none", "unknown", "?", "-"})

_WEEKS_IN = {"day": 1 / 7, "week": 1.0, "month": 365.25 / 12 / 7, "year": 365.25 / 7}
_UNIT_WORDS = {
    **{"d": "day", "w": "week", "wk": "week", "mo": "month", "y": "year", "yr": "year"},
    **{unit: unit for unit in _WEEKS_IN},
}
_NUMBER = r"(\d+(?:[.,]\d+)?)"
_UNIT = r"(?:([a-z]+?)s?\.?)?"
_DURATIONS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("plain", rf"{_NUMBER}\s*{_UNIT}"),
        ("band", rf"{_NUMBER}\s*(?:-|–|—|to)\s*{_NUMBER}\s*{_UNIT}"),  # noqa: RUF001
        ("open", rf"{_NUMBER}\s*{_UNIT}\s*(?:\+|(?:and|or) (?:more|over))"),
        ("open", rf"{_NUMBER}\s*\+\s*{_UNIT}"),
        ("open", rf"(?:>=?|≥|over|more than|from)\s*{_NUMBER}\s*{_UNIT}"),
        ("below", rf"(?:<=?|≤|under|less than|up to)\s*{_NUMBER}\s*{_UNIT}"),
    )
)


@dataclass(frozen=True)
class Table:
    """A CSV file as text: stripped cells, every row as wide as the header.

    ``lines`` holds the line each row starts on, ``whole`` says which rows were as wide as the
    header in the file, ``how`` what was unusual about the file, for the report.
    """

    name: str
    columns: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]
    whole: list[bool]
    delimiter: str = ","
    how: str = ""

    def column(self, name: str) -> list[str]:
        """The cells of one column, from the first row down."""
        k = self.columns.index(name)
        return [row[k] for row in self.rows]


def read_table(path: Path, findings: Findings) -> Table | None:
    """Read one CSV file; what is wrong with it goes to ``findings``, None if nothing is left."""
    decoded = _decoded(path, findings)
    if decoded is None:
        return None
    text, encoding = decoded
    delimiter = _delimiter(text)
    records = _records(path.name, text, delimiter, findings)
    if not records:
        if not findings.count:
            findings.add("is empty", file=path.name)
        return None
    header_line, header = records[0]
    while header and not header[-1] and all(len(row) < len(header) for _, row in records[1:]):
        header = header[:-1]
    columns = tuple(name or f"column {k}" for k, name in enumerate(header, 1))
    for name in (name for name, times in Counter(columns).items() if times > 1):
        findings.add(f"two columns are named {name!r}", file=path.name, line=header_line)
    if len(records) == 1 and not findings.count:
        findings.add("has a header and no rows", file=path.name)
    how = [] if encoding == "UTF-8" else [encoding]
    how += [] if delimiter == "," else [f"separated by {_DELIMITERS[delimiter]}"]
    table = Table(path.name, columns, [], [], [], delimiter, ", ".join(how))
    for line, row in records[1:]:
        _append(table, line, row, findings)
    return table


def _append(table: Table, line: int, row: list[str], findings: Findings) -> None:
    width = len(table.columns)
    # Spreadsheets pad rows with empty cells.
    while len(row) > width and not row[-1]:
        row.pop()
    whole = len(row) == width
    if not whole:
        message = f"has {len(row)} values where the header has {width}"
        findings.add(message, file=table.name, line=line)
    table.rows.append((row + [""] * width)[:width])
    table.lines.append(line)
    table.whole.append(whole)


def _decoded(path: Path, findings: Findings) -> tuple[str, str] | None:
    """The text of a file and the name of its encoding."""
    try:
        content = path.read_bytes()
    except OSError as error:
        findings.add(f"cannot be read: {error.strerror}", file=path.name)
        return None
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    attempts = {"UTF-16": "utf-16"} if utf16 else {"UTF-8": "utf-8-sig", "Latin-1": "cp1252"}
    if b"\0" not in content or utf16:
        for name, codec in attempts.items():
            try:
                return unicodedata.normalize("NFC", content.decode(codec)), name
            except UnicodeDecodeError:
                continue
        if not utf16:
            # cp1252, which Windows writes, leaves five bytes open that Latin-1 defines.
            return unicodedata.normalize("NFC", content.decode("latin-1")), "Latin-1"
    findings.add("is not a text file", file=path.name, remedy="Save the table as CSV")
    return None


def _delimiter(text: str) -> str:
    """The delimiter that cuts the most of the first rows into as many parts as the header."""
    sample = [line for line in text[:20_000].splitlines() if line.strip()][:20]
    if not sample:
        return ","

    def fit(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(sample, delimiter=delimiter)]
        return (sum(w == widths[0] for w in widths) if widths[0] > 1 else 0, widths[0])

    return max(_DELIMITERS, key=fit)


def _records(
    name: str, text: str, delimiter: str, findings: Findings
) -> list[tuple[int, list[str]]]:
    """The rows that say anything, each with the line it starts on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records = []
    line = 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                records.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        remedy = "Nothing after it was read; look for a quotation mark without its partner"
        findings.add(f"cannot be read: {error}", file=name, line=line, remedy=remedy)
    return records


def number(text: str, delimiter: str = ",") -> float:
    """A number, NaN where the text is none; ``0,5`` counts where cells end otherwise."""
    if delimiter != "," and re.fullmatch(r"[+-]?\d+,\d+", text):
        text = text.replace(",", ".")
    try:
        return math.nan if "_" in text else float(text)
    except ValueError:
        return math.nan


def unit_of(word: str) -> str | None:
    """``day``, ``week``, ``month`` or ``year``, if the word names one."""
    return _UNIT_WORDS.get(word) or _UNIT_WORDS.get(word.removesuffix("s"))


def weeks(text: str, unit: str | None) -> tuple[float, str]:
    """A duration in weeks, and how it was read: ``plain``, ``band``, ``open``, ``below``.

    A band counts as its midpoint, one open above as its bound, one open below as half of it.
    ``unit`` is used where the text names none.

    Raises
    ------
    ValueError
        The text is no duration, or its unit is not known.
    """
    for kind, pattern in _DURATIONS:
        match = pattern.fullmatch(text.casefold().strip())
        if match is None:
            continue
        *numbers, word = match.groups()
        named = unit_of(word) if word else unit
        if named is None:
            raise ValueError(f"{text!r} has no unit of time")
        bounds = [float(n.replace(",", ".")) for n in numbers]
        if bounds[0] > bounds[-1]:
            raise ValueError(f"the band {text!r} ends before it begins")
        middle = sum(bounds) / len(bounds) / (2 if kind == "below" else 1)
        return round(middle * _WEEKS_IN[named], 1), kind
    raise ValueError(f"{text!r} is no number and no band such as 13-36 or 61+")

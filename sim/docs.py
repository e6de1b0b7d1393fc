"""The tables of MODEL.md and STUDIES.md, made from the declarations.

``python -m sim.docs`` rewrites them.

A table stands between ``<!-- table: NAME -->`` and ``<!-- end of table -->``; what is written
around them is left as it is. A test fails when a table and the code say different things.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sim.arrays import ARRAYS, OPENING
from sim.measures import MEASURES, Measure
from sim.mechanisms import LEARNING_AND_WORK, PERIOD, REFLECTION, WORLD
from sim.mechanisms.mechanism import Mechanism
from sim.organization import SECTIONS
from sim.scenario.events import Event
from sim.scenario.schema import Declaration, parameters_of
from sim.scenario.settings import General, Settings
from sim.studies.study import form
from sim.tallies import ACTIVITIES, LEARNING, OBLIGATIONS

ROOT = Path(__file__).resolve().parents[1]
#: What has tables between marks.
PAPERS = ("MODEL.md", "STUDIES.md")
BETWEEN_MARKS = re.compile(r"(<!-- table: ([\w ]+) -->\n).*?(<!-- end of table -->)", re.DOTALL)
DIRECTION = {1: "more", 0: "depends", -1: "less"}


def rewritten(text: str) -> str:
    """``text`` with every table between marks made anew.

    Raises
    ------
    ValueError
        When a mark names a table that there is not.
    """

    def fill(found: re.Match[str]) -> str:
        opening, name, closing = found.groups()
        if name not in TABLES:
            raise ValueError(f"there is no table {name!r}; there are {', '.join(TABLES)}")
        return f"{opening}\n{TABLES[name]()}\n\n{closing}"

    return BETWEEN_MARKS.sub(fill, text)


def period_table() -> str:
    """What happens in a period, in order, and what each mechanism reads and writes."""
    return table(
        ("", "Mechanism", "Claim", "Reads", "Writes", "Null setting"),
        (
            (
                number,
                f"`{mechanism.name}`",
                mechanism.claim(),
                names(mechanism.reads),
                names(mechanism.writes),
                ", ".join(f"`{path}: {value:g}`" for path, value in mechanism.null.items()),
            )
            for number, mechanism in enumerate(PERIOD, 1)
        ),
    )


def parts_table() -> str:
    """The three parts of a period."""
    parts: dict[str, tuple[type[Mechanism], ...]] = {
        "the world": WORLD,
        "learning and work": LEARNING_AND_WORK,
        "reflection": REFLECTION,
    }
    return table(
        ("Part", "Mechanisms, in order"),
        ((part, names(mechanism.name for mechanism in group)) for part, group in parts.items()),
    )


def arrays_table() -> str:
    """All arrays of an organization."""
    return table(
        ("Array", "Shape", "Type", "Meaning", "As the period opened"),
        (
            (
                f"`{name}`",
                "(" + ", ".join(array.axes) + ("," if len(array.axes) == 1 else "") + ")",
                array.dtype.__name__.rstrip("_"),
                array.meaning,
                "seen by others" if name in OPENING else "",
            )
            for name, array in ARRAYS.items()
        ),
    )


def activities_table() -> str:
    """What a week's hours are spent on, and which claim comes first."""
    claims = dict.fromkeys(OBLIGATIONS, "obligation") | dict.fromkeys(LEARNING, "learning")
    return table(
        ("Activity", "Claim"),
        ((f"`{name}`", claims.get(a, "what is left")) for a, name in enumerate(ACTIVITIES)),
    )


def measures_table() -> str:
    """All measures."""
    return table(
        ("Measure", "Label", "Unit", "Range", "Better", "Kind", "Class of effects", "Meaning"),
        (
            (
                f"`{name}`",
                measure.label,
                measure.unit,
                span(measure.low, measure.high),
                DIRECTION[measure.better],
                kind_of(measure),
                measure.label_class,
                measure.doc,
            )
            for name, measure in MEASURES.items()
        ),
    )


def kind_of(measure: Measure) -> str:
    if measure.flow is not None:
        return "flow"
    return "stock" if measure.every == 1 else f"stock, every {measure.every} weeks"


def parameters_table() -> str:
    """All parameters, a table for each section of a scenario."""
    tables = [
        f"### At the top of a scenario\n\n{section_table(General)}",
        f"### `events`: one entry\n\n{section_table(Event, nested=True)}",
    ]
    for name, field in Settings.model_fields.items():
        section = Declaration(field.annotation, field).section
        if section is not None and section.model_fields:
            tables.append(f"### `{name}`\n\n{section_table(section, fixed=fixed_in(name))}")
    return "\n\n".join(tables)


def study_keys_table() -> str:
    """All keys of a study file, a table for each place in it."""
    places: dict[str, type[BaseModel]] = {
        "At the top": form.Form,
        "`factors`: a range of one setting": form.Range,
        "`factors`: a line along which several settings move": form.Line,
        "`factors`: one world of a list of worlds": form.Level,
        "`design`": form.DesignForm,
        "`replications`: until intervals are narrow enough": form.Sequential,
        "`also`: one entry": form.DerivedForm,
        "`policy`": form.PolicyForm,
        "`policy`: one of `outcomes`": form.OutcomeForm,
        "`series`": form.Series,
    }
    return "\n\n".join(f"### {place}\n\n{keys_table(one)}" for place, one in places.items())


def keys_table(section: type[BaseModel]) -> str:
    """The keys that may stand at one place of a study file."""
    declared = {
        name: Declaration(field.annotation, field) for name, field in section.model_fields.items()
    }
    return table(
        ("Key", "Default", "Allowed", "Unit", "Meaning"),
        (
            (f"`{name}`", default_of(one), allowed(one), one.unit, one.meaning)
            for name, one in declared.items()
        ),
    )


def section_table(
    section: type[BaseModel], fixed: tuple[str, ...] = (), *, nested: bool = False
) -> str:
    """The parameters of one section; ``nested`` shows those inside its entries too."""
    rows = []
    for path, declared in declarations(section) if nested else parameters_of(section):
        key = f"`{'.'.join(path)}`" + ("*" if path[-1] in fixed else "")
        rows.append(
            (
                key,
                default_of(declared),
                allowed(declared),
                declared.unit,
                declared.meaning,
                declared.source,
            )
        )
    return table(("Parameter", "Default", "Allowed", "Unit", "Meaning", "Source"), rows)


def declarations(
    section: type[BaseModel], path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Declaration]]:
    """Every declaration of a section, those of optional sections inside it included."""
    for name, field in section.model_fields.items():
        declared = Declaration(field.annotation, field)
        yield (*path, name), declared
        if declared.section is not None:
            yield from declarations(declared.section, (*path, name))


def fixed_in(section: str) -> tuple[str, ...]:
    """Parameters of a section that no event can change."""
    if section == "start":
        return tuple(SECTIONS[section].model_fields)
    return next((one.fixed for one in PERIOD if one.name == section), ())


def default_of(declared: Declaration) -> str:
    if declared.field is not None and declared.field.is_required():
        return "(needed)"
    value = declared.default
    return "" if value is None or value in ([], {}, "") else plain(value)


def allowed(declared: Declaration) -> str:
    if declared.choices:
        return ", ".join(str(choice) for choice in declared.choices)
    return span(*declared.bounds)


def span(low: float | None, high: float | None) -> str:
    """A range in words; empty where anything goes."""
    if low is None and high is None:
        return ""
    if high is None:
        return f"{plain(low)} or more"
    return f"{plain(high)} or less" if low is None else f"{plain(low)} to {plain(high)}"


def plain(value: Any) -> str:
    """A value as people write it: three digits after the point are enough."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1 else f"{value:g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def names(given: Iterable[str]) -> str:
    """Names in code type, each once."""
    return ", ".join(f"`{name}`" for name in dict.fromkeys(given))


def table(head: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> str:
    """A Markdown table; what would break it is escaped."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        cells = (str(cell).replace("|", r"\|").replace("\n", " ") for cell in row)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


#: Every table by the name that its mark gives.
TABLES: dict[str, Callable[[], str]] = {
    "parts of the period": parts_table,
    "period": period_table,
    "arrays": arrays_table,
    "activities": activities_table,
    "measures": measures_table,
    "parameters": parameters_table,
    "study keys": study_keys_table,
}


def main() -> int:
    """Rewrite the tables; gives the exit code (2 where a paper is not there)."""
    lost = [name for name in PAPERS if not (ROOT / name).is_file()]
    if lost:
        print(
            f"error: {ROOT} has no {' and no '.join(lost)}; run this in a checkout", file=sys.stderr
        )
        return 2
    for name in PAPERS:
        before = (ROOT / name).read_text(encoding="utf-8")
        after = rewritten(before)
        if after != before:
            (ROOT / name).write_text(after, encoding="utf-8")
        print(f"{name}: {'up to date' if after == before else 'rewritten'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Plain words for what a parameter expects and for what was found instead."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from typing import Any

from sim.scenario.marks import Mark, Marked, shown
from sim.scenario.schema import Declaration

_WORDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    dict: "`key: value` pairs",
}


def number(value: Any) -> str:
    """A number as one writes it in YAML: 1 instead of 1.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def span(declared: Declaration) -> str:
    """The bounds in words: "from 0 to 1", "of at least 0"; empty where there are none."""
    low, high = declared.bounds
    if low is not None and high is not None:
        return f"from {number(low)} to {number(high)}"
    if low is not None:
        return f"of at least {number(low)}"
    return "" if high is None else f"of at most {number(high)}"


def expected(declared: Declaration) -> str:
    """What may stand here, with bounds and unit."""
    if declared.choices:
        return "one of " + ", ".join(str(choice) for choice in declared.choices)
    if declared.section is not None:
        return "a text or a group of settings" if str in declared.kinds else "a group of settings"
    words = []
    for kind in declared.kinds:
        if kind in (list, tuple):
            words.append(f"a list of {declared.unit or 'values'}")
        elif kind in (int, float):
            words.append(" ".join(part for part in (_WORDS[kind], span(declared)) if part))
        else:
            words.append(_WORDS.get(kind, "a value"))
    unit = declared.unit
    told = not unit or unit in ("text", "texts") or words[0].endswith(unit)
    return " or ".join(words) + ("" if told else f" ({unit})")


def found(marked: Marked) -> str:
    """What stands here."""
    value, mark = marked.value, marked.mark
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "`key: value` pairs"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return f'the text "{shown(value)}"'
    if isinstance(value, bool) and mark.written.lower() not in ("true", "false"):
        return f"{mark.written}, which YAML reads as {str(value).lower()}"
    return written(mark, value)


def written(mark: Mark, value: Any) -> str:
    """A number or word as it stands in the file."""
    return shown(mark.written or value)


def example(declared: Declaration, name: str) -> str:
    """YAML that would do: ``rate: 0.1``, ``cells: {size: 6}``; an entry of a list has no name."""
    section = declared.section
    if section is not None:
        for inner, field in section.model_fields.items():
            below = Declaration(field.annotation, field)
            group = f"{{{example(below, inner)}}}"
            return f"{name}: {group}" if name else group
        return f"{name}: {{}}"
    return f"{name}: {_sample(declared)}" if name else _sample(declared)


def _sample(declared: Declaration) -> str:
    default = declared.default
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, int | float):
        return number(default)
    if declared.choices:
        return str(default if default is not None else declared.choices[0])
    kind = declared.kinds[0]
    low, high = declared.bounds
    entry = declared.inside(0) if kind is list else None
    if entry is not None and entry.section is not None and str not in entry.kinds:
        return f"[{example(entry, '')}]"
    samples = {bool: "true", float: "0.5", str: '"some text"', dict: "{key: value}"}
    if kind in (int, float) and not (low or 0) <= 0.5 <= (1 if high is None else high):
        return number(low if low is not None else high)
    return samples.get(kind, "1" if kind is int else "[first, second]")


def remedy_for_type(declared: Declaration, marked: Marked, name: str) -> str:
    """How to mend a value of the wrong type."""
    value, mark = marked.value, marked.mark
    kinds = declared.kinds
    numeric = int in kinds or float in kinds
    line = f"Write for example `{example(declared, name)}`."
    if value is None:
        return f"Write a value, or delete the line to keep the default. {line}"
    if str in kinds and not isinstance(value, list | dict):
        return f'Put it in quotes: "{written(mark, value)}".'
    if isinstance(value, str) and numeric:
        return _remedy_for_number(value, mark) or line
    if isinstance(value, float) and int in kinds and value.is_integer():
        return f"Write {int(value)}."
    return line


def _remedy_for_number(text: str, mark: Mark) -> str:
    """Common slips in writing a number; empty for anything else."""
    stripped = text.strip()
    if mark.quoted and _is_number(stripped):
        return f"Take the quotes away: {stripped}."
    if _is_number(stripped.replace(",", ".", 1)) and stripped.count(",") == 1:
        return f"Use a decimal point: {stripped.replace(',', '.')}."
    if stripped.endswith("%") and _is_number(stripped[:-1]):
        return f"Write the share as a number: {float(stripped[:-1]) / 100:g}."
    if _is_number(stripped) and stripped.lstrip("+-").startswith("0"):
        return "Write the number without the zeros in front."
    return ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return len(text) < 40


def nearest(name: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """The known name nearest to ``name``, if any is as like as ``likeness`` (0 to 1)."""
    near = difflib.get_close_matches(name[:60], list(known), n=1, cutoff=likeness)
    return near[0] if near else None


#: So many names are offered where a key ends many.
MOST_MEANT = 4


def listed(names: Iterable[str], most: int = 40) -> str:
    """Names in a row, with a count of those left out."""
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def meant(key: str, known: Collection[str], around: Collection[str]) -> str:
    """What whoever wrote ``key`` may have meant: the nearest of ``known``, or all that end in it.

    Where there is nothing of the kind, what there is ``around``, or at all.
    """
    near = nearest(key, known)
    names = [near] if near else [one for one in known if one.endswith(f".{key}")][:MOST_MEANT]
    if not names:
        return f"Known: {listed(around or known, most=20)}."
    *others, last = (f"`{name}`" for name in names)
    return f"Did you mean {', '.join(others)}{' or ' if others else ''}{last}?"

"""Every text of the workshop page, from one file that can be translated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from sim.errors import InputProblem, Problem
from sim.scenario.marks import Document, Marked, shown
from sim.scenario.wording import nearest
from sim.scenario.yaml_marks import read_file

#: Keys that say what language a file is in; they are no texts of the page.
ABOUT = ("language", "direction")
#: Language tags as HTML wants them (BCP 47): en, pt-BR, zh-Hant-TW.
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_BRACE = re.compile(r"[{}]")
MOST_PROBLEMS = 40


@dataclass(frozen=True)
class Texts:
    """The texts of one language: ``texts`` by key, with {placeholders} that the page fills."""

    language: str
    direction: str
    texts: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.texts[key]

    def get(self, key: str, default: str = "") -> str:
        return self.texts.get(key, default)


def placeholders(text: str) -> frozenset[str]:
    """Names in {braces} that a text has filled in."""
    return frozenset(_PLACEHOLDER.findall(text))


@cache
def english() -> Texts:
    """The page's own texts, which every translation is held to."""
    with as_file(files("sim.workshop") / "texts" / "en.yaml") as path:
        document = read_file(path)
    texts = _texts_of(document)
    _raise(document.problems)
    return texts


def load_texts(path: Path | None = None) -> Texts:
    """The English texts, or those of a translated file.

    Raises
    ------
    InputProblem
        When the file cannot be read, or a text of it is missing, unknown, no text, or fills in
        something else than the English one, each with its line.
    """
    if path is None:
        return english()
    document = read_file(path)
    if document.root is None:
        _raise(document.problems)
    texts = _texts_of(document)
    _compare(document, texts, english())
    _raise(document.problems)
    return texts


def _raise(problems: list[Problem]) -> None:
    if not problems:
        return
    ordered = sorted(dict.fromkeys(problems), key=lambda one: (one.line or 0, one.key))
    if len(ordered) > MOST_PROBLEMS:
        more = len(ordered) - MOST_PROBLEMS
        ordered = [*ordered[:MOST_PROBLEMS], Problem(f"{more} more problems follow")]
    raise InputProblem(ordered)


def _entries(document: Document) -> dict[str, Marked]:
    return document.root.value if document.root is not None else {}


def _texts_of(document: Document) -> Texts:
    """The texts of a file as they stand; what is no text is reported and left out."""
    found: dict[str, str] = {}
    for key, marked in _entries(document).items():
        if marked.mark.refused:
            continue
        if isinstance(marked.value, str) and marked.value.strip():
            found[key] = marked.value.rstrip("\n")
            if _BRACE.search(_PLACEHOLDER.sub("", marked.value)):
                document.report(
                    "a brace stands alone, or holds something else than a name",
                    "Write {name}, as the English text does.",
                    marked.mark.line,
                    (key,),
                )
        else:
            document.report(
                "expected a text",
                f'Put it in quotes: "{shown(marked.mark.written)}".'
                if marked.mark.written
                else "Write a text behind the colon.",
                marked.mark.line,
                (key,),
            )
    language, direction = (found.pop(name, "") for name in ABOUT)
    line = {name: marked.mark.line for name, marked in _entries(document).items()}
    if not _TAG.fullmatch(language):
        document.report(
            "expected a language tag",
            "Write for example `language: pt-BR`.",
            line.get("language", 1),
            ("language",),
        )
    if direction not in ("ltr", "rtl"):
        document.report(
            "expected ltr (left to right) or rtl (right to left)",
            "Write for example `direction: ltr`.",
            line.get("direction", 1),
            ("direction",),
        )
    return Texts(language, direction, found)


def _compare(document: Document, texts: Texts, model: Texts) -> None:
    """Report keys that are missing or unknown, and placeholders that differ from the English."""
    line = {name: marked.mark.line for name, marked in _entries(document).items()}
    for key, text in texts.texts.items():
        if key not in model.texts:
            near = nearest(key, model.texts)
            document.report(
                "the page has no such text",
                f"Did you mean `{near}`?" if near else "Take the line out.",
                line[key],
                (key,),
            )
            continue
        wanted, given = placeholders(model[key]), placeholders(text)
        if wanted != given:
            what = [f"{{{name}}} is missing" for name in sorted(wanted - given)]
            what += [f"{{{name}}} is unknown" for name in sorted(given - wanted)]
            document.report(
                ", ".join(what), "Keep what stands in braces as it is.", line[key], (key,)
            )
    for key, text in model.texts.items():
        if key not in line:
            document.report("this text is missing", f"In English: {shown(text)}", None, (key,))

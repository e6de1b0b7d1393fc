"""Reading YAML as plain values that remember the file and line they came from.

Only what a scenario needs is read: mappings with text keys, lists, text, numbers, true and false,
nothing. Whatever else YAML can do (anchors and aliases, tags, merge keys, several documents) is
refused, so no file can build objects or grow when it is read.
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import ReaderError

from sim.scenario.marks import Document, KeyPath, Mark, Marked, display_name, shown
from sim.scenario.plain_yaml import STR, Loader, Unreadable, value_of

LARGEST_FILE = 1_000_000

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

#: What PyYAML says of frequent slips, and what we say.
_SLIPS = {
    "mapping values are not allowed here": "a colon stands where no `key: value` can begin",
    "could not find expected ':'": "a key stands without its colon",
    "expected <block end>": "a line does not line up with those above",
    "found unexpected end of stream": "a quote is never closed",
    "<stream end>": "a bracket or brace is never closed",
    "expected ',' or ']'": "in a list between [ ], a comma or the closing bracket is missing",
    "expected ',' or '}'": "between { }, a comma or the closing brace is missing",
}


def read_file(path: Path) -> Document:
    """Read a YAML file whose top level is a mapping."""
    document = Document(display_name(path))
    raw = _bytes_of(path, document)
    if raw is None:
        return document
    text = _decoded(raw, document)
    return document if text is None else _read_whole(text, document)


def read_text(name: str, text: str) -> Document:
    """Read what a file called ``name`` held; as ``read_file``."""
    return _read_whole(text, Document(name))


def _read_whole(text: str, document: Document) -> Document:
    document.text = text
    document.root = _read_text(text, document)
    _require_mapping(document)
    return document


def read_value(text: str, origin: str, path: KeyPath) -> Document:
    """Read one value given outside any file, such as on the command line, for the key ``path``."""
    document = Document(origin, text)
    document.root = _read_text(text, document, path, numbered=False)
    return document


def _bytes_of(path: Path, document: Document) -> bytes | None:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            document.report("this is not a file", "Name a YAML file.")
            return None
        if status.st_size <= LARGEST_FILE:
            with path.open("rb") as file:
                raw = file.read(LARGEST_FILE + 1)
            if len(raw) <= LARGEST_FILE:
                return raw
    except FileNotFoundError:
        document.report("there is no such file", "Check the name and the folder.")
        return None
    except OSError as error:
        document.report(f"the file cannot be read ({error.strerror})", "Check its permissions.")
        return None
    document.report(
        f"the file is larger than {LARGEST_FILE // 1_000_000} MB",
        "A scenario is a page or two of text; is this the right file?",
    )
    return None


def _decoded(raw: bytes, document: Document) -> str | None:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        document.report("the file is saved as UTF-16", "Save it as UTF-8.", 1)
        return None
    if b"\0" in raw:
        line = raw[: raw.index(b"\0")].count(b"\n") + 1
        document.report(
            "this is a binary file, not text", "Name a YAML file, saved as UTF-8 text.", line
        )
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        document.report(
            f"the byte 0x{raw[error.start]:02x} is not UTF-8 text",
            "Save the file with the encoding UTF-8 (it may be Latin-1, or no text at all).",
            line,
        )
        return None


def _read_text(
    text: str, document: Document, path: KeyPath = (), numbered: bool = True
) -> Marked | None:
    """Values of a YAML text, or None where it cannot be read at all."""
    try:
        loader = Loader(text)
        node = loader.get_single_node()
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        document.report(
            f"the character U+{ord(text[error.position]):04X} does not belong in a text file",
            "Delete it, or save the file again as UTF-8.",
            line if numbered else None,
            path,
        )
        return None
    except yaml.MarkedYAMLError as error:
        _report_syntax(error, text, document, path, numbered)
        return None
    if node is None:
        return None
    return _Reading(document, loader, numbered).value(node, path, node.start_mark.line + 1)


def _require_mapping(document: Document) -> None:
    if document.root is None:
        if not document.problems:
            document.report(
                "the file is empty", "Write at least one setting, such as `extends: base`.", 1
            )
    elif not isinstance(document.root.value, dict):
        if not document.root.mark.refused:
            found = "a list" if isinstance(document.root.value, list) else "a single value"
            document.report(
                f"the top level is {found}; expected settings by name",
                "Write `key: value` lines, such as `people: 100`, without a dash in front.",
                document.root.mark.line,
            )
        document.root = None


def _report_syntax(
    error: yaml.MarkedYAMLError, text: str, document: Document, path: KeyPath, numbered: bool
) -> None:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark is not None and numbered else None
    if "'\\t'" in str(error.problem):
        lines = text.split("\n")
        tabbed = [
            number
            for number, content in enumerate(lines, start=1)
            if "\t" in content[: len(content) - len(content.lstrip())] or number == line
        ]
        for number in tabbed[:20] if numbered else [None]:
            document.report("a tab stands here", "Use spaces instead of tabs.", number, path)
        return
    if isinstance(error, Unreadable):
        document.report(str(error.problem), str(error.note), line, path)
    elif "expected a single document" in str(error.context):
        document.report(
            "the file holds several documents", "Delete the line `---` and what follows.", line
        )
    else:
        told = next((ours for theirs, ours in _SLIPS.items() if theirs in str(error.problem)), "")
        document.report(
            f"this is not readable as YAML: {told or error.problem}",
            "Look here and above for a missing quote, bracket or space after a colon, and for "
            "lines that do not line up; text that holds `: ` or ` #` needs quotes.",
            line,
            path,
        )


@dataclass
class _Reading:
    """Turns the nodes of one text into marked values."""

    document: Document
    loader: Loader
    numbered: bool

    def value(self, node: Node, path: KeyPath, line: int) -> Marked:
        refused = self._refused(node, path)
        value: Any = None
        written, quoted = "", False
        if isinstance(node, MappingNode):
            value = self._mapping(node, path)
        elif isinstance(node, SequenceNode):
            value = self._items(node, path)
        elif isinstance(node, ScalarNode):
            written, quoted = str(node.value), node.style is not None
            if not refused:
                value, refused = self._scalar(node, path)
        mark = Mark(self.document.file, line if self.numbered else None, written, quoted, refused)
        return Marked(value, mark)

    def _scalar(self, node: ScalarNode, path: KeyPath) -> tuple[Any, bool]:
        """The value, and whether it was refused."""
        try:
            value = value_of(node)
        except ValueError:  # Python converts no more than 4300 digits
            self._report("a number with thousands of digits", "Write it shorter.", node, path)
            return None, True
        if isinstance(value, str) and (hidden := _CONTROL.search(value)) is not None:
            message = f"the text holds the control character U+{ord(hidden[0]):04X}"
            self._report(message, "Take it out.", node, path)
            return None, True
        return value, False

    def _mapping(self, node: MappingNode, path: KeyPath) -> dict[str, Marked]:
        values: dict[str, Marked] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not self._is_name(key_node, path):
                continue
            name = key_node.value
            here = (*path, name)
            if name in values:
                first = f"line {lines[name]}" if self.numbered else "the same value"
                self._report(
                    f"`{shown(name)}` stands here a second time; first in {first}",
                    "Keep one of the two.",
                    key_node,
                    here,
                )
                continue
            lines[name] = line
            values[name] = self.value(value_node, here, line)
        return values

    def _items(self, node: SequenceNode, path: KeyPath) -> list[Marked]:
        return [
            self.value(item, (*path, number), item.start_mark.line + 1)
            for number, item in enumerate(node.value)
        ]

    def _is_name(self, node: Node, path: KeyPath) -> bool:
        if self._refused(node, path):
            return False
        if not isinstance(node, ScalarNode):
            kind = "a list" if isinstance(node, SequenceNode) else "braces"
            self._report(f"{kind} cannot be the name of a setting", "Use a word.", node, path)
        elif node.value == "<<" and node.style is None:
            self._report(
                "`<<` (merging another mapping) is not allowed",
                "Write the values out, or use `extends:` at the top of the file.",
                node,
                (*path, "<<"),
            )
        elif node.tag != STR:
            self._report(
                f"`{shown(node.value)}` is not a text and cannot be the name of a setting",
                "Names of settings are words. (A decimal number needs a point, not a comma.)",
                node,
                (*path, str(node.value)),
            )
        else:
            return True
        return False

    def _refused(self, node: Node, path: KeyPath) -> bool:
        found = self.loader.found.get(id(node), [])
        for message, remedy, _ in found:
            self._report(message, remedy, node, path)
        return any(lost for _, _, lost in found)

    def _report(self, message: str, remedy: str, node: Node, path: KeyPath) -> None:
        line = node.start_mark.line + 1 if self.numbered else None
        self.document.report(message, remedy, line, path)

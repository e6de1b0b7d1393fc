"""The part of YAML that scenarios use, and nothing else.

Mappings with text keys, lists, text, numbers, true and false, nothing. Anchors and aliases, tags
and merge keys are noted and not followed, so no text can build objects or grow when it is read.
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.nodes import Node, ScalarNode
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

from sim.scenario.marks import shown

MOST_VALUES = 20_000
DEEPEST_NESTING = 20

BOOL, FLOAT, INT, NULL, STR = (
    f"tag:yaml.org,2002:{kind}" for kind in ("bool", "float", "int", "null", "str")
)
#: Plain words and numbers. YAML 1.1 also reads 010 as eight, 1:30 as ninety, 2024-01-01 as a date
#: and 1e-3 as text: the first three are text here, the last is a number.
_PATTERNS = [
    (BOOL, r"true|True|TRUE|yes|Yes|YES|on|On|ON", "tTyYoO"),
    (BOOL, r"false|False|FALSE|no|No|NO|off|Off|OFF", "fFnNoO"),
    (INT, r"[-+]?(?:0|[1-9][0-9_]*)", "-+0123456789"),
    (FLOAT, r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?", "-+0123456789."),
    (FLOAT, r"[-+]?[0-9]+[eE][-+]?[0-9]+", "-+0123456789"),
    (FLOAT, r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", "-+."),
    (NULL, r"~|null|Null|NULL|", ["~", "n", "N", ""]),
]
_TRUE = {"true", "yes", "on"}


def dump(data: dict[str, Any]) -> str:
    """Write plain values as YAML that ``read_file`` reads back as the same values."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def value_of(node: ScalarNode) -> Any:
    """Value of a word or number. Raises ValueError for a number of thousands of digits."""
    if node.tag == NULL:
        return None
    if node.tag == BOOL:
        return node.value.lower() in _TRUE
    if node.tag == INT:
        return int(node.value.replace("_", ""))
    if node.tag == FLOAT:
        return float(node.value.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return node.value


class Unreadable(yaml.MarkedYAMLError):
    """A text that is not read to its end, with the remedy as ``note``."""


class Loader(Reader, Scanner, Parser, Composer, BaseResolver):
    """YAML to nodes; there is no constructor, so nothing can be built from a tag.

    ``found`` holds, by node identity, what is refused there: (message, remedy, whether the value
    is lost).
    """

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        BaseResolver.__init__(self)
        self.found: dict[int, list[tuple[str, str, bool]]] = {}
        self.depth = 0
        self.values = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        event: Any = self.peek_event()
        self._bound(event)
        found = []
        if self.check_event(yaml.AliasEvent):
            self.get_event()  # what the alias stands for is never looked up, so nothing can grow
            node: Node | None = ScalarNode(NULL, "", event.start_mark, event.end_mark)
            found.append((f"`*{shown(event.anchor)}` is an alias", "Write the value out.", True))
        else:
            if event.anchor is not None:
                anchor = shown(event.anchor)
                found.append(
                    (f"`&{anchor}` is an anchor", "Delete it and write values out.", False)
                )
            if event.tag is not None:
                tag = event.tag.replace("tag:yaml.org,2002:", "!!")
                message = f"the tag `{shown(tag)}` is not allowed"
                found.append((message, "Delete the tag and write a plain value.", True))
            event.anchor = event.tag = None
            self.depth += 1
            node = super().compose_node(parent, index)
            self.depth -= 1
        if found:
            self.found[id(node)] = found
        return node

    def _bound(self, event: Any) -> None:
        self.values += 1
        if self.depth > DEEPEST_NESTING:
            message = f"values are nested more than {DEEPEST_NESTING} deep"
            note = "A scenario needs five levels at most; is a bracket missing?"
        elif self.values > MOST_VALUES:
            message = f"the file holds more than {MOST_VALUES} values"
            note = "A scenario is a page or two of text; is this the right file?"
        else:
            return
        raise Unreadable(problem=message, problem_mark=event.start_mark, note=note)


class _Dumper(yaml.SafeDumper):
    """Quotes any text that ``Loader``, or a reader of YAML 1.1, would take for something else."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


for _tag, _pattern, _first in _PATTERNS:
    for _class in (Loader, _Dumper):
        _class.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern})$"), list(_first))

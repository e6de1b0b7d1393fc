"""What a compiled kernel depends on: its own source and those it imports, however far.

Numba keeps a compiled function on disk, but it looks only at the file the function stands in: an
edit to a kernel that *another* kernel calls would go unnoticed. So what is compiled from a module
is kept under a hash of all that could enter it, and an edit compiles again what it can have
changed, and nothing else.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

import numba

SOURCES = Path(__file__).parent
PACKAGE = SOURCES.name
#: Folders of ``sim`` that hold no kernel: editing them must not compile anything again.
WITHOUT_KERNELS = {
    "agents",
    "explore",
    "live",
    "pages",
    "scenario",
    "studies",
    "verbs",
    "workshop",
}
#: The same, for files beside the folders.
WITHOUT_KERNEL_FILES = {
    "__init__.py",
    "__main__.py",
    "api.py",
    "cli.py",
    "docs.py",
    "errors.py",
    "options.py",
    "requirements.py",
}
#: Where kernels learn to take arrays out of a state, which no import of theirs shows.
STATE = f"{PACKAGE}.state"
#: An import at the top level of a module. What stands under ``if TYPE_CHECKING`` is indented, and
#: no kernel can read it.
IMPORT = re.compile(
    rf"^from ({PACKAGE}[.\w]*) import (\([^)]*\)|.*)|^import ({PACKAGE}[.\w]+)", re.M
)
#: A class of named tuples: kernels take their fields by place, wherever the class is defined.
NAMED_TUPLE = re.compile(r"^class \w+\(NamedTuple\):\n(?:[ ]{4}.*\n|\n)*", re.M)


@cache
def sources() -> dict[str, bytes]:
    """The text of every module that can hold a kernel or a constant one reads, by its name."""
    texts = {}
    for path in sorted(SOURCES.rglob("*.py")):
        parts = path.relative_to(SOURCES).parts
        if parts[0] not in WITHOUT_KERNELS and parts[0] not in WITHOUT_KERNEL_FILES:
            name = ".".join((PACKAGE, *parts)).removesuffix(".py").removesuffix(".__init__")
            texts[name] = path.read_bytes()
    return texts


@cache
def source_hash() -> str:
    """Hash of all kernel sources and of Numba's version, as 16 hexadecimal digits."""
    return _hash_of(sorted(sources()))


@cache
def module_hash(module: str) -> str:
    """Hash of what kernels of ``module`` depend on, as 16 hexadecimal digits.

    That of all sources, for a module that is none of ours (a kernel of a plug-in).
    """
    if module not in sources():
        return source_hash()
    return _hash_of(sorted(reached_from(module)), vocabulary())


def reached_from(module: str) -> set[str]:
    """The modules among ``sources`` that one imports, however far, and itself."""
    reached: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(imported_by(name))
    return reached


@cache
def imported_by(module: str) -> frozenset[str]:
    """The modules among ``sources`` that one imports itself."""
    found = set()
    for match in IMPORT.finditer(sources()[module].decode()):
        origin, names, plain = match.groups()
        for name in re.findall(r"\w+", names or ""):
            found.add(f"{origin}.{name}")
        found.add(origin or plain)
    return frozenset(found & sources().keys())


@cache
def vocabulary() -> bytes:
    """The named tuples of all modules, as they are defined, and how kernels read a state.

    Which arrays a state holds is part of its type, and so of what Numba looks at itself.
    """
    defined = (NAMED_TUPLE.findall(text.decode()) for text in sources().values())
    named = "".join(text for texts in defined for text in texts)
    return named.encode() + sources()[STATE]


def _hash_of(modules: list[str], more: bytes = b"") -> str:
    digest = hashlib.blake2b(numba.__version__.encode(), digest_size=8)
    for module in modules:
        digest.update(module.encode())
        digest.update(sources()[module])
    digest.update(more)
    return digest.hexdigest()

"""Two processes that compile side by side: each says what it has begun, and one gives way.

What one has compiled is on disk for the other; what it has only begun is not, and both would
compile it. So each leaves a mark for what it begins, and the one that gives way does something
else meanwhile.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path

#: Where both leave their marks, or None while one process compiles alone.
_marks: Path | None = None
_gives_way = False
#: Marks of this process.
_own: set[str] = set()


class AlreadyBegun(Exception):
    """Another process compiles this kernel just now, and will soon have it on disk."""


@contextlib.contextmanager
def sharing(marks: Path) -> Iterator[None]:
    """Compile side by side with another process that leaves its marks in the same folder."""
    global _marks
    _marks = marks
    try:
        yield
    finally:
        _marks = None
        _own.clear()


@contextlib.contextmanager
def giving_way() -> Iterator[None]:
    """Leave to the other process what it has begun."""
    global _gives_way
    _gives_way = True
    try:
        yield
    finally:
        _gives_way = False


def begin(kernel: str, types: str) -> None:
    """Say that a kernel is compiled here for arguments of these types.

    Raises AlreadyBegun where this process gives way and the other was first.
    """
    if _marks is None:
        return
    mark = hashlib.blake2b(f"{kernel} {types}".encode(), digest_size=16).hexdigest()
    try:
        (_marks / mark).touch(exist_ok=False)
        _own.add(mark)
    except FileExistsError:
        if _gives_way and mark not in _own:
            raise AlreadyBegun(kernel) from None
    except OSError:
        pass  # nowhere to leave marks: both compile all they come to

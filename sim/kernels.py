"""Compiled kernels: the rules of the model as loops over arrays, cached by what they say.

A kernel is a function of arrays and numbers, compiled by Numba at its first call. Numba keeps a
compiled function on disk, but it looks only at the file the function stands in: an edit to a
kernel that *another* kernel calls would go unnoticed. Our cache therefore lives in a folder
named by a hash of every source file that can hold a kernel or a constant one reads.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numba
import platformdirs
from numba.core import config as numba_config
from numba.core import event

config: Any = numba_config
SOURCES = Path(__file__).parent
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
KEPT_CACHES = 4


@cache
def source_hash() -> str:
    """Hash of all kernel sources and of Numba's version, as 16 hexadecimal digits."""
    digest = hashlib.blake2b(numba.__version__.encode(), digest_size=8)
    for path in sorted(SOURCES.rglob("*.py")):
        folder = path.relative_to(SOURCES).parts[0]
        if folder not in WITHOUT_KERNELS and folder not in WITHOUT_KERNEL_FILES:
            digest.update(path.relative_to(SOURCES).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def cache_folder() -> Path | None:
    """Folder of this version's compiled kernels, or None where none can be written.

    ``LEARNING_ORG_CACHE`` names another place. Only the newest few versions are kept.
    """
    place = os.environ.get("LEARNING_ORG_CACHE") or platformdirs.user_cache_dir("learning-org")
    caches = Path(place) / "kernels"
    folder = caches / source_hash()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        others = sorted(caches.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for outdated in others[KEPT_CACHES:]:
            shutil.rmtree(outdated, ignore_errors=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def is_cold() -> bool:
    """True when no kernel of this version has been compiled on this machine yet."""
    folder = cache_folder()
    return folder is None or not any(folder.rglob("*.nbi"))


def kernel(function: Callable[..., Any]) -> Any:
    """Compile ``function`` at its first call, without fast-math, and keep the result on disk.

    Division by zero gives infinity or NaN as in NumPy; the interpreter's lock is released.
    """
    return _compiled(function, inline="never")


def in_place(function: Callable[..., Any]) -> Any:
    """The same for a kernel that only works in the arrays it is given.

    Numba then counts no references to them, which at each call, slice and look into a tuple costs
    more than a short step does. A kernel that makes an array does not compile in this way, and one
    that is given an array by another kernel would never free it: both are ``kernel``.
    """
    return _compiled(function, inline="never", _nrt=False)


def inlined(function: Callable[..., Any]) -> Any:
    """The same for a step of a few lines within inner loops: it becomes part of its callers.

    Let it take numbers: passing arrays to a step with branches costs some 40 ns in counting
    references to them, inlined or not.
    """
    return _compiled(function, inline="always")


def _compiled(
    function: Callable[..., Any], inline: Literal["never", "always"], **options: Any
) -> Any:
    compiled = numba.njit(function, nogil=True, error_model="numpy", inline=inline, **options)
    folder = cache_folder()
    if folder is not None:
        with _numba_caches_in(folder):
            compiled.enable_caching()
    return compiled


@contextlib.contextmanager
def _numba_caches_in(folder: Path) -> Iterator[None]:
    """Point Numba at ``folder`` while one cache is set up; other libraries keep their own."""
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder)
    try:
        yield
    finally:
        config.CACHE_DIR = before


@contextlib.contextmanager
def watch_compilation(tell: Callable[[str], None]) -> Iterator[None]:
    """Call ``tell`` with a kernel's name whenever its compilation starts."""

    class Listener(event.Listener):
        def on_start(self, happening: event.Event) -> None:
            dispatcher = happening.data["dispatcher"]
            tell(dispatcher.py_func.__name__)

        def on_end(self, happening: event.Event) -> None:
            pass

    with event.install_listener("numba:compile", Listener()):
        yield

"""Compiled kernels: the rules of the model as loops over arrays, cached by what they say.

A kernel is a function of arrays and numbers, compiled by Numba at its first call. What is compiled
is kept on disk, under a hash of all it was compiled from (``sim.kernel_sources``).
"""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal

import platformdirs
from numba.core import config as numba_config
from numba.core import event
from numba.core.registry import CPUDispatcher

from sim.kernel_cache import KernelCache
from sim.kernel_sources import module_hash, source_hash

config: Any = numba_config
#: Versions of a module's kernels that are kept on disk.
KEPT_CACHES = 4
#: Folder of marks, one for each version of the sources that was made ready for use.
WARM = "warm"
#: How often Python looks for what nothing needs while a kernel is compiled: after so many objects,
#: and rarely among those that have stayed. By default that is a sixth of all compiling.
COLLECT_AFTER = (20_000, 50, 1000)
#: What Numba is told of every kernel. Nothing hands one to C, for which it would compile a way in.
OPTIONS = {"nopython": True, "nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
#: Folder of what kernels call, in that of a module's kernels.
WITHIN_KERNELS = "within"


@cache
def cache_folder(module: str) -> Path | None:
    """Folder of the compiled kernels of a module, or None where none can be written.

    ``LEARNING_ORG_CACHE`` names another place. Only the newest few versions are kept.
    """
    versions = _caches() / module
    folder = versions / module_hash(module)
    try:
        is_new = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        if is_new:
            _remove_outdated(versions)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def _caches() -> Path:
    place = os.environ.get("LEARNING_ORG_CACHE") or platformdirs.user_cache_dir("learning-org")
    return Path(place) / "kernels"


def _remove_outdated(versions: Path) -> None:
    newest_first = sorted(versions.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for outdated in newest_first[KEPT_CACHES:]:
        shutil.rmtree(outdated, ignore_errors=True)


def is_cold() -> bool:
    """True until ``note_warm`` has been called for these sources on this machine."""
    return not (_caches() / WARM / source_hash()).exists()


def note_warm() -> None:
    """Note that kernels of this version have been compiled; without effect where none are kept."""
    mark = _caches() / WARM / source_hash()
    with contextlib.suppress(OSError):
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()


def kernel(function: Callable[..., Any]) -> Kernel:
    """Compile ``function`` at its first call, without fast-math, and keep the result on disk.

    Division by zero gives infinity or NaN as in NumPy; the interpreter's lock is released.
    """
    return _compiled(function, inline="never")


def kernel_of(*signatures: str) -> Callable[[Callable[..., Any]], Any]:
    """The same for arguments of these types alone, to which Numba brings all others.

    Of a kernel that is called with numbers written out, it would else compile one for each number.
    """

    def compile_all(function: Callable[..., Any]) -> Any:
        compiled = kernel(function)
        for each in (compiled.within_kernels, compiled):
            for signature in signatures:
                each.compile(signature)
            each.disable_compile()
        return compiled

    return compile_all


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


class Kernel(CPUDispatcher):
    """A kernel as Python calls it. In other kernels its name stands for ``within_kernels``.

    That is the same without a way in from Python, which is some tenth of all compiling, and two
    kernels of three are called by kernels alone. One that both call is compiled for each.
    """

    _cache: Any

    def __init__(
        self,
        py_func: Callable[..., Any],
        locals: dict[str, Any] | None = None,
        targetoptions: dict[str, Any] | None = None,
    ) -> None:
        locals, options = locals or {}, targetoptions or {}
        super().__init__(py_func, locals, options)
        within = {**options, "no_cpython_wrapper": True}
        self.within_kernels: Any = CPUDispatcher(py_func, locals, within)

    @property
    def _numba_type_(self) -> Any:
        """What Numba takes the name for where it stands in a kernel."""
        return self.within_kernels._numba_type_


def _compiled(
    function: Callable[..., Any], inline: Literal["never", "always"], **options: Any
) -> Kernel:
    compiled = Kernel(function, targetoptions={**OPTIONS, "inline": inline, **options})
    folder = cache_folder(function.__module__)
    if folder is not None:
        with _numba_caches_in(folder):
            compiled._cache = KernelCache(function)
        with _numba_caches_in(folder / WITHIN_KERNELS):
            compiled.within_kernels._cache = KernelCache(function)
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


class _CollectRarely(event.Listener):
    """Has Python look for what nothing needs more rarely while anything is compiled."""

    def __init__(self) -> None:
        self.depth = 0
        self.before = gc.get_threshold()

    def on_start(self, happening: event.Event) -> None:
        if self.depth == 0:
            self.before = gc.get_threshold()
            gc.set_threshold(*COLLECT_AFTER)
        self.depth += 1

    def on_end(self, happening: event.Event) -> None:
        self.depth -= 1
        if self.depth == 0:
            gc.set_threshold(*self.before)


event.register("numba:compile", _CollectRarely())


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

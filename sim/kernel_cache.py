"""Kept kernels: what is compiled goes to disk, and a long kernel is compiled once.

Numba hands what it compiled of a kernel on to all that call it, and to all that call those, which
optimize it again at each level: a quarter of all compiling. For a few lines that pays, since they
become part of the caller. A long kernel is called all the same. Here it stays apart: its callers
hold its name, and one that comes from disk first has all loaded that it names.

This leans on how a library of Numba keeps what it hands on (``_shared_module``) and what is to be
done before it is loaded (``_reload_init``), neither of which is documented. Tests hold that both
do what they are taken for. Before 0.63 Numba had no such second thing: there all is as it was.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from itertools import chain, islice
from typing import Any, NamedTuple

import llvmlite.binding as llvm
from numba.core.caching import FunctionCache

from sim.kernel_claims import begin
from sim.kernel_sources import sources

#: Instructions above which a kernel stays apart. LLVM makes some 50 part of a caller and, where it
#: knows what is handed over, a few times as many; with 300 no run became slower, with 200 they did.
APART = 300
#: Stands in a module in place of what a kernel that stays apart does.
MARK = "stays_apart"


class Named(NamedTuple):
    """A kernel that others hold the name of; called, it makes that name known.

    Numba calls it before it loads one of those from disk.
    """

    module: str
    kernel: str
    types: tuple[Any, ...]
    symbol: str

    def __call__(self) -> None:
        dispatcher = getattr(importlib.import_module(self.module), self.kernel).within_kernels
        if self.types not in dispatcher.overloads:
            dispatcher.compile(self.types)
        compiled = dispatcher.overloads[self.types]
        known_as = compiled.fndesc.mangled_name
        if known_as != self.symbol:
            # Compiled again since, perhaps by another process: the same under another name.
            llvm.add_symbol(self.symbol, compiled.library.get_pointer_to_function(known_as))


class KernelCache(FunctionCache):
    """Numba's cache of one kernel on disk, which also keeps what is long apart from its callers."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self.place = function.__module__, function.__qualname__

    def save_overload(self, sig: Any, compiled: Any) -> None:
        """Keep what was compiled; its callers, which are compiled next, find its name if long."""
        library = compiled.library
        if self._stays_apart(compiled):
            # Numba reads from here what a file defines when it loads it.
            library._shared_module = _module(library, _definitions(library))
            super().save_overload(sig, compiled)
            self._set_apart(compiled)
        else:
            super().save_overload(sig, compiled)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What was kept of the kernel for these types, all that it names loaded; or None.

        Raises AlreadyBegun where there is nothing yet and another process is at it.
        """
        compiled = super().load_overload(sig, target_context)
        if compiled is None:
            # The folder tells the one that kernels call from the one that Python does.
            begin(f"{self.cache_path} {self.place}", str(sig))
        elif _can_name(compiled.library):
            # Numba forgets this, and callers need what their own callee needs.
            compiled.library._reload_init.update(compiled.reload_init)
            if any(name.name == MARK for name in compiled.library._shared_module.global_variables):
                self._set_apart(compiled)
        return compiled

    def _stays_apart(self, compiled: Any) -> bool:
        module, name = self.place
        if "." in name or module not in sources() or not _can_name(compiled.library):
            return False  # also one of a plug-in or made by a function: no name finds it
        function = compiled.library.get_function(compiled.fndesc.mangled_name)
        instructions = chain.from_iterable(block.instructions for block in function.blocks)
        return next(islice(instructions, APART, None), None) is not None

    def _set_apart(self, compiled: Any) -> None:
        library, symbol = compiled.library, compiled.fndesc.mangled_name
        library._shared_module = _module(library, "")
        library._reload_init.add(Named(*self.place, tuple(compiled.signature.args), symbol))


def _can_name(library: Any) -> bool:
    """Whether this version of Numba has callers told what to load before them."""
    return hasattr(library, "_reload_init")


def _definitions(library: Any) -> str:
    names = [function.name for function in library.get_defined_functions()]
    empty = "".join(f'define void @"{name}"() {{ ret void }}\n' for name in names)
    return f"@{MARK} = constant i1 true\n{empty}"


def _module(library: Any, text: str) -> Any:
    """A module of the library's own kind in which this stands."""
    kind = library._final_module
    target = f'target triple = "{kind.triple}"\ntarget datalayout = "{kind.data_layout}"\n'
    return llvm.parse_assembly(target + text)

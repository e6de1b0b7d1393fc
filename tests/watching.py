"""An organization that notes which of its arrays are asked for, by Python and by kernels."""

from __future__ import annotations

import ast
import inspect
from functools import cache
from types import SimpleNamespace
from typing import Any

from numba import _dispatcher
from numba.core.dispatcher import Dispatcher

from sim.arrays import ARRAYS
from sim.organization import Organization
from sim.state import OPENED, State


class Watched:
    """The organization, with all that is asked of it; ``touched`` are names of arrays."""

    def __init__(self, organization: Organization) -> None:
        # What others have worked out before is worked out again, to be seen.
        vars(self).update(watched=organization, touched=set(), kept={})
        vars(self)["state"] = WatchedState(organization.state, self.touched)

    def __getattr__(self, name: str) -> Any:
        if name == "opening":
            return Opening(self)
        if name in ARRAYS:
            self.touched.add(name)
        return getattr(self.watched, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ARRAYS:
            self.touched.add(name)
        setattr(self.watched, name, value)


class Opening(SimpleNamespace):
    """Its arrays as the period opened, watched as well."""

    def __init__(self, watcher: Watched) -> None:
        super().__init__(watcher=watcher)

    def __getattr__(self, name: str) -> Any:
        self.watcher.touched.add(name)
        return getattr(self.watcher.watched.opening, name)


class WatchedState(State):
    """Another state of the same arrays; whoever is given it is asked what they take out of it."""

    __slots__ = ("touched",)

    def __init__(self, state: State, touched: set[str]) -> None:
        super().__init__()
        for name, array in state.arrays.items():
            self.hold(name, array)
        self.touched = touched


def call(kernel: Dispatcher, *arguments: Any) -> Any:
    """Call a kernel, noting the arrays it takes out of a watched state."""
    for argument in arguments[:1]:
        if isinstance(argument, WatchedState):
            argument.touched |= taken_by(kernel)
    return _dispatcher.Dispatcher.__call__(kernel, *arguments)


@cache
def taken_by(kernel: Dispatcher) -> frozenset[str]:
    """The arrays a kernel, or one it hands its state on to, takes out of it."""
    names: set[str] = set()
    surroundings = kernel.py_func.__globals__
    for node in ast.walk(ast.parse(inspect.getsource(kernel.py_func))):
        if isinstance(node, ast.Attribute) and _is_state(node.value):
            names.add(node.attr.removeprefix(OPENED))
        if isinstance(node, ast.Call) and any(map(_is_state, node.args)):
            assert isinstance(node.func, ast.Name), ast.unparse(node)
            names |= taken_by(surroundings[node.func.id])
    return frozenset(names & ARRAYS.keys())


def _is_state(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "state"


#: From here on, in this process: a kernel cannot be watched from outside.
setattr(Dispatcher, "__call__", call)  # noqa: B010 (types of Numba's forbid it)

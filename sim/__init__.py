"""A laboratory for learning organizations."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.api import compare, load_scenario, run, sweep
    from sim.studies.functions import as_function
    from sim.studies.store import load_results, load_series
    from sim.studies.study import load_study

__version__ = "0.8.3"

#: What notebooks use, and where it stands; loaded when it is first asked for, so that the command
#: line answers at once.
_WHERE = {
    "as_function": "sim.studies.functions",
    "compare": "sim.api",
    "load_results": "sim.studies.store",
    "load_scenario": "sim.api",
    "load_series": "sim.studies.store",
    "load_study": "sim.studies.study",
    "run": "sim.api",
    "sweep": "sim.api",
}

__all__ = [
    "as_function",
    "compare",
    "load_results",
    "load_scenario",
    "load_series",
    "load_study",
    "run",
    "sweep",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

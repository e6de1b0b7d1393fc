"""Code of one's own that a scenario may name: loaded only where that is explicitly allowed."""

from __future__ import annotations

import hashlib
import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputProblem, Problem
from sim.scenario.marks import shown

if TYPE_CHECKING:
    from sim.agents.worker import Worker
    from sim.scenario.settings import Settings

FORM = "Write PACKAGE.MODULE:CLASS, such as `worker: my_study.people:Curious`."


def worker_of(settings: Settings, allow_plugins: bool = False) -> type[Worker] | None:
    """The class of workers that a scenario names, None where it names none.

    Raises InputProblem where it names one and plug-ins are not allowed, or it cannot be loaded.
    """
    if not settings.worker:
        return None
    if not allow_plugins:
        raise _problem(
            f"`{shown(settings.worker)}` is code, and no code runs because a scenario names it",
            "If you trust it, allow it: --allow-plugins on the command line, or "
            "allow_plugins=True in Python.",
        )
    return load_worker(settings.worker)


def load_worker(name: str) -> type[Worker]:
    """Import the subclass of ``Worker`` called ``name`` (``package.module:Class``).

    Modules are found as in Python, and last in the working directory. Raises InputProblem.
    """
    module_name, colon, class_name = name.partition(":")
    parts = [*module_name.split("."), class_name]
    if not colon or not all(part.isidentifier() for part in parts):
        raise _problem(f"`{shown(name)}` is not the name of a class in a module", FORM)
    found = getattr(_module(module_name), class_name, None)
    if found is None:
        raise _problem(f"module `{module_name}` has no `{class_name}`", "Check the name.")
    from sim.agents.worker import Worker

    if not (isinstance(found, type) and issubclass(found, Worker)):
        raise _problem(f"`{name}` is not a subclass of Worker", "See sim/agents/worker.py.")
    return found


def plugin_hash(name: str) -> str:
    """sha256 of the file that the class ``name`` stands in; raises InputProblem as it is loaded."""
    source = Path(sys.modules[load_worker(name).__module__].__file__ or "")
    return hashlib.sha256(source.read_bytes()).hexdigest()


def _module(name: str) -> Any:
    here = str(Path.cwd())
    if here not in sys.path and "" not in sys.path:
        sys.path.append(here)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = f"there is no module `{error.name}`"
        remedy = "Start in the folder that holds it, or install it."
        raise _problem(missing, remedy) from error
    except Exception as error:
        failed = f"importing `{name}` fails: {type(error).__name__}: {error}"
        raise _problem(failed, "Mend the module.") from error


def _problem(message: str, remedy: str) -> InputProblem:
    return InputProblem(Problem(message, remedy, key="worker"))

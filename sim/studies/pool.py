"""Where runs are done: in this process, on processes of this machine, or on a Dask cluster.

joblib does the work in all three; a worker that dies costs nothing but the time to do its part
again. What comes back depends neither on the place nor on the order in which parts are done.
"""

from __future__ import annotations

import pickle
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar
from urllib.parse import urlsplit

from joblib import Parallel, delayed, parallel_config

from sim.errors import InputProblem, Problem
from sim.kernel_sources import source_hash

Part = TypeVar("Part")
Done = TypeVar("Done")

#: How often in a row workers may die before any part is done.
MOST_DEATHS = 3
#: Seconds after which a process that has nothing to do ends.
IDLE = 20
#: Seconds to wait for a scheduler to answer, and for it to have a worker.
ANSWER, PATIENCE = 10, 30


class WorkersDied(Exception):
    """Workers died again and again, and no part of the work got done in between."""


class OtherRules(Exception):
    """A worker has other rules than this program."""


@dataclass(frozen=True)
class Pool:
    """``jobs`` processes here, or whatever workers the Dask scheduler at ``cluster`` has."""

    jobs: int = 1
    cluster: str = ""

    def stream(
        self, do: Callable[[Part], Done], parts: Iterable[Part]
    ) -> Iterator[tuple[int, Done]]:
        """Do all parts; gives each one's number and what came of it, as they are done.

        Parts are taken from ``parts`` when there is somebody to do them, so there may be any
        number of them. ``do`` must be a function of a module.

        Raises
        ------
        InputProblem
            When the cluster cannot be reached, has no workers, or runs other rules.
        WorkersDied
            When workers die whatever is done.
        """
        numbered = enumerate(parts)
        if self.jobs == 1 and not self.cluster:
            for number, part in numbered:
                yield number, do(part)
            return
        yield from self._stream(do, numbered)

    def _stream(
        self, do: Callable[[Part], Done], numbered: Iterator[tuple[int, Part]]
    ) -> Iterator[tuple[int, Done]]:
        given: dict[int, Part] = {}

        def give(again: dict[int, Part]) -> Iterator[Any]:
            for number, part in chain(again.items(), numbered):
                given[number] = part
                # Bytes, since Dask would lay larger objects down on one worker and lose them.
                yield delayed(do_part)(number, pickle.dumps((do, part)), source_hash())

        deaths = 0
        while True:
            again, given = given, {}
            try:
                with self._place():
                    workers = self._parallel()
                for number, done in workers(give(again)):
                    del given[number]
                    deaths = 0
                    yield number, done
                return
            except Exception as error:
                if not _is_death(error):
                    raise self._explained(error) from error
                deaths += 1
                if deaths >= MOST_DEATHS:
                    raise WorkersDied(
                        f"workers died {deaths} times before anything was done ({error}); is there "
                        "enough memory? --jobs 1 runs without workers"
                    ) from error

    def _place(self) -> Any:
        if not self.cluster:
            # Idle workers go soon, also those whose parent was killed.
            return parallel_config(backend="loky", n_jobs=self.jobs, idle_worker_timeout=IDLE)
        try:
            from sim.studies.cluster import ClusterBackend
        except ImportError:
            raise InputProblem(
                Problem(
                    "a cluster needs the package distributed, which is not installed",
                    "Install it: pip install 'dask[distributed]'.",
                    "--cluster",
                )
            ) from None
        _call(self.cluster)
        backend = ClusterBackend(scheduler_host=self.cluster, wait_for_workers_timeout=PATIENCE)
        return parallel_config(backend=backend)

    def _parallel(self) -> Parallel:
        """The workers; a cluster is called here."""
        how = {"return_as": "generator_unordered", "batch_size": 1}
        return Parallel(n_jobs=-1 if self.cluster else self.jobs, **how)

    def _explained(self, error: Exception) -> Exception:
        """What an error of a cluster means for whoever named its address."""
        if not self.cluster or isinstance(error, InputProblem):
            return error
        if isinstance(error, OtherRules) or _is_missing_there(error):
            missing = "a worker cannot load this program: it is not installed there, or otherwise"
            return InputProblem(
                Problem(
                    str(error) if isinstance(error, OtherRules) else missing,
                    "Install the same version of learning-org for all workers.",
                    "--cluster",
                )
            )
        if isinstance(error, TimeoutError | OSError | ValueError):
            lonely = "has no worker" in str(error)
            what = "has no workers" if lonely else "does not answer"
            return InputProblem(
                Problem(
                    f"the Dask scheduler at {self.cluster} {what}",
                    f"Start one with `dask worker {self.cluster}`."
                    if lonely
                    else "Start `dask scheduler` and give the address that it prints, such as "
                    "tcp://127.0.0.1:8786.",
                    "--cluster",
                )
            )
        return error


def _call(address: str) -> None:
    """See whether anybody answers at an address, before Dask tries for a minute.

    Who is only just starting is waited for; a name that leads nowhere is not.
    """
    parts = urlsplit(address if "//" in address else f"tcp://{address}")
    until = time.monotonic() + ANSWER
    while True:
        try:
            place = (parts.hostname or "", parts.port or 8786)
            socket.create_connection(place, timeout=ANSWER).close()
            return
        except (socket.gaierror, ValueError) as error:
            raise ConnectionError(str(error)) from None
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def do_part(number: int, pickled: bytes, rules: str) -> tuple[int, Any]:
    """Do one part on a worker, which must have the rules of whoever asks."""
    if rules != source_hash():
        raise OtherRules(
            f"the worker on {socket.gethostname()} has other rules ({source_hash()}) than this "
            f"program ({rules})"
        )
    do, part = pickle.loads(pickled)
    return number, do(part)


def _is_death(error: Exception) -> bool:
    """Whether an error says that a worker died, not that the work went wrong."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return bool(names & {"TerminatedWorkerError", "BrokenProcessPool", "KilledWorker"})


def _is_missing_there(error: Exception) -> bool:
    """Whether a worker could not even read what it was asked to do."""
    return isinstance(error, ImportError) or (
        isinstance(error, RuntimeError) and "deserializ" in str(error)
    )

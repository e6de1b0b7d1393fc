"""A few processes that do what the room asks, and end with it.

Each worker waits at a pipe of which only this process holds the other end, so it ends when this
process does, however that ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any

#: Seconds that one part may take before its worker is given up.
PATIENCE = 120.0

_CONTEXT = get_context("spawn")


class WorkFailed(Exception):
    """A part of the work went wrong, or its worker died."""


class Worker:
    """One process, started at its first task and anew after it died."""

    def __init__(self) -> None:
        self._process: Any = None
        self._pipe: Connection | None = None
        self._closed = False

    @property
    def process_id(self) -> int | None:
        """The process, where there is one."""
        return None if self._process is None else self._process.pid

    async def do(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Do one task there, as ``do_now``, while others go on."""
        return await asyncio.to_thread(self.do_now, function, *arguments)

    def do_now(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Do one task there and wait for it.

        ``function`` must be a function of a module. Raises WorkFailed when it raised something, or
        the worker died or took longer than ``PATIENCE``.
        """
        try:
            process, pipe = self._running()
            pipe.send((function, arguments))
            if pipe not in wait([pipe, process.sentinel], PATIENCE):
                raise EOFError
            done, result = pipe.recv()
        except (EOFError, OSError):
            self._end()
            raise WorkFailed("the worker died, or did not answer") from None
        if not done:
            raise WorkFailed(result)
        return result

    def close(self) -> None:
        """End the process for good, whatever it is doing."""
        self._closed = True
        self._end()

    def _end(self) -> None:
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if process is not None:
            process.kill()
            process.join()
        if pipe is not None:
            pipe.close()

    def _running(self) -> tuple[Any, Connection]:
        """The process and our end of its pipe, new ones where there are none."""
        if self._closed:
            raise EOFError
        if self._pipe is not None and self._process.is_alive():
            return self._process, self._pipe
        self._end()
        here, there = _CONTEXT.Pipe()
        process = _CONTEXT.Process(target=_work, args=(there,), daemon=True)
        process.start()
        there.close()
        self._process, self._pipe = process, here
        return process, here


class Workers:
    """``count`` workers; tasks wait for one that is free."""

    def __init__(self, count: int) -> None:
        self._all = [Worker() for _ in range(count)]
        self._free: asyncio.LifoQueue[Worker] = asyncio.LifoQueue()
        for worker in reversed(self._all):
            self._free.put_nowait(worker)

    @property
    def count(self) -> int:
        """How many tasks can be done at a time."""
        return len(self._all)

    @asynccontextmanager
    async def free(self) -> AsyncIterator[Worker]:
        """Wait for a worker that is free, and have it."""
        worker = await self._free.get()
        try:
            yield worker
        finally:
            self._free.put_nowait(worker)

    def close(self) -> None:
        """End all processes for good."""
        for worker in self._all:
            worker.close()


def _work(pipe: Connection) -> None:
    """Do tasks until the other end of the pipe is gone."""
    # Ctrl-C reaches all processes of a terminal; who ends this one is the room.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(EOFError, OSError):
        while True:
            function, arguments = pipe.recv()
            try:
                result = (True, function(*arguments))
            except Exception as error:
                result = (False, f"{type(error).__name__}: {error}")
            pipe.send(result)

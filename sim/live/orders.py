"""What-ifs in the order in which they were asked for, and what is told meanwhile.

Whoever asks for the same what-if shares it, and what was computed lately is given again at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sim.live.room import Refused
from sim.live.workers import Workers

#: What-ifs that may wait, and that are kept when done.
MOST_WAITING, KEPT = 40, 64

#: Tells somebody a message about their request.
Tell = Callable[[dict[str, Any]], None]


class Computation(Protocol):
    """How a what-if is computed: its parts one by one, then all together. Functions of modules."""

    def parts(self, what: Any) -> Sequence[tuple[Any, ...]]:
        """Arguments of ``part``, one tuple a part."""

    @property
    def part(self) -> Callable[..., Any]:
        """Does one part, on a worker."""

    def rest(self, what: Any) -> tuple[Any, ...]:
        """What ``whole`` takes besides the list of the parts' results."""

    @property
    def whole(self) -> Callable[..., Any]:
        """Makes the result of a what-if from those of its parts, on a worker."""


@dataclass(eq=False)
class _Order:
    what: Hashable
    askers: dict[tuple[Hashable, int], Tell] = field(default_factory=dict)
    done: int = 0
    of: int = 0
    given_up: bool = False


class Orders:
    """The queue before ``workers``."""

    def __init__(self, workers: Workers, computation: Computation) -> None:
        self._workers = workers
        self._computation = computation
        self._queue: list[_Order] = []
        self._some = asyncio.Event()
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def kept(self, what: Hashable) -> Any:
        """What came of a what-if lately, else None."""
        if what in self._kept:
            self._kept.move_to_end(what)
        return self._kept.get(what)

    def ask(self, asker: Hashable, request: int, what: Hashable, tell: Tell) -> None:
        """Queue a what-if; ``tell`` hears of its place, its progress and its result.

        An earlier request of the same asker is dropped.

        Raises
        ------
        Refused
            When too many wait already.
        """
        self.forget(asker)
        done = self.kept(what)
        if done is not None:
            tell({"tell": "done", "request": request, "result": done})
            return
        order = next((one for one in self._queue if one.what == what and not one.given_up), None)
        if order is None:
            if len(self._queue) >= MOST_WAITING:
                raise Refused("live.what_if.busy", waiting=len(self._queue))
            order = _Order(what)
            self._queue.append(order)
            self._some.set()
        order.askers[asker, request] = tell
        self._tell_places()

    def forget(self, asker: Hashable, request: int | None = None) -> None:
        """Somebody waits no longer: for one request, or for any."""
        for order in self._queue:
            for who, number in list(order.askers):
                if who == asker and request in (None, number):
                    del order.askers[who, number]
        waiting = [one for one in self._queue[1:] if one.askers]
        if len(waiting) < len(self._queue) - 1:
            self._queue[1:] = waiting
            self._tell_places()

    async def work(self) -> None:
        """Compute what is asked for, until cancelled."""
        while True:
            while not self._queue:
                self._some.clear()
                await self._some.wait()
            order = self._queue[0]
            try:
                await self._do(order)
            finally:
                self._queue.remove(order)
            self._tell_places()

    async def _do(self, order: _Order) -> None:
        try:
            parts = self._computation.parts(order.what)
            order.of = len(parts)
            self._tell_places()
            results = await asyncio.gather(*(self._do_part(order, part) for part in parts))
            if order.given_up:
                return
            async with self._workers.free() as worker:
                rest = self._computation.rest(order.what)
                result = await worker.do(self._computation.whole, results, *rest)
        except Exception as error:  # whatever goes wrong with one what-if, the next has its turn
            order.given_up = True
            logging.getLogger(__name__).error("a what-if failed: %s: %s", order.what, error)
            _tell(order, {"tell": "refused", "why": "live.what_if.failed"})
            return
        self._kept[order.what] = result
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        _tell(order, {"tell": "done", "result": result})

    async def _do_part(self, order: _Order, part: tuple[Any, ...]) -> Any:
        """One part, on the first free worker; nothing once nobody waits for it."""
        async with self._workers.free() as worker:
            order.given_up = order.given_up or not order.askers
            if order.given_up:
                return None
            try:
                result = await worker.do(self._computation.part, *part)
            except Exception:
                order.given_up = True
                raise
        order.done += 1
        self._tell_progress(order)
        return result

    def _tell_places(self) -> None:
        for place, order in enumerate(self._queue):
            _tell(order, {"tell": "queue", "place": place, "done": order.done, "of": order.of})

    def _tell_progress(self, order: _Order) -> None:
        _tell(order, {"tell": "queue", "place": 0, "done": order.done, "of": order.of})


def _tell(order: _Order, message: dict[str, Any]) -> None:
    for (_, request), tell in list(order.askers.items()):
        tell({**message, "request": request})

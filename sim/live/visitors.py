"""Pages that are connected: what each says to the room, and what it is told."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sim.live.codes import RoomKeys
from sim.live.limits import Guesses, Pace
from sim.live.messages import LONGEST, At, Bet, Hello, Message, Never, NotUnderstood, WhatIf, read
from sim.live.orders import Orders
from sim.live.room import Refused, Room
from sim.live.what_if import Offer

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

#: Seconds for a page to say hello, to take a message, and between two states that it is sent.
HELLO, TAKE, BETWEEN = 10.0, 20.0, 0.1
#: Messages that may wait for a slow page, and pages with the trainer's secret.
MOST_WAITING, MOST_TRAINERS = 60, 10
#: How a connection ends: the page may come back, need not come back.
GOES_ON, IS_OVER = 1013, 1008


class Visitor:
    """One connected page: a participant's, known by its token, or the trainer's."""

    def __init__(self, token: str, trainer: bool) -> None:
        self.token, self.trainer = token, trainer
        self._news = asyncio.Event()
        self._waiting: dict[Any, str] = {}
        self._stale = True

    def tell(self, message: Mapping[str, Any], instead_of: Any = None) -> None:
        """Send a message soon, in place of one of the same ``instead_of`` that still waits."""
        if len(self._waiting) < MOST_WAITING or instead_of in self._waiting:
            self._waiting[object() if instead_of is None else instead_of] = written(message)
        self._news.set()

    def outdate(self) -> None:
        """The room has changed: send its present state soon."""
        self._stale = True
        self._news.set()

    async def send(self, socket: WebSocket, present: Callable[[], str]) -> None:
        """Send what there is to say, until cancelled or the page is gone."""
        while True:
            await self._news.wait()
            self._news.clear()
            texts, self._waiting = list(self._waiting.values()), {}
            if self._stale:
                self._stale = False
                texts.append(present())
            for text in texts:
                await asyncio.wait_for(socket.send_text(text), TAKE)
            # Many changes in a moment are told as one.
            await asyncio.sleep(BETWEEN)


class Visitors:
    """All connected pages of a room."""

    def __init__(
        self, keys: RoomKeys, room: Room, offer: Offer, orders: Orders, guesses: Guesses, most: int
    ) -> None:
        self._keys, self._room, self._offer, self._orders = keys, room, offer, orders
        self._guesses, self._most = guesses, most
        self._all: set[Visitor] = set()
        self._open = 0
        self._present = ""
        #: What the trainer's page is told besides: where participants find the room.
        self.for_trainer: dict[str, Any] = {}

    @property
    def crowded(self) -> bool:
        """Whether there are more connections than people and trainers could need."""
        return self._open >= 2 * self._most + MOST_TRAINERS

    async def welcome(self, socket: WebSocket) -> None:
        """Serve one connection from its hello to its end."""
        self._open += 1
        visitor: Visitor | None = None
        sending: asyncio.Task[None] | None = None
        try:
            await socket.accept()
            try:
                visitor = await self._let_in(socket)
            except Refused as no:
                over = GOES_ON if no.key in ("live.full", "live.wait") else IS_OVER
                await _refuse(socket, no, over)
                return
            sending = asyncio.create_task(visitor.send(socket, self._now))
            hearing = asyncio.create_task(self._hear(socket, visitor))
            await asyncio.wait((sending, hearing), return_when=asyncio.FIRST_COMPLETED)
            hearing.cancel()
            with contextlib.suppress(asyncio.CancelledError, Gone, TimeoutError):
                await hearing
        except Gone:
            pass
        finally:
            self._open -= 1
            if sending is not None:
                sending.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await sending
            if visitor is not None:
                self._let_out(visitor)
            with contextlib.suppress(Exception):
                await socket.close()

    async def _let_in(self, socket: WebSocket) -> Visitor:
        address = socket.client.host if socket.client else ""
        if self._guesses.too_many(address):
            raise Refused("live.wait")
        try:
            hello = await asyncio.wait_for(_next(socket), HELLO)
        except (NotUnderstood, TimeoutError):
            raise Refused("live.not_understood") from None
        if not isinstance(hello, Hello):
            raise Refused("live.not_understood")
        if not self._keys.is_code(hello.code):
            self._guesses.wrong(address)
            raise Refused("live.wrong_code")
        trainer = bool(hello.trainer)
        if trainer and not self._keys.is_trainer(hello.trainer):
            self._guesses.wrong(address)
            raise Refused("live.not_trainer")
        visitor = Visitor(hello.token, trainer)
        if trainer:
            self._let_trainer_in(hello)
        else:
            self._room.arrive(hello.token, hello.bets)
        self._all.add(visitor)
        visitor.tell(
            {
                "tell": "welcome",
                "trainer": trainer,
                "yours": self._room.bets_of(hello.token),
                "what_if": self._offer.document,
                **(self.for_trainer if trainer else {}),
            }
        )
        self._changed()
        return visitor

    def _let_trainer_in(self, hello: Hello) -> None:
        if sum(one.trainer for one in self._all) >= MOST_TRAINERS:
            raise Refused("live.full", most=MOST_TRAINERS)
        if hello.at is not None:
            with contextlib.suppress(Refused):
                self._room.come_back(hello.at)

    def _let_out(self, visitor: Visitor) -> None:
        self._all.discard(visitor)
        self._orders.forget(visitor)
        if not visitor.trainer:
            self._room.leave(visitor.token)
        self._changed()

    async def _hear(self, socket: WebSocket, visitor: Visitor) -> None:
        """Do what a page says, until it is gone or says what no page says."""
        pace = Pace()
        while True:
            try:
                message = await _next(socket)
            except NotUnderstood:
                await _refuse(socket, Refused("live.not_understood"), IS_OVER)
                return
            if not pace.allows():
                await _refuse(socket, Refused("live.too_fast"), GOES_ON)
                return
            try:
                self._do(visitor, message)
            except Refused as no:
                request = {"request": message.request} if isinstance(message, WhatIf) else {}
                visitor.tell({**_refusal(no), **request})

    def _do(self, visitor: Visitor, message: Message) -> None:
        match message:
            case Bet() if not visitor.trainer:
                self._room.bet(visitor.token, message.question, message.choice)
                visitor.tell({"tell": "yours", "yours": self._room.bets_of(visitor.token)}, "yours")
                self._changed()
            case At() if visitor.trainer:
                self._room.go(message)
                self._changed()
            case WhatIf():
                self._what_if(visitor, message)
            case Never():
                self._orders.forget(visitor, message.request)
            case _:
                raise Refused("live.not_understood")

    def _what_if(self, visitor: Visitor, message: WhatIf) -> None:
        wanted = self._offer.wanted(message.run, message.set, message.against)
        if wanted.is_there:
            pairs = self._offer.pairs(wanted)
            done = {"tell": "run", "request": message.request, "id": wanted.id, "pairs": pairs}
            visitor.tell(done)
            return

        def tell(told: dict[str, Any]) -> None:
            if told["tell"] == "done":
                run = self._offer.keep(wanted, told["result"])
                pairs = self._offer.pairs(wanted)
                told = {**told, "tell": "run", "id": wanted.id, "run": run, "pairs": pairs}
                del told["result"]
            visitor.tell(told, ("what_if", message.request))

        self._orders.ask(visitor, message.request, wanted.what, tell)

    def _changed(self) -> None:
        self._present = ""
        for visitor in self._all:
            visitor.outdate()

    def _now(self) -> str:
        """The room's present state as it is sent; written once for all."""
        if not self._present:
            self._present = written({"tell": "present", **self._room.present()})
        return self._present


class Gone(Exception):
    """The page has closed the connection."""


async def _next(socket: WebSocket) -> Message:
    """The next message; Gone when there is none, NotUnderstood when it is none of ours."""
    event = await socket.receive()
    if event["type"] != "websocket.receive":
        raise Gone
    text = event.get("text")
    if text is None or len(text) > LONGEST:
        raise NotUnderstood("not a text")
    return read(text)


def written(message: Mapping[str, Any]) -> str:
    """A message as it is sent."""
    return json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _refusal(no: Refused) -> dict[str, Any]:
    return {"tell": "refused", "why": no.key, "values": no.values}


async def _refuse(socket: WebSocket, no: Refused, code: int) -> None:
    """Say why, then close."""
    with contextlib.suppress(Exception):
        await asyncio.wait_for(socket.send_text(written(_refusal(no))), TAKE)
        await socket.close(code)

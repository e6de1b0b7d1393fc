"""A live room for tests: a small page of real runs, a server in a thread, and pages that join."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from sim.live.addresses import Place, open_place
from sim.live.codes import RoomKeys
from sim.live.serving import MOST_PEOPLE, room_server

#: Seconds after which something that should happen is said not to.
PATIENCE = 60.0
CHOICES = [{"id": name, "label": name} for name in ("A", "B", "none")]
SETS = ["people=24", "periods=12", "dimensions=30"]
SEEDS = (0, 1, 2)


@cache
def variants() -> dict[str, Any]:
    from sim.scenario.loading import load_scenario
    from sim.workshop.variants import variant_of

    first = load_scenario("bureaucratic", sets=SETS)
    second = load_scenario("post_bureaucratic", sets=SETS)
    return {
        "A": variant_of(first, "A", SEEDS, title="Departments"),
        "B": variant_of(second, "B", SEEDS, title="Cells"),
        "B9": variant_of(second, "B9", SEEDS, sets=["climate.base_fear=0.9"], title="Fear"),
    }


@cache
def goals() -> tuple[Any, ...]:
    from sim.workshop.goals import Goal

    return (
        Goal("knowing", "people", attribute="knowledge", at_least=0.7, short="knowing people"),
        Goal("fear", "measure", measure="fear", better=-1, high=1.0, decimals=2),
    )


@cache
def payload() -> dict[str, Any]:
    from sim.workshop.goals import measures_of
    from sim.workshop.payload import run_payload
    from sim.workshop.store import Seen, record_seed

    seen = Seen(("knowledge", "fear"), measures_of(goals()), False)
    runs = {
        id: run_payload(
            variant,
            [record_seed(variant, seed, seen) for seed in SEEDS],
            shown_seed=1,
            attributes=seen.attributes,
            goals=goals(),
        )
        for id, variant in variants().items()
    }
    return {
        **without_runs(),
        "goals": [goal.document(24) for goal in goals()],
        "runs": runs,
        "program": {"seeds": list(SEEDS), "shown_seed": 1},
    }


def without_runs() -> dict[str, Any]:
    """A payload with questions and nothing to play."""
    bet = {"kind": "sides", "choices": CHOICES}
    questions = [{"id": name, "number": n, "bet": bet} for n, name in enumerate(("q1", "q2"), 1)]
    return {
        "language": "en",
        "direction": "ltr",
        "title": "Two <organizations>",
        "texts": {"live.join.title": "Join <the> room", "live.wrong_code": "Not this room's code"},
        "questions": [*questions, {"id": "free", "number": 3, "bet": None}],
        "goals": [],
        "runs": {},
        "program": {"seeds": [], "shown_seed": 0},
    }


def small_page() -> str:
    from sim.pages.workshop.page import policy_of

    policy = policy_of(["1"], "b {}", live=True).replace("'", "&#39;")
    return f'<meta http-equiv="Content-Security-Policy" content="{policy}"><p>The page</p>'


@dataclass
class OpenRoom:
    keys: RoomKeys
    place: Place

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.place.port}"

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        """Status, headers and text of an answer; no redirect is followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.place.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
            for name, value in {"Host": self.host, **headers}.items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()

    def connect(self, **options: Any) -> Any:
        """A connection as a page of this room makes one."""
        from websockets.asyncio.client import connect

        given = {"origin": f"http://{self.host}", "open_timeout": PATIENCE, "proxy": None}
        return connect(f"ws://{self.host}/live", **{**given, **options})


@contextlib.contextmanager
def open_room(
    *,
    keys: RoomKeys | None = None,
    port: int | None = None,
    most: int = MOST_PEOPLE,
    with_runs: bool = False,
    content: tuple[str, Any, Any] | None = None,
) -> Iterator[OpenRoom]:
    """A room that is served until the end of the block; ``content``: page, payload, variants."""
    keys = keys or RoomKeys.new()
    place = open_place(port=0 if port is None else port)
    if content is None:
        runs = variants() if with_runs else {}
        content = (small_page(), payload() if with_runs else without_runs(), runs)
    server = room_server(*content, place, keys, most=most)
    thread = threading.Thread(target=server.run, kwargs={"sockets": list(place.sockets)})
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield OpenRoom(keys, place)
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        place.close()
        assert not thread.is_alive()


class Page:
    """What a page does on the wire: it joins, speaks, and knows what it was told last."""

    def __init__(self, room: OpenRoom, number: int = 0, **hello: Any) -> None:
        self._room = room
        self.hello = {
            "say": "hello",
            "code": room.keys.code,
            "token": f"{number:032x}",
            **hello,
        }
        self.present: dict[str, Any] = {}
        self.told: list[dict[str, Any]] = []

    async def __aenter__(self) -> Page:
        self.socket = await self._room.connect()
        await self.socket.send(json.dumps(self.hello))
        await self.hear("welcome")
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self.socket.close()

    async def vanish(self) -> None:
        """Be gone without a word, as a phone whose battery is empty."""
        self.socket.transport.abort()

    async def say(self, what: str, **more: Any) -> None:
        await self.socket.send(json.dumps({"say": what, **more}))

    async def hear(self, what: str) -> dict[str, Any]:
        """The next message of this kind; the states of the room are noted meanwhile."""
        async with asyncio.timeout(PATIENCE):
            while True:
                message: dict[str, Any] = json.loads(await self.socket.recv())
                self.told.append(message)
                if message["tell"] == "present":
                    self.present = message
                if message["tell"] == what:
                    return message

    async def until(self, **present: Any) -> dict[str, Any]:
        """Wait for a state of the room in which these entries are so."""
        while not self.present or any(self.present[name] != one for name, one in present.items()):
            await self.hear("present")
        return self.present


def trainer(room: OpenRoom, **hello: Any) -> Page:
    return Page(room, 10**6, trainer=room.keys.secret, **hello)


def wait_until(happened: Any) -> None:
    until = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.01)

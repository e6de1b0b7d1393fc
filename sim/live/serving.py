"""Opening a room: from the page and its runs to a server that listens, until Ctrl-C."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from sim.errors import InputProblem, Problem

if TYPE_CHECKING:
    from uvicorn import Server

    from sim.live.addresses import Place
    from sim.live.codes import RoomKeys
    from sim.workshop.variants import Variant

#: People in a room, at most.
MOST_PEOPLE = 200
NEEDED = ("segno", "starlette", "uvicorn", "websockets")


def check_live() -> None:
    """Raise InputProblem where the packages of the extra ``live`` are not installed."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise InputProblem(
            Problem(
                f"the live room needs packages that are not installed: {', '.join(missing)}",
                "Install them: pip install 'learning-org[live]' (from a checkout: "
                "pip install -e '.[live]'). The page itself needs none of them: leave out "
                "--serve and --share.",
                "--serve",
            )
        )


def serve_workshop(
    html: str,
    payload: Mapping[str, Any],
    variants: Mapping[str, Variant],
    *,
    share: bool = False,
    port: int | None = None,
    address: str = "",
    room: str = "",
    workers: int = 1,
    open_page: Callable[[str], None] | None = None,
) -> None:
    """Serve a workshop page, count bets and compute what-ifs, until Ctrl-C.

    Parameters
    ----------
    html
        The page, made for the live room (its policy has ``connect-src 'self'``).
    payload
        The page's data, and ``variants`` what its runs are of, by their ids.
    share
        Whether this machine's ``address`` in the local network is listened on besides loopback.
        Without an address, the one that leads out is taken.
    port
        None for the first free one from 8000 on.
    room
        Key of an earlier room, to open it again under the same code.
    workers
        Processes for what-ifs; they start with the first.
    open_page
        Called with the trainer's address once the room is open.

    Raises
    ------
    InputProblem
        When packages are missing, or the address, the port or the key cannot be used.
    """
    check_live()
    from sim.live.addresses import open_place
    from sim.live.codes import RoomKeys

    keys = RoomKeys.of(room) if room else RoomKeys.new()
    place = open_place(share, port, address)
    try:
        server = room_server(html, payload, variants, place, keys, workers)
        for line in announcement(place, keys):
            print(line)
        if share:
            _print_qr(join_address(place, keys))
        sys.stdout.flush()
        if open_page is not None:
            open_page(trainer_address(place, keys))
        with suppress(KeyboardInterrupt):
            server.run(sockets=list(place.sockets))
        print("The room is closed; nothing of it was kept.", flush=True)
    finally:
        place.close()


def room_server(
    html: str,
    payload: Mapping[str, Any],
    variants: Mapping[str, Variant],
    place: Place,
    keys: RoomKeys,
    workers: int = 1,
    most: int = MOST_PEOPLE,
) -> Server:
    """A server for one room at ``place``; it runs with ``run(sockets=place.sockets)``."""
    import asyncio

    from uvicorn import Config, Server

    from sim.live.app import WorkshopPage, live_app
    from sim.live.join import JoinPage
    from sim.live.limits import Guesses
    from sim.live.messages import LONGEST
    from sim.live.orders import Orders
    from sim.live.room import Room
    from sim.live.visitors import Visitors
    from sim.live.what_if import Offer
    from sim.live.workers import Workers

    questions = {
        question["id"]: tuple(choice["id"] for choice in question["bet"]["choices"])
        for question in payload["questions"]
        if question.get("bet")
    }
    all_questions = {**{one["id"]: () for one in payload["questions"]}, **questions}
    guesses, offer, pool = Guesses(), Offer(payload, variants), Workers(workers)
    orders = Orders(pool, offer)
    visitors = Visitors(keys, Room(all_questions, most), offer, orders, guesses, most)
    visitors.for_trainer = _for_trainer(place, keys)

    @asynccontextmanager
    async def living() -> AsyncIterator[None]:
        working = asyncio.create_task(orders.work())
        try:
            yield
        finally:
            working.cancel()
            pool.close()

    page = WorkshopPage(html, place.hosts)
    app = live_app(page, JoinPage(payload), keys, visitors, guesses, place.hosts, living)
    config = Config(
        app,
        access_log=False,
        http="h11",
        limit_concurrency=4 * most + 100,
        lifespan="on",
        # Without a configuration, warnings and errors alone are written, and no addresses.
        log_config=None,
        log_level="error",
        loop="asyncio",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=10,
        ws_max_size=2 * LONGEST,
        ws_per_message_deflate=False,
        ws_ping_interval=15,
        ws_ping_timeout=15,
    )
    return Server(config)


def trainer_address(place: Place, keys: RoomKeys) -> str:
    """Address of the trainer's page; what follows the # stays in the browser."""
    return f"{place.here}/room/{keys.code}#trainer={keys.secret}"


def join_address(place: Place, keys: RoomKeys) -> str:
    """Address that leads participants right into the room."""
    return f"{place.there}/room/{keys.code}"


def announcement(place: Place, keys: RoomKeys) -> list[str]:
    """What is said when a room opens: who goes where, and who can."""
    from sim.live.addresses import is_public

    lines = [
        f"The live room is open. Code: {keys.readable}",
        f"  Your page (keep this address to yourself): {trainer_address(place, keys)}",
        f"  Participants: {place.there} and the code, or {join_address(place, keys)}",
        "",
    ]
    if place.address:
        lines += [
            f"Who can reach it: everybody in the network of {place.address}; to come in, they need "
            "the code.",
            "The connection is not encrypted: others in the network could read along.",
            "If phones cannot reach it, allow it in this machine's firewall, or let the phones "
            "into the same network.",
        ]
    else:
        lines.append("Who can reach it: this machine alone. --share lets phones in.")
    if is_public(place.address):
        lines.append(
            f"CAUTION: {place.address} is an address of the internet. Unless a firewall is before "
            "it, the whole internet can reach the room."
        )
    return [
        *lines,
        "What is kept: nothing. No names; bets live in memory until the room closes.",
        f"Ctrl-C closes the room. To open the same room again: --room {keys.key}",
    ]


def _for_trainer(place: Place, keys: RoomKeys) -> dict[str, Any]:
    """What the trainer's page shows to let people in."""
    import segno

    qr = segno.make(join_address(place, keys), error="m")
    picture = qr.svg_data_uri(border=4, scale=8, dark="#000000", light="#ffffff")
    return {
        "code": keys.readable,
        "address": place.there.removeprefix("http://"),
        "shared": bool(place.address),
        "qr": picture,
    }


def _print_qr(address: str) -> None:
    """A QR code for the terminal, where it can show one."""
    import segno

    with suppress(UnicodeEncodeError):
        segno.make(address, error="m").terminal(out=sys.stdout, compact=True, border=2)

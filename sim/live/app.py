"""What the room's address answers: the join page, the workshop page, and the connection to it.

Every answer to a browser first passes ``Guard``: a page of another site cannot talk to the room,
whatever name it gives this machine.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from html import unescape
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from sim.live.codes import RoomKeys, tidy
from sim.live.join import JoinPage
from sim.live.limits import Guesses
from sim.live.visitors import Visitors

HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_META = re.compile(r'(<meta http-equiv="Content-Security-Policy" content=")([^"]*)(">)')
_CONNECT = "connect-src 'self'"


class Guard:
    """Answers only browsers that ask for one of ``hosts``, and connections from its own pages."""

    def __init__(self, app: Any, hosts: Collection[str]) -> None:
        self._app, self._hosts = app, frozenset(hosts)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass on what may pass; 421 for another host, 403 for another origin."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        origins = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
        allowed = len(hosts) == 1 and hosts[0].lower() in self._hosts
        own = [f"http://{hosts[0].lower()}"] if allowed else []
        if scope["type"] == "websocket":
            if not allowed or [origin.lower() for origin in origins] != own:
                # Before the connection is accepted: the browser gets status 403.
                await receive()
                await send({"type": "websocket.close", "code": 1008})
                return
        elif not allowed or (origins and [origin.lower() for origin in origins] != own):
            answer = PlainTextResponse("wrong address", 421 if not allowed else 403, HEADERS)
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)


class WorkshopPage:
    """The workshop page as each host serves it: packed once, with the policy it is served under.

    The policy is the file's own. Where it lets the page connect to ``'self'``, the address is
    spelt out too, since some browsers do not take a WebSocket for ``'self'``.
    """

    def __init__(self, html: str, hosts: Collection[str]) -> None:
        found = _META.search(html)
        own = unescape(found[2]) if found else ""
        if found is None or _CONNECT not in own:
            raise ValueError("the page has no policy that lets it connect to the room")
        self._pages = {}
        for host in hosts:
            policy = own.replace(_CONNECT, f"{_CONNECT} ws://{host}")
            page = html[: found.start(2)] + policy + html[found.end(2) :]
            self._pages[host] = (gzip.compress(page.encode(), 6), page.encode(), policy)

    def answer(self, request: Request) -> Response:
        """The page, packed where the browser can unpack it."""
        packed, plain, policy = self._pages[request.headers["host"].lower()]
        headers = {**HEADERS, "Content-Security-Policy": f"{policy}; frame-ancestors 'none'"}
        headers["Vary"] = "Accept-Encoding"
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(packed, 200, headers, "text/html; charset=utf-8")
        return Response(plain, 200, headers, "text/html; charset=utf-8")


def live_app(
    page: WorkshopPage,
    join: JoinPage,
    keys: RoomKeys,
    visitors: Visitors,
    guesses: Guesses,
    hosts: Collection[str],
    living: Callable[[], AbstractAsyncContextManager[None]],
) -> Any:
    """The room as an ASGI application; ``living`` runs from its start to its end."""

    def ask(wrong: str = "", status: int = 200, typed: str = "") -> Response:
        headers = {**HEADERS, "Content-Security-Policy": join.policy}
        text = join.text(wrong, typed)
        return Response(text, status, headers, "text/html; charset=utf-8")

    def check(request: Request, code: str) -> Response | None:
        """None for the right code, else the join page that says what is wrong."""
        address = request.client.host if request.client else ""
        if guesses.too_many(address):
            return ask("live.wait", 429)
        if keys.is_code(code):
            return None
        guesses.wrong(address)
        return ask("live.wrong_code", 403, code)

    async def start(request: Request) -> Response:
        return ask()

    async def joined(request: Request) -> Response:
        code = request.query_params.get("code", "")
        if not tidy(code):
            return ask()
        wrong = check(request, code)
        return wrong or RedirectResponse(f"/room/{keys.code}", 303, HEADERS)

    async def room(request: Request) -> Response:
        return check(request, request.path_params["code"]) or page.answer(request)

    async def icon(request: Request) -> Response:
        return Response(status_code=204, headers=HEADERS)

    async def live(socket: WebSocket) -> None:
        if visitors.crowded:
            await socket.close(1013)
            return
        await visitors.welcome(socket)

    async def missing(request: Request, error: Exception) -> Response:
        return RedirectResponse("/", 303, HEADERS)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with living():
            yield

    app = Starlette(
        routes=[
            Route("/", start),
            Route("/join", joined),
            Route("/room/{code:str}", room),
            Route("/favicon.ico", icon),
            WebSocketRoute("/live", live),
        ],
        lifespan=lifespan,
        exception_handlers={404: missing},
    )
    return Guard(app, hosts)

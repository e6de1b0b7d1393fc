"""Facts about the room's server: who may come in, what they are told, and what is refused."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import http.client
import json
import logging
import re
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed as CLOSED
from websockets.exceptions import InvalidStatus

from sim.live.codes import RoomKeys
from sim.live.limits import MOST_GUESSES
from sim.live.messages import LONGEST
from tests.live_rooms import PATIENCE, OpenRoom, Page, open_room, trainer


async def refusal(room: OpenRoom, *messages: str | bytes) -> tuple[str, int]:
    """Why the room refused these messages of a connection, and the code it closed it with."""
    async with room.connect() as socket:
        for message in messages:
            with contextlib.suppress(CLOSED):
                await socket.send(message)
        why = ""
        with contextlib.suppress(CLOSED):
            async with asyncio.timeout(PATIENCE):
                while True:
                    told = json.loads(await socket.recv())
                    why = told["why"] if told["tell"] == "refused" else why
        await socket.wait_closed()
        return why, socket.close_code


def hello(room: OpenRoom, **other: object) -> str:
    return json.dumps({"say": "hello", "code": room.keys.code, "token": "0" * 32, **other})


# Joining, voting, vanishing


def test_thirty_join_and_vote_half_vanish_and_the_counts_are_right():
    async def happen(room: OpenRoom) -> None:
        async with trainer(room) as projector, contextlib.AsyncExitStack() as stack:
            pages = [await stack.enter_async_context(Page(room, n)) for n in range(30)]
            await projector.until(here=30)
            for n, page in enumerate(pages):
                await page.say("bet", question="q1", choice=("A", "B", "none")[n % 3])
            await projector.until(placed={"q1": 30, "q2": 0, "free": 0})
            assert projector.present["counts"] == {}
            for page in pages[:15]:
                await page.vanish()
            await projector.until(here=15)
            for page in pages[15:20]:  # two of them stay with what they had: B
                await page.say("bet", question="q1", choice="B")
            await projector.say("at", question="q1", counted=["q1"])
            counts = {"q1": {"A": 8, "B": 13, "none": 9}}
            await projector.until(counts=counts)
            for page in pages[15:]:
                await page.until(counts=counts, here=15)
            async with Page(room, 0) as back:  # asleep, not gone
                assert back.told[0]["yours"] == {"q1": "A"}
                await back.until(here=16)
                await back.say("bet", question="q1", choice="none")
                await projector.until(counts={"q1": {"A": 7, "B": 13, "none": 10}}, here=16)

    with open_room() as room:
        asyncio.run(happen(room))


def test_pages_follow_the_projector_and_late_ones_get_the_present_state():
    async def happen(room: OpenRoom) -> None:
        async with trainer(room) as projector, Page(room, 1) as early:
            await early.say("bet", question="q1", choice="B")
            await projector.until(placed={"q1": 1, "q2": 0, "free": 0})
            await projector.say("at", question="q1", option="high", revealed=["q1"])
            await early.until(revealed=["q1"], option="high")
            await early.say("bet", question="q1", choice="A")
            assert (await early.hear("refused"))["why"] == "live.bets_closed"
            await projector.say("at", question="q2", revealed=["q1"], at_once=True)
            await early.until(question="q2")
            async with Page(room, 2) as late:
                await late.until(question="q2", revealed=["q1"], at_once=True, here=2)
                assert late.present["counts"]["q1"] == {"A": 0, "B": 1, "none": 0}
                await late.say("bet", question="q2", choice="none")
                after = {"A": 0, "B": 0, "none": 1}
                await projector.until(counts={**late.present["counts"], "q2": after})

    with open_room() as room:
        asyncio.run(happen(room))


def test_only_the_trainers_page_leads_the_room():
    async def happen(room: OpenRoom) -> None:
        async with Page(room, 1) as page:
            assert "code" not in page.told[0] and not page.told[0]["trainer"]
            await page.say("at", question="q2", revealed=["q1"])
            assert (await page.hear("refused"))["why"] == "live.not_understood"
            await page.until(question="q1", revealed=[])
        wrong = hello(room, trainer=RoomKeys.new().secret)
        assert await refusal(room, wrong) == ("live.not_trainer", 1008)
        async with trainer(room) as projector:
            welcome = projector.told[0]
            assert welcome["trainer"] and welcome["code"] == room.keys.readable
            assert welcome["qr"].startswith("data:image/svg+xml")
            await projector.say("bet", question="q1", choice="A")
            assert (await projector.hear("refused"))["why"] == "live.not_understood"

    with open_room() as room:
        asyncio.run(happen(room))


def test_after_a_restart_pages_come_back_and_the_room_is_as_it_was():
    keys = RoomKeys.new()

    async def before(room: OpenRoom) -> None:
        async with trainer(room) as projector, Page(room, 1) as page:
            await page.say("bet", question="q1", choice="A")
            await page.hear("yours")
            await projector.say("at", question="q2", revealed=["q1"])
            await page.until(question="q2")

    async def after(room: OpenRoom) -> None:
        async with Page(room, 1, bets={"q1": "A"}) as page:
            await page.until(guided=False)
            at = {"say": "at", "question": "q2", "revealed": ["q1"]}
            async with trainer(room, at=at) as projector, Page(room, 2, bets={"q1": "B"}):
                counts = {"q1": {"A": 1, "B": 1, "none": 0}}
                await projector.until(question="q2", revealed=["q1"], counts=counts, here=2)
                await page.until(question="q2", guided=True)

    with open_room(keys=keys) as room:
        port = room.place.port
        asyncio.run(before(room))
    with open_room(keys=keys, port=port) as room:
        asyncio.run(after(room))


def test_connections_are_ended_when_the_room_closes():
    async def join(room: OpenRoom) -> ClientConnection:
        socket = await room.connect()
        await socket.send(hello(room))
        await socket.recv()
        return socket

    async def ended(socket: ClientConnection) -> None:
        async with asyncio.timeout(PATIENCE):
            await socket.wait_closed()

    loop = asyncio.new_event_loop()
    with open_room() as room:
        socket = loop.run_until_complete(join(room))
    loop.run_until_complete(ended(socket))
    loop.close()
    assert socket.close_code in (1012, 1001, 1006)


def test_a_full_room_says_so_and_takes_the_next_when_somebody_leaves():
    async def happen(room: OpenRoom) -> None:
        async with Page(room, 1), Page(room, 2) as second:
            assert await refusal(room, hello(room, token="f" * 32)) == ("live.full", 1013)
            async with Page(room, 2):  # the same participant's second page
                pass
            await second.vanish()
            async with trainer(room) as projector:
                await projector.until(here=1)
            async with Page(room, 3) as third:
                await third.until(here=2)

    with open_room(most=2) as room:
        asyncio.run(happen(room))


def test_there_is_an_end_to_connections_that_say_nothing():
    async def happen(room: OpenRoom) -> None:
        async with contextlib.AsyncExitStack() as stack:
            with pytest.raises((InvalidStatus, CLOSED)):
                for _ in range(100):
                    await stack.enter_async_context(room.connect())

    with open_room(most=2) as room:
        asyncio.run(happen(room))


# Hostile messages and other sites


def test_messages_that_no_page_sends_end_the_connection_and_nothing_else():
    hostile: list[list[str | bytes]] = [
        ["not json"],
        [b"\x00\x01"],
        ['{"say":"bet","question":"q1","choice":"A"}'],  # no hello
        ["[" * 5000],
        ['{"say":"hello","code":"x","token":"<script>"}'],
    ]

    async def happen(room: OpenRoom) -> None:
        async with Page(room, 1) as bystander:
            for messages in hostile:
                assert await refusal(room, *messages) == ("live.not_understood", 1008)
            once_in: list[str | bytes] = [b"bytes", '{"say":"bet"}', hello(room), "x" * LONGEST]
            for message in once_in:
                if message == hello(room):
                    continue
                assert await refusal(room, hello(room), message) == ("live.not_understood", 1008)
            assert (await refusal(room, hello(room), "x" * (3 * LONGEST)))[1] == 1009
            wild = [json.dumps({"say": "bet", "question": "q1", "choice": "A"})] * 200
            assert await refusal(room, hello(room, token="e" * 32), *wild) == (
                "live.too_fast",
                1013,
            )
            await bystander.say("bet", question="nowhere", choice="A")
            assert (await bystander.hear("refused"))["why"] == "live.not_understood"
            await bystander.say("bet", question="q1", choice="B")
            await bystander.hear("yours")

    with open_room() as room:
        asyncio.run(happen(room))


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "https://127.0.0.1", "http://127.0.0.1:1"]
)
def test_connections_from_pages_of_other_sites_are_refused(origin):
    async def happen(room: OpenRoom) -> None:
        with pytest.raises(InvalidStatus) as refused:
            await room.connect(origin=origin)
        assert refused.value.response.status_code == 403

    with open_room() as room:
        asyncio.run(happen(room))


def test_another_name_for_this_machine_is_refused():
    with open_room() as room:
        path = f"/room/{room.keys.code}"
        for host in ("evil.example", f"evil.example:{room.place.port}", "127.0.0.1", "", "[::1]"):
            status, _, text = room.get(path, Host=host)
            assert status in (400, 421) and "The page" not in text
        assert room.get(path, Host=f"LocalHost:{room.place.port}")[0] == 200
        assert room.get("/", Origin="http://evil.example")[0] == 403

        async def rebound() -> None:
            with pytest.raises(InvalidStatus):
                await room.connect(
                    additional_headers={"Host": "evil.example"}, origin="http://evil.example"
                )

        asyncio.run(rebound())


# Pages


def test_the_page_is_given_to_those_with_the_code():
    with open_room() as room:
        status, headers, text = room.get(f"/room/{room.keys.code.lower()}")
        assert status == 200 and "The page" in text
        policy = headers["content-security-policy"]
        meta = re.search(r'content="([^"]*)"', text)[1]
        assert policy == f"{meta}; frame-ancestors 'none'"
        assert f"connect-src 'self' ws://{room.host};" in f"{meta};"
        assert meta.startswith("default-src 'none'; script-src 'sha256-")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers and "set-cookie" not in headers
        status, _, text = room.get("/room/CCCCCC")
        assert status == 403 and "The page" not in text and "Not this room" in text

        connection = http.client.HTTPConnection("127.0.0.1", room.place.port, timeout=PATIENCE)
        connection.request("GET", f"/room/{room.keys.code}", headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        assert answer.getheader("content-encoding") == "gzip"
        assert b"The page" in gzip.decompress(answer.read())
        connection.close()


def test_typing_the_code_leads_into_the_room_and_a_wrong_one_back():
    with open_room() as room:
        typed = room.keys.readable.lower().replace(" ", "%20")
        status, headers, _ = room.get(f"/join?code={typed}")
        assert (status, headers["location"]) == (303, f"/room/{room.keys.code}")
        status, headers, text = room.get("/")
        assert status == 200 and "Join &lt;the&gt; room" in text
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "Two &lt;organizations&gt;" in text and "<organizations>" not in text
        status, _, text = room.get("/join?code=%22%3E%3Cscript%3E")
        assert status == 403 and "Not this room" in text and "<script" not in text
        assert room.get("/join?code=%20")[0] == 200
        assert room.get("/../../etc/passwd")[0] == 303
        assert room.get("/favicon.ico")[0] == 204


def test_the_join_page_passes_its_own_policy():
    import base64
    import hashlib

    with open_room() as room:
        _, headers, text = room.get("/")
    style = re.search(r"<style>(.*?)</style>", text, re.S)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in headers["content-security-policy"]
    assert "<script" not in text and "style=" not in text and "http" not in text


def test_guessing_codes_is_slow():
    async def join(room: OpenRoom) -> None:
        assert await refusal(room, hello(room)) == ("live.wait", 1013)

    with open_room() as room:
        for guess in range(MOST_GUESSES):
            assert room.get(f"/join?code=WRONG{guess}")[0] == 403
        assert room.get(f"/join?code={room.keys.code}")[0] == 429
        assert room.get(f"/room/{room.keys.code}")[0] == 429
        asyncio.run(join(room))

    async def guess(room: OpenRoom) -> list[tuple[str, int]]:
        return [await refusal(room, hello(room, code="CCCCCC")) for _ in range(MOST_GUESSES + 1)]

    with open_room() as room:
        told = asyncio.run(guess(room))
    assert told == [("live.wrong_code", 1008)] * MOST_GUESSES + [("live.wait", 1013)]


def test_nothing_is_written_and_no_address_is_logged(tmp_path, monkeypatch, capfd, caplog):
    monkeypatch.chdir(tmp_path)

    async def happen(room: OpenRoom) -> None:
        async with trainer(room), Page(room, 1) as page:
            await page.say("bet", question="q1", choice="A")
            await page.hear("yours")
            await page.vanish()
        await refusal(room, "nonsense")

    with caplog.at_level(logging.INFO), open_room() as room:
        room.get("/")
        room.get("/join?code=WRONG")
        asyncio.run(happen(room))
    assert list(Path(tmp_path).rglob("*")) == []
    written = "".join([*capfd.readouterr(), *(r.getMessage() for r in caplog.records)])
    assert "127.0.0.1" not in written and "WRONG" not in written

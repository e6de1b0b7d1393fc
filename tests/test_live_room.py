"""Facts about the live room itself: codes, bets and counts, messages, limits, the queue."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputProblem
from sim.live.addresses import is_public, open_place
from sim.live.codes import CHARACTERS, RoomKeys
from sim.live.limits import BURST, MOST_GUESSES, MOST_GUESSES_OF_ALL, RATE, WINDOW, Guesses, Pace
from sim.live.messages import LONGEST, At, Bet, Hello, NotUnderstood, read
from sim.live.orders import MOST_WAITING, Orders
from sim.live.room import REMEMBERED, Refused, Room
from sim.live.workers import Worker, Workers, WorkFailed

QUESTIONS = {"faster": ("A", "B", "same"), "speak": ("A", "B", "same"), "sandbox": ()}


def room(most: int = 10) -> Room:
    return Room(QUESTIONS, most)


def token(number: int) -> str:
    return f"{number:032x}"


# Codes


def test_a_code_is_read_however_people_type_it():
    keys = RoomKeys.new()
    one, other = keys.code[:3], keys.code[3:]
    for typed in (
        keys.code,
        keys.code.lower(),
        keys.readable,
        f" {one}-{other} ",
        f"{one}.{other}",
    ):
        assert keys.is_code(typed)
    for wrong in ("", keys.code[:-1], keys.code + "C", keys.code[::-1] + "\0", keys.key):
        assert not keys.is_code(wrong)


def test_codes_have_no_characters_that_are_taken_for_others():
    assert len(set(CHARACTERS)) == len(CHARACTERS) and not set("01258IOQSUVZLBAE") & set(CHARACTERS)
    assert set("".join(RoomKeys.new().code for _ in range(200))) <= set(CHARACTERS)


def test_a_room_opened_again_has_the_same_code_and_another_room_another():
    keys = RoomKeys.new()
    assert RoomKeys.of(keys.key.lower()) == keys
    # Two of a hundred rooms have the same code once in 13 000 runs of this test (20^6 codes).
    assert len({RoomKeys.new().code for _ in range(100)}) == 100
    assert keys.secret not in keys.key and keys.is_trainer(keys.secret)
    assert not keys.is_trainer(RoomKeys.new().secret) and not keys.is_trainer("")


@pytest.mark.parametrize("key", ["ABC", "", "0" * 20, "<script>" * 3])
def test_a_key_that_is_none_is_said_to_be_none(key):
    with pytest.raises(InputProblem, match="no key of a room"):
        RoomKeys.of(key)


# Bets


def test_one_participant_has_one_bet_a_question_and_may_change_it():
    here = room()
    here.arrive(token(1), {})
    for choice in ("A", "B", "A", "same"):
        here.bet(token(1), "faster", choice)
    assert here.counts("faster") == {"A": 0, "B": 0, "same": 1}
    assert here.bets_of(token(1)) == {"faster": "same"}


def test_while_the_projector_plays_bets_are_closed_and_counts_stay_hidden():
    here = room()
    here.bet(token(1), "faster", "A")
    here.go(At(question="faster", closed=["faster"]))
    with pytest.raises(Refused, match=r"live\.bets_closed"):
        here.bet(token(1), "faster", "B")
    assert here.present()["closed"] == ["faster"] and here.present()["counts"] == {}
    here.go(At(question="faster"))  # back to the beginning
    here.bet(token(1), "faster", "B")


def test_after_the_reveal_no_bet_is_taken_or_changed():
    here = room()
    here.arrive(token(1), {})
    here.bet(token(1), "faster", "A")
    here.go(At(question="faster", revealed=["faster"]))
    with pytest.raises(Refused, match=r"live\.bets_closed"):
        here.bet(token(1), "faster", "B")
    here.arrive(token(2), {"faster": "B"})  # as if made before, in a room that was never lost
    assert here.counts("faster") == {"A": 1, "B": 0, "same": 0}


def test_counts_are_shown_when_the_trainer_says_so():
    here = room()
    here.bet(token(1), "faster", "A")
    assert here.present()["counts"] == {} and here.present()["placed"]["faster"] == 1
    here.go(At(question="faster", counted=["faster"]))
    assert here.present()["counts"] == {"faster": {"A": 1, "B": 0, "same": 0}}
    here.go(At(question="faster"))
    assert here.present()["counts"] == {}
    here.go(At(question="faster", at_once=True))
    assert set(here.present()["counts"]) == set(QUESTIONS)
    here.go(At(question="speak", revealed=["faster"]))
    assert set(here.present()["counts"]) == {"faster"}


def test_bets_of_those_who_leave_stay_and_the_same_page_does_not_bet_twice():
    here = room()
    for number in range(4):
        here.arrive(token(number), {})
        here.bet(token(number), "faster", "B")
    here.leave(token(0))
    here.leave(token(1))
    assert here.here == 2 and here.counts("faster")["B"] == 4
    here.arrive(token(0), {"faster": "A"})
    assert here.counts("faster") == {"A": 0, "B": 4, "same": 0}


def test_a_room_opened_again_is_filled_by_the_pages_that_remember_it():
    lost = At(question="speak", revealed=["faster"], counted=["faster"])
    for trainer_first in (True, False):
        here = room()
        if trainer_first:
            here.come_back(lost)
        here.arrive(token(1), {"faster": "A", "speak": "B"})
        if not trainer_first:
            here.come_back(lost)
        here.arrive(token(2), {"faster": "same", "nonsense": "A", "speak": "C"})
        assert here.question == "speak"
        assert here.counts("faster") == {"A": 1, "B": 0, "same": 1}
        assert here.counts("speak") == {"A": 0, "B": 1, "same": 0}
        here.come_back(At(question="speak", revealed=["faster", "speak"]))
        here.arrive(token(3), {"speak": "A"})  # this room was never lost since: too late
        assert here.counts("speak") == {"A": 0, "B": 1, "same": 0}


def test_a_room_has_an_end_and_forgets_only_who_is_gone():
    here = room(most=3)
    for number in range(3):
        here.arrive(token(number), {})
    with pytest.raises(Refused, match=r"live\.full"):
        here.arrive(token(3), {})
    here.arrive(token(2), {})  # a second page of somebody who is here
    here.bet(token(0), "faster", "A")
    here.bet(token(1), "faster", "A")
    here.leave(token(1))
    for number in range(4, 4 + REMEMBERED * 3):
        here.arrive(token(number), {})
        here.leave(token(number))
    assert here.counts("faster")["A"] == 1 and here.bets_of(token(0)) == {"faster": "A"}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["arrive", "leave", "bet"]),
            st.integers(0, 5),
            st.sampled_from(["A", "B", "same"]),
        ),
        max_size=40,
    )
)
def test_counts_are_those_of_the_last_bet_of_each_token(happened):
    here, present, bets = room(), [0] * 6, {}
    for what, number, choice in happened:
        if what == "arrive":
            here.arrive(token(number), {})
            present[number] += 1
        elif what == "leave" and present[number]:
            here.leave(token(number))
            present[number] -= 1
        elif what == "bet":
            here.bet(token(number), "faster", choice)
            bets[number] = choice
    assert here.here == sum(count > 0 for count in present)
    chosen = list(bets.values())
    assert here.counts("faster") == {each: chosen.count(each) for each in ("A", "B", "same")}


@pytest.mark.parametrize("question, choice", [("faster", "C"), ("nonsense", "A"), ("sandbox", "A")])
def test_a_bet_on_what_is_not_there_is_refused(question, choice):
    with pytest.raises(Refused):
        room().bet(token(1), question, choice)


# Messages


def test_messages_of_our_pages_are_read():
    hello = {"say": "hello", "code": "KXM 4HP", "token": token(7), "bets": {"faster": "A"}}
    assert read(json.dumps(hello)) == Hello(**hello)
    assert read('{"say":"bet","question":"faster","choice":"A"}') == Bet(
        say="bet", question="faster", choice="A"
    )
    assert read('{"say":"at","question":"faster","revealed":["faster"]}') == At(
        question="faster", revealed=["faster"]
    )
    assert read('{"say":"what_if","request":1,"run":"A","set":{"cells.size":5}}').set == {
        "cells.size": 5.0
    }


HOSTILE = [
    "",
    "null",
    "[]",
    "{}",
    "bet",
    "\ud800",
    '{"say":"bet"}',
    '{"say":"shutdown"}',
    '{"say":"bet","question":"faster","choice":"A","extra":1}',
    '{"say":"bet","question":["faster"],"choice":"A"}',
    '{"say":"bet","question":"","choice":"A"}',
    '{"say":"what_if","request":1,"run":"A","set":{}}',
    '{"say":"what_if","request":1,"run":"A","set":{"a":NaN}}',
    '{"say":"what_if","request":1,"run":"A","set":{"a":1e999}}',
    '{"say":"what_if","request":1,"run":"A","set":{"a":"1"}}',
    '{"say":"what_if","request":1e9,"run":"A","set":{"a":1}}',
    '{"say":"what_if","request":1,"run":"A","set":{"a":1,"b":1,"c":1,"d":1,"e":1}}',
    '{"say":"hello","code":"x","token":"../../etc/passwd"}',
    '{"say":"hello","code":"' + "x" * 65 + '","token":"' + "0" * 32 + '"}',
    '{"say":"at","question":"faster","revealed":' + json.dumps(["x"] * 51) + "}",
    "[" * (LONGEST - 1),
    '{"say":' * 1000,
    "9" * (LONGEST - 1),
    '"' + "é" * (LONGEST - 10) + '"',
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_no_page_of_ours_sends_is_not_understood(text):
    with pytest.raises(NotUnderstood):
        read(text)


@given(
    st.text(max_size=300) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(str)
)
def test_no_text_breaks_the_reader(text):
    with pytest.raises(NotUnderstood):
        read(text)


# Limits


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_who_gives_wrong_codes_waits_a_minute_and_others_do_not():
    clock = Clock()
    guesses = Guesses(clock)
    for _ in range(MOST_GUESSES):
        assert not guesses.too_many("10.0.0.1")
        guesses.wrong("10.0.0.1")
    assert guesses.too_many("10.0.0.1") and not guesses.too_many("10.0.0.2")
    clock.now = WINDOW + 1
    assert not guesses.too_many("10.0.0.1")


def test_many_addresses_together_do_not_guess_faster_than_the_limit_of_all():
    guesses = Guesses(Clock())
    for number in range(2 * MOST_GUESSES_OF_ALL):
        guesses.wrong(f"10.0.{number // 250}.{number % 250}")
    assert guesses.too_many("192.168.0.1")
    one_network = Guesses(Clock())
    for number in range(MOST_GUESSES):
        one_network.wrong(f"fd00::1:{number}")
    assert one_network.too_many("fd00::2:1%eth0") and not one_network.too_many("fd00:1::1")


def test_a_page_may_send_a_burst_then_a_steady_trickle():
    clock = Clock()
    pace = Pace(clock)
    assert [pace.allows() for _ in range(BURST + 1)] == [True] * BURST + [False]
    clock.now += 1.01 / RATE
    assert pace.allows() and not pace.allows()
    clock.now += 1000
    assert sum(pace.allows() for _ in range(2 * BURST)) == BURST


# Addresses


def test_alone_the_room_listens_on_loopback_and_nothing_else():
    place = open_place()
    try:
        assert [one.getsockname()[0] for one in place.sockets] == ["127.0.0.1"]
        assert place.hosts == {f"127.0.0.1:{place.port}", f"localhost:{place.port}"}
        again = open_place()
        assert again.port != place.port
        again.close()
        with pytest.raises(InputProblem, match=f"port {place.port} cannot be used"):
            open_place(port=place.port)
    finally:
        place.close()


def test_sharing_adds_one_address_of_this_machine():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        try:
            one.bind(("127.0.0.2", 0))
        except OSError:
            pytest.skip("this machine has one loopback address only")
    place = open_place(share=True, address="127.0.0.2")
    try:
        addresses = [one.getsockname() for one in place.sockets]
        assert addresses == [("127.0.0.1", place.port), ("127.0.0.2", place.port)]
        assert place.there == f"http://127.0.0.2:{place.port}"
        assert f"127.0.0.2:{place.port}" in place.hosts
    finally:
        place.close()


@pytest.mark.parametrize("address", ["192.0.2.7", "example.org", "::1", "0.0.0.0.0", "<x>"])
def test_an_address_of_another_machine_is_refused(address):
    with pytest.raises(InputProblem, match="not an IPv4 address of this machine"):
        open_place(share=True, address=address)


@pytest.mark.parametrize("port", [-1, 70_000])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(InputProblem, match="cannot be used"):
        open_place(port=port)


def test_addresses_of_the_internet_are_told_from_private_ones():
    assert is_public("8.8.8.8")
    assert not any(map(is_public, ["", "192.168.1.2", "10.0.0.1", "172.16.0.9", "127.0.0.1"]))


# Workers and the queue


def double(number: int) -> int:
    return 2 * number


def fail(number: int) -> int:
    if number == 13:
        os._exit(1)
    raise ValueError(f"no {number}")


def total(parts: list[int]) -> int:
    return sum(parts)


class Doubling:
    """Adds up the doubles of 0 to what - 1; 13 kills its worker, 14 fails."""

    def __init__(self) -> None:
        self.part: Any = double
        self.whole = total

    def rest(self, what: int) -> tuple[()]:
        return ()

    def parts(self, what: int) -> list[tuple[int]]:
        if what in (13, 14):
            self.part = fail
            return [(what,)]
        self.part = double
        return [(number,) for number in range(what)]


def test_a_worker_survives_errors_and_is_replaced_when_it_dies():
    worker = Worker()
    try:
        assert worker.do_now(double, 4) == 8
        first = worker.process_id
        with pytest.raises(WorkFailed, match="ValueError: no 5"):
            worker.do_now(fail, 5)
        assert worker.do_now(double, 5) == 10 and worker.process_id == first
        with pytest.raises(WorkFailed, match="died"):
            worker.do_now(fail, 13)
        assert worker.do_now(double, 6) == 12 and worker.process_id != first
    finally:
        worker.close()
    assert worker.process_id is None
    with pytest.raises(WorkFailed):
        worker.do_now(double, 1)


def test_what_ifs_are_answered_in_order_shared_kept_and_dropped():
    asyncio.run(asyncio.wait_for(_queue(), 60))


async def _queue() -> None:
    told: list[tuple[str, dict[str, Any]]] = []

    def teller(name: str) -> Any:
        return lambda message: told.append((name, message))

    workers = Workers(1)
    orders = Orders(workers, Doubling())
    for name, what in [("ann", 13), ("bob", 4), ("cem", 4), ("dee", 5), ("eva", 14)]:
        orders.ask(name, 1, what, teller(name))
    orders.ask("dee", 2, 6, teller("dee"))  # instead of 5
    orders.ask("fay", 1, 7, teller("fay"))
    orders.forget("fay")
    working = asyncio.create_task(orders.work())
    try:
        while not any(name == "eva" and m["tell"] == "refused" for name, m in told):
            await asyncio.sleep(0.01)
        while not any(name == "dee" and m["tell"] == "done" for name, m in told):
            await asyncio.sleep(0.01)
        ends = [(n, m["request"], m.get("result")) for n, m in told if m["tell"] != "queue"]
        firsts = [("ann", 1, None), ("bob", 1, 12), ("cem", 1, 12), ("eva", 1, None)]
        assert ends == [*firsts, ("dee", 2, 30)]
        places = [m["place"] for n, m in told if n == "bob" and m["tell"] == "queue"]
        assert places[0] == 1 and places == sorted(places, reverse=True)
        done = [m["done"] for n, m in told if n == "bob" and m.get("of") == 4]
        assert done[-1] == 4 and done == sorted(done)
        orders.ask("guy", 1, 4, teller("guy"))
        assert told[-1] == ("guy", {"tell": "done", "request": 1, "result": 12})
        assert orders.kept(5) is None  # nobody waited for it any more
    finally:
        working.cancel()
        workers.close()


def test_the_queue_has_an_end():
    async def fill() -> None:
        orders = Orders(Workers(1), Doubling())
        for number in range(MOST_WAITING):
            orders.ask(number, 1, 100 + number, lambda message: None)
        with pytest.raises(Refused, match=r"live\.what_if\.busy"):
            orders.ask("late", 1, 99, lambda message: None)
        orders.ask("late", 1, 100, lambda message: None)  # shared with who asked first

    asyncio.run(fill())

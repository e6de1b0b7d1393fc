"""Facts about what-ifs of the live room, and about how the room opens and closes."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.cli import main
from sim.errors import InputProblem
from sim.live.addresses import Place
from sim.live.codes import RoomKeys
from sim.live.room import Refused
from sim.live.serving import announcement, check_live, serve_workshop
from sim.live.what_if import OFFERED, Offer
from sim.scenario.loading import load_scenario
from sim.scenario.schema import declaration_at, settings_model
from sim.workshop.pairs import ahead
from sim.workshop.payload import goal_series, run_payload
from sim.workshop.store import Seen, record_seed
from sim.workshop.variants import variant_of
from tests.live_rooms import (
    PATIENCE,
    SEEDS,
    SETS,
    Page,
    goals,
    open_room,
    payload,
    small_page,
    variants,
)

ROOT = Path(__file__).parents[1]


def offer() -> Offer:
    return Offer(payload(), variants())


# What is offered


@pytest.mark.parametrize("offered", OFFERED, ids=lambda one: one.key)
def test_what_is_offered_lies_within_the_bounds_of_the_parameter(offered):
    declared = declaration_at(settings_model(), tuple(offered.key.split(".")))
    low, high = declared.bounds
    assert low <= offered.low < offered.high <= high
    assert declared.kinds == ((int,) if offered.whole else (float,))
    assert bool(declared.zero) == offered.zero


def test_only_what_acts_in_a_run_is_offered_for_it():
    values = offer().document["values"]
    assert not {"cells.size", "reshuffle.every"} & set(values["A"])
    assert values["B"]["cells.size"] == variants()["B"].settings.cells.size
    assert values["B9"]["climate.base_fear"] == 0.9


@pytest.mark.parametrize(
    "run, sets, why",
    [
        ("A", {"cells.size": 5}, "not_offered"),
        ("nowhere", {"climate.base_fear": 0.5}, "not_offered"),
        ("A", {"people": 100_000}, "not_offered"),
        ("A", {"__class__.__init__": 1}, "not_offered"),
        ("A", {"climate.base_fear": 1.01}, "range"),
        ("B", {"reshuffle.every": 1}, "range"),
        ("B", {"reshuffle.every": -3}, "range"),
        ("B", {"cells.size": 1e9}, "range"),
    ],
)
def test_what_is_not_offered_is_refused(run, sets, why):
    with pytest.raises(Refused, match=rf"live\.what_if\.{why}"):
        offer().wanted(run, sets, None)


def test_a_what_if_that_the_page_has_is_found_there():
    here = offer()
    assert here.wanted("B", {"climate.base_fear": 0.9}, None).id == "B9"
    assert here.wanted("B9", {"climate.base_fear": 0.33}, None).id == "B"
    there = here.wanted("B", {"climate.base_fear": 0.91, "cells.size": 4.0}, None)
    assert not there.is_there and there.id == "B?climate.base_fear=0.91&cells.size=4"
    again = here.wanted("B", {"cells.size": 4, "climate.base_fear": 0.9100001}, None)
    assert again.what == there.what


# What comes of it


def test_a_what_if_is_the_run_that_python_computes_to_the_bit():
    sets = {"climate.base_fear": 0.7, "reshuffle.every": 0.0}
    ask = {"request": 7, "run": "B", "against": "A", "set": sets}

    async def happen() -> tuple[list[dict[str, Any]], dict[str, Any]]:
        with open_room(with_runs=True) as room:
            async with Page(room, 1) as page, Page(room, 2) as other:
                await page.say("what_if", **ask)
                await other.say("what_if", **{**ask, "request": 1, "against": None})
                first, second = await page.hear("run"), await other.hear("run")
                assert second["run"] == first["run"] and second["pairs"] == []
                await other.say("what_if", **{**ask, "request": 2})
                assert (await other.hear("run"))["pairs"] == first["pairs"]
                return page.told, first

    told, found = asyncio.run(happen())
    assert found["request"] == 7 and found["id"] == "B?climate.base_fear=0.7&reshuffle.every=0"
    places = [one for one in told if one["tell"] == "queue"]
    assert places[0]["place"] == 0 and places[-1]["done"] <= places[-1]["of"] == len(SEEDS)
    assert [one["done"] for one in places] == sorted(one["done"] for one in places)

    texts = ["climate.base_fear=0.7", "reshuffle.every=0"]
    scenario = load_scenario("post_bureaucratic", sets=SETS)
    variant = variant_of(scenario, "x", SEEDS, sets=texts, title=found["run"]["title"])
    seen = Seen(("knowledge", "fear"), ("fear",), False)
    recordings = [record_seed(variant, seed, seen) for seed in SEEDS]
    expected = run_payload(
        variant, recordings, shown_seed=1, attributes=seen.attributes, goals=goals()
    )
    assert found["run"] == json.loads(json.dumps(expected))
    assert found["run"]["title"].startswith("Cells, ")

    knowing, fear = goals()
    at_a = [record_seed(variants()["A"], seed, seen) for seed in SEEDS]
    pairs = {pair["goal"]: pair for pair in found["pairs"] if pair["left"] == "A"}
    assert {pair["left"] for pair in found["pairs"]} == {"A", found["id"]}
    assert set(pairs) == {"knowing", "fear"}
    for goal in (knowing, fear):
        pair = pairs[goal.id]
        last = [goal_series(goal, each)[:, -1] for each in (at_a, recordings)]
        truth = ahead(*last, goal.better)
        assert (pair["left"], pair["right"], pair["runs"]) == ("A", found["id"], len(SEEDS))
        assert (pair["ahead_A"], pair["ahead_B"], pair["same"]) == (
            truth.ahead_A,
            truth.ahead_B,
            truth.same,
        )
        # The page's numbers are packed: people exactly, measures to two digits beyond those shown.
        margin = 1e-9 if goal.kind == "people" else 0.5 * 10 ** -(goal.decimals + 1)
        assert np.isclose(pair["difference"], truth.difference, rtol=0, atol=margin)


def test_a_what_if_on_the_page_is_answered_without_computing():
    async def happen() -> None:
        with open_room(with_runs=True) as room:
            async with Page(room, 1) as page:
                assert "climate.base_fear" in page.told[0]["what_if"]["values"]["A"]
                ask = {"run": "B", "against": "A", "set": {"climate.base_fear": 0.9}}
                await page.say("what_if", request=3, **ask)
                answer = await page.hear("run")
                assert answer["id"] == "B9" and "run" not in answer
                assert {pair["right"] for pair in answer["pairs"]} == {"A", "B9"}
                assert not any(one["tell"] == "queue" for one in page.told)
                await page.say("what_if", request=4, run="B", set={"people": 9})
                refused = await page.hear("refused")
                assert (refused["why"], refused["request"]) == ("live.what_if.not_offered", 4)

    asyncio.run(happen())


# Opening and closing

SERVE = """
import pickle, sys
from pathlib import Path
from sim.live import serve_workshop

if __name__ == "__main__":
    page = pickle.loads(Path(sys.argv[2]).read_bytes())
    serve_workshop(*page, room=sys.argv[1], port=0)
"""


def served(folder: Path, key: str) -> tuple[subprocess.Popen[str], int]:
    """A room in a process group of its own, and its port."""
    script = folder / "serve.py"
    script.write_text(SERVE)
    page = folder / "page.pickle"
    page.write_bytes(pickle.dumps((small_page(), payload(), variants())))
    process = subprocess.Popen(
        [sys.executable, str(script), key, str(page)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    for line in process.stdout:
        if "127.0.0.1:" in line:
            return process, int(line.partition("127.0.0.1:")[2].partition("/")[0])
    raise AssertionError("the room did not open")


def nobody_left(group: int) -> bool:
    """Whether a process group has come to its end."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


async def ask_for_what_if(port: int, key: str) -> None:
    """Have the room start its workers: leave as soon as the first seed is done."""
    from types import SimpleNamespace

    place: Any = SimpleNamespace(port=port)
    from tests.live_rooms import OpenRoom

    async with Page(OpenRoom(RoomKeys.of(key), place), 1) as page:
        await page.say("what_if", request=1, run="B", set={"climate.base_fear": 0.5})
        while (await page.hear("queue"))["done"] == 0:
            pass


@pytest.mark.skipif(os.name != "posix", reason="needs process groups")
@pytest.mark.parametrize("way", ["SIGINT", "SIGKILL"])
def test_stopping_the_room_leaves_no_process(tmp_path, way):
    key = RoomKeys.new().key
    process, port = served(tmp_path, key)
    try:
        asyncio.run(ask_for_what_if(port, key))
        if way == "SIGINT":
            os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C in a terminal
        else:
            process.send_signal(getattr(signal, way))
        said, _ = process.communicate(timeout=PATIENCE)
        assert nobody_left(process.pid)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    if way == "SIGINT":
        assert process.returncode == 0 and "The room is closed" in said


def test_without_the_extra_one_message_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr("sim.live.serving.find_spec", lambda name: None)
    with pytest.raises(InputProblem) as problem:
        check_live()
    (message,) = problem.value.problems
    assert "segno, starlette, uvicorn, websockets" in message.message
    assert "pip install 'learning-org[live]'" in message.remedy
    with pytest.raises(InputProblem, match="pip install"):
        serve_workshop("", {}, {})
    with pytest.raises(SystemExit) as ended:
        main(["workshop", "--serve"])
    said = capsys.readouterr()
    assert ended.value.code == 2 and said.out == ""
    assert said.err.count("error:") == 1 and len(said.err.strip().splitlines()) == 1


def test_importing_the_room_brings_none_of_its_packages():
    code = (
        "import sys, sim.live; "
        "print([m for m in sys.modules if m.partition('.')[0] in "
        "('starlette', 'uvicorn', 'websockets', 'segno', 'numba', 'numpy', 'asyncio')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def test_what_is_said_when_the_room_opens():
    keys = RoomKeys.new()
    alone = "\n".join(announcement(Place((), 8000), keys))
    assert f"http://127.0.0.1:8000/room/{keys.code}#trainer={keys.secret}" in alone
    assert "this machine alone" in alone and f"--room {keys.key}" in alone
    shared = "\n".join(announcement(Place((), 8000, "192.168.1.5"), keys))
    assert "everybody in the network of 192.168.1.5" in shared and "not encrypted" in shared
    assert "CAUTION" not in shared and f"http://192.168.1.5:8000/room/{keys.code}" in shared
    assert "CAUTION" in "\n".join(announcement(Place((), 8000, "8.8.8.8"), keys))
    assert shared.count(keys.secret) == 1

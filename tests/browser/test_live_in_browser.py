"""Facts about the live room as people see it: a projector and phones, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from looking import Tab, overlaps, sideways, violations
from stage import shown

from sim.live.codes import RoomKeys
from sim.pages.workshop.page import workshop_page
from sim.workshop.goals import Goal
from sim.workshop.payload import goal_series
from sim.workshop.store import Seen, record_seed
from sim.workshop.variants import variant_of
from tests.live_rooms import PATIENCE, OpenRoom, open_room

PHONE = {"width": 390, "height": 844}
PROJECTOR = {"width": 1366, "height": 768}
#: A bet of each of the two phones.
BETS = ("B", "A")


class Live:
    """A room that can be closed and opened again, and pages in it."""

    def __init__(self, chromium: Any, content: tuple[str, Any, Any]) -> None:
        self._chromium, self._content = chromium, content
        self._stack, self.keys = ExitStack(), RoomKeys.new()
        self.tabs: list[Tab] = []
        self.room = self._open()

    def _open(self, port: int | None = None) -> OpenRoom:
        return self._stack.enter_context(
            open_room(keys=self.keys, port=port, content=self._content)
        )

    def close(self) -> None:
        """Close the room; its pages stay open."""
        self._stack.close()

    def open_again(self) -> None:
        """Open it again where it was."""
        self._stack = ExitStack()
        self.room = self._open(self.room.place.port)

    def tab(self, path: str, **size: int) -> Tab:
        tab = Tab(self._chromium, **size, offline=False)
        tab.page.set_default_timeout(1000 * PATIENCE)
        self.tabs.append(tab)
        tab.go(f"http://{self.room.host}{path}")
        return tab

    def phone(self) -> Tab:
        return ready(self.tab(f"/room/{self.keys.code}", **PHONE))

    def projector(self) -> Tab:
        return ready(self.tab(f"/room/{self.keys.code}#trainer={self.keys.secret}", **PROJECTOR))


@pytest.fixture
def live(chromium, workshop) -> Iterator[Live]:
    """A room with the small workshop page."""
    page = workshop_page(workshop.payload, live=True)
    room = Live(chromium, (page, workshop.payload, workshop.plan.variants))
    yield room
    for tab in room.tabs:
        tab.close()
    room.close()


def ready(tab: Tab) -> Tab:
    tab.page.wait_for_function("() => document.documentElement.classList.contains('ready')")
    return tab


def says(tab: Tab, selector: str, words: str) -> None:
    """Wait until an element has these words."""
    tab.page.wait_for_function(
        "([selector, words]) => (document.querySelector(selector) || {innerText: ''})"
        ".innerText.includes(words)",
        arg=[selector, words],
    )


def is_so(tab: Tab, condition: str, arg: Any = None) -> None:
    """Wait until something is so in the state of the page."""
    tab.page.wait_for_function(
        f"arg => (state => {condition})(window.learningOrg.state())", arg=arg
    )


def bet(tab: Tab, choice: str) -> None:
    tab.page.locator(f"[data-choice={choice}]").click()
    is_so(tab, "state.bet === arg", choice)


def numbers(tab: Tab) -> list[str]:
    """The counts beside the bet buttons."""
    return tab.page.locator("#bets .hands-count").all_inner_texts()


def test_from_the_code_to_the_answer(live: Live, picture: Callable[..., Any]):
    phone = live.tab("/", **PHONE)
    assert violations(phone) == [] and sideways(phone) == []
    phone.page.fill("#code", "XXX 999")
    phone.page.locator("button").click()
    assert phone.page.locator("#wrong").is_visible() and violations(phone) == []
    assert phone.page.locator("#code").input_value() == "XXX 999"
    picture(phone, "live join")
    phone.forgive()  # the browser notes the status 403 of that page
    phone.page.fill("#code", live.keys.readable.lower())
    phone.page.keyboard.press("Enter")
    ready(phone)
    other, projector = live.phone(), live.projector()
    says(projector, "#live-here", "2")
    assert violations(phone) == [] and sideways(phone) == []
    assert not phone.page.locator("#stage").is_visible()
    assert "trainer" not in projector.page.url

    for tab, choice in zip((phone, other), BETS, strict=True):
        bet(tab, choice)
    says(projector, "#live-placed", "2 of 2")
    assert projector.page.locator(".live-share").count() == 0
    other.page.reload()  # is no second participant, and keeps the bet
    is_so(ready(other), "state.bet === arg", BETS[1])
    projector.page.locator("#live-show").click()
    for tab in (projector, phone, other):
        tab.page.locator(".live-share").first.wait_for()
        assert numbers(tab) == ["1", "1", "0"]
        assert violations(tab) == []
    picture(projector, "live bets on the projector")
    picture(phone, "live bets on a phone")
    assert overlaps(projector, "#bets button, #live-votes > *, #live-open, #dots button") == []

    projector.page.locator("#week").press("End")
    for tab in (phone, other):
        is_so(tab, "state.revealed")
        said = projector.page.locator("#reveal-numbers").inner_text()
        assert tab.page.locator("#reveal-numbers").inner_text() == said
        assert not tab.page.locator("#bets").is_visible()
    assert phone.page.locator("#live-answer b").all_inner_texts() == ["1", "1", "0"]
    assert violations(phone) == [] and sideways(phone) == []
    picture(phone, "live answer on a phone", whole=True)
    for tab in live.tabs:
        assert tab.messages == []


#: Keeps what the room said last, so that it can say it again.
LISTEN = """
const listen = WebSocket.prototype.addEventListener;
WebSocket.prototype.addEventListener = function (type, hear) {
  listen.call(this, type, type !== "message" ? hear : (event) => {
    if (JSON.parse(event.data).tell === "present") {
      window.sayAgain = () => hear(new MessageEvent("message", { data: event.data }));
    }
    hear(event);
  });
};"""
#: Taps on an earlier question in the middle of going to the second, while the room speaks.
TAP_AT_ONCE = """() => new MutationObserver((_, observer) => {
  const button = document.querySelector("#live-earlier button");
  if (!button || window.learningOrg.state().question !== 2) return;
  observer.disconnect();
  button.click();
  window.sayAgain();
}).observe(document.querySelector("#live-earlier"), { childList: true })"""


def test_a_tap_in_the_middle_of_following_is_not_lost(live: Live):
    projector, phone = live.projector(), live.phone()
    phone.page.add_init_script(LISTEN)
    phone.page.reload()
    ready(phone)
    bet(phone, "A")
    projector.page.locator("#week").press("End")
    is_so(phone, "state.revealed")
    phone.page.evaluate(TAP_AT_ONCE)
    projector.page.locator("#dots button[value='2']").click()
    phone.page.wait_for_selector("#live-elsewhere:not([hidden])")
    is_so(phone, "state.question === 1 && state.revealed && state.bet === 'A'")


def test_phones_follow_and_may_look_back(live: Live):
    projector, phone = live.projector(), live.phone()
    bet(phone, "A")
    projector.page.locator("#week").press("End")
    is_so(phone, "state.revealed")
    projector.page.locator("#dots button[value='2']").click()
    is_so(phone, "state.question === 2 && !state.revealed")
    phone.page.locator("#live-earlier button").first.click()
    is_so(phone, "state.question === 1 && state.revealed && state.bet === 'A'")
    projector.page.locator("#dots button[value='3']").click()
    says(phone, "#live-there", projector.page.locator("#question").inner_text())
    is_so(phone, "state.question === 1")
    phone.page.locator("#live-elsewhere button").click()
    is_so(phone, "state.question === 3")
    late = live.phone()
    is_so(late, "state.question === 3")

    projector.page.locator("#play").click()  # while it plays, bets are closed
    late.page.wait_for_selector("[data-choice][aria-disabled]")
    late.page.locator("[data-choice]").first.click(force=True)
    is_so(late, "state.bet === null")
    projector.page.locator("#play").click()
    projector.page.locator("#week").press("Home")
    late.page.wait_for_selector("[data-choice]:not([aria-disabled])")
    projector.page.reload()  # goes on where the room is
    is_so(ready(projector), "state.question === 3")
    for tab in live.tabs:
        assert tab.messages == []


def test_the_page_works_on_without_the_room_and_finds_it_again(live: Live):
    projector, phone = live.projector(), live.phone()
    bet(phone, "B")
    says(projector, "#live-placed", "1 of 1")
    live.close()
    phone.page.wait_for_selector("#live-note:not([hidden])")
    bet(phone, "A")
    projector.page.locator("#week").press("End")
    is_so(projector, "state.revealed")
    projector.page.locator("#dots button[value='2']").click()
    is_so(projector, "state.question === 2")
    live.open_again()
    is_so(phone, "state.question === 2")
    phone.page.locator("#live-earlier button").first.click()
    is_so(phone, "state.question === 1 && state.revealed")
    # The bet was changed while the room was gone, before anybody in it could see the answer.
    assert phone.page.locator("#live-answer b").all_inner_texts() == ["1", "0", "0"]


def test_another_room_under_this_address_is_said_to_be_another(live: Live):
    phone = live.phone()
    says(phone, "#live-position", "1")
    live.close()
    live.keys = RoomKeys.new()
    live.open_again()
    phone.page.wait_for_selector("#live-note a[href='/']")
    bet(phone, "A")


def test_a_what_if_is_shown_as_python_computes_it(live: Live, workshop, picture):
    projector = live.projector()
    last = workshop.payload["questions"][-1]
    projector.page.locator(f"#dots button[value='{last['number']}']").click()
    projector.page.locator("#live-other").click()
    projector.page.locator("#live-key").select_option("climate.base_fear")
    projector.page.locator("#live-value").fill("7")
    projector.page.locator("#live-run").click()
    says(projector, "#live-asked", "0 to 1")
    picture(projector, "live what if")
    assert violations(projector) == []
    projector.page.locator("#live-value").fill("0.77")
    projector.page.locator("#live-run").click()
    is_so(projector, "state.right.includes('climate.base_fear=0.77')")
    assert not projector.page.locator("#live-what-if").is_visible()
    chosen = projector.page.locator("#choose-B option:checked").inner_text()
    assert "0.77" in chosen

    goals = [Goal.of_document(row) for row in workshop.payload["goals"]]
    goal = next(one for one in goals if one.id == last["goal"] or one.kind == "people")
    projector.page.locator("#goal").select_option(goal.id)
    projector.page.locator("#week").press("End")
    base = workshop.plan.variants[last["right"]]
    (changed,) = [
        variant_of(
            workshop.plan.sides["B"],
            "x",
            base.seeds,
            sets=[*(f"{key}={value}" for key, value in base.changes), "climate.base_fear=0.77"],
        )
    ]
    measures = (goal.measure,) if goal.kind == "measure" else ()
    seed = workshop.payload["program"]["shown_seed"]
    recording = record_seed(changed, seed, Seen(measures=measures))
    value = goal_series(goal, [recording])[0, -1]
    says(projector, "#count-B", shown(value, goal.decimals))
    assert projector.messages == []

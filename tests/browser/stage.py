"""A small workshop page for tests, and how a trainer would work it."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from looking import Tab

from sim.pages.workshop.page import workshop_page
from sim.studies.pool import Pool
from sim.verbs.workshop import Plan, Wish, make_workshop, plan_of
from sim.workshop.pairs import rounded

#: Enough for cells, managers and a reshuffle; and people near what the questions count them by.
SMALL = ("people=30", "periods=20", "start.opinion=0.75", "start.right=0.65")
SEEDS = 4
PAYLOAD = re.compile(r'(<script type="application/json" id="payload">)(.*?)(</script>)', re.S)


@dataclass(frozen=True)
class Workshop:
    """A page that was built, what it was built of, and the data in it."""

    path: Path
    plan: Plan
    payload: dict[str, Any]

    def with_payload(self, path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
        """The page as the program writes it with other data."""
        data = json.loads(json.dumps(self.payload))
        change(data)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(workshop_page(data), encoding="utf-8")
        return path


def built(folder: Path, sets: tuple[str, ...] = SMALL, seeds: int = SEEDS) -> Workshop:
    """The workshop page in this folder, built by the first process that asks."""
    path = folder / "workshop.html"
    wish = Wish(None, list(sets), seeds, Pool(1, ""), path, None, None, False, False)
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / "building"
    with chdir(folder):
        if _first(mark):
            try:
                make_workshop(wish)
            finally:
                mark.with_name("built").touch()
        while not mark.with_name("built").exists():
            time.sleep(0.1)
        plan = plan_of(wish)
    return Workshop(path, plan, data_of(path.read_text(encoding="utf-8")))


def _first(mark: Path) -> bool:
    try:
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def data_of(html: str) -> dict[str, Any]:
    """The data in a page."""
    found = PAYLOAD.search(html)
    assert found is not None
    data: dict[str, Any] = json.loads(found[2])
    return data


class Stage:
    """A tab with the workshop page; its clock stands still unless ``let`` moves it."""

    def __init__(self, tab: Tab) -> None:
        self.tab, self.page = tab, tab.page

    def ready(self) -> Stage:
        """Wait until it can be used."""
        self.page.wait_for_function("() => document.documentElement.classList.contains('ready')")
        return self

    @property
    def state(self) -> dict[str, Any]:
        """What the page says of itself."""
        state: dict[str, Any] = self.page.evaluate("() => window.learningOrg.state()")
        return state

    def let(self, seconds: float) -> None:
        """Let so much of the page's own time go by at once."""
        self.page.clock.fast_forward(int(1000 * seconds))
        self.page.clock.run_for(100)

    def settle(self) -> None:
        """Let whatever moves come to rest."""
        self.page.clock.run_for(1500)

    def open(self, number: int) -> None:
        """Go to a question by its dot."""
        self.page.locator(f"#dots button[value='{number}']").click()
        self.page.wait_for_function(
            "number => window.learningOrg.state().question === number", arg=number
        )
        self.page.clock.run_for(100)

    def seek(self, week: int) -> None:
        """Move the slider to a week, and let everything come to rest."""
        self.seek_at_once(week)
        self.settle()

    def seek_at_once(self, week: int) -> None:
        """Move the slider to a week."""
        self.page.locator("#week").evaluate(
            "(slider, week) => { slider.value = week;"
            " slider.dispatchEvent(new Event('input', {bubbles: true})); }",
            week,
        )

    def choose(self, option: str) -> None:
        """Choose an option of the question's control."""
        self.page.locator(f"#control input[value='{option}']").check(force=True)
        self.page.wait_for_function(
            "option => window.learningOrg.state().option === option", arg=option
        )
        self.page.clock.run_for(100)

    def play(self) -> None:
        """Press Play and let it play to the end."""
        self.page.locator("#play").click()
        self.let(11)
        self.page.wait_for_function("() => !window.learningOrg.state().playing")
        self.settle()

    def text(self, selector: str) -> str:
        """The words of one element, as they stand on the screen."""
        words: str = self.page.locator(selector).inner_text()
        return words

    def counts(self) -> tuple[str, str]:
        """The numbers over the two pictures."""
        return self.text("#count-A"), self.text("#count-B")

    def pictures(self) -> list[str]:
        """What the two canvases show, dot by dot."""
        shown: list[str] = self.page.evaluate(
            "() => [...document.querySelectorAll('.picture canvas')].map(one => one.toDataURL())"
        )
        return shown

    @property
    def focused(self) -> str:
        """Which element has the focus: its id, else its name; 'BODY' where none has."""
        words: str = self.page.evaluate(
            "() => document.activeElement.id || document.activeElement.tagName"
        )
        return words


def shown(number: float, decimals: int) -> str:
    """A number as the page writes it: half away from zero, a real minus sign, thousands apart."""
    near = rounded(number, decimals)
    text = f"{abs(near):,.{decimals}f}"
    return f"\u2212{text}" if near < 0 else text

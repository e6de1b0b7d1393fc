"""What tests of pages look at: requests, messages, boxes, colours, contrast, accessibility."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

#: Rules of axe-core that pages must keep: WCAG 2.2, levels A and AA.
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
#: Texts that cover each other, line by line, given the elements' selector.
OVERLAPS = """selector => {
    const shown = [...document.querySelectorAll(selector)].filter(one =>
        one.textContent.trim() && one.checkVisibility({visibilityProperty: true}));
    const boxes = shown.map(one => [...one.getClientRects()]);
    const clash = (a, b) => a.left + 1 < b.right && b.left + 1 < a.right &&
        a.top + a.height * .25 < b.bottom - b.height * .25 &&
        b.top + b.height * .25 < a.bottom - a.height * .25;
    const found = [];
    const apart = (one, other) => !one.contains(other) && !other.contains(one);
    for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++)
        if (apart(shown[i], shown[j]) && boxes[i].some(a => boxes[j].some(b => clash(a, b))))
            found.push([shown[i].textContent.trim(), shown[j].textContent.trim()]);
    return found;
}"""
#: Everything that reaches out of the window to the right, and is not within a box that scrolls.
SIDEWAYS = """() => {
    const room = document.documentElement.clientWidth;
    const scrolls = one => { for (let up = one; up; up = up.parentElement) {
        const how = getComputedStyle(up).overflowX;
        if (up !== document.body && up !== document.documentElement &&
            (how === 'auto' || how === 'scroll' || how === 'hidden')) return true; }
        return false; };
    const wide = document.documentElement.scrollWidth > room
        ? [`the page: ${document.documentElement.scrollWidth} in ${room}`] : [];
    for (const one of document.body.querySelectorAll('*'))
        if (one.checkVisibility() && one.getBoundingClientRect().right > room + 1 && !scrolls(one)
            && !one.closest('svg'))
            wide.push(`${one.tagName} ${one.id} ${one.className} ${one.textContent.slice(0, 40)}`);
    return wide;
}"""

#: Words in pictures that reach beyond the picture's edge, where they cannot be seen.
CUT = """() => [...document.querySelectorAll('svg text')].filter(one => {
    if (!one.checkVisibility({visibilityProperty: true})) return false;
    const box = one.getBoundingClientRect(), room = one.ownerSVGElement.getBoundingClientRect();
    return box.left < room.left - 1 || box.right > room.right + 1 || box.bottom > room.bottom + 3;
}).map(one => `cut: ${one.textContent}`)"""


class Tab:
    """A page in a browser context of its own, which notes what the page asks for and says."""

    def __init__(self, browser: Any, width: int, height: int, **context: Any) -> None:
        context.setdefault("offline", True)
        self.context = browser.new_context(viewport={"width": width, "height": height}, **context)
        self.page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.requests: list[str] = []
        self.messages: list[str] = []
        self.address = ""
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.messages.append(f"exception: {error}"))

    def _note(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.messages.append(f"{message.type}: {message.text}")

    def go(self, address: str) -> None:
        """Open an address, a file's for the most part."""
        self.address = address
        self.page.goto(address)

    def forgive(self) -> None:
        """Say that what this page asked for and complained of so far was meant to happen."""
        self.messages.clear()
        self.requests.clear()

    def complaints(self) -> list[str]:
        """Requests to anywhere but itself, and errors."""
        own = self.address.partition("#")[0]
        elsewhere = [
            f"request: {url}"
            for url in self.requests
            if url.partition("#")[0] != own and not url.startswith(("data:", "blob:"))
        ]
        return elsewhere + self.messages

    def close(self) -> None:
        """End it."""
        self.context.close()


def violations(tab: Tab) -> list[str]:
    """What axe-core finds wrong with the page as it is now, one line a fault and element."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    options = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": list(TAGS)}}
    found = axe.run(tab.page, options=options).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]}"
        for rule in found
        for node in rule["nodes"]
    ]


def overlaps(tab: Tab, selector: str) -> list[list[str]]:
    """Pairs of texts whose boxes cover each other."""
    return tab.page.evaluate(OVERLAPS, selector)


def sideways(tab: Tab) -> list[str]:
    """What would make a reader scroll sideways."""
    return tab.page.evaluate(SIDEWAYS)


def cut(tab: Tab) -> list[str]:
    """Words in pictures that are cut off."""
    return tab.page.evaluate(CUT)


def luminance(red: float, green: float, blue: float) -> float:
    """Relative luminance of WCAG 2.2; channels from 0 to 255."""
    shares = [channel / 255 for channel in (red, green, blue)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: tuple[float, ...], second: tuple[float, ...]) -> float:
    """Contrast ratio of WCAG 2.2 of two colours, as (red, green, blue) from 0 to 255."""
    lighter, darker = sorted((luminance(*first[:3]), luminance(*second[:3])), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def copied(page: Path, folder: Path, name: str, changed: str | None = None) -> Path:
    """The page under another name, with other text in it where ``changed`` gives one."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    text = page.read_text(encoding="utf-8") if changed is None else changed
    file.write_text(text, encoding="utf-8")
    return file

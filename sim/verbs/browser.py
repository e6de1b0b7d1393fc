"""The browser of this machine."""

from __future__ import annotations

import os
import sys
import webbrowser

from sim.verbs.terminal import messages


def open_address(address: str) -> None:
    """Open a page in the browser of this machine, if there is one that shows pictures."""
    if not _opened(address):
        messages.print("No browser was found here: open the page yourself", soft_wrap=True)


def _opened(address: str) -> bool:
    # Without a screen, Python would take a browser that draws text over this terminal.
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not screen:
        return False
    try:
        return webbrowser.open(address)
    except (webbrowser.Error, OSError):
        return False

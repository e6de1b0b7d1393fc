"""How often one may try, and how fast one may send."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable

#: Wrong codes within ``WINDOW`` seconds: from one address, and from all together.
MOST_GUESSES, MOST_GUESSES_OF_ALL, WINDOW = 8, 300, 60.0
#: Messages that a page may send at once, and how many a second in the long run.
BURST, RATE = 30, 8.0


class Guesses:
    """Wrong codes of the last minute. Addresses are forgotten with them, and never written."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: list[tuple[float, str]] = []

    def too_many(self, address: str) -> bool:
        """Whether somebody at this address has to wait before another try."""
        self._forget()
        here = _network(address)
        tried = sum(place == here for _, place in self._wrong)
        return tried >= MOST_GUESSES or len(self._wrong) >= MOST_GUESSES_OF_ALL

    def wrong(self, address: str) -> None:
        """Somebody at this address gave a wrong code."""
        self._forget()
        if len(self._wrong) < MOST_GUESSES_OF_ALL:
            self._wrong.append((self._clock(), _network(address)))

    def _forget(self) -> None:
        since = self._clock() - WINDOW
        self._wrong = [one for one in self._wrong if one[0] > since]


class Pace:
    """Messages that one page sends: a burst, then so many a second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left = float(BURST)
        self._at = clock()

    def allows(self) -> bool:
        """Count one message; False when it is one too many."""
        now = self._clock()
        self._left = min(float(BURST), self._left + (now - self._at) * RATE)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


def _network(address: str) -> str:
    """The address, or the part of it that one machine cannot change at will (IPv6: /64)."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))

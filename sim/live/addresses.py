"""Where the room can be reached: sockets, addresses, and the names a browser may use for them."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from sim.errors import InputProblem, Problem

LOOPBACK = "127.0.0.1"
FIRST_PORT, PORTS = 8000, 20
#: An address for documentation (RFC 5737): asking the way there sends nothing.
ANYWHERE = ("192.0.2.1", 9)


@dataclass(frozen=True)
class Place:
    """Sockets that listen at ``port`` of this machine, and, when shared, of ``address``."""

    sockets: tuple[socket.socket, ...]
    port: int
    address: str = ""

    @property
    def hosts(self) -> frozenset[str]:
        """What a browser may give as the host; anything else comes from another site's page."""
        names = [LOOPBACK, "localhost"] + ([self.address] if self.address else [])
        written = {f"{name}:{self.port}" for name in names}
        return frozenset(written | ({*names} if self.port == 80 else set()))

    @property
    def here(self) -> str:
        """Address of the room for browsers of this machine."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def there(self) -> str:
        """Address of the room for participants."""
        return f"http://{self.address or LOOPBACK}:{self.port}"

    def close(self) -> None:
        """Stop listening."""
        for one in self.sockets:
            one.close()


def open_place(share: bool = False, port: int | None = None, address: str = "") -> Place:
    """Listen on loopback and, to ``share``, on this machine's address in the local network.

    Only these two addresses are listened on, not all that the machine has. Without a ``port``
    the first free one from 8000 on is taken.

    Raises
    ------
    InputProblem
        When the port is taken, or there is no such address or no network.
    """
    shared = _own_address(address) if share else ""
    names = [LOOPBACK] + ([shared] if shared and shared != LOOPBACK else [])
    ports: Sequence[int] = [port] if port is not None else range(FIRST_PORT, FIRST_PORT + PORTS)
    for number in [*ports, *([0] if port is None else [])]:
        sockets = _listen(names, number)
        if sockets:
            return Place(sockets, sockets[0].getsockname()[1], shared)
    raise InputProblem(
        Problem(
            f"port {port} cannot be used: something else listens there, or it is reserved",
            "Name another, such as --port 8123, or none.",
            "--port",
        )
    )


def is_public(address: str) -> bool:
    """Whether an address is one of the internet, not of a private network."""
    return bool(address) and ipaddress.ip_address(address).is_global


def _listen(names: Sequence[str], port: int) -> tuple[socket.socket, ...]:
    """Sockets that listen at one port of all addresses; none if one is taken."""
    sockets: list[socket.socket] = []
    try:
        for name in names:
            one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            sockets.append(one)
            if os.name == "posix":  # elsewhere this would share the port with others
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind((name, port))
            one.listen(256)
            port = one.getsockname()[1]
    except (OSError, OverflowError):
        for one in sockets:
            one.close()
        return ()
    return tuple(sockets)


def _own_address(wanted: str) -> str:
    """This machine's address in the local network: the one wanted, or that of the way out."""
    if wanted:
        with contextlib.suppress(ValueError, OSError):
            if ipaddress.ip_address(wanted).version == 4:
                with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
                    one.bind((wanted, 0))
                return wanted
        raise InputProblem(
            Problem(
                f"{wanted!r} is not an IPv4 address of this machine",
                "Give one that `ip address` (Windows: ipconfig) shows.",
                "--address",
            )
        )
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.connect(ANYWHERE)
        found = str(one.getsockname()[0])
        if not ipaddress.ip_address(found).is_unspecified:
            return found
    raise InputProblem(
        Problem(
            "this machine is in no network that the room could be shared in",
            "Connect it, name its address with --address, or use --serve for this machine alone.",
            "--share",
        )
    )

"""The room's code, which people type, and the secret that tells the trainer's page from theirs."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sim.errors import InputProblem, Problem

#: Characters that cannot be taken for each other, and no vowels, which would make words.
CHARACTERS = "CDFGHJKMNPRTWXY34679"
CODE_LENGTH, KEY_LENGTH = 6, 20


@dataclass(frozen=True)
class RoomKeys:
    """What opens a room: ``code`` for everybody, ``secret`` for the trainer's page.

    Both follow from ``key``, so that a room can be opened again under the same code and the pages
    that are still open find it.
    """

    key: str
    code: str
    secret: str

    @classmethod
    def new(cls) -> RoomKeys:
        """Keys of a room that nobody had before."""
        return cls.of("".join(secrets.choice(CHARACTERS) for _ in range(KEY_LENGTH)))

    @classmethod
    def of(cls, key: str) -> RoomKeys:
        """Keys of an earlier room; InputProblem where ``key`` is none that ``new`` gives."""
        tidied = tidy(key)
        if len(tidied) != KEY_LENGTH or set(tidied) - set(CHARACTERS):
            raise InputProblem(
                Problem(
                    f"{key!r} is no key of a room",
                    "Give the key that was printed when the room opened, or none for a new room.",
                    "--room",
                )
            )
        digest = _hashed("code", tidied)
        code = "".join(CHARACTERS[byte % len(CHARACTERS)] for byte in digest[:CODE_LENGTH])
        return cls(tidied, code, _hashed("trainer", tidied).hex()[:32])

    @property
    def readable(self) -> str:
        """The code as one reads it out: two groups of three."""
        return readable(self.code)

    def is_code(self, text: str) -> bool:
        """Whether somebody typed this room's code, in capitals or not, with spaces or not."""
        return hmac.compare_digest(tidy(text).encode(), self.code.encode())

    def is_trainer(self, text: str) -> bool:
        """Whether a page has the trainer's secret."""
        return hmac.compare_digest(text.encode(), self.secret.encode())


def readable(code: str) -> str:
    """A code in groups of three."""
    return " ".join(code[start : start + 3] for start in range(0, len(code), 3))


def tidy(text: str) -> str:
    """What was typed, without spaces and dashes, in capitals."""
    return "".join(letter for letter in text[:64].upper() if letter.isalnum())


def _hashed(use: str, key: str) -> bytes:
    return hashlib.sha256(f"learning-org {use} {key}".encode()).digest()

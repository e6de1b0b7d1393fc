"""The room: who is here by token, which question the projector shows, and how people bet.

Nothing in here knows of networks. A bet belongs to a token, a number that a page drew by chance;
there are no names. Bets of people whose phone went to sleep stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.live.messages import At

#: Tokens that are remembered for each one that may be here: pages that were closed and opened anew.
REMEMBERED = 4


class Refused(Exception):
    """Something the room does not do; ``key`` names the text that says so."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.key, self.values = key, values


@dataclass
class _Question:
    choices: tuple[str, ...]
    bets: dict[str, str] = field(default_factory=dict)
    closed: bool = False
    #: Closed before the room was opened again: bets that pages bring along are from before.
    restored: bool = False
    revealed: bool = False
    counted: bool = False


class Room:
    """State of a room with ``questions`` (id to choices) and at most ``most`` people."""

    def __init__(self, questions: Mapping[str, tuple[str, ...]], most: int) -> None:
        self._questions = {name: _Question(choices) for name, choices in questions.items()}
        self._most = most
        self._here: Counter[str] = Counter()
        self._known: dict[str, None] = {}
        self.question = next(iter(self._questions))
        self.option: str | None = None
        self.at_once = False
        self._fresh = True

    @property
    def here(self) -> int:
        """People in the room."""
        return len(self._here)

    def arrive(self, token: str, bets: Mapping[str, str]) -> None:
        """Let a participant in, with bets they made before the room was opened again.

        Raises
        ------
        Refused
            When the room is full.
        """
        if token not in self._here and self.here >= self._most:
            raise Refused("live.full", most=self._most)
        self._here[token] += 1
        self._remember(token)
        for name, choice in bets.items():
            question = self._questions.get(name)
            if question is None or choice not in question.choices or token in question.bets:
                continue
            if not question.closed or question.restored:
                question.bets[token] = choice

    def leave(self, token: str) -> None:
        """One page of a participant is gone; their bets stay."""
        self._here[token] -= 1
        if self._here[token] <= 0:
            del self._here[token]

    def bet(self, token: str, name: str, choice: str) -> None:
        """Take a bet in place of an earlier one.

        Raises
        ------
        Refused
            When there is no such question or choice, or its bets are closed.
        """
        question = self._question(name)
        if choice not in question.choices:
            raise Refused("live.not_understood")
        if question.closed:
            raise Refused("live.bets_closed")
        question.bets[token] = choice

    def go(self, at: At) -> None:
        """Follow the projector.

        Raises
        ------
        Refused
            When it names a question that the page does not have.
        """
        self._question(at.question)
        self._fresh = False
        self.question, self.option, self.at_once = at.question, at.option, at.at_once
        for name, question in self._questions.items():
            question.revealed = name in at.revealed
            question.closed = question.revealed or name in at.closed
            question.restored = question.restored and question.closed
            question.counted = name in at.counted

    def come_back(self, at: At) -> None:
        """Follow a projector that had lost the room.

        If the room has been opened again since, what was closed before stays closed, and bets
        that pages bring along count.
        """
        fresh = self._fresh
        self.go(at)
        for question in self._questions.values():
            question.restored = question.restored or (fresh and question.closed)

    def counts(self, name: str) -> dict[str, int]:
        """How many bet on each choice of a question, in the order of its choices."""
        question = self._question(name)
        counted = Counter(question.bets.values())
        return {choice: counted[choice] for choice in question.choices}

    def shows_counts(self, name: str) -> bool:
        """Whether everybody may see how the room bet."""
        question = self._question(name)
        return self.at_once or question.counted or question.revealed

    def present(self) -> dict[str, Any]:
        """What everybody may see now."""
        return {
            "question": self.question,
            "option": self.option,
            "guided": not self._fresh,
            "here": self.here,
            "at_once": self.at_once,
            "closed": self._names(lambda one: one.closed),
            "revealed": self._names(lambda one: one.revealed),
            "counted": self._names(lambda one: one.counted),
            "placed": {name: len(one.bets) for name, one in self._questions.items()},
            "counts": {
                name: self.counts(name) for name in self._questions if self.shows_counts(name)
            },
        }

    def bets_of(self, token: str) -> dict[str, str]:
        """All bets of a participant."""
        return {
            name: question.bets[token]
            for name, question in self._questions.items()
            if token in question.bets
        }

    def _names(self, is_so: Callable[[_Question], bool]) -> list[str]:
        return [name for name, question in self._questions.items() if is_so(question)]

    def _question(self, name: str) -> _Question:
        if name not in self._questions:
            raise Refused("live.not_understood")
        return self._questions[name]

    def _remember(self, token: str) -> None:
        """Keep memory bounded: those who left longest ago are forgotten first, bets and all."""
        self._known.pop(token, None)
        self._known[token] = None
        if len(self._known) <= REMEMBERED * self._most:
            return
        gone = next((one for one in self._known if one not in self._here), None)
        if gone is not None:
            del self._known[gone]
            for question in self._questions.values():
                question.bets.pop(gone, None)

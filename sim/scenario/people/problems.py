"""Gathering every problem of an organization's files, so that all are told at once."""

from __future__ import annotations

from sim.errors import InputProblem, Problem

#: How many problems are spelled out; the rest are counted.
SHOWN = 50

#: How many problems are kept to be sorted: a broken file of a million rows must not fill memory.
_KEPT = 1000


class Findings:
    """The problems found so far, told together by ``raise_if_any``."""

    def __init__(self) -> None:
        self.count = 0
        self._kept: list[Problem] = []
        self._files: dict[str, int] = {}

    def add(
        self,
        message: str,
        *,
        file: str = "",
        line: int | None = None,
        key: str = "",
        remedy: str = "",
    ) -> None:
        """Note one problem; ``line`` counts from 1, as editors do."""
        self.count += 1
        self._files.setdefault(file, len(self._files))
        if len(self._kept) < _KEPT:
            self._kept.append(Problem(message, remedy, file, line, key))

    def extend(self, other: Findings) -> None:
        """Take over the problems of another list."""
        for problem in other._kept:
            self._files.setdefault(problem.file, len(self._files))
        self._kept += other._kept[: max(0, _KEPT - len(self._kept))]
        self.count += other.count

    def problems(self) -> list[Problem]:
        """The first ``SHOWN`` problems by file and line, and how many more there are."""
        ordered = sorted(self._kept, key=lambda p: (self._files[p.file], p.line or 0))[:SHOWN]
        more = self.count - len(ordered)
        return [*ordered, Problem(f"and {more} more")] if more else ordered

    def raise_if_any(self) -> None:
        """Raise ``InputProblem`` with everything found, if anything was."""
        if self.count:
            raise InputProblem(self.problems())

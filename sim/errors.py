"""What went wrong with an input, said so that a stranger can mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One problem: where it is, what is wrong, and how to mend it."""

    message: str
    remedy: str = ""
    file: str = ""
    line: int | None = None
    key: str = ""

    def __str__(self) -> str:
        place = self.file + (f":{self.line}" if self.line is not None else "")
        head = ": ".join(part for part in (place, self.key) if part)
        text = f"{head}: {self.message}" if head else self.message
        return f"{text}. {self.remedy}" if self.remedy else text


class InputProblem(Exception):
    """All problems found in an input, together; the command line prints them and exits with 2."""

    def __init__(self, problems: list[Problem] | Problem | str) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        self.problems = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

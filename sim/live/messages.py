"""What pages may say to the room. Anything else is refused before it reaches the room."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

#: Bytes of a message, at most.
LONGEST = 8192

#: Names of questions, choices, options and runs, as they stand in the page.
Name = Annotated[str, Field(min_length=1, max_length=200)]
#: What a page draws by chance to be told from others.
Token = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class At(_Message):
    """Where the projector is, and of which questions bets are closed, counted, the answer out."""

    say: Literal["at"] = "at"
    question: Name
    option: Name | None = None
    closed: Annotated[list[Name], Field(max_length=50)] = []
    revealed: Annotated[list[Name], Field(max_length=50)] = []
    counted: Annotated[list[Name], Field(max_length=50)] = []
    at_once: bool = False


class Hello(_Message):
    """The first message of a page; ``bets`` and ``at`` are what it knew before it lost the room."""

    say: Literal["hello"]
    code: Annotated[str, Field(max_length=64)]
    token: Token
    trainer: Annotated[str, Field(max_length=64)] = ""
    bets: Annotated[dict[Name, Name], Field(max_length=50)] = {}
    at: At | None = None


class Bet(_Message):
    """A participant's bet, or their change of mind."""

    say: Literal["bet"]
    question: Name
    choice: Name


class WhatIf(_Message):
    """A run of the page with other settings; ``request`` comes back with what is told of it."""

    say: Literal["what_if"]
    request: Annotated[int, Field(ge=0, le=1_000_000)]
    run: Name
    against: Name | None = None
    set: Annotated[dict[Name, float], Field(min_length=1, max_length=4)]


class Never(_Message):
    """A what-if that the page no longer waits for."""

    say: Literal["never_mind"]
    request: Annotated[int, Field(ge=0, le=1_000_000)]


Message = At | Hello | Bet | WhatIf | Never

_MESSAGES: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="say")])


class NotUnderstood(Exception):
    """A message that no page of ours sends."""


def read(text: str) -> Message:
    """What a page said; NotUnderstood for what is not exactly one of the messages."""
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST:
        raise NotUnderstood("too long")
    try:
        return _MESSAGES.validate_json(text)
    except ValidationError as wrong:
        raise NotUnderstood(f"{wrong.error_count()} problems") from None

"""Declaring parameters: default, unit, bounds, meaning and source, said once.

Everything that speaks of parameters is made from these declarations: validation of scenarios, the
JSON Schema, the tables in MODEL.md, ``describe``.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

#: Says that a number has no source: a modelling choice, to be swept.
ASSUMPTION = "assumption"


class Parameters(BaseModel):
    """A group of parameters under one name of a scenario; immutable, and closed to unknown keys."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=False,
    )


def parameter(
    default: Any,
    *,
    unit: str,
    doc: str,
    source: str,
    bounds: tuple[float | None, float | None] = (None, None),
    zero: str = "",
) -> Any:
    """Declare one parameter of a ``Parameters`` class.

    ``bounds`` are inclusive, None where there is none. ``source`` names a publication of
    MODEL.md's list, or is ``ASSUMPTION``, possibly followed by what the value leans on.
    ``zero`` is the word for a 0 that stands beyond the largest number, and not below the smallest:
    of an interval, 0 is "never".
    """
    low, high = bounds
    word = {"zero": zero} if zero else {}
    return Field(
        default,
        ge=low,
        le=high,
        description=doc,
        json_schema_extra={"unit": unit, "source": source, **word},
    )

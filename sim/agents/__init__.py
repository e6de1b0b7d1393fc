"""A seat seen as a person. Names are imported when used: Mesa takes a second to load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.agents.worker import Worker

__all__ = ["Worker"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from sim.agents.worker import Worker

        return Worker
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

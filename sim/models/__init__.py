"""Walking an organization through its periods. Mesa is loaded only when its model is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.models.learning_organization import LearningOrganization

__all__ = ["LearningOrganization"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from sim.models.learning_organization import LearningOrganization

        return LearningOrganization
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

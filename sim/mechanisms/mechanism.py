"""What a mechanism is: a claim, parameters, a rule, and a declared place among the arrays."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from sim.parameters import Parameters

if TYPE_CHECKING:
    from sim.organization import Organization
    from sim.scenario.settings import Settings


class Mechanism(ABC):
    """One thing that happens in a period.

    A subclass says which arrays of the organization it reads and writes (a contract test holds it
    to that) and the ``null`` setting under which it changes nothing.
    """

    name: ClassVar[str]
    Parameters: ClassVar[type[Parameters]]
    reads: ClassVar[tuple[str, ...]]
    writes: ClassVar[tuple[str, ...]]
    #: Values of parameters under which the mechanism changes nothing.
    null: ClassVar[dict[str, Any]]
    #: Parameters that shape arrays and so cannot change during a run.
    fixed: ClassVar[tuple[str, ...]] = ()

    def __init__(self, parameters: Any = None) -> None:
        self.parameters: Any = self.Parameters() if parameters is None else parameters

    @classmethod
    def from_settings(cls, settings: Settings) -> Mechanism:
        """The mechanism with its section of a scenario."""
        return cls(getattr(settings, cls.name))

    def start(self, organization: Organization) -> None:
        """Set up what the mechanism needs at week 0, in place."""

    def plan(self, organization: Organization) -> None:
        """Add the hours this mechanism wants of each person this week to ``planned``."""

    @abstractmethod
    def apply(self, organization: Organization) -> None:
        """Act for one period, in place."""

    @classmethod
    def claim(cls) -> str:
        """The first line of the mechanism's module: what it says about organizations."""
        return (sys.modules[cls.__module__].__doc__ or "").strip().splitlines()[0]

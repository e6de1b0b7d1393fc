"""Environment: the world decides what works, and sometimes changes its mind.

Each dimension of reality flips with the chance ``turbulence`` a week [March1991]; how many
dimensions must be right together, ``complexity``, is the interdependence of the work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.environments.blocks import turn_over
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter

if TYPE_CHECKING:
    from sim.organization import Organization


class EnvironmentParameters(Parameters):
    turbulence: float = parameter(
        0.0008,
        unit="probability per dimension and week",
        bounds=(0, 1),
        doc="Chance that a dimension of reality flips.",
        source="March1991, p4 (0.02 a period there); 1 % of dimensions in 13 weeks: " + ASSUMPTION,
    )
    complexity: int = parameter(
        3,
        unit="dimensions per request",
        bounds=(1, 100),
        doc="Dimensions that must all be right for a request to succeed (fixed during a run).",
        source="FangLeeSchilling2010, s (5 there); value " + ASSUMPTION,
    )
    tacit: int = parameter(
        0,
        unit="dimensions",
        bounds=(0, 10_000),
        doc="Dimensions, spread evenly, that no rule can be written for (fixed during a run).",
        source="MillerZhaoCalantone2006 (the concept); value " + ASSUMPTION,
    )


class Environment(Mechanism):
    name = "environment"
    Parameters = EnvironmentParameters
    fixed = ("complexity", "tacit")
    reads = ("reality",)
    writes = ("reality",)
    null = {"environment.turbulence": 0.0}

    def apply(self, organization: Organization) -> None:
        turn_over(organization.reality, self.parameters.turbulence, organization.key("turbulence"))

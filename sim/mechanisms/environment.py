"""Environment: the world decides what works, and sometimes changes its mind.

Each dimension of reality flips with the chance ``turbulence`` a week [March1991]; how many
dimensions must be right together, ``complexity``, is the interdependence of the work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sim.environments.blocks import is_due, turn_over
from sim.kernels import in_place
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
    every: int = parameter(
        1,
        unit="periods",
        bounds=(1, 10_000),
        doc="Periods from one occasion for such flips to the next.",
        source="FangLeeSchilling2010 (periodic turbulence); " + ASSUMPTION,
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
    improper: float = parameter(
        0.0,
        unit="share of dimensions",
        bounds=(0, 1),
        doc="Dimensions on which one of the two ways is against standards; it may be the one that "
        "works (fixed during a run). It matters where interpersonal.regulators is above 0.",
        source="document 003 (ethical standards); value " + ASSUMPTION,
    )
    landscape: Literal["blocks", "nk"] = parameter(
        "blocks",
        unit="rule",
        doc="blocks: each dimension is right or wrong, and blocks pay when wholly right; nk: what "
        "a belief contributes depends on others, and the best set of all counts as reality "
        "(where nobody handles requests; fixed during a run).",
        source="blocks: March1991, FangLeeSchilling2010; nk: LazerFriedman2007",
    )
    interdependence: int = parameter(
        5,
        unit="dimensions",
        bounds=(0, 24),
        doc="nk: on how many others the contribution of a dimension depends (K).",
        source="LazerFriedman2007, K (5 there; BarkocziGalesic2016: 7)",
    )
    partners: Literal["distinct", "replacement", "any"] = parameter(
        "distinct",
        unit="rule",
        doc="nk: how these others are drawn: different ones; with replacement; or different ones "
        "of all dimensions, the own included.",
        source="distinct: LazerFriedman2007, text; replacement: inferred from its levels; "
        "any: BarkocziGalesic2016, program",
    )
    contributions: Literal["uniform", "tenths"] = parameter(
        "uniform",
        unit="rule",
        doc="nk: contributions are uniform on 0 to 1, or that rounded to one decimal.",
        source="uniform: LazerFriedman2007; tenths: BarkocziGalesic2016, program",
    )
    exponent: float = parameter(
        8.0,
        unit="exponent",
        bounds=(0.1, 100),
        doc="nk: payoff is the share of the highest fitness there is, to this power; it changes "
        "averages, never a decision.",
        source="LazerFriedman2007 (8); BarkocziGalesic2016 (8)",
    )


@in_place
def move_on(state, turbulence, every, period, key):
    """Let the world move, where it may in this period."""
    if is_due(period, every):
        turn_over(state.reality, turbulence, key)


class Environment(Mechanism):
    name = "environment"
    Parameters = EnvironmentParameters
    fixed = (
        *("complexity", "tacit", "landscape", "interdependence", "partners", "contributions"),
        *("exponent", "improper"),
    )
    reads = ("reality",)
    writes = ("reality",)
    null = {"environment.turbulence": 0.0}

    def apply(self, organization: Organization) -> None:
        turbulence, every = float(self.parameters.turbulence), self.parameters.every
        if turbulence > 0.0:
            key = organization.key("turbulence")
            move_on(organization.state, turbulence, every, organization.period, key)

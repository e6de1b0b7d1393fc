"""What a scenario's landscape needs: sizes of its arrays, and what does not go together with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.environments.nk import check_nk
from sim.environments.payoff import Surroundings
from sim.errors import InputProblem, Problem

if TYPE_CHECKING:
    from sim.organization import Organization
    from sim.scenario.settings import Settings

#: Mechanisms for which a dimension must be right or wrong by itself.
NEED_BLOCKS = ("requests", "pdsa", "approvals", "work")


def landscape_sizes(settings: Settings) -> dict[str, int]:
    """Lengths of the axes that only an NK landscape uses."""
    environment = settings.environment
    if environment.landscape != "nk":
        return {"partners": 0, "patterns": 0, "peaks": 0}
    return {
        "partners": environment.interdependence,
        "patterns": 2 ** (environment.interdependence + 1),
        "peaks": 1,
    }


def check_landscape(settings: Settings) -> None:
    """Raise InputProblem for what does not go together with the landscape."""
    environment = settings.environment
    if environment.landscape != "nk":
        return
    check_nk(settings.dimensions, environment.interdependence, environment.partners)
    problems = []
    if environment.turbulence > 0.0:
        problems.append(
            Problem(
                "an NK landscape does not move",
                "Set environment.turbulence: 0.",
                key="environment.turbulence",
            )
        )
    if environment.complexity != 1:
        problems.append(
            Problem(
                "an NK landscape has no blocks: interdependence takes their place",
                "Set environment.complexity: 1.",
                key="environment.complexity",
            )
        )
    if settings.start.opinion != 1.0 or settings.workforce.newcomer_opinion != 1.0:
        problems.append(
            Problem(
                "on an NK landscape everybody has a view of every dimension",
                "Set start.opinion: 1 and workforce.newcomer_opinion: 1.",
                key="start.opinion",
            )
        )
    acting = [name for name in NEED_BLOCKS if name not in settings.without]
    if acting:
        problems.append(
            Problem(
                f"nothing is right or wrong by itself on an NK landscape, as {', '.join(acting)} "
                "would need",
                f"Add to without: [{', '.join(acting)}].",
                key="environment.landscape",
            )
        )
    if problems:
        raise InputProblem(problems)


def surroundings_of(organization: Organization) -> Surroundings:
    """What decides on the worth of a set of beliefs in this organization's world."""
    return Surroundings(
        organization.reality,
        organization.complexity,
        organization.partners,
        organization.contributions,
    )

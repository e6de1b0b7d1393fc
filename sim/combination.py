"""What single settings cannot tell: whether they can be combined to an organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.environments.landscape import check_landscape
from sim.errors import InputProblem, Problem
from sim.mechanisms.interpersonal import check_slots
from sim.networks import plan_of

if TYPE_CHECKING:
    from sim.scenario.settings import Settings


def check_combination(settings: Settings, people: int | None = None) -> None:
    """Raise InputProblem, with all that is wrong, for settings that cannot be combined.

    ``people`` is their number where an organization was imported.
    """
    problems: list[Problem] = []
    for check in (check_blocks, check_landscape, check_slots, check_joining):
        try:
            check(settings)
        except InputProblem as wrong:
            problems += wrong.problems
    if settings.network.kind != "none":
        try:
            plan_of(settings.network, people or settings.people)
        except InputProblem as wrong:
            problems += wrong.problems
    if problems:
        raise InputProblem(problems)


def check_blocks(settings: Settings) -> None:
    """Raise InputProblem where dimensions do not make up whole blocks."""
    dimensions, complexity = settings.dimensions, settings.environment.complexity
    if dimensions % complexity == 0:
        return
    near = max(complexity, round(dimensions / complexity) * complexity)
    raise InputProblem(
        Problem(
            f"{dimensions} dimensions cannot be divided into blocks of {complexity}, each of which "
            "is one kind of request",
            f"Set dimensions: {near}, or another environment.complexity.",
            key="dimensions",
        )
    )


def check_joining(settings: Settings) -> None:
    """Raise InputProblem where people seek topics that communities do not have."""
    if settings.joining.rate == 0.0 or settings.joining.seek != "topic":
        return
    if settings.communities.formation == "by_home":
        raise InputProblem(
            Problem(
                "people cannot seek a community for its topic where communities follow homes and "
                "deal with everything",
                "Set joining.seek: like_minds, or communities.formation: by_lot.",
                key="joining.seek",
            )
        )

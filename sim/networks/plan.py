"""Which network: its settings, and the plan they come to for so many people."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple, get_args

from sim.errors import InputProblem, Problem
from sim.parameters import ASSUMPTION, Parameters, parameter

Kind = Literal[
    "none",
    "full",
    "line",
    "ring",
    "lattice",
    "random",
    "small_world",
    "caveman",
    "hub",
    "cells",
    "grid",
]
KINDS: tuple[str, ...] = get_args(Kind)
NONE, FULL, LINE, RING, LATTICE, RANDOM, SMALL_WORLD, CAVEMAN, HUB, CELLS, GRID = range(11)
#: No network larger than this is built: about a gigabyte while it is made.
MOST_ENDS = 50_000_000
#: Networks drawn before giving up: fewer of large ones, so that it takes seconds.
MOST_TRIES, LEAST_TRIES, LINKS_DRAWN = 10_000, 100, 10_000_000


class NetworkParameters(Parameters):
    kind: Kind = parameter(
        "none",
        unit="rule",
        doc="Who is linked with whom at first: nobody, everybody, neighbours on a line, ring, "
        "lattice (a ring with links further round) or grid (a torus of four neighbours), pairs at "
        "random, a lattice to be rewired, a ring of cliques, one hub, or those of one's cell.",
        source="LazerFriedman2007; caveman, directed lattice: BarkocziGalesic2016, Watts1999; "
        "cells: FangLeeSchilling2010; grid: MillerZhaoCalantone2006",
    )
    neighbours: int = parameter(
        4,
        unit="people",
        bounds=(1, 1_000_000),
        doc="People one is linked with in a lattice or small world, half of them on each side "
        "(directed: the next ones round the ring); in the kind caveman, others in one's clique.",
        source="LazerFriedman2007 (4); BarkocziGalesic2016 (19)",
    )
    density: float = parameter(
        0.05,
        unit="probability per pair of people",
        bounds=(0, 1),
        doc="Chance that two people are linked, in the kind random.",
        source="LazerFriedman2007 (.01 to .5); value " + ASSUMPTION,
    )
    rewired: int = parameter(
        0,
        unit="links",
        bounds=(0, 25_000_000),
        doc="Links rewired at random; one whose loss would cut people off is passed over.",
        source="LazerFriedman2007, s (0 to 50 of 200)",
    )
    rewiring: float = parameter(
        0.0,
        unit="probability per link",
        bounds=(0, 1),
        doc="Chance that a link is rewired, in cells always to another cell.",
        source="FangLeeSchilling2010, beta; WattsStrogatz1998, p",
    )
    added: int = parameter(
        0,
        unit="links",
        bounds=(0, 25_000_000),
        doc="Links between random pairs of people, on top of all others.",
        source="LazerFriedman2007 (10)",
    )
    directed: bool = parameter(
        False,
        unit="yes or no",
        doc="Ties belong to the one who looks, who need not be looked at in return.",
        source="BarkocziGalesic2016, program, lattice; FangLeeSchilling2010, a reading",
    )
    connected: bool = parameter(
        False,
        unit="yes or no",
        doc="Draw the network anew until everybody reaches everybody.",
        source="LazerFriedman2007, networks of a single component",
    )


class Plan(NamedTuple):
    """A network to be built, as plain numbers; made by ``plan_of``.

    ``cliques`` is the number of caves and ``rows`` that of the grid; ``tries`` is how many networks
    are drawn before giving up.
    """

    kind: int
    people: int
    neighbours: int
    density: float
    rewired: int
    rewiring: float
    added: int
    directed: bool
    connected: bool
    cliques: int
    rows: int
    tries: int


def plan_of(parameters: NetworkParameters, people: int) -> Plan:
    """The plan of a network of so many people; InputProblem for what cannot be built."""
    kind, neighbours = KINDS.index(parameters.kind), parameters.neighbours
    if kind in (LATTICE, SMALL_WORLD, CAVEMAN):
        check_neighbours(parameters, people)
    # As many cliques as comes nearest; a ring of them needs three people in each.
    cliques = max(1, min(round(people / (neighbours + 1)), people // 3))
    rows = max(r for r in range(1, math.isqrt(people) + 1) if people % r == 0)
    if kind == GRID and rows < 3:
        raise problem(
            "kind",
            f"{people} people do not fill a grid on which everybody has four neighbours",
            "Take a number of people that is a product of two numbers from 3 up, such as 100.",
        )
    larger, size = people % cliques, people // cliques
    ends = {
        FULL: people * (people - 1),
        LINE: 2 * (people - 1),
        RING: people * min(2, people - 1),
        LATTICE: people * neighbours,
        SMALL_WORLD: people * neighbours,
        RANDOM: round(people * (people - 1) * parameters.density),
        CAVEMAN: people * (size - 1) + larger * (size + 1),
        HUB: 2 * (people - 1),
        GRID: 4 * people,
    }.get(kind, 0)
    check_links(parameters, people, ends)
    tries = 1
    if kind == RANDOM or parameters.rewiring > 0.0 or parameters.rewired or parameters.added:
        tries = min(MOST_TRIES, max(LEAST_TRIES, LINKS_DRAWN // (ends + people)))
    if kind == RANDOM and parameters.connected and not parameters.added:
        check_density(parameters, people, tries)
    return Plan(
        kind,
        people,
        neighbours,
        parameters.density,
        parameters.rewired,
        parameters.rewiring,
        parameters.added,
        parameters.directed,
        parameters.connected,
        cliques,
        rows,
        tries,
    )


def depends_on_seed(parameters: NetworkParameters) -> bool:
    """Whether another seed gives another network."""
    drawn = parameters.kind in ("random", "cells")
    return bool(drawn or parameters.rewiring or parameters.rewired or parameters.added)


def problem(name: str, message: str, remedy: str) -> InputProblem:
    """What is wrong with one of the network's settings."""
    return InputProblem(Problem(message, remedy, key=f"network.{name}"))


def no_network(parameters: NetworkParameters) -> InputProblem:
    """The complaint that no network was found in which everybody reaches everybody."""
    return problem(
        "connected",
        f"no {parameters.kind} network was drawn in which everybody reaches everybody",
        "Set network.connected: false, or more links.",
    )


def check_neighbours(parameters: NetworkParameters, people: int) -> None:
    """Raise InputProblem where a lattice or cliques cannot have so many neighbours."""
    neighbours = parameters.neighbours
    if neighbours >= people:
        raise problem(
            "neighbours",
            f"nobody among {people} people has {neighbours} neighbours",
            f"Take fewer than {people}.",
        )
    if parameters.kind == "caveman":
        if neighbours < 2:
            raise problem(
                "neighbours", "cliques of two people do not join to a ring", "Take at least 2."
            )
    elif neighbours % 2 and not parameters.directed:
        raise problem(
            "neighbours",
            f"{neighbours} neighbours cannot stand half on each side",
            "Take an even number, or set network.directed: true.",
        )


def check_links(parameters: NetworkParameters, people: int, ends: int) -> None:
    """Raise InputProblem for more links than there can be; ``ends`` is how many ends they have."""
    each = 1 if parameters.directed else 2
    links, pairs = ends // each, people * (people - 1) // each
    if ends + each * parameters.added > MOST_ENDS:
        raise problem(
            "kind", f"{links + parameters.added} links are too many", "Take a sparser network."
        )
    if parameters.added > pairs - (0 if parameters.kind == "random" else links):
        raise problem(
            "added",
            f"{parameters.added} links more do not fit among {people} people",
            f"There is room for {pairs - links}.",
        )
    if parameters.kind in ("random", "cells") or not parameters.rewired:
        return
    if parameters.rewired > links:
        raise problem(
            "rewired",
            f"there are not {parameters.rewired} links to rewire",
            f"A network of this kind has {links}.",
        )
    if links == pairs:
        raise problem(
            "rewired",
            "everybody is linked with everybody, so no link can be rewired",
            "Take a sparser network, or set network.rewired: 0.",
        )


def check_density(parameters: NetworkParameters, people: int, tries: int) -> None:
    """Raise InputProblem where so many random networks would not hold a connected one.

    Nobody may be cut off. The number of those who are is nearly Poisson, so that the chance of a
    connected network is at most e^-m, m its mean.
    """
    alone = (1.0 - parameters.density) ** (people - 1)
    cut_off = people * alone * (2 if parameters.directed else 1)
    if people > 1 and cut_off > math.log(tries / 7):
        raise problem(
            "density",
            f"a random network of {people} people as sparse as {parameters.density:g} is hardly "
            "ever connected",
            f"Take {math.log(people) / people:.2g} or more, or set network.connected: false.",
        )

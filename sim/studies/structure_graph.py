"""An organization as a graph, in GraphML: seats with what is true of them, and who is tied to whom.

Networkx, Gephi and yEd read it. Between two seats there may be several edges of different kinds.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.acquaintance.ties import HALF_LIFE
from sim.places.learning_tree import COMMUNITIES, LearningTree, learning_tree
from sim.studies.structure_history import Places, person_names

if TYPE_CHECKING:
    from sim.organization import Organization

#: Edges of familiarity are written from here on.
FAMILIAR = 0.5
#: Groups of more people than this are not written as an edge for each pair: nodes say who is in.
MOST_IN_PAIRS = 60

#: A pair of seats, the kind of tie, and how strong it is.
Edge = tuple[int, int, str, float]
#: A ``networkx.MultiDiGraph``, whose package has no types.
Graph = Any


def organization_graph(
    organization: Organization, places: Places, ids: tuple[str, ...] = ()
) -> Graph:
    """The graph of an organization now; nodes are named by their seat.

    Nodes have ``label`` (the person), ``seat``, ``level``, ``is_officer``, ``is_manager``,
    ``is_spanner`` (appointed to span boundaries), ``tenure`` (weeks) and ``knowledge`` (share of
    reality rightly believed), and ``unit``, ``community`` and ``cell`` where they are in one. Edges
    have ``kind`` and ``weight``:

    - ``manager``: from a report to their manager
    - ``cell``: members of one cell, once a pair, from the lower seat
    - ``officers``: learning officers who meet, once a pair: of one community, or of one branch of
      its tree
    - ``representatives``: officers who meet for their branches, or communities, further up the tree
    - ``familiarity``: from a seat to whom its holder knows, where that is at least ``FAMILIAR``
    - ``network``: from a seat to one it looks at in the network of the scenario
    """
    import networkx as nx  # type: ignore[import-untyped]

    graph: Graph = nx.MultiDiGraph()
    knowledge = (organization.beliefs == organization.reality).mean(axis=1)
    manages = set(places.manager.tolist())
    for seat, name in enumerate(person_names(places.person, ids)):
        groups = {kind: int(getattr(places, kind)[seat]) for kind in ("unit", "community", "cell")}
        graph.add_node(
            str(seat),
            # XML knows no control characters.
            label="".join(c if c.isprintable() else " " for c in name),
            seat=seat,
            level=int(places.level[seat]),
            is_officer=bool(places.officer[seat]),
            is_manager=seat in manages,
            is_spanner=bool(organization.spanner[seat]),
            tenure=int(organization.tenure[seat]),
            knowledge=round(float(knowledge[seat]), 6),
            **{kind: number for kind, number in groups.items() if number >= 0},
        )
    ties = itertools.chain(
        _managers(places),
        _in_cells(places),
        _officers(organization, places),
        _familiar(organization),
        _network(organization),
    )
    for number, (one, other, kind, weight) in enumerate(ties):
        graph.add_edge(str(one), str(other), key=f"e{number}", kind=kind, weight=weight)
    return graph


def write_graph(graph: Graph, path: Path) -> None:
    """Write a graph as GraphML with typed attributes."""
    import networkx as nx

    # The writer on top of lxml gives other bytes where that is installed.
    nx.write_graphml_xml(graph, path, named_key_ids=True)


def write_ties(graph: Graph, path: Path) -> None:
    """Write the edges of a graph as CSV: seats ``one`` and ``other``, ``kind`` and ``weight``."""
    rows = [(int(a), int(b), tie["kind"], tie["weight"]) for a, b, tie in graph.edges(data=True)]
    table = pd.DataFrame(rows, columns=["one", "other", "kind", "weight"])
    table.to_csv(path, index=False, lineterminator="\n")


def tree_of(organization: Organization, places: Places) -> LearningTree | None:
    """The tree that links cells now; None where there is none: no officers, or circles of them."""
    if places.officer.any() and organization.parameters["officers"].links == "tree":
        return learning_tree(organization)
    return None


def _managers(places: Places) -> Iterator[Edge]:
    for seat, manager in enumerate(places.manager.tolist()):
        if manager >= 0:
            yield seat, manager, "manager", 1.0


def _in_cells(places: Places) -> Iterator[Edge]:
    for cell in places.groups("cell"):
        yield from _pairs(places.members("cell", cell), "cell")


def _officers(organization: Organization, places: Places) -> Iterator[Edge]:
    """Pairs of officers who meet, in the tree from below, or all of a community."""
    officers = np.flatnonzero(places.officer)
    tree = tree_of(organization, places)
    if tree is not None:
        for group in range(tree.groups):
            kind = "officers" if group < tree.bounds[COMMUNITIES] else "representatives"
            low, high = tree.start[group : group + 2]
            yield from _pairs(sorted(tree.member[low:high].tolist()), kind)
        return
    for community in np.unique(places.community[officers]):
        circle = officers[places.community[officers] == community]
        yield from _pairs(circle.tolist(), "officers")


def _pairs(members: list[int], kind: str) -> Iterator[Edge]:
    if len(members) <= MOST_IN_PAIRS:
        for one, other in itertools.combinations(members, 2):
            yield one, other, kind, 1.0


def _familiar(organization: Organization) -> Iterator[Edge]:
    """Who knows whom well, as of now: familiarity is kept as of the week two last met."""
    weeks: Any = organization.period - organization.last_met
    now = organization.familiarity * 0.5 ** (np.maximum(weeks, 0) / HALF_LIFE)
    known = (organization.contact >= 0) & (now >= FAMILIAR)
    for seat, place in np.argwhere(known).tolist():
        strength = round(float(now[seat, place]), 6)
        yield seat, int(organization.contact[seat, place]), "familiarity", strength


def _network(organization: Organization) -> Iterator[Edge]:
    start = organization.tie_start
    for seat in range(organization.people):
        for other in organization.tie[start[seat] : start[seat + 1]].tolist():
            yield seat, other, "network", 1.0

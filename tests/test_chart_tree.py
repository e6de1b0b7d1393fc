"""The tree of learning officers: the same in the picture, the graph and the table of ties."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from sim.organization import Organization
from sim.pages.structure.chart import chart_figure
from sim.pages.structure.tree import WIDEST, crown_of
from sim.scenario.loading import load_scenario
from sim.studies.structure_graph import organization_graph, tree_of, write_graph, write_ties
from sim.studies.structure_history import Places, live_through
from tests.test_chart import collisions, texts_of

TREE = ("officers.links=tree", "officers.branch=3", "officers.organization_meeting=1")
SMALL = ("people=72", "cells.size=4", "communities.count=3", "periods=30", "reshuffle.every=10")


def lived(
    *sets: str, name: str = "post_bureaucratic", weeks: int = 12
) -> tuple[Organization, Places]:
    settings = load_scenario(name, sets=sets).settings
    organization, history = live_through(settings, 1, weeks)
    return organization, history.at(weeks)


def read_back(folder: Path, organization: Organization, places: Places) -> tuple[set, set]:
    """Ties of officers and of representatives, from GraphML; the table has the same."""
    graph: Any = organization_graph(organization, places)
    write_graph(graph, folder / "graph.graphml")
    write_ties(graph, folder / "ties.csv")
    read: Any = nx.read_graphml(folder / "graph.graphml", node_type=int, force_multigraph=True)
    table = pd.read_csv(folder / "ties.csv")
    found = []
    for kind in ("officers", "representatives"):
        pairs = {(a, b) for a, b, tie in read.edges(data=True) if tie["kind"] == kind}
        rows = table[table["kind"] == kind]
        assert pairs == set(zip(rows["one"], rows["other"], strict=True))
        assert len(rows) == len(pairs)
        found.append(pairs)
    assert len(table) == read.number_of_edges()
    return found[0], found[1]


def groups_of(pairs: set[tuple[int, int]]) -> list[set[int]]:
    return [set(group) for group in nx.connected_components(nx.Graph(list(pairs)))]


def test_of_each_branch_one_officer_and_no_other_represents_it(tmp_path):
    organization, places = lived(*SMALL, *TREE)
    officers, representatives = read_back(tmp_path, organization, places)
    branches = groups_of(officers)
    assert branches and all(2 <= len(branch) <= 3 for branch in branches)
    sent = {seat for pair in representatives for seat in pair}
    for branch in branches:
        assert len(branch & sent) == 1
        assert len({int(places.community[seat]) for seat in branch}) == 1
    alone = set(np.flatnonzero(places.officer).tolist()) - set().union(*branches)
    assert sent <= set().union(*branches) | alone
    assert nx.is_connected(nx.Graph([*officers, *representatives])), "the whole is one tree"


def test_where_officers_meet_in_circles_nobody_represents_anybody(tmp_path):
    organization, places = lived(*SMALL, "officers.links=circles")
    officers, representatives = read_back(tmp_path, organization, places)
    assert not representatives and tree_of(organization, places) is None
    circles = {frozenset(circle) for circle in groups_of(officers)}
    seats = np.flatnonzero(places.officer)
    assert circles == {
        frozenset(seats[places.community[seats] == one].tolist())
        for one in places.groups("community")
    }


def test_the_picture_has_each_cell_and_each_group_that_the_graph_has(tmp_path):
    organization, places = lived(*SMALL, *TREE)
    tree = tree_of(organization, places)
    assert tree is not None
    crown = crown_of(tree, places)
    assert [number for number, _ in crown.cells] == places.groups("cell")
    drawn = [{knot.seat for knot in group.below} for group in crown.groups]
    told = [set(tree.member[low:high].tolist())
            for low, high in zip(tree.start[:-1], tree.start[1:], strict=True)]  # fmt: skip
    assert drawn == told
    for group in crown.groups:
        assert group.seat in {knot.seat for knot in group.below} | {-1}
        assert all(knot.storey < group.storey for knot in group.below)
    assert [group.seat for group in crown.groups].count(-1) == tree.tops == 1
    assert crown.storeys[:2] == ["cells", "branches"] and crown.storeys[-1] == "organization"
    middles = [knot.x for _, knot in crown.cells]
    assert middles == sorted(set(middles))
    plain, figure = chart_figure(places, "T"), chart_figure(places, "T", tree)
    more = len(texts_of(figure)) - len(texts_of(plain))
    represented = sum(group.seat >= 0 for group in crown.groups)
    names = 2 + len(crown.storeys) + len(crown.communities)
    assert more == 2 * len(crown.cells) + represented + names


@pytest.mark.parametrize(
    "name, sets",
    [
        ("post_bureaucratic", ["people=150"]),
        ("post_bureaucratic", [*SMALL, *TREE]),
        ("post_bureaucratic", [*SMALL, *TREE, "communities.count=18", "officers.branch=2"]),
        ("post_bureaucratic", ["people=90", "cells.size=2", *TREE]),
        ("post_bureaucratic", ["people=12", "cells.size=12", "communities.count=1"]),
        ("post_bureaucratic", ["people=1200", *TREE]),
        ("learning/hybrid", []),
    ],
)
def test_no_text_of_a_chart_with_a_tree_lies_on_another(name, sets):
    organization, places = lived(*sets, "officers.links=tree", name=name, weeks=2)
    figure = chart_figure(places, "T", tree_of(organization, places))
    assert figure.get_figwidth() <= WIDEST
    assert collisions(figure) == []


def test_a_tree_too_wide_to_draw_is_counted_level_by_level():
    organization, places = lived("people=1200", *TREE, weeks=1)
    tree = tree_of(organization, places)
    texts = texts_of(chart_figure(places, "T", tree))
    cells = len(places.groups("cell"))
    assert f"cells: {cells} officers" in texts
    branches = int(tree.bounds[1])
    assert any(text.startswith(f"branches: {branches} groups of ") for text in texts)

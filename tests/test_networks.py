"""Networks are the ones the published models name, and nothing is lost when links are moved.

Statistical tests run on fixed seeds, so they give the same answer every time. Each says how often
correct code would fail it.
"""

from __future__ import annotations

import math
from typing import Any

import hypothesis.strategies as st
import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given
from numpy.typing import NDArray
from scipy import stats

from sim.errors import InputProblem
from sim.networks import KINDS, NetworkParameters, build_network, plan_of
from sim.randomness import key

#: Two-sided, for one test: about 1 in 100 000 for all of this file.
ALARM = 1e-6
SIGMAS = float(stats.norm.isf(ALARM / 2))
#: Kinds in which nothing is left to chance before links are moved.
REGULAR = ("full", "line", "ring", "lattice", "caveman", "hub", "cells", "grid")

Built = tuple[NDArray[np.int64], NDArray[np.int32], bool]


def cells(people: int, size: int = 7) -> NDArray[np.int32]:
    return (np.arange(people) // size).astype(np.int32)


def build(people: int, seed: int = 0, group: NDArray[np.int32] | None = None, **kw: Any) -> Built:
    plan = plan_of(NetworkParameters(**kw), people)
    name = np.uint64(key(np.uint64(seed), np.uint64(5), np.uint64(0)))
    start, tie, ok = build_network(plan, cells(people) if group is None else group, name)
    return start, tie, ok


def graph(people: int, seed: int = 0, **kw: Any) -> Any:
    """The network as networkx sees it, once it is known to be what was asked for."""
    start, tie, ok = build(people, seed, **kw)
    assert ok
    seen = nx.DiGraph() if kw.get("directed") else nx.Graph()
    seen.add_nodes_from(range(people))
    lookers = np.repeat(np.arange(people), np.diff(start))
    seen.add_edges_from(zip(lookers.tolist(), tie.tolist(), strict=True))
    return seen


def same(one: Any, other: Any) -> bool:
    return set(one.nodes) == set(other.nodes) and {frozenset(e) for e in one.edges} == {
        frozenset(e) for e in other.edges
    }


def crossing(network: Any, group: NDArray[np.int32]) -> int:
    return sum(int(group[i] != group[j]) for i, j in network.edges)


def fits(counts: NDArray[Any] | list[int]) -> None:
    """Assert that counts agree with equal chances, by chi-square."""
    p = stats.chisquare(np.ravel(counts)).pvalue
    assert ALARM / 2 < p < 1 - ALARM / 2


# --- The regular networks, link by link.


@pytest.mark.parametrize("people", [1, 2, 3, 4, 10, 31])
def test_regular_networks_are_the_textbook_ones(people):
    assert same(graph(people, kind="full"), nx.complete_graph(people))
    assert same(graph(people, kind="line"), nx.path_graph(people))
    assert same(graph(people, kind="hub"), nx.star_graph(people - 1))
    ring = nx.path_graph(people) if people < 3 else nx.cycle_graph(people)
    assert same(graph(people, kind="ring"), ring)
    assert graph(people, kind="none").size() == 0


@pytest.mark.parametrize(("people", "neighbours"), [(5, 4), (6, 4), (7, 6), (100, 2), (100, 20)])
def test_a_lattice_links_the_nearest_on_both_sides(people, neighbours):
    expected = nx.circulant_graph(people, range(1, neighbours // 2 + 1))
    assert same(graph(people, kind="lattice", neighbours=neighbours), expected)


@pytest.mark.parametrize(("people", "neighbours"), [(2, 1), (5, 3), (20, 19), (100, 19)])
def test_in_a_directed_lattice_one_looks_at_the_next(people, neighbours):
    start, tie, ok = build(people, kind="lattice", neighbours=neighbours, directed=True)
    assert ok
    for i in range(people):
        ahead = sorted((i + step) % people for step in range(1, neighbours + 1))
        assert tie[start[i] : start[i + 1]].tolist() == ahead


@pytest.mark.parametrize(("rows", "columns"), [(3, 3), (3, 4), (4, 5), (10, 10)])
def test_a_grid_is_a_torus_as_square_as_it_can_be(rows, columns):
    grid = nx.grid_2d_graph(rows, columns, periodic=True)
    expected = nx.relabel_nodes(grid, {(r, c): r * columns + c for r, c in grid})
    assert same(graph(rows * columns, kind="grid"), expected)


@pytest.mark.parametrize(("count", "size"), [(2, 3), (4, 5), (5, 20), (1, 6)])
def test_caves_are_a_connected_caveman_graph(count, size):
    network = graph(count * size, kind="caveman", neighbours=size - 1)
    expected = nx.connected_caveman_graph(count, size) if count > 1 else nx.complete_graph(size)
    assert same(network, expected)


@given(st.integers(3, 60), st.integers(2, 20))
def test_caves_are_as_even_as_they_come_and_hang_together(people, neighbours):
    assume(neighbours < people)
    plan = plan_of(NetworkParameters(kind="caveman", neighbours=neighbours), people)
    network = graph(people, kind="caveman", neighbours=neighbours)
    assert nx.is_connected(network)
    # One link of each clique leads out of it, but for a single clique.
    size = np.arange(people) * plan.cliques // people
    assert set(np.bincount(size)) <= {people // plan.cliques, people // plan.cliques + 1}
    assert crossing(network, size.astype(np.int32)) == (plan.cliques if plan.cliques > 1 else 0)


@given(st.integers(1, 60), st.integers(1, 60))
def test_cells_are_complete_and_apart(people, size):
    network = graph(people, kind="cells", group=cells(people, size))
    members = [range(low, min(low + size, people)) for low in range(0, people, size)]
    expected = nx.disjoint_union_all([nx.complete_graph(len(each)) for each in members])
    assert same(network, expected)


def test_cells_may_be_numbered_and_seated_in_any_way():
    group = np.array([4, 0, 4, 2, 0, 4], np.int32)
    start, tie, _ = build(6, kind="cells", group=group)
    seen = [tie[start[i] : start[i + 1]].tolist() for i in range(6)]
    assert seen == [[2, 5], [4], [0, 5], [], [1], [0, 2]]


# --- The numbers that papers give.


def test_the_lattice_of_four_neighbours_has_the_published_path_length():
    """Lazer and Friedman (2007) print 12.88 for 100 people."""
    lattice = graph(100, kind="lattice", neighbours=4)
    assert round(nx.average_shortest_path_length(lattice), 2) == 12.88
    assert nx.density(lattice) == pytest.approx(0.04, abs=0.001)


def test_the_directed_lattice_has_the_path_length_and_clustering_of_the_authors():
    """Barkoczi and Galesic (2016): 3.121 and .500, of the pairs one looks at, those linked."""
    lattice = graph(100, kind="lattice", neighbours=19, directed=True)
    assert round(nx.average_shortest_path_length(lattice), 3) == 3.121
    others = list(lattice.successors(0))
    linked = sum(lattice.has_edge(i, j) for i in others for j in others)
    assert linked / (19 * 18) == 0.5


def test_caves_have_the_published_path_length_and_clustering():
    caves = graph(100, kind="caveman", neighbours=19)
    assert round(nx.average_shortest_path_length(caves), 2) == 3.38
    assert round(nx.average_clustering(caves), 2) == 0.98


# --- Random networks.


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("density", [0.03, 0.3, 0.97])
def test_each_pair_is_linked_with_the_given_chance(density, directed):
    """Counts of each pair are binomial: their scaled squares add up to a chi-square."""
    people, runs = 12, 3000
    counts = np.zeros((people, people))
    for seed in range(runs):
        start, tie, _ = build(people, seed, kind="random", density=density, directed=directed)
        counts[np.repeat(np.arange(people), np.diff(start)), tie] += 1
    of_pairs = counts[~np.eye(people, dtype=bool)] if directed else counts[np.tril_indices(12, -1)]
    spread = (of_pairs - runs * density) ** 2 / (runs * density * (1 - density))
    p = stats.chi2.sf(spread.sum(), spread.size)
    assert ALARM / 2 < p < 1 - ALARM / 2


def test_the_number_of_links_of_a_random_network_is_binomial():
    """Mean and variance over 2,000 networks, each within ``SIGMAS`` standard errors."""
    pairs, density, runs = 4950, 0.06, 2000
    links = np.array([build(100, s, kind="random", density=density)[1].size for s in range(runs)])
    drawn = (links / 2 - pairs * density) / math.sqrt(pairs * density * (1 - density))
    assert abs(drawn.mean()) < SIGMAS / math.sqrt(runs)
    assert abs(drawn.var() - 1) < SIGMAS * math.sqrt(2 / runs)


def test_density_zero_links_nobody_and_density_one_everybody():
    for directed in (False, True):
        nobody = graph(20, kind="random", density=0.0, directed=directed)
        everybody = graph(20, kind="random", density=1.0, directed=directed)
        assert nobody.size() == 0
        assert everybody.size() == 20 * 19 // (1 if directed else 2)


@pytest.mark.parametrize("seed", range(5))
def test_a_random_network_can_be_drawn_until_it_is_connected(seed):
    assert not nx.is_connected(graph(100, seed, kind="random", density=0.03))
    assert nx.is_connected(graph(100, seed, kind="random", density=0.03, connected=True))
    directed = graph(100, seed, kind="random", density=0.05, connected=True, directed=True)
    assert nx.is_strongly_connected(directed)


def test_connected_means_there_and_back():
    settings = {"kind": "random", "density": 0.2, "directed": True}
    one_way = 0
    for seed in range(200):
        plain = graph(8, seed, **settings)
        from_first = len(nx.descendants(plain, 0)) == 7
        one_way += from_first and not nx.is_strongly_connected(plain)
        assert nx.is_strongly_connected(graph(8, seed, connected=True, **settings))
    assert one_way > 0


def test_a_connected_draw_is_returned_as_it_is():
    plain = build(100, 3, kind="random", density=0.2)
    asked = build(100, 3, kind="random", density=0.2, connected=True)
    assert np.array_equal(plain[1], asked[1])


# --- Links that were moved.


@st.composite
def settings_of_networks(draw: Any) -> tuple[int, NDArray[np.int32], dict[str, Any]]:
    people = draw(st.integers(1, 24))
    settings = {
        "kind": draw(st.sampled_from(KINDS)),
        "neighbours": draw(st.integers(1, 6)),
        "density": draw(st.floats(0, 1)),
        "rewired": draw(st.sampled_from([0, 0, 1, 3, 8])),
        "rewiring": draw(st.sampled_from([0.0, 0.0, 0.2, 1.0])),
        "added": draw(st.sampled_from([0, 0, 1, 5, 30])),
        "directed": draw(st.booleans()),
    }
    groups = draw(st.lists(st.integers(0, people - 1), min_size=people, max_size=people))
    try:
        plan_of(NetworkParameters(**settings), people)
    except InputProblem:
        assume(False)
    return people, np.array(groups, np.int32), settings


@given(settings_of_networks(), st.integers(0, 2**32))
def test_ties_are_sorted_never_doubled_never_to_oneself_and_mutual_unless_directed(which, seed):
    people, group, settings = which
    start, tie, ok = build(people, seed, group, **settings)
    assert start.dtype == np.int64 and tie.dtype == np.int32
    assert start[0] == 0 and start[people] == tie.size
    assert np.all(np.diff(start) >= 0)
    looks = np.zeros((people, people), bool)
    for i in range(people):
        row = tie[start[i] : start[i + 1]]
        assert np.all(np.diff(row) > 0)
        looks[i, row] = True
    assert not looks.diagonal().any()
    if not settings["directed"]:
        assert np.array_equal(looks, looks.T)
    again = build(people, seed, group, **settings)
    assert np.array_equal(again[0], start) and np.array_equal(again[1], tie) and again[2] == ok


@given(settings_of_networks(), st.integers(0, 2**32))
def test_moving_links_keeps_their_number_and_adding_adds_to_it(which, seed):
    people, group, settings = which
    start, tie, ok = build(people, seed, group, **settings)
    assume(ok and settings["kind"] != "random")
    plain = {**settings, "rewired": 0, "rewiring": 0.0, "added": 0}
    first, ties, _ = build(people, seed, group, **plain)
    new = settings["added"] * (1 if settings["directed"] else 2)
    assert tie.size == ties.size + new
    if settings["directed"] and not settings["added"]:
        assert np.array_equal(start, first)


@given(settings_of_networks(), st.integers(0, 2**32))
def test_what_was_linked_before_stays_linked_where_links_are_only_added(which, seed):
    people, group, settings = which
    settings = {**settings, "rewired": 0, "rewiring": 0.0}
    start, tie, ok = build(people, seed, group, **settings)
    # A network that could not be finished is drawn anew, and is then another random one.
    assume(ok and settings["kind"] != "random")
    first, ties, _ = build(people, seed, group, **{**settings, "added": 0})
    for i in range(people):
        assert set(ties[first[i] : first[i + 1]]) <= set(tie[start[i] : start[i + 1]])


@given(settings_of_networks(), st.integers(0, 2**32))
def test_no_network_falls_apart_by_a_number_of_links_rewired(which, seed):
    people, group, settings = which
    settings = {**settings, "rewiring": 0.0, "added": 0}
    assume(settings["kind"] in set(REGULAR) - {"cells"})
    # Only what comes next is looked at in a directed lattice, and still everybody is reached.
    assert build(people, seed, group, **{**settings, "rewired": 0, "connected": True})[2]
    _, tie, ok = build(people, seed, group, **settings)
    assume(ok)
    connected = build(people, seed, group, **{**settings, "connected": True})
    assert connected[2] and np.array_equal(connected[1], tie)


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("rewired", [1, 5, 50, 200])
def test_a_small_world_has_exactly_so_many_links_rewired(rewired, directed):
    lattice = graph(100, kind="lattice", directed=directed)
    rewired = rewired * (2 if directed else 1)
    for seed in range(20):
        world = graph(100, seed, kind="small_world", rewired=rewired, directed=directed)
        moved = len(lattice.edges - world.edges)
        assert world.size() == lattice.size()
        # A link may come to stand where one was taken away before.
        assert moved <= rewired
        assert moved == rewired or rewired > 1
        connected = nx.is_strongly_connected if directed else nx.is_connected
        assert connected(world)


def test_small_worlds_of_one_key_share_what_was_rewired_first():
    few = graph(100, 4, kind="small_world", rewired=5)
    more = graph(100, 4, kind="small_world", rewired=6)
    assert len(set(few.edges) ^ set(more.edges)) == 2


def test_any_link_is_rewired_by_either_end_to_anybody_alike():
    """One link of a ring of 30 rewired 6,000 times: which, by whom, and how far, are uniform."""
    people, runs = 30, 6000
    ring = graph(people, kind="ring")
    which, how_far = np.zeros(people, int), np.zeros(people, int)
    kept_by_first = 0
    for seed in range(runs):
        world = graph(people, seed, kind="ring", rewired=1)
        ((i, j),) = ring.edges - world.edges
        first, last = (i, j) if (i + 1) % people == j else (j, i)
        keeper = first if world.degree[first] == 2 else last
        kept_by_first += keeper == first
        (new,) = set(world[keeper]) - set(ring[keeper])
        which[first] += 1
        how_far[(new - keeper) % people] += 1
    # The others remain a line that holds together, so no link is passed over.
    assert how_far[[0, 1, people - 1]].sum() == 0
    fits(which)
    fits(how_far[2:-1])
    assert abs(kept_by_first - runs / 2) < SIGMAS * math.sqrt(runs) / 2


def test_any_free_pair_is_added_alike_even_where_few_are_left():
    """A line of 8 filled up to one pair of the 21 it lacks: which is left out is uniform."""
    line = {frozenset(pair) for pair in nx.path_graph(8).edges}
    free = [frozenset((i, j)) for i in range(8) for j in range(i)]
    counts = dict.fromkeys((pair for pair in free if pair not in line), 0)
    for seed in range(4000):
        filled = graph(8, seed, kind="line", added=20)
        (left,) = nx.complement(filled).edges
        counts[frozenset(left)] += 1
    fits(list(counts.values()))


def test_where_chance_rarely_meets_somebody_free_all_who_are_left_are_chosen_alike():
    """One outsider and 119 people who are all linked, or two outsiders and 100: 3,000 networks."""
    alone = np.array([0] * 119 + [1], np.int32)
    joined = np.zeros(119, int)
    for seed in range(3000):
        start, tie, _ = build(120, seed, alone, kind="cells", added=1)
        joined[tie[start[119]]] += 1
    fits(joined)
    two = np.array([0] * 100 + [1, 2], np.int32)
    first = 0
    for seed in range(3000):
        start, _, _ = build(102, seed, two, kind="cells", rewired=1)
        first += start[101] - start[100]
    assert abs(first - 1500) < SIGMAS * math.sqrt(3000) / 2


def test_every_free_pair_can_be_filled():
    assert same(graph(9, kind="hub", added=28), nx.complete_graph(9))
    assert graph(9, kind="none", added=36).size() == 36
    assert graph(9, kind="hub", added=56, directed=True).size() == 72


@pytest.mark.parametrize("kind", ["full", "line", "ring", "random", "hub", "cells"])
def test_one_person_has_nobody_to_look_at(kind):
    start, tie, ok = build(1, kind=kind, density=1.0, rewiring=1.0, connected=True)
    assert ok and start.tolist() == [0, 0] and tie.size == 0


@pytest.mark.parametrize("directed", [False, True])
def test_links_stay_where_there_is_nobody_else(directed):
    everybody = graph(12, kind="full", directed=directed)
    assert same(graph(12, kind="full", rewiring=1.0, directed=directed), everybody)
    one = np.zeros(12, np.int32)
    assert same(graph(12, kind="cells", rewiring=1.0, group=one, directed=directed), everybody)
    # Two pairs: whoever is linked to both people of the other pair has nobody left.
    assert graph(4, kind="cells", rewiring=1.0, group=cells(4, 2), directed=directed).size() == (
        4 if directed else 2
    )


# --- Semi-isolated groups.


def test_rewired_cells_keep_their_links_and_a_tenth_crosses():
    """840 links; those that cross at beta .1 are binomial, in the mean of 200 networks."""
    group, runs = cells(280), 200
    cross = []
    for seed in range(runs):
        network = graph(280, seed, kind="cells", rewiring=0.1)
        assert network.size() == 840
        cross.append(crossing(network, group))
    spread = math.sqrt(840 * 0.1 * 0.9 / runs)
    assert abs(np.mean(cross) - 84) < SIGMAS * spread


def test_degrees_in_rewired_cells_vary_from_about_three_to_nine():
    """Fang, Lee and Schilling's network at beta .1: in the median network, 3 and 9 or 10."""
    degrees = [dict(graph(280, s, kind="cells", rewiring=0.1).degree).values() for s in range(101)]
    assert np.median([min(each) for each in degrees]) in (3, 4)
    assert np.median([max(each) for each in degrees]) in (9, 10)


@pytest.mark.parametrize("seed", range(5))
def test_in_fully_rewired_cells_no_link_is_inside(seed):
    network = graph(280, seed, kind="cells", rewiring=1.0)
    assert network.size() == crossing(network, cells(280)) == 840


def test_directed_cells_keep_how_many_each_looks_at_and_rewire_a_tenth():
    """1,680 ties; those that cross at beta .1 are binomial, in the mean of 100 networks."""
    group, runs = cells(280), 100
    cross = []
    for seed in range(runs):
        network = graph(280, seed, kind="cells", rewiring=0.1, directed=True)
        assert {degree for _, degree in network.out_degree} == {6}
        cross.append(crossing(network, group))
    assert abs(np.mean(cross) - 168) < SIGMAS * math.sqrt(1680 * 0.1 * 0.9 / runs)
    every = graph(280, kind="cells", rewiring=1.0, directed=True)
    assert crossing(every, group) == 1680


def test_links_rewired_by_number_leave_the_cell_too():
    # A link may leave the pair it stood on before only once: of 3 moved, 3 cross.
    assert crossing(graph(35, 2, kind="cells", rewired=3), cells(35)) == 3


# --- What cannot be had.


@pytest.mark.parametrize(
    ("people", "settings"),
    [
        (5, {"kind": "cells", "rewired": 1, "group": np.zeros(5, np.int32)}),
        # Only five links can lead from five people to one outsider.
        (6, {"kind": "cells", "rewired": 6, "group": np.array([0, 0, 0, 0, 0, 1], np.int32)}),
        (14, {"kind": "cells", "connected": True}),
        (6, {"kind": "random", "density": 1.0, "rewired": 2}),
        (6, {"kind": "random", "density": 1.0, "added": 1}),
        (6, {"kind": "random", "density": 0.0, "connected": True}),
        (3, {"kind": "none", "connected": True}),
    ],
)
def test_a_network_that_is_not_found_is_not_ok(people, settings):
    assert not build(people, **settings)[2]


@pytest.mark.parametrize(
    ("people", "settings", "key", "remedy"),
    [
        (4, {"kind": "lattice"}, "neighbours", "fewer than 4"),
        (19, {"kind": "caveman", "neighbours": 19}, "neighbours", "fewer than 19"),
        (9, {"kind": "caveman", "neighbours": 1}, "neighbours", "at least 2"),
        (9, {"kind": "small_world", "neighbours": 3}, "neighbours", "even"),
        (97, {"kind": "grid"}, "kind", "such as 100"),
        (8, {"kind": "grid"}, "kind", "such as 100"),
        (5, {"kind": "line", "added": 7}, "added", "room for 6"),
        (5, {"kind": "cells", "added": 11}, "added", "room for 10"),
        (5, {"kind": "ring", "rewired": 6}, "rewired", "has 5"),
        (5, {"kind": "none", "rewired": 1}, "rewired", "has 0"),
        (5, {"kind": "full", "rewired": 1}, "rewired", "sparser"),
        (100, {"kind": "random", "density": 0.01, "connected": True}, "density", "0.046"),
        (100_000, {"kind": "full"}, "kind", "sparser"),
    ],
)
def test_what_cannot_be_built_is_refused_with_a_remedy(people, settings, key, remedy):
    with pytest.raises(InputProblem) as refused:
        plan_of(NetworkParameters(**settings), people)
    (problem,) = refused.value.problems
    assert problem.key == f"network.{key}"
    assert remedy in problem.remedy


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("people", [12, 30, 99])
@pytest.mark.parametrize("kind", sorted(set(REGULAR) - {"full", "cells"}))
def test_as_many_links_are_counted_on_as_there_are(kind, people, directed):
    """All links can be asked to be rewired, and not one more."""
    size = graph(people, kind=kind, directed=directed).size()
    plan_of(NetworkParameters(kind=kind, directed=directed, rewired=size), people)
    with pytest.raises(InputProblem, match=f"has {size}"):
        plan_of(NetworkParameters(kind=kind, directed=directed, rewired=size + 1), people)


@pytest.mark.parametrize("seed", range(3))
def test_other_keys_give_other_networks(seed):
    moved: tuple[dict[str, Any], ...] = ({"rewired": 3}, {"rewiring": 0.1}, {"added": 3})
    for settings in ({"kind": "random"}, *({"kind": "lattice", **each} for each in moved)):
        one, other = build(100, seed, **settings)[1], build(100, seed + 1, **settings)[1]
        assert not np.array_equal(one, other)


@pytest.mark.parametrize("settings", [{"kind": "lattice", "rewired": 100}, {"kind": "cells"}])
def test_sparse_networks_of_a_hundred_thousand_need_no_square_of_people(settings):
    """Ten thousand million pairs would not fit in the memory of a laptop."""
    start, tie, ok = build(100_000, rewiring=0.01, **settings)
    plain = build(100_000, kind=settings["kind"])
    assert ok and start[-1] == tie.size == plain[1].size

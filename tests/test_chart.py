"""The chart of an organization: what is drawn and written is what the arrays say."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from sim import cli
from sim.acquaintance.ties import familiar
from sim.organization import Organization
from sim.pages.drawing import BLUE, BROWN, GREY
from sim.pages.structure.chart import MOST_SEATS, chart_figure
from sim.pages.structure.history import history_figure, history_weeks
from sim.scenario.loading import load_scenario
from sim.studies.structure_graph import FAMILIAR, organization_graph, write_graph
from sim.studies.structure_history import (
    PLACE,
    History,
    live_through,
    membership,
    person_names,
    places_of,
)
from sim.tallies import SEATS_MOVED
from tests.organizations import lively

FILES = {
    *("chart.svg", "chart.png", "history.svg", "history.png"),
    *("organization.graphml", "membership.csv", "ties.csv"),
    "manifest.json",
}
SMALL = [*("--set", "people=30"), *("--set", "periods=30"), *("--set", "reshuffle.every=10")]


def lived(name: str, *sets: str, weeks: int = 30, seed: int = 0) -> tuple[Organization, History]:
    return live_through(load_scenario(name, sets=list(sets)).settings, seed, weeks)


def texts_of(figure: Figure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def collisions(figure: Figure) -> list[tuple[str, str]]:
    """Texts that lie on one another (by more than a point) or leave the figure."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    texts = [text for axes in figure.axes for text in axes.texts]
    boxes = np.array([text.get_window_extent(renderer).extents for text in texts])
    low, high = boxes[:, :2], boxes[:, 2:]
    size = (figure.bbox.width, figure.bbox.height)
    found = [
        (texts[place].get_text(), "outside")
        for place in np.flatnonzero((low < -1).any(axis=1) | (high > np.add(size, 1)).any(axis=1))
    ]
    slack = figure.dpi / 72
    over = (low[:, None] < high[None] - slack).all(axis=2)
    for one, other in np.argwhere(np.triu(over & over.T, 1)):
        found.append((texts[one].get_text(), texts[other].get_text()))
    return found


# --- the graph ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def graph_read_back(tmp_path_factory: pytest.TempPathFactory) -> tuple[Organization, Any]:
    organization = lively(seed=3)
    for _ in range(9):
        organization.step()
    path = tmp_path_factory.mktemp("graph") / "organization.graphml"
    write_graph(organization_graph(organization, places_of(organization)), path)
    return organization, nx.read_graphml(path, node_type=int, force_multigraph=True)


def edges(graph: Any, kind: str) -> list[tuple[int, int, float]]:
    return [(a, b, tie["weight"]) for a, b, tie in graph.edges(data=True) if tie["kind"] == kind]


def test_every_seat_is_one_node_with_what_the_arrays_say_of_it(graph_read_back):
    organization, graph = graph_read_back
    assert sorted(graph) == list(range(organization.people))
    for seat, node in graph.nodes(data=True):
        for name in ("level", "unit", "community", "cell", "tenure"):
            assert node[name] == getattr(organization, name)[seat]
            assert type(node[name]) is int
        right = (organization.beliefs[seat] == organization.reality).mean()
        assert node["knowledge"] == pytest.approx(right, abs=1e-6)
        assert node["seat"] == seat and type(node["is_officer"]) is bool
        assert node["is_manager"] == (seat in organization.manager)


def test_everybody_but_the_top_has_one_manager_in_the_graph(graph_read_back):
    organization, graph = graph_read_back
    above = {one: other for one, other, _ in edges(graph, "manager")}
    assert len(above) == len(edges(graph, "manager"))
    assert above == {
        seat: manager for seat, manager in enumerate(organization.manager.tolist()) if manager >= 0
    }


def test_members_of_a_cell_and_only_they_are_tied_by_it_and_each_has_one_officer(graph_read_back):
    organization, graph = graph_read_back
    pairs = {(one, other) for one, other, _ in edges(graph, "cell")}
    assert pairs == {
        (one, other)
        for one, other in itertools.combinations(range(organization.people), 2)
        if organization.cell[one] == organization.cell[other]
    }
    officers = [seat for seat, node in graph.nodes(data=True) if node["is_officer"]]
    assert sorted(organization.cell[officers]) == list(range(organization.cells))
    circles = {(one, other) for one, other, _ in edges(graph, "officers")}
    community = organization.community
    assert circles == {
        (one, other)
        for one, other in itertools.combinations(officers, 2)
        if community[one] == community[other]
    }


def test_familiarity_is_what_is_left_of_it_now(graph_read_back):
    organization, graph = graph_read_back
    known = {(one, other): weight for one, other, weight in edges(graph, "familiarity")}
    arrays = (organization.contact, organization.familiarity, organization.last_met)
    for one, other in itertools.permutations(range(organization.people), 2):
        now = familiar(*arrays, one, other, organization.period)
        if abs(now - FAMILIAR) > 1e-6:
            assert ((one, other) in known) == (now > FAMILIAR)
        if (one, other) in known:
            # Single precision on the one side, and six decimals on the other.
            assert known[one, other] == pytest.approx(now, abs=1e-6)
    assert known


def test_ties_of_a_network_are_in_the_graph():
    organization, history = lived("classics/fang2010", weeks=2)
    graph = organization_graph(organization, history.at(2))
    kinds = [tie["kind"] for _, _, tie in graph.edges(data=True)]
    assert kinds.count("network") == len(organization.tie) > 0
    assert "manager" not in kinds and "officers" not in kinds and "cell" in kinds


def test_any_name_of_a_person_can_be_read_back(tmp_path):
    organization, history = lived("bureaucratic", "people=3", weeks=0)
    names = ("Ada & <Bo>", "\x00\x1b[1m", "Zoë, 李")
    path = tmp_path / "organization.graphml"
    write_graph(organization_graph(organization, history.at(0), names), path)
    labels = nx.get_node_attributes(nx.read_graphml(path), "label")
    assert [labels[str(seat)] for seat in range(3)] == [names[0], "  [1m", names[2]]


# --- the history --------------------------------------------------------------------------------


def test_a_history_leads_to_the_places_that_there_are():
    settings = load_scenario("post_bureaucratic", sets=["people=40"]).settings
    organization, history = live_through(settings, 5, 30)
    again = Organization(settings, 5)
    for week in range(31):
        then, now = history.at(week), places_of(again)
        for name in PLACE:
            assert np.array_equal(getattr(then, name), getattr(now, name)), (week, name)
        again.step()
    assert organization.period == history.weeks == 30
    rows = history.table.set_index(["seat", "week"])
    assert rows.index.is_unique
    before = rows.groupby("seat").shift()
    assert (before.isna() | (before != rows)).any(axis=1).all(), "every row is a change"


@pytest.mark.parametrize("every", [4, 7])
def test_cells_change_in_the_weeks_of_reshuffles_and_as_often_as_was_counted(every):
    sets = ["people=50", f"reshuffle.every={every}", "reshuffle.share=0.4"]
    settings = load_scenario("post_bureaucratic", sets=sets).settings
    _, history = live_through(settings, 1, 30)
    weeks = list(range(every, 31, every))
    assert history.weeks_of("cell") == list(history.reshuffles) == weeks
    assert history_weeks(history) == sorted({0, *weeks, 30})
    again, moved = Organization(settings, 1), 0.0
    for _ in range(30):
        again.step()
        moved += again.tally[SEATS_MOVED]
    assert history.moves("cell") == moved > 0


def test_cells_that_begin_to_meet_are_no_moves():
    events = "events=[{at: 2, set: {cells.hours: 1.0}}]"
    settings = load_scenario("bureaucratic", sets=["people=30", events]).settings
    _, history = live_through(settings, 0, 6)
    assert history.weeks_of("cell") == [3] and history.moves("cell") == 0
    assert not history.at(2).groups("cell") and history.at(3).groups("cell")
    assert not history.at(6).officer.any(), "nobody has time to be an officer"


def test_who_follows_somebody_on_a_seat_has_a_name_of_their_own():
    person = np.array([0, 1, 1 + 2 * 2**32])
    assert person_names(person) == ["P0", "P1", "P1 (successor 2)"]
    assert person_names(person, ("Ada", "Bo"))[1:] == ["Bo", "Bo (successor 2)"]


def test_the_table_is_empty_where_there_is_nothing():
    _, history = lived("bureaucratic", "people=30", weeks=3)
    table = membership(history)
    assert table["cell"].isna().all() and table["community"].isna().all()
    assert not table["officer"].any() and table["unit"].notna().all()
    assert table.loc[table["week"] == 0, "seat"].tolist() == list(range(30))


# --- the pictures -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, sets",
    [
        ("post_bureaucratic", ["people=12"]),
        ("post_bureaucratic", ["people=150"]),
        ("post_bureaucratic", ["people=300", "structure.levels=5", "structure.span=4"]),
        ("post_bureaucratic", ["people=400"]),
        ("post_bureaucratic", ["people=60", "reshuffle.every=1", "cells.size=2"]),
        ("post_bureaucratic", ["people=90", "structure.levels=1", "reshuffle.within=organization"]),
        ("post_bureaucratic", ["people=60", "cells.size=60", "communities.count=1"]),
        ("post_bureaucratic", ["people=2000"]),
        ("bureaucratic", ["people=60"]),
        ("bureaucratic", ["people=2"]),
        ("bureaucratic", ["communities.hours=1"]),
        ("classics/march1991", []),
        ("classics/march1991", ["people=1"]),
        ("classics/fang2010", []),
    ],
)
def test_no_text_of_a_chart_or_history_lies_on_another(name, sets):
    _, history = lived(name, *sets)
    title = "A title that is as long as no scenario should have one, " * 4
    for week in (0, 30):
        assert collisions(chart_figure(history.at(week), title)) == []
    assert collisions(history_figure(history, title)) == []


@pytest.mark.parametrize("name", ["post_bureaucratic", "bureaucratic", "classics/march1991"])
def test_every_seat_is_drawn_in_each_part_of_a_chart_that_there_is(name):
    _, history = lived(name)
    places = history.at(30)
    parts = bool(places.groups("unit")) + bool(places.groups("cell"))
    drawn = [text for text in texts_of(chart_figure(places, "T")) if text.isdigit()]
    seats = [str(seat) for seat in range(len(places))]
    assert sorted(drawn) == sorted(seats * max(parts, 1))


def test_every_unit_and_every_cell_has_its_name_in_the_chart():
    for name in ("bureaucratic", "post_bureaucratic"):
        _, history = lived(name)
        places = history.at(30)
        texts = texts_of(chart_figure(places, "T"))
        assert {f"unit {number}" for number in places.groups("unit")} <= set(texts)
        for number in places.groups("cell"):
            assert texts.count(f"cell {number}") == 1


def test_officers_and_managers_are_told_apart_by_shape():
    _, history = lived("post_bureaucratic", "people=60")
    places = history.at(30)
    managers = set(places.manager.tolist()) - {-1}
    officers = set(np.flatnonzero(places.officer).tolist())
    (axes,) = chart_figure(places, "T").axes
    # Each seat stands twice, and each kind once more in the key.
    drawn: dict[str, int] = {}
    for line in axes.lines:
        drawn[line.get_marker()] = drawn.get(line.get_marker(), 0) + len(line.get_xdata())
    expected = {
        "s": managers - officers,
        "D": officers - managers,
        "p": officers & managers,
        "o": set(range(60)) - officers - managers,
    }
    assert drawn == {marker: 2 * len(seats) + 1 for marker, seats in expected.items() if seats}


def test_large_organizations_are_counted_by_unit_and_cell():
    _, history = lived("post_bureaucratic", f"people={MOST_SEATS + 100}", weeks=1)
    places = history.at(1)
    texts = texts_of(chart_figure(places, "T"))
    for cell in places.groups("cell"):
        assert f"{len(places.members('cell', cell))} people" in texts
    front = [text for text in texts if text in ("11", "12")]
    assert len(front) >= len(places.groups("unit")) - 4


def test_every_line_of_a_history_is_a_seat_and_as_many_are_blue_as_moved():
    _, history = lived("post_bureaucratic", "people=50", "reshuffle.share=0.5", weeks=13)
    figure = history_figure(history, "T")
    before, now = history.at(0), history.at(13)
    moved = before.cell != now.cell
    assert 0 < moved.sum() < 50 and f"{moved.sum()} moved" in texts_of(figure)
    curves: dict[str, int] = {}
    for drawn in figure.axes[0].collections:
        if isinstance(drawn, PathCollection):
            colour = to_hex(drawn.get_edgecolor()[0])
            curves[colour] = curves.get(colour, 0) + len(drawn.get_paths())
    officers = now.officer == 1
    # One of each in the key, and two grey ones: those who stay, and seats with somebody new.
    assert curves == {
        BLUE: (moved & ~officers).sum() + 1,
        BROWN: officers.sum() + 1,
        GREY: (~moved & ~officers).sum() + 2,
    }


# --- the command --------------------------------------------------------------------------------


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.chdir(tmp_path)

    def type_(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(list(words))
        printed = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, printed.out, printed.err

    return type_


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_chart_writes_everything_and_the_same_bytes_again(command, tmp_path):
    words = ("chart", "post_bureaucratic", *SMALL, "--week", "20", "--seed", "3")
    code, out, err = command(*words, "--out", "one")
    assert code == 0 and "one" in err
    assert "in 2 reshuffles" in out
    assert set(contents(tmp_path / "one")) == FILES
    assert command(*words, "--out", "two")[0] == 0
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert command(*words, "--out", "one")[0] == 0, "what is ours may be replaced"
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["one", "two"]


def test_the_table_on_disk_has_a_row_a_seat_and_change(command, tmp_path):
    assert command("chart", "post_bureaucratic", *SMALL, "--out", "here")[0] == 0
    table = pd.read_csv(tmp_path / "here" / "membership.csv")
    settings = load_scenario("post_bureaucratic", sets=SMALL[1::2]).settings
    _, history = live_through(settings, 0, 30)
    assert list(table) == [
        *("seat", "person", "week", "level", "unit", "manager", "community", "cell", "officer")
    ]
    for name in ("seat", "week", "unit", "cell", "officer"):
        assert table[name].to_numpy().tolist() == history.table[name].tolist()
    graph = nx.read_graphml(tmp_path / "here" / "organization.graphml")
    assert len(graph) == 30


@pytest.mark.parametrize("name", ["bureaucratic", "classics/march1991", "classics/fang2010"])
def test_a_scenario_without_cells_or_hierarchy_has_a_chart_too(name, command, tmp_path):
    code, out, _ = command("chart", name, "--set", "people=42", "--week", "5", "--out", "here")
    assert code == 0 and "none" in out
    assert set(contents(tmp_path / "here")) == FILES


def test_the_start_has_a_chart(command, tmp_path):
    code, out, _ = command("chart", "post_bureaucratic", *SMALL, "--week", "0")
    assert code == 0 and "at the start" in out
    (folder,) = (tmp_path / "results").iterdir()
    assert folder.name.startswith("chart-post_bureaucratic-week0-")
    told = json.loads((folder / "manifest.json").read_text())
    assert told["command"][:2] == ["chart", "post_bureaucratic"] and told["seeds"] == [0]


@pytest.mark.parametrize(
    "words, said",
    [
        (("nowhere",), "nowhere"),
        (("base", "--week", "9999"), "there is no week 9,999"),
        (("base", "--week", "-1"), "--week"),
        (("base", "--seed", "-1"), "--seed"),
        (("base", "--set", "people=0"), "people"),
        (("base", "--org", "no_file.json"), "no_file.json"),
        (("base", "--out", "taken"), "taken"),
        (("base", "--set", "worker=my.people:Curious"), "--allow-plugins"),
    ],
)
def test_wrong_input_is_said_once_and_nothing_is_written(words, said, command, tmp_path):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "thesis.txt").write_text("mine")
    code, out, err = command("chart", *words)
    assert code == 2 and said in err and out == ""
    assert [path.name for path in tmp_path.rglob("*")] == ["taken", "thesis.txt"]


def test_a_chart_is_not_a_study_that_could_be_repeated(command):
    assert command("chart", "base", *SMALL, "--week", "1", "--out", "here")[0] == 0
    code, _, err = command("rerun", "here")
    assert code == 2 and "no manifest" in err

"""A policy study from its file to its pages: what it may say, and what it writes."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputProblem
from sim.pages.policy.figure import AS_READABLE, colour_of, luminance, map_figure
from sim.pages.policy.page import csv_text, map_data, map_of_folder
from sim.pages.policy.payload import TILE
from sim.pages.policy.texts import sentences
from sim.studies.manifest import load_manifest
from sim.studies.policy import state
from sim.studies.policy.of_study import maps_of
from sim.studies.pool import Pool
from sim.studies.store import load_results, load_series
from sim.studies.study import load_study, study_schema
from sim.verbs.policy import Wish, policy_map
from sim.verbs.report import report_again
from sim.verbs.sweep import Asked
from sim.workshop.texts import english

STUDY = """\
title: 'Small or large? <b>&'
question: 'Which cells, and how often reshuffled? </script>'
scenarios: [post_bureaucratic]
set: {people: 24, dimensions: 9, environment.tacit: 2, periods: 8}
factors:
  cells.size: [3, 6]
  reshuffle.every: [0, 4]
  level of fear:
    - {name: low, set: {climate.base_fear: 0.1}}
    - {name: high, set: {climate.base_fear: 0.6}}
replications: 3
series: {every: 2}
policy:
  rows: cells.size
  columns: reshuffle.every
  tabs: level of fear
  labels: {cells.size: cell size, reshuffle.every: weeks between reshuffles}
  tile: 'cells of {rows}, reshuffle: {columns}'
  today: {cells.size: 6, reshuffle.every: 4}
  outcomes:
    mean_knowledge: {label: 'Knowledge <i>', low: 0, high: 1}
    output: {low: 0, high: 20, margin: 0.5, decimals: 1}
"""


def written(folder: Path, text: str = STUDY) -> str:
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def asked(file: str, out: Path) -> Asked:
    return Asked(file, [], Pool(1), out, None, False, False, False, False)


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("policy")
    out = folder / "out"
    assert policy_map(asked(written(folder), out), Wish(None, None, False))
    return out


def payload_of(folder: Path) -> dict:
    html = (folder / "policy.html").read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="payload">(.*?)</script>', html, re.S)
    return json.loads(found[1])


# --- the file -----------------------------------------------------------------------------------


def test_a_policy_says_what_the_file_says(tmp_path):
    policy = load_study(written(tmp_path)).policy
    assert (policy.rows, policy.columns, policy.tabs) == (
        "cells.size", "reshuffle.every", "level of fear"
    )  # fmt: skip
    knowledge, output = policy.outcomes
    assert (knowledge.margin, knowledge.better, knowledge.label) == (0.02, 1, "Knowledge <i>")
    assert (output.margin, output.low, output.high, output.decimals) == (0.5, 0, 20, 1)
    assert policy.today == (6, 4)


def test_outcomes_are_the_measures_unless_others_are_named(tmp_path):
    assert load_study(written(tmp_path)).measures == ("mean_knowledge", "output")
    named = load_study(written(tmp_path, STUDY + "measures: [fear]\n"))
    assert named.measures == ("fear",)


def test_a_study_without_policy_has_no_map(tmp_path):
    assert load_study(written(tmp_path, STUDY.partition("policy:")[0])).policy is None
    with pytest.raises(InputProblem, match="no policy map"):
        policy_map(
            asked(written(tmp_path, STUDY.partition("policy:")[0]), tmp_path / "out"),
            Wish(None, None, False),
        )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rows: cells.size", "rows: cells.sise", "no factor `cells.sise`"),
        ("columns: reshuffle.every", "columns: cells.size", "has a place already"),
        ("  tabs: level of fear\n", "", "`level of fear` has no place on the map"),
        ("low: 0, high: 20, ", "", "`output` has no natural range"),
        ("margin: 0.5", "margin: 0", "cannot be what matters"),
        ("low: 0, high: 1}", "low: 1, high: 0}", "range from 1 to 0 is empty"),
        ("output:", "tacit_stock:", "neither more nor less of `tacit_stock` is better"),
        ("output:", "outputs:", "no measure `outputs`"),
        ("today: {cells.size: 6", "today: {cells.size: 7", "has no level 7"),
        ("scenarios: [post_bureaucratic]", "scenarios: [post_bureaucratic, bureaucratic]",
         "of one scenario"),
        ("replications: 3", "replications: 3\npairing: independent", "on the same seeds"),
        ("labels: {cells.size:", "labels: {cell:", "no factor `cell`"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_policy_is_told(tmp_path, old, new, said):
    assert old in STUDY
    with pytest.raises(InputProblem) as refused:
        load_study(written(tmp_path, STUDY.replace(old, new)))
    assert any(said in problem.message and problem.line for problem in refused.value.problems)


def test_editors_know_the_policy():
    schema = study_schema()
    assert "policy" in schema["properties"]
    assert {"rows", "columns", "tabs", "outcomes", "today"} <= set(
        schema["$defs"]["PolicyForm"]["properties"]
    )
    assert "margin" in schema["$defs"]["OutcomeForm"]["properties"]


# --- what it writes -----------------------------------------------------------------------------


def test_tiles_on_the_page_and_in_the_table_are_those_of_the_runs(results):
    runs = load_results(results)
    told = payload_of(results)["map"]
    assert told["tile_fields"] == list(TILE)
    for outcome in ("mean_knowledge", "output"):
        for tab in ("low", "high"):
            for place, tile in enumerate(told["tiles"][outcome][tab]):
                size, every = ((3, 0), (3, 4), (6, 0), (6, 4))[place]
                own = runs[(runs["cells.size"] == size) & (runs["reshuffle.every"] == every)
                           & (runs["level of fear"] == tab)][outcome]  # fmt: skip
                assert tile[:2] == [3, pytest.approx(own.mean(), abs=1e-6)]
                assert tile[2:4] == pytest.approx(np.quantile(own, [0.1, 0.9]), abs=1e-6)
    lines = (results / "policy.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("outcome,tab,cells.size,reshuffle.every,world,runs,mean,p10,p90")
    assert len(lines) == 1 + 2 * 3 * 4


def test_every_tile_can_be_replayed_and_its_parts_come_back(results):
    document = payload_of(results)
    told, runs = document["map"], document["runs"]
    assert set(told["replays"]) == {f"{f}/{s}/{e}" for f in ("low", "high") for s in (3, 6)
                                    for e in (0, 4)}  # fmt: skip
    assert set(runs) == set(told["replays"].values())
    for run in runs.values():
        if isinstance(run["places"], int):
            run["places"] = told["shared"]["places"][run["places"]]
        assert {"weeks", "data"} == set(run["places"])
        assert run["people"] == 24


def test_curves_are_those_of_the_runs(results):
    """8 bits over the range: off by half a step of 1/254 at most."""
    from sim.workshop.encoding import unpacked

    packed = payload_of(results)["map"]["curves"]["mean_knowledge"]
    codes = unpacked(packed["data"], np.uint8).reshape(2, 4, 3, len(packed["weeks"]))
    codes = np.cumsum(codes, axis=3, dtype=np.uint8)
    assert packed["weeks"] == [2, 4, 6, 8]
    series, runs = load_series(results), load_results(results).set_index("run")
    names = ("cells.size", "reshuffle.every", "level of fear", "seed")
    series = series.assign(**{name: runs.loc[series["run"], name].to_numpy() for name in names})
    for row in series.itertuples():
        values = dict(zip(series.columns, row[1:], strict=True))
        place = 2 * (values["cells.size"] == 6) + (values["reshuffle.every"] == 4)
        tab = 0 if values["level of fear"] == "low" else 1
        code = codes[tab, place, int(values["seed"]), packed["weeks"].index(values["period"])]
        assert code / 254 == pytest.approx(values["mean_knowledge"], abs=0.51 / 254)


def test_texts_of_the_study_stay_texts(results):
    page = (results / "policy.html").read_text(encoding="utf-8")
    assert "</script>'" not in page
    assert page.count("</script>") == 3
    assert "<i>" not in page and "<b>&" not in page
    assert "default-src 'none'" in unescape(page)


def test_the_sentences_of_the_page_are_those_of_the_terminal(results):
    manifest, texts = load_manifest(results), english().texts
    data = map_data(manifest.study(), results, texts, manifest.told, run_missing=False)
    told = payload_of(results)["map"]["sentences"]
    one = data.maps.of("output", "low")
    assert told["output"]["low"][: len(sentences(one, data.words))] == sentences(one, data.words)
    assert not any("{" in text or "[" in text for tab in told["output"].values() for text in tab)
    assert (results / "policy.csv").read_text(encoding="utf-8") == csv_text(data.maps)


def test_report_makes_the_same_pages_again_and_runs_nothing(results, monkeypatch):
    names = ("policy.html", "policy.csv", "policy.svg", "report.html")
    before = {name: (results / name).read_bytes() for name in names}
    for name in names:
        (results / name).unlink()

    def refuse(*_, **__):
        raise AssertionError("something was run")

    monkeypatch.setattr("sim.studies.parcels.do_cell", refuse)
    monkeypatch.setattr("sim.workshop.store.record", refuse)
    report_again(results, None)
    assert {name: (results / name).read_bytes() for name in names} == before


def test_report_makes_the_page_of_a_comparison_again(tmp_path):
    from sim.verbs.compare import PAGE, compare_scenarios

    sets = ["people=24", "dimensions=9", "environment.tacit=2", "periods=8"]
    folder = tmp_path / "compared"
    compare_scenarios(
        "bureaucratic", "post_bureaucratic", sets, 2, Pool(1), folder, None, False, False, False
    )
    before = (folder / PAGE).read_bytes()
    (folder / PAGE).unlink()
    report_again(folder, None)
    assert (folder / PAGE).read_bytes() == before


def test_recordings_that_are_gone_are_asked_for(results, tmp_path):
    shutil.copytree(results, tmp_path / "out")
    shutil.rmtree(tmp_path / "out" / "replays")
    with pytest.raises(InputProblem, match="recordings of tiles"):
        report_again(tmp_path / "out", None)


def test_a_folder_without_pages_is_refused(tmp_path):
    with pytest.raises(InputProblem):
        report_again(tmp_path, None)
    assert map_of_folder(tmp_path, english().texts) is None


def test_more_seeds_extend_and_the_manifest_repeats_them(results, tmp_path):
    again = tmp_path / "more"
    shutil.copytree(results, again)
    file = written(tmp_path)
    assert policy_map(asked(file, again), Wish(4, None, False))
    assert len(load_results(again)) == 4 * 8
    assert load_manifest(again).study().replications.fixed == 4
    assert {tile[0] for tile in payload_of(again)["map"]["tiles"]["output"]["low"]} == {4}


# --- the picture --------------------------------------------------------------------------------


def test_colours_follow_the_outcome_and_not_the_data(results):
    """The same mean has the same colour in every tab; the ends of the range are cividis' own."""
    manifest = load_manifest(results)
    maps = maps_of(manifest.study(), load_results(results))
    one = maps.of("mean_knowledge", "low")
    tile = one.tiles[3, 0]
    dark, light = (colour_of(replace(tile, mean=value), one) for value in (0.0, 1.0))
    assert luminance(dark) < 0.05 < 0.7 < luminance(light)
    other = maps.of("mean_knowledge", "high")
    assert colour_of(replace(tile, mean=0.4), one) == colour_of(replace(tile, mean=0.4), other)


def test_text_on_every_colour_can_be_read():
    """Black or white, whichever is better, has a contrast of 4.5 or more (WCAG 2.2, 1.4.3)."""
    from matplotlib import colormaps

    for share in np.linspace(0, 1, 256):
        light = luminance(colormaps["cividis"](share)[:3])
        contrast = (light + 0.05) / 0.05 if light > AS_READABLE else 1.05 / (light + 0.05)
        assert contrast >= 4.5


def test_the_picture_shows_every_mean_range_and_star(results):
    manifest = load_manifest(results)
    data = map_data(manifest.study(), results, english().texts, manifest.told, run_missing=False)
    one = data.maps.of("output", "high")
    figure = map_figure(one, data.words)
    shown = [text.get_text() for text in figure.axes[0].texts]
    assert len([text for text in shown if "\N{EN DASH}" in text]) == 4
    stars = sum(state(tile, one.outcome.margin) == "tied" for tile in one.run)
    assert sum(text.startswith("★") for text in shown) == stars


def test_the_report_of_the_study_has_the_same_map(results):
    assert (results / "figures" / "policy-mean_knowledge-low.svg").is_file()
    assert not list((results / "figures").glob("map-*"))

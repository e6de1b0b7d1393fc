"""The policy map in a browser, on planted data: it says what Python says, on three pages."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.pages.policy.page import csv_text, map_data, policy_payload
from sim.pages.policy.texts import sentences, warnings
from sim.pages.workshop.page import workshop_page
from sim.studies.manifest import load_manifest
from sim.studies.policy.of_study import maps_of
from sim.studies.pool import Pool
from sim.verbs.policy import Wish, policy_map
from sim.verbs.sweep import Asked
from sim.workshop.texts import english

STUDY = """\
title: 'Small or large?'
question: 'Which cells, and how often reshuffled?'
expectation: 'None.'
scenarios: [post_bureaucratic]
set: {people: 24, dimensions: 9, environment.tacit: 2, periods: 8}
factors:
  cells.size: [3, 6]
  reshuffle.every: [0, 4, 2]
  level of fear:
    - {name: low, set: {climate.base_fear: 0.1}}
    - {name: high, set: {climate.base_fear: 0.6}}
replications: 2
series: {every: 2}
policy:
  rows: cells.size
  columns: reshuffle.every
  tabs: level of fear
  today: {cells.size: 6, reshuffle.every: 4}
  outcomes:
    mean_knowledge: {label: Knowledge, low: 0, high: 1}
    fear: {low: 0, high: 1}
"""
#: Mean of knowledge by size, weeks and fear; None for a tile that was not run. And the noise.
PLANTED = {
    "winner": (lambda s, w, f: 0.7 if (s, w) == (6, 4) else 0.6, 0.002),
    "noise": (lambda s, w, f: 0.6, 0.005),
    "loud": (lambda s, w, f: 0.6, 0.08),
    "plateau": (lambda s, w, f: 0.6 if s == 6 else 0.5, 0.002),
    "changing": (lambda s, w, f: 0.6 + 0.1 * (s == (3 if f == "low" else 6)), 0.002),
    "missing": (lambda s, w, f: None if (s, w) == (3, 2) else 0.6, 0.002),
}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small policy study, with its pages' data."""
    folder = tmp_path_factory.mktemp("policy")
    (folder / "small.yaml").write_text(STUDY, encoding="utf-8")
    out = folder / "out"
    policy_map(
        Asked(str(folder / "small.yaml"), [], Pool(1), out, None, False, False, False, False),
        Wish(None, None, False),
    )
    manifest = load_manifest(out)
    return map_data(manifest.study(), out, english().texts, manifest.told, run_missing=False)


@pytest.fixture
def planted(small, tmp_path):
    """``planted(case)``: the maps of planted runs, their words, and the page that shows them."""

    def make(case: str):
        mean, noise = PLANTED[case]
        rng = np.random.default_rng(0)
        rows = [
            {"cells.size": s, "reshuffle.every": w, "level of fear": f, "seed": seed,
             "mean_knowledge": mean(s, w, f) + rng.normal(0, noise), "fear": 0.3}
            for s, w, f in product((3, 6), (0, 4, 2), ("low", "high"))
            for seed in range(20)
            if mean(s, w, f) is not None
        ]  # fmt: skip
        maps = maps_of(small.study, pd.DataFrame(rows))
        words = replace(small.words, maps=maps)
        data = replace(small, maps=maps, words=words)
        page = tmp_path / f"{case}.html"
        page.write_text(
            workshop_page(policy_payload(data, english(), "2026-01-02")), encoding="utf-8"
        )
        return maps, words, page

    return make


def ready(tab):
    tab.page.wait_for_function("() => window.learningOrg && window.learningOrg.state().ready")
    tab.page.locator("#map-table .tile").first.wait_for()
    return tab.page


def said(page) -> str:
    """What stands above the map, with the margin's field as its number."""
    return page.evaluate(
        """() => {
          const lead = document.getElementById('map-lead').cloneNode(true);
          const field = lead.querySelector('input');
          const find = id => document.getElementById(id);
          if (field) field.replaceWith(field.hidden ? '' : find('map-margin').value);
          const more = ['map-rest', 'map-supports'].map(id => find(id).textContent);
          return [lead.textContent, ...more].join(' ').replace(/\\s+/g, ' ').trim();
        }"""
    )


@pytest.mark.parametrize("case", PLANTED)
def test_the_page_says_what_python_says(planted, open_tab, case):
    maps, words, path = planted(case)
    page = ready(open_tab(path))
    for tab in maps.tabs:
        page.locator(f"input[name=map-tab][value={tab}]").check(force=True)
        one = maps.of("mean_knowledge", tab)
        *told, supports = sentences(one, words)
        assert said(page) == " ".join([*told, *warnings(one, words), supports])
        stars = page.locator(".tile.tied").count()
        assert stars == page.locator(".tile .mean", has_text="★").count()


def test_noise_does_not_matter_and_no_tile_is_pointed_at(planted, open_tab):
    page = ready(open_tab(planted("noise")[2]))
    assert "do not matter" in said(page) and "Save the effort" in said(page)
    assert page.locator(".tile.best").count() == 0
    assert page.locator(".tile.tied").count() == 6


def test_loud_noise_is_striped_and_no_tile_is_pointed_at(planted, open_tab):
    page = ready(open_tab(planted("loud")[2]))
    assert "supports no choice" in said(page)
    assert page.locator(".tile.best").count() == 0
    assert page.locator(".tile.unclear").count() > 0


def test_another_margin_is_another_verdict(planted, open_tab):
    """The plateau is .1 above the rest: at a margin of .2 nothing matters, and back again."""
    page = ready(open_tab(planted("plateau")[2]))
    before = said(page)
    assert page.locator(".tile.behind").count() == 3
    page.fill("#map-margin", "0.2")
    page.press("#map-margin", "Tab")
    assert page.locator(".tile.tied").count() == 6
    assert "Save the effort" in said(page)
    page.fill("#map-margin", "0.02")
    page.press("#map-margin", "Tab")
    assert said(page) == before


def test_colours_are_the_same_whatever_came_out(planted, open_tab):
    """0.6 has one colour in the map of a winner and in that of noise."""

    def colours(case):
        page = ready(open_tab(planted(case)[2]))
        return page.evaluate(
            """() => [...document.querySelectorAll('.tile:not(.missing)')].map(one => [
                 one.querySelector('.mean').textContent.replace('★ ', ''),
                 one.style.backgroundColor])"""
        )

    seen: dict[str, set[str]] = {}
    for text, colour in [*colours("winner"), *colours("missing")]:
        seen.setdefault(text, set()).add(colour)
    assert "0.60" in seen and "0.70" in seen
    # Means that are shown alike lie within .01 of each other: two of the 256 colours each way.
    assert all(len(found) <= 4 for found in seen.values())
    assert seen["0.60"].isdisjoint(seen["0.70"])


def test_the_map_is_one_stop_of_the_tab_key_and_arrows_move_in_it(planted, open_tab):
    page = ready(open_tab(planted("plateau")[2]))
    assert page.locator("#map-table [tabindex='0']").count() == 1
    page.locator("#map-table [tabindex='0']").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("() => document.activeElement.dataset.index") == "1"
    page.keyboard.press("Enter")
    assert page.locator(".tile[aria-pressed=true]").get_attribute("data-index") == "1"
    page.keyboard.press("p")
    assert page.locator(".tile.pinned").get_attribute("data-index") == "1"
    page.keyboard.press("p")
    assert page.locator(".tile.pinned").count() == 0


def test_a_tile_is_replayed_person_by_person_beside_today(planted, open_tab):
    tab = open_tab(planted("plateau")[2])
    page = ready(tab)
    page.locator(".tile[data-index='0']").click()
    page.locator("#map-watch").click()
    page.locator("#screen-panels").wait_for(state="visible")
    state = page.evaluate("() => window.learningOrg.state()")
    assert (state["left"], state["right"]) == ("tile/low/6/4", "tile/low/3/0")
    assert state["goal"] == "map.mean_knowledge"
    page.locator("#back-to-map").click()
    page.locator("#map-table").wait_for(state="visible")


def test_a_tile_that_was_not_run_says_so_and_cannot_be_chosen(planted, open_tab):
    page = ready(open_tab(planted("missing")[2]))
    tile = page.locator(".tile.missing")
    assert tile.count() == 1
    assert tile.inner_text().strip() == "not run"
    tile.click(force=True)
    assert tile.get_attribute("aria-pressed") == "false"
    assert "1 of 6 policies were not run" in said(page)


def test_the_csv_of_the_page_is_that_of_python(planted, open_tab):
    maps, _, path = planted("missing")
    page = ready(open_tab(path))
    with page.expect_download() as waiting:
        page.locator("#map-csv").click()
    download = waiting.value
    assert download.suggested_filename == "small-or-large-2026-01-02.csv"
    assert Path(download.path()).read_text(encoding="utf-8") == csv_text(maps)


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_report_has_three_pages(planted, open_tab, paper):
    page = ready(open_tab(planted("plateau")[2]))
    page.wait_for_function("() => document.querySelectorAll('#report article').length === 3")
    pdf = page.pdf(format=paper)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 3
    text = page.locator("#report").text_content()
    for words in ("Save as", "undefined", "NaN", "[map.", "[report."):
        assert words not in text
    for words in ("supports leaving out", "Seeds", "Hash of the runs", "Tied (★)", "Page 3 of 3",
                  "Simulation, not measurement"):  # fmt: skip
        assert words in text
    page.emulate_media(media="print")
    assert page.locator("#report .map svg").is_visible()
    assert not page.locator("#page").is_visible()

"""The policy map in a browser: it recommends what stands out only, and prints three pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from looking import contrast, overlaps, sideways, violations
from planted import Study, policy_study, table_of

#: What people rightly believe, by size, weeks between reshuffles and fear.
PLANTED = {
    "winner": (lambda size, every, fear: 0.7 if (size, every) == (10, 3) else 0.5, 0.004),
    "noise": (lambda size, every, fear: 0.5, 0.004),
    "changes with fear": (
        lambda size, every, fear: 0.7 if (size, every) == ((10, 3) if fear == "low" else (3, 0))
        else 0.5,
        0.004,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Study:
    return policy_study(tmp_path_factory.mktemp("policy study"))


@pytest.fixture
def planted(study, stage, tmp_path):
    """``planted(name, **context)``: the map of planted results, open."""

    def open_it(name: str, **context):
        on = stage(page=study.page(tmp_path / f"{name}.html", *PLANTED[name]), **context)
        on.page.wait_for_function("() => window.learningOrg.state().screen === 'map'")
        on.page.locator("#map-table .tile").first.wait_for()
        on.page.clock.run_for(200)
        return on

    return open_it


def said(on) -> str:
    return on.text("#map-say")


def choose_tab(on, tab: str) -> None:
    on.page.locator(f"#map-tabs input[value='{tab}']").check(force=True)
    on.page.clock.run_for(100)


def test_a_clear_winner_is_named_and_all_others_are_behind(planted, picture):
    on = planted("winner")
    picture(on.tab, "map winner")
    assert on.page.locator(".tile.best").count() == 1
    best = on.page.locator(".tile.best")
    assert "★" in best.inner_text() and "10" in best.get_attribute("aria-label")
    assert on.page.locator(".tile.tied").count() == 1
    assert on.page.locator(".tile.behind").count() == 8
    assert "cell size: 10" in said(on) or "cell size 10" in said(on)


@pytest.mark.parametrize("tab", ["low", "high", "worst"])
def test_pure_noise_does_not_matter_and_points_at_no_tile(planted, picture, tab):
    on = planted("noise")
    choose_tab(on, tab)
    picture(on.tab, f"map noise {tab}")
    assert re.search(r"do(es)? not matter|no difference", said(on), re.I), said(on)
    assert on.page.locator(".tile.tied").count() == 9
    assert on.page.locator(".tile.best").count() == 0


def test_a_winner_that_changes_with_fear_is_warned_of(planted):
    on = planted("changes with fear")
    assert "high" in said(on)
    first = on.page.locator(".tile.best").get_attribute("data-index")
    choose_tab(on, "high")
    assert on.page.locator(".tile.best").get_attribute("data-index") != first


def test_the_range_of_colours_is_the_same_whatever_the_data_and_the_tab(planted):
    scales, colours = set(), {}
    for name in ("winner", "noise"):
        on = planted(name)
        for tab in ("low", "high", "worst"):
            choose_tab(on, tab)
            scales.add(on.text("#map-scale"))
            colours[name, tab] = [
                tile.evaluate("one => getComputedStyle(one).backgroundColor")
                for tile in on.page.locator("#map-table .tile").all()
            ]
    assert len(scales) == 1
    # Noise is all of about one colour: nothing is stretched to look like a finding.
    dots = [[int(c) for c in re.findall(r"\d+", colour)[:3]] for colour in colours["noise", "low"]]
    assert all(max(channel) - min(channel) <= 12 for channel in zip(*dots, strict=True))


def test_numbers_on_tiles_and_the_csv_are_those_of_python(study, planted):
    on = planted("winner")
    expected = table_of(study.planted(*PLANTED["winner"]))
    with on.page.expect_download() as waiting:
        on.page.locator("#map-csv").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert text.replace("\r\n", "\n") == expected
    assert re.search(r"\d{4}-\d\d-\d\d", waiting.value.suggested_filename)
    one = study.planted(*PLANTED["winner"]).maps.of("mean_knowledge", "low")
    words = on.page.locator("#map-table .tile .mean").all_inner_texts()
    for text, tile in zip(words, one.tiles.values(), strict=True):
        assert tile is not None and text.removeprefix("★ ") == f"{tile.mean:.2f}"


def test_text_on_tiles_can_be_read(planted):
    on = planted("winner")
    for tile in on.page.locator("#map-table .tile").all():
        own, ground = tile.evaluate(
            "one => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor]"
        )
        dots = [[int(c) for c in re.findall(r"\d+", colour)[:3]] for colour in (own, ground)]
        assert contrast(*map(tuple, dots)) >= 4.5


@pytest.mark.parametrize("look", ["light", "forced colours"])
def test_axe_finds_no_fault_on_the_map(planted, picture, look):
    on = planted("winner")
    if look != "light":
        on.page.emulate_media(forced_colors="active")
    assert violations(on.tab) == []
    picture(on.tab, f"map {look}")


def test_the_map_has_one_stop_for_the_keyboard_and_arrows_within(planted):
    on = planted("winner")
    tiles = on.page.locator("#map-table .tile")
    assert on.page.locator("#map-table .tile[tabindex='0']").count() == 1
    tiles.first.focus()
    for key, index in (("ArrowRight", "1"), ("ArrowDown", "4"), ("End", "5"), ("ArrowUp", "2")):
        on.page.keyboard.press(key)
        assert on.page.evaluate("() => document.activeElement.dataset.index") == index
    on.page.keyboard.press("Enter")
    on.page.clock.run_for(200)
    assert tiles.nth(2).get_attribute("aria-pressed") == "true"
    assert on.focused != "BODY"


def test_a_tile_can_be_watched_person_by_person_and_the_map_comes_back(planted, picture):
    on = planted("winner")
    on.page.locator("#map-watch").click()
    on.page.wait_for_function("() => window.learningOrg.state().screen === 'panels'")
    state = on.state
    assert state["left"] != state["right"] and state["right"].endswith("low/10/3")
    on.play()
    picture(on.tab, "map watched")
    on.page.locator("#back-to-map").click()
    assert on.page.locator("#map-table").is_visible()


@pytest.mark.parametrize("width, height", [(320, 640), (683, 384), (1366, 768)])
def test_the_map_fits_the_screen(planted, picture, width, height):
    on = planted("winner", width=width, height=height)
    assert sideways(on.tab) == []
    assert overlaps(on.tab, "#map-table th, .tile span, #map-chart text") == []
    picture(on.tab, f"map {width}", whole=True)
    if width == 1366:
        box = on.page.locator("#map-table").bounding_box()
        assert box["y"] + box["height"] <= height


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("name", ["winner", "noise"])
def test_the_report_prints_on_three_pages(study, planted, screenshots, name, paper):
    on = planted(name)
    on.page.wait_for_function("() => document.querySelectorAll('#report article').length === 3")
    on.page.emulate_media(media="print")
    content = on.page.pdf(format=paper, print_background=False)
    file = screenshots / f"report-{name}-{paper.lower()}.pdf"
    file.write_bytes(content)
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", content))
    assert pages == 3
    words = on.page.locator("#report").inner_text()
    program = study.data.program
    for needed in (str(program["version"]), f"({len(program['seeds'])})", str(program["rules"])):
        assert needed in words
    assert ("do not matter" in words) == (name == "noise")
    cut = on.page.evaluate(
        """() => [...document.querySelectorAll('#report article')].flatMap(page =>
        [...page.querySelectorAll('table, svg')].filter(one =>
            one.getBoundingClientRect().right > page.getBoundingClientRect().right + 1)
            .map(one => one.outerHTML.slice(0, 80)))"""
    )
    assert cut == []


def test_axe_finds_no_fault_in_the_report(planted):
    on = planted("winner")
    on.page.wait_for_function("() => document.querySelectorAll('#report article').length === 3")
    on.page.emulate_media(media="print")
    assert violations(on.tab) == []

"""Facts about a comparison's sentence, figures and page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from itertools import pairwise, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.pages.comparison_page import (
    ComparisonContent,
    HowToRepeat,
    comparison_page,
    seeds_text,
    setting_text,
)
from sim.pages.drawing import inline_svg, save_figure
from sim.pages.figures import comparison_figure, difference_figure, panel_figure, thin
from sim.pages.labels import end_labels, push_apart
from sim.pages.numbers import decimals_for, number, plain_text, shown_unit
from sim.pages.sentences import finding, plain_sentence, read, table_rows
from sim.studies.statistics import compare_table

PAIR, TITLES = ("a", "b"), ("Rules", "Cells")
HOSTILE = (
    "</script><img src=x onerror=alert(1)> $\\frac{1}$ \"q\" 's' & \u202eevil\x00 ]]> --> {{ 7*7 }}"
)
#: Elements that HTML closes by itself.
VOID = {"meta", "br", "hr", "img", "input", "link"}


@dataclass(frozen=True)
class Measured:
    label: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    better: int = 1
    label_class: str = "emergent"


MEASURES = {
    "quality": Measured("Quality", "share of requests", 0, 1),
    "output": Measured("Output", "requests a week", 0),
    "wait": Measured("Response time", "weeks", 0, better=-1),
    "pdsa": Measured("PDSA cycles", "cycles", 0, better=0),
}


def finals(**measures: tuple[list[float], list[float]]) -> pd.DataFrame:
    frames = []
    for place, scenario in enumerate(PAIR):
        frame = pd.DataFrame({name: values[place] for name, values in measures.items()})
        frames.append(frame.assign(scenario=scenario, seed=range(len(frame))))
    return pd.concat(frames, ignore_index=True)


def compared(**measures: tuple[list[float], list[float]]) -> pd.DataFrame:
    return compare_table(finals(**measures), *PAIR, MEASURES)


def said(table: pd.DataFrame, *headline: str, titles: tuple[str, str] = TITLES) -> str:
    return plain_sentence(table, MEASURES, headline or list(table.index), titles, "of 156 weeks")


def invented_series(periods: int = 20, runs: int = 6) -> pd.DataFrame:
    generator = np.random.default_rng(5)
    index = pd.MultiIndex.from_product(
        [PAIR, range(runs), range(1, periods + 1)], names=["scenario", "seed", "period"]
    )
    rise = np.tile(np.arange(1, periods + 1) / periods, 2 * runs)
    second = np.repeat([0.0, 1.0], runs * periods)
    noise = generator.normal(0, 0.02, (4, len(rise)))
    columns = {
        "quality": 0.5 + 0.2 * rise + 0.1 * second * rise + noise[0],
        "output": 100 + 10 * rise - 4 * second + 10 * noise[1],
        "wait": 2 - rise + noise[2],
        "pdsa": 3 * rise * second + noise[3],
    }
    return pd.DataFrame(columns, index=index).reset_index()


@pytest.fixture(scope="module")
def content() -> ComparisonContent:
    series = invented_series()
    last = series[series["period"] == series["period"].max()]
    return ComparisonContent(
        pair=PAIR,
        titles=TITLES,
        table=compare_table(last, *PAIR, MEASURES),
        series=series,
        measures=MEASURES,
        headline=["quality", "output", "wait"],
        drawn=["quality", "output", "wait", "pdsa"],
        length="of 20 weeks",
        repeat=HowToRepeat(
            "python run.py compare a b --seeds 6", range(6), "9.8.7", "manifest.json"
        ),
        settings=[{"key": "structure.levels", "A": 5, "B": 2, "unit": "levels"}],
        assumptions=[{"key": "cells.pace", "value": 1.0, "unit": "1", "doc": "How fast."}],
        stories=("Many rules.", "Few rules."),
    )


@pytest.fixture(scope="module")
def page(content) -> str:
    return comparison_page(content)


class Outline(HTMLParser):
    """Elements with attributes in order, text by element, and whether all that opens closes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.text.append((self.open[-1], data))

    def named(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def words(self, *leave_out: str) -> str:
        return " ".join(" ".join(t for tag, t in self.text if tag not in leave_out).split())


# --- the sentence -------------------------------------------------------------------------------


def test_the_sentence_gives_size_interval_runs_and_count():
    # Differences .01 to .05: mean .03, sd .0158, half-width 2.776 * .0158 / sqrt(5) = .0196.
    table = compared(quality=([0.5, 0.6, 0.5, 0.6, 0.5], [0.51, 0.62, 0.53, 0.64, 0.55]))
    assert said(table) == (
        "In 5 paired runs of 156 weeks, Cells does better on quality than Rules: 57.0 against "
        "54.0 % of requests, 3.0 points more (95 % interval 1.0 to 5.0; so in 5 of 5 runs)."
    )


def test_the_first_scenario_wins_in_the_same_words():
    low, high = [0.5, 0.6, 0.5, 0.6, 0.5], [0.51, 0.62, 0.53, 0.64, 0.55]
    there, back = compared(quality=(low, high)), compared(quality=(high, low))
    assert said(back, titles=TITLES[::-1]) == said(there)


def test_less_is_better_where_the_measure_says_so():
    text = said(compared(wait=([3.0, 3.2, 3.4], [2.0, 2.1, 2.5])))
    assert "Cells does better on response time than Rules: 2.2" in text
    assert " less (" in text


def test_a_neutral_measure_is_higher_and_never_better():
    text = said(compared(pdsa=([1.0, 1.2, 1.4], [5.0, 5.1, 5.5])))
    assert "Cells is higher in PDSA cycles" in text
    assert "better" not in text


def test_an_interval_that_holds_zero_is_not_called_a_difference():
    text = said(compared(output=([100.0, 110.0, 105.0, 95.0], [104.0, 103.0, 109.0, 95.0])))
    assert "cannot be told apart in output" in text
    assert "would be seen four times in five" in text
    assert "better" not in text


def test_what_fails_the_correction_is_a_hint():
    noise = [0.3, -0.2, 0.1, -0.4, 0.2]
    shift = [1.0, 3.0, 2.0, 0.2, 3.5]
    table = compared(
        quality=([0.0] * 5, shift),
        output=(noise, noise[::-1]),
        wait=(noise, sorted(noise)),
    )
    row = table.loc["quality"]
    assert row["p"] < 0.05 < row["p_holm"]
    assert "a hint only, it does not hold when corrected for 3 measures" in said(table, "quality")


def test_identical_constant_single_and_missing_runs_are_said_to_be_so():
    same = [0.5, 0.6]
    assert "are the same in quality in each of the runs" in said(compared(quality=(same, same)))
    steps = compared(output=([1.0, 2.0], [3.0, 4.0]))
    assert "2.00 more (the same in each of 2 runs)" in said(steps)
    single = said(compared(output=([1.0], [3.0])))
    assert "Cells did better on output" in single and "one run cannot say how sure" in single
    assert "are the same in output in the only run" in said(compared(output=([1.0], [1.0])))
    missing = compared(output=([np.nan, np.nan], [1.0, 2.0]))
    assert "nothing can be said of output" in said(missing)


def test_the_order_is_the_callers_and_not_that_of_the_effects():
    table = compared(
        quality=([0.5, 0.6, 0.7], [0.5, 0.61, 0.69]), output=([1.0, 2.0, 3.0], [11.0, 12.1, 13.0])
    )
    assert said(table, "quality", "output").index("quality") < said(
        table, "quality", "output"
    ).index("output")
    assert "cannot be told apart in quality" in said(table, "quality", "output")


def test_the_brief_part_names_each_further_measure_once():
    table = compared(
        quality=([0.5, 0.6, 0.7], [0.5, 0.61, 0.69]),
        output=([11.0, 12.1, 13.0], [1.0, 2.0, 3.0]),
        wait=([3.0, 3.1, 3.3], [2.0, 2.2, 2.3]),
        pdsa=([1.0, 1.5, 2.0], [1.0, 1.5, 2.0]),
    )
    brief = said(table).split(").")[-1].strip()
    assert brief == (
        "Cells does better on response time; Rules does better on output; "
        "both are the same in PDSA cycles."
    )


def test_no_measure_recorded_is_said():
    assert "nothing can be said" in said(compared(output=([1.0, 2.0], [1.0, 3.0])), "quality")


def test_equal_titles_are_told_apart():
    text = said(compared(output=([1.0, 2.0, 3.0], [8.0, 9.5, 10.0])), titles=("Same", "Same"))
    assert "Same (B) does better on output than Same (A)" in text


@given(
    st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=8).map(np.array),
    st.sampled_from([-1, 0, 1]),
)
def test_a_difference_is_claimed_only_when_the_interval_leaves_out_zero(values, better):
    measure = replace(MEASURES["output"], better=better)
    table = compare_table(finals(output=(values[:, 0], values[:, 1])), *PAIR, ["output"])
    row = table.loc["output"]
    text = finding(table, "output", measure, TITLES)
    if row["remark"] == "":
        told = "cannot be told apart" not in text
        assert told == (row["difference_low"] > 0 or row["difference_high"] < 0)
        assert (read(row, measure).side != "") == told
    assert "nan" not in text and "inf" not in text


# --- numbers ------------------------------------------------------------------------------------


@given(st.floats(-1e8, 1e8), st.integers(0, 6))
def test_a_written_number_is_within_half_of_its_last_digit(value, decimals):
    text = number(value, decimals)
    back = float(text.replace(",", "").replace("\N{MINUS SIGN}", "-"))
    assert abs(back - value) <= 0.5 * 10.0**-decimals * (1 + 1e-6) + 1e-7
    assert not text.startswith("\N{MINUS SIGN}0.000000")


@given(st.floats(1e-4, 1e6))
def test_an_uncertainty_shows_two_significant_digits(uncertainty):
    rounded = round(uncertainty, decimals_for(uncertainty))
    assert abs(rounded - uncertainty) <= 0.05 * uncertainty


def test_missing_whole_and_scale_numbers():
    assert number(np.nan, 2) == number(np.inf, 2) == "\N{EN DASH}"
    assert number(-0.001, 2) == "0.00"
    assert number(1234.5, 1, sign=True) == "+1,234.5"
    assert decimals_for(0.0, 25.0) == 0
    assert [shown_unit(u) for u in ("share", "share of people", "0 to 1", "0-1", "weeks")] == [
        "%", "% of people", "", "", "weeks",
    ]  # fmt: skip


def test_seeds_and_settings_as_text():
    assert seeds_text(range(20)) == "0 to 19 (20)"
    assert seeds_text([3, 5]) == "3, 5"
    assert [setting_text(x) for x in (None, True, 0.30000000000000004, ["a", 1], {"at": 60})] == [
        "none", "yes", "0.3", "a, 1", "at: 60",
    ]  # fmt: skip


@given(st.text())
def test_plain_text_is_one_line_and_valid_in_xml(text):
    clean = plain_text(text)
    assert clean == clean.strip() and len(clean.splitlines()) <= 1
    assert plain_text(clean) == clean
    clean.encode()
    allowed = re.compile("[\t\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
    assert allowed.fullmatch(clean)


# --- figures ------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.floats(-0.5, 1.5), st.floats(0.01, 0.15)), min_size=1, max_size=6),
)
def test_labels_never_overlap_keep_their_order_and_stay_inside(labels):
    wanted, sizes = zip(*labels, strict=True)
    placed = push_apart(wanted, sizes)
    order = sorted(range(len(labels)), key=lambda label: placed[label])
    for lower, upper in pairwise(order):
        gap = placed[upper] - placed[lower]
        assert gap >= (sizes[lower] + sizes[upper]) / 2 - 1e-9
        assert wanted[lower] <= wanted[upper]
    assert all(s / 2 - 1e-9 <= p <= 1 - s / 2 + 1e-9 for p, s in zip(placed, sizes, strict=True))


def test_a_label_with_room_stays_at_its_line():
    assert push_apart([0.2, 0.8], [0.1, 0.1]) == pytest.approx([0.2, 0.8])
    assert push_apart([0.5, 0.5], [0.1, 0.1]) == pytest.approx([0.45, 0.55])


def test_titles_that_cutting_made_equal_are_marked():
    first, second = end_labels(
        ("An organization of many small cells, A", "An organization of many small cells, B")
    )
    assert first.startswith("A:") and second.startswith("B:")
    assert end_labels(TITLES) == TITLES


@pytest.mark.parametrize("titles", [("Bureaucratic", "Post-bureaucratic"), ("W" * 40, "M" * 40)])
def test_texts_of_the_figure_do_not_overlap_and_stay_on_it(titles):
    figure = comparison_figure(
        invented_series(), *PAIR, titles, MEASURES, ["quality", "output", "wait", "pdsa"]
    )
    figure.canvas.draw()
    texts = [t for axes in figure.axes for t in (*axes.texts, axes.title)]
    texts += [t for axes in figure.axes for t in axes.get_yticklabels()[1:-1]]
    boxes = [text.get_window_extent() for text in texts]
    for place, box in enumerate(boxes):
        assert box.x0 >= 0 and box.x1 <= figure.bbox.width, texts[place].get_text()
        for other in boxes[place + 1 :]:
            assert not box.overlaps(other)


def test_the_same_numbers_give_the_same_files(tmp_path):
    written = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        figure = comparison_figure(invented_series(), *PAIR, TITLES, MEASURES, ["quality", "wait"])
        files = save_figure(figure, tmp_path / folder / "comparison.png")
        written.append([path.read_bytes() for path in files])
    assert [path.suffix for path in files] == [".png", ".svg"]
    assert written[0] == written[1]
    assert b"<dc:date>" not in written[0][1]


@pytest.mark.parametrize("periods, runs", [(1, 3), (5, 1), (1, 1)])
def test_short_and_single_runs_are_drawn(periods, runs):
    series = invented_series(periods, runs)
    series.loc[series["scenario"] == "a", "wait"] = np.nan
    series["pdsa"] = np.nan
    for name in MEASURES:
        panel_figure(series, *PAIR, TITLES, MEASURES, name).canvas.draw()
    last = series[series["period"] == periods]
    difference_figure(compare_table(last, *PAIR, MEASURES), MEASURES, TITLES).canvas.draw()


@given(st.integers(1, 5000))
def test_thinning_keeps_the_last_period_and_few_points(periods):
    band = pd.DataFrame({"mean": np.arange(periods)})
    kept = thin(band, 400)
    assert kept.index[-1] == periods - 1
    assert min(periods, 200) <= len(kept) <= 400


def test_effects_beyond_the_scale_and_noise_within_it():
    near = [0.50, 0.51, 0.49, 0.52]
    table = compared(
        quality=(near, [x + 0.4 + 0.01 * k for k, x in enumerate(near)]), output=(near, near[::-1])
    )
    axes = difference_figure(table, MEASURES, TITLES).axes[0]
    assert axes.get_xlim() == (-5.0, 5.0)
    noise = difference_figure(
        compared(output=(list(range(40)), [*range(1, 40), 0])), MEASURES, TITLES
    )
    assert noise.axes[0].get_xlim() == (-1.0, 1.0)


# --- the page -----------------------------------------------------------------------------------


def test_the_page_needs_nothing_but_itself(page):
    outline = Outline(page)
    assert outline.open == []
    policy = [m for m in outline.named("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    assert policy[0]["content"].startswith("default-src 'none'")
    assert not {"script", "iframe", "object", "link", "img"} & {tag for tag, _ in outline.elements}
    addresses = [
        value
        for _, attributes in outline.elements
        for key, value in attributes.items()
        if key in ("src", "href", "xlink:href") and not value.startswith("#")
    ]
    assert addresses == []
    assert "@import" not in page and not re.search(r"url\((?!#)", page)


def test_ids_are_unique_and_every_reference_arrives(page):
    outline = Outline(page)
    ids = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    pointed = {a["href"][1:] for _, a in outline.elements if a.get("href", "").startswith("#")}
    pointed |= set(re.findall(r"url\(#([^)]+)\)", page))
    for key, (_, attributes) in product(("aria-labelledby", "aria-describedby"), outline.elements):
        pointed |= set(attributes.get(key, "").split())
    assert pointed <= set(ids)


def test_hostile_text_stays_text(content):
    measures = {name: replace(m, label=HOSTILE, unit=HOSTILE) for name, m in MEASURES.items()}
    html = comparison_page(
        replace(
            content,
            titles=(HOSTILE, HOSTILE[::-1]),
            stories=(HOSTILE, HOSTILE),
            measures=measures,
            repeat=HowToRepeat(HOSTILE, [1], HOSTILE, HOSTILE),
            settings=[{"key": HOSTILE, "A": HOSTILE, "B": [HOSTILE], "unit": HOSTILE}],
            assumptions=[{"key": HOSTILE, "value": HOSTILE, "unit": HOSTILE, "doc": HOSTILE}],
            notes=[HOSTILE],
        )
    )
    outline = Outline(html)
    assert outline.open == []
    assert {"script", "img"}.isdisjoint(tag for tag, _ in outline.elements)
    assert not any(key.startswith("on") for _, attrs in outline.elements for key in attrs)
    assert "\x00" not in html
    assert "<img src=x" in outline.words() and "{{ 7*7 }}" in outline.words()


def test_the_sentence_comes_first_and_the_figures_tell_their_story(page, content):
    outline = Outline(page)
    headings = [tag for tag, _ in outline.elements if tag in ("h1", "h2", "h3", "h4")]
    assert headings[0] == "h1" and headings.count("h1") == 1
    words = outline.words("style", "title")
    sentence = plain_sentence(content.table, MEASURES, content.headline, TITLES, "of 20 weeks")
    assert 0 < words.index(sentence) < words.index("Over time")
    assert dict(outline.elements)["html"]["lang"] == "en"
    pictures = outline.named("svg")
    assert len(pictures) == len(content.drawn) + 1
    assert all(p["role"] == "img" and p["aria-labelledby"] for p in pictures)
    described = [text for tag, text in outline.text if tag == "desc"]
    assert any("Rules:" in text and "in week 20" in text for text in described)


def test_the_page_says_how_to_repeat_it_and_what_was_assumed(page):
    words = Outline(page).words("style")
    for text in ("python run.py compare a b --seeds 6", "0 to 5 (6)", "9.8.7", "manifest.json"):
        assert text in words
    assert "structure.levels" in words and "cells.pace" in words
    assert 'href="#assumptions"' in page and "simulation, not measurement" in words


def test_what_has_no_value_in_either_has_no_row_and_is_named(content):
    table = content.table.copy()
    table.loc["pdsa"] = np.nan
    page = comparison_page(replace(content, table=table))
    words = Outline(page).words("style")
    assert "1 measure without a value in either" in words and MEASURES["pdsa"].label in words
    rows = [text for tag, text in Outline(page).text if tag == "th"]
    assert not any(MEASURES["pdsa"].label in text for text in rows)
    assert any(MEASURES["output"].label in text for text in rows)


def test_tables_have_captions_and_headers_and_show_every_number(page, content):
    outline = Outline(page)
    assert len(outline.named("caption")) == len(outline.named("table")) == 3
    assert all(header.get("scope") in ("col", "row") for header in outline.named("th"))
    words = outline.words("style")
    for row in table_rows(content.table, MEASURES, TITLES):
        for shown in (row.A, row.B, row.difference, row.difference_interval, row.d, row.reading):
            assert shown in words


def test_every_text_colour_reaches_a_contrast_of_four_and_a_half(page):
    colour = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", page))
    pairs = [("badge-ink", "badge")]
    pairs += product(("ink", "quiet", "a", "b", "link"), ("paper", "tint"))
    for text, ground in pairs:
        assert contrast(colour[text], colour[ground]) >= 4.5, (text, ground)
    assert contrast(colour["line"], colour["paper"]) >= 3


def contrast(first: str, second: str) -> float:
    """Contrast ratio of WCAG 2.2."""

    def luminance(colour: str) -> float:
        channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return float(np.dot([0.2126, 0.7152, 0.0722], linear))

    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_same_comparison_gives_the_same_page(page, content):
    assert comparison_page(content) == page


def test_an_inlined_figure_brings_no_style_sheet_of_its_own(content):
    figure = difference_figure(content.table, MEASURES, TITLES)
    svg = inline_svg(figure, "x", "A title & more", "What it shows")
    assert "<style" not in svg and "<metadata" not in svg
    assert "A title &amp; more" in svg

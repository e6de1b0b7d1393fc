"""The page's numbers are the runs' numbers, and its file is one file that loads nothing."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.pages.workshop import page
from sim.scenario.people import import_people
from sim.workshop import encoding
from sim.workshop.attributes import ATTRIBUTES
from sim.workshop.goals import Goal
from sim.workshop.pairs import ahead, quantiles, rounded, typical_seed
from sim.workshop.payload import (
    FORMAT,
    PLACE_FIELDS,
    VERSION,
    goal_series,
    last_weeks,
    pair_payload,
    run_payload,
)
from sim.workshop.recording import record
from sim.workshop.store import Recordings
from sim.workshop.variants import variant_of
from tests.workshops import GOALS, SEEDS, Asked, payload_of, question, recorded, scenarios, variants


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Recordings of the small workshop."""
    return recorded(Recordings(tmp_path_factory.mktemp("runs")))


@pytest.fixture(scope="module")
def payload(found):
    """Its payload."""
    return payload_of(found)


# Codes


@given(arrays(np.uint8, (2, 9, 5)), st.sampled_from([1, 2, 4]))
def test_a_film_comes_back_as_it_was(codes, every):
    text = encoding.film(codes, every)
    back = encoding.codes_of_film(text, attributes=2, people=5)
    np.testing.assert_array_equal(back, codes[:, ::every])


@given(arrays(np.float64, 20, elements=st.floats(0, 1)))
def test_an_attribute_comes_back_within_half_a_level(values):
    for attribute in ATTRIBUTES.values():
        off = np.abs(attribute.values(attribute.codes(values)) - values)
        assert off.max() <= 0.5 / 255 + 1e-12


numbers = st.floats(-1e6, 1e6) | st.just(float("nan"))


@given(arrays(np.float64, (3, 7), elements=numbers), st.floats(-10, 10), st.floats(0, 100))
def test_a_series_comes_back_within_half_a_level(rows, low, width):
    document = encoding.series(rows, low, low + width)
    back = encoding.values_of_series(document)
    half = 0.5 * (document["high"] - document["low"]) / encoding.LAST
    np.testing.assert_array_equal(np.isnan(back), np.isnan(rows))
    there = np.isfinite(rows)
    # The last bits of numbers up to a million are about 1e-10.
    assert (np.abs(back - rows)[there] <= half + 1e-9).all()
    assert json.loads(json.dumps(document)) == document


@given(arrays(np.float64, (5, 7), elements=numbers))
def test_single_seeds_come_back_within_a_250th_of_the_range(rows):
    document = encoding.series(rows, 0.0, 1.0, fine=2)
    back = encoding.values_of_series(document)
    width = document["high"] - document["low"]
    np.testing.assert_array_equal(np.isnan(back), np.isnan(rows))
    there = np.isfinite(rows)
    assert (np.abs(back - rows)[there] <= width / 250 + 1e-9).all()
    fine = np.abs(back - rows)[:2][there[:2]]
    assert (fine <= 0.5 * width / encoding.LAST + 1e-9).all()


def test_what_happens_week_by_week_is_the_mean_of_the_last_quarter():
    nan = float("nan")
    rows = np.array([[nan, 1.0, 2.0, nan, 4.0, 6.0], [9.0, nan, nan, 3.0, 3.0, 3.0]])
    means = last_weeks(rows, 3)
    expected = [[nan, 1.0, 1.5, 1.5, 3.0, 5.0], [nan, nan, nan, 3.0, 3.0, 3.0]]
    np.testing.assert_array_equal(means, expected)


@given(arrays(np.int64, (4, 6), elements=st.integers(0, 500)), st.integers(1, 500))
def test_numbers_of_people_their_halves_and_tenths_are_shown_as_they_are(counts, people):
    """Means of 30 runs are thirtieths, quantiles tenths: none moves over a rounding boundary."""
    for share in (1, 2, 4, 10, 30):
        rows = counts / share
        document = encoding.series(rows, 0, people, whole=True)
        back = encoding.values_of_series(document)
        if share <= 4:
            np.testing.assert_array_equal(back, rows)
        for one, other in zip(back.ravel(), rows.ravel(), strict=True):
            assert rounded(float(one), 0) == rounded(float(other), 0)


def test_what_is_no_coded_array_is_refused():
    for text in ("no base64!", "AAAA", ""):
        with pytest.raises(ValueError):
            encoding.unpacked(text, np.uint8)


# Who is ahead


def test_a_pair_says_who_is_ahead_as_by_hand():
    """Differences 2, 4, 0, 2: mean 2, sd sqrt(8/3), t(3, 97.5 %) = 3.182446."""
    pair = ahead([1, 2, 3, 4], [3, 6, 3, 6], better=+1)
    half = 3.182446305 * math.sqrt(8 / 3) / 2
    assert (pair.mean_A, pair.mean_B, pair.difference) == (2.5, 4.5, 2.0)
    assert pair.low == pytest.approx(2 - half) and pair.high == pytest.approx(2 + half)
    assert (pair.ahead_A, pair.ahead_B, pair.same, pair.runs) == (0, 3, 1, 4)
    assert pair.verdict == "none"  # -0.6 to 4.6


@pytest.mark.parametrize(
    ("better", "second", "verdict", "counts"),
    [
        (+1, [5, 6, 8], "B", (0, 3)),
        (-1, [5, 6, 8], "A", (3, 0)),
        (0, [5, 6, 8], "B", (0, 3)),
        (+1, [-5, -6, -8], "A", (3, 0)),
        (-1, [-5, -6, -8], "B", (0, 3)),
        (+1, [1, 1, 1], "B", (0, 3)),  # the same difference in all
        (+1, [0, 0, 0], "none", (0, 0)),
    ],
)
def test_less_is_ahead_where_less_is_better(better, second, verdict, counts):
    pair = ahead([0, 0, 0], second, better)
    assert pair.verdict == verdict and (pair.ahead_A, pair.ahead_B) == counts


def test_one_run_says_nothing_and_missing_values_are_left_out():
    nan = float("nan")
    assert ahead([1], [2], +1).verdict == "none"
    assert ahead([1], [2], +1).document()["low"] is None
    pair = ahead([1, nan, 3], [2, 5, nan], +1)
    assert (pair.runs, pair.mean_A, pair.mean_B, pair.ahead_B) == (1, 1.0, 2.0, 1)
    nothing = ahead([nan], [nan], +1).document()
    assert nothing["A"] is None and nothing["difference"] is None and nothing["runs"] == 0


def test_the_shown_seed_is_the_first_that_is_nearest_to_the_median_difference():
    assert typical_seed(np.array([0.0, 0, 0, 0, 0]), np.array([9.0, 1, 3, 4, 3])) == 2
    assert typical_seed(np.array([0.0, np.nan, 0]), np.array([5.0, 4, 3])) == 0
    assert typical_seed(np.array([np.nan]), np.array([np.nan])) == 0


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        *((0.5, 0, 1), (1.5, 0, 2), (2.5, 0, 3), (-2.5, 0, -3), (-0.4, 0, 0), (1.25, 1, 1.3)),
        *((-0.125, 2, -0.13), (60.4667, 0, 60), (0.1 + 0.2, 1, 0.3), (1234.5, 0, 1235)),
    ],
)
def test_halves_are_rounded_away_from_zero(value, decimals, shown):
    assert rounded(value, decimals) == shown
    assert math.copysign(1, rounded(value, decimals)) == (-1 if shown < 0 else 1)


def test_quantiles_pass_over_missing_values():
    values = np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan]])
    low, high = quantiles(values, (0.0, 1.0))
    assert (low[0], high[0]) == (1.0, 3.0) and np.isnan([low[1], high[1]]).all()


# The document


def test_the_document_has_the_promised_parts(payload):
    assert (payload["format"], payload["version"]) == (FORMAT, VERSION)
    parts = "program language direction texts title playing_minutes sides attributes goals runs"
    parts += " questions pairs map assumptions settings sources"
    assert set(parts.split()) <= set(payload)
    assert payload["program"]["seeds"] == list(SEEDS)
    assert payload["program"]["shown_seed"] in SEEDS
    json.dumps(payload, allow_nan=False)
    differing = {row["key"]: row for row in payload["settings"]}
    assert differing["structure.levels"]["A"] == "4"
    assert payload["assumptions"]
    # What nothing shows is not there; what is the same is there once.
    assert set(payload["runs"]) == {"A", "B", "A.harsh", "B.harsh"}
    options = payload["questions"][1]["control"]["options"]
    assert options[0]["right"] == payload["questions"][1]["right"] == "B"


def test_numbers_of_the_page_are_numbers_of_the_runs(payload, found):
    place = SEEDS.index(payload["program"]["shown_seed"])
    for run, document in payload["runs"].items():
        for goal in GOALS:
            if goal.id not in document["series"]:
                continue
            values = goal_series(goal, found[run])
            coded = document["series"][goal.id]
            rows = encoding.values_of_series(coded)
            half = 0.5 * (coded["high"] - coded["low"]) / encoding.LAST + 1e-12
            rough = half if goal.kind == "people" else (coded["high"] - coded["low"]) / 250
            np.testing.assert_allclose(rows[4:], values, rtol=0, atol=rough)
            np.testing.assert_allclose(rows[3], values[place], rtol=0, atol=half)
            np.testing.assert_allclose(rows[0], values.mean(axis=0), rtol=0, atol=half)
            for row, share in ((1, 0.1), (2, 0.9)):
                by_hand = np.quantile(values, share, axis=0)
                np.testing.assert_allclose(rows[row], by_hand, rtol=0, atol=half)
    assert set(payload["runs"]["A.harsh"]["series"]) == {"calm", "response"}
    assert set(payload["runs"]["B"]["series"]) == {"know", "unsafe", "calm", "response"}


def test_the_page_counts_people_from_its_own_bytes(payload):
    """What the page's script does: bytes at or above the code of the threshold."""
    document = {goal["id"]: goal for goal in payload["goals"]}["know"]
    run = payload["runs"]["B"]
    codes = encoding.codes_of_film(run["film"], len(run["attributes"]), run["people"])
    known = codes[run["attributes"].index(document["attribute"])]
    shown = encoding.values_of_series(run["series"]["know"])[3]
    np.testing.assert_array_equal((known >= document["code"]).sum(axis=1), shown)


def test_people_of_the_page_are_people_of_the_run(payload, found):
    place = SEEDS.index(payload["program"]["shown_seed"])
    for run, document in payload["runs"].items():
        shown = found[run][place]
        codes = encoding.codes_of_film(
            document["film"], len(document["attributes"]), document["people"]
        )
        for row, name in enumerate(document["attributes"]):
            np.testing.assert_array_equal(codes[row], shown.of(name))
        frames = encoding.unpacked(document["places"]["data"], np.int16)
        frames = frames.reshape(len(document["places"]["weeks"]), len(PLACE_FIELDS), -1)
        for week, frame in zip(document["places"]["weeks"], frames, strict=True):
            places = shown.places.at(week)
            for row, name in enumerate(PLACE_FIELDS[:-1]):
                np.testing.assert_array_equal(frame[row], getattr(places, name))
            np.testing.assert_array_equal(frame[-1], places.person >> 32)
        ties = encoding.unpacked(document["ties"]["data"], np.int16).reshape(-1, 2)
        np.testing.assert_array_equal(ties, shown.ties.pairs)
        assert document["ties"]["counts"] == shown.ties.counts.tolist()
    assert payload["runs"]["A"]["form"] == "departments"
    assert payload["runs"]["B"]["form"] == "cells"


def test_both_sides_start_with_the_same_people(payload):
    starts = {}
    for side in "AB":
        run = payload["runs"][side]
        codes = encoding.codes_of_film(run["film"], len(run["attributes"]), run["people"])
        starts[side] = (run["attributes"], codes[:, 0].tolist())
    assert starts["A"] == starts["B"]


def test_a_pair_of_the_page_is_the_pair_of_the_runs(payload, found):
    pairs = {(p["left"], p["right"], p["goal"], p["week"]): p for p in payload["pairs"]}
    # Question 1 by the last week; question 2 and its options in weeks 8 and 16.
    assert ("A", "B", "know", 16) in pairs and ("A", "B", "unsafe", 16) in pairs
    assert ("A.harsh", "B.harsh", "calm", 8) in pairs and ("A", "B", "calm", 8) in pairs
    assert len(pairs) == len(payload["pairs"])
    for (left, right, name, week), document in pairs.items():
        goal = next(goal for goal in GOALS if goal.id == name)
        series = goal_series(goal, found[left]), goal_series(goal, found[right])
        expected = pair_payload(left, right, goal, series, week)
        for key, value in expected.items():
            if key not in ("A", "B"):
                assert document[key] == value
        # The means are those that the page reads off its own series, to the bit.
        for key, run in (("A", left), ("B", right)):
            rows = encoding.values_of_series(payload["runs"][run]["series"][name])
            assert document[key] == (None if np.isnan(rows[0][week]) else rows[0][week])


def test_what_happens_is_told_in_the_weeks_in_which_it_shows(payload):
    run = payload["runs"]["B"]
    told = [event["week"] for event in run["events"] if event["kind"] == "reshuffle"]
    assert told and set(told) <= set(run["places"]["weeks"])
    assert {event["text"] for event in run["events"]} == {"New cells."}
    assert payload["runs"]["A"]["events"] == []


def test_an_expert_who_leaves_is_told_and_seen():
    sets = ["events=[{at: 4, leave: {seat: 7}}]", "workforce.turnover=0"]
    variant = variant_of(scenarios()["A"], "gone", (0,), sets=sets)
    run = run_payload(
        variant,
        [record(variant.settings, 0)],
        shown_seed=0,
        attributes=["knowledge"],
        goals=GOALS[:1],
    )
    assert run["events"] == [{"week": 5, "kind": "leave", "text": "Number 7 leaves."}]
    assert run["places"]["weeks"] == [0, 5]
    frames = encoding.unpacked(run["places"]["data"], np.int16).reshape(2, len(PLACE_FIELDS), -1)
    assert frames[1, -1].tolist() == [int(seat == 7) for seat in range(24)]
    assert run["settings"][0]["key"] == "events" and run["ties"] is None


def test_a_film_may_show_every_other_week_and_curves_still_have_all(found):
    variant = variants()["B"]
    for every, frames in ((1, 17), (2, 9), (4, 5), (5, 4)):
        run = run_payload(
            variant_of(scenarios()["B"], "B", SEEDS, every=every),
            found["B"],
            shown_seed=1,
            attributes=["fear", "safe"],
            goals=GOALS,
        )
        codes = encoding.codes_of_film(run["film"], 2, 24)
        assert run["every"] == every and codes.shape == (2, frames, 24)
        np.testing.assert_array_equal(codes[0], found["B"][1].of("fear")[::every])
        assert encoding.values_of_series(run["series"]["calm"]).shape == (4 + len(SEEDS), 17)
    with pytest.raises(ValueError):
        run_payload(variant, found["B"], shown_seed=99, attributes=[], goals=())


def test_imported_people_are_shown_by_their_ids_and_by_nothing_else_of_their_table(tmp_path):
    table = ["id,level,home,tenure_weeks"]
    table += [
        f"Ann {seat},{'boss' if seat < 4 else 'clerk'},Secret site,{seat}" for seat in range(24)
    ]
    (tmp_path / "people.csv").write_text("\n".join(table))
    people, _ = import_people(tmp_path, {"order": "clerk,boss"}, None)
    payload = payload_of(recorded(Recordings(), people), people=people)
    assert payload["runs"]["A"]["names"] == payload["runs"]["B"]["names"] == list(people.ids)
    text = json.dumps(payload)
    assert "Ann 23" in text
    for private in ("Secret site", "clerk", str(tmp_path)):
        assert private not in text


def test_a_goal_is_read_back_from_the_page():
    for goal in GOALS:
        row = goal.document(24)
        back = Goal.of_document(row)
        assert back.document(24) == row


# The file


@pytest.fixture
def parts(tmp_path, monkeypatch):
    """A folder of small parts in place of the page's own."""
    (tmp_path / "js").mkdir()
    (tmp_path / "page.html.j2").write_text(
        "<!doctype html><html lang='{{ language }}'><title>{{ title }}</title>"
        '<meta http-equiv="Content-Security-Policy" content="{{ csp }}">'
        "<style>{{ style }}</style><h1>{{ questions[0].title }}</h1>{{ still }}"
        '<script>{{ first_script }}</script><script type="application/json" id="payload">'
        "{{ payload }}</script><script>{{ script }}</script>"
    )
    for name in (*page.STYLES, page.LIVE_STYLE):
        (tmp_path / name).write_text(f"/* {name} */\r\n")
    for name in (page.FIRST_SCRIPT, *page.SCRIPTS, *page.LIVE_SCRIPTS):
        (tmp_path / "js" / name).write_text(f'lab.parts = "{name} \u2713";\r\n')
    monkeypatch.setattr(page, "files", lambda package: tmp_path)
    return tmp_path


HOSTILE = "</script><img src=x onerror=alert(1)>\u2028\u202e'\"&amp;<!--\ud800"


def test_hostile_text_stays_text(parts, found):
    asked = Asked(title=HOSTILE, records=(question(title=HOSTILE),))
    html = page.workshop_page(payload_of(found, asked))
    html.encode()  # has bytes
    assert html.count("</script>") == 3 and "<img" not in html and "<!--" not in html
    (text,) = re.findall(r'id="payload">(.*?)</script>', html, re.S)
    assert "<" not in text and "\u2028" not in text
    assert json.loads(text)["questions"][0]["title"] == HOSTILE


def test_the_policy_allows_what_is_in_the_page_and_nothing_else(parts, payload):
    for live in (False, True):
        html = page.workshop_page(payload, live=live)
        policy = re.search(r'content="([^"]*)"', html)[1].replace("&#39;", "'")
        assert policy.startswith("default-src 'none'; ")
        scripts = re.findall(r"<script>(.*?)</script>", html, re.S)
        (style,) = re.findall(r"<style>(.*?)</style>", html, re.S)
        assert "\r" not in html
        for text in (*scripts, style):
            assert page.csp_hash(text) in policy
        assert policy.count("sha256-") == 3 and "unsafe" not in policy
        assert ("connect-src 'self'" in policy) == live == ("live.js" in scripts[1])
        assert ("live.css" in style) == live


def test_parts_stand_in_their_order_and_a_missing_one_is_named(parts, payload):
    html = page.workshop_page(payload)
    places = [html.index(f"{{ // {name}") for name in page.SCRIPTS]
    assert places == sorted(places)
    (parts / "js" / "chart.js").unlink()
    with pytest.raises(page.PartMissing, match=r"js/chart\.js"):
        page.workshop_page(payload)


def test_a_script_that_would_end_its_element_is_refused(parts, payload):
    (parts / "js" / "chart.js").write_text('const end = "</script>";')
    with pytest.raises(ValueError, match="end of a script"):
        page.workshop_page(payload)


def test_the_same_runs_give_the_same_bytes(parts, payload, tmp_path):
    again = payload_of(recorded(Recordings()))
    assert page.workshop_page(again) == page.workshop_page(payload)


def test_pictures_that_need_no_script_show_both_sides_at_start_and_end(payload):
    still = page.still_pictures(payload)
    assert still.count("<svg") == 4 and still.count("<circle") == 4 * 24
    assert "style=" not in still
    mean = encoding.values_of_series(payload["runs"]["B"]["series"]["know"])[0][16]
    assert f"<td>week 16</td><td>{rounded(mean, 0):.0f}</td>" in still
    pair = next(each for each in payload["pairs"] if each["goal"] == "know")
    assert f"week 16: Departments: ahead in {pair['ahead_A']} of 3 runs." in still
    assert page.still_pictures({**payload, "questions": []}) == ""
    second = page.still_pictures({**payload, "questions": payload["questions"][1:]})
    assert "week 8: Departments" in second and second.count("<tr>") == 1 + 2 * 3


def test_every_script_and_style_of_the_page_is_in_it():
    folder = Path(page.__file__).parent
    scripts = {path.name for path in folder.glob("js/*.js")}
    assert scripts == {page.FIRST_SCRIPT, *page.SCRIPTS, *page.LIVE_SCRIPTS}
    styles = {path.name for path in folder.glob("*.css")}
    assert styles == {*page.STYLES, page.LIVE_STYLE, "join.css"}

"""The workshop page opens anywhere, soon, by itself, and says so in words where it cannot."""

from __future__ import annotations

import re
import statistics
import zlib
from base64 import b64decode
from itertools import pairwise

import pytest
from looking import copied
from stage import PAYLOAD, Stage, built

HOSTILE = (
    '</script><script>window.hit=1</script><img src=x onerror="window.hit=1"> "q" \'s\' \u202eevil'
)


@pytest.mark.parametrize(
    "hash", ["", "#q=4&option=e12&t=7", "#q=7", "#q=99&t=-3&pick=zz", "#%%%&q=<img src=x>"]
)
def test_it_opens_from_a_file_without_a_network_and_asks_for_nothing(workshop, open_tab, hash):
    tab = open_tab(workshop.path.as_uri() + hash)
    stage = Stage(tab).ready()
    assert {url.partition("#")[0] for url in tab.requests} == {workshop.path.as_uri()}
    numbers = [question["number"] for question in workshop.payload["questions"]]
    asked = re.search(r"q=(\d+)", hash)
    number = int(asked[1]) if asked and int(asked[1]) in numbers else numbers[0]
    assert stage.state["question"] == number
    if hash.startswith("#q=4"):
        assert (stage.state["option"], stage.state["week"]) == ("e12", 7)


def test_it_opens_from_a_path_with_spaces_and_umlauts_and_signs(workshop, open_tab, tmp_path):
    page = copied(workshop.path, tmp_path / "Prüfung & Übung #2 (neu)", "Wörk shop 100%.html")
    assert Stage(open_tab(page)).ready().state["question"] == 1


def test_what_is_linked_is_what_was_seen(stage):
    on = stage("#q=4")
    on.choose("e8")
    on.page.locator("#person").select_option("5")
    on.seek(9)
    link = on.page.evaluate("() => location.hash")
    assert link.startswith("#q=4")
    again = stage(link)
    seen, then = (
        {key: one.state[key] for key in ("question", "option", "week", "picked", "left", "right")}
        for one in (on, again)
    )
    assert seen == then
    assert on.counts() == again.counts()


def test_its_policy_allows_its_own_style_and_scripts_and_nothing_else(workshop, open_tab):
    tab = open_tab(workshop.path)
    Stage(tab).ready()
    policy = tab.page.locator("meta[http-equiv]").get_attribute("content")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert "unsafe" not in policy and "http" not in policy
    for kind in ("script-src", "style-src"):
        assert all(word.startswith("'sha256-") for word in rules[kind].split())
    tab.page.evaluate(
        "() => { const more = document.createElement('script');"
        " more.textContent = 'window.hit = 1';"
        " document.body.append(more); const picture = new Image();"
        " picture.src = 'https://example.org/x.png'; document.body.append(picture); }"
    )
    tab.page.wait_for_timeout(100)
    assert tab.page.evaluate("() => window.hit") is None
    refused = [text for text in tab.messages if "Content Security Policy" in text]
    assert any("inline script" in text for text in refused)
    assert any("https://example.org/x.png" in text for text in refused)
    tab.forgive()


# --- how fast -----------------------------------------------------------------------------------

#: What the page is held to by its design; tests allow ten times as much, for shared machines.
READY_MS, SCRIPT_MS, FRAME_MS, LENIENCE = 1000, 8, 1000 / 50, 10


@pytest.mark.parametrize(
    "screen, width, height, slowdown",
    [("projector", 1920, 1080, 1), ("phone", 390, 844, 4)],
)
def test_it_is_ready_soon_and_moves_smoothly(
    tmp_path_factory, open_tab, screenshots, screen, width, height, slowdown
):
    base = tmp_path_factory.getbasetemp()
    page = built(base / "full", ("people=100", "periods=120"), 1)
    tab = open_tab("about:blank", width, height)
    client = tab.context.new_cdp_session(tab.page)
    client.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    tab.go(page.path.as_uri())
    stage = Stage(tab).ready()
    ready = tab.page.evaluate("() => performance.now()")
    tab.page.locator("#play").click()
    tab.page.wait_for_timeout(3000)
    frames = tab.page.evaluate("() => window.learningOrg.frames()")[5:]
    assert stage.state["playing"]
    between = statistics.median(later[0] - earlier[0] for earlier, later in pairwise(frames))
    script = statistics.median(frame[1] for frame in frames)
    told = (
        f"{screen} {width}x{height}, slowed {slowdown} times: ready after {ready:.0f} ms, "
        f"{1000 / between:.0f} frames a second, {script:.1f} ms of script in each, "
        f"file {page.path.stat().st_size / 1000:.0f} kB with 1 seed\n"
    )
    print(told)
    with (screenshots.parent / "speed.txt").open("a", encoding="utf-8") as file:
        file.write(told)
    assert ready < LENIENCE * slowdown * READY_MS
    assert script < LENIENCE * slowdown * SCRIPT_MS
    assert between < LENIENCE * slowdown * FRAME_MS


# --- a broken start -----------------------------------------------------------------------------


def readable(stage_or_tab, text: str) -> None:
    """A message and still pictures are to be seen, and no half-built page."""
    page = stage_or_tab.page
    page.locator("#still svg").first.wait_for()
    assert re.search(text, page.inner_text("body"))
    assert not page.locator("#stage").is_visible()
    assert page.locator("#still svg").count() >= 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: "",
        lambda data: data[: len(data) // 2],
        lambda data: "{}",
        lambda data: "[1, 2",
        lambda data: data.replace('"film":"', '"film":"!!!', 1),
        lambda data: re.sub(r'"film":"(.{40})', r'"film":"\1AAAA', data),
    ],
    ids=["nothing", "half", "empty", "cut", "no base64", "damaged film"],
)
def test_a_damaged_file_says_so_and_shows_still_pictures(
    workshop, open_tab, tmp_path, picture, damage
):
    html = workshop.path.read_text(encoding="utf-8")
    broken = PAYLOAD.sub(lambda found: found[1] + damage(found[2]) + found[3], html)
    tab = open_tab(copied(workshop.path, tmp_path, "damaged.html", broken))
    readable(tab, "damaged")
    picture(tab, "start damaged")
    tab.forgive()


def test_data_of_a_later_version_are_not_guessed_at(workshop, open_tab, tmp_path):
    page = workshop.with_payload(tmp_path / "later.html", lambda data: data.update(version=99))
    tab = open_tab(page)
    readable(tab, "newer version")
    tab.forgive()


def test_a_browser_that_cannot_unpack_is_told_so(workshop, open_tab):
    tab = open_tab("about:blank")
    tab.page.add_init_script("delete window.DecompressionStream")
    tab.go(workshop.path.as_uri())
    readable(tab, "too old")
    tab.forgive()


def test_without_scripts_there_are_pictures_and_numbers(workshop, open_tab, picture):
    tab = open_tab(workshop.path, java_script_enabled=False)
    readable(tab, "Scripts are switched off")
    picture(tab, "start without scripts", whole=True)
    assert "Departments" in tab.page.inner_text("#still table")


@pytest.mark.parametrize("language", ["C", "xx-invalid-language-tag-123", "de-DE", "ar"])
def test_the_browsers_language_does_not_matter(workshop, open_tab, language):
    tab = open_tab("about:blank")
    tab.page.add_init_script(
        f"Object.defineProperty(navigator, 'language', {{get: () => '{language}'}});"
        f"Object.defineProperty(navigator, 'languages', {{get: () => ['{language}']}});"
    )
    tab.go(workshop.path.as_uri())
    assert Stage(tab).ready().state["question"] == 1


@pytest.mark.parametrize("language", ["C", "not a tag", "", "de-CH", "en_GB"])
def test_an_odd_language_of_the_texts_does_not_matter(workshop, open_tab, tmp_path, language):
    page = workshop.with_payload(tmp_path / "odd.html", lambda data: data.update(language=language))
    assert Stage(open_tab(page)).ready().state["question"] == 1


# --- texts of others ----------------------------------------------------------------------------


def poison(value, key=""):
    """Every text of the data made hostile, but for ids, kinds, places and packed numbers."""
    kept = {
        "id", "kind", "film", "data", "format", "language", "direction", "goal", "attribute",
        "colour", "size", "shape", "left", "right", "screen", "start", "form", "pattern", "verdict",
        "measure", "date", "best", "tied", "values", "attributes",
    }  # fmt: skip
    if isinstance(value, dict):
        return {
            name: inner if name in kept else poison(inner, name) for name, inner in value.items()
        }
    if isinstance(value, list):
        return [poison(inner, key) for inner in value]
    return f"{value} {HOSTILE}" if isinstance(value, str) else value


def test_hostile_texts_stay_texts_everywhere(workshop, open_tab, tmp_path, picture):
    def change(data):
        data.update(poison(data))

    page = workshop.with_payload(tmp_path / "hostile.html", change)
    tab = open_tab(page)
    stage = Stage(tab).ready()
    assert "<img src=x" in stage.text("#question")
    for number in (1, 2, 4, 7):
        stage.page.locator(f"#dots button[value='{number}']").click()
        stage.page.wait_for_function(
            "number => window.learningOrg.state().question === number", arg=number
        )
        stage.seek_at_once(20)
        stage.page.locator("#person").select_option("3")
        stage.page.locator("#numbers summary").click()
        for opener in ("#open-notes", "#badge-A"):
            stage.page.locator(opener).dispatch_event("click")
            stage.page.keyboard.press("Escape")
    picture(tab, "hostile texts", whole=True)
    assert tab.page.evaluate("() => window.hit") is None
    assert tab.page.locator("img").count() == 0
    assert tab.page.locator("script:not([type])").count() == 2


def test_films_are_packed_as_the_page_unpacks_them(workshop):
    for run in workshop.payload["runs"].values():
        frames = run["weeks"] // run["every"] + 1
        film = zlib.decompress(b64decode(run["film"]), wbits=-15)
        assert len(film) == len(run["attributes"]) * frames * run["people"]

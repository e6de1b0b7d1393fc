"""``workshop`` on the command line: what it says, what it leaves behind, what it refuses."""

from __future__ import annotations

import json
import re
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim import cli
from sim.pages.workshop import page
from sim.scenario.people import import_people
from sim.verbs import workshop as verb

FEW = ("--set", "people=24", "--set", "periods=8", "--jobs", "1")
OWN = ("--scenarios", "bureaucratic", "post_bureaucratic", *FEW, "--seeds", "2")

Answer = tuple[int, str, str]
Command = Callable[..., Answer]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses that a browser was asked to open."""
    asked: list[str] = []
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(webbrowser, "open", lambda address: asked.append(address) or True)
    return asked


@pytest.fixture
def command(
    tmp_path: Path,
    opened: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """Type a command in an empty folder; gives exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def type_(*words: str) -> Answer:
        with pytest.raises(SystemExit) as ended:
            cli.main(["workshop", *words])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err + printed.out
        assert isinstance(ended.value.code, int)
        return ended.value.code, printed.out, printed.err

    return type_


def payload_in(path: Path) -> dict[str, Any]:
    """The data of a page."""
    (text,) = re.findall(r'id="payload">(.*?)</script>', path.read_text("utf-8"), re.S)
    document = json.loads(text)
    assert isinstance(document, dict)
    return document


def test_the_page_of_the_seven_questions_is_made_and_opened(command, opened, tmp_path):
    code, out, err = command(*FEW, "--seeds", "1")
    assert code == 0
    (path,) = (tmp_path / "results" / "workshop").glob("*.html")
    assert path.name in out and "kB" in out and "29 runs on 1 seed" in out
    assert opened == [path.as_uri()]
    assert re.search(r"\d+ runs to do first, a few seconds", err)
    document = payload_in(path)
    assert len(document["questions"]) == 7 and document["program"]["seeds"] == [0]
    assert document["program"]["command"].endswith("--set people=24 --set periods=8 --seeds 1")


def test_two_organizations_of_ones_own_bring_titles_stories_and_questions(command, tmp_path):
    (tmp_path / "zsecret").mkdir()
    (tmp_path / "zsecret" / "mine.yaml").write_text(
        "extends: bureaucratic\ntitle: Our <b>house</b>\nstory: As we are.\n"
        "questions:\n  - Who waits for whom?\n"
    )
    code, out, _ = command(*OWN[:1], "zsecret/mine.yaml", *OWN[2:], "--out", "mine.html")
    assert code == 0 and "mine.html" in out
    text = (tmp_path / "mine.html").read_text("utf-8")
    assert "<b>house" not in text and "zsecret" not in text
    document = payload_in(tmp_path / "mine.html")
    assert document["sides"][0]["story"] == "As we are."
    assert "Our <b>house</b>" in json.dumps(document["sides"][0])
    assert any("Who waits for whom?" in json.dumps(each) for each in document["questions"])
    assert {"A", "B"} <= set(document["runs"])


def test_with_out_only_that_file_is_written_besides_recordings(command, opened, tmp_path):
    code, _, _ = command(*OWN, "--out", "here/and there/ä.html")
    assert code == 0 and opened == []
    assert [path.name for path in (tmp_path / "here" / "and there").iterdir()] == ["ä.html"]
    runs = tmp_path / "results" / "workshop" / "runs"
    assert {path.suffix for path in runs.iterdir()} == {".npz"}
    assert [path.name for path in runs.parent.iterdir()] == ["runs"]


def test_a_second_build_runs_nothing_and_gives_the_same_bytes(command, tmp_path, monkeypatch):
    assert command(*OWN, "--out", "one.html")[0] == 0
    monkeypatch.setattr(verb, "record", None)
    code, _, err = command(*OWN, "--out", "two.html")
    assert code == 0 and "to do first" not in err
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_a_damaged_recording_is_made_anew_and_said(command, tmp_path):
    assert command(*OWN, "--out", "one.html")[0] == 0
    path = next((tmp_path / "results" / "workshop" / "runs").iterdir())
    path.write_bytes(b"damaged")
    code, _, err = command(*OWN, "--out", "two.html")
    assert code == 0 and "1 damaged file(s)" in err
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_imported_people_are_shown_by_their_ids(command, tmp_path):
    rows = ["id,level,home,tenure_weeks"]
    rows += [f"Ann {n},{'boss' if n < 4 else 'clerk'},Secret site,{n}" for n in range(24)]
    folder = tmp_path / "zsecret"
    folder.mkdir()
    (folder / "people.csv").write_text("\n".join(rows))
    people, _ = import_people(folder, {"order": "clerk,boss"}, None)
    people.save(folder / "ours.json")
    code, _, _ = command(*OWN, "--org", "zsecret/ours.json", "--out", "ours.html")
    assert code == 0
    document = payload_in(tmp_path / "ours.html")
    for side in "AB":
        assert document["runs"][side]["names"] == list(people.ids)
        assert document["runs"][side]["people"] == 24
    text = (tmp_path / "ours.html").read_text("utf-8")
    for private in ("Secret site", "zsecret", str(tmp_path)):
        assert private not in text
    assert "--org ours.json" in document["program"]["command"]


def test_no_browser_is_said(command, monkeypatch):
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    code, _, err = command(*OWN)
    assert code == 0 and "open the page yourself" in err
    assert "open the page" not in command(*OWN, "--no-open")[2]


def test_a_page_that_gets_too_large_shows_people_less_often_and_then_is_refused(
    command, tmp_path, monkeypatch
):
    assert command(*OWN, "--out", "whole.html")[0] == 0
    whole = (tmp_path / "whole.html").stat().st_size

    def at_most(size: int) -> None:
        monkeypatch.setattr(verb.small_enough, "__defaults__", (None, size))

    at_most(whole - 1)
    code, _, err = command(*OWN, "--out", "few.html")
    few = payload_in(tmp_path / "few.html")
    assert code == 0 and "people are shown" not in err and few["runs"]["A"]["every"] == 1
    about = {each["goal"] for each in few["questions"]}
    rows = {goal: each["rows"] for goal, each in few["runs"]["A"]["series"].items()}
    assert {rows[goal] for goal in about} == {4 + 2} and 4 in rows.values()

    at_most((tmp_path / "few.html").stat().st_size - 1)
    code, _, err = command(*OWN, "--out", "thin.html")
    assert code == 0 and "people are shown every 2 weeks" in err
    assert payload_in(tmp_path / "thin.html")["runs"]["A"]["every"] == 2

    at_most(1000)
    code, out, err = command(*OWN, "--out", "none.html")
    assert code == 2 and out == "" and "nothing was written" in err
    assert "--set people=60" in err and not (tmp_path / "none.html").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--scenarios", "nobody", "base"], "there is no scenario `nobody`"),
        (["--set", "cels.size=3"], "Did you mean"),
        (["--org", "nobody.json"], "nobody.json"),
        (["--texts", "nobody.yaml"], "nobody.yaml"),
        (["--out", "page.pdf"], "Let it end with .html"),
        (["--out", "."], "is a folder"),
        (["--scenarios", "base", "shorter.yaml"], "Add --set periods=9"),
        (["--scenarios", "base", "classics/march1991"], "has no weeks"),
        (["--seeds", "0"], "--seeds"),
        (["--scenarios", "base"], "--scenarios"),
    ],
)
def test_what_is_wrong_is_said_before_anything_runs(command, tmp_path, words, said):
    (tmp_path / "shorter.yaml").write_text("extends: base\nperiods: 9\n")
    code, out, err = command(*words)
    assert code == 2 and out == ""
    assert said in re.sub(r"\s+", " ", err.replace("│", " "))
    assert not (tmp_path / "results").exists()


def test_a_run_that_cannot_be_done_is_the_users_to_mend(command, tmp_path):
    code, _, err = command(*OWN, "--set", "events=[{at: 2, leave: {seat: 99}}]")
    assert code == 2 and "seat 99" in err


def test_the_page_is_installed_with_its_parts():
    """What the wheel holds is the folder: hatchling takes all that git does not ignore."""
    folder = Path(page.__file__).parent
    for name in (page.TEMPLATE, *page.STYLES, *(f"js/{each}" for each in page.SCRIPTS)):
        assert (folder / name).is_file(), name

"""Facts about the report of a study: one page, every text escaped, figures in their place."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sim.errors import InputProblem
from sim.pages.study.report import FIGURES, PAGE, finding_texts, sensitivity_texts, write_report
from sim.studies.finished import Finished, finished
from sim.studies.pool import Pool
from sim.studies.store import load_results
from sim.studies.study import load_study
from sim.studies.sweep import Conditions, sweep

HOSTILE = '</script><img src=x onerror=alert(1)> $x^2$ & "q" {{ 7*7 }}'
#: Elements that HTML closes by itself.
VOID = {"meta", "br", "hr", "img", "input", "link"}
STUDY = """\
title: 'Small cells </title><img src=x onerror=alert(1)> {{ 7*7 }}'
question: 'Does it matter? <b>&'
scenarios: [bureaucratic, post_bureaucratic]
set: {periods: 8, people: 40}
factors:
  cells.size: [4, 8]
  world:
    - {name: 'calm <i>', set: {environment.turbulence: 0}}
    - {name: wild, set: {environment.turbulence: 0.05}}
measures: [output, quality]
replications: 4
"""


def done_in(folder: Path, text: str) -> Finished:
    file = folder / "study.yaml"
    file.write_text(text, encoding="utf-8")
    study, conditions = load_study(str(file)), Conditions()
    results = folder / "results"
    swept = sweep(study, results, Pool(1), conditions)
    return finished(study, load_results(results), swept, conditions)


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> tuple[Path, Finished]:
    folder = tmp_path_factory.mktemp("study")
    done = done_in(folder, STUDY)
    write_report(folder / "results", done, ["sweep", "study.yaml"])
    return folder / "results", done


class Outline(HTMLParser):
    """Elements in order, and whether all that opens closes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
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
        self.words.append(data)


def test_the_page_is_whole_escaped_and_needs_nothing_else(report):
    page = (report[0] / PAGE).read_text(encoding="utf-8")
    outline = Outline(page)
    assert outline.open == []
    tags = {tag for tag, _ in outline.elements}
    assert not tags & {"script", "img", "link", "iframe", "i"}
    text = " ".join(outline.words)
    assert "<img src=x onerror=alert(1)> {{ 7*7 }}" in text
    assert "calm <i>" in text
    assert "No expectation was written before the run." in text
    for _, attributes in outline.elements:
        assert not any((name or "").startswith("on") for name in attributes)
        assert str(attributes.get("href", "#")).startswith(("#", "data:image/png;"))
    assert len(page) < 3_000_000


def test_ids_are_unique_and_every_drawing_has_a_name(report):
    outline = Outline((report[0] / PAGE).read_text(encoding="utf-8"))
    ids = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [attributes for tag, attributes in outline.elements if tag == "svg"]
    assert named
    for attributes in named:
        assert set(str(attributes["aria-labelledby"]).split()) <= set(ids)


def test_the_page_says_what_the_terminal_says(report):
    folder, done = report
    text = " ".join(" ".join(Outline((folder / PAGE).read_text(encoding="utf-8")).words).split())
    for heading, sentences in finding_texts(done):
        assert heading in text
        for sentence in sentences:
            assert sentence in text
    assert sensitivity_texts(done) == []


def test_every_figure_is_there_twice_and_old_ones_go(report):
    folder, done = report
    (folder / FIGURES / "old.png").write_bytes(b"")
    first = (folder / PAGE).read_bytes()
    write_report(folder, done, ["sweep", "study.yaml"])
    files = {file.name for file in (folder / FIGURES).iterdir()}
    assert "old.png" not in files
    stems = {name.rsplit(".", 1)[0] for name in files}
    assert files == {f"{stem}.{kind}" for stem in stems for kind in ("png", "svg")}
    assert {"effects-output", "effects-quality", "runs-output"} <= stems
    assert any(stem.startswith("map-output") for stem in stems)
    assert (folder / PAGE).read_bytes() == first
    assert not [file for file in folder.iterdir() if file.name.startswith(".figures")]


def test_a_folder_that_cannot_be_written_is_told_and_keeps_its_report(report, monkeypatch):
    folder, done = report
    before = (folder / PAGE).read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.pages.drawing.save_figure", full)
    with pytest.raises(InputProblem, match="No space left on device"):
        write_report(folder, done, ["sweep", "study.yaml"])
    assert (folder / PAGE).read_bytes() == before
    assert list((folder / FIGURES).glob("*.png"))
    assert not [file for file in folder.iterdir() if file.name.startswith(".figures")]


@pytest.mark.parametrize(
    "scenarios, design",
    [
        ("[bureaucratic]", ""),
        ("[bureaucratic, post_bureaucratic, centralized_cells]", ""),
        ("[post_bureaucratic]", "factors: {cells.size: [4, 8]}\ndesign: one_at_a_time\n"),
        (
            "[bureaucratic, post_bureaucratic]",
            "factors: {cells.size: {from: 4, to: 12}, pdsa.rate: {from: 0, to: 0.3}}\n"
            "design: {kind: latin_hypercube, points: 24}\n",
        ),
        (
            "[bureaucratic]",
            "factors: {cells.size: {from: 4, to: 12}, pdsa.rate: {from: 0, to: 0.3}}\n"
            "design: {kind: morris, trajectories: 4}\n",
        ),
        (
            "[bureaucratic, post_bureaucratic]",
            "factors: {cells.size: [4, 8]}\ndesign: points\n"
            "points: [{cells.size: 4}, {cells.size: 8}]\npairing: independent\n",
        ),
    ],
)
def test_every_design_has_a_report(tmp_path, scenarios, design):
    text = (
        f"title: T\nquestion: Q\nscenarios: {scenarios}\nset: {{periods: 4, people: 40}}\n"
        f"{design}measures: [output]\nreplications: 3\n"
    )
    done = done_in(tmp_path, text)
    write_report(tmp_path / "results", done, ["sweep", "study.yaml"])
    outline = Outline((tmp_path / "results" / PAGE).read_text(encoding="utf-8"))
    assert outline.open == []
    assert any(tag == "svg" for tag, _ in outline.elements)
    assert "only 3 of a scenario" in " ".join(outline.words)


def test_one_run_a_cell_claims_nothing(tmp_path):
    text = (
        "title: T\nquestion: Q\nscenarios: [bureaucratic, post_bureaucratic]\n"
        "set: {periods: 4, people: 40}\nmeasures: [output]\nreplications: 1\n"
    )
    done = done_in(tmp_path, text)
    write_report(tmp_path / "results", done, ["sweep", "study.yaml"])
    ((_, sentences),) = finding_texts(done)
    assert not re.search("does better|interval", " ".join(sentences))

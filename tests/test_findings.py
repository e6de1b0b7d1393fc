"""Experiments: read with care, run again by one command, their expectation kept as it was."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.errors import InputProblem
from sim.scenario.loading import load_scenario
from sim.studies import findings
from sim.studies.comparison import compare
from sim.studies.findings import load_experiment, refresh, report, run_experiment

EXPERIMENTS = Path(__file__).parents[1] / "experiments"
TEXT = """\
title: A tiny experiment
question: Does anything happen in six weeks?
expectation: >-
  We expect the bureaucracy ahead, and shall say so
  even when we were wrong.
compare: [bureaucratic, post_bureaucratic]
seeds: 3
measure: fear
worlds:
  calm: {people: 30, dimensions: 12, environment.tacit: 2, periods: 6}
  longer: {people: 30, dimensions: 12, environment.tacit: 2, periods: 60}
"""


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_an_experiment_is_read_as_written(experiment):
    read = load_experiment(experiment)
    assert (read.name, read.seeds, read.measure) == ("tiny", 3, "fear")
    assert read.compare == ("bureaucratic", "post_bureaucratic")
    assert list(read.worlds) == ["calm", "longer"] and read.worlds["calm"]["people"] == 30


BROKEN: dict[str, tuple[str, str, list[str]]] = {
    "an unknown key": ("seeds: 3", "seeds: 3\nseed: 4", ["`seed`"]),
    "a key that is missing": ("measure: fear\n", "", ["`measure` is missing"]),
    "no such measure": ("measure: fear", "measure: joy", ["`joy`", "describe --measures"]),
    "measures in a list": ("measure: fear", "measure: [fear]", ["measure"]),
    "one scenario": ("[bureaucratic, post_bureaucratic]", "base", ["`compare`", "two"]),
    "three scenarios": ("[bureaucratic,", "[base, base,", ["`compare`", "two"]),
    "no such scenario": ("[bureaucratic,", "[bureaucratik,", ["`bureaucratik`", "`bureaucratic`"]),
    "one seed": ("seeds: 3", "seeds: 1", ["`seeds`", "2"]),
    "seeds in words": ("seeds: 3", "seeds: many", ["`seeds`", "whole number"]),
    "a question that is none": ("question: Does", "question: 7 #", ["`question`"]),
    "no such parameter": ("calm: {people", "calm: {peple", ["peple", "`people`"]),
    "a parameter out of bounds": ("calm: {people: 30", "calm: {people: -1", ["people", "-1"]),
    "a world that is no world": ("calm: {", "odd: 3\n  calm: {", ["worlds"]),
    "no YAML": ("title: A", "title: [A", ["tiny.yaml"]),
    "a list": (TEXT, "- 1\n", ["tiny.yaml"]),
    "nothing": (TEXT, "", ["tiny.yaml"]),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_experiment_is_refused_with_its_reason(what, experiment):
    old, new, expected = BROKEN[what]
    assert TEXT.count(old) == 1
    experiment.write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(InputProblem) as refused:
        load_experiment(experiment)
    assert all(word in str(refused.value) for word in expected), str(refused.value)


def test_all_problems_of_an_experiment_are_told_at_once(experiment):
    text = TEXT.replace("seeds: 3", "seeds: 0").replace("measure: fear", "measure: joy")
    experiment.write_text(text, encoding="utf-8")
    with pytest.raises(InputProblem) as refused:
        load_experiment(experiment)
    assert len(refused.value.problems) == 2
    assert all(str(experiment) in str(problem) for problem in refused.value.problems)


def test_what_is_found_is_the_paired_difference_of_the_weekly_means(experiment):
    read = load_experiment(experiment)
    table = run_experiment(read, jobs=1).set_index(["world", "weeks"])
    assert list(table.index) == [
        ("calm", "all"),  # too short to have two half-years
        *(("longer", weeks) for weeks in ("all", "1-26", "35-60")),
    ]
    sets = [f"{key}={value}" for key, value in read.worlds["longer"].items()]
    series = compare(
        *(load_scenario(name, sets=sets) for name in read.compare), seeds=range(3)
    ).series
    late = series[series["period"] >= 35].groupby("scenario")["fear"].mean()
    row = table.loc[("longer", "35-60")]
    assert row["A"] == pytest.approx(late["bureaucratic"])
    assert row["difference"] == pytest.approx(late["post_bureaucratic"] - late["bureaucratic"])
    assert row["low"] < row["difference"] < row["high"]
    assert (table["p_holm"] >= table["p"]).all()


def test_refreshing_writes_a_finding_beside_each_experiment_the_same_each_time(experiment):
    written = refresh(experiment.parent, jobs=1)
    finding, numbers = experiment.with_suffix(".md"), experiment.with_suffix(".csv")
    assert written == [finding, numbers]
    text = finding.read_text(encoding="utf-8")
    read = load_experiment(experiment)
    assert text.startswith("# A tiny experiment\n")
    assert f"**Question.** {read.question}" in text
    assert f"**Expected, before the run.** {read.expectation}" in text
    assert "even when we were wrong." in text
    assert "mean of 3 paired runs" in text and "| longer | 35-60 |" in text
    table = pd.read_csv(numbers)
    assert len(table) == 4 and {"world", "weeks", "difference", "low", "high"} <= set(table.columns)
    before = (finding.read_bytes(), numbers.read_bytes())
    refresh(experiment.parent, jobs=2)
    assert (finding.read_bytes(), numbers.read_bytes()) == before
    assert experiment.read_text(encoding="utf-8") == TEXT


def row(difference: float, half: float, p_holm: float) -> dict[str, object]:
    return {
        **{"world": "calm", "weeks": "all", "A": 1.0, "B": 1.0 + difference},
        **{"difference": difference, "low": difference - half, "high": difference + half},
        **{"p_holm": p_holm, "variance_removed": 0.5},
    }


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (row(1.0, 0.5, 0.01), "**Post-bureaucratic**"),
        (row(-1.0, 0.5, 0.01), "**Bureaucratic**"),
        (row(1.0, 0.5, 0.2), "Post-bureaucratic (a hint)"),
        (row(0.1, 0.5, 0.9), "cannot tell"),
    ],
)
def test_who_is_ahead_is_said_only_as_surely_as_it_was_found(found, said, experiment):
    text = report(load_experiment(experiment), pd.DataFrame([found]))
    assert f"| {said} |" in text


def test_one_broken_experiment_stops_all_before_anything_is_run(experiment, monkeypatch):
    (experiment.parent / "zebra.yaml").write_text("title: Only a title\n", encoding="utf-8")
    monkeypatch.setattr(findings, "run_all", lambda *_: pytest.fail("something was run"))
    with pytest.raises(InputProblem, match=r"zebra\.yaml"):
        refresh(experiment.parent, jobs=1)
    assert not experiment.with_suffix(".md").exists()


@pytest.mark.parametrize("path", sorted(EXPERIMENTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_experiments_of_the_project_can_be_read(path):
    """Their findings are refreshed by ``python -m sim.studies.findings``."""
    read = load_experiment(path)
    finding = path.with_suffix(".md")
    if finding.exists():
        assert read.expectation in finding.read_text(encoding="utf-8")

"""Experiments: read with care, run again by one command, their expectation kept as it was."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.errors import InputProblem
from sim.scenario.loading import load_scenario
from sim.studies import findings
from sim.studies.comparison import compare
from sim.studies.findings import (
    finding_table,
    load_experiment,
    refresh,
    report,
    run_experiment,
)

EXPERIMENTS = Path(__file__).parents[1] / "experiments"
TEXT = """\
title: A tiny experiment
question: Does anything happen in six weeks?
expectation: >-
  We expect the bureaucracy ahead, and shall say so
  even when we were wrong.
scenarios: [bureaucratic, post_bureaucratic]
set: {people: 30, dimensions: 12, environment.tacit: 2}
factors:
  world:
    - {name: calm, set: {periods: 36}}
    - {name: longer, set: {periods: 60}}
replications: 3
measures: [fear, fear at last]
also:
  - {name: fear at last, mean_of: fear, from: 35}
"""


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "key", "remedy"),
    [
        (TEXT[TEXT.index("expectation") : TEXT.index("scenarios")], "", "expectation", "before"),
        ("[bureaucratic, post_bureaucratic]", "[bureaucratic]", "scenarios", "another"),
    ],
)
def test_a_study_without_expectation_or_contrast_is_no_experiment(
    old, new, key, remedy, experiment
):
    experiment.write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(InputProblem) as refused:
        load_experiment(experiment)
    [problem] = refused.value.problems
    assert (problem.key, problem.file) == (key, str(experiment)) and remedy in problem.remedy


def test_what_is_found_is_the_paired_difference(experiment):
    read = load_experiment(experiment)
    table = finding_table(run_experiment(read, jobs=1)).set_index(["world", "measure"])
    assert list(table.index) == [
        (world, measure) for world in ("calm", "longer") for measure in ("fear", "fear at last")
    ]
    sets = ["people=30", "dimensions=12", "environment.tacit=2", "periods=60"]
    both = compare(*(load_scenario(one.name, sets=sets) for one in read.scenarios), seeds=range(3))
    late = both.series[both.series["period"] >= 35].groupby("scenario")["fear"].mean()
    row = table.loc[("longer", "fear at last")]
    assert row["A"] == pytest.approx(late["bureaucratic"])
    assert row["mean"] == pytest.approx(late["post_bureaucratic"] - late["bureaucratic"])
    assert row["low"] < row["mean"] < row["high"]
    assert (table["p_holm"] >= table["p"]).all()
    whole = both.table.loc["fear"]
    assert table.loc[("longer", "fear"), "mean"] == pytest.approx(whole["difference"])
    removed = table.loc[("longer", "fear"), "variance_removed"]
    assert removed == pytest.approx(whole["variance_removed"])


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
    assert "mean of 3 paired runs" in text and "| longer | fear at last |" in text
    table = pd.read_csv(numbers)
    assert len(table) == 4 and {"world", "measure", "mean", "low", "high"} <= set(table.columns)
    before = (finding.read_bytes(), numbers.read_bytes())
    refresh(experiment.parent, jobs=2)
    assert (finding.read_bytes(), numbers.read_bytes()) == before
    assert experiment.read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize(
    ("mean", "half", "p_holm", "said"),
    [
        (1.0, 0.5, 0.01, "**Post**"),
        (-1.0, 0.5, 0.01, "**Bureaucratic**"),
        (1.0, 0.5, 0.2, "Post (a hint)"),
        (0.1, 0.5, 0.9, "cannot tell"),
    ],
)
def test_who_is_ahead_is_said_only_as_surely_as_it_was_found(mean, half, p_holm, said):
    row = {
        **{"world": "calm", "measure": "fear", "scenario": "post - bureau"},
        **{"A": 1.0, "B": 1.0 + mean, "mean": mean, "low": mean - half, "high": mean + half},
        "p_holm": p_holm,
    }
    line = findings._line(row, ["world"], {"post": "Post", "bureau": "Bureaucratic"})
    assert line.endswith(f"| {said} |")


def test_one_broken_experiment_stops_all_before_anything_is_run(experiment, monkeypatch):
    (experiment.parent / "zebra.yaml").write_text("title: Only a title\n", encoding="utf-8")
    monkeypatch.setattr(findings, "sweep", lambda *_: pytest.fail("something was run"))
    with pytest.raises(InputProblem, match=r"zebra\.yaml"):
        refresh(experiment.parent, jobs=1)
    assert not experiment.with_suffix(".md").exists()


def test_an_afterthought_is_marked_as_one(experiment):
    experiment.write_text(TEXT + "afterthought: We were wrong.\n", encoding="utf-8")
    done = run_experiment(load_experiment(experiment), jobs=1)
    text = report(done, finding_table(done))
    assert "**Thought of it afterwards.** We were wrong." in text


@pytest.mark.parametrize("path", sorted(EXPERIMENTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_experiments_of_the_project_can_be_read(path):
    """Their findings are refreshed by ``python -m sim.studies.findings``."""
    read = load_experiment(path)
    finding = path.with_suffix(".md")
    if finding.exists():
        assert read.expectation in finding.read_text(encoding="utf-8")

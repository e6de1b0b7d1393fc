"""Experiments: read with care, run again by one command, their expectation kept as it was."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.errors import InputProblem
from sim.pages.numbers import MISSING
from sim.pages.study.facts import FactorFacts
from sim.pages.study.report import finding_texts
from sim.scenario.loading import load_scenario
from sim.studies import findings
from sim.studies.comparison import compare
from sim.studies.finding_forms import Words
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
#: One scenario, and nothing varied.
ALONE = "scenarios: [bureaucratic]\nset: {people: 30, dimensions: 12, environment.tacit: 2}\n"
#: A map: more requests are answered where more come in, whatever they are worth.
MAP = """\
title: A tiny map
question: Where is most answered?
expectation: We expect it where most comes in.
scenarios: [bureaucratic]
set: {people: 30, dimensions: 12, environment.tacit: 2, periods: 12}
factors:
  requests.load: [0.2, 0.5]
  start.right: [0.5, 1.0]
  world:
    - {name: calm, set: {}}
    - {name: shocked, set: {environment.turbulence: 0.1}}
replications: 4
measures: [output, fear, knowing]
also:
  - {name: knowing, first: mean_knowledge, above: 0.8}
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
        (TEXT[TEXT.index("scenarios") : TEXT.index("replications")], ALONE, "scenarios", "another"),
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
    ("mean", "half", "p_holm", "better", "said"),
    [
        (1.0, 0.5, 0.01, +1, "**Post**"),
        (-1.0, 0.5, 0.01, +1, "**Bureaucratic**"),
        (1.0, 0.5, 0.2, +1, "Post (a hint)"),
        (0.1, 0.5, 0.9, +1, "cannot tell"),
        (1.0, 0.5, 0.01, -1, "**Bureaucratic**"),
        (-1.0, 0.5, 0.2, -1, "Post (a hint)"),
        (1.0, 0.5, 0.01, 0, "**Post has more**"),
    ],
)
def test_who_is_ahead_is_said_only_as_surely_as_it_was_found(mean, half, p_holm, better, said):
    row = {
        **{"world": "calm", "measure": "fear", "scenario": "post - bureau"},
        **{"A": 1.0, "B": 1.0 + mean, "mean": mean, "low": mean - half, "high": mean + half},
        "p_holm": p_holm,
    }
    titles, words = {"post": "Post", "bureau": "Bureaucratic"}, Words([FactorFacts("world")])
    line = findings._line(row, ["world"], titles, words, {"fear": better})
    assert line.endswith(f"| {said} |")


def test_less_of_what_is_bad_is_better_over_a_window_too(experiment):
    study = load_experiment(experiment)
    names = ("fear at last", "fear", "output", "tacit_stock")
    assert [findings._better(study, name) for name in names] == [-1, -1, 1, 0]


def test_one_broken_experiment_stops_all_before_anything_is_run(experiment, monkeypatch):
    (experiment.parent / "zebra.yaml").write_text("title: Only a title\n", encoding="utf-8")
    monkeypatch.setattr(findings, "sweep", lambda *_: pytest.fail("something was run"))
    with pytest.raises(InputProblem, match=r"zebra\.yaml"):
        refresh(experiment.parent, jobs=1)
    assert not experiment.with_suffix(".md").exists()


def test_what_is_found_is_also_averaged_over_the_points(experiment):
    done = run_experiment(load_experiment(experiment), jobs=1)
    text = report(done, finding_table(done))
    by_seed = done.runs.groupby(["seed", "scenario"])["fear"].mean().unstack()
    mean = (by_seed["post_bureaucratic"] - by_seed["bureaucratic"]).mean()
    [row] = [line for line in text.splitlines() if line.startswith("| fear | ")]
    shown = float(row.split("|")[2].split("(")[0].strip(" *").replace("\N{MINUS SIGN}", "-"))
    assert shown == pytest.approx(mean, abs=0.005)


def test_an_afterthought_is_marked_as_one(experiment):
    experiment.write_text(TEXT + "afterthought: We were wrong.\n", encoding="utf-8")
    done = run_experiment(load_experiment(experiment), jobs=1)
    text = report(done, finding_table(done))
    assert "**Thought of it afterwards.** We were wrong." in text


def test_a_map_marks_its_best_point_and_what_cannot_be_told_from_it(experiment):
    """At load .5 two and a half times as many requests come in as at .2, to the same people."""
    experiment.write_text(MAP, encoding="utf-8")
    done = run_experiment(load_experiment(experiment), jobs=1)
    table = finding_table(done)
    output = table[(table["measure"] == "output") & (table["world"] == "calm")]
    by_place = output.set_index(["requests.load", "start.right"])
    best = by_place["mean"].idxmax()
    assert best[0] == 0.5
    assert by_place["p_best"].isna().sum() == 1 and pd.isna(by_place.loc[best, "p_best"])
    assert (by_place.loc[0.2, "p_best"] < 0.05).all()
    runs = done.runs[(done.runs["requests.load"] == 0.2) & (done.runs["start.right"] == 1.0)]
    expected = runs.loc[runs["world"] == "calm", "output"].mean()
    assert by_place.loc[(0.2, 1.0), "mean"] == pytest.approx(expected)
    text = report(done, table)
    assert "| requests.load \\ start.right | 0.5 | 1.0 |" in text
    assert f"**{by_place.loc[best, 'mean']:.2f}**" in text
    assert "Requests answered rightly (per person and week); world: shocked" in text
    by_seed = done.runs.groupby(["seed", "requests.load"])["output"].mean().unstack()
    more = (by_seed[0.5] - by_seed[0.2]).mean()
    assert f"| requests.load | 0.5 instead of 0.2 | +{more:.3f} (+" in text


def test_a_map_says_never_where_zero_means_it(experiment):
    text = MAP.replace("start.right: [0.5, 1.0]", "reshuffle.every: [0, 4]")
    experiment.write_text(text.replace("[bureaucratic]", "[post_bureaucratic]"), encoding="utf-8")
    done = run_experiment(load_experiment(experiment), jobs=1)
    table = finding_table(done)
    assert set(table["reshuffle.every"]) == {0, 4}, "the numbers stay numbers"
    text = report(done, table)
    assert "| requests.load \\ reshuffle.every | never | 4 |" in text
    assert "| reshuffle.every | 4 instead of never | " in text
    assert "0.5 instead of 0.2" in text
    said = [text for _, texts in finding_texts(done) for text in texts]
    assert any("reshuffle.every never" in text for text in said)
    assert not any("reshuffle.every 0" in text for text in said)


def test_a_map_of_times_says_in_how_many_runs_it_came_to_that(experiment):
    """Who begins with all their beliefs right knows at once; who with half of them, not in time."""
    experiment.write_text(MAP, encoding="utf-8")
    done = run_experiment(load_experiment(experiment), jobs=1)
    table = finding_table(done)
    times = table[(table["measure"] == "knowing") & (table["world"] == "calm")]
    reached = times.set_index(["requests.load", "start.right"])["reached"]
    assert reached.loc[0.5].tolist() == [0, 4]
    assert f"| 0.5 | {MISSING} (0 of 4) | 1 (4 of 4) |" in report(done, table)


def test_one_factor_at_a_time_is_told_against_the_base_of_each_scenario(experiment):
    text = MAP.replace("[bureaucratic]", "[bureaucratic, post_bureaucratic]")
    base = "{requests.load: 0.2, start.right: 0.5, world: calm}"
    text += f"design: {{kind: one_at_a_time, base: {base}}}\n"
    experiment.write_text(text.replace("[output, fear, knowing]", "[output]"), encoding="utf-8")
    done = run_experiment(load_experiment(experiment), jobs=1)
    table = finding_table(done)
    assert len(table) == 2 * 3  # two scenarios, three factors, one level each away from the base
    by_place = table.set_index(["scenario", "factor"])
    for scenario in ("bureaucratic", "post_bureaucratic"):
        here = done.runs[(done.runs["scenario"] == scenario) & (done.runs["world"] == "calm")]
        here = here[here["start.right"] == 0.5].set_index(["requests.load", "seed"])["output"]
        found = by_place.loc[(scenario, "requests.load")]
        assert found["mean"] == pytest.approx((here[0.5] - here[0.2]).mean())
        assert found["low"] > 0 and found["p_holm"] < 0.05
    assert "| requests.load: 0.5 | **+" in report(done, table)


def test_all_levels_of_a_factor_that_moves_alone_are_told(experiment):
    """Of three levels each but the base's has its row, also the one in the middle."""
    text = MAP.replace("requests.load: [0.2, 0.5]", "requests.load: [0.2, 0.35, 0.5]")
    assert text != MAP
    base = "{requests.load: 0.2, start.right: 0.5, world: calm}"
    text += f"design: {{kind: one_at_a_time, base: {base}}}\n"
    experiment.write_text(text.replace("[output, fear, knowing]", "[output]"), encoding="utf-8")
    done = run_experiment(load_experiment(experiment), jobs=1)
    table = finding_table(done)
    of_load = table[table["factor"] == "requests.load"]
    assert of_load["level"].tolist() == [0.35, 0.5]
    assert 0 < of_load["mean"].iloc[0] < of_load["mean"].iloc[1]
    assert "| requests.load: 0.35 | " in report(done, table)


def test_runs_that_are_kept_are_not_done_again(experiment, tmp_path, monkeypatch):
    [finding, _] = refresh(experiment.parent, jobs=1, keep=tmp_path / "kept")
    first = finding.read_text(encoding="utf-8")
    monkeypatch.setattr("sim.studies.parcels.do_cell", lambda *_: pytest.fail("a run was done"))
    refresh(experiment.parent, jobs=1, keep=tmp_path / "kept")
    assert finding.read_text(encoding="utf-8") == first


@pytest.mark.parametrize("path", sorted(EXPERIMENTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_experiments_of_the_project_can_be_read(path):
    """Their findings are refreshed by ``python -m sim.studies.findings``."""
    read = load_experiment(path)
    finding = path.with_suffix(".md")
    if finding.exists():
        assert read.expectation in finding.read_text(encoding="utf-8")

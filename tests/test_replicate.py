"""Replications: targets read with care, agreement by arithmetic, one answer for any division."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import inf, nan, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim import cli
from sim.errors import InputProblem
from sim.studies.pool import Pool
from sim.studies.replication.agreement import (
    JOINT,
    chance_failures,
    crossing,
    crossing_period,
    distance,
    estimate,
    farthest_by_chance,
    out_of_order,
    published_error,
    wins,
    wins_distance,
)
from sim.studies.replication.running import carry_out, plan, try_out
from sim.studies.replication.targets import Expected, Model, find_model, known_models, load_model

CLASSICS = Path(__file__).parents[1] / "experiments" / "classics"
#: Small organizations, whose 40 runs take milliseconds. What is expected in the first row is
#: certain: the code of a newborn organization has no opinion, so none of it is right.
TEXT = """\
model: tiny
title: A tiny model
source: March1991
figures:
  - name: figure 1
    title: The code before anybody has learned
    scenario: classics/march1991
    set: {people: 6, dimensions: 5}
    seeds: 40
    measure: code_knowledge
    across: {socialization.rate: [0.1, 0.9]}
    rows:
      - label: at first
        time: 0
        expected: [0.000, 0.000]
        half_width: 0.000
      - label: later
        time: [2, 3]
      - label: people at first
        time: 0
        measure: mean_knowledge
        expected: [0.333, 0.333]
        runs: 10000
    shapes:
      - says: learning raises what the code knows
        ascending: [{row: at first, at: 0.1}, {row: later, at: 0.1}]
  - name: who wins
    scenario: classics/march1991
    set: {people: 6, dimensions: 5}
    seeds: 40
    contests:
      conditions:
        silent: {codification.rate: 0.0}
        learning: {codification.rate: 0.9}
      measure: code_knowledge
      wins: {silent: {learning: 0}}
      runs: 1000
"""

Answer = tuple[int, str, str]
Command = Callable[..., Answer]


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny model among those of an empty working directory."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "experiments" / "classics" / "tiny.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def command(tiny: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Type a command; gives exit code, standard output and standard error."""

    def type_(*words: str) -> Answer:
        with pytest.raises(SystemExit) as ended:
            cli.main(["replicate", *words])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err + printed.out
        assert isinstance(ended.value.code, int)
        return ended.value.code, printed.out, printed.err

    return type_


def requests(model: Model) -> list[Any]:
    return [request for target in model.targets for request in target.requests]


# Reading


def test_targets_are_read_as_written(tiny):
    model = load_model(tiny)
    figure, contest = model.targets
    assert (model.name, figure.name, figure.columns) == ("tiny", "figure 1", ("0.1", "0.9"))
    first, *_, last = figure.cells
    assert (first.row, first.column, first.request.periods) == ("at first", "0.1", (0,))
    assert first.expected == Expected(0.0, 0.0, None, 0.001, 0.001, "")
    assert last.request.measure == "mean_knowledge" and last.expected is not None
    assert (last.expected.runs, last.expected.unit) == (10_000, 0.001)
    assert figure.cells[2].request.periods == (2, 3) and figure.cells[2].expected is None
    assert list(contest.conditions) == ["silent", "learning"]
    assert [one.expected.value for one in contest.contests] == [0]


BROKEN: dict[str, tuple[str, str, int, list[str]]] = {
    "an unknown key on top": ("source:", "sauce: x\nsource:", 3, ["`sauce`", "`source`"]),
    "an unknown key of a figure": ("seeds: 40\n    measure", "seed: 40\n    measure", 9, ["seed"]),
    "an unknown key of a row": ("  time: 0\n        exp", "  tame: 0\n        exp", 14, ["`tame`"]),
    "too few values": ("expected: [0.000, 0.000]", "expected: [0.000]", 15, ["1 values for 2"]),
    "one value for two columns": ("expected: [0.333, 0.333]", "expected: 0.333", 22, ["one value"]),
    "two uncertainties": ("half_width: 0.000", "half_width: 0.1\n        runs: 9", 17, ["one of"]),
    "a time that is none": ("time: [2, 3]", "time: [3, 2]", 17, ["[3, 2]"]),
    "a word for a time": ("time: [2, 3]", "time: ende", 17, ["ende"]),
    "no measure": ("    measure: code_knowledge\n    across", "    across", 12, ["measure"]),
    "a row twice": ("label: later", "label: at first", 17, ["two rows"]),
    "no such column": ("{row: later, at: 0.1}", "{row: later, at: 0.2}", 26, ["`0.2`"]),
    "no such row": ("{row: later,", "{row: lader,", 26, ["`lader`", "`later`"]),
    "an order of one": (", {row: later, at: 0.1}]", "]", 25, ["two cells"]),
    "wins over oneself": ("{learning: 0}", "{silent: 0}", 36, ["another condition"]),
    "no such condition": ("wins: {silent:", "wins: {salient:", 36, ["`salient`", "`silent`"]),
    "rows and a crossing": (
        "    shapes:",
        "    crossing: {rising: {}, other: {}, expected: 3, until: 9}\n    shapes:",
        5,
        ["one of rows, contests and crossing"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_target_is_refused_at_its_line(what, tiny):
    old, new, line, words = BROKEN[what]
    assert TEXT.count(old) == 1
    tiny.write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(InputProblem) as refused:
        load_model(tiny)
    told = str(refused.value)
    assert f"experiments/classics/tiny.yaml:{line}: " in told, told
    assert all(word in told for word in words), told


#: Slips that only the scenario can know.
REFUSED: dict[str, tuple[str, str, int, list[str]]] = {
    "no such setting": ("{codification.rate: 0.0}", "{codification.rat: 0}", 33, ["`rate`"]),
    "a setting out of bounds": ("rate: [0.1, 0.9]", "rate: [0.1, 9]", 11, ["9", "highest"]),
    "no such scenario": (
        "who wins\n    scenario: classics/march1991",
        "who wins\n    scenario: classics/march1919", 33, ["march1919", "classics/march19"],
    ),
    "after the end": (
        "dimensions: 5}\n    seeds: 40\n    measure",
        "dimensions: 5, periods: 2}\n    seeds: 40\n    measure", 17, ["period 3"],
    ),
    "no such measure": ("measure: mean_knowledge", "measure: joy", 19, ["`joy`", "mean_knowledge"]),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_the_scenario_refuses_is_told_at_the_line_that_asks_for_it(what, tiny):
    old, new, line, words = REFUSED[what]
    assert TEXT.count(old) == 1
    tiny.write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(InputProblem) as refused:
        try_out(plan(requests(load_model(tiny))))
    told = str(refused.value)
    assert f"experiments/classics/tiny.yaml:{line}: " in told, told
    assert all(word in told for word in words), told


def test_every_model_that_comes_with_the_program_can_be_read(monkeypatch):
    monkeypatch.chdir(CLASSICS.parents[1])
    known = known_models()
    assert set(known) >= {path.stem for path in CLASSICS.glob("*.yaml")} >= {"march1991"}
    for name, path in known.items():
        model = load_model(path)
        assert model.name == name and model.title and model.source
        assert sum(target.numbers for target in model.targets) > 20


# Agreement


def test_the_error_of_a_published_value_by_hand():
    rounding = 0.0005 / sqrt(3)
    assert published_error(Expected(0.5), sd=1) == 0
    assert published_error(Expected(0.5, unit=0.001), sd=1) == pytest.approx(rounding)
    known = Expected(0.5, half_width=0.0196, unit=0.001)
    assert published_error(known, sd=1) == pytest.approx(sqrt(0.01**2 + rounding**2))
    by_runs = Expected(0.5, runs=400)
    assert published_error(by_runs, sd=0.2) == pytest.approx(0.01)
    printed_as_zero = Expected(0.5, half_width=0.0, half_width_unit=0.001)
    assert published_error(printed_as_zero, sd=1) == pytest.approx(0.0005 / 1.96)


def test_agreement_ends_at_the_joint_interval():
    """Ours: 0 and 2, so mean 1, standard error 1. Published with standard error 1 too."""
    ours = estimate([0.0, 2.0])
    assert (ours.mean, ours.error, ours.n) == (1.0, 1.0, 2)
    edge = 1 + 3.29 * sqrt(2)
    assert distance(ours, Expected(edge - 0.01, half_width=1.96)) <= JOINT
    assert distance(ours, Expected(edge + 0.01, half_width=1.96)) > JOINT


def test_a_cell_without_values_agrees_with_nothing():
    assert distance(estimate([nan, nan]), Expected(0.5, half_width=100.0)) == inf


def test_one_right_cell_in_a_thousand_fails():
    """20,000 cells in which both sides have the same expectation: failures are Poisson with mean
    20, or up to 28 because normal quantiles are a little narrow for 200 runs. 5 to 60 leaves out
    fewer than one correct program in 100,000.
    """
    generator = np.random.default_rng(5)
    ours = generator.normal(0.5, 0.1, (20_000, 200))
    published = generator.normal(0.5, 0.1 / sqrt(500), 20_000)
    failed = sum(
        distance(estimate(values), Expected(value, runs=500)) > JOINT
        for values, value in zip(ours, published, strict=True)
    )
    assert 5 <= failed <= 60


def test_an_order_holds_reverses_or_cannot_be_told():
    wobble = np.array([-0.1, 0.1] * 50)
    high, low = 1 + wobble, wobble[::-1].copy()
    assert out_of_order(-1, [high, low]) == {} == out_of_order(1, [low, high])
    assert out_of_order(-1, [high, low, high]) == {1: True}
    assert out_of_order(1, [low, low + 0.001 * wobble]) == {0: False}
    assert out_of_order(0, [low, low.copy()]) == {}
    assert out_of_order(0, [low, high]) == {0: True}


def test_wins_are_counted_seed_by_seed_and_ties_left_out():
    first, second = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 1.0, 4.0, 3.0])
    assert wins(first, second).mean == 500 and wins(second, first).mean == 250
    never = wins(np.zeros(100), np.ones(100))
    assert never.low == 0 < never.high < 40
    assert wins_distance(never, Expected(0, runs=1000)) == 0.0
    assert wins_distance(never, Expected(20, runs=1000)) <= JOINT
    assert wins_distance(never, Expected(150, runs=1000)) > JOINT


def test_chance_lets_few_numbers_fail_and_none_by_much():
    """Of a thousand right numbers one fails on average; of one, none does for sure."""
    assert [chance_failures(n) for n in (10, 100, 1000)] == [1, 2, 5]
    assert farthest_by_chance(1) == pytest.approx(JOINT, abs=0.002)
    assert farthest_by_chance(1000) > farthest_by_chance(100) > JOINT


def test_curves_cross_where_the_line_between_two_periods_passes_zero():
    assert crossing_period(np.array([0.0, -1.0, -1.0, 1.0])) == 2.5
    assert crossing_period(np.array([0.0, -1.0, 3.0])) == 1.25
    assert crossing_period(np.array([0.0, 0.0, 1.0])) == 1.0
    assert np.isnan(crossing_period(np.array([0.0, -1.0, 0.0])))
    rising = np.array([[0.0, -1.0, 1.0]] * 3)
    assert crossing(rising, np.zeros((3, 3))).mean == 1.5
    assert crossing(rising, np.zeros((3, 3))).error == 0


# Running


def test_cells_that_read_other_things_off_the_same_runs_share_them(tiny):
    made = plan(requests(load_model(tiny)))
    assert [batch.seeds for batch in made.batches] == [40, 40, 40, 40]
    assert plan(requests(load_model(tiny)), seeds=7).runs == 28


def test_a_span_of_periods_is_their_mean_and_jobs_change_nothing(tiny):
    tiny.write_text(TEXT.replace("seeds: 40", "seeds: 120"), encoding="utf-8")
    made = plan(requests(load_model(tiny)))
    alone = carry_out(made, Pool(1))
    for one, other in zip(alone, carry_out(made, Pool(2)), strict=True):
        assert np.array_equal(one, other)
    assert alone[2].shape == (120, 2) and alone[0].shape == (120, 1)
    fewer = carry_out(plan(requests(load_model(tiny)), seeds=30), Pool())
    assert all(np.array_equal(few, all_[:30]) for few, all_ in zip(fewer, alone, strict=True))


# The command


def test_a_replication_that_comes_out_ends_with_0_and_leaves_its_folder(command, tiny):
    code, out, err = command("tiny", "--jobs", "1")
    assert code == 0, out
    assert "5 of 5 numbers agree, and 1 of 1 statements about order hold." in out
    assert "one right number in a thousand is expected to fail" in out
    assert "results/replicate-tiny" in err
    folder = Path("results/replicate-tiny")
    names = {path.name for path in folder.iterdir()}
    figures = {f"{name}.{end}" for name in ("figure_1", "who_wins") for end in ("png", "svg")}
    assert names > figures | {"cells.csv", "cells.parquet", "runs.parquet", "manifest.json"}
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["target"]["text"] == TEXT
    assert len(pd.read_parquet(folder / "runs.parquet")) == 6 * 40


def test_the_document_has_every_cell_with_its_parameters(command):
    code, out, _ = command("tiny", "--figure", "figure 1", "--jobs", "1", "--json")
    document = json.loads(out)
    assert code == 0 and document["model"] == "tiny" and document["agrees"] is True
    assert len(document["cells"]) == 6 and document["contests"] == []
    first, _, span, *_ = document["cells"]
    assert first["parameters"] == {"people": 6, "dimensions": 5, "socialization.rate": 0.1}
    assert (first["measure"], first["time"], first["reps"]) == ("code_knowledge", 0, 40)
    assert (first["mean"], first["ci95"]) == (0, [0, 0]) and first["agrees"] is True
    assert first["expected"] == {"value": 0, "half_width": 0, "basis": ""}
    assert (span["time"], span["expected"], span["agrees"]) == ([2, 3], None, None)
    assert span["ci95"][0] < span["mean"] < span["ci95"][1]
    says = "learning raises what the code knows"
    assert document["shapes"] == [
        {"figure": "figure 1", "says": says, "agrees": True, "judged": True}
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("expected: [0.000, 0.000]", "expected: [0.000, 0.100]"),
        ("ascending:", "descending:"),
        ("wins: {silent: {learning: 0}}", "wins: {silent: {learning: 900}}"),
    ],
)
def test_one_number_or_statement_that_does_not_come_out_ends_with_1(old, new, command, tiny):
    tiny.write_text(TEXT.replace(old, new), encoding="utf-8")
    code, out, _ = command("tiny", "--jobs", "1")
    assert code == 1 and "NO" in out
    assert Path("results/replicate-tiny/cells.csv").is_file()


def test_what_is_not_judged_fails_nothing(command, tiny):
    wrong = "expected: [0.000, 0.100]\n        judged: false"
    tiny.write_text(TEXT.replace("expected: [0.000, 0.000]", wrong), encoding="utf-8")
    code, out, _ = command("tiny", "--jobs", "1")
    assert code == 0 and "(no)" in out and "3 of 3 numbers" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("tyny",), "`tiny`"),
        (("tiny", "--figure", "figure 11"), "`figure 1`"),
        (("tiny", "--seeds", "1"), "--seeds"),
    ],
)
def test_bad_input_ends_with_2_and_says_what_would_do(words, told, command):
    code, out, err = command(*words)
    assert code == 2 and told in err and out == ""


def test_without_a_name_all_models_are_listed(command):
    code, out, _ = command()
    assert code == 0 and "tiny" in out and "march1991" in out and "figure 1" in out
    models = {row["model"]: row for row in json.loads(command("--json")[1])["models"]}
    assert models["tiny"]["cells"] == 7 and models["tiny"]["seeds"] == [40]


def test_a_file_can_be_named_itself(tiny):
    assert find_model("experiments/classics/tiny.yaml").resolve() == tiny.resolve()

"""Many runs: the same on any number of processes, in the order of the design, none lost unseen."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures import MEASURES
from sim.scenario.changes import with_changes
from sim.scenario.loading import load_scenario
from sim.studies import parcels
from sim.studies.comparison import compare
from sim.studies.pool import Pool
from sim.studies.results import table_hash
from sim.studies.runner import RunsFailed, Task, finals_table, run_all, series_table
from sim.studies.statistics import paired_difference

SIZE = {"people": 30, "dimensions": 12, "environment.tacit": 2, "periods": 6}
PAIR = ("bureaucratic", "post_bureaucratic")
SETS = [f"{path}={value}" for path, value in SIZE.items()]


def tasks(seeds=range(3), scenarios=PAIR):
    settings = {name: with_changes(load_scenario(name).settings, SIZE) for name in scenarios}
    return [Task(name, settings[name], seed) for seed in seeds for name in scenarios]


def pair_of(**changes):
    sets = [*SETS, *(f"{path}={value}" for path, value in changes.items())]
    return [load_scenario(name, sets=sets) for name in PAIR]


def test_one_and_two_jobs_give_the_same_tables_to_the_bit():
    design = tasks()
    alone, shared = run_all(design, Pool(1)), run_all(design, Pool(2))
    for make in (finals_table, series_table):
        one, other = make(design, alone), make(design, shared)
        assert one.equals(other)
        assert table_hash(one) == table_hash(other)


def test_a_run_does_not_depend_on_those_done_before_it():
    design = tasks()
    forwards = run_all(design)
    backwards = run_all(design[::-1])[::-1]
    assert finals_table(design, forwards).equals(finals_table(design, backwards))


def test_rows_stand_in_the_order_of_the_design_with_every_measure():
    design = tasks(seeds=(5, 1, 3))
    runs = run_all(design, Pool(2))
    finals, series = finals_table(design, runs), series_table(design, runs)
    assert list(finals.columns) == ["scenario", "seed", *MEASURES]
    assert list(zip(finals.scenario, finals.seed, strict=True)) == [
        (task.scenario, task.seed) for task in design
    ]
    assert list(series.columns) == ["scenario", "seed", "period", *MEASURES]
    assert series.period.tolist() == [1, 2, 3, 4, 5, 6] * len(design)
    assert list(dict.fromkeys(zip(series.scenario, series.seed, strict=True))) == [
        (task.scenario, task.seed) for task in design
    ]
    assert finals.attrs["units"]["fear"] == MEASURES["fear"].unit


def test_a_final_value_is_the_last_of_a_stock_and_the_whole_of_a_flow():
    [task] = tasks(seeds=[2], scenarios=["post_bureaucratic"])
    [run] = run_all([task])
    series = dict(zip(MEASURES, run.series.T, strict=True))
    assert run.finals["fear"] == series["fear"][-1]
    # As many people in each week, so requests a person and week are the mean over the weeks.
    assert run.finals["output"] == pytest.approx(series["output"].mean())
    assert run.finals["quality"] != series["quality"][-1]


def test_each_outcome_is_told_as_it_comes_in():
    design, told = tasks(), []
    run_all(design, Pool(2), tell=lambda outcome: told.append(outcome.task))
    assert sorted(told) == list(range(len(design)))


def stumble_on(seeds, monkeypatch):
    """Let the runs of these seeds fail."""
    whole = parcels.run

    def run(settings, seed, *rest):
        if seed in seeds:
            raise ValueError(f"nobody knows what to do about {seed}")
        return whole(settings, seed, *rest)

    monkeypatch.setattr(parcels, "run", run)


def test_failing_runs_are_named_and_stop_no_others(monkeypatch):
    stumble_on({1, 2}, monkeypatch)
    told = []
    with pytest.raises(RunsFailed) as failed:
        run_all(tasks(), tell=told.append)
    message = str(failed.value)
    assert "4 of 6 runs failed" in message and "`bureaucratic` with seed 1" in message
    assert "nobody knows what to do about 1" in message and "test_runner.py" in message
    assert [outcome.run is not None for outcome in told] == [True, True] + [False] * 4


def test_a_comparison_pairs_the_runs_of_one_seed():
    comparison = compare(*pair_of(), seeds=(4, 2, 9))
    finals = comparison.finals.set_index(["scenario", "seed"])
    by_hand = np.mean(
        [finals.loc[(PAIR[1], s), "fear"] - finals.loc[(PAIR[0], s), "fear"] for s in (4, 2, 9)]
    )
    assert comparison.table.loc["fear", "difference"] == pytest.approx(by_hand)
    assert comparison.table.loc["fear", "n"] == 3
    assert (
        comparison.titles == ("Bureaucratic", "Post-bureaucratic")
        and comparison.length == "of 6 weeks"
    )


#: Fisher's z of a correlation over so many pairs has a standard error of 1 / sqrt(SEEDS - 3).
SEEDS = 200
#: Four standard errors: without any correlation, a higher one comes out once in 30 000 times.
CHANCE = np.tanh(4 / np.sqrt(SEEDS - 3))


@pytest.fixture(scope="module")
def outputs():
    """The main measure under both forms, seed by seed; but for unequal variances, the share of
    variance that pairing removes is their correlation."""
    finals = compare(*pair_of(people=40, periods=20), seeds=range(SEEDS)).finals
    return [finals[finals.scenario == name]["output"].to_numpy() for name in PAIR]


def test_pairing_by_seed_removes_variance_from_the_main_comparison(outputs):
    """Both forms meet the same world, people and requests, and so do well or badly together.

    About .7 is removed, and seven standard errors lie between that and what is asked.
    """
    assert paired_difference(*outputs).variance_removed > CHANCE


def test_it_is_the_seed_that_pairs(outputs):
    """Paired with the run of another seed, nothing is removed but by chance."""
    first, second = outputs
    for shift in (1, 7):
        assert abs(paired_difference(first, np.roll(second, shift)).variance_removed) < CHANCE

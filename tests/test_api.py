"""The laboratory as a notebook sees it: tables with units, problems that say what to mend."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from sim.errors import InputProblem
from sim.studies.study import load_study

SMALL = {"people": 24, "dimensions": 9, "environment.tacit": 2, "periods": 8}
SETS = [f"{key}={value}" for key, value in SMALL.items()]
STUDY = """\
title: A study
question: What changes?
scenarios: [bureaucratic, post_bureaucratic]
set: {people: 24, dimensions: 9, environment.tacit: 2, periods: 8}
factors: {environment.turbulence: [0, 0.1]}
replications: 3
measures: [output, fear]
"""


@pytest.fixture(scope="module")
def runs() -> pd.DataFrame:
    return sim.run("bureaucratic", 3, sets=SMALL)


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    return tmp_path / "study.yaml"


@pytest.mark.parametrize(
    "seeds", [[0, 1, 2], (0, 1, 2), range(3), np.arange(3), pd.Series([0, 1, 2])]
)
def test_seeds_are_a_number_or_any_sequence(runs, seeds):
    pd.testing.assert_frame_equal(sim.run("bureaucratic", seeds, sets=SMALL), runs)


def test_a_row_does_not_depend_on_how_it_was_asked_for(runs):
    with_list = sim.run("bureaucratic", 3, sets=SETS)
    loaded = sim.load_scenario("bureaucratic", sets=SETS[:2])
    with_both = sim.run(loaded, 3, sets=SETS[2:])
    with_two = sim.run("bureaucratic", 3, sets=SMALL, jobs=2)
    for table in (with_list, with_both, with_two):
        pd.testing.assert_frame_equal(table, runs)


def test_units_come_along_wherever_a_table_goes(runs, study, tmp_path):
    series = sim.run("bureaucratic", 2, sets=SMALL, series=True)
    compared = sim.compare("bureaucratic", "post_bureaucratic", 3, sets=SMALL)
    swept = sim.sweep(study)
    assert set(compared.index) <= set(compared.attrs["units"])
    for table in (runs, series, swept):
        own = {"run", "scenario", "point", "seed", "status", "error", "period"}
        assert set(table.columns) - own <= set(table.attrs["units"])
    for table in (runs, series, compared, swept):
        table.to_parquet(tmp_path / "table.parquet")
        read = pd.read_parquet(tmp_path / "table.parquet")
        assert read.attrs == table.copy().attrs == table.attrs


@pytest.mark.parametrize(
    "ask",
    [
        lambda: sim.run("nonsense"),
        lambda: sim.run("bureaucratic", sets={"peeple": 3}),
        lambda: sim.run("bureaucratic", sets={"people": -1}),
        lambda: sim.run("bureaucratic", sets=["people"]),
        lambda: sim.compare("bureaucratic", "nonsense"),
        lambda: sim.sweep("nowhere.yaml"),
        lambda: sim.load_results("nowhere"),
        lambda: sim.load_series("nowhere"),
        lambda: sim.load_scenario("nonsense"),
        lambda: sim.as_function("bureaucratic", {"peeple": (1, 2)}, "output"),
        lambda: sim.as_function("bureaucratic", {"people": (1, 2)}, "outpt"),
    ],
)
def test_a_wrong_name_is_an_input_problem(study, ask):
    with pytest.raises(InputProblem):
        ask()


def test_nothing_is_printed_among_results(study, capsys):
    sim.run("bureaucratic", 2, sets=SMALL)
    sim.compare("bureaucratic", "post_bureaucratic", 2, sets=SMALL)
    sim.sweep(study, jobs=2)
    assert capsys.readouterr().out == ""


def test_a_study_is_one_whether_named_or_loaded(study):
    named = sim.sweep(study, "one", jobs=2)
    loaded = sim.sweep(load_study(study), "two")
    pd.testing.assert_frame_equal(named, loaded)
    pd.testing.assert_frame_equal(named, sim.load_results("one"))


def test_a_number_of_seeds_may_be_one_of_numpy(runs):
    pd.testing.assert_frame_equal(sim.run("bureaucratic", np.int64(3), sets=SMALL), runs)


def test_settings_may_be_numbers_of_numpy(runs):
    sets = {key: np.int64(value) for key, value in SMALL.items()}
    pd.testing.assert_frame_equal(sim.run("bureaucratic", 3, sets=sets), runs)


@pytest.mark.parametrize("seeds", [0, -2, [], [-1], [0.5], [1, 1], "3"])
def test_seeds_that_are_none_are_an_input_problem(seeds):
    with pytest.raises(InputProblem):
        sim.run("bureaucratic", seeds, sets=SMALL)


def test_a_comparison_without_seeds_is_an_input_problem():
    with pytest.raises(InputProblem):
        sim.compare("bureaucratic", "post_bureaucratic", [], sets=SMALL)


def test_no_jobs_are_one_a_core_as_on_the_command_line(runs):
    pd.testing.assert_frame_equal(sim.run("bureaucratic", 3, sets=SMALL, jobs=0), runs)


def test_settings_are_not_dropped_for_a_loaded_study(study):
    try:
        table = sim.sweep(load_study(study), "out", sets={"people": 12})
    except InputProblem:
        return
    assert not table.equals(sim.sweep(study, "other"))


def test_other_settings_go_into_another_folder(study):
    sim.sweep(study)
    sim.sweep(study, sets={"people": 12})


def test_a_study_run_from_a_notebook_can_be_repeated(study):
    sim.sweep(study, "out")
    assert (study.parent / "out/manifest.json").is_file()


def test_a_function_takes_settings_as_run_does():
    factors = {"environment.turbulence": (0, 0.1)}
    with_list = sim.as_function("bureaucratic", factors, "output", sets=SETS)
    with_mapping = sim.as_function("bureaucratic", factors, "output", sets=SMALL)
    assert with_list([0.05]) == with_mapping([0.05])

"""The model as a function: what drivers of functions may rely on."""

import doctest
import math
import pickle

import numpy as np
import pytest

import sim.studies.functions
from sim.errors import InputProblem
from sim.models.run import run
from sim.scenario.loading import load_scenario
from sim.studies.functions import as_function
from sim.studies.study.factors import Factor

SMALL = ["people=20", "dimensions=12", "periods=8"]
MARCH = ["people=20", "dimensions=12"]
RATES = {"socialization.rate": (0.1, 0.9), "codification.rate": (0.1, 0.9)}


@pytest.fixture(scope="module")
def learning():
    """The closed system of March as a function of its two rates."""
    return as_function("classics/march1991", RATES, "code_knowledge", seeds=range(4), sets=MARCH)


def working(factors, measures=("output", "quality"), **more):
    return as_function("bureaucratic", factors, measures, sets=SMALL, **more)


def test_values_are_those_of_runs():
    f = working({"cells.size": (3, 9), "pdsa.rate": (0.0, 0.3)}, seeds=[2, 5])
    settings = load_scenario(
        "bureaucratic", sets=[*SMALL, "cells.size=4", "pdsa.rate=0.25"]
    ).settings
    runs = [run(settings, seed).finals for seed in (2, 5)]
    expected = [np.mean([one[name] for one in runs]) for name in ("output", "quality")]
    assert np.array_equal(f([4, 0.25]), expected)


def test_shapes(learning):
    both = as_function(
        "classics/march1991", RATES, ["code_knowledge", "mean_knowledge"], sets=MARCH
    )
    rows = [[0.1, 0.5], [0.9, 0.5], [0.1, 0.5]]
    assert learning(rows).shape == (3,)
    assert np.ndim(learning(rows[0])) == 0
    assert both(rows).shape == (3, 2)
    assert both(rows[0]).shape == (2,)
    assert learning(rows)[0] == learning(rows)[2] == learning(rows[0])


def test_a_point_does_not_depend_on_the_other_points_of_a_call():
    """Only one of the two can be run as a whole."""
    f = as_function(
        "classics/march1991",
        {"start.learning_rate": [0.5, 1.0]},
        ["mean_knowledge"],
        sets=[*MARCH, "run.stop=periods", "periods=8"],
    )
    together = f([[0.5], [1.0]])
    assert np.array_equal(together, [f([0.5]), f([1.0])])
    assert together[0] != together[1]


def test_processes_change_nothing():
    factors = {"cells.size": (3, 9)}
    rows = [[3], [6], [9]]
    one, two = (working(factors, seeds=range(3), jobs=jobs)(rows) for jobs in (1, 2))
    assert np.array_equal(one, two)


def test_whole_numbers_are_rounded_and_the_nearest_level_counts():
    f = working({"cells.size": (3, 9), "reshuffle.every": [4, 13, 52]})
    assert f.bounds == [(3, 9), (-0.5, 71.5)]
    assert np.array_equal(f([4.4, 12]), f([4, 13]))
    assert np.array_equal(f([4, 50]), f([4, 52]))


def test_words_are_numbered():
    f = working({"reshuffle.within": ["community", "organization"]}, "output")
    assert f.bounds == [(-0.5, 1.5)]
    settings = load_scenario(
        "bureaucratic", sets=[*SMALL, "reshuffle.within=organization"]
    ).settings
    assert f([1]) == run(settings, 0).finals["output"]


def test_log_ranges_are_for_samplers_only():
    f = working({"environment.turbulence": (0.001, 0.1, "log"), "cells.size": (3, 9)})
    assert f.problem["dists"] == ["logunif", "unif"]
    assert f.from_unit([[0.5, 0.0]])[0, 0] == pytest.approx(0.01, rel=1e-9)
    assert f([0.01, 3]).shape == (2,)


def test_problem_is_salibs(learning):
    assert learning.problem == {
        "num_vars": 2,
        "names": list(RATES),
        "bounds": [[0.1, 0.9], [0.1, 0.9]],
        "outputs": ["code_knowledge"],
    }
    assert learning.names == list(RATES)
    assert learning.units["codification.rate"] == "probability per vote of margin and period"
    assert learning.units["code_knowledge"] == "share of codifiable dimensions"


@pytest.mark.parametrize(
    ("point", "words"),
    [
        ([0.05, 0.5], r"socialization\.rate = 0\.05 .* 0\.1 to 0\.9 \(probability"),
        ([0.5, math.nan], r"codification\.rate = nan"),
        ([0.5], r"shape \(1,\) do not fit 2 coordinates"),
        ([[[0.5, 0.5]]], "do not fit"),
    ],
)
def test_points_that_are_wrong_are_refused(learning, point, words):
    with pytest.raises(ValueError, match=words):
        learning(point)


def test_rounding_at_a_bound_is_forgiven(learning):
    assert learning([0.9 + 1e-12, 0.1 - 1e-12]) == learning([0.9, 0.1])


def test_a_failing_run_is_missing_and_told():
    """Twelve dimensions cannot be divided into blocks of five."""
    f = working({"environment.complexity": (1, 6)}, seeds=[0, 1])
    found = f([[3], [5]])
    assert np.isfinite(found[0]).all()
    assert np.isnan(found[1]).all()
    assert [one.seed for one in f.errors] == [0, 1]
    assert f.errors[0].point == {"environment.complexity": 5}
    assert "blocks of 5" in f.errors[0].error


def test_everything_wrong_is_told_at_once():
    factors = {
        "socialization.rat": (0, 1),
        "people": (0, 50),
        "rules": (0, 1),
        "codification.rate": (0.0, 0.5, "log"),
        "dimensions": [12],
        "periods": 5,
    }
    with pytest.raises(InputProblem) as refused:
        as_function("classics/march1991", factors, ["code_knowlege", "output"], seeds=[])
    text = str(refused.value)
    for words in (
        "Did you mean `socialization.rate`?",
        "people: 0 is below the lowest value allowed, 1",
        "rules: this setting is no number",
        "codification.rate: 0.0 to 0.5 is no range",
        "dimensions: name two levels or more",
        "periods: 5 is no range",
        "Did you mean `code_knowledge`?",
        "`output` is not measured where people only learn",
        "seeds: name one seed or more",
    ):
        assert words in text


def test_two_factors_may_not_move_one_setting():
    joint = Factor("both", ("pdsa.rate",), ("a", "b"), is_joint=True,
                   worlds={"a": {"pdsa.rate": 0.0}, "b": {"pdsa.rate": 0.2}})  # fmt: skip
    single = Factor("pdsa.rate", ("pdsa.rate",), None, (0.0, 0.3))
    with pytest.raises(InputProblem, match="two factors move this setting"):
        working([joint, single])


def test_factors_of_a_study():
    joint = Factor("world", ("pdsa.rate", "cells.size"), ("calm", "wild"), is_joint=True,
                   worlds={"calm": {"pdsa.rate": 0.0, "cells.size": 4},
                           "wild": {"pdsa.rate": 0.2, "cells.size": 9}})  # fmt: skip
    f = working([joint])
    alone = working({"pdsa.rate": (0.0, 0.3), "cells.size": (4, 9)})
    assert np.array_equal(f([1]), alone([0.2, 9]))


def test_salib_drives_it(learning):
    from SALib import ProblemSpec

    spec = ProblemSpec(learning.problem)
    spec.sample_sobol(8, calc_second_order=False, seed=1).evaluate(learning)
    spec.analyze_sobol(calc_second_order=False, seed=1)
    assert spec.results.shape == (32,)
    assert np.isfinite(spec.analysis["ST"]).all()


def test_salib_drives_it_on_a_log_range():
    from SALib import ProblemSpec

    f = as_function(
        "classics/march1991",
        {"socialization.rate": (0.01, 0.9, "log"), "codification.rate": (0.1, 0.9)},
        ["code_knowledge", "mean_knowledge"],
        sets=MARCH,
    )
    spec = ProblemSpec(f.problem)
    spec.sample_morris(4, seed=1)
    assert spec.samples[:, 0].min() == pytest.approx(0.01)
    assert spec.evaluate(f).results.shape == (12, 2)


def test_scipy_minimizes_it(learning):
    from scipy.optimize import differential_evolution, minimize

    start = [0.5, 0.5]
    found = minimize(
        lambda x: -learning(x),
        start,
        method="Nelder-Mead",
        bounds=learning.bounds,
        options={"maxfev": 12},
    )
    assert -found.fun >= learning(start)
    evolved = differential_evolution(
        lambda x: -learning(x), learning.bounds, maxiter=1, popsize=3, rng=1, polish=False
    )
    assert -evolved.fun == learning(evolved.x)


def test_named_calls_as_of_the_ema_workbench(learning):
    found = learning(**{"socialization.rate": 0.1, "codification.rate": 0.5})
    assert found == {"code_knowledge": learning([0.1, 0.5])}
    assert found == learning(socialization__rate=0.1, codification__rate=0.5)
    with pytest.raises(ValueError, match=r"unknown: speed; missing: codification\.rate"):
        learning(socialization__rate=0.1, speed=2)


def test_suggested_points_as_of_optuna(learning):
    class Trial:
        def suggest_float(self, name, low, high):
            return (low + high) / 2

    trial = Trial()
    point = [
        trial.suggest_float(name, *pair)
        for name, pair in zip(learning.names, learning.bounds, strict=True)
    ]
    assert isinstance(float(learning(point)), float)


def test_it_can_be_sent_to_other_processes(learning):
    again = pickle.loads(pickle.dumps(learning))
    assert again([0.1, 0.5]) == learning([0.1, 0.5])


def test_the_example_in_the_documentation_runs():
    assert doctest.testmod(sim.studies.functions).failed == 0

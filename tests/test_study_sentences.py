"""Facts about the sentences of a study's report: they say what its tables say, and no more."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.pages.study.design import design_sentences, factor_rows, warning_sentences
from sim.pages.study.facts import FactorFacts, MeasureFacts, Stopping, StudyFacts
from sim.pages.study.moves import bends, move_sentences, moves_of
from sim.pages.study.places import average_sentence, condition, place_sentences
from sim.pages.study.sentences import MeasureTables, details, headlines
from sim.studies.statistics import cells, differences, main_effects, tornado

SIZE = FactorFacts("size", levels=(4, 8, 12))
WORLD = FactorFacts("world", levels=("calm", "wild"))
OUTPUT = MeasureFacts("Output", "requests a week", better=1)


def facts(*factors: FactorFacts, scenarios: tuple[str, ...] = ("a", "b"), **more) -> StudyFacts:
    titles = tuple({"a": "Rules", "b": "Cells"}[one] for one in scenarios)
    points = int(np.prod([len(one.levels) for one in factors])) if factors else 1
    return StudyFacts("s", "S", "?", scenarios, titles, factors, points=points,
                      measures=("output",), known={"output": OUTPUT}, **more)  # fmt: skip


def runs_of(table: dict[tuple, list[float]], names: tuple[str, ...] = ()) -> pd.DataFrame:
    """Runs from values by (scenario, level, …): a value a seed; NaN for a run without one."""
    rows, points = [], {}
    for (scenario, *levels), values in table.items():
        point = points.setdefault(tuple(levels), len(points))
        for seed, value in enumerate(values):
            place = dict(zip(names, levels, strict=True))
            rows.append({"run": f"{point}-{seed}", "scenario": scenario, "point": point, **place,
                         "seed": seed, "status": "done", "error": "", "output": value})  # fmt: skip
    return pd.DataFrame(rows)


def tables_of(runs: pd.DataFrame, several: bool = True) -> MeasureTables:
    return MeasureTables(
        cells=cells(runs, ["output"]),
        differences=differences(runs, ["output"], ("a", "b")) if several else pd.DataFrame(),
    )


def test_one_scenario_at_one_point_has_its_mean_interval_and_runs():
    # 1 to 5: sd 1.581, half-width 2.776 * 1.581 / sqrt(5) = 1.963.
    tables = tables_of(runs_of({("a",): [1.0, 2.0, 3.0, 4.0, 5.0]}), several=False)
    assert headlines(facts(scenarios=("a",)), "output", tables) == [
        "3.0 requests a week on average (95 % interval 1.0 to 5.0; 5 runs)."
    ]
    assert details(facts(scenarios=("a",)), "output", tables) == []


def test_two_scenarios_at_one_point_are_compared_run_by_run():
    # Differences 1 to 5, as above.
    runs = runs_of({("a",): [9.0, 7.0, 8.0, 6.0, 5.0], ("b",): [10.0, 9.0, 11.0, 10.0, 10.0]})
    (text,) = headlines(facts(), "output", tables_of(runs))
    assert text == (
        "Cells does better than Rules: 10.0 against 7.0 requests a week, 3.0 more "
        "(95 % interval 1.0 to 5.0; so in 5 of 5 runs)."
    )


def test_what_cannot_be_told_is_equal_single_or_missing_is_said_to_be_so():
    def said(a: list[float], b: list[float]) -> str:
        return headlines(facts(), "output", tables_of(runs_of({("a",): a, ("b",): b})))[0]

    assert "cannot be told apart" in said([1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 4.0, 3.5])
    assert "the same in every run" in said([1.0, 2.0], [1.0, 2.0])
    assert "one run cannot say how surely" in said([1.0], [2.0])
    assert "no run has a value in both" in said([1.0, np.nan], [np.nan, 2.0])
    assert "No run has a value" in said([np.nan, np.nan], [np.nan, np.nan])


def test_runs_without_a_value_are_counted():
    runs = runs_of({("a",): [1.0, 2.0, 3.0, np.nan]})
    texts = headlines(facts(scenarios=("a",)), "output", tables_of(runs, several=False))
    assert texts[-1] == "1 run has no value of it, and is left out."


def crossing() -> pd.DataFrame:
    """The second leads by 5 at size 4, trails by 5 at size 12, and is level at 8."""
    noise = np.array([0.3, -0.2, 0.1, -0.4, 0.2, 0.05])
    base = 10 + np.arange(6.0)
    lead = {4: 5.0, 8: 0.0, 12: -5.0}
    first = {("a", size): list(base) for size in lead}
    second = {("b", size): list(base + by + noise) for size, by in lead.items()}
    return runs_of({**first, **second}, ("size",))


def test_where_scenarios_change_places_both_places_have_their_intervals():
    texts = place_sentences(facts(SIZE), "output", ("a", "b"), tables_of(crossing()).differences)
    assert texts[0].startswith(
        "Rules and Cells change places: Cells does better at 1 of 3 points (corrected for 3 "
        "comparisons): size 4 (+5.01, 95 % interval "
    )
    assert texts[1].startswith(
        "Rules does better at 1 of 3 points: size 12 (\N{MINUS SIGN}4.99, 95 % interval "
    )
    assert texts[2].startswith("At 1 of 3 points it cannot be told which does better: size 8 (")


def test_points_are_told_by_the_levels_they_have_in_common():
    rows = pd.DataFrame(
        [{"point": 3 * w + s, "size": size, "world": world}
         for w, world in enumerate(WORLD.levels) for s, size in enumerate(SIZE.levels)]
    )  # fmt: skip
    study = facts(SIZE, WORLD)
    assert condition([3, 4, 5], rows, study) == "where world is wild"
    assert condition([0, 1, 3, 4], rows, study) == "where size is 4 or 8"
    assert condition([3, 4], rows, study) == "where size is 4 or 8 and world is wild"
    assert condition([0, 5], rows, study) == ""
    assert condition(range(6), rows, study) == ""


def test_a_factor_moves_from_end_to_end_with_its_interval():
    """A slope of 2: from 4 to 12 up by 16, against a base and as a regression on half spans."""
    noise = [0.1, -0.1, 0.2, -0.2]
    runs = runs_of({("a", size): [2.0 * size + n for n in noise] for size in (4, 8, 12)}, ("size",))
    study = facts(SIZE, scenarios=("a",))
    (move,) = moves_of(tornado(runs, "output"), study, {"size": 4})
    assert (move.start, move.end) == (4, 12)
    assert np.isclose(move.mean, 16.0)
    (text,) = move_sentences([move], {}, "", "it", OUTPUT)
    assert text.startswith("It depends on size: from 4 to 12 up by 16")
    crossed = {("a", size, world): [2.0 * size + n for n in noise]
               for size in (4, 8, 12) for world in WORLD.levels}  # fmt: skip
    table = tornado(runs_of(crossed, ("size", "world")), "output")
    assert table.attrs["base"] is None
    by_size = next(one for one in moves_of(table, facts(SIZE, WORLD, scenarios=("a",)))
                   if one.factor is SIZE)  # fmt: skip
    assert np.isclose(by_size.mean, 16.0)


def test_one_factor_of_a_grid_moves_by_what_its_ends_differ():
    """From 4 to 12 a slope of 2 is 16, listed upwards or downwards, and not twice that."""
    noise = [0.1, -0.1, 0.2, -0.2]
    for sizes, way in (((4, 8, 12), 1), ((12, 8, 4), -1)):
        runs = runs_of({("a", s): [2.0 * s + n for n in noise] for s in sizes}, ("size",))
        study = facts(FactorFacts("size", levels=sizes), scenarios=("a",))
        (move,) = moves_of(tornado(runs, "output"), study)
        assert (move.start, move.end) == (sizes[0], sizes[-1])
        assert np.isclose(move.mean, 16.0 * way)


def test_never_is_no_number_on_a_line():
    """Weekly 3, monthly 5, never 1: 4 weeks are 4 more than never; no slope says that."""
    every = FactorFacts("every", levels=(4, 1, 0), zero="never")
    noise, means = ([0.1, -0.1, 0.2, -0.2], [-0.2, 0.1, 0.2, -0.1]), {4: 5.0, 1: 3.0, 0: 1.0}
    values = {("a", level, world): [mean + n for n in noise[level > 1]]
              for level, mean in means.items() for world in WORLD.levels}  # fmt: skip
    runs, study = runs_of(values, ("every", "world")), facts(every, WORLD, scenarios=("a",))
    moves = moves_of(tornado(runs.astype({"every": object}), "output"), study, scale=5.0)
    (move,) = (one for one in moves if one.factor is every)
    assert (move.start, move.end) == (0, 4) and np.isclose(move.mean, 4.0)
    (text, *_) = move_sentences([move], {}, "", "it", OUTPUT)
    assert text.startswith("It depends on every: from never to 4 up by 4")
    said = bends({"every": main_effects(runs, "every", "output")}, "a", study, OUTPUT)
    assert said["every"].startswith("Along every it is highest in between: 5.00 at 4 (95 % int")
    assert "against 3.00 at 1 " in said["every"] and "and 1.00 at never " in said["every"]


def test_never_is_a_word_in_places_and_levels():
    every = FactorFacts("every", levels=(0, 4), zero="never")
    rows = pd.DataFrame({"point": [0, 1], "every": [0, 4]})
    assert condition([0], rows, facts(every)) == "where every is never"
    assert factor_rows(facts(every))[0]["values"] == "never, 4"


def test_what_never_changes_is_not_called_unclear():
    runs = runs_of({("a", size): [1.1, 2.3, 3.7] for size in (4, 8, 12)}, ("size",))
    moves = moves_of(tornado(runs, "output"), facts(SIZE, scenarios=("a",)), {"size": 4}, scale=2.0)
    assert move_sentences(moves, {}, "", "it", OUTPUT) == [
        "Size changes nothing: it stays exactly the same."
    ]


def test_a_turn_in_between_is_seen_though_a_straight_line_is_flat():
    noise = [0.1, -0.1, 0.2, -0.2]
    means = {4: 1.0, 8: 5.0, 12: 1.0}
    runs = runs_of({("a", s): [m + n for n in noise] for s, m in means.items()}, ("size",))
    study = facts(SIZE, scenarios=("a",))
    said = bends({"size": main_effects(runs, "size", "output")}, "a", study, OUTPUT)
    assert said["size"].startswith("Along size it is highest in between: 5.00 at 8 (95 % interval")
    moves = moves_of(tornado(runs, "output"), study, {"size": 4}, scale=5.0)
    assert "cannot be told" not in " ".join(move_sentences(moves, said, "", "it", OUTPUT))


def test_a_level_between_the_ends_is_no_turn():
    runs = runs_of({("a", s): [s + n for n in (0.1, -0.1, 0.0)] for s in (4, 8, 12)}, ("size",))
    effects = {"size": main_effects(runs, "size", "output")}
    assert bends(effects, "a", facts(SIZE, scenarios=("a",)), OUTPUT) == {}


def test_warnings_say_what_failed_what_is_few_and_what_was_capped():
    study = facts(SIZE, stopping=Stopping(None, {"output": 0.5}, "mean", 5, 5, 20))
    said = " ".join(
        warning_sentences(study, runs=60, failed=2, errors=["ValueError: no"], capped=1, fewest=5)
    )
    assert "2 of 60 runs failed and are left out of every number: ValueError: no" in said
    assert "only 5 of a scenario" in said
    assert "At 1 point the intervals were not as narrow as asked" in said
    quiet = facts(SIZE, stopping=Stopping(30))
    assert warning_sentences(quiet, runs=60, failed=0, errors=[], capped=0, fewest=30) == []


def test_the_design_says_how_often_and_on_which_seeds():
    said = " ".join(design_sentences(facts(SIZE, stopping=Stopping(20), length="of 52 weeks")))
    assert "Each of 2 scenarios was run at 3 points (all combinations of the levels), 20 times" in (
        said
    )
    assert "on the same seeds" in said
    apart = " ".join(design_sentences(facts(SIZE, stopping=Stopping(20), pairing="independent")))
    assert "independent samples" in apart


def test_an_average_counts_the_points_it_is_over():
    runs = crossing()
    runs.loc[(runs["point"] == 2) & (runs["scenario"] == "b"), "output"] = np.nan
    tables = tables_of(runs)
    row = {"mean": 2.5, "low": 2.0, "high": 3.0, "p_holm": 0.001}
    text = average_sentence(facts(SIZE), "output", ("a", "b"), tables.differences, row)
    assert text.startswith("Averaged over 2 points, Cells does better than Rules: 2.50 more (95 %")
    nothing = dict.fromkeys(row, np.nan)
    text = average_sentence(facts(SIZE), "output", ("a", "b"), tables.differences, nothing)
    assert text == "Rules and Cells cannot be compared: no run has a value in both."

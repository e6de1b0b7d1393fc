"""Flows while events move what outcomes are worth: each week counts with the worth of that week."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures import MEASURES, Counted
from sim.models.measuring import by_week
from sim.models.run import Run, run
from sim.organization import ValueParameters
from sim.scenario.loading import load_scenario
from sim.tallies import ACTIVITIES, TALLIES

WEEKS, TURN, PEOPLE = 12, 5, 30
SETS = (f"people={PEOPLE}", "dimensions=12", f"periods={WEEKS}", "workforce.turnover=0.05")


def run_with(*events: str) -> Run:
    timeline = [f"events=[{', '.join(events)}]"] if events else []
    return run(load_scenario("bureaucratic", sets=[*SETS, *timeline]).settings, seed=2)


def series(done: Run, name: str) -> np.ndarray:
    return done.series[:, list(done.finals).index(name)]


def test_weekly_flows_by_hand():
    """Two people. Three weeks of 6 right, 2 wrong, 1 refused, and 1 who leaves in the last.

    Week 1 at 1, 1, 1, 50: (6 - 2 - 1) / 2 = 1.5. Week 2 at 2, 3, 4: (12 - 6 - 4) / 2 = 1. Week 3
    at 2, 3, 4, 10: (12 - 6 - 4 - 10) / 2 = -4. Output is 3 and a case costs 20 h / 8 in all three.
    """
    counts = {"closed_right": 6.0, "closed_wrong": 2.0, "requests_refused": 1.0}
    tally = np.array([[counts.get(name, 0.0) for name in TALLIES]] * 3)
    tally[2, TALLIES.index("people_left")] = 1.0
    spent = np.array([[10.0 * (name in ("work", "cell", "idle")) for name in ACTIVITIES]] * 3)
    dearer = ValueParameters(right=2.0, wrong=3.0, refused=4.0)
    worth = [ValueParameters(), dearer, dearer.model_copy(update={"leaver": 10.0})]
    weekly = Counted(tally, spent, 2, 1, by_week(worth))
    assert MEASURES["net_value"].flow(weekly).tolist() == [1.5, 1.0, -4.0]
    assert MEASURES["output"].flow(weekly).tolist() == [3.0, 3.0, 3.0]
    assert MEASURES["cost_per_case"].flow(weekly).tolist() == [20 / 8] * 3


def test_worth_that_an_event_sets_counts_from_its_week_on_and_moves_nothing_else():
    """A right request is worth 1, from week 5 (the sixth) on 3: then 2 more for each of them."""
    before = run_with()
    after = run_with(f"{{at: {TURN}, set: {{value.right: 3}}}}")
    gained = series(after, "net_value") - series(before, "net_value")
    output = series(before, "output")
    assert (output[TURN:] > 0).all()
    assert gained[:TURN].tolist() == [0.0] * TURN
    assert gained[TURN:] == pytest.approx(2 * output[TURN:], rel=1e-12)
    for name, measure in MEASURES.items():
        if measure.flow is not None and name != "net_value":
            assert np.array_equal(series(after, name), series(before, name), equal_nan=True), name


def test_worth_that_moves_over_weeks_counts_week_by_week():
    """From 50 to 20 over 3 weeks, a leaver costs 50, 40, 30, then 20."""
    before = run_with()
    after = run_with(f"{{at: {TURN}, over: 3, set: {{value.leaver: 20}}}}")
    left = series(before, "turnover") / 52  # per person and week
    assert left[TURN + 1 :].any(), "somebody leaves while it matters"
    saved = np.array([0.0] * (TURN + 1) + [10.0, 20.0] + [30.0] * (WEEKS - TURN - 3))
    gained = series(after, "net_value") - series(before, "net_value")
    assert gained == pytest.approx(saved * left, abs=1e-9)


def test_the_whole_run_is_the_mean_of_its_weeks():
    """Net value of a run is that of its weeks together, whatever moved in between."""
    done = run_with(
        f"{{at: {TURN}, set: {{value.right: 3}}}}",
        f"{{at: {TURN + 2}, over: 3, set: {{value.leaver: 20, value.wrong: 5}}}}",
    )
    assert done.finals["net_value"] == pytest.approx(series(done, "net_value").mean(), rel=1e-12)

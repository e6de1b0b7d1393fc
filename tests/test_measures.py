"""Measures: counted by hand, within their ranges, and without a trace on what they measure."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from organizations import apply, changed, lively, quiet, snapshot, weeks

from sim.census import NAMES, count_beliefs
from sim.environments.payoff import Surroundings
from sim.measures import MAIN_MEASURES, MEASURES, SHORT_LIST, Counted
from sim.tallies import ACTIVITIES, TALLIES

STOCKS = {name for name, measure in MEASURES.items() if measure.stock is not None}
FLOWS = set(MEASURES) - STOCKS


def four_people():
    """Four people and two kinds of request, with three dimensions each; +1 is right everywhere."""
    organization = quiet(
        people=4,
        dimensions=6,
        environment={"complexity": 3},
        socialization={"share_fast": 0.5},
    )
    organization.codifiable[:] = [True, True, True, False, False, False]
    organization.reality[:] = 1
    organization.code[:] = [1, -1, 0, 0, 0, 0]
    organization.beliefs[:] = [
        [1, 1, 1, 1, 1, 1],  # knows all
        [1, 1, 1, -1, -1, 0],  # knows the first kind, and errs in the second
        [1, 0, -1, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
    ]
    organization.articulated[:] = False
    organization.articulated[0, :2] = True
    organization.articulated[1, 3] = True  # said well, and wrong
    return organization


#: Of 24 beliefs that people could hold, 10 are right and 3 wrong.
BELIEFS_BY_HAND = {
    "mean_knowledge": 10 / 24,
    "best_knowledge": 1.0,
    "mean_score": (10 - 3) / 24,
    # 6, 3, 1 and 0 of 6: mean 2.5, mean square 46 / 4.
    "knowledge_spread": np.sqrt(46 / 4 - 2.5**2) / 6,
    # Two kinds, one kind, none and none, of two for each of four.
    "mean_payoff": 3 / 8,
    "explicit_stock": 2 / 24,
    "tacit_stock": 8 / 24,
    # Two against one on the third dimension, one against one on the next two; 12 ordered pairs.
    "diversity": (2 * 2 * 1 + 2 * 1 * 1 + 2 * 1 * 1) / (6 * 12),
    "code_knowledge": 1 / 3,
    "code_score": (1 - 1) / 3,
    "best_payoff": 1.0,
    # A rule can be written for the first three dimensions: 3, 3, 1 and 0 right there.
    "codifiable_knowledge": 7 / 12,
    "uncodifiable_knowledge": 3 / 12,
    # Half of them learn fast: the second and the last, who are right on 3 and on none.
    "slow_knowledge": 7 / 12,
    "fast_knowledge": 3 / 12,
    # Pairs alike (being silent together counts): 3, 2, 1, 1, 1 and 3 of six on each dimension.
    "dissimilarity": 1 - 11 / 36,
    "distinct_sets": 4,
}
STATES = {"practice", "self_efficacy", "fear", "belonging", "backlog"}


@pytest.mark.parametrize("name", BELIEFS_BY_HAND)
def test_what_people_and_the_code_know_counted_by_hand(name):
    assert MEASURES[name].of(four_people()) == pytest.approx(BELIEFS_BY_HAND[name])


@pytest.mark.parametrize("name", sorted(STATES))
def test_a_state_of_people_is_their_mean(name):
    organization = four_people()
    array = getattr(organization, name)
    array[:] = 0.0
    array[0] = 0.5
    assert MEASURES[name].of(organization) == pytest.approx(0.125)


def test_people_are_interrelated_who_know_each_other_now():
    """Of 12 ordered pairs two count: one faded below .05 does not, nor one that never was above."""
    organization = four_people()
    organization.period = 100
    organization.contact[:] = -1
    for i, j, familiarity, met in (
        (0, 1, 0.5, 100),
        (1, 0, 0.11, 60),  # half of it is left after 40 weeks
        (2, 3, 0.09, 60),
        (3, 2, 0.049, 100),
    ):
        organization.contact[i, j] = j
        organization.familiarity[i, j] = familiarity
        organization.last_met[i, j] = met
    organization.familiarity[0, 3] = 1.0  # left behind by nobody
    assert MEASURES["interrelation"].of(organization) == pytest.approx(2 / 12)


def test_every_stock_is_counted_by_hand_here():
    assert {*BELIEFS_BY_HAND, *STATES, "interrelation", "periods_run"} == STOCKS


@given(st.integers(1, 7), st.integers(1, 4), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_one_pass_counts_what_numpy_counts(people, blocks, complexity, seed):
    random = np.random.default_rng(seed)
    dimensions = blocks * complexity
    beliefs = random.integers(-1, 2, (people, dimensions)).astype(np.int8)
    articulated = random.random((people, dimensions)) < 0.5
    reality = random.choice([-1, 1], dimensions).astype(np.int8)
    codifiable, fast = random.random(dimensions) < 0.5, random.random(people) < 0.5
    codifiable[0] = True  # else the code is about nothing
    code = (random.integers(-1, 2, dimensions) * codifiable).astype(np.int8)
    result = np.empty(len(NAMES))
    world = Surroundings(
        reality, complexity, np.empty((dimensions, 0), np.int32), np.empty((dimensions, 0))
    )
    count_beliefs(beliefs, articulated, code, codifiable, fast, world, np.empty(0), 8.0, result)
    right = beliefs == reality
    wrong = beliefs == -reality
    known = right.mean(axis=1)
    opposite = [
        np.mean((beliefs[i] == -beliefs[j]) & (beliefs[i] != 0))
        for i in range(people)
        for j in range(people)
        if i != j
    ]
    pairs = [(i, j) for i in range(people) for j in range(people) if i != j]
    unlike = [np.mean(beliefs[i] != beliefs[j]) for i, j in pairs]
    blocks_known = right.reshape(people, blocks, complexity).all(axis=2).mean(axis=1)
    expected = {
        "best_payoff": blocks_known.max(),
        "codifiable_knowledge": right[:, codifiable].mean() if codifiable.any() else np.nan,
        "uncodifiable_knowledge": np.nan if codifiable.all() else right[:, ~codifiable].mean(),
        "slow_knowledge": np.nan if fast.all() else right[~fast].mean(),
        "fast_knowledge": right[fast].mean() if fast.any() else np.nan,
        "dissimilarity": np.mean(unlike) if unlike else 0.0,
        "distinct_sets": len(np.unique(beliefs, axis=0)),
        "mean_knowledge": known.mean(),
        "best_knowledge": known.max(),
        "knowledge_spread": known.std(),
        "mean_score": right.mean() - wrong.mean(),
        "mean_payoff": blocks_known.mean(),
        "explicit_stock": (right & articulated).mean(),
        "tacit_stock": (right & ~articulated).mean(),
        "diversity": np.mean(opposite) if opposite else 0.0,
        "code_knowledge": ((code == reality) & codifiable).sum() / codifiable.sum(),
        "code_score": (code * reality * codifiable).sum() / codifiable.sum(),
    }
    # The variance is a difference of rounded squares: its root is right to some 1e-8.
    np.testing.assert_allclose(result, [expected[name] for name in NAMES], atol=1e-7)


# Flows

COUNTS = {
    "requests_arrived": 600,
    "requests_refused": 60,
    "closed_right": 390,
    "closed_wrong": 130,
    "response_weeks": 260,
    "failures_noticed": 80,
    "failures_worked_around": 20,
    "reactions_punishing": 15,
    "socialization_flow": 10,
    "externalization_flow": 20,
    "combination_flow": 30,
    "internalization_flow": 40,
    "beliefs_forgotten": 50,
    "trials_planned": 100,
    "trials_studied": 80,
    "trials_reported_better": 40,
    "trials_better_in_truth": 30,
    "proposals_submitted": 20,
    "changes_adopted": 10,
    "changes_right": 8,
    "approval_weeks": 45,
    "rules_changed": 13,
    "people_left": 5,
}
HOURS = {
    **{"line": 10, "approval": 20, "officer": 30},  # 60 of obligations
    **{"rules": 40, "team": 50, "cell": 60, "joint": 70, "community": 80, "trial": 90},  # 390
    **{"work": 5200, "failure": 260, "idle": 490},
}
#: Ten people for half a year are 260 person-weeks, or five person-years.
FLOWS_BY_HAND = {
    "output": 390 / 260,
    "quality": 390 / 520,
    "response_time": 260 / 520,
    "cost_per_case": (60 + 390 + 5460) / 520,
    "net_value": (390 - 2 * 130 - 3 * 60 - 4 * 5) / 260,
    "refused": 60 / 600,
    "workaround_share": 20 / 80,
    "socialization_flow": 10 / 5,
    "externalization_flow": 20 / 5,
    "combination_flow": 30 / 5,
    "internalization_flow": 40 / 5,
    "forgetting": 50 / 5,
    "turnover": 5 / 5,
    "punishments": 15 / 5,
    "trials_planned": 100 / 5,
    "trials_studied": 80 / 5,
    "trials_reported_better": 40 / 80,
    "trials_truly_better": 30 / 40,
    "act_share": 20 / 40,
    "changes_adopted": 100 * 10 / 5,
    "change_quality": 8 / 10,
    "approval_time": 45 / 10,
    "rules_changed": 13 / 0.5,
    "learning_time": 390 / 260,
    "overhead_time": 60 / 260,
    "work_time": 5460 / 260,
    "idle_time": 490 / 260,
}
WORTH = SimpleNamespace(right=1.0, wrong=2.0, refused=3.0, leaver=4.0)


def half_a_year(counts, hours):
    tally = np.array([counts.get(name, 0) for name in TALLIES], dtype=float)
    spent = np.array([hours.get(name, 0) for name in ACTIVITIES], dtype=float)
    return Counted(tally, spent, people=10, weeks=26, value=WORTH)


@pytest.mark.parametrize("name", FLOWS_BY_HAND)
def test_a_flow_by_hand(name):
    assert MEASURES[name].flow(half_a_year(COUNTS, HOURS)) == pytest.approx(FLOWS_BY_HAND[name])


def test_every_flow_is_reckoned_by_hand_here():
    assert set(FLOWS_BY_HAND) == FLOWS
    assert set(HOURS) == set(ACTIVITIES) and set(COUNTS) <= set(TALLIES)


def test_a_share_of_nothing_is_no_number_and_a_rate_of_nothing_is_zero():
    """A share of failures means nothing where none was noticed; an error would be worse."""
    values = {name: MEASURES[name].flow(half_a_year({}, {})) for name in FLOWS}
    shares = {name for name, value in values.items() if np.isnan(value)}
    assert {"quality", "response_time", "workaround_share", "act_share"} <= shares
    assert all(value == 0.0 for name, value in values.items() if name not in shares)
    assert {"output", "turnover", "learning_time"}.isdisjoint(shares)


def test_a_tally_nobody_keeps_is_an_error():
    with pytest.raises(AttributeError, match="requests_lost"):
        _ = half_a_year({}, {}).requests_lost


def test_a_flow_now_is_that_of_the_week_that_has_just_ended():
    organization = weeks(lively(), 5)
    right = organization.tally[TALLIES.index("closed_right")]
    assert right > 0
    assert MEASURES["output"].of(organization) == right / organization.people
    learning = organization.hours[:, 3:9].sum(dtype=float) / organization.people
    assert MEASURES["learning_time"].of(organization) == pytest.approx(learning)


# All measures


def test_measures_change_nothing():
    organization = weeks(lively(), 8)
    before, period = snapshot(organization), organization.period
    for measure in MEASURES.values():
        measure.of(organization)
    assert changed(before, organization) == set() and organization.period == period
    # Nor what comes after: a week later all is as it would have been.
    other = weeks(lively(), 9)
    assert changed(other.arrays(), weeks(organization, 1)) == set()


def lived_weeks():
    """Weeks of organizations with more and with fewer requests than people can handle."""
    for seed, load in enumerate((0.7, 1.5, 0.7)):
        organization = lively(
            seed,
            requests={"load": load, "queue_limit": 20},
            socialization={"share_fast": 0.3, "fast_rate": 0.5},
        )
        for _ in range(12):
            organization.step()
            yield organization


def test_measures_stay_within_their_ranges_and_show_something():
    seen = {name: set() for name in MEASURES}
    for organization in lived_weeks():
        for name, measure in MEASURES.items():
            value = measure.of(organization)
            if np.isnan(value):
                assert measure.flow is not None, name
                continue
            low = -np.inf if measure.low is None else measure.low
            high = np.inf if measure.high is None else measure.high
            assert low <= value <= high, name
            seen[name].add(value)
    assert {name for name, values in seen.items() if len(values) < 2} == set()


def test_the_hours_of_all_activities_make_the_week():
    organization = weeks(lively(), 6)
    names = ("learning_time", "overhead_time", "work_time", "idle_time")
    total = sum(MEASURES[name].of(organization) for name in names)
    assert total == pytest.approx(40.0, rel=1e-4)


def test_tacit_and_explicit_knowledge_are_all_knowledge():
    organization = weeks(lively(), 6)
    parts = MEASURES["explicit_stock"].of(organization) + MEASURES["tacit_stock"].of(organization)
    assert parts == pytest.approx(MEASURES["mean_knowledge"].of(organization))


def test_somebody_who_gets_to_know_a_colleague_is_counted():
    organization = lively(interpersonal={"hours": 2.0})
    before = MEASURES["interrelation"].of(organization)
    organization.step()
    assert MEASURES["interrelation"].of(organization) > before


def test_the_turn_of_the_world_lowers_what_people_know_and_nothing_they_believe():
    organization = quiet(environment={"turbulence": 1.0})
    organization.beliefs[:] = organization.reality
    apply(organization, "environment")
    assert MEASURES["mean_knowledge"].of(organization) == 0.0
    assert MEASURES["mean_score"].of(organization) == -1.0
    assert MEASURES["diversity"].of(organization) == 0.0


@pytest.mark.parametrize("name", MEASURES)
def test_each_measure_says_what_it_is(name):
    measure = MEASURES[name]
    assert measure.name == name
    assert measure.label and measure.unit and measure.doc.endswith(".")
    assert measure.better in (-1, 0, 1)
    assert (measure.stock is None) != (measure.flow is None)


def test_the_measures_spoken_of_first_are_among_those_shown_and_all_exist():
    assert len({measure.label for measure in MEASURES.values()}) == len(MEASURES)
    assert set(MAIN_MEASURES) <= set(SHORT_LIST) <= set(MEASURES)
    assert len(set(SHORT_LIST)) == len(SHORT_LIST)

"""Measures: counted by hand, within their ranges, and without a trace on what they measure."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from organizations import LIVELY, apply, changed, lively, quiet, snapshot, weeks

from sim.census import (
    LINKED,
    NAMES,
    OUTCOMES,
    SOURCES,
    TIES,
    TRAITS,
    count_beliefs,
    mean_distance,
    ranked,
    ties_census,
    types_census,
)
from sim.environments.payoff import Surroundings
from sim.measures import MAIN_MEASURES, MEASURES, SHORT_LIST, Counted
from sim.measures.advice import ADVICE
from sim.measures.community_stages import COMMUNITY_STAGES
from sim.measures.groups import GROUPS
from sim.measures.influence import INFLUENCE
from sim.measures.leadership import LEADERSHIP
from sim.measures.participation import PARTICIPATION
from sim.measures.people import PEOPLE
from sim.measures.platform import PLATFORM
from sim.measures.programme import PROGRAMME
from sim.measures.spanning import SPANNING
from sim.measures.training import TRAINING
from sim.measures.tree import TREE
from sim.measures.types import TYPES
from sim.measures.watching import WATCHING
from sim.models.measuring import TOGETHER
from sim.models.run import run
from sim.organization import Organization
from sim.scenario.settings import Settings
from sim.tallies import ACTIVITIES, LEARNING, TALLIES

#: Measures of one mechanism or two stand beside its rules, and their tests do, too.
ELSEWHERE = {
    m.name
    for m in (
        *(*GROUPS, *TREE, *ADVICE, *PARTICIPATION, *LEADERSHIP),
        *(*PLATFORM, *SPANNING, *PROGRAMME, *TRAINING, *WATCHING, *INFLUENCE),
        *COMMUNITY_STAGES,
    )
}
STOCKS = {name for name, measure in MEASURES.items() if measure.stock is not None} - ELSEWHERE
FLOWS = set(MEASURES) - STOCKS - ELSEWHERE


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


def cells_of_two_and_one():
    """Five people who have met one another as ``FAMILIAR_BY_HAND`` says, in three cells."""
    organization = quiet(
        people=5, dimensions=6, cells={"hours": 1.0, "size": 2}, communities={"count": 1}
    )
    organization.period = 100
    organization.contact[:] = -1
    organization.cells = 3
    organization.cell[:] = [0, 0, 1, 1, 2]
    organization.cell_member[:] = np.arange(5)
    organization.cell_start[:] = 5
    organization.cell_start[:3] = [0, 2, 4]
    for (i, j), (familiarity, met) in FAMILIAR_BY_HAND.items():
        organization.contact[i, j] = j
        organization.familiarity[i, j] = familiarity
        organization.last_met[i, j] = met
    organization.familiarity[4, 0] = 1.0  # left behind by nobody
    return organization


#: Familiarity as of the week of the last meeting; half of it is left after 40 weeks.
FAMILIAR_BY_HAND = {
    (0, 1): (0.5, 100),
    (1, 0): (0.5, 60),
    (2, 3): (0.04, 100),
    (1, 2): (0.196, 20),  # a quarter of it is left: 0.049
    (3, 1): (0.4, 60),
    (4, 3): (0.1, 20),
    (3, 4): (0.0, 90),  # whoever sat there has left
}
TIES_BY_HAND = {
    "interrelation": 3 / 20,
    "met_pairs": 6 / 20,
    "familiarity_within_cells": (0.5 + 0.25 + 0.04) / 4,
    "familiarity_across_cells": (0.049 + 0.2 + 0.025) / 16,
    # The second cell knows the first: one of four pairs. To the third no way leads: three steps.
    "cell_distance": (1 + 3 + 3) / 3,
}


@pytest.mark.parametrize("name", TIES_BY_HAND)
def test_ties_counted_by_hand(name):
    organization = cells_of_two_and_one()
    assert MEASURES[name].of(organization) == pytest.approx(TIES_BY_HAND[name], abs=1e-7)


def test_where_no_cells_meet_nothing_is_said_of_them():
    organization = cells_of_two_and_one()
    organization.parameters["cells"] = organization.parameters["cells"].model_copy(
        update={"hours": 0.0}
    )
    ties = ties_census(organization)
    assert ties["interrelation"] == pytest.approx(TIES_BY_HAND["interrelation"])
    assert np.isnan([ties[name] for name in TIES[2:]]).all()


def test_a_single_cell_has_no_distance_and_nobody_beyond_it():
    ties = ties_census(weeks(lively(cells={"size": 40}, communities={"count": 1}), 2))
    assert np.isnan(ties["cell_distance"]) and np.isnan(ties["familiarity_across_cells"])
    assert ties["familiarity_within_cells"] > 0.0


def ties_by_loops(organization):
    """The same as ``ties_census`` over a table of everybody with everybody."""
    people, cells = organization.people, organization.cells
    now, met = np.zeros((people, people)), np.zeros((people, people), dtype=bool)
    for i, k in np.argwhere(organization.contact != -1):
        apart = organization.period - organization.last_met[i, k]
        j = organization.contact[i, k]
        now[i, j] = organization.familiarity[i, k] * 0.5 ** (apart / 40.0)
        met[i, j] = organization.familiarity[i, k] > 0.0
    other = ~np.eye(people, dtype=bool)
    same = (organization.cell[:, None] == organization.cell) & other
    near = np.zeros((cells, cells), dtype=bool)
    for a in range(cells):
        for b in range(cells):
            pairs = np.ix_(organization.cell == a, organization.cell == b)
            near[a, b] = (now[pairs] > 0.05).mean() >= LINKED
    near |= near.T
    distance = np.where(near, 1.0, cells)
    np.fill_diagonal(distance, 0.0)
    for c in range(cells):  # Floyd and Warshall
        distance = np.minimum(distance, distance[:, [c]] + distance[c])
    apart = ~np.eye(cells, dtype=bool)
    return [
        (now > 0.05)[other].mean(),
        met[other].mean(),
        now[same].mean(),
        now[other & ~same].mean(),
        distance[apart].mean(),
    ]


@pytest.mark.parametrize("people", [30, 151, 400])  # above 150 not everybody has a place in a list
def test_one_pass_over_contacts_counts_what_a_table_of_pairs_shows(people):
    settings = {
        "people": people,
        "cells": {"size": 5, "hours": 1.0},
        "start": {"contacts": min(12, people - 1), "homes": 3},
        "reshuffle": {"every": 2},
    }
    organization = weeks(lively(**settings), 7)
    expected = ties_by_loops(organization)
    found = [ties_census(organization)[name] for name in TIES]
    if organization.cells > SOURCES:  # then the distance is that of a part of the cells
        assert found[-1] == pytest.approx(expected[-1], rel=0.2)
        found, expected = found[:-1], expected[:-1]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@given(st.integers(2, 90), st.integers(0, 200), st.integers(0, 2**32 - 1))
def test_distances_between_cells_are_shortest_ways(cells, links, seed):
    from scipy.sparse.csgraph import shortest_path

    drawn = np.random.default_rng(seed).integers(0, cells, (links, 2)).astype(np.int32)
    graph = np.zeros((cells, cells))
    graph[drawn[:, 0], drawn[:, 1]] = 1.0
    ways = shortest_path(graph, directed=False, unweighted=True)
    ways[np.isinf(ways)] = cells
    from_ = np.arange(min(cells, SOURCES)) * cells // min(cells, SOURCES)
    expected = ways[from_].sum() / (len(from_) * (cells - 1))
    assert mean_distance(drawn, cells) == pytest.approx(expected)


def test_reshuffling_cells_brings_them_nearer_to_each_other():
    """Ten seeds, all in the same direction: by luck alone in one of a thousand."""
    still, mixed = [], []
    for seed in range(10):
        for every, seen in ((0, still), (2, mixed)):
            organization = lively(
                seed,
                people=60,
                events=[],
                start={"contacts": 0},
                interpersonal={"hours": 0.0, "joint_hours": 0.0},
                communities={"hours": 0.0},
                officers={"hours": 0.0},
                structure={"line_hours": 0.0},
                reshuffle={"every": every, "share": 1.0, "churn": 0.0},
                workforce={"turnover": 0.0},
                without=["advice", "joining", "spanning"],
            )
            seen.append(ties_census(weeks(organization, 20)))
    for one, other in zip(still, mixed, strict=True):
        assert other["cell_distance"] < one["cell_distance"]
        assert other["met_pairs"] > one["met_pairs"]
        assert other["familiarity_across_cells"] > one["familiarity_across_cells"]
        assert other["familiarity_within_cells"] < one["familiarity_within_cells"]


# Types


def test_gaps_between_types_counted_by_hand():
    """Three above the median of sociability, one of whom stands at that of the learning rate."""
    organization = quiet(people=6, dimensions=3)
    organization.reality[:] = 1
    organization.beliefs[:] = -1
    for seat, right in enumerate([3, 3, 0, 0, 1, 2]):
        organization.beliefs[seat, :right] = 1
    organization.sociability[:] = [0.9, 0.8, 0.7, 0.1, 0.2, 0.3]
    organization.learning_rate[:] = [0.5, 0.6, 0.1, 0.2, 0.5, 0.5]
    organization.dominance[:] = 0.5
    organization.belonging[:] = [1, 1, 1, 0, 0.5, 0.25]
    types = types_census(organization)
    assert types["knowledge_by_sociability"] == pytest.approx((6 - 3) / 9)
    assert types["belonging_by_sociability"] == pytest.approx(1 - 0.25)
    # Learning rates .1, .2, .5, .5, .5, .6: the median counts below, so one stands against five.
    assert types["knowledge_by_learning_rate"] == pytest.approx(3 / 3 - 6 / 15)
    assert np.isnan([types[f"{outcome}_by_dominance"] for outcome in OUTCOMES]).all()


@given(st.integers(1, 40), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_types_are_halves_above_and_below_the_median(people, values, seed):
    random = np.random.default_rng(seed)
    organization = quiet(people=people, dimensions=4, environment={"complexity": 1})
    organization.beliefs[:] = random.integers(-1, 2, organization.beliefs.shape)
    organization.self_efficacy[:] = random.random(people)
    for trait in TRAITS:
        getattr(organization, trait)[:] = random.integers(0, values, people) / values
    found = types_census(organization)
    outcome = {
        "knowledge": (organization.beliefs == organization.reality).mean(axis=1),
        "self_efficacy": organization.self_efficacy.astype(float),
        "belonging": organization.belonging.astype(float),
    }
    for trait in TRAITS:
        value = getattr(organization, trait)
        high = value > np.sort(value)[(people - 1) // 2]
        for name in OUTCOMES:
            gap = found[f"{name}_by_{trait}"]
            if not high.any():
                assert np.isnan(gap)
                continue
            upper, lower = outcome[name][high].mean(), outcome[name][~high].mean()
            assert gap == pytest.approx(upper - lower, abs=1e-12)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.data())
def test_the_value_of_a_rank_is_that_of_the_sorted_list(values, data):
    rank = data.draw(st.integers(0, len(values) - 1))
    assert ranked(np.array(values, dtype=np.float32), rank) == sorted(values)[rank]


def test_what_a_run_counts_at_once_is_what_each_measure_says_alone():
    organization = weeks(lively(), 6)
    for names, count in TOGETHER:
        counted = count(organization)
        assert names <= set(counted) and names <= set(MEASURES)
        for name in names:
            np.testing.assert_equal(MEASURES[name].of(organization), counted[name])


def test_what_is_looked_at_seldom_is_seen_in_the_first_and_last_week_and_repeated_between():
    """``coreness_of_others`` every fourth week; ``interrelation`` every week."""
    settings = Settings.model_validate({**LIVELY, "periods": 7})
    done = run(settings, 1)
    organization = Organization(settings, 1)
    columns = {name: list(MEASURES).index(name) for name in ("coreness_of_others", "interrelation")}
    last_seen = 0.0
    for week in range(7):
        organization.step()
        now = {name: MEASURES[name].of(organization) for name in columns}
        if week in (0, 4, 6):
            last_seen = now["coreness_of_others"]
        assert done.series[week, columns["coreness_of_others"]] == last_seen
        assert done.series[week, columns["interrelation"]] == now["interrelation"]
    assert done.finals["coreness_of_others"] == last_seen


def test_every_stock_is_counted_by_hand_here():
    types = {measure.name for measure in TYPES}
    assert {*BELIEFS_BY_HAND, *STATES, *TIES_BY_HAND, *types, "periods_run"} == STOCKS
    assert {measure.name for measure in PEOPLE} >= set(TIES)


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
    **{"rules": 40, "team": 50, "cell": 60, "joint": 70, "community": 80, "trial": 50},  # 350
    **{"coaching": 10, "platform": 10, "dialogue": 10, "programme": 10},  # 40
    **{"lecture": 15, "visit": 5},  # 20 more of learning
    **{"work": 5200, "failure": 260, "advice": 40, "idle": 430},
}
#: Ten people for half a year are 260 person-weeks, or five person-years.
FLOWS_BY_HAND = {
    "output": 390 / 260,
    "quality": 390 / 520,
    "response_time": 260 / 520,
    "cost_per_case": (60 + 410 + 5500) / 520,
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
    "learning_time": 410 / 260,
    "overhead_time": 60 / 260,
    "work_time": 5460 / 260,
    "idle_time": 430 / 260,
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
    flows = {name for name, measure in MEASURES.items() if measure.flow is not None}
    values = {name: MEASURES[name].flow(half_a_year({}, {})) for name in flows}
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
    learning = organization.hours[:, LEARNING].sum(dtype=float) / organization.people
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
            socialization={"share_fast": 0.5, "fast_rate": 0.8},
            start={"learning_rate": 0.9, "learning_spread": 0.1},
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
                assert measure.flow is not None or name in ELSEWHERE, name
                continue
            low = -np.inf if measure.low is None else measure.low
            high = np.inf if measure.high is None else measure.high
            assert low <= value <= high, name
            seen[name].add(value)
    assert {name for name, values in seen.items() if len(values) < 2} <= ELSEWHERE


def test_the_hours_of_all_activities_make_the_week():
    organization = weeks(lively(), 6)
    names = ("learning_time", "overhead_time", "work_time", "advice_time", "idle_time")
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

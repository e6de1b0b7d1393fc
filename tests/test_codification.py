"""The code learns: from whom, from what of theirs, and how surely."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from organizations import quiet
from scipy.stats import binom, chi2

from sim.mechanisms.codification import (
    Codification,
    CodificationParameters,
    act,
    count_votes,
    outperform_in_record,
    outperform_in_truth,
    performance,
    restart_records,
    revise_code,
)
from sim.organization import Organization
from sim.randomness import decision_number, key
from sim.tallies import RULES_CHANGED

KEY = np.uint64(77)
PEOPLE, DIMENSIONS = 5, 6

opinions = st.sampled_from([-1, 0, 1])
belief_rows = arrays(np.int8, (PEOPLE, DIMENSIONS), elements=opinions)
codes = arrays(np.int8, DIMENSIONS, elements=opinions)
realities = arrays(np.int8, DIMENSIONS, elements=st.sampled_from([-1, 1]))
keys = st.integers(0, 2**64 - 1).map(np.uint64)
vote_rows = arrays(np.int32, DIMENSIONS, elements=st.integers(-PEOPLE, PEOPLE))


def revised(code, votes, rate, key=KEY):
    closing = code.copy()
    changed = revise_code(closing, code, np.asarray(votes, np.int32), rate, key)
    return closing, changed


def actions_of(beliefs, person=None, key=KEY):
    person = np.arange(len(beliefs), dtype=np.uint64) if person is None else person
    actions = np.empty_like(beliefs)
    act(np.arange(len(beliefs)), beliefs, person, key, actions)
    return actions


# Actions


@given(belief_rows, keys)
def test_people_act_as_they_believe_and_always_act(beliefs, key):
    actions = actions_of(beliefs, key=key)
    assert np.array_equal(actions[beliefs != 0], beliefs[beliefs != 0])
    assert np.all(np.abs(actions) == 1)


def test_without_an_opinion_people_act_by_independent_fair_coins():
    """Bounds of level 1e-6; 130 dimensions, so that coins of three words meet."""
    people, dimensions = 2000, 130
    heads = actions_of(np.zeros((people, dimensions), np.int8)) > 0
    low, high = binom.interval(1 - 1e-6, heads.size, 0.5)
    assert low <= np.count_nonzero(heads) <= high
    # Each person's and each dimension's share of heads, against the spread of fair coins.
    for axis, size in ((0, people), (1, dimensions)):
        shares = heads.sum(axis=axis)
        statistic = np.sum((shares - size / 2) ** 2) / (size / 4)
        low, high = chi2.interval(1 - 1e-6, len(shares))
        assert low <= statistic <= high
    # Neighbouring coins, also across words: agreements are fair coins again.
    agreements = np.count_nonzero(heads[:, 1:] == heads[:, :-1])
    low, high = binom.interval(1 - 1e-6, people * (dimensions - 1), 0.5)
    assert low <= agreements <= high


def test_coins_are_tossed_anew_each_period_and_for_each_newcomer():
    beliefs = np.zeros((40, 30), np.int8)
    person = np.arange(40, dtype=np.uint64)
    decision = decision_number("codification actions")
    first, second = (
        actions_of(beliefs, person, np.uint64(key(np.uint64(1), decision, np.uint64(period))))
        for period in (0, 1)
    )
    assert not np.array_equal(first, second)
    person[7] += np.uint64(1 << 32)
    after = actions_of(beliefs, person, np.uint64(key(np.uint64(1), decision, np.uint64(0))))
    assert not np.array_equal(after[7], first[7])
    assert np.array_equal(np.delete(after, 7, axis=0), np.delete(first, 7, axis=0))


# Who is superior


@given(belief_rows, realities)
def test_performance_counts_what_is_right_and_as_score_also_what_is_wrong(beliefs, reality):
    for row in beliefs:
        right, wrong = np.count_nonzero(row == reality), np.count_nonzero(row == -reality)
        assert performance(row, reality, False) == right
        assert performance(row, reality, True) == right - wrong


@pytest.mark.parametrize("by_score", [True, False])
@given(views=belief_rows, code=codes, reality=realities)
def test_only_those_strictly_better_than_the_code_are_superior(by_score, views, code, reality):
    superior = np.empty((PEOPLE, 1), bool)
    outperform_in_truth(np.arange(len(views)), views, code, reality, by_score, superior)
    for row, is_superior in zip(views, superior[:, 0], strict=True):
        better = performance(row, reality, by_score) > performance(code, reality, by_score)
        assert is_superior == better


def test_an_empty_code_is_outdone_by_anyone_right_once_but_not_by_their_score():
    reality = np.ones(3, np.int8)
    views = np.array([[1, -1, -1], [1, 1, -1]], np.int8)
    superior = np.empty((2, 1), bool)
    outperform_in_truth(
        np.arange(len(views)), views, np.zeros(3, np.int8), reality, False, superior
    )
    assert superior[:, 0].tolist() == [True, True]
    outperform_in_truth(np.arange(len(views)), views, np.zeros(3, np.int8), reality, True, superior)
    assert superior[:, 0].tolist() == [False, True]


def test_a_record_must_beat_the_code_s_on_that_kind_of_request():
    """By hand: the mean is 10 of 20, so each estimate is (successes + 1) / (cases + 2)."""
    success = np.array([[4, 0], [1, 2], [0, 3]], np.float32)
    cases = np.array([[8, 0], [1, 4], [3, 4]], np.float32)
    code_success, code_cases = np.array([5, 1], np.float32), np.array([8, 4], np.float32)
    superior = np.empty((3, 2), bool)
    outperform_in_record(success, cases, code_success, code_cases, np.empty(2), superior)
    # First kind: .5, .667 and .2 against the code's .6; second: .5, .5 and .667 against .333.
    assert superior.tolist() == [[False, True], [True, True], [False, True]]


def test_without_any_case_nobody_is_superior():
    nothing = np.zeros((4, 2), np.float32)
    superior = np.ones((4, 2), bool)
    outperform_in_record(
        *(nothing, nothing, np.zeros(2, np.float32), np.zeros(2, np.float32)),
        *(np.empty(2), superior),
    )
    assert not superior.any()


# The vote


def test_only_superiors_vote_and_only_on_their_kind_of_request():
    views = np.array([[1, 1, -1, -1], [1, -1, 0, 1], [-1, -1, 1, 1]], np.int8)
    superior = np.array([[True, False], [True, True], [False, True]])
    votes = np.empty(4, np.int32)
    count_votes(np.arange(len(views)), views, superior, 2, votes)
    assert votes.tolist() == [2, 0, 1, 2]


@given(belief_rows, arrays(np.bool_, (PEOPLE, 1)))
def test_votes_add_up_over_superiors(views, superior):
    votes = np.full(DIMENSIONS, 9, np.int32)
    count_votes(np.arange(len(views)), views, superior, DIMENSIONS, votes)
    assert np.array_equal(votes, views[superior[:, 0]].sum(axis=0))


# The code moves


@given(codes, vote_rows, keys)
def test_a_code_that_learns_surely_takes_every_majority(code, votes, key):
    closing, changed = revised(code, votes, 1.0, key)
    assert np.array_equal(closing, np.where(votes != 0, np.sign(votes), code))
    assert changed == np.count_nonzero(closing != code)


@given(codes, vote_rows, st.floats(0, 1), keys)
def test_the_code_only_moves_to_the_majority_and_never_to_no_opinion(code, votes, rate, key):
    closing, changed = revised(code, votes, rate, key)
    moved = closing != code
    assert np.array_equal(closing[moved], np.sign(votes)[moved])
    assert np.all(closing[moved] != 0)
    assert changed == np.count_nonzero(moved)


@given(codes, vote_rows, keys)
def test_a_code_that_never_learns_stays(code, votes, key):
    closing, changed = revised(code, votes, 0.0, key)
    assert np.array_equal(closing, code)
    assert changed == 0


@pytest.mark.parametrize(("margin", "rate"), [(1, 0.1), (3, 0.3), (-3, 0.3), (8, 0.1)])
def test_a_margin_of_k_moves_the_code_with_probability_1_minus_stays_to_the_k(margin, rate):
    """Exact binomial bounds of level 1e-6 over 20,000 dimensions."""
    dimensions = 20_000
    code = np.full(dimensions, -np.sign(margin), np.int8)
    _, changed = revised(code, np.full(dimensions, margin), rate)
    low, high = binom.interval(1 - 1e-6, dimensions, 1 - (1 - rate) ** abs(margin))
    assert low <= changed <= high


def test_a_rule_another_mechanism_just_wrote_stands_unless_the_majority_moves_it():
    opening = np.array([1, 1], np.int8)
    code = np.array([-1, -1], np.int8)
    revise_code(code, opening, np.array([5, -5], np.int32), 1.0, KEY)
    assert code.tolist() == [-1, -1]


def test_the_record_of_a_changed_rule_starts_again():
    before = np.array([1, 1, 1, -1, 0, 0], np.int8)
    code = np.array([1, 1, 1, 1, 0, 0], np.int8)
    success, cases = np.array([3, 4, 5], np.float32), np.array([6, 7, 8], np.float32)
    restart_records(code, before, 2, success, cases)
    assert success.tolist() == [3, 0, 5]
    assert cases.tolist() == [6, 0, 8]


# The mechanism


def organization_of_two() -> Organization:
    """Two people, two kinds of requests; the first person is better at both than the code."""
    one = {"environment": {"complexity": 2}, "communities": {"count": 1}, "start": {"homes": 1}}
    organization = quiet(people=2, dimensions=4, **one)
    organization.reality[:] = 1
    organization.codifiable[:] = True
    organization.beliefs[:] = [[1, 1, 1, 1], [-1, -1, -1, -1]]
    organization.articulated[:] = [[True, True, False, True], [True, True, True, True]]
    organization.code[:] = [-1, 0, -1, 0]
    organization.record_success[:] = [[9, 9], [1, 1]]
    organization.record_cases[:] = 10
    organization.code_success[:] = 2
    organization.code_cases[:] = 10
    organization.open_period()
    return organization


def test_tacit_knowledge_cannot_be_codified():
    organization = organization_of_two()
    Codification(CodificationParameters(rate=1.0)).apply(organization)
    assert organization.code.tolist() == [1, 1, -1, 1]
    assert organization.tally[RULES_CHANGED] == 3
    assert organization.code_cases.tolist() == [0, 0]


@pytest.mark.parametrize("judge", ["record", "truth"])
def test_march_s_code_learns_from_all_that_superiors_believe(judge):
    organization = organization_of_two()
    Codification(CodificationParameters(rate=1.0, judge=judge, codifies="all")).apply(organization)
    assert organization.code.tolist() == [1, 1, 1, 1]
    assert organization.tally[RULES_CHANGED] == 4


def test_the_record_of_a_rule_that_another_mechanism_changed_is_left_to_that_mechanism():
    organization = organization_of_two()
    organization.code[2] = 1
    Codification(CodificationParameters(rate=0.0)).apply(organization)
    assert organization.code_cases.tolist() == [10, 10]


def test_no_rule_is_written_where_none_can_be():
    organization = organization_of_two()
    organization.codifiable[1] = False
    Codification(CodificationParameters(rate=1.0, codifies="all")).apply(organization)
    assert organization.code.tolist() == [1, 0, 1, 1]


def test_the_code_does_not_learn_where_its_own_record_is_better():
    organization = organization_of_two()
    organization.code_success[1] = 10
    Codification(CodificationParameters(rate=1.0, codifies="all")).apply(organization)
    assert organization.code.tolist() == [1, 1, -1, 0]
    assert organization.code_success.tolist() == [0, 10]


def test_each_parameter_says_what_it_is():
    for field in CodificationParameters.model_fields.values():
        assert field.description
        assert field.json_schema_extra["unit"]
        assert field.json_schema_extra["source"]

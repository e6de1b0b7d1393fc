"""People learn from the code: who adopts what, and what they can then put into words."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
from hypothesis import given
from hypothesis.extra.numpy import arrays
from scipy.stats import binom

from sim.mechanisms.socialization import SocializationParameters, adopt_code
from sim.randomness import decision_number, key

KEY = np.uint64(2024)
PEOPLE, DIMENSIONS = 5, 7

opinions = st.sampled_from([-1, 0, 1])
belief_rows = arrays(np.int8, (PEOPLE, DIMENSIONS), elements=opinions)
codes = arrays(np.int8, DIMENSIONS, elements=opinions)
spoken_rows = arrays(np.bool_, (PEOPLE, DIMENSIONS))
keys = st.integers(0, 2**64 - 1).map(np.uint64)
rates = arrays(np.float64, PEOPLE, elements=st.floats(0, 1))


def adopt(beliefs, spoken, code, rate, stepwise=False, person=None, key=KEY, seats=None):
    """Beliefs and what is articulated after one period, and the number adopted."""
    beliefs, spoken = beliefs.copy(), spoken.copy()
    people = beliefs.shape[0]
    person = np.arange(people, dtype=np.uint64) if person is None else person
    rate = np.broadcast_to(np.asarray(rate, float), people).copy()
    seats = np.arange(people) if seats is None else np.array(seats)
    author, influence = np.full(len(code), -1, np.int32), np.zeros(people, np.float32)
    differing = np.empty(len(code), np.int64)
    adopted = adopt_code(
        *(seats, beliefs, spoken, code, rate, stepwise, person, key),
        *(author, influence, differing),
    )
    return beliefs, spoken, adopted


def example():
    beliefs = np.array([[-1, 0, 1, 1], [1, 1, 1, 0]], np.int8)
    spoken = np.array([[True, False, True, True], [False] * 4])
    return beliefs, spoken


def test_a_silent_code_teaches_nothing():
    beliefs, spoken = example()
    after, articulated, adopted = adopt(beliefs, spoken, np.zeros(4, np.int8), 1.0)
    assert np.array_equal(after, beliefs)
    assert np.array_equal(articulated, spoken)
    assert adopted == 0


def test_sure_learners_take_the_whole_code_at_once_and_can_explain_it():
    beliefs, spoken = example()
    after, articulated, adopted = adopt(beliefs, spoken, np.array([1, 1, 0, -1], np.int8), 1.0)
    assert after.tolist() == [[1, 1, 1, -1], [1, 1, 1, -1]]
    # The second person agreed on the first two dimensions before, tacitly; that stays tacit.
    assert articulated.tolist() == [[True, True, True, True], [False, False, False, True]]
    assert adopted == 4


def test_stepwise_learners_give_up_an_opposite_belief_before_they_take_the_code_s():
    beliefs, spoken = example()
    code = np.array([1, 1, 0, -1], np.int8)
    halfway, articulated, adopted = adopt(beliefs, spoken, code, 1.0, stepwise=True)
    assert halfway.tolist() == [[0, 1, 1, 0], [1, 1, 1, -1]]
    assert articulated.tolist() == [[False, True, True, False], [False, False, False, True]]
    assert adopted == 2
    after, _, adopted = adopt(halfway, articulated, code, 1.0, stepwise=True)
    assert after.tolist() == [[1, 1, 1, -1], [1, 1, 1, -1]]
    assert adopted == 2


@given(belief_rows, spoken_rows, codes, st.booleans(), keys)
def test_nobody_learns_at_rate_zero(beliefs, spoken, code, stepwise, key):
    after, articulated, adopted = adopt(beliefs, spoken, code, 0.0, stepwise, key=key)
    assert np.array_equal(after, beliefs)
    assert np.array_equal(articulated, spoken)
    assert adopted == 0


@given(belief_rows, spoken_rows, codes, rates, st.booleans(), keys)
def test_people_only_move_towards_the_code(beliefs, spoken, code, rate, stepwise, key):
    after, articulated, adopted = adopt(beliefs, spoken, code, rate, stepwise, key=key)
    moved = after != beliefs
    assert not np.any(moved[:, code == 0])
    assert np.all(np.abs(after - code)[moved] < np.abs(beliefs - code)[moved])
    taken = moved & (after != 0)
    assert np.all(after[taken] == np.broadcast_to(code, after.shape)[taken])
    assert np.all(articulated[taken])
    assert not np.any(articulated[moved & (after == 0)])
    assert np.array_equal(articulated[~moved], spoken[~moved])
    assert adopted == np.count_nonzero(taken)
    assert stepwise or adopted == np.count_nonzero(moved)


@given(belief_rows, spoken_rows, codes, rates, keys, st.permutations(range(PEOPLE)))
def test_the_order_of_people_does_not_matter(beliefs, spoken, code, rate, key, order):
    person = np.arange(PEOPLE, dtype=np.uint64)
    plain, _, _ = adopt(beliefs, spoken, code, rate, person=person, key=key)
    order = list(order)
    moved, _, _ = adopt(
        beliefs[order], spoken[order], code, rate[order], person=person[order], key=key
    )
    assert np.array_equal(moved, plain[order])


@given(belief_rows, spoken_rows, codes, keys, st.integers(0, PEOPLE - 1))
def test_a_newcomer_changes_nobody_else_s_luck(beliefs, spoken, code, key, seat):
    person = np.arange(PEOPLE, dtype=np.uint64)
    before, _, _ = adopt(beliefs, spoken, code, 0.5, person=person, key=key)
    person[seat] += np.uint64(1 << 32)
    after, _, _ = adopt(beliefs, spoken, code, 0.5, person=person, key=key)
    others = np.arange(PEOPLE) != seat
    assert np.array_equal(after[others], before[others])


def test_beliefs_are_adopted_independently_at_each_person_s_rate():
    """Counts lie within exact binomial bounds of two-sided level 1e-6, three rates tried."""
    people, dimensions = 300, 200
    beliefs = np.zeros((people, dimensions), np.int8)
    rate = np.repeat([0.05, 0.5, 0.9], people // 3)
    for period in range(3):
        decision = key(np.uint64(1), decision_number("socialization"), np.uint64(period))
        after, _, _ = adopt(
            beliefs, beliefs != 0, np.ones(dimensions, np.int8), rate, key=np.uint64(decision)
        )
        for value in (0.05, 0.5, 0.9):
            taken = np.count_nonzero(after[rate == value])
            low, high = binom.interval(1 - 1e-6, people // 3 * dimensions, value)
            assert low <= taken <= high


def test_only_those_who_take_part_learn():
    beliefs, spoken = example()
    after, _, adopted = adopt(beliefs, spoken, np.ones(4, np.int8), 1.0, seats=[1])
    assert after.tolist() == [[-1, 0, 1, 1], [1, 1, 1, 1]]
    assert adopted == 1


def test_each_parameter_says_what_it_is():
    for field in SocializationParameters.model_fields.values():
        assert field.description
        assert field.json_schema_extra["unit"]
        assert field.json_schema_extra["source"]

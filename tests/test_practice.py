"""Practice: used, it deepens and leaves know-how behind; unused, it fades and beliefs are lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from organizations import apply, quiet

from sim.measures import MEASURES
from sim.mechanisms.practice import use_or_lose
from sim.randomness import key
from sim.tallies import BELIEFS_FORGOTTEN, INTERNALIZATION_FLOW

PEOPLE, DIMENSIONS = 200, 300
CELLS = PEOPLE * DIMENSIONS
KEY = key(np.uint64(3), np.uint64(5), np.uint64(7))


def week(belief=1, code=1, practice=0.5, used=True, articulated=False, **rates):
    """A week of many people who are all alike; gives their arrays and the two counts."""
    shape = (PEOPLE, DIMENSIONS)
    arrays = {
        "beliefs": np.full(shape, belief, dtype=np.int8),
        "articulated": np.full(shape, articulated),
        "practice": np.full(shape, practice, dtype=np.float32),
    }
    rates = {"deepening": 0.0, "internalization": 0.0, "forgetting": 0.0, "fading": 0.0} | rates
    counts = use_or_lose(
        *arrays.values(),
        np.full(shape, used),
        np.full(DIMENSIONS, code, dtype=np.int8),
        *rates.values(),
        np.arange(PEOPLE, dtype=np.uint64),
        *(np.empty(DIMENSIONS), np.empty(DIMENSIONS, np.bool_)),
        KEY,
    )
    return arrays, counts


def within_four_errors(count, chance):
    """Four standard errors of a binomial count: a correct model fails in 1 of 16 000."""
    return abs(count - CELLS * chance) <= 4 * np.sqrt(CELLS * chance * (1 - chance))


def test_use_takes_away_a_share_of_what_is_missing():
    arrays, counts = week(practice=0.4, deepening=0.1)
    assert np.all(arrays["practice"] == np.float32(0.46))
    assert counts == (0, 0)


def test_a_year_of_use_and_a_year_without_by_hand():
    """After n weeks of use 1 - .9^n is there; after n weeks without, .988^n is left of it."""
    organization = quiet(practice={"deepening": 0.1, "fading": 0.012})
    organization.practice[:] = 0.0
    for n in range(1, 53):
        organization.used[:] = True
        apply(organization, "practice")
        assert organization.practice == pytest.approx(1 - 0.9**n, rel=1e-4)
    high = MEASURES["practice"].of(organization)
    organization.used[:] = False
    for _ in range(52):
        apply(organization, "practice")
    assert MEASURES["practice"].of(organization) == pytest.approx(high * 0.988**52, rel=1e-4)


@pytest.mark.parametrize(("practice", "chance"), [(0.0, 0.24), (0.5, 0.12), (0.75, 0.06)])
def test_unused_beliefs_are_lost_the_faster_the_less_they_were_practised(practice, chance):
    arrays, (internalized, forgotten) = week(used=False, practice=practice, forgetting=0.24)
    assert within_four_errors(forgotten, chance) and internalized == 0
    assert forgotten == np.sum(arrays["beliefs"] == 0)


def test_what_is_used_or_mastered_is_never_lost():
    for state in ({"used": True}, {"used": False, "practice": 1.0}):
        arrays, counts = week(forgetting=1.0, **state)
        assert np.all(arrays["beliefs"] == 1) and counts == (0, 0)


def test_words_are_lost_with_the_belief_and_a_trace_of_practice_is_left():
    arrays, _ = week(used=False, practice=0.5, articulated=True, forgetting=0.5, fading=0.1)
    lost = arrays["beliefs"] == 0
    assert lost.any() and not lost.all()
    assert np.array_equal(arrays["articulated"], ~lost)
    assert np.all(arrays["practice"] == np.float32(0.45))


def test_acting_by_the_code_leaves_its_belief_behind_and_no_words():
    arrays, (internalized, forgotten) = week(belief=0, code=-1, internalization=0.05)
    held = arrays["beliefs"] != 0
    assert within_four_errors(internalized, 0.05) and forgotten == 0
    assert internalized == held.sum() and np.all(arrays["beliefs"][held] == -1)
    assert not arrays["articulated"].any()


@pytest.mark.parametrize("state", [{"code": 0}, {"used": False}, {"belief": -1}])
def test_nothing_is_internalized_without_a_rule_or_use_or_over_an_opinion(state):
    given_state = {"belief": 0, "code": 1, "internalization": 1.0} | state
    arrays, counts = week(**given_state)
    assert counts == (0, 0)
    assert np.all(arrays["beliefs"] == given_state["belief"])


@pytest.mark.parametrize("formalization", [0.0, 0.5, 1.0])
def test_people_internalize_rules_as_often_as_they_act_by_them(formalization):
    """Rate .4 by formalization; 4 standard errors."""
    organization = quiet(
        people=200,
        dimensions=300,
        structure={"formalization": formalization},
        practice={"internalization": 0.4},
    )
    organization.beliefs[:] = 0
    organization.code[:] = organization.reality
    organization.used[:] = True
    apply(organization, "practice")
    internalized = organization.tally[INTERNALIZATION_FLOW]
    assert within_four_errors(internalized, 0.4 * formalization)
    assert MEASURES["tacit_stock"].of(organization) == pytest.approx(internalized / CELLS)
    assert MEASURES["explicit_stock"].of(organization) == 0.0


def test_what_is_forgotten_is_counted_and_known_no_more():
    organization = quiet(people=200, dimensions=300, practice={"forgetting": 0.2})
    organization.beliefs[:] = organization.reality
    organization.practice[:] = 0.0
    organization.used[:] = False
    apply(organization, "practice")
    forgotten = organization.tally[BELIEFS_FORGOTTEN]
    assert within_four_errors(forgotten, 0.2)
    assert MEASURES["mean_knowledge"].of(organization) == pytest.approx(1 - forgotten / CELLS)


@given(
    practice=st.floats(0, 1),
    used=st.booleans(),
    deepening=st.floats(0, 1),
    fading=st.floats(0, 1),
    forgetting=st.floats(0, 1),
)
def test_practice_stays_between_none_and_all(practice, used, deepening, fading, forgetting):
    shape = (2, 3)
    depth = np.full(shape, practice, dtype=np.float32)
    beliefs = np.ones(shape, dtype=np.int8)
    use_or_lose(
        beliefs,
        np.ones(shape, dtype=np.bool_),
        depth,
        np.full(shape, used),
        np.ones(3, dtype=np.int8),
        *(deepening, 0.5, forgetting, fading),
        np.arange(2, dtype=np.uint64),
        *(np.empty(3), np.empty(3, np.bool_)),
        KEY,
    )
    assert np.all((depth >= 0) & (depth <= 1))
    assert np.all(depth >= np.float32(practice)) if used else np.all(depth <= np.float32(practice))

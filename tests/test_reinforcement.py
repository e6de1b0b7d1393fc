"""Reinforcement: who is watched, what is called good, and what reward and punishment do."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from organizations import apply, changed, count, differing, lively, merged, quiet, snapshot, weeks

from sim.organization import Organization
from sim.tallies import ACTIVITIES, LINE, REPRIMANDS, REWARDS

#: An hour a week of one case each, in which everything is answered, and for certain.
SURE = {"hours": 1.0, "watched": 1.0, "rewarding": 1.0, "punishing": 1.0, "strength": 1.0}


def watched(*, good: float, **changes: Any) -> Organization:
    """Thirteen people of two levels; each used dimension 0 alone, and succeeds ``good`` there."""
    own = {
        "people": 13,
        "structure": {"levels": 2, "span": 12, "formalization": 0.0},
        "reinforcement": SURE,
        "start": {"opinion": 1.0, "articulated": 1.0},
    }
    organization = quiet(**merged(own, changes))
    organization.used[:] = False
    organization.used[:, 0] = True
    organization.practice[:] = 0.5
    organization.purpose[:] = 0.5
    organization.record_cases[:] = 10.0
    organization.record_success[:] = 10.0 * good
    organization.beliefs[:] = 1
    organization.articulated[:] = True
    return organization


def reports(organization: Organization) -> Any:
    return organization.manager >= 0


def test_what_turns_out_well_is_rewarded_and_the_habit_deepens():
    organization = watched(good=1.0, reinforcement={"strength": 0.2, "crowding": 0.1})
    before = snapshot(organization)
    apply(organization, "reinforcement")
    below = reports(organization)
    assert below.sum() == 12 == count(organization, REWARDS)
    # .5 + .2 of what is missing; only what was used; one time in ten of purpose is lost.
    assert np.allclose(organization.practice[below, 0], 0.6)
    assert np.all(organization.practice[:, 1:] == 0.5)
    assert np.allclose(organization.purpose[below], 0.45)
    assert np.all(organization.encouragement[below] == 1.0)
    assert np.array_equal(organization.rewarded, below)
    assert changed(before, organization) == {
        *("practice", "purpose", "encouragement", "rewarded", "tally")
    }
    top = ~below
    assert np.all(organization.practice[top, 0] == 0.5) and np.all(organization.purpose[top] == 0.5)


def test_what_fails_is_punished_and_given_up():
    organization = watched(good=0.0)
    before = snapshot(organization)
    apply(organization, "reinforcement")
    below = reports(organization)
    assert np.array_equal(organization.reprimanded, below)
    assert not organization.beliefs[below, 0].any()
    assert not organization.articulated[below, 0].any()
    assert np.all(organization.beliefs[:, 1:] == 1) and np.all(organization.beliefs[~below] == 1)
    assert changed(before, organization) == {"beliefs", "articulated", "reprimanded", "tally"}


def test_without_strength_punishment_moves_nobody_to_give_up_anything():
    organization = watched(good=0.0, reinforcement={"strength": 0.0})
    before = snapshot(organization)
    apply(organization, "reinforcement")
    assert changed(before, organization) == {"reprimanded", "tally"}
    assert count(organization, REPRIMANDS) == 12


def test_by_the_rule_doing_otherwise_is_punished_into_doing_as_told():
    """Right or wrong: what works does not come into it."""
    organization = watched(good=1.0, reinforcement={"standard": "rule"})
    organization.code[:] = -1
    apply(organization, "reinforcement")
    below = reports(organization)
    assert np.all(organization.beliefs[below, 0] == -1)
    assert not organization.articulated[below, 0].any()
    assert count(organization, REPRIMANDS) == 12
    organization = watched(good=0.0, reinforcement={"standard": "rule"})
    organization.code[:] = 1
    apply(organization, "reinforcement")
    assert count(organization, REWARDS) == 12 and count(organization, REPRIMANDS) == 0


def test_what_is_done_counts_and_not_what_is_thought():
    """Who always acts by the rule is never seen to think otherwise."""
    organization = watched(
        good=0.0, structure={"formalization": 1.0}, reinforcement={"standard": "rule"}
    )
    organization.code[:] = -1
    apply(organization, "reinforcement")
    assert count(organization, REWARDS) == 12 and np.all(organization.beliefs == 1)


def test_where_there_is_no_rule_or_nothing_was_done_nobody_is_judged():
    organization = watched(good=0.0, reinforcement={"standard": "rule"})
    organization.code[:] = 0
    before = snapshot(organization)
    apply(organization, "reinforcement")
    assert changed(before, organization) == set()
    organization = watched(good=0.0)
    organization.used[:] = False
    before = snapshot(organization)
    apply(organization, "reinforcement")
    assert changed(before, organization) == set()


def test_cases_are_watched_and_judged_with_their_chances():
    """2 000 looks, half good, of which .5 are rewarded and .25 of the bad punished.

    5 standard errors: a right model fails once in 900 000.
    """
    organization = watched(
        good=0.5,
        people=1001,
        structure={"span": 1000},
        reinforcement={"hours": 0.5, "watched": 4.0, "rewarding": 0.5, "punishing": 0.25},
    )
    apply(organization, "reinforcement")
    for seen, chance in ((REWARDS, 0.25), (REPRIMANDS, 0.125)):
        expected, deviation = 2000 * chance, np.sqrt(2000 * chance * (1 - chance))
        assert abs(count(organization, seen) - expected) < 5 * deviation


def test_watching_takes_as_much_of_the_manager_as_of_all_reports():
    organization = watched(good=1.0, reinforcement={"hours": 0.5})
    apply(organization, "hours")
    line = organization.planned[:, LINE]
    assert np.all(line[reports(organization)] == 0.5)
    assert line[~reports(organization)] == 0.5 * 12


def test_a_manager_without_the_time_watches_less():
    organization = watched(good=1.0, reinforcement={"hours": 10.0, "watched": 1.0})
    apply(organization, "hours")
    apply(organization, "reinforcement")
    # Of 120 hours the manager has 40: a third of ten cases each.
    assert np.all(np.abs(organization.rewarded[reports(organization)] - 10 / 3) < 1.0)


def test_punishing_takes_more_than_it_gives_where_all_know_better_than_the_code():
    """A losing setting by hand: all are right, the rule is wrong, and managers go by the rule."""
    organization = watched(good=1.0, reinforcement={"standard": "rule"})
    organization.beliefs[:] = organization.reality
    organization.code[:] = -organization.reality
    apply(organization, "reinforcement")
    right = (organization.beliefs == organization.reality).sum()
    assert right == organization.beliefs.size - 12


def test_off_it_is_as_if_it_did_not_exist_and_on_it_matters():
    off = weeks(lively(5, reinforcement={"hours": 0.0, "strength": 1.0}), 8)
    without = weeks(lively(5, without=["reinforcement"]), 8)
    on = weeks(lively(5, reinforcement={"hours": 1.0}), 8)
    assert differing(off, without) == set()
    assert {"practice", "hours", "rewarded", "reprimanded"} <= differing(on, off)


@settings(max_examples=15, deadline=None)
@given(
    hours=st.floats(0, 40),
    strength=st.floats(0, 1),
    crowding=st.floats(0, 1),
    standard=st.sampled_from(["outcome", "rule"]),
)
def test_hours_fit_the_week_and_states_their_ranges(hours, strength, crowding, standard):
    organization = lively(
        3,
        reinforcement={
            **{"hours": hours, "strength": strength, "crowding": crowding},
            **{"standard": standard, "watched": 2.0},
        },
    )
    weeks(organization, 3)
    assert organization.hours.shape[1] == len(ACTIVITIES)
    assert np.all(organization.hours >= 0) and np.all(organization.hours.sum(axis=1) < 40.001)
    for name in ("practice", "purpose"):
        state = getattr(organization, name)
        assert state.min() >= 0.0 and state.max() <= 1.0
    assert not (organization.articulated & (organization.beliefs == 0)).any()

"""Requests arrive, wait, are handled rightly or not, and none gets lost or invented."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from organizations import apply, differing, lively, quiet, weeks
from scipy import stats

from sim.cases import action, attempt, chance_right
from sim.mechanisms.work import gains_more_by_raising
from sim.organization import Organization
from sim.randomness import fold
from sim.records import HALF_LIFE, estimate, overall
from sim.tallies import (
    CASES_CHECKED,
    CASES_HANDLED,
    CLOSED_RIGHT,
    CLOSED_WRONG,
    FAILURE,
    FAILURES_NOTICED,
    FAILURES_RAISED,
    FAILURES_WORKED_AROUND,
    IDLE,
    REQUESTS_ARRIVED,
    REQUESTS_REFUSED,
    RESPONSE_WEEKS,
    WORK,
)

opinions = st.sampled_from([-1, 0, 1])
truths = st.sampled_from([-1, 1])
shares = st.floats(0, 1)
keys = st.integers(0, 2**63).map(np.uint64)


def one_person(
    requests: int = 1, right: bool = True, practice: float = 0.5, **changes: object
) -> Organization:
    """Somebody of ability 1 with requests on block 0, who knows all about it or is all wrong."""
    organization = quiet(people=1, dimensions=6, structure={"formalization": 0.0}, **changes)
    organization.ability[:] = 1.0
    organization.practice[:] = practice
    organization.beliefs[0] = organization.reality * (1 if right else -1)
    organization.hours[0] = 0.0
    organization.hours[0, IDLE] = 40.0
    organization.queue_length[0] = requests
    organization.queue_number[0, :requests] = np.arange(requests)
    organization.fear[:] = 1.0
    return organization


def counted(organization: Organization) -> dict[int, float]:
    """What the week's tally says, where it is not zero."""
    return {int(k): float(organization.tally[k]) for k in np.flatnonzero(organization.tally)}


def test_a_person_acts_by_the_code_as_often_as_it_is_formalized():
    """1 000 requests; 5 standard errors of a coin: a right model fails once in 1.7 million."""
    word = [np.uint64(fold(np.uint64(7), n)) for n in range(1000)]
    by_code = sum(action(-1, 1, 0.3, w) == 1 for w in word)
    assert abs(by_code - 300) < 5 * np.sqrt(1000 * 0.3 * 0.7)
    assert all(action(-1, 1, 1.0, w) == 1 for w in word)
    assert all(action(-1, 1, 0.0, w) == -1 for w in word)
    assert all(action(-1, 0, 1.0, w) == -1 for w in word)
    heads = sum(action(0, 0, 0.5, w) == 1 for w in word)
    assert abs(heads - 500) < 5 * np.sqrt(250)


@given(opinions, opinions, truths, shares)
def test_the_chance_of_being_right_is_that_of_acting_rightly(belief, rule, truth, formalization):
    """400 cases; 5.5 standard errors: one example in 26 million fails a right model."""
    chance = chance_right(belief, rule, truth, formalization)
    acts = [
        action(belief, rule, formalization, np.uint64(fold(np.uint64(7), n))) == truth
        for n in range(400)
    ]
    error = np.sqrt(400 * chance * (1 - chance))
    assert abs(sum(acts) - 400 * chance) <= 5.5 * error + 0.5
    if chance in (0.0, 1.0):
        assert sum(acts) == 400 * chance


@given(arrays(np.int8, 6, elements=opinions), arrays(np.int8, 6, elements=opinions), shares, keys)
def test_a_request_is_right_when_all_its_dimensions_are(beliefs, code, formalization, word):
    reality = np.ones(6, dtype=np.int8)
    right, by_code = attempt(beliefs, code, reality, 2, 5, formalization, word)
    acts = [
        action(beliefs[d], code[d], formalization, np.uint64(fold(word, d))) for d in range(2, 5)
    ]
    assert right == all(act == 1 for act in acts)
    if by_code:
        assert all(act == rule for act, rule in zip(acts, code[2:5], strict=True) if rule != 0)
        assert code[2:5].any()


def test_a_case_is_done_by_the_code_if_it_is_followed_wherever_it_speaks():
    beliefs, reality = np.ones(3, dtype=np.int8), np.ones(3, dtype=np.int8)
    word = np.uint64(5)
    whole, gap = np.ones(3, dtype=np.int8), np.array([1, 0, 1], dtype=np.int8)
    assert attempt(beliefs, whole, reality, 0, 3, 1.0, word) == (True, True)
    assert attempt(beliefs, gap, reality, 0, 3, 1.0, word) == (True, True)
    assert attempt(beliefs, 0 * gap, reality, 0, 3, 1.0, word) == (True, False)
    assert attempt(beliefs, whole, reality, 0, 3, 0.0, word) == (True, False)


@pytest.mark.parametrize(("practice", "ability", "takes"), [(0, 1, 4), (0.5, 1, 3), (1, 0.5, 4)])
def test_practice_and_ability_speed_the_work(practice, ability, takes):
    organization = one_person(practice=practice)
    organization.ability[:] = ability
    apply(organization, "work")
    assert organization.hours[0, WORK] == takes
    assert organization.hours[0, IDLE] == 40 - takes
    assert counted(organization) == {CASES_HANDLED: 1.0, CLOSED_RIGHT: 1.0}


def test_who_is_right_closes_what_fits_the_week_and_finishes_the_last_request_in_the_next():
    organization = one_person(requests=20)
    apply(organization, "work")
    # Three hours each: the fourteenth is begun with an hour left.
    assert counted(organization)[CLOSED_RIGHT] == 14.0
    assert organization.queue_length[0] == 6
    assert organization.overtime[0] == 2.0
    assert organization.hours[0, WORK] == 40.0
    organization.hours[0] = 0.0
    organization.hours[0, IDLE] = 11.0
    apply(organization, "work")
    assert organization.week_cases[0] == 3.0
    assert organization.queue_length[0] == 3
    assert organization.overtime[0] == 0.0


def test_overtime_longer_than_the_week_is_carried_on():
    organization = one_person()
    organization.overtime[0] = 50.0
    apply(organization, "work")
    assert organization.overtime[0] == 10.0
    assert organization.hours[0, WORK] == 40.0
    assert counted(organization) == {}


def test_a_failure_that_is_noticed_returns_to_the_end_of_the_queue():
    organization = one_person(requests=3, right=False, work={"noticed": 1.0})
    organization.queue_block[0, :3] = [0, 1, 0]
    organization.period = 2
    apply(organization, "work")
    # Each is tried once this week, and stands where it stood, one try older.
    assert counted(organization) == {
        CASES_HANDLED: 3.0,
        FAILURES_NOTICED: 3.0,
        FAILURES_WORKED_AROUND: 3.0,
    }
    assert organization.queue_length[0] == 3
    waiting = (organization.queue_head[0] + np.arange(3)) % organization.sizes["queue"]
    assert organization.queue_block[0, waiting].tolist() == [0, 1, 0]
    assert organization.queue_number[0, waiting].tolist() == [0, 1, 2]
    assert organization.queue_tries[0, waiting].tolist() == [1, 1, 1]
    assert organization.hours[0, FAILURE] == pytest.approx(0.6)
    assert (organization.week_cases[0], organization.week_success[0]) == (3.0, 0.0)


def test_a_failure_nobody_notices_is_closed_and_passes_for_a_success():
    organization = one_person(requests=2, right=False, work={"noticed": 0.0})
    organization.period = 5
    organization.queue_week[0, :2] = [5, 3]
    apply(organization, "work")
    assert counted(organization) == {CASES_HANDLED: 2.0, CLOSED_WRONG: 2.0, RESPONSE_WEEKS: 2.0}
    assert organization.record_success[0].tolist() == [2.0, 0.0]
    assert organization.week_success[0] == 2.0


@pytest.mark.parametrize(("backlog", "wrong"), [(1.0, 0.0), (1.01, 4.0)])
def test_in_a_rush_nobody_checks(backlog, wrong):
    organization = one_person(requests=4, right=False, work={"noticed": 1.0, "rush": 1.0})
    organization.backlog[:] = backlog
    apply(organization, "work")
    assert organization.tally[CLOSED_WRONG] == wrong


def test_only_what_failed_and_pays_is_raised():
    """One case of 3 hours a week fails always: enabled for a quarter it would save 39 hours."""
    assert gains_more_by_raising(3.0, 1.0, 0.0, 0.0, 13.0, 0.2, 2.0, 8.0)
    # Raising costs 1.8 hours more, doubled by a week of backlog, and 8 hours by full fear.
    assert not gains_more_by_raising(3.0, 0.0, 0.0, 0.0, 13.0, 0.2, 2.0, 8.0)
    assert gains_more_by_raising(9.9 / 13, 1.0, 0.0, 1.0, 13.0, 0.2, 2.0, 8.0)
    assert not gains_more_by_raising(9.7 / 13, 1.0, 0.0, 1.0, 13.0, 0.2, 2.0, 8.0)
    assert not gains_more_by_raising(3.5 / 13, 1.0, 1.0, 0.0, 13.0, 0.2, 2.0, 8.0)


def test_a_fearless_person_raises_what_keeps_failing():
    organization = one_person(requests=5, right=False, work={"noticed": 1.0})
    organization.fear[:] = 0.0
    organization.record_cases[0, 0] = 50.0
    apply(organization, "work")
    assert organization.tally[FAILURES_RAISED] == 5.0 == organization.raised[0]
    assert organization.hours[0, FAILURE] == 10.0


def test_a_record_halves_in_its_half_life():
    organization = one_person(requests=0)
    organization.record_cases[0, 0] = 8.0
    for _ in range(int(HALF_LIFE)):
        apply(organization, "work")
    assert organization.record_cases[0, 0] == pytest.approx(4.0, rel=1e-5)


@given(st.floats(0, 50), st.floats(0, 50), shares)
def test_a_short_record_is_drawn_towards_the_mean(success, failures, mean):
    expected = estimate(success, success + failures, mean)
    assert estimate(0.0, 0.0, mean) == pytest.approx(mean)
    assert expected == pytest.approx((success + 2 * mean) / (success + failures + 2))
    assert 0.0 <= expected <= 1.0


def test_the_mean_record_weighs_cases_and_is_a_half_where_there_are_none():
    success = np.array([[1, 0], [2, 1]], dtype=np.float32)
    cases = np.array([[1, 0], [3, 4]], dtype=np.float32)
    assert overall(success, cases) == 0.5
    assert overall(success[:1], cases[:1]) == 1.0
    assert overall(0 * success, 0 * cases) == 0.5


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("load", [0.5, 1.5])
def test_requests_are_conserved(seed, load):
    """Arrived = refused + closed + waiting, week by week; queues are short, so some are refused."""
    organization = lively(seed, requests={"load": load, "queue_limit": 20})
    arrived = refused = closed = 0.0
    for _ in range(20):
        organization.step()
        arrived += organization.tally[REQUESTS_ARRIVED]
        refused += organization.tally[REQUESTS_REFUSED]
        closed += organization.tally[CLOSED_RIGHT] + organization.tally[CLOSED_WRONG]
        assert arrived == refused + closed + organization.queue_length.sum()
        handled = organization.tally[CASES_HANDLED]
        assert handled == organization.week_cases.sum()
        noticed = organization.tally[FAILURES_NOTICED]
        again = organization.tally[FAILURES_RAISED] + organization.tally[FAILURES_WORKED_AROUND]
        assert noticed == again == organization.noticed.sum() + organization.raised.sum()
        assert organization.queue_length.max() <= 20
    assert refused > 0 or load < 1


def test_no_request_stands_in_two_places():
    organization = weeks(lively(4, requests={"load": 1.2}), 12)
    seen = set()
    limit = organization.sizes["queue"]
    for i in range(organization.people):
        places = (organization.queue_head[i] + np.arange(organization.queue_length[i])) % limit
        for p in places:
            seen.add((int(organization.queue_week[i, p]), int(organization.queue_number[i, p])))
    assert len(seen) == organization.queue_length.sum()


def test_the_same_requests_arrive_in_a_bureaucratic_and_a_post_bureaucratic_organization():
    tall = {"levels": 5, "span": 3, "centralization": 0.9, "formalization": 0.8}
    flat = {"levels": 2, "span": 12, "centralization": 0.1, "formalization": 0.3}
    one, other = quiet(3, structure=tall), quiet(3, structure=flat, cells={"hours": 2.0})
    for organization in (one, other):
        organization.parameters["requests"] = organization.parameters["requests"].model_copy(
            update={"load": 1.0}
        )
        requests = next(m for m in organization.mechanisms if m.name == "requests")
        requests.parameters = organization.parameters["requests"]
    for week in range(6):
        kinds = []
        for organization in (one, other):
            organization.queue_length[:] = 0
            organization.step()
            # What arrived this week is in the ring buffer, handled or not.
            fresh = {}
            for i, k in zip(*np.nonzero(organization.queue_week == week), strict=True):
                number = int(organization.queue_number[i, k])
                fresh[number] = int(organization.queue_block[i, k])
            kinds.append((float(organization.tally[REQUESTS_ARRIVED]), fresh))
        assert kinds[0][0] == kinds[1][0]
        both = set(kinds[0][1]) & set(kinds[1][1]) - {0}
        assert len(both) > 50
        assert all(kinds[0][1][number] == kinds[1][1][number] for number in both)


def test_requests_arrive_at_the_load_asked_and_are_of_every_kind_alike():
    """Poisson and uniform; each bound is passed once in a million by a right model."""
    organization = quiet(people=60, dimensions=12, requests={"load": 0.85, "queue_limit": 2000})
    arrived = 0.0
    for _ in range(20):
        apply(organization, "requests")
        organization.period += 1
    arrived = organization.tally[REQUESTS_ARRIVED]
    mean = 20 * 0.85 * 60 * 40 / 3
    assert stats.poisson.ppf(5e-7, mean) <= arrived <= stats.poisson.isf(5e-7, mean)
    kinds = np.zeros(4)
    for i in range(60):
        kinds += np.bincount(organization.queue_block[i, : organization.queue_length[i]], None, 4)
    assert stats.chisquare(kinds).pvalue > 1e-6


def test_a_request_meets_the_same_luck_whoever_handles_it():
    """Nobody has an opinion and the code is silent: coins decide, and they belong to requests."""
    outcomes = []
    for seat in (0, 7):
        organization = quiet(people=12, start={"opinion": 0.0, "code_opinion": 0.0})
        organization.fear[:] = 0.5
        organization.ability[:] = 1.0
        organization.hours[seat, IDLE] = 400.0
        organization.queue_length[seat] = 50
        organization.queue_number[seat, :50] = np.arange(50)
        apply(organization, "work")
        length = organization.queue_length[seat]
        waiting = (organization.queue_head[seat] + np.arange(length)) % 96
        outcomes.append((organization.tally.tolist(), organization.queue_number[seat, waiting]))
    assert outcomes[0][0] == outcomes[1][0]
    assert np.array_equal(outcomes[0][1], outcomes[1][1])
    assert 0 < len(outcomes[0][1]) < 50


def test_self_efficacy_never_enters_handling():
    """Where it decides on no trial, taking part or taking over, only it differs, to the bit."""
    undecided = {
        **{"pdsa": {"rate": 0.0}, "interpersonal": {"regulators": 0.0}},
        **{"programme": {"hours": 0.0}, "social_media": {"hours": 0.0}},
    }
    low, high = (
        weeks(lively(5, start={"self_efficacy": level}, **undecided), 10) for level in (0.1, 0.9)
    )
    assert differing(low, high) == {"self_efficacy"}


def test_sitting_in_on_a_case_counts_as_use():
    organization = quiet(
        people=12,
        interpersonal={"joint_hours": 20.0, "deepening": 0.0},
        practice={"deepening": 0.5},
    )
    organization.practice[:] = 0.0
    organization.step()
    assert organization.practice.any()


def test_who_never_acts_by_the_code_takes_no_belief_from_it():
    organization = quiet(
        people=12,
        structure={"formalization": 0.0},
        start={"opinion": 0.0},
        requests={"load": 0.8},
        practice={"internalization": 1.0},
    )
    organization.step()
    assert not organization.beliefs.any()


# --- checks, and clients ------------------------------------------------------------------------


def test_what_is_checked_takes_its_time_and_nothing_slips_through_even_in_a_rush():
    organization = one_person(
        requests=5, right=False, work={"noticed": 0.0, "checking": 1.0, "checking_hours": 0.5}
    )
    organization.backlog[:] = 9.0
    apply(organization, "work")
    # Five requests of 3 hours, each checked for half an hour.
    assert organization.hours[0, WORK] == pytest.approx(5 * 3.5)
    assert organization.tally[CASES_CHECKED] == organization.tally[FAILURES_NOTICED] == 5
    assert organization.tally[CLOSED_WRONG] == 0 and organization.queue_length[0] == 5


def test_checks_leave_less_time_for_other_requests():
    """At 3.5 hours a request, the twelfth of a week of 40 hours runs two hours into the next."""
    organization = one_person(requests=20, work={"checking": 1.0, "checking_hours": 0.5})
    apply(organization, "work")
    assert organization.tally[CLOSED_RIGHT] == organization.tally[CASES_CHECKED] == 12
    assert organization.overtime[0] == pytest.approx(2.0)


def test_so_many_requests_are_checked_as_asked():
    """12 a week for 60 weeks; 5 standard errors of a coin: fails once in 1.7 million."""
    organization = one_person(requests=0, work={"checking": 0.3, "checking_hours": 0.0})
    for week in range(60):
        organization.queue_length[0] = 12
        organization.queue_week[0] = week
        organization.queue_number[0] = np.arange(96)
        organization.hours[0, IDLE] = 40.0
        apply(organization, "work")
    assert organization.tally[CASES_HANDLED] == 720
    checked = organization.tally[CASES_CHECKED]
    assert abs(checked - 720 * 0.3) < 5 * np.sqrt(720 * 0.3 * 0.7)


def test_a_backlog_is_reckoned_with_its_checks():
    """Ten requests of 3 hours, each checked for an hour: 40 hours, a week of backlog."""
    organization = one_person(requests=10, work={"checking": 0.5, "checking_hours": 2.0})
    apply(organization, "hours")
    assert organization.backlog[0] == pytest.approx(1.0)


def test_clients_remember_what_went_out_wrong_for_a_while():
    organization = one_person(
        requests=6, right=False, work={"noticed": 0.0}, dialogue={"hours": 1.0}
    )
    apply(organization, "work")
    assert organization.unhappy[0].tolist() == [6.0, 0.0]
    for _ in range(int(HALF_LIFE)):
        apply(organization, "work")
    assert organization.unhappy[0, 0] == pytest.approx(3.0, rel=1e-5)
    right = one_person(requests=6, dialogue={"hours": 1.0})
    apply(right, "work")
    assert not right.unhappy.any()

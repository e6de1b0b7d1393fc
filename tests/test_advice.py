"""Advice: who asks whom about what, what it costs, and when it is worth it."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from organizations import (
    USED_UP,
    apply,
    changed,
    count,
    differing,
    lively,
    quiet,
    snapshot,
    week_up_to,
    weeks,
)
from test_contract import acting_one_by_one
from watching import Watched

from sim.acquaintance.directories import PRIOR, directory_of, look_up
from sim.arrays import ARRAYS
from sim.mechanisms import PERIOD
from sim.models.run import run
from sim.organization import Organization
from sim.scenario.settings import Settings
from sim.tallies import (
    ADVICE,
    COMBINATION_FLOW,
    IDLE,
    LEAKED,
    QUESTIONS_ANSWERED,
    QUESTIONS_ANSWERED_RIGHTLY,
    QUESTIONS_ASKED,
    QUESTIONS_REFERRED,
)

KNOWS_NOTHING, KNOWS_ALL = 0, 1
QUESTION = 0.25


def office(**advice: Any) -> Organization:
    """Six people with ten free hours and no rules; seat 0 knows nothing, the others everything.

    Two topics of two blocks of two dimensions. Everybody has done half of their cases well.
    """
    organization = quiet(
        people=6,
        dimensions=8,
        environment={"complexity": 2},
        communities={"count": 2},
        cells={"size": 3},
        start={"contacts": 0},
        climate={"visibility": 0.0},
        advice={"hours": QUESTION, "uptake": 1.0, **advice},
    )
    organization.code[:] = 0
    organization.beliefs[:] = organization.reality
    organization.articulated[:] = True
    organization.beliefs[KNOWS_NOTHING] = 0
    organization.articulated[KNOWS_NOTHING] = False
    organization.record_cases[:] = 10.0
    organization.record_success[:] = 5.0
    organization.fear[:] = 0.0
    organization.learning_rate[:] = 1.0
    organization.hours[:, IDLE] = 10.0
    return organization


def request(organization: Organization, seat: int, block: int, tries: int = 0) -> None:
    place = organization.queue_length[seat]
    organization.queue_block[seat, place] = block
    organization.queue_tries[seat, place] = tries
    organization.queue_length[seat] += 1


def believe(organization: Organization, i: int, j: int, what: float, whom: float = 0.0) -> None:
    """Let ``i`` expect so much of ``j`` on every topic, as of many cases."""
    place = look_up(directory_of(organization), i, j)
    organization.knows_what[i, place], organization.what_weight[i, place] = what, 10
    organization.knows_whom[i, place], organization.whom_weight[i, place] = whom, 10


def expected(organization: Organization, name: str, i: int, j: int, topic: int = 0) -> float:
    return float(getattr(organization, name)[i, look_up(directory_of(organization), i, j), topic])


def asking(organization: Organization) -> Organization:
    organization.open_period()
    apply(organization, "advice")
    return organization


def spent(organization: Organization) -> list[float]:
    assert organization.hours.sum(axis=1) == pytest.approx(10.0, abs=1e-5)
    hours: list[float] = (organization.hours[:, ADVICE] / QUESTION).tolist()
    return hours


def test_who_is_stuck_asks_whom_they_believe_to_know_and_can_explain_it_afterwards():
    organization = office()
    request(organization, KNOWS_NOTHING, block=1)
    believe(organization, 0, 1, what=0.9)
    asking(organization)
    assert np.array_equal(organization.beliefs[0, 2:4], organization.reality[2:4])
    assert organization.articulated[0].tolist() == [False, False, True, True] + [False] * 4
    assert not organization.beliefs[0, [0, 1, 4, 5, 6, 7]].any()
    assert spent(organization) == [1, 1, 0, 0, 0, 0]
    assert expected(organization, "knows_what", 0, 1) == pytest.approx(0.9 + 0.1 / 12)
    assert expected(organization, "knows_what", 0, 1, topic=1) == pytest.approx(0.9)
    counted = (QUESTIONS_ASKED, QUESTIONS_ANSWERED, QUESTIONS_ANSWERED_RIGHTLY)
    assert organization.tally[list(counted)].tolist() == [1, 1, 1]
    assert count(organization, COMBINATION_FLOW) == 2
    assert organization.joint_hours.tolist() == [QUESTION, QUESTION, 0, 0, 0, 0]


def test_of_two_the_one_of_whom_more_is_expected_is_asked():
    organization = office()
    request(organization, KNOWS_NOTHING, block=0)
    for j, what in ((1, 0.6), (3, 0.8), (5, 0.7)):
        believe(organization, 0, j, what)
    assert spent(asking(organization)) == [1, 0, 0, 1, 0, 0]


@pytest.mark.parametrize(("what", "questions"), [(0.45, 0), (0.5, 0), (0.55, 1)])
def test_nobody_asks_whom_they_expect_no_more_of_than_of_themselves(what: float, questions: int):
    """All did half of their cases well, so that is what one expects of oneself, too."""
    organization = office()
    request(organization, KNOWS_NOTHING, block=0)
    believe(organization, 0, 1, what)
    assert count(asking(organization), QUESTIONS_ASKED) == questions


def test_equals_are_asked_by_lot():
    """Of 2 000 who can choose between two; 5 standard errors: a right model fails once in 1.7
    million."""
    organization = quiet(
        people=2000,
        dimensions=2,
        environment={"complexity": 2},
        communities={"count": 1},
        advice={"hours": 0.05, "most": 168.0},
        climate={"visibility": 0.0},
        start={"contacts": 0},
    )
    organization.code[:] = 0
    organization.beliefs[2:], organization.articulated[2:] = 0, False
    organization.fear[:] = 0.0
    organization.hours[:, IDLE] = 10.0
    organization.hours[:2, IDLE] = 10_000.0
    for i in range(2, 2000):
        request(organization, i, 0)
        believe(organization, i, 0, 0.9)
        believe(organization, i, 1, 0.9)
    asking(organization)
    asked = organization.hours[:2, ADVICE] / 0.05
    assert asked.sum() == pytest.approx(1998, abs=0.1)
    assert abs(asked[0] - 999) < 5 * np.sqrt(1998 * 0.25)


def test_a_wrong_address_costs_the_time_of_both_and_is_expected_less_of():
    organization = office(referrals=False)
    organization.articulated[KNOWS_ALL] = False
    before = organization.beliefs.copy()
    request(organization, KNOWS_NOTHING, block=0)
    believe(organization, 0, KNOWS_ALL, what=0.9)
    asking(organization)
    assert np.array_equal(organization.beliefs, before)
    assert spent(organization) == [1, 1, 0, 0, 0, 0]
    assert expected(organization, "knows_what", 0, 1) == pytest.approx(0.9 - 0.9 / 12)
    assert count(organization, QUESTIONS_ASKED) == 1
    assert count(organization, QUESTIONS_ANSWERED) == 0


def test_who_has_no_opinion_on_what_is_missing_has_nothing_to_say():
    organization = office(referrals=False)
    organization.beliefs[0, 0] = 1
    organization.beliefs[1, 1], organization.articulated[1, 1] = 0, False
    request(organization, 0, block=0)
    believe(organization, 0, 1, what=0.9)
    assert count(asking(organization), QUESTIONS_ANSWERED, COMBINATION_FLOW) == 0


def test_errors_are_told_like_anything_else_and_pass_for_answers():
    organization = office()
    organization.beliefs[1] = -organization.reality
    request(organization, 0, block=0)
    believe(organization, 0, 1, what=0.9)
    asking(organization)
    assert np.array_equal(organization.beliefs[0, :2], -organization.reality[:2])
    assert expected(organization, "knows_what", 0, 1) > 0.9
    assert count(organization, QUESTIONS_ANSWERED) == 1
    assert count(organization, QUESTIONS_ANSWERED_RIGHTLY) == 0


def test_who_is_busy_answers_nothing_and_costs_a_third_of_the_time():
    organization = office()
    organization.hours[1, IDLE] = 0.2
    request(organization, 0, block=0)
    believe(organization, 0, 1, what=0.9)
    asking(organization)
    assert organization.hours[0, ADVICE] == pytest.approx(QUESTION / 3)
    assert organization.hours[1, ADVICE] == 0.0
    assert expected(organization, "knows_what", 0, 1) == pytest.approx(0.9)
    assert not organization.beliefs[0].any()


def test_nobody_answers_for_longer_than_they_are_ready_to():
    organization = office(most=2 * QUESTION)
    for i in (0, 2, 3, 4, 5):
        request(organization, i, block=0, tries=1)
        believe(organization, i, 1, what=0.9)
    asking(organization)
    assert organization.hours[1, ADVICE] == 2 * QUESTION
    assert count(organization, QUESTIONS_ASKED) == 5
    assert count(organization, QUESTIONS_ANSWERED) == 2
    turned_away = np.isclose(organization.hours[:, ADVICE], QUESTION / 3)
    assert turned_away.sum() == 3


def referring(**advice: Any) -> Organization:
    """Seat 0 believes in 1, who knows nothing but believes in 2, who knows."""
    organization = office(**advice)
    organization.beliefs[1], organization.articulated[1] = 0, False
    request(organization, 0, block=0)
    believe(organization, 0, 1, what=0.9, whom=0.5)
    believe(organization, 1, 2, what=0.8)
    believe(organization, 1, 3, what=0.6)
    return organization


def test_who_cannot_help_names_whom_they_believe_to_know():
    organization = asking(referring())
    assert np.array_equal(organization.beliefs[0, :2], organization.reality[:2])
    assert spent(organization) == [2, 1, 1, 0, 0, 0]
    assert expected(organization, "knows_what", 0, 1) < 0.9
    assert expected(organization, "knows_whom", 0, 1) == pytest.approx(0.5 + 0.5 / 12)
    assert expected(organization, "knows_what", 0, 2) == pytest.approx(2 / 3)
    counted = (QUESTIONS_ASKED, QUESTIONS_REFERRED, QUESTIONS_ANSWERED)
    assert organization.tally[list(counted)].tolist() == [1, 1, 1]


def test_without_referrals_a_question_ends_with_who_was_asked():
    organization = asking(referring(referrals=False))
    assert spent(organization) == [1, 1, 0, 0, 0, 0]
    assert not organization.beliefs[0].any()
    assert expected(organization, "knows_whom", 0, 1) == pytest.approx(0.5)


def test_a_referral_to_somebody_without_an_answer_and_none_at_all_speak_against_who_was_asked():
    organization = referring()
    organization.articulated[2] = False
    asking(organization)
    assert spent(organization) == [2, 1, 1, 0, 0, 0]
    assert expected(organization, "knows_whom", 0, 1) == pytest.approx(0.5 - 0.5 / 12)
    nobody = referring()
    for j in (2, 3):
        believe(nobody, 1, j, what=PRIOR)
    asking(nobody)
    assert spent(nobody) == [1, 1, 0, 0, 0, 0]
    assert expected(nobody, "knows_whom", 0, 1) == pytest.approx(0.5 - 0.5 / 12)


def test_who_knows_nobody_to_know_asks_whom_they_believe_to_know_somebody():
    organization = referring()
    believe(organization, 0, 1, what=0.1, whom=0.8)
    assert spent(asking(organization)) == [2, 1, 1, 0, 0, 0]
    assert np.array_equal(organization.beliefs[0, :2], organization.reality[:2])


def test_nobody_is_referred_to_the_person_who_asks():
    organization = referring()
    believe(organization, 1, 0, what=1.0)
    assert spent(asking(organization)) == [2, 1, 1, 0, 0, 0]


def test_a_request_that_came_back_is_asked_about_even_by_who_has_an_opinion():
    organization = office()
    organization.beliefs[0] = -organization.reality
    believe(organization, 0, 1, what=0.9)
    request(organization, 0, block=0)
    assert count(asking(organization), QUESTIONS_ASKED) == 0
    request(organization, 0, block=1, tries=1)
    asking(organization)
    assert count(organization, QUESTIONS_ASKED, COMBINATION_FLOW) == 1 + 2
    assert np.array_equal(organization.beliefs[0, 2:4], organization.reality[2:4])


def test_where_the_code_speaks_nobody_is_stuck_for_want_of_an_opinion():
    organization = office()
    organization.code[:] = organization.reality
    request(organization, 0, block=0)
    believe(organization, 0, 1, what=0.9)
    assert count(asking(organization), QUESTIONS_ASKED) == 0


def test_at_most_three_questions_a_week_one_a_block_about_requests_that_fit_the_week():
    organization = office()
    believe(organization, 0, 1, what=0.9)
    for block in (0, 0, 1, 1, 2, 3):
        request(organization, 0, block)
    assert count(asking(organization), QUESTIONS_ASKED) == 3
    assert organization.beliefs[0, :6].all() and not organization.beliefs[0, 6:].any()
    short = office()
    believe(short, 0, 1, what=0.9)
    short.hours[0, IDLE] = 1.5  # a request takes more: the second does not begin this week
    for block in (0, 1):
        request(short, 0, block)
    assert count(asking(short), QUESTIONS_ASKED) == 1


def test_fear_keeps_people_from_asking_and_a_rush_from_asking_and_answering():
    for silenced in ("fear", "backlog"):
        organization = office()
        getattr(organization, silenced)[0] = 1.5
        request(organization, 0, block=0)
        believe(organization, 0, 1, what=0.9)
        assert count(asking(organization), QUESTIONS_ASKED) == 0
    organization = office()
    organization.backlog[1] = 1.5
    request(organization, 0, block=0)
    believe(organization, 0, 1, what=0.9)
    assert count(asking(organization), QUESTIONS_ANSWERED) == 0


def across_cells(isolation: float, **changes: Any) -> Organization:
    """Seat 0 believes in somebody of the other cell; neither is an officer."""
    organization = office()
    organization.parameters["cells"] = organization.parameters["cells"].model_copy(
        update={"isolation": isolation, **changes}
    )
    organization.parameters["officers"] = organization.parameters["officers"].model_copy(
        update={"hours": 2.0}
    )
    organization.cell[:] = [0, 0, 0, 1, 1, 1]
    organization.officer[:2] = [2, 5]
    organization.cells = 2
    request(organization, 0, block=0)
    believe(organization, 0, 3, what=0.9)
    return organization


def test_walls_between_cells_keep_people_from_asking_but_not_officers():
    walled = across_cells(isolation=1.0)
    assert count(asking(walled), QUESTIONS_ASKED) == 0
    for officers in ([0, 5], [2, 3]):
        linked = across_cells(isolation=1.0)
        linked.officer[:2] = officers
        assert count(asking(linked), QUESTIONS_ANSWERED) == 1
        assert count(linked, LEAKED) == 0
    # Without hours for it nobody is an officer.
    idle = across_cells(isolation=1.0)
    idle.officer[:2] = [0, 5]
    idle.parameters["officers"] = idle.parameters["officers"].model_copy(update={"hours": 0.0})
    assert count(asking(idle), QUESTIONS_ASKED) == 0
    chosen = across_cells(isolation=1.0)
    believe(chosen, 0, 1, what=0.6)
    assert spent(asking(chosen)) == [1, 1, 0, 0, 0, 0]


def test_what_passes_between_cells_where_these_meet_has_leaked():
    assert count(asking(across_cells(0.0, hours=1.0)), LEAKED) == 2
    assert count(asking(across_cells(0.0)), LEAKED) == 0


def busy_weeks(seed: int, hours: float, most: float, load: float) -> Organization:
    return lively(
        seed,
        advice={"hours": hours, "most": most},
        requests={"load": load},
        start={"contacts": 4, "opinion": 0.5, "code_opinion": 0.3, "articulated": 0.8},
    )


@settings(max_examples=15)
@given(
    st.integers(0, 50), st.floats(0.05, 5.0), st.floats(0.0, 10.0), st.sampled_from([0.3, 0.8, 1.5])
)
def test_hours_never_exceed_the_week_and_nobody_asks_or_answers_in_a_rush(
    seed: int, hours: float, most: float, load: float
):
    """Hours are float32: forty of them added up to a hundred times, to within a second."""
    organization = busy_weeks(seed, hours, most, load)
    rush = organization.parameters["work"].rush
    for _ in range(8):
        week_up_to(organization, "pdsa")
        free = organization.hours[:, IDLE].copy()
        week_up_to_from(organization, "approvals", "advice")
        spent_on_advice = organization.hours[:, ADVICE]
        assert organization.hours.min() >= 0.0
        assert organization.hours[:, IDLE] + spent_on_advice == pytest.approx(free, abs=3e-4)
        assert (spent_on_advice <= most + 3 * 2 * hours + 3e-4).all()
        assert not spent_on_advice[organization.backlog > rush].any()
        week_up_to_from(organization, "work", PERIOD[-1].name)
        assert organization.hours.sum(axis=1) == pytest.approx(40.0, abs=1e-3)
        organization.period += 1


def week_up_to_from(organization: Organization, first: str, last: str) -> None:
    """Go on with the week from one mechanism to another."""
    names = [mechanism.name for mechanism in PERIOD]
    for name in names[names.index(first) : names.index(last) + 1]:
        if organization.has(name):
            apply(organization, name)


def in_another_order(organization: Organization, seat: np.ndarray) -> Organization:
    """The same organization with everybody on another seat: ``seat[i]`` for who sat on ``i``."""
    other: Organization = pickle.loads(pickle.dumps(organization))
    people = organization.people
    lists = {"team_member", "cell_member", "community_member", "officer"}
    holding_seats = {*lists, "contact", "address", "manager"}
    for name, array in organization.arrays().items():
        moved = array.copy()
        if name in holding_seats:
            moved[array >= 0] = seat[array[array >= 0]]
        for axis, axis_name in enumerate(ARRAYS[name].axes):
            by_seat = axis_name in ("people", "contacts", "addresses") and name not in lists
            if by_seat and moved.shape[axis] == people:
                moved = np.take(moved, np.argsort(seat), axis=axis)
        getattr(other, name)[...] = moved
    other.open_period()
    return other


def test_the_order_of_people_does_not_matter():
    """As many addresses as people: a person's place in a list is their seat, in any order."""
    organization = busy_weeks(seed=5, hours=0.5, most=2.0, load=0.3)
    weeks(organization, 9)
    week_up_to(organization, "approvals")
    # Every other has no opinion on anything, and so much to ask.
    organization.beliefs[::2] = 0
    organization.articulated[::2] = False
    organization.open_period()
    seat = np.random.default_rng(1).permutation(organization.people)
    other = in_another_order(organization, seat)
    assert organization.sizes["addresses"] == organization.people
    advice = next(each for each in organization.mechanisms if each.name == "advice")
    before = snapshot(organization)
    advice.apply(organization)
    advice.apply(other)
    assert {"hours", "beliefs", "knows_what", "knows_whom"} <= changed(before, organization)
    assert differing(in_another_order(organization, seat), other) == set()


def test_advice_touches_only_what_it_declares():
    organization = lively(
        seed=2,
        advice={"hours": 0.25},
        cells={"hours": 1.0, "joint_hours": 1.0, "size": 5, "isolation": 0.5},
    )
    declared = {m.name: {*m.reads, *m.writes} for m in PERIOD}
    concerned = ("advice", "workforce", "events")
    touched: dict[str, set[str]] = {name: set() for name in concerned}
    written: dict[str, set[str]] = {name: set() for name in concerned}
    for mechanism in acting_one_by_one(organization, periods=12):
        if mechanism.name not in concerned:
            mechanism.apply(organization)
            continue
        before, watcher = snapshot(organization), Watched(organization)
        mechanism.apply(watcher)
        touched[mechanism.name] |= watcher.touched
        written[mechanism.name] |= changed(before, organization)
    for mechanism in PERIOD:
        if mechanism.name in concerned:
            assert touched[mechanism.name] <= declared[mechanism.name]
            assert written[mechanism.name] <= set(mechanism.writes)
    assert {"hours", "knows_what", "knows_whom", "beliefs"} <= written["advice"]
    assert {"address", "what_weight"} <= written["workforce"] | written["events"]


def test_an_event_can_have_people_ask_from_a_week_on():
    """Until then the organization is as it would be without."""
    start = {"at": 3, "set": {"advice.hours": 0.25}}
    later, never = lively(seed=5, events=[start]), lively(seed=5, events=[])
    directory = {"address", "knows_what", "what_weight", "knows_whom", "whom_weight"}
    weeks(later, 3), weeks(never, 3)
    assert differing(later, never, {*USED_UP, *directory}) == set()
    asked = 0.0
    for _ in range(4):
        later.step()
        asked += count(later, QUESTIONS_ASKED)
    assert asked > 0


def test_the_same_seed_asks_the_same_and_pickles_alike():
    one, again = (weeks(lively(6, advice={"hours": 0.25}), 7) for _ in range(2))
    assert differing(one, again) == set()
    copy = pickle.loads(pickle.dumps(one))
    assert differing(weeks(one, 3), weeks(copy, 3)) == set()


def office_at_work(seed: int, **changes: Any) -> tuple[float, float]:
    """Net value of the same half-year without and with people asking each other for advice."""
    values = []
    for hours in (0.0, changes["hours"]):
        scenario = Settings.model_validate(
            {
                "people": 60,
                "dimensions": 24,
                "periods": 26,
                "structure": {"formalization": 0.3},
                **{name: value for name, value in changes.items() if name != "hours"},
                "advice": {"hours": hours, "most": 40.0},
            }
        )
        values.append(run(scenario, seed).finals["net_value"])
    return values[0], values[1]


#: Two-sided 99.9 % point of Student's t with 9 degrees of freedom: a false alarm in 2 000 for each.
T_9 = 4.781


def gain(**changes: Any) -> tuple[float, float]:
    """Interval of the mean gain by advice over ten paired worlds."""
    values = np.array([office_at_work(seed, **changes) for seed in range(10)])
    gains = values[:, 1] - values[:, 0]
    half = T_9 * gains.std(ddof=1) / np.sqrt(len(gains))
    return gains.mean() - half, gains.mean() + half


def test_cheap_advice_among_people_with_gaps_and_time_gives_more_than_it_costs():
    low, _ = gain(
        hours=0.1,
        requests={"load": 0.5},
        start={"opinion": 0.6, "code_opinion": 0.3, "articulated": 0.9},
    )
    assert low > 0.0


def test_dear_advice_among_overworked_people_who_cannot_explain_costs_more_than_it_gives():
    _, high = gain(
        hours=4.0,
        requests={"load": 1.3},
        start={"opinion": 0.9, "code_opinion": 0.9, "articulated": 0.0},
        work={"rush": 10.0},
    )
    assert high < 0.0

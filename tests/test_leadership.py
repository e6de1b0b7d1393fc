"""Managers tell or listen, at the cost of hours; who is convinced, and by what, is counted."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from organizations import apply, changed, count, lively, merged, quiet, snapshot, week_up_to

from sim.measures import MEASURES, Counted
from sim.measures.leadership import LEADERSHIP
from sim.organization import Organization
from sim.tallies import (
    ACTIVITIES,
    BELIEFS_FROM_LEADERS,
    BELIEFS_FROM_REPORTS,
    FAILURES_ADMITTED,
    LINE,
    OBLIGATIONS,
    TALLIES,
)

#: States are kept in float32.
ROUNDING = 1e-6
BLOCKS, COMPLEXITY = 4, 3
#: Everybody convinces and is convinced within the hour.
CERTAIN = {"hours": 1.0, "persuasion": 1.0, "listening": 1.0}


def unit(people: int = 12, seed: int = 0, **leadership: object) -> Organization:
    """A manager and the others, who learn most readily, fear nothing and have no opinion."""
    changes = {"people": people, "structure": {"levels": 2, "span": people - 1}}
    organization = quiet(seed, **changes, leadership=merged(CERTAIN, leadership))
    organization.beliefs[:] = 0
    organization.articulated[:] = False
    organization.learning_rate[:] = 1.0
    organization.fear[:] = 0.0
    organization.open_period()
    return organization


def manager_of(organization: Organization) -> int:
    return int(np.flatnonzero(organization.leads_unit >= 0)[0])


def say(organization: Organization, seat: int, values: object) -> None:
    """Let somebody hold a view of everything that they can put into words."""
    organization.beliefs[seat] = values
    organization.articulated[seat] = True
    organization.open_period()


def act(organization: Organization) -> None:
    organization.tally[:] = 0.0
    apply(organization, "leadership")


def test_a_campaign_puts_the_manager_s_words_on_one_block_into_all_heads():
    organization = unit(engaging=0.0)
    boss = manager_of(organization)
    say(organization, boss, 1)
    organization.articulated[boss, ::3] = False  # one dimension a block cannot be said
    organization.open_period()
    act(organization)
    reports = organization.manager == boss
    held = organization.beliefs[reports]
    assert (held == held[0]).all()
    (said,) = np.nonzero(held[0])
    assert len(said) == COMPLEXITY - 1 and len(set(said // COMPLEXITY)) == 1
    assert not set(said) & set(range(0, 12, 3))
    assert (organization.articulated[reports] == (held != 0)).all()
    assert count(organization, BELIEFS_FROM_LEADERS) == 11 * 2 == organization.influence[boss]
    assert organization.influence[reports].sum() == 0.0


def test_it_does_not_matter_to_a_campaign_who_is_right():
    """Wrong words of a manager without a single success are taken over by those who know better."""
    organization = unit(engaging=0.0)
    boss = manager_of(organization)
    organization.beliefs[:] = organization.reality
    organization.record_cases[:] = organization.record_success[:] = 50.0
    organization.record_success[boss] = 0.0
    say(organization, boss, -organization.reality)
    act(organization)
    assert count(organization, BELIEFS_FROM_LEADERS) == 11 * COMPLEXITY


def test_persuasion_is_a_chance_an_hour():
    """600 chances of 1 - .6 ** .5; 5 standard errors: a right model fails once in 1.7 million."""
    organization = unit(201, engaging=0.5, persuasion=0.4)
    say(organization, manager_of(organization), 1)
    act(organization)
    chance = 1 - 0.6**0.5
    taken = count(organization, BELIEFS_FROM_LEADERS)
    assert abs(taken - 600 * chance) < 5 * np.sqrt(600 * chance * (1 - chance))


def hierarchy(message: str, seed: int = 0) -> Organization:
    """Three levels, one above three above nine; only the top has views, of everything."""
    leadership = merged(CERTAIN, {"engaging": 0.0, "message": message})
    organization = quiet(seed, people=13, structure={"levels": 3, "span": 3}, leadership=leadership)
    organization.beliefs[:] = 0
    organization.articulated[:] = False
    organization.learning_rate[:] = 1.0
    (top,) = np.flatnonzero(organization.level == 2)
    say(organization, top, 1)
    return organization


def test_the_view_of_the_top_comes_down_a_level_a_week():
    organization = hierarchy("top")
    shares = []
    for _ in range(2):
        organization.open_period()
        act(organization)
        informed = (organization.beliefs != 0).sum(axis=1) == COMPLEXITY
        shares.append([informed[organization.level == level].mean() for level in (0, 1)])
        organization.period += 1
    assert shares == [[0.0, 1.0], [1.0, 1.0]]


def test_where_managers_have_messages_of_their_own_units_hear_of_different_things():
    """Three managers, four blocks: of 20 organizations all agree in all once in 16 ** 20."""
    agree = {"top": [], "own": []}
    for message, found in agree.items():
        for seed in range(20):
            organization = hierarchy(message, seed)
            middle = np.flatnonzero(organization.level == 1)
            for boss in middle:
                say(organization, boss, 1)
            act(organization)
            front = organization.beliefs[organization.level == 0]
            found.append((front == front[0]).all())
    assert all(agree["top"]) and not all(agree["own"])


def test_a_campaign_stays_with_its_subject_for_a_quarter():
    organization = unit(engaging=0.0)
    say(organization, manager_of(organization), 1)
    subjects = []
    for _ in range(26):
        organization.beliefs[organization.level == 0] = 0
        organization.open_period()
        act(organization)
        subjects.append(int(np.nonzero(organization.beliefs[organization.level == 0][0])[0][0]))
        organization.period += 1
    assert len(set(subjects[:13])) == 1 == len(set(subjects[13:]))


# --- dialogue -----------------------------------------------------------------------------------


def failing(organization: Organization, block: int) -> None:
    """The unit does well, but for one block."""
    organization.record_cases[:] = organization.record_success[:] = 20.0
    organization.record_success[:, block] = 5.0


def test_who_listens_takes_over_what_most_say_about_what_goes_worst_right_or_wrong():
    """Seven say one thing, three the other, with the better record; one has nothing to say."""
    organization = unit(engaging=1.0, hours=2.0)
    boss = manager_of(organization)
    failing(organization, 2)
    reports = np.flatnonzero(organization.manager == boss)
    for seat in reports[:7]:
        say(organization, seat, -organization.reality)
    for seat in reports[7:10]:
        say(organization, seat, organization.reality)
    organization.record_success[reports[7:10]] = 20.0
    organization.open_period()
    act(organization)
    wrong = -organization.reality
    assert (organization.beliefs[boss, 6:9] == wrong[6:9]).all()
    assert (organization.beliefs[boss, [*range(6), *range(9, 12)]] == 0).all()
    assert organization.articulated[boss, 6:9].all()
    assert count(organization, BELIEFS_FROM_REPORTS) == COMPLEXITY
    # Each belief is one piece of influence, in equal parts of those who said it.
    assert organization.influence[reports[:7]] == pytest.approx(COMPLEXITY / 7, abs=ROUNDING)
    assert organization.influence[reports[7:]].sum() == 0.0
    # Two hours of dialogue, at .1 an hour, for who spoke.
    assert organization.encouragement[reports[:10]] == pytest.approx(0.2, abs=ROUNDING)
    assert organization.encouragement[[boss, reports[10]]].sum() == 0.0


def test_fear_keeps_people_from_answering_their_manager():
    organization = unit(engaging=1.0, hours=2.0)
    boss = manager_of(organization)
    for seat in np.flatnonzero(organization.manager == boss):
        say(organization, seat, 1)
    organization.fear[:] = 1.0
    before = snapshot(organization)
    act(organization)
    company = {"contact", "familiarity", "trust", "last_met", "joint_hours", "warmth"}
    assert changed(before, organization, company) == set()


def test_a_dialogue_has_one_floor():
    """Three turns for eleven, 200 times; 5 standard errors: fails once in 1.7 million."""
    organization = unit(engaging=1.0, hours=0.5, heard=1.0)
    for seat in np.flatnonzero(organization.level == 0):
        say(organization, seat, 1)
    spoke = 0.0
    for week in range(200):
        organization.encouragement[:] = 0.0
        organization.period = week
        act(organization)
        spoke += organization.encouragement.sum() / 0.5
    assert abs(spoke - 600) < 5 * np.sqrt(200 * 11 * (3 / 11) * (8 / 11))


# --- purpose ------------------------------------------------------------------------------------


@pytest.mark.parametrize("engaging", [0.0, 1.0])
def test_purpose_moves_towards_the_unit_in_dialogue_and_to_the_manager_in_a_campaign(engaging):
    organization = unit(5, engaging=engaging, alignment=0.2, hours=2.0)
    boss = manager_of(organization)
    purpose = np.array([0.1, 0.3, 0.5, 0.7, 0.4], dtype=np.float32)
    organization.purpose[:] = purpose
    act(organization)
    share = 1 - 0.8**2
    goal = purpose.mean() if engaging else purpose[boss]
    expected = purpose + share * (goal - purpose)
    assert organization.purpose == pytest.approx(expected, abs=ROUNDING)


# --- failures of their own ----------------------------------------------------------------------


def test_a_manager_s_failure_told_relieves_those_who_hear_it_and_takes_their_time():
    organization = unit(hours=0.0, role_modelling=1.0, role_modelling_hours=0.25)
    boss = manager_of(organization)
    organization.fear[:] = 0.5
    organization.noticed[boss], organization.tenure[:] = 1, 5
    leadership = next(each for each in organization.mechanisms if each.name == "leadership")
    leadership.plan(organization)
    assert (organization.planned[:, LINE] == 0.25).all()
    organization.hours[:, LINE] = 0.25
    organization.hours[2 if boss != 2 else 3, LINE] = 0.0  # has no time to listen
    act(organization)
    expected = np.full(12, 0.5 * (1 - 0.02))
    expected[[boss, 2 if boss != 2 else 3]] = 0.5
    assert organization.fear == pytest.approx(expected, abs=ROUNDING)
    assert count(organization, FAILURES_ADMITTED) == 1


@pytest.mark.parametrize(("failures", "tenure"), [(0, 5), (3, 0)])
def test_who_had_no_failure_here_has_none_to_tell(failures, tenure):
    organization = unit(hours=0.0, role_modelling=1.0)
    boss = manager_of(organization)
    organization.raised[boss], organization.tenure[:] = failures, tenure
    organization.raised[organization.manager == boss] = 4  # those of others are theirs to tell
    before = snapshot(organization)
    act(organization)
    assert changed(before, organization) == set()


# --- time, and nothing beside -------------------------------------------------------------------


def test_the_hours_are_those_of_a_unit_and_its_manager_and_obligations():
    organization = quiet(people=13, structure={"levels": 3, "span": 3}, leadership={"hours": 1.5})
    week_up_to(organization, "hours")
    assert LINE in OBLIGATIONS
    # The middle is a unit's manager and somebody's report.
    of_level = {0: 1.5, 1: 3.0, 2: 1.5}
    expected = [of_level[int(level)] for level in organization.level]
    assert organization.hours[:, LINE] == pytest.approx(expected)


def test_without_a_line_there_is_nobody_to_lead():
    organization = quiet(structure={"levels": 1}, leadership={**CERTAIN, "role_modelling": 1.0})
    organization.noticed[:] = 3
    organization.tenure[:] = 5
    before = snapshot(organization)
    act(organization)
    assert changed(before, organization) == set()


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 40), st.floats(0, 40), st.floats(0, 1))
def test_hours_never_exceed_the_week_and_purpose_stays_a_share(hours, telling, engaging):
    organization = lively(
        3,
        leadership={
            **{"hours": hours, "role_modelling": 1.0, "role_modelling_hours": telling},
            **{"engaging": engaging, "alignment": 1.0},
        },
    )
    for _ in range(3):
        organization.step()
        assert organization.hours.sum(axis=1).max() <= 40.0 * (1 + 1e-5)
        assert organization.hours.min() >= 0.0
        assert organization.purpose.min() >= 0.0 and organization.purpose.max() <= 1.0


# --- measures -----------------------------------------------------------------------------------

#: Counts of ten people in half a year, five person-years.
COUNTS = {
    **{"beliefs_from_leaders": 20, "beliefs_from_reports": 10, "failures_admitted": 5},
    **{"reactions_punishing": 6, "reprimands": 4, "reactions_kind": 8},
    **{"punishments_witnessed": 25, "punishments_travelled": 5},
    **{"kindness_witnessed": 12, "kindness_travelled": 2},
    **{"cases_checked": 30, "cases_handled": 120},
}
BY_HAND = {
    "beliefs_from_leaders": 20 / 5,
    "beliefs_from_reports": 10 / 5,
    "failures_admitted": 5 / 5,
    "reach_of_punishment": (25 + 5) / (6 + 4),
    "reach_of_kindness": (12 + 2) / 8,
    "checked": 30 / 120,
}


@pytest.mark.parametrize("name", BY_HAND)
def test_a_flow_of_leadership_by_hand(name):
    tally = np.array([COUNTS.get(each, 0) for each in TALLIES], dtype=float)
    counted = Counted(tally, np.zeros(len(ACTIVITIES)), people=10, weeks=26, value=None)
    assert MEASURES[name].flow(counted) == pytest.approx(BY_HAND[name])


def test_fear_by_level_is_that_of_the_front_line_minus_that_of_managers():
    organization = unit(5)
    organization.fear[:] = 0.3
    organization.fear[manager_of(organization)] = 0.1
    assert MEASURES["fear_by_level"].of(organization) == pytest.approx(0.2, abs=ROUNDING)
    assert np.isnan(MEASURES["fear_by_level"].of(quiet(structure={"levels": 1})))
    assert {measure.name for measure in LEADERSHIP} == {*BY_HAND, "fear_by_level"}

"""Dialogue with clients: who is talked with, what they know, what is heard, and what it costs."""

from __future__ import annotations

import math

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from organizations import apply, changed, count, merged, quiet, snapshot, week_up_to

from sim.measures import MEASURES
from sim.mechanisms.dialogue import talk_with_clients, whose_request
from sim.mechanisms.workforce import replace_people
from sim.organization import Organization
from sim.scenario.settings import Settings
from sim.tallies import (
    BELIEFS_FROM_CLIENTS,
    CLIENT_TALKS,
    CLIENT_WORDS,
    CLIENT_WORDS_UNHEARD,
    DIALOGUE,
    TALLIES,
)

COMPLEXITY = 2
#: Of a wrong alarm: 5 standard errors, once in 1.7 million.
ERRORS = 5.0


def in_dialogue(people: int = 12, **rule: float) -> Organization:
    """People with nothing to do but talk with clients, an hour a week and one an hour by default.

    All believe the contrary of what works on each of six blocks of two dimensions; each has had
    three requests of block 1 closed wrong that stand as successes.
    """
    settings = {"hours": 1.0, "talks": 1.0, "insight": 1.0, "status_barrier": 0.0, "uptake": 1.0}
    organization = quiet(
        people=people,
        dimensions=12,
        without=["hours"],
        environment={"complexity": COMPLEXITY},
        dialogue=merged(settings, rule),
    )
    organization.beliefs[:] = -organization.reality
    organization.articulated[:] = False
    organization.learning_rate[:] = 1.0
    organization.unhappy[:, 1] = 3.0
    organization.record_cases[:] = 5.0
    organization.record_success[:] = 5.0
    return organization


def test_a_client_who_is_heard_teaches_what_works_and_is_unhappy_no_more():
    organization = in_dialogue()
    apply(organization, "dialogue")
    learned = organization.beliefs == organization.reality
    assert (learned[:, 2:4].sum(axis=1) == 1).all() and learned.sum() == 12
    assert np.array_equal(organization.articulated, learned)
    assert (organization.unhappy[:, 1] == 2.0).all()
    # The case is known by now to have failed.
    assert (organization.record_success[:, 1] == 4.0).all()
    assert (np.delete(organization.record_success, 1, axis=1) == 5.0).all()
    assert (organization.record_cases == 5.0).all()
    tallies = (CLIENT_TALKS, CLIENT_WORDS, BELIEFS_FROM_CLIENTS)
    assert [count(organization, each) for each in tallies] == [12, 12, 12]
    assert MEASURES["unanswered"].of(organization) == 2.0
    # Each learned one belief in a week.
    assert MEASURES["beliefs_from_clients"].of(organization) == 52.0
    assert MEASURES["client_talks"].of(organization) == 52.0
    assert MEASURES["client_voice"].of(organization) == 1.0


def test_clients_without_insight_mislead():
    organization = in_dialogue(insight=0.0)
    organization.beliefs[:] = organization.reality
    apply(organization, "dialogue")
    wrong = organization.beliefs == -organization.reality
    assert wrong.sum() == 12 and (wrong[:, 2:4].sum(axis=1) == 1).all()


def test_behind_a_barrier_of_status_no_client_is_heard():
    organization = in_dialogue(status_barrier=1.0)
    before = snapshot(organization)
    apply(organization, "dialogue")
    assert changed(before, organization) == {"tally"}
    assert count(organization, CLIENT_WORDS) == count(organization, CLIENT_WORDS_UNHEARD) == 12
    assert MEASURES["client_voice"].of(organization) == 0.0


def test_a_client_who_is_content_teaches_nothing():
    organization = in_dialogue()
    organization.unhappy[:] = 0.0
    before = snapshot(organization)
    apply(organization, "dialogue")
    assert changed(before, organization) == {"tally"}
    assert count(organization, CLIENT_TALKS) == 12
    assert count(organization, CLIENT_WORDS) == 0
    assert math.isnan(MEASURES["client_voice"].of(organization))


def test_the_barrier_is_the_same_for_people_of_every_rank():
    organization = in_dialogue(2000, status_barrier=0.3, talks=10.0)
    organization.unhappy[:, 1] = 1000.0
    organization.record_success[:] = 2000.0
    apply(organization, "dialogue")
    heard = 1000.0 - organization.unhappy[:, 1]
    for level in range(int(organization.level.max()) + 1):
        here = heard[organization.level == level]
        error = math.sqrt(0.3 * 0.7 / (10 * len(here)))
        assert abs(here.mean() / 10 - 0.7) < ERRORS * error


def test_clients_come_to_speak_as_often_as_there_are_of_them():
    unhappy = np.array([1.0, 0.0, 3.0], np.float32)
    lots = (np.arange(400) + 0.5) / 400
    room = np.empty(3)
    drawn = np.array([whose_request(unhappy, room, lot) for lot in lots])
    assert np.bincount(drawn).tolist() == [100, 0, 300]
    # A quarter of a client is one in a quarter of all talks.
    quarter = np.array([0.0, 0.25], np.float32)
    assert np.mean([whose_request(quarter, room, lot) == 1 for lot in lots]) == 0.25


def test_what_is_heard_is_taken_over_as_readily_as_people_learn():
    organization = in_dialogue(2000, uptake=0.6)
    organization.learning_rate[:] = 0.5
    apply(organization, "dialogue")
    adopted = count(organization, BELIEFS_FROM_CLIENTS)
    assert abs(adopted - 2000 * 0.3) < ERRORS * math.sqrt(2000 * 0.3 * 0.7)
    # Who did not take it over has answered, all the same.
    assert (organization.unhappy[:, 1] == 2.0).all()


@pytest.mark.parametrize(("share", "talks"), [(1.0, 3.0), (0.5, 1.5), (0.0, 0.0)])
def test_people_talk_for_as_long_as_they_have_time(share, talks):
    organization = in_dialogue(2000, hours=1.5, talks=2.0)
    organization.learning_share[:] = share
    apply(organization, "dialogue")
    # Part of a talk is one with that chance: a variance of 1/4 at most.
    spread = ERRORS * math.sqrt(2000 * (talks % 1) * (1 - talks % 1))
    assert abs(count(organization, CLIENT_TALKS) - 2000 * talks) <= spread


def test_dialogue_takes_its_hours_of_the_week():
    organization = quiet(dialogue={"hours": 1.5})
    week_up_to(organization, "dialogue")
    assert organization.hours[:, DIALOGUE] == pytest.approx(1.5)
    assert organization.hours.sum(axis=1) == pytest.approx(40.0)


def heard_by_week(*events: object) -> list[float]:
    """The measure ``client_voice`` in each of twelve weeks of a busy organization."""
    settings = Settings.model_validate(
        {
            "people": 60,
            "dialogue": {"hours": 2.0, "status_barrier": 0.5, "insight": 0.7},
            "events": list(events),
        }
    )
    organization, shares = Organization(settings, 4), []
    for _ in range(12):
        organization.step()
        shares.append(MEASURES["client_voice"].of(organization))
    return shares


def test_a_barrier_can_be_taken_away_during_a_run():
    shares = heard_by_week({"at": 6, "set": {"dialogue.status_barrier": 0.0}})
    assert all(share < 1.0 for share in shares[2:6])
    assert shares[6:] == [1.0] * 6


def test_dialogue_may_begin_during_a_run():
    events = [{"at": 3, "set": {"dialogue.hours": 2.0}}]
    settings = Settings.model_validate({"people": 60, "events": events})
    organization = Organization(settings, 4)
    talks = []
    for _ in range(6):
        organization.step()
        talks.append(count(organization, CLIENT_WORDS))
    assert talks[:3] == [0.0] * 3
    # What clients know of the time before was noted down.
    assert all(words > 0 for words in talks[3:])
    assert Organization(Settings.model_validate({"people": 20}), 4).unhappy.size == 0


def test_who_comes_new_to_a_seat_has_no_clients_yet():
    organization = in_dialogue()
    replace_people(organization, np.array([2]))
    assert organization.unhappy[:, 1].tolist() == [0.0 if i == 2 else 3.0 for i in range(12)]


counts = st.floats(0, 6, width=32)


@given(
    unhappy=st.lists(counts, min_size=3, max_size=3),
    success=st.lists(counts, min_size=3, max_size=3),
    rule=st.tuples(st.floats(0, 60), *[st.floats(0, 1)] * 3),
    key=st.integers(0, 2**32),
)
def test_nobody_is_answered_twice_and_no_record_falls_below_nothing(unhappy, success, rule, key):
    beliefs, said = np.zeros((1, 6), np.int8), np.zeros((1, 6), np.bool_)
    waiting, record = np.array([unhappy], np.float32), np.array([success], np.float32)
    tally = np.zeros(len(TALLIES))
    talk_with_clients(
        np.array([1.0]),
        rule,
        np.ones(6, np.int8),
        beliefs,
        said,
        waiting,
        record,
        np.ones(1, np.float32),
        np.zeros(1, np.uint64),
        np.empty(3),
        tally,
        np.uint64(key),
    )
    answered = np.array(unhappy, np.float32) - waiting[0]
    heard = tally[CLIENT_WORDS] - tally[CLIENT_WORDS_UNHEARD]
    assert (waiting >= 0.0).all() and (answered >= 0.0).all()
    assert answered.sum() <= heard + 1e-4
    assert (record >= 0.0).all() and (record[0] <= np.array(success, np.float32)).all()
    # Only what was told is believed, and whoever believes it can say so.
    assert (beliefs != 0).sum() <= tally[BELIEFS_FROM_CLIENTS] <= heard
    assert np.array_equal(said, beliefs != 0)

"""Communities that run themselves: how long they meet, and about what."""

from __future__ import annotations

import numpy as np
import pytest
from organizations import apply, learners, lively, quiet, weeks

from sim.learning.models import session_lengths
from sim.measures import MEASURES
from sim.mechanisms.communities import community_topics
from sim.mechanisms.self_organization import SHORTEST
from sim.models.run import run
from sim.places.membership import list_communities
from sim.scenario.loading import load_scenario
from sim.tallies import COMMUNITY, STORIES_TOLD, TOPICS_CHANGED

MEETING = {"count": 2, "hours": 1.0}


def deciding(**section):
    """Twelve people in two communities that decide in week 4."""
    organization = quiet(
        communities=MEETING,
        environment={"complexity": 3},
        requests={"topics": 2},
        self_organization={"every": 4, **section},
    )
    organization.period = 4
    return organization


def test_a_majority_that_took_something_wants_more_and_one_that_did_not_wants_less():
    organization = deciding(step=0.5)
    first, second = (organization.community == c for c in (0, 1))
    gained = np.flatnonzero(first)
    organization.session_gains[gained[: len(gained) // 2 + 1]] = 1.0
    others = np.flatnonzero(second)
    organization.session_gains[others[: (len(others) - 1) // 2]] = 5.0
    apply(organization, "self_organization")
    assert session_lengths(organization).tolist() == [1.5, 0.5]
    assert not organization.session_gains.any()


def test_half_of_the_members_change_nothing():
    organization = deciding()
    organization.community[:] = np.arange(12) % 2
    list_communities(organization)
    organization.session_gains[:6] = 1.0
    apply(organization, "self_organization")
    assert session_lengths(organization).tolist() == [1.0, 1.0]


def test_sessions_stay_between_a_story_and_the_longest():
    organization = deciding(step=3.0, longest=1.75)
    organization.session_gains[organization.community == 0] = 1.0
    apply(organization, "self_organization")
    assert session_lengths(organization).tolist() == [1.75, SHORTEST]


def test_the_organization_still_sets_where_communities_start():
    """What they decided is a difference: a session set longer is longer by as much."""
    organization = deciding(step=0.25)
    organization.session_gains[:] = 1.0
    apply(organization, "self_organization")
    organization.parameters["communities"] = organization.parameters["communities"].model_copy(
        update={"hours": 0.5}
    )
    assert session_lengths(organization).tolist() == [0.75, 0.75]


def test_a_community_takes_up_what_its_members_fail_at():
    organization = deciding()
    before = community_topics(organization)[0].tolist()
    assert before == [0, 2]
    organization.record_cases[:] = 4.0
    organization.record_success[:] = 4.0
    organization.record_success[organization.community == 1, 0] = 1.0
    apply(organization, "self_organization")
    assert organization.community_topic.tolist() == [0, 0]
    assert [bounds.tolist() for bounds in community_topics(organization)] == [[0, 0], [2, 2]]
    assert organization.tally[TOPICS_CHANGED] == 1.0
    assert MEASURES["topics_covered"].of(organization) == 0.5


def test_equal_need_leaves_the_topic_as_it_is():
    organization = deciding()
    organization.record_cases[:] = 4.0
    organization.record_success[:] = 1.0
    organization.community_topic[:] = [1, 0]
    apply(organization, "self_organization")
    assert organization.community_topic.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("decides", "moves"), [("length", (True, False)), ("topic", (False, True))]
)
def test_communities_decide_only_what_they_may(decides, moves):
    organization = deciding(decides=decides)
    organization.record_cases[:, 0] = 9.0
    organization.session_gains[:] = 1.0
    apply(organization, "self_organization")
    changed = organization.session_change.any(), organization.tally[TOPICS_CHANGED] > 0.0
    assert tuple(map(bool, changed)) == moves


def test_deciding_takes_time_in_the_weeks_of_decisions_alone():
    def planned(period: int) -> float:
        organization = deciding(hours=0.25)
        organization.period = period
        organization.planned[:] = 0.0
        for mechanism in organization.mechanisms:
            if mechanism.name in ("communities", "self_organization"):
                mechanism.plan(organization)
        return float(organization.planned[0, COMMUNITY])

    assert [planned(period) for period in (0, 3, 4, 5, 8)] == [1.0, 1.0, 1.25, 1.0, 1.25]


def test_nothing_is_decided_where_communities_do_not_meet():
    organization = deciding()
    organization.parameters["communities"] = organization.parameters["communities"].model_copy(
        update={"hours": 0.0}
    )
    organization.session_gains[:] = 1.0
    apply(organization, "self_organization")
    assert not organization.session_change.any()
    assert not session_lengths(organization).any()


def test_a_longer_session_has_room_for_more_stories_and_takes_more_time():
    def session(change: float) -> tuple[float, float]:
        organization = learners(communities={"hours": 1.0, "threshold": 0.1})
        organization.beliefs[:] = organization.reality
        organization.session_change[:] = change
        weeks(organization, 1)
        told = float(organization.tally[STORIES_TOLD])
        return told, float(organization.hours[:, COMMUNITY].mean())

    # Nobody is afraid, all have time, and everybody has a story: four an hour.
    assert session(0.0) == (4.0, 1.0)
    assert session(1.0) == (8.0, 2.0)


def test_what_people_take_from_sessions_is_counted_until_the_next_decision():
    organization = lively(self_organization={"every": 50})
    weeks(organization, 3)
    assert organization.session_gains.sum() > 0.0
    # A newcomer has taken nothing yet.
    newcomers = organization.tenure == 0
    assert newcomers.any()
    before = organization.session_gains.copy()
    weeks(organization, 1)
    kept = organization.tenure > 0
    assert (organization.session_gains[kept] >= before[kept]).all()


def test_off_is_the_run_without_it():
    def finals(**changes):
        return weeks(lively(**changes), 9).arrays()

    off = finals(self_organization={"every": 0})
    without = finals(without=["self_organization"])
    on = finals(self_organization={"every": 3})
    assert all(np.array_equal(off[name], without[name]) for name in off)
    assert any(not np.array_equal(off[name], on[name]) for name in off)


def test_communities_that_run_themselves_come_to_share_a_purpose():
    """Not by rule: purpose is kindled in sessions, which members may let shrink to a story."""
    settings = load_scenario("era/communities_that_run_themselves").settings
    stages = [
        run(settings.model_copy(update={"periods": 78}), seed).finals["community_stage"]
        for seed in range(3)
    ]
    assert min(stages) >= 2.0

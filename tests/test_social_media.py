"""A social platform: who uses it, who writes, what readers take from it, and what it costs."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from organizations import apply, learners, lively, merged, quiet, weeks

from sim.acquaintance.directories import PRIOR
from sim.measures import MEASURES
from sim.measures.platform import share_of_silent, share_of_top_tenth
from sim.mechanisms.workforce import replace_people
from sim.organization import Organization
from sim.platform.adoption import Adopting, Notes, come_and_go, keep_following
from sim.platform.posts import KEPT, practised
from sim.tallies import (
    COLLABORATION_HOURS,
    EXTERNALIZATION_FLOW,
    LIKES,
    PASSED_ON_READ,
    PEOPLE_SEEN,
    PLATFORM,
    POSTS,
    POSTS_ADOPTED,
    POSTS_ADOPTED_RIGHTLY,
    POSTS_MISSED,
    POSTS_PASSED_ON,
    POSTS_READ,
    STORIES_POSTED,
    TEAM,
    VISIBLE_HOURS,
)

KEY = np.uint64(12345)
#: Everybody is there, whoever can write does, and all that is read is believed.
OPEN: dict[str, Any] = {
    "interpersonal": {"stranger": 1.0, "identity_discount": 0.0},
    "social_media": {
        **{"hours": 1.0, "start": 1.0, "posting": 1.0, "writing": 0.0, "uptake": 1.0},
        **{"passing_on": 0.0, "liking": 0.0, "leaving": 0.0},
    },
    "climate": {"visibility": 0.0},
}


def online(**changes: Any) -> Organization:
    """Ten users who know each other: odd seats are right and can say so, even ones know nothing."""
    organization = learners(**merged(OPEN, changes))
    organization.articulated[1::2] = True
    organization.self_efficacy[:] = organization.learning_share[:] = 1.0
    organization.tenure[:] = 100
    organization.open_period()
    return organization


def used(**changes: Any) -> Organization:
    """The same after a week of using it."""
    organization = online(**changes)
    apply(organization, "social_media")
    return organization


def test_readers_take_over_exactly_what_those_who_do_better_posted() -> None:
    organization = used()
    posted = organization.post_dimension[1::2]
    assert (posted >= 0).all() and (organization.post_dimension[::2] == -1).all()
    heard = np.isin(np.arange(4), posted)
    for i in range(0, 10, 2):
        assert np.array_equal(organization.beliefs[i], np.where(heard, organization.reality, 0))
        assert np.array_equal(organization.articulated[i], heard)
    # Five posts; nine others read each. Words of the second of two alike teach nobody any more.
    tally = organization.tally
    assert tally[[POSTS, POSTS_READ, POSTS_MISSED]].tolist() == [5.0, 45.0, 0.0]
    assert tally[POSTS_ADOPTED] == tally[POSTS_ADOPTED_RIGHTLY] == 5 * heard.sum()
    assert organization.influence.sum() == 5 * heard.sum()
    assert (organization.influence[::2] == 0.0).all()


def test_what_is_wrong_spreads_by_the_same_rule() -> None:
    organization = online()
    organization.beliefs[1::2] *= -1
    organization.open_period()
    apply(organization, "social_media")
    assert organization.tally[POSTS_ADOPTED] >= 5
    assert organization.tally[POSTS_ADOPTED_RIGHTLY] == 0.0


@pytest.mark.parametrize("uptake", [0.0, 1.0])
def test_nothing_is_learned_from_who_is_not_seen_to_do_better(uptake: float) -> None:
    organization = online(social_media={"uptake": uptake})
    if uptake == 1.0:
        organization.record_success[:] = 5.0
    organization.open_period()
    apply(organization, "social_media")
    assert organization.tally[POSTS_READ] == 45.0
    assert organization.tally[POSTS_ADOPTED] == 0.0
    assert (organization.beliefs[::2] == 0).all()


@pytest.mark.parametrize(
    ("self_efficacy", "fear", "share", "safety", "posts"),
    [(1, 0, 1, 0, 5), (0, 0, 1, 0, 0), (1, 1, 1, 0, 0), (1, 1, 1, 1, 5), (1, 0, 0, 0, 0)],
)
def test_writing_takes_self_efficacy_safety_and_time(
    self_efficacy: float, fear: float, share: float, safety: float, posts: int
) -> None:
    organization = online(social_media={"safety": safety})
    organization.self_efficacy[:] = self_efficacy
    organization.fear[:], organization.learning_share[:] = fear, share
    apply(organization, "social_media")
    assert organization.tally[POSTS] == posts


def test_how_often_people_write_is_the_product_of_what_it_takes() -> None:
    """.8 x .5 x (1 - (.4 - .2)) x .5 = .16; 4.5 standard errors: fails once in some 150,000."""
    organization = quiet(people=4000, social_media={"hours": 1.0, "start": 1.0, "posting": 0.8})
    organization.self_efficacy[:], organization.fear[:] = 0.5, 0.4
    organization.learning_share[:], organization.practice[:] = 0.5, 1.0
    organization.beliefs[:], organization.articulated[:] = 1, True
    mechanism = next(m for m in organization.mechanisms if m.name == "social_media")
    mechanism.parameters = mechanism.parameters.model_copy(update={"safety": 0.2})
    organization.open_period()
    mechanism.apply(organization)
    error = math.sqrt(0.16 * 0.84 / 4000)
    assert abs(organization.tally[POSTS] / 4000 - 0.16) < 4.5 * error


@pytest.mark.parametrize("articulation", [0.0, 1.0])
def test_what_is_tacit_is_posted_where_telling_puts_it_into_words(articulation: float) -> None:
    organization = online(communities={"articulation": articulation})
    organization.articulated[:] = False
    organization.open_period()
    apply(organization, "social_media")
    told = 5 * articulation
    assert organization.tally[POSTS] == organization.tally[STORIES_POSTED] == told
    assert organization.tally[EXTERNALIZATION_FLOW] == told
    assert organization.articulated[1::2].sum() == told


def test_only_what_one_practises_is_written_about() -> None:
    beliefs = np.array([1, -1, 0, 1], dtype=np.int8)
    practice = np.array([0.4, 0.9, 1.0, 0.5], dtype=np.float32)
    found = {int(practised(beliefs, practice, 0.5, luck)) for luck in (0.0, 0.49, 0.51, 0.99)}
    assert found == {1, 3}
    assert practised(beliefs, practice, 0.95, 0.3) == -1


def test_attention_ends_with_the_hours_and_the_rest_is_missed() -> None:
    organization = used(social_media={"attention": 2.0})
    # Five posts wait for each of five who did not write, four for each of five who did.
    assert organization.tally[POSTS_READ] == 20.0
    assert organization.tally[POSTS_MISSED] == 5 * 3 + 5 * 2


def test_writing_takes_of_the_time_for_reading() -> None:
    assert used(social_media={"writing": 1.0}).tally[POSTS_READ] == 25.0
    assert used(social_media={"writing": 1.1}).tally[POSTS] == 0.0


def test_likes_encourage_the_author_and_silence_discourages() -> None:
    # Four others who have written themselves agree with each of five posts.
    liked = used(social_media={"liking": 1.0, "uptake": 0.0, "like": 0.1})
    assert liked.tally[LIKES] == 20.0
    assert liked.encouragement == pytest.approx([0.0, 0.4] * 5)
    assert liked.applause == pytest.approx([0.0, 4.0] * 5)
    unheard = used(social_media={"liking": 0.0, "silence": 0.2})
    assert unheard.encouragement == pytest.approx([0.0, -0.2] * 5)


def test_passed_on_words_keep_their_author_who_reaches_further() -> None:
    organization = online(social_media={"passing_on": 1.0, "uptake": 0.0})
    apply(organization, "social_media")
    assert organization.reach.sum() == 45.0
    before = {n: getattr(organization, n).copy() for n in ("post_dimension", "post_author")}
    kept = organization.endorsed.copy()
    # Only who agrees keeps a post in mind: those who know nothing do not.
    assert (kept[::2] == -1).all() and (kept[1::2] >= 0).all()
    organization.tally[:] = 0.0
    organization.period += 1
    apply(organization, "social_media")
    assert organization.tally[POSTS_PASSED_ON] == 5.0 and organization.tally[POSTS] == 0.0
    for i in range(1, 10, 2):
        assert organization.post_dimension[i] == before["post_dimension"][kept[i]]
        assert organization.post_author[i] == before["post_author"][kept[i]] != i
    tally = organization.tally
    assert tally[PASSED_ON_READ] == tally[POSTS_READ] == 45.0
    assert organization.reach.sum() == pytest.approx(45.0 * KEPT + 2 * 45.0)
    assert organization.posted == pytest.approx([0.0, KEPT + 1.0] * 5)


def test_words_of_somebody_who_has_left_are_nobodys() -> None:
    organization = online(social_media={"passing_on": 1.0, "start": 1.0})
    apply(organization, "social_media")
    organization.endorsed[:] = -1
    organization.endorsed[0], organization.endorsed[2] = 3, 5
    organization.post_author[3] = 7
    organization.tenure[[5, 7]] = 0
    organization.period += 1
    apply(organization, "social_media")
    assert organization.post_author[0] == -1 and organization.post_dimension[0] >= 0
    assert organization.post_author[2] in (-1, 2)


def test_working_out_loud_shows_work_with_others_and_is_recognized() -> None:
    organization = online(social_media={"working_out_loud": 0.5, "recognition": 0.4})
    organization.hours[:, TEAM] = 2.0
    apply(organization, "social_media")
    assert organization.tally[COLLABORATION_HOURS] == 20.0
    assert organization.tally[VISIBLE_HOURS] == 5 * 1.0
    assert organization.encouragement == pytest.approx([0.0, 0.2] * 5)


@pytest.mark.parametrize(
    ("loud", "kind", "punished"), [(0.0, 0.0, 0), (1.0, 0.0, 3), (1.0, 1.0, 0)]
)
def test_working_out_loud_shows_failures_to_a_manager_who_reads_it(
    loud: float, kind: float, punished: int
) -> None:
    organization = online(
        social_media={"working_out_loud": loud},
        climate={"reaction": 1.0},
        leadership={"inclusiveness": kind, "spread": 0.0},
    )
    organization.manager[:] = 0
    organization.manager[0] = -1
    organization.noticed[:] = 3
    organization.online[2] = False
    apply(organization, "social_media")
    assert organization.reprimanded.tolist() == [0, punished] * 5
    assert organization.encouragement == pytest.approx([0.0, 3.0 * kind] * 5)


def test_who_reads_sees_others_at_work() -> None:
    seen = used().tally[PEOPLE_SEEN]
    assert seen == 45.0
    # In one unit of ten everybody sees half of the others anyway: reading adds the other half.
    organization = online(climate={"visibility": 0.5})
    organization.unit[:] = 0
    apply(organization, "social_media")
    assert organization.tally[PEOPLE_SEEN] == pytest.approx(10 * 9 * 0.5 + 45 * 0.5)


def test_directories_learn_who_knows_from_posts_and_who_knows_whom_from_what_is_passed_on() -> None:
    organization = online(advice={"hours": 0.25}, social_media={"passing_on": 1.0, "uptake": 0.0})
    apply(organization, "social_media")
    of_writers = np.isin(organization.address, np.arange(1, 10, 2))
    of_writers &= organization.address >= 0
    # All that was shown went well, as all cases of theirs do.
    assert (organization.knows_what[of_writers].max(axis=1) > PRIOR).all()
    assert (organization.what_weight[~of_writers] == 0).all()
    assert (organization.whom_weight == 0).all()
    organization.period += 1
    apply(organization, "social_media")
    assert (organization.knows_whom[of_writers].max(axis=1) > PRIOR).all()
    assert (organization.whom_weight[~of_writers] == 0).all()


def dyads(contact: list[list[int]], familiarity: list[list[float]]) -> tuple[Any, ...]:
    """Contacts and how well they are known, last met in week 0."""
    contacts = np.array(contact, dtype=np.int32)
    return contacts, np.array(familiarity, dtype=np.float32), np.zeros_like(contacts)


def test_users_follow_whom_they_know_best_of_all_users_and_drop_who_left() -> None:
    uses = np.array([True, True, False, True, True])
    follows = np.full((5, 2), -1, dtype=np.int32)
    known = dyads([[1, 2, 3, 4]] + [[-1] * 4] * 4, [[0.2, 0.9, 0.5, 0.3]] + [[0.0] * 4] * 4)
    tenure, person = np.full(5, 9, dtype=np.int32), np.arange(5, dtype=np.uint64)
    notes = Notes(np.empty(5, np.bool_), np.empty(4), np.empty(2, np.int32), np.empty(2))
    keep_following(uses, follows, tenure, known, person, notes, 0, KEY)
    assert follows[0].tolist() == [3, 4] and (follows[1:] == -1).all()
    uses[3] = False
    keep_following(uses, follows, tenure, known, person, notes, 0, KEY)
    assert follows[0].tolist() == [1, 4]
    tenure[4] = 0  # somebody new sits there, who is not known yet
    known[1][0, 3] = 0.0
    keep_following(uses, follows, tenure, known, person, notes, 0, KEY)
    assert follows[0].tolist() == [1, -1]


@pytest.mark.parametrize(
    ("rule", "manager", "expected"),
    [
        (Adopting(1.0, 0.1, 0.0, 0.0, 0.0, 0.0), 0, 0.1),
        (Adopting(1.0, 0.0, 0.4, 0.0, 0.0, 0.0), 0, 0.3),
        (Adopting(1.0, 0.0, 0.4, 2.0, 0.0, 0.0), 0, 0.9),
        (Adopting(1.0, 0.0, 0.4, 2.0, 0.0, 0.0), -1, 0.3),
        (Adopting(0.5, 0.2, 0.0, 0.0, 0.0, 0.0), 0, 0.1),
    ],
)
def test_people_begin_by_themselves_and_as_those_they_know(
    rule: Adopting, manager: int, expected: float
) -> None:
    """Contacts known .3 and .1, the first a user: a share of .75.

    4.5 standard errors: each case fails once in some 150,000.
    """
    people = 4000
    contact = np.tile(np.array([0, 1], dtype=np.int32), (people, 1))
    familiarity = np.tile(np.array([0.3, 0.1], dtype=np.float32), (people, 1))
    uses = np.zeros(people, dtype=np.bool_)
    uses[0] = True
    come_and_go(
        uses,
        np.empty_like(uses),
        np.zeros(people, dtype=np.bool_),
        np.full((people, 3), -1, dtype=np.int32),
        (contact, familiarity, np.zeros_like(contact)),
        np.full(people, manager, dtype=np.int32),
        np.arange(people, dtype=np.uint64),
        rule,
        0,
        KEY,
        np.uint64(9),
    )
    error = math.sqrt(expected * (1.0 - expected) / people)
    assert abs(uses[2:].mean() - expected) < 4.5 * error


def test_who_got_something_from_it_does_not_leave() -> None:
    uses, gained = np.ones(4, dtype=np.bool_), np.array([True, False, True, False])
    follows = np.array([[1], [0], [1], [0]], dtype=np.int32)
    rule = Adopting(1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    known = dyads([[-1]] * 4, [[0.0]] * 4)
    person, nobody = np.arange(4, dtype=np.uint64), np.full(4, -1, dtype=np.int32)
    come_and_go(uses, uses.copy(), gained, follows, known, nobody, person, rule, 0, KEY, KEY)
    assert uses.tolist() == gained.tolist()
    assert follows.ravel().tolist() == [1, -1, 1, -1]


def test_as_many_use_it_from_the_start_as_the_setting_says_if_they_can() -> None:
    """4.5 standard errors: fails once in some 150,000."""
    for access, expected in ((1.0, 0.266), (0.5, 0.266), (0.2, 0.2)):
        organization = quiet(people=3000, social_media={"hours": 0.5, "access": access})
        error = math.sqrt(expected * (1.0 - expected) / 3000)
        assert abs(organization.online.mean() - expected) < 4.5 * error


@pytest.mark.parametrize("start", [0.0, 1.0])
def test_newcomers_begin_as_their_lot_says_with_nobody_they_follow(start: float) -> None:
    organization = weeks(lively(3, social_media={"start": 0.5}), 6)
    mechanism = next(m for m in organization.mechanisms if m.name == "social_media")
    mechanism.parameters = mechanism.parameters.model_copy(update={"start": start, "hours": 2.0})
    seats = np.array([3, 4])
    organization.online[seats] = start == 0.0
    replace_people(organization, seats)
    organization.planned[:] = 0.0
    mechanism.plan(organization)
    assert (organization.planned[seats, PLATFORM] == 2.0 * start).all()
    organization.posted[seats] = organization.applause[seats] = 5.0
    organization.open_period()
    mechanism.apply(organization)
    assert (organization.posted[seats] <= 1.0).all() and (organization.applause[seats] < 5.0).all()
    assert not np.isin(organization.follows, seats).any()


def test_a_platform_can_be_launched_during_a_run() -> None:
    launch = [{"at": 3, "set": {"social_media.hours": 1.5}}]
    organization = quiet(people=200, events=launch, social_media={"innovation": 0.5})
    use = MEASURES["platform_use"]
    weeks(organization, 3)
    assert math.isnan(use.of(organization)) and not organization.hours[:, PLATFORM].any()
    users = organization.online.copy()
    assert users.any()
    weeks(organization, 1)
    assert np.array_equal(organization.hours[:, PLATFORM], np.where(users, 1.5, 0.0))
    assert use.of(organization) > users.mean()


@settings(max_examples=8, deadline=None)
@given(
    hours=st.floats(0.01, 40.0),
    load=st.floats(0.1, 1.5),
    seed=st.integers(0, 1000),
)
def test_nobody_works_more_than_the_week_and_only_users_spend_time_on_it(
    hours: float, load: float, seed: int
) -> None:
    organization = lively(seed, social_media={"hours": hours}, requests={"load": load})
    for _ in range(3):
        users = organization.online.copy()
        organization.step()
        # Single precision: sixteen numbers below 40 add up to some 1e-5.
        assert organization.hours.sum(axis=1).max() <= 40.0 + 1e-3
        spent = organization.hours[:, PLATFORM]
        assert (spent[~users & (organization.tenure > 0)] == 0.0).all()
        assert (organization.follows[~organization.online] == -1).all()
        assert (organization.follows != np.arange(organization.people)[:, None]).all()


def test_measures_by_hand() -> None:
    posted = np.array([9.0, 1.0, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], dtype=np.float32)
    assert share_of_silent(posted) == pytest.approx(0.8)
    assert share_of_top_tenth(posted) == pytest.approx(9.0 / 10.2)
    counted = SimpleNamespace(
        **{"posts": 8.0, "posts_passed_on": 2.0, "platform_users": 104.0, "posts_read": 40.0},
        **{"passed_on_read": 10.0, "posts_missed": 10.0, "likes": 5.0, "stories_posted": 2.0},
        **{"posts_adopted": 4.0, "posts_adopted_rightly": 3.0, "people_seen": 50.0},
        **{"collaboration_hours": 200.0, "visible_hours": 20.0, "person_weeks": 100.0},
        **{"changes_withdrawn": 1.0, "proposals_submitted": 4.0},
        **{"opinions_sought": 10.0, "opinions_given": 6.0},
    )
    expected = {
        **{"posts": 4.0, "passed_on_share": 0.2, "amplification": 0.25, "readers_per_post": 4.0},
        **{"likes_per_post": 0.5, "posts_missed_share": 0.2, "posts_right_share": 0.75},
        **{"people_seen": 0.5, "hidden_work": 0.9, "stories_posted": 0.25},
        **{"withdrawn_share": 0.25, "opinions_given": 0.6},
    }
    for name, value in expected.items():
        flow = MEASURES[name].flow
        assert flow is not None and flow(counted) == pytest.approx(value), name


def test_without_a_platform_there_is_nothing_to_measure() -> None:
    organization = weeks(quiet(people=20), 1)
    for name in ("platform_use", "posts", "lurkers", "reach_inequality", "hidden_work"):
        assert math.isnan(MEASURES[name].of(organization)), name
    for name in ("people_seen", "withdrawn_share", "posts_right_share", "amplification"):
        assert math.isnan(MEASURES[name].of(organization)), name
    assert organization.follows.size == 0

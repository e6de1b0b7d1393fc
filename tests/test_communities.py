"""Stories: what could only be done finds words, where that feels safe."""

from __future__ import annotations

import numpy as np
import pytest
from organizations import (
    apply,
    changed,
    differing,
    learners,
    lively,
    merged,
    quiet,
    snapshot,
    week_up_to,
    weeks,
)
from test_contract import acting_one_by_one
from watching import Watched

from sim.learning.sessions import fall_in
from sim.measures import MEASURES
from sim.mechanisms import PERIOD
from sim.organization import Organization
from sim.tallies import COMBINATION_FLOW, EXTERNALIZATION_FLOW, STORIES_TOLD

#: All that communities can do besides telling stories.
MORE = {"legitimacy": 0.5, "conformity": 0.2, "purpose": 0.1, "support": 0.05, "delegation": 1.0}


def story_session(
    articulation: float, uptake: float, fear: float = 0.0, practice: float = 1.0, **more: float
) -> Organization:
    """A session of five hours in a community of ten, half of whom have tacit beliefs to tell."""
    session = {"hours": 5.0, "articulation": articulation, "uptake": uptake, **more}
    organization = learners(communities=session)
    organization.fear[:] = fear
    organization.practice[:] = practice
    week_up_to(organization, "communities")
    return organization


def test_a_story_puts_into_words_for_teller_and_listeners_what_could_only_be_done():
    organization = story_session(articulation=1.0, uptake=1.0)
    told = organization.tally[STORIES_TOLD]
    assert 0 < told <= 20
    spoken = organization.articulated
    assert spoken[1::2].any() and spoken[::2].any()
    # Whatever is in words is right, because only what the knowing hold was told.
    assert (organization.beliefs == organization.reality)[spoken].all()
    assert organization.tally[EXTERNALIZATION_FLOW] >= spoken.sum()


def test_a_story_that_finds_no_words_changes_no_belief_but_people_have_met():
    organization = story_session(articulation=0.0, uptake=1.0)
    assert organization.tally[STORIES_TOLD] > 0
    assert not organization.articulated.any() and not organization.beliefs[::2].any()
    assert organization.joint_hours.sum() > 0


def test_without_uptake_only_the_teller_finds_words():
    organization = story_session(articulation=1.0, uptake=0.0)
    assert organization.articulated[1::2].any()
    assert not organization.articulated[::2].any()


@pytest.mark.parametrize("state", [{"fear": 1.1}, {"practice": 0.49}])
def test_nobody_tells_who_is_afraid_or_has_no_practice(state):
    """Fear counts beyond the safety of the community, .1."""
    assert story_session(1.0, 1.0, **state).tally[STORIES_TOLD] == 0.0


def test_safety_in_the_community_lets_people_speak_who_would_not_elsewhere():
    """Fear .1 is taken off by a safety of .1: every teller who has something tells it."""
    brave, shy = story_session(0.0, 1.0, fear=0.1), story_session(0.0, 1.0, fear=0.9)
    assert brave.tally[STORIES_TOLD] == story_session(0.0, 1.0).tally[STORIES_TOLD]
    assert shy.tally[STORIES_TOLD] < brave.tally[STORIES_TOLD]


def test_where_all_know_each_other_alike_legitimacy_makes_no_difference():
    """All weights are equal, so the draws pick the same tellers."""
    one, other = story_session(0.5, 1.0), story_session(0.5, 1.0, legitimacy=0.7)
    assert differing(one, other) == set()


def one_stranger(legitimacy: float, seed: int) -> Organization:
    """The first of five tellers knows nobody, and nobody them."""
    organization = learners(communities={"hours": 5.0, "articulation": 0.0})
    organization.seed = np.uint64(seed)
    tellers = np.arange(1, 10, 2)
    organization.familiarity[1] = 0.0
    organization.familiarity[:, 1] = 0.0
    communities = next(m for m in organization.mechanisms if m.name == "communities")
    communities.parameters = communities.parameters.model_copy(update={"legitimacy": legitimacy})
    organization.open_period()
    organization.learning_share[:] = 1.0
    assert (organization.beliefs[tellers] != 0).all()
    apply(organization, "communities")
    return organization


def told_by(organization: Organization) -> np.ndarray:
    """How many stories each told, who has heard all others, in their first session."""
    return (organization.participation - 0.25 * organization.tally[STORIES_TOLD]) / 0.75


def test_strangers_listen_first_where_one_has_to_be_known_to_tell():
    """With legitimacy 1 a stranger is never drawn; without it they tell as much as others."""
    told = {legitimacy: np.zeros(10) for legitimacy in (0.0, 1.0)}
    for legitimacy, count in told.items():
        for seed in range(60):
            organization = one_stranger(legitimacy, seed)
            count += told_by(organization)
            # By listening strangers become known: next time it may be their turn.
            assert organization.familiarity[1].max() > 0.0
    assert told[1.0][1] == pytest.approx(0.0, abs=1e-3)
    # 1 200 draws of one of ten, 120 each; 5 standard errors: a right model fails once in 1.7
    # million.
    assert abs(told[0.0][1] - 120) < 5 * np.sqrt(1200 * 0.1 * 0.9)


def test_where_all_are_strangers_anybody_may_begin():
    organization = learners(communities={"hours": 5.0, "legitimacy": 1.0})
    organization.familiarity[:] = 0.0
    week_up_to(organization, "communities")
    assert organization.tally[STORIES_TOLD] > 0


def test_a_part_taken_counts_one_for_telling_a_quarter_for_listening_and_half_a_quarter_later():
    organization = story_session(0.0, 0.0)
    stories = organization.tally[STORIES_TOLD]
    # Nine listen to each.
    assert organization.participation.sum() == pytest.approx(stories * (1 + 9 * 0.25))
    before = organization.participation.copy()
    organization.fear[:] = 1.1  # nothing is told any more
    for _ in range(13):
        organization.period += 1
        week_up_to(organization, "communities")
    assert organization.participation == pytest.approx(before / 2)


def voiced(articulated: list[int], beliefs: list[int], hours: float = 1.0) -> list[int]:
    """What five people believe after falling in for certain, on the one dimension there is."""
    believed = np.array(beliefs, np.int8)[:, None]
    said = np.array(articulated, np.bool_)[:, None]
    bounds = np.array([0, len(beliefs)], np.int32)
    low, high = np.array([0], np.int32), np.array([1], np.int32)
    seats = np.arange(len(beliefs), dtype=np.int32)
    there = np.ones(len(beliefs), np.float32)
    opening, tally = believed.copy(), np.zeros(60)
    people = seats.astype(np.uint64)
    topic = (low, high, 1.0, np.array([hours]), there, 1, opening, said.copy())
    fall_in(bounds, seats, 1, *topic, believed, said, people, tally, np.uint64(3))
    moved = believed != opening
    assert tally[COMBINATION_FLOW] == moved.sum() and said[moved].all()
    return believed[:, 0].tolist()


def test_heads_count_and_not_merits_when_people_fall_in_with_the_majority():
    """Only heads that speak: who cannot explain what they believe is not counted."""
    assert voiced([1, 1, 1, 0, 0], [-1, -1, 1, 1, 0]) == [-1] * 5
    assert voiced([1, 0, 0, 0, 0], [-1, 1, 1, 1, 1]) == [-1] * 5
    # Undecided, silent, or not there: nobody moves.
    assert voiced([1, 1, 0, 0, 0], [-1, 1, 1, 1, 0]) == [-1, 1, 1, 1, 0]
    assert voiced([0, 0, 0, 0, 0], [-1, -1, 1, 1, 0]) == [-1, -1, 1, 1, 0]
    assert voiced([1, 1, 1, 1, 0], [-1, -1, -1, 1, 0], hours=0.0) == [-1, -1, -1, 1, 0]


def test_who_had_no_time_to_be_there_is_not_counted_and_does_not_fall_in():
    """Four absent people think otherwise and can say so; three are there, and decide."""
    session = {"count": 1, "hours": 1.0, "articulation": 0.0, "conformity": 1.0}
    settings = {"dimensions": 1, "environment": {"complexity": 1}, "without": ["hours"]}
    organization = quiet(people=9, communities=session, **settings)
    organization.beliefs[:, 0] = [1, 1, 0, -1, -1, -1, -1, 1, -1]
    organization.articulated[:, 0] = [1, 1, 0, 1, 1, 1, 1, 0, 0]
    organization.learning_share[:] = [1, 1, 1, 0, 0, 0, 0, 0, 1]
    week_up_to(organization, "communities")
    assert organization.beliefs[:, 0].tolist() == [1, 1, 1, -1, -1, -1, -1, 1, 1]
    organization.learning_share[:] = 0.0
    organization.beliefs[2, 0] = 0
    week_up_to(organization, "communities")
    assert organization.beliefs[2, 0] == 0


def test_people_fall_in_with_the_chance_that_is_set_times_the_hours_they_were_there():
    """1 000 contrary people; 5 standard errors: a right model fails once in 1.7 million."""
    session = {"count": 1, "hours": 2.0, "articulation": 0.0, "conformity": 0.15}
    organization = quiet(people=2001, dimensions=3, communities=session)
    organization.beliefs[:] = 1
    organization.articulated[:] = False
    organization.articulated[1001:] = True
    organization.beliefs[:1000] = -1
    week_up_to(organization, "communities")
    fell = organization.tally[COMBINATION_FLOW]
    assert abs(fell - 1000 * 0.3) < 5 * np.sqrt(1000 * 0.3 * 0.7)


@pytest.mark.parametrize("seed", range(4))
def test_conformity_makes_newcomers_like_the_others_in_what_is_right_and_in_what_is_wrong(seed):
    """Twenty-four hold a view, half of it wrong, and six newcomers the opposite throughout.

    Of 24 dimensions x 20 weeks a newcomer falls in on each with a chance of 1 - (1 - .5 / 24)^20,
    a third; that none of six ever does on one half has a chance below 1e-13.
    """

    def after(conformity: float) -> Organization:
        organization = quiet(
            seed,
            people=30,
            dimensions=24,
            communities={"count": 1, "hours": 1.0, "conformity": conformity},
            start={"homes": 1, "contacts": 29, "familiarity": 1.0},
        )
        view = organization.reality.copy()
        view[:12] *= -1
        organization.beliefs[:], organization.articulated[:] = view, True
        organization.beliefs[:6] = -view
        organization.tenure[:] = 1000
        organization.tenure[:6] = 0
        return weeks(organization, 20)

    alone, alike = after(0.0), after(0.5)
    heterodoxy = MEASURES["heterodoxy_of_newcomers"]
    assert heterodoxy.of(alone) == 1.0 and heterodoxy.of(alike) < 1.0
    right_alone = alone.beliefs[:6] == alone.reality
    right_alike = alike.beliefs[:6] == alike.reality
    # They knew better on the first half, and have unlearned some of it; on the other they gained.
    assert right_alike[:, :12].sum() < right_alone[:, :12].sum()
    assert right_alike[:, 12:].sum() > right_alone[:, 12:].sum()


def test_purpose_is_kindled_by_the_hour_in_session():
    """A tenth of the way to 1 each hour of two; nothing for who has no time to come."""
    organization = story_session(0.0, 0.0, hours=2.0, purpose=0.1)
    kindled = 1.0 - 0.5 * 0.9**2
    assert organization.purpose == pytest.approx(np.full(10, kindled))
    organization.learning_share[:] = 0.0
    apply(organization, "communities")
    assert organization.purpose == pytest.approx(np.full(10, kindled))
    assert (story_session(0.0, 0.0).purpose == 0.5).all()


def test_listeners_encourage_whoever_tells_up_to_a_bound():
    """Nine listeners at .001, for each story told; 1 at most in a week."""
    organization = story_session(0.0, 0.0, support=0.001)
    assert organization.encouragement == pytest.approx(0.009 * told_by(organization))
    assert story_session(0.0, 0.0, support=0.5).encouragement.max() == 1.0
    assert story_session(0.0, 0.0).encouragement.max() == 0.0


def test_encouragement_by_listeners_is_what_makes_tellers_trust_themselves():
    """Cut off what others bring, and self-efficacy differs by persuasion alone."""

    def trust(support: float) -> np.ndarray:
        settings = {"hours": 5.0, "articulation": 0.0, "support": support}
        organization = learners(communities=settings, self_efficacy={"rate": 0.1})
        week_up_to(organization, "self_efficacy")
        return organization.self_efficacy

    gained = trust(0.05) - trust(0.0)
    assert gained.min() == 0.0 and gained.max() > 0.0
    assert (gained[::2] == 0.0).all()  # even seats have nothing to tell


@pytest.mark.parametrize("hours", [0.0, 1.0])
def test_with_everything_on_communities_keep_to_their_declarations(hours):
    """As the contract of every mechanism, with the settings of this file and without sessions."""
    settings = {
        "communities": {"hours": hours, **MORE},
        "pdsa": {"purpose_effect": 1.0},
        "cells": {"isolation": 0.5},
        "structure": {"centralization": 0.0},
    }
    organization = lively(seed=1, **settings)
    mine = {m.name: m for m in PERIOD if m.name in ("communities", "pdsa", "approvals")}
    for mechanism in acting_one_by_one(organization, periods=12):
        before = snapshot(organization)
        if mechanism.name not in mine:
            mechanism.apply(organization)
            continue
        watcher = Watched(organization)
        mechanism.apply(watcher)
        declared = mine[mechanism.name]
        assert watcher.touched <= {*declared.reads, *declared.writes}
        assert changed(before, organization) <= set(declared.writes)
        if mechanism.name == "communities" and hours == 0.0:
            assert changed(before, organization) == set()


def test_without_sessions_nothing_that_communities_could_do_happens():
    """Speaking for a community included, whether it is switched off or has no hours."""
    settings = {
        "communities": {"hours": 0.0, **MORE},
        "pdsa": {"purpose_effect": 1.0},
        "structure": {"centralization": 0.0},
    }
    idle = weeks(lively(**settings), 8)
    off = weeks(lively(**settings, without=["communities"]), 8)
    none = dict.fromkeys(MORE, 0.0)
    plain = weeks(lively(**merged(settings, {"communities": none})), 8)
    assert differing(idle, off) == set() and differing(idle, plain) == set()

"""Stories: what could only be done finds words, where that feels safe."""

from __future__ import annotations

import pytest
from organizations import learners, week_up_to

from sim.organization import Organization
from sim.tallies import EXTERNALIZATION_FLOW, STORIES_TOLD


def story_session(
    articulation: float, uptake: float, fear: float = 0.0, practice: float = 1.0
) -> Organization:
    """A session of five hours in a community of ten, half of whom have tacit beliefs to tell."""
    session = {"hours": 5.0, "articulation": articulation, "uptake": uptake}
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

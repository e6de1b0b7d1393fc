"""A week on a platform: following, writing, reading, what comes back, and who comes and goes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.acquaintance.directories import directory_in
from sim.kernels import in_place, inlined
from sim.learning.groups import Dyads
from sim.learning.meetings import held_in, seen_in
from sim.places.structure import note_inclusiveness
from sim.platform.adoption import Adopting, Notes, come_and_go, keep_following, welcome
from sim.platform.echo import Echoing, Shown, come_back
from sim.platform.posts import Members, Posts, Users, Writing, write_posts
from sim.platform.reading import Desk, Echo, Reading, read_posts


class Rules(NamedTuple):
    """All numbers of a platform."""

    writing: Writing
    reading: Reading
    echoing: Echoing
    adopting: Adopting


class Keys(NamedTuple):
    """The decisions of a week; ``lots`` names who uses a platform from the first day."""

    following: np.uint64
    posts: np.uint64
    reading: np.uint64
    working_out_loud: np.uint64
    adopting: np.uint64
    lots: np.uint64


@in_place
def live_on_platform(state, rules, mean_inclusiveness, spread, week, keys):
    """Let a week go by on the platform, for all people at once.

    ``rules`` and ``keys`` are plain tuples, which cost less to pass, in the order of ``Rules`` and
    ``Keys``; how inclusive managers are, by ``note_inclusiveness``, shows where people work out
    loud.
    """
    keys = Keys(*keys)
    writing, reading, echoing, adopting = rules
    echoing, adopting = Echoing(*echoing), Adopting(*adopting)
    online, follows, tenure, person = state.online, state.follows, state.tenure, state.person
    posts = Posts(state.post_dimension, state.post_value, state.post_author)
    dyads = Dyads(state.contact, state.familiarity, state.last_met)
    members, users, tally = members_in(state), users_in(state), state.tally
    seen, held, echo = seen_in(state), held_in(state), echo_in(state)
    outcome = state.post_outcome
    welcome(posts, members, tenure, adopting.start, person, keys.lots)
    notes = Notes(state.stays_online, state.known_users, state.known_best, state.known_lot)
    following = (dyads, person, notes, week, keys.following)
    keep_following(online, follows, tenure, *following)
    before = Posts(state.last_dimension, state.last_value, state.last_author)
    written = (seen, held, users, outcome, Writing(*writing), tally, keys.posts)
    write_posts(posts, before, members, *written)
    read_posts(
        posts,
        outcome,
        members,
        seen,
        held,
        users,
        dyads,
        directory_in(state),
        state.reality,
        Reading(*reading),
        echo,
        desk_in(state),
        tally,
        week,
        keys.reading,
    )
    if echoing.working_out_loud > 0.0:
        managers = (state.manager, mean_inclusiveness, spread, state.inclusiveness)
        note_inclusiveness(state.character, *managers)
    shown = Shown(state.hours, state.noticed, state.inclusiveness)
    reactions = (state.encouragement, state.reprimanded, echoing)
    come_back(posts, echo, members, shown, *reactions, person, tally, keys.working_out_loud)
    pull = (dyads, state.manager, person, adopting, week, keys.adopting, keys.lots)
    come_and_go(online, state.was_online, echo.gained, follows, *pull)


@inlined
def members_in(state):
    """``Members``: who uses the platform."""
    return Members(
        state.online,
        state.follows,
        state.endorsed,
        state.posted,
        state.reach,
        state.applause,
    )


@inlined
def users_in(state):
    """``Users``: what people bring to the platform this week."""
    return Users(
        state.self_efficacy,
        state.fear,
        state.learning_share,
        state.learning_rate,
        state.practice,
        state.tenure,
        state.home,
        state.unit,
        state.manager,
        state.person,
    )


@inlined
def echo_in(state):
    """``Echo``: room for what comes of the week's posts."""
    return Echo(state.post_readers, state.post_likes, state.read_by_manager, state.gained)


@inlined
def desk_in(state):
    """``Desk``: room to read."""
    return Desk(
        state.unit_size,
        state.post_topic,
        state.posts_waiting,
        state.place_of,
        state.noted,
        state.address_cases,
        state.is_counted,
    )


def plain(named: tuple[Any, ...]) -> tuple[Any, ...]:
    """A tuple, and those within it, without names: it costs a quarter to pass to a kernel."""
    return tuple(plain(part) if isinstance(part, tuple) else part for part in named)


def rules_of(
    parameters: Any, communities: Any, talk: Any, climate: Any, complexity: int, topics: int
) -> Rules:
    """The numbers of ``social_media`` (``parameters``), and what it needs of other sections."""
    return Rules(
        Writing(
            parameters.posting,
            parameters.passing_on,
            parameters.safety,
            parameters.hours,
            parameters.writing,
            communities.threshold,
            communities.articulation,
            complexity,
        ),
        Reading(
            parameters.hours,
            parameters.writing,
            parameters.attention,
            parameters.uptake,
            parameters.liking,
            parameters.following,
            talk.stranger,
            talk.identity_discount,
            climate.visibility,
            complexity,
            topics,
        ),
        Echoing(
            parameters.like,
            parameters.silence,
            parameters.working_out_loud,
            parameters.recognition,
            # Those that colleagues have seen anyway have had their reaction.
            (1.0 - climate.visibility) * climate.reaction,
        ),
        Adopting(
            parameters.access,
            parameters.innovation,
            parameters.imitation,
            parameters.leader_pull,
            parameters.leaving,
            min(parameters.start, parameters.access),
        ),
    )

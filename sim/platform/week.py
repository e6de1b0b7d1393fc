"""A week on a platform: following, writing, reading, what comes back, and who comes and goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.directories import Directory
from sim.kernels import in_place
from sim.learning.groups import Dyads, Held, Seen
from sim.platform.adoption import Adopting, come_and_go, keep_following, welcome
from sim.platform.echo import Echoing, Shown, come_back
from sim.platform.posts import Members, Posts, Users, Writing, write_posts
from sim.platform.reading import Desk, Echo, Reading, read_posts

if TYPE_CHECKING:
    from sim.organization import Organization


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


class Sheets(NamedTuple):
    """What is noted within a week: made once, and of no meaning from one week to the next."""

    before: Posts
    #: (people,) how the case went that a post shows.
    outcome: NDArray[np.int64]
    echo: Echo
    desk: Desk
    #: (people,) who was a user this week.
    used: NDArray[np.bool_]
    #: (contacts,) how well one user knows their contacts.
    known: NDArray[np.float64]


@in_place
def use_platform(
    members,
    posts,
    seen,
    held,
    users,
    dyads,
    directory,
    reality,
    shown,
    encouragement,
    reprimanded,
    sheets,
    rules,
    tally,
    week,
    keys,
):
    """Let a week go by on the platform, for all people at once, in place.

    ``members`` to ``shown``, ``sheets``, ``rules`` and ``keys`` are plain tuples, which cost less
    to pass, in the order of the named ones that are made of them here.
    """
    members, posts, seen, held = Members(*members), Posts(*posts), Seen(*seen), Held(*held)
    users, shown, keys = Users(*users), Shown(*shown), Keys(*keys)
    writing, reading, echoing, adopting = rules
    before, outcome, echo, desk, used, known = sheets
    adopting, echo = Adopting(*adopting), Echo(*echo)
    online, follows, person = members.online, members.follows, users.person
    welcome(posts, members, users.tenure, adopting.start, person, keys.lots)
    keep_following(online, follows, users.tenure, dyads, person, known, week, keys.following)
    write_posts(
        posts,
        Posts(*before),
        members,
        seen,
        held,
        users,
        outcome,
        Writing(*writing),
        tally,
        keys.posts,
    )
    read_posts(
        posts,
        outcome,
        members,
        seen,
        held,
        users,
        Dyads(*dyads),
        Directory(*directory),
        reality,
        Reading(*reading),
        echo,
        Desk(*desk),
        tally,
        week,
        keys.reading,
    )
    come_back(
        posts,
        echo,
        members,
        shown,
        encouragement,
        reprimanded,
        Echoing(*echoing),
        person,
        tally,
        keys.working_out_loud,
    )
    come_and_go(
        online,
        used,
        echo.gained,
        follows,
        dyads,
        users.manager,
        person,
        adopting,
        week,
        keys.adopting,
        keys.lots,
    )


def new_sheets(organization: Organization) -> Sheets:
    """Empty sheets for an organization."""
    people = organization.people

    def counts() -> NDArray[np.int64]:
        return np.zeros(people, dtype=np.int64)

    def flags() -> NDArray[np.bool_]:
        return np.zeros(people, dtype=np.bool_)

    return Sheets(
        Posts(
            np.zeros_like(organization.post_dimension),
            np.zeros_like(organization.post_value),
            np.zeros_like(organization.post_author),
        ),
        counts(),
        Echo(counts(), counts(), flags(), flags()),
        Desk(
            counts(),
            counts(),
            np.zeros(organization.follows.shape[1], dtype=np.int32),
            np.zeros(people + 1, dtype=np.int64),
        ),
        flags(),
        np.zeros(organization.contact.shape[1]),
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

"""A social platform: people work out loud, read, like and pass on.

People begin to use it on their own account or because those they know do [Bass1969; Rogers2003;
document 003]. Users write about what they do at work, read those they follow, and learn from them
by the rule of any talk. Likes encourage, words that are passed on reach further than their author,
and who is read is seen at work [Leonardi2015]. All of it costs hours; attention ends with them;
and what is wrong spreads by the same rule as what is right. Nobody is drawn to be more active than
others: who writes follows from self-efficacy, fear and time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.directories import DIRECTORY, directory_of
from sim.learning.groups import Dyads, Held, Seen
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import mean_success
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.places.structure import inclusiveness_of_managers
from sim.platform.adoption import Adopting, come_and_go, keep_following, lots
from sim.platform.echo import Echoing, Shown, come_back
from sim.platform.posts import Members, Posts, write_posts, writers_of, writing_of
from sim.platform.reading import read_posts, readers_of, reading_of
from sim.tallies import PLATFORM

if TYPE_CHECKING:
    from sim.organization import Organization
    from sim.scenario.settings import Settings


class SocialMediaParameters(Parameters):
    hours: float = parameter(
        0.0,
        unit="hours per week",
        bounds=(0, 40),
        doc="Time a user spends on it; 0: there is none.",
        source=ASSUMPTION,
    )
    access: float = parameter(
        1.0,
        unit="share of people",
        bounds=(0, 1),
        doc="People who can use it.",
        source="CIPD2013 (0.5); default " + ASSUMPTION,
    )
    start: float = parameter(
        0.266,
        unit="share of people",
        bounds=(0, 1),
        doc="Of all people, those who use it for work from the start, if they have access; and the "
        "chance that a newcomer does.",
        source="document 003 (26.6 %); CIPD2013",
    )
    innovation: float = parameter(
        0.001,
        unit="probability per person and week",
        bounds=(0, 1),
        doc="Chance that somebody with access begins to use it on their own account.",
        source="Bass1969, p; value " + ASSUMPTION,
    )
    imitation: float = parameter(
        0.02,
        unit="probability per week, where all contacts use it",
        bounds=(0, 1),
        doc="Chance of beginning because others do, times the share of one's contacts who use it "
        "(by familiarity).",
        source="Bass1969, q; value " + ASSUMPTION,
    )
    leader_pull: float = parameter(
        0.0,
        unit="share of the imitation",
        bounds=(0, 100),
        doc="By how much more one imitates where one's manager uses it.",
        source="document 000 (leaders' use); value " + ASSUMPTION,
    )
    leaving: float = parameter(
        0.01,
        unit="probability per week",
        bounds=(0, 1),
        doc="Chance that a user gives it up after a week in which they took nothing over from it "
        "and nobody liked what they wrote.",
        source=ASSUMPTION,
    )
    follows: int = parameter(
        20,
        unit="people",
        bounds=(1, 1000),
        doc="Most people one follows (fixed during a run).",
        source=ASSUMPTION,
    )
    following: float = parameter(
        0.3,
        unit="probability per belief",
        bounds=(0, 1),
        doc="Chance of following from then on the author of passed-on words that one took over.",
        source=ASSUMPTION,
    )
    posting: float = parameter(
        0.5,
        unit="probability per week",
        bounds=(0, 1),
        doc="Chance that a user of full self-efficacy writes, without fear and with all the time "
        "planned.",
        source=ASSUMPTION,
    )
    writing: float = parameter(
        0.25,
        unit="hours per post",
        bounds=(0, 40),
        doc="How long writing takes; the rest of the time is for reading.",
        source=ASSUMPTION,
    )
    safety: float = parameter(
        0.0,
        unit="fear",
        bounds=(0, 1),
        doc="How much less fear people feel on it than at large; 0: it is as public as that.",
        source=ASSUMPTION,
    )
    passing_on: float = parameter(
        0.05,
        unit="probability per week",
        bounds=(0, 1),
        doc="Chance that a user, instead of writing, passes on a post of last week that they read "
        "and agree with.",
        source=ASSUMPTION,
    )
    attention: float = parameter(
        30.0,
        unit="posts per hour",
        bounds=(0, 1000),
        doc="Posts one can read; of more than that, the rest is missed.",
        source=ASSUMPTION,
    )
    uptake: float = parameter(
        0.3,
        unit="probability per belief",
        bounds=(0, 1),
        doc="Chance of taking over what somebody posts who does better, if one knows them well. "
        "The default is that of talk in groups (`interpersonal.rate`).",
        source=ASSUMPTION,
    )
    liking: float = parameter(
        0.2,
        unit="probability per post",
        bounds=(0, 1),
        doc="Chance of liking a post one agrees with.",
        source=ASSUMPTION,
    )
    like: float = parameter(
        0.1,
        unit="encouragement per like",
        bounds=(0, 1),
        doc="Encouragement its author takes from it (1 at most counts in a week).",
        source="Bandura (persuasion); document 003; value " + ASSUMPTION,
    )
    silence: float = parameter(
        0.0,
        unit="encouragement per post",
        bounds=(0, 1),
        doc="Encouragement lost by writing what nobody likes.",
        source=ASSUMPTION,
    )
    working_out_loud: float = parameter(
        0.0,
        unit="share of the week's work with others",
        bounds=(0, 1),
        doc="How much of it a post shows of its writer to those who read it. Last week's failures "
        "show as well, with this chance each, to a manager who reads it.",
        source="document 003 (Working Out Loud); value " + ASSUMPTION,
    )
    recognition: float = parameter(
        0.0,
        unit="encouragement",
        bounds=(0, 1),
        doc="What it gives to have all of one's work with others seen.",
        source="document 003 (recognition); value " + ASSUMPTION,
    )


def follows_of(settings: Settings) -> int:
    """How many others a person can follow; 0 where there is never a platform."""
    if "social_media" in settings.without:
        return 0
    later = [(event.set or {}).get("social_media.hours", 0.0) for event in settings.events]
    numbers = [hours for hours in later if isinstance(hours, int | float)]
    there_is_one = max(settings.social_media.hours, *numbers, 0.0) > 0.0
    return settings.social_media.follows if there_is_one else 0


class SocialMedia(Mechanism):
    name = "social_media"
    Parameters = SocialMediaParameters
    fixed = ("follows",)
    reads = (
        *("beliefs", "articulated", "record_success", "record_cases", "practice", "reality"),
        *("self_efficacy", "fear", "learning_share", "learning_rate", "person", "tenure", "home"),
        *("unit", "manager", "character", "contact", "familiarity", "last_met", "hours"),
        "noticed",
    )
    writes = (
        *("beliefs", "articulated", "online", "follows", "endorsed", "posted", "reach"),
        *("applause", "post_dimension", "post_value", "post_author", "encouragement"),
        *("reprimanded", "influence", "tally"),
        *DIRECTORY,
    )
    null = {"social_media.hours": 0.0}

    def start(self, organization: Organization) -> None:
        if organization.follows.size == 0:
            return
        for name in ("follows", "endorsed", "post_dimension", "post_author"):
            getattr(organization, name)[:] = -1
        # A platform that is launched later finds those who will be the first to use it.
        organization.online[:] = self._begin(organization, organization.person)

    def plan(self, organization: Organization) -> None:
        if self.parameters.hours > 0.0:
            organization.planned[self._users(organization), PLATFORM] += self.parameters.hours

    def apply(self, organization: Organization) -> None:
        if self.parameters.hours == 0.0:
            return
        self._welcome(organization)
        week = organization.period
        dyads = Dyads(organization.contact, organization.familiarity, organization.last_met)
        members = Members(
            organization.online,
            organization.follows,
            organization.endorsed,
            organization.posted,
            organization.reach,
            organization.applause,
        )
        keep_following(
            organization.online,
            organization.follows,
            organization.tenure,
            dyads,
            organization.person,
            week,
            organization.key("whom to follow"),
        )
        posts = Posts(
            organization.post_dimension, organization.post_value, organization.post_author
        )
        echo = self._write_and_read(organization, posts, members, dyads)
        gave = self._come_back(organization, posts, members, echo)
        come_and_go(
            organization.online,
            gave,
            organization.follows,
            dyads,
            organization.manager,
            organization.person,
            Adopting(*self._values("access", "innovation", "imitation", "leader_pull", "leaving")),
            week,
            organization.key("platform"),
            organization.key("platform lots", 0),
        )

    def _write_and_read(
        self, organization: Organization, posts: Posts, members: Members, dyads: Dyads
    ) -> tuple[Any, ...]:
        """This week's posts, and what comes of them (see ``Echo``)."""
        opening = organization.opening
        seen = Seen(
            opening.beliefs,
            opening.articulated,
            opening.record_success,
            opening.record_cases,
            mean_success(organization),
        )
        held = Held(organization.beliefs, organization.articulated, organization.influence)
        outcome = write_posts(
            posts,
            Posts(posts.dimension.copy(), posts.value.copy(), posts.author.copy()),
            members,
            seen,
            held,
            writers_of(organization),
            writing_of(organization, self.parameters),
            organization.tally,
            organization.key("posts"),
        )
        echo: tuple[Any, ...] = read_posts(
            posts,
            outcome,
            members,
            seen,
            held,
            readers_of(organization),
            dyads,
            directory_of(organization),
            organization.reality,
            organization.influence,
            reading_of(organization, self.parameters),
            organization.tally,
            organization.period,
            organization.key("reading"),
        )
        return echo

    def _come_back(
        self, organization: Organization, posts: Posts, members: Members, echo: tuple[Any, ...]
    ) -> NDArray[np.bool_]:
        """Let the week's posts come back to their writers; who was liked or learned something."""
        climate = organization.parameters["climate"]
        loud = self.parameters.working_out_loud > 0.0
        shown = Shown(
            organization.hours,
            organization.noticed,
            inclusiveness_of_managers(organization) if loud else organization.fear,
            # Those that colleagues have seen anyway have had their reaction.
            (1.0 - climate.visibility) * climate.reaction,
        )
        gave: NDArray[np.bool_] = come_back(
            posts,
            echo,
            members,
            shown,
            organization.encouragement,
            organization.reprimanded,
            Echoing(*self._values("like", "silence", "working_out_loud", "recognition")),
            organization.person,
            organization.tally,
            organization.key("working out loud"),
        )
        return gave

    def _begin(self, organization: Organization, person: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Who of these uses the platform from their first day."""
        share = min(self.parameters.start, self.parameters.access)
        begins: NDArray[np.bool_] = lots(person, organization.key("platform lots", 0)) < share
        return begins

    def _users(self, organization: Organization) -> NDArray[np.bool_]:
        """Who uses the platform this week: newcomers as their lot says, others as before."""
        online: NDArray[np.bool_] = organization.online.copy()
        new = np.flatnonzero(organization.tenure == 0)
        if len(new) > 0:
            online[new] = self._begin(organization, organization.person[new])
        return online

    def _welcome(self, organization: Organization) -> None:
        """Let newcomers begin with nobody they follow, and nothing they ever wrote."""
        new = np.flatnonzero(organization.tenure == 0)
        if len(new) == 0:
            return
        organization.online[new] = self._begin(organization, organization.person[new])
        for name in ("follows", "endorsed", "post_dimension"):
            getattr(organization, name)[new] = -1
        for name in ("posted", "reach", "applause"):
            getattr(organization, name)[new] = 0.0

    def _values(self, *names: str) -> list[Any]:
        return [getattr(self.parameters, name) for name in names]

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

from sim.acquaintance.directories import DIRECTORY
from sim.mechanisms.mechanism import Mechanism
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.platform.adoption import lots, plan_platform
from sim.platform.week import live_on_platform, plain, rules_of

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

    def __init__(self, parameters: Any = None) -> None:
        super().__init__(parameters)
        #: A plain tuple in the order of ``Rules``, and what it was made of.
        self._rules: tuple[Any, ...] = ()
        self._made_of: tuple[Any, ...] = ()

    def start(self, organization: Organization) -> None:
        if organization.follows.size == 0:
            return
        for name in ("follows", "endorsed", "post_dimension", "post_author"):
            getattr(organization, name)[:] = -1
        # A platform that is launched later finds those who will be the first to use it.
        begins = lots(organization.person, organization.key("platform lots", 0))
        organization.online[:] = begins < self._start()

    def plan(self, organization: Organization) -> None:
        if self.parameters.hours > 0.0:
            key = organization.key("platform lots", 0)
            plan_platform(organization.state, float(self.parameters.hours), self._start(), key)

    def apply(self, organization: Organization) -> None:
        if self.parameters.hours == 0.0:
            return
        managers = organization.parameters["leadership"]
        live_on_platform(
            organization.state,
            self._rules_now(organization),
            np.float32(managers.inclusiveness),
            np.float32(managers.spread),
            organization.period,
            self._keys(organization),
        )

    def _keys(self, organization: Organization) -> tuple[np.uint64, ...]:
        """``Keys`` for a kernel."""
        key = organization.key
        return (
            key("whom to follow"),
            key("posts"),
            key("reading"),
            key("working out loud"),
            key("platform"),
            key("platform lots", 0),
        )

    def _start(self) -> float:
        """Chance of using the platform from one's first day."""
        return float(min(self.parameters.start, self.parameters.access))

    def _rules_now(self, organization: Organization) -> tuple[Any, ...]:
        """``Rules`` for a kernel, put together anew only when an event has changed a number."""
        sections = organization.parameters
        made_of = (
            self.parameters,
            sections["communities"],
            sections["interpersonal"],
            sections["climate"],
        )
        if made_of != self._made_of:
            numbers = rules_of(*made_of, organization.complexity, organization.topics)
            self._rules, self._made_of = plain(numbers), made_of
        return self._rules

"""The social platform: who uses it, who writes, who is read, what spreads, and who is seen."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.participation import gini
from sim.measures.measure import WEEKS_A_YEAR, Counted, Measure, ratio, yearly

if TYPE_CHECKING:
    from sim.organization import Organization

#: Recent posts below which a user counts as somebody who only reads: one a quarter ago.
SILENT = 0.5


def there_is_one(organization: Organization) -> bool:
    """Whether the organization has a platform at present."""
    hours: float = organization.parameters["social_media"].hours
    return hours > 0.0 and organization.has("social_media")


def of_users(
    array: str, summary: Callable[[NDArray[np.float32]], float]
) -> Callable[[Organization], float]:
    """A summary of an array over those who use the platform; NaN where nobody does."""

    def summarized(organization: Organization) -> float:
        if not there_is_one(organization) or not organization.online.any():
            return math.nan
        return summary(getattr(organization, array)[organization.online])

    return summarized


def share_online(organization: Organization) -> float:
    return float(organization.online.mean()) if there_is_one(organization) else math.nan


def share_of_silent(posted: NDArray[np.float32]) -> float:
    return float((posted < SILENT).mean())


def share_of_top_tenth(posted: NDArray[np.float32]) -> float:
    """Share of all posts by the tenth of users (at least one) with most; NaN without posts."""
    total = float(posted.sum())
    count = max(round(0.1 * len(posted)), 1)
    return float(np.sort(posted)[-count:].sum()) / total if total > 0.0 else math.nan


def per_user_year(tally: str) -> Callable[[Counted], Any]:
    return lambda c: ratio(getattr(c, tally) * WEEKS_A_YEAR, c.platform_users)


def all_posts(counted: Counted) -> Any:
    """Own posts and those passed on."""
    return counted.posts + counted.posts_passed_on


def people_seen(counted: Counted) -> Any:
    """Per person and week; NaN without a platform, when nobody counts them."""
    return ratio(counted.people_seen, counted.person_weeks) * known(counted.people_seen)


def withdrawn_share(counted: Counted) -> Any:
    """Of changes put forward; NaN where nobody was asked."""
    share = ratio(counted.changes_withdrawn, counted.proposals_submitted)
    return share * known(counted.opinions_sought)


def known(count: Any) -> Any:
    """1 where anything was counted, else NaN."""
    return ratio(count, count)


PLATFORM: tuple[Measure, ...] = (
    Measure(
        "platform_use",
        "Use of the platform",
        "share of people",
        "People who use it for work. Where it starts, and that users draw in those who know them, "
        "are inputs.",
        0,
        "input by design",
        high=1.0,
        stock=share_online,
    ),
    Measure(
        "posts",
        "Posts",
        "per user and year",
        "What users write themselves; what they pass on is not counted.",
        0,
        "emergent",
        flow=per_user_year("posts"),
    ),
    Measure(
        "stories_posted",
        "Stories posted",
        "share of posts",
        "Posts that put into words what their writer could only do until then.",
        0,
        "emergent",
        high=1.0,
        flow=lambda c: ratio(c.stories_posted, c.posts),
    ),
    Measure(
        "passed_on_share",
        "Posts passed on",
        "share of posts",
        "Of all posts, those that pass on the words of somebody else.",
        0,
        "emergent",
        high=1.0,
        flow=lambda c: ratio(c.posts_passed_on, all_posts(c)),
    ),
    Measure(
        "amplification",
        "Amplification",
        "share of posts read",
        "Of all posts read, those that pass on words of somebody else.",
        0,
        "emergent",
        high=1.0,
        flow=lambda c: ratio(c.passed_on_read, c.posts_read),
    ),
    Measure(
        "readers_per_post",
        "Readers",
        "per post",
        "People who read a post, own or passed on.",
        0,
        "emergent",
        flow=lambda c: ratio(c.posts_read, all_posts(c)),
    ),
    Measure(
        "likes_per_post",
        "Likes",
        "per post",
        "Of posts own or passed on.",
        0,
        "emergent",
        flow=lambda c: ratio(c.likes, all_posts(c)),
    ),
    Measure(
        "posts_missed_share",
        "Posts missed",
        "share of posts by those one follows",
        "Overload: there was no time to read them.",
        -1,
        "emergent",
        high=1.0,
        flow=lambda c: ratio(c.posts_missed, c.posts_missed + c.posts_read),
    ),
    Measure(
        "posts_adopted",
        "Beliefs from posts",
        "per person and year",
        "Beliefs that users took over from what they read.",
        0,
        "emergent",
        flow=yearly("posts_adopted"),
    ),
    Measure(
        "posts_right_share",
        "Right beliefs from posts",
        "share of beliefs from posts",
        "Those that say what works; the others are misinformation, spread by the same rule.",
        +1,
        "emergent",
        high=1.0,
        flow=lambda c: ratio(c.posts_adopted_rightly, c.posts_adopted),
    ),
    Measure(
        "people_seen",
        "People seen at work",
        "per person and week",
        "Colleagues of one's unit, as far as they can be seen, and authors of posts one reads.",
        0,
        "emergent",
        flow=people_seen,
    ),
    Measure(
        "hidden_work",
        "Hidden work",
        "share of hours spent with others",
        "Work with others in meetings and on cases that no post shows to anybody; how much a post "
        "shows is an input, who posts and is read is not.",
        -1,
        "emergent",
        high=1.0,
        flow=lambda c: 1.0 - ratio(c.visible_hours, c.collaboration_hours),
    ),
    Measure(
        "lurkers",
        "Readers only",
        "share of users",
        "Users who have not posted within about a quarter.",
        0,
        "emergent",
        high=1.0,
        stock=of_users("posted", share_of_silent),
    ),
    Measure(
        "top_tenth_of_posts",
        "Posts by the top tenth",
        "share of recent posts",
        "Share that the tenth of users with most of them wrote or passed on.",
        0,
        "emergent",
        high=1.0,
        stock=of_users("posted", share_of_top_tenth),
    ),
    Measure(
        "posting_inequality",
        "Inequality of posting",
        "Gini coefficient",
        "Of recent posts among users.",
        0,
        "emergent",
        high=1.0,
        stock=of_users("posted", gini),
    ),
    Measure(
        "reach_inequality",
        "Inequality of reach",
        "Gini coefficient",
        "Of recent readers among users, of what they wrote or passed on, and others of theirs.",
        0,
        "emergent",
        high=1.0,
        stock=of_users("reach", gini),
    ),
    Measure(
        "opinions_given",
        "Opinions on changes",
        "share of people asked",
        "Who replied, of those asked about a change that was put forward.",
        0,
        "emergent",
        high=1.0,
        flow=lambda c: ratio(c.opinions_given, c.opinions_sought),
    ),
    Measure(
        "withdrawn_share",
        "Changes withdrawn",
        "share of changes put forward",
        "Those given up because others advised against them.",
        0,
        "emergent",
        high=1.0,
        flow=withdrawn_share,
    ),
)

"""Lectures: one who knows tells many, and each listener learns alone.

The contrast to learning in groups [document 002: the individual is the final unit]. A hall hears
who does visibly best on a subject; everybody takes over what they can, on their own. Nobody gets to
know anybody, nobody asks back or practises, and what cannot be said is not passed on. One voice
fills a hall of any size, which saves hours; it is one person's view, and preparing takes time.

Part of a lecture may be a test. It asks for the lecturer's explanation, not for what works: who
answers otherwise is corrected, who answers so has put it into words [RoedigerKarpicke2006].
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from sim.kernels import in_place, inlined
from sim.learning.halls import Audience, Desk, Halls, announce, attend, book, lecture
from sim.learning.meetings import note_topics
from sim.learning.models import lecture_hours
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import kept, meets_by_home
from sim.parameters import ASSUMPTION, Parameters, parameter

if TYPE_CHECKING:
    from sim.organization import Organization


class LecturesParameters(Parameters):
    hours: float = parameter(
        0.0,
        unit="hours per week",
        bounds=(0, 40),
        doc="Time everybody spends in lectures, of an hour each; 0: the organization has none.",
        source=ASSUMPTION,
    )
    size: int = parameter(
        40,
        unit="people",
        bounds=(1, 1_000_000),
        doc="Most people in a hall.",
        source=ASSUMPTION,
    )
    uptake: float = parameter(
        0.3,
        unit="probability per belief and lecture",
        bounds=(0, 1),
        doc="Chance that a listener takes over what is said. The default is that of talk in groups "
        "(`interpersonal.rate`), so that the two can be compared.",
        source=ASSUMPTION,
    )
    within: Literal["community", "organization"] = parameter(
        "community",
        unit="choice",
        doc="Whether a community hears one of its own about its topic, or anybody may fill a hall "
        "and hear the best of all about anything.",
        source="document 002; " + ASSUMPTION,
    )
    preparation: float = parameter(
        1.0,
        unit="hours per lecture",
        bounds=(0, 40),
        doc="Time it takes to prepare one, besides the hour in the hall.",
        source=ASSUMPTION,
    )
    tests: float = parameter(
        0.0,
        unit="share of a lecture",
        bounds=(0, 1),
        doc="Part at its end in which listeners are asked what the lecturer said, and corrected "
        "where they answer otherwise; the lecturer has the rest for telling it.",
        source="document 003; RoedigerKarpicke2006 (being asked helps to retain); value "
        + ASSUMPTION,
    )


class Announcing(NamedTuple):
    """How lectures are announced, as plain numbers."""

    #: Most people in a hall, and hours that preparing a lecture of one hour takes.
    size: int
    preparation: float
    #: Whether communities hear their own, and whether these are all about everything.
    in_communities: bool
    by_home: bool


@in_place
def plan_lectures(state, hours, announcing, key):
    """Plan so many ``hours`` of lectures for everybody, and what they take of who gives them.

    ``announcing`` is a plain tuple in the order of ``Announcing``.
    """
    announcing, planned = Announcing(*announcing), state.planned
    attend(planned, np.float32(hours))
    for hour in range(math.ceil(hours)):
        halls = halls_in(state, announce_hour(state, announcing, hour, key))
        book(planned, halls, announcing.preparation, min(1.0, hours - hour))


@in_place
def hold_lectures(
    state, hours, was_planned, announcing, telling, testing, uptake, complexity, keys
):
    """Hold the lectures of the week; ``telling`` and ``testing`` are parts of each.

    Where lectures were planned, the last of the week are still announced. ``keys`` name halls, and
    lectures.
    """
    announcing, lectures = Announcing(*announcing), math.ceil(hours)
    halls = halls_in(state, count_halls(state, announcing))
    for hour in range(lectures):
        if lectures > 1 or not was_planned:
            announce_hour(state, announcing, hour, keys[0])
        length = min(1.0, hours - hour)
        lecture(
            halls,
            length * telling,
            length * testing,
            state.learning_share,
            uptake,
            (state.opening_beliefs, state.opening_articulated),
            (state.beliefs, state.articulated),
            state.learning_rate,
            state.influence,
            state.person,
            state.tally,
            complexity,
            keys[1],
            hour,
        )


@in_place
def count_halls(state, announcing):
    """How many halls are filled at a time."""
    start, size = state.community_start, announcing.size
    if not announcing.in_communities:
        return (len(state.person) + size - 1) // size
    halls = 0
    for g in range(len(start) - 1):
        halls += (start[g + 1] - start[g] + size - 1) // size
    return halls


@inlined
def halls_in(state, halls):
    """``Halls``, so many of them."""
    return Halls(
        state.hall_start,
        state.hall_member,
        state.hall_block[:halls],
        state.hall_lecturer[:halls],
    )


@in_place
def announce_hour(state, announcing, hour, key):
    """Announce the lectures of one ``hour`` of the week; gives how many there are."""
    start, member, low, high = (
        state.community_start,
        state.community_member,
        state.topic_low,
        state.topic_high,
    )
    note_topics(state, announcing.by_home)
    if not announcing.in_communities:
        start, member, low, high = state.audience_start, state.audience, low[:1], high[:1]
        start[0], start[1], low[0], high[0] = 0, len(member), 0, state.record_cases.shape[1]
        for i in range(len(member)):
            member[i] = i
    desk = Desk(
        state.lots,
        state.by_lot,
        state.lot_first,
        state.hall_of,
        state.hall_free,
        state.best_on_block,
    )
    return announce(
        Audience(start, member, low, high),
        announcing.size,
        state.opening_record_success,
        state.opening_record_cases,
        state.mean_success[0],
        state.person,
        key,
        hour,
        halls_in(state, len(state.hall_block)),
        desk,
    )


class Lectures(Mechanism):
    name = "lectures"
    Parameters = LecturesParameters
    reads = (
        *("beliefs", "articulated", "record_success", "record_cases", "learning_rate"),
        *("learning_share", "community_start", "community_member", "community_topic", "person"),
    )
    writes = ("beliefs", "articulated", "influence", "tally")
    null = {"lectures.hours": 0.0, "training.hours": 0.0}

    def plan(self, organization: Organization) -> None:
        hours = lecture_hours(organization)
        if hours > 0.0:
            kept(organization, "lectures", lambda: True)
            announcing, key = self._announcing(organization), organization.key("halls")
            plan_lectures(organization.state, hours, announcing, key)

    def apply(self, organization: Organization) -> None:
        hours = lecture_hours(organization)
        if hours == 0.0:
            return
        rule = self.parameters
        hold_lectures(
            organization.state,
            hours,
            bool(kept(organization, "lectures", lambda: False)),
            self._announcing(organization),
            1.0 - rule.tests,
            float(rule.tests),
            float(rule.uptake),
            organization.complexity,
            (organization.key("halls"), organization.key("lectures")),
        )

    def _announcing(self, organization: Organization) -> tuple[Any, ...]:
        """``Announcing`` for a kernel."""
        rule, by_home = self.parameters, meets_by_home(organization)
        return rule.size, float(rule.preparation), rule.within == "community", by_home

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
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.learning.halls import announce, attend, book, lecture
from sim.learning.models import lecture_hours
from sim.mechanisms.communities import community_topics
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import kept, mean_success
from sim.parameters import ASSUMPTION, Parameters, parameter

if TYPE_CHECKING:
    from sim.organization import Organization


#: Which hour of the week it is, how long it lasts, and its ``Halls`` as a plain tuple.
Hour = tuple[int, float, tuple[Any, ...]]


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
        if hours == 0.0:
            return
        attend(organization.planned, np.float32(hours))
        for _, length, halls in self.announced(organization, hours):
            book(organization.planned, halls, self.parameters.preparation, length)

    def apply(self, organization: Organization) -> None:
        hours = lecture_hours(organization)
        if hours == 0.0:
            return
        rule, opening = self.parameters, organization.opening
        for hour, length, halls in self.announced(organization, hours):
            lecture(
                halls,
                length * (1.0 - rule.tests),
                length * rule.tests,
                organization.learning_share,
                rule.uptake,
                (opening.beliefs, opening.articulated),
                (organization.beliefs, organization.articulated),
                organization.learning_rate,
                organization.influence,
                organization.person,
                organization.tally,
                organization.key("lectures"),
                hour,
            )

    def announced(self, organization: Organization, hours: float) -> list[Hour]:
        """The ``programme``, worked out once a week: as planned, so held."""
        lectures: list[Hour] = kept(
            organization, "lectures", lambda: list(self.programme(organization, hours))
        )
        return lectures

    def programme(self, organization: Organization, hours: float) -> Iterator[Hour]:
        """This week's lectures: which hour it is, how long it lasts, and what is announced."""
        opening = organization.opening
        groups: tuple[NDArray[Any], ...]
        if self.parameters.within == "community":
            groups = (
                organization.community_start,
                organization.community_member,
                *community_topics(organization),
            )
        else:
            bounds = np.array([0, organization.people], dtype=np.int32)
            blocks = np.array([0, organization.blocks], dtype=np.int32)
            everybody = np.arange(organization.people, dtype=np.int32)
            groups = (bounds, everybody, blocks[:1], blocks[1:])
        mean = mean_success(organization)
        for hour in range(math.ceil(hours)):
            announced = announce(
                *groups,
                self.parameters.size,
                opening.record_success,
                opening.record_cases,
                mean,
                organization.person,
                organization.key("halls"),
                hour,
            )
            yield hour, min(1.0, hours - hour), (*announced, organization.complexity)

"""Spanning: people take part in communities that are not theirs, and tell of it at home.

A guest sits down with some members of another community, they talk first of its topic, then of the
guest's own, and the guest tells the cell at home what it was about [document 003: boundary spanners
cross-fertilise; in the social era anybody can be one]. Talk follows the same rule as everywhere.
Guests spend planned time; hosts and cell-mates what is left of their week. Whether what crosses is
worth that is not in the rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.acquaintance.ties import familiar
from sim.kernels import in_place
from sim.learning.groups import choose_block, expected_of_other, over_hours
from sim.learning.visits import arrange, plan_visits
from sim.mechanisms.communities import community_topics
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import (
    NO_TIME,
    TALK_READS,
    TALK_WRITES,
    converse,
    gather,
    mean_success,
)
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import draw, fold
from sim.records import estimate
from sim.tallies import BROUGHT_HOME, VISITS_MADE

#: Where each table begins, and who sits there.
Tables = tuple[NDArray[np.int32], NDArray[np.int32]]

if TYPE_CHECKING:
    from sim.organization import Organization


class SpanningParameters(Parameters):
    rate: float = parameter(
        0.0,
        unit="probability per person and week",
        bounds=(0, 1),
        doc="Chance that a person of middling sociability visits another community; others in "
        "proportion to theirs.",
        source="document 003 (any agent can span); " + ASSUMPTION,
    )
    appointed: float = parameter(
        0.0,
        unit="share of people",
        bounds=(0, 1),
        doc="People whose task it is, rounded by community, at least one of each: the most "
        "sociable at the start. They go every week; who follows on their seat inherits the task "
        "(fixed during a run).",
        source="document 003 (boundary spanners); " + ASSUMPTION,
    )
    hours: float = parameter(
        1.0,
        unit="hours per visit",
        bounds=(0, 40),
        doc="Length of a visit; 0: nobody goes.",
        source=ASSUMPTION,
    )
    table: int = parameter(
        4,
        unit="people",
        bounds=(1, 1000),
        doc="Most hosts that sit down with a guest.",
        source=ASSUMPTION,
    )
    report: float = parameter(
        0.5,
        unit="share of the visit's length",
        bounds=(0, 1),
        doc="How long the guest's cell then listens to what they tell of it.",
        source=ASSUMPTION,
    )


@in_place
def tell_at_home(
    start,
    member,
    host,
    low,
    high,
    hours,
    share,
    safety,
    rate,
    stranger,
    discount,
    complexity,
    seen_success,
    seen_cases,
    mean,
    brought,
    explicit,
    beliefs,
    articulated,
    influence,
    fear,
    learning_rate,
    home,
    ties,
    person,
    week,
    key,
):
    """Let guests tell their cells of a block of their hosts' topic; gives the beliefs taken over.

    What they tell, unless fear less ``safety`` holds them back, is what they now believe and can
    put into words (``brought``, ``explicit``). A listener takes it over from somebody whose record
    on the block beats their own, as in any talk: with the chance ``rate * learning_rate`` an hour,
    times the weight of how well they know the guest, whose ``influence`` (people,) grows by it.
    """
    contact, familiarity, last_met = ties
    adopted = 0
    for i in range(len(host)):
        if host[i] < 0:
            continue
        word = fold(key, person[i])
        if draw(word, 0, 0) < fear[i] - safety:
            continue
        listeners = member[start[i] : start[i + 1]]
        first, last = low[host[i]], high[host[i]]
        b = choose_block(listeners, first, last, seen_success, seen_cases, draw(word, 0, 1))
        for j in listeners:
            if j == i or draw(word, person[j], 2) >= share[j]:
                continue
            standing = expected_of_other(
                seen_success[i, b], seen_cases[i, b], mean, home[i] != home[j], discount
            )
            if standing <= estimate(seen_success[j, b], seen_cases[j, b], mean):
                continue
            known = familiar(contact, familiarity, last_met, j, i, week)
            weight = stranger + (1.0 - stranger) * known
            chance = over_hours(rate * learning_rate[j] * weight, hours)
            for d in range(b * complexity, (b + 1) * complexity):
                if not explicit[i, d] or beliefs[j, d] == brought[i, d]:
                    continue
                if draw(word, person[j], 8 + d) < chance:
                    beliefs[j, d] = brought[i, d]
                    articulated[j, d] = True
                    influence[i] += 1.0
                    adopted += 1
    return adopted


class Spanning(Mechanism):
    name = "spanning"
    Parameters = SpanningParameters
    fixed = ("appointed",)
    reads = (
        *TALK_READS,
        *("spanner", "community", "community_start", "community_member", "community_topic"),
        *("cell", "cell_start", "cell_member"),
    )
    writes = (*TALK_WRITES, "hours")
    null = {"spanning.rate": 0.0, "spanning.appointed": 0.0}

    def start(self, organization: Organization) -> None:
        organization.spanner[:] = False
        if self.parameters.appointed == 0.0:
            return
        for community in range(organization.communities):
            low, high = organization.community_start[community : community + 2]
            members = organization.community_member[low:high]
            by_sociability = np.argsort(-organization.sociability[members], kind="stable")
            count = max(1, round(self.parameters.appointed * len(members)))
            organization.spanner[members[by_sociability[:count]]] = True

    def plan(self, organization: Organization) -> None:
        if self.happens(organization):
            time = np.float32(self.parameters.hours * (1.0 + self.parameters.report))
            plan_visits(organization.planned, self.wish(organization), time)

    def apply(self, organization: Organization) -> None:
        if not self.happens(organization):
            return
        *tables, host, share, guests = self.arranged(organization, organization.hours)
        if guests == 0:
            return
        organization.tally[VISITS_MADE] += guests
        self.talk_away(organization, (tables[0], tables[1]), host, share)
        self.talk_at_home(organization, (tables[2], tables[3]), host, share)

    def happens(self, organization: Organization) -> bool:
        """Whether anybody may go anywhere."""
        parameters = self.parameters
        wanted = parameters.rate > 0.0 or parameters.appointed > 0.0
        return wanted and parameters.hours > 0.0 and organization.communities > 1

    def arranged(self, organization: Organization, hours: NDArray[np.float32]) -> Any:
        """This week's tables, hosts and time (see ``arrange``), booked in ``hours``."""
        parameters = self.parameters
        return arrange(
            self.wish(organization),
            organization.learning_share,
            (
                organization.community,
                organization.community_start,
                organization.community_member,
            ),
            (organization.cell, organization.cell_start, organization.cell_member),
            _ties(organization),
            parameters.table,
            (parameters.hours, parameters.hours * parameters.report),
            organization.period,
            organization.key("visits"),
            hours,
            organization.has("hours"),
        )

    def wish(self, organization: Organization) -> tuple[Any, ...]:
        """What decides who wants to go this week, for a kernel (see ``goes_out``)."""
        return (
            organization.spanner,
            self.parameters.rate,
            organization.sociability,
            organization.person,
            organization.key("setting out"),
        )

    def talk_away(
        self,
        organization: Organization,
        tables: Tables,
        host: NDArray[np.int32],
        share: NDArray[np.float64],
    ) -> None:
        """Let guests and hosts talk: half of the time of the hosts' topic, half of the guest's."""
        hours = self.parameters.hours
        low, high = community_topics(organization)
        # They get acquainted as they sit down, before the first talk.
        for decision, community, time in (
            ("visit: topic of the hosts", host, hours * share),
            ("visit: topic of the guests", organization.community, NO_TIME),
        ):
            converse(
                organization,
                *tables,
                (low[community], high[community]),
                hours / 2,
                organization.fear,
                decision,
                share,
                meeting=hours,
                time=time,
            )

    def talk_at_home(
        self,
        organization: Organization,
        homes: Tables,
        host: NDArray[np.int32],
        share: NDArray[np.float64],
    ) -> None:
        """Let guests tell their cells what they now believe about their hosts' topic."""
        hours = self.parameters.hours * self.parameters.report
        if hours == 0.0:
            return
        gather(organization, *homes, organization.people, hours * share)
        talk, opening = organization.parameters["interpersonal"], organization.opening
        organization.tally[BROUGHT_HOME] += tell_at_home(
            *homes,
            host,
            *community_topics(organization),
            hours,
            share,
            organization.parameters["cells"].safety,
            talk.rate,
            talk.stranger,
            talk.identity_discount,
            organization.complexity,
            opening.record_success,
            opening.record_cases,
            mean_success(organization),
            # Two guests of one cell tell what each brought, whoever speaks first.
            organization.beliefs.copy(),
            organization.articulated.copy(),
            organization.beliefs,
            organization.articulated,
            organization.influence,
            organization.fear,
            organization.learning_rate,
            organization.home,
            _ties(organization),
            organization.person,
            organization.period,
            organization.key("telling at home"),
        )


def _ties(
    organization: Organization,
) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int32]]:
    return organization.contact, organization.familiarity, organization.last_met

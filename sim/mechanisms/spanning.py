"""Spanning: people take part in communities that are not theirs, and tell of it at home.

A guest sits down with some members of another community, they talk first of its topic, then of the
guest's own, and the guest tells the cell at home what it was about [document 003: boundary spanners
cross-fertilise; in the social era anybody can be one]. Talk follows the same rule as everywhere.
Guests spend planned time; hosts and cell-mates what is left of their week. Whether what crosses is
worth that is not in the rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.acquaintance.ties import familiar
from sim.kernels import in_place, inlined, kernel
from sim.learning.groups import choose_block, expected_of_other, most_over_hours, over_hours
from sim.learning.meetings import (
    Occasion,
    Parts,
    Terms,
    dyads_in,
    groups_about,
    held_in,
    hold_meetings,
    members_in,
    seen_in,
    spend_time_in,
    talk_by,
)
from sim.learning.visits import arrange, plan_visits
from sim.mechanisms.mechanism import Mechanism
from sim.mechanisms.meeting import TALK_READS, TALK_WRITES, meets_by_home, terms, walls
from sim.parameters import ASSUMPTION, Parameters, parameter
from sim.randomness import draw, fold
from sim.records import estimate
from sim.tallies import BROUGHT_HOME, VISITS_MADE

#: What is drawn in a week: who sets out, where to and with whom they sit, and what is talked about.
DECISIONS = (
    *("setting out", "visits", "visit: topic of the hosts", "visit: topic of the guests"),
    "telling at home",
)

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
    groups, host, hours, safety, brought, in_words, seen, held, people, dyads, rule, fear, week, key
):
    """Let guests tell their cells of a block of their hosts' topic; gives the beliefs taken over.

    ``groups`` are cells by the seat of the guest, and the topic of the hosts; ``host`` is -1 for
    who is none. What guests tell, unless fear less ``safety`` holds them back, is what they now
    believe and can put into words (``brought``, ``in_words``). A listener takes it over from
    somebody whose record on the block beats their own, as in any talk: with the chance ``rate *
    learning_rate`` an hour, times the weight of how well they know the guest, whose ``influence``
    (people,) grows by it.
    """
    person, home, complexity = people.person, people.home, rule.complexity
    adopted = 0
    for i in range(len(host)):
        if host[i] < 0:
            continue
        word = fold(key, person[i])
        if draw(word, 0, 0) < fear[i] - safety:
            continue
        listeners = groups.member[groups.start[i] : groups.start[i + 1]]
        low, high, luck = groups.low[i], groups.high[i], draw(word, 0, 1)
        b = choose_block(listeners, low, high, seen.success, seen.cases, luck)
        success, cases = seen.success[i, b], seen.cases[i, b]
        for j in listeners:
            other = expected_of_other(success, cases, seen.mean, home[i] != home[j], rule.discount)
            own = estimate(seen.success[j, b], seen.cases[j, b], seen.mean)
            if other <= own or j == i or draw(word, person[j], 2) >= people.share[j]:
                continue
            known = familiar(dyads.contact, dyads.familiarity, dyads.last_met, j, i, week)
            weight = rule.stranger + (1.0 - rule.stranger) * known
            chance = rule.rate * people.learning_rate[j] * weight
            most = most_over_hours(chance, hours)
            for d in range(b * complexity, (b + 1) * complexity):
                if not in_words[i, d] or held.beliefs[j, d] == brought[i, d]:
                    continue
                luck = draw(word, person[j], 8 + d)
                if luck < most and luck < over_hours(chance, hours):
                    held.beliefs[j, d] = brought[i, d]
                    held.articulated[j, d] = True
                    held.influence[i] += 1.0
                    adopted += 1
    return adopted


@inlined
def talk_away(state, start, member, by_home, hours, terms, occasion, complexity, week, keys):
    """Let guests and hosts talk: half of the time of the hosts' topic, half of the guest's.

    ``start`` and ``member`` are the tables; ``terms`` and ``occasion`` are plain tuples.
    """
    terms, occasion = Terms(*terms), Occasion(*occasion)
    share, time, parts = state.group_share, state.group_time, Parts(hours, hours / 2, 0.0, 0.0)
    for i in range(len(time)):
        time[i] = hours * share[i]
    # They get acquainted as they sit down, before the first talk.
    groups = groups_about(state, start, member, state.host, by_home)
    hold_meetings(state, groups, time, parts, share, terms, occasion, complexity, week, keys[0])
    groups = groups_about(state, start, member, state.community, by_home)
    hold_meetings(state, groups, time[:0], parts, share, terms, occasion, complexity, week, keys[1])


@inlined
def talk_at_home(state, start, member, by_home, hours, terms, occasion, complexity, week, key):
    """Let guests tell their cells what they now believe about their hosts' topic.

    ``start`` and ``member`` are the cells by the seat of the guest; for others see ``talk_away``.
    """
    rule = talk_by(Terms(*terms), Occasion(*occasion), complexity)
    host, share, time = state.host, state.group_share, state.group_time
    held, brought, in_words = held_in(state), state.brought, state.brought_in_words
    for i in range(len(host)):
        time[i] = hours * share[i]
    spend_time_in(state, start[: len(host) + 1], member, 0, len(host), time, week)
    for i in range(len(host)):
        # Two guests of one cell tell what each brought, whoever speaks first.
        for d in range(brought.shape[1] if host[i] >= 0 else 0):
            brought[i, d], in_words[i, d] = held.beliefs[i, d], held.articulated[i, d]
    state.tally[BROUGHT_HOME] += tell_at_home(
        groups_about(state, start, member, host, by_home),
        host,
        hours,
        occasion[3],
        brought,
        in_words,
        seen_in(state),
        held,
        members_in(state, share),
        dyads_in(state),
        rule,
        state.fear,
        week,
        key,
    )


@kernel
def visit(
    state, by_home, rate, table, lengths, has_hours, terms, occasions, complexity, week, keys
):
    """Let guests visit other communities, talk there, and tell of it at home.

    ``occasions`` are those away and at home, the latter's safety a float64; ``keys`` those of
    setting out, of visits, of both talks away and of telling at home. For others see ``arrange``.
    """
    start, member, home_start, at_home, guests = arrange(
        state, rate, table, lengths, week, keys, has_hours
    )
    if guests == 0:
        return
    state.tally[VISITS_MADE] += guests
    away, home = occasions
    talk_away(state, start, member, by_home, lengths[0], terms, away, complexity, week, keys[2:4])
    if lengths[1] > 0.0:
        talk_at_home(
            state, home_start, at_home, by_home, lengths[1], terms, home, complexity, week, keys[4]
        )


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
            time = float(self.parameters.hours * (1.0 + self.parameters.report))
            key = organization.key("setting out")
            plan_visits(organization.state, float(self.parameters.rate), time, key)

    def apply(self, organization: Organization) -> None:
        if not self.happens(organization):
            return
        parameters = self.parameters
        hours, unwalled = float(parameters.hours), walls(organization, False)
        safety = float(organization.parameters["cells"].safety)
        visit(
            organization.state,
            meets_by_home(organization),
            float(parameters.rate),
            parameters.table,
            (hours, hours * parameters.report),
            "hours" not in organization.settings.without,
            terms(organization),
            ((1.0, *unwalled, 0.0), (1.0, *unwalled, safety)),
            organization.complexity,
            organization.period,
            tuple([organization.key(decision) for decision in DECISIONS]),
        )

    def happens(self, organization: Organization) -> bool:
        """Whether anybody may go anywhere."""
        parameters = self.parameters
        wanted = parameters.rate > 0.0 or parameters.appointed > 0.0
        return wanted and parameters.hours > 0.0 and organization.communities > 1

"""Spanning: who visits whom, what they bring home, what it costs, and what goes with them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from organizations import apply, changed, count, differing, lively, quiet, snapshot, weeks
from test_contract import acting_one_by_one
from watching import Watched

from sim.learning.visits import arrange, plan_visits
from sim.measures import MEASURES
from sim.mechanisms.spanning import Spanning
from sim.models.run import run
from sim.organization import Organization
from sim.scenario.loading import load_scenario
from sim.tallies import BROUGHT_HOME, IDLE, VISIT, VISITS_MADE

#: Two communities of ten around two blocks each; cells of five.
TWO: dict[str, Any] = {
    "people": 20,
    "dimensions": 8,
    "environment": {"complexity": 2},
    "communities": {"count": 2},
    "cells": {"size": 5},
    "start": {"contacts": 0, "homes": 1},
    "interpersonal": {"rate": 1.0, "stranger": 1.0},
}


def two_communities(seed: int = 0, **changes: Any) -> Organization:
    """Everybody knows their community's topic, can tell it, shows it, and nothing of the other."""
    settings = {**TWO, **{k: {**TWO.get(k, {}), **v} for k, v in changes.items()}}
    organization = quiet(seed, **settings)
    own = np.arange(8) // 4 == organization.community[:, None]
    organization.beliefs[:] = np.where(own, organization.reality, 0)
    organization.articulated[:] = own
    organization.practice[:] = 0.0
    organization.record_cases[:] = 10.0
    organization.record_success[:] = np.where(own[:, ::2], 10.0, 0.0)
    organization.fear[:] = 0.0
    organization.sociability[:] = 0.5
    organization.learning_rate[:] = organization.learning_share[:] = 1.0
    organization.hours[:, IDLE] = 40.0
    organization.open_period()
    return organization


def one_guest(**spanning: Any) -> tuple[Organization, int]:
    """Two communities, and somebody of the first who goes to the other every week, alone."""
    organization = two_communities(spanning={"rate": 1e-12, **spanning})
    guest = int(np.flatnonzero(organization.community == 0)[0])
    organization.spanner[guest] = True
    return organization, guest


def spanning_of(organization: Organization) -> Spanning:
    return next(m for m in organization.mechanisms if isinstance(m, Spanning))


def visits_of(organization: Organization) -> tuple[Any, Any]:
    """This week's tables, as start and member, and whose guest each is, without booking hours."""
    rule, keys = spanning_of(organization).parameters, setting_out(organization)
    lengths, week = (rule.hours, rule.hours * rule.report), organization.period
    state = organization.state
    start, member, *_ = arrange(state, rule.rate, rule.table, lengths, week, keys, False)
    return (start, member), state.arrays["host"].copy()


def setting_out(organization: Organization) -> tuple[Any, Any]:
    return organization.key("setting out"), organization.key("visits")


def guests_of(organization: Organization) -> Any:
    rate, key = spanning_of(organization).parameters.rate, setting_out(organization)[0]
    organization.planned[:] = 0.0
    plan_visits(organization.state, rate, 1.0, key)
    return organization.planned[:, VISIT] > 0.0


def at_table(tables: Any, guest: int) -> list[int]:
    start, member = tables
    found: list[int] = member[start[guest] : start[guest + 1]].tolist()
    return found


def test_all_go_at_rate_1_and_each_sits_down_with_others_of_one_other_community():
    organization = lively(2, people=90, spanning={"rate": 1.0, "table": 3})
    organization.sociability[:] = organization.learning_share[:] = 1.0
    tables, host = visits_of(organization)
    assert (host >= 0).all() and (host != organization.community).all()
    for guest in range(90):
        seated = at_table(tables, guest)
        assert seated[0] == guest and len(set(seated)) == 4
        assert (organization.community[seated[1:]] == host[guest]).all()


def test_a_community_smaller_than_the_table_sends_whom_it_has():
    organization = two_communities(spanning={"rate": 1.0, "table": 50})
    organization.sociability[:] = 1.0
    tables, _ = visits_of(organization)
    others = np.flatnonzero(organization.community == 1)
    guest = int(np.flatnonzero(organization.community == 0)[0])
    assert sorted(at_table(tables, guest)[1:]) == others.tolist()


def test_people_go_with_their_chance_by_sociability():
    """4 000 people each; 5 standard errors: a right model fails once in 1.7 million."""
    organization = quiet(people=8000, spanning={"rate": 0.2})
    organization.sociability[:4000], organization.sociability[4000:] = 0.25, 0.75
    goes = guests_of(organization)
    for gone, chance in ((goes[:4000], 0.1), (goes[4000:], 0.3)):
        assert abs(gone.sum() - 4000 * chance) < 5 * np.sqrt(4000 * chance * (1 - chance))


def test_who_has_no_time_does_not_go():
    organization = two_communities(spanning={"rate": 1.0})
    organization.sociability[:] = 1.0
    organization.learning_share[:7] = 0.0
    _, host = visits_of(organization)
    assert (host[:7] == -1).all() and (host[7:] >= 0).all()


def test_guests_go_where_they_know_people_by_how_well():
    """Seat 0 knows one of community 1 at .6, one of 2 at .2: three to one; strangers by lot.

    4 000 weeks each; 5 standard errors: a right model fails once in 1.7 million.
    """
    organization = quiet(
        people=30,
        communities={"count": 3},
        start={"contacts": 0},
        spanning={"rate": 1.0},
    )
    organization.sociability[:] = organization.learning_share[:] = 1.0
    known, stranger = np.flatnonzero(organization.community == 0)[:2]
    for place, (community, familiarity) in enumerate([(1, 0.6), (2, 0.2), (0, 1.0)]):
        friend = np.flatnonzero(organization.community == community)[-1]
        organization.contact[known, place] = friend
        organization.familiarity[known, place] = familiarity
    for seat, chance in ((known, 0.75), (stranger, 0.5)):
        went = 0
        for week in range(4000):
            organization.period = week
            # As long ago as ever: only how well they know each other counts.
            organization.last_met[:] = week
            went += visits_of(organization)[1][seat] == 1
        assert abs(went - 4000 * chance) < 5 * np.sqrt(4000 * chance * (1 - chance))


def test_one_guest_more_changes_no_other_s_table():
    organization = two_communities(spanning={"rate": 0.3})
    before, host = visits_of(organization)
    at_home = int(np.flatnonzero(host == -1)[0])
    organization.spanner[at_home] = True
    after, _ = visits_of(organization)
    assert len(at_table(after, at_home)) == 5
    for guest in np.flatnonzero(host >= 0).tolist():
        assert at_table(before, guest) == at_table(after, guest)


def test_the_most_sociable_of_each_community_are_appointed_and_the_task_stays_with_the_seat():
    organization = quiet(people=40, communities={"count": 3}, spanning={"appointed": 0.1})
    appointed = np.flatnonzero(organization.spanner)
    for community in range(3):
        members = np.flatnonzero(organization.community == community)
        chosen = np.intersect1d(members, appointed)
        assert len(chosen) == max(1, round(0.1 * len(members)))
        others = np.setdiff1d(members, chosen)
        assert organization.sociability[chosen].min() >= organization.sociability[others].max()
    assert guests_of(organization).sum() == len(appointed)
    left = weeks(
        quiet(
            people=40,
            communities={"count": 3},
            spanning={"appointed": 0.1},
            events=[{"at": 0, "leave": {"share": 1.0, "who": "spanners"}}],
        ),
        1,
    )
    assert np.array_equal(np.flatnonzero(left.spanner), appointed)
    assert np.array_equal(np.flatnonzero(left.person >> np.uint64(32)), appointed)


def test_a_sure_visit_teaches_the_guest_the_hosts_topic_and_the_hosts_the_guest_s():
    organization, guest = one_guest(hours=2.0, report=0.0)
    tables, _ = visits_of(organization)
    before = organization.beliefs.copy()
    apply(organization, "spanning")
    learned = np.argwhere(organization.beliefs != before)
    seated = at_table(tables, guest)
    # An hour on a block each way, two dimensions: the guest of topic 1, the four hosts of topic 0.
    assert set(learned[:, 0]) == set(seated)
    assert all((d >= 4) == (who == guest) for who, d in learned)
    assert len(learned) == 2 + 4 * 2
    assert np.array_equal(
        organization.beliefs[tuple(learned.T)], organization.reality[learned[:, 1]]
    )
    assert count(organization, VISITS_MADE) == 1 and count(organization, BROUGHT_HOME) == 0


def home_again(*, better: bool = True, explicit: bool = True, fear: float = 0.0) -> Organization:
    """A guest of community 0 who already knows the other topic, and does well at it, tells of it.

    Hosts know nothing here, so that all that moves is what is told at home.
    """
    organization, guest = one_guest(hours=1.0, report=1.0)
    organization.beliefs[organization.community == 1] = 0
    organization.articulated[organization.community == 1] = False
    organization.record_success[organization.community == 1] = 0.0
    organization.beliefs[guest] = organization.reality
    organization.articulated[guest] = explicit
    organization.record_success[guest, 2:] = 10.0 if better else 0.0
    organization.record_success[guest, :2] = 0.0
    organization.fear[guest] = fear
    organization.open_period()
    apply(organization, "spanning")
    return organization


def test_a_guest_tells_the_cell_at_home_of_the_hosts_topic():
    organization = home_again()
    guest = int(np.flatnonzero(organization.spanner)[0])
    foreign = organization.beliefs[:, 4:] != 0
    mates = (organization.cell == organization.cell[guest]) & ~organization.spanner
    assert (foreign[mates].sum(axis=1) == 2).all()
    others = (organization.community == 0) & ~mates & ~organization.spanner
    assert not foreign[others].any()
    assert count(organization, BROUGHT_HOME) == 2 * mates.sum() == 8


@pytest.mark.parametrize("why", [{"better": False}, {"explicit": False}, {"fear": 1.1}])
def test_nobody_learns_from_whom_they_see_failing_who_has_no_words_or_is_afraid(why):
    organization = home_again(**why)
    assert count(organization, BROUGHT_HOME) == 0
    assert count(organization, VISITS_MADE) == 1


def test_in_the_safety_of_the_cell_fear_holds_less_back():
    """Fear .1 above nothing is what a cell takes away by default."""
    assert count(home_again(fear=0.1), BROUGHT_HOME) == 8


def test_guests_plan_the_visit_and_the_telling_and_others_give_time_they_have_left():
    organization, guest = one_guest(hours=2.0, report=0.5)
    apply(organization, "hours")
    assert organization.planned[guest, VISIT] == 3.0 == organization.planned[:, VISIT].sum()
    tables, _ = visits_of(organization)
    busy = at_table(tables, guest)[1]
    organization.hours[busy, IDLE] = 0.5
    total = organization.hours.sum(axis=1)
    apply(organization, "spanning")
    hosts = at_table(tables, guest)[1:]
    mates = np.flatnonzero(organization.cell == organization.cell[guest])
    assert (organization.hours[np.setdiff1d(hosts, [busy]), VISIT] == 2.0).all()
    assert organization.hours[busy, VISIT] == 0.5 and organization.hours[busy, IDLE] == 0.0
    assert (organization.hours[np.setdiff1d(mates, [guest]), VISIT] == 1.0).all()
    assert organization.hours[guest, VISIT] == 3.0
    assert np.array_equal(organization.hours.sum(axis=1), total)


def test_hosts_without_any_time_left_are_not_there():
    organization, _ = one_guest(report=0.0)
    organization.hours[:, IDLE] = 0.0
    before = snapshot(organization)
    apply(organization, "spanning")
    assert changed(before, organization) == {"tally"}


def test_hours_stay_whole_and_above_zero_in_a_lively_organization():
    organization = lively(4, spanning={"rate": 0.5, "appointed": 0.1})
    for _ in range(10):
        organization.step()
        assert organization.hours.min() >= 0.0
        assert np.allclose(organization.hours.sum(axis=1), 40.0, atol=1e-3)


def test_with_one_community_there_is_nowhere_to_go():
    organization = two_communities(communities={"count": 1}, spanning={"rate": 1.0})
    before = snapshot(organization)
    spanning_of(organization).plan(organization)
    apply(organization, "spanning")
    assert changed(before, organization) == set()


def test_spanning_keeps_to_its_declarations():
    wrongly = set()
    for changes in ({"rate": 0.5}, {"appointed": 0.2, "report": 0.0}):
        organization = lively(3, spanning=changes)
        for mechanism in acting_one_by_one(organization, periods=8):
            watcher, before = Watched(organization), snapshot(organization)
            if mechanism.name == "spanning":
                mechanism.plan(watcher)
                organization.planned[:] = before["planned"]
                watcher.touched.discard("planned")
            mechanism.apply(watcher if mechanism.name == "spanning" else organization)
            if mechanism.name == "spanning":
                wrongly |= changed(before, organization) - set(mechanism.writes)
                wrongly |= watcher.touched - {*mechanism.reads, *mechanism.writes}
    assert wrongly == set()


def test_off_it_is_as_if_it_did_not_exist_and_on_it_matters():
    nobody = {"rate": 0.0, "appointed": 0.0, "table": 9, "hours": 3.0}
    off = weeks(lively(5, spanning=nobody), 8)
    without = weeks(lively(5, without=["spanning"]), 8)
    on = weeks(lively(5, spanning={"rate": 0.3}), 8)
    assert differing(off, without) == set()
    assert {"beliefs", "hours", "familiarity"} <= differing(on, off)


def test_an_event_can_end_it():
    organization = lively(
        5, spanning={"appointed": 0.2}, events=[{"at": 3, "set": {"spanning.hours": 0.0}}]
    )
    made = []
    for _ in range(6):
        organization.step()
        made.append(count(organization, VISITS_MADE))
    assert sum(made[:3]) > 0 and made[3:] == [0, 0, 0]


def test_knowledge_is_told_apart_by_topic():
    organization = two_communities()
    assert MEASURES["own_topic_knowledge"].of(organization) == 1.0
    assert MEASURES["foreign_knowledge"].of(organization) == 0.0
    organization.beliefs[0] = organization.reality
    assert MEASURES["foreign_knowledge"].of(organization) == 1 / 20
    organization.beliefs[1] *= -1
    assert MEASURES["own_topic_knowledge"].of(organization) == 19 / 20
    everything = quiet(communities={"formation": "by_home", "count": 2})
    assert np.isnan(MEASURES["foreign_knowledge"].of(everything))


#: Communities learn, and nothing but guests leads from one to another: no talk in units, no rules.
APART = (
    *("interpersonal.hours=0", "interpersonal.joint_hours=0"),
    *("socialization.rate=0", "periods=78"),
)


def finals(seeds: int, *sets: str) -> dict[str, np.ndarray]:
    """Final values of the measures by seed."""
    settings = load_scenario("post_bureaucratic", sets=[*APART, *sets]).settings
    runs = [run(settings, seed).finals for seed in range(seeds)]
    return {name: np.array([each[name] for each in runs]) for name in MEASURES}


def test_removing_spanners_lowers_knowledge_of_others_topics():
    """R88, in whole runs on sixteen paired seeds, for appointed spanners and for anybody.

    5 standard errors (t, 15 degrees of freedom): with no effect one set of seeds in 12,000 passes.
    """
    for spanners in ("spanning.appointed=0.1", "spanning.rate=0.1"):
        there, gone = finals(16, spanners), finals(16, spanners, "without=[spanning]")
        lost = there["foreign_knowledge"] - gone["foreign_knowledge"]
        assert lost.mean() > 5 * lost.std(ddof=1) / np.sqrt(16)
        assert (there["brought_home"] > 0).all() and not gone["visits"].any()


def test_visits_cost_more_than_they_give_where_nobody_needs_what_they_bring():
    """Every request goes to its specialists, who have no time to lose: less gets done.

    Eight paired seeds, 5 standard errors: by chance fewer than one set in 1 200.
    """
    busy = ("requests.specialization=1", "requests.load=1.2", "hours.protected=1")
    often = finals(8, *busy, "spanning.rate=0.5", "spanning.hours=4")
    never = finals(8, *busy)
    lost = never["output"] - often["output"]
    assert lost.mean() > 5 * lost.std(ddof=1) / np.sqrt(8)

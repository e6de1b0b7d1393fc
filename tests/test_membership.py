"""Communities, cells and their officers: everybody has one place, through everything that moves."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from organizations import apply, lively, quiet, weeks

from sim.mechanisms.reshuffle import exchange_places
from sim.membership import members_of
from sim.organization import Organization
from sim.tallies import SEATS_MOVED
from sim.ties import familiar

keys = st.integers(0, 2**64 - 1).map(np.uint64)


def check_places(organization: Organization) -> None:
    """Everybody is in one cell and community, listed once; each cell has an officer of its own."""
    people, cells = organization.people, organization.cells
    assert sorted(organization.cell_member) == list(range(people))
    assert sorted(organization.community_member) == list(range(people))
    assert organization.cell_start[0] == 0
    assert np.all(organization.cell_start[cells:] == people)
    officers = organization.officer[:cells]
    assert len(set(officers)) == cells
    assert np.all(organization.officer[cells:] == -1)
    for cell in range(cells):
        members = members_of(organization, cell)
        assert len(members) >= 1
        assert np.all(organization.cell[members] == cell)
        assert officers[cell] in members
        assert np.all(organization.community[members] == organization.cell_community[cell])
    for community in range(organization.communities):
        low, high = organization.community_start[community : community + 2]
        assert np.all(organization.community[organization.community_member[low:high]] == community)


def cell_sizes(organization: Organization) -> list[int]:
    return np.bincount(organization.cell, minlength=organization.cells).tolist()


def reshuffled(seed: int = 0, people: int = 60, **parameters: object) -> Organization:
    """An organization at the last week of its first cycle, about to reshuffle."""
    organization = quiet(
        seed,
        people=people,
        cells={"size": 5},
        communities={"count": 3},
        reshuffle={"every": 4, **parameters},
    )
    organization.period = 3
    return organization


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("officers", ["stay", "move"])
@pytest.mark.parametrize("within", ["community", "organization"])
def test_places_hold_through_turnover_reshuffles_and_events(seed, officers, within):
    organization = lively(seed, reshuffle={"officers": officers, "within": within, "every": 2})
    sizes = cell_sizes(organization)
    check_places(organization)
    for _ in range(10):
        organization.step()
        check_places(organization)
        assert cell_sizes(organization) == sizes


@pytest.mark.parametrize(
    ("people", "size", "count"), [(40, 6, 4), (41, 1, 3), (7, 50, 2), (1, 6, 4)]
)
def test_cells_divide_a_community_as_evenly_as_possible(people, size, count):
    organization = quiet(people=people, cells={"size": size}, communities={"count": count})
    check_places(organization)
    sizes = np.array(cell_sizes(organization))
    for community in range(organization.communities):
        here = sizes[organization.cell_community[: organization.cells] == community]
        if len(here) == 0:
            continue
        assert here.max() - here.min() <= 1
        assert len(here) == max(1, round(here.sum() / size))


def test_people_join_the_community_of_their_interest():
    organization = quiet(people=200, dimensions=60, communities={"count": 4})
    assert np.array_equal(organization.community, (organization.interest * 4).astype(int))


def test_every_community_gets_somebody():
    for seed in range(100):
        organization = quiet(seed, people=6, dimensions=30, communities={"count": 6})
        assert len(set(organization.community)) == organization.communities


def test_the_longest_serving_member_of_a_cell_is_its_first_officer():
    organization = quiet(people=60, cells={"size": 5})
    for cell in range(organization.cells):
        members = members_of(organization, cell)
        officer = organization.officer[cell]
        assert organization.tenure[officer] == organization.tenure[members].max()


def test_an_officer_who_leaves_is_followed_by_the_longest_serving_member():
    organization = quiet(
        people=60,
        cells={"size": 5},
        events=[{"at": 0, "leave": {"who": "officers", "share": 1.0}}],
    )
    before = organization.officer[: organization.cells].copy()
    apply(organization, "events")
    check_places(organization)
    for cell, gone in enumerate(before):
        members = members_of(organization, cell)
        officer = organization.officer[cell]
        assert organization.tenure[gone] == 0
        assert officer != gone
        assert organization.tenure[officer] == organization.tenure[members].max()


def moved_and_asked(share: float, officers: str, seed: int) -> tuple[list[int], list[int]]:
    """How many changed cell in each community, and how many should."""
    organization = reshuffled(seed, share=share, officers=officers)
    before, appointed = organization.cell.copy(), organization.officer.copy()
    may_move = np.ones(60, dtype=bool)
    if officers == "stay":
        may_move[appointed[: organization.cells]] = False
    communities = [organization.community == c for c in range(organization.communities)]
    asked = [round(share * (may_move & inside).sum()) for inside in communities]
    # Nobody can change place alone.
    asked = [2 if count == 1 else count for count in asked]
    apply(organization, "reshuffle")
    moved = organization.cell != before
    assert organization.tally[SEATS_MOVED] == moved.sum()
    assert not moved[~may_move].any()
    if officers == "stay":
        assert np.array_equal(organization.officer, appointed)
    return [int(moved[inside].sum()) for inside in communities], asked


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("officers", ["stay", "move"])
def test_all_who_may_move_change_cell_or_none_does(officers, seed):
    """But for one of a community of two cells, one larger: there is no place left for them."""
    moved, asked = moved_and_asked(1.0, officers, seed)
    assert all(all_ - 1 <= went <= all_ for went, all_ in zip(moved, asked, strict=True))
    assert sum(moved) >= sum(asked) - 1
    assert moved_and_asked(0.0, officers, seed)[0] == [0, 0, 0]


@pytest.mark.parametrize("share", [0.1, 0.37])
def test_exactly_the_share_asked_changes_cell(share):
    for seed in range(20):
        moved, asked = moved_and_asked(share, "move", seed)
        assert moved == asked


def test_within_communities_nobody_changes_community_and_across_them_many_do():
    inside, across = reshuffled(), reshuffled(within="organization")
    before = inside.community.copy()
    apply(inside, "reshuffle")
    apply(across, "reshuffle")
    assert np.array_equal(inside.community, before)
    assert (across.community != before).sum() > 10
    assert np.array_equal(np.bincount(across.community), np.bincount(before))


def test_a_cycle_of_four_weeks_ends_with_the_fourth():
    organization = quiet(people=60, cells={"size": 5}, reshuffle={"every": 4})
    moved = []
    for _ in range(8):
        organization.step()
        moved.append(bool(organization.tally[SEATS_MOVED]))
    assert moved == [False, False, False, True] * 2


def test_different_reshuffles_move_people_differently():
    organization = quiet(people=60, cells={"size": 5}, reshuffle={"every": 1})
    first = weeks(organization, 1).cell.copy()
    second = weeks(organization, 1).cell.copy()
    # All who may move do; to the same cells twice with a chance far below one in a million.
    assert (first != second).sum() > 20


def test_familiarity_outlives_a_reshuffle():
    organization = reshuffled()
    contact, familiarity = organization.contact.copy(), organization.familiarity.copy()
    apply(organization, "reshuffle")
    assert np.array_equal(organization.contact, contact)
    assert np.array_equal(organization.familiarity, familiarity)


@pytest.mark.parametrize("churn", [0.0, 0.3, 1.0])
def test_project_boundaries_move_a_share_of_the_front_line_and_keep_units_whole(churn):
    organization = reshuffled(churn=churn)
    unit, manager = organization.unit.copy(), organization.manager.copy()
    front = organization.level == 0
    apply(organization, "reshuffle")
    moved = organization.unit != unit
    assert moved[front].sum() == round(churn * front.sum())
    assert not moved[~front].any()
    assert np.array_equal(np.bincount(organization.unit), np.bincount(unit))
    for each in set(unit[front]):
        boss = set(manager[unit == each])
        assert set(organization.manager[organization.unit == each]) == boss


@given(st.lists(st.integers(0, 6), min_size=1, max_size=40), keys, st.data())
def test_those_who_exchange_places_all_get_another_one_if_that_is_possible(places, key, data):
    """Nobody but movers moves, places stay as they are in number, and as many as can change."""
    before = np.array(places, dtype=np.int32)
    seats = data.draw(st.lists(st.sampled_from(range(len(places))), unique=True))
    movers = np.array(seats, dtype=np.int64)
    after = before.copy()
    exchange_places(after, movers, key)
    assert sorted(after) == sorted(before)
    others = np.setdiff1d(np.arange(len(before)), movers)
    assert np.array_equal(after[others], before[others])
    if len(movers):
        # Of those from one place only as many can go as there are movers from elsewhere.
        most = np.bincount(before[movers]).max()
        stuck = max(0, 2 * most - len(movers))
        assert (after[movers] == before[movers]).sum() == stuck


def test_communities_by_design_stay_within_a_home():
    organization = quiet(
        people=60, start={"homes": 3}, communities={"count": 3, "formation": "by_home"}
    )
    assert np.array_equal(organization.community, organization.home)


def known_in_new_cells(organization) -> float:
    """How familiar people are, in all, with those they now share a cell with."""
    total = 0.0
    for i in range(organization.people):
        for j in np.flatnonzero(organization.cell == organization.cell[i]):
            if i != j:
                total += familiar(
                    organization.contact,
                    organization.familiarity,
                    organization.last_met,
                    i,
                    j,
                    organization.period,
                )
    return total


def test_movers_who_seek_strangers_find_more_of_them():
    """The same movers and the same first draw: each swap lowers what is known, so in every run."""
    for within in ("community", "organization"):
        for seed in range(5):
            either = []
            for rule in ("random", "most_new_ties"):
                organization = reshuffled(seed, rule=rule, within=within)
                before = organization.cell.copy()
                sizes = np.bincount(before)
                apply(organization, "reshuffle")
                assert np.array_equal(np.bincount(organization.cell), sizes)
                either.append((known_in_new_cells(organization), organization.cell != before))
            (at_random, moved), (seeking, as_many) = either
            assert seeking < at_random
            assert np.array_equal(moved, as_many)

"""Directories: what people believe of each other's knowledge, from what, and how it goes stale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from organizations import apply, lively, quiet, weeks

from sim.acquaintance.directories import (
    MOST_WATCHED,
    MOST_WEIGHT,
    PRIOR,
    Directory,
    accuracy,
    addresses_of,
    best_known,
    chances,
    closer_to,
    directory_of,
    expect,
    forget_addresses,
    heavier,
    look_up,
    topic_of,
)
from sim.acquaintance.watching import Notes, Shown, learn_of, show_cases, watch
from sim.arrays import ARRAYS
from sim.measures import MEASURES
from sim.mechanisms.communities import community_topics
from sim.organization import Organization
from sim.scenario.settings import Settings

ASKING = {"hours": 0.25}
KEY = np.uint64(12345)


def empty_directory(people: int, addresses: int, topics: int = 1) -> Directory:
    shape = (people, addresses, topics)
    return Directory(
        np.full(shape[:2], -1, dtype=np.int32),
        np.full(shape, PRIOR, dtype=np.float32),
        np.zeros(shape, dtype=np.uint8),
        np.full(shape, PRIOR, dtype=np.float32),
        np.zeros(shape, dtype=np.uint8),
    )


def known(directory: Directory, i: int) -> set[int]:
    return set(directory.address[i].tolist()) - {-1}


def settings(**sections: object) -> Settings:
    return Settings.model_validate(sections)


def test_directories_have_room_only_where_people_may_ask():
    later = {"at": 5, "set": {"advice.hours": 0.5}}
    assert addresses_of(settings(), 200) == 0
    assert addresses_of(settings(advice=ASKING), 200) == 64
    assert addresses_of(settings(advice=ASKING), 7) == 7
    assert addresses_of(settings(advice=ASKING, without=["advice"]), 200) == 0
    assert addresses_of(settings(events=[later]), 200) == 64


def test_directories_of_a_hundred_thousand_people_take_less_than_three_tenths_of_a_gigabyte():
    lengths = {"people": 100_000, "addresses": 64, "topics": 4}
    names = ("address", "knows_what", "what_weight", "knows_whom", "whom_weight")
    sizes = [
        np.prod([lengths[axis] for axis in ARRAYS[name].axes])
        * np.dtype(ARRAYS[name].dtype).itemsize
        for name in names
    ]
    assert sum(sizes) <= 0.3e9


@pytest.mark.parametrize(("blocks", "topics"), [(20, 4), (20, 3), (7, 7), (5, 1), (11, 4)])
def test_topics_are_those_of_communities(blocks: int, topics: int):
    organization = quiet(
        people=40,
        dimensions=blocks * 2,
        environment={"complexity": 2, "tacit": 0},
        communities={"count": topics},
    )
    low, high = community_topics(organization)
    for topic in range(topics):
        for block in range(low[topic], high[topic]):
            assert topic_of(block, topics, blocks) == topic


@given(st.lists(st.booleans(), max_size=MOST_WEIGHT))
def test_an_expectation_is_the_mean_of_what_was_seen_and_of_two_prior_cases(seen: list[bool]):
    """Laplace's rule, to the rounding of ten additions."""
    mean, weight = PRIOR, 0
    for outcome in seen:
        weight = heavier(weight)
        mean = closer_to(mean, float(outcome), weight)
    assert weight == len(seen)
    assert mean == pytest.approx((sum(seen) + 1) / (len(seen) + 2), abs=1e-12)


@given(st.lists(st.booleans(), min_size=MOST_WEIGHT, max_size=60), st.booleans())
def test_however_much_was_seen_a_new_case_counts_a_twelfth(seen: list[bool], last: bool):
    mean, weight = PRIOR, 0
    for outcome in seen:
        weight = heavier(weight)
        mean = closer_to(mean, float(outcome), weight)
    after = closer_to(mean, float(last), heavier(weight))
    assert 0.0 < after < 1.0
    assert after - mean == pytest.approx((last - mean) / 12.0, abs=1e-12)


def test_where_the_list_is_full_whom_fewest_cases_speak_of_makes_room():
    directory = empty_directory(people=9, addresses=3, topics=2)
    for j in (1, 4, 7):
        place = look_up(directory, 0, j)
        directory.what[0, place] = 0.9
        directory.what_weight[0, place] = (j, 1)
    directory.whom_weight[0, look_up(directory, 0, 1), 1] = 9
    assert known(directory, 0) == {1, 4, 7}
    place = look_up(directory, 0, 8)
    assert known(directory, 0) == {1, 7, 8}
    assert (directory.what[0, place] == PRIOR).all() and not directory.what_weight[0, place].any()
    assert look_up(directory, 0, 8) == place


@given(st.lists(st.integers(1, 30), max_size=60))
def test_nobody_stands_twice_in_a_directory_and_the_last_one_met_is_in_it(met: list[int]):
    directory = empty_directory(people=31, addresses=5)
    for j in met:
        assert directory.address[0, look_up(directory, 0, j)] == j
        directory.what_weight[0, look_up(directory, 0, j), 0] += 1
        listed = [k for k in directory.address[0].tolist() if k >= 0]
        assert len(listed) == len(set(listed)) and j in listed


def test_of_a_seat_that_somebody_left_half_is_kept_and_their_own_directory_clears():
    directory = empty_directory(people=3, addresses=3, topics=2)
    for i, j in ((0, 1), (0, 2), (1, 0), (2, 1)):
        place = look_up(directory, i, j)
        directory.what[i, place], directory.what_weight[i, place] = 0.9, 7
        directory.whom[i, place], directory.whom_weight[i, place] = 0.2, 1
    forget_addresses(directory, np.array([False, True, False]))
    assert known(directory, 1) == set()
    assert (directory.what[1] == PRIOR).all() and not directory.what_weight[1].any()
    for i in (0, 2):
        place = look_up(directory, i, 1)
        assert directory.what[i, place] == pytest.approx([0.9, 0.9])
        assert directory.what_weight[i, place].tolist() == [3, 3]
        assert directory.whom_weight[i, place].tolist() == [0, 0]
    assert directory.what_weight[0, look_up(directory, 0, 2)].tolist() == [7, 7]


def test_who_takes_over_a_seat_knows_nobody_and_is_expected_to_know_what_the_job_knew():
    organization = quiet(advice=ASKING, events=[{"at": 0, "leave": {"seat": 5}}])
    directory = directory_of(organization)
    place = look_up(directory, 0, 5)
    organization.knows_what[0, place], organization.what_weight[0, place] = 0.75, 8
    apply(organization, "events")
    assert known(directory, 5) == set()
    assert (organization.knows_what[0, place] == 0.75).all()
    assert (organization.what_weight[0, place] == 4).all()


def test_a_case_shown_is_one_of_the_record():
    """Shares of 4 000 drawn cases; 5 standard errors: a right model fails once in 1.7 million."""
    people, topics = 4000, 2
    cases = np.tile(np.array([[0.0, 3.0, 0.0, 1.0]], dtype=np.float32), (people, 1))
    success = cases * np.array([[0.0, 0.5, 0.0, 1.0]], dtype=np.float32)
    cases[0] = success[0] = 0.0
    shown = Shown(*(np.zeros(people, dtype=kind) for kind in (np.int64, float, np.int64, float)))
    person = np.arange(people, dtype=np.uint64)
    show_cases(success, cases, topics, person, shown.case, shown.case_outcome, KEY)
    assert shown.case[0] == -1
    second = shown.case[1:] == 1
    assert abs(second.mean() - 0.25) < 5 * np.sqrt(0.25 * 0.75 / (people - 1))
    assert shown.case_outcome[1:][second].all()
    ended_well = shown.case_outcome[1:][~second].mean()
    assert abs(ended_well - 0.5) < 5 * np.sqrt(0.25 / (~second).sum())


def look(
    start: list[int], shown: Shown, directory: Directory, visibility: float, member: np.ndarray
) -> None:
    """Let members of groups, who are listed from each ``start`` on, watch each other."""
    notes, groups = notes_for(directory), len(start) - 1
    bounds, person = np.array(start, dtype=np.int32), np.arange(len(member), dtype=np.uint64)
    watch(bounds, member, groups, shown, directory, notes, visibility, person, KEY)


def notes_for(directory: Directory) -> Notes:
    people = len(directory.address)
    return Notes(
        *(np.zeros(MOST_WATCHED + 1, dtype=kind) for kind in (int, np.uint64, int, int, int, int)),
        np.zeros(people + 1, dtype=np.int64),
        np.zeros(directory.address.shape, dtype=np.int32),
        np.zeros(people, dtype=np.bool_),
    )


def seeing(visibility: float) -> Directory:
    """Two groups of three; all have shown a case well done, seat 1 a question well answered."""
    directory = empty_directory(people=6, addresses=6)
    question = np.array([-1, 0, -1, -1, -1, -1])
    shown = Shown(np.zeros(6, dtype=np.int64), np.ones(6), question, np.ones(6))
    look([0, 3, 6], shown, directory, visibility, np.arange(6, dtype=np.int32))
    return directory


def test_people_see_what_those_of_their_group_show_and_nobody_else():
    directory = seeing(1.0)
    for i in range(6):
        assert known(directory, i) == set(range(i // 3 * 3, i // 3 * 3 + 3)) - {i}
    assert directory.what[0, 1, 0] == pytest.approx(2 / 3)
    assert directory.whom[[0, 2], 1, 0] == pytest.approx(2 / 3)
    assert (directory.whom_weight.sum(), directory.what_weight.sum()) == (2, 12)


def test_in_a_large_group_a_person_watches_some_others_and_not_the_same_as_everybody():
    people = 40
    directory = empty_directory(people=people, addresses=people)
    nothing = np.full(people, -1)
    shown = Shown(np.zeros(people, dtype=np.int64), np.ones(people), nothing, np.ones(people))
    look([0, people], shown, directory, 1.0, np.arange(people, dtype=np.int32))
    seen = [frozenset(known(directory, i)) for i in range(people)]
    assert {len(each) for each in seen} == {MOST_WATCHED}
    assert all(i not in each for i, each in enumerate(seen))
    assert len(set(seen)) == people


@given(st.lists(st.integers(1, 30), max_size=80))
def test_who_is_seen_takes_the_place_they_would_take_by_looking_them_up(met: list[int]):
    """Where addresses are counted once and kept in line, and where they are counted each time."""
    seen, asked = empty_directory(31, 5, topics=2), empty_directory(31, 5, topics=2)
    notes = notes_for(seen)
    shown = Shown(np.arange(31) % 2, np.ones(31), np.zeros(31, dtype=np.int64), np.zeros(31))
    for j in met:
        sees_question = j % 3 == 0
        learn_of(0, np.array([4 * j + 2 + sees_question]), shown, seen, notes)
        place = look_up(asked, 0, j)
        expect(asked.what, asked.what_weight, 0, place, j % 2, 1.0)
        if sees_question:
            expect(asked.whom, asked.whom_weight, 0, place, 0, 0.0)
    for one, other in zip(seen, asked, strict=True):
        assert np.array_equal(one, other)


def test_where_nothing_is_visible_nobody_comes_to_know_of_anybody():
    assert (seeing(0.0).address == -1).all()


def in_two_cells() -> Organization:
    """Eight people in two cells that meet, each of one to himself in the line; all is visible."""
    organization = quiet(
        people=8,
        dimensions=4,
        advice=ASKING,
        structure={"levels": 1, "span": 1},
        environment={"complexity": 2},
        communities={"count": 1},
        cells={"size": 4, "hours": 1.0},
        climate={"visibility": 1.0},
        start={"contacts": 0},
    )
    organization.record_cases[:] = 10.0
    organization.record_success[:] = 10.0
    return organization


def test_what_people_expect_goes_stale_once_they_no_longer_meet():
    organization = in_two_cells()
    for week in range(40):
        organization.period = week
        organization.open_period()
        apply(organization, "advice")
    first, second = organization.cell_member[:4].tolist(), organization.cell_member[4:8].tolist()
    directory = directory_of(organization)
    mover, mate, other = first[0], first[1], second[1]
    assert known(directory, mate) == set(first) - {mate}
    # The mover changes cells, and from then on gets nothing right.
    organization.cell_member[[0, 4]] = organization.cell_member[[4, 0]]
    organization.record_success[mover] = 0.0
    for week in range(40, 80):
        organization.period = week
        organization.open_period()
        apply(organization, "advice")
    of_mate = organization.knows_what[mate, look_up(directory, mate, mover), 0]
    of_other = organization.knows_what[other, look_up(directory, other, mover), 0]
    assert of_mate > 0.95
    assert of_other < 0.05


def test_chances_to_be_right_are_of_whole_blocks_by_own_beliefs():
    reality = np.array([1, -1, 1, 1, -1, -1, 1, 1], dtype=np.int8)
    beliefs = np.array([[1, -1, 1, 0, -1, 0, 0, 1], [1, 1, 1, 1, 0, 0, 1, 1]], dtype=np.int8)
    expected = [[0.75, 0.5], [0.5, 0.625]]
    assert chances(beliefs, reality, 2, 2).tolist() == expected
    assert chances(beliefs, reality, 2, 1)[:, 0] == pytest.approx([0.625, 0.5625])


def test_whom_somebody_knows_best_is_whom_they_expect_most_of():
    address = np.array([[1, 2, -1], [0, 2, -1], [-1, -1, -1]], dtype=np.int32)
    what = np.array([[[0.9], [0.6], [1.0]], [[0.7], [0.7], [1.0]], [[0.5]] * 3], dtype=np.float32)
    chance = np.array([[0.1], [0.2], [0.8]])
    assert best_known(address, what, chance)[:, 0] == pytest.approx([0.2, 0.45, 0.0])


def test_accuracy_is_one_less_the_mean_error():
    address = np.array([[1, -1], [0, -1]], dtype=np.int32)
    expected = np.array([[[0.5], [0.9]], [[0.75], [0.9]]], dtype=np.float32)
    assert accuracy(address, expected, np.array([[0.25], [1.0]])) == pytest.approx(0.5)
    assert np.isnan(accuracy(np.full_like(address, -1), expected, np.zeros((2, 1))))


def test_who_knows_what_and_whom_go_stale_when_people_are_moved_around():
    """Expectations that are exact stop being so when others sit on the seats."""
    organization = lively(seed=3, advice=ASKING)
    what, whom = MEASURES["who_knows_what"], MEASURES["who_knows_whom"]
    directory = directory_of(organization)
    everybody = np.arange(40)
    directory.address[:] = np.where(everybody[:, None] == everybody, -1, everybody)
    chance = chances(organization.beliefs, organization.reality, 3, organization.communities)
    directory.what[:] = chance
    directory.whom[:] = best_known(directory.address, directory.what, chance)
    assert what.of(organization) == pytest.approx(1.0, abs=1e-6)
    assert whom.of(organization) == pytest.approx(1.0, abs=1e-6)
    organization.beliefs[:] = organization.beliefs[::-1].copy()
    stale = chances(organization.beliefs, organization.reality, 3, organization.communities)
    assert what.of(organization) == pytest.approx(1.0 - np.abs(stale - chance).mean(), abs=1e-6)
    assert what.of(organization) < 0.95
    assert whom.of(organization) < 0.95


def test_without_advice_nobody_has_a_directory():
    organization = weeks(lively(seed=1, advice={"hours": 0.0}), 2)
    assert organization.address.size == 0
    for name in ("who_knows_what", "who_knows_whom"):
        assert np.isnan(MEASURES[name].of(organization))

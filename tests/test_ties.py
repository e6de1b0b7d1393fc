"""How well two people know each other: it grows with hours, halves with weeks, and is bounded."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from organizations import apply, lively, quiet, week_up_to, weeks

from sim.acquaintance.ties import (
    GROWTH,
    HALF_LIFE,
    come_closer,
    come_closer_in_turn,
    faded,
    familiar,
    find,
    forget_seats,
    meet,
    spend_time,
)

#: Familiarity is kept in float32.
ROUNDING = 1e-6


def strangers(people: int, contacts: int):
    """Empty contact lists: contact, familiarity, trust, week last met."""
    shape = (people, contacts)
    return (
        np.full(shape, -1, dtype=np.int32),
        np.zeros(shape, dtype=np.float32),
        np.full(shape, 0.5, dtype=np.float32),
        np.zeros(shape, dtype=np.int32),
    )


def in_one_group(ties, people: int, hours: float, week: int):
    joint, warmth = np.zeros(people, np.float32), np.zeros(people, np.float32)
    start, member = np.array([0, people], np.int32), np.arange(people, dtype=np.int32)
    time, room = np.full(people, hours), np.empty(people)
    spend_time(start, member, 0, 1, time, week, *ties, joint, warmth, room)
    return joint, warmth


def test_familiarity_halves_in_exactly_its_half_life():
    assert faded(0.8, 0) == 0.8
    assert faded(0.8, int(HALF_LIFE)) == pytest.approx(0.4)
    assert faded(0.8, 3 * int(HALF_LIFE)) == pytest.approx(0.1)


def test_ten_hours_bring_strangers_half_way():
    ties = strangers(2, 1)
    known = meet(*ties, 0, 1, 10.0, 5)
    assert known == pytest.approx(1 - GROWTH**10)
    assert known == pytest.approx(0.5, abs=0.001)
    assert familiar(ties[0], ties[1], ties[3], 0, 1, 5) == pytest.approx(known, abs=ROUNDING)
    assert familiar(ties[0], ties[1], ties[3], 1, 0, 5) == 0.0


@given(st.lists(st.floats(0, 40), min_size=1, max_size=6))
def test_hours_of_one_week_add_up_however_they_are_cut(hours):
    ties = strangers(2, 1)
    for each in hours:
        known = meet(*ties, 0, 1, each, 3)
    assert known == pytest.approx(1 - GROWTH ** sum(hours), abs=len(hours) * ROUNDING)
    assert 0.0 <= known <= 1.0


@given(st.floats(0, 40), st.integers(0, 300), st.floats(0, 40))
def test_what_is_known_fades_before_it_grows_again(first, apart, second):
    ties = strangers(2, 1)
    once = meet(*ties, 0, 1, first, 10)
    again = meet(*ties, 0, 1, second, 10 + apart)
    kept = once * 0.5 ** (apart / HALF_LIFE)
    assert again == pytest.approx(1 - (1 - kept) * GROWTH**second, abs=2 * ROUNDING)


def test_somebody_new_takes_the_place_of_the_weakest_when_the_list_is_full():
    contact, familiarity, trust, last_met = ties = strangers(6, 3)
    for j, hours in ((1, 5.0), (2, 1.0), (3, 8.0)):
        meet(*ties, 0, j, hours, 0)
    trust[0] = 0.9
    meet(*ties, 0, 4, 2.0, 7)
    assert sorted(contact[0]) == [1, 3, 4]
    place = find(contact, 0, 4)
    assert familiarity[0, place] == pytest.approx(1 - GROWTH**2, abs=ROUNDING)
    for j, trusted, met in ((1, 0.9, 0), (3, 0.9, 0), (4, 0.5, 7)):
        k = find(contact, 0, j)
        assert (trust[0, k], last_met[0, k]) == (np.float32(trusted), met)
    assert find(contact, 0, 2) == -1


def test_who_has_not_been_met_for_years_makes_room_for_who_is_met_now():
    ties = strangers(6, 2)
    meet(*ties, 0, 1, 10.0, 0)
    meet(*ties, 0, 2, 10.0, 0)
    for week in range(400, 410):
        meet(*ties, 0, 3, 1.0, week)
        meet(*ties, 0, 4, 1.0, week)
    assert set(ties[0][0]) == {3, 4}


@given(
    st.integers(1, 6),
    st.lists(st.lists(st.integers(1, 12), max_size=30), min_size=1, max_size=4),
    st.integers(0, 60),
)
def test_whom_one_meets_in_turn_one_knows_as_if_met_singly(room, weeks_of, apart):
    """The weakest that are kept in mind are those that would be found by looking again."""
    singly, in_turn, share = strangers(13, room), strangers(13, room), GROWTH**0.25
    for n, met in enumerate(weeks_of):
        week, weak = n * apart, np.array([-1, -1])
        for j in met:
            known = come_closer(*singly, 0, j, share, week)
            assert come_closer_in_turn(*in_turn, 0, j, share, week, weak) == known
        for one, other in zip(singly, in_turn, strict=True):
            assert one.tolist() == other.tolist()


def test_a_group_gets_to_know_each_other_alike_in_both_directions():
    ties = strangers(4, 3)
    joint, warmth = in_one_group(ties, 4, 2.0, 1)
    known = {
        (i, j): familiar(ties[0], ties[1], ties[3], i, j, 1)
        for i in range(4)
        for j in range(4)
        if i != j
    }
    assert set(known.values()) == {np.float32(1 - GROWTH**2)}
    # Three colleagues, two hours each.
    assert joint.tolist() == [6.0] * 4
    assert warmth.tolist() == pytest.approx([6 * (1 - GROWTH**2)] * 4)


@given(st.integers(2, 12), st.integers(1, 5), st.integers(1, 8))
def test_contact_lists_never_overflow_nor_name_anybody_twice(people, room, meetings):
    contact, familiarity, _, _ = ties = strangers(people, room)
    for week in range(meetings):
        in_one_group(ties, people, 0.5 * (week + 1), week)
    for i in range(people):
        known = contact[i][contact[i] >= 0]
        assert len(known) == min(room, people - 1)
        assert len(set(known)) == len(known)
        assert i not in known
    assert familiarity.min() >= 0.0 and familiarity.max() <= 1.0


@pytest.mark.parametrize("room", [1, 5, 12, 40, 100])
def test_whoever_is_in_a_list_is_found_and_nobody_else(room):
    """Also where many share a first place, and where others had to make room."""
    ties = strangers(81, room)
    for week, j in enumerate(np.random.default_rng(room).integers(1, 81, 200).tolist()):
        meet(*ties, 0, j, 1.0, week)
        contact = ties[0][0].tolist()
        for k in range(1, 81):
            assert find(ties[0], 0, k) == (contact.index(k) if k in contact else -1)


def test_familiarity_with_who_leaves_is_cleared_and_expectations_count_half():
    contact, familiarity, trust, last_met = ties = strangers(3, 2)
    in_one_group(ties, 3, 4.0, 0)
    trust[:] = 0.9
    left, room = np.array([False, True, False]), np.ones(4, dtype=np.bool_)
    forget_seats(contact, familiarity, trust, last_met, left, room)
    assert contact[1].tolist() == [-1, -1]
    assert familiarity[1].tolist() == [0.0, 0.0]
    assert trust[1].tolist() == [0.5, 0.5]
    for i in (0, 2):
        k = find(contact, i, 1)
        assert familiarity[i, k] == 0.0
        assert trust[i, k] == pytest.approx(0.7)
        other = find(contact, i, 2 - i)
        assert familiarity[i, other] == pytest.approx(1 - GROWTH**4, abs=ROUNDING)
        assert trust[i, other] == pytest.approx(0.9)


def test_everybody_knows_neighbours_of_their_home_at_the_start_and_nobody_else():
    organization = quiet(people=40, start={"homes": 4, "contacts": 4, "familiarity": 0.3})
    for i in range(40):
        known = organization.contact[i][organization.contact[i] >= 0]
        assert len(set(known)) == 4 and i not in known
        assert np.all(organization.home[known] == organization.home[i])
    assert set(organization.familiarity.ravel()) == {np.float32(0.0), np.float32(0.3)}


def test_in_a_small_home_all_others_are_known():
    organization = quiet(people=10, start={"homes": 2, "contacts": 8})
    for i in range(10):
        known = organization.contact[i][organization.contact[i] >= 0]
        assert set(known) == set(np.flatnonzero(organization.home == organization.home[i])) - {i}


def test_contacts_stay_bounded_and_within_range_in_a_lively_organization(monkeypatch):
    monkeypatch.setattr("sim.organization.MOST_CONTACTS", 6)
    organization = lively(people=30)
    assert organization.contact.shape == (30, 6)
    for _ in range(12):
        organization.step()
        assert organization.familiarity.min() >= 0.0 and organization.familiarity.max() <= 1.0
        for i in range(30):
            known = organization.contact[i][organization.contact[i] >= 0]
            assert len(set(known)) == len(known) and i not in known


def test_who_sits_in_on_a_case_and_whose_case_it_is_come_to_know_each_other_alike():
    organization = quiet(
        people=20, start={"contacts": 0}, interpersonal={"joint_hours": 6.0}, requests={"load": 0.1}
    )
    week_up_to(organization, "interpersonal")
    met = 0
    for i in range(20):
        for j in organization.contact[i][organization.contact[i] >= 0]:
            args = (organization.contact, organization.familiarity, organization.last_met)
            # The same hours in the same week, whatever their order; float32.
            assert familiar(*args, i, j, 0) == pytest.approx(familiar(*args, j, i, 0), abs=1e-5)
            met += 1
    assert met > 20


@pytest.mark.parametrize("practice", ["cells", "interpersonal"])
def test_people_without_time_to_meet_do_not_come_to_know_each_other(practice):
    organization = quiet(
        people=20,
        start={"contacts": 0},
        requests={"load": 5.0},
        hours={"protected": 0.0},
        cells={"hours": 4.0 if practice == "cells" else 0.0},
        interpersonal={"hours": 4.0 if practice == "interpersonal" else 0.0},
    )
    weeks(organization, 3)
    organization.familiarity[:] = 0.0
    organization.contact[:] = -1
    organization.step()
    assert organization.learning_share.max() == 0.0
    assert organization.familiarity.max() == 0.0


def test_nobody_is_met_in_an_organization_without_meetings():
    organization = quiet(people=20)
    before = organization.familiarity.copy()
    weeks(organization, 4)
    apply(organization, "interpersonal")
    assert np.array_equal(organization.familiarity, before)

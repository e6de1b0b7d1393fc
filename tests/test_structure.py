"""Levels, units and managers: everybody has a place, and structure is nothing but numbers."""

from __future__ import annotations

import itertools
import math

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import example, given
from organizations import quiet

from sim.organization import Organization
from sim.places.structure import chunk, gather_teams, level_sizes, note_inclusiveness

SHAPES = [(1, 1, 8), (2, 3, 1), (40, 3, 5), (41, 2, 12), (150, 5, 6), (60, 12, 2), (30, 1, 8)]
sizes = st.tuples(st.integers(1, 2000), st.integers(1, 12), st.integers(1, 60))


def hierarchy(people: int, levels: int, span: int, seed: int = 0) -> Organization:
    return quiet(seed, people=people, structure={"levels": levels, "span": span})


@given(sizes)
def test_everybody_has_a_level_and_no_level_is_larger_than_the_one_below(size):
    people, levels, span = size
    at = level_sizes(people, levels, span)
    assert sum(at) == people
    assert 1 <= len(at) <= levels
    assert min(at) >= 1
    assert all(above <= below for below, above in itertools.pairwise(at))


def test_level_sizes_of_even_numbers_come_out_even():
    assert level_sizes(1 + 5 + 25, 3, 5) == [25, 5, 1]
    assert level_sizes(8, 1, 8) == [8]
    assert level_sizes(9, 2, 8) == [8, 1]
    assert level_sizes(1, 3, 8) == [1]


@example((5, 3, 2))
@given(sizes)
def test_a_manager_has_at_most_one_report_more_than_the_span(size):
    people, levels, span = size
    for below, above in itertools.pairwise(level_sizes(people, levels, span)):
        assert math.ceil(below / above) <= span + 1


@given(st.integers(1, 500), st.integers(1, 500))
def test_runs_are_as_equal_as_possible_and_none_is_empty(count, parts):
    parts = min(count, parts)
    group = chunk(count, parts)
    in_each = np.bincount(group, minlength=parts)
    assert np.all(np.diff(group) >= 0)
    assert len(in_each) == parts
    assert in_each.max() - in_each.min() <= 1


@pytest.mark.parametrize(("people", "levels", "span"), SHAPES)
def test_everybody_but_the_top_has_a_manager_one_level_up(people, levels, span):
    organization = hierarchy(people, levels, span)
    level, manager = organization.level, organization.manager
    top = level == level.max()
    assert np.all(manager[top] == -1)
    assert np.all(manager[~top] >= 0)
    assert np.all(level[manager[~top]] == level[~top] + 1)


@pytest.mark.parametrize(("people", "levels", "span"), SHAPES)
def test_a_unit_is_one_managers_reports_and_managers_have_equal_numbers(people, levels, span):
    organization = hierarchy(people, levels, span)
    unit, manager = organization.unit, organization.manager
    assert set(unit) == set(range(organization.units))
    for each in range(organization.units):
        assert len(set(manager[unit == each])) == 1
        assert len(set(organization.level[unit == each])) == 1
    for level in range(1, organization.level.max() + 1):
        bosses = np.flatnonzero(organization.level == level)
        reports = [(manager == boss).sum() for boss in bosses]
        assert min(reports) >= 1
        assert max(reports) - min(reports) <= 1


@pytest.mark.parametrize(("people", "levels", "span"), SHAPES)
def test_a_team_is_a_unit_with_its_manager(people, levels, span):
    organization = hierarchy(people, levels, span)
    for unit in range(organization.units):
        low, high = organization.team_start[unit : unit + 2]
        members = np.flatnonzero(organization.unit == unit)
        boss = organization.manager[members[0]]
        expected = sorted([*members, boss] if boss >= 0 else members)
        assert organization.team_member[low:high].tolist() == expected
        if boss >= 0:
            assert organization.leads_unit[boss] == unit
    leading = np.flatnonzero(organization.leads_unit >= 0)
    assert set(leading) == set(organization.manager) - {-1}


def test_the_most_senior_are_on_top_and_the_same_people_in_every_structure():
    tall, flat = hierarchy(150, 5, 4, seed=3), hierarchy(150, 2, 12, seed=3)
    assert np.array_equal(tall.seniority, flat.seniority)
    by_seniority = np.argsort(-tall.seniority)
    for organization in (tall, flat):
        above = (organization.level > 0).sum()
        assert set(by_seniority[:above]) == set(np.flatnonzero(organization.level > 0))
        assert np.all(np.diff(organization.level[by_seniority]) <= 0)
    # Whoever leads in the flat structure leads in the tall one too.
    assert set(np.flatnonzero(flat.level > 0)) <= set(np.flatnonzero(tall.level > 0))


def test_who_people_are_and_what_they_know_does_not_depend_on_structure():
    tall, flat = hierarchy(60, 5, 3, seed=8), hierarchy(60, 2, 20, seed=8)
    same = ("reality", "code", "beliefs", "articulated", "practice", "person", "home", "interest")
    traits = ("ability", "sociability", "learning_rate", "mindset", "self_efficacy", "fear")
    for name in (*same, *traits, "character", "tenure", "contact", "familiarity", "community"):
        assert np.array_equal(getattr(tall, name), getattr(flat, name)), name


def test_front_line_units_run_along_homes():
    organization = hierarchy(100, 3, 5)
    front = np.flatnonzero(organization.level == 0)
    by_unit = front[np.argsort(organization.unit[front], kind="stable")]
    assert np.all(np.diff(organization.home[by_unit]) >= 0)


def test_listing_teams_again_changes_nothing():
    organization = hierarchy(60, 3, 5)
    lists = ("team_start", "team_member", "leads_unit")
    before = [getattr(organization, name).copy() for name in lists]
    gather_teams(organization)
    for name, array in zip(lists, before, strict=True):
        assert np.array_equal(getattr(organization, name), array)


def test_people_are_met_as_inclusively_as_their_manager_is():
    organization = quiet(people=31, structure={"levels": 3, "span": 5}, leadership={"spread": 0.2})
    mean = organization.parameters["leadership"].inclusiveness
    own = np.clip(mean + 0.2 * organization.character, 0, 1)
    met = np.empty(31, dtype=np.float32)
    terms = (np.float32(mean), np.float32(0.2))
    note_inclusiveness(organization.character, organization.manager, *terms, met)
    for i in range(31):
        boss = organization.manager[i]
        # float32 keeps seven digits.
        assert met[i] == pytest.approx(own[boss if boss >= 0 else i], abs=1e-6)
    assert met.min() >= 0.0 and met.max() <= 1.0

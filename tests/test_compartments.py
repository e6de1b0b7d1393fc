"""Walls between cells: what they stop, what leaks through them, and the one way that is left."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from organizations import quiet, weeks
from test_groups import KEYS, heard, near, often

from sim.errors import InputProblem
from sim.measures import MEASURES
from sim.places.compartments import walled_off
from sim.tallies import LEAKED, TALLIES, WORDS_LOST, WORDS_RELAYED

BETTER = [0, 9, 9, 9]
ELSEWHERE = (0, 1, 1, 1)


@given(st.integers(0, 3), st.integers(0, 3), st.floats(0, 1, exclude_max=True))
def test_a_wall_stands_between_cells_only_and_as_often_as_is_set(i, j, luck):
    cell = np.array([0, 0, 1, 2], dtype=np.int32)
    assert not walled_off(cell, i, j, 0.0, luck)
    assert walled_off(cell, i, j, 1.0, luck) == (cell[i] != cell[j])
    assert walled_off(cell, i, j, 0.4, luck) == (cell[i] != cell[j] and luck < 0.4)


def test_no_word_passes_a_whole_wall_and_none_is_stopped_within_a_cell():
    assert heard([1, 1, 1], BETTER, isolation=1.0, cell=ELSEWHERE) == 0
    assert heard([1, 1, 1], BETTER, isolation=1.0) == 1
    # Who is behind the wall is no longer among those one asks: the one who is not decides alone.
    assert heard([1, -1, -1], BETTER, isolation=1.0, cell=(0, 0, 1, 1)) == 1


def test_a_wall_holds_as_often_as_is_set():
    alone = [False, True, False, False]
    times = often(views=[1, 1, 1], success=BETTER, speaks=alone, isolation=0.3, cell=ELSEWHERE)
    assert near(times, 0.7)


def leaks(**case) -> float:
    tally = np.zeros(len(TALLIES))
    heard(tally=tally, success=BETTER, **case)
    return tally[LEAKED]


def test_what_leaks_is_what_somebody_of_another_cell_spoke_for():
    assert leaks(views=[1, 1, 1], cell=ELSEWHERE) == 1.0
    assert leaks(views=[1, 1, 1]) == 0.0
    # The one of another cell spoke for the side that lost.
    assert leaks(views=[1, 1, -1], cell=(0, 0, 0, 1), rate=1.0, key=first_adoption()) == 0.0
    assert leaks(views=[1, 1, -1], cell=(0, 0, 1, 0), rate=1.0, key=first_adoption()) == 1.0
    # Nothing is adopted that one thinks already.
    assert leaks(views=[1, 1, 1], cell=ELSEWHERE, own=1) == 0.0


def first_adoption() -> np.uint64:
    """A world in which two against one are followed."""
    return next(key for key in KEYS if heard([1, 1, -1], BETTER, key=key) == 1)


def test_words_passed_on_and_lost_are_counted_where_words_can_be_lost():
    tally = np.zeros(len(TALLIES))
    for key in KEYS:
        heard([1, 1, 1], BETTER, fidelity=0.8, tally=tally, key=key)
    total = tally[WORDS_RELAYED] + tally[WORDS_LOST]
    # Three speakers, of whom person 0 and no other hears those who do better.
    assert total == 3 * len(KEYS)
    standard_error = np.sqrt(0.8 * 0.2 / total)
    assert abs(tally[WORDS_RELAYED] / total - 0.8) < 5 * standard_error
    tally[:] = 0.0
    heard([1, 1, 1], BETTER, tally=tally)
    assert not tally[[WORDS_RELAYED, WORDS_LOST]].any()


def planted(isolation: float, **changes):
    """60 people who know nothing, but for the members of cell 0, who know everything, and say so.

    They learn in units, in which members of many cells sit. Gives the organization a year later.
    """
    settings = {
        "people": 60,
        "dimensions": 12,
        "environment": {"complexity": 2},
        "structure": {"levels": 1, "line_hours": 0.0},
        "communities": {"count": 1},
        "cells": {"size": 5, "hours": 1.0, "isolation": isolation},
        "interpersonal": {"hours": 2.0, "joint_hours": 4.0, "rate": 1.0, "adoption": 1.0},
    }
    settings.update(changes)
    organization = quiet(1, **settings)
    organization.beliefs[:] = 0
    organization.articulated[:] = False
    organization.fear[:] = 0.0
    source = organization.cell == 0
    organization.beliefs[source] = organization.reality
    organization.articulated[source] = True
    organization.record_cases[:] = 10.0
    organization.record_success[source] = 10.0
    organization.practice[:] = 1.0
    weeks(organization, 1)
    week = [organization.tally[LEAKED]]
    for _ in range(51):
        organization.step()
        week.append(organization.tally[LEAKED])
    knows = (organization.beliefs == organization.reality).any(axis=1)
    return organization, knows & ~source, sum(week)


def test_between_whole_walls_nothing_passes_from_cell_to_cell():
    organization, knows, leaked = planted(1.0)
    assert not knows.any() and leaked == 0.0
    assert MEASURES["leakage"].of(organization) == 0.0


def test_without_walls_it_passes_and_is_counted():
    _, knows, leaked = planted(0.0)
    assert knows.any() and leaked > 0.0


def test_officers_are_the_one_way_that_walls_leave():
    """Officers meet, and from them their cells learn; nothing leaks all the same."""
    _, knows, leaked = planted(1.0, officers={"hours": 4.0, "meeting": 2.0, "branch": 12})
    assert knows.any() and leaked == 0.0


def test_half_a_wall_lets_less_leak_than_none():
    """In the first weeks, while there is much to learn: half of the words and cases are stopped."""
    none = quiet_leak(0.0)
    half = quiet_leak(0.5)
    assert 0.0 < half < none


def quiet_leak(isolation: float) -> float:
    settings = {
        "people": 200,
        "structure": {"levels": 1, "line_hours": 0.0},
        "communities": {"count": 1},
        "cells": {"size": 5, "isolation": isolation, "hours": 0.01},
        "interpersonal": {"joint_hours": 10.0, "adoption": 0.5},
    }
    organization = quiet(2, **settings)
    organization.record_cases[:] = 10.0
    organization.record_success[::2] = 10.0
    return weeks(organization, 1).tally[LEAKED]


def test_walls_stand_in_units_and_not_along_the_ties_of_a_network():
    with pytest.raises(InputProblem, match="walls between cells"):
        quiet(
            cells={"isolation": 0.5},
            interpersonal={"sources": "network"},
            network={"kind": "small_world"},
        )

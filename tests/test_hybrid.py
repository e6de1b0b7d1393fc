"""What must hold whatever the hybrid is made of: places, hours, walls, and costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from organizations import LIVELY, merged, quiet, weeks

from sim.organization import Organization
from sim.scenario.settings import Settings
from sim.tallies import LEAKED

#: All that document 002 asks for, and what it runs on, at work at once.
WHOLE: dict[str, Any] = {
    "cells": {
        **{"hours": 1.0, "joint_hours": 1.0, "size": 4, "isolation": 0.5, "help": 0.3},
        **{"advance": "together", "pacing": "officer", "paces": [1.0, 0.5]},
    },
    "interpersonal": {
        **{"hours": 1.0, "joint_hours": 1.0, "status": 0.3, "dominance": 1.0},
        **{"conflict": 0.3, "loafing": 0.3},
    },
    "officers": {"hours": 3.0, "links": "tree", "branch": 2, "organization_meeting": 0.5},
    "communities": {
        **{"count": 3, "hours": 1.0, "formation": "by_lot", "legitimacy": 0.5},
        **{"conformity": 0.2, "purpose": 0.1, "support": 0.2, "delegation": 0.5},
    },
    "joining": {"rate": 0.2},
    "lectures": {"hours": 0.5, "size": 15},
    "spanning": {"rate": 0.1, "appointed": 0.1},
    "advice": {"hours": 0.25},
    "pdsa": {"rate": 0.3, "weeks": 2.0, "purpose_effect": 0.5},
    "reshuffle": {"every": 3, "share": 0.6, "rule": "most_different"},
}


def whole(seed: int = 0, **changes: Any) -> Organization:
    """A lively organization with everything that the hybrid can be made of."""
    return Organization(Settings.model_validate(merged(merged(LIVELY, WHOLE), changes)), seed)


def check_places(organization: Organization) -> None:
    """Everybody in one cell and one community; one officer in every cell, who is one of it."""
    people, cells = organization.people, organization.cells
    assert sorted(organization.cell_member.tolist()) == list(range(people))
    assert organization.cell_start[cells] == people
    for cell in range(cells):
        low, high = organization.cell_start[cell : cell + 2]
        members = organization.cell_member[low:high]
        assert (organization.cell[members] == cell).all()
        assert (organization.community[members] == organization.cell_community[cell]).all()
        assert organization.officer[cell] in members
    assert sorted(organization.community_member.tolist()) == list(range(people))


@settings(deadline=None, max_examples=15)
@given(
    seed=st.integers(0, 2**32),
    size=st.integers(1, 12),
    every=st.integers(1, 4),
    share=st.floats(0.0, 1.0),
    rule=st.sampled_from(["random", "most_new_ties", "most_different"]),
    within=st.sampled_from(["community", "organization"]),
    officers=st.sampled_from(["stay", "move"]),
    turnover=st.sampled_from([0.0, 0.1, 0.5]),
)
def test_every_cell_has_one_officer_and_every_seat_one_cell_whatever_happens(
    seed: int,
    size: int,
    every: int,
    share: float,
    rule: str,
    within: str,
    officers: str,
    turnover: float,
) -> None:
    organization = whole(
        seed,
        cells={"size": size},
        reshuffle={
            **{"every": every, "share": share, "rule": rule},
            **{"within": within, "officers": officers},
        },
        workforce={"turnover": turnover},
    )
    check_places(organization)
    for _ in range(8):
        organization.step()
        check_places(organization)


@settings(deadline=None, max_examples=10)
@given(
    seed=st.integers(0, 2**32), load=st.floats(0.0, 2.0), week=st.sampled_from([3.0, 12.0, 40.0])
)
def test_the_hours_of_a_week_are_spent_once_whatever_is_asked_of_people(
    seed: int, load: float, week: float
) -> None:
    """All activities make the week, to the rounding of single precision; none is negative."""
    organization = whole(seed, requests={"load": load}, hours={"week": week})
    for _ in range(6):
        organization.step()
        assert organization.hours.min() >= 0.0
        spent = organization.hours.sum(axis=1, dtype=np.float64)
        np.testing.assert_allclose(spent, week, rtol=1e-5)


def test_with_everything_on_the_same_seed_gives_the_same_run() -> None:
    one, again = weeks(whole(3), 10), weeks(whole(3), 10)
    for name, array in one.arrays().items():
        assert np.array_equal(array, getattr(again, name)), name


#: One cell of six knows everything; nobody else thinks anything, and only talk could change that.
WALLED: dict[str, Any] = {
    "people": 24,
    "start": {"homes": 1, "contacts": 8, "familiarity": 1.0},
    "structure": {"levels": 2, "span": 8, "line_hours": 1.0},
    "communities": {"count": 1, "hours": 0.0},
    "cells": {"size": 6, "hours": 1.0, "joint_hours": 1.0, "isolation": 1.0},
    "interpersonal": {"hours": 2.0, "joint_hours": 2.0, "rate": 1.0, "adoption": 1.0},
    "advice": {"hours": 0.25},
    "requests": {"load": 0.3},
    "work": {"rush": 100.0},
}


def one_knowing_cell(**changes: Any) -> Organization:
    setting = merged(WALLED, changes)
    setting["start"] = {**setting["start"], "code_opinion": 0.0}
    organization = quiet(1, **setting)
    knows = organization.cell == 0
    organization.beliefs[:] = 0
    organization.articulated[:] = False
    organization.beliefs[knows] = organization.reality
    organization.articulated[knows] = True
    organization.practice[:] = 1.0
    organization.fear[:] = 0.0
    organization.learning_rate[:] = 1.0
    organization.record_cases[:] = 10.0
    organization.record_success[knows] = 10.0
    return organization


def outside(organization: Organization) -> int:
    """How many beliefs people of the other cells hold."""
    return int((organization.beliefs[organization.cell != 0] != 0).sum())


def run_and_count(organization: Organization, count: int) -> float:
    """Live through some weeks; gives how many beliefs leaked in them."""
    leaked = 0.0
    for _ in range(count):
        organization.step()
        leaked += organization.tally[LEAKED]
    return leaked


def test_between_closed_cells_nothing_passes_in_units_cases_or_advice() -> None:
    closed = one_knowing_cell()
    assert run_and_count(closed, 12) == 0.0
    assert outside(closed) == 0


def test_what_passes_between_open_cells_is_counted_as_leaked() -> None:
    """Every belief outside the knowing cell was once taken over from somebody of another cell."""
    open_cells = one_knowing_cell(cells={"isolation": 0.0})
    leaked = run_and_count(open_cells, 12)
    assert outside(open_cells) > 0
    assert leaked > 0
    half = one_knowing_cell(cells={"isolation": 0.9})
    assert 0 < run_and_count(half, 2) < run_and_count(one_knowing_cell(cells={"isolation": 0.0}), 2)


@pytest.mark.parametrize(
    "link",
    [
        {"officers": {"hours": 3.0, "meeting": 2.0, "relay_fidelity": 1.0}},
        {"officers": {"hours": 3.0, "meeting": 2.0, "relay_fidelity": 1.0, "links": "tree"}},
    ],
    ids=["circles", "tree"],
)
def test_officers_link_closed_cells(link: dict[str, Any]) -> None:
    linked = one_knowing_cell(**link)
    assert run_and_count(linked, 12) == 0.0
    assert outside(linked) > 0


def test_sessions_of_a_community_link_closed_cells() -> None:
    told = one_knowing_cell(
        communities={"hours": 2.0, "articulation": 1.0, "uptake": 1.0, "threshold": 0.5}
    )
    told.articulated[:] = False
    assert run_and_count(told, 12) == 0.0
    assert outside(told) > 0

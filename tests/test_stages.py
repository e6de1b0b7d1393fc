"""Stages of communities: each condition by hand, their order, and where there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest
from organizations import quiet

from sim.learning.trials import DOING
from sim.measures import MEASURES
from sim.measures.community_stages import stages
from sim.organization import Organization


def strangers() -> Organization:
    """Two communities of ten who know nobody, share nothing, and do nothing."""
    organization = quiet(
        people=20,
        communities={"count": 2, "hours": 1.0, "formation": "by_home"},
        start={"contacts": 0, "homes": 2},
    )
    assert organization.community_start.tolist() == [0, 10, 20]
    organization.contact[:] = -1
    organization.familiarity[:] = 0.0
    organization.purpose[:] = 0.5
    organization.period = 40
    return organization


def get_acquainted(organization: Organization) -> None:
    """Everybody knows everybody, well enough."""
    people = np.arange(organization.people)
    organization.contact[:] = people[None, :]
    organization.contact[people, people] = -1
    organization.familiarity[:] = 0.3
    organization.last_met[:] = organization.period


def test_communities_come_to_each_stage_after_the_last():
    organization = strangers()
    assert stages(organization).tolist() == [0, 0]
    get_acquainted(organization)
    assert stages(organization).tolist() == [1, 1]
    organization.purpose[:] = 0.7
    assert stages(organization).tolist() == [2, 2]
    first = organization.community_member[: organization.community_start[1]]
    organization.trial_stage[first[0]] = DOING
    assert stages(organization).tolist() == [3, 2]
    organization.note_changes(first[1:2])
    assert stages(organization).tolist() == [4, 2]
    assert MEASURES["community_stage"].of(organization) == 3.0


def test_no_stage_is_skipped():
    """Changes of people who do not know each other make no community."""
    organization = strangers()
    organization.purpose[:] = 0.9
    organization.trial_stage[:] = DOING
    organization.note_changes(np.arange(20))
    assert stages(organization).tolist() == [0, 0]


def test_a_community_that_has_not_changed_anything_for_a_quarter_falls_back():
    organization = strangers()
    get_acquainted(organization)
    organization.purpose[:] = 0.7
    organization.trial_stage[:] = DOING
    organization.note_changes(np.arange(20))
    organization.period += 13
    assert stages(organization).tolist() == [4, 4]
    organization.period += 1
    assert stages(organization).tolist() == [3, 3]


def test_members_who_differ_have_no_common_purpose():
    organization = strangers()
    get_acquainted(organization)
    organization.purpose[organization.community_member] = np.tile([0.4, 1.0], 10)
    assert stages(organization).tolist() == [1, 1]
    # A standard deviation of .3 in both.
    assert MEASURES["purpose_alignment"].of(organization) == pytest.approx(0.4, abs=1e-6)
    organization.purpose[organization.community_member] = np.tile([0.6, 0.8], 10)
    assert stages(organization).tolist() == [2, 2]
    assert MEASURES["purpose_alignment"].of(organization) == pytest.approx(0.8, abs=1e-6)


def test_without_sessions_there_is_no_stage():
    organization = quiet(people=20, communities={"count": 2, "hours": 0.0})
    assert math.isnan(MEASURES["community_stage"].of(organization))
    assert math.isnan(MEASURES["purpose_alignment"].of(organization))

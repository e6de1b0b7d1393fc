"""The forms of training beside each other: the same people, work and hours; other ways to learn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from organizations import weeks

from sim.arrays import ARRAYS
from sim.models.run import run
from sim.organization import Organization
from sim.places.learning_tree import learning_tree
from sim.scenario.loading import load_scenario
from sim.scenario.settings import Settings
from sim.studies.study.reading import load_study
from sim.tallies import LEARNING, OFFICER, RULES, TEAM, TRIAL

ROOT = Path(__file__).parents[1]
BASIS = "people_in_training"
NOTHING = "nothing"
ARMS = (
    "hybrid",
    "hybrid_without_walls",
    "cells_without_shuffle",
    "communities_only",
    "learning_groups_only",
    "two_large_groups",
    "one_large_group",
    "lectures_only",
)
HYBRIDS = ARMS[:3]
#: What the forms may differ in.
WAYS = {"communities", "cells", "officers", "reshuffle", "lectures"}
#: Texts, which rules do not read.
TEXTS = {"title", "story", "questions"}
STUDIES = (
    "hybrid_and_its_parts",
    "cell_size_and_reshuffle",
    "groups_or_lectures",
    "when_it_costs_more",
    "pace_and_tree",
)


def settings_of(arm: str, **changes: Any) -> Settings:
    settings: Settings = load_scenario(f"learning/{arm}").settings
    return settings.model_copy(update=changes)


def training_hours(organization: Organization) -> float:
    """Hours of training planned last week, mean over people; what is learned at work left out."""
    arranged = [a for a in (*LEARNING, OFFICER) if a not in (RULES, TEAM, TRIAL)]
    planned = organization.planned[:, arranged].sum(dtype=float) / organization.people
    return float(planned - organization.parameters["interpersonal"].joint_hours)


def test_every_form_of_training_is_looked_at_here():
    files = {path.stem for path in (ROOT / "scenarios" / "learning").glob("*.yaml")}
    assert files == {BASIS, NOTHING, *ARMS}


@pytest.mark.parametrize("arm", [NOTHING, *ARMS])
def test_forms_differ_in_nothing_but_ways_of_learning(arm):
    settings, basis = settings_of(arm).model_dump(), settings_of(BASIS).model_dump()
    differing = {name for name in basis if settings[name] != basis[name]}
    assert differing <= WAYS | TEXTS
    assert {"title", "story"} <= differing


@pytest.mark.parametrize("arm", ARMS)
def test_people_work_and_world_at_the_start_are_those_without_training(arm):
    """Everything but where people learn: one large group does not make jobs less special."""
    places = {"community", "community_start", "community_member"}
    places |= {"cell", "cell_start", "cell_member", "cell_community", "officer"}
    # An entry a cell, or a community, of which there are more or fewer.
    sizes = {"subject", "subject_weeks", "community_topic", "session_change"}
    one, other = (Organization(settings_of(name), seed=2) for name in (arm, NOTHING))
    for name in set(ARRAYS) - places - sizes:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("seed", range(3))
def test_every_form_has_three_hours_of_a_person_s_week(arm, seed):
    """Cells do not divide every community evenly, so officers come to some minutes more or less."""
    organization = weeks(Organization(settings_of(arm), seed), 6)
    assert training_hours(organization) == pytest.approx(3.0, abs=0.06)


@pytest.mark.parametrize("name", [BASIS, NOTHING])
def test_without_training_no_hour_is_planned_for_it(name):
    organization = weeks(Organization(settings_of(name), 1), 6)
    assert training_hours(organization) == pytest.approx(0.0, abs=1e-6)


def groups_of_people(organization: Organization) -> list[int]:
    return np.bincount(organization.cell, minlength=organization.cells).tolist()


@pytest.mark.parametrize("arm", HYBRIDS)
def test_the_hybrid_is_built_as_document_002_says(arm):
    organization = weeks(Organization(settings_of(arm), 0), 3)
    assert organization.communities == 4
    of_cell = organization.cell_community[organization.cell]
    assert np.array_equal(of_cell, organization.community)
    assert all(3 <= size <= 8 for size in groups_of_people(organization))
    officers = organization.officer[: organization.cells]
    assert np.array_equal(organization.cell[officers], np.arange(organization.cells))
    assert learning_tree(organization).tops == 1


@pytest.mark.parametrize(
    ("arm", "groups"),
    [("learning_groups_only", 4), ("two_large_groups", 2), ("one_large_group", 1)],
)
def test_large_groups_hold_everybody(arm, groups):
    organization = Organization(settings_of(arm), 0)
    sizes = groups_of_people(organization)
    assert len(sizes) == groups and sum(sizes) == organization.people
    assert min(sizes) > 15


def test_only_cells_that_are_reshuffled_change():
    for arm, changes in (("hybrid", True), ("cells_without_shuffle", False)):
        settings = settings_of(arm)
        off = settings.model_copy(
            update={"workforce": settings.workforce.model_copy(update={"turnover": 0.0})}
        )
        organization = Organization(off, 0)
        before = organization.cell.copy()
        weeks(organization, 13)
        assert (not np.array_equal(organization.cell, before)) == changes


@pytest.mark.parametrize("arm", [NOTHING, *ARMS])
def test_some_weeks_of_each_form_are_lived_through_and_leaves_numbers(arm):
    finals = run(settings_of(arm, periods=20), 0).finals
    needed = ("output", "quality", "mean_knowledge", "knowledge_by_learning_rate", "interrelation")
    assert all(np.isfinite(finals[name]) for name in needed)


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_says_what_it_expects_before_it_is_run(name):
    study = load_study(ROOT / "experiments" / f"{name}.yaml")
    assert "before any of these runs" in study.expectation
    assert "gainst" in study.expectation  # what would count against it

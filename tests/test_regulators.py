"""Regulators: what stands between seeing what others do and doing it; and standards."""

from __future__ import annotations

import math

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from organizations import apply, count, differing, learners, lively, quiet, weeks

from sim.learning.regulators import passes
from sim.learning.trials import WAITING
from sim.measures import MEASURES
from sim.organization import Organization
from sim.tallies import COMBINATION_FLOW, SOCIALIZATION_FLOW

shares = st.floats(0, 1)


def test_what_passes_by_hand():
    assert passes(0.0, 0.0, 1.0, True) == 1.0
    assert passes(1.0, 0.4, 0.7, False) == pytest.approx(0.4)
    assert passes(1.0, 0.4, 0.7, True) == pytest.approx(0.4 * 0.3)
    assert passes(0.5, 0.4, 0.7, False) == pytest.approx(0.7)
    assert passes(0.5, 0.4, 0.7, True) == pytest.approx(0.7 * 0.65)


@given(shares, shares, shares, shares, st.booleans())
def test_stronger_regulators_let_no_more_through(one, other, self_efficacy, ethics, is_improper):
    weak, strong = min(one, other), max(one, other)
    least = passes(strong, self_efficacy, ethics, is_improper)
    assert 0.0 <= least <= passes(weak, self_efficacy, ethics, is_improper) <= 1.0
    assert passes(strong, self_efficacy, ethics, True) <= least


def after_joint_cases(regulators: float, self_efficacy: float, ethics: float) -> Organization:
    """Who knew nothing has sat in on cases of those who are right, which is against standards."""
    rule = {"joint_hours": 4.0, "adoption": 1.0, "regulators": regulators}
    organization = learners(interpersonal=rule)
    organization.self_efficacy[:], organization.ethics[:] = self_efficacy, ethics
    organization.improper[:] = organization.reality
    organization.learning_share[:] = 1.0
    organization.open_period()
    apply(organization, "interpersonal")
    return organization


def test_joint_cases_pass_on_what_trust_in_oneself_and_standards_allow():
    """Everything passes at self-efficacy 1 and no ethics, as without regulators; nothing at 0."""
    free = after_joint_cases(0.0, 1.0, 0.0)
    assert count(free, SOCIALIZATION_FLOW) > 0
    assert differing(free, after_joint_cases(1.0, 1.0, 0.0)) == set()
    for strict in (after_joint_cases(1.0, 0.0, 0.0), after_joint_cases(1.0, 1.0, 1.0)):
        assert count(strict, SOCIALIZATION_FLOW) == 0
        assert (strict.beliefs[::2] == 0).all()
        # One has sat there all the same: it took its time, and the hand has learned.
        assert strict.joint_hours.sum() == free.joint_hours.sum() > 0
        assert np.array_equal(strict.practice, free.practice)


def test_what_one_took_over_by_watching_is_the_influence_of_whom_one_watched():
    organization = after_joint_cases(0.0, 1.0, 0.0)
    assert organization.influence[1::2].sum() == count(organization, SOCIALIZATION_FLOW)
    assert organization.influence[::2].sum() == 0.0


def shown(regulators: float, improper: int) -> Organization:
    """Somebody shows 600 people of self-efficacy .5 and ethics .6 what came of a trial."""
    organization = quiet(
        people=601,
        dimensions=3,
        structure={"levels": 1, "span": 601},
        interpersonal={"rate": 1.0, "stranger": 1.0, "regulators": regulators},
    )
    organization.beliefs[:] = -1
    organization.self_efficacy[:], organization.ethics[:] = 0.5, 0.6
    organization.learning_rate[:] = 1.0
    organization.improper[:] = improper
    # What no rule can be written for remains somebody's way of working.
    organization.codifiable[1] = False
    organization.trial_stage[0] = WAITING
    organization.trial_dimension[0], organization.trial_value[0] = 1, 1
    apply(organization, "approvals")
    return organization


@pytest.mark.parametrize(
    ("regulators", "improper", "chance"),
    [(0.0, 1, 1.0), (1.0, 0, 0.5), (1.0, -1, 0.5), (1.0, 1, 0.5 * 0.4), (0.5, 1, 0.75 * 0.7)],
)
def test_what_is_shown_passes_with_the_chance_that_regulators_leave(regulators, improper, chance):
    """Five standard errors of 600: a right model fails once in 1.7 million."""
    organization = shown(regulators, improper)
    heard = count(organization, COMBINATION_FLOW)
    assert abs(heard - 600 * chance) <= 5 * math.sqrt(600 * chance * (1 - chance))
    assert organization.influence[0] == heard == organization.influence.sum()


def test_standards_are_drawn_apart_from_everything_else_and_ask_not_what_works():
    """Three in ten of 3 000 dimensions, half of them what works; five standard errors."""
    with_standards = quiet(dimensions=3000, environment={"improper": 0.3})
    assert differing(quiet(dimensions=3000), with_standards) == {"improper"}
    judged = with_standards.improper != 0
    assert abs(judged.sum() - 900) < 5 * math.sqrt(3000 * 0.3 * 0.7)
    works = (with_standards.improper == with_standards.reality)[judged]
    assert abs(works.sum() - judged.sum() / 2) < 5 * math.sqrt(judged.sum() / 4)


def test_standards_change_nothing_where_nothing_regulates():
    one = weeks(lively(3, interpersonal={"regulators": 0.0}), 8)
    other = lively(
        3, interpersonal={"regulators": 0.0}, environment={"improper": 0.9}, start={"ethics": 0.1}
    )
    assert differing(one, weeks(other, 8)) == {"improper", "ethics"}


def test_ethics_come_with_the_person():
    """Mean .5 and sd .15 of 2 000; five standard errors. A newcomer brings their own."""
    organization = quiet(people=2000, dimensions=3, start={"ethics": 0.5})
    other = quiet(people=2000, dimensions=3, start={"ethics": 0.2})
    assert differing(organization, other) == {"ethics"}
    ethics = organization.ethics.astype(float)
    assert abs(ethics.mean() - 0.5) < 5 * 0.15 / math.sqrt(2000)
    assert abs(ethics.std() - 0.15) < 5 * 0.15 / math.sqrt(2 * 2000)
    before = organization.ethics.copy()
    change = organization.parameters["workforce"].model_copy(update={"turnover": 0.5})
    organization.parameters["workforce"] = change
    next(each for each in organization.mechanisms if each.name == "workforce").parameters = change
    apply(organization, "workforce")
    came = organization.person >= 2000
    assert came.any() and not came.all()
    assert np.array_equal(organization.ethics != before, came)


def test_improper_ways_are_counted_where_there_are_standards():
    organization = quiet(people=4, dimensions=3)
    assert math.isnan(MEASURES["improper_practice"].of(organization))
    organization.improper[:] = (0, 1, -1)
    organization.beliefs[:] = [[1, 1, -1], [1, -1, 0], [1, 0, 1], [1, -1, 1]]
    # Six views where there are standards, two of them against them.
    assert MEASURES["improper_practice"].of(organization) == pytest.approx(2 / 6)
    organization.beliefs[:] = 0
    assert math.isnan(MEASURES["improper_practice"].of(organization))

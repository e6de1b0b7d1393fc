"""Fear is learned from how failures are met, belief in oneself from what one manages."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from organizations import apply, lively, quiet, weeks

from sim.mechanisms.self_efficacy import believe_in_oneself, find_alike
from sim.organization import Organization
from sim.tallies import (
    KINDNESS_TRAVELLED,
    PUNISHMENTS_TRAVELLED,
    PUNISHMENTS_WITNESSED,
    REACTIONS_KIND,
    REACTIONS_PUNISHING,
)

shares = st.floats(0, 1, width=32)
#: States are kept in float32.
ROUNDING = 1e-6


def one_unit(**climate: float) -> Organization:
    """A manager and eleven people of one unit, without fear drawn or news so far."""
    organization = quiet(structure={"levels": 2, "span": 11}, climate=climate)
    organization.fear[:] = 0.4
    return organization


def front_line(organization: Organization) -> np.ndarray:
    return np.flatnonzero(organization.level == 0)


@given(shares, shares, shares)
def test_without_news_fear_returns_to_its_base_by_its_share_a_week(fear, base, recovery):
    organization = one_unit(base_fear=float(base), recovery=float(recovery))
    organization.fear[:] = fear
    apply(organization, "climate")
    expected = fear + recovery * (base - fear)
    assert organization.fear == pytest.approx(expected, abs=ROUNDING)


def test_fear_returns_two_percent_a_week_unless_told_otherwise():
    organization = quiet(climate={"recovery": 0.02, "base_fear": 0.3})
    organization.fear[:] = 0.8
    for week in range(1, 30):
        apply(organization, "climate")
        # An error of float32 a week at most.
        assert organization.fear == pytest.approx(0.3 + 0.5 * 0.98**week, abs=30 * ROUNDING)


@pytest.mark.parametrize("kind", [True, False])
def test_one_raised_failure_moves_its_owner_and_the_witnesses_of_the_unit(kind):
    """Punished: .10 and .04 of the way to 1; met kindly: .05 and .02 of the way to 0."""
    organization = one_unit(visibility=0.5)
    met = 1.0 if kind else 0.0
    organization.parameters["structure"] = organization.parameters["structure"].model_copy(
        update={"enabling": met}
    )
    organization.parameters["leadership"] = organization.parameters["leadership"].model_copy(
        update={"inclusiveness": met, "spread": 0.0}
    )
    owner, *others = front_line(organization)
    organization.raised[owner] = 1
    apply(organization, "climate")
    if kind:
        own, witness = 0.4 * 0.95, 0.4 * (1 - 0.5 * 0.02)
    else:
        own, witness = 1 - 0.6 * 0.90, 1 - 0.6 * (1 - 0.5 * 0.04)
    assert organization.fear[owner] == pytest.approx(own, abs=ROUNDING)
    assert organization.fear[others] == pytest.approx(witness, abs=ROUNDING)
    # The manager is of another unit.
    boss = organization.manager[owner]
    assert organization.fear[boss] == np.float32(0.4)
    assert organization.encouragement[owner] == (1.0 if kind else -1.0)
    assert organization.tally[REACTIONS_KIND if kind else REACTIONS_PUNISHING] == 1.0


def test_what_is_worked_around_is_met_as_often_as_it_is_seen_and_reacted_to():
    """2 400 failures; 5 standard errors of a coin: a right model fails once in 1.7 million."""
    organization = one_unit(visibility=0.5, reaction=0.4)
    organization.noticed[:] = 200
    apply(organization, "climate")
    met = organization.tally[REACTIONS_KIND] + organization.tally[REACTIONS_PUNISHING]
    assert abs(met - 2400 * 0.2) < 5 * np.sqrt(2400 * 0.2 * 0.8)


def test_nobody_reacts_to_what_nobody_sees():
    organization = one_unit(visibility=0.0, reaction=1.0)
    organization.noticed[:] = 200
    apply(organization, "climate")
    assert np.all(organization.fear == np.float32(0.4))


@given(st.integers(0, 60), st.integers(0, 60), shares)
def test_fear_stays_between_0_and_1_whatever_happens(noticed, raised, fear):
    organization = one_unit(visibility=1.0, reaction=1.0)
    organization.fear[:] = fear
    organization.noticed[:] = noticed
    organization.raised[:] = raised
    for _ in range(3):
        apply(organization, "climate")
    assert organization.fear.min() >= 0.0 and organization.fear.max() <= 1.0


def test_rank_never_enters_fear():
    """Whatever level people are said to be at, the week's fear is the same to the bit."""
    one, other = (weeks(lively(3), 3) for _ in range(2))
    other.level[:] = 7 - other.level
    apply(one, "climate")
    apply(other, "climate")
    assert np.array_equal(one.fear, other.fear)
    assert np.array_equal(one.belonging, other.belonging)


def test_belonging_moves_towards_the_familiarity_of_ones_company():
    organization = one_unit(belonging_rate=0.1)
    organization.belonging[:] = 0.5
    organization.joint_hours[:6], organization.warmth[:6] = 10.0, 2.0
    apply(organization, "climate")
    assert organization.belonging[:6] == pytest.approx(0.47, abs=ROUNDING)
    assert np.all(organization.belonging[6:] == 0.5)


def efficacy(
    own: list[float],
    *,
    cases: list[float],
    success: list[float],
    fear: float = 0.3,
    base: float = 0.3,
    mindset: float = 0.0,
    word: float = 0.0,
    unit: list[int] | None = None,
    visibility: float = 1.0,
) -> np.ndarray:
    """Self-efficacy after a week, by the weights and rate that DESIGN gives."""
    people = len(own)
    state = np.array(own, dtype=np.float32)
    encouragement = np.full(people, word, dtype=np.float32)
    units = np.zeros(people, np.int32) if unit is None else np.array(unit, dtype=np.int32)
    level, first = np.zeros(people, dtype=np.int32), np.empty(people, dtype=np.int32)
    find_alike(level, units, *np.empty((2, people), dtype=np.int32), first)
    believe_in_oneself(
        state,
        np.full(people, fear, dtype=np.float32),
        np.full(people, mindset, dtype=np.float32),
        encouragement,
        np.array(cases, dtype=np.float32),
        np.array(success, dtype=np.float32),
        (first, np.empty(people), np.empty(people)),
        visibility,
        (0.50, 0.25, 0.15, 0.10),
        0.10,
        base,
    )
    return state


def test_mastery_and_example_move_self_efficacy_as_by_hand():
    after = efficacy([0.4, 0.8], cases=[4, 5], success=[3, 1])
    # .10 x [.5 (3/4 - .4) + .25 (1/5 - .4)], and .10 x [.5 (1/5 - .8) + .25 (3/4 - .8)]
    assert after[0] == pytest.approx(0.4 + 0.1 * (0.5 * 0.35 - 0.25 * 0.2), abs=ROUNDING)
    assert after[1] == pytest.approx(0.8 + 0.1 * (-0.5 * 0.6 - 0.25 * 0.05), abs=ROUNDING)


def test_who_has_no_cases_and_sees_none_stays_as_they_are():
    assert efficacy([0.4], cases=[0], success=[0])[0] == np.float32(0.4)
    apart = efficacy([0.4, 0.6], cases=[0, 3], success=[0, 3], unit=[0, 1])
    assert apart[0] == np.float32(0.4)


def test_words_and_fear_move_self_efficacy_as_by_hand():
    praised = efficacy([0.4], cases=[0], success=[0], word=1.0)
    assert praised[0] == pytest.approx(0.4 + 0.1 * 0.15 * 0.6, abs=ROUNDING)
    # More than one kind word a week counts as one.
    assert efficacy([0.4], cases=[0], success=[0], word=5.0)[0] == praised[0]
    afraid = efficacy([0.4], cases=[0], success=[0], fear=0.8)
    assert afraid[0] == pytest.approx(0.4 - 0.1 * 0.10 * 0.5, abs=ROUNDING)


def test_a_growth_mindset_halves_the_blow_of_failure_and_leaves_success_alone():
    fixed, growth = (efficacy([0.8], cases=[2], success=[0], mindset=m)[0] for m in (0.0, 1.0))
    assert 0.8 - growth == pytest.approx((0.8 - fixed) / 2, abs=ROUNDING)
    fixed, growth = (efficacy([0.2], cases=[2], success=[2], mindset=m)[0] for m in (0.0, 1.0))
    assert fixed == growth


def test_alike_are_those_of_the_same_unit_and_level():
    level, unit = np.array([[2, 0, 2, 1, 0, 1, 2], [0, 0, 0, 0, 0, 1, 0]], dtype=np.int32)
    first = np.empty(7, dtype=np.int32)
    find_alike(level, unit, *np.empty((2, 7), dtype=np.int32), first)
    assert first.tolist() == [0, 1, 0, 3, 1, 5, 0]


@given(
    st.lists(st.tuples(shares, st.integers(0, 9), shares), min_size=1, max_size=8),
    st.floats(-9, 9),
    shares,
)
def test_self_efficacy_stays_between_0_and_1(people, word, fear):
    own, cases, successful = zip(*people, strict=True)
    success = [float(np.floor(n * share)) for n, share in zip(cases, successful, strict=True)]
    after = efficacy(list(own), cases=list(cases), success=success, word=word, fear=float(fear))
    assert after.min() >= 0.0 and after.max() <= 1.0


def test_a_weeks_words_do_not_last_into_the_next():
    organization = lively(2)
    for _ in range(6):
        organization.encouragement[:] = 1000.0
        organization.step()
        assert np.abs(organization.encouragement).max() < 100.0


# --- reprimands, and word of what happened ------------------------------------------------------


def test_a_reprimand_is_felt_like_a_punishment_and_counted_where_it_is_made():
    organization = one_unit(visibility=0.5)
    owner, *others = front_line(organization)
    organization.reprimanded[owner] = 2
    apply(organization, "climate")
    assert organization.fear[owner] == pytest.approx(1 - 0.6 * 0.90**2, abs=ROUNDING)
    assert organization.fear[others] == pytest.approx(1 - 0.6 * 0.98**2, abs=ROUNDING)
    assert organization.encouragement[owner] == -2.0
    assert organization.tally[REACTIONS_PUNISHING] == 0.0
    assert organization.tally[PUNISHMENTS_WITNESSED] == 0.5 * 2 * len(others)


def two_units(kind: bool, **climate: float) -> Organization:
    """Two managers with five people each, above them nobody; all know each other, but not well."""
    organization = quiet(
        people=12,
        structure={"levels": 2, "span": 5, "enabling": 1.0 if kind else 0.0},
        leadership={"inclusiveness": 1.0 if kind else 0.0, "spread": 0.0},
        start={"contacts": 11, "homes": 1},
        climate={"rumour": 1.0, **climate},
    )
    organization.fear[:] = 0.4
    organization.contact[:] = np.arange(12)
    organization.contact[np.arange(12), np.arange(12)] = -1
    organization.familiarity[:] = 0.2
    organization.last_met[:] = 0
    return organization


@pytest.mark.parametrize("kind", [True, False])
def test_who_is_met_so_or_so_tells_one_contact_who_was_not_there(kind):
    """Nobody saw it. Whoever is told feels as a witness: .04 to 1, or .02 of the way to 0."""
    told = set()
    for week in range(60):
        organization = two_units(kind, visibility=0.0)
        organization.period = week
        organization.last_met[:] = week
        owner = front_line(organization)[0]
        organization.raised[owner] = 1
        apply(organization, "climate")
        moved = np.flatnonzero(organization.fear != np.float32(0.4))
        (hearer,) = set(moved) - {owner}
        step = 0.4 * 0.98 if kind else 1 - 0.6 * 0.96
        assert organization.fear[hearer] == pytest.approx(step, abs=ROUNDING)
        travelled = KINDNESS_TRAVELLED if kind else PUNISHMENTS_TRAVELLED
        assert organization.tally[travelled] == 1.0
        told.add(int(hearer))
    elsewhere = organization.unit != organization.unit[owner]
    elsewhere[organization.manager[owner]] = False
    # Sixty lots among six: one of them is never drawn once in 9 000 times.
    assert told == set(np.flatnonzero(elsewhere))


def test_one_tells_whom_one_knows_and_nobody_else():
    organization = two_units(False, visibility=0.0)
    owner = front_line(organization)[0]
    friend = np.flatnonzero(organization.unit != organization.unit[owner])[-1]
    organization.familiarity[owner] = 0.0
    organization.familiarity[owner, friend] = 0.01
    organization.raised[owner] = 1
    apply(organization, "climate")
    assert organization.fear[friend] == pytest.approx(1 - 0.6 * 0.96, abs=ROUNDING)
    alone = two_units(False, visibility=0.0)
    alone.familiarity[owner] = 0.0
    alone.raised[owner] = 1
    apply(alone, "climate")
    assert alone.tally[PUNISHMENTS_TRAVELLED] == 0.0


def test_more_than_one_word_of_a_kind_a_week_counts_as_one():
    """Five in one unit tell, and all of them know one person elsewhere."""
    organization = two_units(False, visibility=1.0)
    unit = organization.unit[front_line(organization)[0]]
    inside = (organization.unit == unit) & (organization.level == 0)
    friend = np.flatnonzero(organization.unit != unit)[-1]
    organization.familiarity[:] = 0.0
    organization.familiarity[inside, friend] = 0.5
    organization.raised[inside] = 3
    apply(organization, "climate")
    assert organization.fear[friend] == pytest.approx(1 - 0.6 * 0.96, abs=ROUNDING)
    assert organization.tally[PUNISHMENTS_TRAVELLED] == 1.0


def test_nothing_travels_where_nobody_tells():
    organization = two_units(False, visibility=1.0, rumour=0.0)
    owner = front_line(organization)[0]
    organization.raised[owner] = 4
    apply(organization, "climate")
    elsewhere = organization.unit != organization.unit[owner]
    assert (organization.fear[elsewhere] == np.float32(0.4)).all()


@given(shares, shares, shares, st.integers(0, 20))
def test_with_rumours_fear_stays_between_0_and_1(fear, step, rumour, failures):
    organization = two_units(
        False, visibility=1.0, rumour=float(rumour), punished_witness=float(step), reaction=1.0
    )
    organization.fear[:] = fear
    organization.noticed[:] = failures
    apply(organization, "climate")
    assert organization.fear.min() >= 0.0 and organization.fear.max() <= 1.0


def test_a_sense_of_purpose_and_the_lack_of_it_return_to_the_middle():
    """By a fiftieth of the way each week, whatever raised or lowered it; the middle stays."""
    organization = quiet()
    organization.purpose[:4], organization.purpose[4:8] = 1.0, 0.0
    apply(organization, "climate")
    assert organization.purpose[:4] == pytest.approx(0.99)
    assert organization.purpose[4:8] == pytest.approx(0.01)
    assert (organization.purpose[8:] == 0.5).all()

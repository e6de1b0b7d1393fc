"""Who leaves, who comes, and what the timeline of a scenario does to an organization."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from organizations import apply, changed, differing, lively, quiet, snapshot, weeks

from sim.arrays import ARRAYS
from sim.errors import InputProblem
from sim.mechanisms.workforce import OCCUPANT
from sim.organization import Organization
from sim.scenario.events import Event, Leave
from sim.tallies import PEOPLE_LEFT

EVEN = {"fear_effect": 0.0, "belonging_effect": 0.0, "learning_effect": 0.0}


def newcomers(organization: Organization) -> np.ndarray:
    """Seats whose occupant is not the first."""
    return np.flatnonzero(organization.person >= OCCUPANT)


def test_at_turnover_0_nobody_leaves_and_at_1_everybody_does():
    assert len(newcomers(weeks(quiet(workforce={"turnover": 0.0}), 5))) == 0
    organization = quiet(workforce={"turnover": 1.0, **EVEN})
    for week in range(1, 4):
        organization.step()
        assert organization.tally[PEOPLE_LEFT] == 12.0
        assert np.array_equal(organization.person, np.arange(12, dtype=np.uint64) + week * OCCUPANT)


def test_people_leave_with_their_hazard():
    """10 000 person-weeks at .05; 5 standard errors: a right model fails once in 1.7 million."""
    organization = quiet(people=500, workforce={"turnover": 0.05, **EVEN})
    gone = 0.0
    for _ in range(20):
        organization.step()
        gone += organization.tally[PEOPLE_LEFT]
    assert abs(gone - 500) < 5 * np.sqrt(10_000 * 0.05 * 0.95)


def test_fear_belonging_and_learning_move_the_hazard_by_their_effects():
    """Hazards .05 exp(2 x .5), .05 exp(-1 x .5), .05 exp(.2 x 2); 5 standard errors of 20 000."""
    effects = {"fear_effect": 2.0, "belonging_effect": 1.0, "learning_effect": 0.2}
    expected = {"fear": np.exp(1.0), "belonging": np.exp(-0.5), "learning_hours": np.exp(0.4)}
    for name, factor in expected.items():
        organization = quiet(people=2000, workforce={"turnover": 0.05, **effects})
        for period in range(10):
            organization.fear[:] = organization.parameters["climate"].base_fear
            organization.belonging[:] = 0.5
            organization.learning_hours[:] = 2.0
            getattr(organization, name)[:] = {"fear": 0.83, "belonging": 1.0}.get(name, 0.0)
            organization.period = period
            apply(organization, "workforce")
        gone = organization.tally[PEOPLE_LEFT]
        chance = 0.05 * factor
        assert abs(gone - 20_000 * chance) < 5 * np.sqrt(20_000 * chance * (1 - chance)), name


def test_people_leave_no_sooner_because_the_run_has_just_begun():
    """Two hours of learning a week are planned and had, so the hazard should be its base."""
    effects = {**EVEN, "learning_effect": 0.2}
    organization = quiet(
        people=3000, socialization={"hours": 2.0}, workforce={"turnover": 0.05, **effects}
    )
    organization.step()
    assert abs(organization.tally[PEOPLE_LEFT] - 150) < 5 * np.sqrt(3000 * 0.05 * 0.95)


def test_a_newcomer_has_no_practice_no_ties_no_record_and_a_new_character():
    organization = weeks(lively(2), 6)
    seat = 7
    organization.trial_stage[seat] = 1
    before, waiting = organization.ability[seat], organization.queue_length[seat]
    place = [getattr(organization, name)[seat] for name in ("level", "unit", "manager", "cell")]
    leave(organization, seat=seat)
    assert organization.person[seat] >= OCCUPANT
    assert organization.tenure[seat] == 0
    for name in ("practice", "record_success", "record_cases", "familiarity", "trial_stage"):
        assert not np.any(getattr(organization, name)[seat]), name
    assert np.all(organization.contact[seat] == -1)
    assert organization.ability[seat] != before
    assert not organization.familiarity[organization.contact == seat].any()
    # The seat, its place and its requests stay.
    assert organization.queue_length[seat] == waiting
    stays = [getattr(organization, name)[seat] for name in ("level", "unit", "manager", "cell")]
    assert stays == place


def leave(organization: Organization, **who: object) -> None:
    """Let an event of this week make people leave."""
    events = next(m for m in organization.mechanisms if m.name == "events")
    events.timeline = (Event(at=organization.period, leave=Leave.model_validate(who)),)
    events.apply(organization)


def test_newcomers_hold_the_beliefs_that_march_s_hold():
    """Thirds: 24 000 beliefs, 5 standard errors; a right model fails once in 600 000."""
    organization = quiet(people=1000, dimensions=24, workforce={"turnover": 1.0, **EVEN})
    organization.step()
    right = (organization.beliefs == organization.reality).mean()
    wrong = (organization.beliefs == -organization.reality).mean()
    for share in (right, wrong, 1 - right - wrong):
        assert abs(share - 1 / 3) < 5 * np.sqrt(2 / 9 / 24_000)


def test_one_extra_departure_changes_nothing_for_anybody_who_has_nothing_to_do_with_it():
    """Paired worlds: people act side by side, each on own draws; one seat changes hands."""
    alone = {
        "people": 30,
        "start": {"contacts": 0, "learning_spread": 0.1},
        "environment": {"turbulence": 0.02},
        "workforce": {"turnover": 0.02},
        "requests": {"load": 0.6, "specialization": 0.0},
        "work": {"horizon": 0.0},
        "socialization": {"rate": 0.1, "hours": 0.5},
        "practice": {"deepening": 0.1, "internalization": 0.05, "forgetting": 0.1, "fading": 0.02},
        "climate": {"recovery": 0.02},
        "self_efficacy": {"rate": 0.1, "vicarious": 0.0},
        "reshuffle": {"every": 3},
    }
    calm = quiet(11, **alone)
    shaken = quiet(11, **alone, events=[{"at": 2, "leave": {"seat": 4}}])
    weeks(calm, 12)
    weeks(shaken, 12)
    assert calm.person[4] != shaken.person[4]
    others = np.arange(30) != 4
    for name, declaration in ARRAYS.items():
        if declaration.axes[0] != "people" or "member" in name:
            continue
        one, other = getattr(calm, name)[others], getattr(shaken, name)[others]
        assert np.array_equal(one, other), name
    assert np.array_equal(calm.reality, shaken.reality)


def test_turbulence_0_keeps_the_world_and_1_turns_all_of_it_over_every_week():
    organization = quiet(environment={"turbulence": 1.0})
    before = organization.reality.copy()
    assert np.array_equal(weeks(organization, 1).reality, -before)
    assert np.array_equal(weeks(organization, 1).reality, before)
    still = quiet()
    before = still.reality.copy()
    assert np.array_equal(weeks(still, 5).reality, before)


def test_a_set_event_holds_from_its_week_on():
    organization = quiet(events=[{"at": 3, "set": {"pdsa.rate": 0.4, "structure.enabling": 0.9}}])
    pdsa = next(m for m in organization.mechanisms if m.name == "pdsa")
    for week in range(6):
        organization.step()
        assert pdsa.parameters.rate == (0.4 if week >= 3 else 0.0)
        assert organization.parameters["pdsa"] is pdsa.parameters
        assert organization.parameters["structure"].enabling == (0.9 if week >= 3 else 0.5)


def test_a_transition_moves_in_a_straight_line_and_ends_exactly():
    organization = quiet(
        structure={"levels": 5, "span": 2},
        events=[{"at": 2, "over": 4, "set": {"structure.formalization": 0.1, "cells.hours": 2}}],
    )
    formalization, hours = [], []
    for _ in range(9):
        organization.step()
        formalization.append(organization.parameters["structure"].formalization)
        hours.append(organization.parameters["cells"].hours)
    assert formalization == pytest.approx([0.5, 0.5, 0.5, 0.4, 0.3, 0.2, 0.1, 0.1, 0.1])
    assert hours == pytest.approx([0, 0, 0, 0.5, 1.0, 1.5, 2, 2, 2])
    assert (formalization[-1], hours[-1]) == (0.1, 2.0)


def test_a_transition_of_levels_goes_through_whole_levels_and_everybody_keeps_a_place():
    organization = quiet(
        people=60,
        structure={"levels": 5, "span": 3},
        events=[{"at": 1, "over": 6, "set": {"structure.levels": 2, "structure.span": 12}}],
    )
    levels = []
    for _ in range(9):
        organization.step()
        levels.append(int(organization.level.max()) + 1)
        below = organization.level < organization.level.max()
        above = organization.manager[below]
        assert np.array_equal(organization.level[above], organization.level[below] + 1)
    assert levels[0] >= 4 and levels[-1] == 2
    assert all(later <= earlier for earlier, later in itertools.pairwise(levels))


def test_rules_choices_switch_at_once_when_an_event_begins():
    organization = quiet(events=[{"at": 1, "over": 5, "set": {"reshuffle.within": "organization"}}])
    weeks(organization, 2)
    assert organization.parameters["reshuffle"].within == "organization"


@pytest.mark.parametrize(
    "change",
    [{"cells.size": 3}, {"environment.complexity": 2}, {"start.right": 0.9}],
)
def test_what_shapes_arrays_cannot_be_set_during_a_run(change):
    with pytest.raises(InputProblem, match="cannot change during a run"):
        quiet(events=[{"at": 1, "set": change}])


def test_a_value_out_of_bounds_is_the_users_error():
    organization = quiet(events=[{"at": 0, "set": {"pdsa.rate": 2.0}}])
    with pytest.raises(InputProblem, match=r"pdsa\.rate"):
        organization.step()


def test_setting_what_does_not_exist_is_the_users_error():
    with pytest.raises(InputProblem, match=r"pdsa\.nonsense"):
        quiet(events=[{"at": 0, "set": {"pdsa.nonsense": 2.0}}])


def test_a_shock_turns_over_its_share_of_the_world_once():
    organization = quiet(dimensions=600, events=[{"at": 1, "shock": {"share": 0.3}}])
    before = organization.reality.copy()
    assert np.array_equal(weeks(organization, 1).reality, before)
    flipped = (weeks(organization, 1).reality != before).sum()
    # 5 standard errors of 600 coins: a right model fails once in 1.7 million.
    assert abs(flipped - 180) < 5 * np.sqrt(600 * 0.3 * 0.7)
    after = organization.reality.copy()
    assert np.array_equal(weeks(organization, 3).reality, after)
    everything = quiet(events=[{"at": 0, "shock": {"share": 1.0}}])
    before = everything.reality.copy()
    assert np.array_equal(weeks(everything, 1).reality, -before)


def test_two_shocks_in_one_week_are_two_shocks():
    shock = {"at": 0, "shock": {"share": 0.5}}
    organization = quiet(dimensions=600, events=[shock, shock])
    before = organization.reality.copy()
    organization.step()
    assert (organization.reality != before).sum() > 200


def test_two_departures_in_one_week_concern_different_people():
    leaving = {"at": 0, "leave": {"share": 0.1}}
    organization = quiet(people=200, events=[leaving, leaving])
    organization.step()
    assert len(newcomers(organization)) > 30


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_the_share_of_people_asked_leaves_at_once(share):
    organization = quiet(people=40, events=[{"at": 0, "leave": {"share": share}}])
    organization.step()
    assert len(newcomers(organization)) == 40 * share == organization.tally[PEOPLE_LEFT]
    assert len(newcomers(weeks(organization, 2))) == 40 * share


def test_one_seat_leaves_alone():
    organization = quiet(events=[{"at": 0, "leave": {"seat": 5}}])
    organization.step()
    assert newcomers(organization).tolist() == [5]


def test_the_shortest_serving_and_the_worst_on_record_go_first():
    organization = quiet(people=40)
    organization.tenure[:] = np.arange(40)[::-1] + 1
    leave(organization, who="tenure", share=0.1)
    assert newcomers(organization).tolist() == [36, 37, 38, 39]
    organization = quiet(people=40)
    organization.record_cases[:, 0] = 10.0
    organization.record_success[:, 0] = np.linspace(1, 9, 40)
    leave(organization, who="record", share=0.1)
    assert newcomers(organization).tolist() == [0, 1, 2, 3]


def test_officers_can_be_made_to_leave():
    organization = quiet(people=40)
    officers = organization.officer[: organization.cells].copy()
    leave(organization, who="officers", share=1.0)
    assert newcomers(organization).tolist() == sorted(officers)


def test_who_is_appointed_to_span_boundaries_can_be_made_to_leave():
    organization = quiet(people=40)
    organization.spanner[[3, 17, 30]] = True
    leave(organization, who="spanners", share=1.0)
    assert newcomers(organization).tolist() == [3, 17, 30]


def test_where_nobody_is_appointed_those_leave_who_know_most_outside_their_community():
    organization = quiet(people=40, communities={"count": 2}, start={"contacts": 0})
    one, other = (np.flatnonzero(organization.community == c) for c in (0, 1))
    organization.contact[one, 0] = other[0]
    organization.familiarity[one, 0] = np.linspace(0.1, 0.9, len(one))
    # Friends at home do not count, however close, nor those not seen for years.
    organization.contact[other, 0] = np.roll(other, 1)
    organization.familiarity[other, 0] = 1.0
    organization.contact[one[0], 1] = other[1]
    organization.familiarity[one[0], 1] = 1.0
    organization.last_met[one[0], 1] = -1000
    leave(organization, who="spanners", share=0.05)
    assert newcomers(organization).tolist() == sorted(one[-2:])


@pytest.mark.parametrize("who", ["officers", "spanners", "record"])
def test_a_seat_that_does_not_exist_is_the_users_error(who):
    with pytest.raises(InputProblem, match=r"events\[1\]\.leave\.seat: .*from 0 to 11"):
        quiet(
            events=[
                {"at": 0, "leave": {"share": 0.1, "who": who}},
                {"at": 0, "leave": {"seat": 12}},
            ]
        )


def test_nothing_happens_in_weeks_without_events():
    organization = quiet(events=[{"at": 9, "shock": {"share": 1.0}}])
    before = snapshot(organization)
    apply(organization, "events")
    assert changed(before, organization) == set()


def test_setting_formalization_moves_nobody_to_another_unit():
    organization = quiet(
        people=40,
        reshuffle={"every": 2, "churn": 1.0},
        events=[{"at": 2, "set": {"structure.formalization": 0.2}}],
    )
    weeks(organization, 2)
    unit = organization.unit.copy()
    organization.step()
    assert np.array_equal(organization.unit, unit)


def test_two_scenarios_that_differ_from_a_week_on_are_the_same_before_it():
    calm = weeks(lively(5, events=[]), 6)
    later = weeks(lively(5, events=[{"at": 6, "shock": {"share": 1.0}}]), 6)
    assert differing(calm, later) == set()
    assert "reality" in differing(weeks(calm, 1), weeks(later, 1))

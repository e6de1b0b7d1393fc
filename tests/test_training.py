"""The budget for learning: four models, any mixture, the same working time; and what each gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from organizations import QUIET, apply, count, differing, merged, quiet, weeks

from sim.learning.facilitation import circles_of, seats_and_learners
from sim.learning.models import joint_case_hours, programme_hours, session_hours
from sim.measures import MEASURES
from sim.mechanisms.communities import Communities
from sim.models.whole_run.scope import obstacles
from sim.organization import Organization
from sim.scenario.settings import Settings
from sim.tallies import (
    ACTIVITIES,
    COACHING,
    COACHING_SESSIONS,
    COMBINATION_FLOW,
    COMMUNITY,
    JOINT,
    LECTURE,
    LINE,
    REPRIMANDS,
    REWARDS,
    SOCIALIZATION_FLOW,
    STORIES_TOLD,
    TALLIES,
)

MODELS = ("behaviourist", "cognitivist", "constructivist", "social")
#: In which columns of the week the time of each model is spent.
SPENT = {
    "behaviourist": (LINE,),
    "cognitivist": (LECTURE,),
    "constructivist": (COACHING,),
    "social": (COMMUNITY, JOINT),
}
PEOPLE, HOURS = 60, 1.2


def parts(**wanted: float) -> dict[str, float]:
    return {model: wanted.get(model, 0.0) for model in MODELS}


def company(mixture: dict[str, float], hours: float = HOURS, **changes: Any) -> Organization:
    """Sixty people with one at the top, halls and coaches with room for everybody."""
    own = {
        "people": PEOPLE,
        "structure": {"levels": 2, "span": 59},
        "communities": {"count": 2},
        "lectures": {"size": 1000, "preparation": 3.0},
        "coaching": {"most": 168.0},
        "training": {"hours": hours, **mixture},
    }
    return quiet(**merged(own, changes))


def planned(organization: Organization) -> Any:
    """Hours planned by activity, over all people."""
    apply(organization, "hours")
    return organization.planned.sum(axis=0, dtype=np.float64)


PART = st.floats(0.0, 3.0)


@settings(max_examples=25, deadline=None)
@given(
    st.tuples(PART, PART, PART, PART).filter(lambda mixture: sum(mixture) > 0.1),
    st.sampled_from([0.0, 0.5, 1.0]) | st.floats(0.0, 1.0),
)
def test_any_mixture_takes_the_same_working_time(mixture, groups):
    """R71. But for the one at the top, whom nobody manages: neither watched nor coached.

    Beside that only rounding: 32 bits keep each of 60 x 4 entries to one part in ten million.
    """
    parted = dict(zip(MODELS, mixture, strict=True))
    total = planned(company(parted, coaching={"groups": groups})).sum()
    budget = PEOPLE * HOURS
    assert budget - HOURS - 1e-3 <= total <= budget + 1e-3


@pytest.mark.parametrize("by", ["manager", "officer", "experienced"])
def test_groups_take_as_much_of_the_budget_as_it_gives_to_who_sits_there_to_learn(by):
    """Units of five, and cells of five or six: the facilitators' time is paid of it, too."""
    organization = company(
        parts(constructivist=1.0),
        structure={"levels": 3, "span": 5},
        coaching={"groups": 1.0, "by": by},
        cells={"size": 5},
    )
    hours = planned(organization)
    _, learners = seats_and_learners(circles_of(organization))
    assert learners > 30
    assert hours[COACHING] == pytest.approx(learners * HOURS, rel=1e-6) == hours.sum()


@pytest.mark.parametrize("model", MODELS)
def test_each_model_spends_its_part_on_its_own_activity(model):
    hours = planned(company(parts(**{model: 2.0})))
    spent = [ACTIVITIES[a] for a in np.flatnonzero(hours)]
    assert spent == [ACTIVITIES[a] for a in sorted(SPENT[model])]
    if model == "social":
        assert hours[COMMUNITY] == pytest.approx(hours[JOINT])


def lived(model: str) -> Organization:
    organization = company(
        parts(**{model: 1.0}),
        hours=4.0,
        requests={"load": 0.5},
        communities={"articulation": 1.0, "threshold": 0.0},
        start={"opinion": 0.8, "right": 0.7, "articulated": 0.5},
    )
    return weeks(organization, 3)


def test_the_four_models_are_four_activities():
    """R66. What each alone brings about, and none of the others does."""
    counted = {
        "behaviourist": (REWARDS, REPRIMANDS),
        "cognitivist": (COMBINATION_FLOW,),
        "constructivist": (COACHING_SESSIONS,),
        "social": (STORIES_TOLD, SOCIALIZATION_FLOW),
    }
    for model in MODELS:
        organization = lived(model)
        for other, tallies in counted.items():
            assert (count(organization, *tallies) > 0.0) == (other == model), (model, other)


def test_what_management_assumes_about_learning_decides_what_is_invested_in():
    """R72. Two organizations of the same people; only their assumptions differ."""
    one, other = lived("behaviourist"), lived("social")
    start_one, start_other = company(parts(behaviourist=1.0)), company(parts(social=1.0))
    assert differing(start_one, start_other) == set()
    assert one.rewarded.any() and not other.rewarded.any()
    assert {"beliefs", "hours"} <= differing(one, other)


def test_a_budget_comes_on_top_of_what_the_activities_set_themselves():
    mixture = parts(cognitivist=1.0)
    with_budget = company(mixture, lectures={"hours": 0.5, "preparation": 0.0})
    hours = planned(with_budget)
    assert hours[LECTURE] == pytest.approx(PEOPLE * (0.5 + HOURS), rel=1e-6)


def test_without_a_budget_or_parts_nothing_is_spent():
    for organization in (company(parts()), company(parts(social=1.0), hours=0.0)):
        assert planned(organization).sum() == 0.0
        assert sum(programme_hours(organization, model) for model in MODELS) == 0.0


def test_a_model_that_does_not_exist_is_no_model():
    with pytest.raises(AttributeError):
        programme_hours(company(parts(social=1.0)), "osmotic")


def test_social_time_goes_where_there_is_something_to_do():
    """All to sessions where people learn along a network; to joint cases without communities."""
    along_ties = company(
        parts(social=1.0),
        interpersonal={"sources": "network"},
        network={"kind": "small_world", "neighbours": 4},
    )
    assert (session_hours(along_ties), joint_case_hours(along_ties)) == (HOURS, 0.0)
    alone = company(parts(social=1.0), without=["communities"])
    assert joint_case_hours(alone) == HOURS


def test_a_session_of_the_budget_is_a_session_like_any_other():
    """The same hours from either source give the same week to the bit."""
    changes = {"communities": {"articulation": 1.0, "threshold": 0.0, "conformity": 0.5}}
    start = {"opinion": 0.8, "right": 0.7, "articulated": 0.5}
    paid = company(parts(social=1.0), hours=1.0, start=start, **changes)
    own = company(
        parts(),
        start=start,
        interpersonal={"joint_hours": 0.5},
        communities={**changes["communities"], "hours": 0.5},
    )
    assert differing(weeks(paid, 4), weeks(own, 4)) == set()
    assert count(own, STORIES_TOLD) > 0


def test_an_event_can_change_the_mixture_during_a_run():
    organization = company(
        parts(social=1.0),
        events=[{"at": 2, "set": {"training.social": 0.0, "training.behaviourist": 1.0}}],
    )
    weeks(organization, 2)
    assert organization.hours[:, COMMUNITY].sum() > 0.0 == organization.hours[:, LINE].sum()
    weeks(organization, 1)
    assert organization.hours[:, LINE].sum() > 0.0 == organization.hours[:, COMMUNITY].sum()


def test_a_budget_makes_the_activities_act_for_who_runs_a_scenario_as_a_whole():
    scenario = {**QUIET, "training": {"hours": 1.0}}
    changes = obstacles(Settings.model_validate(scenario))[0]
    for name in ("reinforcement", "lectures", "coaching", Communities.name):
        assert name in changes
    changes = obstacles(Settings.model_validate(QUIET))
    assert not any(name in changes[0] for name in ("reinforcement", "lectures", "coaching"))


def test_measures_say_what_was_counted():
    organization = company(parts())
    for measure in ("test_score", "insights_right", "cases_brought"):
        assert np.isnan(MEASURES[measure].of(organization))
    yearly = ("rewards", "reprimands", "coaching_sessions", "facilitated_sessions", "insights")
    for tally in yearly:
        organization.tally[TALLIES.index(tally)] = 15.0
        assert MEASURES[tally].of(organization) == 15.0 * 52 / PEOPLE
    shares = {"test_score": ("tests_right", "tests_taken")}
    shares["cases_brought"] = ("cases_brought", "facilitated_sessions")
    shares["insights_right"] = ("insights_right", "insights")
    for measure, (right, asked) in shares.items():
        organization.tally[TALLIES.index(right)] = 3.0
        organization.tally[TALLIES.index(asked)] = 4.0
        assert MEASURES[measure].of(organization) == 0.75

"""The four dials of an era are names for settings, and the two ages have the same people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from organizations import weeks

from sim.errors import InputProblem
from sim.organization import Organization
from sim.scenario.changes import with_changes
from sim.scenario.era import DIALS, dials_spelled_out
from sim.scenario.loading import load_scenario
from sim.scenario.schema import parameters_of
from sim.scenario.settings import Settings
from sim.studies.study import load_study
from sim.tallies import REQUESTS_ARRIVED

AGES = ("era/industrial_age", "era/social_era")
Write = Callable[[str, str], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file into a folder of its own; gives its path."""

    def written(name: str, text: str) -> str:
        path = tmp_path / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return written


def settings_of(settings: Settings) -> dict[str, Any]:
    """What the settings are that dials stand for."""
    found = {}
    for path, _, _ in DIALS.values():
        section, name = path.split(".")
        found[path] = getattr(getattr(settings, section), name)
    return found


def read(name: str, *sets: str) -> dict[str, Any]:
    return settings_of(load_scenario(name, sets=list(sets)).settings)


def test_dials_and_what_they_stand_for_are_settings():
    known = {".".join(path) for path, _ in parameters_of(Settings)}
    assert set(DIALS) <= known
    assert {path for path, _, _ in DIALS.values()} <= known
    assert len({path for path, _, _ in DIALS.values()}) == len(DIALS) == 4


@pytest.mark.parametrize("dial", [0.0, 0.3, 1.0])
def test_dials_set_what_they_stand_for(dial):
    """Power and offer away from the top; leadership and strategy towards people and trust."""
    expected = {
        "structure.centralization": 1.0 - dial,
        "leadership.engaging": dial,
        "pdsa.agenda": 1.0 - dial,
        "work.checking": dial,
    }
    assert read("base", *(f"{path}={dial}" for path in DIALS)) == expected


def test_without_dials_everything_is_as_the_sections_set_it():
    base = load_scenario("base").settings
    assert base.era.model_dump() == dict.fromkeys(base.era.model_dump())
    assert settings_of(base)["structure.centralization"] == 0.5
    assert settings_of(base)["pdsa.agenda"] == settings_of(base)["work.checking"] == 0.0


@given(st.floats(0, 1), st.sampled_from(sorted(DIALS)))
def test_a_dial_moves_its_setting_from_end_to_end_in_a_straight_line(value, path):
    setting, first, last = DIALS[path]
    assert dials_spelled_out({path: value}) == pytest.approx(
        {setting: first + value * (last - first)}
    )


def test_beside_a_dial_the_setting_itself_has_the_last_word(write):
    mine = write(
        "mine", "extends: base\nera: {power: 0.9}\nstructure: {centralization: 0.4, span: 9}\n"
    )
    assert read(mine)["structure.centralization"] == 0.4
    assert read("base", "era.power=1", "structure.centralization=0.7") == {
        **read("base"),
        "structure.centralization": 0.7,
    }
    # A dial in a child, or in an option, goes over the sections of what it lies on.
    child = write("child", "extends: mine\nera: {power: 0.2}\n")
    assert read(child)["structure.centralization"] == 0.8
    assert load_scenario(child).settings.structure.span == 9
    assert read(child, "era.power=1")["structure.centralization"] == 0.0


def test_where_a_value_comes_from_is_where_the_dial_stands(write):
    mine = write("mine", "extends: base\nera:\n  power: 0.9\n  strategy: 0.2\n")
    origin = load_scenario(mine).origin
    assert origin["structure.centralization"] == origin["era.power"]
    assert origin["era.power"].endswith("mine.yaml:3")
    assert origin["work.checking"].endswith("mine.yaml:4")
    assert load_scenario("base", sets=["era.offer=0.5"]).origin["pdsa.agenda"] == "--set"


@pytest.mark.parametrize("value", ["1.5", "-0.1", "high", "true", "[0.5]"])
def test_a_dial_out_of_its_range_is_refused_under_its_own_name(value):
    with pytest.raises(InputProblem) as refused:
        load_scenario("base", sets=[f"era.power={value}"])
    (problem,) = refused.value.problems
    assert problem.key == "era.power"


def test_an_event_can_turn_a_dial(write):
    """Over ten weeks from where it stands, .8, to .2: half of the way is .5."""
    mine = write(
        "mine",
        "extends: base\npeople: 20\nstructure: {centralization: 0.8}\n"
        "events:\n- {at: 2, over: 10, set: {era.power: 0.8, requests.load: 0.5}}\n"
        "- {at: 3, set: {era.offer: 0.5, pdsa.agenda: 0.1}}\n",
    )
    organization = Organization(load_scenario(mine).settings)
    weeks(organization, 8)
    assert organization.parameters["structure"].centralization == pytest.approx(0.5)
    assert organization.parameters["pdsa"].agenda == 0.1
    weeks(organization, 5)
    assert organization.parameters["structure"].centralization == pytest.approx(0.2)


def test_an_event_that_turns_a_dial_too_far_is_refused_where_it_stands(write):
    mine = write("mine", "extends: base\nevents:\n- {at: 2, set: {era.power: 1.2}}\n")
    with pytest.raises(InputProblem) as refused:
        load_scenario(mine)
    (problem,) = refused.value.problems
    assert problem.line == 3 and "era.power" in problem.key and "1.2" in problem.message


def test_a_dial_can_be_changed_from_python():
    settings = with_changes(load_scenario("base").settings, {"era__power": 0.25})
    assert settings.structure.centralization == 0.75
    both = with_changes(settings, {"era.power": 0.5, "structure.centralization": 0.9})
    assert both.structure.centralization == 0.9


def test_a_study_can_vary_a_dial(write):
    study = load_study(
        write(
            "study",
            "title: T\nquestion: Q\nscenarios: [base]\nset: {era.offer: 0.4}\n"
            "factors:\n  era.power: [0, 1]\nmeasures: [output]\nreplications: 2\n",
        )
    )
    found = [settings_of(study.settings_of(0, point)) for point in study.points]
    assert [one["structure.centralization"] for one in found] == [1.0, 0.0]
    assert {one["pdsa.agenda"] for one in found} == {0.6}


def test_a_study_does_not_let_an_option_undo_a_dial_it_varies(write):
    """As with the dial's own setting: what is varied cannot be set beside it."""
    path = write(
        "study",
        "title: T\nquestion: Q\nscenarios: [base]\nfactors:\n  era.power: [0, 1]\n"
        "measures: [output]\nreplications: 2\n",
    )
    with pytest.raises(InputProblem, match="varied by the factor"):
        load_study(path, sets=["structure.centralization=0.5"])


# --- the two ages -------------------------------------------------------------------------------

SMALL = ["people=40", "dimensions=24", "environment.tacit=4"]
#: What people, the world and the rules are before anybody has done anything.
AT_THE_START = (
    *("reality", "beliefs", "articulated", "practice", "code", "codifiable", "person", "home"),
    *("interest", "topic", "seniority", "character", "ability", "dominance", "sociability"),
    *("learning_rate", "mindset", "self_efficacy", "fear", "belonging", "purpose", "ethics"),
)


def test_both_ages_begin_with_the_same_people_world_and_rules_and_get_the_same_requests():
    """The dials, the leaders' hours and the platform change nobody and nothing at the start."""
    one, other = (Organization(load_scenario(age, sets=SMALL).settings, 7) for age in AGES)
    for name in AT_THE_START:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    for _ in range(6):
        arrived = []
        for organization in (one, other):
            organization.step()
            arrived.append(float(organization.tally[REQUESTS_ARRIVED]))
        assert arrived[0] == arrived[1] > 0.0
        assert np.array_equal(one.reality, other.reality)


def test_the_ages_lie_at_opposite_ends_of_the_dials():
    industrial, social = (load_scenario(age).settings for age in AGES)
    for name in type(industrial.era).model_fields:
        assert getattr(industrial.era, name) < getattr(social.era, name), name
    assert industrial.leadership.hours == social.leadership.hours > 0.0

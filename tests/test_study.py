"""Study files: what a study is once it is loaded."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.measures import LEARNING_MEASURES, MAIN_MEASURES
from sim.scenario.loading import load_scenario
from sim.studies.study import (
    Derived,
    Replications,
    Study,
    load_study,
    settings_id,
    study_of_text,
    study_schema,
)
from sim.studies.study.form import Form
from sim.studies.study.keys import known_settings

STUDIES = Path(__file__).parent / "data" / "studies"
HEAD = "title: T\nquestion: Q\nscenarios: [bureaucratic]\n"


def study_of(folder: Path, text: str, head: str = HEAD, sets: tuple[str, ...] = ()) -> Study:
    (folder / "mine.yaml").write_text(head + text)
    return load_study(folder / "mine.yaml", sets)


# --- the whole ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(STUDIES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_loads_and_travels(path):
    study = load_study(path)
    assert study.name == path.stem
    assert study.files == {path.name: path.read_text()}
    again = pickle.loads(pickle.dumps(study))
    assert list(again.points) == list(study.points)
    for point in study.points:
        json.dumps([point.values, point.overrides])
        for number in range(len(study.scenarios)):
            study.settings_of(number, point)


def test_a_study_says_what_its_file_says():
    study = load_study(STUDIES / "grid.yaml")
    assert study.title == "Small cells, or many?"
    assert study.question.startswith("Do small cells")
    assert study.expectation.startswith("Small cells learn faster")
    assert study.afterthought == ""
    assert [scenario.name for scenario in study.scenarios] == ["bureaucratic", "post_bureaucratic"]
    assert study.replications == Replications(
        None, {"output": 0.05, "output at first": 0.1}, "difference", 10, 10, 100
    )
    assert (study.measures, study.series, study.pairing) == (("output", "quality"), 13, "common")
    complexity, size, world = study.factors
    assert (complexity.levels, complexity.span) == ((1, 3, 5), None)
    assert (size.levels, size.span, size.unit) == ((4, 6, 8, 10, 12), (4.0, 12.0), "people")
    assert (world.levels, world.is_joint) == (("calm", "wild"), True)
    assert world.paths == ("environment.turbulence", "workforce.turnover")
    assert [factor.label for factor in study.factors] == [factor.name for factor in study.factors]


def test_what_a_study_leaves_out():
    study = load_study(STUDIES / "scenarios_only.yaml")
    assert (study.design.kind, study.factors, len(study.points)) == ("grid", (), 1)
    assert (study.first_seed, study.pairing, study.series, study.also) == (0, "common", 0, ())
    assert study.measures == MAIN_MEASURES
    assert study.replications == Replications(5, of="difference")
    assert load_study(STUDIES / "line.yaml").replications == Replications(2, of="mean")


def test_where_people_only_learn_measures_are_of_learning(tmp_path):
    study = study_of(tmp_path, "", HEAD.replace("bureaucratic", "classics/march1991"))
    assert study.measures == LEARNING_MEASURES


def test_options_of_a_design():
    assert load_study(STUDIES / "saltelli.yaml").design.options == {
        "points": 8,
        "second_order": True,
        "seed": 1,
    }
    assert load_study(STUDIES / "morris.yaml").design.options == {
        "trajectories": 6,
        "grid": 4,
        "seed": 2,
    }
    base = load_study(STUDIES / "one_at_a_time.yaml").design.options["base"]
    assert base == {"environment.complexity": 3, "pdsa.rate": 0.05, "world": "usual"}


def test_what_is_worth_saying(tmp_path):
    study = study_of(
        tmp_path,
        "set: {without: [officers]}\n"
        "factors:\n"
        "  cells.size: {from: 4, to: 12, steps: 4}\n"
        "  officers.hours: [1, 2]\n"
        "  w: [{name: a, set: {pdsa.rate: 0, cells.hours: 1}}, {name: b, set: {pdsa.rate: 1}}]\n",
    )
    assert study.notes == (
        "cells.size is a whole number: its levels are 4, 7, 9, 12",
        "w: what a level does not set is as each scenario has it",
        "officers.hours changes nothing in bureaucratic, which is without officers",
    )
    assert load_study(STUDIES / "grid.yaml").notes == ()


def test_a_scenario_may_lie_beside_the_study(tmp_path):
    (tmp_path / "own.yaml").write_text("extends: base\ncells: {size: 17}\n")
    (tmp_path / "over.yaml").write_text("cells: {hours: 3}\n")
    study = study_of(tmp_path, "", HEAD.replace("bureaucratic", "own.yaml+over.yaml, base"))
    assert [one.name for one in study.scenarios] == ["own+over", "base"]
    settings = study.scenarios[0].settings
    assert (settings.cells.size, settings.cells.hours) == (17, 3)


def test_a_study_can_be_put_together_again_from_what_its_file_held():
    study = load_study(STUDIES / "grid.yaml")
    kept = {scenario.name: scenario for scenario in study.scenarios}
    ((file, text),) = study.files.items()
    again = study_of_text(file, text, kept.__getitem__)
    assert (again.name, again.files, again.replications) == (
        study.name,
        study.files,
        study.replications,
    )
    assert list(again.points) == list(study.points)
    for number in range(2):
        point = study.points[17]
        assert again.settings_of(number, point) == study.settings_of(number, point)


# --- layers of settings -------------------------------------------------------------------------


def test_factors_lie_over_options_over_set_over_scenarios(tmp_path):
    study = study_of(
        tmp_path,
        "set: {pdsa.rate: 0.11, pdsa: {hours: 3}, cells.hours: 5, people: 77}\n"
        "factors: {cells.hours: [7, 8]}\n",
        sets=("pdsa={hours: 4}",),
    )
    settings = study.settings_of(0, study.points[1])
    assert (settings.people, settings.pdsa.rate) == (77, 0.11)
    assert (settings.pdsa.hours, settings.cells.hours) == (4, 8)
    assert settings.structure.levels == load_scenario("bureaucratic").settings.structure.levels
    scenario = study.scenarios[0]
    assert (scenario.settings.pdsa.hours, scenario.settings.cells.hours) == (4, 5)
    assert scenario.origin["pdsa.hours"] == "--set"
    assert scenario.origin["people"].endswith("mine.yaml:4")
    assert scenario.origin["structure.levels"].startswith("scenarios/bureaucratic.yaml")


def test_a_scenario_of_a_study_can_be_loaded_again_by_itself():
    for scenario in load_study(STUDIES / "grid.yaml").scenarios:
        again = load_scenario(scenario.name, sets=scenario.sets)
        assert again.settings == scenario.settings
        assert again.given == scenario.given


def test_each_layer_spells_out_its_own_rules(tmp_path):
    """`rules` of a factor bring what they stand for over what a lower layer says of it."""
    study = study_of(
        tmp_path,
        "set: {socialization.transfer: direct}\nfactors: {rules: [as_set, program]}\n",
        HEAD.replace("bureaucratic", "classics/march1991"),
    )
    as_set, program = (study.settings_of(0, point) for point in study.points)
    assert (as_set.rules, as_set.socialization.transfer) == ("as_set", "direct")
    assert (program.rules, program.socialization.transfer) == ("program", "stepwise")
    assert program.codification.votes == "actions"


@pytest.mark.parametrize("name", ["grid", "line", "learning_only", "latin_hypercube"])
def test_settings_are_those_that_loading_with_options_gives(name):
    """The fast way from a point to settings agrees with the scenario's own loading."""
    study = load_study(STUDIES / f"{name}.yaml")
    for point in list(study.points)[::7]:
        for number, scenario in enumerate(study.scenarios):
            sets = [*scenario.sets]
            sets += [f"{path}={json.dumps(value)}" for path, value in point.overrides.items()]
            loaded = load_scenario(scenario.name, sets=sets)
            assert study.settings_of(number, point) == loaded.settings


def test_settings_of_a_point_leave_the_scenario_as_it_was():
    study = load_study(STUDIES / "grid.yaml")
    before = json.dumps(study.scenarios[0].given)
    study.settings_of(0, study.points[29])
    assert json.dumps(study.scenarios[0].given) == before


# --- identity of a cell -------------------------------------------------------------------------


def test_the_name_of_settings_is_known_on_every_machine():
    settings = load_scenario("base").settings
    named = settings_id(settings)
    assert len(named) == 12 and int(named, 16) >= 0
    effective = settings.model_dump(mode="json")
    for text in ("title", "story", "questions"):
        del effective[text]
    from hashlib import blake2b

    canonical = json.dumps(effective, sort_keys=True, separators=(",", ":")).encode()
    assert named == blake2b(canonical, digest_size=6).hexdigest()


def test_words_for_people_do_not_name_settings_and_all_else_does():
    settings = load_scenario("base").settings
    renamed = load_scenario("base", sets=["title=Other", "story=Other", "questions=['Why?']"])
    assert settings_id(renamed.settings) == settings_id(settings)
    changed = load_scenario("base", sets=["cells.pace=0.999"]).settings
    assert settings_id(changed) != settings_id(settings)
    assert settings_id(settings, "ab" * 32) != settings_id(settings)
    assert settings_id(settings, "ab" * 32) != settings_id(settings, "ba" * 32)


def test_a_cell_keeps_its_name_when_the_study_grows(tmp_path):
    few = study_of(tmp_path, "factors: {pdsa.rate: [0, 0.3], cells.size: [4]}")
    many = study_of(tmp_path, "factors: {pdsa.rate: [0.1, 0, 0.3], cells.size: [12, 4]}")

    def names(study: Study) -> set[str]:
        return {settings_id(study.settings_of(0, point)) for point in study.points}

    assert len(names(few)) == 2 and len(names(many)) == 6
    assert names(few) < names(many)


# --- seeds --------------------------------------------------------------------------------------


def test_common_seeds_are_the_same_everywhere(tmp_path):
    study = study_of(tmp_path, "first_seed: 100\nfactors: {pdsa.rate: [0, 1]}\n")
    assert study.seeds(0, 0, 0, 3) == study.seeds(1, 0, 0, 3) == [100, 101, 102]
    assert study.seeds(0, 0, 3, 2) == [103, 104]
    assert study.seeds(0, 0, 3, 0) == []


def test_independent_seeds_differ_and_stay(tmp_path):
    text = "pairing: independent\nfactors: {pdsa.rate: [%s]}\n"
    few = study_of(tmp_path, text % "0, 1", HEAD.replace("[", "[base, "))
    many = study_of(tmp_path, text % "0.5, 0, 1", HEAD.replace("[", "[base, "))
    cells = [few.seeds(point, scenario, 0, 5) for point in (0, 1) for scenario in (0, 1)]
    assert len({seed for seeds in cells for seed in seeds}) == 20
    assert all(0 <= seed < 2**53 for seeds in cells for seed in seeds)
    assert many.seeds(1, 1, 0, 5) == few.seeds(0, 1, 0, 5)
    assert few.seeds(1, 1, 2, 3) == few.seeds(1, 1, 0, 5)[2:]


def test_independent_seeds_of_a_repeated_point_are_the_same():
    study = load_study(STUDIES / "morris.yaml")
    independent = Study(**{**vars(study), "pairing": "independent"})
    again = next(point for point in study.points if point.cell != point.number)
    assert independent.seeds(again.number, 0, 0, 2) == independent.seeds(again.cell, 0, 0, 2)


# --- numbers off a series -----------------------------------------------------------------------

AT = np.array([2, 4, 6, 8])
VALUES = np.array([0.1, np.nan, 0.5, 0.9])


def test_the_mean_over_a_window_leaves_out_what_is_missing():
    assert Derived("m", mean_of="quality").value(AT, VALUES) == pytest.approx(0.5)
    assert Derived("m", mean_of="quality", start=3).value(AT, VALUES) == pytest.approx(0.7)
    assert Derived("m", mean_of="quality", end=6).value(AT, VALUES) == pytest.approx(0.3)
    assert np.isnan(Derived("m", mean_of="quality", start=3, end=5).value(AT, VALUES))


def test_the_first_period_past_a_threshold():
    def first(**threshold: float) -> float:
        return Derived("f", first="quality", **threshold).value(AT, VALUES)

    assert first(above=0.4) == 6
    assert first(above=0.5) == 8  # on the threshold is not above it
    assert first(below=0.2) == 2
    assert np.isnan(first(above=0.9)) and np.isnan(first(below=0.1))
    assert first(above=0.0, start=3) == 6
    assert np.isnan(first(above=0.4, end=5))


def test_derived_numbers_of_a_study(tmp_path):
    study = load_study(STUDIES / "grid.yaml")
    mean, weeks = study.also
    assert (mean.measure, mean.unit, mean.start, mean.end) == (
        "output",
        "per person and week",
        1,
        26,
    )
    assert (weeks.measure, weeks.unit, weeks.above, weeks.end) == (
        "mean_knowledge",
        "weeks",
        0.5,
        None,
    )
    assert weeks.label == "Weeks until half is known"


@given(values=st.lists(st.floats(-1, 1) | st.just(float("nan")), min_size=1, max_size=30))
def test_a_first_passage_is_the_first(values):
    series = np.array(values)
    at = np.arange(1, len(series) + 1)
    when = Derived("f", first="quality", above=0.5).value(at, series)
    passed = [period for period, value in enumerate(values, 1) if value > 0.5]
    assert when == passed[0] if passed else np.isnan(when)


# --- the schema for editors ---------------------------------------------------------------------


def test_the_schema_knows_every_key_and_setting():
    schema = study_schema()
    assert set(schema["properties"]) == set(Form.model_fields)
    assert schema["required"] == ["title", "question", "scenarios"]
    json.dumps(schema)
    offered = set(schema["properties"]["factors"]["properties"])
    assert offered <= set(known_settings())
    assert {"cells.size", "environment.turbulence", "periods"} <= offered
    assert "title" not in offered and "without" not in offered
    for piece in schema["$defs"].values():
        for entry in piece.get("properties", {}).values():
            assert {"title", "unit", "source"}.isdisjoint(entry)


def test_examples_fit_the_schema():
    jsonschema = pytest.importorskip("jsonschema")
    from sim.scenario.marks import plain
    from sim.scenario.yaml_marks import read_file

    checker = jsonschema.Draft202012Validator(study_schema())
    for path in STUDIES.glob("*.yaml"):
        assert list(checker.iter_errors(plain(read_file(path).root))) == [], path
    assert list(checker.iter_errors({"title": "T", "question": "Q", "scenarios": [], "fac": 1}))

"""The organization as a Mesa model: what Mesa, its tools and its users expect of it."""

import copy
import gc
import inspect
import pickle
import subprocess
import sys
import weakref
from pathlib import Path

import mesa
import numpy as np
import pytest

from sim.agents import Worker
from sim.arrays import ARRAYS
from sim.errors import InputProblem
from sim.measures import MAIN_MEASURES, MEASURES
from sim.models import LearningOrganization
from sim.organization import Organization
from sim.scenario.loading import load_scenario
from sim.scenario.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
SMALL = {"people": 24, "dimensions": 12, "periods": 6}


def small(**changes):
    return LearningOrganization("post_bureaucratic", seed=5, **{**SMALL, **changes})


def assert_same_arrays(one, other):
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)


def test_views_change_nothing():
    model = small()
    bare = Organization(model.settings, seed=5)
    for _ in range(4):
        model.step()
        bare.step()
    assert_same_arrays(model.organization, bare)


def test_it_is_a_mesa_model_that_runs_for_the_scenarios_periods():
    model = small()
    assert isinstance(model, mesa.Model)
    assert model.running
    model.run_model()
    assert (model.period, model.steps, model.running) == (6, 6, False)


def test_every_seat_is_an_agent_numbered_from_one():
    model = small()
    assert len(model.agents) == 24
    assert [agent.unique_id for agent in model.agents] == list(range(1, 25))
    assert [agent.seat for agent in model.workers] == list(range(24))
    assert set(model.workers) == set(model.agents)


def test_a_later_agent_gets_a_number_of_its_own():
    model = small()
    assert mesa.Agent(model).unique_id == 25


def test_agents_can_be_selected_grouped_and_told_to_act():
    model = small()
    front = model.agents.select(lambda worker: worker.level == 0)
    assert len(front) == np.sum(model.organization.level == 0)
    sizes = model.agents.groupby("cell").count()
    assert sizes == dict(enumerate(np.bincount(model.organization.cell)))
    seen = []
    model.agents.shuffle_do(lambda worker: seen.append(worker.seat))
    assert sorted(seen) == list(range(24))
    model.agents.do("adopt", 3, 1)
    assert np.all(model.organization.beliefs[:, 3] == 1)
    assert model.agents.agg("tenure", max) == model.organization.tenure.max()


def test_the_data_collector_notes_measures_at_the_end_of_each_period():
    names = ("mean_knowledge", "output", "fear")
    model = small(measures=names, agent_reporters=("fear", "level"))
    bare = Organization(model.settings, seed=5)
    expected = []
    for _ in range(3):
        model.step()
        bare.step()
        expected.append([MEASURES[name].of(bare) for name in names])
    frame = model.datacollector.get_model_vars_dataframe()
    assert tuple(frame.columns) == names
    np.testing.assert_array_equal(frame.to_numpy(), expected)
    people = model.datacollector.get_agent_vars_dataframe()
    assert people.index.names == ["Step", "AgentID"]
    np.testing.assert_array_equal(people.loc[3, "fear"], bare.fear)
    assert tuple(small().datacollector.model_reporters) == MAIN_MEASURES


@pytest.mark.parametrize("duplicate", [lambda m: pickle.loads(pickle.dumps(m)), copy.deepcopy])
def test_a_copy_steps_on_as_the_original_does(duplicate):
    model = small(agent_reporters=("fear",))
    model.step()
    model.step()
    twin = duplicate(model)
    for _ in range(3):
        model.step()
        twin.step()
    assert twin.organization is not model.organization
    assert all(worker.model is twin for worker in twin.agents)
    assert twin.period == 5
    assert_same_arrays(model.organization, twin.organization)
    assert twin.datacollector.get_model_vars_dataframe().equals(
        model.datacollector.get_model_vars_dataframe()
    )


def test_a_model_is_freed_when_nobody_holds_it():
    model = small()
    model.step()
    remembered = weakref.ref(model)
    del model
    gc.collect()
    assert remembered() is None


def test_settings_come_by_name_as_scenario_or_ready_made():
    scenario = load_scenario("post_bureaucratic")
    ready = Settings.model_validate({**scenario.given, **SMALL})
    by_name = small()
    for given, changes in ((scenario, SMALL), (scenario.settings, SMALL), (ready, {})):
        other = LearningOrganization(given, seed=5, **changes)
        assert other.settings == by_name.settings
    assert LearningOrganization(ready).seed == 0


def test_changes_are_named_by_key_path_or_with_underscores():
    one = small(**{"cells.size": 4}, cells__pace=np.float64(0.5))
    assert (one.settings.cells.size, one.settings.cells.pace) == (4, 0.5)


def test_wrong_changes_are_all_reported_by_key():
    with pytest.raises(InputProblem) as raised:
        small(cells__sise=4, people=-1)
    text = str(raised.value)
    assert "cells" in text and "`size`" in text
    assert "people: -1 is below the lowest value allowed" in text
    with pytest.raises(InputProblem, match="Did you mean `output`"):
        small(measures=("outputs",))


def test_without_a_seed_the_world_is_new_each_time_and_known():
    first, second = small(), LearningOrganization("post_bureaucratic", seed=None, **SMALL)
    assert first.seed == 5
    again = LearningOrganization("post_bureaucratic", seed=second.seed, **SMALL)
    assert_same_arrays(second.organization, again.organization)


def test_batch_run_sweeps_scenarios_and_parameters():
    parameters = {"settings": ["bureaucratic", "post_bureaucratic"], "cells__size": [4, 8], **SMALL}
    if "rng" in inspect.signature(mesa.batch_run).parameters:
        seeds = {"rng": [0, 1]}  # Mesa 3.5 hands these to the model's `seed`
    else:
        parameters["seed"], seeds = [0, 1], {}
    rows = mesa.batch_run(
        LearningOrganization, parameters, display_progress=False, max_steps=100, **seeds
    )
    assert len(rows) == 8
    for row in rows:
        alone = LearningOrganization(
            row["settings"], row["seed"], cells__size=row["cells__size"], **SMALL
        )
        alone.run_model()
        assert row["Step"] == (5 if "seed" in parameters else 6)
        assert row["mean_knowledge"] == MEASURES["mean_knowledge"].of(alone.organization)


def test_solara_can_build_and_rebuild_it_from_keywords():
    """What SolaraViz asks of a model's ``__init__``, and how its reset calls it."""
    taken = inspect.signature(LearningOrganization.__init__).parameters
    assert "kwargs" in taken
    assert not any(each.kind == each.VAR_POSITIONAL for each in taken.values())
    required = [n for n, each in taken.items() if each.default is each.empty]
    assert required == ["self", "kwargs"]
    small(scenario=object())
    with pytest.raises(InputProblem, match="has no setting `scenario`"):
        small(scenario="bureaucratic")


def isolated(program):
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()


def test_mesa_is_loaded_only_when_used_and_starts_processes_as_before():
    program = (
        "import multiprocessing, sys\n"
        "before = multiprocessing.get_start_method(allow_none=True)\n"
        "import sim.models, sim.agents\n"
        "print('mesa' in sys.modules)\n"
        "sim.models.LearningOrganization, sim.agents.Worker\n"
        "print('mesa' in sys.modules)\n"
        "print(multiprocessing.get_start_method(allow_none=True) == before)\n"
    )
    assert isolated(program).split() == ["False", "True", "True"]


def test_a_model_around_an_organization_shows_that_very_one():
    organization = Organization(small().settings, seed=2)
    model = LearningOrganization.around(organization)
    model.workers[3].fear = 0.25
    assert organization.fear[3] == 0.25
    model.step()
    assert organization.period == 1
    assert type(model.workers[0]) is Worker

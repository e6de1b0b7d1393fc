"""Facts about the researchers' view: everybody is drawn once, and every slider can be used."""

from __future__ import annotations

import os

import numpy as np
import pytest

from sim.explore.dials import dials
from sim.explore.figures import measures_figure, people_figure, seats
from sim.models import LearningOrganization
from sim.organization import Organization
from sim.scenario.loading import load_scenario
from sim.studies.structure_history import places_of
from sim.verbs.explore import ASKED, environment
from sim.workshop.attributes import ATTRIBUTES

SMALL = {"people": 30, "periods": 8}
SCENARIOS = ("bureaucratic", "post_bureaucratic", "classics/march1991")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_everybody_has_a_place_of_their_own_nearer_to_the_own_group_than_to_others(scenario):
    places = places_of(Organization(load_scenario(scenario).settings, 1))
    where, middles, kind = seats(places)
    apart = np.linalg.norm(where[:, None] - where[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert apart.min() >= 1 - 1e-9
    group = getattr(places, kind) if kind else np.zeros(len(places), dtype=int)
    inside = group[:, None] == group[None]
    assert all(
        apart[i][~inside[i]].min(initial=np.inf) > apart[i][inside[i]].min(initial=0)
        for i in range(len(places))
        if inside[i].sum() > 1
    )
    assert len(middles) == len(set(group.tolist()))


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_colours_are_the_attribute_of_each_person_on_its_whole_range(attribute):
    model = LearningOrganization("post_bureaucratic", seed=2, **SMALL)
    model.step()
    figure = people_figure(model, attribute)
    managers, others = figure.axes[0].collections[:2]
    shown = np.concatenate([managers.get_array(), others.get_array()])
    expected = ATTRIBUTES[attribute].of(model.organization)
    np.testing.assert_array_equal(np.sort(shown), np.sort(expected))
    assert others.get_clim() == (ATTRIBUTES[attribute].low, ATTRIBUTES[attribute].high)


def test_measures_are_drawn_as_the_data_collector_noted_them():
    model = LearningOrganization("post_bureaucratic", seed=2, measures=("fear",), **SMALL)
    for _ in range(4):
        model.step()
    (line,) = measures_figure(model, ["fear"]).axes[0].lines
    noted = model.datacollector.get_model_vars_dataframe()["fear"]
    np.testing.assert_array_equal(line.get_ydata(), noted.to_numpy())


@pytest.mark.parametrize("scenario", SCENARIOS[:2])
@pytest.mark.parametrize("end", ["min", "max", "value"])
def test_the_model_takes_every_slider_at_its_ends(scenario, end):
    loaded = load_scenario(scenario)
    for name, slider in dials(loaded).items():
        assert slider["min"] <= slider["value"] <= slider["max"]
        assert (slider["max"] - slider["min"]) / slider["step"] >= 5
        LearningOrganization(loaded, **{"periods": 1, name: slider[end]})


def test_the_environment_says_what_was_asked_for():
    asked = environment("my scenario", ["people=30"])
    assert asked[ASKED] == "'my scenario' people=30"
    assert asked.keys() >= os.environ.keys()


def test_the_page_is_built_and_steps(monkeypatch):
    solara = pytest.importorskip("solara", reason="no solara: pip install -e '.[explore]'")
    vuetify = pytest.importorskip("ipyvuetify", reason="pip install -e '.[explore]'")
    from sim.explore import app

    monkeypatch.setenv(ASKED, "post_bureaucratic people=30 periods=8")
    assert app.asked_for().settings.people == 30
    box, page = solara.render(solara.AppLayout(children=[app.Page()]), handle_error=False)
    button = page.find(vuetify.Btn, children=["Step"])
    for _ in range(2):
        button.widget.click()
    assert "Step: 2" in str(box)
    assert page.find(vuetify.Slider, label="cells.size").widget.v_model == 6
    page.close()

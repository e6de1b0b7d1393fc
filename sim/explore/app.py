"""The page that ``solara run sim.explore.app`` shows; ``python run.py explore`` starts it.

LEARNING_ORG_EXPLORE names the scenario, ``post_bureaucratic`` if it does not; settings may follow:
``bureaucratic people=60``.
"""

from __future__ import annotations

import os
import shlex
from typing import Any

import solara
from mesa.visualization import SolaraViz
from mesa.visualization.utils import update_counter

from sim.explore.dials import dials
from sim.explore.figures import measures_figure, people_figure
from sim.measures import LEARNING_MEASURES, MAIN_MEASURES
from sim.models.learning_organization import LearningOrganization
from sim.models.whole_run.scope import is_whole
from sim.scenario.loading import Scenario, load_scenario
from sim.workshop.attributes import ATTRIBUTES

#: Names the scenario to show, and what is set in it.
ASKED = "LEARNING_ORG_EXPLORE"


@solara.component
def People(model: LearningOrganization) -> Any:
    """Who sits where, coloured by an attribute that can be chosen."""
    update_counter.get()
    attribute = solara.use_reactive("knowledge")
    with solara.Column():
        solara.Select("Colour", values=list(ATTRIBUTES), value=attribute)
        figure = people_figure(model, attribute.value)
        solara.FigureMatplotlib(figure, format="png")


@solara.component
def Measures(model: LearningOrganization) -> Any:
    """Measures over time, those that are chosen."""
    update_counter.get()
    noted = list(model.datacollector.model_vars)
    chosen = solara.use_reactive(noted[:4])
    with solara.Column():
        solara.SelectMultiple("Measures", values=chosen, all_values=noted)
        if chosen.value:
            solara.FigureMatplotlib(measures_figure(model, chosen.value), format="png")


def explorer(scenario: Scenario) -> Any:
    """The page for one scenario."""
    settings = scenario.settings
    noted = LEARNING_MEASURES if is_whole(settings) else MAIN_MEASURES
    fixed: dict[str, Any] = {"settings": settings, "measures": noted}
    seed = {"type": "SliderInt", "label": "seed", "value": 0, "min": 0, "max": 99, "step": 1}
    model = LearningOrganization(**fixed, seed=0)
    return SolaraViz(
        model,
        components=[(People, 0), (Measures, 0)],
        model_params={**fixed, "seed": seed, **dials(scenario)},
        name=settings.title or scenario.name,
        play_interval=1,
    )


@solara.component
def Page() -> Any:
    """What Solara shows."""
    scenario = solara.use_memo(asked_for, [])
    return explorer(scenario)


def asked_for() -> Scenario:
    """The scenario that the environment names."""
    name, *sets = shlex.split(os.environ.get(ASKED) or "post_bureaucratic")
    return load_scenario(name, sets=sets)

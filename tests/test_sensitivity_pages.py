"""What is said and drawn of a sensitivity analysis."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from sim.pages.sensitivity.figures import sensitivity_figure
from sim.pages.sensitivity.sentences import sensitivity_sentences
from sim.studies.sensitivity import analyse, morris_points, saltelli_points

NAMES = [
    "environment.turbulence",
    "cells.size",
    "pdsa.rate",
    "climate.base_fear",
    "leadership.inclusiveness",
    "structure.formalization",
    "socialization.rate",
    "codification.rate",
    "reshuffle.every",
    "workforce.turnover",
    "officers.relay_fidelity",
    "communities.hours",
]
ABOUT = {
    "level": 0.95,
    "blocks": 20,
    "dropped": 0,
    "replications": 4,
    "noise_share": 0.01,
    "constant": False,
    "message": "",
}


def morris_table(rows, **about):
    columns = ["mu", "mu_star", "mu_star_low", "mu_star_high", "sigma", "noise", "above_noise"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table.attrs = {**ABOUT, "method": "morris", "main": "mu_star", **about}
    return table


def test_sentences_of_morris():
    table = morris_table(
        {
            "c": (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, False),
            "a": (-0.2, 0.2, 0.15, 0.25, 0.05, 0.01, True),
            "b": (0.01, 0.1, 0.06, 0.14, 0.12, 0.01, True),
            "d": (0.0, 0.01, 0.0, 0.02, 0.01, 0.01, False),
        }
    )
    assert sensitivity_sentences(table, "Quality", unit="share") == [
        "Quality depends most on a (by 20.0 points on average over its range, 95 % interval 15.0 "
        "to 25.0; more of it, less) and b (by 10.0 points on average over its range, 95 % interval "
        "6.0 to 14.0; up in some settings, down in others).",
        "How much b does depends on where the factors stand.",
        "D cannot be told from noise.",
        "C changes nothing: quality stayed exactly the same.",
    ]


def test_sentences_of_sobol():
    table = pd.DataFrame(
        {
            "S1": [0.5, 0.0],
            "S1_low": [0.4, -0.1],
            "S1_high": [0.6, 0.1],
            "ST": [0.8, 0.02],
            "ST_low": [0.7, 0.0],
            "ST_high": [0.9, 0.04],
            "noise": [0.1, 0.1],
            "above_noise": [True, False],
        },
        index=["cells.size", "pdsa.rate"],
    )
    table.attrs = {**ABOUT, "method": "sobol", "main": "ST", "noise_share": 0.1}
    assert sensitivity_sentences(table, "Quality", labels={"cells.size": "size of cells"}) == [
        "Size of cells explains 50 % of the variance of quality alone (95 % interval 40 to 60), "
        "and 80 % with all it does together with other factors (70 to 90).",
        "About 50 % is of what factors do only together, and of luck.",
        "pdsa.rate cannot be told from noise.",
        "10 % of the variance between points is luck of the seeds.",
    ]


def test_sentences_of_pawn():
    table = pd.DataFrame(
        {
            "median": [0.4, 0.1, 0.1],
            "median_low": [0.3, 0.05, 0.05],
            "median_high": [0.5, 0.15, 0.15],
            "maximum": [0.6, 0.5, 0.15],
            "median_noise": 0.12,
            "maximum_noise": 0.2,
            "above_noise": [True, True, False],
        },
        index=["a", "b", "c"],
    )
    table.attrs = {**ABOUT, "method": "pawn", "main": "median", "replications": 1}
    assert sensitivity_sentences(table, "Fear") == [
        "The distribution of fear depends most on a (distance 0.40, 0.30 to 0.50): 0 is no "
        "influence, 1 the largest; 95 % intervals.",
        "B matters in a part of the range only.",
        "C cannot be told from noise.",
        "With one seed a point it is not known how much of this is the luck of that seed.",
    ]


def test_nothing_is_claimed_where_nothing_can_be_told():
    table = morris_table(
        {"a": (0.1, 0.2, 0.0, 0.4, 0.5, 0.2, False)},
        message="3 of 20 parts of the design were left out",
    )
    assert sensitivity_sentences(table, "Quality") == [
        "Of no factor can it be told that quality depends on it.",
        "A cannot be told from noise.",
        "3 of 20 parts of the design were left out.",
    ]


@pytest.mark.parametrize("method", ["morris", "sobol", "pawn"])
def test_what_is_the_same_everywhere_is_said_and_drawn(method):
    table = analyse(method, points_of(method, 2), np.ones(len(points_of(method, 2))), ["a", "b"])
    said = sensitivity_sentences(table, "Quality")
    assert said[0] == "Quality: the same at every point, so no factor changes it here."
    FigureCanvasAgg(sensitivity_figure(table, "Quality")).draw()


def points_of(method, factors):
    if method == "morris":
        return morris_points(factors, 20, seed=2)
    if method == "sobol":
        return saltelli_points(factors, 64, seed=2)
    return np.random.default_rng(2).random((300, factors))


def crowd(method, factors, luck=0.05):
    """A measure of many factors, most of which matter little: names crowd near 0."""
    names = NAMES[:factors]
    points = points_of(method, factors)
    slopes = 3 * 0.5 ** np.arange(factors)
    noise = luck * np.random.default_rng(1).standard_normal((len(points), 3))
    values = 0.05 * ((points @ slopes + points[:, 0] * points[:, -1])[:, None] + noise)
    return analyse(method, points, values, names)


def drawn_texts(figure):
    """All texts that are seen; matplotlib also keeps labels of ticks outside of the axes."""
    texts = list(figure.texts)
    for axes in figure.axes:
        texts += [*axes.texts, axes.title, axes._left_title, axes._right_title]
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
            texts += [axis.label, *(tick.label1 for tick in ticks)]
    return [text for text in texts if text.get_text()]


@pytest.mark.parametrize("method", ["morris", "sobol", "pawn"])
@pytest.mark.parametrize("factors", [1, 3, 12])
@pytest.mark.parametrize("luck", [0.0, 0.05])
def test_no_text_lies_on_another_and_every_factor_is_named(method, factors, luck):
    table = crowd(method, factors, luck)
    figure = sensitivity_figure(table, "Quality: requests handled without a mistake", unit="share")
    FigureCanvasAgg(figure).draw()
    texts = drawn_texts(figure)
    boxes = {id(text): text.get_window_extent() for text in texts}
    for one, other in itertools.combinations(texts, 2):
        first, second = boxes[id(one)].shrunk(0.98, 0.8), boxes[id(other)].shrunk(0.98, 0.8)
        assert not first.overlaps(second), (one.get_text(), other.get_text())
    inside = figure.bbox.padded(1)
    for text in texts:
        box = boxes[id(text)]
        assert inside.contains(box.x0, box.y0), text.get_text()
        assert inside.contains(box.x1, box.y1), text.get_text()
    written = " ".join(text.get_text() for text in texts)
    assert all(name in written for name in table.index)


def test_names_of_factors_may_be_long_and_strange():
    table = crowd("sobol", 3)
    labels = {name: f"$x_{k}$ {'very long ' * 9}" for k, name in enumerate(table.index)}
    for method in ("morris", "sobol", "pawn"):
        figure = sensitivity_figure(crowd(method, 3), "T", labels=labels)
        FigureCanvasAgg(figure).draw()
        assert any("$x_0$" in text.get_text() for text in figure.findobj(match=_is_text))


def _is_text(one):
    return hasattr(one, "get_text")

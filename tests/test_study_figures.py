"""Facts about the figures of a study: what is drawn where, and that no text lies on another."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.pages.drawing import inline_svg, save_figure
from sim.pages.study.facts import (
    FactorFacts,
    MeasureFacts,
    StudyFacts,
    distinct,
    letter,
    level_text,
    ordered_levels,
    point_text,
    study_facts,
)
from sim.pages.study.figures import interaction_figure, main_effects_figure
from sim.pages.study.forest import forest_figure, tornado_figure
from sim.pages.study.frames import COLOURS, fitted, spread, text_width
from sim.pages.study.spread import convergence_figure, distribution_figure
from sim.studies.statistics import (
    cells,
    convergence,
    differences,
    interaction,
    main_effects,
    tornado,
)
from sim.studies.study import load_study

STUDIES = Path(__file__).parent / "data" / "studies"
SHORT = ("Bureaucratic", "Post-bureaucratic", "Loose", "Adhocracy", "Market", "Clan")
LONG = tuple(f"An organization of exceedingly many cells, variant {k} $x^2$" for k in range(6))
FACTORS = (
    FactorFacts("complexity", unit="dimensions a request", levels=(1, 3, 5)),
    FactorFacts(
        "environment.turbulence",
        unit="probability per dimension and week",
        levels=(0.001, 0.00316, 0.01, 0.0316, 0.1),
        span=(0.001, 0.1),
        scale="log",
    ),
    FactorFacts(
        "world", levels=("calm", "wild, with many newcomers and no $ at all", "after_the_merger"),
        is_joint=True,
    ),
    FactorFacts("cells.size", unit="people", levels=(4, 6, 8, 10, 12), span=(4, 12)),
    FactorFacts("rule", levels=("random", "most_different", "most_new_ties", "across", "stay")),
    FactorFacts("officers.stay", levels=(False, True)),
    FactorFacts("effort", levels=(0.0, 0.333333333333, 0.666666666667, 1.0), is_joint=True),
    FactorFacts("pdsa.rate", unit="probability", levels=tuple(np.arange(13) / 20)),
    FactorFacts("reshuffle.every", unit="weeks", levels=(52, 1, 4, 13, 26, 0), zero="never"),
)  # fmt: skip
MEASURES = {
    "output": MeasureFacts("Requests answered rightly", "per person and week", 0, better=1),
    "quality": MeasureFacts("Quality", "share of closed requests", 0, 1, better=1),
}


def facts_of(
    factors: Sequence[FactorFacts] = FACTORS[:2],
    titles: Sequence[str] = SHORT[:2],
    design: str = "grid",
) -> StudyFacts:
    return StudyFacts(
        name="study",
        title="A study",
        question="?",
        scenarios=tuple(f"s{place}" for place in range(len(titles))),
        titles=tuple(titles),
        factors=tuple(factors),
        design=design,
        points=9,
        measures=tuple(MEASURES),
        known=MEASURES,
    )


def points_of(facts: StudyFacts, most: int = 40) -> list[tuple[Any, ...]]:
    generator = np.random.default_rng(3)
    levels = [one.levels or () for one in facts.factors]
    if facts.design == "one_at_a_time":
        base = tuple(own[0] for own in levels)
        others = [
            (*base[:place], level, *base[place + 1 :])
            for place, own in enumerate(levels)
            for level in own[1:]
        ]
        return [base, *others]
    if facts.is_sampled:
        return [
            tuple(
                float(generator.uniform(*one.span)) if one.span else generator.choice(one.levels)
                for one in facts.factors
            )
            for _ in range(most)
        ]
    grid = list(itertools.product(*levels))
    return [grid[place] for place in spread(range(len(grid)), most)]


def runs_of(facts: StudyFacts, seeds: int = 4, most: int = 40) -> pd.DataFrame:
    """Runs in which levels add up, the first factor turns the scenarios round, and seeds count."""
    generator = np.random.default_rng(7)
    worlds = generator.normal(0, 1, seeds)
    rows = []
    for number, values in enumerate(points_of(facts, most)):
        heights = [_height(one, value) for one, value in zip(facts.factors, values, strict=True)]
        for place, scenario in enumerate(facts.scenarios):
            lead = 4 * place * ((heights[0] if heights else 1) - 0.5)
            output = 100 + worlds + 2 * sum(heights) + lead + generator.normal(0, 0.5, seeds)
            for seed in range(seeds):
                rows.append(
                    {
                        "run": f"{number:06x}{place:06x}-{seed}",
                        "scenario": scenario,
                        "point": number,
                        **dict(zip((one.name for one in facts.factors), values, strict=True)),
                        "seed": seed,
                        "status": "done",
                        "error": "",
                        "output": output[seed],
                        "quality": output[seed] / 150,
                    }
                )
    return pd.DataFrame(rows)


def _height(factor: FactorFacts, value: Any) -> float:
    levels = list(factor.levels or ())
    if value in levels:
        return levels.index(value) / max(1, len(levels) - 1)
    assert factor.span is not None
    return (value - factor.span[0]) / (factor.span[1] - factor.span[0])


def effects_of(runs: pd.DataFrame, facts: StudyFacts, name: str) -> dict[str, pd.DataFrame]:
    return {one.name: main_effects(runs, one.name, name) for one in facts.factors}


def curves_of(runs: pd.DataFrame, name: str) -> pd.DataFrame:
    parts = runs.groupby(["scenario", "point"])
    return pd.concat(
        convergence(part[name]).assign(side=side, point=point) for (side, point), part in parts
    )


def shown_texts(figure: Figure) -> list[Text]:
    """Every text that is drawn; ticks beyond the axes are not."""
    FigureCanvasAgg(figure).draw()
    texts = list(figure.texts)
    for axes in figure.axes:
        for axis, limits, which in (
            (axes.xaxis, axes.get_xlim(), 0),
            (axes.yaxis, axes.get_ylim(), 1),
        ):
            low, high = sorted(limits)
            texts += [
                tick
                for tick in axis.get_ticklabels()
                if low - 1e-9 <= tick.get_position()[which] <= high + 1e-9
            ]
            texts.append(axis.label)
        texts += [*axes.texts, axes.title]
    return [text for text in texts if text.get_visible() and text.get_text().strip()]


def collisions(figure: Figure) -> list[tuple[str, str]]:
    """Texts that lie on one another (by more than two pixels) or leave the figure."""
    texts = shown_texts(figure)
    boxes = [text.get_window_extent() for text in texts]
    found = []
    for place, (text, box) in enumerate(zip(texts, boxes, strict=True)):
        if min(box.x0, box.y0) < -1 or box.x1 > figure.bbox.width + 1:
            found.append((text.get_text(), "outside"))
        for other, there in zip(texts[place + 1 :], boxes[place + 1 :], strict=True):
            apart = (
                box.x1 - 1 <= there.x0
                or there.x1 - 1 <= box.x0
                or box.y1 - 2 <= there.y0
                or there.y1 - 2 <= box.y0
            )
            if not apart:
                found.append((text.get_text(), other.get_text()))
    return found


def words_of(figure: Figure) -> str:
    return " | ".join(" ".join(text.get_text().split()) for text in shown_texts(figure))


# --- nothing lies on anything -------------------------------------------------------------------


@pytest.mark.parametrize(
    "count, titles, design",
    [
        (1, SHORT[:1], "grid"),
        (3, SHORT[:2], "grid"),
        pytest.param(9, LONG, "grid", marks=pytest.mark.long),
        (8, LONG[:3], "one_at_a_time"),
        (4, SHORT[:2], "latin_hypercube"),
        (5, SHORT[:5], "points"),
    ],
)
def test_no_text_of_any_figure_lies_on_another(count, titles, design):
    facts = facts_of(FACTORS[:count], titles, design)
    runs = runs_of(facts)
    spots = cells(runs, ["output"]) if facts.is_sampled else None
    figures = {
        "main effects": main_effects_figure(
            effects_of(runs, facts, "output"), facts, "output", spots=spots
        ),
        "tornado": tornado_figure(tornado(runs, "output"), facts, "output"),
        "cells": forest_figure(cells(runs, ["output"]), facts, "output"),
        "distribution": distribution_figure(runs, facts, "quality"),
        "convergence": convergence_figure(curves_of(runs, "output"), facts, "output", target=0.7),
    }
    for factor in facts.factors:
        figures[f"panel of {factor.name}"] = main_effects_figure(
            effects_of(runs, facts, "quality"), facts, "quality", only=[factor.name], heading=False
        )
    if facts.pairs:
        parts = [differences(runs, ["output"], pair) for pair in facts.pairs]
        figures["differences"] = forest_figure(pd.concat(parts), facts, "output")
        figures["tornado of a pair"] = tornado_figure(
            tornado(runs, "output", pair=facts.pairs[0]), facts, "output"
        )
    found = {name: collisions(figure) for name, figure in figures.items()}
    assert not any(found.values()), found


@pytest.mark.parametrize(
    "first, second", [(0, 1), (1, 2), (2, 0), (7, 4), (4, 7), (5, 6), (3, 2), (8, 0), (0, 8)]
)
@pytest.mark.parametrize("titles", [SHORT[:2], LONG[:2]])
def test_no_text_of_a_heat_map_lies_on_another(first, second, titles):
    facts = facts_of((FACTORS[first], FACTORS[second]), titles)
    names = (FACTORS[first].name, FACTORS[second].name)
    runs = runs_of(facts, most=100)
    of_pair = interaction(runs, *names, "output", "difference", facts.pairs[0])
    figure = interaction_figure(of_pair, facts, names, "output", pair=facts.pairs[0])
    assert collisions(figure) == []
    means = interaction(runs, *names, "quality")
    figure = interaction_figure(means, facts, names, "quality", scenario="s1")
    assert collisions(figure) == []


# --- main effects -------------------------------------------------------------------------------


def effects_table(levels: Sequence[Any], *rows: tuple[float, float, float]) -> pd.DataFrame:
    """A table of ``main_effects`` by hand, of one scenario after the other."""
    scenarios = [f"s{place}" for place in range(len(rows) // len(levels)) for _ in levels]
    table = pd.DataFrame(rows, columns=["mean", "low", "high"]).assign(scenario=scenarios, n=9)
    table["level"] = list(levels) * (len(rows) // len(levels))
    return table


def test_a_line_goes_through_the_means_and_its_band_through_the_interval():
    facts = facts_of(FACTORS[:1])
    table = effects_table(
        (1, 5), (0.5, 0.4, 0.6), (0.7, 0.6, 0.8), (0.2, 0.1, 0.3), (0.3, 0.2, 0.4)
    )
    (axes,) = main_effects_figure({"complexity": table}, facts, "quality").axes
    drawn = [line.get_ydata() for line in axes.lines]
    # Shares are shown as percentages.
    assert np.allclose(drawn, [[50, 70], [20, 30]])
    edges = [band.get_paths()[0].get_extents() for band in axes.collections]
    assert [(edge.y0, edge.y1) for edge in edges] == [
        (pytest.approx(40), pytest.approx(80)),
        (pytest.approx(10), pytest.approx(40)),
    ]
    assert [to_hex(line.get_color()) for line in axes.lines] == list(COLOURS[:2])
    assert len({(line.get_marker(), line.get_linestyle()) for line in axes.lines}) == 2


def test_factors_share_one_scale_even_when_drawn_alone():
    facts = facts_of(FACTORS[:2])
    runs = runs_of(facts)
    effects = effects_of(runs, facts, "output")
    limits = {axes.get_ylim() for axes in main_effects_figure(effects, facts, "output").axes}
    assert len(limits) == 1
    alone = main_effects_figure(effects, facts, "output", only=["complexity"])
    assert {axes.get_ylim() for axes in alone.axes} == limits


def test_one_interval_that_says_nothing_does_not_hide_all_the_others():
    facts = facts_of(FACTORS[:1], SHORT[:1])
    table = effects_table((1, 3, 5), (10, 9, 11), (12, 11, 13), (11, -900, 922))
    low, high = main_effects_figure({"complexity": table}, facts, "output").axes[0].get_ylim()
    assert low < 9 and high > 13, "the others are seen whole"
    assert high - low < 20


def test_a_factor_varied_by_its_logarithm_is_drawn_so():
    facts = facts_of(FACTORS[:2])
    runs = runs_of(facts)
    axes = main_effects_figure(effects_of(runs, facts, "output"), facts, "output").axes
    assert [one.get_xscale() for one in axes] == ["linear", "log"]


def test_what_never_happens_stands_beyond_the_longest_interval_apart_from_the_line():
    facts = facts_of(FACTORS[8:9], SHORT[:1])
    levels = (0, 1, 4, 13, 26, 52)
    table = effects_table(levels, *((mean, mean - 1, mean + 1) for mean in (9, 1, 2, 3, 4, 5)))
    figure = main_effects_figure({"reshuffle.every": table}, facts, "output")
    (axes,) = figure.axes
    line = next(one for one in axes.lines if len(one.get_xdata()) == 5)
    assert list(line.get_xdata()) == [1, 4, 13, 26, 52]
    assert list(line.get_ydata()) == [1, 2, 3, 4, 5]
    words = [tick.get_text() for tick in axes.get_xticklabels()]
    assert words[-2:] == ["52", "never"] and "0" not in words
    (never,) = axes.get_xticks()[-1:]
    (dot,) = (one for one in axes.lines if list(one.get_ydata()) == [9])
    uprights = {one.get_xdata()[0] for one in axes.lines if len(set(one.get_xdata())) == 1}
    (border,) = uprights - {never}
    assert 52 < border < never and list(dot.get_xdata()) == [never]
    assert collisions(figure) == []


def test_what_never_happens_is_the_last_row_or_column_of_a_map():
    facts = facts_of((FACTORS[8], FACTORS[0]), SHORT[:1])
    values = {(every, size): float(every) for every in (0, 1, 52) for size in (1, 3)}
    table = heat_table({at: (one, one, one) for at, one in values.items()}).assign(scenario="s0")
    names = ("reshuffle.every", "complexity")
    axes = interaction_figure(table, facts, names, "output").axes[0]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["1", "52", "never"]
    assert axes.collections[0].get_array().reshape(3, 2)[:, 0].tolist() == [1, 52, 0]
    turned = table.rename(columns={"level_1": "level_2", "level_2": "level_1"})
    axes = interaction_figure(turned, facts, names[::-1], "output").axes[0]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["1", "52", "never"]
    assert {tuple(line.get_xdata()) for line in axes.lines} == {(2, 2)}, "a gap before the last"


def test_a_single_number_beside_never_and_never_alone_are_drawn():
    facts = facts_of(FACTORS[8:9], SHORT[:1])
    for levels, words in (((0, 13), ["13", "never"]), ((0,), ["never"])):
        table = effects_table(levels, *((2, 1, 3) for _ in levels))
        (axes,) = main_effects_figure({"reshuffle.every": table}, facts, "output").axes
        assert [tick.get_text() for tick in axes.get_xticklabels()] == words


def test_words_are_rows_with_bars_and_a_letter_for_each_scenario():
    facts = facts_of([FactorFacts("world", levels=("wild", "calm"))])
    table = effects_table(("wild", "calm"), (3, 2, 4), (5, 4, 6), (1, 0, 2), (6, 5, 7))
    (axes,) = main_effects_figure({"world": table}, facts, "output").axes
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["wild", "calm"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1], "the first level stands at the top"
    bars = [line.get_xdata() for line in axes.lines if len(line.get_xdata()) == 2]
    assert np.array_equal(bars, [[2, 4], [4, 6], [0, 2], [5, 7]])
    letters = [text.get_text() for text in axes.texts if text.get_text() in ("A", "B")]
    assert letters == ["A", "A", "B", "B"]


def test_levels_that_have_no_value_leave_a_gap():
    facts = facts_of(FACTORS[:1], SHORT[:1])
    nothing = (np.nan,) * 3
    table = effects_table((1, 3, 5), (1, 0, 2), nothing, (2, 1, 3))
    (axes,) = main_effects_figure({"complexity": table}, facts, "output").axes
    assert np.isnan(axes.lines[0].get_ydata()[1])
    empty = main_effects_figure(
        {"complexity": effects_table((1, 3), nothing, nothing)}, facts, "output"
    )
    assert "no values" in words_of(empty)


def test_points_of_a_sample_are_drawn_behind_the_bins():
    facts = facts_of(FACTORS[3:4], SHORT[:1], "latin_hypercube")
    runs = runs_of(facts)
    figure = main_effects_figure(
        effects_of(runs, facts, "output"), facts, "output", spots=cells(runs, ["output"])
    )
    dots, line = figure.axes[0].lines[:2]
    assert len(dots.get_xdata()) == 40 and dots.get_linestyle() == "None"
    assert len(line.get_xdata()) == 8


# --- heat maps ----------------------------------------------------------------------------------


def heat_table(cell: dict[tuple[Any, Any], tuple[float, float, float]]) -> pd.DataFrame:
    rows = [(*levels, "s1 - s0", *values, 9) for levels, values in cell.items()]
    names = ["level_1", "level_2", "scenario", "mean", "low", "high", "n"]
    return pd.DataFrame(rows, columns=names)


def test_a_ring_marks_just_the_cells_that_cannot_be_told_from_nothing():
    facts = facts_of(FACTORS[:2])
    table = heat_table(
        {
            (1, 0.001): (-2.0, -3.0, -1.0),
            (1, 0.01): (0.5, -0.5, 1.5),
            (3, 0.001): (4.0, 3.0, 5.0),
            (3, 0.01): (0.0, 0.0, 0.0),
        }
    )
    names = ("complexity", "environment.turbulence")
    figure = interaction_figure(table, facts, names, "output", pair=("s0", "s1"))
    axes = figure.axes[0]
    rings = {(int(ring.get_xdata()[0]), int(ring.get_ydata()[0])) for ring in axes.lines}
    assert rings == {(1, 0), (1, 1)}
    assert {"\N{MINUS SIGN}2.0", "+0.5", "+4.0"} <= {text.get_text() for text in axes.texts}
    mesh = axes.collections[0]
    assert mesh.norm(0) == 0.5 and mesh.norm(4) == 1, "0 is in the middle of the colours"
    # White, to the nearest of 256 colours.
    assert min(mesh.cmap(mesh.norm(0))) > 1 - 1 / 128


def test_a_mean_has_no_rings_and_a_missing_cell_no_colour():
    facts = facts_of(FACTORS[:2])
    table = heat_table({(1, 0.001): (1.0, -1.0, 3.0), (3, 0.01): (2.0, 0.0, 4.0)})
    names = ("complexity", "environment.turbulence")
    axes = interaction_figure(table.assign(scenario="s0"), facts, names, "output").axes[0]
    assert not axes.lines
    assert np.ma.count_masked(axes.collections[0].get_array()) == 2


def test_cells_too_small_for_numbers_have_none():
    levels = tuple(range(40))
    facts = facts_of([FactorFacts("a", levels=levels), FactorFacts("b", levels=levels)])
    table = heat_table(dict.fromkeys(itertools.product(levels, levels), (1.25, 1.0, 1.5)))
    axes = interaction_figure(table, facts, ("a", "b"), "output", pair=("s0", "s1")).axes[0]
    assert not any(text.get_text().startswith("+") for text in axes.texts)


def test_colours_of_a_heat_map_leave_its_numbers_readable():
    """WCAG asks for a contrast of 4.5; text and ground are taken from the figure itself."""
    facts = facts_of(FACTORS[:2])
    levels = list(itertools.product((1, 3, 5), FACTORS[1].levels or ()))
    table = heat_table({at: (k - 7.0, k - 8.0, k - 6.0) for k, at in enumerate(levels)})
    names = ("complexity", "environment.turbulence")
    for pair in (("s0", "s1"), None):
        axes = interaction_figure(table, facts, names, "output", pair=pair).axes[0]
        mesh = axes.collections[0]
        values = mesh.get_array().ravel()
        texts = [text for text in axes.texts if text.get_transform() == axes.transData]
        assert len(texts) == len(values)
        for text, value in zip(texts, values, strict=True):
            ground = to_hex(mesh.cmap(mesh.norm(value)))
            assert contrast(to_hex(text.get_color()), ground) >= 4.5, (value, ground)


def contrast(first: str, second: str) -> float:
    def luminance(colour: str) -> float:
        channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return float(np.dot([0.2126, 0.7152, 0.0722], linear))

    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


# --- tornado, forest, convergence, distribution -------------------------------------------------


def test_a_tornado_has_a_bar_to_each_end_and_says_where_there_is_no_value():
    rows = [
        ("s0", "complexity", "low", 1, -2.0, -3.0, -1.0),
        ("s0", "complexity", "high", 5, 4.0, 3.0, 5.0),
        ("s0", "cells.size", "low", 4, np.nan, np.nan, np.nan),
        ("s0", "cells.size", "high", 12, 0.5, -0.5, 1.5),
    ]
    names = ["scenario", "factor", "end", "level", "mean", "low", "high"]
    table = pd.DataFrame(rows, columns=names)
    figure = tornado_figure(table, facts_of(FACTORS, SHORT[:1]), "output")
    (axes,) = figure.axes
    assert sorted(round(bar.get_width(), 9) for bar in axes.patches) == [-2.0, 0.5, 4.0]
    assert "4: no value" in words_of(figure)
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["complexity", "cells.size"]


def test_a_forest_fills_what_holds_after_correction():
    facts = facts_of(FACTORS[:1])
    rows = [("output", k, level, "s1 - s0", 2.0, 1.0, 3.0, p) for k, (level, p) in
            enumerate([(1, 0.01), (3, 0.2), (5, np.nan)])]  # fmt: skip
    names = ["measure", "point", "complexity", "scenario", "mean", "low", "high", "p_holm"]
    (axes,) = forest_figure(pd.DataFrame(rows, columns=names), facts, "output").axes
    markers = [line for line in axes.lines if line.get_marker() not in ("None", "none", "")]
    assert [line.get_markerfacecolor() == "white" for line in markers] == [False, True, True]


def test_the_widest_interval_is_bold_and_the_one_asked_for_is_drawn():
    facts = facts_of(FACTORS[:1], SHORT[:1])
    narrow, wide = convergence(np.arange(8) % 2 / 100), convergence(np.arange(8) % 2 / 10)
    curves = pd.concat(
        [narrow.assign(side="s0", point=0), wide.assign(side="s0", point=1)], ignore_index=True
    )
    (axes,) = convergence_figure(curves, facts, "quality", target=0.02).axes
    bold = [line for line in axes.lines if line.get_linewidth() == 2]
    assert len(bold) == 1
    assert np.allclose(bold[0].get_ydata(), 100 * wide["half_width"].iloc[1:])
    assert any(np.allclose(line.get_ydata(), 2.0) for line in axes.lines)


def test_failed_runs_and_missing_values_are_not_in_the_distribution():
    facts = facts_of(FACTORS[:1])
    runs = runs_of(facts, seeds=5)
    runs.loc[runs.index[:3], "status"] = "failed"
    runs.loc[runs.index[3:5], "output"] = np.nan
    whole = int((runs["scenario"] == "s0").sum())
    lost = int((runs.loc[runs.index[:5], "scenario"] == "s0").sum())
    words = words_of(distribution_figure(runs, facts, "output"))
    assert lost == 5 and f"n = {whole - 5}" in words and f"n = {whole}" in words


@pytest.mark.parametrize("seeds", [1, 2])
def test_one_run_two_runs_and_no_run_are_drawn(seeds):
    facts = facts_of(FACTORS[:2])
    runs = runs_of(facts, seeds=seeds)
    for status in ("done", "failed"):
        here = runs.assign(status=status)
        names = ("complexity", "environment.turbulence")
        pair = facts.pairs[0]
        curves = curves_of(here, "output") if status == "done" else pd.DataFrame(
            columns=["side", "point", "n", "half_width"], dtype=float
        )  # fmt: skip
        figures = [
            main_effects_figure(effects_of(here, facts, "output"), facts, "output"),
            interaction_figure(
                interaction(here, *names, "output", "difference", pair), facts, names, "output",
                pair=pair,
            ),
            forest_figure(cells(here, ["output"]), facts, "output"),
            forest_figure(differences(here, ["output"], pair), facts, "output"),
            distribution_figure(here, facts, "output"),
            convergence_figure(curves, facts, "output"),
        ]  # fmt: skip
        assert [collisions(figure) for figure in figures] == [[] for _ in figures]


def test_the_same_tables_give_the_same_files(tmp_path):
    facts = facts_of(FACTORS[:3])
    runs = runs_of(facts)
    written = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        figure = main_effects_figure(effects_of(runs, facts, "output"), facts, "output")
        files = save_figure(figure, tmp_path / folder / "main.png")
        written.append([path.read_bytes() for path in files])
    assert written[0] == written[1]


def test_names_are_never_mathematics():
    facts = facts_of([FactorFacts("world", levels=("$a^2$", "b$"))], ("Rules $x^2$", "Cells"))
    runs = runs_of(facts)
    figure = main_effects_figure(effects_of(runs, facts, "output"), facts, "output")
    svg = inline_svg(figure, "x", "A title", "What it shows")
    assert all(f">{text}</text>" in svg for text in ("$a^2$", "b$", "A Rules $x^2$"))


# --- words --------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Glyph")
@given(st.text(max_size=80), st.integers(40, 200), st.integers(1, 3))
def test_fitted_text_fits_and_loses_nothing_unsaid(text, room, lines):
    shown = fitted(text, room, lines)
    rows = shown.split("\n")
    assert len(rows) <= lines
    # One character always stands, even where it is wider than the room.
    assert all(text_width(row) <= room or len(row.removesuffix(" …")) == 1 for row in rows)
    if not shown.endswith("…"):
        assert "".join(shown.split()) == "".join(fitted(text, 1e9).split())


def test_lines_end_at_words_hyphens_and_dots_between_words_but_in_no_number():
    assert fitted("B Post-bureaucratic", 85, 2) == "B Post-\nbureaucratic"
    assert fitted("environment.complexity", 85, 2) == "environment.\ncomplexity"
    assert fitted("turbulence 0.0316", 85, 2) == "turbulence\n0.0316"


def test_levels_as_a_reader_would_write_them():
    shown = [level_text(x) for x in (True, False, np.bool_(True), 4, 4.0, 0.000316227766, -0.5)]
    assert shown == ["yes", "no", "yes", "4", "4", "0.0003162", "\N{MINUS SIGN}0.5"]
    assert level_text(float("nan")) == "\N{EN DASH}"
    assert level_text("calm\n$x$") == "calm $x$"


def test_numbers_rise_and_words_keep_the_order_of_the_file():
    assert ordered_levels([3, 1, 2, 1]) == [1, 2, 3]
    assert ordered_levels(["b", "a", "c"], ("c", "a", "b")) == ["c", "a", "b"]
    assert ordered_levels([False, True], (True, False)) == [True, False]
    assert ordered_levels(["new", "a"], ("a",)) == ["a", "new"]


def test_a_zero_with_a_word_is_said_by_it_and_stands_last():
    every, size = FACTORS[8], FACTORS[0]
    assert [every.text(level) for level in (0, 0.0, np.int64(0), 4)] == ["never"] * 3 + ["4"]
    assert every.ordered([4, 0, 26]) == [4, 26, 0] and size.ordered([4, 0, 26]) == [0, 4, 26]
    assert size.text(0) == "0" and every.text(False) == "no"
    at = {"reshuffle.every": 0, "complexity": 0}
    assert point_text(at, (every, size)) == "reshuffle.every never, complexity 0"


def test_the_word_for_zero_comes_from_the_declaration(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(
        "title: T\nquestion: Q\nscenarios: [post_bureaucratic]\nreplications: 2\n"
        "measures: [output]\nfactors:\n  reshuffle.every: [0, 13]\n  requests.load: [0, 0.5]\n"
        "  world: [{name: never, set: {reshuffle.share: 0}}, {name: half, set: "
        "{reshuffle.share: 0.5}}]\n",
        encoding="utf-8",
    )
    assert [one.zero for one in study_facts(load_study(path)).factors] == ["never", "", ""]


def test_equal_titles_are_told_apart_and_letters_go_on():
    assert distinct(["Same", "Same", "", "Other"]) == ["Same (A)", "Same (B)", "(C)", "Other"]
    assert [letter(place) for place in (0, 25, 26)] == ["A", "Z", "A2"]


def test_spread_keeps_both_ends():
    assert spread(range(5), 9) == [0, 1, 2, 3, 4]
    chosen = spread(range(1000), 7)
    assert len(chosen) == 7 and (chosen[0], chosen[-1]) == (0, 999)


def test_facts_of_a_study_come_from_its_file_and_the_declarations():
    study = load_study(STUDIES / "grid.yaml")
    facts = study_facts(study)
    assert [one.name for one in facts.factors] == [one.name for one in study.factors]
    assert facts.points == len(study.points) and facts.scenarios == tuple(
        scenario.name for scenario in study.scenarios
    )
    for factor in facts.factors:
        for moved in factor.moves:
            if "." in moved.path:
                assert moved.unit and moved.meaning
    first = study.points[0].values
    assert all(one.title in point_text(first, facts.factors) for one in facts.factors)


@pytest.mark.parametrize("path", sorted(STUDIES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_kind_of_study_has_facts(path):
    facts = study_facts(load_study(path))
    assert facts.design and len(facts.titles) == len(facts.scenarios) >= 1
    assert facts.measures and all(facts.measure(name).label for name in facts.measures)

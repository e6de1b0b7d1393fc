"""Which figures a study's report has, by its design; each for the page and as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.pages.numbers import plain_text
from sim.pages.sensitivity.figures import sensitivity_figure
from sim.pages.study.facts import StudyFacts
from sim.pages.study.figures import effects_note, main_effects_figure
from sim.pages.study.forest import forest_figure, forest_note, tornado_figure, tornado_note
from sim.pages.study.heat import interaction_figure
from sim.pages.study.sentences import MeasureTables
from sim.pages.study.spread import convergence_figure, distribution_figure
from sim.pages.study.tables import MOST_MAPS, SCREENS, convergence_curves, interactions
from sim.pages.study.words import counted, value
from sim.studies.finished import Finished

#: Figures on a page, and of these in sight.
MOST_FIGURES, MOST_IN_SIGHT = 36, 12


Draw = Callable[..., Figure]


@dataclass(frozen=True)
class Drawing:
    """A figure to be drawn: its file's ``name``, what stands over and under it, how to draw it.

    ``whole`` draws it as a file, with a heading of its own, and ``parts`` for the page, without
    one, maybe in several pieces. The lower the ``rank``, the more it matters.
    """

    name: str
    heading: str
    caption: str
    description: str
    whole: Draw
    parts: Sequence[Draw]
    rank: int
    wide: bool = False


def drawings(
    done: Finished, facts: StudyFacts, tables: Mapping[str, MeasureTables]
) -> tuple[list[Drawing], list[str]]:
    """The figures of a study in the order of the page, and what was left out, in sentences."""
    found = list(_sensitivities(done, facts))
    for place, name in enumerate(facts.measures):
        found += _of_measure(done, facts, name, tables[name], place)
    kept = sorted(found, key=lambda one: one.rank)[:MOST_FIGURES]
    notes = []
    if len(kept) < len(found):
        left = counted(len(found) - len(kept), "figure")
        notes.append(f"{left} of lesser importance left out; the tables have all numbers.")
    factors = sum(len(one.levels or ()) > 1 for one in facts.factors)
    pairs = factors * (factors - 1) // 2
    if facts.design == "grid" and pairs > MOST_MAPS:
        notes.append(f"Of {pairs} pairs of factors, the first {MOST_MAPS} are drawn as heat maps.")
    return kept, notes


def _of_measure(
    done: Finished, facts: StudyFacts, name: str, tables: MeasureTables, place: int
) -> Iterator[Drawing]:
    """The figures of one measure; ``place`` is its place among those spoken of."""
    label, stem = plain_text(facts.measure(name).label), _stem(name)
    if tables.effects:
        spots = _spots(tables.cells, facts) if facts.is_sampled else None
        effects = partial(main_effects_figure, tables.effects, facts, name, spots=spots)
        yield Drawing(
            f"effects-{stem}", f"{label}: each factor", effects_note(facts),
            _effects_described(tables.effects, facts, name),
            effects,
            [partial(effects, only=[factor], heading=False) for factor in tables.effects],
            10 + place, wide=len(tables.effects) > 1,
        )  # fmt: skip
    if facts.design == "one_at_a_time" or (facts.is_sampled and facts.design not in SCREENS):
        yield from _tornados(facts, name, tables, label, stem, place)
    if facts.design == "grid":
        yield from _maps(done, facts, name, label, stem, place)
    if facts.design == "points" and tables.cells["point"].nunique() > 1:
        parts = {"differences": tables.differences, "means": tables.cells}
        for what, table in parts.items():
            if len(table):
                note = forest_note(what == "differences", facts, 1, 1)
                yield Drawing(
                    f"{what}-{stem}", f"{label}: {what} at each point", note,
                    "The same numbers are in the table of this measure.",
                    *_twice(partial(forest_figure, table, facts, name)),
                    20 + place, wide=True,
                )  # fmt: skip
    yield from _convergence(done, facts, name, label, stem, place)
    one_point = tables.cells["point"].nunique() == 1
    if not one_point and place > 0:
        return
    yield Drawing(
        f"runs-{stem}", f"{label}: the runs",
        "Dots: runs" + ("" if one_point else " of all points") + "; boxes: the middle half of "
        "them, with the median.",
        "How the runs of each scenario are spread.",
        *_twice(partial(distribution_figure, done.runs, facts, name)),
        (10 if one_point else 60) + place,
    )  # fmt: skip


def _twice(draw: Draw) -> tuple[Draw, list[Draw]]:
    """The same figure with a heading and without."""
    return draw, [partial(draw, heading=False)]


def _tornados(
    facts: StudyFacts, name: str, tables: MeasureTables, label: str, stem: str, place: int
) -> Iterator[Drawing]:
    parts = {"tornado": list(tables.tornados.values()),
             "tornado-differences": list(tables.lead_tornados.values())}  # fmt: skip
    for kind, several in parts.items():
        if not several:
            continue
        table = pd.concat(several, ignore_index=True)
        table.attrs.update(several[0].attrs)
        of = "what each factor alone does"
        if kind != "tornado":
            of = "what each factor alone does to the difference"
        yield Drawing(
            f"{kind}-{stem}", f"{label}: {of}", tornado_note(several[0]),
            "The largest effects are said in the findings, with their intervals.",
            partial(tornado_figure, table, facts, name),
            [partial(tornado_figure, part, facts, name, heading=False) for part in several],
            20 + place + 5 * (kind != "tornado"), wide=False,
        )  # fmt: skip


def _maps(
    done: Finished, facts: StudyFacts, name: str, label: str, stem: str, place: int
) -> Iterator[Drawing]:
    """Heat maps: of the difference from the first scenario, or of the only scenario's mean.

    Where the study is, or could be, a map of policies, that map takes their place.
    """
    policies = list(_policy_maps(done, facts, name, label, stem, place))
    if policies:
        yield from policies
        return
    pairs: list[tuple[str, str] | None] = [*facts.pairs] or [None]
    for pair in pairs:
        for factors, table in interactions(done, facts, name, pair).items():
            one, other = (facts.factor(factor).title for factor in factors)
            what, note = "mean", "Means at each combination, over all other factors."
            if pair is not None:
                first, second = (facts.title_of(side) for side in pair)
                what = f"{second} \N{MINUS SIGN} {first}"
                note = "Differences at each combination; a ring: the 95 % interval includes 0."
            draw = partial(
                interaction_figure, table, facts, factors, name, pair=pair,
                scenario=None if pair else facts.scenarios[0],
            )  # fmt: skip
            yield Drawing(
                "-".join(["map", stem, *map(_stem, factors), *map(_stem, pair or ())]),
                f"{label} by {one} and {other}: {what}", note,
                "The same numbers are in the tables where there are no other factors.",
                draw, [draw],
                30 + place,
            )  # fmt: skip


def _policy_maps(
    done: Finished, facts: StudyFacts, name: str, label: str, stem: str, place: int
) -> Iterator[Drawing]:
    """The policy maps of one outcome, one for each world; none where the study suggests none."""
    from sim.pages.policy.figure import described, map_figure
    from sim.pages.policy.texts import MapWords
    from sim.studies.policy.of_study import maps_of
    from sim.workshop.texts import english

    maps = maps_of(done.study, done.runs)
    if maps is None or (name, maps.worlds[0]) not in maps.maps:
        return
    words = MapWords(maps, facts, english().texts, facts.points, 0.0)
    rows, columns = (words.label(one) for one in (maps.policy.rows, maps.policy.columns))
    for world in maps.worlds:
        one = maps.of(name, world)
        where = f": {words.where(world)}" if world else ""
        yield Drawing(
            "-".join(["policy", stem, *([_stem(world)] if world else [])]),
            f"{label} by {rows} and {columns}{where}",
            f"Margin: {one.outcome.margin:g}. {words.text('map.legend')}.",
            described(one, words),
            *_twice(partial(map_figure, one, words)),
            30 + place,
        )  # fmt: skip


def _convergence(
    done: Finished, facts: StudyFacts, name: str, label: str, stem: str, place: int
) -> Iterator[Drawing]:
    """How the interval narrows, of measures with a half-width to reach; else of the first."""
    asked = facts.stopping.until.get(name)
    if asked is None and (place > 0 or facts.stopping.fixed is None):
        return
    of = facts.stopping.of if asked is not None else "difference" if facts.pairs else "mean"
    curves = convergence_curves(done, facts, name, of)
    if curves.empty or int(curves["n"].max()) < 3:
        return
    goal = "; dashed: what was asked for" if asked is not None else ""
    yield Drawing(
        f"convergence-{stem}", f"{label}: how sure after how many runs",
        f"Half-width of the 95 % interval of the {of}; bold: the widest{goal}.",
        f"At its end the widest half-width is that of the widest interval of {label}.",
        *_twice(partial(convergence_figure, curves, facts, name, of=of, target=asked)),
        (15 if asked is not None else 70) + place,
    )  # fmt: skip


def _sensitivities(done: Finished, facts: StudyFacts) -> Iterator[Drawing]:
    labels = {one.name: one.title for one in facts.factors}
    for place, each in enumerate(done.sensitivities):
        measure = facts.measure(each.measure)
        title = sensitivity_title(facts, each.measure, each.of)
        draw = partial(sensitivity_figure, each.table, title, unit=measure.unit, labels=labels)
        yield Drawing(
            f"sensitivity-{place + 1}-{_stem(each.measure)}", title, "",
            "What this shows is said in the section on what the measures depend on.",
            draw, [draw],
            place,
        )  # fmt: skip


def sensitivity_title(facts: StudyFacts, measure: str, of: str) -> str:
    """What a sensitivity is of: a measure, in a scenario, or its difference between two."""
    label = plain_text(facts.measure(measure).label)
    if of in facts.scenarios:
        return f"{label}, {facts.title_of(of)}" if len(facts.scenarios) > 1 else label
    second, first = of.split(" - ", 1)
    for one, other in facts.pairs:
        if of == f"{other} - {one}":
            first, second = facts.title_of(one), facts.title_of(other)
    return f"{label}, {second} \N{MINUS SIGN} {first}"


def _spots(cells: pd.DataFrame, facts: StudyFacts) -> pd.DataFrame:
    return cells[[*(one.name for one in facts.factors), "scenario", "mean"]]


def _effects_described(effects: Mapping[str, pd.DataFrame], facts: StudyFacts, name: str) -> str:
    """The panels in words: each line's mean at its ends."""
    measure, parts = facts.measure(name), []
    for factor, table in effects.items():
        for scenario in facts.scenarios:
            rows = table[(table["scenario"] == scenario) & np.isfinite(table["mean"])]
            if rows.empty:
                continue
            about, rows = facts.factor(factor), rows.set_index("level", drop=False)
            order = about.ordered(rows["level"])
            ends: list[Any] = [rows.loc[level] for level in (order[0], order[-1])][: len(rows)]
            told = ", ".join(
                f"{value(r['mean'], r, measure)} at {about.text(r['level'])}" for r in ends
            )
            parts.append(f"{about.title}, {facts.title_of(scenario)}: {told}.")
    return " ".join(parts)


def _stem(name: str) -> str:
    """A name as part of a file's name."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "_.") else "_" for c in name)

"""The page of a comparison: one file, no network, no scripts, to show, print and send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jinja2
import numpy as np
import pandas as pd
from markupsafe import Markup

from sim.pages.drawing import inline_svg
from sim.pages.figures import COLOURS, difference_figure, panel_figure
from sim.pages.numbers import (
    decimals_for,
    distinct_titles,
    number,
    plain_text,
    shown_factor,
    shown_unit,
)
from sim.pages.sentences import MeasureLike, finding, plain_sentence, table_rows
from sim.studies.statistics import bands


@dataclass(frozen=True)
class HowToRepeat:
    """What someone needs to make the same numbers again."""

    command: str
    seeds: Sequence[int]
    version: str
    manifest: str


@dataclass(frozen=True)
class ComparisonContent:
    """Everything a comparison's page shows.

    ``pair`` and ``titles`` name the two scenarios A and B, ``stories`` says what they are.
    ``table`` is that of ``compare_table``; ``series`` has columns ``scenario``, ``seed``,
    ``period`` and one a measure. ``headline`` names the main measures, in an order fixed before
    the runs; ``drawn`` those shown over time. A row of ``settings`` has ``key``, ``A``, ``B`` and
    ``unit``; one of ``assumptions`` (parameters without a source) ``key``, ``value``, ``unit``,
    ``doc``.
    """

    pair: tuple[str, str]
    titles: tuple[str, str]
    table: pd.DataFrame
    series: pd.DataFrame
    measures: Mapping[str, MeasureLike]
    headline: Sequence[str]
    drawn: Sequence[str]
    length: str
    repeat: HowToRepeat
    settings: Sequence[Mapping[str, Any]] = ()
    assumptions: Sequence[Mapping[str, Any]] = ()
    stories: tuple[str, str] = ("", "")
    notes: Sequence[str] = field(default_factory=tuple)


def comparison_page(content: ComparisonContent) -> str:
    """The page as one HTML document; every text of the user's is escaped."""
    titles = distinct_titles(content.titles)
    measures = content.measures
    silent = content.table[["mean_A", "mean_B"]].isna().all(axis=1)
    table = content.table[~silent]
    headline = [name for name in content.headline if name in table.index]
    return template("comparison.html.j2").render(
        titles=titles,
        stories=[plain_text(story) for story in content.stories],
        colours=COLOURS,
        sentence=plain_sentence(table, measures, headline, titles, content.length),
        findings=[
            _sentence_case(finding(table, name, measures[name], titles)) for name in headline[1:]
        ],
        panels=_panels(content, titles),
        forest=Markup(_forest(content, titles)),
        rows=table_rows(table, measures, titles),
        silent=[plain_text(measures[str(name)].label) for name in silent.index[silent]],
        settings=[_setting(row, ("A", "B")) for row in content.settings],
        assumptions=[_setting(row, ("value",)) for row in content.assumptions],
        repeat={
            name: plain_text(getattr(content.repeat, name))
            for name in ("command", "version", "manifest")
        },
        seeds=seeds_text(content.repeat.seeds),
        notes=[plain_text(note) for note in content.notes],
        length=content.length,
        variance_removed=_variance_removed(table, headline),
    )


def seeds_text(seeds: Sequence[int]) -> str:
    """Seeds as "0 to 19 (20)" where they are consecutive, else as a list."""
    named = [int(seed) for seed in seeds]
    if len(named) > 2 and named == list(range(named[0], named[0] + len(named))):
        return f"{named[0]} to {named[-1]} ({len(named)})"
    return ", ".join(map(str, named)) or "none"


def setting_text(value: Any) -> str:
    """A setting's value as a YAML reader would write it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{plain_text(key)}: {setting_text(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(setting_text(item) for item in value) or "none"
    return plain_text(value)


def template(name: str) -> jinja2.Template:
    """A page's template; every text put into it is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("sim.pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def _panels(content: ComparisonContent, titles: tuple[str, str]) -> list[Markup]:
    drawn = [name for name in content.drawn if name in content.series.columns]
    return [
        Markup(
            inline_svg(
                panel_figure(content.series, *content.pair, titles, content.measures, name),
                f"panel-{place}",
                f"{content.measures[name].label}, by week",
                _panel_description(content, titles, name),
            )
        )
        for place, name in enumerate(drawn)
    ]


def _panel_description(content: ComparisonContent, titles: tuple[str, str], name: str) -> str:
    """The panel in words: each line's mean at its start, middle and end."""
    measure = content.measures[name]
    factor, unit = shown_factor(measure.unit), shown_unit(measure.unit)
    parts = []
    for scenario, title in zip(content.pair, titles, strict=True):
        band = factor * bands(content.series, scenario, name).dropna(subset="mean")
        if band.empty:
            parts.append(f"{title}: no values.")
            continue
        places = sorted({0, len(band) // 2, len(band) - 1})
        means = band["mean"].to_numpy(dtype=float)
        decimals = decimals_for(float(np.ptp(means)), float(np.abs(means).max()))
        points = ", ".join(
            f"{number(float(means[place]), decimals)} in week {band.index[place]}"
            for place in places
        )
        parts.append(f"{title}: {points}.")
    return f"Mean over the runs{f', in {unit}' if unit else ''}. {' '.join(parts)}"


def _forest(content: ComparisonContent, titles: tuple[str, str]) -> str:
    return inline_svg(
        difference_figure(content.table, content.measures, titles),
        "forest",
        "Standardized differences",
        f"Differences {titles[1]} minus {titles[0]} in standard deviations between runs, with "
        "95 % intervals. The same numbers are in the table that follows.",
    )


def _setting(row: Mapping[str, Any], values: tuple[str, ...]) -> dict[str, str]:
    shown = {key: setting_text(row[key]) for key in values}
    texts = {key: plain_text(row.get(key, "")) for key in ("key", "unit", "doc", "source")}
    return texts | shown


def _variance_removed(table: pd.DataFrame, headline: Sequence[str]) -> str:
    """Share of the variance that pairing removed, over the headline measures that tell."""
    shares = 100 * table.loc[list(headline), "variance_removed"].dropna().to_numpy(dtype=float)
    if shares.size == 0:
        return ""
    low, high = number(shares.min(), 0), number(shares.max(), 0)
    return f"{low} %" if low == high else f"{low} % to {high} %"


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]

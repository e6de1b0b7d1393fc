"""The page of a study: one file, no network, no scripts, to show, print and send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from sim.pages.comparison_page import template
from sim.pages.numbers import decimals_for, interval_text, number, plain_text, shown_factor
from sim.pages.sentences import MeasureLike
from sim.pages.study.design import design_sentences, factor_rows, reading_sentences
from sim.pages.study.facts import StudyFacts, letter
from sim.pages.study.frames import COLOURS
from sim.pages.study.words import measure_title

#: Rows of a table on the page; the file has all.
MOST_ROWS = 250

#: A heading and what is said under it.
Said = tuple[str, list[str]]


@dataclass(frozen=True)
class PageFigure:
    """A figure on the page, of one drawing or several side by side.

    ``wide`` takes the whole width, ``folded`` stands behind a click.
    """

    heading: str
    caption: str
    svgs: Sequence[str]
    wide: bool = False
    folded: bool = False


@dataclass(frozen=True)
class Repeat:
    """What someone needs to make the same numbers again."""

    command: str
    seeds: str
    version: str
    rules: str
    manifest: str
    verify: str


@dataclass(frozen=True)
class StudyContent:
    """Everything a study's page shows.

    ``findings``, ``details`` and ``sensitivities`` are headings with their sentences; ``cells`` and
    ``differences`` the tables of these names.
    """

    facts: StudyFacts
    findings: Sequence[Said]
    cells: pd.DataFrame
    differences: pd.DataFrame
    repeat: Repeat
    details: Sequence[Said] = ()
    sensitivities: Sequence[Said] = ()
    figures: Sequence[PageFigure] = ()
    figure_notes: Sequence[str] = ()
    warnings: Sequence[str] = field(default_factory=tuple)


def study_page(content: StudyContent) -> str:
    """The page as one HTML document; every text of the user's is escaped."""
    facts, differences = content.facts, content.differences
    family = int(differences["family"].max()) if len(differences) else 0
    figures = [_figure(one) for one in content.figures if not one.folded]
    folded = [_figure(one) for one in content.figures if one.folded]
    return template("study.html.j2").render(
        title=plain_text(facts.title) or facts.name,
        question=plain_text(facts.question),
        expectation=plain_text(facts.expectation),
        afterthought=plain_text(facts.afterthought),
        warnings=[plain_text(text) for text in content.warnings],
        findings=_plain(content.findings),
        details=_plain(content.details),
        sensitivities=_plain(content.sensitivities),
        figures=figures,
        more_figures=folded,
        figure_notes=list(content.figure_notes),
        design=design_sentences(facts),
        factors=factor_rows(facts),
        scenarios=_scenarios(facts),
        colours=COLOURS,
        tables=_tables(content),
        reading=reading_sentences(facts, family),
        repeat={name: plain_text(value) for name, value in vars(content.repeat).items()},
    )


def _plain(said: Sequence[Said]) -> list[Said]:
    return [(plain_text(head), [plain_text(text) for text in texts]) for head, texts in said]


def _figure(figure: PageFigure) -> dict[str, Any]:
    return {**vars(figure), "svgs": [Markup(svg) for svg in figure.svgs]}


def _scenarios(facts: StudyFacts) -> list[dict[str, str]]:
    stories = facts.stories or ("",) * len(facts.scenarios)
    return [
        {
            "letter": letter(place),
            "colour": COLOURS[place % len(COLOURS)],
            "title": facts.title_of(name),
            "name": name,
            "story": plain_text(story),
        }
        for place, (name, story) in enumerate(zip(facts.scenarios, stories, strict=True))
    ]


# --- tables -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Cell:
    """Text of a cell with what stands small under it; ``small`` is None where it is a word."""

    text: str
    small: str | None = None


def _tables(content: StudyContent) -> list[dict[str, Any]]:
    """All measures in one table where there is one point, else a table for each."""
    facts, cells = content.facts, content.cells
    if cells["point"].nunique() == 1:
        rows = [_row(content, name, int(cells["point"].iloc[0])) for name in facts.measures]
        heads = [[_Cell(measure_title(facts.measure(name)))] for name in facts.measures]
        rows = [head + row for head, row in zip(heads, rows, strict=True)]
        return [_table("All measures", "", ["Measure"], content, rows)]
    tables = []
    for name in facts.measures:
        first = cells[cells["measure"] == name].drop_duplicates("point")
        rows = []
        for _, place in first.head(MOST_ROWS).iterrows():
            head = [_Cell(str(place["point"]))]
            head += [_Cell(one.text(place[one.name])) for one in facts.factors]
            rows.append(head + _row(content, name, int(place["point"])))
        more = f"; the first {MOST_ROWS} of {len(first):,} points" if len(first) > MOST_ROWS else ""
        columns = ["Point", *(one.title for one in facts.factors)]
        title = f"{measure_title(facts.measure(name))}: {len(first):,} points"
        tables.append(_table(title, more, columns, content, rows))
    return tables


def _table(
    heading: str, more: str, first: list[str], content: StudyContent, rows: list[list[_Cell]]
) -> dict[str, Any]:
    facts = content.facts
    columns = [*first]
    columns += [_lettered(facts, place) for place in range(len(facts.scenarios))]
    for one, other in facts.pairs:
        places = [letter(facts.scenarios.index(name)) for name in (other, one)]
        columns += [" \N{MINUS SIGN} ".join(places), "p, corrected"]
    what = "Means" + (" and differences" if facts.pairs else "")
    caption = f"{heading}. {what} with 95 % intervals{more}. All of it: cells.csv"
    caption += " and differences.csv." if facts.pairs else "."
    return {"heading": heading, "caption": caption, "columns": columns, "rows": rows}


def _lettered(facts: StudyFacts, place: int) -> str:
    title = facts.title_of(facts.scenarios[place])
    return f"{letter(place)} {title}" if len(facts.scenarios) > 1 else title


def _row(content: StudyContent, name: str, point: int) -> list[_Cell]:
    """A measure at a point: the mean of each scenario, then differences with their p."""
    facts, measure = content.facts, content.facts.measure(name)
    own = _at(content.cells, name, point)
    rows: list[Any] = [own.get(scenario) for scenario in facts.scenarios]
    texts = [_numbers(row, measure, runs=True) for row in rows]
    if len(content.differences):
        apart = _at(content.differences, name, point)
        for first, second in facts.pairs:
            row = apart.get(f"{second} - {first}")
            texts.append(_numbers(row, measure, sign=True))
            texts.append(_Cell(_p_text(row), ""))
    return texts


def _at(table: pd.DataFrame, name: str, point: int) -> dict[str, Mapping[Any, Any]]:
    here = table[(table["measure"] == name) & (table["point"] == point)]
    return {str(row["scenario"]): row for row in here.to_dict("records")}


def _numbers(
    row: Mapping[Any, Any] | None, measure: MeasureLike, *, sign: bool = False, runs: bool = False
) -> _Cell:
    if row is None:
        return _Cell("\N{EN DASH}", "")
    factor = shown_factor(measure.unit)
    mean, low, high = (factor * float(row[key]) for key in ("mean", "low", "high"))
    digits = decimals_for((high - low) / 2, mean)
    under = interval_text(low, high, digits) + (f"; n = {int(row['n'])}" if runs else "")
    return _Cell(number(mean, digits, sign=sign), under)


def _p_text(row: Mapping[Any, Any] | None) -> str:
    if row is None or not np.isfinite(row["p_holm"]):
        return "\N{EN DASH}"
    return "< 0.001" if row["p_holm"] < 0.001 else number(row["p_holm"], 3)

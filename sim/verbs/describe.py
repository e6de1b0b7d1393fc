"""``describe``: what a scenario is, where each value comes from, what happens in a period."""

from __future__ import annotations

import shlex
from collections import Counter
from pathlib import Path
from typing import Any

from rich.table import Table

from sim.errors import InputProblem
from sim.mechanisms import LEARNING_AND_WORK, PERIOD, REFLECTION, WORLD
from sim.parameters import ASSUMPTION
from sim.scenario.finding import known_scenarios
from sim.scenario.loading import Scenario, load_scenario
from sim.scenario.schema import parameter_table
from sim.studies.comparison import TEXTS, effective
from sim.verbs.terminal import print_json, results, where


def list_scenarios(as_json: bool) -> None:
    """All scenarios that can be named, with their titles."""
    rows = []
    for name, path in known_scenarios().items():
        title, story = _title_and_story(name)
        rows.append({"name": name, "title": title, "story": story, "file": where(path)})
    if as_json:
        print_json(rows)
        return
    table = _table("Scenario", "What it is", "File")
    for row in rows:
        table.add_row(row["name"], row["story"], Path(row["file"]).name)
    results.print(table)


def _title_and_story(name: str) -> tuple[str, str]:
    """What a scenario says it is; one that is broken does not keep the others from the list."""
    try:
        scenario = load_scenario(name)
    except InputProblem:
        return "", f"Not in order: python run.py check {shlex.quote(name)}"
    settings = scenario.settings
    # A world has no story of its own; what it is stands in its first line.
    first = scenario.text[-1].lstrip("# ").partition("\n")[0]
    return settings.title, settings.story or settings.title or first


def describe_scenario(name: str, sets: list[str], only_assumptions: bool, as_json: bool) -> None:
    """Effective parameters with origin and source, then the period."""
    scenario = load_scenario(name, sets=sets)
    parameters = _parameters(scenario, only_assumptions)
    period = [] if only_assumptions else _period(scenario)
    if as_json:
        print_json(
            {
                "scenario": scenario.name,
                "files": [where(path) for path in scenario.files],
                "parameters": parameters,
                "period": period,
            }
        )
        return
    results.print(scenario.settings.title or scenario.name, style="bold")
    if scenario.settings.story:
        results.print(scenario.settings.story)
    table = _table("Parameter", "Value", "Unit", "Set in", "Source")
    for row in parameters:
        if row["key"] not in TEXTS:
            origin = Path(row["origin"]).name
            table.add_row(row["key"], _shown(row["value"]), row["unit"], origin, row["source"])
    results.print(table)
    if period:
        results.print("\nA period, in order", style="bold")
        table = _table("Mechanism", "Claim", "Reads", "Writes")
        for step in period:
            table.add_row(
                step["mechanism"] if step["on"] else f"{step['mechanism']} (off)",
                step["claim"],
                ", ".join(step["reads"]),
                ", ".join(step["writes"]),
            )
        results.print(table)


def _parameters(scenario: Scenario, only_assumptions: bool) -> list[dict[str, Any]]:
    values = effective(scenario)
    return [
        {
            "key": row.path,
            "value": _plain(values[row.path]),
            "default": _plain(row.default),
            "unit": row.unit,
            "bounds": row.bounds,
            "meaning": row.meaning,
            "source": row.source,
            "origin": scenario.origin.get(row.path, "default"),
        }
        for row in parameter_table()
        if not only_assumptions or ASSUMPTION in row.source
    ]


def _shown(value: Any) -> str:
    return "-" if value in ([], "", None) else str(value)


def _plain(value: Any) -> Any:
    """A value as JSON knows it."""
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.model_dump(exclude_none=True) if hasattr(value, "model_dump") else value


def _period(scenario: Scenario) -> list[dict[str, Any]]:
    parts = {"world": WORLD, "learning and work": LEARNING_AND_WORK, "reflection": REFLECTION}
    part_of = {mechanism: part for part, group in parts.items() for mechanism in group}
    return [
        {
            "mechanism": mechanism.name,
            "part": part_of[mechanism],
            "on": mechanism.name not in scenario.settings.without,
            "claim": mechanism.claim(),
            "reads": list(mechanism.reads),
            "writes": list(mechanism.writes),
        }
        for mechanism in PERIOD
    ]


def describe_measures(as_json: bool) -> None:
    """All measures: what they mean, their units, and what class of effect they show."""
    from sim.measures import MEASURES

    rows = [
        {
            "name": measure.name,
            "label": measure.label,
            "unit": measure.unit,
            "meaning": measure.doc,
            "class": measure.label_class,
            "low": measure.low,
            "high": measure.high,
            "better": measure.better,
        }
        for measure in MEASURES.values()
    ]
    if as_json:
        print_json(rows)
        return
    table = _table("Measure", "Label", "Unit", "Meaning", "Class")
    for row in rows:
        table.add_row(*(str(row[key]) for key in ("name", "label", "unit", "meaning", "class")))
    results.print(table)


def describe_requirements(as_json: bool) -> None:
    """R1-R133, each with what carries it."""
    from sim.requirements import CARRIERS, requirements

    rows = requirements()
    if as_json:
        print_json([row.document() for row in rows])
        return
    table = _table("", "Requirement", "Carried by")
    for row in rows:
        carried = [
            f"{kind}: {', '.join(names)}" for kind in CARRIERS if (names := row.carriers.get(kind))
        ]
        if row.missing:
            carried.append(f"missing: {row.missing}")
        table.add_row(row.id, row.text, "\n".join(carried) or "not yet carried")
    results.print(table)
    count = Counter(row.status for row in rows)
    results.print(
        f"Of {len(rows)}: {count['carried']} carried, {count['in part']} in part, "
        f"{count['not yet carried']} not yet"
    )


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        # The first column is what one looks up by.
        table.add_column(column, overflow="fold", no_wrap=column == columns[0])
    return table

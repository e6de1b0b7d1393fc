"""The findings in ``experiments/``: run again by one command, so that they move with the rules.

Each experiment says what it expects before it is run, and keeps that when it was wrong. Its finding
is written beside it, as Markdown and as CSV.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

import sim
from sim.errors import InputProblem, Problem
from sim.kernels import source_hash
from sim.measures import MEASURES
from sim.pages.numbers import number
from sim.scenario.loading import load_scenario
from sim.scenario.marks import plain, shown
from sim.scenario.yaml_marks import read_file
from sim.studies.pool import Pool
from sim.studies.runner import Task, run_all, series_table
from sim.studies.statistics import Paired, holm, paired_difference

HALF_YEAR = 26
KEYS = {"title", "question", "expectation", "compare", "seeds", "measure", "worlds"}
#: May be added once one has seen the finding, and is marked as such.
OPTIONAL = {"afterthought"}


@dataclass(frozen=True)
class Experiment:
    """A comparison of two scenarios over worlds, with what was expected of it."""

    name: str
    title: str
    question: str
    expectation: str
    compare: tuple[str, str]
    seeds: int
    measure: str
    worlds: dict[str, dict[str, Any]]
    afterthought: str = ""


def load_experiment(path: Path) -> Experiment:
    """Read an experiment.

    Raises
    ------
    InputProblem
        When a key is missing or unknown, or names no scenario, measure or parameter.
    """
    document = read_file(path)
    if document.problems or document.root is None:
        raise InputProblem(document.problems)
    given = plain(document.root)
    unknown = [f"unknown key `{shown(key)}`" for key in given if key not in KEYS | OPTIONAL]
    missing = [f"`{key}` is missing" for key in sorted(KEYS - set(given))]
    messages = unknown + missing or list(_misread(given))
    wrong = [Problem(message, "", str(path)) for message in messages]
    if wrong:
        raise InputProblem(wrong)
    experiment = Experiment(path.stem, **{**given, "compare": tuple(given["compare"])})
    _try_worlds(experiment, str(path))
    return experiment


def _misread(given: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the values of an experiment, key by key."""
    for key in ("title", "question", "expectation", *sorted(OPTIONAL & set(given))):
        if not isinstance(given[key], str) or not given[key].strip():
            yield f"`{key}` is a text"
    pair = given["compare"]
    if not (
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair)
    ):
        yield "`compare` is a list of two scenarios"
    seeds = given["seeds"]
    if not isinstance(seeds, int) or isinstance(seeds, bool) or seeds < 2:
        yield "`seeds` is a whole number, 2 or more"
    if str(given["measure"]) not in MEASURES:
        yield f"there is no measure `{shown(given['measure'])}`: see describe --measures"
    worlds = given["worlds"]
    if not worlds or not isinstance(worlds, dict):
        yield "`worlds` has a name for each world, and the settings that make it"
    elif not all(isinstance(values, dict) for values in worlds.values()):
        yield "each of `worlds` has settings, such as {environment.turbulence: 0}"


def _try_worlds(experiment: Experiment, file: str) -> None:
    """Load every scenario in every world once, so that nothing is found out after hours."""
    problems: list[Problem] = []
    for scenario in experiment.compare:
        try:
            for values in experiment.worlds.values():
                _settings(scenario, values)
        except InputProblem as wrong:
            problems += [replace(one, file=one.file or file) for one in wrong.problems]
    if problems:
        raise InputProblem(list(dict.fromkeys(problems)))


def run_experiment(experiment: Experiment, jobs: int) -> pd.DataFrame:
    """One row a world and part of the run: the paired difference of the measure, B minus A."""
    tasks = [
        Task(f"{world}|{side}", _settings(scenario, values), seed)
        for world, values in experiment.worlds.items()
        for side, scenario in zip("AB", experiment.compare, strict=True)
        for seed in range(experiment.seeds)
    ]
    series = series_table(tasks, run_all(tasks, Pool(jobs)))
    rows = [
        {"world": world, "weeks": weeks, **_row(paired, level)}
        for world in experiment.worlds
        for weeks, paired, level in _differences(experiment, series, world)
    ]
    table = pd.DataFrame(rows)
    table["p_holm"] = holm(table["p"].to_numpy())
    return table


def _settings(scenario: str, values: dict[str, Any]) -> Any:
    return load_scenario(
        scenario, sets=[f"{key}={value}" for key, value in values.items()]
    ).settings


def _differences(
    experiment: Experiment, series: pd.DataFrame, world: str
) -> Iterator[tuple[str, Paired, tuple[float, float]]]:
    """The measure's weekly mean over the run, and over its first and last half-year if it has."""
    series = series[series["scenario"].isin([f"{world}|A", f"{world}|B"])]
    last = int(series["period"].max())
    parts = {"all": (1, last)}
    if last >= 2 * HALF_YEAR:
        parts[f"1-{HALF_YEAR}"] = (1, HALF_YEAR)
        parts[f"{last - HALF_YEAR + 1}-{last}"] = (last - HALF_YEAR + 1, last)
    for weeks, (low, high) in parts.items():
        inside = series[series["period"].between(low, high)]
        first, second = (
            inside[inside["scenario"] == f"{world}|{side}"]
            .groupby("seed")[experiment.measure]
            .mean()
            .sort_index()
            .to_numpy()
            for side in "AB"
        )
        yield weeks, paired_difference(first, second), (first.mean(), second.mean())


def _row(paired: Paired, means: tuple[float, float]) -> dict[str, float]:
    return {
        "A": means[0],
        "B": means[1],
        "difference": paired.mean,
        "low": paired.low,
        "high": paired.high,
        "d": paired.d,
        "p": paired.p,
        "variance_removed": paired.variance_removed,
    }


def report(experiment: Experiment, table: pd.DataFrame) -> str:
    """The finding as Markdown: question, expectation, what came out."""
    first, second = (load_scenario(name).settings.title for name in experiment.compare)
    measure = MEASURES[experiment.measure]
    lines = [
        f"# {experiment.title}",
        "",
        f"**Question.** {experiment.question}",
        "",
        f"**Expected, before the run.** {experiment.expectation}",
        "",
        f"**Found.** {measure.label} ({measure.unit}), {second} minus {first}, mean of "
        f"{experiment.seeds} paired runs with 95 % interval. Clear: the difference holds when "
        f"corrected for all {len(table)} comparisons (Holm).",
        "",
        f"| world | weeks | {first} | {second} | difference | ahead |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_line(row, first, second) for row in table.to_dict("records")]
    if experiment.afterthought:
        lines += ["", f"**Thought of it afterwards.** {experiment.afterthought}"]
    removed = table.loc[table["weeks"] == "all", "variance_removed"]
    lines += [
        "",
        f"Pairing by seed removed {number(100 * removed.median(), 0)} % of the variance of the "
        f"difference (median over worlds; {number(100 * removed.min(), 0)} to "
        f"{number(100 * removed.max(), 0)} %).",
        "",
        f"Made by learning-org {sim.__version__}, rules {source_hash()}, with "
        "`python -m sim.studies.findings`.",
        "",
    ]
    return "\n".join(lines)


def _line(row: Mapping[Any, Any], first: str, second: str) -> str:
    ahead = "cannot tell"
    if row["low"] > 0 or row["high"] < 0:
        winner = second if row["difference"] > 0 else first
        ahead = f"**{winner}**" if row["p_holm"] < 0.05 else f"{winner} (a hint)"
    interval = f"{number(row['low'], 2, sign=True)} to {number(row['high'], 2, sign=True)}"
    return (
        f"| {row['world']} | {row['weeks']} | {number(row['A'], 2)} | {number(row['B'], 2)} | "
        f"{number(row['difference'], 2, sign=True)} ({interval}) | {ahead} |"
    )


def refresh(folder: Path, jobs: int) -> list[Path]:
    """Run every experiment of a folder and write its finding beside it."""
    written = []
    # All are read before the first is run: a mistake in the last should not cost an hour.
    experiments = {path: load_experiment(path) for path in sorted(folder.glob("*.yaml"))}
    for path, experiment in experiments.items():
        table = run_experiment(experiment, jobs)
        finding = path.with_suffix(".md")
        finding.write_text(report(experiment, table), encoding="utf-8")
        table.to_csv(path.with_suffix(".csv"), index=False, float_format="%.6g")
        written += [finding, path.with_suffix(".csv")]
    return written


def main(arguments: Sequence[str]) -> None:
    """``python -m sim.studies.findings [JOBS]`` in the project's folder."""
    try:
        for path in refresh(Path("experiments"), int(arguments[0]) if arguments else 2):
            print(path)
    except InputProblem as wrong:
        print(*wrong.problems, sep="\n", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main(sys.argv[1:])

"""The findings in ``experiments/``: run again by one command, so that they move with the rules.

Each experiment is a study that says what it expects before it is run, and keeps that when it was
wrong. Its finding is written beside it, as Markdown and as CSV.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

import sim
from sim.errors import InputProblem, Problem
from sim.kernel_sources import source_hash
from sim.measures import MEASURES
from sim.pages.numbers import number
from sim.pages.study.facts import factor_facts
from sim.studies.finding_forms import (
    Words,
    alone_lines,
    alone_table,
    averaged_lines,
    map_lines,
    map_table,
)
from sim.studies.finished import Finished, finished
from sim.studies.policy.finding import policy_finding_table, policy_lines
from sim.studies.pool import Pool
from sim.studies.sensitivity.of_study import long_table
from sim.studies.store import load_results
from sim.studies.study import Study, load_study
from sim.studies.sweep import Conditions, sweep

#: Columns of the finding's CSV, beside the factors.
KEPT = ("A", "B", "mean", "low", "high", "n", "d", "p", "p_holm", "variance_removed")


def load_experiment(path: Path) -> Study:
    """Read an experiment: a study with an expectation, of one scenario against others.

    Raises
    ------
    InputProblem
        For a study that cannot be loaded, or is no experiment.
    """
    study = load_study(path)
    problems = []
    if not study.expectation.strip():
        problems.append(
            Problem(
                "an experiment says what it expects",
                "Write `expectation:` before you run it.",
                str(path),
                key="expectation",
            )
        )
    if len(study.scenarios) < 2 and not study.factors:
        problems.append(
            Problem(
                "an experiment compares two scenarios or more, or levels of factors",
                "Name another scenario, or a factor.",
                str(path),
                key="scenarios",
            )
        )
    if problems:
        raise InputProblem(problems)
    return study


def run_experiment(study: Study, jobs: int, keep: Path | None = None) -> Finished:
    """Do all runs of an experiment, or what is missing of them in the folder ``keep``."""
    with tempfile.TemporaryDirectory(prefix="learning-org-") as scratch:
        folder = (keep or Path(scratch)) / study.name
        conditions = Conditions()
        swept = sweep(study, folder, Pool(jobs), conditions)
        return finished(study, load_results(folder), swept, conditions)


def finding_table(done: Finished) -> pd.DataFrame:
    """The numbers of a finding, in the form that the study's design and scenarios ask for."""
    if done.sensitivities:
        return long_table(list(done.sensitivities))
    if done.study.policy is not None:
        return policy_finding_table(done)
    if done.study.design.kind == "one_at_a_time":
        return alone_table(done)
    return map_table(done) if len(done.study.scenarios) == 1 else pair_table(done)


def pair_table(done: Finished) -> pd.DataFrame:
    """One row a point, measure and pair: means of A and B, and their difference B minus A."""
    table = done.differences.copy()
    means = done.cells.set_index(["measure", "point", "scenario"])["mean"]
    sides = [pair.split(" - ") for pair in table["scenario"].astype(str)]
    for place, column in enumerate(("B", "A")):
        keys = zip(table["measure"], table["point"], sides, strict=True)
        table[column] = [means[(measure, point, side[place])] for measure, point, side in keys]
    # Pairs have the variance sd^2 of the difference, independent runs twice the pooled variance.
    table["variance_removed"] = 1 - (table["d"] / table["d_paired"]) ** 2 / 2
    factors = [factor.name for factor in done.study.factors]
    order = ["point", "scenario", "measure"]
    ranks = {name: place for place, name in enumerate(done.study.measures)}
    table = table.sort_values(
        order, key=lambda one: one.map(ranks) if one.name == "measure" else one, kind="stable"
    )
    return table[[*factors, "measure", "scenario", *KEPT]].reset_index(drop=True)


def report(done: Finished, table: pd.DataFrame) -> str:
    """The finding as Markdown: question, expectation, what came out."""
    study = done.study
    found = _found(done, table)
    lines = [
        f"# {study.title}",
        "",
        f"**Question.** {study.question}",
        "",
        f"**Expected, before the run.** {study.expectation}",
        "",
        *found,
    ]
    if study.afterthought:
        lines += ["", f"**Thought of it afterwards.** {study.afterthought}"]
    lines += [
        "",
        f"Made by learning-org {sim.__version__}, rules {source_hash()}, with "
        "`python -m sim.studies.findings`.",
        "",
    ]
    return "\n".join(lines)


def _found(done: Finished, table: pd.DataFrame) -> list[str]:
    study = done.study
    if done.sensitivities:
        return _sensitivities(done)
    if study.policy is not None:
        return policy_lines(done)
    if study.design.kind == "one_at_a_time":
        return alone_lines(done, table, {name: _label(study, name) for name in study.measures})
    if len(study.scenarios) == 1:
        return map_lines(done, table, {name: _label(study, name) for name in study.measures})
    return _differences(done, table)


def _differences(done: Finished, table: pd.DataFrame) -> list[str]:
    """What was found at each point, and what pairing brought."""
    study = done.study
    titles = _titles(study)
    first = titles[study.scenarios[0].name]
    others = " and ".join(titles[one.name] for one in study.scenarios[1:])
    runs = study.replications.fixed or f"{study.replications.at_least} or more"
    factors = [factor.name for factor in study.factors]
    head = [*factors, "measure", "A", "B", "difference", "ahead"]
    lines = [
        f"**Found.** {_measures(study)}; B ({others}) minus A ({first}), mean of {runs} paired "
        "runs with 95 % interval. Ahead is who does better, of fear for example who has less; of "
        "what is neither good nor bad it says who has more. In bold: the difference holds when "
        f"corrected for all {len(table)} comparisons (Holm).",
        "",
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
    ]
    words = Words(factor_facts(study))
    better = {name: _better(study, name) for name in study.measures}
    lines += [_line(row, factors, titles, words, better) for row in table.to_dict("records")]
    lines += averaged_lines(done, titles)
    removed = table.loc[table["measure"] == study.measures[0], "variance_removed"].dropna()
    if not removed.empty:
        low, high, middle = (100 * getattr(removed, name)() for name in ("min", "max", "median"))
        lines += [
            "",
            f"Pairing by seed removed {number(middle, 0)} % of the variance of the difference in "
            f"{study.measures[0]} (median over points; {number(low, 0)} to {number(high, 0)} %).",
        ]
    return lines


def _sensitivities(done: Finished) -> list[str]:
    """What the difference between the scenarios depends on, factor by factor."""
    study = done.study
    titles = _titles(study)
    lines = []
    for each in done.sensitivities:
        if " - " not in each.of:
            continue
        table = each.table.sort_values(each.table.attrs["main"], ascending=False, kind="stable")
        second, first = (titles[name] for name in each.of.split(" - "))
        spoken = _label(study, each.measure)
        lines += [
            f"**Found.** {spoken}, {second} minus {first}: {table.attrs['method']}, "
            f"{table.attrs['blocks']} trajectories or blocks, {study.replications.fixed} paired "
            "runs a point, with 95 % intervals. In bold: told from the luck of the runs.",
            "",
            f"| factor | {' | '.join(_indices(table))} |",
            f"|---|{'---|' * len(_indices(table))}",
        ]
        for factor, row in table.iterrows():
            name = f"**{factor}**" if row["above_noise"] else str(factor)
            cells = [_with_interval(row, index) for index in _indices(table)]
            lines.append(f"| {name} | {' | '.join(cells)} |")
        lines.append("")
    return lines[:-1]


def _indices(table: pd.DataFrame) -> list[str]:
    ends = ("_low", "_high")
    names = [str(name) for name in table]
    return [name for name in names if name != "above_noise" and not name.endswith(ends)]


def _with_interval(row: pd.Series, index: str) -> str:
    text = number(row[index], 2)
    if f"{index}_low" not in row:
        return text
    return f"{text} ({number(row[f'{index}_low'], 2)} to {number(row[f'{index}_high'], 2)})"


def _titles(study: Study) -> dict[str, str]:
    return {one.name: one.settings.title or one.name for one in study.scenarios}


def _measures(study: Study) -> str:
    """The first measure as people call it, with its unit."""
    return _label(study, study.measures[0])


def _label(study: Study, name: str) -> str:
    if name in MEASURES:
        return f"{MEASURES[name].label} ({MEASURES[name].unit})"
    [derived] = [one for one in study.also if one.name == name]
    return f"{derived.label} ({derived.unit})" if derived.unit else derived.label


def _better(study: Study, name: str) -> int:
    """+1 where more of a measure is better, -1 where less is, 0 where it depends."""
    averages = {derived.name: derived.mean_of for derived in study.also}
    measure = MEASURES.get(averages.get(name, name))
    return measure.better if measure else 0


def _line(
    row: Mapping[Any, Any],
    factors: Sequence[str],
    titles: Mapping[str, str],
    words: Words,
    better: Mapping[str, int],
) -> str:
    second, first = (titles[name] for name in str(row["scenario"]).split(" - "))
    ahead = "cannot tell"
    if row["low"] > 0 or row["high"] < 0:
        way = better[str(row["measure"])]
        winner = second if row["mean"] * (way or 1) > 0 else first
        winner = winner if way else f"{winner} has more"
        ahead = f"**{winner}**" if row["p_holm"] < 0.05 else f"{winner} (a hint)"
    interval = f"{number(row['low'], 2, sign=True)} to {number(row['high'], 2, sign=True)}"
    cells = [
        *(words.of(factor, row[factor]) for factor in factors),
        str(row["measure"]),
        number(row["A"], 2),
        number(row["B"], 2),
        f"{number(row['mean'], 2, sign=True)} ({interval})",
        ahead,
    ]
    return f"| {' | '.join(cells)} |"


def refresh(folder: Path, jobs: int, keep: Path | None = None) -> list[Path]:
    """Run every experiment of a folder and write its finding beside it.

    The runs stay in the folder ``keep``, and those that are there already are not done again.
    """
    written = []
    # All are read before the first is run: a mistake in the last should not cost an hour.
    experiments = {path: load_experiment(path) for path in sorted(folder.glob("*.yaml"))}
    for path, study in experiments.items():
        done = run_experiment(study, jobs, keep)
        table = finding_table(done)
        finding = path.with_suffix(".md")
        finding.write_text(report(done, table), encoding="utf-8")
        table.to_csv(path.with_suffix(".csv"), index=False, float_format="%.6g")
        written += [finding, path.with_suffix(".csv")]
    return written


def main(arguments: Sequence[str]) -> None:
    """``python -m sim.studies.findings [JOBS [FOLDER OF RUNS]]`` in the project's folder."""
    jobs = int(arguments[0]) if arguments else 2
    keep = Path(arguments[1]) if len(arguments) > 1 else None
    try:
        for path in refresh(Path("experiments"), jobs, keep):
            print(path)
    except InputProblem as wrong:
        print(*wrong.problems, sep="\n", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main(sys.argv[1:])

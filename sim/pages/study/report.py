"""The report of a study: a page, its figures as files, and its sentences for the terminal."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import sim
from sim.errors import InputProblem, Problem
from sim.kernel_sources import source_hash
from sim.pages.comparison_page import seeds_text
from sim.pages.sensitivity.sentences import sensitivity_sentences
from sim.pages.study.design import warning_sentences
from sim.pages.study.facts import StudyFacts, study_facts
from sim.pages.study.page import PageFigure, Repeat, StudyContent, study_page
from sim.pages.study.sentences import MeasureTables, details, headlines
from sim.pages.study.tables import lengths_of, slim, study_tables
from sim.pages.study.words import measure_title
from sim.studies.finished import Finished
from sim.studies.results import MANIFEST

PAGE, FIGURES = "report.html", "figures"
#: A heading and what is said under it.
Said = tuple[str, list[str]]


def facts_of(done: Finished) -> StudyFacts:
    """The facts of a finished study, with how long its runs are."""
    lengths = lengths_of(done)
    return study_facts(done.study, f"of {lengths.pop()} weeks" if len(lengths) == 1 else "")


def finding_texts(done: Finished) -> list[Said]:
    """What was found, a heading (the measure) with its sentences, as on the page."""
    facts = facts_of(done)
    tables = study_tables(done, facts)
    more = dict(_said(details, facts, tables))
    return [(head, said + more.get(head, [])) for head, said in _said(headlines, facts, tables)]


def sensitivity_texts(done: Finished) -> list[Said]:
    """What the measures depend on, a heading (measure and scenario) with its sentences."""
    return _sensitivities(done, facts_of(done)) if done.sensitivities else []


def write_report(
    folder: Path, done: Finished, command: list[str], code: Mapping[str, str] | None = None
) -> None:
    """Write ``report.html`` and ``figures/`` (each figure as PNG and SVG) into a study's folder.

    ``code`` is what ran the study, as its manifest says (default: this program).

    Raises
    ------
    InputProblem
        When the folder cannot be written; what was in it stays.
    """
    from sim.pages.drawing import inline_svg, save_figure
    from sim.pages.study.drawing import MOST_IN_SIGHT, drawings

    facts = facts_of(done)
    tables = study_tables(done, facts)
    slimmed = replace(done, runs=slim(done, facts))
    drawn, notes = drawings(slimmed, facts, tables)
    figures = []
    for place, one in enumerate(drawn):
        svgs = [
            inline_svg(part(), f"figure-{place}-{k}", one.heading, one.description)
            for k, part in enumerate(one.parts)
        ]
        folded = place >= MOST_IN_SIGHT
        figures.append(PageFigure(one.heading, one.caption, svgs, one.wide, folded))
    content = StudyContent(
        facts=facts,
        findings=_said(headlines, facts, tables),
        details=_said(details, facts, tables),
        cells=done.cells,
        differences=done.differences,
        repeat=_repeat(folder, done, command, code or {}),
        sensitivities=_sensitivities(done, facts),
        figures=figures,
        figure_notes=notes,
        warnings=_warnings(done, facts),
    )
    page = study_page(content)

    def fill(fresh: Path) -> None:
        for one in drawn:
            save_figure(one.whole(), fresh / f"{one.name}.svg")

    _write(folder, page, fill)


def _said(
    say: Callable[[StudyFacts, str, MeasureTables], list[str]],
    facts: StudyFacts,
    tables: Mapping[str, MeasureTables],
) -> list[Said]:
    """What is said of each measure, under its title; without those of which nothing is."""
    found = [
        (measure_title(facts.measure(name)), say(facts, name, tables[name]))
        for name in facts.measures
    ]
    return [(heading, sentences) for heading, sentences in found if sentences]


def _sensitivities(done: Finished, facts: StudyFacts) -> list[Said]:
    from sim.pages.study.drawing import sensitivity_title

    labels = {one.name: one.title for one in facts.factors}
    said = []
    for each in done.sensitivities:
        measure = facts.measure(each.measure)
        sentences = sensitivity_sentences(
            each.table, measure.label, unit=measure.unit, labels=labels
        )
        said.append((sensitivity_title(facts, each.measure, each.of), sentences))
    return said


def _warnings(done: Finished, facts: StudyFacts) -> list[str]:
    rows = done.cells[done.cells["measure"] == facts.measures[0]]
    ended = rows["n"] + rows["missing"]
    failed = done.runs.loc[done.runs["status"].astype(str) != "done", "error"].astype(str)
    return warning_sentences(
        facts,
        runs=done.swept.runs,
        failed=done.swept.failed,
        errors=list(dict.fromkeys(failed)),
        capped=len(done.swept.capped),
        fewest=int(ended.min()),
    )


def _repeat(
    folder: Path, done: Finished, command: Sequence[str], code: Mapping[str, str]
) -> Repeat:
    return Repeat(
        command=shlex.join(["python", "run.py", *command]),
        seeds=_seeds(done),
        version=code.get("learning-org", sim.__version__),
        rules=code.get("rules") or source_hash(),
        manifest=MANIFEST,
        verify=shlex.join(["python", "run.py", "rerun", str(folder), "--verify"]),
    )


def _seeds(done: Finished) -> str:
    """The seeds in words; those of runs that share none are told by how they are made."""
    if done.study.pairing == "independent":
        return "each scenario and point has its own; they are in the table of runs"
    return seeds_text(sorted(int(seed) for seed in done.runs["seed"].unique()))


def _write(folder: Path, page: str, fill: Callable[[Path], None]) -> None:
    """Write the figures beside those that are there, then put both in their place."""
    fresh = None
    try:
        fresh = Path(tempfile.mkdtemp(prefix=f".{FIGURES}-", dir=folder))
        drawn, old = fresh / "new", fresh / "old"
        drawn.mkdir()
        fill(drawn)
        (fresh / PAGE).write_text(page, encoding="utf-8")
        if (folder / FIGURES).exists():
            (folder / FIGURES).replace(old)
        drawn.replace(folder / FIGURES)
        (fresh / PAGE).replace(folder / PAGE)
    except OSError as error:
        raise InputProblem(
            Problem(
                f"cannot write the report into {folder}: {error.strerror or error}",
                "The runs are safe; free the folder and give the same command again.",
            )
        ) from None
    finally:
        if fresh is not None:
            shutil.rmtree(fresh, ignore_errors=True)

"""A study's design in plain words: what was run, where, how often, and what to beware of."""

from __future__ import annotations

from collections.abc import Sequence

from sim.pages.numbers import number, plain_text, shown_factor, shown_unit
from sim.pages.study.facts import FactorFacts, StudyFacts
from sim.pages.study.words import counted, in_sentence, listed

#: Fewer runs than this a cell are said to be few.
FEW_RUNS = 10
#: Levels that are named one by one.
MOST_LEVELS = 12

KINDS = {
    "grid": "all combinations of the levels",
    "points": "the points that the study file lists",
    "one_at_a_time": "each factor alone at its levels, the others at their base",
    "latin_hypercube": "a Latin hypercube: each factor spread evenly over its range",
    "sobol": "a Sobol sequence: points spread evenly over the ranges of all factors together",
    "morris": "Morris' trajectories: one factor after the other moved, from many starting points",
    "saltelli": "Saltelli's design for Sobol indices",
}


def design_sentences(facts: StudyFacts) -> list[str]:
    """What was run where and how often, one text a matter."""
    several = len(facts.scenarios) > 1
    who = f"Each of {len(facts.scenarios)} scenarios" if several else "One scenario"
    if facts.factors:
        where = f" was run at {counted(facts.points, 'point')} ({KINDS[facts.design]})"
    else:
        where = " was run as it is"
    return [f"{who}{where}{_replications(facts)}", _pairing(facts, several)]


def _replications(facts: StudyFacts) -> str:
    rule, where = facts.stopping, " at each point" if facts.points > 1 else ""
    length = f" A run is one {facts.length}." if facts.length else ""
    if rule.fixed is not None:
        return f", {counted(rule.fixed, 'time')}{where}, each time with another seed.{length}"
    goals = []
    for name, half in rule.until.items():
        measure = facts.measure(name)
        unit = shown_unit(measure.unit)
        size = number(shown_factor(measure.unit) * half, 3).rstrip("0").rstrip(".")
        goals.append(f"{size}{f' {unit}' if unit else ''} in {in_sentence(measure.label)}")
    what = "difference from the first scenario" if rule.of == "difference" else "mean"
    return (
        f"; again and again{where}, each time with another seed, until the half-width of the 95 % "
        f"interval of the {what} was no more than {listed(goals)}: looked at after "
        f"{rule.at_least} runs and every {rule.batch}, at most {rule.at_most}.{length}"
    )


def _pairing(facts: StudyFacts, several: bool) -> str:
    many = facts.points > 1
    if not several and not many:
        return "Every run has a seed of its own."
    across = listed(["scenarios"] * several + ["points"] * many)
    if facts.pairing == "independent":
        return f"Every run has a seed of its own, so {across} are compared as independent samples."
    return (
        f"All {across} were run on the same seeds: they share people, world and requests as far as "
        "the settings leave these the same, and are compared in pairs."
    )


def factor_rows(facts: StudyFacts) -> list[dict[str, object]]:
    """For each factor its ``title``, ``values``, ``unit`` and ``meanings``, as text."""
    return [
        {
            "title": one.title,
            "values": _values(one),
            "unit": plain_text(one.unit),
            "meanings": _meanings(one),
        }
        for one in facts.factors
    ]


def _values(factor: FactorFacts) -> str:
    log = ", spaced by ratio" if factor.scale == "log" else ""
    if factor.levels is not None:
        texts = [factor.text(level) for level in factor.levels]
        if len(texts) > MOST_LEVELS:
            return f"{len(texts)} levels from {texts[0]} to {texts[-1]}{log}"
        return ", ".join(texts) + log
    low, high = factor.span or (float("nan"), float("nan"))
    return f"{factor.text(low)} to {factor.text(high)}{log}"


def _meanings(factor: FactorFacts) -> list[str]:
    alone = not factor.is_joint and len(factor.moves) == 1
    texts = []
    for moved in factor.moves:
        unit = "" if alone or not moved.unit else f" ({plain_text(moved.unit)})"
        text = plain_text(moved.meaning)
        text = text if alone else f"{moved.path}{unit}: {text}" if text else f"{moved.path}{unit}"
        texts.append(text + (" Assumed: no published source." if moved.assumed else ""))
    return texts


def warning_sentences(
    facts: StudyFacts, *, runs: int, failed: int, errors: Sequence[str], capped: int, fewest: int
) -> list[str]:
    """What a reader must know before believing a number."""
    said = []
    if failed:
        said.append(
            f"{failed:,} of {counted(runs, 'run')} failed and are left out of every number"
            f"{f': {plain_text(errors[0])}' if errors else ''}"
            f"{' (and other errors, in the table of runs)' if len(errors) > 1 else ''}."
        )
    if fewest < FEW_RUNS:
        where = "at some points " if facts.points > 1 else ""
        said.append(
            f"Few runs: {where}only {fewest} of a scenario. Intervals from so few rest on the "
            "assumption that runs are spread normally."
            if fewest > 1
            else f"Only {counted(fewest, 'run')} {where}of a scenario: how much of this is luck is "
            "not known."
        )
    if capped:
        said.append(
            f"At {counted(capped, 'point')} the intervals were not as narrow as asked when the cap "
            f"of {facts.stopping.at_most} runs was reached."
        )
    if facts.stopping.fixed is None:
        said.append(
            "The number of runs was decided by looking at the intervals, which makes them somewhat "
            "too narrow."
        )
    assumed = [moved.path for one in facts.factors for moved in one.moves if moved.assumed]
    if assumed:
        verb = "has" if len(assumed) == 1 else "have"
        said.append(f"{listed(list(dict.fromkeys(assumed)))} {verb} no published source: the range "
                    "was chosen, not measured.")  # fmt: skip
    return said


def reading_sentences(facts: StudyFacts, family: int) -> list[str]:
    """How the numbers of this study are to be read."""
    said = []
    if len(facts.scenarios) > 1:
        said.append(
            "A difference whose interval leaves out 0 is called clear where its p, corrected by "
            f"Holm's method for {counted(family, 'comparison')} (all measures spoken of, at all "
            "points" + "), is at most 0.05, and a hint otherwise."
        )
        if facts.pairing != "independent":
            said.append("Differences are taken run by run: two runs with one seed are a pair.")
    if facts.factors:
        said.append(
            "What a factor does is read against the base point where each factor was varied alone; "
            "elsewhere off a straight line through all points, from the lowest to the highest "
            "level, and for words against the first of them. Each is corrected by Holm's method "
            "for all factors of its measure and scenario."
        )
    said.append("A dash stands for what cannot be computed.")
    return said

"""A wrong study file is refused with file, line, key, what is wrong and how to mend it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from sim.errors import InputProblem, Problem
from sim.scenario.loading import load_scenario
from sim.studies.study import load_study, study_of_text
from sim.studies.study.form import Form

ONE = "title: T\nquestion: Q\nscenarios: [bureaucratic]\n"
TWO = "title: T\nquestion: Q\nscenarios: [bureaucratic, post_bureaucratic]\n"
SIZE = "factors: {cells.size: [4, 5]}\n"
RATE = "factors: {pdsa.rate: [0, 1]}\n"


@pytest.fixture(autouse=True)
def working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def problems_of(text: str, sets: tuple[str, ...] = ()) -> list[Problem]:
    Path("study.yaml").write_text(text)
    with pytest.raises(InputProblem) as refusal:
        load_study("study.yaml", sets)
    return refusal.value.problems


# What is wrong -> (text after the head, line, key, words of the message, words of the remedy).
ONE_PROBLEM = {
    "unknown key": ("facters: {}", 4, "facters", "no key `facters`", "Did you mean `factors`?"),
    "key of no kind": ("xyzzy: 1", 4, "xyzzy", "no key `xyzzy`", "Known here: title, question,"),
    "key twice": ("title: U", 4, "title", "a second time; first in line 1", "Keep one"),
    # --- factors ------------------------------------------------------------------------------
    "no such setting": (
        "factors:\n  cells.sizes: [1, 2]",
        5,
        "factors.cells.sizes",
        "there is no setting `cells.sizes`",
        "Did you mean `cells.size`?",
    ),
    "without its section": (
        "factors: {size: [1, 2]}",
        4,
        "factors.size",
        "there is no setting `size`",
        "Did you mean `lectures.size` or `cells.size`?",
    ),
    "a section": (
        "factors: {cells: [1, 2]}",
        4,
        "factors.cells",
        "a group of settings",
        "such as `cells.size`",
    ),
    "level too low": (
        "factors:\n  cells.size:\n  - 4\n  - 0",
        7,
        "factors.cells.size[1]",
        "0 is below the lowest value allowed, 1 (people)",
        "from 1 to 1000000",
    ),
    "level of the wrong type": (
        "factors: {cells.size: [4, 2.5]}",
        4,
        "factors.cells.size[1]",
        "expected a whole number from 1 to 1000000 (people); found 2.5",
        "for example `size: 6`",
    ),
    "level no choice": (
        "factors: {network.kind: [ring, lne]}",
        4,
        "factors.network.kind[1]",
        'found the text "lne"',
        "Did you mean `line`?",
    ),
    "level twice": (
        "factors: {pdsa.rate: [0, 0.0]}",
        4,
        "factors.pdsa.rate[1]",
        "the level 0.0 stands here a second time",
        "Keep one",
    ),
    "no levels": ("factors: {cells.size: []}", 4, "factors.cells.size", "has no levels", "[1, 3"),
    "one value": ("factors: {cells.size: 5}", 4, "factors.cells.size", "one value", "`set`"),
    "factors in a list": ("factors: [cells.size]", 4, "factors", "`key: value` pairs", "factors:"),
    "range without steps in a grid": (
        "factors: {pdsa.rate: {from: 0, to: 1}}",
        4,
        "factors.pdsa.rate",
        "a grid needs levels, and this range has no `steps`",
        "latin_hypercube",
    ),
    "range out of bounds": (
        "factors: {pdsa.rate: {from: 0, to: 2, steps: 3}}",
        4,
        "factors.pdsa.rate.to",
        "2 is above the highest value allowed, 1 (probability",
        "from 0 to 1",
    ),
    "one step": (
        "factors: {pdsa.rate: {from: 0, to: 1, steps: 1}}",
        4,
        "factors.pdsa.rate.steps",
        "1 is below the lowest value allowed, 2 (levels)",
        "from 2",
    ),
    "unknown key of a range": (
        "factors: {pdsa.rate: {from: 0, to: 1, steps: 3, stepps: 3}}",
        4,
        "factors.pdsa.rate.stepps",
        "has no setting `stepps`",
        "`steps`",
    ),
    "no end of a range": (
        "factors: {pdsa.rate: {from: 0, steps: 3}}",
        4,
        "factors.pdsa.rate.to",
        "`to` is missing",
        "Add `to:",
    ),
    "logarithm of 0": (
        "factors: {pdsa.rate: {from: 0, to: 1, steps: 3, scale: log}}",
        4,
        "factors.pdsa.rate.from",
        "a logarithmic scale cannot hold 0",
        "Begin above 0",
    ),
    "unknown scale": (
        "factors: {pdsa.rate: {from: 0.1, to: 1, steps: 3, scale: lg}}",
        4,
        "factors.pdsa.rate.scale",
        "expected one of linear, log",
        "Did you mean `log`?",
    ),
    "range the wrong way round": (
        "factors: {pdsa.rate: {from: 1, to: 0, steps: 3}}",
        4,
        "factors.pdsa.rate.from",
        "from 1 to 0",
        "lower end",
    ),
    "steps of a whole number coincide": (
        "factors: {cells.size: {from: 4, to: 6, steps: 5}}",
        4,
        "factors.cells.size.steps",
        "5 steps become 4, 5, 5, 6, 6",
        "fewer steps",
    ),
    "range of words": (
        "factors: {network.kind: {from: 1, to: 2, steps: 2}}",
        4,
        "factors.network.kind",
        "a range needs numbers, and `network.kind` is one of none, full",
        "[none, full, line]",
    ),
    "words for people": (
        "factors: {title: [a, b]}",
        4,
        "factors.title",
        "is for people to read",
        "people meet",
    ),
    "a list as a factor": (
        "factors: {without: [cells, pdsa]}",
        4,
        "factors.without",
        "is a list and has no levels",
        "{name: …, set: {without: […]}}",
    ),
    "two factors move one setting": (
        "factors:\n  cells.size: [4, 5]\n  w:\n  - {name: a, set: {cells: {size: 3}}}",
        6,
        "factors.w",
        "`cells.size` is already moved by the factor `cells.size`",
        "one joint factor",
    ),
    "rules moves what it stands for": (
        "factors:\n  rules: [program, text]\n  socialization.transfer: [direct, stepwise]",
        6,
        "factors.socialization.transfer",
        "already moved by the factor `rules`",
        "one joint factor",
    ),
    "an event sets it too": (
        "set: {events: [{at: 5, set: {pdsa.rate: 0.3}}]}\n" + RATE,
        5,
        "factors.pdsa.rate",
        "an event in the scenario bureaucratic sets `pdsa.rate` in week 5",
        "Take the event away",
    ),
    "an event of a level sets it too": (
        "factors:\n"
        "  pdsa.rate: [0, 1]\n"
        "  w: [{name: a, set: {events: [{at: 5, set: {pdsa.rate: 0.3}}]}}]",
        5,
        "factors.pdsa.rate",
        "an event in level a sets `pdsa.rate` in week 5",
        "Take the event away",
    ),
    "name of a column": (
        "factors: {seed: [{name: a, set: {pdsa.rate: 0}}, {name: b, set: {pdsa.rate: 1}}]}",
        4,
        "factors.seed",
        "a column `seed` already",
        "another name",
    ),
    # --- joint factors ------------------------------------------------------------------------
    "level without a name": (
        "factors: {w: [{set: {pdsa.rate: 0}}]}",
        4,
        "factors.w[0].name",
        "`name` is missing",
        "Its name",
    ),
    "level that is no group": (
        "factors: {w: [{name: a, set: {pdsa.rate: 0}}, 5]}",
        4,
        "factors.w[1]",
        "found 5",
        "{name:",
    ),
    "two levels of one name": (
        "factors: {w: [{name: a, set: {pdsa.rate: 0}}, {name: a, set: {pdsa.rate: 1}}]}",
        4,
        "factors.w[1].name",
        "two levels have the name `a`",
        "differently",
    ),
    "two levels that are the same": (
        "factors: {w: [{name: a, set: {pdsa.rate: 0}}, {name: b, set: {pdsa.rate: 0}}]}",
        4,
        "factors.w[1]",
        "`b` sets the same",
        "Keep one",
    ),
    "levels that set nothing": (
        "factors: {w: [{name: a, set: {}}]}",
        4,
        "factors.w",
        "none of its levels sets anything",
        "Say what",
    ),
    "level with an unknown setting": (
        "factors: {w: [{name: a, set: {cells: {sizes: 4}}}]}",
        4,
        "factors.w[0].set.cells.sizes",
        "no setting `cells.sizes`",
        "`cells.size`",
    ),
    "level out of bounds in a joint factor": (
        "factors: {w: [{name: a, set: {pdsa.rate: 7}}]}",
        4,
        "factors.w[0].set.pdsa.rate",
        "7 is above the highest value allowed, 1",
        "from 0 to 1",
    ),
    "line of unequal lists": (
        "factors: {e: {from: [0, 1], to: [0.3], of: [pdsa.rate, cells.hours], steps: 4}}",
        4,
        "factors.e",
        "2 settings move from 2 values to 1",
        "one value in `from`",
    ),
    "line of words": (
        "factors: {e: {from: [0, 1], to: [1, 2], of: [pdsa.rate, network.kind], steps: 4}}",
        4,
        "factors.e.of[1]",
        "only numbers move along a line",
        "levels with names",
    ),
    "line out of bounds": (
        "factors: {e: {from: [0, 1], to: [1, 99], of: [pdsa.rate, cells.hours], steps: 4}}",
        4,
        "factors.e.to[1]",
        "99 is above the highest value allowed, 40",
        "from 0 to 40",
    ),
    "line with the logarithm of 0": (
        "factors: {e: {from: [0], to: [1], of: [pdsa.rate], steps: 4, scale: log}}",
        4,
        "factors.e.from[0]",
        "cannot hold 0",
        "linear",
    ),
    "line that goes nowhere": (
        "factors: {e: {from: [1], to: [1], of: [pdsa.rate], steps: 4}}",
        4,
        "factors.e",
        "nothing moves",
        "differ",
    ),
    "line with a setting twice": (
        "factors: {e: {from: [0, 0], to: [1, 1], of: [pdsa.rate, pdsa.rate], steps: 4}}",
        4,
        "factors.e.of",
        "`pdsa.rate` stands in `of` twice",
        "Keep one",
    ),
    # --- designs ------------------------------------------------------------------------------
    "unknown design": (
        SIZE + "design: gird",
        5,
        "design",
        'the text "gird"',
        "Did you mean `grid`",
    ),
    "unknown option": (
        SIZE + "design: {kind: grid, pts: 3}",
        5,
        "design.pts",
        "no setting `pts`",
        "`points`",
    ),
    "option of another design": (
        SIZE + "design: {kind: grid, trajectories: 5}",
        5,
        "design.trajectories",
        "says nothing about a design of kind grid",
        "It belongs to morris",
    ),
    "sampling without a number": (
        SIZE + "design: sobol",
        5,
        "design",
        "needs a number of points",
        "points: 64",
    ),
    "sobol of no power of two": (
        SIZE + "design: {kind: sobol, points: 100}",
        5,
        "design.points",
        "100 is no power of two",
        "Take 64 or 128",
    ),
    "saltelli of no power of two": (
        SIZE + "design: {kind: saltelli, points: 5}",
        5,
        "design.points",
        "5 is no power of two",
        "Take 4 or 8",
    ),
    "morris on an odd grid": (
        SIZE + "design: {kind: morris, grid: 5}",
        5,
        "design.grid",
        "5 levels",
        "even number",
    ),
    "sampling of nothing": (
        "design: {kind: latin_hypercube, points: 8}",
        4,
        "design",
        "needs factors",
        "`factors`",
    ),
    "a grid too large": (
        "factors:\n"
        "  pdsa.rate: {from: 0, to: 1, steps: 1000}\n"
        "  cells.hours: {from: 0, to: 1, steps: 1000}\n"
        "  officers.hours: {from: 0, to: 1, steps: 11}\n",
        4,
        "factors",
        "the grid has 11,000,000 points",
        "fewer levels",
    ),
    "base of no factor": (
        RATE + "design: {kind: one_at_a_time, base: {pdsa.rat: 0}}",
        5,
        "design.base.pdsa.rat",
        "there is no factor `pdsa.rat`",
        "Did you mean `pdsa.rate`?",
    ),
    "base out of bounds": (
        RATE + "design: {kind: one_at_a_time, base: {pdsa.rate: 2}}",
        5,
        "design.base.pdsa.rate",
        "2 is above the highest value allowed, 1",
        "from 0 to 1",
    ),
    "points of an unknown setting": (
        "points:\n- {cells.size: 4}\n- {cells.size: 5, cells.sizes: 4}",
        6,
        "points[1].cells.sizes",
        "no setting `cells.sizes`",
        "`cells.size`",
    ),
    "points of an unknown factor": (
        SIZE + "design: points\npoints:\n- {cells.size: 4, pdsa.rate: 1}",
        7,
        "points[0].pdsa.rate",
        "there is no factor `pdsa.rate`",
        "There are: cells.size",
    ),
    "points that lack a factor": (
        "points:\n- {cells.size: 4, pdsa.rate: 1}\n- {cells.size: 5}",
        6,
        "points[1]",
        "says nothing of pdsa.rate",
        "every factor",
    ),
    "points at no level": (
        SIZE + "design: points\npoints: [{cells.size: 6}]",
        6,
        "points[0].cells.size",
        "6 is not among the levels",
        "They are 4, 5",
    ),
    "points outside a range": (
        "factors: {pdsa.rate: {from: 0, to: 0.5}}\ndesign: points\npoints: [{pdsa.rate: 0.6}]",
        6,
        "points[0].pdsa.rate",
        "0.6 lies outside the range",
        "from 0 to 0.5",
    ),
    "points at no world": (
        "factors: {w: [{name: calm, set: {pdsa.rate: 0}}]}\ndesign: points\npoints: [{w: clam}]",
        6,
        "points[0].w",
        "no level `clam`",
        "Did you mean `calm`?",
    ),
    "points off a line": (
        "factors: {e: {from: [0], to: [1], of: [pdsa.rate]}}\ndesign: points\npoints: [{e: 2}]",
        6,
        "points[0].e",
        "along a line",
        "from 0 to 1",
    ),
    "points twice": (
        "points:\n- {cells.size: 4}\n- {cells.size: 4}",
        6,
        "points[1]",
        "the same as points[0]",
        "Keep one",
    ),
    "no points": ("design: points", 4, "design", "needs points", "`points`"),
    "points of another design": (
        SIZE + "design: grid\npoints: [{cells.size: 4}]",
        6,
        "points",
        "the design is grid",
        "design: points",
    ),
    # --- measures, replications, series -------------------------------------------------------
    "no such measure": (
        "measures: [outptu]",
        4,
        "measures[0]",
        "`outptu`",
        "Did you mean `output`?",
    ),
    "measure twice": ("measures: [output, output]", 4, "measures[1]", "a second time", "Keep one"),
    "no such measure in until": (
        "replications: {until: {outptu: 1}}",
        4,
        "replications.until.outptu",
        "there is no measure `outptu`",
        "Did you mean `output`?",
    ),
    "an interval of no width": (
        "replications: {until: {output: 0}}",
        4,
        "replications.until.output",
        "as narrow as 0",
        "above 0",
    ),
    "until nothing": ("replications: {until: {}}", 4, "replications.until", "not said", "output"),
    "a difference of one scenario": (
        "replications: {until: {output: 1}, of: difference}",
        4,
        "replications.of",
        "no difference between one scenario",
        "of: mean",
    ),
    "at least more than at most": (
        "replications: {until: {output: 1}, at_least: 500}",
        4,
        "replications.at_least",
        "at_least is 500, more than at_most, 400",
        "Lower one",
    ),
    "at most less than at least": (
        "replications: {until: {output: 1}, at_most: 5}",
        4,
        "replications.at_most",
        "at_least is 10, more than at_most, 5",
        "Lower one",
    ),
    "no replications": ("replications: 0", 4, "replications", "0 is below the lowest", "from 1"),
    "replications in words": ("replications: many", 4, "replications", 'the text "many"', "30"),
    "no such measure in also": (
        "also: [{name: a, mean_of: outptu}]",
        4,
        "also[0].mean_of",
        "there is no measure `outptu`",
        "Did you mean `output`?",
    ),
    "a window after the end": (
        "set: {periods: 50}\nalso: [{name: a, mean_of: output, from: 3, to: 60}]",
        5,
        "also[0].to",
        "period 60 lies after the end of the runs, period 50",
        "look earlier",
    ),
    "a window after the end of the shortest runs": (
        "factors: {periods: [104, 52]}\nalso: [{name: a, mean_of: output, from: 60}]",
        5,
        "also[0].from",
        "period 60 lies after the end of the runs, period 52",
        "look earlier",
    ),
    "an empty window": (
        "also: [{name: a, mean_of: output, from: 9, to: 3}]",
        4,
        "also[0].to",
        "the window from 9 to 3 is empty",
        "earlier",
    ),
    "a mean with a threshold": (
        "also: [{name: a, mean_of: output, below: 3}]",
        4,
        "also[0].below",
        "a mean over a window has no threshold",
        "`first`",
    ),
    "a passage of nothing": (
        "also: [{name: a, first: quality}]",
        4,
        "also[0]",
        "one of `above` and `below`",
        "above: 0.5",
    ),
    "neither mean nor passage": (
        "also: [{name: a}]",
        4,
        "also[0]",
        "one of `mean_of` and",
        "output",
    ),
    "name of a measure": (
        "also: [{name: output, mean_of: quality}]",
        4,
        "also[0].name",
        "already a column `output`",
        "another name",
    ),
    "name of another": (
        "also: [{name: a, mean_of: quality}, {name: a, mean_of: output}]",
        4,
        "also[1].name",
        "already a column `a`",
        "another name",
    ),
    "series never": ("series: {every: 500}", 4, "series.every", "never in runs of 156", "most 156"),
    "series in words": ("series: often", 4, "series", "expected true or false", "series: false"),
    "pairing": ("pairing: commn", 4, "pairing", "one of common, independent", "`common`"),
    "a seed below 0": ("first_seed: -1", 4, "first_seed", "-1 is below the lowest", "from 0"),
    # --- set ----------------------------------------------------------------------------------
    "set to an unknown setting": (
        "set: {periodss: 4}",
        4,
        "set.periodss",
        "no setting `periodss`",
        "Did you mean `periods`?",
    ),
    "set out of bounds": (
        "set: {cells: {size: 0}}",
        4,
        "set.cells.size",
        "0 is below the lowest value allowed, 1",
        "from 1",
    ),
    "set twice": (
        "set: {cells.size: 5, cells: {size: 6}}",
        4,
        "set.cells.size",
        "`cells.size` is set twice",
        "Keep one",
    ),
    "set to extend": ("set: {extends: base}", 4, "set.extends", "cannot set `extends`", "NAME+"),
    "set to too much together": (
        "set: {people: 1000000, dimensions: 10000}",
        4,
        "set.people",
        "in the scenario bureaucratic, 1000000 people times 10000 dimensions",
        "Lower",
    ),
    "set to one value": ("set: 5", 4, "set", "`key: value` pairs", "set:"),
    # --- what cannot be combined --------------------------------------------------------------
    "a point that cannot be": (
        "factors: {environment.complexity: [1, 3, 7], pdsa.rate: [0, 0.1]}",
        4,
        "factors",
        "scenario bureaucratic at environment.complexity = 7, pdsa.rate = 0 "
        "(and at 1 other point): 60 dimensions cannot be divided into blocks of 7",
        "Set dimensions: 63",
    ),
    "a listed point that cannot be": (
        "points: [{environment.complexity: 7}]",
        4,
        "points",
        "scenario bureaucratic at environment.complexity = 7: 60 dimensions cannot be divided",
        "Set dimensions: 63",
    ),
    "a scenario that cannot be": (
        "set: {dimensions: 61}",
        3,
        "scenarios",
        "scenario bureaucratic: 61 dimensions cannot be divided into blocks of 3",
        "Set dimensions: 60",
    ),
    "a point that cannot stop": (
        "factors: {run.stop: [periods, absorption]}",
        4,
        "factors",
        "scenario bureaucratic at run.stop = absorption: people do more here than learn",
        "Set run.stop: periods",
    ),
}


@pytest.mark.parametrize("case", ONE_PROBLEM)
def test_a_slip_is_told_where_it_is_and_how_to_mend_it(case):
    text, line, key, message, remedy = ONE_PROBLEM[case]
    found = [one for one in problems_of(ONE + text) if one.key == key]
    assert [(one.file, one.line) for one in found] == [("study.yaml", line)], found
    assert message in found[0].message
    assert remedy in found[0].remedy


@pytest.mark.parametrize("case", ONE_PROBLEM)
def test_one_slip_is_one_problem(case):
    assert len(problems_of(ONE + ONE_PROBLEM[case][0])) == 1


def test_all_slips_are_told_at_once_from_top_to_bottom():
    found = problems_of(
        "title: ''\n"
        "scenarios: [bureaucratc, base, base]\n"
        "factors: {cells.sizes: [1], pdsa.rate: [3]}\n"
        "design: {kind: sobol, points: 6, grid: 4}\n"
        "replications: {until: {outptu: 0.1}}\n"
        "measures: [quality, fere]\n"
        "series: 3\n"
        "set: {periodss: 3}\n",
        sets=("people=0",),
    )
    assert [(one.line, one.key) for one in found] == [
        (1, "title"),
        (1, "question"),
        (2, "scenarios[0]"),
        (2, "scenarios[2]"),
        (3, "factors.cells.sizes"),
        (3, "factors.pdsa.rate[0]"),
        (4, "design.grid"),
        (4, "design.points"),
        (5, "replications.until.outptu"),
        (6, "measures[1]"),
        (7, "series"),
        (8, "set.periodss"),
        (None, "people"),
    ]
    assert found[-1].file == "--set people=0"


def test_what_is_missing():
    assert {one.key for one in problems_of("factors: {}")} == {"title", "question", "scenarios"}
    assert "no scenario to run" in problems_of(ONE.replace("bureaucratic", ""))[0].message


def test_scenarios():
    (twice,) = problems_of(ONE.replace("bureaucratic", "base, base"))
    assert (twice.key, twice.line) == ("scenarios[1]", 3)
    assert "twice" in twice.message
    (unknown,) = problems_of(ONE.replace("bureaucratic", "bureaucratc"))
    assert (unknown.key, unknown.line) == ("scenarios[0]", 3)
    assert "`bureaucratic`" in unknown.remedy
    Path("mine.yaml").write_text("extends: base\ncells: {sizes: 3}\n")
    (its_own,) = problems_of(ONE.replace("bureaucratic", "mine.yaml"))
    assert (its_own.file, its_own.line, its_own.key) == ("mine.yaml", 2, "cells.sizes")


def test_scenarios_that_differ_have_no_common_base():
    (found,) = problems_of(TWO + RATE + "design: one_at_a_time")
    assert (found.line, found.key) == (5, "design")
    assert "0.02 in bureaucratic, 0.15 in post_bureaucratic" in found.message
    assert "base: {pdsa.rate: 0.02}" in found.remedy


def test_runs_of_learning_alone_have_no_output():
    head = ONE.replace("bureaucratic", "classics/march1991")
    (found,) = problems_of(head + "measures: [code_knowledge, output]")
    assert found.key == "measures[1]"
    assert "people only learn in them" in found.message


def test_an_option_cannot_set_what_a_factor_moves():
    (found,) = problems_of(ONE + RATE, sets=("pdsa.rate=0.5",))
    assert found.file == "--set pdsa.rate=0.5"
    assert "is varied by the factor `pdsa.rate` of this study" in found.message
    assert "study.yaml" in found.remedy
    (hidden,) = problems_of(
        ONE + "factors: {rules: [program, text]}", sets=("socialization.transfer=direct",)
    )
    assert "is varied by the factor `rules`" in hidden.message


def test_wrong_options():
    found = problems_of(ONE, sets=("pdsa.rats=0.5", "cells.size=0", "people"))
    assert [one.file for one in found] == [
        "--set people",
        "--set pdsa.rats=0.5",
        "--set cells.size=0",
    ]
    assert "`pdsa.rate`" in found[1].remedy
    assert "below the lowest value allowed, 1" in found[2].message


def test_a_file_that_is_none():
    with pytest.raises(InputProblem, match="no such file"):
        load_study("nowhere.yaml")
    Path("list.yaml").write_text("- 1\n")
    with pytest.raises(InputProblem, match="the top level is a list"):
        load_study("list.yaml")


def test_a_refused_value_is_told_once():
    (found,) = problems_of(ONE + "factors: {cells.size: [4, !!int 5]}")
    assert "tag" in found.message


def test_a_large_design_is_tried_at_its_corners():
    """Blocks of 7 do not divide 60 dimensions; only the last of many levels is one of 7."""
    found = problems_of(
        TWO + "factors:\n"
        "  environment.complexity: [1, 2, 3, 4, 5, 6, 7]\n"
        "  pdsa.rate: {from: 0, to: 1, steps: 100}\n"
        "  cells.hours: {from: 0, to: 1, steps: 100}\n"
    )
    assert len(found) == 2
    assert all("environment.complexity = 7" in one.message for one in found)


def test_a_large_design_is_tried_between_its_corners():
    """One of 5 levels of the slowest factor is wrong: each of 2,000 tries finds it with p = 1/5."""
    (found,) = problems_of(
        ONE + "factors:\n"
        "  environment.complexity: [1, 2, 7, 4, 5]\n"
        "  pdsa.rate: {from: 0, to: 1, steps: 100}\n"
        "  cells.hours: {from: 0, to: 1, steps: 100}\n"
    )
    assert "environment.complexity = 7" in found.message


def test_a_large_sampled_design_is_tried():
    (found,) = problems_of(
        ONE + "factors:\n"
        "  environment.complexity: [1, 2, 3, 4, 5, 7]\n"
        "  pdsa.rate: {from: 0, to: 1}\n"
        "design: {kind: sobol, points: 4096}\n"
    )
    assert "environment.complexity = 7" in found.message


loaded_once = cache(load_scenario)

ODD = ["", "5", "-1", "word", "[]", "{}", "[[]]", "[{}]", "{a: {}}", "{a: []}", "[1, {a: 1}]"]
ODD += ["{cells.size: {of: 1}}", "{cells.size: [[1]]}", "{w: [{name: 1, set: 1}]}", "true"]
ODD += ["{kind: one_at_a_time, base: 3}", "{kind: points}", "{until: 3}", "{until: {output: a}}"]
ODD += [
    "[{name: a, first: 3}]",
    "{cells: 5}",
    "{events: 3}",
    "{w: [{name: a, set: {events: [3]}}]}",
]
ODD += [
    "{periods: [a]}",
    "{events: [{at: 1}]}",
    "[{cells.size: []}]",
    "{e: {of: [], from: [], to: []}}",
]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("key", Form.model_fields)
def test_nothing_that_can_be_written_is_more_than_a_problem(key, odd):
    """Whatever stands at a key, it is taken or told, and never an error of ours."""
    values = {"title": "T", "question": "Q", "scenarios": "[base]"}
    values |= {"factors": "{pdsa.rate: [0, 1]}", key: odd}
    text = "".join(f"{name}: {one}\n" for name, one in values.items())
    try:
        study_of_text("study.yaml", text, loaded_once)
    except InputProblem as refused:
        assert all(problem.file == "study.yaml" for problem in refused.problems)

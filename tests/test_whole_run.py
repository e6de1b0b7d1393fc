"""A whole run is the same life as the periods of an organization, and it ends where it should.

Every preset of ``scenarios/classics``, in small, and variants that take each way through the rules.
Nothing here is left to chance: outcomes are certain, or two runs are compared to the bit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.census import census
from sim.environments.payoff import Surroundings, payoffs
from sim.errors import InputProblem
from sim.models.whole_run.batch import (
    MEASURED,
    Runs,
    arrays_of,
    code_of,
    networks_of,
    peers_of,
    rules_of,
    run_seeds,
)
from sim.models.whole_run.loop import run
from sim.models.whole_run.scope import obstacles
from sim.organization import Organization
from sim.scenario.loading import load_scenario
from sim.scenario.settings import Settings
from sim.studies.pool import Pool
from sim.studies.runner import Task, finals_table, run_all, series_table

CLASSICS = Path(__file__).parents[1] / "scenarios" / "classics"
PRESETS = sorted(path.stem for path in CLASSICS.glob("*.yaml"))
#: Each classic with so few people and dimensions that a test of it takes no time.
SMALL = {
    "march1991": "people=12 dimensions=10",
    "miller2006": "people=12 dimensions=12 environment.tacit=4",
    "fang2010": "people=15 dimensions=10 cells.size=5 interpersonal.rate=0.5",
    "lazer_friedman2007": "people=10 dimensions=8 environment.interdependence=3",
    "barkoczi_galesic2016": "people=10 dimensions=8 environment.interdependence=3",
    "people_and_a_code": "people=6 dimensions=6",
}
ARRAYS = ("reality", "code", "beliefs", "articulated", "person")
OPEN = "workforce.turnover=0.2 environment.turbulence=0.1"
RESTLESS = "socialization.rate=0.3 codification.rate=0.3"

#: What else may be set, and the classics it is set in.
VARIANTS = {
    "march1991": [
        "rules=text",
        "codification.performance=correct",
        "codification.votes=beliefs",
        "socialization.transfer=direct environment.turbulence=0.3 environment.every=4",
        "socialization.share_fast=0.4 environment.tacit=3",
        "environment.tacit=3 codification.compares=all",
        "environment.complexity=5 network.kind=ring interpersonal.rate=0.4",
        "start.code_opinion=0.7 start.articulated=0.5 start.practice=0.4 start.distinct=true",
        "workforce.turnover=1 environment.turbulence=1",
        "without=[events,requests,hours,cells,officers,communities,pdsa,approvals,work,practice,"
        "climate,self_efficacy,reshuffle,environment,workforce,interpersonal] " + OPEN,
        "people=1 dimensions=70",
        "run.luck=3",
    ],
    "miller2006": [
        "interpersonal.search=distant",
        "interpersonal.search=local_then_distant interpersonal.sample=2",
        "interpersonal.search=local_then_distant interpersonal.sample=0 codification.compares=all",
        "rules=program " + OPEN,
        "network.kind=line",
        "network.kind=none interpersonal.search=distant environment.tacit=12",
    ],
    "fang2010": [
        "interpersonal.undecided=give_up",
        "interpersonal.undecided=camp environment.complexity=2",
        "interpersonal.filter=none",
        "interpersonal.gate=better interpersonal.fallback=trial interpersonal.attention=0.5",
        "interpersonal.copying_error=0.4 interpersonal.sample=2 " + OPEN,
        "environment.turbulence=0.1 environment.every=3 " + RESTLESS,
        "interpersonal.aggregate=modal start.opinion=0.2 interpersonal.fallback=trial",
        "cells.size=1",
        "cells.size=100",
        "network.rewiring=1 network.added=5",
    ],
    "lazer_friedman2007": [
        "interpersonal.copying_error=0.2 interpersonal.attention=0.5",
        "environment.partners=any environment.contributions=tenths environment.exponent=1",
        "environment.interdependence=0",
        "environment.interdependence=7",
        "environment.tacit=3 workforce.turnover=0.2 " + RESTLESS,
        "interpersonal.aggregate=majority",
        "interpersonal.aggregate=random interpersonal.gate=none",
        "interpersonal.aggregate=none",
        "interpersonal.rate=0",
        "network.kind=line",
        "network.kind=ring network.directed=true",
        "network.kind=lattice network.rewired=3",
        "network.kind=random network.density=0.3 network.connected=true",
        "network.kind=small_world network.rewiring=0.3 network.added=2",
        "network.kind=caveman",
        "network.kind=hub",
        "network.kind=cells cells.size=3",
        "network.kind=grid people=9",
    ],
    "barkoczi_galesic2016": [
        "interpersonal.aggregate=modal",
        "interpersonal.aggregate=random interpersonal.fallback=none interpersonal.sample=1",
        "interpersonal.sample=9",
        "network.kind=lattice network.neighbours=5 network.directed=true start.distinct=false",
    ],
}
CASES = [(preset, "") for preset in PRESETS] + [
    (preset, variant) for preset, variants in VARIANTS.items() for variant in variants
]


def settings_of(preset: str, sets: str = "") -> Settings:
    """A classic in small, with ``sets`` as on the command line, apart by spaces."""
    small = max((name for name in SMALL if preset.startswith(name)), key=len)
    words = [*SMALL[small].split(), *sets.split()]
    return load_scenario(f"classics/{preset}", sets=words).settings


def runs_of(preset: str, sets: str = "", seeds: Any = range(5), at: Any = ()) -> Runs:
    return run_seeds(settings_of(preset, sets), seeds, at)


def same(one: Any, other: Any) -> bool:
    return np.array_equal(one, other, equal_nan=True)


def placed(settings: Settings, beliefs: Any, code: Any = None, seed: int = 0) -> Any:
    """A world as it is given, all + being right, and what ``run`` needs to go on from there."""
    world, ground = arrays_of(settings)
    rules = rules_of(settings)
    world.reality[:], world.beliefs[:] = 1, beliefs
    world.code[:] = 0 if code is None else code
    world.person[:] = np.arange(settings.people)
    (_, ties), *_ = networks_of(settings, np.array([seed], np.uint64))
    return world, ground, rules, code_of(settings), peers_of(settings), ties


def go_on(there: Any, periods: int, until_rest: bool = False, seed: int = 0) -> int:
    """Run from a given world in place; gives the periods run."""
    none, final = np.empty((0, len(MEASURED) - 1)), np.empty(len(MEASURED) - 1)
    ran = run(*there, np.uint64(seed), periods, until_rest, np.empty(0, np.int64), none, final)
    return int(ran)


# The same life


@pytest.mark.parametrize(("preset", "sets"), CASES)
def test_a_whole_run_is_the_life_of_an_organization_to_the_bit(preset, sets):
    periods, seed = 9, 3
    settings = settings_of(preset, f"{sets} run.stop=periods periods={periods}")
    organization = Organization(settings, seed)
    for _ in range(periods):
        organization.step()
    whole = run_seeds(settings, [seed])
    for name in ARRAYS:
        assert same(getattr(organization, name), getattr(whole.world, name)), name
    counted = census(organization)
    assert set(counted) == set(MEASURED) - {"periods_run"}
    for name, value in counted.items():
        assert same(value, whole.final[name][0]), name


@pytest.mark.parametrize("preset", PRESETS)
def test_a_seed_s_run_does_not_depend_on_the_others_in_its_batch(preset):
    batch = runs_of(preset, "periods=20", [4, 0, 2], (0, 3, 20))
    for k, seed in enumerate([4, 0, 2]):
        alone = runs_of(preset, "periods=20", [seed], (0, 3, 20))
        assert alone.periods[0] == batch.periods[k]
        for name in MEASURED:
            assert same(alone.final[name][0], batch.final[name][k]), name
            assert same(alone.series[name][0], batch.series[name][k]), name


@pytest.mark.parametrize("preset", PRESETS)
def test_a_shorter_run_is_the_beginning_of_a_longer_one(preset):
    long = runs_of(preset, "run.stop=periods periods=12", at=range(13))
    for periods in (1, 5):
        short = runs_of(preset, f"run.stop=periods periods={periods}")
        for name in MEASURED:
            assert same(short.final[name], long.series[name][:, periods]), name
    for name in MEASURED:
        assert same(long.series[name][:, 12], long.final[name]), name
    assert np.array_equal(long.series["periods_run"][0], np.arange(13))


def test_luck_shares_the_start_and_nothing_after_it():
    sets = "environment.turbulence=0.3 workforce.turnover=0.3 run.stop=periods periods=6"
    for preset in ("march1991", "fang2010"):
        own, other = (runs_of(preset, f"{sets} run.luck={n}", at=(0, 6)) for n in (0, 1))
        knowledge = (own.series["mean_knowledge"], other.series["mean_knowledge"])
        assert np.array_equal(knowledge[0][:, 0], knowledge[1][:, 0])
        assert not np.any(knowledge[0][:, 1] == knowledge[1][:, 1])
    lazer = [runs_of("lazer_friedman2007", f"run.luck={n}", [1]).world.reality for n in (0, 5)]
    assert np.array_equal(*lazer)


# Where nothing moves any more


@pytest.mark.parametrize(("preset", "sets"), CASES)
def test_after_absorption_nothing_changes_however_long_one_waits(preset, sets):
    sets += " workforce.turnover=0 environment.turbulence=0"
    for seed in (1, 2):
        short = runs_of(preset, f"{sets} run.stop=absorption periods=300", [seed])
        if short.periods[0] == 300:
            continue
        long = runs_of(preset, f"{sets} run.stop=periods periods=400", [seed])
        for name in ARRAYS:
            assert same(getattr(short.world, name), getattr(long.world, name)), name


@pytest.mark.parametrize(
    "preset", [preset for preset in PRESETS if settings_of(preset).run.stop == "absorption"]
)
def test_every_classic_that_is_to_stop_at_absorption_does(preset):
    assert np.all(runs_of(preset, seeds=range(20)).periods < settings_of(preset).periods)


@pytest.mark.parametrize("preset", ["march1991", "fang2010"])
def test_an_open_system_is_never_at_rest(preset):
    for sets in ("workforce.turnover=0.01", "environment.turbulence=0.01"):
        assert np.all(runs_of(preset, f"{sets} periods=400").periods == 400)


@pytest.mark.parametrize(
    ("preset", "sets"),
    [
        ("lazer_friedman2007", "attention=0"),
        ("lazer_friedman2007", "copying_error=1"),
        ("lazer_friedman2007", "rate=0"),
        ("fang2010", "attention=0"),
        ("fang2010", "copying_error=1"),
    ],
)
def test_where_nobody_learns_from_others_rest_comes_sooner_or_later(preset, sets):
    assert np.all(runs_of(preset, f"interpersonal.{sets} periods=2000").periods < 2000)


# Certain outcomes


@pytest.mark.parametrize("preset", PRESETS)
def test_a_single_person_lives_on(preset):
    sets = "people=1" + (" network.kind=full" if preset == "miller2006" else "")
    runs = runs_of(preset, f"{sets} periods=300")
    assert np.all(runs.final["distinct_sets"] == 1) and np.all(runs.final["dissimilarity"] == 0)
    assert np.array_equal(runs.final["mean_payoff"], runs.final["best_payoff"])


def test_a_single_person_without_a_trial_or_a_code_keeps_all_beliefs():
    for preset in ("fang2010", "fang2010_directed", "people_and_a_code"):
        runs = runs_of(preset, "people=1 run.stop=periods periods=20", at=(0,))
        for name in ("mean_knowledge", "mean_score", "mean_payoff"):
            assert np.array_equal(runs.final[name], runs.series[name][:, 0])


@pytest.mark.parametrize("preset", ["lazer_friedman2007", "lazer_friedman2007_replacement"])
def test_where_all_see_all_and_copy_the_best_one_set_is_left_after_one_period(preset):
    """As good as the best of the start, and kept for good by those who do not try."""
    start = "interpersonal.fallback=none run.stop=absorption"
    runs = runs_of(preset, start, range(20), at=(0,))
    assert np.all(runs.periods == 1) and np.all(runs.final["distinct_sets"] == 1)
    assert np.array_equal(runs.final["best_payoff"], runs.series["best_payoff"][:, 0])


def test_of_two_the_better_one_s_views_are_all_that_is_left():
    """Fang at p = 1: one better person is a majority, of the views they have."""
    sets = "people=2 dimensions=6 environment.complexity=2 cells.size=2 interpersonal.rate=1"
    there = placed(settings_of("fang2010", sets), [[1, 1, -1, 0, 1, -1], [-1, 1, 1, 0, -1, 1]])
    assert go_on(there, 100, until_rest=True) == 1
    assert there[0].beliefs.tolist() == [[1, 1, -1, 0, 1, -1]] * 2
    # Having none (0) does not speak against another's.
    there = placed(settings_of("fang2010", sets), [[1, 1, 0, 0, 0, 0], [-1, 1, 0, 1, -1, 0]])
    assert go_on(there, 100, until_rest=True) == 1
    assert there[0].beliefs.tolist() == [[1, 1, 0, 0, 0, 0], [1, 1, 0, 1, -1, 0]]


@pytest.mark.parametrize("aggregate", ["best", "majority", "none"])
def test_on_a_smooth_landscape_searching_alone_is_enough(aggregate):
    """K = 0: the only set that no single change improves is the best of all."""
    sets = f"environment.interdependence=0 interpersonal.aggregate={aggregate}"
    runs = runs_of("lazer_friedman2007", f"{sets} network.kind=line", range(10))
    assert np.all(runs.periods < 20_000)
    assert np.all(runs.final["mean_payoff"] == 1.0)
    assert np.all(runs.final["distinct_sets"] == 1)
    assert np.all(runs.final["mean_knowledge"] == 1.0)


@pytest.mark.parametrize("interdependence", [0, 3, 7])
def test_where_all_search_alone_they_end_on_local_optima(interdependence):
    sets = f"environment.interdependence={interdependence} interpersonal.aggregate=none"
    runs = runs_of("lazer_friedman2007", sets, [0])
    assert runs.periods[0] < 20_000
    # An organization of that seed is on the same landscape.
    organization = Organization(settings_of("lazer_friedman2007", f"{sets} run.stop=periods"), 0)
    surroundings = Surroundings(
        organization.reality, 1, organization.partners, organization.contributions
    )
    for row in runs.world.beliefs:
        near = np.where(np.eye(8, dtype=bool), -row, row).astype(np.int8)
        worth = np.empty(9)
        payoffs(np.vstack([row, near]), surroundings, worth)
        assert np.all(worth[1:] <= worth[0])


@pytest.mark.parametrize("rules", ["text", "program"])
def test_without_talk_tacit_knowledge_stays_as_it_was(rules):
    """Miller: what no rule can hold is learned from people or not at all."""
    sets = f"rules={rules} interpersonal.rate=0 environment.tacit=6 run.stop=periods periods=60"
    runs = runs_of("miller2006", sets, range(20), at=(0,))
    tacit = runs.series["uncodifiable_knowledge"][:, 0]
    assert np.array_equal(runs.final["uncodifiable_knowledge"], tacit)
    assert np.all(runs.final["codifiable_knowledge"] != runs.series["codifiable_knowledge"][:, 0])
    codifiable = arrays_of(settings_of("miller2006", sets))[1].codifiable
    assert codifiable.sum() == 6 and np.all(runs.world.code[~codifiable] == 0)


def test_with_talk_tacit_knowledge_spreads():
    runs = runs_of("miller2006", "people=36 interpersonal.rate=0.2", range(20), at=(0,))
    gained = runs.final["uncodifiable_knowledge"] - runs.series["uncodifiable_knowledge"][:, 0]
    assert np.all(gained > 0)


@pytest.mark.parametrize("rules", ["text", "program"])
def test_a_code_that_knows_everything_is_known_by_everybody_in_the_end(rules):
    for preset, sets in (("march1991", ""), ("miller2006", " environment.tacit=0")):
        settings = settings_of(preset, f"rules={rules}{sets}")
        there = placed(settings, -np.ones((12, settings.dimensions), np.int8), code=1)
        assert go_on(there, 5000, until_rest=True) < 5000
        assert np.all(there[0].beliefs == 1) and np.all(there[0].code == 1)


def test_isolated_cells_exchange_nothing():
    """Without rewiring, each view that is left in a cell somebody of that cell held at first."""
    settings = settings_of("fang2010", "people=30 network.rewiring=0 environment.complexity=1")
    first = np.random.default_rng(1).integers(-1, 2, (30, 10)).astype(np.int8)
    there = placed(settings, first)
    ties = there[5]
    assert go_on(there, 5000, until_rest=True) < 5000
    left, cells = there[0].beliefs, set()
    for i in range(30):
        cell = frozenset([i, *ties.tie[ties.start[i] : ties.start[i + 1]].tolist()])
        cells.add(cell)
        for j in range(10):
            assert left[i, j] in {first[member, j] for member in cell}
    assert len(cells) == 6 and sorted(len(cell) for cell in cells) == [5] * 6
    # What one cell ends with does not depend on what the others believe.
    one = sorted(min(cells, key=min))
    again = placed(settings, np.where(np.isin(np.arange(30), one)[:, None], first, -first))
    go_on(again, 5000, until_rest=True)
    assert np.array_equal(again[0].beliefs[one], left[one])


def test_where_everybody_is_new_each_period_the_past_does_not_matter():
    sets = "workforce.turnover=1 run.stop=periods periods=15"
    slow, fast = (runs_of("miller2006", f"{sets} interpersonal.rate={p}") for p in (0, 1))
    assert np.array_equal(slow.final["code_knowledge"], fast.final["code_knowledge"])


def test_people_differ_between_seeds_and_so_do_networks():
    settings = settings_of("fang2010", "network.rewiring=0.5")
    networks = [
        ties.tie.tolist() for _, ties in networks_of(settings, np.arange(5, dtype=np.uint64))
    ]
    assert len({tuple(network) for network in networks}) == 5
    assert len({float(value) for value in runs_of("fang2010").final["mean_knowledge"]}) > 1


# Different sets to start with


@pytest.mark.parametrize("people", [2, 30, 64])
def test_people_start_with_different_sets_where_asked(people):
    """64 people hold all the 64 sets there are of six beliefs."""
    sets = f"people={people} dimensions=6 network.kind=full periods=1"
    runs = runs_of("barkoczi_galesic2016", sets, range(10), at=(0,))
    assert np.all(runs.series["distinct_sets"][:, 0] == people)
    beliefs = Organization(settings_of("barkoczi_galesic2016", sets), 0).beliefs
    assert len(np.unique(beliefs, axis=0)) == people


@pytest.mark.parametrize("sets", ["people=65 dimensions=6", "people=2 start.right=1"])
def test_people_who_cannot_all_be_different_are_refused_in_one_message(sets):
    for start in (
        lambda: runs_of("barkoczi_galesic2016", sets),
        lambda: Organization(settings_of("barkoczi_galesic2016", sets), 0),
    ):
        with pytest.raises(InputProblem) as refused:
            start()
        (problem,) = refused.value.problems
        assert problem.key == "start.distinct" and "start.distinct: false" in str(problem)


# Many runs


def design(preset: str, sets: str, seeds: int) -> list[Task]:
    settings = settings_of(preset, sets)
    return [Task(preset, settings, seed) for seed in range(seeds)]


def test_one_and_two_jobs_give_the_same_tables_to_the_bit():
    tasks = design("march1991", "", 9) + design("fang2010", "", 4)
    alone, shared = run_all(tasks, Pool(1)), run_all(tasks, Pool(2))
    for make in (finals_table, series_table):
        assert make(tasks, alone).equals(make(tasks, shared))
    finals = finals_table(tasks, alone)
    assert finals.scenario.tolist() == ["march1991"] * 9 + ["fang2010"] * 4
    assert finals.seed.tolist() == [*range(9), *range(4)]


@pytest.mark.parametrize(
    ("preset", "sets"),
    [
        ("march1991", ""),
        ("fang2010", "interpersonal.rate=0.2"),
        ("march1991_open", "periods=7"),
        # Longer than a series shows period by period.
        ("march1991", "socialization.rate=0.01"),
    ],
)
def test_a_series_ends_with_the_final_values_and_keeps_them_where_a_run_stopped_before(
    preset, sets
):
    tasks = design(preset, sets, 8)
    runs = run_all(tasks)
    finals, series = finals_table(tasks, runs), series_table(tasks, runs)
    longest = int(finals.periods_run.max())
    assert series.period.max() == longest
    for seed, rows in series.groupby("seed"):
        final = finals[finals.seed == seed].iloc[0]
        assert rows.period.is_monotonic_increasing and rows.period.iloc[-1] == longest
        after = rows[rows.period >= final.periods_run]
        for name in MEASURED:
            assert same(after[name], np.full(len(after), final[name])), name
        assert np.array_equal(rows.periods_run, np.minimum(rows.period, final.periods_run))


def test_a_run_that_is_at_rest_from_the_start_shows_the_start():
    tasks = design("march1991", "codification.rate=0", 3)
    runs = run_all(tasks)
    finals, series = finals_table(tasks, runs), series_table(tasks, runs)
    assert len(series) == 3 and series.period.tolist() == [0, 0, 0]
    assert np.array_equal(series.mean_knowledge, finals.mean_knowledge)


# What can be run as a whole


def test_what_a_scenario_is_told_to_change_makes_it_one_that_stops():
    changed = settings_of("people_and_a_code").model_dump()
    for section, name, value in [
        ("codification", "judge", "record"),
        ("codification", "codifies", "articulated"),
        ("codification", "rate", 0.5),
        ("interpersonal", "sources", "unit"),
        ("workforce", "turnover", 0.1),
        ("workforce", "fear_effect", 1.0),
        ("start", "learning_rate", 0.5),
    ]:
        changed[section][name] = value
    changed["without"] = [name for name in changed["without"] if name != "climate"]
    wrong = Settings.model_validate(changed)
    with pytest.raises(InputProblem, match=r"run\.stop"):
        run_seeds(wrong, [0])
    told = obstacles(wrong)
    assert told[0] == "add to without: [climate]"
    changed["without"].append("climate")
    for advice in told[1:]:
        path, value = advice.removeprefix("set ").split(": ")
        section, name = path.split(".")
        changed[section][name] = value if value in ("truth", "all", "network") else float(value)
    assert obstacles(Settings.model_validate(changed)) == []


def test_periods_to_show_must_ascend():
    for at in ([3, 1], [-1, 2]):
        with pytest.raises(InputProblem, match="ascend"):
            runs_of("march1991", at=at)

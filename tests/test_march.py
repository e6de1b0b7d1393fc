"""March (1991) comes out of the mechanisms: certain outcomes, closed forms, published figures.

The figures' values are from independent runs of both readings of the paper, 10,000 (figure 3:
5,000) a point, given to three decimals with their 95 % half-width. A point agrees when it lies
within the joint 99.9 % interval, so of a thousand right points one fails. Seeds are fixed: a test
that passes goes on passing until the rules change.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.models.whole_run.batch import (
    MEASURED,
    Runs,
    arrays_of,
    code_of,
    networks_of,
    rules_of,
    run_seeds,
)
from sim.models.whole_run.learning import empty_sheet, unsettled
from sim.models.whole_run.loop import run
from sim.models.whole_run.stopping import is_at_rest
from sim.models.whole_run.world import begin
from sim.organization import Organization
from sim.scenario.loading import load_scenario
from sim.scenario.readings import READINGS

#: People start with an opinion on two dimensions of three, and half of their opinions are right.
OPINION = 2 / 3
KNOWLEDGE = ("code_knowledge", "mean_knowledge", "code_score", "mean_score")
SURE = 3.29  # two-sided 99.9 % of a normal
ROUNDING = 0.0005
MEASURE = {"program": "code_score", "text": "code_knowledge"}


def assert_agrees(values, published, published_runs=10_000):
    """The mean of ``values`` and a published mean of runs of the same spread differ by chance."""
    spread = values.std(ddof=1)
    joint = spread * np.sqrt(1 / len(values) + 1 / published_runs)
    assert abs(values.mean() - published) <= SURE * joint + ROUNDING


NAMES = {
    "p1": "socialization.rate",
    "p2": "codification.rate",
    "turnover": "workforce.turnover",
    "turbulence": "environment.turbulence",
    "fast": "socialization.share_fast",
    "stop": "run.stop",
}


def settings_of(**changes):
    """March's closed system with changes, by the short names of ``NAMES`` or as scenarios do."""
    sets = [f"{NAMES.get(name, name)}={value}" for name, value in changes.items()]
    return load_scenario("classics/march1991", sets=sets).settings


def march(seeds, at=(), **changes) -> Runs:
    return run_seeds(settings_of(**changes), seeds, at)


def prepared(reality, beliefs, code):
    """A world as it is given, to be run from there."""
    people, dimensions = beliefs.shape
    world, _ = arrays_of(settings_of(people=people, dimensions=dimensions))
    world.reality[:], world.beliefs[:], world.code[:] = reality, beliefs, code
    world.person[:] = np.arange(people)
    return world


def parts_of(settings):
    """What a run of March needs besides the world: ground, rules, code, no peers and no ties."""
    (_, ties), *_ = networks_of(settings, np.zeros(1, np.uint64))
    return arrays_of(settings)[1], rules_of(settings), code_of(settings), None, ties


def run_from(world, *, periods=1, seed=0, stop="periods", **changes):
    """Run a prepared world in place; the periods run and the final measures by name."""
    people, dimensions = world.beliefs.shape
    settings = settings_of(people=people, dimensions=dimensions, **changes)
    final, no_series = np.empty(len(MEASURED) - 1), np.empty((0, len(MEASURED) - 1))
    length = (np.uint64(seed), periods, stop == "absorption")
    ran = run(world, *parts_of(settings), *length, np.empty(0, np.int64), no_series, final)
    return ran, dict(zip(MEASURED, final, strict=False))


def at_rest(world, **changes):
    people, dimensions = world.beliefs.shape
    settings = settings_of(people=people, dimensions=dimensions, **changes)
    sheet = empty_sheet(people, dimensions)
    return is_at_rest(np.arange(people), world, *parts_of(settings), sheet)


def random_world(seed, people=50, dimensions=30):
    settings = settings_of(people=people, dimensions=dimensions)
    world, ground = arrays_of(settings)
    assert begin(world, ground, rules_of(settings).start, None, np.uint64(seed))
    return world


def same_values(one, other):
    return np.array_equal(one, other, equal_nan=True)


# What is certain


@pytest.mark.parametrize("rules", READINGS)
def test_a_run_is_the_same_alone_and_in_a_batch(rules):
    batch = march(range(10, 16), rules=rules, people=20, p1=0.5)
    for k, seed in enumerate(range(10, 16)):
        alone = march([seed], rules=rules, people=20, p1=0.5)
        assert alone.periods[0] == batch.periods[k]
        assert all(same_values(alone.final[name][0], batch.final[name][k]) for name in MEASURED)


@pytest.mark.parametrize(("turnover", "turbulence"), [(0.0, 0.0), (0.1, 0.05)])
@pytest.mark.parametrize("rules", READINGS)
def test_an_organization_that_only_does_what_march_says_lives_the_same_life(
    rules, turnover, turbulence
):
    """Bit by bit: the whole run and the periods of a scenario share rules and draws."""
    periods, seed = 15, 4
    changes = {"turnover": turnover, "turbulence": turbulence, "fast": 0.3, "people": 20}
    settings = settings_of(rules=rules, stop="periods", periods=periods, **changes)
    organization = Organization(settings, seed)
    for _ in range(periods):
        organization.step()
    world = run_seeds(settings, [seed]).world
    for name in ("reality", "code", "beliefs", "articulated", "person"):
        assert np.array_equal(getattr(organization, name), getattr(world, name)), name


@pytest.mark.parametrize("rules", READINGS)
def test_at_absorption_people_know_what_the_code_knows_and_nothing_moves_any_more(rules):
    short = march(range(200), rules=rules, p1=0.7)
    long = march(range(200), rules=rules, p1=0.7, stop="periods", periods=150)
    assert np.all(short.periods < 150)
    for name in KNOWLEDGE:
        assert np.array_equal(short.final[name], long.final[name])
    for kind in ("knowledge", "score"):
        assert np.array_equal(short.final[f"code_{kind}"], short.final[f"mean_{kind}"])


@pytest.mark.parametrize("rules", READINGS)
def test_a_code_that_knows_everything_ends_known_by_everybody(rules):
    world = random_world(1)
    world.code[:] = world.reality
    ran, final = run_from(world, p1=0.3, p2=0.5, rules=rules, periods=10_000, stop="absorption")
    assert ran < 10_000
    assert all(final[name] == 1.0 for name in KNOWLEDGE)


@pytest.mark.parametrize(("rules", "periods"), [("text", 1), ("program", 2)])
def test_sure_learners_hold_the_whole_code_after_a_step_or_two(rules, periods):
    world = random_world(2)
    code = random_world(3).reality
    world.code[:] = code
    run_from(world, p1=1.0, p2=0.0, rules=rules, periods=periods)
    assert np.all(world.beliefs == code)
    assert np.array_equal(world.code, code)


@pytest.mark.parametrize("rules", READINGS)
def test_where_nobody_learns_from_the_code_beliefs_stay(rules):
    world = random_world(4)
    before = world.beliefs.copy()
    run_from(world, p1=0.0, p2=0.5, rules=rules, periods=30)
    assert np.array_equal(world.beliefs, before)
    assert np.any(world.code != 0)


@pytest.mark.parametrize("rules", READINGS)
def test_a_code_that_never_learns_stays_empty_and_so_do_people_as_they_are(rules):
    runs = march(range(20), rules=rules, p2=0.0, stop="periods", periods=30, at=(0,))
    assert np.all(runs.final["code_knowledge"] == 0.0)
    assert np.array_equal(runs.final["mean_score"], runs.series["mean_score"][:, 0])


def test_the_code_takes_over_all_opinions_of_a_single_person_who_is_right_at_all():
    world = random_world(5, people=1)
    own = world.beliefs[0].copy()
    assert np.any(own == world.reality)
    ran, _ = run_from(world, p1=0.5, p2=1.0, rules="text", periods=100, stop="absorption")
    assert np.array_equal(world.code, own)
    # One period to write it down; what the person has no opinion on is never settled.
    assert ran == 1
    assert np.any(world.code == 0)


def test_the_code_takes_over_the_first_lucky_week_of_a_single_person():
    """At p2 = 1 a single superior's actions become the code, and nothing else can."""
    for seed in range(20):
        world = random_world(seed, people=1, dimensions=5)
        ran, final = run_from(world, p1=0.0, p2=1.0, periods=1, seed=seed)
        assert ran == 1
        known = world.code != 0
        assert known.all() or not known.any()
        assert final["code_score"] >= 0.0
        held = world.beliefs[0] != 0
        assert not known.any() or np.array_equal(world.code[held], world.beliefs[0][held])


def test_settled_is_who_holds_the_whole_of_a_complete_code():
    beliefs = np.array([[1, -1, 1], [1, 0, 1], [1, -1, -1]], np.int8)
    assert unsettled(beliefs, np.array([1, -1, 1], np.int8)).tolist() == [1, 2]
    assert unsettled(beliefs, np.array([1, -1, 0], np.int8)).tolist() == [0, 1, 2]


def test_absorption_waits_for_luck_that_could_still_move_the_code():
    world = prepared(np.ones(3, np.int8), np.array([[1, -1, 0]], np.int8), np.array([1, -1, 0]))
    # By chance the person may act rightly on the last dimension, and then outdoes the code.
    assert not at_rest(world, rules="program")
    assert at_rest(world, rules="text")
    # One who surely acts wrongly where the code is silent cannot: 1 right against 2.
    world.beliefs[:], world.code[:] = [[1, 1, -1]], [1, 1, 0]
    assert at_rest(world, rules="program")


def test_after_full_turnover_it_does_not_matter_how_people_used_to_learn():
    """At p3 = 1 everybody is new each period; with the same draws the runs are identical."""
    settings: dict[str, object] = {"turnover": 1.0, "stop": "periods", "periods": 20}
    slow = march(range(50), p1=0.1, **settings)
    fast = march(range(50), p1=0.9, **settings)
    assert np.array_equal(slow.final["code_score"], fast.final["code_score"])


def test_a_frozen_organization_loses_its_knowledge_as_fast_as_the_world_turns():
    """(correct - wrong)/m shrinks by 1 - 2 p4 a period.

    After t periods each dimension is right with probability (1 + .96^t)/2, independently: 4.9
    standard errors fail once in a million.
    """
    people, dimensions, periods, p4 = 5, 10_000, 10, 0.02
    reality = np.ones(dimensions, np.int8)
    world = prepared(reality, np.ones((people, dimensions), np.int8), reality)
    _, final = run_from(world, p1=0.5, p2=0.5, turbulence=p4, periods=periods)
    assert np.all(world.beliefs == 1)
    expected = (1 - 2 * p4) ** periods
    error = np.sqrt((1 - expected**2) / dimensions)
    assert abs(final["code_score"] - expected) <= 4.9 * error
    assert final["mean_score"] == pytest.approx(final["code_score"], abs=1e-12)


def test_people_start_with_a_third_right_a_third_wrong_and_the_code_with_nothing():
    """4.9 standard errors: a right start fails once in a million."""
    runs = march(range(200), at=(0,), people=100, stop="periods", periods=1).series
    beliefs = 200 * 100 * 30
    assert np.all(runs["code_knowledge"] == 0.0)
    error = 4.9 * np.sqrt(1 / 3 * 2 / 3 / beliefs)
    assert abs(runs["mean_knowledge"].mean() - OPINION / 2) <= error
    assert abs(runs["mean_score"].mean()) <= 4.9 * np.sqrt(OPINION / beliefs)


@pytest.mark.parametrize(("p2", "published"), [(0.1, 0.17297), (0.5, 0.40197), (0.9, 0.45808)])
def test_after_one_period_the_text_s_code_is_right_as_often_as_reckoned(p2, published):
    """.5 (1 - E[(1 - p2)^|S|]), S the sum of 50 uniform opinions; 4.9 standard errors.

    All but (2/3)^30 of people outdo the empty code, so the groups are the whole organization but
    for one person in 200,000; that moves the mean by less than 1e-5.
    """
    sums = np.array([1.0])
    for _ in range(50):
        sums = np.convolve(sums, np.full(3, 1 / 3))
    expected = 0.5 * (1 - np.sum(sums * (1 - p2) ** np.abs(np.arange(-50, 51))))
    assert expected == pytest.approx(published, abs=5e-6)
    runs = march(range(4000), rules="text", p2=p2, stop="periods", periods=1)
    error = np.sqrt(expected * (1 - expected) / (4000 * 30))
    assert abs(runs.final["code_knowledge"].mean() - expected) <= 4.9 * error + 1e-5
    score_error = np.sqrt(2 * expected / (4000 * 30))
    assert abs(runs.final["code_score"].mean()) <= 4.9 * score_error + 1e-5


def test_the_series_shows_the_periods_asked_for_and_keeps_the_last_value():
    runs = march([3], at=(0, 5, 9_999))
    again = march([3], stop="periods", periods=5)
    assert runs.at == (0, 5, 9_999)
    for name in MEASURED:
        assert runs.series[name].shape == (1, 3)
        assert same_values(runs.series[name][0, 1], again.final[name][0])
        assert same_values(runs.series[name][0, 2], runs.final[name][0])


# Against the literature


@pytest.mark.parametrize(
    ("rules", "p1", "p2", "published"),
    [
        ("program", 0.1, 0.5, 0.954),
        ("program", 0.5, 0.1, 0.801),
        ("program", 0.9, 0.9, 0.727),
        ("text", 0.1, 0.5, 0.838),
        ("text", 0.9, 0.1, 0.673),
    ],
)
def test_knowledge_at_absorption_is_that_of_figure_1(rules, p1, p2, published):
    """Five cells; ``replicate march1991`` runs them all."""
    runs = march(range(2000), rules=rules, p1=p1, p2=p2)
    assert_agrees(runs.final[MEASURE[rules]], published)


def test_slow_socialization_ends_with_more_knowledge():
    """Figure 1; 4.9 standard errors of the paired difference."""
    slow = march(range(500), p1=0.1).final["code_knowledge"]
    fast = march(range(500), p1=0.9).final["code_knowledge"]
    difference = slow - fast
    assert difference.mean() > 4.9 * difference.std(ddof=1) / np.sqrt(500)

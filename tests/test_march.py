"""March (1991) comes out of the mechanisms: certain outcomes, closed forms, published figures.

The figures' values are from independent runs of both readings of the paper, 10,000 (figure 3:
5,000) a point, given to three decimals with their 95 % half-width. A point agrees when it lies
within the joint 99.9 % interval, so of a thousand right points one fails. Seeds are fixed: a test
that passes goes on passing until the rules change.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InputProblem
from sim.mechanisms import PERIOD
from sim.models.march import RULES, march, variant
from sim.models.whole_run import (
    MEASURES,
    OPINION,
    Rates,
    Sheet,
    begin,
    empty_world,
    is_absorbed,
    run,
    unsettled,
)
from sim.organization import Organization
from sim.scenario.settings import Settings
from tests.march_figures import (
    FIGURE_1,
    FIGURE_2,
    FIGURE_3,
    FIGURE_4,
    FIGURE_5,
    FIGURE_5_PERIODS,
    GRID,
)

SURE = 3.29  # two-sided 99.9 % of a normal
ROUNDING = 0.0005
MEASURE = {"program": "code_score", "text": "code_knowledge"}


def assert_agrees(values, published, published_runs=10_000):
    """The mean of ``values`` and a published mean of runs of the same spread differ by chance."""
    spread = values.std(ddof=1)
    joint = spread * np.sqrt(1 / len(values) + 1 / published_runs)
    assert abs(values.mean() - published) <= SURE * joint + ROUNDING


def prepared(reality, beliefs, code):
    """A world as it is given, to be run from there."""
    world = empty_world(*beliefs.shape)
    world.reality[:], world.beliefs[:], world.code[:] = reality, beliefs, code
    world.person[:] = np.arange(len(beliefs))
    return world


def run_from(world, *, p1, p2, turbulence=0.0, rules="program", periods=1, seed=0, absorb=False):
    """Run a prepared world in place; the periods run and the final measures by name."""
    rates = Rates(np.full(len(world.person), p1), p2, 0.0, turbulence)
    final, no_series = np.empty(len(MEASURES)), np.empty((0, len(MEASURES)))
    no_periods = np.empty(0, np.int64)
    reading = variant(rules)
    ran = run(world, rates, reading, np.uint64(seed), periods, absorb, no_periods, no_series, final)
    return ran, dict(zip(MEASURES, final, strict=True))


def random_world(seed, people=50, dimensions=30):
    world = empty_world(people, dimensions)
    begin(world, np.uint64(seed))
    return world


# What is certain


@pytest.mark.parametrize("rules", RULES)
def test_a_run_is_the_same_alone_and_in_a_batch(rules):
    batch = march(range(10, 16), rules=rules, people=20, socialization=0.5)
    for k, seed in enumerate(range(10, 16)):
        alone = march([seed], rules=rules, people=20, socialization=0.5)
        assert alone.periods[0] == batch.periods[k]
        assert all(alone.final[name][0] == batch.final[name][k] for name in MEASURES)


def march_as_a_scenario(rules, people, periods, turnover, turbulence):
    """An organization in which nothing happens but what March describes."""
    acting = {"environment", "workforce", "hours", "socialization", "codification"}
    sections = {
        "start": {"opinion": OPINION, "right": 0.5, "code_opinion": 0.0, "practice": 0.0},
        "environment": {"complexity": 1, "tacit": 0, "turbulence": turbulence},
        "workforce": dict.fromkeys(("fear_effect", "belonging_effect", "learning_effect"), 0.0),
        "socialization": {"rate": 0.3},
        "codification": {"rate": 0.5, "judge": "truth", "codifies": "all"},
    }
    sections["workforce"]["turnover"] = turnover
    for path, value in RULES[rules].items():
        section, name = path.split(".")
        sections[section][name] = value
    without = [mechanism.name for mechanism in PERIOD if mechanism.name not in acting]
    sizes = {"people": people, "dimensions": 30, "periods": periods}
    return Settings(**sizes, without=without, **sections)


@pytest.mark.parametrize(("turnover", "turbulence"), [(0.0, 0.0), (0.1, 0.05)])
@pytest.mark.parametrize("rules", RULES)
def test_an_organization_that_only_does_what_march_says_lives_the_same_life(
    rules, turnover, turbulence
):
    """Bit by bit: the whole run and the periods of a scenario share rules and draws."""
    people, periods, seed = 20, 15, 4
    settings = march_as_a_scenario(rules, people, periods, turnover, turbulence)
    organization = Organization(settings, seed)
    for _ in range(periods):
        organization.step()
    world = march(
        [seed],
        people=people,
        socialization=0.3,
        turnover=turnover,
        turbulence=turbulence,
        rules=rules,
        stop="periods",
        periods=periods,
    ).world
    for name in ("reality", "code", "beliefs", "person"):
        assert np.array_equal(getattr(organization, name), getattr(world, name)), name


@pytest.mark.parametrize("rules", RULES)
def test_at_absorption_people_know_what_the_code_knows_and_nothing_moves_any_more(rules):
    short = march(range(200), rules=rules, socialization=0.7)
    long = march(range(200), rules=rules, socialization=0.7, stop="periods", periods=150)
    assert np.all(short.periods < 150)
    for name in MEASURES:
        assert np.array_equal(short.final[name], long.final[name])
    for kind in ("knowledge", "score"):
        assert np.array_equal(short.final[f"code_{kind}"], short.final[f"mean_{kind}"])


@pytest.mark.parametrize("rules", RULES)
def test_a_code_that_knows_everything_ends_known_by_everybody(rules):
    world = random_world(1)
    world.code[:] = world.reality
    ran, final = run_from(world, p1=0.3, p2=0.5, rules=rules, periods=10_000, absorb=True)
    assert ran < 10_000
    assert all(value == 1.0 for value in final.values())


@pytest.mark.parametrize(("rules", "periods"), [("text", 1), ("program", 2)])
def test_sure_learners_hold_the_whole_code_after_a_step_or_two(rules, periods):
    world = random_world(2)
    code = random_world(3).reality
    world.code[:] = code
    run_from(world, p1=1.0, p2=0.0, rules=rules, periods=periods)
    assert np.all(world.beliefs == code)
    assert np.array_equal(world.code, code)


@pytest.mark.parametrize("rules", RULES)
def test_where_nobody_learns_from_the_code_beliefs_stay(rules):
    world = random_world(4)
    before = world.beliefs.copy()
    run_from(world, p1=0.0, p2=0.5, rules=rules, periods=30)
    assert np.array_equal(world.beliefs, before)
    assert np.any(world.code != 0)


@pytest.mark.parametrize("rules", RULES)
def test_a_code_that_never_learns_stays_empty_and_so_do_people_as_they_are(rules):
    runs = march(range(20), rules=rules, codification=0.0, stop="periods", periods=30, at=(0,))
    assert np.all(runs.final["code_knowledge"] == 0.0)
    assert np.array_equal(runs.final["mean_score"], runs.series["mean_score"][:, 0])


def test_the_code_takes_over_all_opinions_of_a_single_person_who_is_right_at_all():
    world = random_world(5, people=1)
    own = world.beliefs[0].copy()
    assert np.any(own == world.reality)
    ran, _ = run_from(world, p1=0.5, p2=1.0, rules="text", periods=100, absorb=True)
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
    sheet = Sheet(
        np.empty((1, 3), np.int8), np.empty((1, 1), bool), np.empty(3, np.int32), world.code
    )
    seats = np.arange(1)
    # By chance the person may act rightly on the last dimension, and then outdoes the code.
    assert not is_absorbed(seats, world, variant("program"), sheet)
    assert is_absorbed(seats, world, variant("text"), sheet)
    # One who surely acts wrongly where the code is silent cannot: 1 right against 2.
    world.beliefs[:], world.code[:] = [[1, 1, -1]], [1, 1, 0]
    assert is_absorbed(seats, world, variant("program"), sheet)


def test_after_full_turnover_it_does_not_matter_how_people_used_to_learn():
    """At p3 = 1 everybody is new each period; with the same draws the runs are identical."""
    settings = {"turnover": 1.0, "stop": "periods", "periods": 20}
    slow = march(range(50), socialization=0.1, **settings)
    fast = march(range(50), socialization=0.9, **settings)
    assert np.array_equal(slow.final["code_score"], fast.final["code_score"])


def test_a_frozen_organization_loses_its_knowledge_as_fast_as_the_world_turns():
    """(correct - wrong)/m shrinks by 1 - 2 p4 a period.

    After t periods each dimension is right with probability (1 + .96^t)/2, independently: 4.9
    standard errors fail once in a million.
    """
    people, dimensions, periods, p4 = 5, 20_000, 10, 0.02
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
    runs = march(range(200), people=100, stop="periods", periods=0)
    beliefs = 200 * 100 * 30
    assert np.all(runs.final["code_knowledge"] == 0.0)
    error = 4.9 * np.sqrt(1 / 3 * 2 / 3 / beliefs)
    assert abs(runs.final["mean_knowledge"].mean() - OPINION / 2) <= error
    assert abs(runs.final["mean_score"].mean()) <= 4.9 * np.sqrt(OPINION / beliefs)


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
    runs = march(range(4000), rules="text", codification=p2, stop="periods", periods=1)
    error = np.sqrt(expected * (1 - expected) / (4000 * 30))
    assert abs(runs.final["code_knowledge"].mean() - expected) <= 4.9 * error + 1e-5
    score_error = np.sqrt(2 * expected / (4000 * 30))
    assert abs(runs.final["code_score"].mean()) <= 4.9 * score_error + 1e-5


def test_the_series_shows_the_periods_asked_for_and_keeps_the_last_value():
    runs = march([3], at=(0, 5, 9_999))
    again = march([3], stop="periods", periods=5)
    assert runs.at == (0, 5, 9_999)
    for name in MEASURES:
        assert runs.series[name].shape == (1, 3)
        assert runs.series[name][0, 1] == again.final[name][0]
        assert runs.series[name][0, 2] == runs.final[name][0]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"socialization": 1.5}, "socialization"),
        ({"socialization": float("nan")}, "socialization"),
        ({"socialization": [0.1, 0.2]}, "socialization"),
        ({"codification": -0.1}, "codification"),
        ({"turnover": 2.0}, "turnover"),
        ({"turbulence": -1.0}, "turbulence"),
        ({"rules": "memory"}, "rules"),
        ({"people": 0}, "people"),
        ({"at": (5, 2)}, "at"),
        ({"stop": "never"}, "stop"),
    ],
)
def test_what_cannot_be_run_is_named(wrong, named):
    with pytest.raises(InputProblem, match=named):
        march([1], **wrong)


# Against the literature


@pytest.mark.parametrize(
    ("rules", "p1", "p2"),
    [
        ("program", 0.1, 0.5),
        ("program", 0.5, 0.1),
        ("program", 0.9, 0.9),
        ("text", 0.1, 0.5),
        ("text", 0.9, 0.1),
    ],
)
def test_knowledge_at_absorption_is_that_of_figure_1(rules, p1, p2):
    runs = march(range(2000), rules=rules, socialization=p1, codification=p2)
    assert_agrees(runs.final[MEASURE[rules]], FIGURE_1[rules, p2][GRID.index(p1)])


def test_slow_socialization_ends_with_more_knowledge():
    """Figure 1; 4.9 standard errors of the paired difference."""
    slow = march(range(500), socialization=0.1).final["code_knowledge"]
    fast = march(range(500), socialization=0.9).final["code_knowledge"]
    difference = slow - fast
    assert difference.mean() > 4.9 * difference.std(ddof=1) / np.sqrt(500)


@pytest.mark.long
@pytest.mark.parametrize("p1", GRID)
@pytest.mark.parametrize(("rules", "p2"), FIGURE_1)
def test_figure_1(rules, p2, p1):
    runs = march(range(10_000), rules=rules, socialization=p1, codification=p2)
    assert_agrees(runs.final[MEASURE[rules]], FIGURE_1[rules, p2][GRID.index(p1)])


@pytest.mark.long
@pytest.mark.parametrize("fast", FIGURE_2["text"])
@pytest.mark.parametrize("rules", RULES)
def test_figure_2_mixtures_of_slow_and_fast_learners(rules, fast):
    rate = np.where(np.arange(50) < fast, 0.9, 0.1)
    runs = march(range(10_000), rules=rules, socialization=rate)
    assert_agrees(runs.final["code_score"], FIGURE_2[rules][fast])


@pytest.mark.long
@pytest.mark.parametrize("fast", FIGURE_3["text"])
@pytest.mark.parametrize("rules", RULES)
def test_figure_3_who_knows_what_at_period_20(rules, fast):
    is_fast = np.arange(50) < fast
    rate = np.where(is_fast, 0.9, 0.1)
    known, code = [], []
    for seed in range(5000):
        ended = march([seed], rules=rules, socialization=rate, stop="periods", periods=20)
        known.append((ended.world.beliefs == ended.world.reality).mean(axis=1))
        code.append(ended.final["code_knowledge"][0])
    by_person = np.array(known)
    slow_published, fast_published, code_published = FIGURE_3[rules][fast]
    if slow_published is not None:
        assert_agrees(by_person[:, ~is_fast].mean(axis=1), slow_published, 5000)
    if fast_published is not None:
        assert_agrees(by_person[:, is_fast].mean(axis=1), fast_published, 5000)
    assert_agrees(np.array(code), code_published, 5000)


@pytest.mark.long
@pytest.mark.parametrize("turnover", FIGURE_4["text"])
@pytest.mark.parametrize("rules", RULES)
def test_figure_4_turnover(rules, turnover):
    for p1, published in zip((0.1, 0.9), FIGURE_4[rules][turnover], strict=True):
        runs = march(
            range(10_000),
            rules=rules,
            socialization=p1,
            turnover=turnover,
            stop="periods",
            periods=20,
        )
        assert_agrees(runs.final[MEASURE[rules]], published)


@pytest.mark.long
@pytest.mark.parametrize(("rules", "turnover"), FIGURE_5)
def test_figure_5_turbulence(rules, turnover):
    runs = march(
        range(10_000),
        rules=rules,
        socialization=0.5,
        turnover=turnover,
        turbulence=0.02,
        stop="periods",
        periods=90,
        at=FIGURE_5_PERIODS,
    )
    for k, published in enumerate(FIGURE_5[rules, turnover]):
        assert_agrees(runs.series[MEASURE[rules]][:, k], published)

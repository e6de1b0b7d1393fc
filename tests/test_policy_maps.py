"""Policy maps on planted data: what is tied, what is behind, when nothing is recommended."""

from __future__ import annotations

from itertools import product
from math import isfinite, sqrt

import numpy as np
import pandas as pd
import pytest

from sim.studies.policy import (
    WORST,
    PolicyMaps,
    conflicts,
    needed_runs,
    policy_maps,
    state,
    verdict,
)
from sim.studies.policy.of_study import policy_table
from sim.studies.policy.tiles import behind
from sim.studies.policy.verdicts import rounded_up
from sim.studies.study import Policy, PolicyOutcome

SIZES, WEEKS, FEARS = (3, 7, 20), (0, 12, 4), ("low", "high")
KNOWLEDGE = PolicyOutcome("knowledge", "Knowledge", "share", 1, 0.0, 1.0, 2, 0.02)
FEAR = PolicyOutcome("fear", "Fear", "0 to 1", -1, 0.0, 1.0, 2, 0.02)


def maps_of(mean, seeds=20, noise=0.001, outcomes=(KNOWLEDGE,), worlds=FEARS, sizes=SIZES,
            weeks=WEEKS, left_out=(), rng=0) -> PolicyMaps:  # fmt: skip
    """Maps of planted runs: ``mean(outcome, size, weeks, fear)``, people's luck, a tile's luck."""
    draw = np.random.default_rng(rng)
    luck = draw.normal(0, 0.05, seeds)
    rows = []
    for size, every, fear in product(sizes, weeks, worlds or ("",)):
        if (size, every, fear) in left_out:
            continue
        own = draw.normal(0, noise, (len(outcomes), seeds))
        for seed in range(seeds):
            row = {"size": size, "every": every, "world": fear, "seed": seed, "status": "done"}
            for k, one in enumerate(outcomes):
                row[one.name] = mean(one.name, size, every, fear) + luck[seed] + own[k, seed]
            rows.append(row)
    policy = Policy("size", "every", "world" if worlds else "", tuple(outcomes), (3, 0), {})
    return policy_maps(pd.DataFrame(rows), policy, sizes, weeks, worlds)


# --- by hand ------------------------------------------------------------------------------------


def test_the_distance_from_the_best_by_hand():
    """Two tiles, four seeds: differences .1 .2 .3 .4, mean .25, error .1291/2."""
    differences = np.array([0.1, 0.2, 0.3, 0.4])
    mean, low, high, error = behind(differences, 2, differences)
    assert mean == pytest.approx(0.25)
    assert error == pytest.approx(sqrt(0.05 / 3) / 2)  # sum of squares .05, three degrees
    # Student's t with three degrees of freedom: 2.3534 leaves 5 % above it, 3.1824 leaves 2.5 %.
    assert high == pytest.approx(0.25 + 2.3534 * error, abs=1e-5)
    assert low == pytest.approx(0.25 - 3.1824 * error, abs=1e-5)


def test_equal_differences_leave_nothing_to_chance():
    assert behind(np.full(5, 0.03), 36, np.ones(5)) == (pytest.approx(0.03),) * 3 + (0.0,)
    assert behind(np.zeros(3), 2, np.ones(3)) == (0.0, 0.0, 0.0, 0.0)
    assert not any(isfinite(one) for one in behind(np.array([0.1]), 2, np.ones(1)))


def test_a_tile_holds_mean_and_range_of_its_runs():
    runs = pd.DataFrame({"size": 3, "every": 0, "seed": range(11), "knowledge": range(11)})
    policy = Policy("size", "every", "", (KNOWLEDGE,), (3, 0), {})
    tile = policy_maps(runs, policy, (3,), (0,)).of("knowledge", "").tiles[3, 0]
    assert (tile.runs, tile.mean, tile.p10, tile.p90) == (11, 5.0, 1.0, 9.0)


def test_less_is_better_where_the_outcome_says_so():
    maps = maps_of(lambda _, size, *__: size / 100, outcomes=(FEAR,))
    one = maps.of("fear", "low")
    assert one.best[0] == 3
    assert one.tiles[20, 0].behind == pytest.approx(0.17, abs=0.002)


# --- planted maps -------------------------------------------------------------------------------


def test_a_clear_winner_is_named_alone():
    maps = maps_of(lambda _, size, every, fear: 0.6 + 0.1 * ((size, every) == (7, 12)))
    for tab in maps.tabs:
        told = verdict(maps.of("knowledge", tab))
        assert (told.kind, told.best, told.tied, told.behind) == ("one", (7, 12), 1, 8)


def test_pure_noise_does_not_matter():
    """Noise of .005 on 20 seeds: no two means are .02 apart, nor can be thought to be."""
    maps = maps_of(lambda *_: 0.6, noise=0.005)
    for tab in maps.tabs:
        told = verdict(maps.of("knowledge", tab))
        assert (told.kind, told.best, told.tied) == ("same", None, 9)
        assert conflicts(maps, "knowledge", tab) == []


def test_loud_noise_points_at_nothing_either():
    maps = maps_of(lambda *_: 0.6, noise=0.1)
    told = verdict(maps.of("knowledge", "low"))
    assert (told.kind, told.best, told.behind) == ("unclear", None, 0)
    assert told.runs > 20


def test_a_plateau_is_tied_and_what_lies_below_is_behind():
    maps = maps_of(lambda _, size, *__: 0.6 if size > 3 else 0.5)
    told = verdict(maps.of("knowledge", "high"))
    assert (told.kind, told.tied, told.behind) == ("some", 6, 3)
    assert (told.rows_behind, told.columns_behind) == ((3,), ())
    assert told.best[0] in (7, 20)


def test_a_winner_that_changes_with_fear_is_warned_of():
    def mean(name, size, every, fear):
        return 0.6 + 0.1 * (size == (3 if fear == "low" else 20))

    maps = maps_of(mean)
    assert maps.of("knowledge", "low").best[0] == 3
    assert maps.of("knowledge", "high").best[0] == 20
    assert conflicts(maps, "knowledge", "low") == [("tab", "high")]
    assert conflicts(maps, "knowledge", "high") == [("tab", "low")]
    worst = maps.of("knowledge", WORST)
    assert {tile.world for tile in worst.run if tile.row == 3} == {"high"}
    assert worst.tiles[3, 0].mean == maps.of("knowledge", "high").tiles[3, 0].mean


def test_a_winner_for_one_outcome_that_loses_in_another_is_warned_of():
    def mean(name, size, every, fear):
        return 0.5 + 0.1 * (size == 20)  # more knowledge, and more fear

    maps = maps_of(mean, outcomes=(KNOWLEDGE, FEAR))
    assert conflicts(maps, "knowledge", "low") == [("outcome", "fear")]


def test_a_missing_tile_is_missing_and_nothing_is_said_of_it():
    maps = maps_of(lambda *_: 0.6, left_out={(7, 12, "low")})
    low, high, worst = (maps.of("knowledge", tab) for tab in ("low", "high", WORST))
    assert low.tiles[7, 12] is None
    assert high.tiles[7, 12] is not None
    assert worst.tiles[7, 12] is None
    assert (verdict(low).tiles, verdict(low).missing) == (8, 1)
    table = policy_table(maps)
    row = table[(table["tab"] == "low") & (table["size"] == 7) & (table["every"] == 12)]
    assert row["mean"].isna().all()


def test_a_map_of_single_runs_says_nothing():
    maps = maps_of(lambda *_: 0.6, seeds=1)
    told = verdict(maps.of("knowledge", "low"))
    assert (told.kind, told.best, told.tied, told.behind) == ("few", None, 0, 0)


def test_failed_runs_do_not_count():
    maps = maps_of(lambda *_: 0.6)
    rows = [{"size": 3, "every": 0, "world": "low", "seed": k, "status": "done" if k else "failed",
             "knowledge": 0.5 if k else np.nan} for k in range(5)]  # fmt: skip
    again = policy_maps(pd.DataFrame(rows), maps.policy, SIZES, WEEKS, FEARS)
    assert again.of("knowledge", "low").tiles[3, 0].runs == 4


# --- the rule's own errors ----------------------------------------------------------------------


def one_map(means, noise, seeds, rng):
    sizes = tuple(range(len(means)))
    maps = maps_of(lambda _, size, *__: means[size], seeds=seeds, noise=noise, worlds=(),
                   sizes=sizes, weeks=(0,), rng=rng)  # fmt: skip
    return maps.of("knowledge", "")


def test_noise_makes_a_tile_seem_behind_in_at_most_five_maps_of_100():
    """No margin, no difference: any "behind" is a false alarm, by chance at most .05 a map.

    300 maps: above 29 with a chance below 1e-3 if the rate were .05 (binomial). The plain interval
    raises it in more than half of such maps, which shows that the guard is needed.
    """
    guarded = plain = 0
    for rng in range(300):
        one = one_map([0.5] * 6, 0.05, 8, rng)
        lows = np.array([tile.low for tile in one.run])
        guarded += bool((lows > 0).any())
        # 2 * behind - high mirrors the upper end: the plain 90 % interval's lower end.
        plain += any(2 * tile.behind - tile.high > 0 for tile in one.run)
    assert guarded <= 29
    assert plain > 100


def test_a_tile_worse_by_the_margin_is_called_tied_in_at_most_five_of_100():
    """The last tile is worse by just the margin: its star would be an error, of chance .05 at most.

    300 maps: above 29 with a chance below 1e-3 if the rate were .05 (binomial).
    """
    wrong = 0
    for rng in range(300):
        one = one_map([0.5] * 5 + [0.48], 0.02, 8, rng)
        wrong += state(one.tiles[5, 0], 0.02) == "tied"
    assert wrong <= 29


def test_as_many_runs_as_are_named_do_tell():
    """A tile .01 behind at noise .03: with the runs named, four maps of five tell that it is tied.

    60 maps: below 34 with a chance below 1e-3 if the rate were .8 (binomial).
    """
    sd = 0.03 * sqrt(2)
    error = sd / sqrt(20)
    one = one_map([0.5, 0.49], 0.03, 20, 0)
    exact = type(one.tiles[1, 0])(
        1, 0, "", 20, 0.49, 0.4, 0.6, 0.01, 0.01 - 2.093 * error, 0.01 + 1.729 * error, error
    )
    runs = rounded_up(needed_runs(exact, 0.02))
    assert runs == pytest.approx((1.729 + 0.8416) ** 2 * sd**2 / 0.01**2, rel=0.1)
    told = sum(
        state(one_map([0.5, 0.49], 0.03, runs, rng).tiles[1, 0], 0.02) == "tied"
        for rng in range(60)
    )
    assert told >= 34


@pytest.mark.parametrize(
    ("runs", "said"), [(3.2, 4), (20.0, 20), (171.0, 180), (2000.0, 2000), (2001.0, None)]
)
def test_numbers_of_runs_are_said_at_two_digits(runs, said):
    assert rounded_up(runs) == said


def test_no_number_of_runs_tells_of_a_tile_just_the_margin_behind():
    maps = maps_of(lambda *_: 0.6)
    tile = maps.of("knowledge", "low").tiles[3, 0]
    assert needed_runs(tile, tile.behind) == float("inf")
    assert rounded_up(float("inf")) is None

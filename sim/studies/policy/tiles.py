"""The tiles of a policy map: what came of each policy, and how far it is behind the best.

All tiles are run on the same seeds, so each is compared with the best pair by pair. The best is
chosen by what came out, so it is partly the luckiest of many: where nothing differs, the plain
90 % interval of some difference from it leaves out 0 nearly always (in 998 of 1,000 maps of 36
tiles with 20 seeds of noise). Hence the lower end allows for every pair that could have been
chosen (Bonferroni). The upper end needs no such care: a tile's distance from the best of the data
errs on the side of too much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan, sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from sim.studies.statistics.paired import ROUNDING
from sim.studies.study import Policy, PolicyOutcome
from sim.studies.study.factors import Value

#: Chance that an end of an interval errs: the lower ends of a whole map, the upper end of a tile.
ERROR = 0.05
#: Shares of the runs below the ends of a tile's range.
RANGE = (0.1, 0.9)
#: The tab of the world in which each policy does worst.
WORST = "worst"

Place = tuple[Value, Value]


@dataclass(frozen=True)
class Tile:
    """One policy in one world.

    ``mean``, ``p10`` and ``p90`` are over its ``runs``. ``behind`` is how far it is behind the best
    tile, by pairs (more is worse, whichever way the outcome is better), from ``low`` to ``high``,
    with its standard ``error``; NaN with fewer than two pairs. ``world`` is the tab it is of.
    """

    row: Value
    column: Value
    world: str
    runs: int
    mean: float
    p10: float
    p90: float
    behind: float
    low: float
    high: float
    error: float


@dataclass(frozen=True)
class PolicyMap:
    """A map of one outcome in one tab; ``tiles`` has None where nothing was run.

    ``best`` is the place of the best mean, None where no tile has two runs.
    """

    outcome: PolicyOutcome
    tab: str
    tiles: Mapping[Place, Tile | None]
    best: Place | None

    @property
    def run(self) -> list[Tile]:
        """The tiles that were run, in the order of the map."""
        return [tile for tile in self.tiles.values() if tile is not None]


@dataclass(frozen=True)
class PolicyMaps:
    """All maps of a study: by outcome and tab.

    ``tabs`` are the worlds (one without a name where the study has none), and ``WORST`` after them
    where there are several.
    """

    policy: Policy
    rows: tuple[Value, ...]
    columns: tuple[Value, ...]
    worlds: tuple[str, ...]
    maps: Mapping[tuple[str, str], PolicyMap]

    @property
    def tabs(self) -> tuple[str, ...]:
        return (*self.worlds, WORST) if len(self.worlds) > 1 else self.worlds

    @property
    def places(self) -> list[Place]:
        return [(row, column) for row in self.rows for column in self.columns]

    def of(self, outcome: str, tab: str) -> PolicyMap:
        return self.maps[outcome, tab]

    def __iter__(self) -> Iterator[PolicyMap]:
        return iter(self.maps.values())


def policy_maps(
    runs: pd.DataFrame, policy: Policy, rows: Sequence[Value], columns: Sequence[Value],
    worlds: Sequence[str] = (),
) -> PolicyMaps:  # fmt: skip
    """The maps of a table of runs: one row a run, with columns of factors, ``seed`` and outcomes.

    ``rows``, ``columns`` and ``worlds`` are the levels in their order. A run without a finite value
    does not count; where a column ``status`` says so, neither does one that failed.
    """
    done = runs[runs["status"].astype(str) == "done"] if "status" in runs else runs
    tabs = tuple(worlds) or ("",)
    places = [(row, column) for row in rows for column in columns]
    maps: dict[tuple[str, str], PolicyMap] = {}
    for outcome in policy.outcomes:
        values: dict[str, dict[Place, pd.Series]] = {}
        for tab in tabs:
            here = done[done[policy.tabs].astype(str) == tab] if policy.tabs else done
            values[tab] = _values(here, policy, outcome.name)
            worlds_of = dict.fromkeys(places, tab)
            maps[outcome.name, tab] = _map(outcome, tab, places, values[tab], worlds_of)
        if len(tabs) > 1:
            worst, worlds_of = _worst(outcome, places, values)
            maps[outcome.name, WORST] = _map(outcome, WORST, places, worst, worlds_of)
    return PolicyMaps(policy, tuple(rows), tuple(columns), tabs, maps)


def _values(runs: pd.DataFrame, policy: Policy, name: str) -> dict[Place, pd.Series]:
    """The outcome of each tile by seed, without runs that have none."""
    found = {}
    for place, part in runs.groupby([policy.rows, policy.columns], sort=False, observed=True):
        values = part.set_index("seed")[name].astype(float)
        row, column = place
        found[_plain(row), _plain(column)] = values[np.isfinite(values)]
    return {place: values for place, values in found.items() if len(values)}


def _plain(value: object) -> Value:
    bare = value.item() if isinstance(value, np.generic) else value
    return bare  # type: ignore[return-value]


def _worst(
    outcome: PolicyOutcome, places: Sequence[Place], values: Mapping[str, Mapping[Place, pd.Series]]
) -> tuple[dict[Place, pd.Series], dict[Place, str]]:
    """Each policy in the world where its mean is worst; none where it was not run in all."""
    found, worlds = {}, {}
    for place in places:
        if all(place in tab for tab in values.values()):
            means = {
                tab: outcome.better * float(tiles[place].mean()) for tab, tiles in values.items()
            }
            worlds[place] = min(means, key=lambda tab: means[tab])
            found[place] = values[worlds[place]][place]
    return found, worlds


def _map(
    outcome: PolicyOutcome,
    tab: str,
    places: Sequence[Place],
    values: Mapping[Place, pd.Series],
    worlds: Mapping[Place, str],
) -> PolicyMap:
    ranked = [place for place in places if place in values and len(values[place]) > 1]
    best = max(ranked, key=lambda at: outcome.better * float(values[at].mean()), default=None)
    tiles: dict[Place, Tile | None] = {}
    for place in places:
        if place not in values:
            tiles[place] = None
            continue
        own = values[place].to_numpy()
        p10, p90 = np.quantile(own, RANGE)
        numbers = (nan, nan, nan, nan)
        if best is not None:
            pair = pd.concat([values[best], values[place]], axis=1, join="inner").to_numpy()
            numbers = behind(outcome.better * (pair[:, 0] - pair[:, 1]), len(ranked), pair)
        tiles[place] = Tile(
            *place, worlds[place], own.size, float(own.mean()), float(p10), float(p90), *numbers
        )
    return PolicyMap(outcome, tab, tiles, best)


def behind(
    differences: NDArray[np.float64], tiles: int, values: NDArray[np.float64]
) -> tuple[float, float, float, float]:
    """Mean of paired differences from the best of so many ``tiles``, with its ends and its error.

    ``values`` are those that were compared: differences smaller than their rounding are none.
    """
    n = differences.size
    if n < 2:
        return nan, nan, nan, nan
    mean, sd = float(differences.mean()), float(differences.std(ddof=1))
    if sd <= ROUNDING * float(np.abs(values).max()):
        # The same difference in every pair: nothing is left to chance.
        return mean, mean, mean, 0.0
    error = sd / sqrt(n)
    pairs = max(tiles * (tiles - 1), 1)
    down, up = stdtrit(n - 1, 1 - ERROR / pairs), stdtrit(n - 1, 1 - ERROR)
    return mean, mean - float(down) * error, mean + float(up) * error, error


def known(value: float) -> float | None:
    """The number, or None for one that is none."""
    return float(value) if isfinite(value) else None

"""What a policy map allows to say, by rule: tied with the best, behind it, or not to be told.

A tile is tied when the upper end of its distance from the best lies within the margin, and behind
when the lower end lies beyond it. Between the two it cannot be told with these runs. A tile that is
truly behind by the margin is called tied in at most 5 of 100 maps; where nothing differs, any tile
is called behind in at most 5 of 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isfinite, log10
from typing import Literal

import numpy as np
from scipy.special import ndtri

from sim.studies.policy.tiles import WORST, Place, PolicyMap, PolicyMaps, Tile
from sim.studies.study.factors import Value

State = Literal["tied", "behind", "unclear"]
Kind = Literal["few", "same", "unclear", "one", "some"]
#: Chance that as many runs as are said to be needed do tell.
POWER = 0.8
#: Runs of a tile beyond which nobody is sent.
MOST_RUNS = 2000


@dataclass(frozen=True)
class Verdict:
    """What a map says at a margin.

    ``kind`` is "few" (no tile has two runs), "same" (all tied: it does not matter), "unclear" (none
    behind, some cannot be told), "one" (all others behind) or "some". ``best`` is None unless
    something is behind: where nothing is, no tile is pointed at. ``rows_behind`` and
    ``columns_behind`` are levels of which every tile is behind. ``runs`` would tell about half of
    the unclear tiles, None where no sensible number would.
    """

    kind: Kind
    tiles: int
    tied: int
    behind: int
    unclear: int
    missing: int
    best: Place | None
    rows_behind: tuple[Value, ...]
    columns_behind: tuple[Value, ...]
    runs: int | None


def state(tile: Tile, margin: float) -> State:
    """Whether a tile is tied with the best within a margin, behind it, or cannot be told."""
    if isfinite(tile.high) and tile.high <= margin:
        return "tied"
    return "behind" if isfinite(tile.low) and tile.low > margin else "unclear"


def needed_runs(tile: Tile, margin: float) -> float:
    """Runs of each tile that would tell four times in five, should the difference be as found.

    Infinite for a tile that is just the margin behind, NaN where two pairs are not there yet.
    """
    if not isfinite(tile.error):
        return float("nan")
    gap = abs(tile.behind - margin)
    if gap == 0:
        return float("inf")
    half = tile.high - tile.behind if tile.behind < margin else tile.behind - tile.low
    return float(tile.runs * ((half + float(ndtri(POWER)) * tile.error) / gap) ** 2)


def verdict(one: PolicyMap, margin: float | None = None) -> Verdict:
    """What a map says, at its outcome's margin unless another is given."""
    margin = one.outcome.margin if margin is None else margin
    states = {(tile.row, tile.column): state(tile, margin) for tile in one.run}
    counts = {name: list(states.values()).count(name) for name in ("tied", "behind", "unclear")}
    kind: Kind = "some"
    if one.best is None:
        kind = "few"
    elif counts["tied"] == len(states):
        kind = "same"
    elif counts["behind"] == 0:
        kind = "unclear"
    elif counts["tied"] == 1 and counts["unclear"] == 0:
        kind = "one"
    return Verdict(
        kind=kind,
        tiles=len(states),
        missing=len(one.tiles) - len(states),
        best=one.best if counts["behind"] else None,
        rows_behind=_all_behind(states, 0),
        columns_behind=_all_behind(states, 1),
        runs=_runs([tile for tile in one.run if state(tile, margin) == "unclear"], margin),
        **counts,
    )


def _all_behind(states: dict[Place, State], axis: int) -> tuple[Value, ...]:
    """Levels of rows (0) or columns (1) of which every tile that was run is behind."""
    levels = dict.fromkeys(place[axis] for place in states)
    return tuple(
        level
        for level in levels
        if all(told == "behind" for place, told in states.items() if place[axis] == level)
    )


def _runs(unclear: Sequence[Tile], margin: float) -> int | None:
    """Runs that would tell about half of the unclear tiles, at two digits, upwards."""
    needed = sorted(needed_runs(tile, margin) for tile in unclear if isfinite(tile.error))
    if not needed:
        return None
    return rounded_up(needed[(len(needed) - 1) // 2])


def rounded_up(runs: float) -> int | None:
    """A number of runs as one would say it, None beyond what anybody would do."""
    if not isfinite(runs) or runs > MOST_RUNS:
        return None
    step = 10 ** max(0, int(np.floor(log10(max(runs, 1)))) - 1)
    return int(ceil(runs / step) * step)


def conflicts(
    maps: PolicyMaps, outcome: str, tab: str, margins: dict[str, float] | None = None
) -> list[tuple[str, str]]:
    """Where the best policy of a map is behind: pairs ("tab" or "outcome", its name).

    Empty where the map points at no policy. ``margins`` takes the place of the outcomes' own.
    """
    given = {one.name: one.margin for one in maps.policy.outcomes} | (margins or {})
    best = verdict(maps.of(outcome, tab), given[outcome]).best
    if best is None:
        return []
    found = []
    for other in (one for one in maps.worlds if one != tab and tab != WORST):
        if _is_behind(maps.of(outcome, other), best, given[outcome]):
            found.append(("tab", other))
    for name in (one.name for one in maps.policy.outcomes if one.name != outcome):
        if _is_behind(maps.of(name, tab), best, given[name]):
            found.append(("outcome", name))
    return found


def _is_behind(one: PolicyMap, place: Place, margin: float) -> bool:
    tile = one.tiles[place]
    return tile is not None and state(tile, margin) == "behind"

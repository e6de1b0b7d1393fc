"""What can be said of a question only when its runs are there: best options, losses, puzzles.

Everything is counted from the runs, seed by seed; nothing here knows what was hoped for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, comb, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.studies.statistics import paired_difference

#: Values of one goal in all runs: run id -> goal id -> (seeds, weeks + 1).
Series = Mapping[str, Mapping[str, NDArray[np.float64]]]
#: Chance of telling any option from the best by mistake where options do not differ.
RISK = 0.05
#: A dip smaller than this is rounding.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Outcome:
    """Which options did best.

    ``best`` has the best mean; ``tied`` are all that cannot be told from it, itself first, then by
    their means. ``clear`` says that it stands alone, ``all_tied`` that nothing can be told apart.
    """

    best: str
    tied: tuple[str, ...]
    clear: bool
    all_tied: bool
    values: Mapping[str, float]


def outcome(values: Mapping[str, NDArray[np.float64]], better: int) -> Outcome:
    """Compare options by one value a seed, pair by pair with the best.

    Which one is best is known only afterwards, so intervals are corrected for all pairs there are
    (Bonferroni): where options do not differ, one is told from the best with a chance of ``RISK``
    at most. With ``better`` of 0 more counts as better. Without any value nothing can be told.
    """
    sign = -1.0 if better < 0 else 1.0
    means = {name: _mean(each) for name, each in values.items()}
    known = [name for name in values if np.isfinite(means[name])]
    if not known:
        return Outcome(next(iter(values), ""), tuple(values), False, True, means)
    ranked = sorted(known, key=lambda name: -sign * means[name])
    best = ranked[0]
    level = 1.0 - RISK / max(1, comb(len(ranked), 2))
    tied = [best]
    for name in ranked[1:]:
        paired = paired_difference(values[name], values[best], level=level)
        if not (paired.low > 0.0 or paired.high < 0.0):
            tied.append(name)
    alone = len(tied) == 1 and len(ranked) > 1
    return Outcome(best, tuple(tied), alone, len(tied) == len(ranked), means)


def _mean(values: NDArray[np.float64]) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def dip_weeks(values: NDArray[np.float64], breaks: Sequence[int]) -> list[int]:
    """Weeks in which a value is below what it was in the week before the last break.

    ``values`` (weeks + 1,) begins with week 0; ``breaks`` are the weeks at whose end cells were
    reshuffled. The week of a break counts already.
    """
    found = []
    before = np.nan
    for week in range(1, len(values)):
        if week in breaks:
            before = values[week - 1]
        if values[week] < before - ROUNDING:
            found.append(week)
    return found


@dataclass(frozen=True)
class Targets:
    """What a puzzle asks for: to reach at least ``target``, with at most ``limit`` dips."""

    target: float
    limit: int
    possible: bool


def targets(
    reached: Mapping[str, NDArray[np.float64]],
    dips: Mapping[str, NDArray[np.float64]],
    shown: int,
) -> Targets:
    """Derive a puzzle from what its options come to, neither trivial nor impossible if it can be.

    Each option in turn is made the one that does it: by the medians over seeds, the target lies
    half-way down to the next option that reaches less, the limit half-way up to the next one with
    more dips, both in whole numbers. Of these puzzles one is chosen that the shown run can solve,
    if any; then one that neither the option that reaches most nor the one with fewest dips solves;
    then one that fewest solve; then the one that asks for most. It is impossible where no option
    solves it in the shown run.

    Parameters
    ----------
    reached, dips
        By option, one value a seed; options without a finite median are passed over.
    shown
        Place of the shown seed.
    """
    reach = {name: float(np.median(each)) for name, each in reached.items()}
    dip = {name: float(np.median(dips[name])) for name in reached}
    names = [name for name in reach if np.isfinite(reach[name]) and np.isfinite(dip[name])]
    if not names:
        return Targets(0.0, 0, False)
    most = max(names, key=lambda name: reach[name])
    fewest = min(names, key=lambda name: (dip[name], -reach[name]))
    candidates = []
    for name in names:
        less = [reach[other] for other in names if reach[other] < reach[name]]
        more = [dip[other] for other in names if dip[other] > dip[name]]
        half_down = ceil((reach[name] + max(less, default=reach[name])) / 2)
        half_up = floor((dip[name] + min(more, default=dip[name])) / 2)
        target = min(half_down, floor(reach[name]))
        limit = max(half_up, ceil(dip[name]))
        by = [one for one in names if reach[one] >= target and dip[one] <= limit]
        possible = any(reached[one][shown] >= target and dips[one][shown] <= limit for one in names)
        rank = (not possible, (most in by) + (fewest in by), len(by), -target)
        candidates.append((rank, Targets(float(target), limit, possible)))
    return min(candidates, key=lambda candidate: candidate[0])[1]


def breaks_of(every: int, weeks: int) -> list[int]:
    """Weeks at whose end cells are reshuffled; none for 0, which stands for never."""
    return list(range(every, weeks + 1, every)) if every > 0 else []


def puzzle_of(
    puzzle: Mapping[str, Any],
    runs: Mapping[str, str],
    every: Mapping[str, int],
    series: Series,
    shown: int,
) -> dict[str, Any]:
    """A puzzle with its numbers: the shown run of each option, and in how many runs it is solved.

    ``runs`` and ``every`` give the run and the weeks between reshuffles of each option; ``puzzle``
    names the goals that are to be reached (``reach``) and to be kept up (``dips``).
    """
    reach: dict[str, NDArray[np.float64]] = {}
    weeks: dict[str, list[list[int]]] = {}
    for option, run in runs.items():
        reach[option] = series[run][puzzle["reach"]][:, -1]
        kept = series[run][puzzle["dips"]]
        breaks = breaks_of(every[option], kept.shape[1] - 1)
        weeks[option] = [dip_weeks(each, breaks) for each in kept]
    dips = {
        option: np.array([len(each) for each in of_seeds], dtype=np.float64)
        for option, of_seeds in weeks.items()
    }
    asked = targets(reach, dips, shown)
    options = {}
    for option in runs:
        does = (reach[option] >= asked.target) & (dips[option] <= asked.limit)
        options[option] = {
            "reached": number_or_none(reach[option][shown]),
            "dips": int(dips[option][shown]),
            "dip_weeks": weeks[option][shown],
            "ok": bool(does[shown]),
            "solved": int(does.sum()),
            "runs": len(does),
        }
    return {
        "goal": puzzle["reach"],
        "dips_of": puzzle["dips"],
        "target": asked.target,
        "limit": asked.limit,
        "possible": asked.possible,
        "trivial": all(option["ok"] for option in options.values()),
        "options": options,
    }


def number_or_none(value: float) -> float | None:
    """A number as JSON knows it."""
    return float(value) if np.isfinite(value) else None


def losses(
    option: NDArray[np.float64], baseline: NDArray[np.float64], week: int
) -> NDArray[np.float64]:
    """What an organization lost by an option, seed by seed, by the end of a week."""
    lost: NDArray[np.float64] = baseline[:, week] - option[:, week]
    return lost

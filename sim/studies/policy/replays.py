"""The runs that a policy map can replay person by person: every tile on one seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.studies.pool import Pool
from sim.studies.runner import ALONE

if TYPE_CHECKING:
    from pathlib import Path

    from sim.scenario.people import People
    from sim.studies.policy.tiles import Place, PolicyMaps
    from sim.studies.study import Policy, Study
    from sim.workshop.recording import Recording
    from sim.workshop.variants import Variant

#: What is seen of people, in the order of the film.
SEEN = ("knowledge", "safe")
#: Weeks between two pictures of people.
EVERY = 8
#: Where a study's folder keeps them.
REPLAYS = "replays"


def replay_id(tab: str, place: Place) -> str:
    """The run of a tile on a page: ``tile/TAB/ROW/COLUMN``."""
    return f"tile/{tab}/{place[0]}/{place[1]}"


def replays_of(
    study: Study,
    seed: int,
    folder: Path | None,
    *,
    people: People | None = None,
    allow_plugins: bool = False,
    pool: Pool = ALONE,
    tell: Callable[[int], None] = lambda runs: None,
    run_missing: bool = True,
) -> dict[str, tuple[Variant, Recording]]:
    """Record every tile on one seed, or read it from ``folder``; by ``replay_id``.

    Without ``run_missing`` only what is there comes back.

    Raises
    ------
    InputProblem
        When the folder cannot be written.
    RunsFailed
        When a run failed.
    """
    from sim.workshop.store import Recordings, Seen

    variants = _variants(study, seed, people, allow_plugins)
    seen = Seen(SEEN, with_ties=False)
    kept = Recordings(folder)
    if not run_missing:
        missing = {each.id for each in kept.missing(variants, seen)}
        variants = [each for each in variants if each.id not in missing]
    found = kept.get(variants, seen, pool=pool, tell=tell)
    return {each.id: (each, found[each.id][0]) for each in variants}


def _variants(study: Study, seed: int, people: People | None, allow_plugins: bool) -> list[Variant]:
    from sim.workshop.variants import Variant

    policy = study.policy
    assert policy is not None
    found = []
    for point in study.points:
        tab = str(point.values[policy.tabs]) if policy.tabs else ""
        changes = [(name, point.values[name]) for name in (policy.rows, policy.columns)]
        if policy.tabs:
            changes.append((policy.tabs, tab))
        found.append(
            Variant(
                id=replay_id(tab, (point.values[policy.rows], point.values[policy.columns])),
                scenario=study.scenarios[0].name,
                settings=study.settings_of(0, point),
                seeds=(seed,),
                people=people,
                title="",
                changes=tuple(changes),
                every=EVERY,
                allow_plugins=allow_plugins,
            )
        )
    return found


def typical_seed(maps: PolicyMaps, runs: pd.DataFrame, policy: Policy) -> int:
    """The seed whose mean over all tiles, of the first outcome, is the median of all seeds."""
    name = policy.outcomes[0].name
    by_seed = runs.groupby("seed")[name].mean().dropna()
    if by_seed.empty:
        return int(runs["seed"].iloc[0])
    return int(by_seed.index[int(np.argsort(by_seed.to_numpy(), kind="stable")[len(by_seed) // 2])])


def curves_of(
    series: pd.DataFrame, runs: pd.DataFrame, maps: PolicyMaps, name: str, weeks: Sequence[int]
) -> dict[tuple[str, Place], np.ndarray]:
    """A measure on the way by tab and tile: float64 (seeds, weeks), NaN where there is no value."""
    policy = maps.policy
    wide = series.pivot(index="run", columns="period", values=name).reindex(columns=list(weeks))
    told = runs.set_index("run").loc[wide.index]
    seeds = {int(seed): place for place, seed in enumerate(sorted(runs["seed"].unique()))}
    worlds = told[policy.tabs].astype(str).tolist() if policy.tabs else [""] * len(told)
    places = zip(told[policy.rows].tolist(), told[policy.columns].tolist(), strict=True)
    found: dict[tuple[str, Place], np.ndarray] = {}
    for world, place, seed, values in zip(
        worlds, places, told["seed"].tolist(), wide.to_numpy(np.float64), strict=True
    ):
        rows = found.setdefault((world, place), np.full((len(seeds), len(weeks)), np.nan))
        rows[seeds[int(seed)]] = values
    return found

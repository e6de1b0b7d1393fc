"""The policy maps of a study, by what its file says, or where two factors span one."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.measures import MEASURES
from sim.studies.policy.tiles import PolicyMaps, known, policy_maps
from sim.studies.policy.verdicts import state
from sim.studies.study import Policy, PolicyOutcome, Study
from sim.studies.study.factors import Factor
from sim.studies.study.policy_reading import DECIMALS, MARGIN


def maps_of(study: Study, runs: pd.DataFrame) -> PolicyMaps | None:
    """The maps of a study's runs; None where its file asks for none and none suggests itself."""
    policy = study.policy or _suggested(study)
    if policy is None or not policy.outcomes:
        return None
    by_name = {factor.name: factor for factor in study.factors}
    rows, columns = (by_name[name].levels or () for name in (policy.rows, policy.columns))
    worlds = [str(level) for level in by_name[policy.tabs].levels or ()] if policy.tabs else []
    return policy_maps(runs, policy, rows, columns, worlds)


def _suggested(study: Study) -> Policy | None:
    """A map of a grid of two factors in one scenario, of the outcomes that have a scale."""
    if study.design.kind != "grid" or len(study.scenarios) != 1 or len(study.factors) != 2:
        return None
    if study.pairing != "common" or not all(_is_ordered(factor) for factor in study.factors):
        return None
    measures = [(name, MEASURES[name]) for name in study.measures if name in MEASURES]
    outcomes = tuple(
        PolicyOutcome(name, one.label, one.unit, one.better, one.low, one.high, DECIMALS,
                      MARGIN * (one.high - one.low))
        for name, one in measures
        if one.better and one.low is not None and one.high is not None
    )  # fmt: skip
    rows, columns = study.factors
    assert rows.levels is not None and columns.levels is not None
    today = (rows.levels[0], columns.levels[0])
    return Policy(rows.name, columns.name, "", outcomes, today, {})


def _is_ordered(factor: Factor) -> bool:
    levels = factor.levels or ()
    return len(levels) > 1 and not factor.worlds and not any(isinstance(x, str) for x in levels)


def policy_table(maps: PolicyMaps) -> pd.DataFrame:
    """All tiles of all maps, one row each; empty where nothing was run.

    ``behind`` is how far a tile is behind the best of its map, from ``behind_low`` to
    ``behind_high`` (more is worse); ``state`` what that means at the ``margin``. In the tab
    ``worst``, ``world`` says where the policy does worst.
    """
    policy, rows = maps.policy, []
    for one in maps:
        for place, tile in one.tiles.items():
            row: dict[str, Any] = {
                "outcome": one.outcome.name,
                "tab": one.tab,
                policy.rows: place[0],
                policy.columns: place[1],
            }
            if tile is not None:
                row |= {
                    "world": tile.world,
                    "runs": tile.runs,
                    "mean": tile.mean,
                    "p10": tile.p10,
                    "p90": tile.p90,
                    "behind": known(tile.behind),
                    "behind_low": known(tile.low),
                    "behind_high": known(tile.high),
                    "state": state(tile, one.outcome.margin),
                    "margin": one.outcome.margin,
                    "is_best": place == one.best,
                }
            rows.append(row)
    table = pd.DataFrame(rows)
    if "runs" in table:
        table["runs"] = table["runs"].astype("Int64")
    return table

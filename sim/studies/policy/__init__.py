"""Policy maps: each tile of two factors' levels is a policy, compared with the best on the map."""

from __future__ import annotations

from sim.studies.policy.tiles import WORST, PolicyMap, PolicyMaps, Tile, policy_maps
from sim.studies.policy.verdicts import State, Verdict, conflicts, needed_runs, state, verdict

__all__ = [
    "WORST",
    "PolicyMap",
    "PolicyMaps",
    "State",
    "Tile",
    "Verdict",
    "conflicts",
    "needed_runs",
    "policy_maps",
    "state",
    "verdict",
]

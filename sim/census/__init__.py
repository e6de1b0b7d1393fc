"""Counting an organization once for many measures: what people believe, whom they know, who fares.

One pass over the arrays of beliefs serves the measures of ``NAMES``, one over everybody's contacts
those of ``TIES``, one over traits those of ``TYPES``.
"""

from __future__ import annotations

from sim.census.beliefs import NAMES, census, count_beliefs, count_payoffs
from sim.census.ties import LINKED, SOURCES, TIES, mean_distance, ties_census
from sim.census.types import OUTCOMES, TRAITS, TYPES, ranked, types_census

__all__ = [
    "LINKED",
    "NAMES",
    "OUTCOMES",
    "SOURCES",
    "TIES",
    "TRAITS",
    "TYPES",
    "census",
    "count_beliefs",
    "count_payoffs",
    "mean_distance",
    "ranked",
    "ties_census",
    "types_census",
]

"""Barkoczi & Galesic (2016): imitating the best or the most frequent of a small sample.

A second opinion in plain NumPy, after the authors' program. Solutions are integers whose
bits are the choices; the landscape is the one of :mod:`lazer_friedman`.
"""

import numpy as np
from numpy.typing import NDArray

from .lazer_friedman import nk_scores, ring_lattice

Links = NDArray[np.bool_]
Solutions = NDArray[np.int64]


def connected_caveman(people: int, clique: int) -> Links:
    """Complete cliques on a ring: in each, one link is moved to the clique before it."""
    links = np.arange(people)[:, None] // clique == np.arange(people) // clique
    np.fill_diagonal(links, False)
    for first in range(0, people, clique):
        before = (first - 1) % people
        links[first, first + 1] = links[first + 1, first] = False
        links[first, before] = links[before, first] = True
    return links


def build_network(kind: str, people: int, neighbours: int) -> Links:
    """links[i, j]: i sees j."""
    if kind == "full":
        return ~np.eye(people, dtype=bool)
    if kind == "caveman":
        return connected_caveman(people, neighbours + 1)
    if kind == "directed_lattice":
        ahead = (np.arange(people) - np.arange(people)[:, None]) % people
        return (ahead >= 1) & (ahead <= neighbours)
    if kind == "lattice":
        return ring_lattice(people, neighbours)
    raise ValueError(kind)


def sample_contacts(links: Links, sample: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """``sample`` different contacts of everybody, in random order."""
    order = np.where(links, rng.random(links.shape), 2.0)
    return order.argsort(axis=1)[:, :sample]


def candidates(
    aggregate: str, seen: Solutions, scores: NDArray[np.float64]
) -> tuple[Solutions, NDArray[np.bool_]]:
    """The solution each person considers of those seen, and whether there is one.

    Samples come in random order, so the first among equals is one of them at random.
    """
    if aggregate == "best":
        chosen = scores[seen].argmax(axis=1)
        found = np.ones(len(seen), dtype=bool)
    elif aggregate == "modal":
        frequency = (seen[:, :, None] == seen[:, None, :]).sum(axis=2)
        chosen = frequency.argmax(axis=1)
        found = frequency.max(axis=1) > 1
    else:
        raise ValueError(aggregate)
    return np.take_along_axis(seen, chosen[:, None], axis=1)[:, 0], found


def run(
    seed: int,
    people: int = 100,
    dimensions: int = 15,
    interdependence: int = 7,
    partners: str = "distinct",
    contributions: str = "uniform",
    network: str = "full",
    neighbours: int = 19,
    aggregate: str = "modal",
    sample: int = 3,
    periods: int = 199,
    at: tuple[int, ...] = (),
) -> dict[str, float]:
    """Run ``periods`` rounds with one rule for all: best, modal, random or none.

    ``none`` is individual learning, ``random`` copies one contact if better and never tries
    alone. Returns the measures at the end and ``mean_payoff@t``, ``distinct_sets@t`` for t
    in ``at``.
    """
    rng = np.random.default_rng(seed)
    tenths = contributions == "tenths"
    scores = nk_scores(rng, dimensions, interdependence, partners, tenths)
    solutions = rng.choice(2**dimensions, people, replace=False)
    links = build_network(network, people, neighbours)
    series = [solutions]
    for _ in range(periods):
        own = scores[solutions]
        candidate = solutions ^ (1 << rng.integers(dimensions, size=people))
        if aggregate == "random":
            candidate = solutions[sample_contacts(links, 1, rng)[:, 0]]
        elif aggregate != "none":
            seen = solutions[sample_contacts(links, sample, rng)]
            copied, found = candidates(aggregate, seen, scores)
            candidate = np.where(found & (scores[copied] > own), copied, candidate)
        solutions = np.where(scores[candidate] > own, candidate, solutions)
        series.append(solutions)
    measures = {
        "mean_payoff": scores[solutions].mean(),
        "best_payoff": scores[solutions].max(),
        "distinct_sets": len(np.unique(solutions)),
        "periods_run": periods,
    }
    for t in at:
        measures[f"mean_payoff@{t}"] = scores[series[t]].mean()
        measures[f"distinct_sets@{t}"] = len(np.unique(series[t]))
    return {name: float(value) for name, value in measures.items()}

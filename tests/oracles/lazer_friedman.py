"""Lazer & Friedman (2007): people on a network search a rugged NK landscape.

A second opinion in plain NumPy, after the paper's text. Solutions are integers: person i
holds ``solutions[i]``, whose bits are the choices on the ``dimensions``.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

Links = NDArray[np.bool_]


def nk_scores(
    rng: np.random.Generator,
    dimensions: int,
    interdependence: int,
    partners: str = "distinct",
    tenths: bool = False,
    exponent: float = 8.0,
) -> NDArray[np.float64]:
    """Scores of all 2^dimensions solutions: (raw value / highest raw value)^exponent."""
    solutions = np.arange(2**dimensions, dtype=np.int32)
    bits = [(solutions >> d) & 1 for d in range(dimensions)]
    raw = np.zeros(2**dimensions)
    for d in range(dimensions):
        others = np.delete(np.arange(dimensions), d)
        if partners == "distinct":
            chosen = rng.choice(others, interdependence, replace=False)
        elif partners == "replacement":
            chosen = rng.choice(others, interdependence, replace=True)
        elif partners == "any":
            chosen = rng.choice(dimensions, interdependence, replace=False)
        else:
            raise ValueError(partners)
        contributions = rng.random(2 ** (interdependence + 1))
        if tenths:
            contributions = np.round(contributions, 1)
        pattern = bits[d]
        for partner in chosen:
            pattern = 2 * pattern + bits[partner]
        raw += contributions[pattern]
    return (raw / raw.max()) ** exponent


def ring_lattice(people: int, neighbours: int) -> Links:
    """A ring on which everybody is linked to ``neighbours / 2`` people on each side."""
    links = np.zeros((people, people), dtype=bool)
    for i in range(people):
        for step in range(1, neighbours // 2 + 1):
            links[i, (i + step) % people] = links[(i + step) % people, i] = True
    return links


def is_connected(links: Links) -> bool:
    return connected_components(links, directed=False)[0] == 1


def rewire(links: Links, rewired: int, rng: np.random.Generator) -> None:
    """Move one end of ``rewired`` links to strangers, never disconnecting the network."""
    done = 0
    while done < rewired:
        ends = np.argwhere(np.triu(links))
        kept, dropped = rng.permutation(ends[rng.integers(len(ends))])
        strangers = np.flatnonzero(~links[kept])
        found = rng.choice(strangers[strangers != kept])
        links[kept, dropped] = links[dropped, kept] = False
        links[kept, found] = links[found, kept] = True
        if is_connected(links):
            done += 1
        else:
            links[kept, found] = links[found, kept] = False
            links[kept, dropped] = links[dropped, kept] = True


def build_network(
    kind: str,
    people: int,
    neighbours: int,
    density: float,
    rewired: int,
    added: int,
    connected: bool,
    rng: np.random.Generator,
) -> Links:
    if kind == "full":
        links = ~np.eye(people, dtype=bool)
    elif kind == "line":
        links = np.eye(people, k=1, dtype=bool) | np.eye(people, k=-1, dtype=bool)
    elif kind == "ring":
        links = ring_lattice(people, 2)
    elif kind in ("lattice", "small_world"):
        links = ring_lattice(people, neighbours)
        rewire(links, rewired, rng)
    elif kind == "random":
        while True:
            half = np.triu(rng.random((people, people)) < density, k=1)
            links = half | half.T
            if not connected or is_connected(links):
                break
    else:
        raise ValueError(kind)
    absent = np.argwhere(np.triu(~links, k=1))
    for i, j in absent[rng.choice(len(absent), added, replace=False)]:
        links[i, j] = links[j, i] = True
    return links


def copy_with_errors(
    own: NDArray[np.int64],
    other: NDArray[np.int64],
    dimensions: int,
    copying_error: float,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Take each bit of ``other`` unless the copying fails, which leaves one's own bit."""
    failed = rng.random((len(own), dimensions)) < copying_error
    kept = (failed << np.arange(dimensions)).sum(axis=1)
    return (own & kept) | (other & ~kept)


def run(
    seed: int,
    people: int = 100,
    dimensions: int = 20,
    interdependence: int = 5,
    partners: str = "distinct",
    network: str = "full",
    neighbours: int = 4,
    density: float = 0.04,
    rewired: int = 0,
    added: int = 0,
    connected: bool = False,
    velocity: float = 1.0,
    copying_error: float = 0.0,
    periods: int = 2000,
    at: tuple[int, ...] = (),
) -> dict[str, float]:
    """Run until nobody can improve by copying or by a flip, or for ``periods`` rounds.

    Returns the measures at the end, and for each round t in ``at`` also ``mean_payoff@t``
    and ``distinct_sets@t`` (a settled population keeps its values).
    """
    rng = np.random.default_rng(seed)
    scores = nk_scores(rng, dimensions, interdependence, partners)
    solutions = rng.integers(2**dimensions, size=people)
    links = build_network(network, people, neighbours, density, rewired, added, connected, rng)
    flips = 1 << np.arange(dimensions)
    series = {0: solutions}
    for period in range(1, periods + 1):
        opening = scores[solutions]
        seen = np.where(links, opening, -1.0)
        best = seen.argmax(axis=1)
        someone_better = seen.max(axis=1) > opening
        could_flip = (scores[solutions[:, None] ^ flips] > opening[:, None]).any()
        if not someone_better.any() and not could_flip:
            period -= 1
            break
        copies = someone_better & (rng.random(people) < velocity)
        copied = copy_with_errors(solutions, solutions[best], dimensions, copying_error, rng)
        tried = solutions ^ flips[rng.integers(dimensions, size=people)]
        candidate = np.where(copies, copied, tried)
        solutions = np.where(scores[candidate] > opening, candidate, solutions)
        series[period] = solutions
    measures = {
        "mean_payoff": scores[solutions].mean(),
        "best_payoff": scores[solutions].max(),
        "distinct_sets": float(len(np.unique(solutions))),
        "periods_run": float(period),
    }
    for t in at:
        then = series[min(t, period)]
        measures[f"mean_payoff@{t}"] = scores[then].mean()
        measures[f"distinct_sets@{t}"] = float(len(np.unique(then)))
    return {name: float(value) for name, value in measures.items()}

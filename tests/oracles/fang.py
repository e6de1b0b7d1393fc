"""Fang, Lee & Schilling (2010): semi-isolated groups learn from those who do better.

A second opinion in plain NumPy. People see the payoffs of those they are linked to; on each
dimension they move to the view of the majority of those who do strictly better.
"""

import numpy as np
from numpy.typing import NDArray

Beliefs = NDArray[np.int8]
Links = NDArray[np.bool_]
VIEWS = np.array([-1, 0, 1], dtype=np.int8)


def rewired_cells(
    people: int, cell_size: int, rewiring: float, directed: bool, rng: np.random.Generator
) -> Links:
    """Complete cells, each link of which leads out of the cell with probability ``rewiring``.

    Undirected: a rewired link keeps one of its ends, drawn by a coin. Directed: each person
    rewires whom they watch, so everybody goes on watching ``cell_size - 1`` others.
    """
    cell = np.arange(people) // cell_size
    links = (cell[:, None] == cell) & ~np.eye(people, dtype=bool)
    for i, j in np.argwhere(links if directed else np.triu(links)):
        if rng.random() >= rewiring:
            continue
        kept = i if directed or rng.random() < 0.5 else j
        found = rng.choice(np.flatnonzero((cell != cell[kept]) & ~links[kept]))
        links[i, j] = False
        links[kept, found] = True
        if not directed:
            links[j, i] = False
            links[found, kept] = True
    return links


def blocks_right(beliefs: Beliefs, reality: Beliefs, complexity: int) -> NDArray[np.int64]:
    """Each person's number of blocks in which every belief is right."""
    right = (beliefs == reality).reshape(len(beliefs), -1, complexity)
    return right.all(axis=2).sum(axis=1)


def view_of_the_better(better: Links, beliefs: Beliefs, undecided: str) -> Beliefs:
    """The view each person is drawn to; their own where there is none."""
    voters = better.astype(np.float32)
    if undecided == "camp":
        votes = np.stack([voters @ (beliefs == view).astype(np.float32) for view in VIEWS])
        majority = VIEWS[votes.argmax(axis=0)]
        clear = (votes == votes.max(axis=0)).sum(axis=0) == 1
    else:
        majority = np.sign(voters @ beliefs.astype(np.float32)).astype(np.int8)
        clear = (majority != 0) | (undecided == "give_up")
    somebody_better = better.any(axis=1, keepdims=True)
    return np.where(clear & somebody_better, majority, beliefs)


def dissimilarity(beliefs: Beliefs) -> float:
    """Share of dimensions on which two different people differ (0 differs from +1 and -1)."""
    people = len(beliefs)
    camps = np.array([(beliefs == view).sum(axis=0) for view in VIEWS])
    alike = (camps * (camps - 1)).sum(axis=0) / (people * (people - 1))
    return float(1 - alike.mean())


def run(
    seed: int,
    people: int = 280,
    dimensions: int = 100,
    cell_size: int = 7,
    rewiring: float = 0.1,
    directed: bool = False,
    complexity: int = 5,
    rate: float = 0.3,
    undecided: str = "keep",
    turnover: float = 0.0,
    turbulence: float = 0.0,
    every: int = 20,
    periods: int = 5000,
    at: tuple[int, ...] = (),
    average_from: int = 0,
) -> dict[str, float]:
    """Run until nobody is drawn to another view, or for ``periods`` periods.

    Returns the measures at the end; for each period t in ``at`` also ``mean_payoff@t``; and
    with ``average_from`` the mean payoff averaged over the periods from that one on.
    """
    rng = np.random.default_rng(seed)
    reality = rng.choice(np.array([-1, 1], dtype=np.int8), dimensions)
    beliefs = rng.choice(VIEWS, (people, dimensions))
    links = rewired_cells(people, cell_size, rewiring, directed, rng)
    blocks = dimensions // complexity
    payoffs = [blocks_right(beliefs, reality, complexity).mean() / blocks]
    for period in range(1, periods + 1):
        if turbulence and period % every == 0:
            reality = np.where(rng.random(dimensions) < turbulence, -reality, reality)
        newcomers = rng.random(people) < turnover
        beliefs[newcomers] = rng.choice(VIEWS, (newcomers.sum(), dimensions))
        payoff = blocks_right(beliefs, reality, complexity)
        better = links & (payoff > payoff[:, None])
        drawn_to = view_of_the_better(better, beliefs, undecided)
        if not turnover and not turbulence and np.array_equal(drawn_to, beliefs):
            break
        moves = rng.random((people, dimensions)) < rate
        beliefs = np.where(moves, drawn_to, beliefs)
        payoffs.append(blocks_right(beliefs, reality, complexity).mean() / blocks)
    measures = {
        "mean_payoff": payoffs[-1],
        "best_payoff": blocks_right(beliefs, reality, complexity).max() / blocks,
        "mean_knowledge": (beliefs == reality).mean(),
        "dissimilarity": dissimilarity(beliefs),
        "distinct_sets": len(np.unique(beliefs, axis=0)),
        "periods_run": len(payoffs) - 1,
    }
    for t in at:
        measures[f"mean_payoff@{t}"] = payoffs[min(t, len(payoffs) - 1)]
    if average_from:
        measures["average_payoff"] = np.mean(payoffs[average_from:])
    return {name: float(value) for name, value in measures.items()}

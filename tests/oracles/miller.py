"""Miller, Zhao & Calantone (2006): learning from the code and from peers on a torus.

A second opinion in plain NumPy. The first ``tacit`` dimensions cannot pass through the code;
they pass from person to person only.
"""

import numpy as np
from numpy.typing import NDArray

Beliefs = NDArray[np.int8]
Indices = NDArray[np.int64]
VIEWS = np.array([-1, 0, 1], dtype=np.int8)
NOBODY = -1


def torus_neighbours(people: int) -> Indices:
    """North, south, west and east of everybody on a square grid without edges."""
    side = round(people**0.5)
    grid = np.arange(people).reshape(side, side)
    shifted = [np.roll(grid, step, axis) for axis in (0, 1) for step in (1, -1)]
    return np.stack(shifted, axis=-1).reshape(people, 4)


def random_others(people: int, sample: int, rng: np.random.Generator) -> Indices:
    """``sample`` different others for everybody."""
    order = rng.random((people, people))
    np.fill_diagonal(order, 2.0)
    return order.argsort(axis=1)[:, :sample]


def best_of(candidates: Indices, right: NDArray[np.int64], rng: np.random.Generator) -> Indices:
    """Each person's best candidate, ties at random; NOBODY if none is strictly better."""
    ranked = right[candidates] + 0.5 * rng.random(candidates.shape)
    best = np.take_along_axis(candidates, ranked.argmax(axis=1)[:, None], axis=1)[:, 0]
    return np.where(right[best] > right, best, NOBODY)


def find_sources(search: str, right: NDArray[np.int64], rng: np.random.Generator) -> Indices:
    """From whom each person learns this period; ``right`` counts their right beliefs."""
    near = best_of(torus_neighbours(len(right)), right, rng)
    far = best_of(random_others(len(right), 4, rng), right, rng)
    if search == "local":
        return near
    if search == "distant":
        return far
    return np.where(near == NOBODY, far, near)


def run(
    seed: int,
    people: int = 100,
    dimensions: int = 100,
    tacit: int = 0,
    socialization: float = 0.1,
    codification: float = 0.5,
    interpersonal: float = 0.5,
    search: str = "local",
    turnover: float = 0.0,
    compares: str = "codifiable",
    periods: int = 3000,
    until_absorbed: bool = True,
) -> dict[str, float]:
    """Run until nothing can change any more, or for ``periods`` periods.

    ``socialization``, ``codification`` and ``interpersonal`` are the paper's p1, p2 and p3,
    ``search`` is local, distant or local_then_distant, ``compares`` codifiable or all.
    """
    rng = np.random.default_rng(seed)
    reality = rng.choice(np.array([-1, 1], dtype=np.int8), dimensions)
    beliefs = rng.choice(VIEWS, (people, dimensions))
    code = np.zeros(dimensions, dtype=np.int8)
    codifiable = np.arange(dimensions) >= tacit
    compared = codifiable if compares == "codifiable" else np.ones(dimensions, dtype=bool)
    ended = periods
    for period in range(1, periods + 1):
        newcomers = rng.random(people) < turnover
        beliefs[newcomers] = rng.choice(VIEWS, (newcomers.sum(), dimensions))
        opening, right = beliefs, beliefs == reality
        count = right.sum(axis=1)

        departs = (opening != code) & (code != 0)
        adopts = departs & (rng.random(opening.shape) < socialization)
        beliefs = np.where(adopts, code, opening)

        # A peer's belief is copied where it differs from one's opening belief, so a belief
        # that source and learner share stays open to the code.
        source = find_sources(search, count, rng)
        differs = (source != NOBODY)[:, None] & (opening[source] != opening)
        copies = differs & (rng.random(opening.shape) < interpersonal)
        beliefs = np.where(copies, opening[source], beliefs)

        superior = right[:, compared].sum(axis=1) > (code == reality)[compared].sum()
        margin = opening[superior].sum(axis=0, dtype=np.int64) * codifiable
        dissent = (margin != 0) & (np.sign(margin) != code)
        learns = dissent & (rng.random(dimensions) < 1 - (1 - codification) ** np.abs(margin))

        settled = (
            not (socialization and departs.any())
            and not (interpersonal and count.min() < count.max())
            and not (codification and dissent.any())
        )
        if until_absorbed and settled and not turnover:
            ended = period
            break
        code = np.where(learns, np.sign(margin), code).astype(np.int8)
    right = beliefs == reality
    measures = {
        "mean_knowledge": right.mean(),
        "codifiable_knowledge": right[:, codifiable].mean() if codifiable.any() else np.nan,
        "uncodifiable_knowledge": right[:, ~codifiable].mean() if tacit else np.nan,
        "code_knowledge": (code == reality)[codifiable].mean() if codifiable.any() else np.nan,
        "distinct_sets": len(np.unique(beliefs, axis=0)),
        "periods_run": ended,
    }
    return {name: float(value) for name, value in measures.items()}

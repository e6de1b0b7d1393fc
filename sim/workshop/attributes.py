"""What is seen of a person on the workshop page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.measures.programme import UNSAFE
from sim.organization import Organization

#: Values are kept as whole numbers from 0 to this one.
MOST = 255


@dataclass(frozen=True)
class Attribute:
    """One thing that is seen of each person; ``of`` gives floats, shape (people,), in its range.

    Colours and sizes spread over the range ``drawn``, the same in all runs; what lies beyond looks
    as its end does.
    """

    name: str
    label: str
    unit: str
    low: float
    high: float
    doc: str
    of: Callable[[Organization], NDArray[np.floating]]
    drawn: tuple[float, float] = (0.0, 1.0)

    def codes(self, values: ArrayLike) -> NDArray[np.uint8]:
        """The nearest of 256 evenly spaced values, as its number; half to even."""
        share = (np.asarray(values, dtype=np.float64) - self.low) / (self.high - self.low)
        return np.rint(np.clip(share, 0.0, 1.0) * MOST).astype(np.uint8)

    def values(self, codes: ArrayLike) -> NDArray[np.float64]:
        """What the codes stand for."""
        return self.low + np.asarray(codes, dtype=np.float64) * (self.high - self.low) / MOST


def _right(organization: Organization) -> NDArray[np.bool_]:
    right: NDArray[np.bool_] = organization.beliefs == organization.reality
    return right


def _success(organization: Organization) -> NDArray[np.float64]:
    cases = organization.record_cases.sum(axis=1, dtype=np.float64)
    seen = organization.record_success.sum(axis=1, dtype=np.float64)
    # Both fade at the same rate, and what is next to nothing says nothing.
    return np.divide(seen, cases, out=np.zeros_like(cases), where=cases > 1e-6)


#: All attributes by name, in the order of films.
ATTRIBUTES: dict[str, Attribute] = {
    attribute.name: attribute
    for attribute in (
        Attribute(
            "knowledge",
            "Knowledge",
            "share of reality",
            0.0,
            1.0,
            "Share of reality that the person believes rightly.",
            lambda organization: _right(organization).mean(axis=1),
            drawn=(0.2, 0.8),
        ),
        Attribute(
            "tacit",
            "Tacit knowledge",
            "share of reality",
            0.0,
            1.0,
            "Share of reality that the person has right and cannot explain.",
            lambda o: (_right(o) & ~o.articulated).mean(axis=1),
            drawn=(0.0, 0.4),
        ),
        Attribute(
            "explicit",
            "Explicit knowledge",
            "share of reality",
            0.0,
            1.0,
            "Share of reality that the person has right and can explain.",
            lambda o: (_right(o) & o.articulated).mean(axis=1),
        ),
        Attribute(
            "practice",
            "Practice",
            "0 to 1",
            0.0,
            1.0,
            "Depth of skill from use, mean over all that there is to know.",
            lambda o: o.practice.mean(axis=1, dtype=np.float64),
        ),
        Attribute(
            "self_efficacy",
            "Self-efficacy",
            "0 to 1",
            0.0,
            1.0,
            "Trust in one's own ability.",
            lambda organization: organization.self_efficacy,
        ),
        Attribute(
            "fear",
            "Fear",
            "0 to 1",
            0.0,
            1.0,
            "Fear of speaking and failing.",
            lambda organization: organization.fear,
        ),
        Attribute(
            "belonging",
            "Belonging",
            "0 to 1",
            0.0,
            1.0,
            "Feeling part of the organization.",
            lambda organization: organization.belonging,
        ),
        Attribute(
            "success",
            "Success",
            "share of cases",
            0.0,
            1.0,
            "Share of the person's recent cases that they saw succeed; 0 without cases.",
            _success,
        ),
        Attribute(
            "safe",
            "Dares to speak",
            "0 or 1",
            0.0,
            1.0,
            f"1 where fear is at most {UNSAFE:g}: such a person would say that they dare to speak.",
            lambda organization: (organization.fear <= UNSAFE).astype(np.float64),
        ),
    )
}


def films_of(organization: Organization, names: tuple[str, ...]) -> NDArray[np.uint8]:
    """Codes of these attributes now, shape (attributes, people)."""
    return np.stack([ATTRIBUTES[name].codes(ATTRIBUTES[name].of(organization)) for name in names])

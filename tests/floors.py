"""A floor for one meeting, as tests of single steps of talk need it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.learning.floor import Ease, Floor, Obstacles, attend, floor_sizes, lay_floor


def floor_for(people: int, complexity: int = 1) -> Floor:
    """A floor for so many people, at which nobody is yet."""
    sizes = floor_sizes(people, complexity)
    marks = np.zeros((sizes["floor_marks"], sizes["floor"]), dtype=np.int32)
    numbers = np.zeros((sizes["floor_numbers"], sizes["floor"]))
    words = np.zeros((sizes["floor_words"], sizes["floor"]), dtype=np.uint64)
    floor: Floor = lay_floor(marks, numbers, words)
    return floor


def those_here(
    people: int,
    floor: Floor,
    share: NDArray[np.float64],
    person: NDArray[np.uint64],
    key: np.uint64,
) -> NDArray[np.int32]:
    """Who of so many people takes part, by the ``share`` of their hours that each has."""
    seats = np.arange(people, dtype=np.int32)
    return floor.here[: attend(seats, floor, share, person, key)]


def nothing_hinders(people: int) -> Obstacles:
    """Obstacles without strength, for so many people who hold no beliefs and know nobody."""
    nobody = np.full((people, 1), -1, dtype=np.int32)
    return Obstacles(
        0.0,
        0.0,
        0.0,
        1,
        np.zeros(people, dtype=np.int32),
        np.zeros((people, 1), dtype=np.int8),
        np.zeros((people, 1), dtype=np.bool_),
        nobody,
        np.zeros((people, 1), dtype=np.float32),
        np.zeros((people, 1), dtype=np.float32),
        np.zeros_like(nobody),
        np.zeros(people, dtype=np.float32),
        np.zeros(people, dtype=np.float32),
    )


def at_ease(fear: NDArray[np.float32], sociability: NDArray[np.float32]) -> Ease:
    """What makes people speak where being dominant counts for nothing."""
    return Ease(fear, np.float32(0.0), sociability, sociability, np.float32(0.0))

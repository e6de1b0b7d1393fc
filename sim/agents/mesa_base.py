"""What we use of Mesa, in one place, with what its versions do differently evened out.

``import mesa`` of version 3.3 changes how Python starts processes, and warns in notebooks of a
progress bar that we do not use; here it does neither. A model of version 3.3 is never freed,
because ``Agent`` keeps a counter for each model; ours is.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import warnings
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def _without_side_effects() -> Iterator[None]:
    before = multiprocessing.get_start_method(allow_none=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="IProgress not found")
        try:
            yield
        finally:
            multiprocessing.set_start_method(before, force=True)


with _without_side_effects():
    import mesa

Agent = mesa.Agent
DataCollector = mesa.DataCollector


class Model(mesa.Model):
    """Mesa's model, numbering its agents from 1 by itself and freed like any other object."""

    _registered = 0

    def __init__(self, seed: int) -> None:
        # Mesa's own generators, for those who shuffle agents; the rules do not use them.
        super().__init__(rng=seed)

    def register_agent(self, agent: Any) -> None:
        super().register_agent(agent)
        counters = getattr(mesa.Agent, "_ids", None)
        if counters is not None:
            counters.pop(self, None)
            self._registered += 1
            agent.unique_id = self._registered

"""How time and memory grow with people: one week of organizations from 1,000 to 100,000."""

from __future__ import annotations

import resource
import statistics
import sys
import time

import numpy as np

#: People.
SIZES = (100_000, 30_000, 10_000, 3_000, 1_000)
#: Weeks that are timed, the same of each organization, after so many: an older one has more to do.
BEFORE, WEEKS = 3, 10
#: Turns of all sizes: a machine has slow minutes, and each size is to have its share of them.
TURNS = 5
SCENARIO = "post_bureaucratic"


def weeks_of(people: int, weeks: int, seed: int = 0) -> list[float]:
    """Seconds that each of the first weeks of an organization takes."""
    from sim.organization import Organization
    from sim.scenario.loading import load_scenario

    settings = load_scenario(SCENARIO).settings.model_copy(update={"people": people})
    organization = Organization(settings, seed)
    taken = []
    for _ in range(weeks):
        start = time.perf_counter()
        organization.step()
        taken.append(time.perf_counter() - start)
    return taken


def most_memory() -> float:
    """The most memory that this process has held, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024  # in which the system counts, in bytes
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)


def report() -> None:
    """Print the time of a person, dimension and week, the slope of logarithms, and memory."""
    from sim.scenario.loading import load_scenario

    dimensions = load_scenario(SCENARIO).settings.dimensions
    weeks_of(150, 26)  # compiles whatever is not yet in the cache
    weeks: dict[int, list[float]] = {people: [] for people in SIZES}
    for turn in range(TURNS):
        for people in SIZES:
            weeks[people] += weeks_of(people, BEFORE + WEEKS, turn)[BEFORE:]
    seconds = {people: statistics.median(weeks[people]) for people in reversed(SIZES)}
    print(f"A week of {SCENARIO} by people, weeks {BEFORE + 1} to {BEFORE + WEEKS}")
    for people, each in seconds.items():
        share = 1e9 * each / people / dimensions
        print(f"{people:>20,} {1e3 * each:>9.1f} ms {share:>6.1f} ns a person and dimension")
    slope = np.polyfit(np.log(list(seconds)), np.log(list(seconds.values())), 1)[0]
    print(f"Slope of logarithms: {slope:.2f} (to reach: 1.05)")
    print(f"Memory at most: {most_memory() / 1e9:.2f} GB (to stay below: 1.5)")

"""How time and memory grow with people: one week of organizations from 1,000 to 100,000."""

from __future__ import annotations

import resource
import statistics
import sys
import time

import numpy as np

#: People, and weeks that are timed.
SIZES = {1_000: 40, 3_000: 20, 10_000: 10, 30_000: 6, 100_000: 4}
#: Weeks before them.
BEFORE = 3
SCENARIO = "post_bureaucratic"


def seconds_a_week(people: int, weeks: int) -> float:
    """The median week of an organization of so many people, after the first ones."""
    from sim.organization import Organization
    from sim.scenario.loading import load_scenario

    settings = load_scenario(SCENARIO).settings.model_copy(update={"people": people})
    organization = Organization(settings)
    taken = []
    for week in range(BEFORE + weeks):
        start = time.perf_counter()
        organization.step()
        if week >= BEFORE:
            taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def report() -> None:
    """Print the time of a person, dimension and week, the slope of logarithms, and memory."""
    from sim.scenario.loading import load_scenario

    dimensions = load_scenario(SCENARIO).settings.dimensions
    seconds_a_week(150, 26)  # compiles whatever is not yet in the cache
    seconds = {people: seconds_a_week(people, weeks) for people, weeks in SIZES.items()}
    print(f"A week of {SCENARIO} by people")
    for people, each in seconds.items():
        share = 1e9 * each / people / dimensions
        print(f"{people:>20,} {1e3 * each:>9.1f} ms {share:>6.1f} ns a person and dimension")
    slope = np.polyfit(np.log(list(seconds)), np.log(list(seconds.values())), 1)[0]
    print(f"Slope of logarithms: {slope:.2f} (to reach: 1.05)")
    unit = 1 if sys.platform == "darwin" else 1024  # in which the system counts, in bytes
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(f"Memory at most: {most / 1e9:.2f} GB (to stay below: 1.5)")

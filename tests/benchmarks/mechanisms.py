"""Where one full run's time goes: seconds by mechanism."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.benchmarks.everything import NAME, everything

if TYPE_CHECKING:
    from sim.organization import Organization
    from sim.scenario.settings import Settings

REST = "rest"
#: Runs whose median is told.
RUNS = 9


def by_mechanism(settings: Settings, seed: int = 0) -> dict[str, float]:
    """Seconds that each mechanism takes in one run, compiled before; the rest under ``REST``."""
    from sim.organization import Organization

    whole_run(settings, seed)
    organization = Organization(settings, seed)
    spent = timed(organization)
    start = time.perf_counter()
    for _ in range(settings.periods):
        organization.step()
    whole = time.perf_counter() - start
    return {**spent, REST: whole - sum(spent.values())}


def whole_run(settings: Settings, seed: int = 0) -> float:
    """Seconds of one run, all weeks; some kernels are first called months into it."""
    from sim.organization import Organization

    organization = Organization(settings, seed)
    start = time.perf_counter()
    for _ in range(settings.periods):
        organization.step()
    return time.perf_counter() - start


def timed(organization: Organization) -> dict[str, float]:
    """Make each mechanism of ``organization`` add the seconds it takes to its entry in a table."""
    spent = {mechanism.name: 0.0 for mechanism in organization.mechanisms}

    def clocked(name: str, apply: Callable[[Organization], None]) -> Callable[[Organization], None]:
        def act(organization: Organization) -> None:
            start = time.perf_counter()
            apply(organization)
            spent[name] += time.perf_counter() - start

        return act

    for mechanism in organization.mechanisms:
        mechanism.apply = clocked(mechanism.name, mechanism.apply)
    return spent


def report(scenario: str) -> None:
    """Print a run of ``scenario``: milliseconds and share by mechanism, slowest first.

    ``everything`` is the full model (``tests.benchmarks.everything``).
    """
    from sim.scenario.loading import load_scenario

    settings = everything() if scenario == NAME else load_scenario(scenario).settings
    spent = by_mechanism(settings)
    runs = sorted(whole_run(settings) for _ in range(RUNS))
    median, size = runs[RUNS // 2], settings.people * settings.dimensions * settings.periods
    print(f"One run of {scenario}: {1e3 * median:.0f} ms (median of {RUNS} runs)")
    print(f"{1e9 * median / size:.1f} ns a person, dimension and week (to reach: 100)")
    whole = sum(spent.values())
    print(f"Of {1e3 * whole:.0f} ms of another run, with a clock for each mechanism:")
    for name, seconds in sorted(spent.items(), key=lambda entry: -entry[1]):
        print(f"{name:>20} {1e3 * seconds:>9.2f} ms {100 * seconds / whole:>6.1f} %")

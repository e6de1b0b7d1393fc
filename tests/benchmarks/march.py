"""March (1991) against plain C and an idiomatic Mesa model, in seconds per period of a run."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import mesa_march

DIMENSIONS, P1, P2, LONGEST = 30, 0.1, 0.5, 10_000
SOURCE = Path(__file__).with_name("march.c")
FLAGS = ("-O3", "-march=native")


class Timing(NamedTuple):
    """Seconds in the loop, and the periods that all runs took together."""

    seconds: float
    periods: float

    @property
    def per_period(self) -> float:
        return self.seconds / self.periods


class Comparison(NamedTuple):
    """One size: seconds a period by program, and how many times slower than ours the others are."""

    people: int
    seconds: dict[str, float]
    times_slower: dict[str, float]


def ours(people: int, runs: int, first: int) -> Timing:
    from sim.models.whole_run.batch import run_seeds
    from sim.scenario.loading import load_scenario

    sets = [f"people={people}", f"socialization.rate={P1}", f"codification.rate={P2}"]
    settings = load_scenario("classics/march1991", sets=sets).settings
    start = time.perf_counter()
    result = run_seeds(settings, range(first, first + runs))
    return Timing(time.perf_counter() - start, float(result.periods.sum()))


def mesa(people: int, runs: int, first: int) -> Timing:
    start = time.perf_counter()
    periods = [mesa_march.run(people, DIMENSIONS, seed)[1] for seed in range(first, first + runs)]
    return Timing(time.perf_counter() - start, float(sum(periods)))


def compiled_c(folder: Path) -> Callable[[int, int, int], Timing] | None:
    """The C program, compiled into ``folder``; None where there is no C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    program = folder / "march"
    subprocess.run([compiler, *FLAGS, "-o", program, SOURCE, "-lm"], check=True)

    def plain_c(people: int, runs: int, first: int) -> Timing:
        sizes = (people, DIMENSIONS, LONGEST, P1, P2, runs, first)
        ended = subprocess.run(
            [program, *map(str, sizes)], check=True, capture_output=True, text=True
        )
        seconds, _, periods = map(float, ended.stdout.split())
        return Timing(seconds, periods * runs)

    return plain_c


def compare(
    people: int,
    programs: dict[str, tuple[Callable[[int, int, int], Timing], int]],
    rounds: int,
) -> Comparison:
    """Time ours and others in turn; the ratio of each other to ours is the median of its rounds.

    ``programs`` names each program with its number of runs a round; "ours" is one of them.
    """
    for program, _ in programs.values():
        program(people, 1, 0)
    taken: dict[str, list[float]] = {name: [] for name in programs}
    for turn in range(rounds):
        for name, (program, runs) in programs.items():
            taken[name].append(program(people, runs, 1 + turn * runs).per_period)
    ratios = {
        name: statistics.median(a / b for a, b in zip(taken[name], taken["ours"], strict=True))
        for name in programs
        if name != "ours"
    }
    return Comparison(people, {name: statistics.median(t) for name, t in taken.items()}, ratios)


def report(folder: Path, rounds: int) -> None:
    """Print the table for 50 and 1,000 people."""
    plain_c = compiled_c(folder)
    if plain_c is None:
        print("C: skipped, no compiler named cc on the path")
    print(f"March (1991), program, p1 {P1}, p2 {P2}, {DIMENSIONS} dimensions, one core")
    print(f"{'people':>7} {'program':>8} {'us a period':>12} {'times ours':>11}  to reach")
    for people, runs, mesa_runs in ((50, 400, 2), (1000, 20, 1)):
        programs = {"ours": (ours, runs), "Mesa": (mesa, mesa_runs)}
        if plain_c is not None:
            programs["C"] = (plain_c, runs)
        # A Mesa run of 1,000 people takes seconds, and its rounds hardly vary.
        result = compare(people, programs, rounds if people < 1000 else min(rounds, 3))
        goals = {"Mesa": ">= 100", "C": ">= 0.77" if people < 1000 else ">= 0.91"}
        for name, seconds in result.seconds.items():
            ratio = "" if name == "ours" else f"{result.times_slower[name]:11.2f}"
            goal = goals.get(name, "")
            print(f"{people:>7} {name:>8} {1e6 * seconds:>12.2f} {ratio:>11}  {goal}")

"""Run the benchmarks, all or some: ``python -m tests.benchmarks march mechanisms scale``."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.benchmarks import everything, march, mechanisms, scale, start, studies

CHOICES = ("march", "mechanisms", "scale", "start", "studies")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("which", nargs="*", choices=[*CHOICES, []], help="default: all of them")
    parser.add_argument("--rounds", type=int, default=7, help="paired timings a ratio (7)")
    parser.add_argument(
        "--scenario", default=everything.NAME, help="for mechanisms (all of them at once)"
    )
    given = parser.parse_args()
    which = given.which or CHOICES
    if "march" in which:
        with tempfile.TemporaryDirectory() as folder:
            march.report(Path(folder), given.rounds)
    if "mechanisms" in which:
        mechanisms.report(given.scenario)
    if "scale" in which:
        scale.report()
    if "start" in which:
        start.report()
    if "studies" in which:
        studies.report()


if __name__ == "__main__":
    main()

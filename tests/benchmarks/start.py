"""How long it takes to start: processes of their own, the fastest of a few."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


def seconds(*arguments: str, times: int = 5) -> float:
    """Wall seconds of ``python ARGUMENTS`` from the project's folder, the fastest of ``times``."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)
        taken.append(time.perf_counter() - start)
    return min(taken)


def report() -> None:
    """Print seconds to an empty Python, to the package's kernels, and to ``run.py --help``."""
    march = (
        "from sim.models.whole_run.batch import run_seeds; "
        "from sim.scenario.loading import load_scenario; "
        "run_seeds(load_scenario('classics/march1991').settings, [0])"
    )
    seconds("-c", march, times=1)  # compiles whatever is not yet in the cache
    print("Start, in seconds")
    print(f"{'python':>28} {seconds('-c', 'pass'):8.3f}")
    print(f"{'import sim':>28} {seconds('-c', 'import sim'):8.3f}")
    print(f"{'one run of March, compiled':>28} {seconds('-c', march):8.3f}")
    if (ROOT / "run.py").exists():
        print(f"{'run.py --help':>28} {seconds('run.py', '--help'):8.3f}  to reach: 1")
    else:
        print(f"{'run.py --help':>28}  skipped, there is no run.py")

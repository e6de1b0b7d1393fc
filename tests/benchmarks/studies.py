"""What a study costs beside its runs, and what a second process brings."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from sim.studies.pool import Pool
from sim.studies.store import load_results
from sim.studies.study import Study, load_study
from sim.studies.sweep import sweep
from sim.studies.warming import warm

#: Runs of about a tenth of a second, and runs of a few milliseconds.
STUDIES = {
    "runs of 100 ms": """\
title: Slow
question: How long?
scenarios: [post_bureaucratic, bureaucratic]
factors: {environment.complexity: [1, 5]}
replications: 20
""",
    "runs of 5 ms": """\
title: Quick
question: How long?
scenarios: [post_bureaucratic, bureaucratic]
set: {people: 30, dimensions: 20, environment.tacit: 4, periods: 26}
factors: {environment.complexity: [1, 5]}
replications: 200
""",
    "runs as a whole": """\
title: March
question: How long?
scenarios: [classics/march1991]
factors: {socialization.rate: [0.1, 0.5, 0.9]}
replications: 2000
""",
}


def report(rounds: int = 3) -> None:
    """Print, for each study, what one job spends outside runs, and one job over two."""
    print("Studies (medians of paired timings)")
    for name, text in STUDIES.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "study.yaml"
            path.write_text(text, encoding="utf-8")
            study = load_study(path)
            for k in range(len(study.scenarios)):
                warm(study.settings_of(k, study.points[0]), lambda kernel: None)
            pairs = [measure(study, Path(folder) / str(k)) for k in range(rounds)]
        spare = statistics.median(one["spare"] for one in pairs)
        faster = statistics.median(one["one"] / one["two"] for one in pairs)
        runs = pairs[0]["runs"]
        print(
            f"  {name}: {1000 * pairs[0]['one'] / runs:.1f} ms a run on one job, of which "
            f"{100 * spare:.1f} % outside runs; two jobs are {faster:.2f} times as fast"
        )


def measure(study: Study, folder: Path) -> dict[str, float]:
    """Seconds on one and on two jobs, and the share of one job's that is spent outside runs."""
    import sqlite3

    seconds = {}
    for jobs in (1, 2):
        # Processes are started before the clock is: their start is not the study's.
        list(Pool(jobs).stream(abs, range(4)))
        began = time.perf_counter()
        swept = sweep(study, folder / str(jobs), Pool(jobs))
        seconds[jobs] = time.perf_counter() - began
    with sqlite3.connect(folder / "1" / "ledger.sqlite") as ledger:
        (inside,) = ledger.execute("SELECT sum(seconds) FROM runs").fetchone()
    assert len(load_results(folder / "1")) == swept.runs
    return {
        "one": seconds[1],
        "two": seconds[2],
        "spare": 1 - inside / seconds[1],
        "runs": swept.runs,
    }

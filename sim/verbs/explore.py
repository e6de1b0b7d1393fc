"""``explore``: the researchers' view of one scenario, served to this machine's browser."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from sim.errors import InputProblem, Problem
from sim.scenario.loading import load_scenario
from sim.verbs.terminal import messages

NEEDED = ("solara", "altair", "matplotlib")
#: As ``sim.explore.app`` reads it, which cannot be imported without the extra.
ASKED = "LEARNING_ORG_EXPLORE"


def explore_scenario(name: str, sets: Sequence[str], port: int) -> None:
    """Serve the view until it is stopped; see ``sim.cli``.

    Raises
    ------
    InputProblem
        When the scenario is not as it must be, or the extra is not installed.
    """
    load_scenario(name, sets=list(sets))
    if any(find_spec(package) is None for package in NEEDED):
        remedy = "Install them: pip install -e '.[explore]'."
        raise InputProblem(Problem("the researchers' view needs more packages", remedy))
    messages.print(f"http://localhost:{port}  (stop with Ctrl-C)")
    options = ["--production", "--no-check-version", "--host", "localhost", "--port", str(port)]
    command = [sys.executable, "-m", "solara", "run", "sim.explore.app", *options]
    server = subprocess.Popen(command, env=environment(name, sets))
    try:
        server.wait()
    finally:
        server.terminate()
        server.wait()


def environment(name: str, sets: Sequence[str]) -> dict[str, str]:
    """The environment that Solara needs: what to show, this very program, and no telemetry."""
    here = str(Path(__file__).resolve().parents[2])
    paths = [here, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
        "PYTHONWARNINGS": "ignore",
        **os.environ,
        ASKED: shlex.join([name, *sets]),
        "PYTHONPATH": os.pathsep.join(paths),
    }

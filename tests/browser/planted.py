"""A small policy study with planted results, as its page shows them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import chdir
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sim.cli import app
from sim.pages.policy.page import csv_text, map_data, policy_payload
from sim.pages.policy.payload import MapData
from sim.pages.workshop.page import workshop_page
from sim.studies.manifest import load_manifest
from sim.studies.policy.of_study import maps_of
from sim.workshop.texts import load_texts

STUDY = """\
title: Which cells, and how often new ones?
question: Which size of cells lets people learn most?
scenarios: [post_bureaucratic]
set: {people: 30, periods: 12}
factors:
  cells.size: [3, 5, 10]
  reshuffle.every: [0, 6, 3]
  level of fear:
    - {name: low, set: {climate.base_fear: 0.1}}
    - {name: high, set: {climate.base_fear: 0.6}}
replications: 6
series: {every: 4}
policy:
  rows: cells.size
  columns: reshuffle.every
  tabs: level of fear
  labels: {cells.size: cell size, reshuffle.every: weeks between reshuffles, level of fear: fear}
  today: {cells.size: 5, reshuffle.every: 6}
  outcomes:
    mean_knowledge: {label: What people rightly believe, low: 0.2, high: 0.9, margin: 0.02}
    self_efficacy: {low: 0.2, high: 1, margin: 0.02}
"""


@dataclass(frozen=True)
class Study:
    """A policy study that was run, ready to be given other results."""

    folder: Path
    data: MapData

    def page(self, path: Path, mean: Callable[[int, int, str], float], noise: float) -> Path:
        """Its page where the mean of each outcome is planted, with noise of this deviation."""
        planted = self.planted(mean, noise)
        payload = policy_payload(planted, load_texts(None), "2025-01-02")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(workshop_page(payload), encoding="utf-8")
        return path

    def planted(self, mean: Callable[[int, int, str], float], noise: float) -> MapData:
        """The data with planted results in place of those of the runs."""
        runs = self.data.runs.copy()
        chance = np.random.default_rng(5)
        for one in self.data.maps.policy.outcomes:
            luck = dict(zip(range(99), chance.normal(0, 0.03, 99), strict=True))
            runs[one.name] = [
                mean(int(size), int(every), str(fear)) + luck[seed] + chance.normal(0, noise)
                for size, every, fear, seed in zip(
                    runs["cells.size"], runs["reshuffle.every"], runs["level of fear"],
                    runs["seed"], strict=True,
                )
            ]  # fmt: skip
        maps = maps_of(self.data.study, runs)
        assert maps is not None
        words = replace(self.data.words, maps=maps)
        return replace(self.data, runs=runs, maps=maps, words=words)


def table_of(data: MapData) -> str:
    """All tiles as the CSV that Python writes."""
    return csv_text(data.maps)


def policy_study(folder: Path) -> Study:
    """Run the study."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    results = folder / "results"
    with chdir(folder):
        words = ["policy", "study.yaml", "--jobs", "1", "--out", str(results), "--no-open"]
        assert not app(args=words, standalone_mode=False)
    manifest = load_manifest(results)
    study = manifest.study()
    texts = load_texts(None)
    return Study(results, map_data(study, results, texts.texts, manifest.told, run_missing=False))

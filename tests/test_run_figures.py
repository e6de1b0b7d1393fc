"""Facts about the figures that `run --figures` writes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.cli import app
from sim.errors import InputProblem
from sim.measures import MEASURES
from sim.pages.figures import run_figure
from sim.studies.statistics import bands

SMALL = ["post_bureaucratic", "--set", "people=30", "--set", "periods=6", "--seeds", "3"]


def run(*words: str) -> None:
    app(args=["run", *SMALL, "--jobs", "1", *words], standalone_mode=False)


def test_each_measure_has_a_figure_and_all_have_one_and_bytes_repeat(tmp_path, capsys):
    asked = ["--measure", "fear", "--measure", "practice"]
    run("--figures", str(tmp_path / "one"), *asked)
    run("--figures", str(tmp_path / "other"), *asked)
    written = {file.name: file.read_bytes() for file in (tmp_path / "one").iterdir()}
    names = ("fear", "practice", "measures")
    assert set(written) == {f"{name}.{form}" for name in names for form in ("png", "svg")}
    assert written == {file.name: file.read_bytes() for file in (tmp_path / "other").iterdir()}
    assert str(tmp_path / "one") in capsys.readouterr().err.replace("\n", "")


def test_the_line_is_the_mean_and_the_band_its_interval():
    weeks, seeds = range(1, 5), range(3)
    rows = [
        {"scenario": "s", "seed": seed, "period": week, "fear": 0.1 * week + 0.03 * seed}
        for seed in seeds
        for week in weeks
    ]
    series = pd.DataFrame(rows)
    (axes,) = run_figure(series, "s", "Title $x$", MEASURES, ["fear"]).axes
    (line,) = axes.lines
    np.testing.assert_allclose(line.get_ydata(), [0.1 * week + 0.03 for week in weeks])
    (band,) = axes.collections
    heights = band.get_paths()[0].vertices[:, 1]
    expected = bands(series, "s", "fear")
    assert heights.min() == pytest.approx(expected["low"].min())
    assert heights.max() == pytest.approx(expected["high"].max())


def test_a_single_run_is_not_called_a_mean(tmp_path):
    series = pd.DataFrame({"scenario": "s", "seed": 0, "period": [1, 2], "fear": [0.2, 0.4]})
    figure = run_figure(series, "s", "Title", MEASURES, ["fear"])
    (words,) = [text.get_text() for text in figure.texts]
    assert "one run" in words and "interval" not in words


def test_what_cannot_be_drawn_is_refused_before_anything_runs(tmp_path):
    figures = ["--figures", str(tmp_path / "new")]
    with pytest.raises(InputProblem, match="Did you mean `fear`"):
        run(*figures, "--measure", "feer")
    with pytest.raises(InputProblem, match="--figures"):
        run("--measure", "fear")
    with pytest.raises(InputProblem, match="named twice"):
        run(*figures, "--measure", "fear", "--measure", "fear")
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(InputProblem, match="is a file"):
        run("--figures", str(tmp_path / "file"))
    assert not (tmp_path / "new").exists()

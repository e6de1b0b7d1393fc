"""The pages of comparisons and studies in a browser: whole, alone, legible, accessible."""

from __future__ import annotations

from pathlib import Path

import pytest
from looking import overlaps, sideways, violations

from sim.cli import app
from sim.pages.study.report import PAGE

STUDY = """\
title: Small cells
question: Does it matter?
scenarios: [bureaucratic, post_bureaucratic]
set: {periods: 8, people: 40}
factors:
  cells.size: [4, 8]
  environment.turbulence: [0, 0.05]
measures: [output, quality]
replications: 4
"""
PAGES = ("comparison", "study")


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, Path]:
    """A small comparison and a small study, as the command line writes them."""
    folder = tmp_path_factory.mktemp("a path, with ümlauts")
    study = folder / "study.yaml"
    study.write_text(STUDY, encoding="utf-8")
    small = ["--set", "periods=8", "--set", "people=40", "--seeds", "4", "--jobs", "1"]
    pair = ["bureaucratic", "post_bureaucratic"]
    for words in (
        ["compare", *pair, *small, "--out", str(folder / "compared")],
        ["sweep", str(study), "--jobs", "1", "--out", str(folder / "swept")],
    ):
        assert not app(args=words, standalone_mode=False)
    return {
        "comparison": folder / "compared" / "comparison.html",
        "study": folder / "swept" / PAGE,
    }


def unfold(tab) -> None:
    """Open whatever a reader can open."""
    tab.page.evaluate("() => document.querySelectorAll('details').forEach(one => one.open = true)")


@pytest.mark.parametrize("which", PAGES)
@pytest.mark.parametrize("width, height", [(1366, 768), (320, 640)])
def test_nothing_is_fetched_and_nothing_scrolls_sideways(
    pages, open_tab, picture, which, width, height
):
    tab = open_tab(pages[which], width, height)
    picture(tab, f"{which} {width}")
    unfold(tab)
    assert tab.requests == [pages[which].as_uri()]
    assert sideways(tab) == []
    assert overlaps(tab, "svg text") == []
    picture(tab, f"{which} {width} whole", whole=True)


@pytest.mark.parametrize("which", PAGES)
@pytest.mark.parametrize(
    "look", [{}, {"forced_colors": "active"}, {"color_scheme": "dark"}, {"media": "print"}], ids=str
)
def test_axe_finds_no_fault(pages, open_tab, which, look):
    tab = open_tab(pages[which])
    tab.page.emulate_media(**look)
    unfold(tab)
    assert violations(tab) == []

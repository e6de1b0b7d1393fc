"""One Chromium for all tests of pages, and tabs that note whatever a page does that it should not.

Without a browser these tests are skipped, and say so; with LEARNING_ORG_BROWSER=required in the
environment, as ``.ci/run`` has it, they fail instead. CHROMIUM names a browser that is not on the
path. Screenshots go to LEARNING_ORG_SCREENSHOTS, else to ``test-output/screenshots``.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from looking import Tab
from stage import Stage, Workshop, built

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


def missing(what: str) -> None:
    """Skip the test, unless it was said that a browser must be here."""
    if os.environ.get("LEARNING_ORG_BROWSER") == "required":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


# Of the folder and not of the session: Playwright's event loop would get in the way of tests
# elsewhere that run their own.
@pytest.fixture(scope="package")
def chromium():
    """A running browser."""
    given = os.environ.get("CHROMIUM")
    found = given or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        missing("no Chromium: install it (Debian: apt-get install chromium), or set CHROMIUM")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("no playwright: pip install -e '.[test]'")
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def open_tab(chromium) -> Iterator:
    """``open_tab(page_or_path, width=1366, height=768, **context)`` gives a ``Tab``.

    Every tab without network. When the test is over, a request to anywhere else, an error on the
    console and an uncaught exception count as failures, unless the test has said ``tab.forgive()``.
    """
    tabs: list[Tab] = []

    def open_it(address: Path | str, width: int = 1366, height: int = 768, **context) -> Tab:
        tab = Tab(chromium, width, height, **context)
        tabs.append(tab)
        tab.go(address.as_uri() if isinstance(address, Path) else address)
        return tab

    yield open_it
    complaints = [complaint for tab in tabs for complaint in tab.complaints()]
    for tab in tabs:
        tab.close()
    assert complaints == []


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Folder for pictures that a person should look at."""
    root = Path(__file__).parents[2] / "test-output" / "screenshots"
    folder = Path(os.environ.get("LEARNING_ORG_SCREENSHOTS") or root)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def picture(screenshots):
    """``picture(tab, name, whole=False)`` keeps a screenshot of a screen, or of the whole page."""

    def keep(tab: Tab, name: str, whole: bool = False) -> Path:
        file = screenshots / f"{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}.png"
        tab.page.screenshot(path=file, full_page=whole, animations="disabled", timeout=60_000)
        return file

    return keep


@pytest.fixture(scope="session")
def workshop(tmp_path_factory) -> Workshop:
    """A small workshop page; the same for all processes of a test run."""
    base = tmp_path_factory.getbasetemp()
    return built((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "workshop")


@pytest.fixture
def stage(open_tab, workshop):
    """``stage(hash="", page=None, **context)``: the workshop page, ready, with its time stopped."""

    def open_it(hash: str = "", page: Path | None = None, **context) -> Stage:
        tab = open_tab("about:blank", **context)
        tab.page.clock.install()
        tab.go((page or workshop.path).as_uri() + hash)
        stage = Stage(tab)
        tab.page.clock.run_for(50)
        return stage.ready()

    return open_it

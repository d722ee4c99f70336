"""What tests of the leaderboard share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.boards import (
    predictions,
    sample_report,
)
from helpers.browsing import SLOW
from playwright.sync_api import Browser, BrowserContext, Page, expect
from serving import CHROMIUM, open_browser

from arts.data.corpus_registry import load_corpus
from arts.data.support.locks import exclusive_writing
from arts.evaluation.report import Report
from arts.leaderboard.analysis.units import Unit, units_of
from arts.leaderboard.store.store import Store

SHARES = {"good": 0.95, "fair": 0.8, "poor": 0.6}


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> list[Report]:
    folder = tmp_path_factory.mktemp("reports")
    return [
        sample_report(folder, name, right=right, seed=n) for n, (name, right) in enumerate(SHARES.items(), 1)
    ]


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Report:
    return sample_report(tmp_path_factory.mktemp("report"), "mine")


@pytest.fixture(scope="module")
def sample_units() -> list[Unit]:
    return units_of(load_corpus("sample").test)


@pytest.fixture(scope="module")
def reports_by_share(tmp_path_factory) -> dict[float, Report]:
    folder = tmp_path_factory.mktemp("reports")
    return {
        right: sample_report(folder, "x", right=right, seed=int(100 * right))
        for right in (0.6, 0.7, 0.8, 0.9)
    }


@pytest.fixture(scope="session")
def three_reports(tmp_path_factory: pytest.TempPathFactory) -> list[Report]:
    folder = tmp_path_factory.mktemp("reports")
    shares = enumerate((0.6, 0.8, 0.95))
    return [sample_report(folder, f"model {seed}", right=right, seed=seed) for seed, right in shares]


@pytest.fixture
def three_results(tmp_path: Path, three_reports: list[Report]) -> Path:
    """Three reports with their predictions, of which the last is the best."""
    for report in three_reports:
        report.save(tmp_path / "results")
    return tmp_path / "results"


@pytest.fixture(scope="session")
def checked_cache(session_folder: Path) -> Path:
    """A cache that knows the package's own results: checked once, and not by a process for each page."""
    folder = session_folder / "checked"
    with exclusive_writing(folder, wait=True), pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARTS_CACHE_HOME", str(folder))
        patch.delenv("ARTS_DATA_HOME", raising=False)
        Store(()).read()
    return folder


@pytest.fixture
def packaged_checked(tmp_path: Path, checked_cache: Path) -> None:
    """The test's own cache knows the package's own results."""
    shutil.copytree(checked_cache, tmp_path / "cache", dirs_exist_ok=True)


@pytest.fixture(scope="module")
def good_upload(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return predictions(tmp_path_factory.mktemp("good") / "good.csv").read_bytes()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of all tests in a process, which cannot drive two."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    expect.set_options(timeout=SLOW)
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor whose browser has the app's scripts, which are 10 MB."""
    context = browser.new_context()
    context.set_default_timeout(SLOW)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    yield page
    page.close()

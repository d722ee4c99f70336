"""The folder of an app that is about to be opened, and an app that is open in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers.boards import prepare_app, sample_report
from playwright.sync_api import Browser, BrowserContext, Page
from serving import RunningApp, serve_leaderboard, wait_until_settled

from arts.leaderboard.store.store import Store


@pytest.fixture
def packaged_results(tmp_path: Path, packaged_checked: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an app that is about to be started."""
    return prepare_app(tmp_path, monkeypatch)


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an app that is about to be started, without the package's own results."""
    return prepare_app(tmp_path, monkeypatch, "--no-packaged")


@pytest.fixture(scope="session")
def served_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of 13 models on the sample: "ant", "bee" and "cow" with predictions, ten without."""
    folder = tmp_path_factory.mktemp("served")
    for seed, (name, right) in enumerate((("ant", 0.95), ("bee", 0.93), ("cow", 0.6))):
        report = sample_report(folder, name, right=right, seed=seed)
        report.save(folder / "results")
    for number in range(10):
        alone = report.model_copy(update={"name": f"alone {number}"})
        alone.write_json(folder / "results" / f"{number}.json")
    return folder


@pytest.fixture(scope="session")
def keys(served_folder: Path) -> dict[str, str]:
    """The keys of the entries of the app, by name; the cache of the app knows them then."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARTS_CACHE_HOME", str(served_folder / "cache"))
        board = Store((str(served_folder / "results"),), packaged=False).read()
    return {entry.name: entry.key for entry in board.entries}


@pytest.fixture(scope="session")
def served(browser: Browser, keys: dict[str, str], served_folder: Path) -> Iterator[RunningApp]:
    """An app with these results."""
    environment = {"ARTS_CACHE_HOME": str(served_folder / "cache"), "HF_HUB_OFFLINE": "1"}
    with serve_leaderboard(served_folder / "results", "--no-packaged", **environment) as app:
        yield app


@pytest.fixture
def visit(context: BrowserContext, served: RunningApp) -> Iterator[Callable[..., Page]]:
    """Opens a page of the app at a path, in a window of some width and theme."""

    def open_page(path: str, *, width: int = 1280, scheme: str = "light") -> Page:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.goto(served.address + path)
        page.get_by_role("heading", level=1).wait_for()
        return wait_until_settled(page)

    yield open_page
    for page in context.pages:
        page.close()

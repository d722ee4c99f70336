"""The folder of an app that is about to be opened."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from helpers.boards import prepare_app

from arts.data.support.locks import exclusive_writing
from arts.leaderboard.store.store import Store


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
def packaged_results(tmp_path: Path, checked_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an app that is about to be started."""
    shutil.copytree(checked_cache, tmp_path / "cache")
    return prepare_app(tmp_path, monkeypatch)


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an app that is about to be started, without the package's own results."""
    return prepare_app(tmp_path, monkeypatch, "--no-packaged")

"""The folder of an app that is about to be opened."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.boards import started


@pytest.fixture
def packaged_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an app that is about to be started."""
    return started(tmp_path, monkeypatch)


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an app that is about to be started, without the package's own results."""
    return started(tmp_path, monkeypatch, "--no-packaged")

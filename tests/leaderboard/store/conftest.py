"""What tests of the store share."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.forging import honest_reports


@pytest.fixture(scope="session")
def honest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return honest_reports(tmp_path_factory.mktemp("honest"))

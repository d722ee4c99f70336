"""The settings of an unlearning run."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from arts.data.errors import ArtsError
from arts.unlearning.settings import UnlearningSettings


@pytest.mark.parametrize(
    "change", [{"steps": 0}, {"batch_size": 0}, {"retain_ratio": 0}, {"learning_rate": -1.0}]
)
def test_settings_out_of_range(change: dict[str, Any]) -> None:
    with pytest.raises(ArtsError, match="expected"):
        UnlearningSettings(**change)


def test_settings_are_there_without_torch() -> None:
    code = "import sys, arts.unlearning.settings; sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

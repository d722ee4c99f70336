"""Every way of writing, in many short runs of which most are killed: what is there is whole."""

from __future__ import annotations

import subprocess
import sys

import pytest
from helpers import places
from helpers.pairs import PAIRS


@pytest.mark.parametrize("kind", places.KINDS)
def test_places_are_whole_whatever_is_killed(tmp_path, kind):
    command = [sys.executable, "-P", places.__file__, kind, str(40 * PAIRS), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

"""Commands in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path


def run(*arguments: object, folder: Path, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=options.pop("timeout", 120),
        env={**os.environ, **options},
        check=False,
    )


def seconds(call) -> float:
    """The best of three, since other things run on this machine too."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return min(times)

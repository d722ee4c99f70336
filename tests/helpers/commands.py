"""Commands as their user runs them, in a process of their own or in this one."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import time
import warnings
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

Done = subprocess.CompletedProcess[str]


def run(*arguments: object, folder: Path, **environment: str) -> Done:
    """Run `python -m` with these arguments in a folder."""
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=120,
        env={**os.environ, **environment},
        check=False,
    )


def call(module: str, *arguments: object, folder: Path) -> Done:
    """The same in this process, where the libraries are imported already."""
    output, errors = StringIO(), StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(output),
        redirect_stderr(errors),
        warnings.catch_warnings(),
    ):
        patch.chdir(folder)
        patch.setattr(sys, "argv", [module, *map(str, arguments)])
        patch.setattr(sys, "path", [*sys.path])
        warnings.filterwarnings("ignore", ".*found in sys.modules", RuntimeWarning)
        with pytest.raises(SystemExit) as end:
            runpy.run_module(module, run_name="__main__")
    return Done([module, *map(str, arguments)], end.value.code, output.getvalue(), errors.getvalue())


def seconds(call) -> float:
    """The best of three, since other things run on this machine too."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return min(times)

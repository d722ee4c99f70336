"""Where a result comes from: library versions, times, machine and peak memory, for reports."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PACKAGE = "arts-absa"
EVALUATION_LIBRARIES = ("numpy", "torch", "transformers", "datasets", "scikit-learn")
MERGE_LIBRARIES = (PACKAGE, "numpy")
UNLEARNING_LIBRARIES = (PACKAGE, "torch", "transformers")


class Clock:
    """Measures when a piece of work started (`started`, in UTC) and how many seconds it has taken.

    The clock starts when the object is created.
    """

    def __init__(self) -> None:
        self.started = datetime.now(UTC)
        self._ticks = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._ticks


def utc_now() -> str:
    """The current time in UTC, to the second, in ISO 8601 format."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def library_versions(names: Sequence[str]) -> dict[str, str]:
    """The installed versions of distributions, keyed by distribution name (the name on PyPI)."""
    return {name: version(name) for name in names}


def process_environment() -> dict[str, str | int]:
    """The device, precision and number of threads of this process, which change the last digits of results.

    Returns:
        What `arts.models.runtime.numerical_environment` returns if torch has been imported. Otherwise only
        ``threads``: the number of threads of the numerical libraries that have been imported, or 1.
    """
    if "torch" in sys.modules:
        from arts.models.runtime import numerical_environment

        return numerical_environment()
    from threadpoolctl import threadpool_info

    return {"threads": max((pool["num_threads"] for pool in threadpool_info()), default=1)}


def machine_description() -> str:
    """The operating system, processor architecture and number of processors, as one line.

    Example:
        >>> machine_description().endswith("CPUs")
        True
    """
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"


def peak_memory() -> int:
    """The largest resident memory of this process so far, in bytes; works on POSIX systems only."""
    status = Path("/proc/self/status")
    if status.is_file():  # getrusage would count the process that started this one, too
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import resource  # POSIX only

    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024

"""Where, when and with what something was made: what every report records in the same way."""

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
MEASURING = ("numpy", "torch", "transformers", "datasets", "scikit-learn")
MERGING = (PACKAGE, "numpy")
UNLEARNING = (PACKAGE, "torch", "transformers")
GENERATING = ("spacy", "nltk", "lemminflect", "numpy")


class Clock:
    """When something started, and how long it has taken."""

    def __init__(self) -> None:
        self.started = datetime.now(UTC)
        self._ticks = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._ticks


def now() -> str:
    """The time in UTC, to the second, in ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def library_versions(names: Sequence[str]) -> dict[str, str]:
    """The installed version of each distribution, by name."""
    return {name: version(name) for name in names}


def machine() -> str:
    """The system, the processor's architecture and how many processors there are.

    Example:
        >>> machine().endswith("CPUs")
        True
    """
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"


def peak_memory() -> int:
    """The most memory that this process has had resident, in bytes; on POSIX systems only."""
    status = Path("/proc/self/status")
    if status.is_file():  # what getrusage says counts the process that started this one, too
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import resource  # POSIX only

    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024

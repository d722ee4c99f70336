"""Check all reports of a store against their predictions, in a process beside the app.

    python -m arts.leaderboard.store.verifier_process [--no-packaged] FOLDER ..

The process runs at the lowest priority, so that the app stays quick. It ends when its standard input closes,
which happens when the app ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from arts.leaderboard.store.store import Store

AUTOGROUP = Path("/proc/self/autogroup")  # Linux: the niceness of the whole session, not of one process
LEAST_URGENT = 19  # the highest niceness
MOST_STARTS = 3  # for the same files


@dataclass
class Verifier:
    """The process that checks the files of a store, started again when it has died.

    Args:
        store: The store.
        process: The last process; None before the first.
        fingerprint: Of the files for which it was started.
        starts: How often it was started for these files.
    """

    store: Store
    process: subprocess.Popen[bytes] | None = None
    fingerprint: str = ""
    starts: int = 0

    @property
    def is_running(self) -> bool:
        """Whether the process is running."""
        return self.process is not None and self.process.poll() is None

    def start(self, fingerprint: str) -> None:
        """Start the process if it is not running; not more than `MOST_STARTS` (3) times for the same files.

        Args:
            fingerprint: Of the files, of which some are unchecked.
        """
        if self.is_running:
            return
        if fingerprint != self.fingerprint:
            self.fingerprint, self.starts = fingerprint, 0
        if self.starts < MOST_STARTS:
            self.process = start_verifier(self.store)
        self.starts += 1

    @property
    def remark(self) -> str:
        """That the process has died while files were unchecked, as a sentence; empty if it has not."""
        if self.starts > MOST_STARTS:
            return (
                f"The process that checks predictions has died {MOST_STARTS} times, and is not started again "
                "until a file changes; what it has not checked stays as reported."
            )
        deaths = self.starts - 1
        return (
            f"The process that checks predictions has died, and was started again ({deaths})."
            if deaths > 0
            else ""
        )


def start_verifier(store: Store) -> subprocess.Popen[bytes]:
    """Start a process that checks every file of a store and writes the results to the cache.

    `Store.read` takes them from there. The process ends when this one ends or all files are checked.
    """
    command = [sys.executable, "-m", __name__, *store.arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)


def _lower_priority() -> None:
    """Give this process the lowest priority, where the platform allows it."""
    if hasattr(os, "nice"):
        os.nice(LEAST_URGENT)
    if os.access(AUTOGROUP, os.W_OK):
        AUTOGROUP.write_text(str(LEAST_URGENT))


def _exit_when_input_ends() -> None:
    """Wait until standard input closes, then end this process at once."""
    sys.stdin.read()
    os._exit(0)  # results are saved after every chunk, so at most one chunk is lost


if __name__ == "__main__":
    _lower_priority()
    Thread(target=_exit_when_input_ends, daemon=True).start()
    Store.from_arguments(sys.argv[1:]).read()

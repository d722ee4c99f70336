"""Check all reports of a store against their predictions, in a process beside the app.

    python -m arts.leaderboard.store.verifier_process [--no-packaged] FOLDER ..

The process runs at the lowest priority, so that the app stays quick. It ends when its standard input closes,
which happens when the app ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

from arts.leaderboard.store.store import Store

AUTOGROUP = Path("/proc/self/autogroup")  # Linux: the niceness of the whole session, not of one process
LEAST_URGENT = 19  # the highest niceness


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

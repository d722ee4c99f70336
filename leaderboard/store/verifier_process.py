"""Verifying results in a process of its own.

    python -m arts.leaderboard.store.verifier_process [--no-packaged] FOLDER ..

It leaves the machine to the visitors, and ends when its standard input does, which is with the app.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

from arts.leaderboard.store.store import Store

BARE = "--no-packaged"
AUTOGROUP = Path("/proc/self/autogroup")  # Linux weighs a session against others, and niceness within it
LAST = 19  # the least urgent


def start(store: Store) -> subprocess.Popen[bytes]:
    """Start a process that checks everything; what it finds is where `Store.read` looks."""
    bare = [] if store.packaged else [BARE]
    command = [sys.executable, "-m", __name__, *bare, *store.folders]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)


def _step_back() -> None:
    if hasattr(os, "nice"):
        os.nice(LAST)
    if os.access(AUTOGROUP, os.W_OK):
        AUTOGROUP.write_text(str(LAST))


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)  # what was found is kept a chunk at a time


if __name__ == "__main__":
    _step_back()
    Thread(target=_end_with_input, daemon=True).start()
    arguments = sys.argv[1:]
    Store(tuple(a for a in arguments if a != BARE), packaged=BARE not in arguments).read()

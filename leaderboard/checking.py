"""Checking in a process of its own: `python -m arts.leaderboard.checking [--no-packaged] FOLDER ..`."""

from __future__ import annotations

import subprocess
import sys

from arts.leaderboard.store import Store

BARE = "--no-packaged"


def start(store: Store) -> subprocess.Popen[bytes]:
    """Start a process that checks everything; what it finds is where `Store.read` looks."""
    bare = [] if store.packaged else [BARE]
    return subprocess.Popen([sys.executable, "-m", __name__, *bare, *store.folders])


if __name__ == "__main__":
    arguments = sys.argv[1:]
    Store(tuple(a for a in arguments if a != BARE), packaged=BARE not in arguments).read()

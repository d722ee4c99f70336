"""A store that is looked at now and then, for many visitors at once."""

from __future__ import annotations

import subprocess
import time
from functools import cache
from math import inf
from threading import Lock

from arts.leaderboard.store import verifier_process
from arts.leaderboard.store.store import Board, Store

FEW = 20  # files that are checked while a visitor waits; more are left to a process beside the app
AGAIN = 5.0  # seconds between two looks at what is being checked
SOON = 1.0  # seconds between two looks at the files


@cache
def watch(folders: tuple[str, ...], *, packaged: bool) -> Watch:
    """The one watch of a process on these folders; arguments as of `Store`."""
    return Watch(Store(folders, packaged=packaged))


class Watch:
    """The board of a store, read again only when a file has changed or more files have been checked.

    What would have a visitor wait is checked by a process beside the app, one at a time.

    Args:
        store: whose files are read at once.

    Raises:
        DownloadError: when a repository of the store is not to be had.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._lock = Lock()
        self._state = store.state()
        self._board = store.read(FEW)
        self._looked = self._read = time.monotonic()
        self._process: subprocess.Popen[bytes] | None = None
        self._checked = ""  # the state that the last process was started for
        self._check()

    def look(self) -> tuple[Board, str]:
        """The board as the files are now, or were a second ago, and a text that changes with it."""
        with self._lock:
            now = time.monotonic()
            if now - self._looked >= SOON:
                state, self._looked = self.store.state(), now
                changed = state != self._state
                if changed or (self._board.unchecked and now - self._read >= AGAIN):
                    self._board = self.store.read(FEW if changed else 0)
                    self._state, self._read = state, now
                    self._check()
            return self._board, f"{self._state} {self._board.unchecked}"

    def refresh(self) -> None:
        """Have the next look see what was added just now."""
        with self._lock:
            self._looked = -inf

    def _check(self) -> None:
        """Have the rest checked, unless that is under way or was tried for the same files."""
        idle = self._process is None or self._process.poll() is not None
        if self._board.unchecked and idle and self._checked != self._state:
            self._process, self._checked = verifier_process.start(self.store), self._state

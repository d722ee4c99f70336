"""The board of a running app: one per process, kept up to date for all visitors."""

from __future__ import annotations

import subprocess
import time
from functools import cache
from math import inf
from threading import Lock

from arts.leaderboard.store import verifier_process
from arts.leaderboard.store.store import Board, Store

CHECKED_AT_ONCE = 20  # files checked while a visitor waits; if there are more, the verifier checks them
RECHECK_SECONDS = 5.0  # between two readings of what the verifier has checked
LOOK_SECONDS = 1.0  # between two looks at the files


@cache
def live_board(store: Store) -> LiveBoard:
    """The one live board of a store in this process."""
    return LiveBoard(store)


class LiveBoard:
    """The board of a store, read again only when a file has changed or more files have been checked.

    When checking would take long, a verifier process does it beside the app, one process at a time.

    Args:
        store: The store to show; its files are read at once.

    Raises:
        DownloadError: A dataset repository of the store cannot be downloaded.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._lock = Lock()
        self._fingerprint = store.fingerprint()
        self._board = store.read(CHECKED_AT_ONCE)
        self._last_look = self._last_reading = time.monotonic()
        self._verifier: subprocess.Popen[bytes] | None = None
        self._verified_fingerprint = ""  # of the files that the last verifier was started for
        self._start_verifier()

    def look(self) -> tuple[Board, str]:
        """The board, at most `LOOK_SECONDS` old, and its version: a text that changes whenever it does."""
        with self._lock:
            now = time.monotonic()
            if now - self._last_look >= LOOK_SECONDS:
                fingerprint, self._last_look = self.store.fingerprint(), now
                changed = fingerprint != self._fingerprint
                if changed or (self._board.unchecked and now - self._last_reading >= RECHECK_SECONDS):
                    self._board = self.store.read(CHECKED_AT_ONCE if changed else 0)
                    self._fingerprint, self._last_reading = fingerprint, now
                    self._start_verifier()
            return self._board, f"{self._fingerprint} {self._board.unchecked}"

    def refresh(self) -> None:
        """Make the next `look` see files that were added just now."""
        with self._lock:
            self._last_look = -inf

    def _start_verifier(self) -> None:
        """Start a verifier for unchecked files, unless one is running or was started for the same files."""
        idle = self._verifier is None or self._verifier.poll() is not None
        if self._board.unchecked and idle and self._verified_fingerprint != self._fingerprint:
            self._verifier = verifier_process.start_verifier(self.store)
            self._verified_fingerprint = self._fingerprint

"""The board of a running app, shared by all visitors and kept up to date with its files."""

from __future__ import annotations

import subprocess
import time
from functools import cache
from math import inf
from threading import Lock

from arts.leaderboard.store import verifier_process
from arts.leaderboard.store.store import Board, Store

CHECKED_AT_ONCE = 20  # most files to check while a visitor waits; more are left to the verifier
RECHECK_SECONDS = 5.0  # between two readings of the verifier's results
LOOK_SECONDS = 1.0  # between two checks whether files have changed


@cache
def live_board(store: Store) -> LiveBoard:
    """The live board of a store; within a process, the same store always gives the same object."""
    return LiveBoard(store)


class LiveBoard:
    """The board of a store, read again when its files change.

    If at most `CHECKED_AT_ONCE` (20) reports are new or changed, they are checked against their predictions
    while the visitor waits. If more are, a separate process checks all of them; until it is done, the board
    shows the scores that they claim.

    Args:
        store: The store to show. Its files are read when the object is made.

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
        self._verified_fingerprint = ""  # of the files when the last verifier was started
        self._start_verifier()

    def look(self) -> tuple[Board, str]:
        """The board as it is now, and its version.

        Returns:
            The board, and a text that changes whenever the board changes. The board lags behind its files by
            `LOOK_SECONDS` (1) at most, and behind the verifier's results by about `RECHECK_SECONDS` (5).
        """
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
        """Make the next `look` check at once whether files have changed; to be called after adding one."""
        with self._lock:
            self._last_look = -inf

    def _start_verifier(self) -> None:
        """Start a verifier process if files are unchecked.

        Nothing is started while a verifier runs, or if one has already run for the present state of the
        files.
        """
        idle = self._verifier is None or self._verifier.poll() is not None
        if self._board.unchecked and idle and self._verified_fingerprint != self._fingerprint:
            self._verifier = verifier_process.start_verifier(self.store)
            self._verified_fingerprint = self._fingerprint

"""The board of a running app, shared by all visitors and kept up to date with its files."""

from __future__ import annotations

import time
from functools import cache
from math import inf
from threading import Lock

from arts.leaderboard.store.store import Board, Store
from arts.leaderboard.store.verifier_process import Verifier

CHECKED_AT_ONCE = 20  # most files to check while a visitor waits; more are left to the verifier
RECHECK_SECONDS = 5.0  # between two readings of the verifier's results
LOOK_SECONDS = 1.0  # between two checks whether files have changed


@cache
def live_board(store: Store) -> LiveBoard:
    """The live board of a store; within a process, the same store always gives the same object."""
    return LiveBoard(store)


class LiveBoard:
    """The board of a store, read when it is first looked at, and again when its files change.

    If at most `CHECKED_AT_ONCE` (20) reports are new or changed, they are checked against their predictions
    while the visitor waits. If more are, a separate process checks all of them; until it is done, the board
    shows the scores that they claim.

    Args:
        store: The store to show.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._lock = Lock()
        self._fingerprint = ""
        self._board = Board(())
        self._last_look = self._last_reading = -inf
        self._verifier = Verifier(store)

    def look(self, check_at_most: int | None = None) -> tuple[Board, str]:
        """The board as it is now, and its version.

        Args:
            check_at_most: The most files to check in this call, if files have changed; None for
                `CHECKED_AT_ONCE`.

        Returns:
            The board, and a text that changes whenever the board changes. The board lags behind its files by
            `LOOK_SECONDS` (1) at most, and behind the verifier's results by about `RECHECK_SECONDS` (5).

        Raises:
            DownloadError: A dataset repository of the store cannot be downloaded.
        """
        most = CHECKED_AT_ONCE if check_at_most is None else check_at_most
        with self._lock:
            now = time.monotonic()
            if now - self._last_look >= LOOK_SECONDS:
                fingerprint, self._last_look = self.store.fingerprint(), now
                changed = fingerprint != self._fingerprint
                if changed or (self._board.unchecked and now - self._last_reading >= RECHECK_SECONDS):
                    was_running = self._verifier.is_running
                    self._board = self.store.read(most if changed else 0)
                    self._fingerprint, self._last_reading = fingerprint, now
                    if self._board.unchecked and not was_running:
                        self._verifier.start(fingerprint)
            return self._board, f"{self._fingerprint} {self._board.unchecked}"

    @property
    def verifier_remark(self) -> str:
        """What is to be said of the process that checks files, as a sentence; empty if it does its work."""
        return self._verifier.remark if self._board.unchecked else ""

    def refresh(self) -> None:
        """Make the next `look` check at once whether files have changed; to be called after adding one."""
        with self._lock:
            self._last_look = -inf

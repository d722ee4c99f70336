"""How many files visitors may have checked in a while: each, and all together."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from math import ceil
from threading import Lock

from arts.data.errors import ArtsError

PERIOD = 600.0  # seconds
MOST_OF_ONE = 10  # files of one visitor in a period
MOST_OF_ALL = 60  # files of all visitors in a period


@dataclass
class RateLimit:
    """The times at which something was done, of which a period may have a certain number.

    Args:
        most: The largest number in a period.
        who: Whose number it is, as the beginning of a sentence.
        period: Length of the period in seconds.
    """

    most: int
    who: str
    period: float = PERIOD
    _times: deque[float] = field(default_factory=deque)
    _lock: Lock = field(default_factory=Lock)

    def take(self) -> None:
        """Count one more.

        Raises:
            ArtsError: That would be too many; the message says how long to wait. It is not counted.
        """
        with self._lock:
            now = time.monotonic()
            while self._times and now - self._times[0] >= self.period:
                self._times.popleft()
            if len(self._times) >= self.most:
                seconds = ceil(self.period - (now - self._times[0]))
                raise ArtsError(
                    f"{self.who} had {self.most} files checked in {self.period / 60:.0f} minutes, "
                    f"the most here; try again in {_duration(seconds)}"
                )
            self._times.append(now)


def _duration(seconds: int) -> str:
    """A number of seconds in words: in minutes, rounded up, from two minutes on."""
    return f"{seconds} s" if seconds < 120 else f"{ceil(seconds / 60)} minutes"

"""Labels by which entries can be told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from arts.leaderboard.store.entry import BoardEntry


def distinct_labels(entries: Sequence[BoardEntry]) -> dict[str, str]:
    """Labels of entries that are all different, keyed by the key of the entry.

    A label that several entries share is followed by six characters of the entry's key.
    """
    count = Counter(entry.label for entry in entries)
    return {e.key: e.label if count[e.label] == 1 else f"{e.label} ({e.key[:6]})" for e in entries}

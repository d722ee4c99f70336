"""A cache on disk for results that are slow to compute from a text, such as parses."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

from arts.data.errors import DataError
from arts.data.support.atomic import cache_home
from arts.data.support.locks import clear_writing_error

WAIT = 60  # seconds to wait for other processes that write


class TextCache:
    """A table on disk that maps texts to JSON values; several processes may use it at the same time.

    Args:
        kind: the kind of the values, e.g. ``parses``; it names the file in the cache folder.
        source: what computes the values, e.g. a model and its version. `get` leaves out those of others.

    Raises:
        DataError: when the file is damaged or cannot be written; `get` and `put` raise it, too.
    """

    def __init__(self, kind: str, source: str) -> None:
        self.source = source
        self.path = cache_home() / f"{kind}.sqlite"
        with clear_writing_error(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS memo (source TEXT, text TEXT, value TEXT, "
                "PRIMARY KEY (source, text))"
            )

    def get(self, texts: Iterable[str]) -> dict[str, Any]:
        """The stored values, keyed by text; texts without a stored value are left out."""
        query = "SELECT value FROM memo WHERE source = ? AND text = ?"
        with self._open() as connection:
            rows = ((text, connection.execute(query, (self.source, text)).fetchone()) for text in texts)
            return {text: json.loads(row[0]) for text, row in rows if row}

    def put(self, values: Mapping[str, Any]) -> None:
        """Store values, which are keyed by text; they replace those stored earlier."""
        if not values:
            return
        rows = [(self.source, text, json.dumps(value)) for text, value in values.items()]
        with self._open() as connection:
            connection.executemany("INSERT OR REPLACE INTO memo VALUES (?, ?, ?)", rows)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection; what it writes is stored when the block ends, and not at all when it raises."""
        try:
            with closing(sqlite3.connect(self.path, timeout=WAIT)) as connection, connection:
                yield connection
        except sqlite3.Error as error:
            raise DataError(
                self.path, f"this cache cannot be used ({error}); if it is damaged, delete it"
            ) from error

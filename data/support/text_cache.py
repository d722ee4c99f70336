"""A cache on disk for results that are slow to compute from a text, such as parses."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from arts.data.errors import DataError
from arts.data.support.atomic import cache_home
from arts.data.support.json_text import parse_json
from arts.data.support.locks import clear_writing_error

logger = logging.getLogger(__name__)

WAIT = 60  # seconds to wait for other processes that write
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)  # the last: other columns
_TABLE = "CREATE TABLE IF NOT EXISTS memo (source TEXT, text TEXT, value TEXT, PRIMARY KEY (source, text))"
Result = TypeVar("Result")


class TextCache:
    """A table on disk that maps texts to JSON values; several processes may use it at the same time.

    A file that is damaged is removed and begun anew, with a warning.

    Args:
        kind: the kind of the values, e.g. ``parses``; it names the file in the cache folder.
        source: what computes the values, e.g. a model and its version. `get` leaves out those of others.

    Raises:
        DataError: when the file cannot be written; `get` and `put` raise it, too.
    """

    def __init__(self, kind: str, source: str) -> None:
        self.source = source
        self.path = cache_home() / f"{kind}.sqlite"
        with clear_writing_error(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        self._use(lambda connection: None)

    def get(self, texts: Iterable[str]) -> dict[str, Any]:
        """The stored values, keyed by text; texts without a stored value are left out."""
        query, texts = "SELECT value FROM memo WHERE source = ? AND text = ?", list(texts)

        def read(connection: sqlite3.Connection) -> dict[str, Any]:
            rows = ((text, connection.execute(query, (self.source, text)).fetchone()) for text in texts)
            return {text: row[0] for text, row in rows if row}

        return dict(self._parsed(self._use(read)))

    def put(self, values: Mapping[str, Any]) -> None:
        """Store values, which are keyed by text; they replace those stored earlier."""
        if not values:
            return
        rows = [(self.source, text, json.dumps(value)) for text, value in values.items()]
        self._use(
            lambda connection: connection.executemany("INSERT OR REPLACE INTO memo VALUES (?, ?, ?)", rows)
        )

    def clear(self) -> None:
        """Remove all values of this source."""
        self._use(lambda connection: connection.execute("DELETE FROM memo WHERE source = ?", (self.source,)))

    def _parsed(self, values: Mapping[str, object]) -> Iterable[tuple[str, Any]]:
        """The JSON values, keyed by text; one that is damaged is left out with a warning."""
        for text, value in values.items():
            try:
                yield text, parse_json(value if isinstance(value, str) else b"", self.path)
            except DataError as error:
                logger.warning("%s; this value of the cache is computed anew", error)

    def _use(self, action: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do something with the table, which is created where there is none.

        What is written is stored when the action ends, and not at all when it raises.
        """
        try:
            return self._try(action)
        except (sqlite3.DatabaseError, UnicodeError) as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)  # none: a text is not UTF-8
            if code & 0xFF not in _DAMAGED:  # without the bits that say how
                raise self._fault(error) from error
            logger.warning("%s: this cache is damaged (%s); it is begun anew", self.path, error)
        try:
            with clear_writing_error(self.path):
                for ending in ("", "-journal", "-wal"):
                    Path(f"{self.path}{ending}").unlink(missing_ok=True)
            return self._try(action)
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def _try(self, action: Callable[[sqlite3.Connection], Result]) -> Result:
        with closing(sqlite3.connect(self.path, timeout=WAIT)) as connection, connection:
            connection.execute(_TABLE)
            return action(connection)

    def _fault(self, error: Exception) -> DataError:
        return DataError(self.path, f"this cache cannot be used ({error}); if it is damaged, delete it")

"""Results kept on disk: what is slow to work out about a text, by who worked it out."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import Any

from arts.data.support.atomic import cache_home


class Memo:
    """A table from texts to JSON values in the cache; several processes may share it.

    Args:
        kind: what the values are, which names the file.
        source: what worked them out (a model and its version); other sources' values are not seen.
    """

    def __init__(self, kind: str, source: str) -> None:
        self.source = source
        self.path = cache_home() / f"{kind}.sqlite"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as connection, connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS memo (source TEXT, text TEXT, value TEXT, "
                "PRIMARY KEY (source, text))"
            )

    def get(self, texts: Iterable[str]) -> dict[str, Any]:
        """The values that are known, by text."""
        query = "SELECT value FROM memo WHERE source = ? AND text = ?"
        with closing(self._open()) as connection:
            rows = ((text, connection.execute(query, (self.source, text)).fetchone()) for text in texts)
            return {text: json.loads(row[0]) for text, row in rows if row}

    def put(self, values: Mapping[str, Any]) -> None:
        """Keep values, by text."""
        rows = [(self.source, text, json.dumps(value)) for text, value in values.items()]
        with closing(self._open()) as connection, connection:
            connection.executemany("INSERT OR REPLACE INTO memo VALUES (?, ?, ?)", rows)

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=60)

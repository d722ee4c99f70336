"""The ids of rows: numbered where each row of a sentence has the sentence's id, made where there is none."""

from __future__ import annotations

import re

_NUMBERED = re.compile(r"_\d+$")


class RowIds:
    """Gives the rows of a file ids, in the order of the file."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, int]] = {}  # id → hash of its text, number of its rows
        self._rows: set[int] = set()  # hashes of the rows
        self._sentences = 0
        self._position = 0
        self._last_text: str | None = None

    def numbered(self, id: str, text: str, row: object) -> str:
        """The id of a row; further rows of one sentence that have its id are numbered.

        Args:
            id: the id in the file.
            text: the sentence.
            row: the whole row.

        Raises:
            ValueError: when an earlier row has this id and another text, or is the same.

        Example:
            >>> ids = RowIds()
            >>> [ids.numbered("7", "Good soup, rude staff.", term) for term in ("soup", "staff")]
            ['7', '7_1']
        """
        content, (of_text, count) = hash((id, str(row))), self._seen.get(id, (hash(text), 0))
        if of_text != hash(text) or content in self._rows:
            raise ValueError(f'duplicate id "{id}"; expected every instance once')
        self._rows.add(content)
        self._seen[id] = (of_text, count + 1)
        return f"{id}{'.' if _NUMBERED.search(id) else '_'}{count}" if count else id

    def made(self, text: str) -> str:
        """An id for a row without one: the number of its sentence, and its place among the rows of it.

        Rows with the same text that follow each other are one sentence.

        Example:
            >>> ids = RowIds()
            >>> [ids.made(text) for text in ("Hot tea.", "Rude staff, dry bread.", "Rude staff, dry bread.")]
            ['1_0', '2_0', '2_1']
        """
        if text != self._last_text:
            self._sentences += 1
            self._position, self._last_text = 0, text
        else:
            self._position += 1
        return f"{self._sentences}_{self._position}"

    def next_sentence(self) -> str:
        """An id for a row that is a whole sentence, and has none: its number."""
        self._sentences += 1
        self._last_text = None
        return str(self._sentences)

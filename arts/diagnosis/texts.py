"""Reading the texts to diagnose from a file."""

from __future__ import annotations

from pathlib import Path

from arts.data.errors import DataError, as_data_error
from arts.data.readers.row_source import read_row_source


def read_texts(path: Path) -> list[str]:
    """Read a text from each row of a JSONL, CSV or Parquet file, or from each line of a .txt file.

    A row has the key ``text``; or the keys ``prompt`` and ``completion``, whose texts are joined by a line
    break; or the key ``messages``, a list of dicts whose texts under ``content`` are joined in the same way.
    Empty lines of a .txt file are left out.

    Raises:
        DataError: when the file cannot be read, or a row has none of these keys. The message gives the
            number of the row.
    """
    if path.suffix == ".txt":
        if not path.is_file():
            raise DataError(path, "no such file")
        try:
            return [line for line in path.read_text("utf-8").splitlines() if line.strip()]
        except UnicodeDecodeError as error:
            raise DataError(path, "is not text in UTF-8; expected one text per line") from error
    texts = []
    for line, row in read_row_source(str(path)).rows:
        match row:
            case {"text": str(text)}:
                texts.append(text)
            case {"prompt": str(prompt), "completion": str(answer)}:
                texts.append(f"{prompt}\n{answer}")
            case {"messages": [*messages]}:
                with as_data_error(path, line=line):
                    texts.append("\n".join(str(message["content"]) for message in messages))
            case _:
                raise DataError(
                    path,
                    f"a row with {', '.join(row) or 'nothing'}; expected text, prompt and completion, or "
                    "messages",
                    line=line,
                )
    return texts

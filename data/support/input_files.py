"""Files that users name: each is a file that can be read, or one clear error; ``-`` is standard input."""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO

from arts.data.errors import SOURCE_NAMES, DataError
from arts.data.support.foreign_file import open_foreign, read_foreign

STANDARD_INPUT = "-"
_HINT = ", or - for standard input"
MAX_BYTES = 1 << 30  # of a file that is read as a whole
MAX_LINE = 1 << 26  # bytes of a line


def input_path(name: str | Path) -> Path:
    """The path of a file that a user names; for ``-``, a temporary copy of standard input.

    The copy has the suffix of its format, which is known by its first character: JSON, JSONL, XML or CSV.

    Raises:
        DataError: when standard input is empty or a terminal.
    """
    return _standard_input() if str(name) == STANDARD_INPUT else Path(name)


@cache
def _standard_input() -> Path:
    """The path of a copy of standard input, which is removed when the process ends."""
    if sys.stdin is None or sys.stdin.isatty():
        raise DataError("standard input", "is a terminal; expected rows from a file or another command")
    folder = Path(tempfile.mkdtemp(prefix="arts-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    copy = folder / "stdin"
    with copy.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    with copy.open("rb") as file:
        start = file.read(1 << 10).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise DataError("standard input", "is empty; expected rows")
    suffixes = {b"[": ".json", b"{": ".json", b"<": ".xml"}
    suffix = ".parquet" if start.startswith(b"PAR1") else suffixes.get(start[:1], ".csv")
    path = copy.rename(folder / f"stdin{suffix}")
    SOURCE_NAMES[str(path)] = "standard input"
    return path


def check_file(path: Path) -> None:
    """Raise `DataError` unless a path is that of a file that can be read, and read again.

    A pipe or a device is none: it can be read once, or never ends.
    """
    open_foreign(path, hint=_HINT).close()


def is_missing(path: Path) -> bool:
    """Whether there is nothing under a path, or it is none: too long, or with a NUL character."""
    try:
        path.lstat()
    except (OSError, ValueError) as error:
        return not isinstance(error, PermissionError)
    return False


def read_bytes(path: Path) -> bytes:
    """The content of a file that is read as a whole.

    Raises:
        DataError: when it cannot be read, or has more than 1 GiB.
    """
    return read_foreign(path, largest=MAX_BYTES, hint=_HINT)


def text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Stream (line number, text) pairs of a UTF-8 file; lines are numbered from 1 and keep their line break.

    In a file without line feeds, carriage returns end the lines, as on an old Macintosh.

    Raises:
        DataError: when a line is not UTF-8, has a NUL character, or is longer than 64 MiB.
    """
    with open_foreign(path, hint=_HINT) as file:
        for line, raw in enumerate(_raw_lines(file), 1):
            if len(raw) > MAX_LINE:
                raise DataError(path, f"more than {MAX_LINE:,} bytes; expected a line", line=line)
            if b"\0" in raw:
                raise DataError(path, "a NUL character, as in UTF-16; expected a UTF-8 file", line=line)
            try:
                yield line, raw.decode("utf-8-sig" if line == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise DataError(
                    path,
                    f"byte 0x{raw[error.start]:02x} at column {error.start + 1} is not UTF-8; "
                    "expected a UTF-8 file",
                    line=line,
                ) from error


def _raw_lines(file: BinaryIO) -> Iterator[bytes]:
    """Stream the lines of a file; of one that is too long, only its beginning."""
    first = file.readline(MAX_LINE + 1)
    if first.endswith(b"\n") or len(first) > MAX_LINE:
        yield first
    else:
        yield from first.splitlines(keepends=True)
    while raw := file.readline(MAX_LINE + 1):
        yield raw

"""Files of others: read only where they are files, and no larger than they can sensibly be."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any, BinaryIO

from arts.data.errors import DataError
from arts.data.support.json_text import parse_json

LARGEST_JSON = 200_000_000  # bytes; tokenizers have up to 40 million
_POINTER = b"version https://git-lfs.github.com/spec/"  # the start of what Git LFS puts in a file's place
_LARGEST_POINTER = 1024  # bytes


def open_foreign(path: Path, *, hint: str = "") -> BinaryIO:
    """Open a file to read its bytes.

    Args:
        path: the file.
        hint: text to append to the message on a pipe or device.

    Raises:
        DataError: when there is no such file, it may not be read, or it is no regular file but, for example,
            a folder or a pipe, which could be waited for without end; or when Git LFS has not yet fetched it.
    """
    try:
        file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError as error:
        raise DataError(path, "no such file") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL
        raise DataError(path, f"cannot be read ({getattr(error, 'strerror', None) or error})") from error
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode):
        os.close(file)
        is_folder = stat.S_ISDIR(status.st_mode)
        raise DataError(
            path, "a folder; expected a file" if is_folder else f"a pipe or device; expected a file{hint}"
        )
    opened = os.fdopen(file, "rb")
    if status.st_size <= _LARGEST_POINTER and opened.peek(len(_POINTER)).startswith(_POINTER):
        opened.close()
        raise DataError(path, "is a Git LFS pointer, in place of the file; run `git lfs pull`")
    return opened


def read_foreign(path: Path, *, largest: int, hint: str = "") -> bytes:
    """Read a whole file.

    Args:
        path: the file.
        largest: the number of bytes that it may have.
        hint: text to append to the message on a pipe or device.

    Raises:
        DataError: when it cannot be read, is no regular file, or is larger.
    """
    with open_foreign(path, hint=hint) as file:
        try:
            content = file.read(largest + 1)
        except OSError as error:
            raise DataError(path, f"cannot be read ({error.strerror})") from error
    if len(content) > largest:
        raise DataError(path, f"is larger than {largest / 1e6:,g} MB, the most that such a file may have")
    return content


def read_json_object(path: Path, *, largest: int = LARGEST_JSON) -> dict[str, Any]:
    """Read a JSON file that contains an object, and return the object as a dictionary.

    Raises:
        DataError: when the file cannot be read, is larger than `largest` bytes, is not JSON that `parse_json`
            takes, or contains something else than an object.
    """
    content = parse_json(read_foreign(path, largest=largest), path)
    if not isinstance(content, dict):
        raise DataError(path, "holds no JSON object")
    return content

"""Seals: checksums beside files that a later run is to go on from, so that damaged ones are not taken."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from pathlib import Path

from xxhash import xxh3_128

from arts.data.errors import DataError
from arts.data.support.foreign_file import read_json_object

logger = logging.getLogger(__name__)

_BLOCK = 2**22  # bytes


def seal(mark: Path, files: Iterable[Path]) -> None:
    """Write the checksums of files into a file, the mark, in the same folder or above them."""
    checksums = {file.relative_to(mark.parent).as_posix(): _checksum(file) for file in files}
    mark.write_text(json.dumps(checksums), encoding="utf-8")


def is_intact(mark: Path) -> bool:
    """Whether all files that were sealed are as they were; where they are not, a warning says so."""
    try:
        checksums = read_json_object(mark)
        if all(_checksum(mark.parent / name) == checksum for name, checksum in checksums.items()):
            return True
    except (DataError, OSError, ValueError):
        pass
    logger.warning(
        "%s: an earlier run has left this damaged or incomplete; it is not used, and made anew", mark.parent
    )
    return False


def _checksum(path: Path) -> str:
    """The XXH3 checksum of a file."""
    digest = xxh3_128()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()

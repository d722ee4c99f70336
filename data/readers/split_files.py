"""The files of a folder that hold the splits of a corpus, found by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from arts.data.errors import DataError
from arts.data.readers.instances import INSTANCE_READERS
from arts.data.schema import Split

_NAMES = {stem: split for split in Split for stem in split.file_stems}


def split_file(folder: Path, split: Split) -> Path | None:
    """The file of a folder that holds a split; None when there is none.

    It is named after the split (``dev``, ``val``, ``valid`` or ``validation`` for dev). When no file is, the
    name of the split may be one word of the file's name: ``Laptops_Test_Gold.xml``, ``14rest_train.raw``.

    Raises:
        DataError: when several files may be meant, or the folder cannot be read.
    """
    readable = [
        path for path in list_folder(folder) if path.suffix.lower() in INSTANCE_READERS and not path.is_dir()
    ]
    named = [path for path in readable if path.stem.lower() in split.file_stems]
    paths = named or [path for path in readable if _splits_in(path.stem) == {split}]
    if len(paths) > 1:
        raise DataError(folder, f"several files for {split}: {', '.join(path.name for path in paths)}")
    return paths[0] if paths else None


def corpus_folder(folder: Path) -> Path:
    """The folder itself if it has a file for the test split, else the only folder in it that has one.

    Raises:
        DataError: when there is none, or there are several.
    """
    if split_file(folder, Split.TEST):
        return folder
    inner = [path for path in list_folder(folder) if path.is_dir() and split_file(path, Split.TEST)]
    if len(inner) == 1:
        return inner[0]
    if inner:
        listed = ", ".join(map(str, inner[:5]))
        raise DataError(folder, f"holds {len(inner)} corpora; expected one of their folders: {listed}")
    names = _listed(path.name for path in list_folder(folder))
    raise DataError(
        folder, f"no test file; expected test with one of {', '.join(INSTANCE_READERS)}; it has {names}"
    )


def corpus_files(folder: Path) -> list[Path]:
    """The files of the splits of all corpora in a folder: one corpus a subfolder, sorted by name.

    Raises:
        DataError: when a folder cannot be read.
    """
    return [
        path
        for inner in list_folder(folder)
        if inner.is_dir()
        for path in list_folder(inner)
        if path.suffix.lower() in INSTANCE_READERS and _splits_in(path.stem)
    ]


def list_folder(folder: Path) -> list[Path]:
    """What a folder holds, sorted; hidden files are skipped.

    Raises:
        DataError: when the folder cannot be read.
    """
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise DataError(folder, f"cannot be read ({error.strerror or error})") from error


def _splits_in(stem: str) -> set[Split]:
    """The splits that the words of a file's name name."""
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", stem).lower())
    return {_NAMES[word] for word in words if word in _NAMES}


def _listed(names: Iterable[str]) -> str:
    """The first five names, or that there are none."""
    listed = list(names)
    more = f" and {len(listed) - 5} more" if len(listed) > 5 else ""
    return (", ".join(listed[:5]) or "no files") + more

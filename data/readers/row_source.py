"""The rows of a file or of a Hugging Face dataset, all at once, with what identifies them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from arts.data.errors import ArtsError
from arts.data.readers.rows import ROW_READERS, Row, read_rows
from arts.data.support.download import sha256


@dataclass(frozen=True)
class RowSource:
    """Rows as they were read, with the line of each.

    Args:
        name: of the file, folder or dataset.
        checksum: SHA-256 of the file, or the dataset's own fingerprint.
        rows: (line, row).
    """

    name: str
    checksum: str
    rows: Sequence[tuple[int, Row]]


def read_row_source(name: str) -> RowSource:
    """Read a JSONL, CSV or Parquet file, or a dataset: a folder or Hub id, its train split.

    Raises:
        ArtsError: when there is no such thing, or it is not as expected; naming file and line.
    """
    path = Path(name)
    if path.suffix.lower() in ROW_READERS or path.is_file():
        rows = list(read_rows(path))
        return RowSource(path.name, sha256(path), rows)
    from datasets import Dataset, DatasetDict, load_dataset, load_from_disk

    try:
        saved = path.is_dir() and any((path / file).is_file() for file in ("state.json", "dataset_dict.json"))
        found = load_from_disk(name) if saved else load_dataset(name)
    except (OSError, ValueError, RuntimeError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        raise ArtsError(f'dataset "{name}" cannot be loaded ({reason})') from error
    if isinstance(found, DatasetDict):
        if "train" not in found:
            raise ArtsError(f'dataset "{name}" has the splits {", ".join(found)}; expected train')
        found = found["train"]
    if not isinstance(found, Dataset):
        raise ArtsError(f'dataset "{name}" is a {type(found).__name__}; expected rows that can be counted')
    return RowSource(name, str(found._fingerprint), list(enumerate(found, 1)))

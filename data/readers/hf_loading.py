"""Loading datasets of the Hugging Face Hub and of folders, with one clear error for what cannot be loaded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from arts.data.errors import ArtsError
from arts.data.support.input_files import read_bytes, text_lines
from arts.data.support.json_text import check_json

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

HF_PREFIX = "hf:"
_SAVED = ("state.json", "dataset_dict.json")  # files of a folder that ``save_to_disk`` wrote


def is_saved_dataset(folder: Path) -> bool:
    """Whether a folder holds a dataset or dictionary of datasets saved by ``save_to_disk``."""
    return any((folder / file).is_file() for file in _SAVED)


def load_hf_dataset(name: str, config: str | None = None) -> Dataset | DatasetDict:
    """Load a dataset with all its splits.

    Args:
        name: the id of a dataset on the Hub, the folder of one, or a folder that ``save_to_disk`` wrote.
        config: the name of a configuration, where the dataset has several.

    Raises:
        ArtsError: when it cannot be loaded, or is streamed.
    """
    import pyarrow as pa
    from datasets import Dataset, DatasetDict, load_dataset, load_from_disk
    from datasets.exceptions import DatasetsError

    folder = Path(name)
    if folder.is_dir():
        _check_json_files(folder)
    try:
        saved = folder.is_dir() and is_saved_dataset(folder)
        dataset = load_from_disk(name) if saved else load_dataset(name, config)
    except (
        OSError,
        ValueError,
        RuntimeError,
        KeyError,
        TypeError,
        DatasetsError,
        pa.ArrowException,
    ) as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise ArtsError(f'dataset "{name}" cannot be loaded ({" ".join(lines)[:300]})') from error
    if not isinstance(dataset, Dataset | DatasetDict):
        raise ArtsError(f'dataset "{name}" is a {type(dataset).__name__}; expected rows that can be counted')
    return dataset


def parse_hf_source(source: str) -> tuple[str, str | None]:
    """The name and the configuration of ``hf:NAME`` or ``hf:NAME:CONFIG``; without ``hf:``, all is the name.

    Raises:
        ArtsError: when there is no name.

    Example:
        >>> parse_hf_source("hf:me/reviews:laptop")
        ('me/reviews', 'laptop')
    """
    whole = source.removeprefix(HF_PREFIX)
    name, _, config = whole.partition(":")
    if whole and (whole == source or Path(whole).exists()):
        return whole, None
    if not name:
        raise ArtsError(f'"{source}" names no dataset; expected hf:ID, hf:FOLDER or hf:ID:CONFIG')
    return name, config or None


def _check_json_files(folder: Path) -> None:
    """Raise `DataError` when a JSON file of a folder is one that the reader of pyarrow may not survive."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in (".jsonl", ".ndjson"):
            for line, text in text_lines(path):
                check_json(text, path, line=line)
        elif path.suffix.lower() == ".json" and path.is_file():
            check_json(read_bytes(path), path)

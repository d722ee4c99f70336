"""The rows of a table file or Hugging Face dataset, loaded all at once, with a checksum of their source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from arts.data.errors import ArtsError, as_data_error
from arts.data.readers.class_labels import class_label_reader
from arts.data.readers.hf_loading import load_hf_dataset, parse_hf_source
from arts.data.readers.rows import ROW_READERS, Row, read_rows
from arts.data.support.download import sha256
from arts.data.support.input_files import check_file, input_path


@dataclass(frozen=True)
class RowSource:
    """All rows of a file or dataset, with what identifies the source.

    Args:
        name: the name of the file, or the folder or id of the dataset.
        checksum: the SHA-256 (hexadecimal) of the file, or the fingerprint that `datasets` gives the dataset.
        rows: (line number, row) pairs. A row maps column names to values; the rows of a dataset are numbered
            from 1. Numbers of class labels are read as their names.
    """

    name: str
    checksum: str
    rows: Sequence[tuple[int, Row]]


def read_row_source(name: str) -> RowSource:
    """Load all rows of a table file, or of the train split of a Hugging Face dataset.

    Args:
        name: the path of a file (JSONL, JSON, CSV, TSV or Parquet), ``-`` for standard input, the folder of a
            dataset, or the id of a dataset on the Hub, also as ``hf:ID`` or ``hf:ID:CONFIG``.

    Raises:
        ArtsError: when there is no such file or dataset, it has no train split, or a line of the file is
            faulty.
    """
    path = input_path(name)
    if path.is_file() or (path.suffix.lower() in ROW_READERS and not path.is_dir()):
        rows = list(read_rows(path))
        return RowSource(path.name, sha256(path), rows)
    if path.exists() and not path.is_dir():
        check_file(path)
    from datasets import DatasetDict

    dataset = load_hf_dataset(*parse_hf_source(name))
    if isinstance(dataset, DatasetDict):
        if "train" not in dataset:
            raise ArtsError(f'dataset "{name}" has the splits {", ".join(dataset)}; expected train')
        dataset = dataset["train"]
    with as_data_error(name):
        name_labels, rows = class_label_reader(dataset.features.to_dict()), list[tuple[int, Row]]()
    for number, row in enumerate(dataset.with_format(None), 1):
        with as_data_error(name, line=number):
            rows.append((number, name_labels(row)))
    return RowSource(name, str(dataset._fingerprint), rows)

"""Labels that somebody predicted, read from a table file and checked against the instances of a benchmark."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from arts.data.errors import DataError, as_data_error, did_you_mean
from arts.data.label_names import NO_NAMES, LabelNames
from arts.data.polarity_labels import parse_polarity
from arts.data.readers.arts_json import parse_id
from arts.data.readers.class_labels import class_label_reader, parquet_features
from arts.data.readers.rows import ROW_READERS, Row, csv_rows, read_rows
from arts.data.schema import Instance, Strategy
from arts.data.support.arrays import IntArray
from arts.data.support.parquet_file import read_parquet_columns
from arts.evaluation.benchmark_layout import POLARITIES
from arts.evaluation.metrics import INVALID, PREDICTED_LABELS
from arts.evaluation.predictions_file import shown

ID, COLUMN = "id", "prediction"
EXAMPLES = 3  # number of ids that an error names
MOST_MESSAGE = 300  # characters of what is wrong with a label


def read_labels(
    path: Path,
    instances: Sequence[Instance],
    *,
    column: str | None = None,
    left_out: Collection[str] = (),
    names: LabelNames = NO_NAMES,
) -> IntArray:
    """Read the predicted labels of n instances from a CSV, JSONL or Parquet file with a column ``id``.

    Args:
        path: the file, which has each instance exactly once, in any order. The ids of ADDDIFF variants may
            end in ``_adv3`` or in ``_adv4``, since the files of the ARTS release use both.
        instances: the benchmark's n instances.
        column: name of the column with the labels. Default: ``prediction``.
        left_out: ids of the ARTS release that the benchmark leaves out; the file may contain them.
        names: what labels that do not name a polarity stand for.

    Returns:
        The labels as positions in `Polarity`, `INVALID` for the label ``invalid`` of an answer that is none:
        an array (n,) in the order of the instances.

    Raises:
        DataError: when the file is empty, an id is missing, unknown or duplicate, or a label is no polarity.
            The message names the line or the ids.
    """
    table = _LabelTable(path, COLUMN if column is None else column, names)
    keys = [canonical_id(instance.id) for instance in instances]
    expected = set(keys)
    ignored = {canonical_id(id) for id in left_out} - expected
    labels: dict[str, int] = {}
    for line, id, value in table.rows(most=len(expected | ignored)):
        key = canonical_id(id)
        if key not in expected and key not in ignored:
            examples = _example_ids(instances)
            raise DataError(path, f"id {shown(id)} is not in the benchmark; expected {examples}", line=line)
        if key in labels:
            raise DataError(path, f"duplicate id {shown(id)}; expected every id once", line=line)
        labels[key] = INVALID if key in ignored else table.label(line, value)
    if not labels:
        raise DataError(path, f"has no predictions; expected {len(instances):,}, one for each instance")
    missing = [instance for instance, key in zip(instances, keys, strict=True) if key not in labels]
    if missing:
        raise DataError(path, f"{len(missing)} of {len(instances)} ids are missing: {_example_ids(missing)}")
    return np.array([labels[key] for key in keys], int)


@dataclass(frozen=True)
class _LabelTable:
    """A table file with a column of ids and a column of labels.

    Args:
        path: the file.
        column: name of the column with the labels.
        names: what labels that do not name a polarity stand for.
    """

    path: Path
    column: str
    names: LabelNames

    def rows(self, *, most: int) -> Iterator[tuple[int, str, object]]:
        """Stream line number, id and label of each row.

        Args:
            most: the number of rows that a Parquet file may have; others are read line by line.

        Raises:
            DataError: when the file cannot be read, or has no such columns.
        """
        is_parquet = self.path.suffix.lower() == ".parquet"
        has_header = ROW_READERS.get(self.path.suffix.lower()) is csv_rows
        for line, row in self._parquet_rows(most) if is_parquet else read_rows(self.path):
            for name in (ID, self.column):
                if name not in row:
                    raise DataError(self.path, self._absence(name, row), line=1 if has_header else line)
            yield line, str(row[ID]), row[self.column]

    def label(self, line: int, value: object) -> int:
        """The position in `Polarity` of the polarity that a label stands for; `INVALID` for ``invalid``."""
        if isinstance(value, str) and value.strip().lower() == PREDICTED_LABELS[INVALID]:
            return INVALID
        try:
            return POLARITIES.index(parse_polarity(value, self.names))
        except ValueError as error:
            raise DataError(self.path, str(error)[:MOST_MESSAGE], line=line) from error

    def _parquet_rows(self, most: int) -> Iterator[tuple[int, Row]]:
        """Stream the rows of a Parquet file with only the two columns, numbered from 1."""
        file = read_parquet_columns(self.path, (ID, self.column), most_rows=most)
        for name in (ID, self.column):
            if name not in file.names:
                raise DataError(self.path, self._absence(name, dict.fromkeys(file.names)))
        with as_data_error(self.path):
            name_labels = class_label_reader(parquet_features(file.metadata, self.path))
        rows = zip(*file.values.values(), strict=True)
        for line, values in enumerate(rows, 1):
            row = dict(zip(file.values, values, strict=True))
            try:
                yield line, name_labels(row)
            except ValueError as error:
                raise DataError(self.path, str(error)[:MOST_MESSAGE], line=line) from error

    def _absence(self, name: str, row: Mapping[str, object]) -> str:
        """What to say where a column is missing."""
        listed = ", ".join(row)
        hint = "" if name == ID else "; --column NAME takes another"
        similar = did_you_mean(name, row)
        return f'no column "{name}"; the columns are: {listed[:MOST_MESSAGE]}{hint}.{similar}'.rstrip(".")


def canonical_id(id: str) -> str:
    """Normalise an id: that of an ADDDIFF variant gets the ending ``_adv3`` instead of ``_adv4``.

    The files of the ARTS release use both endings. All other ids are returned unchanged.

    Example:
        >>> canonical_id("892:1_0_adv4")
        '892:1_0_adv3'
    """
    unit, strategy = parse_id(id)
    return f"{unit}_adv3" if strategy is Strategy.ADDDIFF and id.endswith("_adv4") else id


def _example_ids(instances: Sequence[Instance]) -> str:
    """The ids of the first three instances, quoted and joined by commas, for an error message."""
    more = ", …" if len(instances) > EXAMPLES else ""
    return ", ".join(f'"{instance.id}"' for instance in instances[:EXAMPLES]) + more

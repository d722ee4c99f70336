"""Parquet files of others: their columns, decoded only when rows, types and bytes are within bounds.

A file of a few kilobytes can stand for billions of rows and gigabytes of text, since Parquet stores what
repeats once. So nothing is decoded before its size is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arts.data.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

EXPANSION = 1_000  # times the size of the file that its columns may have when they are decompressed
LEAST_BYTES = 1 << 24  # that columns may have, however small the file is
MOST_TEXT = 1 << 28  # bytes of all values of a column of text


@dataclass(frozen=True)
class ParquetColumns:
    """Columns of a Parquet file.

    Args:
        values: the values of each column that was asked for and that the file has, in the file's order:
            texts, numbers, truth values or None.
        names: the names of all columns of the file.
        metadata: the metadata of the file's schema, as bytes.
    """

    values: Mapping[str, Sequence[Any]]
    names: tuple[str, ...]
    metadata: Mapping[bytes, bytes] | None


def read_parquet_columns(path: Path, columns: Sequence[str], *, most_rows: int) -> ParquetColumns:
    """Read columns of a Parquet file, each of which must hold texts, numbers or truth values.

    Args:
        path: the file.
        columns: names of the columns; those that the file does not have are left out.
        most_rows: the largest number of rows that the file may have.

    Raises:
        DataError: when the file is not Parquet or is damaged; when it has more rows, a column name twice, or
            larger columns than a file of its size can have; or when a column holds something else.
    """
    with _reading(path), _open(path) as file:
        names = tuple(file.schema_arrow.names)
        if repeated := [name for name in names if names.count(name) > 1]:
            raise DataError(path, f"the column {repeated[0]!r} is there twice")
        wanted = [name for name in names if name in columns]
        _check_size(path, file, most_rows)
        _check_types(path, file.schema_arrow, wanted)
        table = file.read(columns=wanted)
        if wanted and table.num_rows != file.metadata.num_rows:
            raise DataError(path, f"not Parquet ({table.num_rows} rows; expected {file.metadata.num_rows})")
        values = {name: _values(path, name, table.column(name)) for name in wanted}
        return ParquetColumns(values, names, file.schema_arrow.metadata)


@contextmanager
def _open(path: Path) -> Iterator[pq.ParquetFile]:
    """A Parquet file whose texts are read as dictionaries, so that what repeats is in memory once."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        columns = [file.schema.column(position) for position in range(len(file.schema.names))]
    texts = [column.path for column in columns if column.physical_type == "BYTE_ARRAY"]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        yield file


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn the errors of a damaged Parquet file into a `DataError` of one line."""
    import pyarrow as pa

    try:
        yield
    except FileNotFoundError as error:
        raise DataError(path, "no such file") from error
    except PermissionError as error:
        raise DataError(path, f"cannot be read: {error.strerror}") from error
    except (pa.ArrowException, OSError, ValueError, TypeError, LookupError, ArithmeticError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise DataError(path, f"not Parquet ({reason[:200]})") from error


def _check_size(path: Path, file: pq.ParquetFile, most_rows: int) -> None:
    """Raise `DataError` when a file has more rows, or larger columns, than can be."""
    rows, groups = file.metadata.num_rows, range(file.metadata.num_row_groups)
    if rows > most_rows or rows < 0:
        raise DataError(path, f"{rows:,} rows; expected at most {most_rows:,}")
    size = sum(file.metadata.row_group(group).total_byte_size for group in groups)
    if size > max(LEAST_BYTES, EXPANSION * path.stat().st_size):
        raise DataError(path, f"its columns have {size:,} bytes, more than {EXPANSION:,} times the file")


def _check_types(path: Path, schema: pa.Schema, names: Sequence[str]) -> None:
    """Raise `DataError` when a column holds something else than texts, numbers or truth values."""
    import pyarrow as pa

    for name in names:
        kind = schema.field(name).type
        plain = kind.value_type if pa.types.is_dictionary(kind) else kind
        kinds = (pa.types.is_string, pa.types.is_large_string, pa.types.is_boolean, pa.types.is_null)
        numbers = (pa.types.is_integer, pa.types.is_floating)
        if not any(is_kind(plain) for is_kind in (*kinds, *numbers)):
            raise DataError(path, f'column "{name}" holds {kind}; expected texts or numbers')


def _values(path: Path, name: str, column: pa.ChunkedArray) -> list[Any]:
    """The values of a column, which is decoded only if all its texts together are not too large."""
    import pyarrow as pa
    import pyarrow.compute as pc

    size = 0
    for chunk in column.chunks:
        if pa.types.is_dictionary(chunk.type):
            size += pc.sum(pc.binary_length(chunk.dictionary).take(chunk.indices)).as_py() or 0
    if size > MOST_TEXT:
        raise DataError(path, f'column "{name}" has {size:,} bytes of text; expected at most {MOST_TEXT:,}')
    return list(column.to_pylist())

"""Class labels: columns that hold numbers and name them, in Parquet files and datasets of Hugging Face."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from arts.data.label_names import NamedLabel
from arts.data.support.display import shortened
from arts.data.support.json_text import parse_json

Reader = Callable[[Any], Any]  # returns a value with the numbers of its class labels replaced by names
MAX_NAMES = 10_000  # of a class label
Feature = Any  # a feature of `datasets` as JSON: an object with "_type", a list of one, or an object by field


def class_label_reader(features: Mapping[str, Feature]) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """A function that replaces the numbers of a row's class labels, nested ones too, by their names.

    Args:
        features: the features of the columns, in the JSON form of ``datasets.Features.to_dict``.

    Returns:
        The function. It raises ValueError when a number has no name.

    Raises:
        ValueError: when the names of a class label are not a list of texts, or too many.

    Example:
        >>> read = class_label_reader({"label": {"names": ["calm", "loud"], "_type": "ClassLabel"}})
        >>> read({"label": 1})
        {'label': 'loud'}
    """
    readers = _field_readers(features)
    return (lambda row: _read_fields(row, readers)) if readers else (lambda row: row)


def parquet_features(metadata: Mapping[bytes, bytes] | None, source: object) -> Mapping[str, Feature]:
    """The features that `datasets` wrote into the metadata of a Parquet file's schema; empty if it did not.

    Args:
        metadata: the metadata of the schema, if it has any.
        source: the name of the file, for the error.

    Raises:
        DataError: when the metadata is not JSON that `parse_json` takes.
    """
    written = (metadata or {}).get(b"huggingface")
    found = parse_json(written, f"{source}, metadata huggingface") if written else None
    for name in ("info", "features"):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _field_readers(features: Mapping[str, Feature], prefix: str = "") -> dict[str, Reader]:
    """The readers of the fields of an object that hold class labels, keyed by field."""
    readers = {name: _reader(feature, prefix + name) for name, feature in features.items()}
    return {name: reader for name, reader in readers.items() if reader}


def _reader(feature: Feature, column: str) -> Reader | None:
    """The reader of the values of a feature; None when they hold no class labels.

    Args:
        feature: a class label, a list, an object by field, or a plain value, which holds none.
        column: the name of the column, for errors.
    """
    if isinstance(feature, list):
        return _list_reader(feature[0], column) if feature else None
    if not isinstance(feature, Mapping):
        return None
    kind = feature.get("_type")
    if kind == "ClassLabel":
        return _name_reader(feature, column)
    if isinstance(kind, str):
        return _list_reader(feature["feature"], column) if "feature" in feature else None
    fields = _field_readers(feature, f"{column}.")
    return (lambda value: _read_fields(value, fields)) if fields else None


def _list_reader(item: Feature, column: str) -> Reader | None:
    """The reader of a list; of objects, older `datasets` made an object of lists."""
    reader = _reader(item, column)
    if reader is None:
        return None

    @cache
    def by_field() -> dict[str, Reader]:
        if not isinstance(item, Mapping) or isinstance(item.get("_type"), str):
            return {}
        return _field_readers({name: [field] for name, field in item.items()}, f"{column}.")

    def read(value: Any) -> Any:
        if isinstance(value, Mapping):
            return _read_fields(value, by_field())
        return [reader(element) for element in value] if isinstance(value, list) else value

    return read


def _name_reader(feature: Mapping[str, Any], column: str) -> Reader:
    """The reader of a class label; a missing value, or a name, stays as it is."""
    names, count = feature.get("names"), feature.get("num_classes")
    if not names and type(count) is int and count <= MAX_NAMES:
        names = list(map(str, range(count)))
    if not isinstance(names, list) or len(names) > MAX_NAMES or not all(isinstance(n, str) for n in names):
        raise ValueError(
            f'the class labels of the column "{column}" have the names {names!r:.60} ({count!r:.20}); '
            f"expected a list of at most {MAX_NAMES:,} texts"
        )
    labels = [NamedLabel(name, number) for number, name in enumerate(names)]

    def read(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int):
            return value
        if not 0 <= value < len(labels):
            listed = shortened(", ".join(labels), 200)
            raise ValueError(f'label {value} of the column "{column}" has no name; it names {listed}')
        return labels[value]

    return read


def _read_fields(value: Any, readers: Mapping[str, Reader]) -> Any:
    """An object with the class labels of its fields named; any other value stays as it is."""
    if not isinstance(value, Mapping):
        return value
    return {name: readers[name](item) if name in readers else item for name, item in value.items()}

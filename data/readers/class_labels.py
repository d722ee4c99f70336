"""Class labels: columns that hold numbers and name them, in Parquet files and datasets of Hugging Face."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from arts.data.label_names import NamedLabel

Feature = Any  # a feature of `datasets` as JSON: an object with "_type", a list of one, or an object by field


def class_label_reader(features: Mapping[str, Feature]) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """A function that replaces the numbers of a row's class labels, nested ones too, by their names.

    Args:
        features: the features of the columns, in the JSON form of ``datasets.Features.to_dict``.

    Returns:
        The function. It raises ValueError when a number has no name.

    Example:
        >>> read = class_label_reader({"label": {"names": ["calm", "loud"], "_type": "ClassLabel"}})
        >>> read({"label": 1})
        {'label': 'loud'}
    """
    named = {column: feature for column, feature in features.items() if _has_class_labels(feature)}
    if not named:
        return lambda row: row

    def read(row: Mapping[str, Any]) -> Mapping[str, Any]:
        return {
            column: _named(value, named[column], column) if column in named else value
            for column, value in row.items()
        }

    return read


def parquet_features(metadata: Mapping[bytes, bytes] | None) -> Mapping[str, Feature]:
    """The features that `datasets` wrote into the metadata of a Parquet file's schema; empty if it did not.

    Args:
        metadata: the metadata of the schema, if it has any.
    """
    try:
        features = json.loads((metadata or {})[b"huggingface"])["info"]["features"]
    except (KeyError, TypeError, ValueError):
        return {}  # the file is of another origin; its numbers then stay numbers, which no reader takes
    return features if isinstance(features, Mapping) else {}


def _has_class_labels(feature: Feature) -> bool:
    names, inner = _class_names(feature), _inner(feature)
    if names is not None:
        return True
    return any(map(_has_class_labels, inner.values() if isinstance(inner, Mapping) else inner))


def _class_names(feature: Feature) -> list[str] | None:
    """The names of a ClassLabel, in the order of its numbers; None for any other feature."""
    if not isinstance(feature, Mapping) or feature.get("_type") != "ClassLabel":
        return None
    return list(map(str, feature.get("names") or range(feature.get("num_classes") or 0)))


def _inner(feature: Feature) -> Mapping[str, Feature] | list[Feature]:
    """The features inside a feature: by field for an object, one for a list, none for a plain value."""
    if isinstance(feature, list):
        return feature
    if not isinstance(feature, Mapping):
        return []
    if isinstance(feature.get("_type"), str):
        return [feature["feature"]] if "feature" in feature else []
    return feature


def _named(value: Any, feature: Feature, column: str) -> Any:
    """A value with the numbers of its class labels replaced by names.

    `datasets` stores a list of objects either so or, as its older `Sequence` did, as an object of lists.
    """
    names, inner = _class_names(feature), _inner(feature)
    if names is not None:
        return _name(value, names, column)
    if isinstance(inner, list) and inner and isinstance(value, list):
        return [_named(item, inner[0], column) for item in value]
    fields: Mapping[str, Feature] = inner if isinstance(inner, Mapping) else {}
    if isinstance(inner, list) and inner and isinstance(inner[0], Mapping):
        fields = {name: [field] for name, field in inner[0].items()}
    if not isinstance(value, Mapping):
        return value
    return {
        name: _named(item, fields[name], f"{column}.{name}") if name in fields else item
        for name, item in value.items()
    }


def _name(value: Any, names: list[str], column: str) -> Any:
    """The name of the number of a class label; a missing value, or a name, stays as it is."""
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    if not 0 <= value < len(names):
        raise ValueError(f'label {value} of the column "{column}" has no name; it names {", ".join(names)}')
    return NamedLabel(names[value], value)

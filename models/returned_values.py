"""What models of users return (arrays, tensors, tables, lists, generators), as arrays."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from arts.data.errors import ArtsError, LabelError
from arts.data.label_names import NO_NAMES, LabelNames
from arts.data.polarity_labels import parse_polarity
from arts.data.schema import Polarity
from arts.data.support.arrays import FloatArray

LABELS = tuple(Polarity)
HALF_TOLERANCE = 1e-2  # between 1 and the sum of a row of probabilities in 16 bits, which are then normalised
PREDICTION = "prediction"  # the column of labels in a table of predictions
EXPECTED = f"n labels, or an array (n, {len(LABELS)}) of probabilities"


def as_array(values: object, count: int, *, name: str, labels: LabelNames = NO_NAMES) -> np.ndarray[Any, Any]:
    """Turn what a model returned for n instances into an array.

    Args:
        values: labels or probabilities: a list, an array, a tensor of any precision and device, a sparse
            matrix, a Series or DataFrame, or a generator of labels or rows. Columns of a DataFrame that have
            names mean what they are named; the one column ``prediction`` has labels.
        count: the number n of instances.
        name: the name of the model, for error messages.
        labels: what names of columns that do not name a polarity stand for.

    Returns:
        An array (n,) of labels, or (n, 3) of numbers.

    Raises:
        ArtsError: when it is something else; the message says what.
    """
    array = plain_array(values, count, name=name)
    if array.dtype == object and array.size and isinstance(array.flat[0], Mapping):
        raise ArtsError(f"{name}: predictions hold {_kind(array.flat[0])}; expected {EXPECTED}")
    columns = list(getattr(values, "columns", ()))
    if array.ndim == 2 and array.shape[1] == 1 and (array.dtype.kind in "OUS" or columns == [PREDICTION]):
        return array[:, 0]
    if array.ndim == 2 and any(isinstance(column, str) for column in columns):
        return in_columns(array, column_positions(columns, labels, name=name), count=count, name=name)
    return array


def plain_array(values: Any, count: int, *, name: str) -> np.ndarray[Any, Any]:
    """Turn what a model returned for n instances into an array with the same values.

    Args:
        values: as for `as_array`.
        count: the number n of instances. Of a generator, no more than one value more than that is taken.
        name: the name of the model, for error messages.

    Raises:
        ArtsError: when it is something else, has no order, or holds complex numbers.
    """
    if inspect.iscoroutine(values):
        values.close()  # nobody waits for it
    if isinstance(values, set | frozenset):
        raise ArtsError(f"{name}: predictions are {_kind(values)}, which has no order; expected a list")
    if values is None or isinstance(values, str | bytes | Mapping) or not _is_iterable(values):
        raise ArtsError(f"{name}: predictions are {_kind(values)}; expected {EXPECTED}")
    if not any(hasattr(values, name) for name in ("__len__", "__array__", "toarray")):  # may not end
        values = list(islice(values, count + 1))
        if len(values) > count:
            raise ArtsError(f"{name}: more than {count} predictions for {count} instances")
    try:
        array = _plain(values)
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:  # rows of different lengths
        reason = " ".join(str(error).split())
        raise ArtsError(f"{name}: predictions are not labels or probabilities ({reason})") from error
    if np.iscomplexobj(array):
        raise ArtsError(f"{name}: predictions are complex numbers; expected {EXPECTED}")
    return array


def column_positions(names: Iterable[object], labels: LabelNames, *, name: str) -> list[int]:
    """The place in `Polarity` of each label; ArtsError when one stands for no polarity.

    Args:
        names: the labels.
        labels: what labels that do not name a polarity stand for.
        name: the name of the model, for the error message.
    """
    try:
        return [LABELS.index(parse_polarity(label, labels)) for label in names]
    except LabelError as error:
        raise ArtsError(f"{name}: {error}") from error


def as_numbers(array: np.ndarray[Any, Any], *, name: str) -> npt.NDArray[np.float64]:
    """An array with the same values as numbers; ArtsError, with the name of the model, when they are none."""
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise ArtsError(f"{name}: predictions are not numbers ({error})") from error


def in_columns(values: object, columns: Sequence[int], *, count: int, name: str) -> FloatArray:
    """Put the columns of probabilities (n, k) in the order of `Polarity`: an array (n, 3).

    The probabilities of labels that stand for one polarity are added.

    Args:
        values: the probabilities of k labels for n instances, as for `as_array`.
        columns: the place in `Polarity` of each label.
        count: the number n of instances.
        name: the name of the model, for error messages.
    """
    given = plain_array(values, count, name=name)
    if given.ndim != 2 or given.shape[1] != len(columns):
        raise ArtsError(f"{name}: predictions have the shape {given.shape}; expected {len(columns)} columns")
    given = as_numbers(given, name=name)
    array = np.zeros((len(given), len(LABELS)))
    for position, column in enumerate(columns):
        array[:, column] += given[:, position]
    return array


def _is_iterable(values: object) -> bool:
    return hasattr(values, "__iter__") or hasattr(values, "__array__")


def _kind(value: object) -> str:
    """What a value is, for an error message, such as "a dict"."""
    return "None" if value is None else f"a {type(value).__name__}"


def _plain(values: Any) -> np.ndarray[Any, Any]:
    """An array of numpy with the same values; numbers of 16 bits as probabilities of 64 bits."""
    if hasattr(values, "detach"):  # a tensor of torch, perhaps on a GPU, with gradients, or in bfloat16
        tensor = values.detach().cpu()
        values = tensor.double() if tensor.is_floating_point() else tensor
        array = np.asarray(values)
        return _normalised(array) if tensor.element_size() == 2 else array
    if hasattr(values, "toarray"):  # a sparse matrix
        return np.asarray(values.toarray())
    if not hasattr(values, "__array__"):
        values = [_plain(row) if hasattr(row, "detach") else row for row in values]
    array = np.asarray(values)
    return _normalised(array.astype(float)) if array.dtype == np.float16 else array


def _normalised(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Rows of probabilities in 16 bits with the sum 1; anything else as it is."""
    if array.ndim != 2:
        return array
    sums = array.sum(axis=1, keepdims=True)
    return np.where(abs(sums - 1) <= HALF_TOLERANCE, array / np.where(sums == 0, 1, sums), array)
